"""Any endpoint that speaks OpenAI's chat completions: vLLM, llama.cpp and others, streamed and bound to a schema."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from neuralnav.draft.llm.find import API_KEY
from neuralnav.draft.llm.port import Limits, Message, NoAnswer, OnText, Schema, one_line
from neuralnav.draft.llm.wire import Collected, out_of_tokens, settings, within

SCHEMA_NAME = "draft"
_NOT_UNDERSTOOD = frozenset({400, 422})
_NAMES_IT = ("response_format", "json_schema")
"""How a server answers to a `response_format` that it does not know: by status, or (llama-cpp-python, 500) in words."""


class _OtherSpelling(Exception):  # noqa: N818  # never leaves this module
    """The server may not know this spelling of the schema; `refusal` is what to tell when it knows no other."""

    def __init__(self, refusal: NoAnswer) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


@dataclass(slots=True)
class OpenAiModel:
    """A model of an OpenAI-compatible endpoint. Which one it has is asked when none is named."""

    base: str
    key: str = field(default="", repr=False)
    wanted: str = ""
    _served: str = ""

    @property
    def name(self) -> str:
        """The model that was named, or the one that the endpoint serves once it has been asked.

        Servers of a file name their model by its path, of which the last part is enough for people.
        """
        return self.wanted or self._served.rpartition("/" if self._served.startswith("/") else "\0")[2]

    @property
    def endpoint(self) -> str:
        """Where the prose goes."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def answer(self, messages: Sequence[Message], schema: Schema, *, limits: Limits, on_text: OnText) -> str:
        """Return the text of the model's answer; raises `NoAnswer`."""

        async def attempt() -> str:
            async with httpx.AsyncClient(**self._settings(limits)) as client:
                if not (self.wanted or self._served):
                    self._served = await self._first_model(client)
                asked = self._question(messages, limits)
                first, second = ({**asked, "response_format": spelling} for spelling in _spellings(schema))
                try:
                    return await self._ask(client, first, limits, on_text)
                except _OtherSpelling:
                    pass
                try:
                    return await self._ask(client, second, limits, on_text)
                except _OtherSpelling as error:
                    raise error.refusal from None

        return within(limits, attempt)

    def _settings(self, limits: Limits) -> Any:
        made: dict[str, Any] = settings(self.base, limits)
        if self.key:
            made["headers"] = {**made["headers"], "Authorization": f"Bearer {self.key}"}
        return made

    def _url(self, name: str) -> str:
        """Return the URL of a call. A bare host gets the usual /v1."""
        base = self.base.rstrip("/").removesuffix("/chat/completions")
        return f"{base}{'' if urlsplit(base).path else '/v1'}/{name}"

    def _question(self, messages: Sequence[Message], limits: Limits) -> dict[str, Any]:
        return {
            "model": self.wanted or self._served,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "temperature": limits.temperature,
            "seed": limits.seed,
            "max_tokens": limits.max_output_tokens,
        }

    async def _first_model(self, client: httpx.AsyncClient) -> str:
        reply = await client.get(self._url("models"))
        if reply.status_code != 200:
            raise self._refusal(reply.status_code, reply.text)
        try:
            (first, *_) = reply.json()["data"]
            name = first["id"]
        except (ValueError, KeyError, TypeError):
            name = None
        if not isinstance(name, str) or not name:
            raise NoAnswer(
                "wrong model", "the endpoint does not say which model it serves", hint="name one with --model"
            )
        return one_line(self._without_key(name))

    async def _ask(
        self, client: httpx.AsyncClient, question: Mapping[str, Any], limits: Limits, on_text: OnText
    ) -> str:
        collected = Collected(limits, on_text)
        async with client.stream("POST", self._url("chat/completions"), json=question) as reply:
            if reply.status_code != 200:
                body = (await reply.aread()).decode(errors="replace")
                refusal = self._refusal(reply.status_code, body)
                if reply.status_code in _NOT_UNDERSTOOD or any(name in body for name in _NAMES_IT):
                    raise _OtherSpelling(refusal)
                raise refusal
            async for event in self._events(reply):
                piece, ended = _piece(event)
                collected.add(piece)
                if ended == "length":
                    raise out_of_tokens(limits)
                if ended:
                    return collected.text
        raise NoAnswer("cut short", "the endpoint's stream ends before the answer does")

    async def _events(self, reply: httpx.Response) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the events of a stream of server-sent events, up to the one that closes it."""
        async for line in reply.aiter_lines():
            name, _, data = line.partition(":")
            if name not in ("data", "error"):  # comments keep a connection alive; no other field matters here
                continue
            if data.strip() == "[DONE]":
                return
            try:
                event = json.loads(data)
            except ValueError:
                raise NoAnswer("not json", "the endpoint's stream holds an event that is not JSON") from None
            if not isinstance(event, dict):
                raise NoAnswer("wrong shape", "the endpoint's stream holds an event of another shape than its own")
            if name == "error" or event.get("error"):
                raise NoAnswer("status", f"the endpoint breaks off: {_message(self._without_key(data))}", status=500)
            yield event

    def _without_key(self, text: str) -> str:
        """Return what an endpoint says, its key made unknown: some send back what they were sent."""
        return text.replace(self.key, "***") if self.key else text

    def _refusal(self, status: int, body: str) -> NoAnswer:
        words = _message(self._without_key(body)).rstrip(" .")
        said = f": {words}" if words else ""
        if status == 404 and "model" in said.lower():
            told = f"the endpoint does not have {self.name}{said}"
            return NoAnswer("wrong model", told, hint="name another with --model", status=status)
        hint = f"give its key in {API_KEY}" if status in (401, 403) else ""
        return NoAnswer("status", f"the endpoint answers {status}{said}", hint=hint, status=status)


def _spellings(schema: Schema) -> tuple[Mapping[str, Any], ...]:
    """Return how servers are asked for JSON of a schema: OpenAI's way first, then that of older llama.cpp servers.

    https://docs.vllm.ai/en/latest/features/structured_outputs/, https://github.com/ggml-org/llama.cpp, tools/server
    """
    whole = dict(schema)
    return (
        {"type": "json_schema", "json_schema": {"name": SCHEMA_NAME, "schema": whole, "strict": True}},
        {"type": "json_object", "schema": whole},
    )


def _piece(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text that an event adds, and why the answer ends with it, "" where it does not.

    What a model thinks before it answers comes under other keys, and is not read.
    """
    choices = event.get("choices")
    if choices == []:  # usage comes in an event without a choice
        return "", ""
    try:
        choice = choices[0]  # type: ignore[index]  # of whatever shape it is
        piece, ended = choice.get("delta", {}).get("content"), choice.get("finish_reason")
    except (TypeError, LookupError, AttributeError):
        piece, ended = 0, ""
    if not isinstance(piece, str | None) or not isinstance(ended, str | None):
        raise NoAnswer("wrong shape", "the endpoint's stream holds an event of another shape than its own")
    return piece or "", ended or ""


def _message(body: str) -> str:
    """Return what a refusal says, in the wrappings that servers use, as one short line."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return one_line(body)
    for key in ("error", "message", "detail"):
        if isinstance(told, dict) and key in told:
            told = told[key]
    return one_line(told if isinstance(told, str) else json.dumps(told))
