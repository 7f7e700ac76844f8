"""The search for the smallest set of inputs behind a change, over made-up decisions."""

from collections.abc import Callable, Mapping

from neuralnav.diff.search import TRIES, Part, Swap, attribute
from neuralnav.diff.sides import Outcome
from neuralnav.model.diff import CauseKind, FieldEdit
from neuralnav.model.report import ReportedWhere

Parts = Mapping[CauseKind, tuple[Part, ...]]
Names = frozenset[tuple[CauseKind, str]]

BASE, HEAD = Outcome("base"), Outcome("head")


def parts(kind: CauseKind, *names: str) -> tuple[Part, ...]:
    where = ReportedWhere(file="x", line=1, column=1)
    return tuple(
        Part(name, f"{kind} {name} edited", (FieldEdit(field=name, before="1", after="2", where=where),))
        for name in names
    )


class Deciding:
    """Decides by the names of the parts that are taken, and counts how often it is asked."""

    def __init__(self, every: Parts, rule: Callable[[Names], Outcome]) -> None:
        self.every, self.rule = every, rule
        self.asked: list[Swap] = []

    def __call__(self, swap: Swap) -> Outcome:
        self.asked.append(swap)
        whole: Names = frozenset((kind, part.name) for kind in swap.whole for part in self.every[kind])
        return self.rule(whole | swap.parts)


def needs(*names: tuple[CauseKind, str]) -> Callable[[Names], Outcome]:
    return lambda taken: HEAD if set(names) <= taken else BASE


ALL: Parts = {
    "workload": parts("workload", "slo.ttft", "slo.itl", "traffic.users"),
    "policies": parts("policies", "guardrails"),
    "prices": parts("prices", "h100", "l4"),
}


def test_one_field_of_one_input_is_named() -> None:
    found = attribute(ALL, Deciding(ALL, needs(("workload", "slo.itl"))), before=BASE, after=HEAD)
    assert [(cause.kind, cause.said) for cause in found.causes] == [("workload", "workload slo.itl edited")]
    assert [edit.field for edit in found.causes[0].edits] == ["slo.itl"]
    assert found.notes == ()


def test_what_flips_only_together_is_named_together() -> None:
    rule = needs(("workload", "slo.ttft"), ("workload", "traffic.users"), ("prices", "l4"))
    found = attribute(ALL, Deciding(ALL, rule), before=BASE, after=HEAD)
    assert [cause.said for cause in found.causes] == [
        "workload slo.ttft edited and workload traffic.users edited",
        "prices l4 edited",
    ]


def test_of_two_that_suffice_alone_the_first_in_the_order_of_the_kinds_is_named() -> None:
    def either(taken: Names) -> Outcome:
        return HEAD if {("prices", "h100"), ("policies", "guardrails")} & taken else BASE

    found = attribute(dict(reversed(list(ALL.items()))), Deciding(ALL, either), before=BASE, after=HEAD)
    assert [cause.kind for cause in found.causes] == ["policies"]


def test_a_set_that_gives_another_outcome_than_the_heads_is_no_cause() -> None:
    def rule(taken: Names) -> Outcome:
        prices = ("prices", "h100") in taken
        if ("policies", "guardrails") in taken:
            return HEAD if prices else Outcome("another")
        return BASE

    found = attribute(ALL, Deciding(ALL, rule), before=BASE, after=HEAD)
    assert [cause.kind for cause in found.causes] == ["policies", "prices"]


def test_nothing_is_asked_where_nothing_differs() -> None:
    decide = Deciding(ALL, needs())
    assert attribute(ALL, decide, before=BASE, after=BASE).causes == ()
    assert decide.asked == []


def test_numbers_have_causes_where_the_decision_stands_and_need_every_input_behind_them() -> None:
    def rule(taken: Names) -> Outcome:
        moved = sorted(taken & {("prices", "h100"), ("workload", "slo.itl")})
        return Outcome("same", numbers=tuple(moved), files=len(taken))

    decide = Deciding(ALL, rule)
    every = Swap(whole=frozenset(ALL))
    found = attribute(ALL, decide, before=decide(Swap()), after=decide(every))
    assert [cause.said for cause in found.causes] == ["workload slo.itl edited", "prices h100 edited"]


def test_one_input_with_one_edit_needs_no_decision() -> None:
    only: Parts = {"policies": ALL["policies"]}
    decide = Deciding(only, needs(("policies", "guardrails")))
    assert [cause.said for cause in attribute(only, decide, before=BASE, after=HEAD).causes] == [
        "policies guardrails edited"
    ]
    assert decide.asked == []


def test_no_mixture_is_decided_twice() -> None:
    decide = Deciding(ALL, needs(("workload", "slo.itl"), ("prices", "l4")))
    attribute(ALL, decide, before=BASE, after=HEAD)
    assert len(decide.asked) == len(set(decide.asked))


def test_three_among_many_are_found_by_halving() -> None:
    names = [f"field{i:02}" for i in range(40)]
    many: Parts = {"workload": parts("workload", *names)}
    true = (("workload", "field03"), ("workload", "field20"), ("workload", "field39"))
    decide = Deciding(many, needs(*true))  # type: ignore[arg-type]  # the kinds are kinds
    found = attribute(many, decide, before=BASE, after=HEAD)
    assert [edit.field for edit in found.causes[0].edits] == [name for _, name in true]
    assert TRIES < len(decide.asked) <= 2 * TRIES


def test_what_cannot_be_told_apart_is_named_whole_and_said() -> None:
    names = [f"field{i:02}" for i in range(80)]
    many: Parts = {"workload": parts("workload", *names), "prices": parts("prices", "h100")}
    every = needs(*(("workload", name) for name in names))
    found = attribute(many, Deciding(many, every), before=BASE, after=HEAD)
    assert [(cause.said, cause.edits) for cause in found.causes] == [("workload: 80 edits", ())]
    assert found.notes == ("the 80 edits of the workload could not be told apart in 128 tries",)


def test_a_cost_that_the_cause_of_the_decision_does_not_explain_has_its_own() -> None:
    """An SLO moves the workload at the same cost, and a price of the same pull request makes that dearer."""

    def rule(taken: Names) -> Outcome:
        dearer = 1.0 if ("prices", "l4") in taken else 0.0
        return Outcome("head" if ("workload", "slo.ttft") in taken else "base", cost=10.0 + dearer)

    found = attribute(ALL, Deciding(ALL, rule), before=Outcome("base", cost=10.0), after=Outcome("head", cost=11.0))
    assert [cause.said for cause in found.causes] == ["workload slo.ttft edited"]
    assert found.notes == ("its cost changes because of prices l4 edited too",)


def test_a_cost_that_the_cause_of_the_decision_explains_has_no_other() -> None:
    def rule(taken: Names) -> Outcome:
        return Outcome("head", cost=11.0) if ("workload", "slo.ttft") in taken else Outcome("base", cost=10.0)

    deciding = Deciding(ALL, rule)
    found = attribute(ALL, deciding, before=Outcome("base", cost=10.0), after=Outcome("head", cost=11.0))
    assert found.notes == ()
    assert len(deciding.asked) == 2


def test_parts_of_one_input_are_told_apart_for_decision_and_cost() -> None:
    def rule(taken: Names) -> Outcome:
        count = sum(kind == "workload" for kind, _ in taken)
        return Outcome("head" if ("workload", "slo.ttft") in taken else "base", cost=10.0 + (count == 3))

    every: Parts = {"workload": ALL["workload"]}
    found = attribute(every, Deciding(every, rule), before=Outcome("base", cost=10.0), after=Outcome("head", cost=11.0))
    assert [cause.said for cause in found.causes] == ["workload slo.ttft edited"]
    assert found.notes == ("its cost changes because of workload slo.itl edited and workload traffic.users edited too",)
