"""The stream of one answer: its tokens are counted as they come, and JSON is parsed only where something is told."""

import json
from collections.abc import Callable
from typing import Any

from neuralnav.model.answer_ids import is_simulated
from neuralnav_simulator.load.outcomes import Board, Fault, Outcome

NOT_OVER = (b'"finish_reason":null', b'"finish_reason": null')
ROLE = b'"role"'
DONE = b"[DONE]"
LONGEST_EVENT = 16 << 20
LONGEST_SAID = 300
"""What an error says is kept up to here."""

OK = 200


class Streamed:
    """The reply of one request: fills its outcome, and calls `ended` once it is over."""

    __slots__ = ("_board", "_done", "_ended", "_latest_ms", "_rest", "outcome")

    def __init__(self, outcome: Outcome, board: Board, ended: Callable[[Outcome], None]) -> None:
        self.outcome, self._board, self._ended = outcome, board, ended
        self._rest, self._done, self._latest_ms = b"", False, 0.0

    def began(self, status: int) -> None:
        """Keep the status."""
        self.outcome.status = status

    def body(self, part: bytes, now_s: float) -> None:
        """Count the tokens of a part; they all came at its time."""
        data = self._rest + part if self._rest else part
        if self.outcome.status != OK:
            self._rest = data[:LONGEST_EVENT]
            return
        if b"\r\n" in data:
            data = data.replace(b"\r\n", b"\n")
        events = data.split(b"\n\n")
        self._rest = events.pop()
        for event in events:
            self._event(event, now_s)
        if len(self._rest) > LONGEST_EVENT:
            self.fail("malformed", now_s, "an event of more than 16 MB")

    def over(self, *, whole: bool, broken: bool, now_s: float) -> None:
        """Judge how it ended: a stream is whole when it says so, whatever HTTP says."""
        if self.outcome.status not in (0, OK):
            self.fail("HTTP", now_s, message_of(self._rest))
        elif broken:
            self.fail("malformed", now_s, "the answer is not HTTP")
        elif not self._done:
            got = f"after {len(self.outcome.stamps_ms)} of {self.outcome.asked} tokens"
            self.fail("cut", now_s, f"the stream ended {got}" if whole else f"the connection ended {got}")
        elif not self.outcome.stamps_ms:
            self.fail("empty", now_s, "the stream ended without a token")
        elif self.outcome.fault is None:
            self._finish(now_s)

    def fail(self, fault: Fault, now_s: float, said: str = "") -> None:
        """End it with a fault; the first one stays."""
        if self._ended is not _nothing:
            self.outcome.fault, self.outcome.said = fault, said[:LONGEST_SAID]
            self._finish(now_s)

    def _finish(self, now_s: float) -> None:
        self.outcome.end_s = now_s
        ended, self._ended = self._ended, _nothing
        ended(self.outcome)

    def _event(self, event: bytes, now_s: float) -> None:
        if not event.startswith(b"data:"):
            _, found, event = event.partition(b"\ndata:")
            if not found:  # a comment, or another field
                return
        if NOT_OVER[0] in event or NOT_OVER[1] in event:
            if self.outcome.stamps_ms or ROLE not in event or _has_text(_parsed(event)):
                self._token(now_s)
        elif event[5:].strip() == DONE:
            self._done = True
        else:
            self._told(_parsed(event), now_s)

    def _told(self, value: dict[str, Any], now_s: float) -> None:
        """Take an event that is no plain token: the last of a choice, what was used, or an error."""
        error = value.get("error")
        if error or not value:
            self.fail("stream error" if error else "malformed", now_s, message_of(json.dumps(value).encode()))
            return
        if _has_text(value):
            self._token(now_s)
        self.outcome.simulated |= is_simulated(value.get("id"))
        usage = value.get("usage")
        if isinstance(usage, dict):
            self.outcome.prompt, self.outcome.output = (
                _count(usage, f"{of}_tokens") for of in ("prompt", "completion")
            )

    def _token(self, now_s: float) -> None:
        outcome, board = self.outcome, self._board
        at_ms = (now_s - outcome.due_s) * 1e3
        if outcome.stamps_ms:
            board.gap_ms.append(at_ms - self._latest_ms)
        else:
            board.ttft_ms.append(at_ms)
        self._latest_ms = at_ms
        outcome.stamps_ms.append(at_ms)
        board.tokens += 1


def _nothing(outcome: Outcome) -> None:
    """Stand for who was told already."""


def _parsed(event: bytes) -> dict[str, Any]:
    try:
        value = json.loads(event[5:])
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _has_text(value: dict[str, Any]) -> bool:
    """Tell whether an event brings a token: of the text, of thinking, or of a call."""
    choices = value.get("choices")
    for choice in choices if isinstance(choices, list) else []:
        told = choice.get("delta", choice) if isinstance(choice, dict) else {}
        names = ("content", "text", "reasoning_content", "reasoning", "tool_calls")
        if isinstance(told, dict) and any(told.get(name) for name in names):
            return True
    return False


def _count(usage: dict[str, Any], name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) and value > 0 else None


def message_of(body: bytes) -> str:
    """Return what an error says: OpenAI's message, vLLM's detail, or the body itself as one line."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        error = value.get("error", value)
        told = error.get("message") or error.get("detail") if isinstance(error, dict) else error
        if isinstance(told, str):
            return told[:LONGEST_SAID]
    return " ".join(body[: 4 * LONGEST_SAID].decode(errors="replace").split())[:LONGEST_SAID]
