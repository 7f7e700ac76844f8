"""The sentences of a judgement: what each verdict says, and what makes it less certain."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from neuralnav.model.lock import Lock
from neuralnav.model.observe_report import ComparedLatency, ComparedTraffic, Sizing, Verdict
from neuralnav.model.observed import Observed
from neuralnav.model.outcome import Outcome
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.outcomes.traffic import (
    DAY_SECONDS,
    LEAST_VALUES,
    rate_text,
    seconds_seen,
    times_of,
)

NAMES = {"ttft": "TTFT", "itl": "ITL", "e2e": "E2E"}

FULL = 0.95
"""A KV cache fuller than this makes requests wait, or throws them out."""

SEEN = 0.9
"""A service that was seen for less of the window may have done something else in the rest."""

REPLICAS_APART = 0.05


def sentence_of(
    verdict: Verdict,
    outcome: Outcome,
    latencies: Sequence[ComparedLatency],
    traffic: Sequence[ComparedTraffic],
    sizing: Sizing,
) -> str:
    """Return what a verdict says of a run, without its name."""
    match verdict:
        case "not-enough":
            return _not_enough(outcome)
        case "under-provisioned":
            return _under(latencies, sizing)
        case "over-provisioned":
            return _over(sizing)
        case "assumptions-wrong":
            apart = [_apart(row) for row in traffic if row.state == "apart"]
            return "; ".join(apart)
        case "slower-than-predicted" | "faster-than-predicted":
            word = "slower" if verdict == "slower-than-predicted" else "faster"
            return "; ".join(_pace(row) for row in latencies if row.against == word)
        case "as-planned":
            return _as_planned(latencies, traffic, sizing)
        case _:
            assert_never(verdict)


def notes_of(
    lock: Lock, outcome: Outcome, observed: Observed, traffic: Sequence[ComparedTraffic], *, known: bool
) -> tuple[str, ...]:
    """Return what else a reader must know, in whole sentences. `known` tells that the model could be asked."""
    return tuple(_notes(lock, outcome, observed, traffic, known=known))


def span_text(seconds: float) -> str:
    """Return a time as people say it: "10 min", "6 h", "7 days"."""
    for unit, size in (("days", 86_400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2.0 * size or (unit != "days" and seconds >= size):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def replicas_text(count: int) -> str:
    """Return "1 replica", "2 replicas"."""
    return f"{count} replica" + ("" if count == 1 else "s")


def _not_enough(outcome: Outcome) -> str:
    if outcome.requests <= 0.0:
        return f"no request ended in {span_text(outcome.seconds)}"
    if outcome.requests < LEAST_VALUES:
        count = f"{outcome.requests:.0f} request{'' if round(outcome.requests) == 1 else 's'}"
        tell = "tells" if round(outcome.requests) == 1 else "tell"
        return f"{count} in {span_text(outcome.seconds)} {tell} nothing; {LEAST_VALUES} would"
    return f"the service was seen for {outcome.covered:.0%} of {span_text(outcome.seconds)}"


def _under(latencies: Sequence[ComparedLatency], sizing: Sizing) -> str:
    held, fits = _missed(latencies, sizing), rate_text(sizing.breaks_at_rps)
    if not held:
        aside = f" with {replicas_text(sizing.spare)} set aside" if sizing.spare else ""
        held = f"SLOs break at {fits}{aside}, the peak is {rate_text(sizing.peak_rps)}"
    if sizing.needed is None or sizing.capacity_rps <= 0.0:
        return f"{held}; no number of replicas keeps the SLOs at this pace"
    if sizing.needed <= sizing.most:
        return f"{held}; by their number {replicas_text(sizing.most)} {_carry(sizing.most)} {fits}: look at the pace"
    more = format_usd(-sizing.saving_usd_per_month)
    return f"{held}; {replicas_text(sizing.needed)} {_carry(sizing.needed)} it in place of {sizing.most}, +{more}/month"


def _carry(replicas: int) -> str:
    return "carries" if replicas == 1 else "carry"


def _missed(latencies: Sequence[ComparedLatency], sizing: Sizing) -> str:
    kept = [
        f"only {_share(row)} of {NAMES[row.metric]} within {format_ms(row.slo_ms)} (SLO: 95 %)"
        for row in latencies
        if row.slo == "missed"
    ]
    return f"{', '.join(kept)} at a peak of {rate_text(sizing.peak_rps)}" if kept else ""


def _over(sizing: Sizing) -> str:
    needed = sizing.needed or 0
    spare = f" and {replicas_text(sizing.spare)} spare" if sizing.spare else ""
    return (
        f"{replicas_text(needed)} {_carry(needed)} the peak of {rate_text(sizing.peak_rps)} with a headroom of "
        f"{sizing.headroom:g}{spare}, in place of {sizing.least}: -{format_usd(sizing.saving_usd_per_month)}/month"
    )


def _apart(row: ComparedTraffic) -> str:
    times = times_of(row.observed / row.planned)
    if row.unit == "tokens":
        return f"{row.name} are {row.observed:,.0f}, {times} the plan's {row.planned:,.0f} ({row.field})"
    return f"the {row.name} is {rate_text(row.observed)}, {times} the plan's {rate_text(row.planned)} ({row.field})"


def _pace(row: ComparedLatency) -> str:
    expected = row.expected
    if expected is None:
        return ""
    if row.metric != "ttft":
        return f"{NAMES[row.metric]} is {format_ms(row.mean_ms)} on average, expected {format_ms(expected.mean_ms)}"
    figures = f"{format_ms(expected.p95_ms)} ({format_ms(expected.low_ms)} to {format_ms(expected.high_ms)})"
    return f"{NAMES[row.metric]} p95 is {bounds_text(row.p95_ms.low, row.p95_ms.high)}, expected {figures}"


def bounds_text(low_ms: float, high_ms: float | None) -> str:
    """Return the bounds of a time: "120 to 180 ms", "above 2.5 s"."""
    if high_ms is None:
        return f"above {format_ms(low_ms)}"
    one, two = format_ms(low_ms), format_ms(high_ms)
    if one == two:
        return one
    return f"{one.split()[0]} to {two}" if one.split()[-1] == two.split()[-1] else f"{one} to {two}"


def _as_planned(
    latencies: Sequence[ComparedLatency], traffic: Sequence[ComparedTraffic], sizing: Sizing
) -> str:  # fmt: skip
    met = [NAMES[row.metric] for row in latencies if row.slo == "met"]
    unclear = [NAMES[row.metric] for row in latencies if row.slo == "unclear"]
    told = f"{', '.join(met)} within SLO" if met else "no SLO was seen to be kept"
    if unclear:
        told += f", {', '.join(unclear)} cannot be told"
    left = "" if sizing.headroom_left is None else f"; the peak of {rate_text(sizing.peak_rps)} leaves a headroom of "
    left += "" if sizing.headroom_left is None else f"{sizing.headroom_left:.2f}"
    busy = [f"; {_apart(row)}, as at the planned peak throughout" for row in traffic if row.state == "at-peak"]
    return "".join((told, left, *busy))


def _share(row: ComparedLatency) -> str:
    low, high = (f"{100.0 * (value or 0.0):.1f}" for value in (row.within_slo.low, row.within_slo.high))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _notes(
    lock: Lock, outcome: Outcome, observed: Observed, traffic: Sequence[ComparedTraffic], *, known: bool
) -> Iterator[str]:
    if observed.simulated:
        yield "A simulator answered: this says nothing of a real engine, and changes no plan."
    if 0.0 < seconds_seen(outcome) < DAY_SECONDS:
        span = span_text(seconds_seen(outcome))
        yield f"{span} need not hold the busiest time: observe a whole day, better a week, before acting."
    if 0.0 < outcome.covered < SEEN:
        yield f"The service was seen for {outcome.covered:.0%} of the window; rates and cost are of that time."
    yield from _busy(outcome, traffic)
    yield from _replicas(lock, outcome, observed)
    if not known:
        yield "The catalogs do not hold what the lock deploys: nothing is expected of the observed load."
    if outcome.failed > 0.0 and outcome.requests > 0.0:
        yield f"{outcome.failed / outcome.requests:.1%} of the requests failed or were given up."
    if outcome.kv_use_most is not None and outcome.kv_use_most > FULL:
        yield f"The KV cache was {outcome.kv_use_most:.0%} full at its fullest: requests wait for room."
    if outcome.preemptions >= 1.0:
        yield f"{outcome.preemptions:,.0f} requests were thrown out of the KV cache and computed again."
    if outcome.prefix_hit_share is not None and outcome.prefix_hit_share >= 0.01:
        yield f"The prefix cache held {outcome.prefix_hit_share:.0%} of prompt tokens; plans count on none."


def _busy(outcome: Outcome, traffic: Sequence[ComparedTraffic]) -> Iterator[str]:
    """Yield what a window of less than a day leaves open about a mean above the plan's."""
    mean, peak = traffic[:2]
    if mean.state == "at-peak" and peak.state != "apart":
        times = times_of(mean.observed / mean.planned)
        yield (
            f"The mean rate was {rate_text(mean.observed)}, {times} the plan's {rate_text(mean.planned)}, and the peak "
            f"is as planned: at the busy time the plan holds; if the whole day is like this, {mean.field} is wrong."
        )
    elif seconds_seen(outcome) < DAY_SECONDS and "apart" in (mean.state, peak.state):
        factor, span = peak.planned / mean.planned, span_text(seconds_seen(outcome))
        yield f"traffic.peakFactor is kept at {factor:.3g}, as {span} do not tell it: {mean.field} is scaled instead."


def _replicas(lock: Lock, outcome: Outcome, observed: Observed) -> Iterator[str]:
    planned = lock.deployment.replicas.planned
    if observed.replicas is None:
        yield f"Replicas were not reported: taken as planned, {planned}."
    elif abs(outcome.replicas_mean - planned) > REPLICAS_APART * planned:
        least, most, mean = outcome.replicas_least, outcome.replicas_most, f"{outcome.replicas_mean:.3g}"
        span = "" if least == most else f" ({least:g} to {most:g})"
        yield f"{mean} replica{'' if mean == '1' else 's'} ran on average{span}, {planned} are planned."
