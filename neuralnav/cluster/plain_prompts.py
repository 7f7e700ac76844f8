"""Prompts in plain words: nothing of any user, another one for each request, as long as a server counts tokens."""

from dataclasses import dataclass

import numpy as np

_COMMON = """
the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not
what all were we when your can said there use an each which she do how their if will up other about out many then
them these so some her would make like him into time has look two more write go see number no way could people my
than first water been call who oil its now find long down day did get come made may part over new sound take only
little work know place year live me back give most very after thing our just name good man think say great where
help through much before line right too mean old any same tell boy follow came want show also around form three
small set put end does another well large must big even such because turn here why ask went men read need land home
us move try kind hand picture again change off play air away animal house point page letter mother answer found
study still learn should world
"""

WORDS = tuple(_COMMON.split())
"""Common words: nearly every tokenizer has one token for each of them with the blank before it."""

USUAL_PER_WORD = 1.0


@dataclass(frozen=True, slots=True)
class Counted:
    """How a server counts our words: so many tokens around a prompt, and so many for each word."""

    around: float = 0.0
    per_word: float = USUAL_PER_WORD

    def words(self, tokens: int) -> int:
        """Return how many words make a prompt of so many tokens, or as near as they can."""
        return max(1, round((tokens - self.around) / self.per_word))


def counted(few: tuple[int, int], many: tuple[int, int]) -> Counted:
    """Return how a server counts, from two prompts: the words and the tokens of each."""
    words, tokens = many[0] - few[0], many[1] - few[1]
    if words <= 0 or tokens <= 0:
        return Counted()
    per_word = tokens / words
    return Counted(few[1] - per_word * few[0], per_word)


def plain_prompt(seed: int, index: int, words: int) -> str:
    """Return the prompt of a request: the same for the same seed, and from its first words on unlike any other.

    All prompts of one length hold the same words, each in an order of its own: a server counts them nearly alike.
    """
    order = np.random.Generator(np.random.PCG64([seed, index])).permutation(words)
    return " ".join([WORDS[at % len(WORDS)] for at in order.tolist()])
