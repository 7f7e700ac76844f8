"""An outcome of a deployed plan -> a run that the model can repeat, or the reason why it says nothing of its engine.

Nobody held the load of a window, so more is asked of it than of a benchmark, and what it says is doubted by how much
the load strayed. Means are compared: a histogram's are exact, where its percentiles are as wide as a bucket.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import hypot, isfinite, log, sqrt

from neuralnav.model.catalog import ServingList
from neuralnav.model.outcome import Lengths, Outcome
from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import METRICS
from neuralnav.serving.clients import OPEN_REQUESTS, STEADY, OpenLoop
from neuralnav.serving.runs import ENGINE, NO_LATENCY, NOT_REPEATED, REASONS, VERSION, MeasuredRun, Window, release
from neuralnav.serving.settings import DEFAULT_SETTINGS, KV_ELEMENT_BYTES, SweepSettings
from neuralnav.serving.windows import OLDER, SeenRun

SIMULATOR = "neuralnav-sim"
"""The engine of outcomes that our simulator made: the model's own numbers, which prove nothing of it."""

LEAST_REQUESTS = 100
LEAST_COVERED = 0.8
MOST_RESIZED = 2.0
MOST_PREEMPTED = 0.1
MOST_FAILED = 0.1
MOST_HITS = 0.05
MOST_WAITING = 0.5
"""What a window must keep to: an engine under other conditions is another engine to the model. Preemptions and requests
that failed or were aborted are per request; hits are of the prefix cache, whose tokens cost no work. Waiting ones are
as a share of those that run; one on each replica may wait for a step to end, which is no queue."""

SIMULATED = "a simulator's outcome, which is the model's own word"
FEW = f"fewer than {LEAST_REQUESTS} requests in its window"
UNCOVERED = f"scraped for less than {LEAST_COVERED:.0%} of its window"
RESIZED = f"replicas changed by more than a factor {MOST_RESIZED:g} in its window"
FAILED = f"more than {MOST_FAILED:.0%} of its requests failed or were aborted"
PREEMPTED = f"more than {MOST_PREEMPTED:.0%} of its requests were preempted"
OVERLOADED = f"overloaded: its queue was on average longer than {MOST_WAITING:.0%} of what ran"
CACHED = f"more than {MOST_HITS:.0%} of its prompt tokens came from the prefix cache"
NO_LENGTHS = "no lengths of prompts and answers"
OVERLAPPED = "more than half of its window is in a later one of the same workload"
OUTCOME_REASONS = (
    *REASONS[:3], SIMULATED, NO_LENGTHS, OVERLAPPED, FEW, UNCOVERED, RESIZED, FAILED, PREEMPTED, OVERLOADED, CACHED,
    OLDER, *REASONS[3:],
)  # fmt: skip
"""Why a run or an outcome says nothing of a configuration, in the order in which they are told."""

PEAK_SECONDS = 300
"""An outcome's peak is the highest rate over any five minutes."""

CHANCE_DEVIATIONS = 2.0
"""The highest of many windows of a steady load lies about so many standard deviations above its mean."""


def repeatable(outcomes: Sequence[Outcome], serving: ServingList) -> tuple[MeasuredRun | str, ...]:
    """Return the run of each outcome, or why there is none; hours that several windows hold count once."""
    found = [run_of(outcome, serving) for outcome in outcomes]
    kept: dict[tuple[str, str, str], list[tuple[datetime, datetime]]] = {}
    for index in sorted(
        range(len(outcomes)), key=lambda index: (outcomes[index].end, outcomes[index].start), reverse=True
    ):
        item = outcomes[index]
        if isinstance(found[index], str):
            continue
        start, end = datetime.fromisoformat(item.start), datetime.fromisoformat(item.end)
        later = kept.setdefault((item.namespace, item.workload, item.environment), [])
        beside = later[: bisect_left(later, (end, end))]  # begun before this one ended, and none ended before it did
        shared = sum((end - max(start, since)).total_seconds() for since, _ in beside)
        if shared > (end - start).total_seconds() / 2:
            found[index] = OVERLAPPED
        else:
            insort(later, (start, end))
    return tuple(found)


def seen_runs(outcomes: Sequence[Outcome], found: Sequence[MeasuredRun | str]) -> list[SeenRun]:
    """Return the runs among what was found of outcomes, each with the end of its window."""
    pairs = zip(outcomes, found, strict=True)
    return [SeenRun(outcome.end, run) for outcome, run in pairs if isinstance(run, MeasuredRun)]


def run_of(outcome: Outcome, serving: ServingList) -> MeasuredRun | str:
    """Return the run of an outcome: an open loop at its rate per replica; or the reason why it cannot be repeated."""
    reason = _engine(outcome, serving) or _conditions(outcome)
    if reason:
        return reason
    if outcome.served.kv_dtype not in KV_ELEMENT_BYTES:
        return NOT_REPEATED
    prompts, answers = outcome.prompt_tokens, outcome.output_tokens
    if prompts is None or answers is None or min(prompts.mean, answers.mean) < 1:
        return NO_LENGTHS
    found = {metric: getattr(outcome, metric) for metric in METRICS}
    ms = {f"{metric}_mean_ms": it.mean_ms for metric, it in found.items() if it is not None and _is_time(it.mean_ms)}
    if not ms:
        return NO_LATENCY
    least = _least_share(prompts, answers)
    nominal = [max(1, round(item.mean * 2 / (1 + least))) for item in (prompts, answers)]
    return MeasuredRun(
        id=outcome_id(outcome),
        name=name_of_outcome(outcome),
        prompt_tokens=nominal[0],
        output_tokens=nominal[1],
        settings=_settings(outcome),
        client=OpenLoop(rate_per_replica(outcome), OPEN_REQUESTS, least_share=least),
        ms=ms,
        window=Window(round(prompts.mean), round(answers.mean), _strayed(outcome), 1 / outcome.requests),
    )


def outcome_id(outcome: Outcome) -> str:
    """Return the candidate id of what served."""
    served = outcome.served
    return candidate_id(served.model, served.precision, served.accelerator, served.tp, served.pp)


def rate_per_replica(outcome: Outcome) -> float:
    """Return the requests per second of one replica, on average over the window."""
    return outcome.mean_rps / outcome.replicas_mean


def name_of_outcome(outcome: Outcome) -> str:
    """Return the name by which an outcome is told: its candidate, workload, window, shape and load."""
    lengths = [item.mean for item in (outcome.prompt_tokens, outcome.output_tokens) if item is not None]
    shape = " -> ".join(f"{mean:.0f}" for mean in lengths) if len(lengths) > 1 else "unknown lengths"
    replicas = f"{outcome.replicas_mean:g}"
    load = f"{outcome.mean_rps:g} req/s on {replicas} replica{'' if replicas == '1' else 's'}"
    return f"{outcome_id(outcome)} {outcome.namespace}/{outcome.workload} {outcome.start}: {shape}, {load}"


def _engine(outcome: Outcome, serving: ServingList) -> str:
    served = outcome.served
    if served.engine == SIMULATOR:
        return SIMULATED
    if served.engine != serving.engine:
        return ENGINE
    return "" if release(served.engine_version) == release(serving.engine_version) else VERSION


def _conditions(outcome: Outcome) -> str:
    """Return the first condition that a window does not keep to; empty where it keeps to all."""
    requests, least = outcome.requests, outcome.replicas_least
    checks: Mapping[str, bool] = {
        FEW: requests >= LEAST_REQUESTS and outcome.seconds > 0,
        UNCOVERED: outcome.covered >= LEAST_COVERED,
        RESIZED: outcome.replicas_most <= MOST_RESIZED * least and 0 < least <= outcome.replicas_mean,
        FAILED: outcome.failed <= MOST_FAILED * requests,
        PREEMPTED: outcome.preemptions <= MOST_PREEMPTED * requests,
        OVERLOADED: (outcome.waiting_mean or 0.0)
        <= max(MOST_WAITING * (outcome.in_flight_mean or 0.0), outcome.replicas_mean),
        CACHED: (outcome.prefix_hit_share or 0.0) <= MOST_HITS,
    }
    return next((reason for reason, holds in checks.items() if not holds), "")


def _settings(outcome: Outcome) -> SweepSettings:
    served = outcome.served
    return replace(
        DEFAULT_SETTINGS,
        kv_dtype=served.kv_dtype,
        max_num_seqs=served.max_num_seqs,
        max_num_batched_tokens=served.max_num_batched_tokens,
        memory_utilization=served.memory_utilization,
    )


def _is_time(value: float) -> bool:
    return isfinite(value) and value > 0


def _least_share(*lengths: Lengths) -> float:
    """Return the shortest length as a share of the longest, of uniform ones that spread as these do on average.

    Uniform on a to 1 the p95 is (1.9 + 0.1 a) / (1 + a) means. Lengths that may all be alike, for all that buckets say,
    are taken to be.
    """
    shares = []
    for item in lengths:
        ratio = item.p95.value / item.mean
        shares.append(max((1.9 - ratio) / (ratio - 0.1), 0.0) if item.p95.low > item.mean else STEADY)
    return sum(shares) / len(shares)


def _strayed(outcome: Outcome) -> float:
    """Return the standard deviation of the log of the load per replica, as far as a window's extremes tell.

    Half of what the peak exceeds the mean by, beyond what chance explains of a steady load; a quarter of the range of
    replicas. Both are rules of thumb.
    """
    expected = outcome.mean_rps * PEAK_SECONDS
    chance = CHANCE_DEVIATIONS / sqrt(expected) if expected > 0 else 0.0
    peak = log(outcome.peak_rps / outcome.mean_rps) if outcome.peak_rps > outcome.mean_rps > 0 else 0.0
    return hypot(max(peak - chance, 0.0) / 2, log(outcome.replicas_most / outcome.replicas_least) / 4)
