"""What an expression is worth for one object: names, absence, absorption, macros, variables, and the limits."""

import math
from collections.abc import Mapping

import pytest

from neuralnav.policy import EvaluationError, ExpressionError, evaluate
from neuralnav.policy.checked import Checked
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.parse import DEEPEST, parse
from neuralnav.policy.tree import UInt
from neuralnav.policy.types import DYN, Scope
from neuralnav.policy.values import MOST_STEPS

ERROR = "1 / 0 == 1"


def failed(text: str, bindings: Mapping[str, object] | None = None) -> tuple[str, str, str]:
    """Return the kind, the message, and the part of the text that an evaluation fails at."""
    with pytest.raises(EvaluationError) as caught:
        evaluate(text, bindings or {})
    fault = caught.value.fault
    return fault.kind, fault.message, text[fault.span.start : fault.span.end]


def unchecked(text: str) -> Checked:
    return Checked(text, parse(text), DYN, {}, Scope({}))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"{ERROR} && false", False), (f"false && {ERROR}", False), (f"{ERROR} || true", True),
        (f"true || {ERROR}", True), ("false && 32", False), ("32 && false", False), ("true || 'a'", True),
        ("'a' || true", True), ("nothing || true", True), ("nothing() && false", False),
        (f"({ERROR} && true) || true", True), (f"!({ERROR} || true)", False),
        (f"true ? 1 : {ERROR}", 1), (f"false ? {ERROR} : 2", 2),
        ("[0, 1].exists(x, 4 / x == 4)", True), ("[0, 2].all(x, 4 / x == 4)", False),
        ("[1, 'a'].exists(x, x)", None), ("[true, 1].exists(x, x)", True), ("[false, 1].all(x, x)", False),
    ],
)  # fmt: skip
def test_an_error_counts_only_where_nothing_else_decides(text: str, wanted: object) -> None:
    if wanted is None:
        assert failed(text)[0] == "no_such_overload"
    else:
        assert evaluate(text) is wanted or evaluate(text) == wanted


@pytest.mark.parametrize(
    ("text", "kind", "message", "place"),
    [
        (f"{ERROR} && true", "division_by_zero", "1 / 0", "/"),
        (f"true && {ERROR}", "division_by_zero", "1 / 0", "/"),
        (f"{ERROR} || false", "division_by_zero", "1 / 0", "/"),
        (f"{ERROR} && [1][2] == 1", "division_by_zero", "1 / 0", "/"),
        ("1 && true", "no_such_overload", "needs a bool; this is int", "1"),
        ("false || 'a'", "no_such_overload", "needs a bool; this is string", "'a'"),
        ("1 ? 2 : 3", "no_such_overload", "needs a bool; this is int", "1"),
        (f"{ERROR} ? 2 : 3", "division_by_zero", "1 / 0", "/"),
        ("[1, 0].all(x, 1 / x == 1)", "division_by_zero", "1 / 0", "/"),
        ("[2, 0].exists(x, 1 / x == 1)", "division_by_zero", "1 / 0", "/"),
        ("[1, 0].exists_one(x, 1 / x == 1)", "division_by_zero", "1 / 0", "/"),
        ("[1, 0].filter(x, 1 / x == 1)", "division_by_zero", "1 / 0", "/"),
        ("[0].map(x, 1 / x)", "division_by_zero", "1 / 0", "/"),
        ("[1].filter(x, x)", "no_such_overload", "needs a bool; this is int", "x"),
        ("[1].map(x, x, x)", "no_such_overload", "needs a bool; this is int", "x"),
        ("1.all(x, true)", "no_such_overload", "all() goes over a list or a map; this is int", "1"),
        ("'ab'.map(x, x)", "no_such_overload", "map() goes over a list or a map; this is string", "'ab'"),
        ("nothing", "undeclared", "nothing is called nothing", "nothing"),
        ("nothing()", "undeclared", "there is no function nothing()", "nothing"),
        ("[1].nothing(1 / 0)", "undeclared", "there is no function nothing()", "nothing"),
        ("math.nothing(1)", "undeclared", "there is no function nothing()", "nothing"),
        ("dyn", "undeclared", "nothing is called dyn", "dyn"),
        ("{'a': 1}.b", "no_such_field", "b is absent", "b"),
        ("{'a': 1}['b']", "no_such_key", "the map has no key 'b'", "{'a': 1}['b']"),
        ("{'a': {}}.a.b.c", "no_such_field", "b is absent", "b"),
        ("dyn(1).a", "no_such_overload", "int has no fields; .a needs a map", "a"),
        ("has(dyn(1).a)", "no_such_overload", "int has no fields; .a needs a map", "a"),
        ("has({}.a.b)", "no_such_field", "a is absent", "a"),
        ("{'a': 1, 'b': 2, 'a': 3}", "invalid_argument", "the key 'a' stands twice in one map", "'a'"),
        ("{1: 1, 1u: 2}", "invalid_argument", "the key 1 stands twice in one map", "1u"),
        ("{1.0: 1}", "no_such_overload", "the key of a map is bool, int, uint or string; this is double", "{1.0: 1}"),
        ("{'a': 1 / 0}", "division_by_zero", "1 / 0", "/"),
    ],
)
def test_an_error_tells_its_kind_and_its_place(text: str, kind: str, message: str, place: str) -> None:
    assert failed(text) == (kind, message, place)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[1, 2, 3].all(x, x > 0)", True), ("[].all(x, false)", True), ("[].exists(x, true)", False),
        ("[1, 2, 3].exists_one(x, x > 2)", True), ("[1, 2, 3].exists_one(x, x > 1)", False),
        ("[1, 2, 3].filter(x, x % 2 == 1)", [1, 3]), ("[1, 2, 3].map(x, x * x)", [1, 4, 9]),
        ("[1, 2, 3].map(x, x > 1, x * x)", [4, 9]), ("{'b': 1, 'a': 2}.map(k, k)", ["b", "a"]),
        ("{true: 1, 2: 3}.map(k, type(k) == bool)", [True, False]), ("{'a': 1}.exists(k, k == 'a')", True),
        ("[1, 2].map(x, [3, 4].map(y, x * y))", [[3, 4], [6, 8]]),
        ("[[1, 2], [3]].map(x, x.map(x, x + 1))", [[2, 3], [4]]),
        ("[1].map(x, [2].map(x, x)[0] + x)", [3]), ("[1].map(int, int)", [1]),
        ("[{'n': 1}, {}].map(x, has(x.n), x.n)", [1]), ("[{'n': 1}, {}].exists(x, x.n == 1)", True),
    ],
)  # fmt: skip
def test_macros_go_over_items_and_keys(text: str, wanted: object) -> None:
    assert evaluate(text) == wanted


def test_a_macros_variable_hides_a_binding_and_ends_with_the_macro() -> None:
    bindings = {"x": 10, "x.y": 20, "y": 30}
    assert evaluate("[1].map(x, x + y)[0] + x", bindings) == 41
    assert evaluate("[1].map(x, .x)", bindings) == [10]
    assert evaluate("[{'y': 1}].map(x, x.y)", bindings) == [1]
    assert evaluate("[1].map(x, .x.y)", bindings) == [20]
    assert evaluate("[1].exists(y, [0].exists(y, y == 0))", bindings) is True


def test_a_name_with_dots_wins_over_a_field() -> None:
    assert evaluate("x.y", {"x": {"y": 1}, "x.y": 2}) == 2
    assert evaluate("x.y.z", {"x": {"y": {"z": 1}}, "x.y": {"z": 2}}) == 2
    assert evaluate("x.y.z", {"x": {"y": {"z": 1}}, "x.y.z": 3, "x.y": 2}) == 3
    assert evaluate("x.z", {"x": {"z": 1}, "x.y": 2}) == 1
    assert evaluate("(x).y", {"x": {"y": 1}, "x.y": 2}) in (1, 2)
    assert evaluate("has(x.y)", {"x": {}, "x.y": 2}) is False


def test_types_are_values_and_names_that_a_binding_may_take() -> None:
    assert evaluate("type(1) == int && type(1u) == uint && type('a') == string && type(b'') == bytes") is True
    assert evaluate("type(null) == null_type && type([]) == list && type({}) == map && type(1.5) == double") is True
    assert evaluate("type(true) == bool && type(int) == type && type(type) == type") is True
    assert evaluate("type(1) == type(1u)") is False
    assert evaluate("[type(1), type(type(1))]") == ["int", "type"]
    assert evaluate("int", {"int": 7}) == 7
    assert evaluate("int('7') + int", {"int": 7}) == 14


def test_null_is_a_value_and_absence_is_none() -> None:
    candidate = {"candidate": {"region": None}}
    assert evaluate("has(candidate.region) && candidate.region == null", candidate) is True
    assert evaluate("has(candidate.zone)", candidate) is False
    assert evaluate("candidate.zone == null || !has(candidate.zone)", candidate) is True
    assert failed("candidate.zone == null", candidate) == ("no_such_field", "zone is absent", "zone")
    with pytest.raises(EvaluationError) as caught:
        evaluate("candidate.zone", candidate)
    assert caught.value.fault.hint == "guard it with has()"


def test_uints_and_large_ints_are_bound() -> None:
    assert evaluate("x + 1u", {"x": UInt(1)}) == 2
    assert evaluate("type(x) == uint", {"x": 2**64 - 1}) is True
    assert failed("true", {"x": 2**64}) == ("overflow", "the binding of x: an integer of more than 64 bits", "true")


def test_what_is_no_expression_is_an_expression_error() -> None:
    with pytest.raises(ExpressionError):
        evaluate("1 +")


def test_a_name_that_is_bound_to_a_tuple_or_another_mapping_is_a_list_or_a_map() -> None:
    assert evaluate("x[1] + size(x)", {"x": (1, 2)}) == 4
    assert interpret(parse("[x, [1, 2]] == [[1, 2], x]"), {"x": (1, 2)}) is True


# Variables of a policy.


def test_a_variable_is_evaluated_when_it_is_read_and_once() -> None:
    read: list[str] = []

    class Told(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            read.append(name)
            return super().__getitem__(name)

    variables = {"cheap": unchecked("cost.usd < 10.0"), "never": unchecked("1 / 0 == 1")}
    bindings = variables_of(variables, {"cost": Told(usd=5.0)})
    assert read == []
    assert interpret(parse("variables.cheap && variables.cheap"), bindings) is True
    assert read == ["usd"]


def test_a_variable_may_read_another_and_only_its_readers_meet_its_error() -> None:
    variables = {"c": unchecked("variables.b + 1"), "b": unchecked("x.a * 2"), "bad": unchecked("1 / 0")}
    bindings = variables_of(variables, {"x": {"a": 3}})
    assert interpret(parse("variables.c"), bindings) == 7
    assert interpret(parse("variables.bad == 1 || variables.c == 7"), bindings) is True
    assert interpret(parse("has(variables.bad)"), bindings) is True
    text = "variables.c + variables.bad"
    for _ in range(2):
        with pytest.raises(EvaluationError) as caught:
            interpret(parse(text), bindings)
        fault = caught.value.fault
        assert (fault.kind, fault.message, text[fault.span.start : fault.span.end]) == (
            "division_by_zero", "1 / 0", "variables.bad",
        )  # fmt: skip


def test_a_variable_that_nobody_wrote_is_absent() -> None:
    with pytest.raises(EvaluationError, match=r"^nope is absent$"):
        interpret(parse("variables.nope"), variables_of({}, {}))


# Limits: no expression runs for ever or fills the memory.


def doubling(times: int, body: str) -> str:
    return "[1]" + f".map(x, {body})" * times


@pytest.mark.parametrize(
    "text",
    [
        "r.all(a, r.all(b, r.all(c, a + b + c >= 0)))",
        "r.map(a, r.map(b, r.map(c, 0)))",
        "r.exists_one(a, r.filter(b, r.all(c, true)) != r)",
        "r.map(a, r.map(b, t + t))",
        "r.map(a, r.map(b, t.split('')))",
        "r.all(a, r.all(b, t.contains('b') || !t.contains('c')))",
        "r.all(a, r.all(b, r == r))",
        "r.all(a, r.all(b, '%s'.format([r]) != ''))",
        "r.all(a, r.all(b, !t.matches('(a*)*b')))",
        "r.map(a, r.map(b, r + r))",
        "r.all(a, r.all(b, math.greatest(r) > 0))",
    ],
)
def test_a_loop_in_a_loop_ends(text: str) -> None:
    bindings = {"r": list(range(1_000)), "t": "a" * 10_000}
    kind, message, _ = failed(text, bindings)
    assert (kind, message) == ("limit", f"takes more than {MOST_STEPS:,} steps")


def test_a_value_that_shares_its_parts_is_neither_written_out_nor_compared_for_ever() -> None:
    shared = doubling(40, "[x, x]")
    assert failed(shared)[:2] == ("limit", f"the result takes more than {MOST_STEPS:,} steps")
    assert failed(f"{shared} == {shared}")[0] == "limit"
    assert failed(f"'%s'.format([{shared}])")[0] == "limit"
    assert evaluate(f"size({shared})") == 1


def test_a_value_nested_by_macros_does_not_exhaust_the_stack() -> None:
    nest = "[" * 22 + "x" + "]" * 22
    deep = doubling(20, nest)
    for text in (deep, f"{deep} == {deep}", f"'%s'.format([{deep}]) == ''"):
        assert failed(text)[0] == "limit"


def test_the_deepest_expression_that_parses_is_evaluated() -> None:
    levels = DEEPEST - 1
    assert evaluate("(" * levels + "1" + ")" * levels) == 1
    levels = DEEPEST - 2  # the innermost macro has a list, and that an item
    loops = "".join(f"[1].all(x{n}, " for n in range(levels)) + "true" + ")" * levels
    assert evaluate(loops) is True
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    loops = "".join(f"[1].all(x{n}, " for n in range(levels)) + "d == e" + ")" * levels
    assert interpret(parse(loops), {"d": deep, "e": deep}) is True
    chain = " && ".join(["true"] * 2_000)
    assert evaluate(chain) is True


def test_a_list_that_a_function_reads_costs_by_the_item() -> None:
    items = list(range(1_000_000))
    kind, message, place = failed("[0, 1, 2, 3, 4].all(a, math.least(r) == 0)", {"r": items[:900_000]})
    assert (kind, message, place) == ("limit", f"takes more than {MOST_STEPS:,} steps", "least")
    assert interpret(parse("math.least(r) == 0 && math.greatest(r) > 0"), {"r": items}) is True


def test_variables_share_the_steps_of_one_evaluation() -> None:
    each = {f"v{n}": unchecked("r.all(a, r.all(b, a + b >= 0))") for n in range(20)}
    text = " || ".join(f"!variables.{name}" for name in each)
    with pytest.raises(EvaluationError) as caught:
        interpret(parse(text), variables_of(each, {"r": list(range(300))}))
    assert caught.value.kind == "limit"
    three = " || ".join(f"!variables.v{n}" for n in range(2))
    assert interpret(parse(three), variables_of(each, {"r": list(range(300))})) is False


def test_nothing_absorbs_that_the_steps_are_spent() -> None:
    text = "r.all(a, r.all(b, a + b >= 0)) || true"
    assert failed(text, {"r": list(range(2_000))})[0] == "limit"
    assert evaluate("size(t + t) > 0 || true", {"t": "a" * 600_000}) is True


def test_doubles_are_what_ieee_says() -> None:
    assert math.isnan(float(str(evaluate("0.0 / 0.0"))))
    assert evaluate("0.0 / 0.0 == 0.0 / 0.0") is False
    assert evaluate("x != x && !(x < 1.0) && !(x >= 1.0) && !(x in [x])", {"x": math.nan}) is True
    assert evaluate("1.0 / x < 0.0", {"x": -0.0}) is True
