"""What a real Prometheus says of engines whose past is known: every request once, and a reason where it cannot say."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from engine_past import HOUR, NOON, Engine, Request, past
from real_prometheus import prometheus

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.observe import Asked, observe
from neuralnav.cluster.prometheus import Prometheus, access_of, prometheus_at
from neuralnav.errors import NeuralnavError
from neuralnav.model.engine_metrics import FIRST_TOKEN_S
from neuralnav.model.observed import Level, Observed

pytestmark = pytest.mark.integration

EVERY = 60.0
END = NOON + HOUR


def arrivals(first: float, last: float, every: float, **told: float) -> tuple[Request, ...]:
    """Requests at an even rate, their latencies spread over buckets."""
    count = int((last - first) / every)
    return tuple(
        Request(first + (index + 0.5) * every, ttft=0.03 + 0.0037 * (index % 40), **told)  # type: ignore[arg-type]  # floats alone
        for index in range(count)
    )


LONG = arrivals(NOON - 900, END + 900, 4.0)
A, B = Engine("a", LONG, every=EVERY), Engine("b", LONG[::2], first=NOON - 590, every=EVERY)
BORN = Engine("born", tuple(one for one in LONG if one.at > NOON + 1000), first=NOON + 1007, every=EVERY)
GONE = Engine("gone", LONG, last=NOON + 1500, every=EVERY)
RESET = replace(A, pod="reset", starts=(0.0, NOON + 1205.0, NOON + 2411.0))
STRANGER = replace(A, pod="stranger", first=NOON + 1811)
STARTED = replace(A, pod="started", first=NOON + 1811, starts=(NOON + 61.0,), started=True)
EARLY = replace(A, pod="early", starts=(0.0, NOON - 5.0), first=NOON - 611)
OFTEN = replace(A, pod="often", first=NOON + 1811, every=29.0)
GAP = replace(A, pod="gap", first=NOON + 1200.0)
JOBS: Mapping[str, tuple[Engine, ...]] = {
    "steady": (A, B),
    "born": (A, BORN),
    "gone": (A, GONE),
    "reset": (B, RESET),
    "early": (A, EARLY),
    "often": (A, B, OFTEN),
    "stranger": (A, STRANGER),
    "started": (A, STARTED),
    "gap": (GAP,),
    "cores": (A, replace(A, labels={"engine": "1"}, running=4.0)),
    "old": (replace(A, itl_name="vllm:time_per_output_token_seconds", kv_name="vllm:gpu_cache_usage_perc"),),
    "both": (A, replace(A, itl_name="vllm:time_per_output_token_seconds", labels={"engine": "1"})),
    "lengths": (A, replace(B, lengths=(1.0, 10.0, 100.0, 1000.0, 4000.0))),
    "idle": (replace(A, requests=()),),
    "twice": (replace(A, labels={"prometheus_replica": "0"}), replace(A, labels={"prometheus_replica": "1"})),
    "simulated": (replace(A, extra={"neuralnav_sim_speedup": 10.0}),),
    "one": (Engine("one", LONG, first=END - 5, last=END + 20, every=EVERY),),
    "later": (Engine("later", LONG, first=END + 60, every=EVERY),),
}


def history() -> str:
    text = "".join(
        past(*(replace(one, labels={"job": f"llm/{job}", **one.labels}) for one in engines)).removesuffix("# EOF\n")
        for job, engines in JOBS.items()
    )
    scrapes = range(NOON - 600, END + 600, 60)
    others = {'up{job="llm/down",instance="d:1",pod="d"}': 0, 'up{job="llm/web",instance="w:1",pod="w"}': 1}
    return text + "".join(f"{name} {value} {at}\n" for name, value in others.items() for at in scrapes) + "# EOF\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with prometheus(tmp_path_factory.mktemp("prometheus"), past=history()) as running:
        found = prometheus_at(access_of(running.url, {}))
        yield found
        found.close()


def seen(server: Prometheus, job: str, seconds: float = HOUR, end: float = END) -> Observed:
    return observe(server, Asked(f'job="llm/{job}"', seconds, end), our_time=time.time())


def counted(engine: Engine, born: bool = False) -> list[Request]:  # noqa: FBT001, FBT002  # reads as what it says
    """The requests that the scrapes of a window can tell: after the last one before it, up to the last one in it."""
    scrapes = [at for at in engine.scrapes() if at <= END]
    before = [at for at in scrapes if at <= NOON]
    since = before[-1] if before else scrapes[0]
    return [one for one in engine.requests if (born or since < one.at) and one.at <= scrapes[-1]]


def test_every_request_of_two_replicas_counts_once(server: Prometheus) -> None:
    observed, truth = seen(server, "steady"), counted(A) + counted(B)
    assert observed.requests == len(truth) == 1350
    assert observed.reasons == {"abort": 0.0, "length": 0.0, "stop": 1350.0}
    first = observed.latencies["ttft"]
    assert first.edges == FIRST_TOKEN_S
    lower = (0.0, *FIRST_TOKEN_S)
    assert first.counts[:-1] == tuple(
        sum(low < one.ttft <= high for one in truth) for low, high in zip(lower, FIRST_TOKEN_S, strict=False)
    )
    assert first.total == pytest.approx(sum(one.ttft for one in truth), rel=1e-9)
    assert {name: histogram.count for name, histogram in observed.latencies.items()} == {
        "ttft": 1350, "itl": 3 * 1350, "e2e": 1350,
    }  # fmt: skip
    assert observed.prompt_tokens is not None
    assert observed.prompt_tokens.total == 300 * 1350
    assert observed.prefix_hit_share == 0.25
    assert observed.preemptions == 135
    assert (observed.replicas, observed.running) == (Level(2.0, 2.0, 2.0), Level(4.0, 4.0, 4.0))
    assert (observed.covered, observed.simulated, observed.resets, observed.notes) == (1.0, False, 0, ())
    assert (observed.start, observed.end) == (datetime.fromtimestamp(NOON, UTC), datetime.fromtimestamp(END, UTC))
    assert observed.served_models == ("m",)


def test_rates_are_those_of_whole_five_minutes(server: Prometheus) -> None:
    rates = seen(server, "steady").rates
    assert [(rate.at.timestamp() - NOON) / 300 for rate in rates] == list(range(1, 13))
    assert statistics.mean(rate.rps for rate in rates) == pytest.approx(1350 / 3600, rel=0.01)
    assert [rate.at.timestamp() - NOON for rate in seen(server, "steady", 1000.0, NOON + 1000).rates] == [
        400,
        700,
        1000,
    ]
    (only,) = seen(server, "steady", 270.0).rates
    assert only.rps == pytest.approx(0.375, rel=0.25)


def test_what_a_new_replica_served_before_its_first_scrape_counts(server: Prometheus) -> None:
    observed = seen(server, "born")
    assert observed.requests == len(counted(A)) + len(counted(BORN, born=True))
    assert observed.notes == ()
    assert observed.replicas is not None
    assert (observed.replicas.least, observed.replicas.most) == (1.0, 2.0)


def test_a_replica_that_went_counts_up_to_its_last_scrape(server: Prometheus) -> None:
    observed = seen(server, "gone")
    assert observed.requests == len(counted(A)) + len(counted(GONE))
    assert observed.notes == ("1 replica went within the window; up to 60 s before each went are not counted.",)


def test_a_replica_that_restarts_counts_on(server: Prometheus) -> None:
    observed = seen(server, "reset")
    lost = [
        one
        for start in RESET.starts[1:]
        for one in RESET.requests
        if max(at for at in RESET.scrapes() if at < start) < one.at <= start
    ]
    assert len(lost) == 4
    assert observed.requests == len(counted(B)) + len(counted(RESET)) - len(lost)
    first = observed.latencies["ttft"]
    assert (first.count, observed.resets) == (observed.requests, 2)
    assert observed.notes == ("Counters began anew 2 times; up to 60 s before each are not counted.",)


def test_a_replica_that_restarted_right_before_the_window_counts_whole(server: Prometheus) -> None:
    lost = [one for one in EARLY.requests if NOON - 11 < one.at <= NOON - 5]
    observed = seen(server, "early")
    assert observed.requests == len(counted(A)) + len(counted(EARLY)) - len(lost)
    assert observed.resets == 1


def test_a_replica_that_is_scraped_more_often_counts_whole(server: Prometheus) -> None:
    assert seen(server, "often").requests == len(counted(A)) + len(counted(B)) + len(counted(OFTEN))


def test_what_a_replica_had_served_before_anybody_scraped_it_does_not_count(server: Prometheus) -> None:
    observed = seen(server, "stranger")
    assert observed.requests == len(counted(A)) + len(counted(STRANGER))
    assert observed.latencies["ttft"].count == observed.requests
    assert observed.notes == (
        "1 replica had served before the first scrape, which lies within the window; that is not counted.",
    )


def test_a_replica_that_says_when_it_started_is_believed(server: Prometheus) -> None:
    observed = seen(server, "started")
    began = [one for one in STARTED.requests if STARTED.starts[0] < one.at]
    assert observed.requests == len(counted(A)) + len([one for one in began if one in counted(STARTED, born=True)])
    assert observed.notes == ()


def test_a_window_that_is_not_scraped_throughout_says_so(server: Prometheus) -> None:
    observed = seen(server, "gap")
    assert observed.covered == pytest.approx(2400 / 3600, abs=0.02)
    assert observed.requests == len(counted(GAP))
    first = "The first sample is of 2026-09-21 14:33:20 UTC; nothing is known of the window before."
    assert observed.notes[0] == first


def test_the_cores_of_one_replica_are_one_replica(server: Prometheus) -> None:
    observed = seen(server, "cores")
    assert (observed.replicas, observed.running) == (Level(1.0, 1.0, 1.0), Level(6.0, 6.0, 6.0))
    assert observed.requests == 2 * len(counted(A))
    assert observed.kv_use is not None
    assert (round(observed.kv_use.mean, 6), observed.kv_use.most) == (0.015, 0.02)


def test_engines_with_other_buckets_share_those_that_all_have(server: Prometheus) -> None:
    prompts = seen(server, "lengths").prompt_tokens
    assert prompts is not None
    assert (prompts.edges, prompts.counts) == ((1.0, 10.0, 100.0, 1000.0), (0.0, 0.0, 0.0, 1350.0, 0.0))


@pytest.mark.parametrize("job", ["old", "both"])
def test_metrics_of_older_engines_are_read_by_their_names(server: Prometheus, job: str) -> None:
    observed = seen(server, job)
    assert observed.latencies["itl"].count == 3 * observed.requests
    assert observed.kv_use is not None


def test_a_window_without_traffic_is_an_observation(server: Prometheus) -> None:
    observed = seen(server, "idle")
    assert (observed.requests, observed.latencies["ttft"].count, observed.prefix_hit_share) == (0.0, 0.0, None)
    assert {rate.rps for rate in observed.rates} == {0.0}


def test_a_simulator_is_known_for_one(server: Prometheus) -> None:
    observed = seen(server, "simulated")
    assert observed.simulated
    assert observed.speedup == 10.0
    assert observed.notes == ("The simulators run at 10 times the speed: rates and latencies are by their clock.",)


def test_clocks_that_differ_are_told_and_the_window_is_prometheuss(server: Prometheus) -> None:
    observed = observe(server, Asked('job="llm/steady"', HOUR, END), our_time=server.now() + 90)
    assert observed.notes == ("Prometheus's clock is 90 s behind ours; the window is by its clock.",)


def ahead(server: Prometheus) -> Observed:
    return seen(server, "steady", end=server.now() + 7200)


WHEN = "between 2026-09-21 14:13:20 and 2026-09-21 15:13:20 UTC"
REFUSALS: dict[str, tuple[Callable[[Prometheus], Observed], str, str]] = {
    "another name": (
        lambda server: seen(server, "stedy"),
        (f'nothing matches job="llm/stedy" {WHEN}; engines are scraped as job="llm/born", job="llm/both", '
         'job="llm/cores", job="llm/early", job="llm/gap" and 12 more'),
        """--selector 'job="llm/steady"'""",
    ),
    "pods that are down": (
        lambda server: seen(server, "down"),
        f'job="llm/down" is known, but 1 of 1 pod could not be scraped {WHEN}',
        "look at the server's page of targets: it says why",
    ),
    "no engine": (
        lambda server: seen(server, "web"),
        f'job="llm/web" is scraped (1 pod), but has no metric of vLLM {WHEN}',
        "is the engine's own port scraped? vLLM has its metrics at /metrics",
    ),
    "not there then": (
        lambda server: seen(server, "steady", end=NOON - 86_400),
        "Prometheus has no sample of anything between 2026-09-20 13:13:20 and 2026-09-20 14:13:20 UTC",
        "did it run then, and does it keep samples for so long?",
    ),
    "each series twice": (
        lambda server: seen(server, "twice"),
        "each series is there 2 times, with another prometheus_replica: everything would count 2 times",
        'choose one by --selector, with prometheus_replica="0"',
    ),
    "one sample": (
        lambda server: seen(server, "one"),
        "Prometheus has one sample of the workload in this window, and a difference takes two",
        "give a longer --window, or wait",
    ),
    "a short window": (
        lambda server: seen(server, "steady", 100.0),
        "a window of 100 s is shorter than 4 scrapes, 60 s apart",
        "give --window 240s or more",
    ),
    "a bad pattern": (
        lambda server: observe(server, Asked('job=~"("', HOUR, END), our_time=0.0),
        ('Prometheus cannot answer: invalid parameter "query": 1:43: parse error: error parsing regexp: missing '
         "closing ): `^(?:()$`"),
        "check --selector",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_observed_says_why_and_what_helps(server: Prometheus, name: str) -> None:
    ask, message, hint = REFUSALS[name]
    with pytest.raises(NeuralnavError) as caught:
        ask(server)
    (found,) = caught.value.diagnostics
    assert (found.message, found.hint) == (message, hint)


def test_a_window_that_lies_ahead_is_refused(server: Prometheus) -> None:
    with pytest.raises(NeuralnavError, match="the window ends 2 h ahead of Prometheus's clock"):
        ahead(server)


def test_a_prometheus_that_knows_nothing_says_so(tmp_path: Path) -> None:
    with prometheus(tmp_path) as running:
        server = prometheus_at(access_of(running.url, {}))
        with pytest.raises(ClusterError, match="Prometheus has no sample of anything"):
            observe(server, Asked('job="llm/a"', HOUR), our_time=time.time())
        server.close()
