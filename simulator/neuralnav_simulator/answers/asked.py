"""What is asked of the simulated model, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Json = Mapping[str, Any]
Finish = Literal["stop", "length", "tool_calls"]


class BeyondError(Exception):
    """The simulator cannot answer what is asked, say a schema that nothing meets; the message tells the client why."""


@dataclass(frozen=True, slots=True)
class Function:
    """A tool that may be called, and the JSON schema of its arguments."""

    name: str
    parameters: Json


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides one answer.

    `room` tokens are left for it: the least of `max_tokens` and what the context holds beside the prompt. Without
    `ignore_eos` it ends by itself after a drawn length, at least `min_tokens`; with it, it fills its room. `schema` is
    what `response_format` demands, {} for any JSON object. Of `functions` the first is called.
    """

    seed: int
    room: int
    min_tokens: int = 0
    ignore_eos: bool = False
    stop: tuple[str, ...] = ()
    schema: Json | None = None
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, a text for each token: `pieces[i]` is what token i adds to what the client sees.

    With a `function` called the pieces are its arguments. `stop_reason` is the stop string that ended it; the string
    itself, and what follows, is not shown, and its tokens have been computed (their pieces are cut or empty).
    """

    tokens: tuple[int, ...]
    pieces: tuple[str, ...]
    finish: Finish
    stop_reason: str | None = None
    function: str | None = None
