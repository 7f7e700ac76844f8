"""A step cost that follows measured runs: what a plan corrected in its latencies, put back into forward passes."""

from dataclasses import replace
from itertools import accumulate
from math import log

from neuralnav.serving.shard import DIGITS
from neuralnav.serving.stepcost import StepCost

DECODES = 64
"""Passes of up to this many tokens are taken as decodes: a batch at moderate load holds no more."""

PROMPTS = 512
"""Passes of this many tokens and more are taken as prompts: the shortest prompt of most traffic profiles."""


def paced(cost: StepCost, *, ttft: float, itl: float) -> StepCost:
    """Return the step cost of a server whose TTFT and ITL are these multiples of what `cost` leads to.

    What only decodes meet (the read of the KV cache, the work per sequence, the output head, the pause between passes
    and between streams) takes `itl` times as long; what only prompts meet (frontend, attention of prompts, launches)
    `ttft` times. All share the table of tokens: up to DECODES tokens it is taken as a decode's, from PROMPTS on as a
    prompt's, and between them the factor goes from one to the other by the logarithm of the tokens. More tokens never
    cost less, so where prompts are to be that much faster than decodes, large passes stay as slow as small ones.

    A pass with a prompt in it gives decodes their longest gaps. Hence with factors that differ the p95 of ITL follows
    `itl` where prompts are rare, and moves towards `ttft` as they grow many. ValueError for a factor of 0 or less.
    """
    for name, factor in (("ttft", ttft), ("itl", itl)):
        if not 0.0 < factor < float("inf"):
            raise ValueError(f"{name} factor is {factor:g}: it must be finite and above 0")
    if ttft == itl == 1.0:
        return cost
    tokens = (round(ms * _between(count, ttft, itl), DIGITS) for count, ms in enumerate(cost.token_ms))
    return replace(
        cost,
        token_ms=tuple(accumulate(tokens, max)),
        head_ms=tuple(round(ms * itl, DIGITS) for ms in cost.head_ms),
        kv_ms=cost.kv_ms * itl,
        window_ms=cost.window_ms * itl,
        sequence_ms=cost.sequence_ms * itl,
        step_ms=cost.step_ms * itl,
        stream_ms=cost.stream_ms * itl,
        decode_launch_ms=cost.decode_launch_ms * itl,
        pair_ms=cost.pair_ms * ttft,
        window_pair_ms=cost.window_pair_ms * ttft,
        prefill_ms=cost.prefill_ms * ttft,
        eager_ms=cost.eager_ms * ttft,
        piecewise_ms=cost.piecewise_ms * ttft,
        frontend_ms=cost.frontend_ms * ttft,
        frontend_token_ms=cost.frontend_token_ms * ttft,
    )


def _between(tokens: int, ttft: float, itl: float) -> float:
    """Return the factor of a pass of so many tokens."""
    if tokens <= DECODES:
        return itl
    share = min(1.0, log(tokens / DECODES) / log(PROMPTS / DECODES))
    return float(itl * (ttft / itl) ** share)
