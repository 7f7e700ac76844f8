"""The entries of catalog files with their places, and the figures in them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from neuralnav.errors import Where
from neuralnav.model.catalog import (
    Accelerator,
    AcceleratorPrice,
    Catalog,
    Checkpoint,
    Coefficient,
    IntervalWidth,
    Price,
    ServingCatalog,
    Sourced,
)
from neuralnav.model.document import Parsed

Step = str | int

SECTIONS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "models": ("models", lambda item: str(item.id)),
    "accelerators": ("accelerators", lambda item: str(item.id)),
    "prices": ("prices", lambda item: price_key(item.accelerator, item)),
    "useCases": ("use_cases", lambda item: str(item.id)),
    "profiles": ("profiles", lambda item: str(item.id)),
    "experiences": ("experiences", lambda item: str(item.id)),
    "scores": ("scores", lambda item: str(item.model)),
    "quantisation": ("quantisation", lambda item: str(item.precision)),
    "fallback": ("fallback", lambda item: f"{item.up_to_parameters_b:g}"),
    "coefficients": ("coefficients", lambda item: _narrowed(item)),
    "intervals": ("intervals", lambda item: _narrowed(item)),
}
"""The lists of a document's `spec` that hold entries: the attribute, and what names an entry."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something with a source and a verified mark, in an entry of a file."""

    entry: str
    name: str
    fact: Sourced
    document: Parsed[Any]
    path: tuple[Step, ...]

    def where(self) -> Where:
        """Return its place."""
        return self.document.where(*self.path)


@dataclass(frozen=True, slots=True)
class Entries:
    """The catalogs that a compile sees, with the files they came from, in the order they were read.

    `places` has the file and path that each entry is taken from: of two that give one entry, the later.
    """

    catalog: Catalog
    documents: Sequence[Parsed[Any]]
    places: dict[tuple[str, str], tuple[Parsed[Any], tuple[Step, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for document in self.documents:
            for section, key, _, path in _entries(document):
                self.places[section, key] = (document, path)

    def where(self, section: str, key: str, *inside: Step) -> Where:
        """Return the place of an entry, or of what is inside it."""
        document, path = self.places[section, key]
        return document.where(*path, *inside)

    def where_price(self, accelerator: str, price: Price) -> Where:
        """Return the place of a price: an entry of its own, or inside its accelerator."""
        if ("prices", price_key(accelerator, price)) in self.places:
            return self.where("prices", price_key(accelerator, price))
        document, path = self.places["accelerators", accelerator]
        index = [_terms(item) for item in _at(document, path).prices].index(_terms(price))
        return document.where(*path, "prices", index)

    def figures(self) -> Iterator[Figure]:
        """Yield the figures in use, in the order of the files: replaced entries and prices are passed over."""
        serving = [document for document in self.documents if isinstance(document.document, ServingCatalog)][-1:]
        for document in self.documents:
            if isinstance(document.document, ServingCatalog) and document is not serving[0]:
                continue
            if isinstance(document.document.spec, Sourced):
                yield Figure("useCases", "", document.document.spec, document, ("spec",))
            for section, key, item, path in _entries(document):
                used, place = self.places[section, key]
                if used is document and place == path:
                    for inside, fact in _facts(item, ()):
                        if not isinstance(fact, Price) or self._counts(item, fact):
                            yield Figure(f"{section}/{key}", _name(item, inside), fact, document, (*path, *inside))

    def _counts(self, item: object, price: Price) -> bool:
        """Tell whether a price is one that plans can use."""
        name = price.accelerator if isinstance(price, AcceleratorPrice) else getattr(item, "id", "")
        accelerator = self.catalog.accelerators.get(name)
        return accelerator is not None and any(_terms(other) == _terms(price) for other in accelerator.prices)


def price_key(accelerator: str, price: Price) -> str:
    """Return what names a price."""
    return f"{accelerator} {price.provider} {price.kind} of {price.recorded}"


def _terms(price: Price) -> dict[str, Any]:
    """Return a price without the accelerator that it may name."""
    return price.model_dump(exclude={"accelerator"})


def _entries(document: Parsed[Any]) -> Iterator[tuple[str, str, Any, tuple[Step, ...]]]:
    """Yield (section, key, entry, path) of a file."""
    for section, (attribute, key) in SECTIONS.items():
        for index, item in enumerate(getattr(document.document.spec, attribute, ())):
            yield section, key(item), item, ("spec", section, index)


def _facts(value: BaseModel, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Sourced]]:
    """Yield everything in a document's part that has a source, with its path by the keys of the file."""
    if isinstance(value, Sourced):
        yield path, value
    for name, info in type(value).model_fields.items():
        child = getattr(value, name)
        if isinstance(child, BaseModel):
            yield from _facts(child, (*path, info.alias or name))
        elif isinstance(child, tuple):
            for index, item in enumerate(child):
                if isinstance(item, BaseModel):
                    yield from _facts(item, (*path, info.alias or name, index))


def _name(item: object, path: tuple[Step, ...]) -> str:
    """Return a figure's name in its entry: `checkpoints.fp8`, `prices.aws.spot`, `toolUse`."""
    words: list[str] = []
    value: Any = item
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, _attribute(value, step))
        match value:
            case Checkpoint():
                words.append(value.precision)
            case Price():
                words.append(f"{value.provider}.{value.kind}")
            case _:
                words.append(str(step))
    return ".".join(words)


def _attribute(value: BaseModel, alias: str) -> str:
    return next(name for name, info in type(value).model_fields.items() if alias in (info.alias, name))


def _at(document: Parsed[Any], path: tuple[Step, ...]) -> Accelerator:
    found: Any = document.document
    for step in path:
        found = found[step] if isinstance(step, int) else getattr(found, _attribute(found, step))
    accelerator: Accelerator = found
    return accelerator


def _narrowed(item: Coefficient | IntervalWidth) -> str:
    """Return a coefficient's name with what narrows where it holds."""
    name = item.name if isinstance(item, Coefficient) else item.metric
    parts = [str(part) for field in ("generation", "link", "compute") if (part := getattr(item, field, None))]
    return f"{name}[{' '.join(parts)}]" if parts else name
