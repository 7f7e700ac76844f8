"""(Lock, its server, a load) -> what the plan expects there: latencies, and the rate that one replica carries.

A plan's numbers are of one load: its peak, at its lengths. They are moved to the load that was observed along the
serving model: `plan x model(observed) / model(planned)`. So what measured runs corrected stays corrected, and at the
planned load the plan's own number comes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from neuralnav.model.lock import Lock, LockedCandidate, Metric
from neuralnav.model.observe_report import ExpectedLatency
from neuralnav.model.tables import METRICS, MS_DIGITS
from neuralnav.serving.clients import OpenLoop, predict
from neuralnav.serving.deployed import Deployed, replica_rps
from neuralnav.serving.sweep import sweep

REQUESTS = 1000
"""Requests of one prediction, as of a row of the packaged tables."""

STEADY = 1.1
"""A peak this far above the load of the average request is still the same load: no second prediction is made."""

SWEEP_REQUESTS, SWEEP_POINTS, CEILING_SHARE = 300, 8, 1.2
"""How a curve at other lengths is swept: as compile sweeps a shape that no table holds, so that both say the same."""

SIMULATED = "simulated"

CARRIED = 0.9
"""A load is carried while the achieved rate keeps up with the offered one to this share, as in a plan."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What requests are like: tokens of the mean prompt and answer, and the share of prompts found in the cache."""

    prompt_tokens: int
    output_tokens: int
    prefix_hit_share: float = 0.0


def planned_metrics(chosen: LockedCandidate) -> Mapping[str, Metric]:
    """Return the plan's p95 of each metric at its peak."""
    return dict(zip(METRICS, (chosen.ttft_p95_ms, chosen.itl_p95_ms, chosen.e2e_p95_ms), strict=True))


def planned_shape(lock: Lock) -> Shape:
    """Return the request that a plan is made for."""
    return Shape(lock.requirements.prompt_tokens, lock.requirements.output_tokens)


def expected_at(
    lock: Lock, chosen: LockedCandidate, server: Deployed, shape: Shape, *, rate_rps: float, peak_rps: float
) -> Mapping[str, ExpectedLatency]:
    """Return what one replica shows under a load by its metric; empty where the model cannot say.

    `rate_rps` is the load that the average request met, `peak_rps` the heaviest: the upper end is of that.
    """
    base = _model(server, planned_shape(lock), replica_rps(lock, chosen))
    here = _model(server, shape, rate_rps)
    there = here if peak_rps <= STEADY * rate_rps else _model(server, shape, peak_rps)
    found: dict[str, ExpectedLatency] = {}
    for metric, plan in planned_metrics(chosen).items():
        p95, mean = f"{metric}_p95_ms", f"{metric}_mean_ms"
        if all(p95 in ms for ms in (base, here, there)) and base[p95] > 0.0 and plan.value > 0.0 and plan.low > 0.0:
            pace = plan.value / base[p95]
            usual = _usual_pace(chosen, base) if metric == "itl" else pace
            found[metric] = ExpectedLatency(
                at_rps=round(rate_rps, 4),
                mean_ms=round(here[mean] * usual, 3),
                p95_ms=round(here[p95] * pace, 3),
                low_ms=round(here[p95] * pace * plan.low / plan.value, 3),
                high_ms=round(max(here[p95], there[p95]) * pace * plan.high / plan.value, 3),
            )
    return found


def _usual_pace(chosen: LockedCandidate, base: Mapping[str, float]) -> float:
    """Return by how much gaps are longer than the model's on average, by the whole answer.

    Not by their own p95: that jumps by a factor of three where one gap in twenty meets another prompt, and a plan
    between two loads of its curve lies on the slope of that jump.
    """
    return chosen.e2e_p95_ms.value / base["e2e_p95_ms"]


def capacity_share(
    lock: Lock, chosen: LockedCandidate, server: Deployed, shape: Shape, pace: Mapping[str, float]
) -> float | None:
    """Return the rate that a replica carries at other lengths, or at another pace, over that of the plan.

    `pace` is by how much latencies are longer than the model's, by metric; 1 where it says nothing. At other lengths a
    simulated plan is held to what a compile of them would sweep; else the model's ratio moves the plan's own capacity.
    None where the model carries nothing as planned.
    """
    slo_ms = _limits(lock, chosen)
    slower = {metric: limit / pace.get(metric, 1.0) for metric, limit in slo_ms.items()}
    if chosen.source == SIMULATED and shape != planned_shape(lock):
        factor = dict(zip(METRICS, _corrected(chosen), strict=True))
        swept = _capacity(server, shape, {metric: limit / factor[metric] for metric, limit in slower.items()})
        return swept / chosen.capacity_rps if chosen.capacity_rps > 0.0 else None
    usual = _capacity(server, planned_shape(lock), slo_ms)
    return None if usual <= 0.0 else _capacity(server, shape, slower) / usual


def _corrected(chosen: LockedCandidate) -> tuple[float, float, float]:
    """Return by how much measured runs made the plan's latencies longer than the model's."""
    found = chosen.correction
    return (1.0, 1.0, 1.0) if found is None else (found.ttft, found.itl, found.e2e)


def _limits(lock: Lock, chosen: LockedCandidate) -> Mapping[str, float]:
    """Return the SLOs as the model must meet them: `safe` plans hold the upper end of the interval to them."""
    wanted = lock.requirements
    slo_ms = dict(zip(METRICS, (wanted.ttft_p95_ms, wanted.itl_p95_ms, wanted.e2e_p95_ms), strict=True))
    if wanted.confidence != "safe":
        return slo_ms
    plan = planned_metrics(chosen)
    return {m: limit * plan[m].value / plan[m].high if plan[m].high > 0.0 else limit for m, limit in slo_ms.items()}


def _model(server: Deployed, shape: Shape, rate_rps: float) -> Mapping[str, float]:
    """Return what the model's client reports; nothing for no load, or a request that does not fit."""
    if not 0.0 < rate_rps < inf:
        return {}
    settings = replace(server.settings, prefix_hit_share=shape.prefix_hit_share)
    client = OpenLoop(rate_rps, REQUESTS)
    found = predict(
        server.configuration, shape.prompt_tokens, shape.output_tokens, client, server.serving, settings
    )  # fmt: skip
    return {} if found is None else found.ms


def _capacity(server: Deployed, shape: Shape, slo_ms: Mapping[str, float]) -> float:
    """Return the highest rate of the model's curve at which it meets every limit and keeps up; 0 for none."""
    ttft, itl, e2e = (round(CEILING_SHARE * slo_ms[metric], MS_DIGITS) for metric in METRICS)
    settings = replace(
        server.settings, requests=SWEEP_REQUESTS, most_points=SWEEP_POINTS, ceiling_ms=(ttft, itl, e2e)
    )  # fmt: skip
    rows = sweep(server.configuration, shape.prompt_tokens, shape.output_tokens, server.serving, settings).to_pylist()
    rates = [row["offered_rps"] for row in rows]
    if not rates:
        return 0.0
    limits = [_crossing(rates, [row[f"{metric}_p95_ms"] for row in rows], slo_ms[metric]) for metric in METRICS]
    kept_up = [row["achieved_rps"] >= CARRIED * row["offered_rps"] for row in rows]
    carried = max((rate for rate, kept in zip(rates, kept_up, strict=True) if kept), default=0.0)
    return min(*limits, carried)


def _crossing(rates: Sequence[float], values: Sequence[float], limit: float) -> float:
    """Return the rate at which a curve, made to rise, meets a limit: 0 when its first point is over, inf for none."""
    rising, highest = [], 0.0
    for value in values:
        highest = max(highest, value)
        rising.append(highest)
    if rising[0] > limit:
        return 0.0
    for (x0, y0), (x1, y1) in pairwise(zip(rates, rising, strict=True)):
        if y1 > limit:
            return x0 + (x1 - x0) * (limit - y0) / (y1 - y0)
    return inf
