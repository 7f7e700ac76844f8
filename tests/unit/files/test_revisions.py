"""A revision is read as git stores it: nothing runs, nothing leaves the folder, and the checkout stays as it is."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from neuralnav.errors import Diagnostic, InputError
from neuralnav.files.revisions import (
    below,
    commit_of,
    default_branch,
    extract,
    find_commit,
    find_repository,
    is_input,
    list_files,
    merge_base,
)

pytestmark = pytest.mark.usefixtures("own_git_settings")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    top.mkdir()
    git(top, "init", "--quiet", "--initial-branch=main")
    write(top, "a/workload.yaml", "first\n")
    commit(top)
    return top


def git(top: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=top, capture_output=True, text=True, check=True).stdout.strip()


def write(top: Path, name: str, text: str) -> Path:
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def commit(top: Path) -> str:
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "a step")
    return git(top, "rev-parse", "HEAD")


def extracted(top: Path, revision: str, folder: Path) -> dict[str, str]:
    extract(top, list_files(top, commit_of(top, revision)), folder)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        call()
    (found,) = caught.value.diagnostics
    assert isinstance(found, Diagnostic)
    assert found.where.file == "git"
    return found.message, found.hint


def test_a_revision_is_read_while_the_checkout_holds_another(repository: Path, tmp_path: Path) -> None:
    write(repository, "a/workload.yaml", "edited, not committed\n")
    index = (repository / ".git" / "index").read_bytes()
    assert extracted(repository, "main", tmp_path / "out") == {"a/workload.yaml": "first\n"}
    assert (repository / "a" / "workload.yaml").read_text() == "edited, not committed\n"
    assert (repository / ".git" / "index").read_bytes() == index


def test_files_that_are_there_already_stay(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "out", "a/workload.yaml", "mine\n")
    assert extracted(repository, "main", tmp_path / "out") == {"a/workload.yaml": "mine\n"}


def test_no_filter_hook_or_attribute_runs(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write(repository, ".gitattributes", "*.yaml filter=evil ident export-subst export-ignore\n")
    write(repository, "a/workload.yaml", "$Id$ $Format:%H$\n")
    commit(repository)
    for which in ("smudge", "clean", "process"):
        git(repository, "config", f"filter.evil.{which}", f"touch {ran}; cat")
    git(repository, "config", "core.fsmonitor", f"touch {ran}")
    hook = write(repository, ".git/hooks/post-checkout", f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    assert extracted(repository, "main", tmp_path / "out")["a/workload.yaml"] == "$Id$ $Format:%H$\n"
    assert not ran.exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "up/../../outside", "b/../../../outside"])
def test_a_link_that_leads_out_is_not_made(repository: Path, tmp_path: Path, target: str) -> None:
    write(tmp_path, "outside", "secret\n")
    (repository / "a" / "link").symlink_to(target)
    (repository / "a" / "up").symlink_to("..")
    commit(repository)
    out = tmp_path / "out" / "deep"
    write(tmp_path / "out", "outside", "secret\n")
    out.mkdir()
    assert extracted(repository, "main", out) == {"a/workload.yaml": "first\n"}
    assert not os.path.lexists(out / "a" / "link")


def test_a_link_within_the_folder_is_made(repository: Path, tmp_path: Path) -> None:
    (repository / "b.yaml").symlink_to("a/workload.yaml")
    commit(repository)
    assert extracted(repository, "main", tmp_path / "out")["b.yaml"] == "first\n"


def test_a_tree_with_a_name_that_leaves_the_folder_is_read_without_it(repository: Path) -> None:
    oid = git(repository, "rev-parse", "main:a/workload.yaml")
    inner = hashed(repository, f"100644 blob {oid}\tx\n", "mktree")
    for name in ("..", ".git"):
        raw = b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner)
        tree = subprocess.run(
            ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"], cwd=repository, input=raw,
            capture_output=True, check=True,
        ).stdout.decode().strip()  # fmt: skip
        made = git(repository, "commit-tree", tree, "-m", "evil")
        assert list_files(repository, made) == ()


def hashed(top: Path, text: str, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=top, input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_files_are_chosen_by_path(repository: Path) -> None:
    for name in ("a/b/x.yaml", "ab/y.yaml", "policies/p.yaml"):
        write(repository, name, "text\n")
    entries = list_files(repository, commit(repository))
    assert [entry.path for entry in below(entries, ["a", "policies/p.yaml"])] == [
        "a/b/x.yaml", "a/workload.yaml", "policies/p.yaml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("workload.yaml", True), ("x/chat.workload.yml", True), ("x/plan.lock", True), ("x/chat.plan.lock", True),
        ("neuralnav.yaml", True), ("x/other.yaml", False), (".github/workload.yaml", False),
        ("node_modules/a/workload.yaml", False), ("x/.workload.yaml", True),
    ],
)  # fmt: skip
def test_inputs_are_told_by_name(path: str, expected: bool) -> None:  # noqa: FBT001  # a parameter of the cases
    assert is_input(path) is expected


def test_an_unknown_revision_suggests_the_nearest_branch(repository: Path) -> None:
    git(repository, "branch", "feature/faster")
    assert refused(lambda: commit_of(repository, "feature/fatser")) == (
        '"feature/fatser" is no revision of this repository', "did you mean feature/faster?",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["--output=/tmp/x", "-h", "", "main:a/workload.yaml", "main^{tree}", "$(touch x)", "a b", "--all", "^main"]
)
def test_what_is_no_commit_is_none_and_is_no_option(repository: Path, name: str) -> None:
    before = sorted(repository.iterdir())
    assert find_commit(repository, name) is None
    assert sorted(repository.iterdir()) == before


def test_control_characters_of_a_name_reach_no_terminal(repository: Path) -> None:
    message, _ = refused(lambda: commit_of(repository, "x\x1b[31m\ny"))
    assert message == r'"x\x1b[31m\x0ay" is no revision of this repository'


def test_a_branch_named_like_shell_is_only_a_name(repository: Path) -> None:
    name = "x;touch${IFS}ran;`touch${IFS}ran`"
    git(repository, "update-ref", f"refs/heads/{name}", "HEAD")
    assert commit_of(repository, name) == git(repository, "rev-parse", "HEAD")
    assert not (repository / "ran").exists()


def test_the_default_branch_is_the_remote_s_before_the_local(repository: Path) -> None:
    assert default_branch(repository) == "main"
    git(repository, "update-ref", "refs/remotes/origin/master", "HEAD")
    assert default_branch(repository) == "origin/master"
    git(repository, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert default_branch(repository) == "origin/HEAD"


def test_without_a_default_branch_one_is_to_be_named(repository: Path) -> None:
    git(repository, "branch", "--move", "trunk")
    assert refused(lambda: default_branch(repository)) == (
        "there is no branch to compare with: none of origin/HEAD, origin/main, origin/master, main and master",
        "name one: neuralnav diff BASE",
    )


def test_a_merge_base_is_where_two_branches_part(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "side")
    write(repository, "b", "side\n")
    commit(repository)
    git(repository, "checkout", "--quiet", "main")
    write(repository, "c", "main\n")
    commit(repository)
    assert merge_base(repository, "main", "side") == base


def test_branches_without_a_common_commit_are_told(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "other")
    write(repository, "b", "other\n")
    commit(repository)
    assert refused(lambda: merge_base(repository, "main", "other")) == (
        "main and other have no commit in common", "name a revision to compare with: neuralnav diff BASE",
    )  # fmt: skip


def test_a_shallow_clone_says_what_it_lacks(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "side")
    for text in ("1", "2"):
        write(repository, "b", text)
        commit(repository)
    git(repository, "checkout", "--quiet", "main")
    write(repository, "c", "main\n")
    commit(repository)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", repository.as_uri(), "clone")
    hint = "git fetch --deepen=200 origin, or fetch-depth: 0 where CI checks out"
    assert refused(lambda: merge_base(clone, "origin/main", "origin/side")) == (
        "this clone is shallow and does not hold the commit where origin/main and origin/side part", hint,
    )  # fmt: skip
    assert refused(lambda: commit_of(clone, first)) == (
        f'"{first}" is no revision of this repository, which is a shallow clone', hint,
    )  # fmt: skip
    git(clone, "remote", "add", "a-fork", repository.as_uri())
    assert refused(lambda: commit_of(clone, first))[1] == hint
    git(clone, "remote", "remove", "a-fork")
    git(clone, "remote", "rename", "origin", "upstream")
    assert refused(lambda: commit_of(clone, first))[1] == hint.replace("origin", "upstream")


def test_a_lost_object_is_told(repository: Path, tmp_path: Path) -> None:
    oid = git(repository, "rev-parse", "main:a/workload.yaml")
    (repository / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    assert refused(lambda: extracted(repository, "main", tmp_path / "out")) == (
        "the content of a/workload.yaml is not in this clone", "git fetch --refetch",
    )  # fmt: skip


def test_a_folder_outside_any_repository_is_told(tmp_path: Path) -> None:
    assert refused(lambda: find_repository(tmp_path)) == (
        "this folder is in no git repository", "name two folders: neuralnav diff OLD NEW",
    )  # fmt: skip


def test_without_git_folders_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(lambda: find_repository(tmp_path)) == (
        "git is not installed, or not on the PATH", "name two folders: neuralnav diff OLD NEW",
    )  # fmt: skip


def test_the_top_is_found_from_below(repository: Path) -> None:
    assert find_repository(repository / "a").resolve() == repository.resolve()
