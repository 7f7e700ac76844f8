"""Laws of policies, for any rules and any evidence: tighter never admits more, order means nothing, no-ops no mark."""

from collections.abc import Mapping, Sequence
from typing import Any

import unit_builders  # noqa: F401  # lets the next lines find the builders
from builders import OUTPUT, PROMPT, SPEC, catalog, compiled, layout, table, workload
from builders import evidence as usual
from governed import Entry, governance, policy, under
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from test_laws import evidence, feasible, specs

from neuralnav.candidates import weigh
from neuralnav.enforce.judge import govern
from neuralnav.evidence import select
from neuralnav.model.lock import dump
from neuralnav.model.plan import VIEWS, RankedPlan
from neuralnav.model.spec import ResolvedSpec
from neuralnav.rank import rank, score

FAST = settings(deadline=None, max_examples=60)
Rows = list[dict[str, Any]]

NUMBERS: Mapping[str, tuple[float, float]] = {
    "candidate.cost_monthly_usd": (5_000.0, 60_000.0), "candidate.ttft_p95_ms": (90.0, 140.0),
    "candidate.itl_high_ms": (24.0, 32.0), "candidate.quality": (45.0, 55.0), "candidate.kv_cache_use": (0.02, 0.06),
    "accelerator.memory_gib": (10.0, 100.0), "model.parameters_b": (1.0, 80.0), "accelerator.power_w": (1.0, 9.0),
}  # fmt: skip
"""Fields of numbers with where their limits may lie; some have no value for some candidates, one for none."""

NAMED = ("accelerator.name == 'L4'", "candidate.precision == 'fp8'", "has(candidate.quality)", "candidate.tp > 1")
ENFORCED = ("deny", "warn", "audit")
UNKNOWN = ("deny", "warn", "skip")


parts_of = st.one_of(st.builds(usual), st.builds(usual), evidence())
specs_of = st.one_of(st.just(SPEC), st.just(SPEC), specs)
"""Most of these plans have four feasible candidates; what is drawn at will often has none."""


def number(value: float) -> str:
    return repr(round(value, 2))


@st.composite
def pairs(draw: st.DrawFn, name: str) -> tuple[Entry, Entry]:
    """A rule, and one that is at least as tight: a lower limit, another condition, or a harder word for unknown."""
    field = draw(st.sampled_from(sorted(NUMBERS)))
    low, high = sorted(draw(st.tuples(*[st.floats(*NUMBERS[field])] * 2)))
    other = draw(st.sampled_from(NAMED))
    loose, tight = sorted(draw(st.tuples(*[st.sampled_from(UNKNOWN)] * 2)), key=UNKNOWN.index, reverse=True)
    require = f"{field} <= {number(high)}", f"{field} <= {number(low)}"
    deny = f"{field} > {number(high)}", f"{field} > {number(low)}"
    most = draw(st.tuples(*[st.integers(1, 40)] * 2).map(sorted))
    view = draw(st.sampled_from(VIEWS))
    found: Sequence[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"require": require[0]}, {"require": require[1]}),
        ({"require": require[0]}, {"require": f"{require[0]} && {other}"}),
        ({"require": f"{require[0]} || {other}"}, {"require": require[0]}),
        ({"deny": deny[0]}, {"deny": deny[1]}),
        ({"deny": deny[0]}, {"deny": f"{deny[0]} || {other}"}),
        ({"deny": f"{deny[0]} && {other}"}, {"deny": deny[0]}),
        ({"limit": {"gpus": most[1]}}, {"limit": {"gpus": most[0], "costMonthlyUsd": low * 100}}),
        ({"limit": {"top": most[1], "by": view}}, {"limit": {"top": most[0], "by": view}}),
    ]
    one, two = draw(st.sampled_from(found))
    return {"id": name, **one, "onUnknown": loose}, {"id": name, **two, "onUnknown": tight}


@st.composite
def rules(draw: st.DrawFn, least: int = 1) -> list[Entry]:
    """Rules of every kind that may act."""
    count = draw(st.integers(least, 2 * least + 1))
    found: list[Entry] = [draw(pairs(f"r{index}"))[draw(st.integers(0, 1))] for index in range(count)]
    if draw(st.booleans()):
        found.append({"id": "liked", "prefer": draw(st.sampled_from(NAMED)), "points": draw(st.integers(-20, 20))})
    return found


def plan_of(spec: ResolvedSpec, parts: list[Rows], *policies: Entry, **binding: Any) -> RankedPlan:
    candidates = weigh(spec, catalog(), layout(), select([table(*parts)], PROMPT, OUTPUT))
    governed = govern(governance(*policies, **binding), catalog(), workload().document, spec)
    return rank(governed.spec, candidates, governed.judge(candidates, score(governed.spec, candidates)))


@given(parts_of, specs_of, rules(least=0), pairs("law"))
@FAST
def test_a_tighter_rule_never_admits_more(
    parts: list[Rows], spec: ResolvedSpec, others: list[Entry], pair: tuple[Entry, Entry]
) -> None:
    loose, tight = pair
    before = plan_of(spec, parts, policy(*others, loose))
    after = plan_of(spec, parts, policy(*others, tight))
    event(f"refuses more: {feasible(after) < feasible(before)}")
    assert feasible(after) <= feasible(before)
    if others:
        assert feasible(after) <= feasible(plan_of(spec, parts, policy(*others)))


@given(parts_of, specs_of, rules())
@FAST
def test_a_harder_binding_never_admits_more(parts: list[Rows], spec: ResolvedSpec, found: list[Entry]) -> None:
    admitted = [feasible(plan_of(spec, parts, policy(*found), enforcement=name)) for name in ENFORCED]
    assert admitted[0] <= admitted[1] == admitted[2]


@given(parts_of, specs_of, rules(), st.randoms(use_true_random=False))
@FAST
def test_the_order_of_rules_changes_no_verdict(
    parts: list[Rows], spec: ResolvedSpec, found: list[Entry], order: Any
) -> None:
    shuffled = order.sample(found, len(found))
    one, other = (plan_of(spec, parts, policy(*each)) for each in (found, shuffled))
    assert one.judged is not None
    assert other.judged is not None
    assert [(item.reason, item.codes.tolist()) for item in one.judged.rules] == [
        (item.reason, item.codes.tolist()) for item in other.judged.rules
    ]
    assert one.views == other.views
    assert one.refused == other.refused


@given(parts_of, specs_of, rules())
@FAST
def test_policies_leave_the_workloads_own_refusals_and_count_all_that_each_rule_refuses(
    parts: list[Rows], spec: ResolvedSpec, found: list[Entry]
) -> None:
    bare, plan = plan_of(spec, parts), plan_of(spec, parts, policy(*found))
    own = [item for item in plan.refused if not item.reason.startswith("policy.")]
    assert own == list(bare.refused)
    assert plan.refused_by_policy == len(feasible(bare)) - len(feasible(plan))
    assert plan.judged is not None
    for rule in plan.judged.rules:
        counted = sum(item.count for item in plan.refused if item.reason == rule.reason)
        assert counted == int((rule.is_("deny") & bare.candidates.feasible).sum())


@given(rules())
@FAST
def test_rules_that_refuse_and_prefer_nothing_here_change_only_their_line(found: list[Entry]) -> None:
    gone = policy(*found, match={"workloads": ["other"]})
    one, other = compiled(where=under(gone)).lock, compiled().lock
    assert one.inputs.policies != other.inputs.policies
    inputs = other.inputs.model_copy(update={"policies": one.inputs.policies})
    assert dump(one) == dump(other.model_copy(update={"inputs": inputs}))


@given(parts_of, specs_of, rules())
@FAST
def test_scores_of_a_candidate_are_its_own(parts: list[Rows], spec: ResolvedSpec, found: list[Entry]) -> None:
    """Points of a preference depend on no other candidate: taking evidence away moves no score of the rest."""
    assume(len(parts) > 2)
    plan, fewer = plan_of(spec, parts, policy(*found)), plan_of(spec, parts[1:], policy(*found))
    gone = parts[0][0]
    own = f"{gone['model']}/{gone['precision']}/{gone['accelerator']}"
    for row, name in enumerate(plan.candidates.table["id"].to_pylist()):
        if not name.startswith(own):
            assert plan.scores["balanced"][row] == fewer.scores["balanced"][row], name
