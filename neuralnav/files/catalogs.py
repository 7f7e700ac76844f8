"""Load catalogs, templates and the project file, without any library of tables: start-up waits for this."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.cache import content_key, kept
from neuralnav.files.inside import texts_outside
from neuralnav.files.places import PROJECT_NAME, read_source
from neuralnav.model.base import Doc
from neuralnav.model.catalog import (
    Accelerator,
    AcceleratorCatalog,
    AcceleratorPrice,
    Catalog,
    CatalogDocument,
    ExperienceClass,
    Model,
    ModelCatalog,
    ModelScores,
    PriceCatalog,
    QualityCatalog,
    QuantisationLoss,
    ServingCatalog,
    ServingList,
    SizeFallback,
    TrafficProfile,
    UseCase,
    UseCaseCatalog,
)
from neuralnav.model.document import Parsed, load, parse, plain, suggestion, validate
from neuralnav.model.project import Project

KINDS: Mapping[str, type[CatalogDocument]] = {
    "ModelCatalog": ModelCatalog,
    "AcceleratorCatalog": AcceleratorCatalog,
    "PriceCatalog": PriceCatalog,
    "UseCaseCatalog": UseCaseCatalog,
    "QualityCatalog": QualityCatalog,
    "ServingCatalog": ServingCatalog,
}


def data_folder(name: str) -> Path:
    """Return the folder of packaged data `name`: in an installed wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name


def load_project(root: Path) -> Project:
    """Return the project file of a repository, or the defaults when it has none."""
    found = read_project(root)
    return default_project() if found is None else found.document


def read_project(root: Path) -> Parsed[Project] | None:
    """Return the project file of a repository with the places of what it says, or None when it has none.

    Raises `InputError` for one that cannot be used, and for catalogs and templates outside the repository: they are
    texts, and what is wrong with a text is told with its words, on a pull request as well.
    """
    path = root / PROJECT_NAME
    if not path.exists():
        return None
    found = load(Project, read_source(path))
    outside = list(texts_outside(root, found))
    if outside:
        raise InputError(outside)
    return found


def default_project() -> Project:
    """Return the settings of a repository without a project file."""
    return Project(api_version="neuralnav.dev/v1alpha1", kind="Project")


def load_catalog(overlays: Sequence[Path] = ()) -> Catalog:
    """Return the packaged catalogs with the overlays on top: an entry with a known id replaces the packaged one.

    The overlays of a repository are equals: two that say different things of one entry contradict each other.
    Raises `InputError` with every problem of every file.
    """
    return load_keyed_catalog(overlays)[0]


def load_keyed_catalog(overlays: Sequence[Path] = ()) -> tuple[Catalog, str]:
    """Return the catalog as `load_catalog` does, and its key: what follows from it alone can be kept under that."""
    packaged, own = catalog_files(overlays)
    key = content_key([path.read_bytes() for path in packaged] + [b"overlays"] + [_bytes(path) for path in own])
    parts = _Parts.model_validate_json(kept("catalogs", key, lambda: _read_parts(packaged, own)))
    return _catalog(parts), key


def catalog_files(overlays: Sequence[Path] = ()) -> tuple[list[Path], list[Path]]:
    """Return the packaged catalog files and those of the overlays (files or folders), in the order they are read."""
    own = [path for item in overlays for path in (sorted(item.rglob("*.yaml")) if item.is_dir() else [item])]
    return sorted(data_folder("catalogs").rglob("*.yaml")), own


def _bytes(path: Path) -> bytes:
    """Return a user's file; one that cannot be read counts as empty here and is refused where it is parsed."""
    try:
        return path.read_bytes() if path.is_file() else b""  # a device may have no end
    except OSError:
        return b""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a catalog file, as it stands there, with its place."""

    section: str
    key: str
    value: Mapping[str, Any]
    where: Where


class _Parts(Doc):
    """The entries of a catalog as they are kept: valid, merged, in the order of their ids."""

    models: tuple[Model, ...]
    accelerators: tuple[Accelerator, ...]
    prices: tuple[AcceleratorPrice, ...]
    use_cases: tuple[UseCase, ...]
    profiles: tuple[TrafficProfile, ...]
    experiences: tuple[ExperienceClass, ...]
    scores: tuple[ModelScores, ...]
    quantisation: tuple[QuantisationLoss, ...]
    fallback: tuple[SizeFallback, ...]
    serving: tuple[ServingList, ...]


def _catalog(parts: _Parts) -> Catalog:
    return Catalog(
        models={item.id: item for item in parts.models},
        accelerators={item.id: _priced(item, parts.prices) for item in parts.accelerators},
        use_cases={item.id: item for item in parts.use_cases},
        profiles={item.id: item for item in parts.profiles},
        experiences={item.id: item for item in parts.experiences},
        scores={item.model: item for item in parts.scores},
        quantisation={item.precision: item for item in parts.quantisation},
        fallback=tuple(sorted(parts.fallback, key=lambda step: step.up_to_parameters_b)),
        serving=parts.serving[-1],
    )


def _priced(accelerator: Accelerator, prices: Sequence[AcceleratorPrice]) -> Accelerator:
    """Return an accelerator with the prices of price catalogs in place of its own of the same provider and kind."""
    own = [item for item in prices if item.accelerator == accelerator.id]
    if not own:
        return accelerator
    replaced = {(item.provider, item.kind) for item in own}
    others = [price for price in accelerator.prices if (price.provider, price.kind) not in replaced]
    return accelerator.model_copy(update={"prices": (*others, *own)})


def _read_parts(packaged: Sequence[Path], own: Sequence[Path]) -> bytes:
    """Return the merged entries as JSON, spelt as in their files.

    Raises `InputError` with every problem of every file.
    """
    found: dict[str, dict[str, Any]] = {field: {} for field, _ in SECTIONS.values()}
    prices: list[_Entry] = []
    problems: list[Diagnostic] = []
    for layer in (packaged, own):
        seen: dict[tuple[str, str], _Entry] = {}
        for path in layer:
            try:
                for entry in _entries(_catalog_document(path)):
                    first = seen.setdefault((entry.section, entry.key), entry)
                    if first is not entry and (layer is packaged or first.value != entry.value):
                        message = f'{entry.section} "{entry.key}" is given twice'
                        hint = f"the first is at {first.where.file}:{first.where.line}; keep one of them"
                        differs = ", and differs" if layer is own else ""
                        problems.append(Diagnostic(entry.where, message + differs, hint))
                    elif entry.section == "price":
                        prices.append(entry)
                    found[SECTIONS[entry.section][0]][entry.key] = entry.value
            except InputError as error:
                problems.extend(error.diagnostics)
    if not problems:
        problems.extend(_unplaced(prices, found["accelerators"]))
    if problems:
        raise InputError(problems)
    return json.dumps({field: [items[key] for key in sorted(items)] for field, items in found.items()}).encode()


def _unplaced(prices: Sequence[_Entry], accelerators: Mapping[str, object]) -> Iterator[Diagnostic]:
    for entry in prices:
        name = entry.value["accelerator"]
        if name not in accelerators:
            hint = suggestion(name, accelerators)
            yield Diagnostic(entry.where, f'a price of an unknown accelerator "{name}"', hint)


def load_templates(folder: Path | None = None) -> dict[str, str]:
    """Return the templates by name ("<target>/<file>.j2")."""
    base = folder or data_folder("templates")
    return {
        path.relative_to(base).as_posix(): path.read_text(encoding="utf-8").replace("\r\n", "\n")
        for path in sorted(base.rglob("*.j2"))
    }


def _catalog_document(path: Path) -> Parsed[Any]:
    source = read_source(path)
    root = parse(source)
    value = plain(root)
    kind = str(value.get("kind")) if isinstance(value, dict) else ""
    if kind not in KINDS:
        where = source.where(root.mark)
        raise InputError([Diagnostic(where, f'kind "{kind}" is not a kind of catalog', suggestion(kind, KINDS))])
    return validate(KINDS[kind], root, source)


SECTIONS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "model": ("models", lambda item: item["id"]),
    "accelerator": ("accelerators", lambda item: item["id"]),
    "price": ("prices", lambda item: " ".join(item[name] for name in ("accelerator", "provider", "kind", "recorded"))),
    "use case": ("useCases", lambda item: item["id"]),
    "profile": ("profiles", lambda item: item["id"]),
    "experience": ("experiences", lambda item: item["id"]),
    "scores": ("scores", lambda item: item["model"]),
    "quantisation": ("quantisation", lambda item: item["precision"]),
    "fallback": ("fallback", lambda item: f"{item['upToParametersB']:g}"),
    "serving": ("serving", lambda _: "serving"),
}
"""What catalog files hold: the key of each list, and what tells its entries apart."""


def _entries(parsed: Parsed[Any]) -> Iterator[_Entry]:
    """Yield the entries of a valid catalog file. Raises `InputError` for a source that the file lacks."""
    _check_sources(parsed)
    spec = plain(parsed.root)["spec"]
    if isinstance(parsed.document, ServingCatalog):
        spec = {"serving": [spec]}
    for section, (field, key) in SECTIONS.items():
        for index, value in enumerate(spec.get(field, ())):
            yield _Entry(section, key(value), value, parsed.where("spec", field, index))


def _check_sources(parsed: Parsed[Any]) -> None:
    known = parsed.document.spec.sources
    problems = []

    def walk(value: object, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            name = value.get("source")
            if isinstance(name, str) and name not in known:
                message = f'source "{name}" is not listed under sources'
                problems.append(Diagnostic(parsed.where(*path, "source"), message, suggestion(name, known)))
            for key, child in value.items():
                walk(child, (*path, key))
        elif isinstance(value, list):
            for index, child in enumerate(value):
                walk(child, (*path, index))

    walk(plain(parsed.root), ())
    if problems:
        raise InputError(problems)
