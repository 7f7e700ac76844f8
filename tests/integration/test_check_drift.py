"""Every class of drift, made in a repository, told by `check`, and mended by running just what it prints."""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import Installed, tables_from_csv
from planned_repository import FOLDER, ROWS, Repository, Told, plan_repository

LOCK, SERVICE = f"{FOLDER}/plan.lock", f"{FOLDER}/deploy/inferenceservice.yaml"
COMPILE = f"neuralnav compile {FOLDER}/workload.yaml"
FROZEN = f"neuralnav compile --frozen {FOLDER}/workload.yaml"
EDITED = "the workload changed after the lock was written"
STANDS = "; the choice stands"


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    return plan_repository(tmp_path_factory.mktemp("planned") / "repository", small_neuralnav).folder


@pytest.fixture
def repository(tmp_path: Path, planned: Path, small_neuralnav: Installed) -> Repository:
    folder = tmp_path / "repository"
    shutil.copytree(planned, folder)
    return Repository(folder, small_neuralnav)


def rows_changed(one: Repository) -> None:
    (one.folder / "data/rows/own.csv").write_text(ROWS.replace("17.0", "18.5"))
    tables_from_csv(one.folder)


def other_templates(one: Repository) -> None:
    path = one.folder / LOCK
    path.write_text(re.sub("(?<=templates: sha256:).{6}", "abcdef", path.read_text()))


def emptied(one: Repository) -> None:
    (one.folder / SERVICE).write_text("")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


Edit = Callable[[Repository], None]


def text_edit(name: str, before: str, after: str) -> Edit:
    return lambda one: one.edit(name, before, after)


EDITS: Mapping[str, tuple[Edit, Sequence[Told]]] = {
    "workload": (
        text_edit(f"{FOLDER}/workload.yaml", "20000", "60000"),
        [("workload", f"{FOLDER}/workload.yaml:7",
          f"{EDITED}: traffic.users 20000 -> 60000; compile would plan 6 replicas in place of 2", COMPILE)],
    ),
    "settings": (
        text_edit("neuralnav.yaml", "spec:\n", "spec:\n  margins: {headroom: 1.3}\n"),
        [("policy", f"{LOCK}:7",
          "the settings of neuralnav.yaml changed; compile would plan 3 replicas in place of 2", COMPILE)],
    ),
    "layout": (
        text_edit("neuralnav.yaml", "spec:\n", "spec:\n  output: {manifests: rendered}\n"),
        [("policy", f"{LOCK}:8", f"where manifests go (output.manifests) changed{STANDS}", COMPILE)],
    ),
    "policy": (
        text_edit("data/small.yaml", "99", "98"),
        [("policy", f"{LOCK}:11", f"policy small changed{STANDS}", COMPILE)],
    ),
    "policy gone": (
        text_edit("neuralnav.yaml", "    - {path: data/guardrails.yaml}\n", ""),
        [("policy", f"{LOCK}:10", f"policy guardrails changed{STANDS}", COMPILE)],
    ),
    "catalog": (
        text_edit("data/quality.yaml", "intelligence_index: 18", "intelligence_index: 19"),
        [("data", f"{LOCK}:12", f"catalogs changed{STANDS}", COMPILE)],
    ),
    "prices": (
        text_edit("data/prices.yaml", "usdPerHour: 4.5", "usdPerHour: 5.5"),
        [("data", f"{LOCK}:13", "prices changed; the choice stands, at $8,030/month in place of $6,570", COMPILE)],
    ),
    "benchmarks": (rows_changed, [("data", f"{LOCK}:14", f"benchmarks changed{STANDS}", COMPILE)]),
    "tool": (
        other_templates,
        [("tool", f"{LOCK}:15", f"templates changed{STANDS}", COMPILE)],
    ),
    "revision": (
        text_edit(LOCK, "revision: 2", "revision: 1"),
        [("tool", f"{LOCK}:3",
          f"the lock's format changed: it has revision 1, this neuralnav writes 2{STANDS}", COMPILE)],
    ),
    "lock": (
        text_edit(LOCK, "  kept: false", "  kept: true"),
        [("lock", f"{LOCK}:KEPT", f"the lock was edited by hand{STANDS}", COMPILE)],
    ),
    "lock, a comment": (
        text_edit(LOCK, "\ninputs:", "\n# ours\ninputs:"),
        [("lock", f"{LOCK}:5", f"the lock was edited by hand{STANDS}", COMPILE)],
    ),
    "conflict": (
        text_edit(LOCK, "  kept: false\n", "<<<<<<< ours\n  kept: false\n=======\n  kept: true\n>>>>>>> theirs\n"),
        [("lock", f"{LOCK}:KEPT", "the lock has conflict markers", COMPILE)],
    ),
    "missing": (
        lambda one: (one.folder / LOCK).unlink(),
        [("missing", f"{FOLDER}/workload.yaml", "there is no plan.lock yet", COMPILE)],
    ),
    "manifest": (
        text_edit(SERVICE, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
        [("manifest", f"{SERVICE}:SERVICE", "the file is not what the lock says", FROZEN)],
    ),
    "manifest gone": (
        lambda one: (one.folder / SERVICE).unlink(),
        [("manifest", SERVICE, "the file is not there", FROZEN)],
    ),
    "manifest cut": (
        emptied,
        [("manifest", f"{SERVICE}:1", "the file is not what the lock says", FROZEN)],
    ),
}  # fmt: skip


def mend(one: Repository, found: Sequence[Told]) -> None:
    """Run each command that was told, once, in its order."""
    for fix in dict.fromkeys(fix for *_, fix in found):
        one.done(fix)


@pytest.mark.parametrize("name", EDITS)
def test_each_class_is_told_and_mended_by_what_it_says(name: str, repository: Repository) -> None:
    lock, service = ((repository.folder / path).read_text() for path in (LOCK, SERVICE))
    marks = {"KEPT": line_of(lock, "  kept:"), "SERVICE": line_of(service, "allowPrivilegeEscalation")}
    assert repository.drift() == []
    edit, expected = EDITS[name]
    edit(repository)
    found = repository.drift()
    assert found == [(kind, with_marks(place, marks), said, fix) for kind, place, said, fix in expected]
    mend(repository, found)
    assert repository.drift() == []


def with_marks(place: str, marks: Mapping[str, int]) -> str:
    for mark, line in marks.items():
        place = place.replace(f":{mark}", f":{line}")
    return place


TOGETHER = [
    ("workload", "manifest"), ("workload", "manifest gone"), ("lock", "manifest"), ("prices", "policy", "tool"),
    ("catalog", "benchmarks", "prices"), ("lock", "workload", "benchmarks"), ("layout", "manifest"),
    ("missing", "manifest"), ("conflict", "workload", "manifest"), ("revision", "manifest", "workload"),
]  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("names", TOGETHER)
def test_what_drifted_together_is_mended_in_any_order(
    names: Sequence[str],
    backwards: bool,  # noqa: FBT001  # a parameter of the test
    repository: Repository,
) -> None:
    for name in names:
        EDITS[name][0](repository)
    found = repository.drift()
    kinds = {kind for kind, *_ in found}
    wanted = {EDITS[name][1][0][0] for name in names}
    hidden = (
        {"workload"}
        if "conflict" in names
        else {"manifest"}
        if "missing" in names
        else {"lock"}
        if {"workload", "revision"} & set(names)
        else set()
    )
    assert wanted - hidden - ({"data"} if "workload" in names else set()) <= kinds
    mend(repository, found[::-1] if backwards else found)
    assert repository.drift() == []
