from collections.abc import Mapping

import pytest

from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.explain import Explanation, Leaf, Operand, explain
from neuralnav.policy.faults import Fault, Span
from neuralnav.policy.parse import parse
from neuralnav.policy.types import BOOL, DOUBLE, INT, STRING, Field, ListType, ObjectType, Scope, Type, Variable


def variable(name: str, fields: Mapping[str, Type], *, per_row: bool = False) -> Variable:
    return Variable(ObjectType(name, {field: Field(kind, "") for field, kind in fields.items()}), "", per_row=per_row)


SCOPE = Scope({
    "candidate": variable(
        "candidate", {"ttft_ms": DOUBLE, "usd": DOUBLE, "gpus": INT, "spot": BOOL, "quality": DOUBLE}, per_row=True
    ),
    "accelerator": variable("accelerator", {"name": STRING}, per_row=True),
    "slo": variable("slo", {"ttft_ms": DOUBLE}),
    "params": variable("params", {"names": ListType(STRING), "usd": DOUBLE}),
})  # fmt: skip
BINDINGS: Mapping[str, object] = {
    "candidate": {"ttft_ms": 171.0, "usd": 6570.0, "gpus": 4, "spot": False}, "accelerator": {"name": "H200"},
    "slo": {"ttft_ms": 150.0}, "params": {"names": ["H100", "L40S"], "usd": 5000.0},
}  # fmt: skip


def explained(text: str, **variables: str) -> Explanation:
    known: dict[str, Checked] = {}
    for name, of in variables.items():
        known[name] = check(of, parse(of), SCOPE, variables=known)
    return explain(check(text, parse(text), SCOPE, variables=known), BINDINGS)


def texts(found: Explanation) -> list[str]:
    return [leaf.text for leaf in found.leaves]


def test_every_condition_of_a_conjunction_that_fails_is_told_with_its_values() -> None:
    text = "candidate.usd < 5000.0 && candidate.ttft_ms <= slo.ttft_ms && accelerator.name in ['H200']"
    ours, slo = Operand("candidate.ttft_ms", 171.0), Operand("slo.ttft_ms", 150.0)
    usd = Operand("candidate.usd", 6570.0)
    leaves = (
        Leaf("candidate.usd < 5000.0", Span(0, 22), holds=False, operands=(usd,), excess=0.314),
        Leaf("candidate.ttft_ms <= slo.ttft_ms", Span(26, 58), holds=False, operands=(ours, slo), excess=0.14),
    )
    assert explained(text) == Explanation(holds=False, leaves=leaves)


def test_a_disjunction_fails_by_all_its_conditions_and_holds_by_some() -> None:
    assert texts(explained("candidate.spot || candidate.gpus == 1")) == ["candidate.spot", "candidate.gpus == 1"]
    found = explained("candidate.spot || candidate.gpus == 4 || candidate.quality > 0.5")
    assert (found.holds, texts(found)) == (True, ["candidate.gpus == 4"])


def test_what_is_absent_is_named() -> None:
    found = explained("candidate.gpus < 8 && candidate.quality >= 0.7")
    fault = Fault("no_such_field", Span(32, 39), "quality is absent", "guard it with has()")
    leaf = Leaf(
        "candidate.quality >= 0.7", Span(22, 46), None, operands=(Operand("candidate.quality", None, fault),),
        missing=("candidate.quality",), fault=fault,
    )  # fmt: skip
    assert found == Explanation(None, (leaf,))
    assert found.missing == ("candidate.quality",)


def test_a_guard_that_finds_nothing_names_the_field() -> None:
    found = explained("has(candidate.quality) && candidate.quality > 0.7")
    assert (found.holds, texts(found), found.missing) == (False, ["has(candidate.quality)"], ("candidate.quality",))


def test_a_condition_that_decides_hides_one_without_a_value() -> None:
    assert texts(explained("candidate.quality > 0.7 && candidate.spot")) == ["candidate.spot"]
    assert explained("candidate.quality > 0.7 && candidate.spot").missing == ()


@pytest.mark.parametrize(
    "text", ["!(candidate.spot || candidate.usd > 5000.0)", "!variables.dear", "!!variables.cheap"]
)
def test_a_negation_is_looked_into(text: str) -> None:
    found = explained(text, dear="candidate.spot || candidate.usd > 5000.0", cheap="!variables.dear")
    assert (found.holds, texts(found)) == (False, ["candidate.usd > 5000.0"])
    assert found.leaves[0].holds is True


def test_a_conditional_tells_its_condition_and_the_branch_taken() -> None:
    found = explained("candidate.spot ? candidate.gpus < 2 : candidate.usd < 5000.0")
    assert (found.holds, texts(found)) == (False, ["candidate.spot", "candidate.usd < 5000.0"])
    found = explained("candidate.quality > 0.5 ? candidate.gpus < 2 : candidate.usd < 5000.0")
    assert (found.holds, texts(found)) == (None, ["candidate.quality > 0.5"])


def test_a_variable_is_looked_into_and_named() -> None:
    found = explained("variables.ok && candidate.gpus < 8", fast="candidate.ttft_ms < 100.0", ok="variables.fast")
    assert [(leaf.text, leaf.variable, leaf.span) for leaf in found.leaves] == [
        ("candidate.ttft_ms < 100.0", "fast", Span(0, 25)),
    ]  # fmt: skip


def test_the_absent_fields_of_a_variable_that_is_a_number_are_named() -> None:
    found = explained("variables.double > 1.0", double="candidate.quality * 2.0")
    assert found.missing == ("candidate.quality",)


def test_a_leaf_that_many_variables_lead_to_is_told_once() -> None:
    names = {"v0": "candidate.usd < 5000.0"}
    names |= {f"v{at}": f"variables.v{at - 1} && variables.v{at - 1}" for at in range(1, 21)}
    assert texts(explained("variables.v20", **names)) == ["candidate.usd < 5000.0"]
    numbers = {"v0": "candidate.quality"}
    numbers |= {f"v{at}": f"variables.v{at - 1} + variables.v{at - 1}" for at in range(1, 21)}
    assert explained("variables.v20 > 1.0", **numbers).missing == ("candidate.quality",)


def test_arguments_are_told_but_what_is_written_out() -> None:
    found = explained("params.names.exists(name, accelerator.name.startsWith(name))")
    assert found.leaves[0].operands == (Operand("params.names", ["H100", "L40S"]),)
    assert explained("accelerator.name.startsWith('L')").leaves[0].operands == (Operand("accelerator.name", "H200"),)
    assert explained("math.isNaN(candidate.usd)").leaves[0].operands == (Operand("candidate.usd", 6570.0),)
    assert explained("candidate.gpus < int(math.abs(-2.0))").leaves[0].operands == (Operand("candidate.gpus", 4),)


@pytest.mark.parametrize(
    ("text", "excess"),
    [
        ("params.usd > candidate.usd", 0.314),
        ("candidate.gpus >= 8", -0.5),
        ("candidate.gpus > 0", None),
        ("candidate.usd < 1.0 / 0.0", None),
        ("candidate.usd > -100.0", 66.7),
        ("accelerator.name == 'H100'", None),
        ("candidate.spot == true", None),
        ("candidate.quality > 1.0", None),
    ],
)
def test_an_excess_is_over_the_limit_whichever_side_it_is_on(text: str, excess: float | None) -> None:
    assert explained(text).leaves[0].excess == (None if excess is None else pytest.approx(excess))
