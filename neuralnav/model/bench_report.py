"""What `bench import`, `bench calibrate` and `bench validate` report: the structure behind text, JSON and exit code."""

from collections.abc import Mapping
from typing import Literal

from neuralnav.model.lock import LockDoc, LockedConflict
from neuralnav.model.report import ReportedProblem

Use = Literal["complete", "partial", "prediction"]
BenchSeverity = Literal["error", "warning"]


class ImportedFile(LockDoc):
    """What one report held: how many of its load points became rows, and why the others did not."""

    file: str
    format: str
    points: int
    rows: int
    notes: tuple[str, ...]
    refused: tuple[ReportedProblem, ...]


class ImportedCurve(LockDoc):
    """The rows of one configuration, shape and arrival process, and how plans use them.

    `complete` measurements replace the simulated curve, `partial` ones can correct it, a `prediction` does neither.
    """

    candidate: str
    prompt_tokens: int
    output_tokens: int
    arrival: str
    rows: int
    use: Use
    why: str


class WrittenTable(LockDoc):
    """A Parquet file of the dataset; `rows` counts those of earlier imports too."""

    file: str
    rows: int
    changed: bool


class ImportReport(LockDoc):
    """What one call of `bench import` read and wrote. `advice` is what is left for the user to do."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["bench import"] = "bench import"
    exit_code: int
    dry_run: bool
    files: tuple[ImportedFile, ...]
    curves: tuple[ImportedCurve, ...]
    written: tuple[WrittenTable, ...]
    advice: str


class EngineSettings(LockDoc):
    """The settings of the engine that measured runs were made under."""

    kv_dtype: str
    max_num_seqs: int
    max_num_batched_tokens: int
    memory_utilization: float
    prefix_hit_share: float


class MetricGain(LockDoc):
    """What the runs of a configuration do for one metric.

    `median_factor` is measured over model in the median, `factor` what a prediction far from all runs is multiplied
    by. Errors are medians of the absolute error, on a log scale; `error_after` is None below two runs. Intervals are
    relative half-widths: the general one, that at the runs' own shapes and loads, and that far from them.
    """

    runs: int
    median_factor: float
    factor: float
    error_before: float
    error_after: float | None
    interval_before: float
    interval_here: float
    interval_elsewhere: float


class Gain(LockDoc):
    """What its measured runs do for one configuration under one set of engine settings.

    `deployed` tells whether manifests render those settings: only then do the runs correct plans. `conflict` is there
    where outcomes contradict the other runs: of its metrics, the slower side counts and the intervals hold both.
    """

    id: str
    settings: EngineSettings
    deployed: bool
    metrics: Mapping[str, MetricGain]
    runs: tuple[str, ...]
    conflict: LockedConflict | None = None


class UnusedRun(LockDoc):
    """A run that says nothing, and why."""

    run: str
    reason: str
    hint: str


class CalibrationReport(LockDoc):
    """What one call of `bench calibrate --with` read, found and wrote.

    `files` are the reports and datasets that were named; `problems` those that no file has alone. `benchmarks` is what
    `spec.benchmarks` of neuralnav.yaml is to list so that plans use the runs: empty while they are in no dataset.
    `outcomes` is the same of `spec.outcomes`.
    """

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["bench calibrate"] = "bench calibrate"
    exit_code: int
    files: tuple[ImportedFile, ...]
    problems: tuple[ReportedProblem, ...]
    configurations: tuple[Gain, ...]
    unused: tuple[UnusedRun, ...]
    written: tuple[WrittenTable, ...]
    benchmarks: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    advice: str


class BenchFinding(LockDoc):
    """One kind of fault in one dataset: how many rows have it, and the worst of them in words."""

    severity: BenchSeverity
    code: str
    dataset: str
    rows: int
    worst: str
    fix: str


class GroupError(LockDoc):
    """How far measured open-loop rows of a group lie from the simulated curve at the same rate.

    Errors are medians of |measured / simulated - 1| over the rows that have the metric; None where none has. TPOT is
    compared with the simulated mean ITL: for one output length the mean gap is the same.
    """

    model: str
    accelerator: str
    precision: str
    rows: int
    ttft_mean: float | None
    ttft_p95: float | None
    itl_p95: float | None
    tpot_mean: float | None
    e2e_mean: float | None
    e2e_p95: float | None


class DatasetCount(LockDoc):
    """How many rows of which source a dataset holds."""

    dataset: str
    rows: int
    measured: int
    simulated: int
    other: int


class Compared(LockDoc):
    """Which measured rows were compared with the simulated curve, and why the others were not."""

    open_loop: int
    closed_loop: int
    without_curve: int
    beyond_sweep: int
    groups: tuple[GroupError, ...]


class ValidationReport(LockDoc):
    """What benchmark tables contradict: physics, themselves, or each other."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["bench validate"] = "bench validate"
    exit_code: int
    datasets: tuple[DatasetCount, ...]
    findings: tuple[BenchFinding, ...]
    compared: Compared
