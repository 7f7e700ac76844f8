"""The server as a process: it comes up, answers, drains on SIGTERM, and begins nothing where it cannot."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from neuralnav_simulator.cli.health_verb import reason

pytestmark = pytest.mark.integration

LOCK = Path(__file__).resolve().parents[2] / "examples" / "support-chat" / "plan.lock"
SERVE = [sys.executable, "-m", "neuralnav_simulator", "serve", "--lock", str(LOCK), "--port", "0"]
PATIENCE_S = 30.0


@contextmanager
def serving(*options: str) -> Iterator[tuple["subprocess.Popen[str]", str, int]]:
    """Start a server; yield it, what it said, and its port."""
    process = subprocess.Popen([*SERVE, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        said = ""
        assert process.stdout is not None
        while (found := re.search(r"http://127\.0\.0\.1:(\d+)", said)) is None:
            line = process.stdout.readline()
            assert line, "the server ended before it listened"
            said += line
        yield process, said, int(found[1])
    finally:
        process.kill()
        process.communicate()


def ask(port: int, path: str, body: object = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        headers = {"content-type": "application/json"}
        text = None if body is None else json.dumps(body)
        connection.request("GET" if body is None else "POST", path, text, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def completion(port: int, tokens: int) -> dict[str, object]:
    body = {"model": "gpt-oss-20b", "prompt": "Hello", "max_tokens": tokens, "ignore_eos": True}
    status, text = ask(port, "/v1/completions", body)
    assert status == 200, text
    answer: dict[str, object] = json.loads(text)
    return answer


def wait_until_running(port: int) -> None:
    while b'vllm:num_requests_running{engine="0",model_name="gpt-oss-20b"} 1.0' not in ask(port, "/metrics")[1]:
        time.sleep(0.01)


def test_it_serves_the_lock_and_drains_when_it_is_to_end(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    with serving("--trace", str(trace), "--shutdown-timeout", "20") as (process, said, port):
        assert said.startswith("gpt-oss-20b/fp4/h100/tp1 on 1x NVIDIA H100, as vLLM 0.19.0 serves it\n")
        assert reason(f"http://127.0.0.1:{port}", timeout_s=PATIENCE_S) == ""
        models = json.loads(ask(port, "/v1/models")[1])["data"]
        assert [(model["id"], model["max_model_len"]) for model in models] == [("gpt-oss-20b", 1536)]
        assert completion(port, 8)["usage"]["completion_tokens"] == 8  # type: ignore[index]  # JSON
        found = list[dict[str, object]]()
        long = threading.Thread(target=lambda: found.append(completion(port, 400)))
        long.start()
        wait_until_running(port)
        process.send_signal(signal.SIGTERM)
        while ask(port, "/health")[0] != 503:
            time.sleep(0.01)
        assert ask(port, "/v1/completions", {"model": "gpt-oss-20b", "prompt": "Hello"})[0] == 503
        long.join()
        assert found[0]["usage"]["completion_tokens"] == 400  # type: ignore[index]  # JSON
        assert process.wait(PATIENCE_S) == 0
    assert [json.loads(line)["given"] for line in trace.read_text().splitlines()] == [8, 400]


def test_ctrl_c_ends_it_at_once() -> None:
    with serving() as (process, _, _port):
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130


def test_who_closes_its_output_is_served_all_the_same() -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *SERVE, "--crash-after", "0.3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, done.stderr) == (1, "ERROR the engine crashed, as told to, after 0.3 s\n")


def test_it_dies_with_its_engine() -> None:
    with serving("--crash-after", "0.3", "--log-format", "json") as (process, said, _port):
        assert json.loads(said)["event"] == "listening"
        assert process.wait(PATIENCE_S) == 1
        assert process.stderr is not None
        told = [json.loads(line)["message"] for line in process.stderr]
        assert told == ["the engine crashed, as told to, after 0.3 s"]  # once, and no traceback: it is no bug


def test_a_full_disk_ends_the_trace_and_nothing_else() -> None:
    with serving("--trace", "/dev/full", "--max-body", "1") as (process, _, port):
        assert [completion(port, 2)["object"] for _ in range(2)] == ["text_completion"] * 2
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        connection.putrequest("POST", "/v1/completions")
        connection.putheader("content-length", str((1 << 20) + 1))
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert process.stderr.read().splitlines()[0] == (
            "ERROR --trace ends here, requests go on: no space left on device"
        )


def test_a_port_in_use_is_one_clear_refusal_and_what_takes_too_long_is_cut_off() -> None:
    with serving("--shutdown-timeout", "0.2") as (process, _, port):
        command = [*SERVE[:-1], str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"--port  port {port} of 127.0.0.1 is in use\n  use another one, or --port 0 for any\n1 problem\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as client:
            body = json.dumps({"model": "gpt-oss-20b", "prompt": "Hello", "max_tokens": 1500, "ignore_eos": True})
            head = f"POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
            client.sendall(f"{head}{body}".encode())
            wait_until_running(port)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert process.stderr.read().splitlines() == [
            "INFO draining: new requests get 503, those under way have 0.2 s",
            "WARNING requests cut off, as they took longer than --shutdown-timeout: 1",
        ]
