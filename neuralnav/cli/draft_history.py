"""A conversation kept as JSON lines, one a turn: what `--history FILE` appends to, and resumes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neuralnav.draft.chat import Session, Turn
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.places import read_optional, show
from neuralnav.model.document import digest
from neuralnav.model.draft import Question

_QUESTIONS = TypeAdapter(tuple[Question, ...])


class History:
    """A file of turns. Nothing is opened between two turns; a line that a kill cut off is left out and mended."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def resume(self, session: Session) -> Session:
        """Return the session with the turns of the file.

        Its last text goes on where the workload is what it was then; else the workload as it is now. Raises
        `InputError` for a file that holds anything but turns.
        """
        raw = read_optional(self.path) or b""
        whole = raw[: raw.rfind(b"\n") + 1]
        if whole != raw:
            self._cut(len(whole))
        lines = [self._read(number, line) for number, line in enumerate(whole.splitlines(), start=1) if line.strip()]
        turns = tuple(
            Turn(line["said"], line["told"], line["before"], _QUESTIONS.validate_python(line["asked"]))
            for line in lines
        )
        session = Session(session.text, session.saved, turns, session.asked)
        if not lines:
            return session
        last = lines[-1]
        same = last["saved"] == digest(session.saved) or last["after"] == session.saved
        open_ = _QUESTIONS.validate_python(last["open"])
        return Session(last["after"], session.saved, turns, open_) if same else session

    def add(self, turn: Turn, session: Session) -> None:
        """Append a turn, after which the session is as given. Raises `InputError` where it cannot be written."""
        line = {
            "said": turn.said, "told": turn.told, "before": turn.before, "after": session.text,
            "saved": digest(session.saved), "asked": [asdict(item) for item in turn.asked],
            "open": [asdict(item) for item in session.asked],
        }  # fmt: skip
        try:
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            message = f"cannot be written: {(error.strerror or str(error)).lower()}"
            raise input_error(show(self.path), message) from None

    def _cut(self, length: int) -> None:
        with self.path.open("r+b") as stream:
            stream.truncate(length)

    def _read(self, number: int, line: bytes) -> Mapping[str, Any]:
        """Return a line's turn as plain values."""
        try:
            found = json.loads(line)
            _QUESTIONS.validate_python(found["asked"])
            _QUESTIONS.validate_python(found["open"])
            if all(isinstance(found[key], str) for key in ("said", "told", "before", "after", "saved")):
                return dict(found)
        except (ValueError, KeyError, TypeError, ValidationError):
            pass
        where = Where(show(self.path), number)
        raise InputError([Diagnostic(where, "this line is no turn of a conversation", "name another file")])
