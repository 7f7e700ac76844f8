"""A conversation kept as JSON lines, one a turn: what `--history FILE` appends to, and resumes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neuralnav.draft.chat import Session, Turn
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.places import read_optional, show
from neuralnav.model.document import digest
from neuralnav.model.draft import Question

_BEGINS = b'{"said": '

_QUESTIONS = TypeAdapter(tuple[Question, ...])


class History:
    """A file of turns. Nothing is opened between two turns; a line that a kill cut off is left out and mended."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def resume(self, session: Session) -> Session:
        """Return the session with the turns of the file.

        Its last text goes on where the workload is what it was then; else the workload as it is now. Raises
        `InputError` for a file that holds anything but turns, and for one that cannot be written.
        """
        raw = read_optional(self.path) or b""
        whole, cut = raw[: raw.rfind(b"\n") + 1], raw[raw.rfind(b"\n") + 1 :]
        lines = [self._read(number, line) for number, line in enumerate(whole.splitlines(), start=1)]
        if cut and not (cut.startswith(_BEGINS) or _BEGINS.startswith(cut)):
            raise self._refused(len(lines) + 1)
        self._append("")  # whether it can be written is told now rather than after the first turn
        if cut:
            with self.path.open("r+b") as stream:
                stream.truncate(len(whole))
        turns: tuple[Turn, ...] = ()
        for line in lines:
            asked = _QUESTIONS.validate_python(line["asked"])
            turn = () if line["undo"] else (Turn(line["said"], line["told"], line["before"], asked),)
            turns = (*turns[: line["turns"] - len(turn)], *turn)
        if not lines:
            return session
        last = lines[-1]
        goes_on = last["saved"] == digest(session.saved) or last["after"] == session.saved
        if not goes_on:
            return replace(session, turns=turns)
        return replace(session, text=last["after"], turns=turns, asked=_QUESTIONS.validate_python(last["open"]))

    def add(self, before: Session, session: Session) -> None:
        """Append what changed a session: a turn, or one taken back. Raises `InputError` where it cannot be written."""
        undo = len(session.turns) < len(before.turns)
        turn = (before if undo else session).turns[-1]
        line = {
            "said": turn.said, "told": turn.told, "before": turn.before, "after": session.text,
            "saved": digest(session.saved), "asked": [asdict(item) for item in turn.asked],
            "open": [asdict(item) for item in session.asked], "turns": len(session.turns), "undo": undo,
        }  # fmt: skip
        self._append(json.dumps(line, ensure_ascii=False) + "\n")

    def _append(self, text: str) -> None:
        try:
            with self.path.open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
        except OSError as error:
            message = f"cannot be written: {(error.strerror or str(error)).lower()}"
            raise input_error(show(self.path), message) from None

    def _read(self, number: int, line: bytes) -> Mapping[str, Any]:
        """Return a line's turn as plain values."""
        try:
            found = json.loads(line)
            _QUESTIONS.validate_python(found["asked"])
            _QUESTIONS.validate_python(found["open"])
            texts = all(isinstance(found[key], str) for key in ("said", "told", "before", "after", "saved"))
            if texts and isinstance(found["undo"], bool) and isinstance(found["turns"], int):
                return dict(found)
        except (ValueError, KeyError, TypeError, ValidationError):
            pass
        raise self._refused(number)

    def _refused(self, number: int) -> InputError:
        where = Where(show(self.path), number)
        return InputError([Diagnostic(where, "this line is no turn of a conversation", "name another file")])
