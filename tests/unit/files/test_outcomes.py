"""Outcomes on disk: one file for each window, replaced when it is observed again, checked when it is read."""

import struct
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from outcome_rows import OUTCOME

from neuralnav.errors import InputError
from neuralnav.files.outcomes import outcome_path, read_outcomes, write_outcome
from neuralnav.model.outcome_table import conform, table_of
from neuralnav.model.tables import TableFault


def problems(*folders: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(InputError) as caught:
        read_outcomes([str(folder) for folder in folders])
    return [(Path(item.where.file).name, item.where.line, item.message, item.hint) for item in caught.value.diagnostics]


def test_a_window_observed_again_replaces_what_was_there(tmp_path: Path) -> None:
    path = write_outcome(tmp_path, OUTCOME)
    assert path == tmp_path / "llm-prod" / "chat" / "2026-11-26T080000Z.prod.parquet"
    again = replace(OUTCOME, requests=3601.0)
    assert write_outcome(tmp_path, again) == path
    assert read_outcomes([str(tmp_path)]) == (again,)


def test_workloads_and_windows_have_files_of_their_own(tmp_path: Path) -> None:
    others = [replace(OUTCOME, workload="batch"), replace(OUTCOME, environment=""), replace(OUTCOME, namespace="dev"),
              replace(OUTCOME, start="2026-11-26T08:00:00Z", end="2026-11-26T09:00:00Z")]  # fmt: skip
    for outcome in (OUTCOME, *others):
        write_outcome(tmp_path, outcome)
    found = [(one.namespace, one.workload, one.environment, one.end[11:13]) for one in read_outcomes([str(tmp_path)])]
    assert found == [("dev", "chat", "prod", "08"), ("llm-prod", "batch", "prod", "08"), ("llm-prod", "chat", "", "08"),
                     ("llm-prod", "chat", "prod", "08"), ("llm-prod", "chat", "prod", "09")]  # fmt: skip


def test_the_same_outcome_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_outcome(tmp_path / name, OUTCOME).read_bytes() for name in "ab")
    assert first == second


def test_a_folder_that_is_not_there_yet_holds_none(tmp_path: Path) -> None:
    assert read_outcomes([str(tmp_path / "outcomes"), str(tmp_path)]) == ()


def test_a_window_that_lies_in_two_datasets_counts_once(tmp_path: Path) -> None:
    write_outcome(tmp_path / "a", OUTCOME)
    write_outcome(tmp_path / "b", OUTCOME)
    assert read_outcomes([str(tmp_path / "a"), str(tmp_path / "b")]) == (OUTCOME,)


def test_a_window_that_is_told_twice_with_other_figures_is_refused(tmp_path: Path) -> None:
    first = write_outcome(tmp_path / "a", OUTCOME)
    write_outcome(tmp_path / "b", replace(OUTCOME, requests=1.0))
    assert problems(tmp_path / "a", tmp_path / "b") == [
        ("2026-11-26T080000Z.prod.parquet", 0,
         f"the window of llm-prod/chat that ends at 2026-11-26T08:00:00Z is in {first} too, with other figures",
         "remove the file that is wrong"),
    ]  # fmt: skip


def test_every_fault_of_every_file_is_told_with_its_row(tmp_path: Path) -> None:
    rows = table_of([OUTCOME, replace(OUTCOME, end="2026-11-26T09:00:00Z")])
    later = rows.set_column(0, "version", pa.array([1, 7], pa.int32()))
    pq.write_table(later, tmp_path / "later.parquet")
    pq.write_table(table_of([replace(OUTCOME, seconds=0.0)]), tmp_path / "none.parquet")
    assert problems(tmp_path) == [
        (
            "later.parquet",
            2,
            "version 7 is not known",
            "this neuralnav is older than the one that wrote it: upgrade it",
        ),
        ("none.parquet", 1, "seconds 0.0 is not above zero", ""),
    ]


def test_a_file_that_is_no_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    ((name, _, message, hint),) = problems(tmp_path)
    assert (name, message.split(":")[0]) == ("a.parquet", "not a readable Parquet file")
    assert hint == "remove it: `neuralnav observe` can write it again while Prometheus keeps the window"


def test_a_figure_whose_bytes_changed_is_told(tmp_path: Path) -> None:
    path = write_outcome(tmp_path, OUTCOME)
    whole = path.read_bytes()
    figure = struct.pack("<d", OUTCOME.cost_usd)
    assert whole.count(figure) == 1
    path.write_bytes(whole.replace(figure, struct.pack("<d", OUTCOME.cost_usd + 1)))
    ((_, _, message, _),) = problems(tmp_path)
    assert message.startswith("not a readable Parquet file: ")


def test_a_pointer_of_git_lfs_is_known_for_one(tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n"
    (tmp_path / "a.parquet").write_text(pointer)
    ((_, _, message, _),) = problems(tmp_path)
    assert "Git LFS" in message


def test_an_outcome_that_no_reader_would_let_in_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="engine_version"):
        write_outcome(tmp_path, replace(OUTCOME, served=replace(OUTCOME.served, engine_version="")))
    assert not outcome_path(tmp_path, OUTCOME).exists()


def test_rows_written_by_others_in_one_file_are_read(tmp_path: Path) -> None:
    outcomes = (OUTCOME, replace(OUTCOME, start="2026-11-26T08:00:00Z", end="2026-11-26T09:00:00Z"))
    pq.write_table(table_of(outcomes), tmp_path / "all.parquet")
    assert read_outcomes([str(tmp_path / "all.parquet")]) == outcomes


def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return where the rows of each table that is judged from now on are counted."""
    counted: list[int] = []

    def counting(table: pa.Table) -> tuple[pa.Table, tuple[TableFault, ...]]:
        counted.append(table.num_rows)
        return conform(table)

    monkeypatch.setattr("neuralnav.files.outcomes.conform", counting)
    return counted


def test_the_rows_of_all_files_are_judged_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = [replace(OUTCOME, start=f"2026-11-25T{hour:02}:00:00Z", end=f"2026-11-25T{hour + 1:02}:00:00Z")
             for hour in range(16)]  # fmt: skip
    for hour in range(0, 16, 2):  # two rows in a file, the later one first
        pq.write_table(table_of(hours[hour : hour + 2])[::-1], tmp_path / f"{20 - hour}.parquet")
    counted = judged(monkeypatch)
    assert read_outcomes([str(tmp_path)]) == tuple(hours)
    assert counted == [16]


def test_a_fault_among_many_files_is_told_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in range(16):
        end = f"2026-11-25T{name + 1:02}:00:00Z"
        seconds = 0.0 if name == 9 else 3600.0
        rows = table_of([replace(OUTCOME, start="2026-11-25T00:00:00Z", end=end, seconds=seconds)])
        pq.write_table(rows, tmp_path / f"{name:02}.parquet")
    (tmp_path / "03.parquet").write_bytes(b"no")
    counted = judged(monkeypatch)
    assert [item[:2] for item in problems(tmp_path)] == [("03.parquet", 0), ("09.parquet", 1)]
    assert counted == [15, 7, 8, 4, 2, 1, 1, 2, 4]
