"""What a draft is made of: what was found in prose, in which words, by which engine, and what stays open.

Fields are named as in a workload's file, dots between them, `spec` left out: `traffic.users`, `metadata.labels.env`.
"""

from dataclasses import dataclass
from typing import Literal

Origin = Literal["stated", "inferred", "default"]
"""Stated: the prose says it. Inferred: it follows from words of the prose. Default: taken for want of words."""

Engine = Literal["rules", "llm"]

Value = bool | int | float | str | tuple[str, ...]
"""A value as it is written in the file: 5000, "150ms", "6000 USD/month", ("H100", "L4")."""

FIELDS = (
    "metadata.name",
    "metadata.labels.env",
    "metadata.labels.team",
    "useCase",
    "experience",
    "domain",
    "traffic.users",
    "traffic.requestRate",
    "traffic.activeShare",
    "traffic.requestsPerActiveUserPerMinute",
    "traffic.peakFactor",
    "traffic.arrival",
    "traffic.burstSize",
    "traffic.profile",
    "traffic.promptTokens",
    "traffic.outputTokens",
    "slo.ttft",
    "slo.itl",
    "slo.e2e",
    "priorities.accuracy",
    "priorities.cost",
    "priorities.latency",
    "priorities.complexity",
    "constraints.models.allow",
    "constraints.models.deny",
    "constraints.families.allow",
    "constraints.families.deny",
    "constraints.licenses",
    "constraints.accelerators.allow",
    "constraints.accelerators.deny",
    "constraints.precisions",
    "constraints.contextLength",
    "constraints.budget",
    "constraints.gpus",
    "constraints.reasoning",
    "constraints.regions",
    "constraints.provider",
    "constraints.priceKind",
    "confidence",
    "deploy.namespace",
    "deploy.target",
    "deploy.mode",
    "deploy.redundancy",
    "deploy.autoscaling.maxReplicas",
    "deploy.autoscaling.class",
    "deploy.storage.tokenSecret",
)
"""Every field that a draft may set, in the order in which it is written. No engine sets another."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the prose: `prose[start:end] == text`, in characters of the prose as it was given."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A value of a field and the words behind it.

    `quotes` are in the order of the prose; only a default has none. `why` says, in a few words, how the value follows
    from them where it is not what they say: "the upper end of the range", "20 tokens/s are 50 ms a token".
    """

    field: str
    value: Value
    origin: Origin
    engine: Engine
    quotes: tuple[Quote, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Words that ask for something that no field of a workload holds, or that could not be read."""

    quote: Quote
    why: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A value that an engine gave and that the draft does not take: the prose does not hold it."""

    field: str
    value: Value
    engine: Engine
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something worth asking. `options` are answers to choose among, none where any answer may do.

    `rank` orders questions: 0 for wishes that contradict each other, then by what the answer moves in a plan.
    """

    field: str
    text: str
    why: str
    options: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    rank: int = 5


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field of which the two engines say different things, and what was taken. None: that engine says nothing."""

    field: str
    rules: Value | None
    llm: Value | None
    taken: Engine
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one engine, or one part of it, found. At most one finding a field, except while parts are put together."""

    findings: tuple[Finding, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    questions: tuple[Question, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def value(self, field: str) -> Value | None:
        """Return the value of a field, or None where nothing was found."""
        return next((item.value for item in self.findings if item.field == field), None)


@dataclass(frozen=True, slots=True)
class Draft:
    """A settled draft: one finding a field, in the order of `FIELDS`; at most three questions, the first ones first.

    `engine` is who spoke: "llm" where a model answered (the rules are then the second opinion), else "rules".
    `voice` names it for people: "rules", or "qwen2.5:7b at http://127.0.0.1:11434". `notes` say what else a reader must
    know, such as an endpoint that did not answer.
    """

    prose: str
    findings: tuple[Finding, ...]
    unplaced: tuple[Unplaced, ...]
    questions: tuple[Question, ...]
    dropped: tuple[Dropped, ...]
    disagreements: tuple[Disagreement, ...]
    engine: Engine
    voice: str
    notes: tuple[str, ...] = ()
