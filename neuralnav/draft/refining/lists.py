"""Names that join, leave or replace a list: "also allow Qwen", "remove H100", "no AMD", "use H100s"."""

from collections.abc import Iterable, Mapping, Sequence

from neuralnav.draft.coherence import selections
from neuralnav.draft.refining.held import Held, Told, Wanted
from neuralnav.draft.refining.words import ADD, ONLY, REMOVE
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Quote

PLAIN = ("constraints.licenses", "constraints.precisions", "constraints.regions")
"""Lists of what is allowed, without one of what is not."""

SELECTED = ("constraints.models", "constraints.families", "constraints.accelerators")

LISTS = frozenset({*PLAIN, *(f"{field}.{side}" for field in SELECTED for side in ("allow", "deny"))})


def relisted(text: Text, findings: Iterable[Finding], held: Held) -> Told:
    """Return what findings of names make of the lists of a file.

    `text` is the whole instruction: what verb stands by a name tells whether the name joins a list or replaces it.
    """
    told = Told()
    for item in findings:
        names = item.value if isinstance(item.value, tuple) else (str(item.value),)
        verb = _verb(text, item.quotes)
        if item.field in PLAIN:
            told += _plain(item, names, verb, held)
        elif item.field.endswith(".deny") or verb == "remove":
            told += _denied(item, names, verb, held)
        else:
            told += _allowed(item, names, verb, held)
    return told


def _verb(text: Text, quotes: Sequence[Quote]) -> str:
    """Return what is to be done with names: "remove", "only", "add", or nothing that is said."""
    if not quotes:
        return ""
    at = next((index for index, start in enumerate(text.starts) if start >= quotes[0].start), 0)
    start, end = text.clause(at)
    for verb, words in (("remove", REMOVE), ("only", ONLY), ("add", ADD)):
        if any(start <= first < end for word in words for first, _ in text.find(word)):
            return verb
    return ""


def _plain(item: Finding, names: tuple[str, ...], verb: str, held: Held) -> Told:
    before = held.names(item.field)
    if verb == "add" and not before:
        return Told(notes=(f"the file does not limit {item.field}, so {', '.join(names)} may be used already",))
    if verb == "add":
        return _set(item, item.field, (*before, *_new(names, before)), held)
    if verb == "remove":
        left = tuple(name for name in before if name.lower() not in _folded(names))
        return _set(item, item.field, left, held)
    return _set(item, item.field, names, held)


def _allowed(item: Finding, names: tuple[str, ...], verb: str, held: Held) -> Told:
    """Return the change where names are allowed: they leave the list of what is not."""
    group = item.field.rpartition(".")[0]
    ids = _ids(group, held.catalog)
    allow, deny = held.names(f"{group}.allow"), held.names(f"{group}.deny")
    told = _without(item, f"{group}.deny", deny, names, ids, held)
    if verb != "add":
        return told + _set(item, f"{group}.allow", names, held)
    if allow:
        return told + _set(item, f"{group}.allow", (*allow, *_new(names, allow, ids)), held)
    if group == "constraints.families" and (models := held.names("constraints.models.allow")):
        added = _models_of(names, held.catalog)
        return told + _set(item, "constraints.models.allow", (*models, *_new(added, models)), held)
    if told.wanted:
        return told
    return Told(notes=(f"the file does not limit {group}, so {', '.join(names)} may be used already",))


def _denied(item: Finding, names: tuple[str, ...], verb: str, held: Held) -> Told:
    """Return the change where names are ruled out, or taken from a list where the verb says only that."""
    group = item.field.rpartition(".")[0]
    ids = _ids(group, held.catalog)
    allow, deny = held.names(f"{group}.allow"), held.names(f"{group}.deny")
    told = _without(item, f"{group}.allow", allow, names, ids, held)
    listed = {ids.get(name.lower(), name) for name in (*allow, *deny)} & {ids.get(name.lower(), name) for name in names}
    if verb == "remove" and listed:
        return told if told.wanted else _without(item, f"{group}.deny", deny, names, ids, held)
    return told + _set(item, f"{group}.deny", (*deny, *_new(names, deny, ids)), held)


def _without(
    item: Finding, field: str, before: tuple[str, ...], names: tuple[str, ...], ids: Mapping[str, str], held: Held
) -> Told:
    """Return the list of a file without some names; the last name takes the list with it."""
    gone = {ids.get(name.lower(), name) for name in names}
    left = tuple(name for name in before if ids.get(name.lower(), name) not in gone)
    return Told() if left == before else _set(item, field, left, held)


def _set(item: Finding, field: str, names: tuple[str, ...], held: Held) -> Told:
    if names == held.names(field):
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
