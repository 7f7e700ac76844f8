"""`neuralnav-sim load` against a server on loopback: what it sends, what it reports, and what `bench import` reads."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from neuralnav_simulator.cli.load_verb import command
from neuralnav_simulator.load.aims import aims_of
from neuralnav_simulator.load.client import Ask, Course, Sender
from neuralnav_simulator.load.measured import Measured, foreseen, measured
from neuralnav_simulator.load.outcomes import Board
from neuralnav_simulator.load.plan import LoadPoint
from neuralnav_simulator.load.prompts import Texts
from neuralnav_simulator.load.wire import Pool, address_of
from sse_server import Fault, sse_server

from neuralnav.cli import cli as neuralnav
from neuralnav.errors import NeuralnavError

SHORT = ("--duration", "0.2s", "--prompt-tokens", "16", "--output-tokens", "4", "--quiet")


def load(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments], standalone_mode=False)


def done(*arguments: str) -> Result:
    result = load(*arguments)
    assert result.exception is None, (result.exception, result.output)
    return result


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_sweep_is_imported_as_simulated_and_needs_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    with sse_server(gap_s=0.001, simulates="qwen3-8b/bf16/h100/tp1") as server:
        result = done(server.url, "--rate", "20,40,80", *SHORT, "--out", "run.json")
    assert "wrote run.json and run.json.neuralnav.yaml" in result.output
    imported = CliRunner().invoke(neuralnav, ["bench", "import", "run.json"], standalone_mode=False)
    assert imported.exception is None, imported.output
    assert "prediction: taken of the simulator: no plan is judged by it" in imported.output
    table = pq.read_table(next((tmp_path / "benchmarks" / "measured").iterdir()))
    rows = table.select(["source", "engine", "origin", "offered_rps", "prompt_tokens", "output_tokens"]).to_pylist()
    prompts = [asked["prompt"] for asked in server.asked]
    assert len(set(prompts)) == len(prompts)  # no load point finds those of another in a prefix cache
    assert [row.pop("offered_rps") for row in rows] == [20.0, 40.0, 80.0]
    assert rows == 3 * [
        {
            "source": "simulated", "engine": "neuralnav-sim", "origin": "neuralnav-sim load",
            "prompt_tokens": 16, "output_tokens": 4,
        }
    ]  # fmt: skip


LOCK = Path(__file__).resolve().parents[2] / "examples" / "support-chat" / "plan.lock"
PLANNED = "gpt-oss-20b/fp4/h100/tp1"


def test_a_locks_load_is_a_replicas_share_and_judged_by_its_slos(tmp_path: Path) -> None:
    with sse_server(simulates=PLANNED) as server:
        result = done(server.url, "--lock", str(LOCK), "--requests", "8", "--output-tokens", "2", "--quiet",
                      "--out", str(tmp_path / "run.json"))  # fmt: skip
        assert {len(asked["prompt"].split()) for asked in server.asked} == {512}
    assert "every SLO is met" in result.output
    (line,) = lines(tmp_path / "run.json")
    assert (line["request_rate"], line["model_id"]) == (13.3333, "openai/gpt-oss-20b")
    own = line["neuralnav"]
    assert isinstance(own, dict)
    assert {name: told["p95_ms"] for name, told in own["slos"].items()} == {"ttft": 150.0, "itl": 30.0, "e2e": 7000.0}
    assert own["predicted"]["median_ttft_ms"] > 10.0
    sidecar = (tmp_path / "run.json.neuralnav.yaml").read_text()
    assert "  engine: neuralnav-sim\n" in sidecar
    assert "  maxNumSeqs: 256\n" in sidecar


def test_only_what_ran_as_it_was_meant_to_is_compared_with_a_prediction() -> None:
    served, one = aims_of(LOCK).served, np.ones(1, dtype=np.int64)
    whole = measured(LoadPoint(np.zeros(1), one, one, "poisson", 1.0), Course((), 0.0, 1.0, stopped=False), 1.0)

    def compared(found: Measured, prompt: int) -> bool:
        return bool(foreseen(LoadPoint(np.zeros(1), prompt * one, 2 * one, "poisson", 1.0), found, served))

    assert compared(whole, 512)
    assert not compared(whole, 90_000_000)  # it could never hold that
    assert not compared(replace(whole, stopped=True), 512)
    assert not compared(replace(whole, sent=10, done=9), 512)


def test_a_simulator_behind_a_gateway_is_known_by_its_answers(tmp_path: Path) -> None:
    """Its `/version` may not get through; a lock beside it must not make an engine of it."""
    with sse_server(answer_id="cmpl-sim-1") as server:
        done(server.url, "--lock", str(LOCK), "--requests", "2", "--output-tokens", "2", "--quiet",
             "--out", str(tmp_path / "run.json"))  # fmt: skip
    (line,) = lines(tmp_path / "run.json")
    assert line["backend"] == "neuralnav-sim"
    assert "  engine: neuralnav-sim\n" in (tmp_path / "run.json.neuralnav.yaml").read_text()


def test_where_no_report_can_be_written_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with sse_server() as server:
        for out, why in ((tmp_path, "it is a folder"), (tmp_path / "file" / "run.json", "not a directory")):
            error = load(server.url, "--rate", "100", *SHORT, "--out", str(out)).exception
            assert isinstance(error, NeuralnavError)
            assert str(error) in (f"cannot be written: {why}", "cannot be written: file exists")
        assert server.asked == []


def test_a_server_of_another_configuration_is_not_judged_by_the_lock() -> None:
    with sse_server(simulates="qwen3-8b/bf16/h100/tp1") as server:
        error = load(server.url, "--lock", str(LOCK)).exception
    assert isinstance(error, NeuralnavError)
    assert str(error) == f"the server simulates qwen3-8b/bf16/h100/tp1, and the lock plans {PLANNED}"


def test_requests_are_exact_and_connections_are_kept() -> None:
    with sse_server() as server:
        done(server.url, "--rate", "50", "--api-key", "secret", *SHORT)
        assert len(server.asked) == 10
        assert server.connections < 10
        assert set(server.keys) == {"Bearer secret"}
        asked = server.asked[0]
        assert len(asked.pop("prompt").split()) == 16
        assert asked == {
            "model": "served", "max_tokens": 4, "stream": True, "stream_options": {"include_usage": True},
            "ignore_eos": True,
        }  # fmt: skip


def test_a_chats_template_is_counted_in() -> None:
    with sse_server(template_tokens=5) as server:
        done(server.url, "--rate", "20", "--endpoint", "chat", "--no-ignore-eos", *SHORT)
        assert len(server.asked[0]["messages"][0]["content"].split()) == 11
        assert "ignore_eos" not in server.asked[0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("503", "4 of 4 requests ended in HTTP 503: loading"),
        ("cut", "4 of 4 requests ended in cut: the connection ended after 0 of 4 tokens"),
        ("torn", "4 of 4 requests ended in cut: the connection ended after 2 of 4 tokens"),
        ("not http", "4 of 4 requests ended in malformed: the answer is not HTTP"),
        ("error midway", "4 of 4 requests ended in stream error: the engine died"),
        ("no end", "4 of 4 requests ended in cut: the stream ended after 4 of 4 tokens"),
        ("silent", "4 of 4 requests ended in time-out: no whole answer within 0.2 s"),
    ],
)
def test_what_goes_wrong_is_counted_by_kind(fault: Fault, told: str) -> None:
    with sse_server(faults=[fault]) as server:
        result = done(server.url, "--rate", "100", "--requests", "4", *SHORT, "--timeout", "0.2s", "--check")
        assert len(server.asked) == 4  # nothing is sent twice
    assert f"note: 100 req/s: {told}" in result.output
    assert result.return_value == 4


def test_a_run_without_an_answer_leaves_the_report_of_before(tmp_path: Path) -> None:
    report = tmp_path / "run.json"
    report.write_text("kept")
    with sse_server(faults=["503"]) as server:
        result = done(server.url, "--rate", "100", "--requests", "2", *SHORT, "--out", str(report))
    assert f"there is nothing to report: {report} is left as it was" in result.output
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]
    assert report.read_text() == "kept"


def test_a_closed_loop_keeps_its_number_in_flight(tmp_path: Path) -> None:
    with sse_server(gap_s=0.002) as server:
        done(server.url, "--closed", "3", "--requests", "12", *SHORT, "--out", str(tmp_path / "run.json"))
        assert server.most_at_once == 3
    (line,) = lines(tmp_path / "run.json")
    assert (line["request_rate"], line["max_concurrency"], line["completed"]) == ("inf", 3, 12)
    assert not (tmp_path / "run.json.neuralnav.yaml").exists()  # nobody told what it is


def test_a_trace_is_sent_as_it_was(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("arrival_ms,prompt_tokens,output_tokens\n1000,3,2\n1010,5,4\n1100,2,1\n")
    with sse_server() as server:
        done(server.url, "--trace", str(trace), "--quiet")
        told = sorted((len(asked["prompt"].split()), asked["max_tokens"]) for asked in server.asked)
    assert told == [(2, 1), (3, 2), (5, 4)]


def test_a_speed_up_brings_requests_nearer_to_each_other() -> None:
    point = LoadPoint(np.array([0.0, 500.0, 2000.0]), np.full(3, 1), np.full(3, 1), "unstated", 1.0)

    async def run() -> list[float]:
        sender = Sender(Pool(address_of("127.0.0.1:9")), Ask("m"), Texts(["hi"]), asyncio.Event(), speedup=100.0)
        course = await sender.run(point, Board(3))
        return [outcome.due_s - course.begin_s for outcome in course.outcomes]

    assert asyncio.run(run()) == pytest.approx([0.0, 0.005, 0.02], abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what to send: --rate, --closed, --trace or --lock"),
        (("--rate", "1", "--closed", "2"), "--rate and --closed are different loads: give one of them"),
        (("--rate", "fast"), """Invalid value for '--rate': a rate is "fast": it must be a number above 0"""),
    ],
)
def test_loads_that_are_none(arguments: tuple[str, ...], message: str) -> None:
    error = load("http://127.0.0.1:9", *arguments).exception
    assert isinstance(error, click.UsageError)
    assert error.format_message() == message


def test_a_server_that_is_not_there() -> None:
    error = load("http://127.0.0.1:9", "--rate", "1").exception
    assert isinstance(error, NeuralnavError)
    assert str(error) == "cannot be reached: the connection was refused"


def test_a_server_that_sends_elsewhere_is_not_followed() -> None:
    with sse_server(moved=True) as server:
        error = load(server.url, "--rate", "1", "--api-key", "secret").exception
    assert isinstance(error, NeuralnavError)
    assert str(error) == "/v1/models was answered 307, which sends elsewhere"
    assert error.diagnostics[0].hint == "give the URL behind it"


def test_an_interrupt_ends_the_sending_and_a_second_one_the_waiting(tmp_path: Path) -> None:
    with sse_server(faults=["", "", "silent"]) as server:
        run = subprocess.Popen(
            [sys.executable, "-m", "neuralnav_simulator", "load", server.url, "--rate", "20", "--requests", "2000",
             "--prompt-tokens", "4", "--output-tokens", "2", "--out", "run.json", "--quiet", "--grace", "1h"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
        )  # fmt: skip
        server.wait_for(4)
        run.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.3)
        sent = len(server.asked)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
        assert len(server.asked) == sent
    assert run.returncode == 130, err
    assert f"note: 20 req/s: {sent - 2} of {sent} requests ended in given up: the run was stopped" in err
    assert "note: 20 req/s: stopped before its end" in err
    assert "wrote run.json" in out
    (line,) = lines(tmp_path / "run.json")
    assert line["neuralnav"]["stopped"] is True  # type: ignore[index]  # a mapping
