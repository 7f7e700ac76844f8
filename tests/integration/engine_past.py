"""The past of engines, as a Prometheus that scraped them holds it: made from requests, so that the truth is known."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

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
    lengths: Sequence[float] = LENGTHS
    extra: Mapping[str, float] = field(default_factory=dict)
    """Other series by name, each with its value."""

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
    columns: dict[str, list[str]] = {}
    left, counters, since = sorted(engine.requests, key=lambda one: one.at), _Counters(engine), -1.0
    for at in engine.scrapes():
        start = max(one for one in engine.starts if one <= at)
        if start != since:
            counters, since = _Counters(engine), start
        new = bisect_right(left, at, key=lambda one: one.at)
        counters.add([one for one in left[:new] if one.at > since])
        left = left[new:]
        for series, value in (*counters.told(), *_gauges(engine, since)):
            columns.setdefault(series, []).append(f"{value!r} {at}")
    for series, samples in columns.items():
        name, _, own = series.partition("{")
        told = ",".join(f'{key}="{value}"' for key, value in labels.items() if value)
        yield "".join(f"{name}{{{told}{',' + own[:-1] if own else ''}}} {sample}\n" for sample in samples)


class _Counters:
    """What a process has counted since it started, by series."""

    def __init__(self, engine: Engine) -> None:
        self.histograms = {
            "vllm:time_to_first_token_seconds": FIRST_TOKEN_S,
            engine.itl_name: PER_TOKEN_S,
            "vllm:e2e_request_latency_seconds": REQUEST_S,
            "vllm:request_prompt_tokens": engine.lengths,
            "vllm:request_generation_tokens": engine.lengths,
        }
        self.counts = {name: [0] * (len(edges) + 1) for name, edges in self.histograms.items()}
        self.sums = dict.fromkeys(self.histograms, 0.0)
        self.reasons = dict.fromkeys(("stop", "length", "abort"), 0)
        self.prompts, self.requests = 0, 0

    def add(self, requests: Sequence[Request]) -> None:
        """Count requests that ended."""
        for one in requests:
            values = ((one.ttft, 1), (one.itl, 3), (one.e2e, 1), (one.prompt, 1), (one.output, 1))
            for (name, edges), (value, times) in zip(self.histograms.items(), values, strict=True):
                self.counts[name][bisect_left(edges, value)] += times
                self.sums[name] += value * times
            self.reasons[one.reason] += 1
            self.prompts += one.prompt
            self.requests += 1

    def told(self) -> Iterator[tuple[str, float]]:
        """Yield each series without the labels that all have, and its value."""
        for name, edges in self.histograms.items():
            for edge, value in zip(
                (*(f"{edge:g}" for edge in edges), "+Inf"), accumulate(self.counts[name]), strict=True
            ):
                yield f'{name}_bucket{{le="{edge}"}}', value
            yield f"{name}_sum", self.sums[name]
            yield f"{name}_count", sum(self.counts[name])
        for reason, count in self.reasons.items():
            yield f'vllm:request_success_total{{finished_reason="{reason}"}}', count
        yield "vllm:prompt_tokens_total", self.prompts
        yield "vllm:num_preemptions_total", self.requests // 10
        yield "vllm:prefix_cache_queries_total", self.prompts
        yield "vllm:prefix_cache_hits_total", self.prompts / 4


def _gauges(engine: Engine, since: float) -> Iterator[tuple[str, float]]:
    yield "vllm:num_requests_running", engine.running
    yield "vllm:num_requests_waiting", 0
    yield engine.kv_name, engine.running / 200
    yield "up", 1
    yield from engine.extra.items()
    if engine.started:
        yield "process_start_time_seconds", since
