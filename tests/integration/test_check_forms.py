"""What `check` prints, in each form: annotations at file and line, SARIF, text that leads with what is wrong."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import Installed
from planned_repository import FOLDER, Repository, plan_repository

from neuralnav.cli.check_text import check_text
from neuralnav.model.report import Report, ReportedDrift, WorkloadReport

WORKLOAD, SERVICE = f"{FOLDER}/workload.yaml", f"{FOLDER}/deploy/inferenceservice.yaml"
EDITED = (
    "the workload changed after the lock was written: slo.ttft 150ms -> none, traffic.users 20000 -> 60000; "
    "compile would plan 6 replicas in place of 2"
)
BROKEN = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: broken}
spec: {useCase: translation, traffic: {users: 9}, slow: 1}
"""
TIME = re.compile(r" {3}\d+\.\d\d s$", re.MULTILINE)


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Repository:
    """A repository with an edited workload, an edited manifest, and a workload that cannot be read."""
    one = plan_repository(tmp_path_factory.mktemp("drifted") / "repository", small_neuralnav)
    one.edit(WORKLOAD, "20000", "60000")
    one.edit(WORKLOAD, "  slo: {ttft: 150ms}\n", "")
    one.edit(SERVICE, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")
    (one.folder / "services" / "broken").mkdir()
    (one.folder / "services" / "broken" / "workload.yaml").write_text(BROKEN)
    return one


def check(one: Repository, *arguments: str, code: int = 2) -> tuple[str, str]:
    done = one.neuralnav.run("check", *arguments, folder=one.folder)
    assert done.returncode == code, done.stdout + done.stderr
    return TIME.sub("   <time>", done.stdout), done.stderr


def annotations(workload: str) -> str:
    fix = f"%0Afix: neuralnav compile {workload}"
    return (
        "::error file=services/broken/workload.yaml,line=4,col=51,title=neuralnav broken-input::"
        'unknown key "slow"%0Afix: did you mean slo?\n'
        f"::error file={WORKLOAD},line=7,title=neuralnav drift-workload::{EDITED}{fix}\n"
        f"::error file={SERVICE},title=neuralnav drift-manifest::the file is not what the lock says{fix}\n"
    )


def test_annotations_name_file_and_line_from_the_top_of_the_repository(drifted: Repository) -> None:
    assert check(drifted, "--format", "github") == (annotations(WORKLOAD), "")
    below = Repository(drifted.folder / "services", drifted.neuralnav)
    assert check(below, "--format", "github") == (annotations("chat/workload.yaml"), "")


def test_sarif_holds_the_same_findings(drifted: Repository) -> None:
    log = json.loads(check(drifted, "--format", "sarif")[0])
    found = [
        (
            item["ruleId"],
            item["level"],
            item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            item["locations"][0]["physicalLocation"].get("region", {}).get("startLine"),
        )
        for item in log["runs"][0]["results"]
    ]
    assert found == [
        ("broken-input", "error", "services/broken/workload.yaml", 4),
        ("drift-workload", "error", WORKLOAD, 7),
        ("drift-manifest", "error", SERVICE, None),
    ]


def test_the_text_leads_with_what_is_wrong_and_a_broken_workload_hides_no_other(drifted: Repository) -> None:
    fix = f"fix: neuralnav compile {WORKLOAD}"
    out, err = check(drifted)
    assert out == (
        "1 of 2 workloads cannot be planned, 1 has drifted   <time>\n"
        f"drift (workload) in {WORKLOAD}:7: {EDITED}; {fix}\n"
        f"drift (manifest) in {SERVICE}: the file is not what the lock says; {fix}\n"
    )
    assert err == (
        'services/broken/workload.yaml:4:51  unknown key "slow"\n'
        "  4 | spec: {useCase: translation, traffic: {users: 9}, slow: 1}\n"
        "    |                                                   ^^^^ did you mean slo?\n1 problem\n"
    )


def test_a_path_without_workloads_hides_no_other(drifted: Repository) -> None:
    out, err = check(drifted, "nowhere", "services/chat")
    assert out.startswith("1 of 1 workload has drifted   <time>\n")
    assert err == "nowhere  cannot be read: no such file or directory\n1 problem\n"


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github", "sarif"])
def test_every_form_is_written_to_a_file_too(drifted: Repository, tmp_path: Path, form: str) -> None:
    path = tmp_path / "report"
    told, err = check(drifted, "--format", form)
    assert check(drifted, "--format", form, "--output", str(path)) == ("", err)
    assert path.read_text() == told.replace("   <time>", "")


@pytest.mark.parametrize("verb", [("check",), ("diff", "HEAD")])
def test_a_file_that_cannot_be_written_is_told(drifted: Repository, verb: tuple[str, ...]) -> None:
    done = drifted.neuralnav.run(*verb, "--output", "/proc/report", folder=drifted.folder)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2] == "/proc/report  cannot be written: no such file or directory"


def test_the_markdown_is_that_of_the_job_s_summary(drifted: Repository) -> None:
    lines = check(drifted, "--format", "markdown")[0].splitlines()
    assert lines[0] == "**`neuralnav check` finds 3 in 2 workloads:**"
    assert f"Fix: `neuralnav compile {WORKLOAD}`" in lines[3]


def test_one_of_many_is_a_line_and_what_is_up_to_date_a_number(tmp_path: Path, small_neuralnav: Installed) -> None:
    text = (
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: NAME}\n"
        "spec:\n  useCase: chatbot_conversational\n  traffic: {users: 20000}\n"
    )
    names = [f"chat-{number}" for number in range(7)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "workload.yaml").write_text(text.replace("NAME", name))
    one = Repository(tmp_path, small_neuralnav)
    small_neuralnav.done("compile", folder=tmp_path)
    assert check(one, "--as-of", "2026-12-01", code=0) == ("up to date: all 7 workloads   <time>\n", "")
    for name in names[:2]:
        (tmp_path / name / "plan.lock").unlink()
    missing = "there is no plan.lock yet; fix: neuralnav compile"
    assert check(one, "--as-of", "2026-12-01", ".", code=3)[0] == (
        "2 of 7 workloads have drifted   <time>\n"
        f"drift (missing) in chat-0/workload.yaml: {missing} chat-0/workload.yaml\n"
        f"drift (missing) in chat-1/workload.yaml: {missing} chat-1/workload.yaml\n"
        "to mend all: neuralnav compile .\n"
        "up to date: 5 of 7 workloads\n"
    )
    one.done("neuralnav compile .")
    late = check(one, "--as-of", "2099-01-01", code=0)[0]
    assert re.fullmatch(
        r"note: the on-demand price of .+ was valid until \d{4}-\d\d-\d\d; look it up again, and set recorded and "
        r"validUntil \(chat-0, chat-1, chat-2 and 4 more\)\nup to date: all 7 workloads   <time>\n",
        late,
    )


def test_few_are_a_line_each(tmp_path: Path, small_neuralnav: Installed, drifted: Repository) -> None:
    shutil.copytree(drifted.folder, tmp_path / "repository")
    one = Repository(tmp_path / "repository", small_neuralnav)
    one.done("git checkout -q . && git clean -fdq")
    out, _ = check(one, "--as-of", "2026-12-01", code=0)
    plan = "support-chat   Qwen3 8B FP8 on 1x NVIDIA H100, 2 replicas                     $6,570/month"
    assert out == f"{plan}\nup to date   <time>\n"


def test_names_and_paths_that_a_shell_would_read_are_quoted(tmp_path: Path, small_neuralnav: Installed) -> None:
    folder = tmp_path / "$(touch ran) it's"
    folder.mkdir()
    (folder / "workload.yaml").write_text(BROKEN.replace(", slow: 1", ""))
    one = Repository(tmp_path, small_neuralnav)
    ((_, _, _, fix),) = one.drift()
    assert fix == "neuralnav compile '$(touch ran) it'\"'\"'s/workload.yaml'"
    one.done(fix)
    assert one.drift() == []
    assert not (tmp_path / "ran").exists()


def test_templates_are_part_of_what_mends(tmp_path: Path, small_neuralnav: Installed, drifted: Repository) -> None:
    shutil.copytree(drifted.folder, tmp_path / "repository")
    one = Repository(tmp_path / "repository", small_neuralnav)
    one.done("git checkout -q . && git clean -fdq && mkdir own")
    house = Path(small_neuralnav.environment["PYTHONPATH"]) / "neuralnav" / "_data" / "templates"
    shutil.copytree(house / "common", one.folder / "own" / "common")
    path = next((one.folder / "own" / "common").glob("*.j2"))
    path.write_text(path.read_text() + "# ours\n")
    found = one.drift("--templates", "own")
    fix = f"neuralnav compile --templates own {WORKLOAD}"
    assert [(kind, fix) for kind, _, _, fix in found] == [("tool", fix)]
    one.done(fix)
    assert one.drift("--templates", "own") == []


def test_what_drifts_everywhere_is_told_once() -> None:
    def drifted(number: int) -> WorkloadReport:
        effect = "compile would choose b in place of a" if number % 7 == 0 else "the choice stands"
        drift = ReportedDrift(
            drift="data", file=f"{number}/plan.lock", line=9, message=f"prices changed; {effect}",
            fix=f"neuralnav compile {number}/workload.yaml",
        )  # fmt: skip
        found = {"workload": str(number), "path": f"{number}/workload.yaml", "status": "drift", "exit_code": 3}
        return WorkloadReport.model_validate({**found, "drift": (drift,)})

    report = Report(command="check", exit_code=3, workloads=tuple(drifted(number) for number in range(21)))
    assert check_text(report, seconds=None, mend="neuralnav compile") == (
        "21 of 21 workloads have drifted\n"
        "drift (data) in 21 files: prices changed; compile would choose another candidate for 3; "
        "fix: neuralnav compile (0/plan.lock, 1/plan.lock, 2/plan.lock and 18 more)\n"
        "to mend all: neuralnav compile"
    )
