"""Names as a model gives them, and what the catalog calls them. Nothing is guessed."""

import re
from collections.abc import Callable, Mapping, Sequence

from neuralnav.model.catalog import PRECISIONS, Catalog
from neuralnav.model.catalog.names import accelerator_of, checkpoint_of


def known_names(field: str, given: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the names of the catalog that a name of a field's list stands for, as a file spells them; none for none.

    One that stands for several is all of them: "A100" is every A100, "AMD" every GPU of AMD.
    """
    kind = field.removeprefix("constraints.").partition(".")[0]
    return tuple(_BY_KIND[kind](given, catalog))


def words_of(field: str, name: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the words, any of which names a thing in prose: its names, its maker, or its family and size."""
    kind = field.removeprefix("constraints.").partition(".")[0]
    words = [name]
    if kind == "accelerators":
        item = next(item for item in catalog.accelerators.values() if item.short_name == name)
        words += [item.id, item.vendor, item.id.partition("-")[0]]
    elif kind == "models":
        model = catalog.models[name]
        family, size = model.family.rstrip("0123456789."), _SIZE.findall(model.id)[-1:]
        words += [model.name, *(checkpoint.repo.partition("/")[2] for checkpoint in model.checkpoints)]
        words += [each for part in size for each in (f"{family}{part}", f"{part}{family}")]
    return tuple(dict.fromkeys(key for word in words if (key := plain(word))))


_SIZE = re.compile(r"[0-9.]+[bm]\b")


def plain(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[\W_]+", "", name.lower())


def _accelerators(given: str, catalog: Catalog) -> Sequence[str]:
    exact = accelerator_of(given, catalog)
    if exact is not None:
        return (catalog.accelerators[exact].short_name,)
    wanted = plain(given)
    return [
        item.short_name
        for item in catalog.accelerators.values()
        if wanted in (*(plain(name) for name in item.spellings), item.vendor, plain(item.id.partition("-")[0]))
    ]


def _models(given: str, catalog: Catalog) -> Sequence[str]:
    found = checkpoint_of(given, catalog)
    if found is not None:
        return (found[0],)
    wanted = plain(given)
    return [item.id for item in catalog.models.values() if wanted in (plain(item.id), plain(item.name))]


def _families(given: str, catalog: Catalog) -> Sequence[str]:
    """Return families by name; "qwen" is every family of that name with a version behind it."""
    wanted = plain(given)
    every = sorted({model.family for model in catalog.models.values()})
    exact = [family for family in every if plain(family) == wanted]
    return exact or [family for family in every if plain(family).rstrip("0123456789") == wanted]


def _licenses(given: str, catalog: Catalog) -> Sequence[str]:
    wanted = plain(given)
    every = sorted({model.license.value for model in catalog.models.values()})
    exact = [name for name in every if plain(name) == wanted]
    return exact or [name for name in every if plain(name).rstrip("0123456789") == wanted]


def _precisions(given: str, catalog: Catalog) -> Sequence[str]:  # noqa: ARG001  # all are called alike
    return [name for name in PRECISIONS if name == given]


def _regions(given: str, catalog: Catalog) -> Sequence[str]:  # noqa: ARG001  # as above; any name is a region's
    return (given,)


_BY_KIND: Mapping[str, Callable[[str, Catalog], Sequence[str]]] = {
    "accelerators": _accelerators,
    "models": _models,
    "families": _families,
    "licenses": _licenses,
    "precisions": _precisions,
    "regions": _regions,
}
