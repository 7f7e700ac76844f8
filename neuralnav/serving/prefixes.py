"""What earlier prompts left in a prefix cache: whole blocks, found by what they and all before them hold."""

from collections import OrderedDict
from collections.abc import Sequence

Block = int
"""Names a whole block of tokens and all that stands before it: equal names, equal prefixes."""


class Prefixes:
    """Block names of at most `capacity` blocks, least recently used first.

    As vLLM's, it holds the blocks of requests that run as well as those of finished ones, as long as nobody needs the
    room; the room that running ones take for tokens which no prompt shares is not taken off.
    """

    __slots__ = ("_blocks", "_capacity")

    def __init__(self, capacity: int) -> None:
        self._blocks: OrderedDict[Block, None] = OrderedDict()
        self._capacity = capacity

    def found(self, blocks: Sequence[Block]) -> int:
        """Return how many of the first of these blocks are held, without using them."""
        return next((count for count, block in enumerate(blocks) if block not in self._blocks), len(blocks))

    def keep(self, blocks: Sequence[Block]) -> None:
        """Hold these blocks as the most recently used, a prefix longer than what it continues."""
        held = self._blocks
        for block in reversed(blocks):
            held[block] = None
            held.move_to_end(block)
        while len(held) > self._capacity:
            held.popitem(last=False)
