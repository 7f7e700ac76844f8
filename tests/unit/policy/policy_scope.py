"""A small scope that tests of the checker share, and a fault drawn under the expression it is in."""

from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import ExpressionError, Fault
from neuralnav.policy.parse import parse
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Field,
    ListType,
    MapType,
    ObjectType,
    Scope,
    Type,
    Variable,
)


def _object(name: str, fields: dict[str, Field]) -> Variable:
    return Variable(ObjectType(name, fields), "", per_row=True)


SCOPE = Scope({
    "candidate": _object("candidate", {
        "ttft_p95_ms": Field(DOUBLE, "", "ms"), "gpus": Field(INT, ""), "price_kind": Field(STRING, ""),
        "score": Field(DOUBLE, "", optional=True), "cost_monthly_usd": Field(DOUBLE, "", "USD/month"),
    }),
    "accelerator": _object("accelerator", {
        "name": Field(STRING, ""), "memory_gib": Field(DOUBLE, "", "GiB"), "owned": Field(BOOL, ""),
    }),
    "model": _object("model", {"name": Field(STRING, ""), "tags": Field(ListType(STRING), "")}),
    "plan": _object("plan", {"gpus": Field(INT, "")}),
    "params": _object("params", {"cap": Field(DOUBLE, ""), "by_team": Field(MapType(STRING, DOUBLE), "")}),
    "notes": Variable(ListType(ObjectType("note", {"text": Field(STRING, "")})), ""),
})  # fmt: skip


def checked(text: str, *, expected: Type | tuple[Type, ...] | None = None) -> Checked:
    return check(text, parse(text), SCOPE, expected=expected)


def drawn(text: str, faults: tuple[Fault, ...]) -> str:
    """Return the expression with each fault in a line of its own, under the place where it is."""
    lines = [text]
    for fault in faults:
        caret = " " * fault.span.start + "^" * (fault.span.end - fault.span.start)
        lines.append(f"{caret} {fault.message}{f'; {fault.hint}' if fault.hint else ''}")
    return "\n".join(lines)


def told(text: str, *, expected: Type | tuple[Type, ...] | None = None) -> str:
    """Return what an expression is refused with, drawn."""
    try:
        checked(text, expected=expected)
    except ExpressionError as error:
        return drawn(text, error.faults)
    return f"{text}\n(admitted)"
