"""Outcomes for tests: one that is whole, to be changed by `dataclasses.replace`."""

from math import inf

from neuralnav.model.outcome import Achieved, Bounded, Lengths, Outcome, Served

SERVED = Served(
    model="qwen3-8b", precision="bf16", accelerator="h100", tp=1, pp=1, engine="vllm", engine_version="0.19.0",
    kv_dtype="auto", max_num_seqs=256, max_num_batched_tokens=8192, memory_utilization=0.9, prefix_caching=True,
)  # fmt: skip


def achieved(mean: float, slo: float, *bounds: tuple[float, float, float]) -> Achieved:
    """A latency of these p50, p90, p95 and p99."""
    names = ("p50", "p90", "p95", "p99")
    percentiles = {name: Bounded(*figures) for name, figures in zip(names, bounds, strict=True)}
    return Achieved(mean, percentiles, slo, Bounded(0.97, 0.96, 0.98), 3600.0)


OUTCOME = Outcome(
    workload="chat", namespace="llm-prod", environment="prod", plan="sha256:" + "0a" * 32, served=SERVED,
    start="2026-11-26T07:00:00Z", end="2026-11-26T08:00:00Z", seconds=3600.0, covered=0.998, requests=3600.0,
    failed=4.0, mean_rps=1.0, peak_rps=1.6, replicas_mean=2.0, replicas_least=2.0, replicas_most=2.0,
    ttft=achieved(61.5, 150.0, (55.0, 40.0, 60.0), (88.0, 80.0, 100.0), (96.0, 80.0, 100.0), (2.56e6, 2.56e6, inf)),
    itl=achieved(11.2, 25.0, (9.0, 0.0, 10.0), (18.0, 10.0, 25.0), (22.0, 10.0, 25.0), (24.0, 10.0, 25.0)),
    e2e=None,
    prompt_tokens=Lengths(512.0, Bounded(400.0, 200.0, 500.0), Bounded(900.0, 500.0, 1000.0)),
    output_tokens=Lengths(256.0, Bounded(150.0, 100.0, 200.0), Bounded(450.0, 200.0, 500.0)),
    in_flight_mean=2.9, waiting_mean=0.0, kv_use_mean=0.11, kv_use_most=0.34, preemptions=0.0, prefix_hit_share=None,
    cost_usd=7.96, resets=0,
)  # fmt: skip
