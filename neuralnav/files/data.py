"""Load catalogs, benchmark tables, templates and the project file; keep simulated curves in a cache."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.places import PROJECT_NAME, read_source, show
from neuralnav.model.catalog import (
    AcceleratorCatalog,
    Catalog,
    CatalogDocument,
    ModelCatalog,
    QualityCatalog,
    ServingCatalog,
    UseCaseCatalog,
)
from neuralnav.model.document import Parsed, load, parse, plain, suggestion, validate
from neuralnav.model.plan import candidate_id
from neuralnav.model.project import Project
from neuralnav.model.tables import BENCHMARK_SCHEMA, PLAN_COLUMNS, conform, distinct, repeated

KINDS: Mapping[str, type[CatalogDocument]] = {
    "ModelCatalog": ModelCatalog,
    "AcceleratorCatalog": AcceleratorCatalog,
    "UseCaseCatalog": UseCaseCatalog,
    "QualityCatalog": QualityCatalog,
    "ServingCatalog": ServingCatalog,
}

CACHE_VARIABLE = "NEURALNAV_CACHE_DIR"

T = TypeVar("T")


def data_folder(name: str) -> Path:
    """Return the folder of packaged data `name`: in an installed wheel, or at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name


def load_project(root: Path) -> Project:
    """Return the project file of a repository, or the defaults when it has none."""
    path = root / PROJECT_NAME
    return load(Project, read_source(path)).document if path.exists() else default_project()


def default_project() -> Project:
    """Return the settings of a repository without a project file."""
    return Project(api_version="neuralnav.dev/v1alpha1", kind="Project")


def load_catalog(overlays: Sequence[Path] = ()) -> Catalog:
    """Return the packaged catalogs with the overlays on top: an entry with a known id replaces the packaged one.

    Raises `InputError` with every problem of every file.
    """
    layers = [sorted(data_folder("catalogs").rglob("*.yaml"))]
    layers += [sorted(overlay.rglob("*.yaml")) if overlay.is_dir() else [overlay] for overlay in overlays]
    parts: dict[str, dict[str, Any]] = {}
    problems: list[Diagnostic] = []
    for layer in layers:
        seen: dict[tuple[str, str], Where] = {}
        for path in layer:
            try:
                document = _catalog_document(path)
                for section, key, item, where in _entries(document):
                    if (section, key) in seen:
                        hint = f"the first is at {seen[section, key].file}:{seen[section, key].line}"
                        problems.append(Diagnostic(where, f'{section} "{key}" is given twice', hint))
                    seen[section, key] = where
                    parts.setdefault(section, {})[key] = item
            except InputError as error:
                problems.extend(error.diagnostics)
    if problems:
        raise InputError(problems)
    return Catalog(
        models=_ordered(parts, "model"),
        accelerators=_ordered(parts, "accelerator"),
        use_cases=_ordered(parts, "use case"),
        profiles=_ordered(parts, "profile"),
        experiences=_ordered(parts, "experience"),
        scores=_ordered(parts, "scores"),
        quantisation=_ordered(parts, "quantisation"),
        fallback=tuple(sorted(parts.get("fallback", {}).values(), key=lambda step: float(step.up_to_parameters_b))),
        serving=parts["serving"]["serving"],
    )


def load_templates(folder: Path | None = None) -> dict[str, str]:
    """Return the templates by name ("<target>/<file>.j2")."""
    base = folder or data_folder("templates")
    return {
        path.relative_to(base).as_posix(): path.read_text(encoding="utf-8").replace("\r\n", "\n")
        for path in sorted(base.rglob("*.j2"))
    }


class Tables:
    """The benchmark datasets of a repository: the packaged one, then the user's in rising precedence.

    Files are opened when a shape first needs them; a user's file is checked whole, whatever it is opened for.
    Packaged rows of the candidates in `stale` are left out: an overlay changed the facts behind them.
    """

    def __init__(self, datasets: Sequence[str], stale: Collection[str] = ()) -> None:
        self._stale = frozenset(stale)
        self._packaged = sorted(data_folder("benchmarks").rglob("*.parquet"))
        self._datasets = tuple(datasets)
        self._loaded: dict[str, pa.Table] = {}

    def of_shape(self, prompt_tokens: int, output_tokens: int) -> tuple[pa.Table, ...]:
        """Return the datasets that may hold rows of a shape, one table each, in rising precedence.

        Raises `InputError` for a file that cannot be used.
        """
        shape = (prompt_tokens, output_tokens)
        packaged = [table for path in self._packaged if (table := _read_packaged(path, shape)) is not None]
        own = [self._current(pa.concat_tables(packaged))] if packaged else []
        return (*own, *(self._dataset(name) for name in self._datasets))

    def _current(self, rows: pa.Table) -> pa.Table:
        if not self._stale:
            return rows
        keys = zip(*(rows[name].to_pylist() for name in ("model", "precision", "accelerator", "tp", "pp")), strict=True)
        return rows.filter(pa.array([candidate_id(*key) not in self._stale for key in keys], pa.bool_()))

    def _dataset(self, name: str) -> pa.Table:
        if name not in self._loaded:
            parts = [read_table(path, filesystem) for filesystem, path in _dataset_files(name)]
            whole = distinct(pa.concat_tables(parts))
            faults = list(repeated(whole))
            if faults:
                raise InputError([Diagnostic(Where(name), fault.message, fault.hint) for fault in faults])
            self._loaded[name] = whole
        return self._loaded[name]


def read_table(path: Path | str, filesystem: Any = None) -> pa.Table:  # pyarrow has no stubs
    """Return a benchmark file's rows, checked at the door.

    Raises `InputError` naming the file, and the row and column of every kind of fault.
    """
    name = show(path) if isinstance(path, Path) else path
    try:
        source = filesystem.open_input_file(path) if filesystem is not None else str(path)
        with pq.ParquetFile(source) as file:
            table = file.read(columns=[n for n in BENCHMARK_SCHEMA.names if n in file.schema_arrow.names])
    except (OSError, pa.ArrowException) as error:
        raise input_error(
            name, f"not a readable Parquet file: {str(error).splitlines()[0]}", "export it again"
        ) from None
    table, faults = conform(table)
    if faults:
        raise InputError([Diagnostic(Where(name, fault.row), fault.message, fault.hint) for fault in faults])
    return table


def _read_packaged(path: Path, shape: tuple[int, int]) -> pa.Table | None:
    """Return the columns of a packaged file that plans need, or None when it holds no row of the shape.

    Our own tables pass the door in a test; here they are only read.
    """
    with pq.ParquetFile(path) as file:
        return file.read(columns=list(PLAN_COLUMNS)) if _may_hold(file.metadata, shape) else None


class CurveCache:
    """Simulated rows by evidence id, one Parquet file each, under the user's cache folder. Any loss is only time."""

    def __init__(self) -> None:
        base = os.environ.get(CACHE_VARIABLE) or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        self.folder = Path(base) / "neuralnav" / "curves"

    def get(self, key: str) -> pa.Table | None:
        """Return the rows kept under a key, or None when there are none or they cannot be read."""
        path = self.folder / f"{key}.parquet"
        try:
            return pq.read_table(path, columns=list(PLAN_COLUMNS)) if path.is_file() else None
        except (OSError, pa.ArrowException):
            return None

    def put(self, key: str, rows: pa.Table) -> None:
        """Keep rows; a cache that cannot be written is no error."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_table(rows, self.folder / f"{key}.parquet")
        except OSError:
            return


def write_table(table: pa.Table, path: Path) -> None:
    """Write a benchmark table as one Parquet file, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    os.close(handle)
    try:
        pq.write_table(table, part, compression="zstd", write_statistics=True)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _dataset_files(dataset: str) -> list[tuple[Any, Any]]:
    """Return (filesystem, path) of a dataset's Parquet files: a file, a folder, or an object-store URI."""
    if "://" in dataset:
        from pyarrow import fs  # only a URI needs it, and it costs start-up time

        try:
            filesystem, base = fs.FileSystem.from_uri(dataset)
            listed = filesystem.get_file_info(fs.FileSelector(base, recursive=True))
        except (OSError, pa.ArrowException, ValueError) as error:
            raise input_error(dataset, f"the dataset cannot be listed: {str(error).splitlines()[0]}") from None
        return [
            (filesystem, item.path) for item in sorted(listed, key=lambda f: f.path) if item.path.endswith(".parquet")
        ]
    path = Path(dataset)
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    if not files:
        hint = f"the path counts from the folder of {PROJECT_NAME}"
        raise input_error(show(path), "no Parquet file is here", hint)
    return [(None, file) for file in files]


def _may_hold(metadata: Any, shape: tuple[int, int]) -> bool:  # pyarrow has no stubs
    """Tell from the row groups' statistics whether a file may hold rows of a shape."""
    wanted = dict(zip(("prompt_tokens", "output_tokens"), shape, strict=True))
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        columns = [group.column(position) for position in range(group.num_columns)]
        ranges = {c.path_in_schema: c.statistics for c in columns if c.path_in_schema in wanted}
        if len(ranges) < len(wanted) or any(s is None or not s.has_min_max for s in ranges.values()):
            return True
        if all(ranges[name].min <= value <= ranges[name].max for name, value in wanted.items()):
            return True
    return False


def _catalog_document(path: Path) -> Parsed[Any]:
    source = read_source(path)
    root = parse(source)
    value = plain(root)
    kind = str(value.get("kind")) if isinstance(value, dict) else ""
    if kind not in KINDS:
        where = source.where(root.mark)
        raise InputError([Diagnostic(where, f'kind "{kind}" is not a kind of catalog', suggestion(kind, KINDS))])
    return validate(KINDS[kind], root, source)


def _entries(parsed: Parsed[Any]) -> Iterator[tuple[str, str, Any, Where]]:
    """Yield (section, id, entry, place) of a catalog file. Raises `InputError` for a source that the file lacks."""
    spec = parsed.document.spec
    _check_sources(parsed)
    sections: Mapping[str, tuple[str, Callable[[Any], str]]] = {
        "model": ("models", lambda item: item.id),
        "accelerator": ("accelerators", lambda item: item.id),
        "use case": ("useCases", lambda item: item.id),
        "profile": ("profiles", lambda item: item.id),
        "experience": ("experiences", lambda item: item.id),
        "scores": ("scores", lambda item: item.model),
        "quantisation": ("quantisation", lambda item: item.precision),
        "fallback": ("fallback", lambda item: f"{item.up_to_parameters_b:g}"),
    }
    for section, (field, key) in sections.items():
        attribute = "use_cases" if field == "useCases" else field
        for index, item in enumerate(getattr(spec, attribute, ())):
            yield section, key(item), item, parsed.where("spec", field, index)
    if isinstance(parsed.document, ServingCatalog):
        yield "serving", "serving", spec, parsed.where("spec")


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


def _ordered(parts: Mapping[str, dict[str, T]], section: str) -> dict[str, T]:
    found = parts.get(section, {})
    return {key: found[key] for key in sorted(found)}
