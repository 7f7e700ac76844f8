"""What a global `bench calibrate` reports: the one structure behind text, markdown and JSON."""

from typing import Literal

from neuralnav.model.lock import LockDoc

LeaveOut = Literal["group", "kind", "generation"]


class UnusedRows(LockDoc):
    """Rows of a table that say nothing of the model, by reason."""

    reason: str
    rows: int


class ErrorRow(LockDoc):
    """Errors of a group of runs: medians of the absolute relative error and of the signed one (bias)."""

    name: str
    runs: int
    ttft: float
    ttft_bias: float
    tpot: float
    tpot_bias: float


class ErrorTable(LockDoc):
    """The errors of all runs, and group by group, the worst by TPOT first.

    `left_out` says what was left out together of the fit that predicts it; absent where nothing was.
    """

    left_out: LeaveOut | None = None
    all: ErrorRow
    groups: tuple[ErrorRow, ...]


class IntervalRow(LockDoc):
    """The relative half-width of a metric's 90 % interval for a generation ("" for all), now and as found.

    `held` is the share of left-out runs that intervals from the other groups hold.
    """

    metric: Literal["ttft", "itl", "e2e"]
    generation: str
    now: float
    found: float
    held: float


class LocalRow(LockDoc):
    """Median absolute errors of a configuration's other runs before and after this many of its runs are known."""

    runs: int
    ttft_before: float
    ttft_after: float
    tpot_before: float
    tpot_after: float


class StepRow(LockDoc):
    """Errors of measured forward passes at one tensor parallelism and phase."""

    model: str
    tp: int
    phase: str
    passes: int
    error: float
    bias: float


class OpenRow(LockDoc):
    """One open-loop system: relative errors of p95, and the predicted capacity over the offered rate.

    `stock` tells vLLM's own scheduler from a fork of it.
    """

    name: str
    stock: bool
    rate_rps: float
    ttft_p95: float
    tpot_p95: float
    e2e_p95: float
    capacity_ratio: float


class CoefficientRow(LockDoc):
    """A free coefficient: its value before and after, and whether it rests on a bound."""

    name: str
    before: float
    after: float
    bound: Literal["low", "high", ""] = ""


class FitReport(LockDoc):
    """What one global `bench calibrate` found. `fitted` is false where the catalog was judged as it stands."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["bench calibrate"] = "bench calibrate"
    fitted: bool
    runs: int
    unused: tuple[UnusedRows, ...]
    tables: tuple[ErrorTable, ...]
    intervals: tuple[IntervalRow, ...]
    local: tuple[LocalRow, ...]
    steps: tuple[StepRow, ...]
    open_loop: tuple[OpenRow, ...]
    open_unused: tuple[UnusedRows, ...]
    coefficients: tuple[CoefficientRow, ...]
    written: str
