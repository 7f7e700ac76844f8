"""What values are, when two of them are one, and what goes in and out as plain data."""

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum

import numpy as np
import pytest

from neuralnav.policy import evaluate
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import from_plain, to_plain
from neuralnav.policy.tree import UInt
from neuralnav.policy.values import (
    DEEPEST_VALUE,
    MOST_STEPS,
    BoolKey,
    Budget,
    NoValueError,
    TypeValue,
    Value,
    contains,
    equal,
    kind_of,
)

NAN = math.nan
LARGEST = 2**63 - 1


def nested(depth: int) -> object:
    made: object = 1
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null_type"), (True, "bool"), (1, "int"), (UInt(1), "uint"), (1.0, "double"), ("a", "string"),
     (b"a", "bytes"), ([], "list"), ((), "list"), ({}, "map"), (TypeValue("int"), "type")],
)  # fmt: skip
def test_each_class_of_python_is_one_type(value: Value, kind: str) -> None:
    assert kind_of(value) == kind


def test_what_is_no_value_is_said_so() -> None:
    with pytest.raises(TypeError, match=r"^complex is no type of the policy language$"):
        kind_of(1j)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        (1, 1.0, True), (1, UInt(1), True), (UInt(1), 1.0, True), (1, 1.5, False), (-1, UInt(2**64 - 1), False),
        (0.0, -0.0, True), (NAN, NAN, False), ([NAN], [NAN], False), (True, 1, False), (False, 0.0, False),
        ("a", b"a", False), (None, None, True), (None, 0, False), (None, "", False),
        ([1, [2]], [1.0, [UInt(2)]], True), ([1], [1, 1], False), ([], {}, False), ((1, 2), [1, 2], True),
        ({"a": 1}, {"a": 1.0}, True), ({"a": 1}, {"b": 1}, False), ({"a": 1}, {"a": 1, "b": 2}, False),
        ({1: "x"}, {UInt(1): "x"}, True), ({BoolKey.TRUE: 1}, {1: 1}, False),
        (TypeValue("int"), TypeValue("int"), True), (TypeValue("int"), TypeValue("uint"), False),
        # An integer beside a double is the nearest double, and exact beside another integer.
        (2**53 + 1, 2.0**53, True), (LARGEST, 2.0**63, True), (LARGEST, UInt(2**63), False), (2**53 + 1, 2**53, False),
    ],
)  # fmt: skip
def test_equality_looks_at_sizes_and_never_fails(left: Value, right: Value, wanted: bool) -> None:  # noqa: FBT001
    assert equal(left, right, Budget()) is wanted
    assert equal(right, left, Budget()) is wanted


def test_an_item_is_found_by_equality_and_a_key_by_size() -> None:
    assert contains([1, 2], 2.0, Budget())
    assert not contains([NAN], NAN, Budget())
    assert contains({1: "x"}, 1.0, Budget())
    assert not contains({1: "x"}, bool(1), Budget())
    assert not contains({1: "x"}, "1", Budget())
    with pytest.raises(NoValueError, match=r"^no int in string$"):
        contains("12", 1, Budget())


def test_values_that_share_their_parts_cannot_make_a_comparison_endless() -> None:
    left: list[object] = [1]
    right: list[object] = [1]
    for _ in range(60):
        left, right = [left, left], [right, right]
    with pytest.raises(NoValueError, match=f"^takes more than {MOST_STEPS:,} steps$") as caught:
        equal(left, right, Budget())
    assert caught.value.kind == "limit"


def test_values_may_be_compared_to_a_depth() -> None:
    assert equal(nested(DEEPEST_VALUE), nested(DEEPEST_VALUE), Budget())
    with pytest.raises(NoValueError, match=r"^compares values deeper than 100 levels$"):
        equal(nested(DEEPEST_VALUE + 1), nested(DEEPEST_VALUE + 1), Budget())


@pytest.mark.parametrize(
    "data", [None, True, -(2**63), LARGEST, 1.5, "é", b"\xff", [1, ["a"]], {"a": {"b": []}}, {1: 2}, {True: 0}]
)
def test_plain_data_comes_out_as_it_went_in(data: object) -> None:
    assert to_plain(from_plain(data, Budget())) == data


def test_a_large_int_is_a_uint_and_comes_out_as_an_int() -> None:
    value = from_plain(2**64 - 1, Budget())
    assert kind_of(value) == "uint"
    assert type(to_plain(value)) is int


def test_the_keys_true_and_1_are_two_until_python_holds_them() -> None:
    found = interpret(parse("{true: 'a', 1: 'b'}"), {})
    assert isinstance(found, Mapping)
    assert dict(found) == {BoolKey.TRUE: "a", 1: "b"}
    assert to_plain(found) == {True: "b"}


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (2**64, "overflow", "an integer of more than 64 bits"),
        (-(2**63) - 1, "overflow", "an integer of more than 64 bits"),
        (UInt(-1), "overflow", "-1 does not fit the 64 bits of a uint"),
        ("\ud800", "conversion", "a text with half a surrogate pair is no Unicode"),
        ({1, 2}, "conversion", "set is no type of the policy language"),
        ({"a": object()}, "conversion", "object is no type of the policy language"),
        ({1.5: 1}, "no_such_overload", "the key of a map is bool, int, uint or string; this is double"),
        ({(1,): 1}, "no_such_overload", "the key of a map is bool, int, uint or string; this is list"),
        (nested(DEEPEST_VALUE + 1), "limit", "lies deeper than 100 levels"),
    ],
)
def test_what_has_no_value_is_refused(data: object, kind: str, message: str) -> None:
    with pytest.raises(NoValueError) as caught:
        from_plain(data, Budget())
    assert (caught.value.kind, caught.value.message) == (kind, message)


def test_data_that_holds_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(NoValueError, match=r"^lies deeper than 100 levels$"):
        from_plain(loop, Budget())


class Counted(Mapping[str, object]):
    """A mapping that is no dict, and counts what is read."""

    def __init__(self, inner: Mapping[str, object]) -> None:
        self.inner = inner
        self.read: list[str] = []

    def __getitem__(self, name: str) -> object:
        self.read.append(name)
        return self.inner[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)


def test_any_mapping_can_be_bound_and_is_read_as_little_as_possible() -> None:
    root = Counted({"a": 1, "b": 2})
    assert interpret(parse("x.a == 1 || x.b == 2"), {"x": root}) is True
    assert root.read == ["a"]


def test_a_failure_crosses_processes() -> None:
    import pickle

    with pytest.raises(EvaluationError) as caught:
        interpret(parse("1 / 0"), {})
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert again.fault == caught.value.fault


class Code(int):
    """An int of a class of its own, as numpy and enums have them."""


class Share(float):
    """A double of a class of its own, as numpy.float64 is."""


class Word(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"


class Octets(bytes):
    """Bytes of a class of their own."""


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("data", "text", "wanted"),
    [
        (Share(1.5), "x + 0.5", 2.0), (np.float64(1.5), "x * 2.0", 3.0), (Share(1.5), "x", 1.5), (Code(3), "x", 3),
        (Word("a"), "x + 'b'", "ab"), (Word("a"), "x", "a"), (Colour.RED, "x == 'red'", True), (Colour.RED, "x", "red"),
        (Octets(b"a"), "x + b'b'", b"ab"), ({Word("a"): Share(2.0)}, "x.a - 1.0", 1.0),
        ({Colour.RED: 1}, "x", {"red": 1}),
    ],
)  # fmt: skip
def test_data_of_a_class_below_a_plain_one_is_plain(data: object, text: str, wanted: object) -> None:
    found = evaluate(text, {"x": data})
    assert found == wanted
    assert type(found) is type(wanted)
    if isinstance(found, dict):
        assert {type(part) for item in found.items() for part in item} == {str, int}


def test_the_name_of_a_binding_is_a_text() -> None:
    with pytest.raises(TypeError, match=r"^the name of a binding is a str; 1 is int$"):
        evaluate("x", {1: 2})  # type: ignore[dict-item]
