"""Where words that a model quotes stand in the prose, and whether they may be read there."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from neuralnav.draft.rules.hostile import hostile_spans
from neuralnav.draft.text import Span, Text, folded, read
from neuralnav.model.draft import Quote

_ELIDED = re.compile(r"\s*(?:\.{3,}|…|\[\.*\]|\n\s*\n)\s*")
"""What a model puts for words that it leaves out; and a blank line, which no phrase crosses."""

_TRIMMED = " \t\r\n\"'“”„«»「」*.,;:!?"
_TOKEN = re.compile(r"[a-z0-9]+")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_NAME = 8
_LITTLE = re.compile(
    r"\b(?:low|lower|lowest|minimal|minimum|niedrig\w*|gering\w*|faible|basse?|baj[oa]|minim[oa])[ -]"
    r"(?:latenc|latenz|cost|price|spend|kosten|preis|cout|prix|coste|precio|complex|effort|aufwand)"
    r"|低(?:延迟|延遅|レイテンシ|コスト|成本)|\b(?:latence|latencia|cout|coste?) (?:faible|bas|baja|bajo)"
)
_SMALL = """
a an and are as at be by can do for from has have if in is it its me must my need not of on or our shall should so than
that the them then there they this to us want was we will with would you your das der die ein eine es fur ich im ist
mit und von wir zu de des du en est et il la le les nous ou par pour un une con del el las lo los nos o para por que se
su una y
"""
_SMALL_WORDS = frozenset(_SMALL.split())
_BEFORE = re.compile(r"[0-9][.,'][0-9]\Z")
_BEHIND = re.compile(r"[0-9][.,'][0-9]")


class Places:
    """The prose as a model's quotes are looked up in it: as the rules see it, and with its misspelt words as given."""

    def __init__(self, text: Text) -> None:
        bare = read(text.prose)
        self._texts = (text,) if bare.folded == text.folded else (text, bare)
        self.text = text
        self._hostile = tuple(in_prose(text, span) for span in hostile_spans(text))

    def find(self, words: str) -> tuple[Quote, ...]:
        """Return where words stand, a quote for each part where some are left out; none where a part is not there.

        Of several places the first one counts that may be read.
        """
        found = []
        for part in _ELIDED.split(words):
            phrase = _phrase(part)
            if phrase:
                places = tuple(self._places(phrase))
                if not places:
                    return ()
                found.append(next((place for place in places if not self.is_hostile(place)), places[0]))
        return tuple(found)

    def is_hostile(self, quote: Quote) -> bool:
        """Tell whether a quote touches words that speak to a model and not about a service."""
        return any(quote.start < end and start < quote.end for start, end in self._hostile)

    def span(self, quote: Quote) -> Span:
        """Return the span of the folded text that stands for a quote."""
        start = bisect_right(self.text.ends, quote.start)
        return start, max(bisect_left(self.text.starts, quote.end), start)

    def sentence(self, quote: Quote) -> Span:
        """Return the sentence that holds the start of a quote, in characters of the prose."""
        return in_prose(self.text, self.text.sentence(self.span(quote)[0]))

    def sentence_words(self, quote: Quote) -> str:
        """Return the sentence that holds the start of a quote, folded, in single spaces."""
        start, end = self.text.sentence(self.span(quote)[0])
        return self.text.spaced[start:end]

    def _places(self, phrase: str) -> Iterator[Quote]:
        for text in self._texts:
            for span in text.find(phrase):
                if not _splits_a_number(text.folded, span):
                    yield text.quote(*span)


def in_prose(text: Text, span: Span) -> Span:
    """Return a span of the folded text in characters of the prose."""
    start, end = span
    return (text.starts[start], text.ends[end - 1]) if start < end else (0, 0)


def names_in(quotes: tuple[Quote, ...]) -> frozenset[str]:
    """Return the letters and digits of every run of words in quotes, a plural "s" also taken off."""
    found = set()
    for quote in quotes:
        tokens = _TOKEN.findall(folded(quote.text))
        for first in range(len(tokens)):
            for last in range(first + 1, min(first + _LONGEST_NAME, len(tokens)) + 1):
                run = "".join(tokens[first:last])
                found |= {run, run.removesuffix("s")}
    return frozenset(found)


def says_something(quotes: tuple[Quote, ...]) -> bool:
    """Tell whether quotes hold a word that stands for a thing: no model proves anything by "the" or "for us"."""
    words = {word for quote in quotes for word in _ANY_WORD.findall(folded(quote.text))}
    return any(word not in _SMALL_WORDS and (len(word) > 1 or not word.isascii()) for word in words)


def asks_for_little(quotes: tuple[Quote, ...]) -> bool:
    """Tell whether quotes wish for little of something: "low latency" is no low priority."""
    return any(_LITTLE.search(folded(quote.text)) for quote in quotes)


def _splits_a_number(folded_text: str, span: Span) -> bool:
    """Tell whether a span is an end of a number with a point or a comma: the "5" of "5,000"."""
    start, end = span
    return bool(_BEFORE.search(folded_text[max(start - 2, 0) : start + 1]) or _BEHIND.match(folded_text, end - 1))


def _phrase(words: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", folded(words)).split()).strip(_TRIMMED)
