"""What a plan expects of the load that was observed, by its serving model; and what follows from it."""

import functools
from pathlib import Path

import pytest
from builders import lock, packaged, with_deployment
from observed_builders import observed

from neuralnav.files.locks import read_lock
from neuralnav.files.places import read_source
from neuralnav.model.lock import Lock
from neuralnav.model.observe_report import ExpectedLatency, Judgement
from neuralnav.model.outcome import Achieved, Bounded
from neuralnav.outcomes.expected import Shape, capacity_share, expected_at, planned_metrics, planned_shape
from neuralnav.outcomes.judge import judge
from neuralnav.outcomes.latencies import against
from neuralnav.outcomes.outcome import outcome_of
from neuralnav.serving.deployed import Deployed, carrying, chosen_of, deployed_by, replica_rps

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "support-chat" / "plan.lock"


@functools.cache
def plan() -> Lock:
    return read_lock(read_source(EXAMPLE))


@functools.cache
def server() -> Deployed:
    found = deployed_by(plan(), packaged())
    assert found is not None
    return found


def expected(rate: float, peak: float | None = None, shape: Shape | None = None) -> dict[str, ExpectedLatency]:
    chosen = chosen_of(plan())
    assert chosen is not None
    wanted = shape or planned_shape(plan())
    return dict(expected_at(plan(), chosen, server(), wanted, rate_rps=rate, peak_rps=peak or rate))


def share(shape: Shape, **pace: float) -> float | None:
    chosen = chosen_of(plan())
    assert chosen is not None
    return capacity_share(plan(), chosen, server(), shape, pace)


def judged(rps: float, pace: float = 1.0, shape: Shape | None = None) -> Judgement:
    """Judge a day of a rate at which every latency is what is expected on average, times a pace."""
    shape = shape or planned_shape(plan())
    means = {metric: item.mean_ms / 1000.0 * pace for metric, item in expected(rps / 2.0, shape=shape).items()}
    seen = observed(
        rps, latencies_s=means, prompt=float(shape.prompt_tokens), output=float(shape.output_tokens)
    )  # fmt: skip
    return judge(plan(), outcome_of(plan(), "sha256:0", seen, environment=""), seen, server=server())


def test_a_lock_says_which_server_it_deploys() -> None:
    deployed = plan().deployment
    assert server().configuration.id == plan().choice.candidate
    assert server().settings.max_num_seqs == deployed.max_num_seqs
    assert server().settings.memory_utilization == deployed.gpu_memory_utilization


@pytest.mark.parametrize(
    "change", [{"model": "gone"}, {"precision": "int2"}, {"accelerator": "gone"}, {"kv_cache_dtype": "x"}]
)
def test_a_lock_of_other_catalogs_deploys_what_is_not_known(change: dict[str, str]) -> None:
    assert deployed_by(with_deployment(plan(), **change), packaged()) is None


def test_replicas_that_carry_the_load_are_all_but_the_spare_one() -> None:
    chosen, small = chosen_of(plan()), chosen_of(lock())
    assert chosen is not None
    assert small is not None
    assert (plan().deployment.replicas.planned, carrying(plan(), chosen)) == (2, 1)
    assert (lock().deployment.replicas.planned, carrying(lock(), small)) == (2, 2)
    assert carrying(lock(), small.model_copy(update={"capacity_rps": 0.0})) == 1


def test_at_the_planned_load_the_plan_itself_is_expected() -> None:
    chosen = chosen_of(plan())
    assert chosen is not None
    for metric, found in expected(replica_rps(plan(), chosen)).items():
        value = planned_metrics(chosen)[metric]
        assert (found.p95_ms, found.low_ms, found.high_ms) == pytest.approx((value.value, value.low, value.high))


def test_a_heavier_load_and_longer_prompts_are_expected_to_be_slower() -> None:
    light, heavy, long = expected(3.0), expected(12.0), expected(3.0, shape=Shape(2048, 256))
    for metric in ("ttft", "e2e"):
        assert light[metric].mean_ms < heavy[metric].mean_ms
        assert light[metric].mean_ms < long[metric].mean_ms


def test_the_upper_end_is_of_the_peak_and_the_rest_of_the_average_request() -> None:
    steady, peaked = expected(3.0)["ttft"], expected(3.0, peak=12.0)["ttft"]
    assert (peaked.p95_ms, peaked.low_ms, peaked.mean_ms) == (steady.p95_ms, steady.low_ms, steady.mean_ms)
    assert peaked.high_ms == expected(12.0)["ttft"].high_ms


def test_the_mean_gap_is_expected_by_the_whole_answer_not_by_a_p95_on_a_slope() -> None:
    """Where the plan's p95 of gaps lies on the slope of its jump, twice the model's, the mean is still the model's."""
    chosen = chosen_of(plan())
    assert chosen is not None
    steep = chosen.model_copy(
        update={"itl_p95_ms": chosen.itl_p95_ms.model_copy(update={"value": 2.0 * chosen.itl_p95_ms.value})}
    )
    rate = replica_rps(plan(), chosen)
    usual, found = (
        expected_at(plan(), one, server(), planned_shape(plan()), rate_rps=rate, peak_rps=rate)["itl"]
        for one in (chosen, steep)
    )
    assert found.mean_ms == usual.mean_ms
    assert found.p95_ms == pytest.approx(2.0 * usual.p95_ms)


def test_a_mean_gap_is_held_to_the_plans_interval_wherever_the_p95_of_the_peak_has_jumped() -> None:
    chosen = chosen_of(plan())
    assert chosen is not None
    plan_ms, found = chosen.itl_p95_ms, expected(3.0, peak=14.0)["itl"]
    most = plan_ms.high / plan_ms.value
    assert found.high_ms > 1.5 * most * found.p95_ms  # the jump

    def at(times: float) -> str:
        achieved = Achieved(found.mean_ms * times, {}, 25.0, Bounded(1.0, 1.0, 1.0), 1000.0)
        return against("itl", achieved, found, plan_ms)

    assert (at(0.99 * most), at(1.01 * most)) == ("as-predicted", "slower")


def test_prompts_that_the_prefix_cache_held_are_expected_to_be_faster() -> None:
    assert expected(3.0, shape=Shape(512, 256, 0.9))["ttft"].mean_ms < expected(3.0)["ttft"].mean_ms


def test_nothing_is_expected_of_no_load_or_of_a_request_that_does_not_fit() -> None:
    assert expected(0.0) == {}
    assert expected(3.0, shape=Shape(100_000_000, 256)) == {}


def test_a_replica_carries_less_of_longer_answers_or_at_a_slower_pace() -> None:
    usual, long, slow = share(planned_shape(plan())), share(Shape(512, 512)), share(planned_shape(plan()), itl=1.5)
    assert usual == 1.0
    assert long is not None
    assert slow is not None
    assert 0.3 < long < 1.0
    assert 0.0 < slow < 1.0
    assert share(planned_shape(plan()), ttft=1000.0) == 0.0


def test_the_expected_pace_is_as_planned_and_half_of_it_is_slower() -> None:
    even = judged(12.0)
    assert {row.metric: row.against for row in even.latencies} == {
        "ttft": "as-predicted", "itl": "as-predicted", "e2e": "as-predicted",
    }  # fmt: skip
    assert {row.mean_error for row in even.latencies} == {0.0}
    for row in even.latencies:
        assert row.expected is not None
        assert row.p95_error is not None
        assert row.p95_error.low == pytest.approx(row.p95_ms.low / row.expected.p95_ms - 1.0, abs=1e-4)
    slow = judged(12.0, pace=2.0)
    assert "slower-than-predicted" in [item.verdict for item in slow.findings]
    assert {row.against for row in slow.latencies} == {"slower"}
    assert {row.mean_error for row in slow.latencies} == {1.0}
    assert slow.sizing.capacity_rps < even.sizing.capacity_rps == slow.sizing.planned_capacity_rps


def test_a_faster_pace_is_told_and_buys_no_capacity() -> None:
    fast = judged(12.0, pace=0.4)
    assert "faster-than-predicted" in [item.verdict for item in fast.findings]
    assert fast.sizing.capacity_rps == fast.sizing.planned_capacity_rps


def test_longer_answers_make_fewer_requests_a_replica() -> None:
    found = judged(12.0, shape=Shape(512, 600))
    assert found.verdict == "under-provisioned"
    assert found.sizing.capacity_rps < found.sizing.planned_capacity_rps
    assert {row.against for row in found.latencies} == {"as-predicted"}


def test_nothing_is_expected_above_what_a_replica_carries() -> None:
    found = judged(60.0)
    assert {row.against for row in found.latencies} == {"unknown"}
    assert {row.expected for row in found.latencies} == {None}
