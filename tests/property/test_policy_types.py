"""The checker beside CEL's own (cel-expr-python): of expressions that are mostly ill-typed both admit the same ones.

Where they part is written down: `between_numbers` is our extension, the rest of `APART` is named in each.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import ExpressionError, Fault
from neuralnav.policy.parse import parse
from neuralnav.policy.signatures import FUNCTIONS, NUMBERS, ORDERS
from neuralnav.policy.tree import Binary
from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    STRING,
    UINT,
    ListType,
    MapType,
    Scope,
    Simple,
    Type,
    Variable,
    type_text,
)

cel = pytest.importorskip("cel_expr_python.cel")
ext_math = pytest.importorskip("cel_expr_python.ext.ext_math")
ext_strings = pytest.importorskip("cel_expr_python.ext.ext_strings")

VARIABLES: Mapping[str, Type] = {
    "b": BOOL, "i": INT, "u": UINT, "d": DOUBLE, "s": STRING, "y": BYTES, "z": DYN, "li": ListType(INT),
    "ls": ListType(STRING), "lz": ListType(DYN), "ll": ListType(ListType(DOUBLE)), "m": MapType(STRING, INT),
    "mz": MapType(DYN, DYN),
}  # fmt: skip
LITERALS: Final = ("1", "2.5", "3u", "'t'", "b'y'", "true", "null", "[]", "{}", "int", "string", "nope")
OPERATORS: Final = ("==", "!=", *ORDERS, "in", "+", "-", "*", "/", "%", "&&", "||")
SHARED: Final = tuple(item for item in FUNCTIONS if item.name not in ("ms", "usd", "gib"))
"""Functions that CEL has too."""

SCOPE: Final = Scope({name: Variable(kind, "") for name, kind in VARIABLES.items()})


def _theirs(kind: Type) -> Any:  # cel_expr_python has no types of its own
    match kind:
        case Simple(name):
            known: Mapping[str, Any] = {
                "bool": cel.Type.BOOL, "int": cel.Type.INT, "uint": cel.Type.UINT, "double": cel.Type.DOUBLE,
                "string": cel.Type.STRING, "bytes": cel.Type.BYTES, "dyn": cel.Type.DYN,
            }  # fmt: skip
            return known[name]
        case ListType(item):
            return cel.Type.List(_theirs(item))
        case MapType(key, value):
            return cel.Type.Map(_theirs(key), _theirs(value))
        case _:
            raise AssertionError(kind)


ENVIRONMENT: Final = cel.NewEnv(
    variables={name: _theirs(kind) for name, kind in VARIABLES.items()},
    extensions=[ext_math.ExtMath(), ext_strings.ExtStrings()],
)


class _Drawing:
    """An expression drawn without a thought for types, and the macro variables that its part may use."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.local: tuple[str, ...] = ()
        self.shapes: tuple[tuple[int, Callable[[int], str]], ...] = (
            (40, self._binary), (10, self._unary), (7, self._conditional), (6, self._index), (7, self._selection),
            (9, self._literal), (8, self._macro), (3, self._extreme), (10, self._call),
        )  # fmt: skip

    def expression(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.15:
            return self._leaf()
        weights = [weight for weight, _ in self.shapes]
        return self.random.choices(self.shapes, weights)[0][1](depth - 1)

    def _leaf(self) -> str:
        if self.local and self.random.random() < 0.5:
            return self.random.choice(self.local)
        return self.random.choice(tuple(VARIABLES) * 2 + LITERALS)

    def _binary(self, depth: int) -> str:
        return f"({self.expression(depth)} {self.random.choice(OPERATORS)} {self.expression(depth)})"

    def _unary(self, depth: int) -> str:
        return f"{self.random.choice('!-')}({self.expression(depth)})"

    def _conditional(self, depth: int) -> str:
        return f"({self.expression(depth)} ? {self.expression(depth)} : {self.expression(depth)})"

    def _index(self, depth: int) -> str:
        return f"({self.expression(depth)})[{self.expression(depth)}]"

    def _selection(self, depth: int) -> str:
        selection = f"({self.expression(depth)}).x"
        return selection if self.random.random() < 0.5 else f"has({selection})"

    def _literal(self, depth: int) -> str:
        parts = [self.expression(depth) for _ in range(self.random.randrange(5))]
        if self.random.random() < 0.5:
            return f"[{', '.join(parts)}]"
        return f"{{{', '.join(f'{key}: {value}' for key, value in zip(parts[::2], parts[1::2], strict=False))}}}"

    def _macro(self, depth: int) -> str:
        over = self.expression(depth)
        variable = self.random.choice(("p", "q", "i"))
        outer, self.local = self.local, (*self.local, variable)
        name = self.random.choice(("all", "exists", "exists_one", "map", "filter"))
        bodies = [self.expression(depth) for _ in range(2 if name == "map" and self.random.random() < 0.5 else 1)]
        self.local = outer
        return f"({over}).{name}({', '.join([variable, *bodies])})"

    def _extreme(self, depth: int) -> str:
        parts = [self.expression(depth) for _ in range(self.random.randrange(4))]
        return f"math.{self.random.choice(('greatest', 'least'))}({', '.join(parts)})"

    def _call(self, depth: int) -> str:
        item = self.random.choice(SHARED)
        count = len(item.parameters) + self.random.choice((0,) * 12 + (1, -1))
        parts = [self.expression(depth) for _ in range(max(count, 1))]
        return (
            f"({parts[0]}).{item.name}({', '.join(parts[1:])})" if item.member else f"{item.name}({', '.join(parts)})"
        )


def between_numbers(found: Checked) -> str:
    """Return the text with `dyn()` around the left of each comparison of numbers of two kinds, which CEL refuses."""
    cuts = []
    for node in found.types:
        if isinstance(node, Binary) and node.operator in ("==", "!=", "in", *ORDERS):
            left, right = found.types[node.left], found.types[node.right]
            if node.operator == "in":
                right = right.item if isinstance(right, ListType) else right.key if isinstance(right, MapType) else DYN
            if left in NUMBERS and right in NUMBERS and left != right:
                cuts += [(node.left.span.start, "dyn("), (node.operator_span.start, ") ")]
    text = found.text
    for place, added in sorted(cuts, key=lambda cut: cut[0], reverse=True):
        text = text[:place] + added + text[place:]
    return text


APART: Final[Mapping[str, Callable[[Fault], bool]]] = {
    "null is an absent timestamp or duration to CEL, of which we have none": lambda fault: (
        "null_type" in fault.message or "null_type" in fault.hint
    ),
    "a key that no map can have is refused by CEL when the map is made": lambda fault: fault.message.startswith(
        "a map's key must be"
    ),
    "three arguments of math.greatest are a list to CEL, of anything when one of them is dyn": lambda fault: (
        fault.message.startswith("math.") and "takes numbers or one list of numbers" in fault.message
    ),
    "a text that converts to nothing fails in CEL when it runs": lambda fault: fault.kind == "conversion",
    "a pattern that is none fails in CEL when it runs": lambda fault: fault.kind == "invalid_argument",
}
"""What we refuse and CEL's checker may not, by the fault."""


def apart(text: str, faults: tuple[Fault, ...]) -> bool:
    """Whether all that we refuse in an expression is in APART, or stands on an item of an empty list or map.

    CEL's checker forgets what it has learnt of such an item when a field of it is read, or its size taken.
    """
    empty = "[]" in text or "{}" in text
    return all(
        any(named(fault) for named in APART.values()) or (empty and "has no fields" in fault.message)
        for fault in faults
    )


def ours(text: str) -> Checked | tuple[Fault, ...]:
    """Return what our checker makes of an expression: its types, or its faults."""
    try:
        return check(text, parse(text), SCOPE)
    except ExpressionError as error:
        return error.faults


def compiles(text: str) -> tuple[bool, str]:
    """Return whether CEL admits an expression, with its type or its reason."""
    try:
        return True, ENVIRONMENT.compile(text).return_type().name().lower()
    except RuntimeError as error:
        return False, str(error)


@settings(max_examples=2500, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(1, 4))
def test_both_admit_the_same_expressions(random: Random, depth: int) -> None:
    text = _Drawing(random).expression(depth)
    found = ours(text)
    if not isinstance(found, Checked):
        event("refused")
        admitted, kind = compiles(text)
        assert not admitted or apart(text, found), f"{text} is {kind} to CEL; {[fault.message for fault in found]}"
        return
    event("admitted")
    assert not any("%" in type_text(kind) for kind in found.types.values()), "a type was left open"
    theirs = between_numbers(found)
    admitted, kind = compiles(theirs)
    # CEL's checker does not go through an item whose type nothing has told yet, such as `z['a'].all(...)`.
    open_item = "'dyn' cannot be the range of a comprehension" in kind
    assert admitted or open_item, f"{theirs} is {type_text(found.type)}; {kind}"


@settings(max_examples=1000, deadline=None)
@given(st.randoms(use_true_random=True), st.integers(1, 3))
def test_both_give_the_same_type(random: Random, depth: int) -> None:
    text = _Drawing(random).expression(depth)
    found = ours(text)
    # A map whose first value has a type and whose next is dyn keeps that type in CEL; ours is of dyn, as a list is.
    if isinstance(found, Checked) and "type" not in type_text(found.type) and "{" not in text:
        admitted, kind = compiles(between_numbers(found))
        assert not admitted or kind == type_text(found.type), text
