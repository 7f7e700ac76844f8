"""Verdicts: what is said of a run, in which order, and what is left unsaid."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import pytest
from builders import lock, with_deployment, workload
from observed_builders import all_at, observed

from neuralnav.model.engine_metrics import LATENCY_EDGES_S
from neuralnav.model.lock import Lock, Replicas
from neuralnav.model.observe_report import Judgement
from neuralnav.outcomes.judge import exit_code_of, judge
from neuralnav.outcomes.outcome import outcome_of

PLANNED = (5.0, 13.3)
"""Half of the day at one rate, half at another: a mean of 9.15 and a peak of 13.3, near the plan's 6.67 and 13.33."""


def judged(
    *rps: float,
    base: Lock | None = None,
    traffic: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Judgement:
    plan, seen = base or lock(), observed(*rps, **changes)
    document = workload(**({"traffic": traffic} if traffic else {}), **(spec or {})).document
    return judge(plan, outcome_of(plan, "sha256:0", seen, environment=""), seen, workload=document)


def verdicts(found: Judgement) -> list[str]:
    return [finding.verdict for finding in found.findings]


def edits(found: Judgement) -> dict[str, object]:
    return {edit.field: edit.after for edit in found.edits}


def follows(least: int, most: int) -> Lock:
    """The small lock under an autoscaler, which keeps between so many replicas."""
    scaling = lock().deployment.scaling.model_copy(update={"autoscaler": "keda"})
    return with_deployment(lock(), scaling=scaling, replicas=Replicas(min=least, planned=2, max=most))


def test_the_planned_load_is_as_planned() -> None:
    found = judged(*PLANNED)
    assert verdicts(found) == ["as-planned"]
    assert found.sentence == "TTFT, ITL, E2E within SLO; the peak of 13.3 req/s leaves a headroom of 1.35"
    assert (found.edits, exit_code_of(found)) == ((), 0)


def test_twice_the_traffic_is_found_named_and_put_into_the_words_of_the_workload() -> None:
    found = judged(10.0, 16.7, 26.7, 26.7, 10.0, 6.0, 10.0, 6.0)
    assert found.verdict == "under-provisioned"
    assert found.sentence == (
        "SLOs break at 18 req/s, the peak is 26.7 req/s; 4 replicas carry it in place of 2, +$6,570/month"
    )
    assert found.findings[1].sentence == (
        "the mean rate is 14 req/s, 2.1x the plan's 6.67 req/s (traffic.users); "
        "the peak rate is 26.7 req/s, 2.0x the plan's 13.3 req/s (traffic.peakFactor)"
    )
    assert edits(found) == {"traffic.users": 10_500}
    assert exit_code_of(found) == 3


def test_users_are_scaled_from_those_of_the_lock_be_the_workload_edited_since() -> None:
    found = judged(*PLANNED, 26.7, 26.7, 26.7, traffic={"users": 8000})
    (edit,) = (edit for edit in found.edits if edit.field == "traffic.users")
    assert (edit.before, edit.after) == ("8000", 14_800)


def test_a_workload_that_states_its_rate_is_edited_in_its_rate() -> None:
    found = judged(10.0, 16.7, 26.7, 26.7, 10.0, 6.0, 10.0, 6.0, traffic={"requestRate": "6.6667 req/s"})
    (edit,) = found.edits
    assert (edit.field, edit.before, edit.after) == ("traffic.requestRate", "6.67 req/s", "14 req/s")
    assert edit.why == "the mean rate is 14 req/s, 2.1x the plan's 6.67 req/s"


def test_a_higher_peak_of_the_same_mean_is_a_matter_of_the_peak_factor() -> None:
    found = judged(*([5.0] * 23), 45.0)
    assert edits(found) == {"traffic.peakFactor": 6.75}
    assert "the mean rate" not in found.findings[1].sentence


def test_fewer_replicas_that_carry_the_peak_with_headroom_are_a_saving() -> None:
    found = judged(2.0, 4.0)
    assert found.verdict == "over-provisioned"
    assert found.sentence == (
        "1 replica carries the peak of 4 req/s with a headroom of 1.2, in place of 2: -$3,285/month"
    )
    assert (found.sizing.needed, found.sizing.saving_usd_per_month) == (1, 3285.0)
    assert edits(found) == {"traffic.users": 2250, "traffic.peakFactor": 1.34}


def test_a_peak_that_would_eat_the_headroom_of_fewer_replicas_saves_nothing() -> None:
    assert judged(4.0, 7.4).verdict == "over-provisioned"
    assert judged(4.0, 7.6).sizing.needed == 2


def test_the_spare_replica_stays_where_one_is_planned() -> None:
    spare = with_deployment(lock(), replicas=Replicas(min=3, planned=3, max=3))
    found = judged(2.0, 4.0, base=spare, replicas=3.0)
    assert found.sentence == (
        "2 replicas carry the peak of 4 req/s with a headroom of 1.2 and 1 replica spare, in place of 3: -$3,285/month"
    )
    more = judged(26.7, base=spare, replicas=3.0)
    assert more.sentence == (
        "SLOs break at 18 req/s with 1 replica set aside, the peak is 26.7 req/s; 5 replicas carry it in place of 3, "
        "+$6,570/month"
    )


def test_an_autoscaler_saves_from_its_least_and_lacks_from_its_most() -> None:
    assert judged(2.0, 4.0, base=follows(2, 4)).sizing.saving_usd_per_month == 3285.0
    assert judged(2.0, 4.0, base=follows(1, 4)).verdict == "assumptions-wrong"
    assert judged(26.7, base=follows(1, 4)).verdict == "assumptions-wrong"
    assert judged(26.7, base=follows(1, 3)).sizing.saving_usd_per_month == -3285.0


def test_a_missed_slo_is_a_risk_whatever_the_traffic_is() -> None:
    found = judged(*PLANNED, latencies_s={"ttft": 0.3})
    assert verdicts(found) == ["under-provisioned"]
    assert found.sentence == (
        "only 0.0 % of TTFT within 150 ms (SLO: 95 %) at a peak of 13.3 req/s; by their number 2 replicas carry "
        "18 req/s: look at the pace"
    )


def test_one_replica_carries() -> None:
    base = with_deployment(lock(), replicas=Replicas(min=1, planned=1, max=1))
    found = judged(4.0, 6.7, base=base, latencies_s={"ttft": 0.3}, replicas=1.0)
    assert found.sentence.endswith("; by their number 1 replica carries 9 req/s: look at the pace")


def test_an_slo_inside_a_bucket_cannot_be_told() -> None:
    found = judged(*PLANNED, latencies_s={"ttft": 0.12})
    ttft = next(row for row in found.latencies if row.metric == "ttft")
    assert (ttft.slo, ttft.bucket_ms) == ("unclear", (100.0, 250.0))
    assert (ttft.within_slo.low, ttft.within_slo.high) == (0.0, 1.0)
    assert found.sentence == (
        "ITL, E2E within SLO, TTFT cannot be told; the peak of 13.3 req/s leaves a headroom of 1.35"
    )


def test_a_share_a_little_below_the_target_may_be_chance() -> None:
    def ttft(over: int) -> str:
        part = all_at(0.2, over, LATENCY_EDGES_S["ttft"])
        rest = all_at(0.05, 1000 - over, LATENCY_EDGES_S["ttft"])
        counts = tuple(one + two for one, two in zip(part.counts, rest.counts, strict=True))
        both = type(part)(part.edges, counts, part.total + rest.total)
        tight = lock().model_copy(
            update={"requirements": lock().requirements.model_copy(update={"ttft_p95_ms": 100.0})}
        )  # fmt: skip
        return judged(*PLANNED, base=tight, latencies={"ttft": both}).latencies[0].slo

    assert [ttft(over) for over in (50, 55, 61, 62)] == ["met", "unclear", "unclear", "missed"]


def test_twelve_requests_tell_nothing() -> None:
    found = judged(0.02, hours=1 / 6)
    assert verdicts(found) == ["not-enough"]
    assert found.sentence == "12 requests in 10 min tell nothing; 100 would"
    assert (found.edits, exit_code_of(found)) == ((), 0)


def test_a_service_that_was_hardly_seen_or_had_no_traffic_is_not_judged() -> None:
    assert judged(6.0, covered=0.01).sentence == "the service was seen for 1% of 24 h"
    assert judged(1 / 60, hours=1 / 60).sentence == "1 request in 1 min tells nothing; 100 would"
    assert judged(0.0).sentence == "no request ended in 24 h"


@pytest.mark.parametrize(
    ("rate", "found"),
    [(3.0, "over-provisioned"), (6.7, "as-planned"), (11.0, "as-planned"), (13.3, "as-planned")],
)
def test_a_short_window_keeps_the_planned_peak_where_its_mean_is_not_below(rate: float, found: str) -> None:
    assert judged(rate, hours=1.0).verdict == found


def test_a_short_window_at_the_planned_peak_may_be_the_busy_time() -> None:
    found = judged(13.3, hours=1.0)
    assert found.sentence == (
        "TTFT, ITL, E2E within SLO; the peak of 13.3 req/s leaves a headroom of 1.35; the mean rate is 13.3 req/s, "
        "2.0x the plan's 6.67 req/s (traffic.users), as at the planned peak throughout"
    )
    assert (found.traffic[0].state, found.edits, exit_code_of(found)) == ("at-peak", (), 0)
    window, busy = found.notes[:2]
    assert window == "1 h need not hold the busiest time: observe a whole day, better a week, before acting."
    assert busy == (
        "The mean rate was 13.3 req/s, 2.0x the plan's 6.67 req/s, and the peak is as planned: at the busy time the "
        "plan holds; if the whole day is like this, traffic.users is wrong."
    )


def test_more_requests_than_a_planned_day_has_are_no_busy_time() -> None:
    """Eleven hours at the peak may be all that the day has; in thirteen more came than that."""
    assert verdicts(judged(13.3, hours=11.0)) == ["as-planned"]
    found = judged(13.3, hours=13.0)
    assert found.sentence == "the mean rate is 13.3 req/s, 2.0x the plan's 6.67 req/s (traffic.users)"


def test_a_short_window_says_that_the_peak_factor_is_kept() -> None:
    note = "traffic.peakFactor is kept at 2, as 10 min do not tell it: traffic.users is scaled instead."
    assert note in judged(26.7, hours=1 / 6).notes
    assert note not in judged(26.7).notes
    assert not any("peakFactor" in text for text in judged(13.3, hours=1 / 6).notes)


@pytest.mark.parametrize("rps", [(26.7,), (10.0, 40.0), (1.0, 1.0, 1.0, 26.7), (3.0,), (0.5, 4.0), (10.0, 18.5)])
@pytest.mark.parametrize("hours", [0.5, 10.0, 20.0])
@pytest.mark.parametrize("traffic", [{"users": 5000}, {"requestRate": "6.6667 req/s"}])
def test_what_a_short_window_changes_is_right_when_it_is_seen_again(
    rps: tuple[float, ...], hours: float, traffic: dict[str, Any]
) -> None:
    """The peak factor stays, the next plan carries what was seen, and the same window finds nothing wrong with it."""
    found = judged(*rps, hours=hours, traffic=traffic)
    (field,) = edits(found)
    assert field == "traffic." + next(iter(traffic))
    usual = lock().requirements
    after = edits(found)[field]
    times = after / 5000 if isinstance(after, int) else float(str(after).split()[0]) / usual.mean_rps
    peak = times * usual.peak_rps
    assert peak >= 0.994 * max(rps)
    count = max(1, ceil(usual.headroom * peak / found.sizing.capacity_rps - 1e-9))
    assert hours == 20.0 or count == found.sizing.needed
    assumed = usual.model_copy(update={"mean_rps": times * usual.mean_rps, "peak_rps": peak})
    replicas = Replicas(min=count, planned=count, max=count)
    then = with_deployment(lock().model_copy(update={"requirements": assumed, "assumptions": ()}), replicas=replicas)
    again = judged(*rps, hours=hours, base=then, replicas=float(count))
    assert (verdicts(again), again.edits) == (["as-planned"], ())


def test_the_highest_of_many_counts_is_no_higher_peak() -> None:
    """A day at 1.65 times the plan whose busiest five minutes had 4 % more by chance: the replicas of the patch."""
    found = judged(*([5.425] * 12), *([16.0] * 11), 22.9)
    assert (found.sizing.peak_rps, found.sizing.needed) == (21.9998, 3)
    assert edits(found) == {"traffic.users": 8250}
    assert judged(*([5.425] * 12), *([16.0] * 11), 23.3).sizing.needed == 4


def test_a_peak_of_few_requests_a_day_may_be_chance() -> None:
    """22 requests in the busiest of 288 stretches, where eleven were to be: that happens each day."""
    small = lock().model_copy(
        update={"requirements": lock().requirements.model_copy(update={"mean_rps": 0.015, "peak_rps": 0.0375})}
    )
    found = judged(*([0.012] * 143), 0.075, base=small)
    assert verdicts(found) == ["as-planned"]
    assert (found.traffic[1].state, found.sizing.peak_rps) == ("unclear", 0.0375)


def test_a_whole_day_at_the_planned_peak_has_another_mean() -> None:
    found = judged(13.3)
    assert found.sentence == "the mean rate is 13.3 req/s, 2.0x the plan's 6.67 req/s (traffic.users)"
    assert edits(found) == {"traffic.users": 9970, "traffic.peakFactor": 1.01}


def test_twice_the_planned_peak_is_found_in_a_minute() -> None:
    found = judged(26.7, hours=1 / 60)
    assert verdicts(found) == ["under-provisioned", "assumptions-wrong"]
    assert found.findings[1].sentence == "the peak rate is 26.7 req/s, 2.0x the plan's 13.3 req/s (traffic.users)"
    assert edits(found) == {"traffic.users": 10_000}
    assert found.edits[0].why == (
        "the window had 26.7 req/s, 2.0x the plan's peak of 13.3 req/s; the peak factor is kept"
    )


def test_other_lengths_are_named_and_both_are_stated() -> None:
    found = judged(*PLANNED, output=400.0)
    assert found.sentence == "output tokens are 400, 1.6x the plan's 256 (traffic.outputTokens)"
    assert edits(found) == {"traffic.promptTokens": 512, "traffic.outputTokens": 400}
    near = judged(*PLANNED, output=300.0)
    assert verdicts(near) == ["as-planned"]


def test_other_lengths_take_the_place_of_a_profile_and_widen_a_context_that_is_too_short() -> None:
    traffic, spec = {"users": 5000, "profile": "chat"}, {"constraints": {"contextLength": 1024}}
    found = judged(*PLANNED, prompt=1300.0, traffic=traffic, spec=spec)
    assert [(edit.field, edit.before, edit.after) for edit in found.edits] == [
        ("traffic.profile", "chat", None),
        ("traffic.promptTokens", "", 1300),
        ("traffic.outputTokens", "", 256),
        ("constraints.contextLength", "1024", 1556),
    ]


def test_without_a_workload_nothing_is_edited() -> None:
    seen = observed(2.0, 4.0)
    found = judge(lock(), outcome_of(lock(), "sha256:0", seen, environment=""), seen)
    assert (found.verdict, found.edits) == ("over-provisioned", ())
    assert found.traffic[0].field == "traffic.requestRate"


def test_what_makes_a_run_less_certain_is_noted() -> None:
    found = judged(
        2.0, 13.3, simulated=True, covered=0.8, replicas=1.0, prefix_hit_share=0.25, preemptions=1200.0,
        reasons={"stop": 990.0, "abort": 8000.0}, notes=("Prometheus kept 6 h of it.",),
    )  # fmt: skip
    assert found.notes == (
        "Prometheus kept 6 h of it.",
        "A simulator answered: this says nothing of a real engine, and changes no plan.",
        "19.2 h need not hold the busiest time: observe a whole day, better a week, before acting.",
        "The service was seen for 80% of the window; rates and cost are of that time.",
        "1 replica ran on average, 2 are planned.",
        "The catalogs do not hold what the lock deploys: nothing is expected of the observed load.",
        "1.2% of the requests failed or were given up.",
        "1,200 requests were thrown out of the KV cache and computed again.",
        "The prefix cache held 25% of prompt tokens; plans count on none.",
    )


def test_a_choice_that_is_not_in_the_ranking_is_still_judged_by_its_traffic() -> None:
    base = lock().model_copy(update={"choice": lock().choice.model_copy(update={"candidate": "other/fp8/h100/tp1"})})
    found = judged(26.7, base=base)
    assert (found.latencies, found.sizing.needed, verdicts(found)) == ((), None, ["assumptions-wrong"])
