"""`check` in the checkouts that there are: cut short, sparse, without what LFS or a submodule brings, without git."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Installed
from planned_repository import FOLDER, Repository, plan_repository

FETCH = "run git lfs pull (CI: `lfs: true` at the checkout), or git lfs fetch REMOTE REVISION for another revision"
POINTER = """\
version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
"""
WORKLOAD, LOCK, DEPLOY = f"{FOLDER}/workload.yaml", f"{FOLDER}/plan.lock", f"{FOLDER}/deploy"
EDITED = "the workload changed after the lock was written"


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Path:
    """A repository with two commits: the plan, and an edit of the workload that nobody compiled."""
    one = plan_repository(tmp_path_factory.mktemp("origin") / "repository", small_neuralnav)
    one.edit(WORKLOAD, "20000", "60000")
    one.done("git commit -qam edit && git config uploadpack.allowFilter true")
    return one.folder


@pytest.fixture
def clone(tmp_path: Path, origin: Path, small_neuralnav: Installed) -> Any:
    """Return a function that clones the origin with more options of git, as a repository to check."""

    def cloned(*options: str) -> Repository:
        folder = tmp_path / "clone"
        start = Repository(tmp_path, small_neuralnav)
        start.done(f"git clone -q {' '.join(options)} file://{origin} clone")
        return Repository(folder, small_neuralnav)

    return cloned


def problems(one: Repository, *arguments: str) -> list[tuple[str, str, str]]:
    code, report = one.check(*arguments)
    assert code == 2
    return [(item["where"]["file"], item["message"], item["hint"]) for item in report["problems"]]


@pytest.mark.parametrize(
    ("options", "place", "message"),
    [
        ("", f"{WORKLOAD}:7", f"{EDITED}: traffic.users 20000 -> 60000"),
        ("--depth 2", f"{WORKLOAD}:7", f"{EDITED}: traffic.users 20000 -> 60000"),
        ("--depth 1", f"{LOCK}:6", EDITED),
        ("--filter=blob:none", f"{LOCK}:6", EDITED),
    ],
)
def test_a_clone_that_was_cut_short_tells_what_it_can(clone: Any, options: str, place: str, message: str) -> None:
    one = clone(options)
    effect = "; compile would plan 6 replicas in place of 2"
    assert one.drift() == [("workload", place, message + effect, f"neuralnav compile {WORKLOAD}")]


def test_a_partial_clone_is_not_made_to_fetch(clone: Any) -> None:
    one = clone("--filter=blob:none")
    before = sorted(path.name for path in (one.folder / ".git" / "objects").rglob("*"))
    one.drift()
    assert sorted(path.name for path in (one.folder / ".git" / "objects").rglob("*")) == before


def test_without_git_or_a_repository_it_is_the_same(clone: Any) -> None:
    one = clone("")
    expected = [("workload", f"{LOCK}:6")]
    environment = {**one.neuralnav.environment, "PATH": "/nonexistent"}
    bare = replace(one, neuralnav=replace(one.neuralnav, environment=environment))
    assert [item[:2] for item in bare.drift()] == expected
    shutil.rmtree(one.folder / ".git")
    assert [item[:2] for item in one.drift()] == expected


def test_from_another_folder_files_are_named_as_one_would_type_them(clone: Any) -> None:
    one = clone("")
    below = replace(one, folder=one.folder / "services")
    assert [item[1::2] for item in below.drift()] == [("chat/workload.yaml:7", "neuralnav compile chat/workload.yaml")]
    other = one.folder.parent / "elsewhere"
    other.mkdir()
    path = f"../clone/{WORKLOAD}"
    found = replace(one, folder=other).drift("../clone")
    assert [item[1::2] for item in found] == [(f"{one.folder / WORKLOAD}:7", f"neuralnav compile {path}")]
    replace(one, folder=other).done(found[0][3])
    assert one.drift() == []


@pytest.mark.parametrize(
    "variables", [{"HOME": "/proc/nowhere", "XDG_CACHE_HOME": ""}, {"NEURALNAV_CACHE_DIR": "/proc/nowhere"}]
)
def test_a_cache_that_cannot_be_written_is_no_matter(clone: Any, variables: Mapping[str, str]) -> None:
    one = clone("")
    environment = {**one.neuralnav.environment, **variables}
    if "HOME" in variables:
        del environment["NEURALNAV_CACHE_DIR"]
    without = replace(one, neuralnav=replace(one.neuralnav, environment=environment))
    assert [item[0] for item in without.drift()] == ["workload"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes into read-only folders")
def test_a_folder_that_cannot_be_written_is_judged(clone: Any) -> None:
    one = clone("")
    folders = [path for path in (one.folder, *one.folder.rglob("*")) if path.is_dir()]
    for path in folders:
        path.chmod(0o500)
    try:
        assert [item[0] for item in one.drift()] == ["workload"]
    finally:
        for path in folders:
            path.chmod(0o700)


@pytest.mark.parametrize(
    "path", [LOCK, WORKLOAD, "neuralnav.yaml", "data/quality.yaml", "data/small.yaml", "data/rows/own.parquet"]
)
def test_a_pointer_of_lfs_is_known_for_one(clone: Any, path: str) -> None:
    one = clone("")
    (one.folder / path).write_text(POINTER)
    assert problems(one) == [(path, "this is a Git LFS pointer, not the file itself", FETCH)]
    assert one.neuralnav.run("compile", "--upgrade", folder=one.folder).returncode == 2
    assert (one.folder / path).read_text() == POINTER


def test_a_manifest_that_is_a_pointer_of_lfs(clone: Any) -> None:
    one = clone("")
    one.done("git reset -q --hard HEAD~1")
    (one.folder / DEPLOY / "kustomization.yaml").write_text(POINTER)
    message = "the file is a Git LFS pointer, not a manifest"
    assert one.drift() == [("manifest", f"{DEPLOY}/kustomization.yaml", message, "git lfs pull")]


def test_a_sparse_checkout_says_what_it_leaves_out(clone: Any) -> None:
    one = clone("--sparse")
    missing = "no workload was found in this folder"
    hint = "git's sparse checkout leaves it out: git sparse-checkout add"
    assert problems(one) == [(".", missing, f"{hint} {FOLDER}")]
    assert problems(one, "services") == [("services", "cannot be read: no such file or directory", f"{hint} services")]
    one.done(f"git reset -q --hard HEAD~1 && git sparse-checkout add {FOLDER}")
    assert problems(one)[0] == ("data/quality.yaml", "cannot be read: no such file or directory", f"{hint} data")
    one.done("git sparse-checkout add data && git sparse-checkout set --no-cone '/*' '!kustomization.yaml'")
    fix = f"git sparse-checkout add /{DEPLOY}/kustomization.yaml"
    message = "git's sparse checkout leaves the file out"
    assert one.drift() == [("manifest", f"{DEPLOY}/kustomization.yaml", message, fix)]
    one.done(fix)
    assert one.drift() == []


def test_workloads_of_a_submodule(tmp_path: Path, origin: Path, small_neuralnav: Installed) -> None:
    (tmp_path / "outer").mkdir()
    outer = Repository(tmp_path / "outer", small_neuralnav)
    local = "git -c protocol.file.allow=always"
    outer.done(f"git init -q && {local} submodule --quiet add file://{origin} team && git commit -qm add")
    assert [item[:3] for item in outer.drift()] == [
        (
            "workload",
            f"team/{WORKLOAD}:7",
            f"{EDITED}: traffic.users 20000 -> 60000; compile would plan 6 replicas in place of 2",
        )
    ]
    Repository(tmp_path, small_neuralnav).done("git clone -q outer again")
    again = replace(outer, folder=tmp_path / "again")
    hint = "git submodule update --init team brings what is there"
    assert problems(again) == [(".", "no workload was found in this folder", hint)]
    assert problems(again, "team/services") == [("team/services", "cannot be read: no such file or directory", hint)]


SHALLOW = "this clone is shallow: `git fetch --deepen=200 origin` may bring the merge base"
CONFLICT = """\
<<<<<<< ours
  candidate: qwen3-8b/fp8/h100/tp1
=======
  candidate: qwen3-8b/fp8/h100/tp2
>>>>>>> theirs
"""


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("", "`neuralnav compile --upgrade` chooses afresh"),
        ("--depth 1", f"{SHALLOW}; else `neuralnav compile --upgrade` chooses afresh"),
    ],
)  # fmt: skip
def test_a_conflict_without_a_merge_base_says_what_it_needs(clone: Any, options: str, hint: str) -> None:
    one = clone(options)
    text = (one.folder / LOCK).read_text()
    start = text.index("  candidate: ")
    end = text.index("\n", start) + 1
    (one.folder / LOCK).write_text(text[:start] + CONFLICT + text[end:])
    message = "merge conflict: the two sides chose differently and no merge base is at hand"
    assert problems(one) == [(LOCK, message, hint)]


@pytest.mark.parametrize("then", ["git add .", "git add . && git commit -qm merged"])
def test_a_conflict_that_was_added_finds_the_merge_base_by_what_is_merged(clone: Any, then: str) -> None:
    one = clone("")
    one.done("git reset -q --hard HEAD~1")
    chosen = next(line for line in (one.folder / LOCK).read_text().splitlines() if line.startswith("  candidate: "))
    for branch, other in (("ours", "llama-3.1-8b/fp8/h100/tp1"), ("theirs", "qwen3-8b/fp8/h100/tp2")):
        one.done(f"git switch -q -c {branch} main")
        one.edit(LOCK, chosen, f"  candidate: {other}")
        one.done(f"git commit -qam {branch}")
    one.done(f"if git merge -q ours; then exit 1; fi; {then}")
    (item,) = one.check()[1]["workloads"]
    note = f"merge conflict: the sides disagree, so the merge base's {chosen.split()[1]} is taken"
    assert (item["drift"][0]["message"], item["notes"][0]) == ("the lock has conflict markers", note)
    one.done(item["drift"][0]["fix"])
    assert one.drift() == []
