"""Look at workloads again and again: a screen that is drawn anew on a terminal, else a line for each change."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import click

from neuralnav.cli.status_text import line_of, status_styled
from neuralnav.model.plain_text import counted, printable_json
from neuralnav.model.status_report import StatusReport

INTERRUPTED = 130
LEAST_PAUSE_SECONDS = 0.1
CLEAR = "\x1b[H\x1b[2J\x1b[3J"
CUT, WRAP = "\x1b[?7l", "\x1b[?7h"
"""Whether a terminal cuts a line that is too long, or goes on below."""

Form = Callable[[StatusReport, datetime], Iterator[str]]


def watch(look: Callable[[], StatusReport], show: Form, interval_seconds: float, now: Callable[[], datetime]) -> int:
    """Show what each look finds, until Ctrl-C; a server that is gone is waited for. `now` is the server's clock."""
    try:
        while True:
            for text in show(look(), now()):
                click.echo(text)
            time.sleep(max(LEAST_PAUSE_SECONDS, interval_seconds))
    except KeyboardInterrupt:
        return INTERRUPTED


def screen(found: StatusReport, now: datetime) -> Iterator[str]:
    """Yield how all workloads stand, in place of what was there.

    The top stays in view, where what decides stands: a long line is cut at the edge, and lines that do not fit are
    counted.
    """
    lines = status_styled(found, now).splitlines()
    room = max(shutil.get_terminal_size().lines - 2, 1)  # the last line, and the one that the cursor is on
    left = len(lines) - room
    more = f"; {counted(left, 'more line')}: neuralnav status" if left > 0 else ""
    text = "\n".join(lines[:room])
    yield f"{CUT}{CLEAR}{text}\n{now:%H:%M:%S} UTC; Ctrl-C ends{more}{WRAP}"


@dataclass(slots=True)
class Changes:
    """Gives a line for each workload that is not as it was at the last look, and for a server that is gone or back."""

    known: dict[str, str] = field(default_factory=dict)
    away: bool = False

    def lines(self, found: StatusReport, now: datetime) -> Iterator[str]:
        """Yield what has changed."""
        stamp, was_away = f"{now:%H:%M:%S}", self.away
        self.away = all(item.state == "unreachable" for item in found.workloads)
        if self.away:
            if not was_away:
                yield f"{stamp} {found.workloads[0].why}; waiting for it"
            return
        if was_away:
            yield f"{stamp} {found.server} is back"
        for item in found.workloads:
            line = line_of(item)
            if self.known.get(item.path) != line:
                yield f"{stamp} {line}"
            self.known[item.path] = line


@dataclass(slots=True)
class Documents:
    """Gives the whole report on one line of JSON, where it is not as it was at the last look."""

    last: StatusReport | None = None

    def lines(self, found: StatusReport, _: datetime) -> Iterator[str]:
        """Yield the report, if anything has changed."""
        if found != self.last:
            yield printable_json(found.model_dump_json(by_alias=True))
        self.last = found
