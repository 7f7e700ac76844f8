"""Texts written out in a call that the function cannot read: told before anything runs, where they stand."""

from collections.abc import Iterator, Sequence

from neuralnav.policy.faults import Fault
from neuralnav.policy.tree import Constant, Expression


def unusable(name: str, arguments: Sequence[Expression]) -> Iterator[Fault]:
    """Yield a fault at each constant argument of a well-typed call that the function cannot read.

    A pattern must be one of RE2; the text of a conversion must convert. The target of a member comes first.
    """
    if name == "matches":
        pattern = arguments[1]
        if isinstance(pattern, Constant) and isinstance(pattern.value, str):
            yield from _pattern(pattern, pattern.value)


def _pattern(node: Constant, pattern: str) -> Iterator[Fault]:
    import pyarrow  # here alone, so that a policy without patterns does not wait for it
    import pyarrow.compute

    try:
        pyarrow.compute.match_substring_regex(pyarrow.array([""]), pattern)
    except pyarrow.ArrowInvalid as error:
        yield Fault("invalid_argument", node.span, f"not a pattern of RE2: {str(error).partition(': ')[2]}")
