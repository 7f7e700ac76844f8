"""Texts written out in a call that the function cannot read: told before anything runs, where they stand."""

from collections.abc import Iterator, Sequence
from typing import Final

from neuralnav.policy import conversions, texts
from neuralnav.policy.faults import Fault
from neuralnav.policy.tree import Constant, Expression
from neuralnav.policy.values import NoValueError

_CONVERSIONS: Final = frozenset({"int", "uint", "double", "bool", "ms", "usd", "gib"})


def unusable(name: str, arguments: Sequence[Expression]) -> Iterator[Fault]:
    """Yield a fault at the constant argument of a well-typed call that the function cannot read.

    A pattern must be one of RE2; the text of a conversion must convert. The target of a member comes first.
    """
    if name not in _CONVERSIONS and name != "matches":
        return
    node = arguments[-1]
    if not isinstance(node, Constant) or not isinstance(node.value, str):
        return
    try:
        if name == "matches":
            texts.matches("", node.value)
        else:
            conversions.FUNCTIONS[f"{name}(string)"](node.value)
    except NoValueError as error:
        yield Fault(error.kind, node.span, error.message, error.hint)
