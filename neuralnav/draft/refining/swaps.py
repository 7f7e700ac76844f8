"""One name for another: "replace L4 with L40S", "use H200 instead of H100"."""

import re

from neuralnav.draft.refining.held import Held, Told
from neuralnav.draft.refining.lists import LISTS, Verb, changed
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Quote

LONGEST = 300
"""No clause that swaps names is longer."""

MOST = 20
"""So many swaps of one instruction are read; each name is looked up on its own."""

_FOR = re.compile(
    r"\b(?:replac\w*|swap\w*|exchang\w*|switch(?: from)?|ersetz\w*|tausch\w*|remplac\w*|reemplaz\w*|cambi\w*) "
    r"(?P<out>.+?) (?:with|by|for|to|durch|gegen|par|por|con|a) (?P<into>.+)"
)
_INSTEAD = re.compile(
    r"(?P<into>.+?),? (?:instead of|in place of|rather than|statt|anstatt|anstelle von|au lieu de|a la place de"
    r"|en lugar de|en vez de) (?P<out>.+)"
)
_WIDE = re.compile(r"用(?P<into>.+?)(?:代替|替换|替代)(?P<out>.+)|(?P<out2>.+?)(?:の代わりに|から)(?P<into2>.+)")


def read_swaps(text: Text, held: Held) -> Told:
    """Return the lists of the file with one name in the place of another; of a list without it, the new one alone."""
    told = Told()
    for start, end in text.clauses:
        if len(told.spans) >= MOST or end - start > LONGEST:
            continue
        for pattern in (_FOR, _INSTEAD, _WIDE):
            found = pattern.search(text.spaced, start, end)
            if found is None:
                continue
            groups = [key for key in ("out", "into") if found.groupdict().get(key)] or ["out2", "into2"]
            out, into = (_named(text, found.span(key), held) for key in groups)
            swapped = _swapped(out, into, held)
            if swapped.wanted:
                told += swapped + Told(spans=(found.span(),))
                break
    return told


def _named(text: Text, span: Span, held: Held) -> list[Finding]:
    """Return the names in a part of an instruction, each with its place in the whole."""
    quote = text.quote(*span)
    findings = by_rules(prepare(quote.text), held.catalog).findings
    return [
        Finding(item.field, item.value, item.origin, item.engine, tuple(_moved(one, quote) for one in item.quotes))
        for item in findings
        if item.field in LISTS
    ]


def _moved(quote: Quote, by: Quote) -> Quote:
    return Quote(quote.text, quote.start + by.start, quote.end + by.start)


def _swapped(out: list[Finding], into: list[Finding], held: Held) -> Told:
    known = {item.field for item in out} & {item.field for item in into}
    pairs: list[tuple[Finding, Verb]] = []
    for item in out:
        listed = {name.lower() for name in held.names(item.field)}
        names = item.value if isinstance(item.value, tuple) else ()
        if item.field in known and listed & {name.lower() for name in names}:
            pairs.append((item, "remove"))
    gone = {item.field for item, _ in pairs}
    added: list[tuple[Finding, Verb]] = [(item, "add" if item.field in gone else "only") for item in into]
    return changed((*(pair for pair in added if pair[0].field in known), *pairs), held) if known else Told()
