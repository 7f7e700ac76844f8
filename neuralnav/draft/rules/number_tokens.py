"""The numbers of a text in the order they stand: digit strings, words and numerals, with what scales them."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from neuralnav.draft.rules.number_words import (
    AND,
    ARTICLES,
    COUNTERS,
    FEW,
    FEW_ALONE,
    FEW_ALONE_STARTS,
    FEW_SIGNS,
    FEW_STARTS,
    GLUED_ONLY,
    HALVES,
    HUNDREDS,
    MANY,
    MYRIADS,
    NEVER_ALONE,
    OF,
    PER_CENT,
    SCALES,
    SIGNS,
    SMALL,
    STEPS,
    german,
    numeral,
)  # fmt: skip
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text


class Raw(NamedTuple):
    """A number before its surroundings are judged. `moment`: a date or a time. `version`: 1.2.3."""

    value: float
    start: int
    end: int
    spelled: bool = False
    vague: bool = False
    scaled: bool = False
    grouped: bool = False
    moment: bool = False
    version: bool = False


class _Token(NamedTuple):
    """A digit string, a run of numerals or a word; a tuple, for a long text has a hundred thousand."""

    text: str
    start: int
    end: int
    kind: str


_DIGITS = (
    r"(?P<moment>(?:19|20)[0-9]{2}-[0-9]{1,2}(?:-[0-9]{1,2})?(?![0-9])|[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)[0-9]{2}"
    r"(?![0-9])|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])|24 ?[/x] ?7(?![0-9])(?:/365)?|24h/7j?|7j?/7j?(?![0-9])"
    r"|24/24)"
    r"|(?P<version>[0-9]+(?:\.[0-9]{1,2}){2,}(?![0-9]))"
    r"|(?P<grouped>[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])"
    r"|(?!(?<=[a-z])[0-9]+ )"  # "p95 500 ms" is no 95500
    r"[1-9][0-9]{0,2}(?:(?P<sign>[.,' _])[0-9]{3}(?:(?P=sign)[0-9]{3})*)(?:[.,][0-9]{1,2})?(?![0-9]))"
    r"|(?P<digits>[0-9]+(?:\.[0-9]+|,[0-9]{1,2}(?![0-9])|(?<=0),[0-9]+)?)"
)
_SIGN_RUN = (
    r"(?P<signs>(?:[数几幾](?=[十百千万萬億亿])|(?<=十)[数几幾](?=[名人个個位台])"
    r"|[〇零一二两兩三四五六七八九十百千仟万萬億亿兆])+)"
)
_TOKEN = re.compile(rf"{_DIGITS}|{_SIGN_RUN}|(?P<word>[a-z]+)")
_GAPS = frozenset(("", " ", "-", "\n"))
_SECONDS_AFTER = Pattern(r" ?s(?:ec(?:ond)?s?)?\b")
_BARE_PLURAL_AFTER = Pattern(r" (?:of|de|d'|von)\b ?| [a-z]{4,}")
_BILLIONS_AFTER = Pattern(r"b (?:users|requests|queries|calls|customers|people|messages|req)\b")
_MILLIONS_AFTER = Pattern(
    r" (?:m (?:users?|requests?|customers?|people|quer|calls|messages|req|tokens|documents|docs|daily|monthly)|mil (?:"
    r"users|customers|people|requests|queries|calls|messages))"
)


def raw_numbers(text: Text) -> Iterator[Raw]:
    """Yield the numbers in order."""
    folded = text.folded
    tokens = [
        _Token(found[0], found.start(), found.end(), str(found.lastgroup if found.lastgroup != "sign" else "grouped"))
        for found in _TOKEN.finditer(folded)
    ]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "word":
            found, at = _words(text, tokens, at)
            if found is not None:
                yield found
        elif token.kind == "signs" or _adjoins(tokens, at, "signs"):
            found, at = _signs(folded, tokens, at)
            if found is not None:
                yield found
        else:
            raw, at = _figure(text, tokens, at)
            yield raw


def _adjoins(tokens: list[_Token], at: int, kind: str) -> bool:
    """Tell whether the next token is of a kind, with nothing between."""
    return at + 1 < len(tokens) and tokens[at + 1].kind == kind and tokens[at + 1].start == tokens[at].end


def _literal(token: _Token, folded: str) -> float:
    """Return the value of a digit string: groups of three are thousands, anything else is a decimal."""
    text = token.text
    if token.kind == "moment":
        return float(re.split(r"[^0-9]", text)[0])
    if token.kind == "version":
        return float(".".join(text.split(".")[:2]))
    if token.kind == "digits":
        return float(text.replace(",", "."))
    sign = next(character for character in text if not character.isdigit())
    once = text.count(sign) == 1 and len(text) - text.index(sign) == 4
    if sign == "." and once and (_SECONDS_AFTER.match(folded, token.end) or _scale_follows(folded, token.end)):
        return float(text)
    return float(text.replace(sign, "").replace(",", "."))


_SCALE_FOLLOWS = Pattern(r"k\b| ?(?:mio|million|mrd|milliard|m\b|万|億|亿)")


def _scale_follows(folded: str, end: int) -> bool:
    return _SCALE_FOLLOWS.match(folded, end) is not None


def _figure(text: Text, tokens: list[_Token], at: int) -> tuple[Raw, int]:
    """Read a digit string and the scale behind it."""
    folded, token = text.folded, tokens[at]
    grouped = token.kind == "grouped"
    value = _literal(token, folded)
    raw = Raw(value, token.start, token.end, grouped=grouped, moment=token.kind == "moment",
              version=token.kind == "version")  # fmt: skip
    if raw.moment or raw.version:
        return raw, at + 1
    half, at = _halves(folded, tokens, at + 1, token.end)
    end = tokens[at - 1].end
    factor = _factor(text, tokens, at, end)
    while factor is not None:
        value, half = (value + half) * factor, 0.0
        at += 1
        end = tokens[at - 1].end
        raw = Raw(value, token.start, end, scaled=True, grouped=grouped)
        factor = _factor(text, tokens, at, end) if tokens[at - 1].text in HUNDREDS else None
    if raw.scaled:
        half, at = _halves(folded, tokens, at, end)
        value += half * _last_scale(tokens, at, half)
        end = tokens[at - 1].end
        end += folded[end : end + 1] == "." and tokens[at - 1].text in ("tsd", "mio", "mrd", "mn", "mln")
        return Raw(value, token.start, end, scaled=True, grouped=grouped), at
    if folded.startswith("s of ", token.end) and value in (10, 100, 1000, 10_000):
        return Raw(value * 5, token.start, token.end + 1, vague=True), at + 1
    if folded.startswith("b", token.end) and _BILLIONS_AFTER.match(folded, token.end):
        return Raw(value * 1e9, token.start, token.end + 1, scaled=True), at + 1
    return Raw(value + half, token.start, end, grouped=grouped), at


def _last_scale(tokens: list[_Token], at: int, half: float) -> float:
    """Return the scale that "and a half" behind it halves."""
    if not half:
        return 0.0
    back = at - 1
    while tokens[back].text not in SCALES:
        back -= 1
    return SCALES[tokens[back].text]


def _factor(text: Text, tokens: list[_Token], at: int, end: int) -> float | None:
    """Return what the token at `at` multiplies the digits before it by, or None where it is no scale."""
    if at >= len(tokens) or tokens[at].kind != "word":
        return None
    token, gap = tokens[at], text.folded[end : tokens[at].start]
    if gap not in _GAPS:
        return None
    if token.text in ("hundred", "hundert"):
        return 100.0
    if token.text == "mil" and _MILLIONS_AFTER.match(text.folded, end):
        return 1e6
    if token.text in GLUED_ONLY and gap and not _spaced_scale(text, token, end, gap):
        return None
    if token.text == "mm" and text.folded[end - 1 : end].isdigit() and not gap:
        return None
    return SCALES.get(token.text) or (MANY.get(token.text) if token.text != "miles" else None)


def _spaced_scale(text: Text, token: _Token, end: int, gap: str) -> bool:
    """Tell whether a "k" or "m" apart from its digits scales them: "10 K", "2 m users"."""
    capital = text.prose[text.starts[token.start]].isupper()
    known = token.text == "k" or _MILLIONS_AFTER.match(text.folded, end) is not None
    return gap == " " and token.text != "mm" and (capital or known)


def _halves(folded: str, tokens: list[_Token], at: int, end: int) -> tuple[float, int]:
    """Return a half and the place behind it where "and a half" stands at `at`, else nothing and `at`."""
    for words in HALVES:
        there = tokens[at : at + len(words)]
        if tuple(token.text for token in there) == words and folded[end : there[0].start] == " ":
            return 0.5, at + len(words)
    return 0.0, at


def _signs(folded: str, tokens: list[_Token], at: int) -> tuple[Raw | None, int]:
    """Read numerals and the digit strings among them: 三千五百, 1万5千, 数百."""
    first = at
    pieces: list[str | float] = []
    spelled = tokens[at].kind == "signs"
    while at < len(tokens) and tokens[at].kind in ("signs", "digits", "grouped"):
        token = tokens[at]
        if at > first and (token.start != tokens[at - 1].end or token.kind == tokens[at - 1].kind):
            break
        pieces += list(token.text) if token.kind == "signs" else [_literal(token, folded)]
        at += 1
    start, end = tokens[first].start, tokens[at - 1].end
    if pieces[0] == "兆" or (spelled and len(pieces) == 1 and not _counted(folded, str(pieces[0]), end)):
        return None, at
    if spelled and all(piece in STEPS or piece in MYRIADS for piece in pieces) and not folded[end : end + 1].strip():
        return None, at
    pieces, either = _either(pieces)
    vague = either or any(piece in FEW_SIGNS for piece in pieces if isinstance(piece, str))
    scaled = any(piece in STEPS or piece in MYRIADS for piece in pieces)
    return Raw(numeral(pieces), start, end, spelled=spelled, vague=vague, scaled=scaled), at


def _either(pieces: list[str | float]) -> tuple[list[str | float], bool]:
    """Return numerals with "two or three" (二三十, 五六千) as the larger one, and whether that was said."""
    for at in range(len(pieces) - 1):
        first, second = pieces[at], pieces[at + 1]
        apart = (at > 0 and pieces[at - 1] in SIGNS) or (at + 2 < len(pieces) and pieces[at + 2] in SIGNS)
        if apart or not (isinstance(first, str) and isinstance(second, str)) or first in FEW_SIGNS:
            continue
        if 0 < SIGNS.get(first, 0) == SIGNS.get(second, 0) - 1:
            return pieces[:at] + pieces[at + 1 :], True
    return pieces, False


def _counted(folded: str, sign: str, end: int) -> bool:
    after = folded[end : end + 1]
    return after in COUNTERS and after != "" and (sign, after) != ("十", "分")


def _words(text: Text, tokens: list[_Token], at: int) -> tuple[Raw | None, int]:
    """Read a number in words, or nothing; either way return where to go on."""
    word = tokens[at].text
    for start in (at, at + 1) if word in ARTICLES else (at,):
        if start < len(tokens) and tokens[start].text in FEW_STARTS and (read := _few(text.folded, tokens, start)):
            return read
    if word in FEW_ALONE_STARTS and (read := _few_alone(text.folded, tokens, at)):
        return read
    if word in MANY and (read := _many(text.folded, tokens, at)):
        return read
    if word in SMALL or word in HUNDREDS or (word in SCALES and word not in GLUED_ONLY) or german(word) is not None:
        return _spelled(text, tokens, at)
    return None, at + 1


def _starts(tokens: list[_Token], at: int, table: Mapping[tuple[str, ...], float]) -> tuple[float, int] | None:
    """Return the value of the longest phrase of a table at `at`, and where it ends."""
    for count in (3, 2, 1):
        value = table.get(tuple(token.text for token in tokens[at : at + count]))
        if value is not None and at + count <= len(tokens):
            return float(value), at + count
    return None


def _few(folded: str, tokens: list[_Token], at: int) -> tuple[Raw, int] | None:
    """Read "a few hundred", "half a million", "ein paar tausend"."""
    found = _starts(tokens, at, FEW)
    if found is None:
        return None
    value, then = found
    if then < len(tokens) and tokens[then].text in OF | {"a"}:
        then += 1
    factor = _any_scale(tokens, then)
    if factor is None or not _close(folded, tokens, at, then):
        return None
    more = _any_scale(tokens, then + 1)
    if more is not None and more > factor and _close(folded, tokens, then, then + 1):
        factor, then = factor * more, then + 1
    return Raw(
        value * factor, tokens[at].start, tokens[then].end, spelled=True, vague=value >= 1, scaled=True
    ), then + 1


def _any_scale(tokens: list[_Token], at: int) -> float | None:
    if at >= len(tokens) or tokens[at].text in GLUED_ONLY:
        return None
    word = tokens[at].text
    return HUNDREDS.get(word) or SCALES.get(word) or MANY.get(word)


def _close(folded: str, tokens: list[_Token], first: int, last: int) -> bool:
    """Tell whether tokens follow each other with no more than a space, a dash or an elision between."""
    return last < len(tokens) and all(
        folded[tokens[at].end : tokens[at + 1].start] in (*_GAPS, "'") for at in range(first, last)
    )


def _few_alone(folded: str, tokens: list[_Token], at: int) -> tuple[Raw, int] | None:
    found = _starts(tokens, at, FEW_ALONE)
    if found is None or not _close(folded, tokens, at, found[1] - 1):
        return None
    value, then = found
    return Raw(value, tokens[at].start, tokens[then - 1].end, spelled=True, vague=True), then


def _many(folded: str, tokens: list[_Token], at: int) -> tuple[Raw, int] | None:
    """Read "hundreds", "tens of thousands", "miles de": five of each, tens of dozens aside."""
    token = tokens[at]
    value, then = float(MANY[token.text]), at + 1
    if token.text in ("miles", "tens", "millions", "decenas") and not _BARE_PLURAL_AFTER.match(folded, token.end):
        return None
    if token.text == "miles" and not folded.startswith(" de ", token.end):
        return None
    after = then + 1 if then < len(tokens) and tokens[then].text in OF else then
    inner = _any_scale(tokens, after) if after > then else None
    if inner is not None and inner > value and _close(folded, tokens, at, after):
        value, then = value * inner, after + 1
    rounded = 50.0 if value == 12 else value * 5
    return Raw(rounded, token.start, tokens[then - 1].end, spelled=True, vague=True, scaled=True), then


def _spelled(text: Text, tokens: list[_Token], at: int) -> tuple[Raw | None, int]:
    """Read words that add up and multiply: "two hundred and fifty thousand", "deux mille cinq cents"."""
    folded, first = text.folded, at
    total = group = 0.0
    scaled = False
    while at < len(tokens) and (at == first or _close(folded, tokens, at - 1, at)):
        word = tokens[at].text
        half, after_half = _halves(folded, tokens, at, tokens[at - 1].end) if at > first else (0.0, at)
        if half:
            group, total = (group + half, total) if group else (group, total + half * _last_scale(tokens, at, half))
            at = after_half
            continue
        small = SMALL.get(word, german(word))
        if small is not None and _fits(group, small, word):
            group = group * 20 if word == "vingt" and group % 100 == 4 else group + small
        elif word == "vingts" and group % 100 == 4:
            group += 76
        elif word in HUNDREDS and group < 100:
            group = (group or 1.0) * 100
        elif word in SCALES and (word not in GLUED_ONLY) and (at == first or group or not scaled):
            total, group, scaled = total + (group or 1.0) * SCALES[word], 0.0, True
        elif word in ("millions", "millones", "milliers", "centenares", "cientos") and group:
            total, group, scaled = total + group * MANY[word], 0.0, True
        elif not (word in AND and at > first and _goes_on(tokens, at, group, total)):
            break
        at += 1
    words = [token.text for token in tokens[first:at]]
    if not words or _is_no_number(text, tokens, first, words):
        return None, first + 1
    value = total + group
    return Raw(value, tokens[first].start, tokens[at - 1].end, spelled=True, scaled=scaled or value >= 100), at


def _fits(group: float, small: float, word: str) -> bool:
    """Tell whether a small number adds to what was read: 50 to 200, 5 to 50, and 15 to the 60 of soixante-quinze."""
    if group == 0:
        return True
    if word == "vingt" and group % 100 == 4:
        return True
    if small >= 100 or group != int(group):
        return False
    rest = group % 100
    if rest == 0:
        return True
    return (rest % 10 == 0 and rest >= 20 and small < 10) or (rest in (60, 80) and 10 <= small < 20)


def _goes_on(tokens: list[_Token], at: int, group: float, total: float) -> bool:
    """Tell whether "and" stands inside a number: "two hundred and fifty", "vingt et un", "treinta y cinco"."""
    if at + 1 >= len(tokens) or tokens[at + 1].text not in SMALL:
        return False
    word, following = tokens[at].text, SMALL[tokens[at + 1].text]
    if word in ("and", "und"):
        return following < 100 and ((group >= 100 and group % 100 == 0) or (not group and total >= 100))
    return 20 <= group % 100 <= 90 and following < 20


def _is_no_number(text: Text, tokens: list[_Token], first: int, words: list[str]) -> bool:
    """Tell whether words that could be a number are something else."""
    before = tokens[first - 1].text if first else ""
    token = tokens[first]
    if len(words) == 1 and words[0] in NEVER_ALONE and not (words[0] == "cent" and before not in PER_CENT | {"a"}):
        return True
    if words[0] in ("cent", "cents", "ciento", "cientos") and before in PER_CENT:
        return True
    if words[0] == "tres":
        return text.prose[text.starts[token.start] : text.ends[token.end - 1]].lower() != "tres"
    glued = text.folded[token.start - 1 : token.start]
    return bool(glued) and (glued.isdigit() or glued == "_")
