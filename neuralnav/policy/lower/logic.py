"""Logic over columns: Kleene's tables, which are CEL's absorption of errors, and the conditional."""

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower.parts import (
    ARROW,
    NO_BOOL,
    Column,
    Failed,
    Fixed,
    Frame,
    Part,
    Run,
    Value,
    kind_name,
    slow_of,
    spread,
    step,
    two,
)


def conjunction(parts: Sequence[Part]) -> Part | None:
    """Return the rule of `&&` over any count of operands; None where one of them is no bool."""
    return _absorbing(parts, kernel="and_kleene", absorbs=False)


def disjunction(parts: Sequence[Part]) -> Part | None:
    """Return the rule of `||` over any count of operands; None where one of them is no bool."""
    return _absorbing(parts, kernel="or_kleene", absorbs=True)


def _absorbing(parts: Sequence[Part], *, kernel: str, absorbs: bool) -> Part | None:
    if any(not isinstance(part, Failed) and kind_name(part) != "bool" for part in parts):
        return None
    columns = [part for part in parts if isinstance(part, Column)]
    if any(isinstance(part, Fixed) and part.value is absorbs for part in parts):
        return Fixed(absorbs)
    failed = any(isinstance(part, Failed) for part in parts)
    if not columns:
        return Failed() if failed else Fixed(not absorbs)
    run: Run = reduce(lambda left, right: two(kernel, left, right), (column.run for column in columns))
    return Column("bool", two(kernel, run, NO_BOOL) if failed else run, slow_of(*columns))


def conditional(condition: Column, yes: Part, no: Part) -> Part | None:
    """Return the rule of `?:` with a condition per row: an error of the branch that is not taken does not count.

    None where the branches are not of one kind, or of a kind that no column holds.
    """
    if isinstance(yes, Failed) and isinstance(no, Failed):
        return Failed()
    kinds = {kind_name(part) for part in (yes, no) if not isinstance(part, Failed)}
    kind = kinds.pop()
    if kinds or kind not in ARROW:
        return None
    nothing = pa.scalar(None, ARROW[kind])
    steps = [step(part, kind) if isinstance(part, Value) else nothing for part in (yes, no)]

    def run(frame: Frame) -> pa.Array:
        return pc.if_else(condition.run(frame), spread(steps[0], frame), spread(steps[1], frame))

    return Column(kind, run, slow_of(condition, yes, no))
