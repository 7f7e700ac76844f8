"""What is waited for, on standard error: one line written anew on a terminal, a line now and then in a log."""

import shutil
import sys
import time

import click

from neuralnav.model.plain_text import clipped, printable

LOG_SECONDS = 10.0
"""In a log what has not changed is said this often, at most; a change is said at once."""


class WaitingLine:
    """The line that says what is waited for."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.said, self.at = "", float("-inf")

    def say(self, text: str) -> None:
        """Say what is waited for now."""
        text, now = printable(text), time.monotonic()
        if self.terminal:
            click.echo(f"\r\x1b[2K{clipped(text, shutil.get_terminal_size().columns - 1)}", err=True, nl=False)
        elif _shape(text) != _shape(self.said) or now - self.at >= LOG_SECONDS:
            click.echo(text, err=True)
        else:
            return
        self.said, self.at = text, now

    def close(self) -> None:
        """Wipe the line from a terminal."""
        if self.terminal and self.said:
            click.echo("\r\x1b[2K", err=True, nl=False)
        self.said = ""


def _shape(text: str) -> str:
    """Return a text without its numbers: that seconds pass is no change."""
    return "".join(character for character in text if not character.isdigit())
