"""Cells of measured tables that are no numbers: told all at once, or as many as anyone reads."""

import pytest

from neuralnav.calibration.numbers import MOST_TOLD, check_numbers
from neuralnav.errors import InputError


def told(*cells: str) -> list[tuple[str, int, str, str]]:
    rows = [(place, {"a": cell, "b": "not looked at"}) for place, cell in enumerate(cells, start=1)]
    with pytest.raises(InputError) as caught:
        check_numbers("t.csv", rows, ("a",))
    return [(item.where.file, item.where.line, item.message, item.hint) for item in caught.value.diagnostics]


def test_numbers_above_zero_and_what_is_not_known_pass() -> None:
    check_numbers("t.csv", [(place, {"a": cell}) for place, cell in enumerate(("1", "0.5", "1e3", " 7 ", ""))], ("a",))


@pytest.mark.parametrize("cell", ["0", "-1", "nan", "inf", "-inf", "1,5", "7 ms", "many", "0x10"])
def test_anything_else_is_told_by_line_and_column(cell: str) -> None:
    assert told("1", cell) == [("t.csv", 3, f'a is "{cell}"', "it must be a number above 0")]


def test_a_table_of_nonsense_is_told_in_part() -> None:
    problems = told(*["x"] * (MOST_TOLD + 5))
    assert len(problems) == MOST_TOLD + 1
    assert problems[-1] == ("t.csv", 0, "5 more cells are no number above 0", "mend the table")
    assert len(told(*["x"] * MOST_TOLD)) == MOST_TOLD
