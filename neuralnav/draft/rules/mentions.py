"""Names in prose, and what is said of each: wanted, preferred, refused, or only talked about."""

import bisect
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.stance_words import (
    COMPARED,
    COMPARED_AFTER,
    CORRECTIONS,
    CURRENT,
    OWNED,
    PREFERRED,
    PREFERRED_AFTER,
)
from neuralnav.draft.rules.yielding import gives_way, left_alone, taken_elsewhere
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Question, Quote, Reading

Stance = Literal["wanted", "preferred", "denied", "current", "mentioned"]
"""current: what runs today, which is a wish only where nothing else is. mentioned: compared, replaced, tried."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the folded text and the ids of the catalog that it covers.

    `broad`: it covers a vendor, a generation or a family, so that a narrower name of the same kind says more.
    `why`: how the ids follow from the name where it is not theirs.
    `bound`: the name is the end of a range, "H100 or better"; what is refused of the range is no contradiction.
    `sure`: it is wanted, whatever denies around it: "nothing bigger than an L40S".
    """

    span: Span
    ids: tuple[str, ...]
    why: str = ""
    broad: bool = False
    bound: bool = False
    sure: bool = False
    stance: Stance = "wanted"


_THAN = Pattern(
    r"(?<!other)(?<!more)(?<!less)(?<!fewer)(?<!else) than (?:the |an? |our )?$|^ over (?:the |an? )?$|(?:besser"
    r"|schneller) als $"
)

_IN_ITS_PLACE = Pattern(
    r" (?:replac(?:e|es|ing|ed)|(?:switch|migrat|mov|upgrad)(?:e|es|ing|ed)?(?: away)? (?:from|off)"
    r"|away from|swap(?:ping)?"
    r"|instead of|used to|previously|formerly|ersetzen?|ersetzt|statt|wechsel von|umstieg von|remplacer?|reemplazar"
    r"|sustituir|au lieu de|en lugar de|en vez de) .{2,48} (?:with|by|to|onto|use|run|take|durch|auf|zu"
    r"|par|por|vers|now)"
    r" (?:an? |the |our |own |it should be |use |run )*$"
)
"""What stands before the name that takes the place of another: "replace GPT-4 with"."""
_ANEW = Pattern(r"[,、] ?(?:the|our|their|die|der|den|les|los|las|nos) $")
"""A comma with an article begins a sentence of its own, not the end of a list."""

_LIST = Pattern(
    r"[\s,/&+|();]*(?:(?:and|or|und|oder|et|ou|y|o|u|e|nor|noch|ni|と|や|か|和|或者|或|及び|及|および|または|与|跟)"
    r"(?![a-z]))?[\s,]*(?:(?:the|any|our|die|der|den|les|des|los|las|nvidia|amd)\s)?\s*"
)
_CONTRAST = (" not ", " nicht ", " pas ", "不是")
_AFFIRMED = Pattern(
    r"\s*(?:gpus?|cards?|models?)?\s*(?:only|instead|please|is|are|works?|ok|okay|fine|preferred|would"
    r"|nur|stattdessen"
    r"|bitte|seulement|plutot|solo|en su lugar|就|可以|で)\b"
)
_REACH = 60


def settled_stances(text: Text, mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return mentions in the order of the prose, each with what is said of it; those that a correction drops are out.

    Names in a list share a denial: "no H100, A100 or B200", "H100, A100 and B200 are banned".
    """
    ordered = sorted(mentions, key=lambda item: item.span)
    read = [item for item in ordered if not in_hostile(text, item.span[0])]
    last = [0, *(item.span[1] for item in read)]
    following = [*(item.span[0] for item in read[1:]), len(text.folded)]
    judged = [
        item if item.sure else replace(item, stance=_stance(text, item.span, last[at], following[at]))
        for at, item in enumerate(read)
    ]
    judged = _yielding(text, _lists(text, judged))
    return tuple(_corrected(text, judged))


def _stance(text: Text, span: Span, last: int, following: int) -> Stance:
    """Return what is said of a name, by the words between the name before it, which ends at `last`, and the next."""
    start, end = span
    first = max(text.clause(start)[0], start - _REACH, min(last, start))
    before = f" {text.spaced[first:start].strip()} "
    after = text.spaced[end : max(min(end + 30, text.clause(end - 1)[1], following), end)]
    if text.folded.startswith(("-free", "-frei"), end):
        return "denied"
    compared = any(cue in before for cue in COMPARED) and not _IN_ITS_PLACE.search(before)
    if _THAN.search(before) or compared or any(cue in after for cue in COMPARED_AFTER):
        return "mentioned"
    if negated(text, span):
        return "denied"
    if any(cue in before for cue in CURRENT) and not any(cue in before for cue in OWNED):
        return "current"
    if any(cue in before for cue in PREFERRED) or after.startswith(PREFERRED_AFTER):
        return "preferred"
    return "wanted"


def _lists(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Return mentions with the stance of their list: from the first on, and back where the denial stands behind."""
    out = list(mentions)
    for index in range(1, len(out)):
        left, right = out[index - 1], out[index]
        gap = text.folded[left.span[1] : right.span[0]]
        if not _listed(gap) or left.stance == right.stance or left.stance not in ("denied", "preferred", "mentioned"):
            continue
        if right.stance == "wanted" and not (left.stance == "denied" and _contrasts(text, left, right, gap)):
            out[index] = replace(right, stance=left.stance)
    for index in range(len(out) - 1, 0, -1):
        left, right = out[index - 1], out[index]
        gap = text.folded[left.span[1] : right.span[0]]
        single = right.stance == "denied" and (("," not in gap and "、" not in gap) or _ANEW.fullmatch(gap))
        if left.stance == "wanted" and right.stance in ("denied", "preferred") and _listed(gap) and not single:
            out[index - 1] = replace(left, stance=right.stance)
    return out


def _yielding(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Return mentions without a wish for what others hold, or for what is overruled by a later name."""
    out = list(mentions)
    for index in range(len(out) - 1, -1, -1):
        item = out[index]
        if item.stance not in ("wanted", "preferred", "current"):
            continue
        after = out[index + 1] if index + 1 < len(out) else None
        following = after.span[0] if after is not None else len(text.folded)
        if taken_elsewhere(text, item.span[1]) or left_alone(text, item.span[1], following):
            out[index] = replace(item, stance="denied")
        elif after is None:
            continue
        elif after.stance in ("wanted", "preferred"):
            beyond = out[index + 2].span[0] if index + 2 < len(out) else len(text.folded)
            if gives_way(text, item.span, after.span, beyond):
                out[index] = replace(item, stance="mentioned")
        elif mentions[index + 1].stance != after.stance:
            gap = text.folded[item.span[1] : after.span[0]]
            out[index] = replace(item, stance=after.stance) if _listed(gap) and not _ANEW.fullmatch(gap) else item
    return out


def _listed(gap: str) -> bool:
    plain = gap.replace("、", ",").replace("・", ",")  # a set with such signs takes 3 ms to compile
    return len(gap) <= _REACH and bool(_LIST.fullmatch(plain)) and "\n\n" not in gap


def _contrasts(text: Text, left: Mention, right: Mention, gap: str) -> bool:
    """Tell whether what follows a refused name is what is wanted in its place: "not H100, L4"; "no NVIDIA, AMD"."""
    if _AFFIRMED.match(text.spaced, right.span[1]):
        return True
    if any(sign.isalpha() for sign in re.sub(r"nvidia|amd", "", gap)):
        return False
    first = max(left.span[0] - _REACH, 0)
    before = f" {text.spaced[first : left.span[0]]}"
    return before.rstrip().endswith(tuple(cue.rstrip() for cue in _CONTRAST)) or (
        left.broad and not set(left.ids) & set(right.ids)
    )


def _corrected(text: Text, mentions: list[Mention]) -> list[Mention]:
    """Return mentions without those that a correction takes back: "A100, no wait, H100"."""
    if len(mentions) < 2:
        return mentions
    cues = sorted(start for phrase in CORRECTIONS for start, _ in text.find(phrase))
    cues = sorted(
        [*cues, *(at for word in ("no", "wait") for at, end in text.find(word) if text.folded[end : end + 1] == ",")]
    )
    dropped: set[int] = set()
    wishes = [index for index, item in enumerate(mentions) if item.stance in ("wanted", "preferred")]
    for index, second in itertools.pairwise(wishes):
        left, right = mentions[index], mentions[second]
        at = bisect.bisect_left(cues, left.span[1])
        near = right.span[0] - left.span[1] <= 2 * _REACH
        if at < len(cues) and cues[at] < right.span[0] and near:
            sentence = text.sentence(left.span[0])[0]
            back = index
            while back >= 0 and mentions[back].span[0] >= sentence:
                dropped.add(back)
                back -= 1
    return [item for index, item in enumerate(mentions) if index not in dropped]


@dataclass(frozen=True, slots=True)
class Wording:
    """How findings of one kind of name are put."""

    allow: str
    deny: str
    noun: str
    shown: Callable[[str], str] = str


def selected(text: Text, mentions: Sequence[Mention], wording: Wording) -> Reading:
    """Return what is allowed and what is denied, and a question where the prose does both to one name."""
    wanted = _wanted(mentions)
    denied = [item for item in mentions if item.stance == "denied"]
    clash = {key for item in wanted if not (item.broad or item.bound) for key in item.ids} & {
        key for item in denied for key in item.ids
    }
    questions: tuple[Question, ...] = ()
    if clash:
        both = [item for item in (*wanted, *denied) if clash.intersection(item.ids)]
        questions = (_question(text, both, sorted(clash), wording),)
    findings = [
        finding
        for field, items in ((wording.allow, wanted), (wording.deny, denied))
        if (finding := _finding(text, items, clash, field, wording)) is not None
    ]
    return Reading(findings=tuple(findings), questions=questions)


def _wanted(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the wishes: what runs today where there is no other, what is broad where nothing narrows it."""
    wishes = [item for item in mentions if item.stance in ("wanted", "preferred")]
    wishes = wishes or [item for item in mentions if item.stance == "current"]
    narrow = {key for item in wishes if not item.broad for key in item.ids}
    return [item for item in wishes if not item.broad or not narrow.intersection(item.ids)]


def _finding(text: Text, items: Sequence[Mention], clash: set[str], field: str, wording: Wording) -> Finding | None:
    kept = [item for item in items if set(item.ids) - clash]
    names = tuple(dict.fromkeys(wording.shown(key) for item in kept for key in item.ids if key not in clash))
    if not names:
        return None
    whys = [item.why for item in kept if item.why]
    if field == wording.allow and any(item.stance == "preferred" for item in kept):
        whys.append("a preference, taken as a limit")
    if any(item.stance == "current" for item in kept):
        whys.append("what runs today")
    return Finding(
        field=field,
        value=names,
        origin="inferred" if whys else "stated",
        engine="rules",
        quotes=quotes(text, [item.span for item in kept]),
        why="; ".join(dict.fromkeys(whys)),
    )


_MOST_QUOTES = 8


def quotes(text: Text, spans: Iterable[Span]) -> tuple[Quote, ...]:
    """Return the words of spans in order, each wording once, no more than a reader looks at."""
    found: dict[str, Quote] = {}
    for span in sorted(spans):
        quote = text.quote(*span)
        found.setdefault(quote.text, quote)
    return tuple(list(found.values())[:_MOST_QUOTES])


def _question(text: Text, items: Sequence[Mention], clash: Sequence[str], wording: Wording) -> Question:
    names = ", ".join(wording.shown(key) for key in clash[:3])
    more = f" and {len(clash) - 3} more" if len(clash) > 3 else ""
    field = wording.allow
    return Question(
        field=field,
        text=f"Is {wording.noun} {names}{more} wanted or not?",
        why="the description both asks for it and refuses it",
        options=("wanted", "not wanted"),
        quotes=quotes(text, [item.span for item in items]),
        rank=0,
    )
