"""The columns that lowered expressions read: each brought once to the one form that the kernels take."""

from collections.abc import Mapping

import pyarrow as pa

from neuralnav.errors import InputError
from neuralnav.policy.faults import Fault, Span, diagnose

MOST_WORK = 20_000_000
"""Steps that all expressions over one set of columns may take together, row by row and for what is the same in every
row: seconds, not for ever."""


class Columns:
    """Columns by name (`candidate.ttft_p95_ms`), null where the value is absent, all of `rows` rows.

    They may be chunked, dictionaries, or of narrower types: one is brought to its form when an expression first reads
    it, and kept. Give one of these to many expressions over the same rows, so that the work is done once, and counted.
    """

    __slots__ = ("_forms", "_given", "_left", "rows")

    def __init__(self, given: Mapping[str, pa.Array | pa.ChunkedArray], rows: int) -> None:
        self.rows = rows
        self._left = MOST_WORK
        self._given = given
        self._forms: dict[tuple[str, pa.DataType | None], pa.Array] = {}

    def charge(self, steps: int, text: str, span: Span) -> None:
        """Take off the steps that a part of an expression took. InputError when MOST_WORK is spent."""
        self._left -= steps
        if self._left < 0:
            message = f"the policies take more than {MOST_WORK:,} steps over {self.rows:,} candidates; this comes last"
            fault = Fault("limit", span, message, "loop over fewer items")
            raise InputError([diagnose("expression", text, fault)])

    def read(self, name: str, form: pa.DataType | None) -> pa.Array:
        """Return a column in the form given; None leaves its type as it is.

        Raises `KeyError` where nobody gave the column, `ValueError` where it has another length or type.
        """
        found = self._forms.get((name, form))
        if found is None:
            found = self._forms[name, form] = _formed(name, self._given[name], form)
            if len(found) != self.rows:
                raise ValueError(f"column {name} has {len(found)} rows; the others have {self.rows}")
        return found


def _formed(name: str, column: pa.Array | pa.ChunkedArray, form: pa.DataType | None) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if form is None or column.type == form:
        return column
    if not any(test(form) and test(column.type) for test in _FAMILIES) and not pa.types.is_null(column.type):
        raise ValueError(f"column {name} is {column.type}; its field is declared as {form}")
    try:
        return column.cast(form)
    except pa.ArrowInvalid as error:
        raise ValueError(f"column {name} has values that are no {form}: {error}") from error


def _is_number(found: pa.DataType) -> bool:
    return bool(pa.types.is_integer(found) or pa.types.is_floating(found))


def _is_text(found: pa.DataType) -> bool:
    return any(test(found) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _is_binary(found: pa.DataType) -> bool:
    return bool(pa.types.is_binary(found) or pa.types.is_large_binary(found))


_FAMILIES = (_is_number, _is_text, _is_binary)
