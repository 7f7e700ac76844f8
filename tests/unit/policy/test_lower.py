import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pyarrow as pa
import pytest

from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.lower import Columns, Lowered, excess, lower
from neuralnav.policy.lower.calls import OWN, ROW_BY_ROW, RULES, SIGNATURES
from neuralnav.policy.lower.parts import Column, Frame
from neuralnav.policy.parse import parse
from neuralnav.policy.signatures import Signature
from neuralnav.policy.tree import Expression
from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    STRING,
    TYPE,
    UINT,
    Field,
    ListType,
    MapType,
    ObjectType,
    Parameter,
    Scope,
    Simple,
    Type,
    Variable,
    type_text,
)

FIELDS: Mapping[str, Type] = {
    "bool": BOOL, "int": INT, "uint": UINT, "double": DOUBLE, "string": STRING, "bytes": BYTES,
    "words": ListType(STRING),
}  # fmt: skip
SCOPE = Scope({
    "candidate": Variable(
        ObjectType("candidate", {name: Field(kind, "", optional=True) for name, kind in FIELDS.items()}),
        "",
        per_row=True,
    ),
    "region": Variable(STRING, "", per_row=True),
    "params": Variable(ObjectType("params", {
        "names": Field(ListType(STRING), ""), "caps": Field(MapType(STRING, DOUBLE), ""), "most": Field(INT, ""),
    }), ""),
})  # fmt: skip
CONSTANTS: Mapping[str, Any] = {"params": {"names": ["H100", "L40S"], "caps": {"H100": 2.0, "L40S": 5.0}, "most": 3}}


def checked(text: str, variables: Mapping[str, Checked] | None = None) -> Checked:
    return check(text, parse(text), SCOPE, variables=variables)


def lowered(text: str, **variables: str) -> Lowered:
    known: dict[str, Checked] = {}
    for name, of in variables.items():
        known[name] = checked(of, known)
    return lower(checked(text, known), CONSTANTS)


def values(text: str, **columns: Sequence[object]) -> list[object]:
    """Return the values of an expression over columns that are lists here, in a form of Arrow's own choice."""
    given = {f"candidate.{name}": pa.array(found) for name, found in columns.items()}
    result: list[object] = lowered(text).values(given, max(map(len, columns.values()))).to_pylist()
    return result


def test_a_null_is_an_absent_value_and_the_error_of_that_row() -> None:
    assert values("candidate.double < 5.0", double=[1.0, None, 9.0]) == [True, None, False]
    assert values("candidate.double < 5.0 && candidate.bool", double=[None, None], bool=[False, True]) == [False, None]
    assert values("candidate.double < 5.0 || candidate.bool", double=[None, None], bool=[False, True]) == [None, True]
    assert values("has(candidate.double) && candidate.double < 5.0", double=[1.0, None]) == [True, False]


def test_a_branch_that_is_not_taken_does_not_count() -> None:
    text = "has(candidate.int) ? 10 / candidate.int : -1"
    assert values(text, int=[5, None, 0]) == [2, -1, None]


def test_only_the_rows_at_fault_of_whole_numbers_have_no_value() -> None:
    least, most = -(2**63), 2**63 - 1
    assert values("candidate.int + 1", int=[most, 1, None]) == [None, 2, None]
    assert values("candidate.int - 1", int=[least, 1]) == [None, 0]
    assert values("candidate.int * candidate.int", int=[2**32, 3]) == [None, 9]
    assert values("candidate.int * -1", int=[least, 3]) == [None, -3]
    assert values("candidate.int / -1", int=[least, 7]) == [None, -7]
    assert values("7 / candidate.int", int=[0, -2]) == [None, -3]
    assert values("-7 % candidate.int", int=[0, 4, -1]) == [None, -3, 0]
    assert values("-candidate.int", int=[least, 4]) == [None, -4]
    assert values("math.abs(candidate.int)", int=[least, -4]) == [None, 4]


def test_doubles_follow_ieee() -> None:
    assert values("1.0 / candidate.double", double=[0.0, -0.0, None]) == [math.inf, -math.inf, None]
    assert values("candidate.double == candidate.double", double=[math.nan, 1.0]) == [False, True]
    assert values("candidate.double in [0.0]", double=[math.nan, -0.0, 0.0, None]) == [False, True, True, None]
    assert values("candidate.double in [0.0 / 0.0]", double=[math.nan, 1.0]) == [False, False]


def test_a_half_is_rounded_away_from_zero() -> None:
    halves = [0.5, -0.5, 2.5, 0.49999999999999994, -0.49999999999999994, math.inf, None]
    assert values("math.round(candidate.double)", double=halves) == [1.0, -1.0, 3.0, 0.0, 0.0, math.inf, None]


def test_numbers_of_different_kinds_compare_as_the_language_does() -> None:
    big = 2**53
    assert values("candidate.int <= 2.5", int=[2, 3, None]) == [True, False, None]
    assert values("candidate.int == 2.5", int=[2, None]) == [False, None]
    assert values("candidate.int < 1.0 / 0.0", int=[2**63 - 1, None]) == [True, None]
    assert values("candidate.int == 9007199254740992.0", int=[big, big + 1, big + 2]) == [True, True, False]
    assert values("candidate.int in [9007199254740992.0, 1.0, 2.5]", int=[big + 1, 1, 2]) == [True, True, False]
    assert values("candidate.double == 9007199254740993", double=[2.0**53, 1.0]) == [True, False]
    both: dict[str, list[object]] = {"int": [1, 2, 3], "double": [1.5, math.nan, None]}
    assert values("candidate.int < candidate.double", **both) == [True, False, None]
    assert values("candidate.int > -1 && candidate.int < 18446744073709551615u", int=[-1, 5]) == [False, True]


def test_texts_are_matched_by_kernels_where_the_pattern_is_fixed() -> None:
    rule = lowered("params.names.exists(name, candidate.string.startsWith(name))")
    column = {"candidate.string": pa.array(["H100-SXM", "A100", None])}
    assert rule.mask(column, 3).to_pylist() == [True, False, None]
    assert rule.slow == ()
    assert values("size(candidate.string)", string=["é😀", ""]) == [2, 0]
    assert values("candidate.string + '!'", string=["a", None]) == ["a!", None]


def test_a_map_with_fixed_entries_is_read_by_a_column() -> None:
    column = {"candidate.string": pa.array(["L40S", "A100", None])}
    rule = lowered("params.caps[candidate.string] > 3.0")
    assert rule.mask(column, 3).to_pylist() == [True, None, None]
    assert rule.slow == ()
    assert lowered("candidate.string in params.caps").mask(column, 3).to_pylist() == [True, False, None]


def test_an_error_of_an_item_is_one_of_its_list() -> None:
    """So `in` and the macros, which absorb the errors of comparisons, have no value there."""
    columns: dict[str, list[object]] = {"int": [1, None], "double": [1.0, 1.0]}
    assert values("1 in [1, candidate.int]", **columns) == [True, None]
    assert values("[1, candidate.int].exists(k, k == 1)", **columns) == [True, None]
    assert values("size([1, candidate.int])", **columns) == [2, None]
    assert values("[1, candidate.int][0]", **columns) == [1, None]
    assert values("[1, 2].exists(k, k == 1 || k == candidate.int)", **columns) == [True, True]
    assert values("[1, 2].exists_one(k, k == candidate.int)", **columns) == [True, None]


def test_a_column_of_lists_is_searched_and_counted_by_kernels() -> None:
    column = {
        "candidate.words": pa.array([["x"], ["b", "a", "a"], [], None, ["a"]])[1:],
        "candidate.string": pa.array(["b", "a", "c", None]),
    }  # fmt: skip
    for text, wanted in (
        ("'a' in candidate.words", [True, False, None, True]),
        ("candidate.string in candidate.words", [True, False, None, None]),
        ("size(candidate.words)", [3, 0, None, 1]),
        ("candidate.words.exists(word, word == 'b')", [True, False, None, False]),
    ):
        assert lowered(text).values(column, 4).to_pylist() == wanted, text
    assert lowered("size(candidate.words) > 0 && 'a' in candidate.words").slow == ()


def test_a_filter_keeps_what_is_there_apart() -> None:
    kept = "[candidate.int, 2, 3].filter(k, k > 1)"
    assert values(f"size({kept})", int=[1, 5, None]) == [2, 3, None]
    assert values(f"{kept}.all(k, k < 4)", int=[1, 5]) == [True, False]
    assert values(f"{kept}.map(k, 6 / (k - 1)).exists(k, k == 3)", int=[1, 5]) == [True, True]
    assert values(f"1 in {kept}", int=[1, 5]) == [False, False]
    columns: dict[str, list[object]] = {"int": [None, None], "double": [5.0, 1.0]}
    assert values("candidate.int in [1, 2].filter(k, k > candidate.double)", **columns) == [None, None]
    assert lowered(f"1 in {kept}").slow == ()


def test_what_has_no_kernel_goes_row_by_row_and_says_where() -> None:
    text = "candidate.int < 3 && candidate.string.trim() == 'a' && candidate.string.indexOf('b') < 0"
    rule = lowered(text)
    assert [text[span.start : span.end] for span in rule.slow] == [
        "candidate.string.trim()", "candidate.string.indexOf('b')",
    ]  # fmt: skip
    columns = {"candidate.int": pa.array([1, 1, None, 5]), "candidate.string": pa.array([" a ", "ab", "a", None])}
    assert rule.mask(columns, 4).to_pylist() == [True, False, None, False]


def test_both_zeros_go_row_by_row() -> None:
    assert values("string(candidate.double)", double=[0.0, -0.0, math.nan, math.nan]) == ["0", "-0", "NaN", "NaN"]


def test_the_largest_double_is_the_first_that_none_beats_and_nan_stays() -> None:
    given = {
        "candidate.double": pa.array([math.nan, 1.0, -0.0, 0.0, None, 7.0]),
        "candidate.second": pa.array([1.0, math.nan, 0.0, -0.0, 1.0, 9.0]),
    }
    fields = {name.partition(".")[2]: Field(DOUBLE, "", optional=True) for name in given}
    scope = Scope({"candidate": Variable(ObjectType("candidate", fields), "", per_row=True)})
    most = {"greatest": "[nan, 5.0, 5.0, 5.0, None, 9.0]", "least": "[nan, 1.0, -0.0, 0.0, None, 5.0]"}
    for name, wanted in most.items():
        text = f"math.{name}(candidate.double, candidate.second, 5.0)"
        rule = lower(check(text, parse(text), scope), {})
        assert not rule.slow
        assert str(rule.values(given, 6).to_pylist()) == wanted


def test_a_predicate_of_a_filter_is_worked_out_once() -> None:
    text = "params.names.filter(n, candidate.string.startsWith(n.substring(0, 1))).size()"
    rule = lowered(text)
    (part,) = [rule.part]
    assert isinstance(part, Column)
    frame = Frame(Columns({"candidate.string": pa.array(["H100", "A100", None])}, 3), 3)
    assert part.run(frame).to_pylist() == [1, 0, None]
    assert len(frame.shared) == len(CONSTANTS["params"]["names"])


def test_only_the_outermost_slow_part_is_told() -> None:
    text = "candidate.string.trim().split(',')[0] == 'a'"
    assert lowered(text).slow == (Span(0, len("candidate.string.trim().split(',')[0]")),)


def test_a_slow_variable_is_told_where_it_is_read() -> None:
    text = "variables.short && candidate.bool"
    rule = lowered(text, short="candidate.string.trim() == 'a'")
    assert rule.slow == (Span(0, len("variables.short")),)


def test_a_piece_that_goes_row_by_row_sees_variables_fields_and_what_is_absent() -> None:
    rule = lowered("has(candidate.int) ? string(variables.half) + region : 'none'", half="candidate.double / 2.0")
    columns = {
        "candidate.int": pa.array([1, None, 1]), "candidate.double": pa.array([3.0, 1.0, None]),
        "region": pa.array(["eu", "eu", "us"]),
    }  # fmt: skip
    assert rule.values(columns, 3).to_pylist() == ["1.5eu", "none", None]
    assert rule.slow


def test_the_variable_of_a_macro_hides_nothing_from_the_policys_variables() -> None:
    rule = lowered("[candidate.string].exists(region, (region + variables.here).trim() == 'a:eu')", here="region")
    columns = {"candidate.string": pa.array([" a:", "us"]), "region": pa.array(["eu", "eu"])}
    assert rule.mask(columns, 2).to_pylist() == [True, False]


def test_a_dot_before_a_name_passes_by_the_variable_of_a_macro() -> None:
    column = {"region": pa.array(["eu", "de"])}
    assert lowered("['eu', 'us'].exists(region, .region == region)").mask(column, 2).to_pylist() == [True, False]
    rule = lowered("['eu', 'us'].exists(region, (.region + region).trim() == 'euus')")
    assert rule.mask(column, 2).to_pylist() == [True, False]


def test_what_reads_no_column_is_folded() -> None:
    assert lowered("params.names.exists(name, name == 'H100') && params.most > 2").is_fixed
    assert lowered("params.most / 0 > 1").is_fixed
    assert lowered("params.most > 2").mask({}, 2).to_pylist() == [True, True]
    assert lowered("params.most / 0 > 1").mask({}, 2).to_pylist() == [None, None]
    assert lowered("params.most > 5 && candidate.bool").is_fixed


def doubling(first: str, operator: str) -> dict[str, str]:
    """Return twenty variables after the first, each of which reads the one before it twice."""
    return {"v0": first} | {f"v{at}": f"variables.v{at - 1} {operator} variables.v{at - 1}" for at in range(1, 21)}


def test_a_chain_of_variables_that_doubles_is_worked_out_once_each() -> None:
    column = {"candidate.int": pa.array([1, 2])}
    rule = lowered("variables.v20", **doubling("candidate.int", "+"))
    assert rule.values(column, 2).to_pylist() == [2**20, 2**21]
    known: dict[str, Checked] = {}
    for name, text in doubling("candidate.int > 1", "&&").items():
        known[name] = checked(text, known)
    by = excess(checked("variables.v20", known), CONSTANTS).values(column, 2)
    assert by.to_pylist() == [pytest.approx(2**20 * 1e-9), 0.0]


def test_a_text_that_doubles_has_no_value_past_the_interpreters_limit() -> None:
    rule = lowered("size(variables.v20)", **doubling("candidate.string", "+"))
    column = {"candidate.string": pa.array(["", "a", None])}
    assert rule.values(column, 3).to_pylist() == [0, None, None]


def test_long_texts_of_a_slow_part_do_not_stand_in_too_many_rows() -> None:
    rule = lowered(f"size(candidate.string.replace('a', '{'b' * 600}'))")
    column = pa.array(["a" * 1000, "a", "b"])
    assert rule.values({"candidate.string": column}, 3).to_pylist() == [600_000, 600, 1]
    many = column.take(pa.array([0, 1, 2] * 2000))
    assert rule.values({"candidate.string": many}, 6000)[:3].to_pylist() == [None, 600, 1]


def test_a_macro_over_too_many_items_goes_row_by_row() -> None:
    items = ", ".join(map(str, range(600)))
    text = f"[{items}].exists(k, k * candidate.int == 1198 && candidate.int > 0 && k > 1)"
    rule = lowered(text)
    assert rule.slow == (Span(0, len(text)),)
    assert rule.mask({"candidate.int": pa.array([2, 0, None])}, 3).to_pylist() == [True, False, None]


COLUMNS = {
    "chunked": pa.chunked_array([["H100"], ["A100", None]]),
    "no chunks": pa.chunked_array([], pa.string()),
    "dictionary": pa.array(["H100", "A100", None]).dictionary_encode(),
    "large": pa.array(["H100", "A100", None], pa.large_string()),
    "sliced": pa.array(["x", "H100", "A100", None])[1:],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_may_come_in_any_form(name: str) -> None:
    column = COLUMNS[name]
    rule = lowered("candidate.string in ['H100', 'L40S']")
    assert rule.mask({"candidate.string": column}, len(column)).to_pylist() == [True, False, None][: len(column)]


def test_narrow_numbers_and_a_column_of_nulls_are_widened() -> None:
    narrow = {"candidate.int": pa.array([1], pa.int32()), "candidate.double": pa.array([1.5], pa.float32())}
    assert lowered("candidate.int + 2147483647").values(narrow, 1).to_pylist() == [2147483648]
    assert lowered("candidate.double + 0.25").values(narrow, 1).to_pylist() == [1.75]
    assert lowered("candidate.int > 1").mask({"candidate.int": pa.nulls(2)}, 2).to_pylist() == [None, None]


def test_a_column_is_brought_to_its_form_once_for_many_expressions() -> None:
    columns = Columns({"candidate.string": pa.chunked_array([["a"], ["b"]])}, 2)
    first = columns.read("candidate.string", pa.string())
    assert lowered("candidate.string == 'a'").mask(columns, 2).to_pylist() == [True, False]
    assert columns.read("candidate.string", pa.string()) is first


def test_columns_that_do_not_fit_are_refused() -> None:
    rule = lowered("candidate.int > 1")
    with pytest.raises(KeyError, match=r"^'candidate\.int'$"):
        rule.mask({}, 1)
    with pytest.raises(ValueError, match=r"^column candidate\.int has 1 rows; the others have 2$"):
        rule.mask({"candidate.int": pa.array([1])}, 2)
    with pytest.raises(ValueError, match=r"^column candidate\.int is string; its field is declared as int64$"):
        rule.mask({"candidate.int": pa.array(["1"])}, 1)
    with pytest.raises(ValueError, match=r"^column candidate\.int has values that are no int64: "):
        rule.mask({"candidate.int": pa.array([1.5])}, 1)


def test_a_mask_is_of_bool_and_a_column_of_what_arrow_has() -> None:
    with pytest.raises(TypeError, match=r"^a mask is of bool; this expression is int$"):
        lowered("candidate.int").mask({"candidate.int": pa.array([1])}, 1)
    with pytest.raises(TypeError, match=r"^no column holds list<string>$"):
        lowered("candidate.string.split(',')")


NODES: Mapping[str, tuple[str, bool]] = {
    "Constant": ("true", False), "Name": ("region == 'eu'", False), "Select": ("candidate.bool", False),
    "Index": ("params.caps[candidate.string] > 1.0", False), "Call": ("math.isNaN(candidate.double)", False),
    "Unary": ("!candidate.bool", False), "Binary": ("candidate.int < 3", False),
    "Conditional": ("candidate.bool ? candidate.int > 1 : false", False),
    "ListOf": ("candidate.int in [1, candidate.int]", False),
    "MapOf": ("candidate.string in {candidate.string: 1}", True),
    "Comprehension": ("params.names.all(name, name != candidate.string)", False),
}  # fmt: skip
"""An expression with each class of node, and whether it goes row by row: a map of columns alone does."""


@pytest.mark.parametrize("node", NODES)
def test_every_node_has_a_rule_or_is_known_to_go_row_by_row(node: str) -> None:
    text, is_slow = NODES[node]
    assert bool(lowered(text).slow) is is_slow


def test_no_class_of_node_is_left_out() -> None:
    assert set(NODES) == {found.__name__ for found in get_args(Expression)}


def test_every_signature_has_a_kernel_or_is_listed_as_row_by_row() -> None:
    assert {item.id for item in SIGNATURES} == RULES.keys() | OWN | ROW_BY_ROW
    assert not (RULES.keys() | OWN) & ROW_BY_ROW


SEARCHES = frozenset(("startsWith", "endsWith", "contains", "matches"))


def operand(kind: Type, place: int, name: str) -> str:
    match kind:
        case Simple("string") if place and name in SEARCHES:
            return "'H1'"
        case Simple("dyn") | Parameter("T"):
            return "candidate.int"
        case Parameter("K"):
            return "candidate.string"
        case ListType(Parameter()) if name == "[]":
            return "[candidate.int, 2]"
        case ListType(item):
            return f"[{operand(item, 0, name)}]"
        case MapType():
            return "{'a': candidate.double}" if name == "size" else "params.caps"
        case _:
            return f"candidate.{type_text(kind)}"


def call(signature: Signature) -> str:
    name = signature.name
    parts = [operand(kind, place, name) for place, kind in enumerate(signature.parameters)]
    if name == "[]":
        return f"{parts[0]}[{'1' if parts[1] == 'candidate.int' else parts[1]}]"
    if not name[0].isalpha():
        return f"({f' {name} '.join(parts)})" if len(parts) > 1 else f"{name}{parts[0]}"
    return f"{parts[0]}.{name}({', '.join(parts[1:])})" if signature.member else f"{name}({', '.join(parts)})"


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda item: item.id)
def test_signatures_go_the_way_that_is_listed(signature: Signature) -> None:
    text = call(signature)
    match signature.result:
        case ListType():
            text = f"size({text}) > 0"
        case result if result in (TYPE, DYN) or isinstance(result, Parameter):
            text = f"{text} == {'int' if result == TYPE else '1.0'}"
        case _:
            pass
    assert bool(lowered(text).slow) is (signature.id in ROW_BY_ROW), text


def test_an_excess_is_the_distance_from_the_limit_over_the_limit() -> None:
    def by(text: str, *, wanted: bool = True) -> list[float]:
        columns = {
            "candidate.double": pa.array([150.0, 171.0, None, math.inf]), "candidate.int": pa.array([1, 2, 4, None]),
            "candidate.string": pa.array(["a", "b", "a", "a"]),
        }  # fmt: skip
        found: list[float] = excess(checked(text), CONSTANTS, wanted=wanted).values(columns, 4).to_pylist()
        return found

    never = math.inf
    assert by("candidate.double <= 150.0") == [0.0, 0.14, never, never]
    assert by("150.0 >= candidate.double") == [0.0, 0.14, never, never]
    assert by("candidate.double < 150.0") == [1e-9, 0.14, never, never]
    assert by("candidate.double > 160.0", wanted=False) == [0.0, 0.06875, never, never]
    assert by("!(candidate.double > 160.0)") == [0.0, 0.06875, never, never]
    assert by("candidate.int <= params.most") == [0.0, 0.0, 1 / 3, never]
    assert by("candidate.int <= 0") == [1.0, 2.0, 4.0, never]
    assert by("candidate.double <= 150.0 && candidate.int < 2") == [0.0, 0.14 + 1e-9, never, never]
    assert by("candidate.double <= 150.0 || candidate.int < 2") == [0.0, 1e-9, 1.0, never]
    assert by("candidate.string == 'a'") == [0.0, never, 0.0, 0.0]
    assert by("candidate.int > 1 ? candidate.double <= 150.0 : false") == [never, 0.14, never, never]
    assert by("candidate.int != 2") == [0.0, never, 0.0, never]
    assert by("params.most > 5") == [2 / 5] * 4
