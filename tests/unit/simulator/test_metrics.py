"""What a scrape gets: vLLM's names, types, labels and buckets, and counts that agree with what was served."""

from collections.abc import Iterator
from math import inf
from time import monotonic

import pytest
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.metrics import CONTENT_TYPE, Metrics
from neuralnav_simulator.records import Record
from paced import flat_cost
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from neuralnav.serving.limits import Limits
from neuralnav.serving.live import Live, Ticket
from neuralnav.serving.prefixes import Prefixes

# as the project's list of identifiers has them, which was read off vLLM itself
FIRST_TOKEN = [
    .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
]  # fmt: skip
PER_TOKEN = [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80]  # fmt: skip
REQUEST = [.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680]  # fmt: skip
LENGTHS: list[float] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]
HISTOGRAMS: dict[str, list[float]] = {
    "vllm:time_to_first_token_seconds": FIRST_TOKEN,
    "vllm:inter_token_latency_seconds": PER_TOKEN,
    "vllm:request_time_per_output_token_seconds": PER_TOKEN,
    "vllm:e2e_request_latency_seconds": REQUEST,
    "vllm:request_queue_time_seconds": REQUEST,
    "vllm:request_inference_time_seconds": REQUEST,
    "vllm:request_prefill_time_seconds": REQUEST,
    "vllm:request_decode_time_seconds": REQUEST,
    "vllm:request_prompt_tokens": LENGTHS,
    "vllm:request_generation_tokens": LENGTHS,
    "vllm:request_max_num_generation_tokens": LENGTHS,
    "vllm:request_params_max_tokens": LENGTHS,
    "vllm:request_params_n": [1, 2, 5, 10, 20],
    "vllm:iteration_tokens_total": [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
}
GAUGES = ["vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"]
COUNTERS = [  # the parser takes _total off
    "vllm:prompt_tokens",
    "vllm:generation_tokens",
    "vllm:num_preemptions",
    "vllm:prefix_cache_queries",
    "vllm:prefix_cache_hits",
]
OWN = {
    "neuralnav_sim_token_lateness_seconds": "histogram",
    "neuralnav_sim_faults_injected": "counter",
    "neuralnav_sim_speedup": "gauge",
}
BOTH = {"model_name": 'a "b"', "engine": "0"}


class Kept:
    """A trace that keeps what it is told."""

    def __init__(self) -> None:
        self.records = list[Record]()

    def ended(self, record: Record) -> None:
        self.records.append(record)


class Server:
    """An engine that is stepped by hand, and its metrics, a thousand seconds after its clock was started."""

    def __init__(self, limits: Limits | None = None, *, caching: bool = False, version: str = "0.19.0") -> None:
        limits = limits or Limits(64 * 16, 8, 64)
        self.live = Live(flat_cost(), limits, prefixes=Prefixes(limits.blocks) if caching else None)
        self.trace = Kept()
        self.metrics = Metrics(
            'a "b"', Clock(1.0, monotonic() - 1000.0), [self.live], max_model_len=2048, engine_version=version,
            prefix_caching=caching, trace=self.trace,
        )  # fmt: skip

    def step(self, *, late_ms: float = 0.0) -> None:
        self.metrics.stepped(self.live.step(), late_ms)

    def run(self) -> None:
        while self.live.begins_ms() < inf:
            self.step()

    def end(self, *tickets: Ticket) -> None:
        for ticket in tickets:
            self.metrics.ended(ticket, "length", max_tokens=ticket.output, n=len(tickets))

    def samples(self) -> Iterator[Sample]:
        for family in text_string_to_metric_families(self.metrics.exposition().decode()):
            yield from family.samples

    def value(self, name: str, **labels: str) -> float:
        found = [
            sample.value for sample in self.samples() if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) == 1
        return found[0]


def test_names_types_labels_and_buckets_are_vllms() -> None:
    families = {found.name: found for found in text_string_to_metric_families(Server().metrics.exposition().decode())}
    expected = dict.fromkeys(HISTOGRAMS, "histogram") | dict.fromkeys(GAUGES, "gauge")
    expected |= dict.fromkeys(COUNTERS, "counter") | OWN
    expected |= {"vllm:request_success": "counter", "vllm:cache_config_info": "gauge"}
    assert {name: family.type for name, family in families.items()} == expected
    assert all(family.documentation for family in families.values())
    for name, edges in HISTOGRAMS.items():
        buckets = [sample for sample in families[name].samples if sample.name == f"{name}_bucket"]
        assert [float(sample.labels.pop("le")) for sample in buckets] == [*edges, inf]
        assert {sample.name for sample in families[name].samples} == {
            f"{name}_{part}" for part in ("bucket", "sum", "count")
        }
        assert all(sample.labels == BOTH for sample in families[name].samples)
    for name in COUNTERS:
        assert [(sample.name, sample.labels) for sample in families[name].samples] == [(f"{name}_total", BOTH)]
    for name in GAUGES:
        assert [(sample.name, sample.labels) for sample in families[name].samples] == [(name, BOTH)]
    assert [(sample.name, sample.labels) for sample in families["vllm:request_success"].samples] == [
        ("vllm:request_success_total", BOTH | {"finished_reason": reason}) for reason in ("stop", "length", "abort")
    ]
    assert [sample.labels for sample in families["vllm:cache_config_info"].samples] == [
        {"block_size": "16", "enable_prefix_caching": "False", "engine": "0", "num_gpu_blocks": "64"}
    ]
    assert CONTENT_TYPE == "text/plain; version=0.0.4; charset=utf-8"


def test_edges_of_buckets_are_written_as_vllm_writes_them() -> None:
    lines = Server().metrics.exposition().decode().splitlines()
    assert lines[2] == 'vllm:num_requests_running{engine="0",model_name="a \\"b\\""} 0.0'
    assert [line.split('"')[3] for line in lines if line.startswith("vllm:request_params_n_bucket")] == [
        "1.0", "2.0", "5.0", "10.0", "20.0", "+Inf",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("version", "older"),
    [("0.9.2", True), ("0.11.0", True), ("0.11.1rc2+cpu", True), ("0.12.0", False), ("0.19.0", False), ("1.0", False)],
)
def test_the_time_per_token_has_the_name_of_its_version(version: str, *, older: bool) -> None:
    server = Server(version=version)
    server.end(server.live.add(0.0, 8, 3))
    names = {sample.name for sample in server.samples()}
    assert ("vllm:time_per_output_token_seconds_count" in names) == older
    assert ("vllm:request_time_per_output_token_seconds_count" in names) == (not older)
    assert "vllm:inter_token_latency_seconds_count" in names


def test_counts_agree_with_what_was_served() -> None:
    server = Server()
    first, second = server.live.add(0.0, 20, 3), server.live.add(5.0, 10, 2)
    server.step(late_ms=30.0)  # the first prompt
    assert [server.value(name) for name in GAUGES] == [1.0, 1.0, 2 / 64]
    server.run()
    server.end(first)
    server.end(second)
    assert server.value("vllm:prompt_tokens_total") == 30
    assert server.value("vllm:generation_tokens_total") == 5
    assert server.value("vllm:request_success_total", finished_reason="length") == 2
    assert [server.value(name) for name in GAUGES] == [0.0, 0.0, 0.0]
    # 2 ms of frontend and 10 ms a step: the first gets tokens at 12, 22, 32 ms, the second at 22 and 32
    assert server.value("vllm:time_to_first_token_seconds_sum") == pytest.approx(0.012 + 0.017)
    assert server.value("vllm:inter_token_latency_seconds_count") == 3
    assert server.value("vllm:inter_token_latency_seconds_bucket", le="0.01") == pytest.approx(3, abs=0)
    assert server.value("vllm:inter_token_latency_seconds_sum") == pytest.approx(0.03)
    assert server.value("vllm:e2e_request_latency_seconds_sum") == pytest.approx(0.032 + 0.027)
    assert server.value("vllm:request_queue_time_seconds_sum") == pytest.approx(0.005)
    assert server.value("vllm:request_prefill_time_seconds_sum") == pytest.approx(0.020)
    assert server.value("vllm:request_decode_time_seconds_sum") == pytest.approx(0.020 + 0.010)
    assert server.value("vllm:request_inference_time_seconds_sum") == pytest.approx(0.030 + 0.020)
    assert server.value("vllm:request_time_per_output_token_seconds_sum") == pytest.approx(0.020)
    # a step counts the prompts that it completes, and a token each
    assert server.value("vllm:iteration_tokens_total_sum") == 21 + 12 + 2
    assert server.value("vllm:request_prompt_tokens_sum") == 30
    assert server.value("vllm:request_generation_tokens_sum") == 5
    assert server.value("vllm:request_params_max_tokens_sum") == 5
    assert server.value("neuralnav_sim_token_lateness_seconds_bucket", le="0.025") == 4
    assert server.value("neuralnav_sim_token_lateness_seconds_count") == 5


def test_a_request_of_several_sequences_is_one() -> None:
    server = Server()
    server.end(*(server.live.add(0.0, 8, 5) for _ in range(2)))
    server.metrics.ended(server.live.add(0.0, 8, 5), "stop", max_tokens=None, n=1)
    assert server.value("vllm:request_params_n_count") == 2
    assert server.value("vllm:request_params_n_sum") == 3
    assert server.value("vllm:request_max_num_generation_tokens_count") == 2
    assert server.value("vllm:request_params_max_tokens_count") == 2
    assert server.value("vllm:request_success_total", finished_reason="stop") == 1


def test_of_several_sequences_the_longest_counts() -> None:
    server = Server()
    tickets = [server.live.add(0.0, 8, output) for output in (5, 3)]
    server.run()
    server.end(*tickets)
    assert server.value("vllm:request_max_num_generation_tokens_sum") == 5
    assert server.value("vllm:request_generation_tokens_sum") == 8


def test_who_is_given_up_counts_as_far_as_it_came() -> None:
    server = Server()
    running, waiting = server.live.add(0.0, 8, 50), server.live.add(1e9, 8, 50)
    server.step()
    server.step()
    for ticket in (running, waiting):
        server.live.abort(ticket)
        server.metrics.ended(ticket, "abort", max_tokens=50, n=1)
    assert server.value("vllm:request_success_total", finished_reason="abort") == 2
    assert server.value("vllm:request_queue_time_seconds_count") == 1
    assert server.value("vllm:request_decode_time_seconds_sum") == pytest.approx(0.01)
    assert server.value("vllm:request_generation_tokens_sum") == 2
    assert server.value("vllm:e2e_request_latency_seconds_count") == 2
    assert server.value("vllm:e2e_request_latency_seconds_sum") == pytest.approx(1000.0, abs=60.0)  # until it was told
    kept = server.trace.records
    assert [(record.reason, record.given, record.started_ms, record.last_ms) for record in kept] == [
        ("abort", 2, 2.0, None),
        ("abort", 0, None, None),
    ]
    assert (kept[0].arrival_ms, kept[0].queued_ms, kept[0].first_ms, kept[0].prompt) == (0.0, 2.0, 12.0, 8)


def test_preemptions_and_the_long_gaps_that_they_make_are_seen() -> None:
    server = Server(Limits(5 * 16, 8, 64))
    tickets = [server.live.add(0.0, 30, 20) for _ in range(2)]
    server.run()
    preempted = sum(ticket.preemptions for ticket in tickets)
    assert preempted > 0
    assert server.value("vllm:num_preemptions_total") == preempted
    assert server.value("vllm:time_to_first_token_seconds_count") == 2
    assert server.value("vllm:generation_tokens_total") == 40
    assert server.value("vllm:inter_token_latency_seconds_count") == 38
    spans = [ticket.last_ms - ticket.first_ms for ticket in tickets]
    assert server.value("vllm:inter_token_latency_seconds_sum") == pytest.approx(sum(spans) / 1e3)
    assert server.value("vllm:inter_token_latency_seconds_bucket", le="0.025") < 38


@pytest.mark.parametrize(("caching", "told"), [(True, (96.0, 32.0)), (False, (0.0, 0.0))])
def test_the_prefix_cache_is_asked_for_whole_prompts_and_tells_what_it_found(
    *, caching: bool, told: tuple[float, float]
) -> None:
    server = Server(caching=caching)
    for at_ms in (0.0, 500.0):
        server.live.add(at_ms, 48, 2, blocks=(1, 2, 3))
        server.run()
    assert (server.value("vllm:prefix_cache_queries_total"), server.value("vllm:prefix_cache_hits_total")) == told
    assert server.value("vllm:prompt_tokens_total") == 96


def test_faults_are_counted_apart() -> None:
    server = Server()
    server.metrics.stalled()
    server.metrics.injected("error")
    server.metrics.injected("error")
    counts = {fault: server.value("neuralnav_sim_faults_injected_total", fault=fault) for fault in ("error", "stall")}
    assert counts == {"error": 2.0, "stall": 1.0}
    assert server.value("neuralnav_sim_speedup") == 1.0
