"""Expressions over all candidates at once: checked text -> Arrow kernels, with the interpreter's own results."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.lower.columns import Columns
from neuralnav.policy.lower.excess import misses
from neuralnav.policy.lower.lowering import Lowering
from neuralnav.policy.lower.parts import ARROW, Column, Failed, Fixed, Frame, Part, kind_of_type, slow_of, spread
from neuralnav.policy.types import type_text

__all__ = ("Columns", "Lowered", "excess", "lower")


@dataclass(frozen=True, slots=True)
class Lowered:
    """An expression that is worked out for all rows in one call.

    `kind` is the type of its values, `slow` the parts of its text that go row by row, in their order. `steps` is what
    it took to work out what is the same in every row, of the whole `text`.
    """

    kind: str
    part: Part
    slow: tuple[Span, ...] = ()
    steps: int = 0
    text: str = ""

    @property
    def is_fixed(self) -> bool:
        """Tell whether it is the same in every row."""
        return isinstance(self.part, Fixed | Failed)

    def mask(self, columns: Mapping[str, pa.Array] | Columns, rows: int) -> pa.Array:
        """Return a bool for each row, null where the expression has no value there.

        `columns` are keyed as in `candidate.ttft_p95_ms`, null where absent; give one `Columns` to all expressions over
        the same rows. Raises TypeError unless the expression is a bool, KeyError for a column that is not given, and
        ValueError for one of another length or type.
        """
        if self.kind != "bool":
            raise TypeError(f"a mask is of bool; this expression is {self.kind}")
        return self.values(columns, rows)

    def values(self, columns: Mapping[str, pa.Array] | Columns, rows: int) -> pa.Array:
        """Return the value of each row, null where there is none. Raises as `mask` does, but for any type.

        InputError where the policies have taken more steps than the columns have for them (`columns.MOST_WORK`), row by
        row or for what is the same in every row.
        """
        if isinstance(columns, Columns):
            columns.charge(self.steps, self.text, Span(0, len(self.text)))
        match self.part:
            case Column(run=run):
                given = columns if isinstance(columns, Columns) else Columns(columns, rows)
                found: pa.Array = run(Frame(given, rows))
                return found
            case Fixed(value):
                return pa.repeat(spread(pa.scalar(value, ARROW[self.kind]), Frame(Columns({}, rows), rows)), rows)
            case _:
                return pa.nulls(rows, ARROW[self.kind])


def lower(checked: Checked, constants: Mapping[str, object]) -> Lowered:
    """Return the kernels of an expression, where `constants` holds the variables that are one value for the plan.

    A row has a value exactly where the interpreter has one for it, and the same. Raises TypeError for an expression
    whose type no column holds: a list, a map, null, a type, or dyn.
    """
    kind = kind_of_type(checked.type)
    if not kind:
        raise TypeError(f"no column holds {type_text(checked.type)}")
    lowering = Lowering(checked, constants)
    part = lowering.part(checked.root)
    return Lowered(kind, part, outermost(slow_of(part)), lowering.steps, checked.text)


def excess(checked: Checked, constants: Mapping[str, object], *, wanted: bool = True) -> Lowered:
    """Return by how much a condition misses the truth value wanted: a double per row, 0 exactly where it has it.

    A comparison of numbers misses by its distance from the limit, over the limit: 0.14 for 171 against 150. Conditions
    that must all hold add up, of those of which one is enough the smallest counts; infinite where it cannot be sized,
    as a text that is not in a list or a value that is absent.
    """
    return Lowered("double", Column("double", misses(checked, constants, wanted=wanted)))


def outermost(spans: frozenset[Span]) -> tuple[Span, ...]:
    """Return the spans that lie in no other, in the order of the text."""
    ordered = sorted(spans, key=lambda span: (span.start, -span.end))
    found: list[Span] = []
    for span in ordered:
        if not found or span.end > found[-1].end:
            found.append(span)
    return tuple(found)
