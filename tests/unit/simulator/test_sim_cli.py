"""What the command says before it serves, and what it refuses to begin with."""

import errno
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from neuralnav_simulator.cli import _run, cli
from neuralnav_simulator.cli.asked import Asked
from neuralnav_simulator.cli.health_verb import reason
from neuralnav_simulator.cli.listening import bound, url_of
from neuralnav_simulator.cli.told import Told, ready_text, start_json, start_text
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.served.locked import NOTHING, served_from_lock
from neuralnav_simulator.served.wanted import Wanted

from neuralnav.errors import NeuralnavError
from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.report import diagnostics_text

SUPPORT = Path(__file__).resolve().parents[3] / "examples" / "support-chat" / "plan.lock"
CORRECTION = "    correction:\n      measured_runs: 1\n      ttft: 1.2\n      itl: 0.9\n      e2e: 0.95\n"
EVIDENCE = "    source: simulated\n    evidence: b4340b28fabebb63\n"


def asked(lock: Path = SUPPORT, flags: Wanted = NOTHING) -> Asked:
    found = served_from_lock(lock, flags)
    return Asked(found.settled, found.planned, "plan.lock", found.apart)


def lock_with(folder: Path, old: str, new: str) -> Path:
    path = folder / "plan.lock"
    path.write_text(SUPPORT.read_text().replace(old, new, 1))
    return path


HEAD = """\
gpt-oss-20b/fp4/h100/tp1 on 1x NVIDIA H100, as vLLM 0.19.0 serves it
  KV cache  2,062,432 tokens; 256 sequences and 8,192 tokens in a step; a sequence has 1,536 at most; prefix caching \
is off
"""
ANSWERS = "  answers   256 tokens on average, lognormal, coefficient of variation 0.5 (--output-lengths)"


def test_a_start_says_what_is_served_and_where_its_numbers_come_from() -> None:
    assert start_text(Told(asked(), 1.0, Faults(), keys=False)) == (
        f"{HEAD}  timing    NeuralNav's serving model; plan.lock has p95 TTFT 101 ms, ITL 26.3 ms, E2E 3.1 s at 13.3 "
        f"req/s\n{ANSWERS}"
    )


def test_a_start_says_what_was_changed(tmp_path: Path) -> None:
    faults = Faults(0.01, 2.0, 60.0, 130.0, 300.0)
    corrected = asked(lock_with(tmp_path, EVIDENCE, EVIDENCE + CORRECTION))
    assert start_text(Told(corrected, 10.0, faults, keys=True)) == (
        f"{HEAD}  timing    NeuralNav's serving model, TTFT x 1.2 and ITL x 0.9 by 1 measured run; plan.lock has p95 "
        f"TTFT 101 ms, ITL 26.3 ms, E2E 3.1 s at 13.3 req/s\n{ANSWERS}\n"
        "  faults    503 for the first 130 s, while the model loads\n"
        "  faults    0.01 of the requests are answered 500\n"
        "  faults    the engine hangs for 2 s every 60 s on average\n"
        "  faults    the process dies after 300 s\n"
        "  clock     10 times as fast as the wall's; the seconds of faults are its own\n"
        "  access    with an API key only"
    )


def test_a_start_counts_over_all_lanes() -> None:
    over_nodes = asked(flags=Wanted(pipeline_parallel_size=2))
    limits = over_nodes.settled.served.limits
    tokens = 2 * limits.blocks * limits.block_tokens
    text = start_text(Told(over_nodes, 1.0, Faults(), keys=False))
    assert text.splitlines()[1].startswith(f"  KV cache  {tokens:,} tokens; 256 sequences and 8,192 tokens in a step; ")


def test_flags_over_a_lock_are_no_longer_its_plan() -> None:
    text = start_text(Told(asked(flags=Wanted(tensor_parallel_size=2)), 1.0, Faults(), keys=False))
    assert text.splitlines()[2].endswith("support-chat/plan.lock plans")
    assert text.splitlines()[2].startswith("  timing    NeuralNav's serving model; flags changed what ")


def test_a_lock_that_deploys_something_else_than_its_choice_is_not_put_down_to_flags(tmp_path: Path) -> None:
    edited = lock_with(tmp_path, "  accelerator: h100\n", "  accelerator: h200\n")
    text = start_text(Told(asked(edited, Wanted(max_num_seqs=8)), 1.0, Faults(), keys=False))
    assert text.splitlines()[2] == (
        f"  timing    NeuralNav's serving model; {edited} was edited: what it deploys is not its choice, "
        "gpt-oss-20b/fp4/h100/tp1"
    )


def test_every_expected_end_has_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = lock_with(tmp_path, "  gpu_memory_utilization: 0.9", "  gpu_memory_utilization: 0.2")
    for words, code, said in (
        (["serve", "--lock", str(full)], 5, "does not fit: weights take 12.8 GiB"),
        (["predict", "--lock", str(tmp_path / "none")], 2, "none"),
        (["sevre"], 2, "Did you mean serve?"),
        (["health", "https://x"], 1, "only http://HOST:PORT is asked"),
    ):
        monkeypatch.setattr(sys, "argv", ["neuralnav-sim", *words])
        assert _run() == code
        out, err = capsys.readouterr()
        assert (out, said in err) == ("", True)


def test_a_measured_plan_is_told_apart_from_the_model(tmp_path: Path) -> None:
    measured = asked(lock_with(tmp_path, "    source: simulated\n", "    source: measured\n"))
    own = {"ttft_p95": 111.54, "itl_p95": 26.3, "e2e_p95": 2790.99}
    assert start_text(Told(measured, 1.0, Faults(), keys=False, own=own)).splitlines()[2] == (
        "  timing    NeuralNav's serving model; plan.lock was measured: p95 TTFT 101 ms, ITL 26.3 ms, E2E 3.1 s at "
        "13.3 req/s, of which it is off by TTFT +10%, ITL +0%, E2E -10%"
    )


def test_a_line_to_try_is_one_that_a_shell_takes() -> None:
    assert ready_text("http://127.0.0.1:8000", "bot", keys=True) == (
        "listening on http://127.0.0.1:8000; try\n"
        "  curl http://127.0.0.1:8000/v1/chat/completions -H 'authorization: Bearer KEY' "
        "-H 'content-type: application/json' "
        """-d '{"model": "bot", "messages": [{"role": "user", "content": "Hello"}]}'"""
    )


def test_a_start_is_one_object_for_machines() -> None:
    told = json.loads(start_json(Told(asked(), 2.0, Faults(), keys=False), "http://127.0.0.1:1"))
    assert (told["event"], told["url"], told["models"]) == ("listening", "http://127.0.0.1:1", ["gpt-oss-20b"])
    assert (told["kvCacheTokens"], told["maxModelLen"], told["maxNumSeqs"]) == (2_062_432, 1536, 256)
    assert told["speedup"] == 2.0


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with bound("127.0.0.1", 0) as opened:
        yield opened


def refusal(host: str, port: int) -> str:
    with pytest.raises(NeuralnavError) as caught:
        bound(host, port)
    return diagnostics_text(caught.value.diagnostics, writes=False)


def test_a_port_in_use_is_told_with_a_way_out(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    assert refusal("127.0.0.1", port) == (
        f"--port  port {port} of 127.0.0.1 is in use\n  use another one, or --port 0 for any\n1 problem"
    )


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("192.0.2.1", "--host  192.0.2.1 is no address of this machine"),
        ("no host at all", '--host  "no host at all" is no address'),
        ("x" * 70, f'--host  "{"x" * 70}" is no address'),
    ],
)
def test_a_host_that_is_none_is_told(host: str, text: str) -> None:
    assert refusal(host, 0) == f"{text}\n  use 127.0.0.1, 0.0.0.0 for all, or ::\n1 problem"


class _Guarded(socket.socket):
    """A socket on a machine that keeps its ports to itself."""

    def bind(self, address: object) -> None:  # noqa: ARG002  # a socket's
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_privileged_port_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", _Guarded)
    assert (
        refusal("127.0.0.1", 80) == "--port  port 80 needs more rights than yours\n  use one of 1024 or more\n1 problem"
    )


def test_the_address_that_is_told_is_one_to_reach(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    told = {host: url_of(taken, host) for host in ("127.0.0.1", "0.0.0.0", "::", "::1", "here")}  # noqa: S104  # told
    assert told == {
        "127.0.0.1": f"http://127.0.0.1:{port}", "0.0.0.0": f"http://127.0.0.1:{port}",  # noqa: S104
        "::": f"http://[::1]:{port}", "::1": f"http://[::1]:{port}", "here": f"http://here:{port}",
    }  # fmt: skip


def test_health_tells_why_not(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    assert reason(f"http://127.0.0.1:{port}", timeout_s=0.05) == "no answer in 0.05 s"
    taken.close()
    assert reason(f"127.0.0.1:{port}", timeout_s=1.0) == "connection refused"
    assert reason("https://127.0.0.1", timeout_s=1.0) == "only http://HOST:PORT is asked"
    assert reason("http://127.0.0.1:99999", timeout_s=1.0) == "the URL has no such port"
    assert reason("no.such.host.invalid", timeout_s=1.0) == '"no.such.host.invalid" is no address'
    assert {reason(url, timeout_s=1.0) for url in ("http://[::1", "http://a b/", "http://", "")} == {
        "only http://HOST:PORT is asked"
    }


def test_health_exits_1() -> None:
    done = CliRunner().invoke(cli, ["health", "https://x"], standalone_mode=False)
    assert (done.return_value, done.output) == (1, "https://x is not ready: only http://HOST:PORT is asked\n")


@pytest.mark.parametrize("verb", ["serve", "predict", "health"])
def test_every_verb_teaches_with_examples(verb: str) -> None:
    done = CliRunner().invoke(cli, [verb, "--help"])
    assert done.exit_code == 0
    assert "Example" in done.output


def test_predict_repeats_the_plan_at_its_load() -> None:
    done = CliRunner().invoke(cli, ["predict", "--lock", str(SUPPORT), "--rate", "13.3333", "--format", "json"])
    told = json.loads(done.output)
    assert told["plan"]["offeredRps"] == 13.3333
    for metric, planned in told["plan"]["ms"].items():
        assert told["loads"][0]["ms"][metric] == pytest.approx(planned["value"], rel=0.05)


def test_rates_are_spelt_as_for_a_load() -> None:
    alike = (("--rate", "1,2.5"), ("--rate", "1", "--rate", "2.5"))
    command = ["predict", "--lock", str(SUPPORT), "--requests", "20", "--format", "json"]
    told = [json.loads(CliRunner().invoke(cli, [*command, *rates]).output)["loads"] for rates in alike]
    assert told[0] == told[1]
    assert [load["offeredRps"] for load in told[0]] == [1.0, 2.5]
    refused = CliRunner().invoke(cli, [*command, "--rate", "1,fast"])
    assert refused.output.splitlines()[-1].endswith('a rate is "fast": it must be a number above 0')


@pytest.mark.parametrize(
    "options",
    [
        ["serve", "--speedup"], ["serve", "--ttft-factor"], ["serve", "--error-rate"], ["serve", "--cold-start"],
        ["serve", "--shutdown-timeout"], ["serve", "--stall-every"], ["health", "--timeout"],
    ],
)  # fmt: skip
def test_no_number_is_no_number(options: list[str]) -> None:
    done = CliRunner().invoke(cli, [*options, "nan"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        2, f"Error: Invalid value for '{options[1]}': nan is no number."
    )  # fmt: skip


@pytest.mark.parametrize("key", ["", " ", "a\nb", "k\udcff"])
def test_a_key_that_no_header_holds_is_refused(key: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "--api-key", key])
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        2, "Error: Invalid value for '--api-key': a key is empty, or holds what no header can."
    )  # fmt: skip


def test_stalls_need_both_how_long_and_how_often() -> None:
    done = CliRunner().invoke(cli, ["serve", "--lock", str(SUPPORT), "--stall", "2"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (2, "Error: --stall and --stall-every come together")


def test_a_server_takes_as_many_clients_as_the_system_allows() -> None:
    script = "import resource as r; from neuralnav_simulator.cli.open_files import open_many; n = r.RLIMIT_NOFILE; "
    script += "r.setrlimit(n, (256, 2000)); open_many(); print(r.getrlimit(n))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "(2000, 2000)\n"


STARTED = """\
import sys
from pathlib import Path
import neuralnav_simulator.cli.serve_verb
from neuralnav_simulator.served.locked import served_from_lock
served_from_lock(Path(sys.argv[1]))
heavy = ("pyarrow", "pandas", "scipy", "rich", "jsonschema", "jinja2", "httpx", "ollama", "neuralnav.pipeline")
print([name for name in heavy if name in sys.modules])
"""


def test_a_start_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", STARTED, SUPPORT], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_who_has_no_home_is_served_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in (CACHE_VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert served_from_lock(SUPPORT).settled.served.candidate == "gpt-oss-20b/fp4/h100/tp1"
