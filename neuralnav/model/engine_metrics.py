"""vLLM's metrics as the rest of us read them: names, and the edges of histogram buckets (vllm/v1/metrics/loggers.py).

Times are seconds. A bucket holds what lies at or below its upper edge and above the edge before.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

FIRST_TOKEN_S = (
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0, 160.0,
    640.0, 2560.0,
)  # fmt: skip
PER_TOKEN_S = (
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0,
)  # fmt: skip
REQUEST_S = (
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0, 480.0, 960.0,
    1920.0, 7680.0,
)  # fmt: skip

LATENCY_HISTOGRAMS: Mapping[str, tuple[str, ...]] = {
    "ttft": ("vllm:time_to_first_token_seconds",),
    "itl": ("vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"),
    "e2e": ("vllm:e2e_request_latency_seconds",),
}
"""The histogram of each latency: the name of today's engines, then those of older ones."""

LATENCY_EDGES_S: Mapping[str, tuple[float, ...]] = {"ttft": FIRST_TOKEN_S, "itl": PER_TOKEN_S, "e2e": REQUEST_S}

PROMPT_TOKENS = "vllm:request_prompt_tokens"
OUTPUT_TOKENS = "vllm:request_generation_tokens"
RUNNING = "vllm:num_requests_running"
WAITING = "vllm:num_requests_waiting"
KV_USE = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
SUCCESSES = "vllm:request_success_total"
PREEMPTIONS = "vllm:num_preemptions_total"
PREFIX_QUERIES = "vllm:prefix_cache_queries_total"
PREFIX_HITS = "vllm:prefix_cache_hits_total"

SIMULATOR_PREFIX = "neuralnav_sim_"
"""What our simulator says of itself alone: series of these names tell that no real engine was observed."""


def edge_below(edges: Sequence[float], seconds: float) -> float | None:
    """Return the largest edge at or below a time: the conservative place to judge a target at; None below all."""
    found = bisect_right(edges, seconds * (1 + 1e-9))
    return edges[found - 1] if found else None
