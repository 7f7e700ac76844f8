"""The lock's text: read back whole, refused when cut, taken apart when git left a conflict in it."""

import subprocess
from pathlib import Path

import pytest
from builders import ALPHA, BETA, lock, workload_text

from neuralnav.errors import InputError
from neuralnav.files.locks import find_lock, read_lock
from neuralnav.files.places import Place, find_workloads
from neuralnav.model.decoding import decode
from neuralnav.model.document import Source
from neuralnav.model.emit import emit
from neuralnav.model.lock import (
    DEPLOYMENT_SINCE,
    END,
    HEADER,
    REVISION,
    SCHEMA,
    Correction,
    Lock,
    dump,
    has_conflict,
    is_whole,
)
from neuralnav.model.lock_sides import sides
from neuralnav.report import diagnostics_text

WHOLE = dump(lock())


def read(text: str) -> Lock:
    return read_lock(decode("plan.lock", text.encode()))


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return diagnostics_text(caught.value.diagnostics)


def choosing(candidate: str) -> str:
    return dump(lock().model_copy(update={"choice": lock().choice.model_copy(update={"candidate": candidate})}))


def conflict(ours: str, theirs: str, base: str | None = None) -> str:
    """The text of two locks as git leaves them, the differing lines only between the markers, diff3 with a base."""
    sides_of = [text.splitlines(keepends=True) for text in (ours, theirs, base if base is not None else ours)]
    ahead = next(i for i, lines in enumerate(zip(*sides_of, strict=False)) if len(set(lines)) > 1)
    behind = next(
        i for i, lines in enumerate(zip(*(reversed(s) for s in sides_of), strict=False)) if len(set(lines)) > 1
    )
    middle = ["".join(lines[ahead : len(lines) - behind]) for lines in sides_of]
    parts = ["<<<<<<< HEAD\n", middle[0]]
    if base is not None:
        parts += ["||||||| 0123abc\n", middle[2]]
    parts += ["=======\n", middle[1], ">>>>>>> other\n"]
    lines = sides_of[0]
    return "".join([*lines[:ahead], *parts, *lines[len(lines) - behind :]])


def place(folder: Path, text: str) -> Place:
    (folder / "workload.yaml").write_text(workload_text())
    (folder / "plan.lock").write_text(text)
    (found,) = find_workloads([str(folder)])
    return found


def test_a_lock_is_read_back_as_it_was_written() -> None:
    assert read(WHOLE) == lock()
    assert dump(read(WHOLE)) == WHOLE


def test_a_correction_is_written_where_there_is_one_and_read_back() -> None:
    assert "correction" not in WHOLE
    first, *rest = lock().candidates
    corrected = first.model_copy(update={"correction": Correction(measured_runs=3, ttft=0.8, itl=1.25, e2e=1.1)})
    changed = lock().model_copy(update={"candidates": (corrected, *rest)})
    text = dump(changed)
    added = "    correction:\n      measured_runs: 3\n      ttft: 0.8\n      itl: 1.25\n      e2e: 1.1\n"
    assert text.replace(added, "") == WHOLE
    assert read(text) == changed


def test_a_lock_starts_by_saying_what_it_is_and_ends_with_its_mark() -> None:
    assert WHOLE.startswith(HEADER + f"schema: {SCHEMA}\nrevision: {REVISION}\nworkload: chat\n")
    assert WHOLE.endswith("\n" + END)
    assert is_whole(WHOLE)


def test_a_lock_holds_no_time_no_path_and_no_host() -> None:
    assert not [word for word in ("2026", "/work", "/tmp", "/home", "root@") if word in WHOLE]  # noqa: S108  # a word


def test_every_line_of_a_lock_holds_one_scalar() -> None:
    for line in WHOLE.splitlines()[1:-1]:
        assert line.strip().count(": ") <= 1 or '"' in line or line.strip().startswith(("why:", "- why:"))


def test_a_lock_cut_at_any_byte_is_refused_or_is_the_lock() -> None:
    raw = WHOLE.encode()
    for length in range(len(raw)):
        try:
            found = read_lock(decode("plan.lock", raw[:length]))
        except InputError:
            continue
        assert found == lock(), length


def test_a_lock_cut_short_is_named_as_that() -> None:
    text = refusal(WHOLE[: len(WHOLE) // 2])
    assert 'the lock is cut short: it does not end with "..."' in text
    assert "restore it from git, or `neuralnav compile --upgrade` chooses afresh" in text


def test_a_lock_of_a_newer_schema_is_refused_and_says_to_upgrade_the_tool() -> None:
    assert refusal(WHOLE.replace("schema: 1\n", "schema: 2\nnew: field\n")) == (
        "plan.lock  the lock has schema 2; this neuralnav reads 1\n"
        "  upgrade neuralnav: a newer version wrote it\n"
        "1 problem; nothing was written"
    )


def test_a_lock_of_a_newer_revision_is_refused_and_says_to_upgrade_the_tool() -> None:
    newer = WHOLE.replace(f"revision: {REVISION}", f"revision: {REVISION + 1}")
    assert f"the lock has revision {REVISION + 1}; this neuralnav writes {REVISION}" in refusal(newer)


def first_revision() -> str:
    """The lock as revision 0 wrote it: without what later revisions added."""
    tree = lock().model_dump(mode="python", by_alias=True) | {"revision": 0}
    for names in DEPLOYMENT_SINCE.values():
        for name in names:
            del tree["deployment"][name]
    return HEADER + emit(tree) + END


def test_a_lock_of_an_older_revision_still_binds_the_choice() -> None:
    found = read(first_revision())
    assert (found.revision, found.choice, found.candidates) == (0, lock().choice, lock().candidates)
    assert found != lock()


def test_what_revision_0_held_is_needed_of_an_older_lock_too() -> None:
    assert '"deployment.image" is missing' in refusal(first_revision().replace("  image:", "  picture:"))


def test_upgrade_does_not_overwrite_a_lock_of_a_newer_schema(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the lock has schema 2"):
        find_lock(place(tmp_path, WHOLE.replace("schema: 1\n", "schema: 2\n")), upgrade=True)


def test_a_schema_that_never_was_is_damage() -> None:
    assert "damaged lock" in refusal(WHOLE.replace("schema: 1\n", "schema: 0\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema: 1\n", "schema: one\n"), ("schema: 1\n", ""), ("workload: chat\n", "extra: 1\nworkload: chat\n"),
        ("workload: chat\n", "workload: Chat\n"), ("sha256:", "md5:"), ("kept: false", "kept: maybe"),
        ("manifests:\n", "manifests: []\nx:\n"), ("schema: 1", "schema: [1"),
        ("kv_cache_dtype: auto", "kv_cache_dtype: $(id)"), ("quantization: fp8", "quantization: fp8;id"),
    ],
)  # fmt: skip
def test_a_damaged_lock_is_refused_with_its_place_and_the_way_out(old: str, new: str) -> None:
    text = refusal(WHOLE.replace(old, new))
    assert "damaged lock: " in text
    assert text.startswith("plan.lock:")


def test_upgrade_sets_a_damaged_lock_aside(tmp_path: Path) -> None:
    found = find_lock(place(tmp_path, WHOLE[:200]), upgrade=True)
    assert found.previous is None
    assert found.notes == ("the damaged lock was set aside, as --upgrade asks",)


def test_without_a_lock_nothing_binds(tmp_path: Path) -> None:
    found = place(tmp_path, WHOLE)
    found.lock.unlink()
    assert find_lock(found).previous is None


# Conflicts


@pytest.mark.parametrize("text", ["<<<<<<< a\n", "x\n=======\ny\n", ">>>>>>> b\n", "||||||| c\n"])
def test_a_marker_of_git_is_seen(text: str) -> None:
    assert has_conflict(text)


@pytest.mark.parametrize("text", [WHOLE, " <<<<<<< a\n", "a: =======\n", "========\n", "<<<<<<\n"])
def test_other_lines_are_no_marker(text: str) -> None:
    assert not has_conflict(text)


@pytest.mark.parametrize("base", [None, choosing("base/b/c/tp1")])
def test_the_sides_of_a_conflict_are_taken_apart(base: str | None) -> None:
    ours, theirs = choosing(ALPHA), choosing(BETA)
    assert sides(conflict(ours, theirs, base)) == (ours, base or "", theirs)


def test_two_conflicts_in_one_file_are_both_taken_apart() -> None:
    text = "a\n<<<<<<< x\n1\n||||||| b\n0\n=======\n2\n>>>>>>> y\nm\n<<<<<<< x\n||||||| b\n=======\n3\n>>>>>>> y\nz\n"
    assert sides(text) == ("a\n1\nm\nz\n", "a\n0\nm\nz\n", "a\n2\nm\n3\nz\n")


def test_the_choice_on_which_both_sides_agree_is_taken(tmp_path: Path) -> None:
    ours, theirs = choosing(BETA), choosing(BETA).replace("feasible: 4", "feasible: 3")
    found = find_lock(place(tmp_path, conflict(ours, theirs)))
    assert found.previous is not None
    assert found.previous.candidate == BETA
    assert found.notes == (f"merge conflict: both sides chose {BETA}",)


def test_where_the_sides_disagree_the_base_in_the_file_decides(tmp_path: Path) -> None:
    text = conflict(choosing(ALPHA), choosing(BETA), choosing("base/b/c/tp1"))
    found = find_lock(place(tmp_path, text))
    assert found.previous is not None
    assert found.previous.candidate == "base/b/c/tp1"
    assert found.notes == ("merge conflict: the sides disagree, so the merge base's base/b/c/tp1 is taken",)


def test_without_a_base_a_disagreement_stops_at_its_line(tmp_path: Path) -> None:
    text = conflict(choosing(ALPHA), choosing(BETA))
    with pytest.raises(InputError) as caught:
        find_lock(place(tmp_path, text))
    (found,) = caught.value.diagnostics
    assert found.message == "merge conflict: the two sides chose differently and no merge base is at hand"
    assert found.hint == "`neuralnav compile --upgrade` chooses afresh"
    assert text.splitlines()[found.where.line - 1] == "<<<<<<< HEAD"
    assert find_lock(place(tmp_path, text), upgrade=True).previous is None


def test_where_the_file_holds_no_base_git_gives_it(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *names, *arguments], cwd=tmp_path, check=arguments[0] != "merge", capture_output=True)

    found = place(tmp_path, choosing("base/b/c/tp1"))
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "-m", "base")
    git("checkout", "-b", "other")
    found.lock.write_text(choosing(BETA))
    git("commit", "-am", "theirs")
    git("checkout", "main")
    found.lock.write_text(choosing(ALPHA))
    git("commit", "-am", "ours")
    git("merge", "other")
    assert has_conflict(found.lock.read_text())
    settled = find_lock(found).previous
    assert settled is not None
    assert settled.candidate == "base/b/c/tp1"


@pytest.mark.parametrize("marker", ["=======\n", ">>>>>>> other\n", "||||||| base\n"])
def test_a_leftover_marker_is_a_damaged_lock(tmp_path: Path, marker: str) -> None:
    with pytest.raises(InputError):
        find_lock(place(tmp_path, WHOLE.replace("workload: chat\n", "workload: chat\n" + marker, 1)))


def test_a_conflict_with_a_side_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    newer = choosing(BETA).replace("schema: 1\n", "schema: 2\n")
    with pytest.raises(InputError, match="schema 2"):
        find_lock(place(tmp_path, conflict(choosing(ALPHA), newer, choosing("base/b/c/tp1"))))


def test_reading_a_lock_needs_no_file() -> None:
    assert read_lock(Source("plan.lock", WHOLE)) == lock()
