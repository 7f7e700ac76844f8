"""What a server tells of itself before it is asked for anything: its models, its version, how busy it is."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from neuralnav.cluster.openai import CONNECT_S, Endpoint, bounded, legible, why_of
from neuralnav.cluster.sse import parsed, said_in
from neuralnav.errors import InputError, input_error
from neuralnav.model.plain_text import printable

FACTS_S = 10.0
UNREACHABLE = "cannot be reached"
LONGEST_BODY = 4 << 20


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server lists: its name, where its weights are from, the longest sequence; 0 and "" are unsaid."""

    name: str
    root: str
    context_tokens: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server tells of itself. `healthy` is None where it has no /health; `in_flight` where no metrics are told.

    `simulates` is the candidate whose timing a simulator of ours has, `speedup` how much faster its clock runs.
    """

    models: tuple[ServedModel, ...]
    healthy: bool | None
    version: str
    simulates: str
    speedup: float
    in_flight: float | None
    way_ms: float


async def ask_facts(client: httpx.AsyncClient, endpoint: Endpoint) -> Facts:
    """Return what a server tells. Raises `InputError` where it cannot be reached, is not ready, or lists no model."""
    health, said, _ = await _get(client, endpoint, "/health")
    if health >= 500:
        why = f": {legible(said_in(said), endpoint.key)}" if said_in(said) else ""
        raise input_error(endpoint.shown, f"not ready: /health was answered {health}{why}", "`status` tells why")
    models = _models(endpoint, *(await _get(client, endpoint, "/v1/models"))[:2])
    path = "/health" if health == httpx.codes.OK else "/v1/models"
    way_ms = min([(await _get(client, endpoint, path))[2] for _ in range(3)])
    told = await _optional(client, endpoint, "/version")
    simulates, speedup = told.get("simulates"), told.get("speedup")
    return Facts(
        models=models,
        healthy=True if health == httpx.codes.OK else None,
        version=str(told.get("version") or ""),
        simulates=simulates if isinstance(simulates, str) else "",
        speedup=float(speedup) if isinstance(speedup, int | float) and speedup > 0 else 1.0,
        in_flight=await _in_flight(client, endpoint),
        way_ms=way_ms,
    )


async def _get(client: httpx.AsyncClient, endpoint: Endpoint, path: str) -> tuple[int, bytes, float]:
    """Return status and body of an answer, and the milliseconds that it took."""
    try:
        async with asyncio.timeout(FACTS_S):
            since_s = monotonic()
            async with client.stream("GET", endpoint.base + path) as reply:
                body = await bounded(reply, LONGEST_BODY)
                return reply.status_code, body, (monotonic() - since_s) * 1e3
    except TimeoutError:
        raise input_error(endpoint.shown, f"no answer to {path} within {FACTS_S:g} s", "is the server up?") from None
    except httpx.TimeoutException:
        message = f"{UNREACHABLE}: no connection within {CONNECT_S:g} s"
        raise input_error(endpoint.shown, message, "is this the right address?") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        why = why_of(error) if isinstance(error, httpx.HTTPError) else str(error)
        hint = (
            "--insecure takes any certificate" if "certificate" in why else "is the server up, and does it speak TLS?"
        )
        raise input_error(endpoint.shown, f"{UNREACHABLE}: {printable(why)}", hint) from None


def _models(endpoint: Endpoint, status: int, body: bytes) -> tuple[ServedModel, ...]:
    value = parsed(body) or {}
    listed = value.get("data")
    cards = [card for card in listed if isinstance(card, dict)] if isinstance(listed, list) else []
    found = tuple(
        ServedModel(card["id"], str(card.get("root") or ""), _length(card.get("max_model_len")))
        for card in cards
        if isinstance(card.get("id"), str)
    )
    if status == httpx.codes.OK and found:
        return found
    raise _no_models(endpoint, status, body)


def _no_models(endpoint: Endpoint, status: int, body: bytes) -> InputError:
    if endpoint.through and status in (401, 403):
        return _not_let_through(endpoint, status, body)
    if status in (401, 403):
        hint = "another one is needed" if endpoint.key else "give --api-key, or set NEURALNAV_API_KEY"
        return input_error(endpoint.shown, f"/v1/models was answered {status}: the key is not taken", hint)
    if 300 <= status < 400:
        return input_error(endpoint.shown, f"/v1/models was answered {status}, which sends elsewhere", "give that URL")
    if status == httpx.codes.OK:
        said = legible(said_in(body), endpoint.key)[:80]
        return input_error(endpoint.shown, f"/v1/models lists no model: {said}", "is it an OpenAI-compatible server?")
    said = legible(said_in(body), endpoint.key)
    busy = status == httpx.codes.TOO_MANY_REQUESTS or status >= 500
    hint = "try again later; `status` tells how it stands" if busy else "is it the right address?"
    return input_error(endpoint.shown, f"/v1/models was answered {status}: {said}", hint)


def _not_let_through(endpoint: Endpoint, status: int, body: bytes) -> InputError:
    """Return the error of an API server that knows us not, or of a model behind it that wants a key."""
    if (parsed(body) or {}).get("kind") != "Status":
        message = f"/v1/models was answered {status}: the model wants a key, which does not go through the API server"
        return input_error(endpoint.shown, message, "forward its port, and give --url and --api-key")
    said = legible(said_in(body), endpoint.key)
    if status == httpx.codes.UNAUTHORIZED:
        message = f"/v1/models was answered 401: the API server does not take the credentials: {said}"
        return input_error(endpoint.shown, message, f"get fresh ones for context {endpoint.through}")
    hint = f"ask for a role with get and create on services/proxy (context {endpoint.through})"
    return input_error(endpoint.shown, f"the API server refuses: {said}", hint)


def _length(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


async def _optional(client: httpx.AsyncClient, endpoint: Endpoint, path: str) -> dict[str, Any]:
    try:
        status, body, _ = await _get(client, endpoint, path)
    except InputError:
        return {}
    return (parsed(body) or {}) if status == httpx.codes.OK else {}


async def _in_flight(client: httpx.AsyncClient, endpoint: Endpoint) -> float | None:
    """Return how many requests a server says it has at hand; None where its metrics are not shown to us."""
    try:
        status, body, _ = await _get(client, endpoint, "/metrics")
    except InputError:
        return None
    if status != httpx.codes.OK:
        return None
    values = [
        line.rpartition(b" ")[2]
        for line in body.splitlines()
        if line.startswith((b"vllm:num_requests_running", b"vllm:num_requests_waiting"))
    ]
    try:
        return sum(map(float, values)) if values else None
    except ValueError:
        return None
