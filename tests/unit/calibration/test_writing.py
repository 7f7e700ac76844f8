"""The text of a serving catalog with other numbers in it."""

import re
from difflib import unified_diff
from pathlib import Path

import pytest
import yaml
from calibration_builders import packaged

from neuralnav.calibration.parameters import FREE, current, with_values
from neuralnav.calibration.writing import with_numbers

TEXT = (Path(__file__).resolve().parents[3] / "catalogs" / "serving.yaml").read_text(encoding="utf-8")
SERVING = packaged().serving
VALUES = [item.value for item in SERVING.coefficients]


def changed(new: str) -> list[str]:
    lines = unified_diff(TEXT.splitlines(), new.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_the_packaged_catalog_with_its_own_numbers_is_itself() -> None:
    held: dict[tuple[str, str], float] = {
        (item.metric, item.generation): item.width for item in SERVING.intervals if item.generation
    }
    assert with_numbers(TEXT, VALUES, {}) == TEXT
    assert with_numbers(TEXT, VALUES, held) == TEXT


def test_new_numbers_stand_where_the_old_ones_stood_and_nothing_else_changes() -> None:
    fitted = with_values(SERVING, [value * 0.99 for value in current(SERVING)])
    new = with_numbers(TEXT, [item.value for item in fitted.coefficients], {})
    assert len(changed(new)) == 2 * len(FREE)
    assert all(re.fullmatch(r"[+-]    value: [0-9.e+-]+", line) for line in changed(new))
    found = yaml.safe_load(new)["spec"]["coefficients"]
    assert [item["value"] for item in found] == [item.value for item in fitted.coefficients]


def test_widths_are_set_by_metric_and_generation_and_the_general_ones_stay() -> None:
    new = with_numbers(TEXT, VALUES, {("ttft", "hopper"): 0.3111, ("itl", "blackwell"): 0.2, ("e2e", "ada"): 9.0})
    assert sorted(line for line in changed(new) if line.startswith("+")) == ["+    width: 0.20", "+    width: 0.31"]
    found = {
        (item["metric"], item.get("generation")): item["width"] for item in yaml.safe_load(new)["spec"]["intervals"]
    }
    assert (found["ttft", "hopper"], found["itl", "blackwell"]) == (0.31, 0.20)
    assert found["ttft", None] == next(i.width for i in SERVING.intervals if (i.metric, i.generation) == ("ttft", None))


def test_a_generation_named_before_its_metric_counts_and_that_of_the_item_before_does_not() -> None:
    text = (
        "intervals:\n- generation: hopper\n  metric: itl\n  width: 0.5\n"
        "- metric: itl\n  width: 0.7\n- metric: ttft\n  generation: hopper\n  width: 0.9\n"
    )
    new = with_numbers(text, [], {("itl", "hopper"): 0.1})
    assert new == text.replace("width: 0.5", "width: 0.10")


@pytest.mark.parametrize("count", [0, 1, len(VALUES) - 1, len(VALUES) + 1])
def test_as_many_values_as_there_are_lines_for_them(count: int) -> None:
    message = f"{len(VALUES)} lines with a value for {count} coefficients"
    with pytest.raises(ValueError, match=f"^{message}$"):
        with_numbers(TEXT, (VALUES * 2)[:count], {})
