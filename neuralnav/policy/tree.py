"""The syntax tree: frozen nodes with the span of text that each was read from. Nodes are compared by identity."""

from dataclasses import dataclass
from typing import Literal

from neuralnav.policy.faults import Span


class UInt(int):
    """An unsigned integer: CEL tells 1u from 1."""

    __slots__ = ()


Scalar = bool | int | UInt | float | str | bytes | None
"""What a literal can be. `bool` and `UInt` are tested before `int`."""

BinaryOperator = Literal["||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]
UnaryOperator = Literal["!", "-"]
Macro = Literal["all", "exists", "exists_one", "map", "filter"]


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A value written out."""

    span: Span
    value: Scalar


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A variable. `absolute` says that it was written with a leading dot: it never means a macro's own variable."""

    span: Span
    name: str
    absolute: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """`operand.field`; `field_span` is the field alone. With `test`, `has(operand.field)`, whose span is the call."""

    span: Span
    operand: "Expression"
    field: str
    field_span: Span
    test: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """`operand[index]`."""

    span: Span
    operand: "Expression"
    index: "Expression"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """`function(arguments)` or `target.function(arguments)`; `name_span` is the function's name alone."""

    span: Span
    function: str
    name_span: Span
    target: "Expression | None"
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`!operand` or `-operand` (a minus before a number belongs to the literal)."""

    span: Span
    operator: UnaryOperator
    operand: "Expression"


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """`left operator right`; `operator_span` is the operator alone.

    Chains of `&&` and of `||` are balanced (both are associative), so that long ones are not deep; all other chains
    lean to the left.
    """

    span: Span
    operator: BinaryOperator
    operator_span: Span
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """`condition ? yes : no`."""

    span: Span
    condition: "Expression"
    yes: "Expression"
    no: "Expression"


@dataclass(frozen=True, slots=True, eq=False)
class ListOf:
    """`[items]`."""

    span: Span
    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class MapOf:
    """`{key: value}`; entries as written."""

    span: Span
    entries: "tuple[tuple[Expression, Expression], ...]"


@dataclass(frozen=True, slots=True, eq=False)
class Comprehension:
    """A macro over a list, or over the keys of a map: `over.macro(variable, body)`.

    `map` with three arguments has a `condition`: only what meets it is mapped. `filter`, `all`, `exists` and
    `exists_one` hold their predicate in `body`.
    """

    span: Span
    macro: Macro
    over: "Expression"
    variable: str
    variable_span: Span
    condition: "Expression | None"
    body: "Expression"


Expression = Constant | Name | Select | Index | Call | Unary | Binary | Conditional | ListOf | MapOf | Comprehension


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the nodes directly below one, in the order of the text."""
    match node:
        case Constant() | Name():
            return ()
        case Select(operand=operand) | Unary(operand=operand):
            return (operand,)
        case Index(operand=first, index=second) | Binary(left=first, right=second):
            return (first, second)
        case Call(target=target, arguments=arguments):
            return arguments if target is None else (target, *arguments)
        case Conditional(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case ListOf(items=items):
            return items
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Comprehension(over=over, condition=condition, body=body):
            return (over, body) if condition is None else (over, condition, body)
