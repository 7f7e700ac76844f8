"""Log-probabilities that look like a model's: the chosen token is the likeliest, others share what it leaves."""

from math import log

from neuralnav_simulator.answers.dice import mixed
from neuralnav_simulator.tokens import Tokenizer

HALVES = 0.5
"""Each other token is half as likely as the one before it."""


def logprob(token: int, seed: int, place: int) -> float:
    """Return the log-probability, 0 or less, of the token at a place of an answer."""
    return log(_likelihood(token, seed, place))


def likeliest(token: int, seed: int, place: int, count: int, tokenizer: Tokenizer) -> list[tuple[int, float]]:
    """Return the `count` likeliest tokens at a place, all different, the chosen one first; it always is one of them."""
    chosen = _likelihood(token, seed, place)
    ranked = [(token, log(chosen))]
    left = 1.0 - chosen
    candidate = mixed(seed, place, token)
    while len(ranked) < count:
        candidate = (candidate + 1) % len(tokenizer.words)
        other = tokenizer.words[candidate]
        if other != token:
            left *= HALVES
            ranked.append((other, log(left)))
    return ranked


def _likelihood(token: int, seed: int, place: int) -> float:
    """Return a probability of 0.4 to 0.9999: above a half of the rest, for others to be less likely."""
    share = mixed(token, seed, place) % 6000 / 10_000
    return 0.4 + share if share < 0.5999 else 0.9999
