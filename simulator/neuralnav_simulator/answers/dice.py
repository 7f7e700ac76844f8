"""Random choices from a seed, the same on every machine: splitmix64 (Steele, Lea and Flood, 2014)."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

WORD = 2**64 - 1


class Dice:
    """A stream of choices."""

    __slots__ = ("_state",)

    def __init__(self, *seeds: int) -> None:
        self._state = mixed(*seeds)

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, but not, a bound that is 1 or more."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & WORD
        number = _scrambled(self._state)
        while bound >> 60 > 0 and number < bound << 4:  # a bound wider than one word needs more of them
            number = number << 60 | self.below(2**60)
        return number % bound

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of some."""
        return items[self.below(len(items))]

    def happens(self, percent: int) -> bool:
        """Tell whether something does that does so now and then."""
        return self.below(100) < percent

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return all in another order."""
        left = list(items)
        for last in range(len(left) - 1, 0, -1):
            other = self.below(last + 1)
            left[last], left[other] = left[other], left[last]
        return left


def mixed(*numbers: int) -> int:
    """Return a number of 64 bits that depends on each of some, and on nothing of the process."""
    state = 0
    for number in numbers:
        state = _scrambled((state ^ number) + 0x9E3779B97F4A7C15 & WORD)
    return state


def _scrambled(state: int) -> int:
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & WORD
    state = (state ^ state >> 27) * 0x94D049BB133111EB & WORD
    return state ^ state >> 31
