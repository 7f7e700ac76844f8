"""Ollama, through its own package: structured output by JSON Schema, streamed."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

import ollama
from pydantic import ValidationError

from neuralnav.draft.llm.port import Limits, Message, NoAnswer, OnText, Schema, one_line
from neuralnav.draft.llm.wire import Collected, out_of_tokens, settings, within


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """A model of an Ollama server."""

    name: str
    url: str

    @property
    def endpoint(self) -> str:
        """Where the prose goes."""
        return self.url

    def answer(self, messages: Sequence[Message], schema: Schema, *, limits: Limits, on_text: OnText) -> str:
        """Return the text of the model's answer; raises `NoAnswer`."""

        async def attempt() -> str:
            try:
                return await self._ask(messages, schema, limits, on_text)
            except ollama.ResponseError as error:
                raise self._refusal(error) from None
            except (JSONDecodeError, UnicodeDecodeError):
                raise NoAnswer("not json", "Ollama's stream holds a line that is not JSON") from None
            except (
                ValidationError,
                AttributeError,
                TypeError,
            ):  # the package takes every line for an object of its kind
                raise NoAnswer("wrong shape", "Ollama's stream holds a line of another shape than its own") from None

        return within(limits, attempt)

    async def _ask(self, messages: Sequence[Message], schema: Schema, limits: Limits, on_text: OnText) -> str:
        options: dict[str, Any] = {
            "temperature": limits.temperature, "seed": limits.seed, "num_predict": limits.max_output_tokens,
            "num_ctx": limits.context_tokens,
        }  # fmt: skip
        collected = Collected(limits, on_text)
        async with ollama.AsyncClient(host=self.url, **settings(self.url, limits)) as client:
            parts = await client.chat(
                model=self.name,
                messages=[{"role": message.role, "content": message.content} for message in messages],
                stream=True,
                think=False,
                format=dict(schema),
                options=options,
            )
            async with aclosing(parts):
                async for part in parts:
                    collected.add(part.message.content or "")
                    if part.done:
                        if part.done_reason == "length":
                            raise out_of_tokens(limits)
                        return collected.text
        raise NoAnswer("cut short", "Ollama's stream ends before the answer does")

    def _refusal(self, error: ollama.ResponseError) -> NoAnswer:
        said = one_line(error.error)
        if error.status_code == 404:
            return NoAnswer(
                "wrong model", f"Ollama does not have {self.name}", hint=f"run: ollama pull {self.name}", status=404
            )
        if error.status_code < 0:  # said in the stream, after a beginning that was well
            return NoAnswer("status", f"Ollama breaks off: {said}", status=500)
        return NoAnswer("status", f"Ollama answers {error.status_code}: {said}", status=error.status_code)
