"""What a server will show at a load, by its serving model offline: what its clients should find in real time."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.serving.engine import simulate_load
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav.serving.lengths import Lengths, fixed
from neuralnav.serving.load import Load
from neuralnav.serving.observed import observed
from neuralnav.serving.server import batch_of
from neuralnav.serving.warmup import longest
from neuralnav_simulator.served.settle import Settled


@dataclass(frozen=True, slots=True)
class Prediction:
    """What clients see at an offered rate: `ms` maps `ttft_p50` and the like to milliseconds, of p50, p95 and p99.

    `achieved_rps` is what came out while requests came in, `preemptions` how often one was thrown out meanwhile.
    """

    rate_rps: float
    achieved_rps: float
    ms: Mapping[str, float]
    preemptions: int


def predicted(settled: Settled, rate_rps: float, output: Lengths, *, requests: int, seed: int) -> Prediction:
    """Return what Poisson arrivals of the usual prompts meet, once the server has filled.

    The lanes of a pipeline share the rate; one of them is run.
    """
    served = settled.served
    batch = batch_of(served.limits, settled.prompt_tokens, settled.output_tokens)
    warm_up = longest(batch)
    load = Load(
        count=requests + 2 * warm_up,
        measured=(warm_up, warm_up + requests),
        rate_rps=rate_rps / served.lanes,
        prompt=fixed(settled.prompt_tokens),
        output=output,
        seed=seed,
    )
    tally = simulate_load(served.cost, served.limits, load)
    cells = observed(tally, settled.output_tokens, served.lanes)
    ms = {f"{m}_{s}": cells.get(f"{m}_{s}_ms", 0.0) for m in LATENCY_METRICS for s in ("p50", "p95", "p99")}
    return Prediction(rate_rps, cells["achieved_rps"], ms, int(cells["preemptions"]))
