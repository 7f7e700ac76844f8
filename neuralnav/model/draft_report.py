"""What `neuralnav draft` reports: the structure behind its text, JSON and exit code."""

from typing import Literal

from neuralnav.model.draft import Engine, Origin
from neuralnav.model.lock import LockDoc, LockedAssumption
from neuralnav.model.report import Report, ReportedProblem

JsonValue = bool | int | float | str | tuple[str, ...]


class ReportedQuote(LockDoc):
    """Words of the prose."""

    text: str
    start: int
    """Where they begin, in characters of the prose from 0."""
    end: int
    """Where they end; the character there is not among them."""


class ReportedFinding(LockDoc):
    """A field of the workload, and the words behind it."""

    field: str
    """As in the file, dots between its steps, `spec` left out: traffic.users."""
    value: JsonValue
    """As the file spells it."""
    origin: Origin
    """stated: the words say it; inferred: it follows from them; default: nothing was said."""
    engine: Engine
    """Which engine it is taken from: rules or llm."""
    quotes: tuple[ReportedQuote, ...]
    """In the order of the prose; only a default has none."""
    why: str


class ReportedUnplaced(LockDoc):
    """Words that no field holds."""

    quote: ReportedQuote
    why: str


class ReportedQuestion(LockDoc):
    """Something worth asking."""

    field: str
    text: str
    why: str
    options: tuple[str, ...]
    """Answers to choose among; none where any may do."""
    quotes: tuple[ReportedQuote, ...]
    rank: int
    """0 for wishes that contradict each other, then by what the answer moves in a plan."""


class ReportedDrop(LockDoc):
    """A value that an engine gave and that was not taken."""

    field: str
    value: JsonValue
    engine: Engine
    why: str


class ReportedDisagreement(LockDoc):
    """A field of which the engines say different things. Null: that engine says nothing."""

    field: str
    rules: JsonValue | None
    llm: JsonValue | None
    taken: Engine
    why: str


class DraftReport(LockDoc):
    """A workload drafted from prose: what was found in which words, what was not, and what is worth asking."""

    version: Literal["v1alpha1"] = "v1alpha1"
    command: Literal["draft"] = "draft"
    exit_code: int
    engine: Engine | None
    """Who spoke: llm where a language model answered, else rules. Null where no prose was read."""
    voice: str
    """The same for people: rules, or the model and its endpoint."""
    notes: tuple[str, ...]
    """What else a reader must know, such as an endpoint that did not answer."""
    findings: tuple[ReportedFinding, ...]
    """One a field, in the order of the file."""
    unplaced: tuple[ReportedUnplaced, ...]
    questions: tuple[ReportedQuestion, ...]
    """Three at most, the first ones first."""
    dropped: tuple[ReportedDrop, ...]
    disagreements: tuple[ReportedDisagreement, ...]
    assumptions: tuple[LockedAssumption, ...]
    """What a plan of this workload takes for what the file leaves out."""
    path: str
    """The file that was written; empty where none was."""
    yaml: str
    """The text of the workload; empty where nothing was drafted."""
    plan: Report | None
    """What compiling the file gave; null where that was not asked."""
    problems: tuple[ReportedProblem, ...]
    """Why nothing was drafted or written."""
