"""What a model is asked to answer, as types, and the JSON Schema that binds its decoding.

The schema is committed beside the prompt, `prompts/v1.schema.json`, and generated from here
(`python -m tests.tools.write_draft_schema`). Grammars of constrained decoding know little: no references, no patterns,
every property required, every text and list bounded. The quote stands before the value, so that a model finds the
words before it says what they mean.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neuralnav.draft.llm.port import NoAnswer, one_line
from neuralnav.model.catalog.facts import Arrival, Experience, Precision, PriceKind
from neuralnav.model.workload import AutoscalerClass, Confidence, Level, Mode, Redundancy, Target

VERSION = "v1"
PROMPTS = Path(__file__).parent / "prompts"

UseCaseId = Literal[
    "chatbot_conversational",
    "code_completion",
    "code_generation_detailed",
    "translation",
    "content_generation",
    "summarization_short",
    "document_analysis_rag",
    "long_document_summarization",
    "research_legal_analysis",
    "custom",
]
NumberField = Literal[
    "traffic.users",
    "traffic.activeShare",
    "traffic.requestsPerActiveUserPerMinute",
    "traffic.peakFactor",
    "traffic.burstSize",
    "traffic.promptTokens",
    "traffic.outputTokens",
    "constraints.contextLength",
    "constraints.gpus",
    "deploy.autoscaling.maxReplicas",
]
TextField = Literal[
    "metadata.name",
    "metadata.labels.env",
    "metadata.labels.team",
    "domain",
    "traffic.requestRate",
    "traffic.profile",
    "slo.ttft",
    "slo.itl",
    "slo.e2e",
    "constraints.budget",
    "constraints.provider",
    "deploy.namespace",
    "deploy.storage.tokenSecret",
]
ListField = Literal[
    "constraints.models.allow",
    "constraints.models.deny",
    "constraints.families.allow",
    "constraints.families.deny",
    "constraints.licenses",
    "constraints.accelerators.allow",
    "constraints.accelerators.deny",
    "constraints.regions",
]
PriorityField = Literal["priorities.accuracy", "priorities.cost", "priorities.latency", "priorities.complexity"]
AskedField = Literal[
    "useCase",
    "experience",
    "traffic.users",
    "traffic.peakFactor",
    "slo.ttft",
    "slo.e2e",
    "constraints.accelerators.allow",
    "constraints.models.allow",
    "constraints.licenses",
    "constraints.contextLength",
    "constraints.budget",
    "constraints.regions",
]
"""What is worth a question; the words of a question are ours (`checking.QUESTIONS`), never a model's."""

Words = Annotated[str, Field(min_length=1, max_length=160)]
"""Words copied from the prose."""

Item = Annotated[str, Field(min_length=1, max_length=48)]


class _Part(BaseModel):
    """A part of an answer; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _UseCase(_Part):
    field: Literal["useCase"]
    quote: Words
    value: UseCaseId


class _Experience(_Part):
    field: Literal["experience"]
    quote: Words
    value: Experience


class _Number(_Part):
    field: NumberField
    quote: Words
    value: float


class _Text(_Part):
    field: TextField
    quote: Words
    value: Item


class _List(_Part):
    field: ListField
    quote: Words
    value: Annotated[tuple[Item, ...], Field(min_length=1, max_length=12)]


class _Precisions(_Part):
    field: Literal["constraints.precisions"]
    quote: Words
    value: Annotated[tuple[Precision, ...], Field(min_length=1, max_length=5)]


class _Priority(_Part):
    field: PriorityField
    quote: Words
    value: Level


class _Arrival(_Part):
    field: Literal["traffic.arrival"]
    quote: Words
    value: Arrival


class _Reasoning(_Part):
    field: Literal["constraints.reasoning"]
    quote: Words
    value: bool


class _PriceKind(_Part):
    field: Literal["constraints.priceKind"]
    quote: Words
    value: PriceKind


class _Confidence(_Part):
    field: Literal["confidence"]
    quote: Words
    value: Confidence


class _Target(_Part):
    field: Literal["deploy.target"]
    quote: Words
    value: Target


class _Mode(_Part):
    field: Literal["deploy.mode"]
    quote: Words
    value: Mode


class _Redundancy(_Part):
    field: Literal["deploy.redundancy"]
    quote: Words
    value: Redundancy


class _Autoscaler(_Part):
    field: Literal["deploy.autoscaling.class"]
    quote: Words
    value: AutoscalerClass


Said = Annotated[
    _UseCase
    | _Experience
    | _Number
    | _Text
    | _List
    | _Precisions
    | _Priority
    | _Arrival
    | _Reasoning
    | _PriceKind
    | _Confidence
    | _Target
    | _Mode
    | _Redundancy
    | _Autoscaler,
    Field(discriminator="field"),
]
"""A value that a model reads from the prose, and the words that it reads it from."""


class Answer(_Part):
    """What a model says of a text: values, words that no field holds, and fields worth asking for."""

    findings: Annotated[tuple[Said, ...], Field(max_length=40)]
    unplaced: Annotated[tuple[Words, ...], Field(max_length=8)]
    questions: Annotated[tuple[AskedField, ...], Field(max_length=3)]


def parse_answer(text: str) -> Answer:
    """Return the answer that a text holds, whatever a model has put around it.

    Some grammars let line breaks into texts as they are, which is no JSON by the letter; they are taken.
    Raises `NoAnswer` for a text that is no JSON, or JSON of another shape.
    """
    inner = text[text.find("{") : text.rfind("}") + 1]
    try:
        return Answer.model_validate_json(json.dumps(json.loads(inner, strict=False)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole of it"
        wrong = _WRONG.get(first["type"], first["msg"][:1].lower() + first["msg"][1:])
        raise NoAnswer("wrong shape", one_line(f"the answer is JSON of another shape: {where}: {wrong}")) from None
    except (ValueError, RecursionError):
        raise NoAnswer("not json", "the answer is not JSON") from None


_WRONG: Mapping[str, str] = {"union_tag_invalid": "no such field", "json_invalid": "a text that is none"}


def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of an answer, plain enough for a grammar."""
    made = Answer.model_json_schema()
    plain: dict[str, Any] = _plain(made, made.get("$defs", {}))
    return plain


def schema_text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(schema(), indent=1) + "\n"


_LEFT_OUT = frozenset({"$defs", "title", "description", "discriminator"})


def _plain(node: Any, types: Mapping[str, Any]) -> Any:
    """Return a part of a schema with its references filled in, and without what says nothing to a grammar."""
    if isinstance(node, list):
        return [_plain(item, types) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(types[node["$ref"].rpartition("/")[2]], types)
    plain = {key: _plain(value, types) for key, value in node.items() if key not in _LEFT_OUT}
    if "const" in plain:
        return {"type": "string", "enum": [plain["const"]]}
    if "oneOf" in plain:  # the alternatives differ by their field, so one of them is any of them
        plain["anyOf"] = plain.pop("oneOf")
    return plain
