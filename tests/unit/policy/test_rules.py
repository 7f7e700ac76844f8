"""Every overload of every operator and function: its own types give its result, any other in any place is refused."""

from collections.abc import Iterator
from typing import assert_never

import pytest

from neuralnav.policy.check import check
from neuralnav.policy.faults import ExpressionError
from neuralnav.policy.parse import parse
from neuralnav.policy.signatures import FUNCTIONS, NUMBERS, OPERATORS, ORDERS, Signature
from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    TYPE,
    UINT,
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

KINDS: tuple[Type, ...] = (
    BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, TYPE, ListType(INT), ListType(STRING), MapType(STRING, INT),
)  # fmt: skip
EVERY = (*OPERATORS, *FUNCTIONS)


def closed(kind: Type) -> Type:
    """Return a type with an int, or a string as the key of a map, where it is open."""
    match kind:
        case Parameter(name):
            return STRING if name == "K" else INT
        case ListType(item):
            return ListType(closed(item))
        case MapType(key, value):
            return MapType(closed(key), closed(value))
        case Simple() | ObjectType():
            return kind
        case _:
            assert_never(kind)


def written(signature: Signature) -> str:
    """Return an expression that calls an overload with the variables a, b, c, d."""
    names = ["a", "b", "c", "d"][: len(signature.parameters)]
    if signature.name == "[]":
        return "a[b]"
    if not signature.name[0].isalpha():
        return f" {signature.name} ".join(names) if len(names) > 1 else f"{signature.name}a"
    target = f"{names.pop(0)}." if signature.member else ""
    return f"{target}{signature.name}({', '.join(names)})"


def outcome(text: str, kinds: tuple[Type, ...]) -> str:
    """Return the type of an expression over variables a, b, ... of these types, or the places where it is refused."""
    scope = Scope({name: Variable(kind, "") for name, kind in zip("abcd", kinds, strict=False)})
    try:
        return type_text(check(text, parse(text), scope).type)
    except ExpressionError as error:
        return "refused at " + " and ".join(text[fault.span.start : fault.span.end] for fault in error.faults)


def accepted(signature: Signature, kinds: tuple[Type, ...]) -> bool:
    """Whether any overload takes exactly these types, judged without the checker's own unification."""
    if any(kinds == tuple(map(closed, item.parameters)) for item in _alike(signature)):
        return True
    one_list = isinstance(kinds[0], ListType) and kinds[0] != ListType(INT)
    return one_list and any(
        kinds == tuple(ListType(STRING) if closed(kind) == ListType(INT) else closed(kind) for kind in item.parameters)
        for item in _alike(signature)
        if ListType(Parameter("T")) in item.parameters
    )


def _alike(signature: Signature) -> Iterator[Signature]:
    for item in EVERY:
        if (item.name, item.member, len(item.parameters)) == (
            signature.name,
            signature.member,
            len(signature.parameters),
        ):
            yield item


@pytest.mark.parametrize("signature", EVERY, ids=lambda item: f"{item.id}{'.' if item.member else ''}")
def test_its_own_types_give_its_result(signature: Signature) -> None:
    kinds = tuple(map(closed, signature.parameters))

    assert outcome(written(signature), kinds) == type_text(closed(signature.result))


@pytest.mark.parametrize("signature", EVERY, ids=lambda item: f"{item.id}{'.' if item.member else ''}")
def test_any_other_type_in_any_place_is_refused(signature: Signature) -> None:
    text = written(signature)
    right = tuple(map(closed, signature.parameters))
    place = {"[]": "b"}.get(signature.name, signature.name.rpartition(".")[2])
    for position in range(len(right)):
        for kind in KINDS:
            kinds = (*right[:position], kind, *right[position + 1 :])
            if accepted(signature, kinds) or signature.name in ("dyn", "type", "format"):
                continue
            assert outcome(text, kinds) == f"refused at {place}", f"{text} of {[type_text(item) for item in kinds]}"


@pytest.mark.parametrize("signature", EVERY, ids=lambda item: f"{item.id}{'.' if item.member else ''}")
def test_dyn_in_any_place_is_accepted(signature: Signature) -> None:
    right = tuple(map(closed, signature.parameters))
    for position in range(len(right)):
        kinds = (*right[:position], DYN, *right[position + 1 :])
        assert not outcome(written(signature), kinds).startswith("refused")


@pytest.mark.parametrize("left", KINDS, ids=type_text)
@pytest.mark.parametrize("right", KINDS, ids=type_text)
def test_equality_is_between_two_of_one_type_or_two_numbers(left: Type, right: Type) -> None:
    meant = left == right or (left in NUMBERS and right in NUMBERS)

    for operator in ("==", "!="):
        assert outcome(f"a {operator} b", (left, right)) == ("bool" if meant else f"refused at {operator}")


@pytest.mark.parametrize("left", KINDS, ids=type_text)
@pytest.mark.parametrize("right", KINDS, ids=type_text)
def test_membership_is_of_what_equals_an_item_or_a_key(left: Type, right: Type) -> None:
    meant = left == right or (left in NUMBERS and right in NUMBERS)

    assert outcome("a in b", (left, ListType(right))) == ("bool" if meant else "refused at in")
    assert outcome("a in b", (left, MapType(right, INT))) == ("bool" if meant else "refused at in")
    assert outcome("a in [b]", (left, right)) == ("bool" if meant else "refused at in")


@pytest.mark.parametrize("holder", [*KINDS[:8], DYN], ids=type_text)
def test_membership_needs_a_list_or_a_map(holder: Type) -> None:
    assert outcome("a in b", (INT, holder)) == ("bool" if holder == DYN else "refused at in")


@pytest.mark.parametrize("left", KINDS, ids=type_text)
@pytest.mark.parametrize("right", KINDS, ids=type_text)
def test_order_is_between_numbers_texts_bytes_and_truths(left: Type, right: Type) -> None:
    meant = (left in NUMBERS and right in NUMBERS) or (left == right and left in (BOOL, STRING, BYTES))

    for operator in ORDERS:
        assert outcome(f"a {operator} b", (left, right)) == ("bool" if meant else f"refused at {operator}")


@pytest.mark.parametrize("condition", [*KINDS, DYN], ids=type_text)
def test_a_condition_is_bool(condition: Type) -> None:
    meant = condition in (BOOL, DYN)

    assert outcome("a ? 1 : 2", (condition,)) == ("int" if meant else "refused at a")
    for macro in ("all", "exists", "exists_one"):
        assert outcome(f"[1].{macro}(x, a)", (condition,)) == ("bool" if meant else "refused at a")
    assert outcome("['x'].filter(x, a)", (condition,)) == ("list<string>" if meant else "refused at a")
    assert outcome("['x'].map(x, a, 1)", (condition,)) == ("list<int>" if meant else "refused at a")


@pytest.mark.parametrize("yes", KINDS, ids=type_text)
@pytest.mark.parametrize("no", KINDS, ids=type_text)
def test_branches_are_of_one_type(yes: Type, no: Type) -> None:
    assert outcome("true ? a : b", (yes, no)) == (type_text(yes) if yes == no else "refused at b")


@pytest.mark.parametrize("over", [*KINDS, DYN], ids=type_text)
def test_a_macro_goes_through_a_list_or_a_map(over: Type) -> None:
    items = {ListType(INT): "int", ListType(STRING): "string", MapType(STRING, INT): "string", DYN: "dyn"}

    for macro in ("filter", "map"):
        body = "true" if macro == "filter" else "x"
        expected = f"list<{items[over]}>" if over in items else f"refused at {macro}"
        assert outcome(f"a.{macro}(x, {body})", (over,)) == expected
    for macro in ("all", "exists", "exists_one"):
        expected = "bool" if over in items else f"refused at {macro}"
        assert outcome(f"a.{macro}(x, true)", (over,)) == expected


@pytest.mark.parametrize("key", [*KINDS, DYN], ids=type_text)
def test_a_key_is_bool_int_uint_or_string(key: Type) -> None:
    meant = key in (BOOL, INT, UINT, STRING, DYN)

    assert outcome("{a: 1}", (key,)) == (f"map<{type_text(key)}, int>" if meant else "refused at a")


@pytest.mark.parametrize("kind", [*KINDS, DYN], ids=type_text)
def test_the_greatest_is_of_numbers(kind: Type) -> None:
    meant = kind in (*NUMBERS, DYN)

    for name in ("greatest", "least"):
        assert outcome(f"math.{name}(a, a)", (kind,)) == (type_text(kind) if meant else f"refused at {name}")
        assert outcome(f"math.{name}([a])", (kind,)) == (type_text(kind) if meant else f"refused at {name}")
        assert outcome(f"math.{name}(1.5, a)", (kind,)).startswith("refused") is not meant
