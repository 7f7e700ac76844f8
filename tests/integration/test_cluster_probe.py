"""`neuralnav probe` against a simulator as a process, and against servers that do what no server should."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

import httpx
import jsonschema
import pytest
from click.testing import CliRunner, Result
from hostile_openai import Fault, hostile

from neuralnav.cli import cli
from neuralnav.errors import NeuralnavError

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "examples" / "support-chat"
MODEL, CANDIDATE, CONTEXT = "gpt-oss-20b", "gpt-oss-20b/fp4/h100/tp1", 1536
PATIENCE_S = 30.0

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEURALNAV_API_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def probe(url: str, *options: str) -> Result:
    """Run the verb; its figures go to standard output, all else to standard error."""
    return CliRunner().invoke(cli, ["probe", str(PLACE), "--url", url, "--seed", "7", *options], standalone_mode=False)


def told(url: str, *options: str) -> dict[str, Any]:
    result = probe(url, "--format", "json", *options)
    assert result.exception is None, (result.exception, result.output)
    report: dict[str, Any] = json.loads(result.stdout)
    assert result.return_value == report["exit_code"]
    jsonschema.validate(report, json.loads((ROOT / "schemas" / "probe-report.v1alpha1.json").read_text()))
    return report


def refused(url: str, *options: str) -> str:
    error = probe(url, *options).exception
    assert isinstance(error, NeuralnavError), error
    return str(error)


@contextmanager
def simulator(*options: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "neuralnav_simulator", "serve", "--lock", str(PLACE / "plan.lock"), "--port", "0"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said = ""
        assert process.stdout is not None
        while (found := re.search(r"http://127\.0\.0\.1:\d+", said)) is None:
            line = process.stdout.readline()
            assert line, "the server ended before it listened"
            said += line
        yield found[0], process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server writes of each request."""
    return tmp_path_factory.mktemp("trace") / "trace.jsonl"


@pytest.fixture(scope="module")
def served(trace: Path) -> Iterator[str]:
    with simulator("--speedup", "20", "--api-key", "secret", "--trace", str(trace)) as (url, _):
        yield url


def metrics(url: str) -> dict[str, float]:
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {re.sub(r"\{.*\}", "", name): float(value) for name, value in pairs}


def test_a_probe_measures_what_the_server_says_it_served(served: str, trace: Path) -> None:
    before = metrics(served)
    report = told(f"{served}/v1/", "--requests", "10", "--api-key", "secret")
    after = metrics(served)
    grown = {name: after[name] - before.get(name, 0.0) for name in after}
    assert grown["vllm:e2e_request_latency_seconds_count"] == 12  # two of them warm-ups
    assert grown["vllm:generation_tokens_total"] == 10 * 256 + 2 * 16
    assert {name: report["load"][name] for name in ("requests", "answered", "failed", "warm_ups", "in_flight")} == {
        "requests": 10, "answered": 10, "failed": 0, "warm_ups": 2, "in_flight": 1,
    }  # fmt: skip
    assert [item["values"] for item in report["metrics"]] == [10, 10 * 255, 10]
    assert report["tokens"]["output"] == 256.0
    assert 505 <= report["tokens"]["prompt"] <= 519
    assert {key: report["server"][key] for key in ("simulator", "simulates", "speedup", "via")} == {
        "simulator": True, "simulates": CANDIDATE, "speedup": 20.0, "via": "url",
    }  # fmt: skip
    records = [json.loads(line) for line in trace.read_text().splitlines()][-10:]
    ttft, e2e = (fmean(item[at] - item["arrival_ms"] for item in records) for at in ("first_ms", "last_ms"))
    assert report["metrics"][0]["mean"] > ttft  # what a client waits is all that the server takes, and the way
    assert report["metrics"][2]["mean"] > e2e
    assert report["tokens"]["prompt"] == round(fmean(item["prompt"] for item in records), 2)
    assert report["notes"][:2] == [
        "a simulator answered: no figure here is of a GPU",
        "its clock runs 20 times as fast as the wall: times and rates are of its clock",
    ]
    assert report["load"]["planned_rps"] == 13.3333


def test_a_poisson_load_is_that_of_the_plan_for_as_many_replicas_as_answer(served: str) -> None:
    report = told(served, "--rate", "planned", "--requests", "30", "--api-key", "secret", "--endpoint", "chat")
    assert (report["load"]["rate_rps"], report["load"]["in_flight"], report["load"]["replicas"]) == (13.3333, 0, 1)
    assert report["load"]["answered"] == 30
    assert report["server"]["route"] == "chat"


def test_without_a_key_that_is_asked_for_nothing_is_sent(served: str) -> None:
    assert refused(served) == "/v1/models was answered 401: the key is not taken"
    assert refused(served, "--api-key", "wrong") == "/v1/models was answered 401: the key is not taken"


def test_a_server_that_dies_meanwhile_leaves_what_it_answered() -> None:
    with simulator("--crash-after", "2.5") as (url, _):
        report = told(url, "--requests", "40", "--concurrency", "4", "--timeout", "10s")
    assert report["load"]["answered"] + report["load"]["failed"] == report["load"]["requests"] == 40
    assert report["load"]["failed"] > 0
    assert {error["kind"] for error in report["errors"]} <= {"cut", "refused", "HTTP 500", "HTTP 503", "stream error"}
    assert report["exit_code"] in (2, 3)


def test_a_cold_server_is_not_asked() -> None:
    with simulator("--cold-start", "600") as (url, _):
        assert refused(url).startswith("not ready: /health was answered 503")


def test_ctrl_c_ends_with_the_figures_so_far() -> None:
    with simulator("--speedup", "4") as (url, _):
        command = [sys.executable, "-m", "neuralnav", "probe", str(PLACE), "--url", url, "--requests", "5000"]
        process = subprocess.Popen(
            [*command, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while metrics(url).get("vllm:e2e_request_latency_seconds_count", 0.0) < 5:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE_S)
    report = json.loads(said)
    assert (process.returncode, report["exit_code"]) == (130, 130)
    assert report["load"]["answered"] >= 3
    assert report["load"]["given_up"] <= 1
    assert any(note.startswith("stopped: what ") for note in report["notes"])


SHORT = ("--requests", "6")


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("429", "HTTP 429", "slow down (to be asked again after 7 s)"),
        ("500", "HTTP 500", "CUDA error"),
        ("401", "HTTP 401", "Unauthorized"),
        ("context", "context", "This model's maximum context length is 300 tokens"),
        ("html", "content type", "text/html in place of a stream: <html><title>Sign in</title></html>"),
        ("json", "content type", 'application/json in place of a stream: {"choices": [{"text": "all at once"}]}'),
        ("zipped", "content type", "gzip, which was not asked for"),
        ("cut", "cut", "the connection ended after 2 of 256 tokens"),
        ("error midway", "stream error", "the engine died"),
        ("endless", "too much", "more than the 256 tokens that were asked for, and no end"),
        ("huge", "too much", "an event of more than a megabyte"),
        ("garbage", "malformed", "an event that is none: {half"),
        ("nothing", "empty", "the stream ended without a token"),
        ("redirect", "HTTP 307", "it sends elsewhere, to http://127.0.0.1:9/v1/completions"),
        ("escape", "HTTP 500", "\\x1b[2Jcleared"),
        ("echo", "HTTP 403", "no such key: Bearer ***"),
    ],
)
def test_what_goes_wrong_is_counted_by_kind_and_quoted_once(fault: Fault, kind: str, said: str) -> None:
    with hostile(models={MODEL: CONTEXT}, faults=["", "", "", fault]) as server:
        report = told(server.url, *SHORT, "--api-key", "secret-key")
    assert report["errors"] == [{"kind": kind, "count": 5, "said": said}]
    assert (report["load"]["answered"], report["load"]["failed"]) == (1, 5)
    assert (report["verdict"], report["exit_code"]) == ("misses-slo", 3)
    assert report["why"].endswith("; 5 of 6 were not answered")


def test_what_never_answers_is_given_up_in_time() -> None:
    with hostile(models={MODEL: CONTEXT}, faults=["", "", "silent"]) as server:
        report = told(server.url, "--requests", "4", "--concurrency", "4", "--timeout", "500ms")
    assert report["errors"] == [{"kind": "time-out", "count": 4, "said": "no whole answer within 0.5 s"}]
    assert (report["verdict"], report["exit_code"]) == ("does-not-answer", 2)
    assert (
        report["why"]
        == "none of 4 requests was answered, after 2 of the warm-ups; time-out: no whole answer within 0.5 s"
    )


def test_where_no_warm_up_is_answered_nothing_is_measured() -> None:
    with hostile(models={MODEL: CONTEXT}, faults=["500"]) as server:
        report = told(server.url, *SHORT)
        assert len(server.asked) == 3
    assert (report["verdict"], report["exit_code"]) == ("does-not-answer", 2)
    assert report["why"] == "none of 3 requests was answered; HTTP 500: CUDA error"
    assert report["load"]["requests"] == 0


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        ("no done", "6 streams ended without [DONE]"),
        ("no usage", "the server counts no tokens: prompts are that many words, and each part is taken for a token"),
        ("cached", "50% of the prompts' tokens were in a prefix cache: TTFT is as much shorter"),
        (
            "two in one",
            "each part of a stream held 2 tokens: the time between parts is shared out, and single gaps are untold",
        ),
    ],
)  # fmt: skip
def test_what_is_odd_but_no_fault_is_noted(fault: Fault, note: str) -> None:
    with hostile(models={MODEL: CONTEXT}, faults=[fault]) as server:
        report = told(server.url, *SHORT)
    assert report["errors"] == []
    assert note in report["notes"]
    assert report["load"]["answered"] == 6


@pytest.mark.parametrize("fault", ["keeps open", "wild usage"])
def test_what_comes_behind_the_end_or_cannot_be_is_left_alone(fault: Fault) -> None:
    with hostile(models={MODEL: CONTEXT}, faults=[fault]) as server:
        report = told(server.url, *SHORT)
    assert report["load"]["answered"] == 6
    assert report["metrics"][1]["values"] == 6 * 255


def test_prompts_are_as_long_as_planned_and_none_begins_like_another() -> None:
    with hostile(models={MODEL: CONTEXT}) as server:
        report = told(server.url, *SHORT)
        asked = server.asked
    assert report["tokens"]["prompt"] == 512.0
    prompts = [body.pop("prompt") for body in asked]
    assert [len(prompt.split()) for prompt in prompts[2:]] == [509] * 6
    assert len({" ".join(prompt.split()[:6]) for prompt in prompts}) == len(prompts)
    assert asked[-1] == {
        "model": MODEL, "max_tokens": 256, "temperature": 0, "stream": True,
        "stream_options": {"include_usage": True}, "ignore_eos": True,
    }  # fmt: skip


def test_another_model_is_not_asked() -> None:
    with hostile(models={"llama-2-7b": 4096, "phi-4": 4096}) as server:
        report = told(server.url, *SHORT)
        assert server.asked == []
    assert (report["verdict"], report["exit_code"]) == ("another-model", 3)
    assert report["why"] == f"it serves llama-2-7b, phi-4, and the plan is of {MODEL}"
    assert report["server"]["serves"] == ["llama-2-7b", "phi-4"]


def test_another_model_that_answers_under_the_name_is_told() -> None:
    with hostile(models={MODEL: CONTEXT}, faults=["other model"]) as server:
        report = told(server.url, *SHORT)
    assert (report["verdict"], report["exit_code"]) == ("another-model", 3)
    assert report["why"] == f"it was asked for {MODEL}, and llama-2-7b answers"


def test_a_simulator_of_another_configuration_is_not_asked() -> None:
    with hostile(models={MODEL: CONTEXT}, simulates="gpt-oss-20b/fp4/b200/tp1") as server:
        report = told(server.url)
        assert server.asked == []
    assert report["why"] == f"it simulates gpt-oss-20b/fp4/b200/tp1, and the plan is of {CANDIDATE}"


def test_gateways_know_a_model_by_its_publisher() -> None:
    name = f"publishers/llm-prod/models/{MODEL}"
    with hostile(models={name: 0}, health=404, version="0.11.0", busy=3) as server:
        report = told(server.url, *SHORT)
        assert {body["model"] for body in server.asked} == {name}
    assert report["load"]["answered"] == 6
    assert "the engine is of version 0.11.0, and the plan is of 0.19.0" in report["notes"]
    assert "3 requests of others were in flight at the beginning: nothing is foreseen of them" in report["notes"]


def test_a_key_is_sent_to_the_server_and_never_shown() -> None:
    with hostile(models={MODEL: CONTEXT}, key="secret-key", faults=["", "", "echo"]) as server:
        result = CliRunner().invoke(
            cli, ["probe", str(PLACE), "--url", server.url, *SHORT], standalone_mode=False,
            env={"OPENAI_API_KEY": "secret-key\n"},
        )  # fmt: skip
        assert set(server.keys) == {"Bearer secret-key"}
    assert "secret-key" not in result.output
    assert "no such key: Bearer ***" in result.stdout


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"health": 503}, "not ready: /health was answered 503: loading the weights"),
        ({"models": {}}, '/v1/models lists no model: {"object": "list", "data": []}'),
        ({"listing": b"<html>\n<p>hello"}, "/v1/models lists no model: <html> <p>hello"),
        ({"models": {MODEL: 700}}, "its longest sequence is 700 tokens, and a planned request has 768"),
    ],
)
def test_what_cannot_be_asked_is_refused(settings: dict[str, Any], said: str) -> None:
    with hostile(**settings) as server:
        assert refused(server.url) == said


def test_an_address_on_which_nobody_listens_and_one_that_is_none() -> None:
    with hostile() as server:
        url = server.url
    assert refused(url) == "cannot be reached: the connection was refused"
    assert refused("ftp://host") == '"ftp://host" is no address of a server'
    assert refused("http://[::1") == '"http://[::1" is no address of a server'


def test_a_duration_alone_bounds_a_probe() -> None:
    with hostile(models={MODEL: CONTEXT}) as server:
        report = told(server.url, "--duration", "200ms", "--concurrency", "2")
    assert report["load"]["requests"] == report["load"]["answered"] > 0
    assert not any(note.startswith("sending ended") for note in report["notes"])


def test_text_and_markdown_say_the_same() -> None:
    with hostile(models={MODEL: CONTEXT}, faults=["", "", "", "", "500", ""]) as server:
        text, page = (probe(server.url, *SHORT, "--format", form).stdout for form in ("text", "markdown"))
    first, *rest = text.splitlines()
    assert first.startswith("support-chat: ")
    assert first.endswith("; 1 of 6 were not answered")
    assert rest[0] == f"  {MODEL} at {server.url}, version 0.19.0; /v1/completions"
    assert [line.split()[0] for line in rest if line.startswith(("TTFT", "ITL", "E2E"))] == ["TTFT", "ITL", "E2E"]
    assert '1 of 6 requests: HTTP 500: "CUDA error"' in rest
    assert page.startswith("**`support-chat`: ")
    assert sum(line.startswith("| ") for line in page.splitlines()) == 5
