"""Prose made ready to be searched: folded to plain lower case, every character still tied to the words as given."""

import bisect
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from neuralnav.model.draft import Quote

Span = tuple[int, int]
"""A start and an end in the folded text, the end not included."""

_DASHES = frozenset("‐‑‒–—―−﹘﹣-")
_BREAK = r"\n{2,}|\n(?=\s*(?:[-*•+]|[0-9]+[.)])\s)"
"""A blank line, or a line break before an item of a list; any other line break is a space."""

_SENTENCE_END = re.compile(rf"(?<![0-9])\.(?![0-9])|(?<=[0-9])\.(?=\s|$)|[!?;。！？；]|{_BREAK}")
_CLAUSE_END = re.compile(
    rf"(?<![0-9])[.,](?![0-9])|(?<=[0-9])(?:[.,](?=\s|$)|,(?![0-9-]))|[!?;:。、，；：！？]|{_BREAK}"
)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Prose and its folded form.

    `folded` is `prose` in NFKC, in lower case, Latin letters without accents, the digits of every script as 0-9, every
    dash as "-", white space as one space or one or two line breaks, control and format characters gone. `spaced` is
    the same, character for character, with "-", "_" and line breaks as spaces: what phrases are searched in.
    `starts[i]` and `ends[i]` bound what `folded[i]` stands for in `prose`. A text equals itself alone: parts remember
    what they found in it, and a hash of its letters would cost as much as reading it.
    """

    prose: str
    folded: str
    spaced: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[Span, ...]
    sentences: tuple[Span, ...]
    found: dict[str, tuple[Span, ...]] = field(default_factory=dict, repr=False)

    def quote(self, start: int, end: int) -> Quote:
        """Return the words of the prose behind a span of the folded text, white space at both ends left out."""
        while start < end and self.folded[start].isspace():
            start += 1
        while end > start and self.folded[end - 1].isspace():
            end -= 1
        if start == end:
            raise ValueError("an empty span has no words")
        first, last = self.starts[start], self.ends[end - 1]
        return Quote(self.prose[first:last], first, last)

    def find(self, phrase: str) -> tuple[Span, ...]:
        """Return where a phrase stands, in order.

        A phrase is written folded, in single spaces: "customer support". It matches whole words, whatever dash or
        line break stands between them; "summar*" matches words that begin so, "*ubersetzung" words that end so.
        """
        known = self.found.get(phrase)
        if known is None:
            bare = phrase.strip("*")  # most stand nowhere, which is told without a search
            known = self.found[phrase] = tuple(self._search(phrase, bare)) if bare in self.spaced else ()
        return known

    def clause(self, position: int) -> Span:
        """Return the clause that holds a position: what lies between commas, stops and breaks."""
        return _holding(self.clauses, position)

    def sentence(self, position: int) -> Span:
        """Return the sentence that holds a position."""
        return _holding(self.sentences, position)

    def _search(self, phrase: str, bare: str) -> Iterator[Span]:
        open_start, open_end = phrase.startswith("*"), phrase.endswith("*")
        at = self.spaced.find(bare)
        while at >= 0:
            end = at + len(bare)
            if (open_start or self._bounded(at)) and (open_end or self._bounded(end)):
                yield (self._word_start(at) if open_start else at, self._word_end(end) if open_end else end)
            at = self.spaced.find(bare, at + 1)

    def _bounded(self, at: int) -> bool:
        """Tell whether a word may begin or end at a position."""
        if not 0 < at < len(self.spaced):
            return True
        before, after = self.spaced[at - 1], self.spaced[at]
        return not (before.isalnum() and after.isalnum()) or is_wide(before) or is_wide(after)

    def _word_end(self, at: int) -> int:
        while not self._bounded(at):
            at += 1
        return at

    def _word_start(self, at: int) -> int:
        while not self._bounded(at):
            at -= 1
        return at


def read(prose: str, repairs: Mapping[str, str] | None = None) -> Text:
    """Return prose folded. `repairs` gives misspelt words, folded, and what they are taken for."""
    folded, starts, ends = _fold(prose)
    if repairs:
        folded, starts, ends = _repaired(folded, starts, ends, repairs)
    spaced = re.sub(r"[-_\n]", " ", folded)
    return Text(
        prose, folded, spaced, tuple(starts), tuple(ends), _split(folded, _CLAUSE_END), _split(folded, _SENTENCE_END)
    )


def folded(word: str) -> str:
    """Return a word or phrase as the folded text spells it."""
    if word.isascii() and word.isprintable():
        return re.sub(" {2,}", " ", word.lower())
    return _fold(word)[0]


def is_wide(character: str) -> bool:
    """Tell whether a character is of a script without spaces between words: no word ends are asked for beside it.

    Ranges compared, for a regular expression of them takes 5 ms to compile.
    """
    return "\u3005" <= character <= "\ud7af" and (
        character <= "\u3007"
        or "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or character >= "\uac00"
    )


def lies_in(position: int, spans: Sequence[Span]) -> bool:
    """Tell whether a position lies in one of some spans, which are in order and apart."""
    index = bisect.bisect_right(spans, position, key=lambda span: span[0]) - 1
    return index >= 0 and position < spans[index][1]


def _fold(prose: str) -> tuple[str, list[int], list[int]]:
    """Return the folded text, and the start and end in the prose of each of its characters."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _PIECE.finditer(prose):
        start, end = found.span()
        piece = found[0]
        plain = _space(piece) if piece.isspace() else piece.lower() if piece.isascii() else _plain(piece)
        for character in plain:
            out.append(character)
            starts.append(start)
            ends.append(end)
    return "".join(out), starts, ends


_PIECE = re.compile("\\s+|[\x20-\x7e]|[^\x00-\x1f\x7f-\x9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f\u200d]*")
"""White space, a character of ASCII, or another with the marks that belong to it. Control characters are in none."""


def _space(piece: str) -> str:
    """Return white space as one space, one line break, or two."""
    lines = len(re.findall(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", piece))
    return "\n" * min(lines, 2) or " "


def _plain(piece: str) -> str:
    """Return a character with its marks in plain lower case; format characters vanish."""
    return "".join(_plain_character(character) for character in unicodedata.normalize("NFKC", piece))


@functools.lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if character in _DASHES:
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category[0] == "C" or category == "Mn":
        return ""
    if is_wide(character):
        return character
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if unicodedata.category(c) != "Mn")
    return _QUOTES.get(bare, bare.casefold())


_QUOTES: Mapping[str, str] = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}


def _repaired(
    folded: str, starts: list[int], ends: list[int], repairs: Mapping[str, str]
) -> tuple[str, list[int], list[int]]:
    """Return the folded text with misspelt words mended; each character of a mended word stands for all of it."""
    out: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    at = 0
    for found in _WORD.finditer(folded):
        mended = repairs.get(found[0])
        if mended is None:
            continue
        first, last = found.span()
        out += [folded[at:first], mended]
        new_starts += [*starts[at:first], *[starts[first]] * len(mended)]
        new_ends += [*ends[at:first], *[ends[last - 1]] * len(mended)]
        at = last
    return "".join([*out, folded[at:]]), new_starts + starts[at:], new_ends + ends[at:]


_WORD = re.compile(r"[^\W\d_]{3,}")


def _split(folded: str, end: re.Pattern[str]) -> tuple[Span, ...]:
    """Return the spans between the ends; every position of the text is in one."""
    spans = []
    at = 0
    for found in end.finditer(folded):
        spans.append((at, found.end()))
        at = found.end()
    return (*spans, (at, len(folded))) if at < len(folded) or not spans else tuple(spans)


def _holding(spans: tuple[Span, ...], position: int) -> Span:
    """Return the span that holds a position; the last one for the end of the text."""
    return spans[min(bisect.bisect_right(spans, position, key=lambda span: span[0]), len(spans)) - 1]
