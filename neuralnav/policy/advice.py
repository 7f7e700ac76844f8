"""What a type error says, and how it is mended: sentences made from the operands as the author wrote them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.model.document import suggestion
from neuralnav.policy.rules import MEMBERS, PLAIN, holds_object
from neuralnav.policy.signatures import NUMBERS, ORDERS, VARIADIC
from neuralnav.policy.tree import Binary, BinaryOperator, Constant, Expression, Select, UInt, UnaryOperator
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    UINT,
    Field,
    ListType,
    MapType,
    ObjectType,
    Parameter,
    Type,
    type_text,
)

LONGEST_QUOTE = 60

_UNIT_TEXTS: Mapping[str, re.Pattern[str]] = {
    "ms": re.compile(r"[0-9.]+ *(ms|s|m|min)"),
    "gib": re.compile(r"[0-9.]+ *[KMGT]i?B?"),
    "usd": re.compile(r"(\$ *[0-9.]+ *[kKmM]?|[0-9.]+ *[kKmM]|[0-9.]+ *[kKmM]? *USD)(/month)?"),
}
"""The conversions by the texts that they are for. `5m` is minutes and a sum: the field's unit decides,
else this order."""

_NUMBER_TEXT = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Operand:
    """A part of an expression: its node, its type, its own text, and the field when it reads one of an object."""

    node: Expression
    type: Type
    text: str
    field: Field | None = None

    @property
    def constant(self) -> bool:
        """Whether it is a value written out."""
        return isinstance(self.node, Constant)

    @property
    def quote(self) -> str:
        """Its text on one line, or `...` when that is too long for a hint."""
        return self.text if len(self.text) <= LONGEST_QUOTE and "\n" not in self.text else "..."


Advice = tuple[str, str]
"""What is wrong, and how to mend it (may be empty)."""


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
        return f"! takes bool, here is {found}", _as_condition(operand)
    return f"no -{found}", f"write -int({operand.quote})" if operand.type == UINT else ""


def of_index(operand: Operand, index: Operand) -> Advice:
    """Say why `operand[index]` has no meaning."""
    kind, found = type_text(operand.type), type_text(index.type)
    match operand.type:
        case ListType():
            return f"{kind} is indexed by int, not {found}", ""
        case MapType(key, _):
            return f"{kind} is indexed by {type_text(key)}, not {found}", ""
        case _:
            hint = f"write {operand.quote}.charAt({index.quote})" if operand.type == STRING else ""
            return f"{kind} cannot be indexed", hint


def of_branches(yes: Operand, no: Operand) -> Advice:
    """Say why the two sides of a conditional do not go together."""
    message = f"the branches of ?: differ: {type_text(yes.type)} and {type_text(no.type)}"
    if NULL in (yes.type, no.type):
        return message, "nothing here is null; missing data is absent: guard the rule with has()"
    return message, _alike(yes, no)


def of_selection(operand: Operand, field: str) -> Advice:
    """Say why a value that is no object has no field."""
    if isinstance(operand.type, ListType):
        return f"{type_text(operand.type)} has no fields", f"write {operand.quote}.exists(x, x.{field} ...)"
    return f"{type_text(operand.type)} has no fields", ""


def of_predicate(macro: str, body: Operand) -> Advice:
    """Say that a macro's condition is no condition."""
    return f"the condition of {macro}() must be bool; here is {type_text(body.type)}", _as_condition(body)


def of_condition(condition: Operand) -> Advice:
    """Say that a conditional's condition is no condition."""
    return f"the condition of ?: must be bool; here is {type_text(condition.type)}", _as_condition(condition)


def of_expected(expected: Sequence[Type], root: Operand) -> Advice:
    """Say what the whole expression should have been."""
    found = type_text(root.type)
    if tuple(expected) == (BOOL,):
        return f"a rule's expression must be bool; this is {found}", "compare it with something"
    if tuple(expected) == (STRING,):
        return f"a message must be string; this is {found}", f"write string({root.quote})" if _scalar(root.type) else ""
    if set(expected) <= set(NUMBERS):
        return f"a limit must be {_either(expected)}; this is {found}", ""
    return f"this must be {_either(expected)}; it is {found}", ""


def of_call(name: str, arguments: Sequence[Operand], *, member: bool) -> Advice:
    """Say why a call has no meaning: no such function, called the other way, or the wrong count or types."""
    if name in VARIADIC and not member:
        return _of_extreme(name, arguments)
    shown = arguments[1:] if member else arguments
    known = (MEMBERS if member else PLAIN).get(name, ())
    if not known:
        return _of_unknown_call(name, arguments, member=member)
    fitting = [item.parameters for item in known if len(item.parameters) == len(arguments)]
    if not fitting:
        counts = sorted({len(item.parameters) - member for item in known})
        return f"{name}() takes {_arguments(counts)}, here {_are(len(shown))}", f"such as {known[0].example}"
    for place, operand in enumerate(arguments):
        wanted = list(dict.fromkeys(types[place] for types in fitting))
        if not any(_fits(operand.type, kind) for kind in wanted):
            message = f"{name}() {'is for' if member and place == 0 else 'takes'} {_either(wanted)}"
            return f"{message}, here is {type_text(operand.type)}", _argument_hint(name, wanted, operand)
    return f"no {name}({', '.join(type_text(item.type) for item in arguments)})", ""


def _of_extreme(name: str, arguments: Sequence[Operand]) -> Advice:
    if not arguments:
        return f"{name}() takes at least one number, here is none", ""
    wrong = next((item for item in arguments if item.type not in (*NUMBERS, DYN)), arguments[0])
    found = "an empty list" if wrong.text.replace(" ", "") == "[]" else type_text(wrong.type)
    return f"{name}() takes numbers or one list of numbers, here is {found}", ""


def of_name(name: str, known: Mapping[str, Type]) -> Advice:
    """Say that a name is not known; `known` are those that are, with their types."""
    message = f'unknown name "{name}"'
    if name in PLAIN or name in MEMBERS:
        shown = PLAIN.get(name, MEMBERS.get(name, ()))[0].example
        return message, f"{name} is a function; such as {shown}"
    return message, _holders(name, known) or suggestion(name, known)


def of_field(owner: ObjectType, field: str, known: Mapping[str, Type]) -> Advice:
    """Say that an object has no such field, and which object has."""
    message = f"{owner.name} has no field {field}"
    others = [name for name, kind in known.items() if isinstance(kind, ObjectType) and field in kind.fields]
    if others:
        paths = [f"{name}.{field}" for name in sorted(others)]
        return message, f"{' and '.join(paths)} {'exists' if len(paths) == 1 else 'exist'}"
    return message, suggestion(field, owner.fields)


def _of_logic(operator: str, left: Operand, right: Operand) -> Advice:
    wrong = next(side for side in (left, right) if side.type not in (BOOL, DYN))
    message = f"{operator} takes bool, here is {type_text(wrong.type)}"
    if wrong is right and isinstance(left.node, Binary) and left.node.operator == "==" and operator == "||":
        return message, "to compare one value with several write x in [a, b]"
    return message, _as_condition(wrong)


def _of_comparison(operator: str, left: Operand, right: Operand) -> Advice:
    for side, other in ((left, right), (right, left)):
        if side.type == NULL and other.type not in (NULL, DYN):
            return _of_null(operator, other)
    if holds_object(left.type) or holds_object(right.type):
        return "objects are not compared", "compare their fields"
    found = type_text(left.type), type_text(right.type)
    if left.type == right.type or DYN in (left.type, right.type):
        return f"{found[left.type == DYN]} has no order", ""
    verb = "order" if operator in ORDERS else "compare"
    return f"cannot {verb} {found[0]} with {found[1]}", _comparison_hint(operator, left, right)


def _of_null(operator: str, other: Operand) -> Advice:
    if not isinstance(other.node, Select):
        return f"{type_text(other.type)} is never null", "missing data is absent: use has()"
    if operator not in ("==", "!="):
        return f"{other.quote} is absent, never null", f"write has({other.quote})"
    return f"{other.quote} is absent, never null", f"write {'!' if operator == '==' else ''}has({other.quote})"


def _comparison_hint(operator: str, left: Operand, right: Operand) -> str:
    for side, other in ((left, right), (right, left)):
        if isinstance(side.type, ListType) and side.type.item == other.type:
            return f"write {other.quote} in {side.quote}" if operator == "==" else ""
        if side.type in NUMBERS and other.type == STRING and isinstance(other.node, Constant):
            return _number_for(str(other.node.value), side)
        if side.type == STRING and other.constant and other.type in (*NUMBERS, BOOL):
            return f"write '{other.quote}'"
        if side.type == BOOL and other.constant and other.text[1:-1] in ("true", "false"):
            return f"write {other.text[1:-1]}"
    return ""


def _number_for(text: str, side: Operand) -> str:
    """Return what to write for a text that is compared with a number."""
    unit = side.field.unit if side.field is not None else ""
    plain = text.strip()
    if _NUMBER_TEXT.fullmatch(plain):
        return f"write {plain if side.type != DOUBLE or '.' in plain else plain + '.0'}"
    fitting = [name for name, pattern in _UNIT_TEXTS.items() if pattern.fullmatch(plain)]
    if not fitting:
        return f"{side.quote} is a number{f' of {unit}' if unit else ''}"
    name = next((name for name in fitting if unit.lower().startswith(name)), fitting[0])
    return f"write {name}('{plain.removesuffix('/month')}')"


def _of_membership(item: Operand, holder: Operand) -> Advice:
    kind = type_text(item.type)
    if holds_object(item.type):
        return "objects are not compared", "compare their fields"
    match holder.type:
        case ListType(found) | MapType(found, _):
            what = "items" if isinstance(holder.type, ListType) else "keys"
            hint = f"write '{item.quote}'" if item.constant and item.type in NUMBERS and found == STRING else ""
            return f"cannot compare {kind} with {what} of {type_text(holder.type)}", hint
        case _:
            hint = f"write {holder.quote}.contains({item.quote})" if item.type == holder.type == STRING else ""
            return f"in takes a list or a map on the right, here is {type_text(holder.type)}", hint


def _arithmetic_hint(operator: str, left: Operand, right: Operand) -> str:
    if operator == "%":
        return "% is for whole numbers: write int(x)" if DOUBLE in (left.type, right.type) else ""
    if left.type in NUMBERS and right.type in NUMBERS:
        return _alike(left, right)
    for side, other in ((left, right), (right, left)):
        if operator == "+" and side.type == STRING and _scalar(other.type):
            return f"write string({other.quote})"
        if operator == "+" and isinstance(side.type, ListType) and side.type.item == other.type:
            return f"write [{other.quote}]"
        if side.type in NUMBERS and other.type == STRING and isinstance(other.node, Constant):
            return _number_for(str(other.node.value), side)
    return ""


def _alike(left: Operand, right: Operand) -> str:
    """How two numbers become one type: the whole number a double, the unsigned one an int."""
    kinds = {left.type, right.type}
    if not kinds <= set(NUMBERS) or len(kinds) == 1:
        return ""
    target, moved = ("double", (INT, UINT)) if DOUBLE in kinds else ("int", (UINT,))
    side = left if left.type in moved else right
    other = right if side is left else left
    if isinstance(side.node, Constant):
        return f"write {_spelled(side.node, target)}"
    if target == "int" and isinstance(other.node, Constant) and isinstance(other.node.value, int):
        return f"write {other.node.value}u" if other.node.value >= 0 else f"write int({side.quote})"
    return f"write {target}({side.quote})"


def _spelled(node: Constant, target: str) -> str:
    value = int(node.value) if isinstance(node.value, UInt | int) else 0
    return f"{value}.0" if target == "double" else f"{value}"


def _as_condition(operand: Operand) -> str:
    if operand.type in NUMBERS:
        return f"compare it: {operand.quote} > {'0.0' if operand.type == DOUBLE else '0'}"
    return f"compare it: {operand.quote} != ''" if operand.type == STRING else ""


def _of_unknown_call(name: str, arguments: Sequence[Operand], *, member: bool) -> Advice:
    other = (PLAIN if member else MEMBERS).get(name, ())
    texts = [item.quote for item in arguments]
    if other and texts:
        right = f"{name}({', '.join(texts)})" if member else f"{texts[0]}.{name}({', '.join(texts[1:])})"
        return f"{name}() is called {'on nothing' if member else 'on a value'}", f"write {right}"
    if "." in name:
        return f"unknown function {name}", suggestion(name, [*PLAIN, *VARIADIC])
    known = {*PLAIN, *MEMBERS, *VARIADIC}
    inner = next((full for full in sorted(known) if full.partition(".")[2] == name), "")
    return f"unknown function {name}", f"did you mean {inner}?" if inner else suggestion(name, known)


def _argument_hint(name: str, wanted: Sequence[Type], operand: Operand) -> str:
    if name in _UNIT_TEXTS and operand.type in NUMBERS:
        unit = {"ms": "ms", "usd": "USD", "gib": "GiB"}[name]
        own = operand.field is not None and operand.field.unit.lower().startswith(name)
        return (
            f"{operand.quote} is already in {unit}" if own else f"a number stands for {unit} as it is: {operand.quote}"
        )
    if operand.type == NULL:
        return "nothing here is null; missing data is absent: use has()"
    target: Mapping[Type, str] = {DOUBLE: "double", STRING: "string", INT: "int"}
    convert = target.get(wanted[0]) if len(wanted) == 1 else None
    if convert is None or operand.type not in (*NUMBERS, *((BOOL,) if convert == "string" else ())):
        return ""
    if isinstance(operand.node, Constant) and convert == "double":
        return f"write {_spelled(operand.node, 'double')}"
    return f"write {convert}({operand.quote})"


def _holders(name: str, known: Mapping[str, Type]) -> str:
    """Which objects have a field of that name."""
    paths = [f"{owner}.{name}" for owner, kind in known.items() if isinstance(kind, ObjectType) and name in kind.fields]
    return f"write {_or(sorted(paths))}" if paths else ""


def _fits(found: Type, wanted: Type) -> bool:
    """Whether a value can be a parameter, when the call is taken apart to find the argument at fault."""
    if found == wanted or DYN in (found, wanted):
        return True
    match found, wanted:
        case ListType(item), ListType(other):
            return isinstance(other, Parameter) or _fits(item, other)
        case MapType(), MapType():
            return True
        case _:
            return isinstance(wanted, Parameter)


def _scalar(kind: Type) -> bool:
    return kind in (*NUMBERS, BOOL)


def _either(kinds: Iterable[Type]) -> str:
    return _or([type_text(kind).partition("<T>")[0].partition("<K, V>")[0].removesuffix("<dyn>") for kind in kinds])


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _arguments(counts: Sequence[int]) -> str:
    names = ["no" if count == 0 else str(count) for count in counts]
    return f"{_or(names)} argument{'' if counts[-1] == 1 else 's'}"


def _are(count: int) -> str:
    return {0: "is none", 1: "is 1"}.get(count, f"are {count}")
