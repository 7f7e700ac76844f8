"""What each operator and function gives for operands of known types. Every answer is a type, or None: refused.

CEL's rules, with one extension: numbers of any kind compare with each other (`==`, `<`, `in`), as in Kubernetes.
"""

from collections.abc import Mapping, Sequence

from neuralnav.policy.signatures import (
    FUNCTIONS,
    NUMBERS,
    OPERATORS,
    ORDERS,
    VARIADIC,
    Signature,
    overloads,
)
from neuralnav.policy.tree import BinaryOperator, Constant, Expression, ListOf, MapOf, UnaryOperator
from neuralnav.policy.types import BOOL, DYN, INT, STRING, UINT, ListType, MapType, ObjectType, Parameter, Simple, Type
from neuralnav.policy.unify import Unifier

KEYS: tuple[Type, ...] = (BOOL, INT, UINT, STRING)
"""What the key of a map can be."""

_SIMPLE: Mapping[tuple[str, Type, Type], Type] = {
    (item.name, item.parameters[0], item.parameters[1]): item.result
    for item in OPERATORS
    if len(item.parameters) == 2 and all(type(kind) is Simple for kind in item.parameters)
}
"""Two operands without parts are looked up, not unified: most of a policy's operators."""


def binary(operator: BinaryOperator, left: Type, right: Type, unifier: Unifier) -> Type | None:
    """Return what `left operator right` gives."""
    if operator in ("==", "!="):
        return BOOL if comparable(left, right, unifier) else None
    if operator == "in":
        return BOOL if _member(left, right, unifier) else None
    found = _SIMPLE.get((operator, left, right))
    if found is not None:
        return found
    every = overloads(operator, 2, member=False)
    if operator not in ORDERS:
        return unifier.result(every, (left, right))
    # Numbers of two kinds only after all else: in [].all(x, x < 1.0) the open x is a double, as in CEL.
    alike = tuple(item for item in every if item.parameters[0] == item.parameters[1])
    return unifier.result(alike, (left, right)) or unifier.result(every, (left, right))


def unary(operator: UnaryOperator, operand: Type, unifier: Unifier) -> Type | None:
    """Return what `operator operand` gives."""
    return unifier.result(overloads(operator, 1, member=False), (operand,))


def comparable(left: Type, right: Type, unifier: Unifier) -> bool:
    """Tell whether `==` has a meaning: two values of one type that hold no object, or two numbers."""
    left, right = unifier.known(left), unifier.known(right)
    if left in NUMBERS and right in NUMBERS:
        return True
    return not (holds_object(left) or holds_object(right)) and unifier.assignable(left, right)


def indexed(operand: Type, index: Type, unifier: Unifier) -> Type | None:
    """Return what `operand[index]` gives."""
    return unifier.result(overloads("[]", 2, member=False), (operand, index))


def called(name: str, arguments: tuple[Type, ...], unifier: Unifier, *, member: bool) -> Type | None:
    """Return what a call gives; of a member, the first argument stands before the dot."""
    if name in VARIADIC:
        return None if member else _extreme(arguments, unifier)
    return unifier.result(overloads(name, len(arguments), member=member), arguments)


def sized(arguments: Sequence[Expression]) -> bool:
    """Tell whether `math.greatest` and `math.least` have numbers to take, as far as that is written out."""
    match arguments:
        case (ListOf(items=items),):
            return bool(items) and not any(map(_no_number, items))
        case _:
            return True


def is_known(name: str) -> bool:
    """Tell whether there is a function of that name, called in whichever way."""
    return name in PLAIN or name in MEMBERS or name in VARIADIC


def holds_object(kind: Type) -> bool:
    """Tell whether a type is an object, or a list or map of them."""
    match kind:
        case ObjectType():
            return True
        case ListType(item):
            return holds_object(item)
        case MapType(_, value):
            return holds_object(value)
        case _:
            return False


def _member(item: Type, holder: Type, unifier: Unifier) -> bool:
    holder = unifier.known(holder)
    if isinstance(holder, Parameter):
        opened = ListType(unifier.fresh())
        if not unifier.assignable(holder, opened):
            return False
        holder = opened
    match holder:
        case ListType(kind) | MapType(kind, _):
            return comparable(item, kind, unifier)
        case _:
            return holder == DYN and not holds_object(item)


def _extreme(arguments: tuple[Type, ...], unifier: Unifier) -> Type | None:
    """Type `math.greatest` and `math.least`: numbers, or one list of them; of mixed kinds only the row can tell."""
    kinds = tuple(unifier.known(kind) for kind in arguments)
    if len(kinds) == 1 and isinstance(kinds[0], ListType):
        kinds = (unifier.known(kinds[0].item),)
    kinds = tuple(INT if isinstance(kind, Parameter) and unifier.assignable(kind, INT) else kind for kind in kinds)
    if not kinds or any(kind not in (*NUMBERS, DYN) for kind in kinds):
        return None
    return kinds[0] if all(kind == kinds[0] for kind in kinds) else DYN


def _no_number(item: Expression) -> bool:
    match item:
        case Constant(value=value):
            return isinstance(value, bool) or not isinstance(value, int | float)
        case ListOf() | MapOf():
            return True
        case _:
            return False


def _by_name(*, member: bool) -> dict[str, tuple[Signature, ...]]:
    found: dict[str, tuple[Signature, ...]] = {}
    for item in FUNCTIONS:
        if item.member == member:
            found[item.name] = (*found.get(item.name, ()), item)
    return found


PLAIN: Mapping[str, tuple[Signature, ...]] = _by_name(member=False)
MEMBERS: Mapping[str, tuple[Signature, ...]] = _by_name(member=True)
"""Every overload by the function's name: called as `f(x)`, and as `x.f()`."""
