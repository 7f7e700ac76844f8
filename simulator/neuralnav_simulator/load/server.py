"""What a server tells of itself: its models, its version, what it simulates, how it counts tokens, how busy it is."""

import json
import re
import ssl
from dataclasses import dataclass
from typing import Any

from neuralnav.errors import InputError, input_error
from neuralnav_simulator.load.client import Api
from neuralnav_simulator.load.events import message_of
from neuralnav_simulator.load.prompts import Counted
from neuralnav_simulator.load.wire import Pool, fetch, request_bytes

ASK_S = 10.0
GAUGES = {
    "running": b"vllm:num_requests_running",
    "waiting": b"vllm:num_requests_waiting",
    "kv": b"vllm:kv_cache_usage_perc",
}
SAMPLE = rb"^%b(?:\{[^}]*\})? ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$"
SAMPLE_WORDS = 100
"""Our words that a server is asked to count, to know how many tokens it makes of them."""


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says. `simulates` is the candidate whose timing it has, empty where it is no simulator of ours.

    `names` are those of its models, `root` the repository behind the first, `version` its engine's. Empty: not said.
    """

    names: tuple[str, ...]
    root: str
    version: str
    simulates: str
    speedup: float


async def ask_server(pool: Pool, url: str, *, key: str) -> Server:
    """Return what a server tells. Raises InputError when it cannot be reached, or does not list its models."""
    models = await _answer(pool, url, "/v1/models", key=key)
    listed = models.get("data")
    cards = [card for card in listed if isinstance(card, dict)] if isinstance(listed, list) else []
    names = tuple(card["id"] for card in cards if isinstance(card.get("id"), str))
    if not names:
        raise input_error(url, "/v1/models lists no model", "is it an OpenAI-compatible server?")
    version = await _answer(pool, url, "/version", key=key, optional=True)
    told, speedup = version.get("simulates"), version.get("speedup")
    return Server(
        names,
        str(cards[0].get("root") or names[0]),
        str(version.get("version") or ""),
        told if isinstance(told, str) else "",
        float(speedup) if isinstance(speedup, (int, float)) else 1.0,
    )


async def _answer(pool: Pool, url: str, path: str, *, key: str, optional: bool = False) -> dict[str, Any]:
    try:
        status, body = await fetch(pool, request_bytes(pool.address, "GET", path, key=key), within_s=ASK_S)
    except TimeoutError:
        raise input_error(url, f"no answer to {path} within {ASK_S:g} s", "is the server up?") from None
    except OSError as error:
        why = "the connection was refused" if isinstance(error, ConnectionRefusedError) else str(error)
        hint = (
            "--insecure takes any certificate"
            if isinstance(error, ssl.SSLCertVerificationError)
            else ("does it speak TLS? http:// does without" if isinstance(error, ssl.SSLError) else "is the server up?")
        )
        raise input_error(url, f"cannot be reached: {why}", hint) from None
    if status != 200:  # HTTP's
        if optional:
            return {}
        raise _refusal(url, path, status, body)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}


def _refusal(url: str, path: str, status: int, body: bytes) -> InputError:
    if status in (401, 403):
        return input_error(url, f"{path} was answered {status}", "give --api-key, or OPENAI_API_KEY")
    if 300 <= status < 400:  # HTTP's
        return input_error(url, f"{path} was answered {status}, which sends elsewhere", "give the URL behind it")
    said = f": {message_of(body)}" if body else ""
    return input_error(url, f"{path} was answered {status or 'by a broken connection'}{said}", "is it the right URL?")


async def count_words(pool: Pool, model: str, api: Api, words: str, word: str, *, key: str) -> Counted:
    """Return how a server counts our words, of which `words` has `SAMPLE_WORDS` + 1; without /tokenize one token each.

    A chat's template comes on top, and another tokenizer makes more of each word.
    """
    counts = [await _count(pool, model, api, text, key=key) for text in (word, words)]
    if counts[0] is None or counts[1] is None or counts[1] <= counts[0]:
        return Counted()
    per_word = (counts[1] - counts[0]) / SAMPLE_WORDS
    return Counted(counts[0] - per_word, per_word)


async def _count(pool: Pool, model: str, api: Api, text: str, *, key: str) -> int | None:
    asked = {"prompt": text} if api == "completions" else {"messages": [{"role": "user", "content": text}]}
    body = json.dumps({"model": model, **asked}).encode()
    try:
        status, said = await fetch(
            pool, request_bytes(pool.address, "POST", "/tokenize", body, key=key), within_s=ASK_S
        )
        count = json.loads(said).get("count") if status == 200 else None  # HTTP's
    except (OSError, TimeoutError, ValueError, AttributeError):
        return None
    return count if isinstance(count, int) else None


async def gauges(pool: Pool, *, key: str) -> dict[str, float]:
    """Return how busy a server says it is in its metrics, over all engines: nothing where it has none."""
    try:
        status, body = await fetch(pool, request_bytes(pool.address, "GET", "/metrics", key=key), within_s=1.0)
    except (OSError, TimeoutError):
        return {}
    return gauges_in(body) if status == 200 else {}  # HTTP's


LEAST_HITS = 0.02
"""A smaller share of the prompts' tokens that a cache held is a template's: nobody's latency is any shorter for it."""


async def cache_counters(pool: Pool, *, key: str) -> tuple[float, float]:
    """Return how many tokens of prompts the server has looked up and found in its prefix cache: zeros where untold."""
    try:
        status, body = await fetch(pool, request_bytes(pool.address, "GET", "/metrics", key=key), within_s=1.0)
    except (OSError, TimeoutError):
        return 0.0, 0.0
    asked, found = (sum(_samples(body, b"vllm:prefix_cache_%b_total" % name)) for name in (b"queries", b"hits"))
    return (asked, found) if status == 200 else (0.0, 0.0)  # HTTP's


def hit_share(before: tuple[float, float], after: tuple[float, float]) -> float | None:
    """Return the share of prompts' tokens that were found in a cache meanwhile, or None for none worth a word."""
    asked, found = (late - early for early, late in zip(before, after, strict=True))
    share = min(1.0, found / asked) if asked > 0.0 else 0.0
    return round(share, 3) if share >= LEAST_HITS else None


def gauges_in(exposition: bytes) -> dict[str, float]:
    """Return the gauges of an exposition: sums over engines, of shares the mean."""
    found: dict[str, float] = {}
    for name, metric in GAUGES.items():
        values = _samples(exposition, metric)
        if values:
            found[name] = sum(values) / (len(values) if name == "kv" else 1)
    return found


def _samples(exposition: bytes, metric: bytes) -> list[float]:
    found = re.findall(SAMPLE % re.escape(metric), exposition, re.M)
    return [float(value) for value in found]
