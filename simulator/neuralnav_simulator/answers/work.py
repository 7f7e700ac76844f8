"""How much work one answer may be: a schema of a few bytes may ask for any amount."""

from contextvars import ContextVar

from neuralnav_simulator.answers.asked import BeyondError

MOST = 1_000_000
"""Units of work, each of them a microsecond or less: no answer takes a core for much longer than half a second."""

_left: ContextVar[list[int]] = ContextVar("left")
"""Of the context, as the rules of `jsonschema` cannot be handed it, and a thread for each answer runs them."""


def begin() -> None:
    """Let an answer begin with all of its work before it."""
    _left.set([MOST])


def spend(units: int) -> None:
    """Count work that was done, or is about to be. Raises BeyondError for more than one answer may be."""
    left = _left.get(None)
    if left is None:  # nobody's answer
        return
    left[0] -= units
    if left[0] < 0:
        raise BeyondError("the schema takes too long to follow")
