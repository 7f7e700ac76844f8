"""What clients send, by its fields: OpenAI's and those of vLLM's own that a simulator can follow.

What only chooses words is checked and changes nothing; unknown fields are ignored, as vLLM does. Types are strict: a
number in quotes is refused, where vLLM would read it.
"""

from codecs import BOM_UTF8
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, from_json

from neuralnav_simulator.web.problems import ProblemError, bad_request

MOST_CHOICES = 128
MOST_STOPS = 4
MOST_PROMPTS = 1024
MOST_LOGPROBS = 20
MOST_PARTS = 10_000
"""Pieces of a message, calls of an assistant, tools: ten megabytes of them would stop the others for a second."""

SHOWN_ERRORS = 5
_INT64 = 2**63

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Penalty = Annotated[float, Field(ge=-2.0, le=2.0)]
Count = Annotated[int, Field(ge=1)]
TokenId = Annotated[int, Field(ge=0)]
Tokens = Annotated[list[TokenId], Field(fail_fast=True)]
StopText = Annotated[str, Field(min_length=1)]
Choices = Annotated[int, Field(ge=1, le=MOST_CHOICES)]
Seed = Annotated[int, Field(ge=-_INT64, lt=_INT64)]
Top = Annotated[int, Field(ge=0, le=MOST_LOGPROBS)]
Schema = dict[str, Any]


class Body(BaseModel):
    """A part of a request."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class StreamOptions(Body):
    """What a stream tells of usage."""

    include_usage: bool | None = False
    continuous_usage_stats: bool | None = False


class JsonSchema(Body):
    """A schema that an answer has to meet."""

    name: str
    schema_: Schema | None = Field(default=None, alias="schema")


class ResponseFormat(Body):
    """What an answer has to be."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class StructuredOutputs(Body):
    """vLLM's own way to say what an answer has to be; of its kinds only JSON is simulated."""

    json_: Schema | str | None = Field(default=None, alias="json")
    json_object: bool | None = None
    regex: str | None = None
    choice: Annotated[list[str], Field(fail_fast=True)] | None = None
    grammar: str | None = None
    structural_tag: Any = None


class Sampling(Body):
    """What a request for a chat and one for a completion have in common."""

    model: str | None = None
    n: Choices | None = 1
    seed: Seed | None = None
    stop: StopText | Annotated[list[StopText], Field(fail_fast=True, max_length=MOST_STOPS)] | None = None
    stop_token_ids: Tokens | None = None
    include_stop_str_in_output: bool = False
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0.0)] | None = None
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    top_k: Annotated[int, Field(ge=-1)] | None = None
    min_p: Share | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    repetition_penalty: Annotated[float, Field(gt=0.0)] | None = None
    logit_bias: dict[str, Annotated[float, Field(ge=-100.0, le=100.0)]] | None = None
    min_tokens: Annotated[int, Field(ge=0)] | None = 0
    ignore_eos: bool | None = False
    use_beam_search: bool | None = False
    prompt_logprobs: int | None = None
    truncate_prompt_tokens: Annotated[int, Field(ge=-1, lt=_INT64)] | None = None
    response_format: ResponseFormat | None = None
    structured_outputs: StructuredOutputs | None = None
    guided_json: Schema | str | None = None
    cache_salt: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    return_token_ids: bool | None = None


class CompletionBody(Sampling):
    """A request to /v1/completions."""

    prompt: (
        str
        | Annotated[Tokens, Field(min_length=1)]
        | Annotated[list[str], Field(fail_fast=True, min_length=1, max_length=MOST_PROMPTS)]
        | Annotated[
            list[Annotated[Tokens, Field(min_length=1)]], Field(fail_fast=True, min_length=1, max_length=MOST_PROMPTS)
        ]
    )
    max_tokens: Annotated[int, Field(ge=0)] | None = 16
    echo: bool | None = False
    logprobs: Top | None = None
    suffix: str | None = None


class Part(Body):
    """A piece of a message; only text is read."""

    type: str
    text: str | None = None
    refusal: str | None = None


class CalledFunction(Body):
    """What an assistant called, its arguments as a text of JSON."""

    name: str
    arguments: str = ""


class ToolCall(Body):
    """A call that an assistant made earlier."""

    id: str | None = None
    function: CalledFunction


class Message(Body):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | Annotated[list[Part], Field(fail_fast=True, max_length=MOST_PARTS)] | None = None
    tool_calls: Annotated[list[ToolCall], Field(fail_fast=True, max_length=MOST_PARTS)] | None = None


Messages = Annotated[list[Message], Field(fail_fast=True, min_length=1)]


class FunctionDefinition(Body):
    """A function that may be called."""

    name: Annotated[str, Field(min_length=1)]
    description: str | None = None
    parameters: Schema | None = None


class Tool(Body):
    """A tool; all tools are functions."""

    type: Literal["function"] = "function"
    function: FunctionDefinition


Tools = Annotated[list[Tool], Field(fail_fast=True, min_length=1, max_length=MOST_PARTS)]


class NamedFunction(Body):
    """The name of a function that has to be called."""

    name: Annotated[str, Field(min_length=1)]


class NamedTool(Body):
    """A tool that has to be called."""

    type: Literal["function"] = "function"
    function: NamedFunction


class ChatBody(Sampling):
    """A request to /v1/chat/completions."""

    messages: Messages
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    logprobs: bool | None = False
    top_logprobs: Top | None = None
    tools: Tools | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = True
    add_generation_prompt: bool = True
    continue_final_message: bool = False


class TokenizeBody(Body):
    """A request to /tokenize: a prompt, or messages as a chat has them."""

    model: str | None = None
    prompt: str | None = None
    messages: Messages | None = None
    tools: Tools | None = None
    add_generation_prompt: bool = True
    return_token_strs: bool | None = False


class DetokenizeBody(Body):
    """A request to /detokenize."""

    model: str | None = None
    tokens: Tokens


B = TypeVar("B", bound=Body)


def read_body(kind: type[B], raw: bytes, *, most_messages: int | None = None) -> B:
    """Return what a body says. Raises ProblemError that names the first fields which are wrong.

    More than `most_messages` are refused unread: to read a hundred thousand takes a second.
    """
    data = read_json(raw)
    if not isinstance(data, dict):
        raise bad_request("the body is JSON, but not an object")
    messages = data.get("messages")
    if most_messages is not None and isinstance(messages, list) and len(messages) > most_messages:
        message = (
            f"{len(messages)} messages have more tokens than this model's context: at most {most_messages} may fit"
        )
        raise bad_request(message, "messages")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise _refused(data, error.errors(include_url=False, include_context=False)) from error


def read_json(raw: bytes | str, what: str = "the body") -> object:
    """Return what JSON says; of a key given twice the last. Raises ProblemError, for half a surrogate pair too."""
    if isinstance(raw, bytes):
        raw = raw.removeprefix(BOM_UTF8)  # as vLLM's reader, for clients on Windows
    try:
        return from_json(raw, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise bad_request(f"{what} is not JSON: {error}") from error


def _refused(data: object, errors: list[ErrorDetails]) -> ProblemError:
    """Return the refusal; of the branches of a union, all that went wrong are told under one name."""
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(_field(data, error), []).append(error["msg"])
    told = [f"{field}: {', or: '.join(dict.fromkeys(messages))}" for field, messages in found.items()]
    more = f"; and {len(told) - SHOWN_ERRORS} more" if len(told) > SHOWN_ERRORS else ""
    return bad_request("; ".join(told[:SHOWN_ERRORS]) + more, next(iter(found)))


def _field(data: object, error: ErrorDetails) -> str:
    """Return the path in the body, `messages[0].role`, without the names that pydantic gives to branches."""
    path, location = "", error["loc"]
    for index, step in enumerate(location):
        missing = error["type"] == "missing" and index == len(location) - 1
        if isinstance(step, int):
            path += f"[{step}]"
            data = data[step] if isinstance(data, list) and step < len(data) else None
        elif isinstance(data, dict) and (missing or step in data):
            path += f".{step}" if path else step
            data = data.get(step)
    return path
