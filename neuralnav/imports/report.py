"""A report's bytes, what was stated beside it, and the catalog, to rows, or to every reason why there are none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.imports import aiconfigurator, earlier, guidellm, llm_d, vllm_bench
from neuralnav.imports.complete import Row, complete
from neuralnav.imports.parsing import UnreadableError, document
from neuralnav.imports.said import Fault, Node, Point, Said
from neuralnav.model.catalog import Catalog
from neuralnav.model.sidecar import FORMATS, ReportFormat, RunFacts

MEASURED, PREDICTED = "measured", "predicted"


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read, what its rows name as their origin, and whether they are measurements."""

    points: Callable[[Node], Iterator[Point]]
    origin: str
    source: str


READERS: Mapping[ReportFormat, Format] = {
    "guidellm": Format(guidellm.points, guidellm.ORIGIN, MEASURED),
    "vllm": Format(vllm_bench.points, vllm_bench.ORIGIN, MEASURED),
    "llm-d": Format(llm_d.points, llm_d.ORIGIN, MEASURED),
    "aiconfigurator": Format(aiconfigurator.points, aiconfigurator.ORIGIN, PREDICTED),
    "neuralnav-json": Format(earlier.points, earlier.ORIGIN, PREDICTED),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a report holds: its format, the rows that can be used, and what is wrong with the others.

    `faults` stand in the order of the file, each once; `points` counts the load points that were looked at.
    """

    format: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    points: int
    notes: tuple[str, ...] = ()


def read_report(
    raw: bytes,
    stated: Mapping[str, Said],
    catalog: Catalog,
    form: ReportFormat | None = None,
    *,
    step: Callable[[], None] = lambda: None,
) -> Imported:
    """Return the rows of a report; with `form` it is read as that format, else as the one that it looks like.

    `step` is called after each load point.
    """
    try:
        root = document(raw)
    except UnreadableError as error:
        return Imported("", (), (error.fault,), 0)
    found = form or sniff(root)
    if found is None:
        hint = "pass --from with one of " + ", ".join(FORMATS)
        return Imported("", (), (Fault("", "this is no benchmark report that is known here", hint),), 0)
    mismatch = _mismatch(root, found)
    if mismatch is not None:
        return Imported(found, (), (mismatch,), 0)
    label = _label(root, found)
    if root.faults:
        return Imported(label, (), tuple(root.faults), 0)
    return _imported(label, root, stated, catalog, READERS[found], step)


def stated_facts(facts: RunFacts, where: Callable[[str], str]) -> dict[str, Said]:
    """Return the facts of a sidecar or of options by column; `where` names the place of a field."""
    found: dict[str, Said] = {}
    for name in RunFacts.model_fields:
        value = getattr(facts, name)
        if value is not None and name != "format":
            found[name] = Said(value if isinstance(value, int | float | str) else value.isoformat(), where(name))
    return found


def sniff(root: Node) -> ReportFormat | None:
    """Return the format that a document looks like by the names in it, or None."""
    first = root.at(0) if isinstance(root.value, list) else root
    if not isinstance(first.value, dict):
        return None
    benchmark = root.at("benchmarks", 0)
    columns = {aiconfigurator.plain_column(str(name)) for name in first.value}
    signs: Sequence[tuple[ReportFormat, bool]] = (
        ("neuralnav-json", benchmark.at("model_hf_repo").value is not None),
        ("guidellm", isinstance(root.at("benchmarks").value, list)),
        ("llm-d", root.at("version").value is not None and root.at("scenario").value is not None),
        ("aiconfigurator", isinstance(root.value, list) and columns.issuperset(aiconfigurator.COLUMNS)),
        ("vllm", sum(name in first.value for name in vllm_bench.EXPECTED) >= len(vllm_bench.EXPECTED) - 1),
    )
    return next((name for name, shows in signs if shows), None)


def _mismatch(root: Node, form: ReportFormat) -> Fault | None:
    """Return what is wrong when a document cannot be of the format at all."""
    match form:
        case "guidellm" | "neuralnav-json":
            fits, wanted = isinstance(root.at("benchmarks").value, list), "a list of benchmarks"
        case "aiconfigurator":
            rows = root.value if isinstance(root.value, list) else []
            fits, wanted = bool(rows) and all(isinstance(row, dict) for row in rows), "a table with a header"
        case "llm-d":
            fits, wanted = root.at("scenario").value is not None, "a scenario"
        case "vllm":
            items = root.value if isinstance(root.value, list) else [root.value]
            fits, wanted = bool(items) and all(isinstance(item, dict) for item in items), "one result, or a list"
    return None if fits else Fault("", f"this is no {form} report: {wanted} was expected")


def _label(root: Node, form: ReportFormat) -> str:
    """Return the format with its version, and add a fault to the root where that is not known."""
    match form:
        case "guidellm":
            return f"{form} {guidellm.version(root)}"
        case "llm-d":
            return f"{form} {llm_d.version(root)}"
        case _:
            return form


def _imported(
    label: str,
    root: Node,
    stated: Mapping[str, Said],
    catalog: Catalog,
    reader: Format,
    step: Callable[[], None],
) -> Imported:
    rows: list[Row] = []
    own: list[Fault] = []
    points = 0
    for point in reader.points(root):
        found = complete(point, stated, catalog, origin=reader.origin, source=reader.source)
        if isinstance(found, Row):
            rows.append(found)
        else:
            own.extend(found)
        points += 1
        step()
    faults = [*root.faults, *own]
    if not points and not faults:
        faults.append(Fault("", "holds no load point"))
    notes = tuple(dict.fromkeys(note for row in rows for note in row.notes))
    return Imported(label, tuple(rows), tuple(dict.fromkeys(faults)), points, (*notes, *_odd(rows)))


def _odd(rows: Sequence[Row]) -> Iterator[str]:
    """Say what is possible, but odd enough to look at."""
    for metric in ("ttft", "itl", "tpot", "e2e"):
        count = sum(1 for row in rows if _above(row, f"{metric}_mean_ms", f"{metric}_p95_ms"))
        if count:
            yield f"{metric.upper()} mean above its p95 in {count:,} of {len(rows):,} rows: only an extreme tail can"


def _above(row: Row, high: str, low: str) -> bool:
    one, other = row.cells[high], row.cells[low]
    return isinstance(one, float) and isinstance(other, float) and one > other
