"""`neuralnav draft --chat` and `--refine` as people use them: typed, piped, interrupted, killed, resumed."""

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import TIMEOUT_SECONDS, snapshot
from fake_endpoint import closed, serving

from neuralnav.cli import cli
from neuralnav.errors import InputError

TEXT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: desk}
spec:
  useCase: chatbot_conversational
  traffic:
    users: 5000   # as HR says
  constraints: {budget: 6000 USD/month}
"""
DOUBLED = TEXT.replace("5000   #", "10000  #")
GREETING = "workload.yaml: say what should change; /help lists the commands, an empty line writes and ends"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one. No model is asked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEURALNAV_LLM", "none")
    return tmp_path


@pytest.fixture
def workload(here: Path) -> Path:
    path = here / "workload.yaml"
    path.write_text(TEXT)
    return path


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, ["draft", *arguments], input=given, prog_name="neuralnav", standalone_mode=False)


def lines(*arguments: str, given: bytes = b"") -> list[str]:
    """What is printed on both outputs where all goes well."""
    result = run(*arguments, given=given)
    assert result.exception is None, result.output
    assert result.return_value in (None, 0), result.output
    return result.output.splitlines()


def problem(*arguments: str, given: bytes = b"") -> tuple[str, str, str]:
    """Where it is refused, why, and the hint; nothing may have been written."""
    before = snapshot(Path.cwd())
    result = run(*arguments, given=given)
    assert isinstance(result.exception, InputError), result.output
    assert snapshot(Path.cwd()) == before
    (found,) = result.exception.diagnostics
    return found.where.file, found.message, found.hint


# Refine


def test_refine_edits_a_file_in_place_and_shows_what_changed(workload: Path) -> None:
    assert lines("--refine", "workload.yaml", "double the traffic") == [
        '  traffic.users: 5000 -> 10000  stated: "double the traffic" (2 x 5000)',
        "-    users: 5000   # as HR says",
        "+    users: 10000  # as HR says",
        "wrote workload.yaml; now run: neuralnav compile workload.yaml",
    ]
    assert workload.read_text() == DOUBLED


def test_refine_prints_the_file_alone_where_that_is_asked(workload: Path) -> None:
    result = run("--refine", "workload.yaml", "--stdout", "double", "the", "traffic")
    assert result.stdout == DOUBLED
    assert workload.read_text() == TEXT


def test_refine_keeps_line_ends_and_a_byte_order_mark(workload: Path) -> None:
    workload.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    lines("--refine", "workload.yaml", "double the traffic")
    assert workload.read_bytes() == b"\xef\xbb\xbf" + DOUBLED.replace("\n", "\r\n").encode()


def test_refine_writes_nothing_where_it_changes_nothing(workload: Path) -> None:
    before = workload.stat().st_mtime_ns
    assert lines("--refine", "workload.yaml", "at most 6000 USD a month") == [
        "note: constraints.budget is 6000 USD/month already"
    ]
    assert workload.stat().st_mtime_ns == before
    assert problem("--refine", "workload.yaml", "banana") == (
        "PROSE", "nothing in it was understood as a change", 'say it like "use H100s"'
    )  # fmt: skip
    result = run("--refine", "workload.yaml", "double it")
    assert result.return_value == 2


def test_refine_refuses_what_is_no_workload(here: Path) -> None:
    assert problem("--refine", "workload.yaml", "use H100s")[:2] == (
        "workload.yaml", "cannot be read: no such file or directory"
    )  # fmt: skip
    (here / "workload.yaml").write_text(TEXT.replace("users: 5000", "users: many"))
    assert problem("--refine", "workload.yaml", "use H100s")[0] == "workload.yaml"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--chat", "--refine", "a.yaml"), "--chat and --refine exclude each other; --chat -o FILE talks about a file"),
        (("--history", "h", "x"), "--history keeps a conversation, so it goes with --chat"),
        (("--chat", "--compile"), "--compile does not go with --chat"),
        (("--chat", "--json"), "--format json does not go with --chat"),
        (("--chat", "-"), "--chat reads standard input line by line; leave the - out"),
        (("--refine", "a.yaml", "-o", "b.yaml", "x"), "-o does not go with --refine, which edits its FILE"),
        (("--refine", "a.yaml", "--force", "x"), "--force does not go with --refine"),
    ],
)
def test_options_that_do_not_go_together(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert str(result.exception) == message


# Chat over a pipe


def test_a_chat_begins_from_nothing_and_writes_when_it_is_accepted(here: Path) -> None:
    said = b"a chatbot for 5,000 users at most $9k a month\nskip\nskip\nskip\nhalve the budget\n\n"
    told = lines("--chat", given=said)
    assert told[0] == "this drafts workload.yaml; /help lists the commands, an empty line writes and ends"
    assert told[-1] == "wrote workload.yaml; now run: neuralnav compile workload.yaml"
    assert "4500 USD/month" in (here / "workload.yaml").read_text()


def test_prose_of_the_command_line_is_the_first_thing_said(here: Path) -> None:
    lines("--chat", "a chatbot for 70 users", given=b"/save\n")
    assert "users: 70 " in (here / "workload.yaml").read_text()


def test_a_chat_refines_a_file_that_exists(workload: Path) -> None:
    assert lines("--chat", given=b"double the traffic\n/undo\nhalve the budget\n\n")[0] == GREETING
    assert workload.read_text() == TEXT.replace("6000 USD", "3000 USD")


def test_an_input_that_ends_writes_nothing_and_says_so(workload: Path) -> None:
    told = lines("--chat", given=b"double the traffic\n")
    assert told[-1] == "the input ended, and workload.yaml is as it was; an empty line or /save writes it"
    assert workload.read_text() == TEXT


def test_what_is_no_text_is_not_understood_and_harms_nothing(workload: Path) -> None:
    told = lines("--chat", given=b"\xff\xfe\x00\x1b[2J\n/quit\n")
    assert not any("\x1b" in line for line in told)
    assert workload.read_text() == TEXT


def test_a_file_that_is_not_valid_is_not_talked_about(workload: Path) -> None:
    workload.write_text(TEXT.replace("chatbot_conversational", "chatbot_conversationall"))
    assert problem("--chat") == (
        "workload.yaml", 'unknown use case "chatbot_conversationall"', "did you mean chatbot_conversational?"
    )  # fmt: skip


# History


def test_a_conversation_goes_on_where_it_was_left(workload: Path) -> None:
    lines("--chat", "--history", "h.jsonl", given=b"double the traffic\n")
    told = lines("--chat", "--history", "h.jsonl", given=b"halve the budget\n/undo\n\n")
    assert "undone: halve the budget" in told
    assert workload.read_text() == DOUBLED
    said = [json.loads(line)["said"].strip() for line in Path("h.jsonl").read_text().splitlines()]
    assert said == ["double the traffic", "halve the budget", "halve the budget"]  # the last one taken back


def test_what_was_taken_back_stays_taken_back(workload: Path) -> None:
    lines("--chat", "--history", "h.jsonl", given=b"halve the budget\ndouble the traffic\n/undo\n")
    told = lines("--chat", "--history", "h.jsonl", given=b"/undo\n/undo\nmake it cheaper\n\n")
    assert told[1:4] == ["undone: halve the budget", "-  constraints: {budget: 3000 USD/month}",
                         "+  constraints: {budget: 6000 USD/month}"]  # fmt: skip
    assert "there is nothing to undo" in told
    assert workload.read_text() == TEXT.replace("  constraints", "  priorities:\n    cost: high\n  constraints")


def test_a_file_that_was_changed_since_is_what_a_conversation_goes_on_with(workload: Path) -> None:
    lines("--chat", "--history", "h.jsonl", given=b"double the traffic\n")
    workload.write_text(TEXT.replace("desk", "counter"))
    lines("--chat", "--history", "h.jsonl", given=b"halve the budget\n\n")
    assert workload.read_text() == TEXT.replace("desk", "counter").replace("6000 USD", "3000 USD")


def test_a_line_that_a_kill_cut_off_is_left_out(workload: Path) -> None:
    lines("--chat", "--history", "h.jsonl", given=b"double the traffic\nhalve the budget\n")
    whole = Path("h.jsonl").read_bytes()
    first = whole.splitlines(keepends=True)[0]
    Path("h.jsonl").write_bytes(whole[:-20])
    lines("--chat", "--history", "h.jsonl", given=b"\n")
    assert Path("h.jsonl").read_bytes() == first
    assert workload.read_text() == DOUBLED


@pytest.mark.parametrize("content", ["banana\n", "notes without an end", "{}\n", '{"said": 1}\n', "[]\n"])
def test_a_history_that_is_none_is_refused(workload: Path, content: str) -> None:
    Path("h.jsonl").write_text(content)
    assert problem("--chat", "--history", "h.jsonl", given=b"\n") == (
        "h.jsonl", "this line is no turn of a conversation", "name another file"
    )  # fmt: skip
    assert workload.read_text() == TEXT


def test_a_history_that_cannot_be_written_is_told_before_anything_is_said(workload: Path) -> None:
    assert problem("--chat", "--history", "none/h.jsonl", given=b"double the traffic\n")[:2] == (
        "none/h.jsonl", "cannot be written: no such file or directory"
    )  # fmt: skip
    assert str(run("--chat", "--history", "./workload.yaml").exception) == (
        "--history is a file of its own, not the workload"
    )
    assert workload.read_text() == TEXT


# What is saved


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten_unasked(here: Path) -> None:
    path = here / "workload.yaml"
    path.write_text(TEXT)
    terminal = Terminal("--chat")
    try:
        terminal.until("\r\n> ")
        terminal.type("double the traffic\n")
        terminal.until("\r\n> ")
        path.write_text(TEXT.replace("desk", "counter"))
        terminal.type("/save\n")
        terminal.until("workload.yaml has changed since it was read and is not written")
        terminal.until("\r\n> ")
        assert path.read_text() == TEXT.replace("desk", "counter")
        terminal.type("/save\n")
        terminal.until("\r\n> ")
        assert path.read_text() == DOUBLED
    finally:
        terminal.close()


def test_what_a_link_leads_to_is_written(here: Path) -> None:
    (here / "real.yaml").write_text(TEXT)
    (here / "workload.yaml").symlink_to("real.yaml")
    lines("--refine", "workload.yaml", "double the traffic")
    assert (here / "workload.yaml").is_symlink()
    assert (here / "real.yaml").read_text() == DOUBLED


# A language model


def test_a_model_reads_what_the_rules_leave_and_is_told_what_was_said(workload: Path) -> None:
    answer = {"findings": [{"field": "domain", "quote": "zebras", "value": "zebras"}], "unplaced": [], "questions": []}
    with serving("openai") as endpoint:
        endpoint.pieces = (json.dumps(answer),)
        asking = ("--chat", "--llm", f"{endpoint.url}/v1", "--model", "qwen2.5:7b")
        told = lines(*asking, given=b"double the traffic\nit is about zebras now\n\n")
    (asked,) = endpoint.asked
    assert "double the traffic" in json.dumps(asked["messages"])
    assert '  domain: nothing -> zebras  stated by the model: "zebras"' in told
    assert workload.read_text() == DOUBLED.replace("  traffic:", "  domain: zebras\n  traffic:")


def test_a_model_that_does_not_answer_is_told_and_the_rules_go_on(workload: Path) -> None:
    url = closed()
    asking = ("--refine", "workload.yaml", "--llm", f"{url}/v1", "--model", "m")
    told = lines(*asking, "halve the budget, and be nice to zebras")
    assert any(line.startswith(f"note: m at {url} did not answer: ") for line in told)
    assert workload.read_text() == TEXT.replace("6000 USD", "3000 USD")


# Chat on a terminal


def take_terminal() -> None:
    """Make standard input the controlling terminal, so that what is typed may interrupt."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A chat at a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.parent, child = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "NEURALNAV_LLM": "none"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "neuralnav", "draft", *arguments],
            stdin=child, stdout=child, stderr=child, start_new_session=True, env=environment,
            preexec_fn=take_terminal,
        )  # fmt: skip
        os.close(child)
        self.shown = ""

    def until(self, words: str) -> str:
        """Return what is shown up to some words, which must come."""
        end = time.monotonic() + TIMEOUT_SECONDS
        while words not in self.shown:
            ready, _, _ = select.select([self.parent], [], [], max(0.0, end - time.monotonic()))
            assert ready, self.shown
            try:
                piece = os.read(self.parent, 4096)
            except OSError:  # the other end is closed
                piece = b""
            assert piece, self.shown
            self.shown += piece.decode()
        before, _, self.shown = self.shown.partition(words)
        return before.replace("\r\n", "\n")

    def type(self, words: str) -> None:
        os.write(self.parent, words.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.parent)


@pytest.fixture
def terminal(workload: Path) -> Iterator[Terminal]:
    assert workload.exists()
    found = Terminal("--chat")
    yield found
    found.close()


def test_a_terminal_is_prompted_and_an_empty_line_accepts(terminal: Terminal, workload: Path) -> None:
    assert terminal.until("\r\n> ") == f"{GREETING}\nWhat should change?"
    terminal.type("double the traffic\n")
    assert "10000  # as HR says" in terminal.until("\r\n> ")
    assert workload.read_text() == TEXT
    terminal.type("\n")
    terminal.until("workload.yaml; now run: neuralnav compile workload.yaml")
    assert terminal.process.wait(TIMEOUT_SECONDS) == 0
    assert workload.read_text() == DOUBLED


def test_an_interrupt_leaves_the_old_file(terminal: Terminal, workload: Path) -> None:
    terminal.until("\r\n> ")
    terminal.type("double the traffic\n")
    terminal.until("\r\n> ")
    while (
        terminal.process.poll() is None
    ):  # as a person does: one that comes just before the wait for a key is not heard
        terminal.type("\x03")
        time.sleep(0.2)
    terminal.until("the input ended, and workload.yaml is as it was")
    terminal.until("interrupted; nothing was left half written")
    assert terminal.process.wait(TIMEOUT_SECONDS) == 130
    assert workload.read_text() == TEXT


def test_an_end_of_input_leaves_the_old_file(terminal: Terminal, workload: Path) -> None:
    terminal.until("\r\n> ")
    terminal.type("double the traffic\n")
    terminal.until("\r\n> ")
    terminal.type("\x04")
    terminal.until("the input ended, and workload.yaml is as it was")
    assert terminal.process.wait(TIMEOUT_SECONDS) == 0
    assert workload.read_text() == TEXT


def test_a_kill_leaves_the_old_file_and_the_history(workload: Path) -> None:
    terminal = Terminal("--chat", "--history", "h.jsonl")
    try:
        terminal.until("\r\n> ")
        terminal.type("double the traffic\n")
        terminal.until("\r\n> ")
        os.kill(terminal.process.pid, signal.SIGKILL)
        assert terminal.process.wait(TIMEOUT_SECONDS) == -signal.SIGKILL
    finally:
        terminal.close()
    assert workload.read_text() == TEXT
    assert len(Path("h.jsonl").read_text().splitlines()) == 1
    lines("--chat", "--history", "h.jsonl", given=b"\n")
    assert workload.read_text() == DOUBLED
