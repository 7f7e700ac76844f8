"""Runs of decode-only steps in closed form: their time, how many cover a wait, and the gaps that they leave."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

Gaps = list[float]
"""Per jump four numbers, one after the other: the first gap (ms), how much longer each next one is, how many gaps there
are, and of how many sequences each."""

BLOCK_STEPS, BLOCK_MS = 16, 0.05
"""A jump's gaps are recorded in blocks, each at its mean: exact in total. A block has at most this many steps, or as
many more as differ by less than this, half of what a table resolves."""


def span(steps: int, first_ms: float, slope_ms: float) -> float:
    """Return the time of `steps` steps, the first of which takes `first_ms` and each next `slope_ms` more."""
    return steps * first_ms + slope_ms * (steps * (steps - 1) // 2)


def steps_to_cover(wait_ms: float, first_ms: float, slope_ms: float, most: int) -> int:
    """Return the fewest steps (1 to `most`) that take `wait_ms` or longer."""
    if first_ms >= wait_ms:
        return 1
    if span(most - 1, first_ms, slope_ms) < wait_ms:
        return most
    half = first_ms - slope_ms / 2.0
    steps = max(1, int(2.0 * wait_ms / (half + sqrt(half * half + 2.0 * slope_ms * wait_ms))))
    while steps > 1 and span(steps - 1, first_ms, slope_ms) >= wait_ms:
        steps -= 1
    while span(steps, first_ms, slope_ms) < wait_ms:
        steps += 1
    return steps


def expand(gaps: Gaps) -> tuple[Vector, Counts]:
    """Return (ms, weight) of jumps given as (first gap, slope, steps, sequences)."""
    columns = np.array(gaps, dtype=np.float64).reshape(-1, 4)
    first, slope = columns[:, 0], columns[:, 1]
    steps, weight = columns[:, 2].astype(np.int64), columns[:, 3].astype(np.int64)
    length = np.maximum(BLOCK_STEPS, np.minimum(steps, BLOCK_MS / np.maximum(slope, 1e-9))).astype(np.int64)
    blocks = -(-steps // length)
    owner = np.repeat(np.arange(len(steps)), blocks)
    begin = (np.arange(len(owner)) - np.repeat(np.cumsum(blocks) - blocks, blocks)) * length[owner]
    size = np.minimum(length[owner], steps[owner] - begin)
    return first[owner] + slope[owner] * (begin + (size - 1) / 2.0), weight[owner] * size
