"""Log probabilities that look like a model's: nobody computed them, they only have the shape and add up to less than 1.

They depend on the token and its place alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from neuralnav_simulator.tokens import Tokenizer

_STRIDE = 7919  # a prime, so that the others of a place are as good as random


@dataclass(frozen=True, slots=True)
class Likely:
    """A token at a place with its log probability, then those that might have come instead, the likeliest first."""

    text: str
    logprob: float
    others: tuple[tuple[str, float], ...]


def likely(token: int, text: str, place: int, tokenizer: Tokenizer, *, others: int) -> Likely:
    """Return how likely a token was at a place of the answer, and `others` beside it."""
    drawn = (token * _STRIDE + place * 104_729) % 1000
    first = -0.01 - drawn / 2000.0
    words = tokenizer.words
    pieces = (tokenizer.piece(words[(token + place + rank * _STRIDE) % len(words)]) for rank in range(1, others + 1))
    return Likely(
        text, round(first, 6), tuple((piece, round(first - 2.0 - rank, 6)) for rank, piece in enumerate(pieces))
    )


def chat_logprobs(tokens: Sequence[Likely], top: int) -> str:
    """Return the logprobs of a chat's tokens as JSON."""
    content = [
        {
            **_entry(token.text, token.logprob),
            "top_logprobs": [_entry(text, value) for text, value in ((token.text, token.logprob), *token.others)[:top]],
        }
        for token in tokens
    ]
    return _json({"content": content})


def completion_logprobs(tokens: Sequence[Likely | str], offset: int) -> str:
    """Return the logprobs of a completion's tokens as JSON; a text alone is a token that nobody expected anything of."""
    offsets: list[int] = []
    names: list[str] = []
    values: list[float | None] = []
    tops: list[dict[str, float] | None] = []
    for token in tokens:
        name = token if isinstance(token, str) else token.text
        offsets.append(offset)
        names.append(name)
        offset += len(name)
        values.append(None if isinstance(token, str) else token.logprob)
        tops.append(None if isinstance(token, str) else dict([*reversed(token.others), (name, token.logprob)][::-1]))
    return _json({"text_offset": offsets, "token_logprobs": values, "tokens": names, "top_logprobs": tops})


def _entry(text: str, logprob: float) -> dict[str, object]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
