"""What an expression reads, what of it is guarded, and which texts it compares fields with."""

import pytest
from policy_builders import checked

from neuralnav.enforce.reads import compared, reads
from neuralnav.policy.checked import Checked


def condition(expression: str, variables: str = "") -> Checked:
    spec = f"variables: {{{variables}}}\n" if variables else ""
    spec += (
        f"params: {{names: {{type: list<string>, default: [H100, H-200]}}}}\nrules: [{{id: r, deny: {expression!r}}}]"
    )
    found = checked(spec).rules[0].condition
    assert found is not None
    return found


def unguarded(expression: str, variables: str = "") -> list[str]:
    return [item.path for item in reads(condition(expression, variables)) if not item.guarded and not item.test]


def texts(expression: str, variables: str = "") -> list[tuple[str, str]]:
    found = condition(expression, variables)
    return [(item.path, item.value) for item in compared(found, {"names": ("H100", "H-200")})]


def test_every_reading_is_told_where_it_stands() -> None:
    found = list(reads(condition("candidate.gpus > 4 && model.license == workload.name")))
    assert [(item.path, item.span.start, item.span.end) for item in found] == [
        ("candidate.gpus", 10, 14), ("model.license", 28, 35), ("workload.name", 48, 52),
    ]  # fmt: skip


def test_the_name_of_a_macro_is_no_variable() -> None:
    assert unguarded("workload.regions.exists(model, model == 'eu') && model.id == 'x'") == [
        "workload.regions", "model.id",
    ]  # fmt: skip


@pytest.mark.parametrize("expression", [
    "has(candidate.quality) && candidate.quality > 1.0",
    "candidate.quality > 1.0 && has(candidate.quality)",
    "!has(candidate.quality) || candidate.quality > 1.0",
    "has(candidate.quality) ? candidate.quality > 1.0 : false",
    "!has(candidate.quality) ? false : candidate.quality > 1.0",
    "!(!has(candidate.quality) || candidate.quality > 1.0)",
    "has(candidate.gpus) && has(candidate.quality) && candidate.quality > 1.0 && candidate.gpus > 1",
    "(has(candidate.quality) || false) && has(candidate.quality) && candidate.quality > 1.0",
    "[1].filter(x, has(candidate.quality)).all(x, has(candidate.quality) && candidate.quality > 1.0)",
    "[1].map(x, has(candidate.quality), candidate.quality) == [1.0]",
])  # fmt: skip
def test_has_guards_a_field(expression: str) -> None:
    assert unguarded(expression) == []


@pytest.mark.parametrize("expression", [
    "candidate.quality > 1.0",
    "has(candidate.quality) || candidate.quality > 1.0",
    "has(candidate.gpus) && candidate.quality > 1.0",
    "(has(candidate.quality) || has(candidate.gpus)) && candidate.quality > 1.0",
    "!has(candidate.quality) && candidate.quality > 1.0",
    "has(candidate.quality) ? true : candidate.quality > 1.0",
])  # fmt: skip
def test_has_elsewhere_guards_nothing(expression: str) -> None:
    assert "candidate.quality" in unguarded(expression)


def test_a_variable_guards_and_is_guarded_like_its_expression() -> None:
    known, good = "known: has(candidate.quality)", "good: candidate.quality > 1.0"
    assert unguarded("variables.known && candidate.quality > 1.0", known) == ["variables.known"]
    assert unguarded("variables.known && variables.good", f"{known}, {good}") == ["variables.known", "variables.good"]
    assert "candidate.quality" in unguarded("variables.good", good)


def test_texts_are_found_in_literals_variables_parameters_and_branches() -> None:
    assert texts("accelerator.name == 'H-100'") == [("accelerator.name", "H-100")]
    assert texts("'H-100' != accelerator.name") == [("accelerator.name", "H-100")]
    assert texts("accelerator.name in ['A', 'B']") == [("accelerator.name", "A"), ("accelerator.name", "B")]
    assert texts("accelerator.name in params.names") == [("accelerator.name", "H100"), ("accelerator.name", "H-200")]
    assert texts("accelerator.name in variables.v", "v: \"model.vision ? ['A'] : params.names\"") == [
        ("accelerator.name", "A"), ("accelerator.name", "H100"), ("accelerator.name", "H-200"),
    ]  # fmt: skip
    assert texts("candidate.gpus > 4 && model.id.startsWith('x')") == []
