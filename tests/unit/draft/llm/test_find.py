"""Which model a choice names, and what is told where it names none."""

import sys

import pytest

from neuralnav.draft.llm.find import Chosen, find_model, ollama_url
from neuralnav.errors import InputError


def told(choice: str, **environ: str) -> str:
    with pytest.raises(InputError) as raised:
        find_model(choice, environ)
    (problem,) = raised.value.diagnostics
    return f"{problem.where.file}: {problem.message}; {problem.hint}"


def test_none_is_the_rules_alone() -> None:
    assert find_model("none", {"OLLAMA_HOST": "127.0.0.1:11434"}) == Chosen(None)


@pytest.mark.parametrize(
    ("choice", "named", "name"),
    [
        ("ollama", "", "qwen2.5:7b"),
        ("ollama:", "", "qwen2.5:7b"),
        ("ollama:llama3.2:3b", "", "llama3.2:3b"),
        ("ollama:llama3.2:3b", "phi4", "phi4"),
        ("Ollama", "", "qwen2.5:7b"),
    ],
)
def test_ollama_and_its_models(choice: str, named: str, name: str) -> None:
    model = find_model(choice, {}, model=named).model
    assert model is not None
    assert (model.name, model.endpoint) == (name, "http://127.0.0.1:11434")


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://llm.example/openai/v1", "https://llm.example"),
        ("http://[::1]:8000/v1", "http://[::1]:8000"),
    ],
)
def test_an_endpoint_is_named_without_its_path(url: str, endpoint: str) -> None:
    model = find_model(url, {}, model="m").model
    assert model is not None
    assert (model.name, model.endpoint) == ("m", endpoint)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("gpu-box", "http://gpu-box:11434"),
        ("gpu-box:8080", "http://gpu-box:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104  # what a server binds to
        ("0.0.0.0:9", "http://127.0.0.1:9"),
        ("http://gpu-box", "http://gpu-box:80"),
        ("https://gpu-box/ollama/", "https://gpu-box:443/ollama"),
        ("[::1]:9", "http://[::1]:9"),
        (":9", "http://127.0.0.1:9"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(given: str, url: str) -> None:
    assert ollama_url({"OLLAMA_HOST": given}) == url


@pytest.mark.parametrize("choice", ["", "gpt-4", "auto:x", "none:x", "ftp://x", "localhost:8000"])
def test_a_choice_that_is_none(choice: str) -> None:
    assert told(choice) == (
        f'--llm: "{choice}" is no language model; write auto, none, ollama, ollama:MODEL or http://HOST:PORT/v1'
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://", "http://"),
        ("http://me:secret@host/v1", "host/v1"),
        ("http://host:99999", "http://host:99999"),
        ("http://host/v1?key=1", "http://host/v1?key=1"),
    ],
)
def test_an_address_that_is_none(url: str, shown: str) -> None:
    assert told(url) == f'--llm: "{shown}" is no address of an endpoint; write it like http://HOST:PORT/v1'


def test_a_key_does_not_cross_a_network_in_the_clear() -> None:
    assert told("http://host:8000/v1", NEURALNAV_LLM_API_KEY="k") == (
        "--llm: NEURALNAV_LLM_API_KEY would go to host in the clear; use https, or unset NEURALNAV_LLM_API_KEY"
    )
    for url in ("http://127.0.0.1:8000", "https://host/v1"):
        assert find_model(url, {"NEURALNAV_LLM_API_KEY": "k"}).model is not None


def test_an_address_of_ollama_that_is_none() -> None:
    assert told("ollama", OLLAMA_HOST="host:port") == (
        'OLLAMA_HOST: "host:port" is no address; write it like 127.0.0.1:11434'
    )
    assert find_model("auto", {"OLLAMA_HOST": "host:port"}) == Chosen(
        None, 'Ollama is not asked: "host:port" is no address; write it like 127.0.0.1:11434'
    )


@pytest.mark.parametrize(("choice", "package"), [("ollama", "ollama"), ("http://127.0.0.1:1", "httpx")])
def test_a_package_that_is_missing_is_named(choice: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ollama_client", "openai_client", "wire"):
        monkeypatch.delitem(sys.modules, f"neuralnav.draft.llm.{name}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    assert told(choice) == (
        f'--llm: asking a language model needs the package {package}; install it with: pip install "neuralnav[llm]"'
    )
