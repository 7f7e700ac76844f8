"""What can be wrong with benchmark rows: the codes, and findings from masks over rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from neuralnav.model.bench_report import BenchFinding, BenchSeverity
from neuralnav.validation.frame import Frame, Mask, Vector


@dataclass(frozen=True, slots=True)
class Code:
    """What a finding means for the tables, and how to mend it."""

    severity: BenchSeverity
    fix: str


SEVERITIES: tuple[BenchSeverity, ...] = ("error", "warning")
_BELOW_WEIGHTS = "wrong model, precision, tp or unit; or speculative decoding, which is another configuration"

CODES: Mapping[str, Code] = {
    "refused": Code("error", "mend or import the file again; plans that list it fail"),
    "itl-below-weights": Code("error", _BELOW_WEIGHTS),
    "tpot-below-weights": Code("error", _BELOW_WEIGHTS),
    "ttft-below-compute": Code("error", "prefix cache hits (state prefix_hit_share), shorter prompts, or a wrong unit"),
    "compute-over-peak": Code("error", "rates of several replicas, prefix cache hits, or a wrong accelerator"),
    "kv-over-bandwidth": Code("error", "rates of several replicas, or lengths that were not reached"),
    "kv-over-capacity": Code("error", "rates of several replicas, or another KV type than stated"),
    "batch-over-limit": Code("error", "rates of several replicas, or another max_num_seqs than stated"),
    "ttft-above-e2e": Code("error", "the first token is part of the whole; check both units"),
    "achieved-above-offered": Code("error", "one rate is of a replica and the other of several, or they are swapped"),
    "tokens-contradict-rate": Code("error", "output tokens per second are rate times tokens; check the lengths"),
    "tokens-off-rate": Code("warning", "answers ended early, or the lengths stated are not those measured"),
    "mean-above-p95": Code("warning", "possible only with an extreme tail; look at the source"),
    "repeated": Code("warning", "keep one of the datasets, or drop the copy"),
    "engine-old": Code("warning", "measure again: engines change by tens of percent between releases"),
    "engine-version-odd": Code("warning", "give versions as 0.19.0"),
    "unknown-configuration": Code("warning", "add the model or accelerator to a catalog of yours, or drop the rows"),
}  # fmt: skip
"""Errors make the exit code 2; warnings do not."""


def finding(code: str, dataset: str, rows: int, worst: str) -> BenchFinding:
    """Return the finding of a code."""
    known = CODES[code]
    return BenchFinding(severity=known.severity, code=code, dataset=dataset, rows=rows, worst=worst, fix=known.fix)


def found(code: str, frame: Frame, bad: Mask, by: Vector, describe: Callable[[int], str]) -> Iterator[BenchFinding]:
    """Yield a finding when any row is bad; the worst is the one with the largest `by`, then the first."""
    rows = np.flatnonzero(bad)
    if len(rows):
        worst = int(rows[np.argmax(by[rows])])
        yield finding(code, frame.name, len(rows), f"{frame.text(worst)}: {describe(worst)}")


def order(item: BenchFinding) -> tuple[int, int, str, str]:
    """Return the sorting key of findings: errors first, then the most rows, code and dataset."""
    return SEVERITIES.index(item.severity), -item.rows, item.code, item.dataset
