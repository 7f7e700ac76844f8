"""What a lock deploys is read fast where compile wrote it, and whole where not: both say the same."""

import shutil
from pathlib import Path

import pytest

from neuralnav.errors import InputError
from neuralnav.files.deployments import Deployed, read_deployed
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, find_workload, find_workloads

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    shutil.copytree(EXAMPLES / "support-chat", tmp_path / "chat")
    return find_workload(str(tmp_path / "chat"))


@pytest.mark.parametrize("place", find_workloads((str(EXAMPLES),)), ids=lambda place: place.folder.name)
def test_the_part_says_what_the_whole_does(place: Place) -> None:
    lock = find_lock(place).lock
    assert lock is not None
    assert read_deployed(place) == Deployed(place, lock.choice.candidate, lock.deployment)


WHOLE = 'damaged lock: deployment.tensor_parallel: must be a valid integer, got "one"'


def rewritten(place: Place, before: str, after: str) -> None:
    text = place.lock.read_text()
    assert before in text
    place.lock.write_text(text.replace(before, after))


@pytest.mark.parametrize(("before", "after"), [
    ("revision: 2\n", "revision: 1\n"),
    ("deployment:\n  name: support-chat\n", "deployment:\n  # by hand\n\n  name: support-chat\n"),
])  # fmt: skip
def test_a_lock_that_is_written_otherwise_is_read_whole(place: Place, before: str, after: str) -> None:
    expected = read_deployed(place)
    rewritten(place, before, after)
    assert read_deployed(place) == expected


@pytest.mark.parametrize(("before", "after", "said"), [
    ("  tensor_parallel: 1\n", "  tensor_parallel: one\n", WHOLE),
    ("...\n", "", 'the lock is cut short: it does not end with "..."'),
    ("schema: 1\n", "schema: 9\n", "the lock has schema 9; this neuralnav reads 1"),
    ("assumptions:\n", "<<<<<<< ours\nassumptions:\n", "the lock has conflict markers"),
    ("choice:\n", "chosen:\n", 'damaged lock: "choice" is missing'),
])  # fmt: skip
def test_a_lock_that_cannot_be_used(place: Place, before: str, after: str, said: str) -> None:
    rewritten(place, before, after)
    with pytest.raises(InputError) as raised:
        read_deployed(place)
    assert said in [item.message for item in raised.value.diagnostics]


def test_what_is_wrong_is_told_at_its_line(place: Place) -> None:
    rewritten(place, "  tensor_parallel: 1\n", "  tensor_parallel: one\n")
    line = place.lock.read_text().splitlines().index("  tensor_parallel: one") + 1
    with pytest.raises(InputError) as raised:
        read_deployed(place)
    assert [item.where.line for item in raised.value.diagnostics] == [line]


def test_a_workload_without_a_lock(place: Place) -> None:
    place.lock.unlink()
    with pytest.raises(InputError, match="there is no lock"):
        read_deployed(place)
