"""Log probabilities in the shapes of the two ways to ask for them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from neuralnav_simulator.answers import likeliest
from neuralnav_simulator.tokens import Tokenizer


@dataclass(frozen=True, slots=True)
class Likely:
    """A token by its text, and the likeliest at its place with their log probabilities, itself first.

    The first token of a prompt has none: nobody expected anything of it.
    """

    text: str
    likeliest: tuple[tuple[str, float], ...]


def likely(token: int, text: str, place: int, *, seed: int, top: int, tokenizer: Tokenizer) -> Likely:
    """Return the `top` likeliest tokens at a place of an answer, at least the one that came."""
    ranked = likeliest(token, seed, place, max(1, top), tokenizer)
    return Likely(text, ((text, ranked[0][1]), *((tokenizer.piece(other), value) for other, value in ranked[1:])))


def chat_logprobs(tokens: Iterable[Likely], top: int) -> str:
    """Return the logprobs of a chat's tokens as JSON."""
    content = [
        _json({**_entry(*token.likeliest[0]), "top_logprobs": [_entry(*one) for one in token.likeliest[:top]]})
        for token in tokens
    ]
    return f'{{"content":[{",".join(content)}]}}'


def completion_logprobs(tokens: Iterable[Likely], offset: int) -> str:
    """Return the logprobs of a completion's tokens as JSON, the first of which begins at an offset of the text."""
    offsets: list[int] = []
    names: list[str] = []
    values: list[float | None] = []
    tops: list[str] = []  # each written at once: as values, those of a long prompt take hundreds of megabytes
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
        names.append(token.text)
        values.append(token.likeliest[0][1] if token.likeliest else None)
        tops.append(_json(dict(reversed(token.likeliest))) if token.likeliest else "null")
    told = _json({"text_offset": offsets, "token_logprobs": values, "tokens": names})
    return f'{told[:-1]},"top_logprobs":[{",".join(tops)}]}}'


def _entry(text: str, logprob: float) -> dict[str, object]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
