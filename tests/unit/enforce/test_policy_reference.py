"""The reference page is what scope and signatures say, and every example on it is true, or at least sound."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuralnav.enforce.fleet import FLEET_SCOPE
from neuralnav.enforce.reference import MACROS, OPERATOR_ENTRIES, examples, reference_text
from neuralnav.enforce.scope import SCOPE
from neuralnav.enforce.subset import LEFT_OUT, TAKEN
from neuralnav.model.policy import MOST_POINTS
from neuralnav.policy import EvaluationError, ExpressionError, evaluate
from neuralnav.policy.check import check
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.signatures import FUNCTIONS, OPERATORS, VARIADIC
from neuralnav.policy.types import BOOL, ObjectType, Scope, Simple

PATH = Path(__file__).resolve().parents[3] / "docs" / "policy-reference.md"
EITHER = [*examples(), *dict.fromkeys(item.example for item in FUNCTIONS)]
VALUES: dict[str, object] = {"bool": True, "int": 4, "double": 100.0, "string": "qwen3-8b"}
REGENERATE = "run `uv run python -m tests.tools.write_policy_reference` and commit docs/policy-reference.md"


def fields(scope: Scope) -> Iterator[tuple[str, str]]:
    for name, variable in scope.variables.items():
        if isinstance(variable.type, ObjectType):
            for field, item in variable.type.fields.items():
                yield f"{name}.{field}", item.example


def bindings(scope: Scope) -> dict[str, object]:
    """Every simple field with some value of its type, for examples that read a candidate."""
    return {
        name: {f: VALUES[i.type.name] for f, i in variable.type.fields.items() if isinstance(i.type, Simple)}
        for name, variable in scope.variables.items()
        if isinstance(variable.type, ObjectType)
    }


def test_committed_page_is_what_scope_and_signatures_say() -> None:
    assert PATH.is_file(), REGENERATE
    assert PATH.read_text(encoding="utf-8") == reference_text(), REGENERATE


@pytest.mark.parametrize("example", EITHER)
def test_an_example_of_the_language_is_sound_and_says_yes_or_no(example: str) -> None:
    root = parse(example)
    assert check(example, root, SCOPE, expected=BOOL).type == BOOL
    assert isinstance(interpret(root, bindings(SCOPE)), bool)


@pytest.mark.parametrize("example", list(examples()))
def test_an_example_that_needs_no_candidate_is_true(example: str) -> None:
    assert evaluate(example) is True


@pytest.mark.parametrize("example", [entry.example for entry in LEFT_OUT])
def test_what_is_left_out_is_refused(example: str) -> None:
    with pytest.raises((ExpressionError, EvaluationError)) as caught:
        evaluate(example)
    if isinstance(caught.value, EvaluationError):
        assert caught.value.kind == "undeclared"
    with pytest.raises(ExpressionError):
        check(example, parse(example), SCOPE)


def test_every_function_is_listed_as_taken_from_cel_or_added_to_it() -> None:
    listed = set(re.findall(r"`([a-zA-Z.]+)`", " ".join(entry.about for entry in TAKEN)))
    assert {item.name for item in FUNCTIONS} | VARIADIC.keys() == {
        *(name for name in listed if any(name == item.name for item in FUNCTIONS) or name in VARIADIC),
        "ms", "usd", "gib",
    }  # fmt: skip


@pytest.mark.parametrize(("path", "example"), [*fields(SCOPE), *fields(FLEET_SCOPE)])
def test_an_example_of_a_field_is_sound_and_reads_it(path: str, example: str) -> None:
    scope = SCOPE if path.partition(".")[0] in SCOPE.variables else FLEET_SCOPE
    assert check(example, parse(example), scope, expected=BOOL).type == BOOL
    assert path in example


def test_everything_that_can_be_written_is_on_the_reference_text() -> None:
    text = reference_text()
    wanted = {path for path, _ in (*fields(SCOPE), *fields(FLEET_SCOPE))}
    wanted |= {f"{item.name}(" for item in FUNCTIONS} | {f"{name}(" for name in VARIADIC}
    assert [item for item in sorted(wanted) if item not in text] == []
    forms = " ".join(entry.form for entry in OPERATOR_ENTRIES)
    signs = {item.name for item in OPERATORS if item.name != "[]"} | {"==", "!=", "in", "?"}
    assert [sign for sign in sorted(signs) if sign not in forms] == []
    assert [name for name in ("has", "all", "exists", "exists_one", "map", "filter")
            if not any(f".{name}(" in entry.form or f"`{name}(" in entry.form for entry in MACROS)] == []  # fmt: skip
    assert f"from -{MOST_POINTS:g} to {MOST_POINTS:g}" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", reference_text(), re.MULTILINE)
    assert len(tables) > 15
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table
