"""The policy language: a typed subset of CEL. Text -> parse -> check -> lower to Arrow | interpret -> explain."""

from collections.abc import Mapping
from types import MappingProxyType

from neuralnav.policy.faults import EvaluationError, ExpressionError

__all__ = ["EvaluationError", "ExpressionError", "evaluate"]


def evaluate(expression: str, bindings: Mapping[str, object] = MappingProxyType({})) -> object:
    """Return the value of an expression over plain Python data, without a check of types before it runs.

    `bindings` maps names to None, bool, int, float, str, bytes, lists and dicts of these; an int that needs the 64th
    bit is a uint, and a `UInt` (policy.tree) always is. A name may have dots (`x.y`), and then wins over a field of
    that path. The result is of the same classes: a uint is an int, a type the text of its name. Raises ExpressionError
    where the text is no expression, EvaluationError (`kind`, `fault`) where it or a binding has no value, TypeError for
    the name of a binding that is no text.
    """
    # The interpreter is loaded by whoever evaluates: a plan whose project has no policy needs none of it.
    from neuralnav.policy.evaluation import value_of

    return value_of(expression, bindings)
