"""What a type error says, and how it is mended: sentences made from the operands as the author wrote them."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from neuralnav.model.document import suggestion
from neuralnav.policy.operand import NOTHING_IS_NULL, Advice, Operand, as_double, choice, either, is_scalar
from neuralnav.policy.rules import MEMBERS, PLAIN, holds_object
from neuralnav.policy.signatures import FUNCTIONS, NAMESPACES, NUMBERS, ORDERS
from neuralnav.policy.tree import Binary, BinaryOperator, Constant, Select, UnaryOperator
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    UINT,
    ListType,
    MapType,
    ObjectType,
    Type,
    type_text,
)

VARIABLES: Final = "variables"
"""The name under which a policy reads its own variables."""

_UNIT_TEXTS: Final[Mapping[str, re.Pattern[str]]] = {
    "ms": re.compile(r"[0-9.]+ *(ms|s|m|min)"),
    "gib": re.compile(r"[0-9.]+ *[KMGT]i?B?"),
    "usd": re.compile(r"(\$ *[0-9.]+ *[kKmM]?|[0-9.]+ *[kKmM]|[0-9.]+ *[kKmM]? *USD)(/month)?"),
}
"""The conversions by the texts that they are for. `5m` is minutes and a sum: the field's unit decides, else this order.
"""

_NOTHING: Final[Mapping[Type, str]] = {INT: "0", UINT: "0u", DOUBLE: "0.0", STRING: "''"}
_NUMBER_TEXT: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def of_binary(operator: BinaryOperator, left: Operand, right: Operand) -> Advice:
    """Say why `left operator right` has no meaning."""
    if operator in ("&&", "||"):
        return _of_logic(operator, left, right)
    if operator in ("==", "!=", *ORDERS):
        return _of_comparison(operator, left, right)
    if operator == "in":
        return _of_membership(left, right)
    return f"no {type_text(left.type)} {operator} {type_text(right.type)}", _arithmetic_hint(operator, left, right)


def of_unary(operator: UnaryOperator, operand: Operand) -> Advice:
    """Say why `operator operand` has no meaning."""
    found = type_text(operand.type)
    if operator == "!":
        return f"! takes bool, here is {found}", _as_condition(operand, "==")
    return f"no -{found}", f"write -int({operand.quote})" if operand.type == UINT else ""


def of_index(operand: Operand, index: Operand) -> Advice:
    """Say why `operand[index]` has no meaning."""
    kind, found = type_text(operand.type), type_text(index.type)
    match operand.type:
        case ListType():
            return f"{kind} is indexed by int, not {found}", ""
        case MapType(key, _):
            return f"{kind} is indexed by {type_text(key)}, not {found}", ""
        case ObjectType(name, fields):
            field = index.node.value if isinstance(index.node, Constant) else None
            shown = next((name for name in fields if name == field), next(iter(fields), "field"))
            return f"{name} has fields, no keys", f"write {operand.quote}.{shown}"
        case _:
            hint = f"write {operand.quote}.charAt({index.quote})" if operand.type == STRING else ""
            return f"{kind} cannot be indexed", hint


def of_object(operand: Operand) -> Advice:
    """Say that an object only stands before a dot."""
    match operand.type:
        case ObjectType(name, fields) if fields:
            return f"{name} is no value; read one of its fields", f"such as {operand.quote}.{next(iter(fields))}"
        case _:
            return f"{type_text(operand.type)} is no value", "read one of its fields"


def of_branches(yes: Operand, no: Operand) -> Advice:
    """Say why the two sides of a conditional do not go together."""
    message = f"the branches of ?: differ: {type_text(yes.type)} and {type_text(no.type)}"
    return message, NOTHING_IS_NULL if NULL in (yes.type, no.type) else _alike(yes, no)


def of_selection(operand: Operand, field: str) -> Advice:
    """Say why a value that is no object has no field."""
    message = f"{type_text(operand.type)} has no fields"
    if field in MEMBERS:
        return message, f"write {operand.quote}.{field}()"
    match operand.type:
        case ListType(ObjectType(fields=fields)) if field in fields:
            return message, f"its items have: write {operand.quote}.exists(x, x.{field} ...)"
        case _:
            return message, ""


def of_macro(macro: str, over: Operand) -> Advice:
    """Say that there is nothing to go through."""
    return f"{macro}() is for list or map, here is {type_text(over.type)}", ""


def of_predicate(macro: str, body: Operand) -> Advice:
    """Say that a macro's condition is no condition."""
    return f"the condition of {macro}() must be bool; here is {type_text(body.type)}", _as_condition(body)


def of_condition(condition: Operand) -> Advice:
    """Say that a conditional's condition is no condition."""
    return f"the condition of ?: must be bool; here is {type_text(condition.type)}", _as_condition(condition)


def of_key(key: Operand) -> Advice:
    """Say that a map has no keys of this type."""
    return f"a map's key must be bool, int, uint or string; here is {type_text(key.type)}", ""


def of_expected(expected: Sequence[Type], root: Operand) -> Advice:
    """Say what the whole expression should have been."""
    found = type_text(root.type)
    if tuple(expected) == (BOOL,):
        return f"a rule's expression must be bool; this is {found}", "compare it with something"
    if tuple(expected) == (STRING,):
        return f"a message must be string; this is {found}", f"write string({root.quote})" if is_scalar(
            root.type
        ) else ""
    if set(expected) <= set(NUMBERS):
        return f"a limit must be {either(expected)}; this is {found}", ""
    return f"this must be {either(expected)}; it is {found}", ""


def of_name(name: str, known: Mapping[str, Type]) -> Advice:
    """Say that a name is not known; `known` are those that are, with their types."""
    message = f'unknown name "{name}"'
    if name in PLAIN or name in MEMBERS:
        return message, f"{name} is a function; such as {PLAIN.get(name, MEMBERS.get(name, ()))[0].example}"
    if name in NAMESPACES:
        example = next(item.example for item in FUNCTIONS if item.name.startswith(f"{name}."))
        return message, f"functions have it in front; such as {example}"
    paths = [f"{owner}.{name}" for owner, kind in known.items() if isinstance(kind, ObjectType) and name in kind.fields]
    if paths:
        return message, f"write {choice(sorted(paths))}"
    bare = ObjectType(VARIABLES, {})
    return message, suggestion(name, [other for other, kind in known.items() if kind != bare])


def of_field(owner: ObjectType, field: str, known: Mapping[str, Type]) -> Advice:
    """Say that an object has no such field, and which object has."""
    if owner.name == VARIABLES:
        hint = suggestion(field, owner.fields) if owner.fields else "the policy has no variables"
        return f"there is no variable {field}", hint
    message = f"{owner.name} has no field {field}"
    paths = [f"{name}.{field}" for name, kind in known.items() if isinstance(kind, ObjectType) and field in kind.fields]
    if paths:
        return message, f"{' and '.join(sorted(paths))} {'exists' if len(paths) == 1 else 'exist'}"
    return message, suggestion(field, owner.fields)


def _of_logic(operator: str, left: Operand, right: Operand) -> Advice:
    wrong = next(side for side in (left, right) if side.type not in (BOOL, DYN))
    message = f"{operator} takes bool, here is {type_text(wrong.type)}"
    match left.node:
        case Binary(operator="==", left=value, right=first) if operator == "||" and wrong is right:
            return message, f"write {left.part(value)} in [{left.part(first)}, {right.quote}]"
        case _:
            return message, _as_condition(wrong)


def _of_comparison(operator: str, left: Operand, right: Operand) -> Advice:
    if holds_object(left.type) or holds_object(right.type):
        return "objects are not compared", "compare their fields"
    for side, other in ((left, right), (right, left)):
        if side.type == NULL and other.type not in (NULL, DYN):
            return _of_null(operator, other)
    kinds = left.type, right.type
    if left.type == right.type or DYN in kinds:
        return f"{type_text(kinds[left.type == DYN])} has no order", ""
    message = f"cannot compare {type_text(left.type)} with {type_text(right.type)}"
    match left.node:
        case Binary(operator=first, right=middle) if first in ORDERS and operator in ORDERS:
            return message, f"write {left.quote} && {left.part(middle)} {operator} {right.quote}"
        case _:
            return message, _comparison_hint(operator, left, right)


def _of_null(operator: str, other: Operand) -> Advice:
    if not isinstance(other.node, Select):
        return f"{type_text(other.type)} is never null", NOTHING_IS_NULL
    test = "!has" if operator == "==" else "has"
    return f"{other.quote} is absent, never null", f"write {test}({other.quote})"


def _comparison_hint(operator: str, left: Operand, right: Operand) -> str:
    for side, other in ((left, right), (right, left)):
        if isinstance(side.type, ListType) and side.type.item == other.type:
            found = f"{other.quote} in {side.quote}"
            return {"==": f"write {found}", "!=": f"write !({found})"}.get(operator, "")
        if side.type in NUMBERS and other.type == STRING and isinstance(other.node, Constant):
            number = _as_number(str(other.node.value), side)
            return f"write {number}" if number else f"{side.quote} is a number"
        if side.type == STRING and other.constant and is_scalar(other.type):
            return f"write '{other.quote}'"
        if side.type == BOOL and other.constant and other.text[1:-1] in ("true", "false"):
            return f"write {other.text[1:-1]}"
    return ""


def _as_number(text: str, side: Operand) -> str:
    """Return what to write for a text that meets a number, or nothing when it means none."""
    unit = side.field.unit.lower() if side.field is not None else ""
    plain = text.strip()
    if _NUMBER_TEXT.fullmatch(plain):
        return plain if side.type != DOUBLE or "." in plain else f"{plain}.0"
    fitting = [name for name, pattern in _UNIT_TEXTS.items() if pattern.fullmatch(plain)]
    name = next((name for name in fitting if unit.startswith(name)), fitting[0] if fitting else "")
    return f"{name}('{plain.removesuffix('/month')}')" if name else ""


def _of_membership(item: Operand, holder: Operand) -> Advice:
    if holds_object(item.type):
        return "objects are not compared", "compare their fields"
    match holder.type:
        case ListType(found) | MapType(found, _):
            what = "items" if isinstance(holder.type, ListType) else "keys"
            message = f"cannot compare {type_text(item.type)} with {what} of {type_text(holder.type)}"
            return (
                message,
                f"write '{item.quote}'" if item.constant and item.type in NUMBERS and found == STRING else "",
            )
        case _:
            hint = f"write {holder.quote}.contains({item.quote})" if item.type == holder.type == STRING else ""
            return f"in takes a list or a map on the right, here is {type_text(holder.type)}", hint


def _arithmetic_hint(operator: str, left: Operand, right: Operand) -> str:
    if operator == "%":
        return "% is for whole numbers: write int(x)" if DOUBLE in (left.type, right.type) else ""
    if left.type in NUMBERS and right.type in NUMBERS:
        return _alike(left, right)
    for side, other in ((left, right), (right, left)):
        if operator == "+" and side.type == STRING and is_scalar(other.type):
            return f"write string({other.quote})"
        if operator == "+" and isinstance(side.type, ListType) and side.type.item == other.type:
            return f"write [{other.quote}]"
        if side.type in NUMBERS and other.type == STRING and isinstance(other.node, Constant):
            number = _as_number(str(other.node.value), side)
            return f"write {number}" if number else ""
    return ""


def _alike(left: Operand, right: Operand) -> str:
    """Return how two numbers become one type: the whole one a double, else the unsigned one an int."""
    kinds = {left.type, right.type}
    if not kinds <= set(NUMBERS) or len(kinds) == 1:
        return ""
    if DOUBLE in kinds:
        side = left if right.type == DOUBLE else right
        return f"write {as_double(side)}" if side.constant else f"write double({side.quote})"
    side, other = (left, right) if left.type == UINT else (right, left)
    if side.constant:
        return f"write {side.text.rstrip('uU')}"
    return f"write {other.quote}u" if other.constant and other.quote[0] != "-" else f"write int({side.quote})"


def _as_condition(operand: Operand, operator: str = "!=") -> str:
    """Return how a value becomes a condition."""
    zero = _NOTHING.get(operand.type)
    return f"compare it, such as {operand.quote} {operator} {zero}" if zero is not None else ""
