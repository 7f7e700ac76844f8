"""The stream of one OpenAI answer, piece by piece as it comes: events, tokens, usage. Tolerant of what servers do.

Only bytes are handled until an event is whole, so a character that is split between two reads is never decoded in part.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_EVENT = 1 << 20
"""An event of a token is some hundred bytes; log probabilities, which nobody asked for, some thousand."""

LONGEST_SAID = 300

_TEXTS = ("content", "text", "reasoning_content", "reasoning", "tool_calls")
"""Where a choice holds its text: of a chat, a completion, of thinking (two names), of a call."""


class TooLongError(ValueError):
    """An event longer than any that was asked for."""


class Events:
    """Cuts a stream of server-sent events (WHATWG HTML, 9.2): all three line ends, comments, several data lines."""

    __slots__ = ("_data", "_rest")

    def __init__(self) -> None:
        self._rest, self._data = b"", list[bytes]()

    def fed(self, part: bytes) -> Iterator[bytes]:
        """Yield the data of each event that a part completes. Raises `TooLongError`."""
        lines = (self._rest + part).replace(b"\r\n", b"\n")
        held = lines[-1:] if lines.endswith(b"\r") else b""  # the other half of this line end may be still to come
        *whole, rest = lines[: len(lines) - len(held)].replace(b"\r", b"\n").split(b"\n")
        self._rest = rest + held
        for line in whole:
            yield from self._line(line)
        if len(self._rest) + sum(map(len, self._data)) > LONGEST_EVENT:
            raise TooLongError

    def rest(self) -> Iterator[bytes]:
        """Yield the event that the stream ended in without a blank line behind it: some servers forget it."""
        yield from self._line(self._rest.rstrip(b"\r"))
        yield from self._line(b"")

    def _line(self, line: bytes) -> Iterator[bytes]:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif not line and self._data:
            whole, self._data = b"\n".join(self._data), []
            yield whole


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event says. `text`: it brings text; `more`: a token that showed none may be in it.

    `finish` tells why an answer ended. Counts are None where an event has none. `error` is the server's own words.
    """

    text: bool = False
    more: bool = False
    finish: str = ""
    prompt: int | None = None
    output: int | None = None
    cached: int | None = None
    answer_id: str = ""
    model: str = ""
    error: str = ""
    done: bool = False
    known: bool = True


def piece_of(data: bytes) -> Piece:
    """Return what the data of an event says; `known` is false for what is no event of such an answer."""
    if data.strip() == b"[DONE]":
        return Piece(done=True)
    value = parsed(data)
    if value is None:
        return Piece(known=False)
    if value.get("error") or value.get("object") == "error":
        return Piece(error=said_in(data) or "an error without words")
    choices = value.get("choices")
    usage = value.get("usage")
    if not isinstance(choices, list) and not isinstance(usage, dict):
        return Piece(known=False)
    first = next((item for item in choices or [] if isinstance(item, dict)), None)
    prompt, output, cached = _used(usage if isinstance(usage, dict) else {})
    return Piece(
        text=first is not None and _has_text(first),
        more=first is not None and not first.get("finish_reason") and "role" not in _told(first),
        finish=_word(first.get("finish_reason")) if first else "",
        prompt=prompt,
        output=output,
        cached=cached,
        answer_id=_word(value.get("id")),
        model=_word(value.get("model")),
    )


def _told(choice: Mapping[str, Any]) -> Mapping[str, Any]:
    delta = choice.get("delta", choice)
    return delta if isinstance(delta, dict) else {}


def _has_text(choice: Mapping[str, Any]) -> bool:
    told = _told(choice)
    return any(told.get(name) for name in _TEXTS)


def _used(usage: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), _count(cached)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def parsed(data: bytes) -> dict[str, Any] | None:
    """Return a JSON object, or None for anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def said_in(body: bytes) -> str:
    """Return what an error says, on one line: OpenAI's message, FastAPI's detail, or the body itself."""
    value = parsed(body)
    error = value.get("error", value) if value else None
    said: object = error
    if isinstance(error, dict):
        said = error.get("message") or error.get("detail")
    text = said if isinstance(said, str) else body[: 4 * LONGEST_SAID].decode(errors="replace")
    return " ".join(text.split())[:LONGEST_SAID]
