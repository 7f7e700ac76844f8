"""Variables of a policy: checked after those that they read, circles and chains that are too deep refused."""

from collections.abc import Mapping

import pytest
from policy_scope import SCOPE, checked, drawn

from neuralnav.policy.check import check
from neuralnav.policy.faults import ExpressionError
from neuralnav.policy.parse import DEEPEST, parse
from neuralnav.policy.types import INT, type_text
from neuralnav.policy.variables import MOST_VARIABLES, VariablesError, check_all


def told(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the faults of each variable, drawn under its text."""
    with pytest.raises(VariablesError) as caught:
        check_all(variables, SCOPE)
    return {name: drawn(variables[name], faults) for name, faults in caught.value.faults.items()}


def test_each_comes_after_those_it_reads() -> None:
    found = check_all(
        {
            "big": "variables.all > variables.limit",
            "all": "plan.gpus * variables.two",
            "limit": "8",
            "two": "2",
            "unread": "'x'",
        },
        SCOPE,
    )

    assert list(found) == ["two", "all", "limit", "big", "unread"]
    assert [type_text(item.type) for item in found.values()] == ["int", "int", "int", "bool", "string"]
    assert list(found["big"].variables) == ["two", "all", "limit"]
    assert found["big"].variables["all"] is found["all"]
    assert not found["unread"].variables


def test_a_rule_holds_all_that_it_reaches() -> None:
    variables = check_all({"two": "2", "four": "variables.two * 2", "other": "1"}, SCOPE)
    text = "variables.four == 4"
    found = check(text, parse(text), SCOPE, variables=variables)

    assert list(found.variables) == ["two", "four"]
    assert (variables["two"].depth, variables["four"].depth, found.depth) == (1, 3, 5)


def test_a_rule_without_variables_holds_none() -> None:
    assert not checked("plan.gpus == 1").variables


def test_an_unknown_variable_is_told_with_the_nearest() -> None:
    assert told({"limit": "8", "big": "variables.limt > 1"}) == {
        "big": "variables.limt > 1\n          ^^^^ there is no variable limt; did you mean limit?"
    }


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"a": "!variables.a"},
            {"a": "!variables.a\n           ^ variables read each other in a circle: a -> a; leave one of them out"},
        ),
        (
            {"a": "variables.b > 1", "b": "variables.a ? 1 : 2"},
            {
                "a": "variables.b > 1\n"
                "          ^ variables read each other in a circle: a -> b -> a; leave one of them out"
            },
        ),
        (
            {"a": "variables.b", "b": "variables.c", "c": "2 * variables.b", "d": "variables.a"},
            {"b": "variables.c\n          ^ variables read each other in a circle: b -> c -> b; leave one of them out"},
        ),
    ],
)
def test_a_circle_is_told_where_it_is_entered(variables: dict[str, str], expected: dict[str, str]) -> None:
    assert told(variables) == expected


def test_two_circles_are_both_told() -> None:
    found = told({"a": "variables.b + variables.c", "b": "variables.a", "c": "variables.a"})

    assert found == {
        "a": "variables.b + variables.c\n"
        "          ^ variables read each other in a circle: a -> b -> a; leave one of them out\n"
        "                        ^ variables read each other in a circle: a -> c -> a; leave one of them out"
    }


def test_what_reads_a_wrong_one_is_judged_on_its_own() -> None:
    variables = {"fine": "variables.bad + 1", "bad": "nope", "worse": "variables.bad > 1 && 2", "none": "1 +"}

    with pytest.raises(VariablesError) as caught:
        check_all(variables, SCOPE)

    assert {name: [fault.message for fault in faults] for name, faults in caught.value.faults.items()} == {
        "bad": ['unknown name "nope"'],
        "worse": ["&& takes bool, here is int"],
        "none": ["expected a value, found the end"],
    }
    assert type_text(caught.value.checked["fine"].type) == "int"
    assert str(caught.value) == (
        'bad: unknown name "nope"; worse: && takes bool, here is int; none: expected a value, found the end'
    )


def test_a_rule_that_reads_a_wrong_variable_adds_no_problem() -> None:
    text = "variables.bad.x + 1 == 'a' || variables.nope"

    with pytest.raises(ExpressionError) as caught:
        check(text, parse(text), SCOPE, refused=["bad"])

    assert [fault.message for fault in caught.value.faults] == [
        "cannot compare int with string", "there is no variable nope",
    ]  # fmt: skip


def test_a_macro_variable_of_that_name_reads_no_variable() -> None:
    found = check_all({"a": "notes.all(variables, variables.text == '') || .variables.b", "b": "true"}, SCOPE)

    assert list(found) == ["b", "a"]


def test_a_chain_is_as_deep_as_its_text_in_place() -> None:
    chain = {f"v{place}": f"variables.v{place + 1}" for place in range(DEEPEST)} | {f"v{DEEPEST}": "1"}

    assert told(chain) == {
        "v0": "variables.v1\n"
        f"          ^^ with its variables in place the expression is nested more than {DEEPEST} levels deep; "
        "make the chain of variables shorter"
    }


def test_a_rule_may_not_be_deeper_than_its_text_in_place() -> None:
    chain = {f"v{place}": f"variables.v{place + 1}" for place in range(1, DEEPEST)} | {f"v{DEEPEST}": "1"}
    variables = check_all(chain, SCOPE)
    text = "variables.v1 == 1"

    assert variables["v1"].depth == DEEPEST
    with pytest.raises(ExpressionError) as caught:
        check(text, parse(text), SCOPE, variables=variables)
    assert [fault.kind for fault in caught.value.faults] == ["limit"]


def test_there_are_not_too_many() -> None:
    most = {f"v{place}": "1" for place in range(MOST_VARIABLES)}

    assert len(check_all(most, SCOPE)) == MOST_VARIABLES
    assert told({**most, "next": "1", "last": "1"}) == {
        "next": "1\n^ a policy has at most 256 variables; split the policy"
    }


def test_the_expected_type_of_a_rule_counts_its_variable() -> None:
    variables = check_all({"two": "2"}, SCOPE)

    assert check("variables.two", parse("variables.two"), SCOPE, variables=variables, expected=INT).type == INT
