"""(Lock, Outcome, Observed) -> Judgement: as planned, too much, too little, for other traffic, or another pace.

Findings stand beside each other in the order of `PRECEDENCE`; the first is the verdict. Each is made only where what is
not known (buckets, chance, the plan's own interval) cannot explain it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from neuralnav.model.lock import Lock, LockedCandidate
from neuralnav.model.observe_report import ComparedLatency, ComparedTraffic, Judgement, ObservedFinding, Sizing, Verdict
from neuralnav.model.observed import Observed
from neuralnav.model.outcome import Outcome
from neuralnav.model.quantity import HOURS_PER_MONTH
from neuralnav.model.workload import Workload
from neuralnav.outcomes.expected import capacity_share, expected_at, planned_shape
from neuralnav.outcomes.latencies import compared_latencies, paces_of
from neuralnav.outcomes.sentences import notes_of, sentence_of
from neuralnav.outcomes.traffic import (
    LEAST_VALUES,
    average_load,
    burstiness_of,
    compared_traffic,
    edits_of,
    least_peak,
    peak_to_carry,
    shape_seen,
)
from neuralnav.serving.deployed import Deployed, carrying, chosen_of

PRECEDENCE: tuple[Verdict, ...] = (
    "not-enough",
    "under-provisioned",
    "over-provisioned",
    "assumptions-wrong",
    "slower-than-predicted",
    "faster-than-predicted",
    "as-planned",
)
"""What is told first: that nothing can be told; then users who wait, money, and what the plan should have known."""

LEAST_COVERED = 0.02
"""A service seen for less of the window, half an hour of a day, is not what was asked about. One seen for more is
judged by the time in which it was seen."""

HEADROOM_LEFT = 0.5
"""With less than this part of the planned headroom left, the next growth like the last one breaks the SLOs."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict is made of."""

    lock: Lock
    outcome: Outcome
    latencies: tuple[ComparedLatency, ...]
    traffic: tuple[ComparedTraffic, ...]
    sizing: Sizing


def judge(
    lock: Lock,
    outcome: Outcome,
    observed: Observed,
    *,
    workload: Workload | None = None,
    server: Deployed | None = None,
) -> Judgement:
    """Return how a run lies to its plan.

    `workload` gives the fields to edit, and `server` (`deployed_by` of the lock) what the model expects of the load
    that was observed; without it latencies are held to their SLOs alone, and capacity is the plan's.
    """
    chosen = chosen_of(lock)
    traffic = compared_traffic(lock, outcome, workload)
    share = _share(lock, chosen, outcome, {}, server)
    latencies = _latencies(lock, chosen, outcome, observed, server, share)
    paces = paces_of(latencies)
    sizing = _sizing(lock, chosen, outcome, _share(lock, chosen, outcome, paces, server) if paces else share)
    case = Case(lock, outcome, latencies, traffic, sizing)
    verdicts = set(_verdicts(case))
    findings = tuple(
        ObservedFinding(verdict=verdict, sentence=sentence_of(verdict, outcome, latencies, traffic, sizing))
        for verdict in PRECEDENCE
        if verdict in (verdicts or {"as-planned"})
    )
    enough = "not-enough" not in verdicts
    return Judgement(
        verdict=findings[0].verdict,
        sentence=findings[0].sentence,
        findings=findings,
        latencies=latencies,
        traffic=traffic,
        burstiness=burstiness_of(observed.rates),
        sizing=sizing,
        edits=edits_of(lock, outcome, traffic, workload) if enough else (),
        notes=(*observed.notes, *notes_of(lock, outcome, observed, traffic, known=server is not None)),
    )


def exit_code_of(judgement: Judgement) -> int:
    """Return 3 where something is not as planned, 0 where all is, where it is better, or where it cannot be told."""
    fine = {"as-planned", "faster-than-predicted", "not-enough"}
    return 0 if all(finding.verdict in fine for finding in judgement.findings) else 3


def is_enough(outcome: Outcome) -> bool:
    """Tell whether a window says anything: enough requests, seen for enough of it."""
    return outcome.requests >= LEAST_VALUES and outcome.covered >= LEAST_COVERED


def _latencies(
    lock: Lock, chosen: LockedCandidate | None, outcome: Outcome, observed: Observed, server: Deployed | None,
    share: float,
) -> tuple[ComparedLatency, ...]:  # fmt: skip
    if chosen is None:
        return ()
    replicas = outcome.replicas_mean if outcome.replicas_mean > 0.0 else float(carrying(lock, chosen))
    rate = max(average_load(observed.rates) / observed.speedup, outcome.mean_rps) / replicas
    peak = max(outcome.peak_rps / replicas, rate)
    shape = shape_seen(lock, outcome, hits=observed.prefix_hit_share or 0.0)
    known = server is not None and peak <= share * chosen.capacity_rps
    expected = expected_at(lock, chosen, server, shape, rate_rps=rate, peak_rps=peak) if server and known else {}
    return compared_latencies(chosen, outcome, observed, expected)


def _share(
    lock: Lock, chosen: LockedCandidate | None, outcome: Outcome, paces: Mapping[str, float],
    server: Deployed | None,
) -> float:  # fmt: skip
    """Return the capacity over the plan's, where lengths or the pace are not the plan's; 1 where they are."""
    shape = shape_seen(lock, outcome)
    if chosen is None or server is None or (shape == planned_shape(lock) and not paces):
        return 1.0
    found = capacity_share(lock, chosen, server, shape, paces)
    return 1.0 if found is None else found


def _sizing(lock: Lock, chosen: LockedCandidate | None, outcome: Outcome, share: float) -> Sizing:
    replicas, headroom = lock.deployment.replicas, lock.requirements.headroom
    planned, follows = replicas.planned, lock.deployment.scaling.autoscaler != "none"
    least, most = (replicas.min, replicas.max) if follows else (planned, planned)
    usual = chosen.capacity_rps if chosen is not None else 0.0
    spare = max(0, planned - carrying(lock, chosen)) if chosen is not None else 0
    capacity, peak = usual * share, peak_to_carry(lock, outcome)
    needed = max(1, ceil(headroom * peak / capacity - 1e-9)) + spare if capacity > 0.0 else None
    monthly = lock.deployment.scaling.replica_usd_per_hour * HOURS_PER_MONTH
    fewer = 0 if needed is None else max(0, least - needed) + min(0, most - needed)
    breaks_at = capacity * max(1, most - spare)
    return Sizing(
        planned=planned,
        least=least,
        most=most,
        spare=spare,
        seen_mean=outcome.replicas_mean,
        seen_least=outcome.replicas_least,
        seen_most=outcome.replicas_most,
        needed=needed,
        peak_rps=round(peak, 4),
        capacity_rps=round(capacity, 4),
        planned_capacity_rps=usual,
        breaks_at_rps=round(breaks_at, 4),
        headroom=headroom,
        headroom_left=round(breaks_at / peak, 4) if peak > 0.0 else None,
        usd_per_month=round(planned * monthly, 2),
        saving_usd_per_month=round(fewer * monthly, 2),
    )


def _verdicts(case: Case) -> Iterator[Verdict]:
    if not is_enough(case.outcome):
        yield "not-enough"
        return
    under = _is_under(case)
    if under:
        yield "under-provisioned"
    elif _is_over(case):
        yield "over-provisioned"
    if any(row.state == "apart" for row in case.traffic):
        yield "assumptions-wrong"
    against = {row.against for row in case.latencies}
    if "slower" in against:
        yield "slower-than-predicted"
    elif "faster" in against:
        yield "faster-than-predicted"


def _is_under(case: Case) -> bool:
    """Tell whether SLOs are missed, or the headroom that is left at the peak is less than half of the planned."""
    if any(row.slo == "missed" for row in case.latencies):
        return True
    sizing, outcome = case.sizing, case.outcome
    if sizing.capacity_rps <= 0.0:
        return bool(sizing.planned_capacity_rps)
    own = sizing.peak_rps <= outcome.peak_rps + 1e-4
    peak = least_peak(outcome, sizing.peak_rps) if own else sizing.peak_rps
    return peak * (1.0 + HEADROOM_LEFT * (sizing.headroom - 1.0)) > sizing.breaks_at_rps


def _is_over(case: Case) -> bool:
    """Tell whether fewer replicas carry the peak with the plan's headroom. What misses SLOs never comes here."""
    needed = case.sizing.needed
    return needed is not None and needed < case.sizing.least
