"""`neuralnav draft` as its users meet it: where the prose comes from, where the file goes, and what is refused."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT, TIMEOUT_SECONDS, Installed, snapshot
from fake_endpoint import closed, deaf, serving

from neuralnav.cli import cli
from neuralnav.errors import InputError
from neuralnav.model.document import Source, load
from neuralnav.model.workload import Workload

PROSE = "A chatbot for 5,000 users on H100, at most $9k a month"
SCHEMA = json.loads((ROOT / "schemas" / "draft-report.v1alpha1.json").read_text())
EXAMPLE = (
    'say what the service is for, who uses it and what limits it, like: "a support bot for 5,000 people, answers must '
    'feel instant, at most $6k a month"'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one. No model is asked unless a test names it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEURALNAV_LLM", "none")
    monkeypatch.delenv("NEURALNAV_LLM_MODEL", raising=False)
    return tmp_path


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(
        cli, ["draft", *arguments], input=given, prog_name="neuralnav", standalone_mode=False, catch_exceptions=True
    )


def done(*arguments: str, given: bytes = b"") -> str:
    """What a draft that succeeds prints on standard output."""
    result = run(*arguments, given=given)
    assert result.exception is None, result.output
    assert result.return_value in (None, 0), result.output
    return result.stdout


def refusal(*arguments: str, given: bytes = b"") -> tuple[str, str, str]:
    """Where a draft is refused, why, and the hint; nothing may have been written."""
    before = snapshot(Path.cwd())
    result = run(*arguments, given=given)
    assert isinstance(result.exception, InputError), result.output
    assert snapshot(Path.cwd()) == before
    (problem,) = result.exception.diagnostics
    return problem.where.file, problem.message, problem.hint


def drafted(path: Path = Path("workload.yaml")) -> Workload:
    return load(Workload, Source(str(path), path.read_text())).document


def report_of(*arguments: str, given: bytes = b"", code: int = 0) -> Mapping[str, Any]:
    """The JSON of a draft, held against its schema and its exit code."""
    result = run(*arguments, "--format", "json", given=given)
    assert result.exception is None
    report: Mapping[str, Any] = json.loads(result.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (report["exit_code"], result.return_value or 0) == (code, code)
    return report


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ((PROSE,), ""),
        (tuple(PROSE.split()), ""),
        (("-",), PROSE),
        (("-f", "-"), PROSE),
        (("-f", "request.txt"), ""),
        (("--", PROSE), ""),
    ],
)
def test_prose_comes_as_words_from_a_file_or_from_standard_input(arguments: Sequence[str], given: str) -> None:
    Path("request.txt").write_text(PROSE)
    told = done(*arguments, given=given.encode())
    assert told.splitlines()[0] == "read by the rules; no language model was asked"
    assert told.splitlines()[-1] == "wrote workload.yaml; now run: neuralnav compile workload.yaml"
    spec = drafted().spec
    assert (spec.use_case, spec.traffic.users, spec.constraints.budget) == ("chatbot_conversational", 5000, 9000)
    assert spec.constraints.accelerators is not None
    assert spec.constraints.accelerators.allow == ("H100",)


def test_a_file_of_windows_is_read_like_any_other() -> None:
    Path("request.txt").write_bytes(b"\xef\xbb\xbf" + PROSE.replace(" on", "\r\non").encode())
    done("-f", "request.txt")
    assert drafted().spec.traffic.users == 5000


@pytest.mark.parametrize("first", ["eval", "--help"])
def test_words_that_are_commands_are_prose_behind_two_dashes(first: str) -> None:
    done("--", f"{first} of essays: {PROSE}")
    assert drafted().spec.traffic.users == 5000


def test_eval_as_the_first_word_is_the_command() -> None:
    assert (
        "labelled descriptions" in " ".join(run("eval", "--help").output.split())
        or "eval" in run("eval", "--help").output
    )


@pytest.mark.parametrize(
    ("arguments", "given", "file", "message"),
    [
        (("",), b"", "PROSE", "the prose is empty"),
        (("-",), b" \n ", "standard input", "the prose is empty"),
        (("-f", "empty.txt"), b"", "empty.txt", "the prose is empty"),
        (("-f", "no.txt"), b"", "no.txt", "cannot be read: no such file or directory"),
        (("-f", "folder"), b"", "folder", "this is not a file"),
        (("-",), "a chatbot".encode("utf-16"), "standard input", "this is UTF-16"),
        (("-",), b"a chatbot\0", "standard input", "this is a binary file, not prose"),
        (("-",), b"a chatbot\n for \xff people", "standard input", "byte 0xff is not UTF-8"),
        (("a chatbot \udcff",), b"", "PROSE", "byte 0xff is not UTF-8"),
        (("-",), b"a" * ((1 << 20) + 1), "standard input", "this is more than 1,048,576 bytes"),
        (("Hello!",), b"", "PROSE", "nothing in it speaks of a service to plan"),
        (
            ("Beat three eggs with sugar and bake the cake for 40 minutes; it feeds 12 people.",),
            b"",
            "PROSE",
            "nothing in it speaks of a service to plan",
        ),
        ((PROSE, "--name", "No Name"), b"", "--name", '"No Name" is not a Kubernetes name'),
        ((PROSE, "-o", "workload.txt"), b"", "workload.txt", "a workload is a file of YAML"),
        ((PROSE, "-o", "empty.txt/workload.yaml"), b"", "empty.txt/workload.yaml", "cannot be written: file exists"),
        ((PROSE, "-o", "a" * 300 + ".yaml"), b"", "a" * 300 + ".yaml", "cannot be used: file name too long"),
        (("eval", "of", "essays"), b"", "of", "no such file or folder of cases"),
        (("1" * 400 + " of them",), b"", "PROSE", "nothing in it speaks of a service to plan"),
        ((PROSE, "--llm", "gpt"), b"", "--llm", '"gpt" is no language model'),
    ],
)
def test_what_cannot_be_drafted_is_refused_and_writes_nothing(
    arguments: Sequence[str], given: bytes, file: str, message: str
) -> None:
    Path("folder").mkdir()
    Path("empty.txt").write_text("")
    assert refusal(*arguments, given=given)[:2] == (file, message)


def test_what_says_nothing_is_answered_with_what_to_write() -> None:
    assert refusal("Hello!")[2] == EXAMPLE


@pytest.mark.parametrize("arguments", [(), (PROSE, "-f", "x"), (PROSE, "--stdout", "--compile")])
def test_a_wrong_use_says_how_to(arguments: Sequence[str], neuralnav: Installed, here: Path) -> None:
    told = neuralnav.run("draft", *arguments, folder=here)
    assert told.returncode == 2
    assert "neuralnav draft --help' for help." in told.stderr


@pytest.mark.parametrize("kind", ["file", "dangling link", "folder's file"])
def test_nothing_is_overwritten_unless_told_to(kind: str) -> None:
    path = Path("workload.yaml")
    if kind == "dangling link":
        path.symlink_to("nowhere")
    else:
        path.write_text("mine\n")
    output = ("-o", ".") if kind == "folder's file" else ()
    assert refusal(PROSE, *output) == (
        "workload.yaml",
        "this file exists and is not overwritten",
        "--force overwrites it, -o PATH writes another, --chat refines it",
    )
    done(PROSE, *output, "--force")
    assert not path.is_symlink()
    assert drafted().spec.traffic.users == 5000
    assert sorted(item.name for item in Path.cwd().iterdir()) == ["workload.yaml"]


def test_a_file_that_is_overwritten_keeps_its_permissions() -> None:
    Path("workload.yaml").write_text("mine\n")
    Path("workload.yaml").chmod(0o600)
    done(PROSE, "--force")
    assert Path("workload.yaml").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("options", ["", "--json", "--stdout"])
def test_a_full_disk_behind_the_output_is_told(options: str, neuralnav: Installed, here: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m neuralnav draft --llm none {options} {shlex.quote(PROSE)} > /dev/full"
    told = subprocess.run(
        ["bash", "-c", command], cwd=here, env={**os.environ, **neuralnav.environment}, capture_output=True,
        text=True, timeout=TIMEOUT_SECONDS, check=False,
    )  # fmt: skip
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1] == "the output cannot be written: no space left on device"


def test_an_output_may_be_a_new_folder_or_a_name() -> None:
    done(PROSE, "-o", "services/support/")
    done(PROSE, "-o", "chat.workload.yml", "--name", "mine")
    assert drafted(Path("services/support/workload.yaml")).metadata.name == "chatbot"
    assert drafted(Path("chat.workload.yml")).metadata.name == "mine"


def test_stdout_is_the_file_alone() -> None:
    Path("workload.yaml").write_text("mine\n")
    result = run(PROSE, "--stdout")
    assert load(Workload, Source("out", result.stdout)).document.spec.traffic.users == 5000
    assert result.stderr.startswith("read by the rules")
    assert Path("workload.yaml").read_text() == "mine\n"
    assert run(PROSE, "--dry-run").stdout == result.stdout


def test_json_is_one_document_that_holds_the_file_and_the_words_behind_it() -> None:
    report = report_of(PROSE)
    assert (report["engine"], report["path"], report["problems"]) == ("rules", "workload.yaml", [])
    assert report["yaml"] == Path("workload.yaml").read_text()
    for item in report["findings"]:
        assert item["quotes"] or item["origin"] == "default"
        assert all(PROSE[quote["start"] : quote["end"]] == quote["text"] for quote in item["quotes"])
    assert "traffic.peakRate" in {item["field"] for item in report["assumptions"]}
    assert json.loads(run(PROSE, "--json", "--force").stdout)["findings"] == report["findings"]


def test_a_refusal_is_json_too() -> None:
    report = report_of("Hello!", code=2)
    assert (report["engine"], report["yaml"], report["findings"]) == ("rules", "", [])
    assert report["problems"][0]["message"] == "nothing in it speaks of a service to plan"
    assert report_of("", code=2)["engine"] is None


def test_a_prose_that_only_names_the_topic_is_asked_what_to_plan() -> None:
    asked = "say it: What is the service for? How many people will use it? How soon must an answer begin?"
    assert refusal("we need an LLM") == ("PROSE", "nothing in it says what to plan", asked)
    report = report_of("we need an LLM", code=2)
    assert [item["field"] for item in report["questions"]] == ["useCase", "traffic.users", "experience"]
    assert report["problems"][0]["hint"] == asked


def test_an_endpoint_that_did_not_answer_is_told_where_the_rules_find_nothing_too() -> None:
    result = run("Hello!", "--llm", closed(), "--model", "m")
    assert isinstance(result.exception, InputError)
    assert "did not answer: no connection" in result.stderr


def test_the_catalogs_and_environments_of_the_project_count() -> None:
    Path("neuralnav.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {environments: {live: {namespace: llm}}}\n"
    )
    report = report_of(f"{PROSE}, in production", "-o", "services/")
    assert "metadata.labels.env" not in {item["field"] for item in report["findings"]}
    assert report["dropped"][0]["why"].endswith("is not in neuralnav.yaml")


def test_compile_goes_on_to_the_plan(neuralnav: Installed, here: Path) -> None:
    told = neuralnav.done("draft", "--llm", "none", PROSE, "--compile", folder=here)
    assert "\nwrote workload.yaml\n" in told
    assert "chatbot" in told.partition("wrote workload.yaml")[2]
    assert (here / "plan.lock").exists()
    assert neuralnav.run("check", folder=here).returncode == 0


def test_a_plan_that_is_not_feasible_has_the_code_of_compile() -> None:
    report = report_of(f"{PROSE}, first token within 1 ms", "--compile", code=5)
    assert report["plan"]["workloads"][0]["status"] == "infeasible"
    assert Path("workload.yaml").exists()


HOSTILE = "A chatbot for 5,000 users\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 # users: 1\n---\nusers: 7\n"


def test_hostile_prose_reaches_neither_the_terminal_nor_the_file() -> None:
    told = done("-", given=HOSTILE.encode())
    written = Path("workload.yaml").read_text()
    assert all(character.isprintable() or character == "\n" for character in told + written)
    assert drafted().spec.traffic.users == 5000
    assert len(list(yaml.safe_load_all(written))) == 1


def test_a_hundred_thousand_words_are_read() -> None:
    filler = "We met on Tuesday and talked about the roadmap, the office and the coffee machine. " * 7000
    done("-", given=f"{filler}\n{PROSE}\n{filler}"[: 1 << 20].encode())
    assert drafted().spec.traffic.users == 5000


ANSWER = json.dumps({
    "findings": [
        {"field": "useCase", "quote": "chatbot", "value": "translation"},
        {"field": "traffic.users", "quote": "5,000 users", "value": 5000},
    ],
    "unplaced": [],
    "questions": [],
})  # fmt: skip


def test_a_model_that_answers_is_named_and_differences_are_shown() -> None:
    with serving("openai") as endpoint:
        endpoint.pieces = (ANSWER[:40], ANSWER[40:])
        report = report_of(PROSE, "--llm", f"{endpoint.url}/v1", "--model", "qwen2.5:7b")
        told = done(PROSE, "--force", "--llm", f"{endpoint.url}/v1", "--model", "qwen2.5:7b")
    assert report["engine"] == "llm"
    assert report["voice"] == f"qwen2.5:7b at {endpoint.url}"
    assert {"field": "useCase", "rules": "chatbot_conversational", "llm": "translation", "taken": "rules",
            "why": "the rules read it off the same words"} in report["disagreements"]  # fmt: skip
    assert told.startswith(f"read by qwen2.5:7b at {endpoint.url}, and by the rules as a second opinion\n")
    assert (
        "disagree     useCase: rules say chatbot_conversational, the model says translation; taken from the rules"
        in told
    )


class Meanwhile(tuple[str, ...]):
    """An answer during which somebody else writes the workload."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        Path("workload.yaml").write_text("theirs\n")
        return super().__iter__()


def test_a_file_that_came_in_the_way_while_a_model_was_asked_is_not_overwritten() -> None:
    with serving("openai") as endpoint:
        endpoint.pieces = Meanwhile((ANSWER,))
        result = run(PROSE, "--llm", f"{endpoint.url}/v1", "--model", "qwen2.5:7b")
    assert str(result.exception) == "this file exists and is not overwritten"
    assert [item.name for item in Path.cwd().iterdir()] == ["workload.yaml"]
    assert Path("workload.yaml").read_text() == "theirs\n"


def test_an_endpoint_that_is_not_there_or_never_answers_is_told_and_the_rules_speak() -> None:
    for url in (closed(), None):
        with deaf() as silent:
            told = done(PROSE, "--force", "--llm", f"{url or silent}/v1", "--model", "m", "--timeout", "1")
        first, note, *_ = told.splitlines()
        assert first == "read by the rules"
        assert note.startswith(f"note  m at {url or silent} did not answer: ")
        assert note.endswith("; the rules alone spoke")


def test_auto_asks_nobody_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", closed())
    assert done(PROSE, "--llm", "auto").startswith("read by the rules; no language model was asked\n")


HEAVY = {"pyarrow", "numpy", "httpx", "ollama", "jinja2", "neuralnav.draft.llm.asking", "neuralnav.report"}


def test_the_rules_load_neither_tables_nor_a_client_of_a_model(here: Path) -> None:
    script = (
        "import sys; from neuralnav.cli import cli; "
        f"cli.main(['draft', {PROSE!r}, '--llm', 'none'], standalone_mode=False); "
        f"print(sorted(sys.modules.keys() & {HEAVY}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=here, capture_output=True, text=True, check=True, timeout=TIMEOUT_SECONDS
    )
    assert told.stdout.splitlines()[-1] == "[]"


def test_a_killed_draft_leaves_the_old_file_or_the_new_one(neuralnav: Installed, here: Path) -> None:
    (here / "workload.yaml").write_text("mine\n")
    command = f"{shlex.quote(sys.executable)} -m neuralnav draft --llm none --force {shlex.quote(PROSE)}"
    for milliseconds in (50, 150, 250, 350):
        subprocess.run(
            ["timeout", "-s", "KILL", f"{milliseconds / 1000}", "bash", "-c", command], cwd=here,
            env={**os.environ, **neuralnav.environment}, capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
        text = (here / "workload.yaml").read_text()
        assert text == "mine\n" or text.endswith('"\n') or "# default" in text
