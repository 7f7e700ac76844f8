"""Validate: benchmark tables and the catalog to a report of what they contradict."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.errors import ExitCode
from neuralnav.model.bench_report import BenchFinding, DatasetCount, ValidationReport
from neuralnav.model.catalog import Catalog
from neuralnav.validation.across import check_engines, check_repeated, compare
from neuralnav.validation.findings import finding, order
from neuralnav.validation.frame import Frame, lay_out
from neuralnav.validation.physics import check_consistency, check_physics

STALE_AFTER = 3
"""vLLM releases a minor version about every two weeks: three are some six weeks of kernels and schedulers."""


def validate(
    datasets: Mapping[str, pa.Table],
    catalog: Catalog,
    refused: Sequence[tuple[str, str]] = (),
    *,
    stale_after: int = STALE_AFTER,
) -> ValidationReport:
    """Return what the datasets contradict: physics, themselves, each other, and the simulation.

    `datasets` come by name in rising precedence; `refused` are files that the door refused, as (dataset, why). Findings
    are ordered: errors first, then those of the most rows. Errors give exit code 2.
    """
    frames = [lay_out(name, table) for name, table in datasets.items()]
    serving = catalog.serving
    findings: list[BenchFinding] = [finding("refused", name, 0, why) for name, why in refused]
    for frame in frames:
        findings.extend(check_physics(frame, catalog))
        findings.extend(check_consistency(frame))
        findings.extend(check_engines(frame, serving.engine, serving.engine_version, stale_after))
    findings.extend(check_repeated(frames))
    findings.sort(key=order)
    unfit = any(item.severity == "error" for item in findings)
    return ValidationReport(
        exit_code=ExitCode.BAD_INPUT if unfit else ExitCode.DONE,
        datasets=tuple(_count(frame) for frame in frames),
        findings=tuple(findings),
        compared=compare(frames),
    )


def _count(frame: Frame) -> DatasetCount:
    sources = frame.table["source"]
    measured, simulated = (pc.sum(pc.equal(sources, name)).as_py() or 0 for name in ("measured", "simulated"))
    rows = frame.table.num_rows
    return DatasetCount(
        dataset=frame.name, rows=rows, measured=measured, simulated=simulated, other=rows - measured - simulated
    )
