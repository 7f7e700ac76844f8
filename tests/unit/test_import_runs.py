"""Runs: an evidence id follows from what was measured alone, however the files were named, split or ordered."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from builders import packaged
from conftest import ROOT
from import_reports import guidellm_v2, raw, vllm_result

from neuralnav.imports.complete import Row
from neuralnav.imports.report import read_report
from neuralnav.imports.runs import as_table
from neuralnav.imports.said import Said
from neuralnav.model.tables import conform

PRIOR = ROOT.parent / "shared" / "reference" / "prior_benchmarks_blis.json"
STATED = {"accelerator": Said("h100", "--accelerator"), "tp": Said(1, "--tp"),
          "engine_version": Said("0.19.0", "--engine-version")}  # fmt: skip


def rows(*reports: Any) -> list[Row]:
    found = [read_report(raw(report), STATED, packaged()) for report in reports]
    assert [item.faults for item in found] == [()] * len(found)
    return [row for item in found for row in item.rows]


def ids(table: pa.Table) -> list[str]:
    names: list[str] = table["evidence_id"].to_pylist()
    return names


SWEEP = rows(*(vllm_result(rate) for rate in (1.0, 2.0, 4.0, 8.0)))


def test_the_load_points_of_a_day_are_one_run_by_rising_rate() -> None:
    table = as_table(SWEEP)
    assert table["offered_rps"].to_pylist() == [1.0, 2.0, 4.0, 8.0]
    assert len(set(ids(table))) == 1
    assert conform(table) == (table, ())


@pytest.mark.parametrize("seed", range(5))
def test_importing_one_by_one_in_any_order_is_importing_all_at_once(seed: int) -> None:
    shuffled = random.Random(seed).sample(SWEEP, len(SWEEP))  # noqa: S311  # an order, no secret
    table = as_table([])
    for row in shuffled:
        table = as_table([row], table)
    assert table.equals(as_table(SWEEP))


def test_importing_again_changes_nothing() -> None:
    table = as_table(SWEEP)
    assert as_table(SWEEP, table).equals(table)
    assert as_table([*SWEEP, *SWEEP]).equals(table)


def test_a_load_point_measured_again_with_other_numbers_is_another_run() -> None:
    again = rows(vllm_result(2.0, mean_ttft_ms=55.0))
    table = as_table([*SWEEP, *again])
    assert table.num_rows == 5
    assert sorted(ids(table).count(name) for name in set(ids(table))) == [1, 4]
    assert conform(table)[1] == ()
    assert as_table(again, as_table(SWEEP)).equals(table)


def test_runs_of_two_days_and_of_two_tools_stay_apart() -> None:
    later = rows(vllm_result(1.0, date="20260102-000000"))
    other = rows(guidellm_v2(1.0))
    assert len(set(ids(as_table([*SWEEP, *later, *other])))) == 3


def test_other_numbers_have_another_id() -> None:
    one, other = (ids(as_table(rows(vllm_result(1.0, mean_ttft_ms=value)))) for value in (50.0, 51.0))
    assert one != other


@pytest.mark.skipif(not PRIOR.is_file(), reason="the earlier NeuralNav's table is not beside the repository")
def test_the_earlier_table_comes_in_as_predictions() -> None:
    found = read_report(PRIOR.read_bytes(), {}, packaged())
    held = json.loads(Path(PRIOR).read_bytes())["benchmarks"]
    assert (found.format, found.points) == ("neuralnav-json", len(held))
    assert {fault.path.rsplit(".", 1)[1] for fault in found.faults} == {"model_hf_repo"}
    assert len(found.rows) + len(found.faults) == len(held)
    table = as_table(found.rows)
    assert conform(table)[1] == ()
    assert set(table["source"].to_pylist()) == {"predicted"}
    assert set(table["arrival"].to_pylist()) == {"unstated"}
