"""vLLM's metrics, by name, type, label and bucket, of what the engine does and requests see.

Names and meanings are those of vLLM's v1 engine (vllm/v1/metrics/loggers.py and stats.py). Times are the
clock's, whatever the speed-up, from the engine's own stamps. A pipeline is one engine, as in vLLM: its lanes are summed
up. What is ours alone begins with `neuralnav_sim_`.
"""

import re
from collections.abc import Iterator, Sequence
from math import isnan

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from neuralnav.model import engine_metrics
from neuralnav.serving.live import Live, Step, Ticket
from neuralnav_simulator import buckets
from neuralnav_simulator.buckets import Histogram
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.faults import Fault
from neuralnav_simulator.records import Reason, Trace, record_of

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REASONS: tuple[Reason, ...] = ("stop", "length", "abort")
FAULTS: tuple[Fault, ...] = ("error", "stall")

_LABELS = ("model_name", "engine")
_HISTOGRAMS = {
    "time_to_first_token_seconds": ("From a request's arrival to its first token.", engine_metrics.FIRST_TOKEN_S),
    "inter_token_latency_seconds": ("Gaps between the tokens of an answer.", engine_metrics.PER_TOKEN_S),
    "time_per_output_token_seconds": (
        "The gaps again, by the name of older engines.",
        engine_metrics.PER_TOKEN_S,
    ),
    "request_time_per_output_token_seconds": (
        "The mean gap of each answer.",
        engine_metrics.PER_TOKEN_S,
    ),
    "e2e_request_latency_seconds": ("From a request's arrival to its last token.", engine_metrics.REQUEST_S),
    "request_queue_time_seconds": ("How long requests waited for their first step.", engine_metrics.REQUEST_S),
    "request_inference_time_seconds": ("From a request's first step to its last token.", engine_metrics.REQUEST_S),
    "request_prefill_time_seconds": ("From a request's first step to its first token.", engine_metrics.REQUEST_S),
    "request_decode_time_seconds": ("From a request's first token to its last.", engine_metrics.REQUEST_S),
    "iteration_tokens_total": (
        "Tokens of a step: whole prompts that it completed, and one a decode.",
        buckets.STEP_TOKENS,
    ),
    "request_params_n": ("Choices that requests asked for.", buckets.CHOICES),
}
_LENGTHS = {
    "request_prompt_tokens": "Tokens of prompts.",
    "request_generation_tokens": "Tokens of answers.",
    "request_max_num_generation_tokens": "Tokens of the longest answer of each request.",
    "request_params_max_tokens": "The most tokens that requests allowed.",
}
_COUNTERS = {
    "prefix_cache_queries": "Prompt tokens that were looked for in the prefix cache.",
    "prefix_cache_hits": "Prompt tokens that were found in the prefix cache.",
    "num_preemptions": "How often requests were thrown out of the KV cache.",
    "prompt_tokens": "Prompt tokens that were computed or found.",
    "generation_tokens": "Tokens that were given.",
}


class Metrics(Collector):
    """Takes in steps (`engine.Watch`) and ended requests, and tells them to Prometheus.

    vLLM up to 0.11 calls the gaps between tokens `time_per_output_token_seconds` as well as by their new name; 0.12 hid
    the old one, and had `request_time_per_output_token_seconds`, the mean of a request. So does this, by
    `engine_version`.
    """

    def __init__(
        self,
        model: str,
        clock: Clock,
        lives: Sequence[Live],
        *,
        max_model_len: int,
        engine_version: str,
        prefix_caching: bool,
        block_tokens: int = 16,
        trace: Trace | None = None,
    ) -> None:
        """Start at zero. `lives` are asked what they hold when somebody scrapes; `model` is how answers call it."""
        self._labels, self._clock, self._lives = (model, "0"), clock, lives
        self._prefix_caching, self._block_tokens, self._trace = prefix_caching, block_tokens, trace
        old = re.match(r"0\.([0-9]|1[01])\b", engine_version)
        self._hidden = "request_time_per_output_token_seconds" if old else "time_per_output_token_seconds"
        self._histograms = {name: Histogram(edges) for name, (_, edges) in _HISTOGRAMS.items()}
        self._histograms |= {name: Histogram(buckets.up_to(max_model_len)) for name in _LENGTHS}
        self._first = self._histograms["time_to_first_token_seconds"]
        self._gaps = self._histograms["time_per_output_token_seconds"] = self._histograms["inter_token_latency_seconds"]
        self._late = Histogram(buckets.LATENESS_S)
        self._counts = dict.fromkeys(_COUNTERS, 0)
        self._reasons = dict.fromkeys(REASONS, 0)
        self._faults = dict.fromkeys(FAULTS, 0)
        # requests of the same n are not told apart: their number is right, which sequence belongs to which is a guess
        self._partly = dict[int, tuple[int, int]]()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def stepped(self, step: Step, late_ms: float) -> None:
        """Take in a step whose tokens have been written, the last of them `late_ms` of the wall after its time."""
        given = len(step.tickets)
        if not given:
            return
        gap_ms, times, prompts = 0.0, 0, 0
        for ticket, gap in zip(step.tickets, step.gaps_ms, strict=True):
            if gap == gap_ms:
                times += 1
            elif gap != gap:  # NaN: no token before this one
                prompts += self._began(ticket)
            else:
                self._gaps.observe(gap_ms / 1e3, times=times)
                gap_ms, times = gap, 1
        self._gaps.observe(gap_ms / 1e3, times=times)
        self._counts["generation_tokens"] += given
        self._histograms["iteration_tokens_total"].observe(prompts + given)
        self._late.observe(max(0.0, late_ms / 1e3), times=given)

    def stalled(self) -> None:
        """Take in that the engine hangs, as it was told to."""
        self.injected("stall")

    def injected(self, fault: Fault) -> None:
        """Take in a fault that was made on purpose."""
        self._faults[fault] += 1

    def ended(self, ticket: Ticket, reason: Reason, *, max_tokens: int | None, n: int) -> None:
        """Take in a sequence that ended, and what ended it.

        `max_tokens` is what it was allowed, as vLLM sees it: what is left of the context where the client gave none.
        It is one of `n` of its request, which counts as ended with the last of them.
        """
        self._ended(ticket, reason)
        if max_tokens:
            self._histograms["request_params_max_tokens"].observe(max_tokens)
        if self._trace is not None:
            self._trace.ended(record_of(ticket, reason))
        ended, longest = self._partly.pop(n, (0, 0))
        ended, longest = ended + 1, max(longest, ticket.given)
        if ended < n:
            self._partly[n] = ended, longest
            return
        self._histograms["request_params_n"].observe(n)
        self._histograms["request_max_num_generation_tokens"].observe(longest)

    def exposition(self) -> bytes:
        """Return what a scrape of /metrics gets, of `CONTENT_TYPE`."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield vLLM's metrics, then ours."""
        yield from self._gauges()
        counts = self._counts | {"num_preemptions": sum(live.preempted for live in self._lives)}
        for name, said in _COUNTERS.items():
            counter = CounterMetricFamily(f"vllm:{name}", said, labels=_LABELS)
            counter.add_metric(self._labels, counts[name])
            yield counter
        success = CounterMetricFamily(
            "vllm:request_success", "Requests that ended, by what ended them.", labels=(*_LABELS, "finished_reason")
        )
        for reason, count in self._reasons.items():
            success.add_metric((*self._labels, reason), count)
        yield success
        said_of = _LENGTHS | {name: said for name, (said, _) in _HISTOGRAMS.items()}
        for name, histogram in self._histograms.items():
            if name != self._hidden:
                yield self._family(f"vllm:{name}", said_of[name], histogram)
        yield from self._own()

    def _began(self, ticket: Ticket) -> int:
        """Take in a first token; return the length of the prompt, which vLLM counts with it."""
        self._first.observe((ticket.first_ms - ticket.arrival_ms) / 1e3)
        counts = self._counts
        counts["prompt_tokens"] += ticket.prompt
        if self._prefix_caching:
            counts["prefix_cache_queries"] += ticket.prompt
            counts["prefix_cache_hits"] += ticket.cached
        return ticket.prompt

    def _ended(self, ticket: Ticket, reason: Reason) -> None:
        self._reasons[reason] += 1
        end_ms = self._clock.now_ms() if reason == "abort" else ticket.last_ms
        spans = {
            "e2e_request_latency_seconds": end_ms - ticket.arrival_ms,
            "request_queue_time_seconds": ticket.started_ms - ticket.queued_ms,
        }
        if ticket.given:
            last_ms = ticket.given_ms if isnan(ticket.last_ms) else ticket.last_ms
            spans |= {
                "request_prefill_time_seconds": ticket.first_ms - ticket.started_ms,
                "request_inference_time_seconds": last_ms - ticket.started_ms,
                "request_decode_time_seconds": last_ms - ticket.first_ms,
                "request_time_per_output_token_seconds": (last_ms - ticket.first_ms) / max(1, ticket.given - 1),
            }
        for name, span_ms in spans.items():
            if not isnan(span_ms):  # given up before it began
                self._histograms[name].observe(max(0.0, span_ms / 1e3))
        self._histograms["request_prompt_tokens"].observe(ticket.prompt)
        self._histograms["request_generation_tokens"].observe(ticket.given)

    def _gauges(self) -> Iterator[Metric]:
        held = [live.occupancy() for live in self._lives]
        blocks = sum(one.of_blocks for one in held)
        for name, said, value in (
            ("num_requests_running", "Requests that have a place in the batch.", sum(h.running for h in held)),
            ("num_requests_waiting", "Requests that wait for one.", sum(h.waiting for h in held)),
            (
                "kv_cache_usage_perc",
                "The share of the KV cache's blocks that is in use, 0 to 1.",
                sum(h.blocks for h in held) / blocks,
            ),
        ):
            gauge = GaugeMetricFamily(f"vllm:{name}", said, labels=_LABELS)
            gauge.add_metric(self._labels, value)
            yield gauge
        settings = {
            "block_size": str(self._block_tokens),
            "enable_prefix_caching": str(self._prefix_caching),
            "engine": "0",
            "num_gpu_blocks": str(blocks),
        }
        about = GaugeMetricFamily("vllm:cache_config_info", "How the KV cache is set up.", labels=list(settings))
        about.add_metric(list(settings.values()), 1)
        yield about

    def _own(self) -> Iterator[Metric]:
        yield self._family(
            "neuralnav_sim_token_lateness_seconds",
            "How long after its time the last token of a step was written, of the wall's seconds, by tokens.",
            self._late,
        )
        faults = CounterMetricFamily(
            "neuralnav_sim_faults_injected", "Faults made on purpose.", labels=(*_LABELS, "fault")
        )
        for fault, count in self._faults.items():
            faults.add_metric((*self._labels, fault), count)
        yield faults
        speedup = GaugeMetricFamily(
            "neuralnav_sim_speedup",
            "Seconds of the simulated clock, in which all else is told, a second.",
            labels=_LABELS,
        )
        speedup.add_metric(self._labels, self._clock.speedup)
        yield speedup

    def _family(self, name: str, said: str, histogram: Histogram) -> Metric:
        family = HistogramMetricFamily(name, said, labels=_LABELS)
        family.add_metric(self._labels, histogram.cumulative(), histogram.total)
        return family
