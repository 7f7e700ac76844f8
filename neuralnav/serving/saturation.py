"""The most that a server finishes. Apart from the sweep, so that who asks for it alone loads no library of tables."""

import numpy as np

from neuralnav.serving.engine import simulate
from neuralnav.serving.limits import Limits
from neuralnav.serving.server import batch_of
from neuralnav.serving.stepcost import StepCost


def saturation_rps(
    cost: StepCost, limits: Limits, prompt_tokens: int, output_tokens: int, *, cached_tokens: int = 0
) -> float:
    """Return the requests per second that a server finishes while its queue never empties.

    The first batch gets staggered outputs, so that later requests finish evenly; the rate is taken between the finish
    of that batch and the moment the queue is empty, over a batch or 64 requests.
    """
    batch = batch_of(limits, prompt_tokens, output_tokens)
    count = 2 * batch + max(batch, 64)
    outputs = [1 + index * output_tokens // batch for index in range(batch)] + [output_tokens] * (count - batch)
    steady = (batch, count - batch)
    run = simulate(
        cost, limits, np.zeros(count), prompt_tokens, outputs, cached_tokens=cached_tokens, measured=steady
    )  # fmt: skip
    finish = np.sort(run.finish_ms)
    first, last = batch - 1, count - batch - 1
    return float((last - first) / (finish[last] - finish[first]) * 1e3)
