"""Laws of a plan, for any evidence and any limits; and of what is written, for any text."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import unit_builders  # noqa: F401  # lets the next line find the builders
import yaml
from builders import (
    ALPHA,
    ALPHA_FP8,
    ALPHA_L4,
    ALPHA_X9,
    BETA,
    OUTPUT,
    PROMPT,
    SPEC,
    Point,
    catalog,
    compiled,
    layout,
    lock,
    rows,
    table,
    workload,
    world,
)
from hypothesis import event, given, settings
from hypothesis import strategies as st

from neuralnav.candidates import weigh
from neuralnav.errors import InputError
from neuralnav.evidence import select
from neuralnav.files.locks import read_lock
from neuralnav.model.decoding import decode
from neuralnav.model.document import Source, parse, plain
from neuralnav.model.emit import emit
from neuralnav.model.lock import Lock, dump
from neuralnav.model.plan import VIEWS, RankedPlan
from neuralnav.model.quantity import duration_ms, rate_per_s, usd_per_month
from neuralnav.model.spec import ResolvedSpec
from neuralnav.pipeline import make_plan
from neuralnav.rank import rank
from neuralnav.report import diagnostics_text

NAMES = (ALPHA, ALPHA_FP8, ALPHA_L4, ALPHA_X9, BETA)
Rows = list[dict[str, Any]]

FAST = settings(deadline=None, max_examples=60)

rates = st.floats(0.01, 50).map(lambda value: round(value, 4))


def latency(draw: st.DrawFn, limit: float, place: float) -> float:
    """A p95 that tends to grow with the load, from easy to hopeless, and dips now and then."""
    return round(limit * max(0.05, place * draw(st.floats(0.1, 1.6))), 1)


@st.composite
def curve(draw: st.DrawFn, name: str) -> Rows:
    """A sweep of one configuration, complete or not, that keeps up with its load or falls behind."""
    offered = sorted(draw(st.sets(rates, min_size=1, max_size=6)))
    places = [(index + 1) / len(offered) for index in range(len(offered))]
    points: list[Point] = [
        (rate, latency(draw, 150, place), latency(draw, 25, place), latency(draw, 7000, place))
        for rate, place in zip(offered, places, strict=True)
    ]
    shares = [draw(st.sampled_from([1.0, 1.0, 1.0, 0.97, 0.6])) for _ in offered]
    achieved = [round(rate * share, 4) for rate, share in zip(offered, shares, strict=True)]
    source = draw(st.sampled_from(["simulated", "simulated", "measured"]))
    interval = draw(st.sampled_from([0.0, 0.1, 0.5]))
    run = draw(st.sampled_from(["aaaa", "bbbb"]))
    return rows(name, points, achieved=achieved, source=source, interval=interval, evidence_id=run)


@st.composite
def evidence(draw: st.DrawFn) -> list[Rows]:
    """Sweeps of some configurations; one may have several, of several runs."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=8))
    return [draw(curve(name)) for name in names]


specs = st.builds(
    lambda peak, confidence, spare, context: replace(
        SPEC, peak_rps=peak, confidence=confidence, spare_replicas=spare, context_tokens=context
    ),
    st.floats(0.01, 500),
    st.sampled_from(["likely", "safe"]),
    st.integers(0, 1),
    st.sampled_from([768, 1536, 8192, 20_000]),
)


def plan_of(spec: ResolvedSpec, parts: list[Rows]) -> RankedPlan:
    found = select([table(*parts)], PROMPT, OUTPUT)
    return rank(spec, weigh(spec, catalog(), layout(), found))


def feasible(plan: RankedPlan) -> set[str]:
    return {plan.candidates.table["id"][row].as_py() for row in plan.views["balanced"]}


def replicas(plan: RankedPlan) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(plan.candidates.table["replicas_planned"].to_numpy())


@FAST
@given(evidence(), st.randoms(use_true_random=False))
def test_shuffled_rows_give_the_same_curves_and_the_same_lock(parts: list[Rows], order: random.Random) -> None:
    every = [row for part in parts for row in part]
    mixed = order.sample(every, len(every))
    one, other = (select([table(found)], PROMPT, OUTPUT) for found in (every, mixed))
    assert (one.ids, one.digests) == (other.ids, other.digests)
    plans = [make_plan(workload(), world(found)) for found in (every, mixed)]
    assert plans[0].views == plans[1].views
    assert plans[0].inputs == plans[1].inputs
    if plans[0].views["balanced"]:
        assert dump(compiled(where=world(every)).lock) == dump(compiled(where=world(mixed)).lock)


@FAST
@given(evidence(), specs, st.data())
def test_a_candidate_more_or_less_never_reorders_or_rescores_the_others(
    parts: list[Rows], spec: ResolvedSpec, data: st.DataObject
) -> None:
    names = sorted({part[0]["model"] + part[0]["precision"] + part[0]["accelerator"] for part in parts})
    gone = data.draw(st.sampled_from(names))
    kept = [p for p in parts if p[0]["model"] + p[0]["precision"] + p[0]["accelerator"] != gone]
    every, fewer = plan_of(spec, parts), plan_of(spec, kept)
    for view in VIEWS:
        left = set(fewer.views[view])
        assert fewer.views[view] == tuple(row for row in every.views[view] if row in left)
    for name, values in fewer.scores.items():
        rows_left = list(fewer.views["balanced"])
        assert values[rows_left].tolist() == every.scores[name][rows_left].tolist()


@FAST
@given(evidence(), specs, st.sampled_from(["ttft", "itl", "e2e"]), st.floats(0.2, 1.0))
def test_a_tighter_slo_never_admits_more_nor_needs_less(
    parts: list[Rows], spec: ResolvedSpec, metric: str, share: float
) -> None:
    loose = plan_of(spec, parts)
    tight = plan_of(replace(spec, slo_ms={**spec.slo_ms, metric: spec.slo_ms[metric] * share}), parts)
    assert feasible(tight) <= feasible(loose)
    both = tight.candidates.feasible
    assert (replicas(tight)[both] >= replicas(loose)[both]).all()


@FAST
@given(
    evidence(), specs, st.floats(10, 1e5), st.floats(0.1, 1.0), st.integers(1, 50), st.integers(0, 10),
    st.sets(st.sampled_from(["h100", "l4"])), st.sets(st.sampled_from(["bf16", "fp8"])), st.integers(0, 10_000),
)  # fmt: skip
def test_a_tighter_constraint_never_admits_more(
    parts: list[Rows], spec: ResolvedSpec, budget: float, share: float, gpus: int, fewer: int,
    machines: set[str], precisions: set[str], context: int,
) -> None:  # fmt: skip
    loose = replace(spec, budget_usd_per_month=budget, max_gpus=gpus)
    admitted = feasible(plan_of(loose, parts))
    allowed = loose.allowed
    for tight in (
        replace(loose, budget_usd_per_month=budget * share),
        replace(loose, max_gpus=max(1, gpus - fewer)),
        replace(loose, allowed=replace(allowed, accelerators=frozenset(machines))),
        replace(loose, allowed=replace(allowed, precisions=frozenset(precisions))),
        replace(loose, allowed=replace(allowed, models=frozenset({"beta-70b"}))),
        replace(loose, allowed=replace(allowed, licenses=frozenset({"apache-2.0"}))),
        replace(loose, context_tokens=spec.context_tokens + context),
        replace(loose, confidence="safe"),
        replace(loose, spare_replicas=spec.spare_replicas + 1),
    ):
        assert feasible(plan_of(tight, parts)) <= admitted


@FAST
@given(evidence(), specs, st.floats(1.0, 20.0))
def test_a_higher_load_never_needs_fewer_replicas_nor_costs_less(
    parts: list[Rows], spec: ResolvedSpec, factor: float
) -> None:
    low, high = plan_of(spec, parts), plan_of(replace(spec, peak_rps=spec.peak_rps * factor), parts)
    assert (replicas(high) >= replicas(low)).all()
    cost = [np.nan_to_num(p.candidates.table["cost_usd_per_month"].to_numpy()) for p in (low, high)]
    assert (cost[1] >= cost[0]).all()
    least = [p.candidates.table["replicas_min"].to_numpy() for p in (low, high)]
    assert (least[1] >= least[0]).all()
    assert (replicas(high) >= least[1]).all()


@FAST
@given(evidence(), specs)
def test_safe_never_plans_fewer_replicas_than_likely(parts: list[Rows], spec: ResolvedSpec) -> None:
    likely, safe = (plan_of(replace(spec, confidence=name), parts) for name in ("likely", "safe"))
    both = safe.candidates.feasible
    assert feasible(safe) <= feasible(likely)
    assert (replicas(safe)[both] >= replicas(likely)[both]).all()


@FAST
@given(evidence(), specs)
def test_a_feasible_candidate_has_evidence_a_price_and_meets_every_slo_at_its_load(
    parts: list[Rows], spec: ResolvedSpec
) -> None:
    plan = plan_of(spec, parts)
    event(f"{len(plan.views['balanced'])} feasible")
    rates_of: dict[str, list[float]] = {}
    for part in parts:
        for row in part:
            name = f"{row['model']}/{row['precision']}/{row['accelerator']}/tp{row['tp']}"
            rates_of.setdefault(name, []).append(row["offered_rps"])
    for cell in plan.rows(list(plan.views["balanced"])):
        found: dict[str, Any] = dict(cell)
        assert found["id"] != ALPHA_X9
        assert 0 < found["capacity_rps"] <= max(rates_of[found["id"]])
        assert found["capacity_rps"] * (found["replicas_planned"] - spec.spare_replicas) >= spec.peak_rps * 0.999
        assert found["cost_usd_per_month"] > 0
        for metric, limit in spec.slo_ms.items():
            assert found[f"{metric}_p95_ms"] <= limit + 0.06


# What is written

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t\0\x1b\r\b :#-?,[]{}&*!|>'\"%@`~0123456789eE.+_onyt"),
    max_size=24,
)
WORDS = st.sampled_from(
    ["y", "Yes", "on", "OFF", "null", "~", "1e3", "0o17", "0x1f", "1:30", "2026-11-22", ".inf", "a: b", "a #b", "=", ""]
)
strings = WORDS | TEXT.filter(lambda text: not set(text) & set("\u2028\u2029\ufeff"))
numbers = st.integers(-(10**16), 10**17) | st.floats(-1e15, 1e15).map(lambda value: round(value, 6))
leaves = strings | numbers | st.booleans() | st.none()
trees = st.dictionaries(
    strings,
    st.recursive(
        leaves | st.lists(leaves, max_size=4),
        lambda inner: st.dictionaries(strings, inner, max_size=4) | st.lists(
            st.dictionaries(strings, inner, max_size=3) | leaves, max_size=3
        ),
        max_leaves=12,
    ),
    max_size=5,
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(trees.filter(bool))
def test_what_is_emitted_is_read_back_by_yaml_1_1_and_by_ours(tree: dict[str, Any]) -> None:
    text = emit(tree)
    assert yaml.safe_load(text) == tree
    assert plain(parse(Source("x.yaml", text))) == tree


@settings(deadline=None, max_examples=200)
@given(strings)
def test_an_emitted_string_stands_on_one_line(text: str) -> None:
    assert emit({"a": text}).count("\n") == 1


def with_texts(candidate: str, why: str, value: str, number: float) -> Lock:
    base = lock()
    choice = base.choice.model_copy(update={"candidate": candidate, "why": why})
    assumption = base.assumptions[0].model_copy(update={"value": value})
    cost = base.candidates[0].model_copy(update={"cost_usd_per_month": number})
    return base.model_copy(update={"choice": choice, "assumptions": (assumption,), "candidates": (cost,)})


@settings(deadline=None, max_examples=60)
@given(strings, strings, strings, st.floats(0, 1e12).map(lambda value: round(value, 4)))
def test_any_lock_is_read_back_as_it_was(candidate: str, why: str, value: str, number: float) -> None:
    found = with_texts(candidate, why, value, number)
    text = dump(found)
    assert read_lock(decode("plan.lock", text.encode())) == found
    assert dump(read_lock(Source("plan.lock", text))) == text


@given(st.decimals("0.001", "99999", places=3), st.sampled_from([("ms", 1.0), ("s", 1e3), ("min", 6e4)]))
def test_a_written_duration_is_the_number_in_its_unit(number: Any, unit: tuple[str, float]) -> None:
    assert duration_ms(f"{number}{unit[0]}") == float(number) * unit[1]
    assert duration_ms(f" {number} {unit[0]} ") == float(number) * unit[1]


@given(st.integers(1, 10**6), st.sampled_from([("s", 1), ("min", 60), ("hour", 3600), ("day", 86_400)]))
def test_a_rate_is_the_same_in_every_unit(number: int, unit: tuple[str, int]) -> None:
    assert abs(rate_per_s(f"{number * unit[1]} req/{unit[0]}") - number) <= 1e-9 * number
    assert rate_per_s(f"{number}k req/{unit[0]}") == rate_per_s(f"{number * 1000} req/{unit[0]}")


@given(st.integers(1, 10**6))
def test_a_budget_is_the_same_in_every_spelling(number: int) -> None:
    spellings = {usd_per_month(t) for t in (f"{number} USD/month", f"${number}/mo", f"$ {number} USD / month")}
    assert spellings == {float(number)}


@given(st.text(max_size=40))
def test_a_quantity_is_a_positive_number_or_a_value_error(text: str) -> None:
    for read in (duration_ms, rate_per_s, usd_per_month):
        try:
            assert read(text) > 0
        except ValueError:
            continue


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.lists(st.sampled_from("a: [{]}-?&*!|>#'\"\n\t ,%@`"), max_size=40).map("".join))
def test_any_text_is_a_document_or_an_input_error(text: str) -> None:
    try:
        parse(decode("x.yaml", text.encode("utf-8", "replace")))
    except InputError as error:
        shown = diagnostics_text(error.diagnostics)
        assert all(c.isprintable() for c in shown.replace("\n", ""))
