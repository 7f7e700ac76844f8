"""Datasets of outcomes: what they are known by, and whom they speak of."""

from dataclasses import replace
from pathlib import Path

import pytest
from outcome_rows import OUTCOME, SERVED

from neuralnav.errors import InputError
from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.files.outcome_sets import OutcomeSets, missing_sets
from neuralnav.files.outcomes import write_outcome

OTHER = replace(OUTCOME, workload="other", served=replace(SERVED, tp=2, pp=2))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


def test_one_that_is_not_there_is_an_empty_one_with_the_key_of_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for names in ([], [str(tmp_path / "none")], [str(tmp_path / "empty")]):
        found = OutcomeSets(names)
        assert (found.key(), found.read(), found.candidates()) == ("", (), frozenset())
    assert missing_sets([str(tmp_path / "none"), str(tmp_path / "empty"), "s3://bucket/outcomes"]) == [
        str(tmp_path / "none")
    ]


def test_a_window_more_is_another_key_and_its_candidate_is_named(tmp_path: Path) -> None:
    write_outcome(tmp_path / "outcomes", OUTCOME)
    before = OutcomeSets([str(tmp_path / "outcomes")])
    assert before.candidates() == {"qwen3-8b/bf16/h100/tp1"}
    write_outcome(tmp_path / "outcomes", OTHER)
    after = OutcomeSets([str(tmp_path / "outcomes")])
    assert after.key() != before.key()
    assert after.candidates() == {"qwen3-8b/bf16/h100/tp1", "qwen3-8b/bf16/h100/tp2/pp2"}
    assert len(after.read()) == 2
    assert OutcomeSets([str(tmp_path / "outcomes")]).key() == after.key()


def test_a_file_that_is_none_is_refused_each_time(tmp_path: Path) -> None:
    (tmp_path / "outcomes").mkdir()
    (tmp_path / "outcomes" / "bad.parquet").write_bytes(b"no")
    found = OutcomeSets([str(tmp_path / "outcomes")])
    for _ in range(2):
        with pytest.raises(InputError, match="not a readable Parquet file"):
            found.candidates()
