"""Numbers of a measured table's cells: every one that is none is told by row and column."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from neuralnav.errors import Diagnostic, InputError, Where

MOST_TOLD = 20


def check_numbers(table: str, rows: Iterable[tuple[int, Mapping[str, str]]], columns: Sequence[str]) -> None:
    """Raise InputError where a cell of these columns holds anything but a number above zero; an empty one is unknown.

    `rows` come with their places in the table, counted from 1 without the header.
    """
    bad = [
        Diagnostic(Where(table, place + 1), f'{name} is "{row[name]}"', "it must be a number above 0")
        for place, row in rows
        for name in columns
        if row[name] and not _is_positive(row[name])
    ]
    if len(bad) > MOST_TOLD:
        more = f"{len(bad) - MOST_TOLD} more cells are no number above 0"
        bad = [*bad[:MOST_TOLD], Diagnostic(Where(table), more, "mend the table")]
    if bad:
        raise InputError(bad)


def _is_positive(text: str | None) -> bool:
    try:
        value = float(text or "")
    except ValueError:
        return False
    return isfinite(value) and value > 0.0
