"""The simulator as two real clients see it: OpenAI's own Python client, and GuideLLM, whose report is imported.

`bash .ci/clients` installs both once into the user's cache folder; `.ci/run` does it in the background.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest
from clients_schema import SCHEMA
from neuralnav_simulator.served.settle import served_from_flags
from neuralnav_simulator.served.wanted import Wanted
from real_parts import KEPT, missing

from neuralnav.files.catalogs import load_catalog
from neuralnav.serving.engine import simulate

pytestmark = pytest.mark.integration

HERE = Path(__file__).resolve().parent
TOKENIZER = Path(sys.modules["neuralnav_simulator"].__path__[0]) / "tokenizer"
PARTS = "client-parts-1"
KEY = "sk-test"
WANTED = Wanted(
    model="llama-3.3-70b", precision="bf16", accelerator="a100-80", tensor_parallel_size=4, max_model_len=8192,
    enable_prefix_caching=False, prompt_tokens=256, output_tokens=24,
)  # fmt: skip
"""A server slow enough that a busy machine's milliseconds are small beside its own."""

REQUESTS = 30


@dataclass(frozen=True)
class Site:
    """A server at an address, the Python of its clients, and where it notes each sequence."""

    url: str
    python: Path
    trace: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    reason = missing(PARTS, "OpenAI's client and GuideLLM are", ".ci/clients")
    if reason:
        pytest.skip(reason)
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in WANTED.said().items() if value is not False]
    trace = tmp_path_factory.mktemp("site") / "trace.jsonl"
    flags += ["--no-enable-prefix-caching", "--port=0", f"--api-key={KEY}", f"--trace={trace}"]
    command = [sys.executable, "-m", "neuralnav_simulator", "serve", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if line.startswith("listening on "):
                break
        else:
            pytest.fail("".join(told))
        yield Site(told[-1].split()[2].rstrip(";"), KEPT / PARTS / "venv" / "bin" / "python", trace)
        process.kill()


def run(site: Site, *command: object, cwd: Path | None = None) -> str:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "GUIDELLM__LOGGING__DISABLED": "true"}
    done = subprocess.run(
        [str(part) for part in (site.python, *command)], capture_output=True, text=True, cwd=cwd, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_openai_client_understands_every_answer(site: Site) -> None:
    answers: dict[str, Any] = json.loads(run(site, HERE / "clients_openai.py", site.url, WANTED.model, KEY))
    streamed, parsed, called = answers["streamed"], answers["parsed"], answers["called"]
    assert streamed == {
        "role": "assistant", "events": streamed["usage"] + 2, "same": True, "finish": streamed["finish"],
        "usage": streamed["whole"], "whole": streamed["whole"],
    }  # fmt: skip
    assert streamed["finish"] == ("length" if streamed["usage"] == 12 else "stop")
    assert answers["completed"] == {"choices": [0, 1, 2, 3], "tokens": [5] * 4, "usage": 20}
    assert parsed["finish"] == "stop"
    jsonschema.validate(parsed["value"], SCHEMA)
    jsonschema.validate(called["arguments"], SCHEMA)
    jsonschema.validate(called["streamed"], SCHEMA)
    assert (called["finish"], called["name"], called["words"]) == ("tool_calls", "forecast", True)
    assert called["then"] in ("stop", "length")
    assert answers["scored"] == {"tokens": 4, "top": [3] * 4, "text": True}
    assert answers["listed"] is True
    assert answers["refused"] == {
        "model": ["NotFoundError", 404, True],
        "tokens": ["BadRequestError", 400, True],
        "context": ["BadRequestError", 400, True],
        "many": ["BadRequestError", 400, True],
        "key": ["AuthenticationError", 401, True],
    }


def test_what_guidellm_reports_is_imported_and_agrees_with_the_serving_model(site: Site, tmp_path: Path) -> None:
    """The model serves the very requests that came of GuideLLM, at the times at which they did."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    backend = f"kind=openai_http,target={site.url},model={WANTED.model},api_key={KEY},request_format=/v1/completions"
    data = f"kind=synthetic_text,prompt_tokens={WANTED.prompt_tokens},output_tokens={WANTED.output_tokens}"
    run(
        site, "-m", "guidellm", "run", "--backend", backend, "--data", data, "--profile", "kind=poisson,rate=4",
        "--constraint", f"kind=max_requests,count={REQUESTS}", "--output", "kind=json,path=report.json",
        "--tokenizer", f"kind=huggingface_auto,model={TOKENIZER}", "--disable-console", cwd=tmp_path,
    )  # fmt: skip
    facts = ["--precision=bf16", "--accelerator=a100-80", "--tp=4", "--engine-version=0.19.0", "--model=llama-3.3-70b"]
    command = [sys.executable, "-m", "neuralnav", "bench", "import", "report.json", *facts]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = pq.read_table(tmp_path / "benchmarks/measured/guidellm-llama-3.3-70b.parquet").to_pylist()
    assert (row["prompt_tokens"], row["output_tokens"], row["requests"]) == (256, 24, REQUESTS)
    assert (row["engine"], row["source"]) == ("neuralnav-sim", "simulated")  # GuideLLM keeps the ids of its answers

    # What GuideLLM calls the start of a request is before it leaves: on a busy machine some leave together much later.
    ended = [json.loads(line) for line in site.trace.read_text().splitlines()]
    came = np.sort([one["arrival_ms"] for one in ended if (one["prompt"], one["given"]) == (256, 24)])
    assert len(came) == REQUESTS
    served = served_from_flags(WANTED, load_catalog()).served
    foreseen = simulate(served.cost, served.limits, came - came[0], 256, 24)
    predicted = {
        "ttft_p50_ms": np.median(foreseen.ttft_ms),
        "e2e_p50_ms": np.median(foreseen.e2e_ms),
        "tpot_p50_ms": np.median((foreseen.e2e_ms - foreseen.ttft_ms) / 23),
    }
    for name, value in predicted.items():  # a busy machine's GuideLLM is tens of milliseconds late at both ends
        assert row[name] == pytest.approx(value, rel=0.25 if name.startswith("ttft") else 0.15), name
