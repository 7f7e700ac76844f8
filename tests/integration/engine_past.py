"""The past of engines, as a Prometheus that scraped them holds it: made from requests, so that the truth is known."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from neuralnav.model.engine_metrics import FIRST_TOKEN_S, PER_TOKEN_S, REQUEST_S

LENGTHS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)
NOON = 1_790_000_000
"""The beginning of the hour that tests look at."""

HOUR = 3600


@dataclass(frozen=True)
class Request:
    """A request by when its first token and its end came, its latencies in seconds, and its tokens."""

    at: float
    ttft: float = 0.07
    itl: float = 0.012
    e2e: float = 1.7
    prompt: int = 300
    output: int = 120
    reason: str = "stop"


@dataclass(frozen=True)
class Engine:
    """A process in a pod, scraped from `first` to `last`; its counters begin at 0 at each of `starts`."""

    pod: str
    requests: Sequence[Request]
    first: float = NOON - 600
    last: float = NOON + HOUR + 600
    every: float = 15.0
    starts: Sequence[float] = (0.0,)
    labels: Mapping[str, str] = field(default_factory=dict)
    running: float = 2.0
    itl_name: str = "vllm:inter_token_latency_seconds"
    kv_name: str = "vllm:kv_cache_usage_perc"
    started: bool = False

    def scrapes(self) -> Iterator[float]:
        """Yield when it was scraped."""
        at = self.first
        while at <= self.last:
            yield round(at, 3)
            at += self.every


def past(*engines: Engine) -> str:
    """Return the samples of engines in the text format of OpenMetrics."""
    return "".join(line for engine in engines for line in _lines(engine)) + "# EOF\n"


def _lines(engine: Engine) -> Iterator[str]:
    labels = {"job": "llm/chat", "instance": f"{engine.pod}:8080", "pod": engine.pod, "model_name": "m", "engine": "0",
              **engine.labels}  # fmt: skip
    columns: dict[str, list[tuple[float, float]]] = {}
    for at in engine.scrapes():
        since = max(start for start in engine.starts if start <= at)
        done = [request for request in engine.requests if since < request.at <= at]
        for series, value in _values(engine, done, labels, since):
            columns.setdefault(series, []).append((at, value))
    for series, samples in columns.items():
        for at, value in samples:
            yield f"{series} {value} {at}\n"


def _values(
    engine: Engine, done: Sequence[Request], labels: Mapping[str, str], since: float
) -> Iterator[tuple[str, float]]:
    def name(metric: str, **more: str) -> str:
        told = ",".join(f'{key}="{value}"' for key, value in {**labels, **more}.items() if value)
        return f"{metric}{{{told}}}"

    histograms = {
        "vllm:time_to_first_token_seconds": (FIRST_TOKEN_S, [one.ttft for one in done]),
        engine.itl_name: (PER_TOKEN_S, [one.itl for one in done for _ in range(3)]),
        "vllm:e2e_request_latency_seconds": (REQUEST_S, [one.e2e for one in done]),
        "vllm:request_prompt_tokens": (LENGTHS, [float(one.prompt) for one in done]),
        "vllm:request_generation_tokens": (LENGTHS, [float(one.output) for one in done]),
    }
    for metric, (edges, values) in histograms.items():
        ordered = sorted(values)
        for edge in edges:
            yield name(f"{metric}_bucket", le=f"{edge:g}"), bisect_left(ordered, edge * (1 + 1e-12))
        yield name(f"{metric}_bucket", le="+Inf"), len(ordered)
        yield name(f"{metric}_sum"), sum(ordered)
        yield name(f"{metric}_count"), len(ordered)
    for reason in ("stop", "length", "abort"):
        yield name("vllm:request_success_total", finished_reason=reason), sum(one.reason == reason for one in done)
    yield name("vllm:prompt_tokens_total"), sum(one.prompt for one in done)
    yield name("vllm:num_preemptions_total"), len(done) // 10
    yield name("vllm:prefix_cache_queries_total"), sum(one.prompt for one in done)
    yield name("vllm:prefix_cache_hits_total"), sum(one.prompt for one in done) / 4
    yield name("vllm:num_requests_running"), engine.running
    yield name("vllm:num_requests_waiting"), 0
    yield name(engine.kv_name), engine.running / 20
    yield name("up"), 1
    if engine.started:
        yield name("process_start_time_seconds"), since
