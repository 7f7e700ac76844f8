"""By how much a condition misses in each row, to find the nearest of the candidates that a rule refuses."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.checked import Checked
from neuralnav.policy.lower.lowering import Lowering
from neuralnav.policy.lower.parts import NUMBERS, Column, Fixed, Frame, Part, Run, Value, kind_name
from neuralnav.policy.tree import Binary, Conditional, Expression, Select, Unary
from neuralnav.policy.types import BOOL

LEAST = 1e-9
"""The excess of a row that misses by nothing at all: a price at the limit that it must be below."""

_LEAST = pa.scalar(LEAST)
_NEVER = pa.scalar(float("inf"))
_MET = pa.scalar(0.0)
_FALSE = pa.scalar(False)  # noqa: FBT003  # a value of Arrow


def misses(checked: Checked, constants: Mapping[str, object], *, wanted: bool) -> Run:
    """Return the kernels of `excess`: a double in every row, never null."""
    return _Misses({}).of(Lowering(checked, constants), checked.root, wanted=wanted)


class _Misses:
    """The excess of each condition; one of a variable is made once, however often it is read."""

    __slots__ = ("_variables",)

    def __init__(self, variables: dict[tuple[str, bool], Run]) -> None:
        self._variables = variables

    def of(self, lowering: Lowering, node: Expression, *, wanted: bool) -> Run:
        types = lowering.checked.types
        match node:
            case Unary(operator="!", operand=operand):
                return self.of(lowering, operand, wanted=not wanted)
            case Binary(operator="&&" | "||") if types[node.left] == types[node.right] == BOOL:
                both = [self.of(lowering, side, wanted=wanted) for side in (node.left, node.right)]
                return _together(both) if (node.operator == "&&") is wanted else _either(both)
            case Conditional(condition=condition, yes=yes, no=no):
                branches = [self.of(lowering, branch, wanted=wanted) for branch in (yes, no)]
                return _chosen(lowering.part(condition), *branches)
            case Select() if (inner := lowering.variable(node)) is not None:
                return self._variable(inner, node, wanted=wanted)
            case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">="):
                sides = lowering.part(node.left), lowering.part(node.right)
                return _compared(node.operator, sides, lowering.part(node), wanted=wanted)
        return _unsized(lowering.part(node), wanted=wanted)

    def _variable(self, inner: Lowering, node: Select, *, wanted: bool) -> Run:
        key = node.field, wanted
        if key not in self._variables:
            run = self.of(inner, inner.checked.root, wanted=wanted)
            self._variables[key] = _once(f"excess {wanted} {node.field}", run)
        return self._variables[key]


def _once(name: str, run: Run) -> Run:
    def shared(frame: Frame) -> pa.Array:
        if name not in frame.shared:
            frame.shared[name] = run(frame)
        return frame.shared[name]

    return shared


def _together(parts: Sequence[Run]) -> Run:
    return lambda frame: reduce(pc.add, (part(frame) for part in parts))


def _either(parts: Sequence[Run]) -> Run:
    return lambda frame: pc.min_element_wise(*(part(frame) for part in parts))


def _chosen(condition: Part, yes: Run, no: Run) -> Run:
    if isinstance(condition, Fixed):
        return yes if condition.value is True else no
    if not isinstance(condition, Column):
        return lambda frame: pa.repeat(_NEVER, frame.rows)
    run = condition.run
    return lambda frame: pc.if_else(run(frame), yes(frame), no(frame)).fill_null(_NEVER)


def _unsized(part: Part, *, wanted: bool) -> Run:
    met = _met(part, wanted=wanted)
    return lambda frame: pc.if_else(met(frame), _MET, _NEVER)


def _met(part: Part, *, wanted: bool) -> Run:
    """Return whether each row has the truth value wanted: false where it has none at all."""
    if not isinstance(part, Column):
        fixed = pa.scalar(isinstance(part, Fixed) and part.value is wanted)
        return lambda frame: pa.repeat(fixed, frame.rows)
    run, value = part.run, pa.scalar(wanted)
    return lambda frame: pc.equal(run(frame), value).fill_null(_FALSE)


def _compared(operator: str, sides: tuple[Part, Part], whole: Part, *, wanted: bool) -> Run:
    """Return the distance from the limit over the limit's size; the limit is the right side, or the one that is fixed.

    Over 1 where the limit is 0. Two numbers that must differ and do not cannot be sized.
    """
    left, right = sides
    numbers = isinstance(left, Value) and isinstance(right, Value) and NUMBERS.issuperset(map(kind_name, sides))
    if not numbers or operator == ("!=" if wanted else "=="):
        return _unsized(whole, wanted=wanted)
    value, limit = (right, left) if isinstance(left, Fixed) and isinstance(right, Column) else (left, right)
    of, by, met = _double(value), _double(limit), _met(whole, wanted=wanted)

    def run(frame: Frame) -> pa.Array:
        least = by(frame)
        size = pc.abs(least)
        size = pc.if_else(pc.equal(size, _MET), pa.scalar(1.0), size)
        distance = pc.divide(pc.abs(pc.subtract(of(frame), least)), size)
        sized = pc.if_else(pc.is_finite(distance), pc.max_element_wise(distance, _LEAST), _NEVER).fill_null(_NEVER)
        return pc.if_else(met(frame), _MET, sized)

    return run


def _double(part: Part) -> Run:
    if isinstance(part, Column):
        run = part.run
        return lambda frame: run(frame).cast(pa.float64(), safe=False)
    number = pa.scalar(float(cast("float", part.value)) if isinstance(part, Fixed) else None, pa.float64())
    return lambda frame: pa.repeat(number, frame.rows)
