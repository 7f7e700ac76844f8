"""One expression, plain data in, plain data out: the language without a scope."""

from collections.abc import Mapping
from types import MappingProxyType

from neuralnav.policy.faults import EvaluationError, Fault, Span
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import from_plain, to_plain
from neuralnav.policy.values import Budget, NoValueError

_NOTHING: Mapping[str, object] = MappingProxyType({})


def evaluate(expression: str, bindings: Mapping[str, object] = _NOTHING) -> object:
    """Return the value of an expression over plain Python data, without a check of types before it runs.

    `bindings` maps names to None, bool, int, float, str, bytes, lists and dicts of these; an int that needs the 64th
    bit is a uint, and a `UInt` always is. The result is of the same classes: a uint is an int, a type the text of its
    name. Raises ExpressionError where the text is no expression, EvaluationError (`kind`, `fault`) where it has no
    value. What is inside the language and what is not: docs/policy-language.md.
    """
    root = parse(expression)
    whole = Span(0, len(expression))
    values = {name: _bound(name, data, whole) for name, data in bindings.items()}
    value = interpret(root, values)
    try:
        return to_plain(value)
    except NoValueError as failure:
        raise EvaluationError(Fault(failure.kind, whole, f"the result {failure.message}", failure.hint)) from failure


def _bound(name: str, data: object, whole: Span) -> object:
    try:
        return from_plain(data, Budget())
    except NoValueError as failure:
        message = f"the binding of {name}: {failure.message}"
        raise EvaluationError(Fault(failure.kind, whole, message, failure.hint)) from failure
