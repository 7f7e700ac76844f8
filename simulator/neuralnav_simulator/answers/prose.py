"""Sentences of random words, by a seed; what is said is nothing, how long it is is what matters."""

import numpy as np

from neuralnav_simulator.tokens import Tokenizer

LEAST, MOST = 5, 16
"""Words of a sentence."""

COMMA_AFTER = 9
"""A sentence of this many words or more has a comma in its middle."""


def prose(random: np.random.Generator, length: int, tokenizer: Tokenizer) -> list[int]:
    """Return exactly `length` tokens, whose text is encoded to them again. It begins with a capital and no space.

    A shorter prose of the same stream is the beginning of a longer one.
    """
    words, openers = tokenizer.words, tokenizer.openers
    picks = random.integers(len(words) * len(openers) * (MOST - LEAST + 1), size=length).tolist()
    tokens: list[int] = []
    while len(tokens) < length:
        place = len(tokens)
        pick, opener = divmod(picks[place], len(openers))
        count = LEAST + pick % (MOST - LEAST + 1)
        tokens.append(openers[opener][min(place, 1)])
        tokens += [words[pick % len(words)] for pick in picks[place + 1 : place + count]]
        if count >= COMMA_AFTER:
            tokens.insert(place + count // 2, tokenizer.comma)
        tokens.append(tokenizer.stop)
    del tokens[length:]
    return tokens


def close(tokens: list[int], tokenizer: Tokenizer) -> None:
    """Let a prose end in a full stop, where that can take the place of its last word."""
    ends = (tokenizer.stop, tokenizer.comma)
    if len(tokens) > 1 and tokens[-1] != tokenizer.stop and tokens[-2] not in ends:
        tokens[-1] = tokenizer.stop
