"""The policy language: a typed subset of CEL. Text -> parse -> check -> lower to Arrow | interpret -> explain."""

from neuralnav.policy.evaluation import evaluate
from neuralnav.policy.faults import EvaluationError, ExpressionError

__all__ = ["EvaluationError", "ExpressionError", "evaluate"]
