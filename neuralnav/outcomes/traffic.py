"""(Lock, Outcome, Observed) -> the traffic against what the plan assumes, and what the workload should say instead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, fsum, sqrt
from statistics import NormalDist

from neuralnav.model.lock import Lock
from neuralnav.model.observe_report import ComparedTraffic, FieldEdit, TrafficState
from neuralnav.model.observed import Rate
from neuralnav.model.outcome import Lengths, Outcome
from neuralnav.model.workload import Workload
from neuralnav.outcomes.expected import Shape
from neuralnav.outcomes.outcome import PEAK_SECONDS, step_seconds

Z95 = 1.96
"""Standard normal deviate of a two-sided 95 % interval."""

DAY_SECONDS = 86_400.0 * 0.95
"""What was seen for less than a day (a twentieth may lack) need not hold its busy time, nor the quiet one."""

WHOLE_DAY = 86_400.0

MEAN_APART = 1.5
"""A mean rate this many times the plan's, or its part, is another traffic: a day differs from the next by less."""

PEAK_APART = 1.25
"""A peak this far above the plan's has used up a headroom of 1.2."""

LENGTH_APART = 1.25
"""Lengths this far from the plan's move the capacity by about as much: a headroom of 1.2 is used up, or paid twice."""

SHAPE_APART = 1.10
"""Nearer lengths than this are those of the plan: its own capacity holds."""

MOST_HITS = 0.99
"""A prompt is never all in the cache: its last token is computed."""

LEAST_VALUES = 100
"""Fewer values tell nothing: their mean is off by 20 %, and 5 % of them are fewer than five."""

LEAST_STEPS = 20
"""Fewer steps of five minutes' parts tell nothing of bursts: their dispersion is off by a third."""

LISTED_USERS = re.compile(r"(\d+) users x ")
"""How a lock's assumption of the peak rate begins where it follows from users (`resolve.py`)."""

FIELDS = ("traffic.users", "traffic.requestRate")


def compared_traffic(lock: Lock, outcome: Outcome, workload: Workload | None = None) -> tuple[ComparedTraffic, ...]:
    """Return mean and peak rate, prompt and output tokens, planned and observed, as far as they were observed.

    Rates have the noise of counting n requests, sqrt(n); a mean of n lengths that of lengths which vary as much as they
    are long; a peak is the highest of many counts. A difference counts as `apart` only where that whole interval lies
    beyond its limit. Where less than a day was seen, a peak below the plan's is none, for the plan's own may come
    later, and a higher one is a matter of the traffic, as the peak factor is one of days. There a mean above the plan's
    that the peak explains is `at-peak`, for it may be that of the busy time, as long as fewer requests came than a
    whole planned day has; and one below the plan's beside a peak as planned is none.
    """
    wanted, field = lock.requirements, _rate_field(workload)
    seen = seconds_seen(outcome)
    short = seen < DAY_SECONDS
    over, under = MEAN_APART, MEAN_APART
    if short and seen > 0.0:
        busy = outcome.mean_rps * wanted.peak_rps > PEAK_APART * outcome.peak_rps * wanted.mean_rps
        if busy or _low(outcome.peak_rps, outcome) <= PEAK_APART * wanted.peak_rps:
            over = max(MEAN_APART, WHOLE_DAY / seen)
        if outcome.peak_rps * PEAK_APART >= wanted.peak_rps:
            under = 0.0
    mean = _row("mean rate", field, "req/s", (wanted.mean_rps, outcome.mean_rps), outcome.mean_rps * seen,
                (over, under))  # fmt: skip
    if mean.state != "apart" and mean.low > MEAN_APART * wanted.mean_rps:
        mean = mean.model_copy(update={"state": "at-peak"})
    peak = _row("peak rate", field if short else "traffic.peakFactor", "req/s", (wanted.peak_rps, outcome.peak_rps),
                outcome.peak_rps * min(seen, PEAK_SECONDS), (PEAK_APART, 0.0 if short else MEAN_APART),
                deviate=_deviate(outcome, sides=2))  # fmt: skip
    rows = [mean, peak]
    for name, of, planned, lengths in (
        ("prompt tokens", "traffic.promptTokens", wanted.prompt_tokens, outcome.prompt_tokens),
        ("output tokens", "traffic.outputTokens", wanted.output_tokens, outcome.output_tokens),
    ):
        if lengths is not None:
            limits = (LENGTH_APART, LENGTH_APART)
            rows.append(_row(name, of, "tokens", (float(planned), lengths.mean), outcome.requests, limits))
    return tuple(rows)


def seconds_seen(outcome: Outcome) -> float:
    """Return for how long the service was seen."""
    return outcome.seconds * outcome.covered


def shape_seen(lock: Lock, outcome: Outcome, *, hits: float = 0.0) -> Shape:
    """Return the request that was observed: of the plan's lengths where those seen are near them, or too few.

    `hits` is the share of prompt tokens that the prefix cache held.
    """
    wanted = lock.requirements
    return Shape(
        _tokens(wanted.prompt_tokens, outcome.prompt_tokens, outcome.requests, least=1),
        _tokens(wanted.output_tokens, outcome.output_tokens, outcome.requests, least=2),
        min(max(hits, 0.0), MOST_HITS),
    )


def peak_to_carry(lock: Lock, outcome: Outcome) -> float:
    """Return the peak that replicas are counted for: the observed one, chance aside.

    The highest of many counts lies above the rate that brought it: where chance explains the difference, the peak is
    the plan's, or that of the plan's factor at the observed mean, so that replicas are those of the next plan. Where
    less than a day was seen the plan's factor stands, and where the mean is not below the plan's its peak: either may
    come yet.
    """
    wanted = lock.requirements
    usual = (wanted.peak_rps, outcome.mean_rps * wanted.peak_rps / wanted.mean_rps)
    peak = next((rate for rate in usual if by_chance(outcome, rate)), outcome.peak_rps)
    if seconds_seen(outcome) >= DAY_SECONDS:
        return peak
    return max(peak, wanted.peak_rps if outcome.mean_rps >= wanted.mean_rps / MEAN_APART else usual[1])


def by_chance(outcome: Outcome, rate: float) -> bool:
    """Tell whether the observed peak may be the highest count of a load whose peak is such a rate (95 %)."""
    count = rate * min(seconds_seen(outcome), PEAK_SECONDS)
    return count > 0.0 and abs(outcome.peak_rps / rate - 1.0) <= _deviate(outcome, sides=2) / sqrt(count)


def least_peak(outcome: Outcome, peak_rps: float) -> float:
    """Return what a peak is at least, chance of its count aside (95 %, one-sided)."""
    return _low(peak_rps, outcome, sides=1)


def _low(peak_rps: float, outcome: Outcome, *, sides: int = 2) -> float:
    count = peak_rps * min(seconds_seen(outcome), PEAK_SECONDS)
    return peak_rps * max(0.0, 1.0 - _deviate(outcome, sides=sides) / sqrt(count)) if count > 0.0 else 0.0


def _deviate(outcome: Outcome, *, sides: int) -> float:
    """Return the standard normal deviate that the highest of the window's five-minute counts exceeds once in twenty."""
    counts = max(1.0, seconds_seen(outcome) / PEAK_SECONDS)
    return NormalDist().inv_cdf(1.0 - 0.05 / sides / counts)


def average_load(rates: Sequence[Rate]) -> float:
    """Return the rate that the average request met: each step counts as often as it has requests."""
    total = fsum(max(0.0, rate.rps) for rate in rates)
    return fsum(max(0.0, rate.rps) ** 2 for rate in rates) / total if total > 0.0 else 0.0


def burstiness_of(rates: Sequence[Rate]) -> float | None:
    """Return variance over mean of the requests in a step, about the mean of their five minutes.

    1 for Poisson arrivals, 0 for an even pace, more for bursts. None where steps are too few, or as long as that.
    """
    step = step_seconds(rates)
    size = int(PEAK_SECONDS // step) if step > 0.0 else 0
    if size < 2:
        return None
    blocks = [[rate.rps * step for rate in rates[i : i + size]] for i in range(0, len(rates), size)]
    whole = [block for block in blocks if len(block) > 1 and fsum(block) > 0.0]
    steps = sum(len(block) for block in whole)
    if steps < LEAST_STEPS:
        return None
    squares = fsum(
        (count - fsum(block) / len(block)) ** 2 / (fsum(block) / len(block)) for block in whole for count in block
    )
    return squares / (steps - len(whole))


def edits_of(
    lock: Lock, outcome: Outcome, traffic: Sequence[ComparedTraffic], workload: Workload | None
) -> tuple[FieldEdit, ...]:
    """Return what the workload should say where its assumptions are wrong; without a workload nothing can be said.

    The mean rate is edited in the words of the file, users or requestRate; the peak factor where the new mean times
    the old factor would not be the observed peak; both lengths together, in place of a profile.
    """
    if workload is None:
        return ()
    apart: set[str] = {row.name for row in traffic if row.state == "apart"}
    edits = [*_rate_edits(lock, outcome, workload, apart)] if apart & {"mean rate", "peak rate"} else []
    if apart & {"prompt tokens", "output tokens"}:
        edits += _length_edits(lock, outcome, workload, apart)
    return tuple(edits)


def _row(
    name: str, field: str, unit: str, rates: tuple[float, float], values: float, limits: tuple[float, float], *,
    deviate: float = Z95,
) -> ComparedTraffic:  # fmt: skip
    planned, observed = rates
    noise = observed * deviate / sqrt(values) if values > 0.0 else observed
    low, high = max(0.0, observed - noise), observed + noise
    above, below = limits
    return ComparedTraffic.model_validate(
        {
            "name": name, "field": field, "unit": unit, "planned": planned, "observed": round(observed, 4),
            "low": round(low, 4), "high": round(high, 4),
            "state": _state((low, observed, high), planned * above, planned / below if below else 0.0, values),
        }
    )  # fmt: skip


def _state(seen: tuple[float, float, float], most: float, least: float, values: float) -> TrafficState:
    low, observed, high = seen
    if values < LEAST_VALUES and observed > 0.0 and least <= observed <= most:
        return "unclear"
    if low > most or high < least:
        return "apart"
    return "as-planned" if least <= observed <= most else "unclear"


def _tokens(planned: int, lengths: Lengths | None, requests: float, *, least: int) -> int:
    if lengths is None or requests < LEAST_VALUES:
        return planned
    near = planned / SHAPE_APART <= lengths.mean <= planned * SHAPE_APART
    return planned if near else max(least, round(lengths.mean))


def _rate_field(workload: Workload | None) -> str:
    return FIELDS[workload is None or workload.spec.traffic.users is None]


def _rate_edits(lock: Lock, outcome: Outcome, workload: Workload, apart: set[str]) -> Iterator[FieldEdit]:
    if seconds_seen(outcome) < DAY_SECONDS:
        yield _rate_edit(lock, workload, *_short_scale(lock, outcome))[0]
        return
    wanted, stated = lock.requirements, workload.spec.traffic
    mean = wanted.mean_rps
    if "mean rate" in apart and outcome.mean_rps > 0.0:
        edit, mean = _rate_edit(lock, workload, outcome.mean_rps / wanted.mean_rps, _mean_text(lock, outcome))
        yield edit
    factor = wanted.peak_rps / wanted.mean_rps
    now = max(1.0, ceil(100.0 * outcome.peak_rps / mean - 1e-9) / 100.0)
    if not (factor / SHAPE_APART <= now <= factor * SHAPE_APART or by_chance(outcome, mean * factor)):
        before = "" if stated.peak_factor is None else f"{stated.peak_factor:g}"
        yield FieldEdit(field="traffic.peakFactor", before=before, after=min(now, 100.0), why=_peak_text(lock, outcome))


def _short_scale(lock: Lock, outcome: Outcome) -> tuple[float, str]:
    """Return what traffic is times the plan's where less than a day was seen, and why.

    The peak factor is one of days and stays. So the planned peak becomes the observed one, unless the mean is known to
    be more than that: where all of a day's requests came already, or in quiet hours, whose peak may come yet.
    """
    wanted = lock.requirements
    mean, peak = outcome.mean_rps / wanted.mean_rps, outcome.peak_rps / wanted.peak_rps
    proven = mean if mean < 1.0 else mean * min(1.0, seconds_seen(outcome) / WHOLE_DAY)
    if by_chance(outcome, mean * wanted.peak_rps):
        return mean, _mean_text(lock, outcome)
    if proven > peak:
        return proven, _mean_text(lock, outcome)
    more = f"{times_of(peak)} the plan's peak of {rate_text(wanted.peak_rps)}; the peak factor is kept"
    return peak, f"the {_busiest(outcome)} had {rate_text(outcome.peak_rps)}, {more}"


def _rate_edit(lock: Lock, workload: Workload, times: float, why: str) -> tuple[FieldEdit, float]:
    """Return the edit that makes the mean rate so many times the plan's, in the words of the file, and that rate."""
    stated, usual = workload.spec.traffic, lock.requirements.mean_rps
    if stated.users is not None:
        planned = _planned_users(lock, stated.users)
        users = max(1, round(float(f"{planned * times:.3g}")))
        return FieldEdit(field=FIELDS[0], before=str(stated.users), after=users, why=why), usual * users / planned
    mean = float(f"{usual * times:.3g}")
    return FieldEdit(field=FIELDS[1], before=rate_text(usual), after=rate_text(mean), why=why), mean


def _mean_text(lock: Lock, outcome: Outcome) -> str:
    usual = lock.requirements.mean_rps
    times = times_of(outcome.mean_rps / usual)
    return f"the mean rate is {rate_text(outcome.mean_rps)}, {times} the plan's {rate_text(usual)}"


def _peak_text(lock: Lock, outcome: Outcome) -> str:
    usual = rate_text(lock.requirements.peak_rps)
    return f"the {_busiest(outcome)} had {rate_text(outcome.peak_rps)}, the plan's peak is {usual}"


def _busiest(outcome: Outcome) -> str:
    return "busiest five minutes" if seconds_seen(outcome) >= PEAK_SECONDS else "window"


def _planned_users(lock: Lock, stated: int) -> int:
    """Return the users that a lock was made for, as it lists them; those stated where it does not.

    A workload that was edited since states others.
    """
    listed = next((item.why for item in lock.assumptions if item.field == "traffic.peakRate"), "")
    found = LISTED_USERS.match(listed)
    return int(found[1]) if found and int(found[1]) > 0 else stated


def _length_edits(lock: Lock, outcome: Outcome, workload: Workload, apart: set[str]) -> Iterator[FieldEdit]:
    wanted, spec = lock.requirements, workload.spec
    seen = {"prompt tokens": outcome.prompt_tokens, "output tokens": outcome.output_tokens}
    usual: Mapping[str, int] = {"prompt tokens": wanted.prompt_tokens, "output tokens": wanted.output_tokens}
    stated = {"prompt tokens": spec.traffic.prompt_tokens, "output tokens": spec.traffic.output_tokens}
    if spec.traffic.profile is not None:
        why = "its lengths are not those observed"
        yield FieldEdit(field="traffic.profile", before=spec.traffic.profile, after=None, why=why)
    total = 0
    for name, least in (("prompt tokens", 1), ("output tokens", 2)):
        lengths = seen[name]
        after = max(least, round(lengths.mean)) if name in apart and lengths is not None else usual[name]
        total += after
        why = "both lengths are stated together"
        if name in apart and lengths is not None:
            times = times_of(lengths.mean / usual[name])
            why = f"{name} are {lengths.mean:,.0f} on average, {times} the plan's {usual[name]:,}"
        before = stated[name]
        field = "traffic.promptTokens" if name == "prompt tokens" else "traffic.outputTokens"
        if before != after:
            yield FieldEdit(field=field, before="" if before is None else str(before), after=after, why=why)
    context = spec.constraints.context_length
    if context is not None and context < total:
        why = "prompt and answer together must fit"
        yield FieldEdit(field="constraints.contextLength", before=str(context), after=total, why=why)


def rate_text(rps: float) -> str:
    """Return a rate as people write it, to three digits."""
    value = float(f"{rps:.3g}")
    return f"{value:.0f} req/s" if value >= 100.0 else f"{value:.8f}".rstrip("0").rstrip(".") + " req/s"


def times_of(ratio: float) -> str:
    """Return a ratio as people write it: "2.0x", "0.25x"."""
    return f"{ratio:.1f}x" if ratio >= 0.95 else f"{ratio:.2g}x"
