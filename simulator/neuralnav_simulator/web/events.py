"""Server-sent events of a stream: what stands around the pieces of an answer is made once a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json.encoder import JSONEncoder, encode_basestring

quoted = encode_basestring
"""The JSON of a text, from C."""

DONE = "data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Head:
    """How every object of one answer begins, up to its choices."""

    id: str
    kind: str
    created: int
    model: str

    def begun(self) -> str:
        """Return an object that is still open after `"choices":`."""
        return (
            f'{{"id":{quoted(self.id)},"object":"{self.kind}","created":{self.created}'
            f',"model":{quoted(self.model)},"choices":'
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the pieces of one choice: `before` up to the quoted piece, `after` to the end of the event.

    `after` holds for a token of which nothing else is told, so an event costs two joins and the quoting of its piece.
    """

    before: str
    after: str

    def event(self, piece: str) -> str:
        """Return the event of a token."""
        return f"{self.before}{quoted(piece)}{self.after}"


def event(head: Head, choice: str, *, usage: str = "") -> str:
    """Return an event with one choice."""
    return f"data: {head.begun()}[{choice}]{usage}}}\n\n"


def whole_json(head: Head, choices: Iterable[str], rest: Mapping[str, object]) -> bytes:
    """Return an answer that is told at once: how it begins, its choices, which are JSON, and what comes after them."""
    return f"{head.begun()}[{','.join(choices)}],{_json(rest)[1:]}".encode()


def choice_json(before: Mapping[str, object], logprobs: str, after: Mapping[str, object]) -> str:
    """Return a choice of such an answer, its log probabilities being JSON between what else is told."""
    return f'{_json(before)[:-1]},"logprobs":{logprobs},{_json(after)[1:]}'


_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def usage_event(head: Head, prompt_tokens: int, answer_tokens: int, cached: int | None) -> str:
    """Return the event that tells what was used, after all choices; `cached` tokens where there is a prefix cache."""
    return f'data: {head.begun()}[],"usage":{usage_json(prompt_tokens, answer_tokens, cached)}}}\n\n'


def usage_json(prompt_tokens: int, answer_tokens: int, cached: int | None = None) -> str:
    """Return what was used."""
    details = "" if cached is None else f',"prompt_tokens_details":{{"cached_tokens":{cached}}}'
    return (
        f'{{"prompt_tokens":{prompt_tokens},"total_tokens":{prompt_tokens + answer_tokens}'
        f',"completion_tokens":{answer_tokens}{details}}}'
    )
