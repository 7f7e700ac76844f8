"""Trees -> text, every operator in parentheses: what a test compares, and what the parser must read back."""

import re
from typing import assert_never

from neuralnav.policy.tokens import KEYWORDS
from neuralnav.policy.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Index,
    ListOf,
    MapOf,
    Name,
    Scalar,
    Select,
    UInt,
    Unary,
)

_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def expression_text(node: Expression) -> str:
    """Return a text that parses to a tree of the same shape; two trees of one text have one shape."""
    match node:
        case Constant(value=value):
            return scalar_text(value)
        case Name(name=name, absolute=absolute):
            return f".{name}" if absolute else name
        case Select(operand=operand, field=field, test=test):
            selected = f"{_target(operand)}.{_field(field)}"
            return f"has({selected})" if test else selected
        case Index(operand=operand, index=index):
            return f"{_target(operand)}[{expression_text(index)}]"
        case Call(function=function, target=target, arguments=arguments):
            before = "" if target is None else f"{_target(target)}."
            return f"{before}{function}({_several(arguments)})"
        case ListOf(items=items):
            return f"[{_several(items)}]"
        case MapOf(entries=entries):
            return "{" + ", ".join(f"{expression_text(key)}: {expression_text(value)}" for key, value in entries) + "}"
        case Comprehension(macro=macro, over=over, variable=variable, condition=condition, body=body):
            rest = _several((body,) if condition is None else (condition, body))
            return f"{_target(over)}.{macro}({variable}, {rest})"
        case Unary() | Binary() | Conditional():
            return _operator_text(node)
    assert_never(node)


def _operator_text(node: Unary | Binary | Conditional) -> str:
    match node:
        case Unary(operator=operator, operand=operand):
            inner = expression_text(operand)
            return f"({operator}({inner}))" if isinstance(operand, Constant) else f"({operator}{inner})"
        case Binary(operator=operator, left=left, right=right):
            return f"({expression_text(left)} {operator} {expression_text(right)})"
        case Conditional(condition=condition, yes=yes, no=no):
            return f"({expression_text(condition)} ? {expression_text(yes)} : {expression_text(no)})"


def _target(node: Expression) -> str:
    text = expression_text(node)
    return text if isinstance(node, Name | Select | Index | Call | ListOf | MapOf | Comprehension) else f"({text})"


def _field(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in KEYWORDS else f"`{name}`"


def _several(nodes: tuple[Expression, ...]) -> str:
    return ", ".join(expression_text(node) for node in nodes)


def scalar_text(value: Scalar) -> str:
    """Return one way to write a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case UInt():
            return f"{int(value)}u"
        case int():
            return str(value)
        case float():
            return {"inf": "1e999", "-inf": "-1e999"}.get(repr(value), repr(value))
        case str():
            return '"' + "".join(_escaped(mark) for mark in value) + '"'
        case bytes():
            return 'b"' + "".join(f"\\x{octet:02x}" for octet in value) + '"'


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return f"\\{mark}"
    return mark if mark.isprintable() else f"\\U{ord(mark):08x}"
