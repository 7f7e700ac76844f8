"""Which language model is meant, and whether one listens. The packages of the clients are imported only for one."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from neuralnav.draft.llm.port import LanguageModel
from neuralnav.errors import InputError, input_error

OLLAMA = "http://127.0.0.1:11434"
OLLAMA_MODEL = "qwen2.5:7b"
API_KEY = "NEURALNAV_LLM_API_KEY"
"""The variable that holds the key of an OpenAI-compatible endpoint. No option takes one: command lines are seen."""

KNOCK_S = 0.2
INSTALL = 'install it with: pip install "neuralnav[llm]"'
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model to ask, or None for the rules alone; `note` says why, where a reader must know."""

    model: LanguageModel | None
    note: str = ""


def find_model(choice: str, environ: Mapping[str, str], *, model: str = "") -> Chosen:
    """Return the model that a choice names: none, auto, ollama, ollama:MODEL, or the URL of an endpoint.

    `auto` takes Ollama where something listens at its address (OLLAMA_HOST, or this machine), found out within 0.2 s,
    else nothing. `model` names one of the endpoint's. Raises `InputError` for a choice that is none of these, and where
    the packages are missing.
    """
    kind, _, rest = choice.partition(":")
    match kind.lower():
        case "none" if not rest:
            return Chosen(None)
        case "auto" if not rest:
            return _whoever_listens(environ, model)
        case "ollama":
            return Chosen(_ollama(environ, model or rest))
        case "http" | "https":
            return Chosen(_openai(choice, environ, model))
        case _:
            raise input_error(
                "--llm",
                f'"{choice}" is no language model',
                "write auto, none, ollama, ollama:MODEL or http://HOST:PORT/v1",
            )


def ollama_url(environ: Mapping[str, str]) -> str:
    """Return the address of Ollama, read from OLLAMA_HOST as Ollama's own client reads it."""
    given = environ.get("OLLAMA_HOST", "").strip()
    if not given:
        return OLLAMA
    scheme, separator, rest = given.partition("://")
    if not separator:
        scheme, rest = "http", given
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port or (_PORTS.get(scheme, 11434) if separator else 11434)
    except ValueError as error:
        raise input_error("OLLAMA_HOST", f'"{given}" is no address', "write it like 127.0.0.1:11434") from error
    host = parts.hostname or "127.0.0.1"
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  # what a server binds to; nobody is reached there
    path = parts.path.strip("/")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{f'/{path}' if path else ''}"


def listens(url: str, *, seconds: float = KNOCK_S) -> bool:
    """Tell whether a connection to a URL's host and port is taken within a time, looking up the name included."""
    parts = urlsplit(url)
    taken: list[bool] = []

    def knock() -> None:
        import socket

        try:
            socket.create_connection((parts.hostname or "", parts.port or _PORTS[parts.scheme]), seconds).close()
        except OSError:
            return
        taken.append(True)

    # Looking up a name cannot be bounded from within; a thread that is not waited for can.
    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    knocking.join(seconds)
    return bool(taken)


def _whoever_listens(environ: Mapping[str, str], model: str) -> Chosen:
    try:
        url = ollama_url(environ)
        if not listens(url):
            return Chosen(None)
        return Chosen(_ollama(environ, model))
    except InputError as error:  # nobody asked for Ollama by name: the rules do without
        (only,) = error.diagnostics
        return Chosen(None, f"Ollama is not asked: {only.message}; {only.hint}")


def _ollama(environ: Mapping[str, str], model: str) -> LanguageModel:
    try:
        from neuralnav.draft.llm.ollama_client import OllamaModel
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    return OllamaModel(name=model or OLLAMA_MODEL, url=ollama_url(environ))


def _openai(url: str, environ: Mapping[str, str], model: str) -> LanguageModel:
    parts = urlsplit(url)
    try:
        sound = bool(parts.hostname) and parts.port != 0 and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        sound = False
    if not sound:
        shown = url.rpartition("@")[2]  # who logs in with it is nobody's business
        raise input_error("--llm", f'"{shown}" is no address of an endpoint', "write it like http://HOST:PORT/v1")
    key = environ.get(API_KEY, "").strip()
    if key and parts.scheme.lower() == "http" and parts.hostname not in LOOPBACK:
        raise input_error(
            "--llm", f"{API_KEY} would go to {parts.hostname} in the clear", f"use https, or unset {API_KEY}"
        )
    try:
        from neuralnav.draft.llm.openai_client import OpenAiModel
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    return OpenAiModel(base=url, key=key, wanted=model)


def _missing(error: ModuleNotFoundError) -> Exception:
    """Return what to tell of a package that is not there; any other module that is missing is a bug."""
    if error.name not in ("httpx", "ollama"):
        return error
    return input_error("--llm", f"asking a language model needs the package {error.name}", INSTALL)
