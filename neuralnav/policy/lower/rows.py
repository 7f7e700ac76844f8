"""The one place where a piece of an expression goes row by row: what has no kernel, over the columns that it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.lower.parts import ARROW, Column, Frame, Run, fitting
from neuralnav.policy.tree import Expression, UInt
from neuralnav.policy.values import MOST_STEPS, Budget


@dataclass(frozen=True, slots=True)
class Read:
    """What differs between the rows: a column `root.field`, a column of a name alone, or the variable of a macro."""

    root: str
    field: str
    kind: str
    run: Run
    is_local: bool = False


def row_by_row(
    node: Expression, kind: str, reads: Sequence[Read], constants: Mapping[str, object], local: Mapping[str, object],
    checked: Checked,
) -> Column:  # fmt: skip
    """Return the piece as a column, worked out by the interpreter once for each set of values that the rows hold.

    `constants` is what is the same in every row, `local` the macro variables that are. A null is an absent value; a
    row that the interpreter has no value for is null. InputError where all rows together take more than MOST_WORK.
    """

    def run(frame: Frame) -> pa.Array:
        arrays = [read.run(frame) for read in reads]
        first, codes = _distinct(arrays, frame.rows)
        values = [_plain(read, array.take(first)) for read, array in zip(reads, arrays, strict=True)]
        results = []
        for row in zip(*values, strict=True):
            budgets = Budget(), Budget()
            given = variables_of(checked.variables, {**constants, **_objects(reads, row)}, budgets[0])
            own = {read.root: value for read, value in zip(reads, row, strict=True) if read.is_local}
            results.append(_value(node, {**given, **local, **own}, budgets[1]))
            frame.columns.charge(sum(MOST_STEPS - budget.left for budget in budgets), checked.text, node.span)
        made = pa.array(results, ARROW[kind])
        return fitting(made, codes).take(codes)

    return Column(kind, run, frozenset((node.span,)))


def _value(node: Expression, bindings: Mapping[str, object], budget: Budget) -> object:
    try:
        return interpret(node, bindings, budget)
    except EvaluationError:
        return None


def _plain(read: Read, array: pa.Array) -> list[object]:
    values = array.to_pylist()
    return [None if value is None else UInt(value) for value in values] if read.kind == "uint" else values


def _objects(reads: Sequence[Read], row: Sequence[object]) -> dict[str, object]:
    """Return the variables of the scope that are per row, with the fields that this row has."""
    objects: dict[str, dict[str, object]] = {read.root: {} for read in reads if read.field}
    alone: dict[str, object] = {}
    for read, value in zip(reads, row, strict=True):
        if value is not None and read.field:
            objects[read.root][read.field] = value
        elif value is not None and not read.is_local:
            alone[read.root] = value
    return {**alone, **objects}


def _distinct(arrays: Sequence[pa.Array], rows: int) -> tuple[pa.Array, pa.Array]:
    """Return one row of each set of values that the arrays hold together, and which of these sets every row has."""
    codes = np.zeros(rows, np.int64)
    for array in arrays:
        coded = _plainer(array).dictionary_encode(null_encoding="encode")
        _, codes = np.unique(codes * len(coded.dictionary) + coded.indices.to_numpy(), return_inverse=True)
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    return pa.array(first), pa.array(codes)


def _plainer(array: pa.Array) -> pa.Array:
    """Return what Arrow tells apart as the language does: its dictionaries hold both zeros, but no lists."""
    if pa.types.is_nested(array.type):
        return pa.array([repr(value) for value in array.to_pylist()], pa.string())
    return array
