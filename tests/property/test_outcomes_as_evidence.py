"""Laws of outcomes as evidence, for any outcomes of a configuration and any runs beside them."""

import random
from dataclasses import replace
from typing import Any

import unit_builders  # noqa: F401  # lets the next line find the builders
from builders import ALPHA, OUTPUT, PROMPT, compiled, world
from hypothesis import event, given, settings
from hypothesis import strategies as st
from outcome_rows import OUTCOME, SERVED
from serving_builders import SERVING

from neuralnav.model.lock import Lock, LockedCandidate, dump
from neuralnav.model.outcome import Outcome
from neuralnav.model.tables import METRICS
from neuralnav.pipeline import World
from neuralnav.serving.local import Measured, Place, Residual
from neuralnav.serving.outcomes import SIMULATED, repeatable, run_of
from neuralnav.serving.runs import MeasuredRun

FAST = settings(deadline=None, max_examples=8)

logs = st.floats(-0.8, 0.8).map(lambda value: round(value, 6))
places = st.builds(
    Place, st.sampled_from((64, PROMPT, 8192)), st.sampled_from((32, OUTPUT, 2048)), st.sampled_from((0.5, 8.0, 300.0))
)
metrics = st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True)
doubts = st.sampled_from((0.0, 0.001, 0.04, 1.0))


@st.composite
def residuals(draw: st.DrawFn, *, observed: bool) -> Residual:
    said = {metric: draw(logs) for metric in draw(metrics)}
    doubt = {metric: draw(doubts) for metric in said} if observed else {}
    return Residual(draw(st.text("abc", min_size=1, max_size=3)), draw(places), said, doubt, observed=observed)


runs = st.lists(residuals(observed=False), max_size=4)
outcomes = st.lists(residuals(observed=True), max_size=4)


def with_evidence(items: list[Residual]) -> World:
    return replace(world(), measured=lambda _ids: Measured({ALPHA: tuple(items)} if items else {}, ()))


def lock(items: list[Residual]) -> Lock:
    return compiled(where=with_evidence(items)).lock


def of_alpha(found: Lock) -> LockedCandidate:
    return next(item for item in found.candidates if item.id == ALPHA)


@FAST
@given(runs, outcomes, st.randoms(use_true_random=False))
def test_the_order_of_evidence_changes_no_byte(
    some: list[Residual], seen: list[Residual], chance: random.Random
) -> None:
    found = lock([*some, *seen])
    shuffled = [*some, *seen]
    chance.shuffle(shuffled)
    event(f"conflict: {any(item.conflict for item in found.candidates)}")
    assert dump(lock(shuffled)) == dump(found)


@FAST
@given(runs)
def test_runs_that_nobody_doubts_give_the_bytes_of_runs_that_cannot_be_doubted(some: list[Residual]) -> None:
    sure = [replace(item, doubts=dict.fromkeys(item.logs, 0.0)) for item in some]
    assert dump(lock(sure)) == dump(lock(some))


@FAST
@given(outcomes)
def test_outcomes_alone_say_what_benchmarks_of_the_same_figures_say(seen: list[Residual]) -> None:
    assert dump(lock(seen)) == dump(lock([replace(item, observed=False) for item in seen]))


@FAST
@given(places, doubts)
def test_an_outcome_that_is_the_prediction_moves_nothing_and_never_widens(place: Place, doubt: float) -> None:
    equal = Residual("window", place, dict.fromkeys(METRICS, 0.0), dict.fromkeys(METRICS, doubt), observed=True)
    before, after = of_alpha(lock([])), of_alpha(lock([equal]))
    assert (after.capacity_rps, after.scores, after.replicas) == (before.capacity_rps, before.scores, before.replicas)
    for metric in METRICS:
        old, new = (getattr(item, f"{metric}_p95_ms") for item in (before, after))
        assert new.value == old.value
        assert old.low <= new.low <= new.value <= new.high <= old.high


@FAST
@given(runs, outcomes)
def test_scores_are_absolute_so_evidence_of_one_changes_no_score_of_another(
    some: list[Residual], seen: list[Residual]
) -> None:
    before, after = ({item.id: item for item in lock(items).candidates} for items in (list[Residual](), [*some, *seen]))
    others = (set(before) & set(after)) - {ALPHA}
    assert others
    assert {name: before[name].scores for name in others} == {name: after[name].scores for name in others}


@FAST
@given(runs.filter(bool), outcomes.filter(bool))
def test_no_side_of_a_conflict_is_averaged_away(some: list[Residual], seen: list[Residual]) -> None:
    found = of_alpha(lock([*some, *seen]))
    if found.conflict is None:
        return
    sides = [of_alpha(lock(items)) for items in (some, seen)]
    for metric in found.conflict.factors:
        value = getattr(found, f"{metric}_p95_ms")
        assert value.high > value.value > value.low
        if found.capacity_rps == sides[0].capacity_rps == sides[1].capacity_rps:  # at one load, latencies compare
            assert value.value >= max(getattr(side, f"{metric}_p95_ms").value for side in sides) - 0.1


figures = st.fixed_dictionaries({
    "requests": st.floats(0, 1e6), "seconds": st.floats(1, 1e6), "covered": st.floats(0, 1),
    "failed": st.floats(0, 1e6), "preemptions": st.floats(0, 1e6), "mean_rps": st.floats(0, 100),
    "peak_rps": st.floats(0, 100),
    "replicas_mean": st.floats(0, 50), "replicas_least": st.floats(0, 50), "replicas_most": st.floats(0, 50),
    "prefix_hit_share": st.none() | st.floats(0, 1),
})  # fmt: skip


@FAST
@given(figures, st.sampled_from(("vllm", "neuralnav-sim")))
def test_whatever_a_window_holds_it_is_a_run_or_refused_and_a_simulators_is_always_refused(
    changes: dict[str, Any], engine: str
) -> None:
    found = run_of(replace(OUTCOME, served=replace(SERVED, engine=engine), **changes), SERVING)
    assert isinstance(found, str | MeasuredRun)
    if engine == "neuralnav-sim":
        assert found == SIMULATED
    elif isinstance(found, MeasuredRun) and found.window is not None:
        assert 0 <= found.window.strayed < 6
        assert 0 < found.window.chance <= 0.01


@FAST
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=8, unique=True), st.randoms())
def test_which_windows_count_does_not_follow_from_their_order(
    hours: list[tuple[int, int]], chance: random.Random
) -> None:
    windows: list[Outcome] = [
        replace(OUTCOME, start=f"2026-11-26T{at:02}:00:00Z", end=f"2026-11-26T{at + size:02}:00:00Z")
        for at, size in hours
    ]
    found = dict(zip(map(str, windows), repeatable(windows, SERVING), strict=True))
    chance.shuffle(windows)
    assert dict(zip(map(str, windows), repeatable(windows, SERVING), strict=True)) == found
    assert sum(isinstance(item, MeasuredRun) for item in found.values()) >= bool(windows)
