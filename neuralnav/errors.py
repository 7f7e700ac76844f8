"""What can go wrong, as data: where, what, and what to do. Sentences are joined in `report`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """The process exit codes, as documented in docs/cli.md."""

    DONE = 0
    BUG = 1
    BAD_INPUT = 2
    DRIFT = 3
    REFUSED = 4
    INFEASIBLE = 5


FOLDER_ORDER = (ExitCode.BAD_INPUT, ExitCode.REFUSED, ExitCode.INFEASIBLE, ExitCode.DRIFT)
"""Over many workloads, the first of these that occurred is the exit code."""


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the exit code of a run whose workloads ended with `codes`."""
    seen = set(codes)
    return next((code for code in FOLDER_ORDER if code in seen), ExitCode.DONE)


@dataclass(frozen=True, slots=True)
class Where:
    """A place in an input. `line` and `column` count from 1; 0 means the whole file.

    `quote` is the line of text itself and `width` the number of characters that the caret underlines.
    """

    file: str
    line: int = 0
    column: int = 0
    quote: str = ""
    width: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: where it is, what is wrong, and how to mend it (empty when nothing better than the message)."""

    where: Where
    message: str
    hint: str = ""


class NeuralnavError(Exception):
    """An expected failure, with every problem found and the exit code it means."""

    exit_code: ExitCode = ExitCode.BAD_INPUT

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))

    def __reduce__(self) -> tuple[type["NeuralnavError"], tuple[tuple[Diagnostic, ...]]]:
        """Cross a process boundary with the diagnostics whole."""
        return type(self), (self.diagnostics,)


class InputError(NeuralnavError):
    """An input cannot be used as it stands (exit 2)."""


class DriftError(NeuralnavError):
    """A committed file is not what it says it is (exit 3)."""

    exit_code = ExitCode.DRIFT


def input_error(file: str, message: str, hint: str = "") -> InputError:
    """Return the error for a file as a whole."""
    return InputError([Diagnostic(Where(file), message, hint)])
