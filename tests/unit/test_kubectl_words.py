"""What people who know kubectl type at the verbs of a cluster."""

import os
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from neuralnav.cli import cli, status_watch
from neuralnav.cli.duration import Duration
from neuralnav.cli.kubectl_words import ANSWERS, OWN
from neuralnav.cli.status_watch import CLEAR, CUT, WRAP, screen
from neuralnav.model.status_report import StatusReport

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def said(*words: str) -> str:
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    return result.stderr.rpartition("Error: ")[2].strip()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("deploy", "-o", "json", "x"), "No such option '-o': the format is --format json"),
        (("status", "-A"), f"No such option '-A': {ANSWERS['-A']}"),
        (("deploy", "--all"),
         "No such option '--all': a folder stands for all workloads below it, as in: neuralnav deploy ."),
        (("diff", "--live", "--all"),
         "No such option '--all': a folder stands for all workloads below it, as in: neuralnav diff --live ."),
        (("observe", "-n", "llm"), f"No such option '-n': {OWN['observe', '-n']}"),
        (("deploy", "--force", "x"), f"No such option '--force': {OWN['deploy', '--force']}"),
        (("deploy", "--frosen", "x"), "No such option '--frosen'. Did you mean '--frozen'?"),
        (("deploy", "--dry-run=client", "x"),
         "--dry-run=client: the server is always asked, so write --dry-run; `neuralnav check` needs no cluster"),
        (("deploy", "--dry-run=server", "--yes", "x"),
         "--dry-run changes nothing, and --yes applies: leave out one of them"),
        (("deploy", "--dry-run", "-y", "x"), "--dry-run changes nothing, and --yes applies: leave out one of them"),
        (("status", "--interval", "0"),
         "Invalid value for '--interval': '0' is no time at all; write it like 90s, 15m, 1h30m or 7d"),
    ],
)  # fmt: skip
def test_what_kubectl_has_and_this_does_not_is_answered(words: tuple[str, ...], answer: str) -> None:
    assert said(*words) == answer


@pytest.mark.parametrize(
    "words", [("deploy", "--dry-run=server"), ("deploy", "--dry-run"), ("deploy", "--wait=false", "-y"),
              ("delete", "--dry-run=server"), ("status", "--patience", "1m"), ("probe", "--timeout", "1m30s")],
)  # fmt: skip
def test_what_means_the_same_is_taken(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*words, "no-such-folder"])
    assert "Usage" not in result.output
    assert not isinstance(result.exception, click.ClickException)


@pytest.mark.parametrize(("text", "seconds"), [("200ms", 0.2), ("2min", 120.0), ("1m500ms", 60.5), ("10", 10.0)])
def test_every_duration_is_written_alike(text: str, seconds: float) -> None:
    assert Duration(above_zero=True).convert(text, None, None) == pytest.approx(seconds)


def test_the_top_of_a_watched_screen_stays_in_view(monkeypatch: pytest.MonkeyPatch) -> None:
    tall = "\n".join(f"line {number}" for number in range(30))
    monkeypatch.setattr(status_watch, "status_styled", lambda *_: tall)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 6)))
    (text,) = screen(StatusReport(context="kind", server="http://kind", exit_code=0, workloads=()), NOON)
    assert text == (
        f"{CUT}{CLEAR}line 0\nline 1\nline 2\nline 3\n12:00:00 UTC; Ctrl-C ends; 26 more lines: neuralnav status{WRAP}"
    )
