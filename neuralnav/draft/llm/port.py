"""What the draft asks of a language model, and every way in which it can fail to answer. Nothing heavy is imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

LONGEST_TOLD = 200

Role = Literal["system", "user"]
Schema = Mapping[str, Any]
"""A JSON Schema, as the files beside the prompts hold it."""

OnText = Callable[[int], None]
"""Called as the answer streams in, with how many characters have come so far."""

Failure = Literal["refused", "timeout", "reset", "status", "cut short", "not json", "wrong shape", "wrong model"]
"""Refused: nobody listens there. Timeout: no whole answer in time. Reset: the connection broke off. Status: the
endpoint said that it cannot. Cut short: the answer ends before its end. Not json, wrong shape: it is no answer of the
schema. Wrong model: the endpoint does not have it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may cost. The same question gets the same answer: no temperature, and a seed.

    `total_s` bounds everything, retries and their pauses included. `context_tokens` is what the question and the answer
    take together; a question that is longer is cut before it is sent.
    """

    connect_s: float = 2.0
    total_s: float = 120.0
    retries: int = 2
    pause_s: float = 0.5
    max_output_tokens: int = 1500
    context_tokens: int = 8192
    seed: int = 0
    temperature: float = 0.0

    @property
    def prompt_tokens(self) -> int:
        """How many tokens the question may have."""
        return max(self.context_tokens - self.max_output_tokens, 0)

    @property
    def max_characters(self) -> int:
        """The longest answer that is read: a token is rarely over eight characters."""
        return 8 * self.max_output_tokens

    @property
    def max_bytes(self) -> int:
        """The most that is read from the wire: each token travels in an event of its own, with its wrapping."""
        return 65_536 + 2_048 * self.max_output_tokens


class NoAnswer(Exception):  # noqa: N818  # it is told, not raised to the user: the rules speak instead
    """A model did not answer, or not in the way it was asked to.

    `status` is the HTTP status where there was one, else 0. `hint` says what to do about it, where something can be.
    """

    def __init__(self, kind: Failure, detail: str, *, hint: str = "", status: int = 0) -> None:
        self.kind: Failure = kind
        self.detail = detail
        self.hint = hint
        self.status = status
        super().__init__(f"{detail}; {hint}" if hint else detail)

    @property
    def passes(self) -> bool:
        """Tell whether asking again may help."""
        return self.kind in ("refused", "reset") or (
            self.kind == "status" and (self.status >= 500 or self.status == 429)
        )


class LanguageModel(Protocol):
    """A model at an endpoint."""

    @property
    def name(self) -> str:
        """The model's name, as the endpoint knows it; empty while it has not been asked which one it has."""

    @property
    def endpoint(self) -> str:
        """Where the prose goes: a URL without path and without secrets."""

    def answer(self, messages: Sequence[Message], schema: Schema, *, limits: Limits, on_text: OnText) -> str:
        """Return the text of the model's answer, which it was asked to give as JSON of the schema.

        Raises `NoAnswer`, and nothing else that a network or an endpoint does.
        """


def one_line(text: str) -> str:
    """Return what an endpoint says as one short line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_TOLD]).split())
    return line if len(line) <= LONGEST_TOLD else f"{line[: LONGEST_TOLD - 3]}..."
