"""Measured rows of a benchmark table -> runs that the model can repeat, and how far each lies from its prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, inf, log
from typing import Any

from neuralnav.model.catalog import ServingList
from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import METRICS, SETTINGS, STATISTICS
from neuralnav.serving.clients import (
    EVEN,
    OPEN_REQUESTS,
    POISSON,
    PROMPTS_IN_TURN,
    STEADY,
    Client,
    ClosedLoop,
    OpenLoop,
    Reported,
    predict,
)
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.local import DIGITS, MOST_FACTOR, Place, Residual
from neuralnav.serving.settings import DEFAULT_SETTINGS, KV_ELEMENT_BYTES, SweepSettings

UNKNOWN = "no such configuration in the catalogs"
ENGINE = "another engine"
VERSION = "another release of the engine"
OTHER_SETTINGS = "engine settings other than those deployed"
NOT_REPEATED = "a client that is not repeated"
NO_LATENCY = "no latency that the model predicts"
NO_ROOM = "a request that does not fit in memory"
MOST_RUNS = 200
"""Runs of one configuration that are compared: each is repeated, and each is set against all others."""

CROWDED = f"beyond the {MOST_RUNS} runs of a configuration that are compared, evenly over its shapes and loads"
TOO_FAR = "more than a factor 4 from the prediction, probably mislabelled"
REASONS = (UNKNOWN, ENGINE, VERSION, OTHER_SETTINGS, NOT_REPEATED, NO_LATENCY, CROWDED, NO_ROOM, TOO_FAR)
"""Why a run says nothing of a configuration, in the order in which they are looked for. Of outcomes there are more."""

BURSTINESS: Mapping[str, float] = {"poisson": POISSON, "uniform": EVEN, "constant": EVEN}
"""The arrival processes of the table that are repeated, at a rate, beside `gamma:K`, whose burstiness is K."""

GAMMA = "gamma:"
LEAST_BURSTINESS = 0.05
"""Gaps of a smaller shape are nearly all nothing: a run shows a handful of bursts, and the next one others."""

NEAR = 0.0007
"""The rate of an open loop is searched to this in its log."""

MOST_STEPS = 12
"""Where the model jumps from one rate to the next no rate is as near as that: the search ends after so many."""

PREFERRED = ("p95", "mean", "p90", "p50", "p99")
"""The statistic of a metric that is compared: what plans read, where a run reports it, else the steadiest."""


@dataclass(frozen=True, slots=True)
class Window:
    """What sets a window of serving apart from a benchmark: nobody held its load.

    The mean tokens of its prompts and answers, the standard deviation of the log of its load over time, and the
    variance that chance leaves in the log of a mean over its requests. `differ` is the variance of those logs between
    the windows that it stands for, by metric, where there are several and they differ by more than repeats do.
    """

    prompt_tokens: int
    output_tokens: int
    strayed: float
    chance: float
    differ: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """A measured row that can be repeated: whose, under which settings, by which client, and what it reported in ms.

    `window` is there where it is an outcome: what a deployed plan achieved.
    """

    id: str
    name: str
    prompt_tokens: int
    output_tokens: int
    settings: SweepSettings
    client: Client
    ms: Mapping[str, float]
    window: Window | None = None


def read_run(
    row: Mapping[str, Any], serving: ServingList, *, requests: int | None = None, least_share: float = STEADY
) -> MeasuredRun | str:
    """Return the run of a table's row, or the reason why it cannot be repeated.

    `least_share` is the shortest length as a share of the nominal, and `requests` the number of requests, where the
    row does not say. Settings that the row leaves open are those deployed.
    """
    if row["engine"] != serving.engine:
        return ENGINE
    if release(row["engine_version"]) != release(serving.engine_version):
        return VERSION
    settings = replace(DEFAULT_SETTINGS, **{name: row[name] for name in SETTINGS if row[name] is not None})
    client = _client(row, row["requests"] or requests, least_share)
    if client is None or settings.kv_dtype not in KV_ELEMENT_BYTES:
        return NOT_REPEATED
    if isinstance(client, ClosedLoop) and settings.prefix_hit_share:
        return NOT_REPEATED
    names = [f"{metric}_{statistic}_ms" for metric in (*METRICS, "tpot") for statistic in STATISTICS]
    reported = {name: float(row[name]) for name in names if row.get(name) is not None}
    if not reported:
        return NO_LATENCY
    return MeasuredRun(id_of(row), name_of(row), row["prompt_tokens"], row["output_tokens"], settings, client, reported)


def id_of(row: Mapping[str, Any]) -> str:
    """Return the candidate id of a row."""
    return candidate_id(row["model"], row["precision"], row["accelerator"], row["tp"], row["pp"])


def name_of(row: Mapping[str, Any]) -> str:
    """Return the name by which a run is told: its candidate, evidence, shape and load."""
    shape = f"{row['prompt_tokens']} -> {row['output_tokens']}"
    load = f"{row['concurrency']} in flight" if row["offered_rps"] is None else f"{row['offered_rps']:g} req/s"
    return f"{id_of(row)} {row['evidence_id']}: {shape}, {load}"


def is_deployed(run: MeasuredRun) -> bool:
    """Tell whether a run was made under the settings that manifests render."""
    return all(getattr(run.settings, name) == getattr(DEFAULT_SETTINGS, name) for name in SETTINGS)


def burstiness_of(arrival: str) -> float | None:
    """Return the burstiness of an arrival process of the table, or None for one that is not repeated."""
    if not arrival.startswith(GAMMA):
        return BURSTINESS.get(arrival)
    try:
        shape = float(arrival.removeprefix(GAMMA))
    except ValueError:
        return None
    return shape if LEAST_BURSTINESS <= shape < inf else None


def release(version: str) -> str:
    """Return the release of an engine version: its first two numbers, within which builds are taken as alike."""
    return ".".join(version.split("+")[0].split(".")[:2])


def crowded(runs: Sequence[MeasuredRun]) -> frozenset[int]:
    """Return the positions of the runs that are left out where a configuration, under the same settings, has too many.

    MOST_RUNS of them stay, evenly over the order of their shapes and loads.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, run in enumerate(runs):
        groups.setdefault((run.id, *(getattr(run.settings, name) for name in SETTINGS)), []).append(position)
    left: set[int] = set()
    for positions in groups.values():
        if len(positions) > MOST_RUNS:
            ordered = sorted(positions, key=lambda position: _order(runs[position]))
            stay = {ordered[index * len(ordered) // MOST_RUNS] for index in range(MOST_RUNS)}
            left.update(position for position in positions if position not in stay)
    return frozenset(left)


def _order(run: MeasuredRun) -> tuple[object, ...]:
    client = run.client
    load = client.rate_rps if isinstance(client, OpenLoop) else float(client.concurrency)
    return run.prompt_tokens, run.output_tokens, load, run.name, sorted(run.ms.items())


def residual_of(run: MeasuredRun, configuration: Configuration, serving: ServingList) -> Residual | str:
    """Return how a run of a configuration lies from the model, its client repeated, or why nothing can be said.

    Both are compared as busy as each other. A closed loop is by itself; an open one is repeated at the rate at which
    the model has as many requests in flight as the server had, which by Little's law is the run's rate times the
    factor that this finds for E2E. A run without E2E, or TTFT and gaps to make it of, is repeated at its own rate.
    """
    first = _predicted(run, run.client, configuration, serving)
    if first is None:
        return NO_ROOM
    if isinstance(run.client, OpenLoop) and _e2e(run.ms, first) is not None:
        found = residual(run, _as_busy(run, run.client, configuration, serving, first))
    else:
        found = residual(run, first)
    if run.window is None or isinstance(found, str):
        return found
    return _in_window(found, run, run.window, configuration, serving)


def residual(run: MeasuredRun, predicted: Reported) -> Residual | str:
    """Return how a run lies from what the model predicts for its client, or the reason why nothing can be said.

    ITL is compared as ITL, else as TPOT against TPOT. E2E that is not reported is the mean TTFT plus the mean gaps,
    on both sides alike.
    """
    pairs: dict[str, tuple[float, float, str] | None] = {
        "ttft": _pair(run.ms, predicted.ms, "ttft"),
        "itl": _pair(run.ms, predicted.ms, "itl") or _pair(run.ms, predicted.ms, "tpot"),
        "e2e": _e2e(run.ms, predicted),
    }
    logs = {metric: round(log(pair[0] / pair[1]), DIGITS) for metric, pair in pairs.items() if pair is not None}
    if not logs:
        return NO_LATENCY
    in_flight = round(predicted.in_flight, 1)
    poisson = isinstance(run.client, OpenLoop) and run.client.burstiness == POISSON
    tail = poisson and all(pair is None or pair[2] == PREFERRED[0] for pair in pairs.values())
    return Residual(run.name, Place(run.prompt_tokens, run.output_tokens, in_flight, tail), logs)


def _in_window(
    found: Residual, run: MeasuredRun, window: Window, configuration: Configuration, serving: ServingList
) -> Residual:
    """Return a residual at the mean tokens of a window, with the doubt that chance and its varying load leave.

    A latency that the model says changes by s between the load less and plus its standard deviation, on a log scale,
    is doubted by the variance (s / 2)^2. The load is that at which the model is as busy as the server was: a server
    near its limit is one whose latency tells little, whatever the model thinks of its rate.
    """
    doubts = {metric: window.chance + window.differ.get(metric, 0.0) for metric in found.logs}
    if window.strayed and isinstance(run.client, OpenLoop):
        client, pace = run.client, exp(window.strayed)
        busy = client.rate_rps * exp(found.logs.get("e2e", 0.0))
        low, high = (
            _predicted(run, replace(client, rate_rps=busy * by), configuration, serving) for by in (1 / pace, pace)
        )
        for metric in doubts:
            pair = _pair(high.ms, low.ms, metric) if low and high else None
            doubts[metric] += (log(pair[0] / pair[1]) / 2) ** 2 if pair else 0.0
    place = replace(found.place, prompt_tokens=window.prompt_tokens, output_tokens=window.output_tokens)
    doubts = {metric: round(value, DIGITS) for metric, value in doubts.items()}
    return replace(found, place=place, doubts=doubts, observed=True)


def _predicted(run: MeasuredRun, client: Client, configuration: Configuration, serving: ServingList) -> Reported | None:
    return predict(configuration, run.prompt_tokens, run.output_tokens, client, serving, run.settings)


def _as_busy(
    run: MeasuredRun, client: OpenLoop, configuration: Configuration, serving: ServingList, first: Reported
) -> Reported:
    """Return what the model reports at `rate x f` where measured E2E / predicted E2E is f.

    That E2E rises with the rate, so log f lies between 0 and what it is at the run's own rate, mostly near the latter.
    """
    beyond = _beyond(run, first, 0.0)
    if abs(beyond) <= NEAR:
        return first
    known = {0.0: beyond}
    low, high = (0.0, log(MOST_FACTOR)) if beyond > 0 else (-log(MOST_FACTOR), 0.0)
    pace, found = min(max(beyond, low), high), first
    for _ in range(MOST_STEPS):
        found = _predicted(run, replace(client, rate_rps=client.rate_rps * exp(pace)), configuration, serving) or first
        known[pace] = beyond = _beyond(run, found, pace)
        low, high = (pace, high) if beyond > 0 else (low, pace)
        if abs(beyond) <= NEAR or high - low <= NEAR:
            break
        pace = _between(low, high, known)
    return found


def _beyond(run: MeasuredRun, found: Reported, pace: float) -> float:
    """Return by how much log(measured E2E / predicted E2E) exceeds a pace."""
    pair = _e2e(run.ms, found)
    return (log(pair[0] / pair[1]) if pair is not None else 0.0) - pace


def _between(low: float, high: float, known: Mapping[float, float]) -> float:
    """Return where a line between what is known at both ends is zero, off the ends; else the middle."""
    if low not in known or high not in known:
        return (low + high) / 2
    margin = (high - low) / 8
    return min(max(low + (high - low) * known[low] / (known[low] - known[high]), low + margin), high - margin)


def _e2e(measured: Mapping[str, float], predicted: Reported) -> tuple[float, float, str] | None:
    return _pair(measured, predicted.ms, "e2e") or _whole(measured, predicted)


def _client(row: Mapping[str, Any], requests: int | None, least_share: float) -> Client | None:
    """Return the client of a row: a closed loop by its concurrency, an open one by its rate; None for others."""
    rate, concurrency = row["offered_rps"], row["concurrency"]
    if rate is None:
        return ClosedLoop(concurrency, requests or PROMPTS_IN_TURN * concurrency, least_share)
    burstiness = burstiness_of(row["arrival"])
    if concurrency is not None or burstiness is None or row["burst_size"] != 1.0:
        return None
    return OpenLoop(rate, requests or OPEN_REQUESTS, burstiness, least_share)


def _pair(
    measured: Mapping[str, float], predicted: Mapping[str, float], metric: str
) -> tuple[float, float, str] | None:
    """Return the measured and the predicted value of the preferred statistic that both have, and its name."""
    for statistic in PREFERRED:
        name = f"{metric}_{statistic}_ms"
        if name in measured and name in predicted:
            return measured[name], predicted[name], statistic
    return None


def _whole(measured: Mapping[str, float], predicted: Reported) -> tuple[float, float, str] | None:
    """Return mean E2E as TTFT plus gaps, of the mean gap that was measured."""
    for gap in ("tpot_mean_ms", "itl_mean_ms"):
        if all(name in ms for name in ("ttft_mean_ms", gap) for ms in (measured, predicted.ms)):
            one, two = (ms["ttft_mean_ms"] + predicted.mean_gaps * ms[gap] for ms in (measured, predicted.ms))
            return one, two, "mean"
    return None
