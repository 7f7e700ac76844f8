"""What a side of a diff holds where git, links, Git LFS or a sparse checkout do not give it plainly."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neuralnav.cli.diff_compare import Job, compare
from neuralnav.cli.diff_run import run_diff
from neuralnav.cli.diff_trees import Tree, find_places, open_trees, pair_up
from neuralnav.errors import ExitCode, InputError
from neuralnav.files.lfs import oid_of
from neuralnav.files.places import read_optional
from neuralnav.model.diff import PlanDiff

PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n"
ROOT = Path(__file__).resolve().parents[2]
WORKLOAD = (
    "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: chat}\nspec:\n"
    "  useCase: chatbot_conversational\n  traffic: {users: 100}\n"
    "  constraints: {models: {allow: [qwen3-8b]}, accelerators: {allow: [H100]}}\n"
)
TABLE = b"PAR1 not really a table, but whole PAR1"
OID = hashlib.sha256(TABLE).hexdigest()
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {len(TABLE)}\n"
NOT_FETCHED = "this is a Git LFS pointer, not the file itself"


pytestmark = pytest.mark.usefixtures("own_git_settings")


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def write(folder: Path, name: str, text: str = WORKLOAD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "a step")


def copied(tmp_path: Path, *revisions: str) -> tuple[Tree, Tree]:
    folder = tmp_path / "copies"
    folder.mkdir()
    base, head = (*revisions, "", "")[:2]
    return open_trees(base, head, (), folder)


def files(tree: Tree) -> list[str]:
    return sorted(path.relative_to(tree.root).as_posix() for path in tree.root.rglob("*") if path.is_file())


def diffed(base: str = "main") -> PlanDiff:
    return run_diff(base, "", (), manifest_texts=False)


def refused(*sides: str) -> tuple[str, str]:
    base, head = (*sides, "", "")[:2]
    with pytest.raises(InputError) as caught:
        run_diff(base, head, (), manifest_texts=False)
    (found,) = caught.value.diagnostics
    return found.message, found.hint


def test_a_revision_holds_what_its_links_lead_to(top: Path, tmp_path: Path) -> None:
    write(top, "common/base.yaml")
    write(top, "settings/project.yaml", f"{PROJECT}  benchmarks: [tables/own.parquet]\n  templates: ours\n")
    write(top, "data/2026/own.parquet", "rows")
    write(top, "data/2026/beside.parquet", "rows")
    write(top, "shown/common/x.yaml.j2", "text")
    for name, target in {
        "a/workload.yaml": "../common/base.yaml", "neuralnav.yaml": "settings/project.yaml", "tables": "data/latest",
        "data/latest": "2026", "ours/common/x.yaml.j2": "../../shown/common/x.yaml.j2", "b/workload.yaml": "../a/none",
    }.items():  # fmt: skip
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).symlink_to(target)
    commit(top)
    assert files(copied(tmp_path, "main")[0]) == [
        "a/workload.yaml", "common/base.yaml", "data/2026/beside.parquet", "data/2026/own.parquet", "neuralnav.yaml",
        "ours/common/x.yaml.j2", "settings/project.yaml", "shown/common/x.yaml.j2",
    ]  # fmt: skip


def test_a_link_that_a_later_one_turns_outside_is_taken_away(top: Path, tmp_path: Path) -> None:
    write(tmp_path, "secret", "kept apart\n")
    write(top, "neuralnav.yaml", f"{PROJECT}  templates: p/q/r\n")
    (top / "p" / "q").mkdir(parents=True)
    (top / "p" / "q" / "r").symlink_to("../..")
    (top / "workload.yaml").symlink_to("p/q/r/../../secret")  # inside by its letters, outside once r is there
    commit(top)
    tree = copied(tmp_path, "main")[0]
    assert (tree.root / "p" / "q" / "r").is_symlink()
    assert not os.path.lexists(tree.root / "workload.yaml")


def test_links_that_turn_in_a_circle_end(top: Path, tmp_path: Path) -> None:
    write(top, "neuralnav.yaml", f"{PROJECT}  templates: one\n")
    (top / "one").symlink_to("two")
    (top / "two").symlink_to("one")
    commit(top)
    assert files(copied(tmp_path, "main")[0]) == ["neuralnav.yaml"]


def stored(top: Path, content: bytes) -> None:
    place = top / ".git" / "lfs" / "objects" / OID[:2] / OID[2:4] / OID
    place.parent.mkdir(parents=True)
    place.write_bytes(content)


@pytest.mark.parametrize("content", [TABLE, TABLE[:-1] + b"x", None])
def test_a_pointer_gives_way_to_its_content_where_the_clone_has_it_whole(
    top: Path, tmp_path: Path, content: bytes | None
) -> None:
    write(top, "neuralnav.yaml", f"{PROJECT}  benchmarks: [own.parquet]\n")
    write(top, "own.parquet", POINTER)
    commit(top)
    if content is not None:
        stored(top, content)
    tree = copied(tmp_path, "main")[0]
    assert (tree.root / "own.parquet").read_bytes() == (TABLE if content == TABLE else POINTER.encode())
    assert files(tree) == ["neuralnav.yaml", "own.parquet"]


@pytest.mark.parametrize(
    ("text", "oid"),
    [
        (POINTER, OID),
        (POINTER.replace("oid ", f"ext-0-x sha256:{OID}\noid "), OID),
        (POINTER.replace(OID, "../" * 21 + "a"), ""),
        (POINTER + "more\n", ""),
        (WORKLOAD, ""),
        ("", ""),
    ],
)
def test_what_a_pointer_is(text: str, oid: str) -> None:
    assert oid_of(text.encode()) == oid


def test_a_pointer_in_place_of_a_table_is_told_as_one_even_where_nothing_changed(top: Path) -> None:
    write(top, "workload.yaml")
    write(top, "plan.lock", "schema: 1\nchoice:\n  candidate: x/y/z/tp1\n...\n")  # as whole as the first look asks for
    write(top, "neuralnav.yaml", f"{PROJECT}  benchmarks: [own.parquet]\n")
    write(top, "own.parquet", POINTER)
    commit(top)
    found = diffed()
    assert found.workloads[0].after.problems[0].message == NOT_FETCHED
    assert found.exit_code == ExitCode.BAD_INPUT


@pytest.mark.parametrize("name", ["workload.yaml", "neuralnav.yaml", "prices.yaml", "guard.yaml"])
def test_a_pointer_in_place_of_a_document_is_told_as_one(top: Path, name: str) -> None:
    write(top, "workload.yaml")
    binding = "catalogs: [prices.yaml]" if name == "prices.yaml" else "policies: [{path: guard.yaml}]"
    write(top, "neuralnav.yaml", f"{PROJECT}  {binding}\n")
    commit(top)
    write(top, name, POINTER)
    messages = [item.message for item in diffed().workloads[0].after.problems]
    assert NOT_FETCHED in messages


def test_a_sparse_checkout_deletes_nothing(top: Path) -> None:
    for name in "abc":
        write(top, f"{name}/workload.yaml", WORKLOAD.replace("chat", f"chat-{name}"))
    commit(top)
    git(top, "sparse-checkout", "set", "a", "b")
    assert not (top / "c").exists()
    (top / "b" / "workload.yaml").unlink()
    assert [(item.path, item.status) for item in diffed().workloads] == [
        ("a/workload.yaml", "unchanged"), ("b/workload.yaml", "removed"),
    ]  # fmt: skip


def test_a_path_that_is_no_utf_8_is_shown_by_its_bytes(top: Path) -> None:
    for name in ("workload.yaml", "broken.workload.yaml"):
        write(top, os.fsdecode(b"odd\xff/") + name)
    commit(top)
    for name, text in {"workload.yaml": WORKLOAD.replace("100", "200"), "broken.workload.yaml": "spec: [\n"}.items():
        write(top, os.fsdecode(b"odd\xff/") + name, text)
    found = diffed()
    assert [item.path for item in found.workloads] == ["odd\\xff/broken.workload.yaml", "odd\\xff/workload.yaml"]
    assert found.workloads[0].after.problems[0].where.file == "odd\\xff/broken.workload.yaml"
    assert PlanDiff.model_validate_json(found.model_dump_json(by_alias=True)) == found


def test_two_dots_compare_one_revision_with_another(top: Path) -> None:
    write(top, "workload.yaml")
    commit(top)
    git(top, "tag", "before")
    write(top, "x/workload.yaml", WORKLOAD.replace("chat", "other", 1))
    commit(top)
    for name in ("before..main", "before..", "before..HEAD"):
        found = diffed(name)
        assert (found.base, [item.status for item in found.workloads]) == ("before", ["unchanged", "added"])
    assert refused("../before..x") == ('"../before..x" is no revision of this repository', "did you mean before?")


def test_a_branch_that_was_not_fetched_is_to_be_fetched(top: Path) -> None:
    write(top, "workload.yaml")
    commit(top)
    git(top, "remote", "add", "origin", top.as_uri())
    assert refused("origin/feature/x") == (
        '"origin/feature/x" is no revision of this repository', "git fetch origin feature/x",
    )  # fmt: skip


def test_a_file_is_no_side(top: Path) -> None:
    write(top, "workload.yaml")
    commit(top)
    assert refused("workload.yaml") == (
        "workload.yaml is a file, neither a revision nor a folder", "neuralnav diff BASE --path workload.yaml",
    )  # fmt: skip


def test_a_name_too_long_for_a_file_is_only_an_unknown_revision(top: Path) -> None:
    write(top, "workload.yaml")
    commit(top)
    assert refused("x" * 5000)[0] == f'"{"x" * 5000}" is no revision of this repository'
    with pytest.raises(InputError, match="no workload was found in xxx"):
        run_diff("main", "", ("x" * 5000,), manifest_texts=False)


def test_without_a_repository_a_name_that_is_no_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "old/workload.yaml")
    monkeypatch.chdir(tmp_path)
    assert refused("old", "nwe") == (
        "nwe is no folder, and this folder is in no git repository", "name two folders: neuralnav diff OLD NEW",
    )  # fmt: skip


@pytest.mark.parametrize("sides", [(), ("HEAD",), ("main", "HEAD")])
def test_a_repository_without_a_commit_says_so(top: Path, sides: tuple[str, ...]) -> None:
    write(top, "workload.yaml")
    assert refused(*sides) == (
        "this repository has no commit yet", "commit first, or name two folders: neuralnav diff OLD NEW",
    )  # fmt: skip


def test_a_bare_repository_says_so(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top, "workload.yaml")
    commit(top)
    git(tmp_path, "clone", "--quiet", "--bare", str(top), "bare")
    monkeypatch.chdir(tmp_path / "bare")
    assert refused("main") == (
        "this repository is bare: it has no working tree", "git worktree add, or clone it, and go there",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("filtered", "message"),
    [
        ("blob:none", "the content of workload.yaml is not in this clone, which is partial"),
        ("tree:0", "the files of {} are not in this clone, which is partial"),
    ],
)
def test_a_partial_clone_says_how_to_complete_it(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filtered: str, message: str
) -> None:
    for users in ("100", "200"):
        write(top, "workload.yaml", WORKLOAD.replace("100", users))
        commit(top)
    git(top, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", f"--filter={filtered}", top.as_uri(), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    first = git(top, "rev-parse", "HEAD~1")
    told = refused("HEAD~1")
    assert told == (
        message.format(first[:12]), "git fetch --refetch --no-filter origin, or no filter where CI checks out",
    )  # fmt: skip
    git(tmp_path / "clone", *told[1].partition(",")[0].split()[1:])
    assert [item.status for item in diffed("HEAD~1").workloads] == ["changed"]


def test_copies_that_lie_in_the_repository_are_not_searched(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top, "workload.yaml")
    commit(top)
    (top / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(top / "scratch"))
    assert [item.path for item in diffed().workloads] == ["workload.yaml"]
    assert list((top / "scratch").iterdir()) == []


def test_a_pipe_is_not_read_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="this is not a file"):
        read_optional(tmp_path / "pipe")


def test_a_damaged_lock_of_the_head_is_told(tmp_path: Path) -> None:
    for side in ("base", "head"):
        write(tmp_path, f"{side}/.git/x", "")
        write(tmp_path, f"{side}/workload.yaml")
    write(tmp_path, "head/plan.lock", "schema: 1\n")
    trees = [Tree(side, tmp_path / side) for side in ("base", "head")]
    (matched,) = pair_up(*(find_places(tree, (), tree.root) for tree in trees))
    found = compare(Job(trees[0], trees[1], matched))
    assert (found.before.state, found.after.state) == ("planned", "broken")
    assert [item.message for item in found.after.problems] == ['the lock is cut short: it does not end with "..."']


@pytest.mark.parametrize("which", ["TERM", "HUP", "INT"])
def test_a_signal_leaves_no_copy_behind(top: Path, tmp_path: Path, which: str) -> None:
    write(top, "workload.yaml")
    commit(top)
    scratch, seen, real = tmp_path / "scratch", tmp_path / "seen", shutil.which("git")
    scratch.mkdir()
    signals = f'case "$*" in *cat-file*) ls -A {scratch} > {seen}; kill -{which} $PPID;; esac'  # in the midst of a copy
    write(tmp_path, "bin/git", f'#!/bin/sh\n{signals}\nexec {real} "$@"\n').chmod(0o755)
    places = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "neuralnav", "diff"], cwd=top, env={**os.environ, **places}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (130, "interrupted; nothing was left half written")
    assert seen.read_text().startswith(".neuralnav-diff-")
    assert list(scratch.iterdir()) == []
