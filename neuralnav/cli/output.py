"""Say things on a terminal: colour only there, JSON and markdown for others."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import click

from neuralnav.errors import Diagnostic, NeuralnavError, input_error
from neuralnav.files.cache import replace_file
from neuralnav.files.places import show
from neuralnav.model.report import Report
from neuralnav.report import as_json, as_markdown, diagnostics_text, report_text

Command = TypeVar("Command", bound=Callable[..., object])

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True,
    help="How to report on standard output.",
)  # fmt: skip

templates_option = click.option(
    "--templates", default="", metavar="DIR", help="A folder of templates over the packaged ones."
)


DAY = "%Y-%m-%d"


class _Day(click.ParamType[date]):
    """A day of the calendar."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day that a text names, or fail with how to write one."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), DAY).replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2026-12-31", param, ctx)


def as_of_option(said: str) -> Callable[[Command], Command]:
    """Return the option `--as-of`, a day by which what expires is judged."""
    return click.option("--as-of", type=_Day(), metavar="DATE", help=said)


def day_of(as_of: date | None) -> date:
    """Return the day that was asked for, or today's in UTC: jobs all over the world agree on it."""
    return as_of or datetime.now(UTC).date()


def write_report(output: Path, text: str) -> None:
    """Write a report to a file, whole or not at all. Raises `InputError` where it cannot be written."""
    try:
        replace_file(output, lambda part: Path(part).write_text(f"{text}\n", encoding="utf-8"))
    except OSError as error:
        raise input_error(show(output), f"cannot be written: {(error.strerror or str(error)).lower()}") from None


def echo_error(error: NeuralnavError, *, writes: bool = True) -> None:
    """Print an expected failure on standard error. A verb that `writes` says that it has not."""
    click.echo(styled(diagnostics_text(error.diagnostics, writes=writes)), err=True)


def echo_report(
    report: Report, form: str, *, problems: Sequence[Diagnostic] = (), seconds: float | None = None
) -> None:
    """Print a report: the result on standard output, problems of a text report on standard error, lines quoted."""
    if form == "json":
        click.echo(as_json(report))
    elif form == "markdown":
        click.echo(as_markdown(report))
    else:
        text = report_text(report, seconds=seconds)
        if text:
            click.echo(styled(text))
        if problems:
            click.echo(styled(diagnostics_text(problems, writes=report.command != "check")), err=True)


class Progress:
    """A counter on standard error: shown after a second, often on a terminal, ever more rarely in a log.

    A `total` of 0 is unknown.
    """

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.started = self.shown = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, count: int = 1) -> None:
        """Count work that is done."""
        self.done += count
        now = time.monotonic()
        spent = now - self.started
        pause = 0.2 if self.terminal else max(10.0, spent / 10)
        if 0 < self.total <= self.done or spent < 1 or now - self.shown < pause:
            return
        self.shown = now
        line = f"{self.label}: {self._so_far(max(self.done, 1) / spent)}"
        click.echo(f"\r\x1b[2K{line}" if self.terminal else line, err=True, nl=not self.terminal)

    def _so_far(self, rate: float) -> str:
        if not self.total:
            return f"{self.done:,}, {rate:,.1f} a second"
        left = (self.total - self.done) / rate
        remaining = f"{left:.0f} s" if left < 100 else f"{left / 60:.0f} min"
        return f"{self.done:,} of {self.total:,}, {rate:.1f} a second, about {remaining} left"

    def close(self) -> None:
        """Wipe the line from a terminal."""
        if self.terminal and self.shown > self.started:
            click.echo("\r\x1b[2K", err=True, nl=False)


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """Count work on standard error."""
    counter = Progress(label, total)
    try:
        yield counter
    finally:
        counter.close()


def styled(text: str) -> str:
    """Colour the first words that carry a verdict; click strips the colour where there is no terminal."""
    return "\n".join(_styled_line(line) for line in text.split("\n"))


def _styled_line(line: str) -> str:
    for word, colour in _COLOURS:
        if line.startswith(word):
            return click.style(word, fg=colour, bold=True) + line[len(word) :]
    return line


_COLOURS: Iterable[tuple[str, str]] = (
    ("no feasible plan", "red"), ("refused by", "red"), ("warned by", "yellow"), ("drift", "yellow"),
    ("note", "yellow"), ("wrote", "green"), ("would write", "yellow"), ("up to date", "green"),
)  # fmt: skip
