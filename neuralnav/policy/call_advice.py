"""What a call that means nothing is told: no such function, called the other way, or the wrong count or types."""

from collections.abc import Mapping, Sequence
from typing import Final

from neuralnav.model.document import suggestion
from neuralnav.policy.operand import NOTHING_IS_NULL, Advice, Operand, as_double, choice, either, is_scalar
from neuralnav.policy.rules import MEMBERS, PLAIN
from neuralnav.policy.signatures import NUMBERS, VARIADIC
from neuralnav.policy.types import DOUBLE, DYN, INT, NULL, STRING, ListType, MapType, Parameter, Type, type_text

_UNITS: Final[Mapping[str, str]] = {"ms": "ms", "usd": "USD", "gib": "GiB"}
_CONVERTED: Final[Mapping[Type, str]] = {DOUBLE: "double", STRING: "string", INT: "int"}


def of_call(name: str, arguments: Sequence[Operand], *, member: bool) -> Advice:
    """Say why a call has no meaning; of a member, the first argument stands before the dot."""
    if name in VARIADIC and not member:
        return _of_extreme(name, arguments)
    known = (MEMBERS if member else PLAIN).get(name, ())
    if not known:
        return _of_unknown(name, arguments, member=member)
    fitting = [item.parameters for item in known if len(item.parameters) == len(arguments)]
    if not fitting:
        counts = sorted({len(item.parameters) - member for item in known})
        found = _here_are(len(arguments) - member)
        return f"{name}() takes {_arguments(counts)}, here {found}", f"such as {known[0].example}"
    for place, operand in enumerate(arguments):
        wanted = list(dict.fromkeys(types[place] for types in fitting))
        if not any(_fits(operand.type, kind) for kind in wanted):
            verb = "is for" if member and place == 0 else "takes"
            message = f"{name}() {verb} {either(wanted)}, here is {type_text(operand.type)}"
            return message, _argument_hint(name, wanted, operand)
    return f"no {name}({', '.join(type_text(item.type) for item in arguments)})", ""


def _of_extreme(name: str, arguments: Sequence[Operand]) -> Advice:
    if not arguments:
        return f"{name}() takes at least one number, here is none", ""
    wrong = next((item for item in arguments if item.type not in (*NUMBERS, DYN)), arguments[0])
    found = "an empty list" if wrong.text.strip("[] ") == "" else type_text(wrong.type)
    return f"{name}() takes numbers or one list of numbers, here is {found}", ""


def _of_unknown(name: str, arguments: Sequence[Operand], *, member: bool) -> Advice:
    other = (PLAIN if member else MEMBERS).get(name, ())
    texts = [item.quote for item in arguments]
    if other and texts:
        right = f"{name}({', '.join(texts)})" if member else f"{texts[0]}.{name}({', '.join(texts[1:])})"
        return f"{name}() is {'no member' if member else 'a member'} of a value", f"write {right}"
    if "." in name:
        return f"unknown function {name}", suggestion(name, [*PLAIN, *VARIADIC])
    known = {*PLAIN, *MEMBERS, *VARIADIC}
    inner = next((full for full in sorted(known) if full.partition(".")[2] == name), "")
    return f"unknown function {name}", f"did you mean {inner}?" if inner else suggestion(name, known)


def _argument_hint(name: str, wanted: Sequence[Type], operand: Operand) -> str:
    if name in _UNITS and operand.type in NUMBERS:
        own = operand.field is not None and operand.field.unit.lower().startswith(name)
        if own:
            return f"{operand.quote} is already in {_UNITS[name]}"
        return f"a number stands for {_UNITS[name]} as it is: {operand.quote}"
    if operand.type == NULL:
        return NOTHING_IS_NULL
    convert = _CONVERTED.get(wanted[0], "") if len(wanted) == 1 else ""
    if not convert or not is_scalar(operand.type) or (operand.type not in NUMBERS and convert != "string"):
        return ""
    if operand.constant and convert == "string":
        return f"write '{operand.quote}'"
    return (
        f"write {as_double(operand)}"
        if operand.constant and convert == "double"
        else f"write {convert}({operand.quote})"
    )


def _fits(found: Type, wanted: Type) -> bool:
    """Tell whether a value can be a parameter, when the call is taken apart to find the argument at fault."""
    if found == wanted or DYN in (found, wanted):
        return True
    match found, wanted:
        case ListType(item), ListType(other):
            return isinstance(other, Parameter) or _fits(item, other)
        case MapType(), MapType():
            return True
        case _:
            return isinstance(wanted, Parameter)


def _arguments(counts: Sequence[int]) -> str:
    names = ["no" if count == 0 else str(count) for count in counts]
    return f"{choice(names)} argument{'' if counts[-1] == 1 else 's'}"


def _here_are(count: int) -> str:
    return {0: "is none", 1: "is 1"}.get(count, f"are {count}")
