"""A lock's replica, read for predictions, is the one that the simulator serves."""

from dataclasses import replace
from pathlib import Path

import pytest
from neuralnav_simulator.served.locked import served_from_lock

from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.locks import read_lock
from neuralnav.files.places import find_root, read_source
from neuralnav.model.catalog import Catalog
from neuralnav.model.lock import Correction, Lock
from neuralnav.serving.deployed import chosen_of, replica_rps
from neuralnav.serving.pace import paced
from neuralnav.serving.planned import planned_server

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
LOCKS = [EXAMPLES / name / "plan.lock" for name in ("support-chat", "frontier-research", "helpdesk-amd")]


def planned(path: Path) -> tuple[Lock, Catalog]:
    root = find_root(path.parent)
    return read_lock(read_source(path)), load_catalog([root / item for item in load_project(root).spec.catalogs])


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_it_is_the_simulator_s(path: Path) -> None:
    lock, catalog = planned(path)
    server, theirs = planned_server(lock, catalog), served_from_lock(path)
    assert server is not None
    served = theirs.settled.served
    assert (server.cost, server.limits, server.lanes) == (served.cost, served.limits, served.lanes)
    choice = chosen_of(lock)
    assert choice is not None
    assert theirs.planned is not None
    assert replica_rps(lock, choice) == theirs.planned.rate_rps


def corrected(lock: Lock) -> Lock:
    """A lock whose choice was corrected by measured runs."""
    edited = tuple(
        item.model_copy(update={"correction": Correction(measured_runs=3, ttft=1.4, itl=0.8, e2e=0.9)})
        if item.id == lock.choice.candidate
        else item
        for item in lock.candidates
    )
    return lock.model_copy(update={"candidates": edited})


def test_measured_runs_set_its_pace() -> None:
    lock, catalog = planned(LOCKS[0])
    plain, server = planned_server(lock, catalog), planned_server(corrected(lock), catalog)
    assert plain is not None
    assert server is not None
    assert server.cost == paced(plain.cost, ttft=1.4, itl=0.8) != plain.cost


@pytest.mark.parametrize("change", [{"tensor_parallel": 2}, {"model": "no-such-model"}, {"precision": "int4"}])
def test_a_lock_that_was_edited_tells_nothing(change: dict[str, object]) -> None:
    lock, catalog = planned(LOCKS[0])
    edited = lock.model_copy(update={"deployment": lock.deployment.model_copy(update=change)})
    assert chosen_of(edited) is None
    assert planned_server(edited, catalog) is None


def test_a_catalog_without_the_accelerator_tells_nothing() -> None:
    lock, catalog = planned(LOCKS[0])
    assert planned_server(lock, replace(catalog, accelerators={})) is None
