"""The disk: whole or not at all, inside the repository, and never over what is not ours."""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from builders import workload_text

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.work import Options, Work, changes, work
from neuralnav.errors import InputError
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, find_workloads, output_folder, read_optional, read_source
from neuralnav.files.writes import ALIVE, STAGING_PREFIX, recover, write_one, write_together
from neuralnav.render.text import HEADER

ROOT = Path(__file__).parents[2]

OLD = {"plan.lock": b"old lock", "deploy/a.yaml": b"old a", "deploy/gone.yaml": b"old gone"}
NEW = {"plan.lock": b"new lock", "deploy/a.yaml": b"new a", "deploy/sub/b.yaml": b"new b"}

DRIVER = """
import os, signal, sys
from pathlib import Path
from neuralnav.files.writes import recover, write_together

what, at, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
seen = 0

def hook(event, args):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.scandir"):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), getattr(signal, how))

NEW = {"plan.lock": b"new lock", "deploy/a.yaml": b"new a", "deploy/sub/b.yaml": b"new b"}
Path.home  # everything is imported before the hook counts
import tempfile, json, shutil, random
tempfile._get_candidate_names()
sys.addaudithook(hook)
if what == "write":
    write_together(Path("."), NEW, ["deploy/gone.yaml"])
else:
    recover(Path("."), Path.cwd())
os._exit(0)
"""
"""Ends itself by a signal before the n-th thing that it does to the disk; exits 0 when it does fewer."""


def drive(folder: Path, what: str, at: int, how: str = "SIGKILL") -> int:
    command = [sys.executable, "-c", DRIVER, what, str(at), how]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60
    ).returncode


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def staging(folder: Path) -> list[Path]:
    return list(folder.glob(f"{STAGING_PREFIX}*"))


# Writing together


def test_files_are_written_and_stale_ones_removed(tmp_path: Path) -> None:
    write_together(fill(tmp_path, OLD), NEW, ["deploy/gone.yaml", "deploy/never.yaml"])
    assert tree(tmp_path) == NEW


def test_a_kill_at_any_moment_leaves_the_old_files_or_the_new_ones(tmp_path: Path) -> None:
    outcomes = []
    for at in range(1, 200):
        folder = fill(tmp_path / str(at), OLD)
        code = drive(folder, "write", at)
        assert code in (0, -signal.SIGKILL)
        recover(folder, folder)
        assert tree(folder) in (OLD, NEW), at
        assert not staging(folder)
        outcomes.append(tree(folder) == NEW)
        if code == 0:
            break
    assert code == 0
    assert len(outcomes) > 10
    assert outcomes == sorted(outcomes), "once the journal stands, the new files always come"
    assert not outcomes[0]


def test_a_kill_while_recovering_is_recovered_from(tmp_path: Path) -> None:
    template = fill(tmp_path / "template", OLD)
    at = next(at for at in range(1, 200) if drive(reset(template), "write", at) and journal_of(template).exists())
    for again in range(1, 200):
        folder = reset(template)
        drive(folder, "write", at)
        code = drive(folder, "recover", again)
        recover(folder, folder)
        assert tree(folder) == NEW, again
        if code == 0:
            return
    raise AssertionError("recovery never ended")


def reset(folder: Path) -> Path:
    shutil.rmtree(folder)
    return fill(folder, OLD)


def journal_of(folder: Path) -> Path:
    found = staging(folder)
    return found[0] / "commit.json" if found else folder / "none"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_during_the_renames_waits_for_their_end(tmp_path: Path, name: str) -> None:
    if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN:
        pytest.skip(f"what runs the tests lets them ignore {name}, as nohup does")
    codes = set()
    for at in range(1, 200):
        folder = fill(tmp_path / str(at), OLD)
        code = drive(folder, "write", at, name)
        codes.add(code)
        left = {key: value for key, value in tree(folder).items() if not key.startswith(STAGING_PREFIX)}
        assert left in (OLD, NEW), at
        if code == 0 or left == NEW:
            break
    assert codes - {0}


def test_a_failure_while_staging_leaves_no_trace(tmp_path: Path) -> None:
    fill(tmp_path, OLD)
    with pytest.raises(TypeError):
        write_together(tmp_path, {"a": b"x", "b": "text"})  # type: ignore[dict-item]  # that is the failure
    assert tree(tmp_path) == OLD
    assert not staging(tmp_path)


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    write_one(tmp_path / "a", b"mine", new=True)
    with pytest.raises(FileExistsError):
        write_one(tmp_path / "a", b"theirs", new=True)
    assert tree(tmp_path) == {"a": b"mine"}
    assert not staging(tmp_path)


def test_a_file_system_without_links_knows_new_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    write_one(tmp_path / "a", b"mine", new=True)
    with pytest.raises(FileExistsError):
        write_one(tmp_path / "a", b"theirs", new=True)
    assert tree(tmp_path) == {"a": b"mine"}


def test_one_file_is_written_over_another_with_its_permissions(tmp_path: Path) -> None:
    fill(tmp_path, {"a": b"old"})
    (tmp_path / "a").chmod(0o640)
    write_one(tmp_path / "a", b"new", new=False)
    assert (tree(tmp_path), (tmp_path / "a").stat().st_mode & 0o777) == ({"a": b"new"}, 0o640)


def test_what_a_living_process_stages_is_left_alone(tmp_path: Path) -> None:
    theirs = fill(tmp_path / f"{STAGING_PREFIX}x", {"0": b"half", ALIVE: b""})
    with (theirs / ALIVE).open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        assert not recover(tmp_path, tmp_path)
        assert theirs.is_dir()
    assert not recover(tmp_path, tmp_path)
    assert not theirs.exists()


def test_nothing_to_recover_is_nothing_done(tmp_path: Path) -> None:
    assert not recover(fill(tmp_path, OLD), tmp_path)
    assert tree(tmp_path) == OLD


def planted(folder: Path, content: str) -> Path:
    """A repository in which somebody committed a staging folder of their own."""
    return fill(
        folder / "repo", {f"{STAGING_PREFIX}x-1/commit.json": content.encode(), f"{STAGING_PREFIX}x-1/0": b"evil"}
    )


@pytest.mark.parametrize("name", ["../victim", "{tmp}/victim", "deploy/../../victim"])
def test_a_planted_journal_writes_nothing_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    fill(tmp_path, {"victim": b"mine"})
    moves = [["0", name.replace("{tmp}", str(tmp_path))]]
    with contextlib.suppress(InputError):
        recover(planted(tmp_path, json.dumps({"moves": moves, "remove": []})), tmp_path / "repo")
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_a_planted_journal_removes_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    fill(tmp_path, {"victim": b"mine"})
    with contextlib.suppress(InputError):
        recover(planted(tmp_path, json.dumps({"moves": [], "remove": ["../victim"]})), tmp_path / "repo")
    assert (tmp_path / "victim").exists()


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"moves": 1, "remove": []}'])
def test_a_journal_that_is_none_is_refused_by_name(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match="not one of ours"):
        recover(planted(tmp_path, content), tmp_path / "repo")


# Where output goes


def place(root: Path, folder: str = "team", name: str = "workload.yaml") -> Place:
    (root / ".git").mkdir(parents=True, exist_ok=True)
    (path,) = fill(root / folder, {name: workload_text().encode()}).glob(name)
    (found,) = find_workloads([str(path)])
    return found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("deploy", "deploy"), ("{name}", "chat"), ("../out/{name}", "../out/chat"), ("a/../b", "b"), ("./x/", "x")],
)
def test_output_goes_below_the_repositorys_root(tmp_path: Path, pattern: str, expected: str) -> None:
    assert output_folder(place(tmp_path), pattern, "chat") == expected


def test_workloads_of_one_folder_have_folders_of_their_own(tmp_path: Path) -> None:
    assert output_folder(place(tmp_path, name="rag.workload.yaml"), "deploy", "chat") == "rag.deploy"
    assert output_folder(place(tmp_path, name="rag.workload.yaml"), "{name}", "chat") == "chat"


@pytest.mark.parametrize("pattern", ["../..", "../../x", "/tmp/x", "..", ".", "", "x/..", "../team", "a/../../.."])  # noqa: S108  # refused
def test_output_outside_of_the_repository_or_onto_the_workload_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(InputError, match=r"is not a folder of its own inside the repository"):
        output_folder(place(tmp_path), pattern, "chat")


def test_output_through_a_link_that_leaves_the_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    found = place(tmp_path / "repo")
    (found.folder / "link").symlink_to(tmp_path / "outside")
    for pattern in ("link", "link/deeper", "link/a/b"):
        with pytest.raises(InputError, match="inside the repository"):
            output_folder(found, pattern, "chat")


def test_output_through_a_link_that_stays_inside_is_allowed(tmp_path: Path) -> None:
    found = place(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (found.folder / "link").symlink_to(tmp_path / "elsewhere")
    assert output_folder(found, "link/x", "chat") == "link/x"


# Finding and reading


def test_workloads_are_found_by_name_once_and_in_order(tmp_path: Path) -> None:
    names = ["b/workload.yaml", "a/x.workload.yml", "a/workload.yml", "other.yaml", ".hid/workload.yaml",
             "node_modules/workload.yaml"]  # fmt: skip
    fill(tmp_path, dict.fromkeys(names, b"x"))
    found = find_workloads([str(tmp_path), str(tmp_path / "a"), str(tmp_path / "other.yaml")])
    assert [p.workload.relative_to(tmp_path).as_posix() for p in found] == [
        "a/workload.yml", "a/x.workload.yml", "b/workload.yaml", "other.yaml",
    ]  # fmt: skip
    assert [p.lock.name for p in found] == ["plan.lock", "x.plan.lock", "plan.lock", "other.plan.lock"]


def test_a_path_that_is_not_there_and_a_folder_without_workloads_are_refused_together(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError) as caught:
        find_workloads([str(tmp_path / "no"), str(tmp_path), str(tmp_path / "loop")])
    assert [item.message for item in caught.value.diagnostics] == [
        "cannot be read: no such file or directory", "no workload was found in this folder",
        "cannot be read: is a loop of links",
    ]  # fmt: skip


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "this is not a file"), (tmp_path / "no", "no such file")):
        with pytest.raises(InputError, match=words):
            read_source(path)
    assert read_optional(tmp_path / "no") is None
    with pytest.raises(InputError, match="cannot be read"):
        read_optional(tmp_path)


# What is ours

NARROW = {"models": {"allow": ["llama-3.1-8b"]}, "accelerators": {"allow": ["h100"]}}
EASY_SLO = {"ttft": "5s", "itl": "200ms", "e2e": "90s"}


def narrow() -> bytes:
    """A workload that the packaged tables surely have a plan for."""
    return workload_text(constraints=NARROW, slo=EASY_SLO).encode()


def compiled_in(folder: Path, *, settings: Mapping[str, object] | None = None) -> Work:
    fill(folder, {"workload.yaml": narrow()})
    if settings:
        entry = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": settings}
        (folder / "neuralnav.yaml").write_text(yaml.safe_dump(entry))
    (found,) = find_workloads([str(folder)])
    return work((found, Options()))


def written_in(folder: Path) -> Work:
    item = compiled_in(folder)
    assert not item.problems
    write_together(folder, item.files)
    return item


RENDERED = tuple(
    f"deploy/{name}.yaml"
    for name in (
        "dashboard",
        "inferenceservice",
        "kustomization",
        "networkpolicy",
        "poddisruptionbudget",
        "podmonitor",
        "prometheusrule",
    )
)


def test_a_second_compile_changes_nothing(tmp_path: Path) -> None:
    assert sorted(written_in(tmp_path).files) == [*RENDERED, "plan.lock"]
    assert changes(compiled_in(tmp_path)) == ({}, ())


def test_a_file_in_the_way_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    fill(tmp_path, {"deploy/kustomization.yaml": b"kind: Kustomization\n"})
    item = compiled_in(tmp_path)
    (found,) = item.problems
    assert found.where.file.endswith("deploy/kustomization.yaml")
    assert found.message == "this file is in the way and was not written by neuralnav"
    _, problems = compile_all((str(tmp_path),), Options(), writing=True)
    assert problems == [found]
    assert tree(tmp_path).keys() == {"deploy/kustomization.yaml", "workload.yaml"}


def test_a_file_that_we_rendered_is_overwritten(tmp_path: Path) -> None:
    fill(tmp_path, {"deploy/kustomization.yaml": HEADER.encode() + b"old\n"})
    assert not compiled_in(tmp_path).problems


def moved(folder: Path) -> Work:
    """Compile again after the settings put the manifests elsewhere."""
    shutil.copytree(folder, folder.parent / "moved")
    return compiled_in(folder.parent / "moved", settings={"output": {"manifests": "elsewhere"}})


def test_files_that_are_no_longer_rendered_are_removed(tmp_path: Path) -> None:
    written_in(tmp_path / "one")
    assert moved(tmp_path / "one").remove == RENDERED


def test_an_edited_or_foreign_file_is_not_removed(tmp_path: Path) -> None:
    written_in(tmp_path / "one")
    edited = tmp_path / "one" / "deploy" / "kustomization.yaml"
    edited.write_text(edited.read_text() + "# mine\n")
    fill(tmp_path / "one", {"deploy/own.yaml": b"x"})
    assert moved(tmp_path / "one").remove == tuple(name for name in RENDERED if "kustomization" not in name)


def repository(folder: Path, names: tuple[str, ...], **settings: object) -> Path:
    """A repository with the same workload in several folders."""
    entry = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": settings}
    fill(folder, {"neuralnav.yaml": yaml.safe_dump(entry).encode()})
    for name in names:
        fill(folder / name, {"workload.yaml": narrow()})
    return folder


def test_a_lock_that_lists_another_workloads_file_does_not_remove_it(tmp_path: Path) -> None:
    root = repository(tmp_path, ("a", "b"))
    items, problems = compile_all((str(root),), Options())
    assert not problems
    for item in items:
        write_together(item.place.folder, item.files)
    lock = find_lock(items[0].place).lock
    assert lock is not None
    entry = f"  - path: ../a/{lock.manifests[0].path}\n    digest: {lock.manifests[0].digest}\n"
    text = (root / "b" / "plan.lock").read_text()
    (root / "b" / "plan.lock").write_text(text.replace("manifests:\n", "manifests:\n" + entry))
    assert work((items[1].place, Options())).remove == ()


@pytest.mark.parametrize("pattern", ["../manifests", "../manifests/{name}"])
def test_two_workloads_with_one_output_folder_are_refused(tmp_path: Path, pattern: str) -> None:
    root = repository(tmp_path, ("a", "b"), output={"manifests": pattern})
    assert compile_all((str(root),), Options())[1]


def test_a_path_of_any_bytes_is_shown_as_text_that_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"s\xff")
    folder.mkdir()
    (folder / "workload.yaml").write_text("kind: Workload\n")
    (place,) = find_workloads([str(tmp_path)])
    assert place.shown.endswith(r"/s\xff/workload.yaml")
    assert place.workload.exists()
