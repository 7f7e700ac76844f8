"""Stop strings: where they end an answer, also across the borders of tokens."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Stopped:
    """An answer up to and with the token that completed `reason`; the pieces end before it."""

    pieces: tuple[str, ...]
    reason: str


def stopped(pieces: Sequence[str], stop: Sequence[str], *, min_tokens: int) -> Stopped | None:
    """Return what is left of an answer that a stop string ends, None if none does.

    As in vLLM: the earliest token that completes one of them ends it, and of those that one token completes it is the
    first of the list. One that ends within the first `min_tokens` tokens is not looked at.
    """
    text = "".join(pieces)
    ends = list(accumulate(map(len, pieces)))
    free = ends[min(min_tokens, len(ends)) - 1] if min_tokens > 0 and ends else 0
    found: tuple[int, int, int] | None = None
    for order, string in enumerate(stop):
        begin = text.find(string, max(0, free - len(string) + 1)) if string else -1
        if begin >= 0:
            token = bisect_left(ends, begin + len(string))
            if found is None or token < found[0]:
                found = (token, order, begin)
    if found is None:
        return None
    token, order, begin = found
    starts = [0, *ends[:token]]
    kept = tuple([piece[: max(0, begin - start)] for piece, start in zip(pieces, starts, strict=False)])
    return Stopped(kept, stop[order])
