"""What a piece of an expression becomes: one value for the plan, a column, a list of these, or nothing Arrow holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.faults import Span
from neuralnav.policy.lower.columns import Columns
from neuralnav.policy.tree import UInt
from neuralnav.policy.types import Simple, Type

Kind = Literal["bool", "int", "uint", "double", "string", "bytes"]

ARROW: Mapping[str, pa.DataType] = {
    "bool": pa.bool_(), "int": pa.int64(), "uint": pa.uint64(), "double": pa.float64(), "string": pa.string(),
    "bytes": pa.binary(),
}  # fmt: skip
"""How each kind of value stands in a column. A null there is an error of that row."""

MOST_BYTES = 2**30
"""Of one column of texts that an expression makes. Rows that would take it beyond have an error, so that no policy
fills the memory by doubling a text again and again."""

_TEXTS = frozenset((ARROW["string"], ARROW["bytes"]))
NUMBERS = frozenset(("int", "uint", "double"))
NO_BOOL = pa.scalar(None, pa.bool_())


@dataclass(slots=True)
class Frame:
    """One evaluation: the columns, how many rows, and what was worked out once in it for all who read it."""

    columns: Columns
    rows: int
    shared: dict[object, pa.Array] = field(default_factory=dict)


Run = Callable[[Frame], pa.Array]
Step: TypeAlias = Run | pa.Scalar
"""An operand of a kernel: worked out per evaluation, or known beforehand."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that is the same in every row, as the interpreter holds it."""

    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """An error in every row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value per row; `run` works it out, null where the row has an error. `slow`: parts that go row by row."""

    kind: str
    run: Run
    slow: frozenset[Span] = frozenset()


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose length is known, but for items that a filter may drop.

    Item i is in the list of a row where `present[i]` is true (None: in every row). The list is an error of the rows
    where `whole` is not true (None: of no row).
    """

    items: "tuple[Fixed | Column, ...]"
    present: "tuple[Column | None, ...]"
    whole: Column | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """A column of lists, null where one is absent, of items of one kind."""

    kind: str
    run: Run


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that no column holds. What uses it goes row by row."""


Part = Fixed | Failed | Column | Items | Lists | Opaque
Value = Fixed | Column
"""What a kernel can take."""


def column_kind(value: object) -> str:
    """Return the kind of a value of the interpreter, or an empty text for one that no column holds."""
    match value:
        case bool():
            return "bool"
        case UInt():
            return "uint"
        case int():
            return "int"
        case float():
            return "double"
        case str():
            return "string"
        case bytes():
            return "bytes"
        case _:
            return ""


def kind_of_type(found: Type) -> str:
    """Return the kind of column that holds values of a type, or an empty text."""
    return found.name if isinstance(found, Simple) and found.name in ARROW else ""


def kind_name(part: Part) -> str:
    """Return a part's kind as the identifiers of signatures write it; empty when it has none."""
    match part:
        case Column(kind=kind):
            return kind
        case Fixed(value):
            if isinstance(value, list | tuple):
                return "list<T>"
            return "map<K, V>" if isinstance(value, Mapping) else column_kind(value)
        case Items() | Lists():
            return "list<T>"
        case _:
            return ""


def slow_of(*parts: Part | None) -> frozenset[Span]:
    """Return the parts of the text that go row by row in any of these."""
    found: frozenset[Span] = frozenset()
    for part in parts:
        if isinstance(part, Column) and part.slow:
            found |= part.slow
        elif isinstance(part, Items):
            found |= slow_of(*part.items, *part.present, part.whole)
    return found


@cache
def kernel(name: str) -> pc.Function:
    """Return an Arrow function by name; calling it so takes half the time of the function of `pyarrow.compute`."""
    return pc.get_function(name)


def step(part: Value, kind: str) -> Step:
    """Return a part as an operand of a kernel."""
    return part.run if isinstance(part, Column) else pa.scalar(part.value, ARROW[kind])


def one(name: str, operand: Run, options: pc.FunctionOptions | None = None) -> Run:
    """Return a kernel of one column."""
    function = kernel(name)
    return lambda frame: function.call([operand(frame)], options)


def two(name: str, left: Step, right: Step) -> Run:
    """Return a kernel of two operands, at least one of them a column."""
    function = kernel(name)
    if isinstance(left, pa.Scalar):
        column = cast("Run", right)
        return lambda frame: function.call([left, column(frame)])
    if isinstance(right, pa.Scalar):
        return lambda frame: function.call([left(frame), right])
    return lambda frame: function.call([left(frame), right(frame)])


def taken(operand: Step, frame: Frame) -> pa.Array | pa.Scalar:
    """Return what an operand is in one evaluation."""
    return operand if isinstance(operand, pa.Scalar) else operand(frame)


def spread(operand: Step, frame: Frame) -> pa.Array | pa.Scalar:
    """Return what an operand is in one evaluation, null for one text that is too long to stand in every row."""
    if not isinstance(operand, pa.Scalar):
        return operand(frame)
    if operand.is_valid and operand.type in _TEXTS and operand.as_buffer().size * frame.rows > MOST_BYTES:
        return pa.scalar(None, operand.type)
    return operand


def fitting(values: pa.Array, places: pa.Array) -> pa.Array:
    """Return values, null for texts that are too long to be taken at so many places."""
    if values.type not in _TEXTS:
        return values
    sizes = pc.binary_length(values).cast(pa.int64())
    if (pc.max(sizes).as_py() or 0) * len(places) <= MOST_BYTES:
        return values
    if (pc.sum(sizes.take(places)).as_py() or 0) <= MOST_BYTES:
        return values
    return pc.if_else(pc.less_equal(sizes, MOST_BYTES // len(places)), values, pa.scalar(None, values.type))


def where_known(answer: pa.Array, *sources: pa.Array | pa.Scalar) -> pa.Array:
    """Return the answer, null in each row where a source is null: for kernels that take a null for a value."""
    for source in sources:
        if source.null_count if isinstance(source, pa.Array) else not source.is_valid:
            answer = pc.if_else(pc.is_valid(source), answer, pa.scalar(None, answer.type))
    return answer


def constant_where_known(source: Run, value: bool) -> Run:  # noqa: FBT001  # the value itself, not a switch
    """Return one truth value in every row, null where the source is null."""
    known = pa.scalar(value)
    return lambda frame: pc.if_else(pc.is_valid(source(frame)), known, NO_BOOL)


def once(column: Column) -> Column:
    """Return a column for many readers: worked out when the first of them reads it in an evaluation."""
    run, key = column.run, object()

    def shared(frame: Frame) -> pa.Array:
        if key not in frame.shared:
            frame.shared[key] = run(frame)
        return frame.shared[key]

    return Column(column.kind, shared, column.slow)


def holds(source: Run) -> Run:
    """Return whether each row has a value."""
    return one("is_valid", source)
