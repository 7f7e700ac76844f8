"""Names that join, leave or replace a list: "also allow Qwen", "remove H100", "no AMD", "use H100s"."""

import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.draft.coherence import selections
from neuralnav.draft.refining.held import Held, Told, Wanted
from neuralnav.draft.refining.places import parts, within
from neuralnav.draft.refining.words import ADD, ONLY, REMOVE, USE
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Quote

PLAIN = ("constraints.licenses", "constraints.precisions", "constraints.regions")
"""Lists of what is allowed, without one of what is not."""

SELECTED = ("constraints.models", "constraints.families", "constraints.accelerators")

Verb = Literal["remove", "only", "add", "use", ""]

LISTS = frozenset({*PLAIN, *(f"{field}.{side}" for field in SELECTED for side in ("allow", "deny"))})


def relisted(text: Text, findings: Iterable[Finding], held: Held) -> Told:
    """Return what findings of names make of the lists of a file, one after the other.

    `text` is the whole instruction: what verb stands by a name tells whether the name joins a list or replaces it.
    """
    pairs = (pair for item in findings for pair in _with_verbs(text, item, held.catalog))
    return changed(pairs, held)


def changed(findings: Iterable[tuple[Finding, Verb]], held: Held) -> Told:
    """Return what findings of names, each with its verb, make of the lists of a file, one after the other."""
    told, lists = Told(), Lists({field: held.names(field) for field in LISTS}, held.catalog)
    for item, verb in findings:
        names = _names(item)
        if item.field in PLAIN:
            more = _plain(item, names, verb, lists)
        elif item.field.endswith(".deny") or verb == "remove":
            more = _denied(item, names, verb, lists)
        else:
            more = _allowed(item, names, verb, lists)
        lists = lists.with_all(more)
        told += more
    notes = (note for note in told.notes if not any(note.startswith(f"{item.field} is ") for item in told.wanted))
    return replace(told, wanted=tuple(_joined(told.wanted)), notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a file as they are after what was read so far."""

    by_field: Mapping[str, tuple[str, ...]]
    catalog: Catalog

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names of a list; none where the file has no such list."""
        return self.by_field[field]

    def with_all(self, told: Told) -> "Lists":
        """Return the lists after what is told."""
        new = {item.field: item.value if isinstance(item.value, tuple) else () for item in told.wanted}
        return Lists({**self.by_field, **new}, self.catalog)


def _joined(wanted: Iterable[Wanted]) -> Iterable[Wanted]:
    """Return one wish a field: the last one, with the words of all."""
    by_field: dict[str, Wanted] = {}
    for item in wanted:
        before = by_field.get(item.field)
        quotes = item.quotes if before is None else tuple(dict.fromkeys((*before.quotes, *item.quotes)))
        by_field[item.field] = replace(item, quotes=tuple(sorted(quotes, key=lambda quote: quote.start)))
    return by_field.values()


def _with_verbs(text: Text, item: Finding, catalog: Catalog) -> Iterator[tuple[Finding, Verb]]:
    """Yield a finding with what is to be done with its names; one of several verbs in parts: "add A100, drop L4"."""
    by_verb: dict[Verb, list[Quote]] = {}
    before: tuple[Verb, Span] = "", (0, 0)
    for quote in item.quotes:
        at = bisect.bisect_left(text.starts, quote.start)
        sentence = text.sentence(at)
        verb = _verb(text, at) or (before[0] if before[1] == sentence else "")
        by_verb.setdefault(verb, []).append(quote)
        before = verb, sentence
    if len(by_verb) < 2:
        yield item, next(iter(by_verb), "")
        return
    group, names = item.field.rpartition(".")[0], item.value if isinstance(item.value, tuple) else ()
    for verb, quotes in by_verb.items():
        if "remove" in by_verb and verb in ("use", ""):  # beside a name that goes, the others of the file stay
            verb = "add"
        found = by_rules(prepare(", ".join(quote.text for quote in quotes)), catalog).findings
        own = {name for one in found if one.field.startswith(group) for name in _names(one)}
        yield replace(item, value=tuple(name for name in names if name in own), quotes=tuple(quotes)), verb


def _names(item: Finding) -> tuple[str, ...]:
    return item.value if isinstance(item.value, tuple) else (str(item.value),)


def _verb(text: Text, at: int) -> Verb:
    """Return the verb of a position: that of its own part, else of the part before, else of the one behind."""
    every = parts(text, *text.clause(at))
    own = next((index for index, (_, end) in enumerate(every) if at < end), 0)
    for part in (*every[own::-1], *every[own + 1 :]):
        for verb, words in _VERBS:
            if any(within(text, words, *part)):
                return verb
    return ""


_VERBS: tuple[tuple[Verb, tuple[str, ...]], ...] = (("remove", REMOVE), ("only", ONLY), ("add", ADD), ("use", USE))


def _plain(item: Finding, names: tuple[str, ...], verb: Verb, lists: Lists) -> Told:
    before = lists.names(item.field)
    if verb == "add" and not before:
        return Told(notes=(f"the file does not limit {item.field}, so {', '.join(names)} may be used already",))
    if verb == "add":
        return _set(item, item.field, (*before, *_new(names, before)), lists)
    if verb == "remove":
        left = tuple(name for name in before if name.lower() not in _folded(names))
        return _set(item, item.field, left, lists)
    return _set(item, item.field, names, lists)


def _allowed(item: Finding, names: tuple[str, ...], verb: Verb, lists: Lists) -> Told:
    """Return the change where names are allowed: they leave the list of what is not."""
    group = item.field.rpartition(".")[0]
    ids = _ids(group, lists.catalog)
    allow, deny = lists.names(f"{group}.allow"), lists.names(f"{group}.deny")
    told = _without(item, f"{group}.deny", deny, names, ids, lists)
    if verb != "add":
        return told + _set(item, f"{group}.allow", names, lists)
    if allow:
        return told + _set(item, f"{group}.allow", (*allow, *_new(names, allow, ids)), lists)
    if group == "constraints.families" and (models := lists.names("constraints.models.allow")):
        added = _models_of(names, lists.catalog)
        return told + _set(item, "constraints.models.allow", (*models, *_new(added, models)), lists)
    if group == "constraints.models" and (families := lists.names("constraints.families.allow")):
        return told + _beside_families(item, names, families, lists)
    if told.wanted:
        return told
    return Told(notes=(f"the file does not limit {group}, so {', '.join(names)} may be used already",))


def _beside_families(item: Finding, names: tuple[str, ...], families: tuple[str, ...], lists: Lists) -> Told:
    """Return models beside families that are allowed: one of another family needs the families' models by name."""
    models = _models_of(families, lists.catalog)
    new = _new(names, models)
    if not new:
        return Told(notes=(f"{', '.join(names)} may be used already: {', '.join(families)} may",))
    quotes, why = item.quotes, f"the models of {', '.join(families)} by name, and {', '.join(new)}"
    allow = Wanted("constraints.models.allow", (*models, *new), quotes, item.origin, why, item.engine)
    gone = Wanted("constraints.families.allow", None, quotes, "inferred", "constraints.models.allow takes its place")
    return Told(wanted=(allow, gone))


def _denied(item: Finding, names: tuple[str, ...], verb: Verb, lists: Lists) -> Told:
    """Return the change where names are ruled out, or taken from a list where the verb says only that."""
    group = item.field.rpartition(".")[0]
    ids = _ids(group, lists.catalog)
    allow, deny = lists.names(f"{group}.allow"), lists.names(f"{group}.deny")
    told = _without(item, f"{group}.allow", allow, names, ids, lists)
    listed = {ids.get(name.lower(), name) for name in (*allow, *deny)} & {ids.get(name.lower(), name) for name in names}
    if verb == "remove" and listed:
        return told if told.wanted else _without(item, f"{group}.deny", deny, names, ids, lists)
    return told + _set(item, f"{group}.deny", (*deny, *_new(names, deny, ids)), lists)


def _without(
    item: Finding, field: str, before: tuple[str, ...], names: tuple[str, ...], ids: Mapping[str, str], lists: Lists
) -> Told:
    """Return the list of a file without some names; the last name takes the list with it."""
    gone = {ids.get(name.lower(), name) for name in names}
    left = tuple(name for name in before if ids.get(name.lower(), name) not in gone)
    return Told() if left == before else _set(item, field, left, lists)


def _set(item: Finding, field: str, names: tuple[str, ...], lists: Lists) -> Told:
    if names == lists.names(field):
        return Told(notes=(f"{field} is {', '.join(names)} already",) if names else ())
    return Told(wanted=(Wanted(field, names or None, item.quotes, item.origin, item.why, item.engine),))


def _new(names: Iterable[str], before: Iterable[str], ids: Mapping[str, str] | None = None) -> tuple[str, ...]:
    known = ids or {}
    have = {known.get(name.lower(), name.lower()) for name in before}
    return tuple(name for name in names if known.get(name.lower(), name.lower()) not in have)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _ids(group: str, catalog: Catalog) -> Mapping[str, str]:
    return next(known for _, field, known in selections(catalog) if field == group)


def _models_of(families: Iterable[str], catalog: Catalog) -> tuple[str, ...]:
    wanted = _folded(families)
    return tuple(item.id for item in catalog.models.values() if item.family.lower() in wanted)
