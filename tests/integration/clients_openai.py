"""What OpenAI's own Python client makes of a server: run in the environment of `.ci/clients`, prints JSON.

`python clients_openai.py URL MODEL`: every answer as the client parsed it, by the name of the question.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import openai
from clients_schema import SCHEMA

TOOL: Any = {"type": "function", "function": {"name": "forecast", "description": "d", "parameters": SCHEMA}}
HELLO: Any = [{"role": "user", "content": "Say something about the weather."}]

Client = Any  # openai.OpenAI, which the type checker does not see here


def streamed(client: Client, model: str) -> Any:
    chunks = list(
        client.chat.completions.create(
            model=model, messages=HELLO, max_tokens=12, seed=3, stream=True, stream_options={"include_usage": True}
        )
    )
    whole = client.chat.completions.create(model=model, messages=HELLO, max_tokens=12, seed=3)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    return {
        "role": chunks[0].choices[0].delta.role,
        "events": len(chunks),
        "same": text == whole.choices[0].message.content,
        "finish": [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1],
        "usage": chunks[-1].usage.model_dump()["completion_tokens"],
        "whole": whole.usage.model_dump()["completion_tokens"],
    }


def completed(client: Client, model: str) -> Any:
    answer = client.completions.create(
        model=model, prompt=["one", "two"], max_tokens=5, n=2, logprobs=2, extra_body={"ignore_eos": True}
    )
    return {
        "choices": [choice.index for choice in answer.choices],
        "tokens": [len(choice.logprobs.tokens) for choice in answer.choices],
        "usage": answer.usage.completion_tokens,
    }


def parsed(client: Client, model: str) -> Any:
    form: Any = {"type": "json_schema", "json_schema": {"name": "trip", "schema": SCHEMA, "strict": True}}
    answer = client.chat.completions.create(model=model, messages=HELLO, response_format=form, max_tokens=400)
    return {"finish": answer.choices[0].finish_reason, "value": json.loads(answer.choices[0].message.content)}


def called(client: Client, model: str) -> Any:
    """One turn of an agent's loop: the tool is called, its result given, an answer in words comes back."""
    first = client.chat.completions.create(model=model, messages=HELLO, tools=[TOOL]).choices[0]
    call = first.message.tool_calls[0]
    told = [*HELLO, first.message.model_dump(exclude_none=True)]
    told.append({"role": "tool", "tool_call_id": call.id, "content": "rain"})
    second = client.chat.completions.create(model=model, messages=told, tools=[TOOL], max_tokens=20).choices[0]
    pieces = [
        delta.function.arguments or ""
        for chunk in client.chat.completions.create(
            model=model, messages=HELLO, tools=[TOOL], tool_choice="required", stream=True
        )
        if chunk.choices
        for delta in chunk.choices[0].delta.tool_calls or ()
    ]
    return {
        "finish": first.finish_reason,
        "name": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "streamed": json.loads("".join(pieces)),
        "then": second.finish_reason,
        "words": bool(second.message.content),
    }


def scored(client: Client, model: str) -> Any:
    answer = client.chat.completions.create(
        model=model, messages=HELLO, max_tokens=4, logprobs=True, top_logprobs=3, extra_body={"ignore_eos": True}
    )
    content = answer.choices[0].logprobs.content
    return {
        "tokens": len(content),
        "top": [len(token.top_logprobs) for token in content],
        "text": "".join(token.token for token in content) == answer.choices[0].message.content,
    }


def listed(client: Client, model: str) -> Any:
    return [entry.id for entry in client.models.list()] == [model]


def refused(client: Client, model: str) -> Any:
    questions: dict[str, Callable[[], object]] = {
        "model": lambda: client.chat.completions.create(model="gpt-5", messages=HELLO),
        "tokens": lambda: client.chat.completions.create(model=model, messages=HELLO, max_tokens=-1),
        "context": lambda: client.completions.create(model=model, prompt="word " * 300_000),
        "many": lambda: client.chat.completions.create(model=model, messages=HELLO, n=10_000),
        "key": lambda: client.with_options(api_key="wrong").models.list(),
    }
    return {name: _error(question) for name, question in questions.items()}


def _error(question: Callable[[], object]) -> Any:
    try:
        question()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, isinstance(error.body, dict) and "message" in error.body]
    return "answered"


QUESTIONS: dict[str, Callable[[Client, str], Any]] = {
    "streamed": streamed, "completed": completed, "parsed": parsed, "called": called, "scored": scored,
    "listed": listed, "refused": refused,
}  # fmt: skip


def answers(url: str, model: str, key: str) -> Iterator[tuple[str, Any]]:
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
    for name, question in QUESTIONS.items():
        yield name, question(client, model)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dict(answers(*sys.argv[1:]))))
