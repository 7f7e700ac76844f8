"""The examples are real: each compiles to its committed lock and manifests, byte for byte."""

from pathlib import Path

import pytest

from neuralnav.cli.work import Options, work
from neuralnav.files.places import find_workloads

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/workload.yaml"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_compiles_to_its_committed_bytes(path: Path) -> None:
    (place,) = find_workloads((str(path),))
    # A choice that was kept would depend on the lock; examples are what a fresh compile gives.
    done = work((place, Options(upgrade=True)))
    assert done.problems == ()
    committed = {name: (path.parent / name).read_bytes() for name in done.files}
    assert {name: content.decode() for name, content in done.files.items()} == {
        name: content.decode() for name, content in committed.items()
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_folder_holds_nothing_else(path: Path) -> None:
    (place,) = find_workloads((str(path),))
    done = work((place, Options()))
    present = {item.relative_to(path.parent).as_posix() for item in path.parent.rglob("*") if item.is_file()}
    assert present == {"workload.yaml", *done.files}
