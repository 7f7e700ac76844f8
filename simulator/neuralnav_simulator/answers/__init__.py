"""What a simulated model says: how long, which words, when it stops. Pure functions of what is asked and a seed."""

import numpy as np

from neuralnav.serving.lengths import Lengths
from neuralnav_simulator.answers.asked import Answer, Asked, BeyondError, Finish, Function, Json
from neuralnav_simulator.answers.documents import arguments, document, warm
from neuralnav_simulator.answers.logprobs import likeliest, logprob
from neuralnav_simulator.answers.prose import close, prose
from neuralnav_simulator.answers.stops import stopped
from neuralnav_simulator.tokens import Tokenizer

__all__ = ["Answer", "Asked", "BeyondError", "Finish", "Function", "Json", "answer", "likeliest", "logprob", "warm"]

SEEDS = 2**64 - 1
"""A seed below 0 is as good as any."""


def answer(asked: Asked, lengths: Lengths, tokenizer: Tokenizer) -> Answer:
    """Return what is answered; the same for the same arguments. Raises BeyondError."""
    random = np.random.Generator(np.random.PCG64(asked.seed & SEEDS))
    drawn = max(int(lengths.drawn(random, 1)[0]), asked.min_tokens, 1)
    function = asked.functions[0].name if asked.functions else None
    tokens, finish = _said(asked, drawn, random, tokenizer)
    pieces = tokenizer.pieces(tokens)
    stop = stopped(pieces, asked.stop, min_tokens=asked.min_tokens) if asked.stop else None
    if stop is not None:
        ended = tuple(tokens[: len(stop.pieces)])
        return Answer(ended, stop.pieces, "stop", stop_reason=stop.reason, function=function)
    return Answer(tuple(tokens), pieces, finish, function=function)


def _said(asked: Asked, drawn: int, random: np.random.Generator, tokenizer: Tokenizer) -> tuple[list[int], Finish]:
    """Return the tokens that are computed, and what ends them if no stop string does."""
    if asked.functions:
        return _cut(arguments(asked.functions[0], asked.seed, tokenizer), "tool_calls", asked, tokenizer)
    if asked.schema is not None:
        return _cut(document(asked.schema, asked.seed, drawn, tokenizer), "stop", asked, tokenizer)
    if asked.ignore_eos or drawn > asked.room:
        return prose(random, asked.room, tokenizer), "length"
    tokens = prose(random, drawn, tokenizer)
    close(tokens, tokenizer)
    return tokens, "stop"


def _cut(text: str, finish: Finish, asked: Asked, tokenizer: Tokenizer) -> tuple[list[int], Finish]:
    """Return the tokens of a text in its room; where more are asked for, line feeds follow, which JSON allows."""
    tokens = tokenizer.encode(text)
    fill = asked.room if asked.ignore_eos else min(asked.min_tokens, asked.room)
    if len(tokens) > asked.room:
        return tokens[: asked.room], "length"
    tokens += tokenizer.encode("\n") * (fill - len(tokens))
    return tokens, "length" if asked.ignore_eos else finish
