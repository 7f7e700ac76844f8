"""What a simulated model says: how long, which words, when it stops. Pure functions of what is asked and a seed."""

import numpy as np

from neuralnav.serving.lengths import Lengths
from neuralnav_simulator.answers.asked import Answer, Asked, BeyondError, Finish, Function, Json
from neuralnav_simulator.answers.logprobs import likeliest, logprob
from neuralnav_simulator.answers.prose import close, prose
from neuralnav_simulator.answers.stops import stopped
from neuralnav_simulator.tokens import Tokenizer

__all__ = ["Answer", "Asked", "BeyondError", "Finish", "Function", "Json", "answer", "likeliest", "logprob"]

SEEDS = 2**64 - 1
"""A seed below 0 is as good as any."""


def answer(asked: Asked, lengths: Lengths, tokenizer: Tokenizer) -> Answer:
    """Return what is answered; the same for the same arguments. Raises BeyondError."""
    random = np.random.Generator(np.random.PCG64(asked.seed & SEEDS))
    if asked.schema is not None or asked.functions:
        raise BeyondError("answers in JSON are not built yet")
    drawn = max(int(lengths.drawn(random, 1)[0]), asked.min_tokens, 1)
    tokens, finish = _said(asked, drawn, random, tokenizer)
    pieces = tokenizer.pieces(tokens)
    stop = stopped(pieces, asked.stop, min_tokens=asked.min_tokens) if asked.stop else None
    if stop is not None:
        return Answer(tuple(tokens[: len(stop.pieces)]), stop.pieces, "stop", stop_reason=stop.reason)
    return Answer(tuple(tokens), pieces, finish)


def _said(asked: Asked, drawn: int, random: np.random.Generator, tokenizer: Tokenizer) -> tuple[list[int], Finish]:
    if asked.ignore_eos or drawn > asked.room:
        return prose(random, asked.room, tokenizer), "length"
    tokens = prose(random, drawn, tokenizer)
    close(tokens, tokenizer)
    return tokens, "stop"
