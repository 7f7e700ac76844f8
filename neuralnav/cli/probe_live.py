"""How a probe is coming along, on standard error: one line that changes on a terminal, a line now and then in a log."""

import sys
from collections.abc import Sequence
from time import monotonic

import click

from neuralnav.cluster.openai import Answer
from neuralnav.cluster.probing import Board
from neuralnav.model.plain_text import counted
from neuralnav.model.quantity import format_ms

LOG_SECONDS = 10.0
RECENT = 20


class Live:
    """Shows a board. Nothing is said of what takes less than a second."""

    def __init__(self) -> None:
        self.board = Board(0)
        self.terminal = sys.stderr.isatty()
        self.since = self.shown = monotonic()

    @property
    def total(self) -> int:
        """How many requests are to be sent."""
        return self.board.total

    @total.setter
    def total(self, count: int) -> None:
        self.board.total = count

    def show(self, board: Board) -> None:
        """Show the board, if it is time to."""
        now = monotonic()
        if now - self.since < 1.0 or (not self.terminal and now - self.shown < LOG_SECONDS):
            return
        self.shown = now
        if self.terminal:
            click.echo(f"\r\x1b[2K{line_of(board, now - self.since)}", err=True, nl=False)
        else:
            click.echo(line_of(board, now - self.since), err=True)

    def close(self) -> None:
        """Take the line away."""
        if self.terminal and self.shown > self.since:
            click.echo("\r\x1b[2K", err=True, nl=False)


def line_of(board: Board, seconds: float) -> str:
    """Return how a probe is coming along, on one line."""
    if board.doing:
        return f"probe: {board.doing}, {seconds:.0f} s"
    answers = [answer for answer in board.answers if answer.fault is None]
    parts = [f"{len(answers):,} of {board.total:,} answered"]
    if answers:
        parts += [f"TTFT {format_ms(_first(answers))}", f"E2E {format_ms(_whole(answers))}"]
    if board.failed:
        parts.append(f"{board.failed:,} failed")
    in_flight = board.sent - len(board.answers)
    return f"probe: {', '.join((*parts, counted(in_flight, 'in flight', 'in flight'), f'{seconds:.0f} s'))}"


def _first(answers: Sequence[Answer]) -> float:
    """Return the mean TTFT of the latest answers, in ms."""
    latest = answers[-RECENT:]
    return sum(answer.stamps_s[0] - answer.due_s for answer in latest) / len(latest) * 1e3


def _whole(answers: Sequence[Answer]) -> float:
    latest = answers[-RECENT:]
    return sum(answer.end_s - answer.due_s for answer in latest) / len(latest) * 1e3
