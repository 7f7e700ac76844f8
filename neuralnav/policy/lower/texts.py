"""Texts over columns: search, size, case and joining. A pattern must be the same in every row."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower.numbers import Datum, column
from neuralnav.policy.lower.parts import ARROW, MOST_BYTES, Column, Fixed, Frame, Value, one, slow_of, spread, step
from neuralnav.policy.texts import LONGEST_TEXT


def searched(name: str) -> Callable[[Value, Value], Column | None]:
    """Return the rule of a search in a column for a text that is the same in every row; None for any other."""

    def rule(text: Value, pattern: Value) -> Column | None:
        if not isinstance(text, Column) or not isinstance(pattern, Fixed):
            return None
        options = pc.MatchSubstringOptions(str(pattern.value))
        return Column("bool", one(name, text.run, options), text.slow)

    return rule


def joined(kind: str) -> Callable[[Value, Value], Column]:
    """Return the rule of `+` between texts or bytes."""
    form = ARROW[kind]
    options = pc.JoinOptions(null_handling="emit_null")
    function = pc.get_function("binary_join_element_wise")
    separator = pa.scalar("" if kind == "string" else b"", form)

    def rule(left: Value, right: Value) -> Column:
        steps = step(left, kind), step(right, kind)

        def run(frame: Frame) -> pa.Array:
            first, second = (spread(part, frame) for part in steps)
            first = _fitting(first, second, frame.rows)
            return function.call([first, second, separator], options)

        return Column(kind, run, slow_of(left, right))

    return rule


def _fitting(first: Datum, second: Datum, rows: int) -> Datum:
    """Return the first texts, null in the rows where they would make too long a text with the second."""
    if any(isinstance(item, pa.Scalar) and not item.is_valid for item in (first, second)):
        return first  # nothing joined to anything is nothing
    if sum(item.nbytes if isinstance(item, pa.Array) else len(item.as_py()) for item in (first, second)) < LONGEST_TEXT:
        return first
    size = _size(pc.binary_length, first, second)
    largest = pc.max(size).as_py() or 0
    if largest <= LONGEST_TEXT and largest * rows <= MOST_BYTES:
        return first
    most = min(LONGEST_TEXT, MOST_BYTES // rows)
    lengths = size if pa.types.is_binary(first.type) else _size(pc.utf8_length, first, second)
    return pc.if_else(pc.less_equal(lengths, most), first, pa.scalar(None, first.type))


def _size(length: Callable[[Datum], Datum], first: Datum, second: Datum) -> pa.Array:
    return pc.add(length(first).cast(pa.int64()), length(second).cast(pa.int64()))


def as_bytes(value: Value) -> Column:
    """Return texts as their UTF-8."""
    run = column(value).run
    return Column("bytes", lambda frame: run(frame).cast(pa.binary()), slow_of(value))


def as_text(value: Value) -> Column:
    """Return whole numbers and truth values as text."""
    run = column(value).run
    return Column("string", lambda frame: run(frame).cast(pa.string()), slow_of(value))
