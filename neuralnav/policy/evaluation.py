"""One expression, plain data in, plain data out: the language without a scope."""

from collections.abc import Mapping

from neuralnav.policy.faults import EvaluationError, Fault, Span
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import from_plain, to_plain
from neuralnav.policy.values import Budget, NoValueError


def value_of(expression: str, bindings: Mapping[str, object]) -> object:
    """Return the value of an expression over plain data: `neuralnav.policy.evaluate` says how."""
    root = parse(expression)
    whole = Span(0, len(expression))
    values = {name: _bound(name, data, whole) for name, data in bindings.items()}
    value = interpret(root, values)
    try:
        return to_plain(value)
    except NoValueError as failure:
        raise EvaluationError(Fault(failure.kind, whole, f"the result {failure.message}", failure.hint)) from failure


def _bound(name: str, data: object, whole: Span) -> object:
    if not isinstance(name, str):
        raise TypeError(f"the name of a binding is a str; {name!r} is {type(name).__name__}")
    try:
        return from_plain(data, Budget())
    except NoValueError as failure:
        message = f"the binding of {name}: {failure.message}"
        raise EvaluationError(Fault(failure.kind, whole, message, failure.hint)) from failure
