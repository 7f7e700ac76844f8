"""Two catalogs taken apart, entry by entry and price by price, and mixed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from typing import Any

from pydantic import BaseModel

from neuralnav.candidates import price_of
from neuralnav.causes.words import changed, moved
from neuralnav.diff.search import Part
from neuralnav.model.catalog import Accelerator, Catalog, Price
from neuralnav.model.diff import FieldEdit
from neuralnav.model.report import ReportedWhere

NOUNS: Mapping[str, str] = {
    "models": "model",
    "accelerators": "accelerator",
    "use_cases": "use case",
    "profiles": "traffic profile",
    "experiences": "experience class",
    "scores": "scores of",
    "quantisation": "quantisation loss of",
    "fallback": "scores by size",
    "serving": "serving model",
}
"""The sections of a catalog, and what an entry of each is called. The last two are swapped as a whole."""

WHOLE = ("fallback", "serving")
NO_FACTS = ("source", "sources", "verified", "note")
"""Who says so, which no plan depends on."""


def catalog_parts(before: Catalog, after: Catalog, where: ReportedWhere) -> tuple[Part, ...]:
    """Return the entries that differ in what they say, prices aside, section by section and by id."""
    return tuple(part for section in NOUNS for part in _section_parts(section, before, after, where))


def _section_parts(section: str, before: Catalog, after: Catalog, where: ReportedWhere) -> Iterator[Part]:
    old, new = (_entries(catalog, section) for catalog in (before, after))
    for name in sorted({*old, *new}):
        one, other = old.get(name), new.get(name)
        if one is other or one == other:
            continue
        facts = [dict(_facts(item, ())) for item in (one, other)]
        edits = tuple(
            FieldEdit(field=f"{section}.{name}.{path}".replace("..", "."), before=texts[0], after=texts[1], where=where)
            for path in sorted({*facts[0], *facts[1]})
            if (texts := [side.get(path, "") for side in facts])[0] != texts[1]
        )
        if edits:
            yield _entry_part(section, name, edits, there=one is not None, here=other is not None)


def _entry_part(section: str, name: str, edits: tuple[FieldEdit, ...], *, there: bool, here: bool) -> Part:
    noun = " ".join(word for word in (NOUNS[section], name) if word)
    if there and here and len(edits) == 1:
        path = edits[0].field.removeprefix(f"{section}.").removeprefix(f"{name}.")
        return Part(f"{section}/{name}", f"{noun} {path} {moved(edits[0].before, edits[0].after)}", edits)
    said = f"{noun} {changed(there=there, here=here)}"
    if there and here:
        return Part(f"{section}/{name}", f"{said} in {len(edits)} facts", edits)
    whole = FieldEdit(
        field=f"{section}.{name}", before=name if there else "", after=name if here else "", where=edits[0].where
    )
    return Part(f"{section}/{name}", said, (whole,))


def _entries(catalog: Catalog, section: str) -> Mapping[str, Any]:
    """Return the entries of a section by id; one that is swapped as a whole is its only entry."""
    found = getattr(catalog, section)
    return {"": found} if section in WHOLE else found


def _facts(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield each fact of an entry as text, by its path as a file spells it."""
    match value:
        case Accelerator():
            yield from _facts(value.model_copy(update={"prices": ()}).model_dump(mode="json", by_alias=True), path)
        case BaseModel():
            yield from _facts(value.model_dump(mode="json", by_alias=True), path)
        case dict():
            for key, child in value.items():
                if key not in NO_FACTS:
                    yield from _facts(child, path if key == "value" else (*path, key))
        case list() | tuple():
            for index, child in enumerate(value):
                yield from _facts(child, (*path, str(index)))
        case None:
            return
        case _:
            yield ".".join(path), str(value)


def price_parts(before: Catalog, after: Catalog, where: ReportedWhere) -> tuple[Part, ...]:
    """Return the prices that differ, of accelerators that both catalogs hold, by accelerator, provider and kind.

    Of each provider and kind the newest price counts; what a new accelerator costs comes with it.
    """
    found = []
    for name in sorted({*before.accelerators} & {*after.accelerators}):
        old, new = before.accelerators[name], after.accelerators[name]
        if old.prices == new.prices:
            continue
        for provider, kind in sorted({(item.provider, item.kind) for item in (*old.prices, *new.prices)}):
            texts = [_price_text(price_of(item.prices, provider, kind)) for item in (old, new)]
            if texts[0] == texts[1]:
                continue
            shown = new.short_name
            edit = FieldEdit(field=f"prices.{name}.{provider}/{kind}", before=texts[0], after=texts[1], where=where)
            said = f"price of {shown} {provider}/{kind} {_price_move(*texts)}"
            found.append(Part(_price_name(name, provider, kind), said, (edit,)))
    return tuple(found)


def _price_text(usd_per_hour: float) -> str:
    return "" if usd_per_hour != usd_per_hour else f"{usd_per_hour:g}"


def _price_move(before: str, after: str) -> str:
    if before and after:
        return f"{before} -> {after} USD/h"
    return f"{after} USD/h added" if after else f"{before} USD/h removed"


def _price_name(accelerator: str, provider: str, kind: str) -> str:
    return f"{accelerator} {provider}/{kind}"


def mixed_catalog(before: Catalog, after: Catalog, *, entries: Collection[str], prices: Collection[str]) -> Catalog:
    """Return `before` with some entries (`models/qwen3-8b`) and prices (`h100 list/on-demand`) as they are in `after`.

    The names are those of parts. An accelerator that is taken keeps its prices of before, where there are any to keep.
    """
    if not entries and not prices:
        return before
    sections = {item.name: _mixed_section(item.name, before, after, entries) for item in fields(Catalog)}
    for name, item in sections["accelerators"].items():
        if name in before.accelerators and name in after.accelerators:
            own = _mixed_prices(name, before.accelerators[name].prices, after.accelerators[name].prices, prices)
            if own != item.prices:
                sections["accelerators"][name] = item.model_copy(update={"prices": own})
    return Catalog(**sections)


def _mixed_section(section: str, before: Catalog, after: Catalog, entries: Collection[str]) -> Any:
    old, new = (_entries(catalog, section) for catalog in (before, after))
    found = {}
    for name in sorted({*old, *new}):
        side = new if f"{section}/{name}" in entries else old
        if name in side:
            found[name] = side[name]
    return found[""] if section in WHOLE else found


def _mixed_prices(
    accelerator: str, before: tuple[Price, ...], after: tuple[Price, ...], taken: Collection[str]
) -> tuple[Price, ...]:
    def is_taken(item: Price) -> bool:
        return _price_name(accelerator, item.provider, item.kind) in taken

    return (*(item for item in before if not is_taken(item)), *(item for item in after if is_taken(item)))
