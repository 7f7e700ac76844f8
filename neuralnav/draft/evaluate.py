"""How well drafts read descriptions: their findings beside what a careful reader makes of the same words."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from neuralnav.draft.alike import Names, Sense, alike, sense_of, shown
from neuralnav.model.draft import FIELDS, Draft, Finding, Value

Outcome = Literal["right", "wrong", "missed", "invented"]
"""Wrong: another value. Missed: none. Invented: one where the label says that there is none."""

QUESTION = "(question)"
UNPLACED = "(unplaced)"
"""What a case may say beside fields."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "use case": ("useCase",),
    "users": ("traffic.users",),
    "GPUs and models": (
        "constraints.models.allow",
        "constraints.models.deny",
        "constraints.families.allow",
        "constraints.families.deny",
        "constraints.accelerators.allow",
        "constraints.accelerators.deny",
    ),
    "priorities": ("priorities.accuracy", "priorities.cost", "priorities.latency", "priorities.complexity"),
}
"""Fields that are judged together; every other field is in `OTHERS`."""

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any of these values is right."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Any amount of this span is right, both ends included, in the unit of the field's meaning."""

    low: float
    high: float


Expected = OneOf | Between


@dataclass(frozen=True, slots=True)
class Case:
    """A description and its labels, as `DraftCase` has them."""

    file: str
    language: str
    id: str
    prose: str
    expect: Mapping[str, Expected]
    absent: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    question: bool | str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One label of a case and what a draft made of it."""

    case: Case
    field: str
    outcome: Outcome
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A finding of a field of which the labels say nothing: debatable, or made up. It counts nowhere."""

    case: Case
    field: str
    got: str


@dataclass(frozen=True, slots=True)
class BrokenQuote:
    """A finding whose quote does not stand in the prose, or that has none."""

    case: Case
    field: str
    quote: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of judgements. `labelled` counts the fields that the labels expect, found or not."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0

    @property
    def labelled(self) -> int:
        """The number of values that the labels expect."""
        return self.right + self.wrong + self.missed

    @property
    def share(self) -> float:
        """The share that is right, what was invented counted as wrong; 1 where nothing was judged."""
        judged = self.labelled + self.invented
        return self.right / judged if judged else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """What a set of drafts is worth. `quotes` counts the findings whose words were looked up in the prose.

    `voices` counts the drafts of each engine by its name: a model that was asked need not answer each time.
    """

    voices: Mapping[str, int]
    cases: int
    judgements: tuple[Judgement, ...]
    quotes: int
    broken: tuple[BrokenQuote, ...]
    unlabelled: tuple[Unlabelled, ...]

    def tally(self, wanted: Callable[[Judgement], bool]) -> Tally:
        """Count the judgements that are wanted. A trap that was not fallen into counts nowhere."""
        found = [item.outcome for item in self.judgements if wanted(item) and item.expected != "-"]
        fallen = sum(1 for item in self.judgements if wanted(item) and item.outcome == "invented")
        return Tally(found.count("right"), found.count("wrong"), found.count("missed"), fallen)

    def by_field(self) -> Mapping[str, Tally]:
        """Return the tally of each field that is judged, in the order of `FIELDS`."""
        return self._by((*FIELDS, UNPLACED, QUESTION), lambda item: item.field)

    def by_group(self) -> Mapping[str, Tally]:
        """Return the tally of each group of fields."""
        return self._by((*GROUPS, OTHERS), lambda item: group_of(item.field))

    def by_file(self) -> Mapping[str, Tally]:
        """Return the tally of each file of cases, in the order of the cases."""
        return self._by(tuple(dict.fromkeys(item.case.file for item in self.judgements)), lambda item: item.case.file)

    def by_language(self) -> Mapping[str, Tally]:
        """Return the tally of each language, in the order of the cases."""
        languages = tuple(dict.fromkeys(item.case.language for item in self.judgements))
        return self._by(languages, lambda item: item.case.language)

    def misses(self) -> tuple[Judgement, ...]:
        """Return what is not right, in the order of the cases."""
        return tuple(item for item in self.judgements if item.outcome != "right")

    def _by(self, keys: Iterable[str], key_of: Callable[[Judgement], str]) -> Mapping[str, Tally]:
        present = {key_of(item) for item in self.judgements}
        return {key: self.tally(lambda item, key=key: key_of(item) == key) for key in keys if key in present}  # type: ignore[misc]  # mypy gives a lambda with a default no type


def group_of(field: str) -> str:
    """Return the group that a field is judged in."""
    return next((name for name, fields in GROUPS.items() if field in fields), OTHERS)


def score(cases: Sequence[Case], drafts: Sequence[Draft], names: Names) -> Score:
    """Compare each case with its draft, which stands at the same place. A default counts as nothing found."""
    judgements: list[Judgement] = []
    broken: list[BrokenQuote] = []
    unlabelled: list[Unlabelled] = []
    quotes = 0
    for case, draft in zip(cases, drafts, strict=True):
        judgements += _judged(case, draft, names)
        spoken = [item for item in draft.findings if item.origin != "default"]
        quotes += len(spoken)
        broken += [found for item in spoken for found in _broken(case, item)]
        beyond = [item for item in spoken if item.field not in (*case.expect, *case.absent)]
        unlabelled += [Unlabelled(case, item.field, shown(item.value)) for item in beyond]
    voices = Counter(draft.voice for draft in drafts)
    return Score(voices, len(cases), tuple(judgements), quotes, tuple(broken), tuple(unlabelled))


def _broken(case: Case, finding: Finding) -> Iterator[BrokenQuote]:
    if not finding.quotes:
        yield BrokenQuote(case, finding.field, "")
    for quote in finding.quotes:
        if not quote.text.strip() or case.prose[quote.start : quote.end] != quote.text:
            yield BrokenQuote(case, finding.field, quote.text)


def _judged(case: Case, draft: Draft, names: Names) -> Iterator[Judgement]:
    found = {item.field: item.value for item in draft.findings if item.origin != "default"}
    equal = {field for fields in _SELECTIONS for field in fields if _admits_the_same(fields, case, found, names)}
    for field, expected in case.expect.items():
        value = found.get(field)
        right = field in equal or (value is not None and _is(field, value, expected, names))
        outcome: Outcome = "right" if right else "missed" if value is None else "wrong"
        yield Judgement(case, field, outcome, expected_text(expected), shown(value))
    for field in case.absent:
        yield Judgement(case, field, "invented" if field in found else "right", "-", shown(found.get(field)))
    told = " ".join(item.quote.text for item in draft.unplaced)
    for words in case.unplaced:
        yield Judgement(case, UNPLACED, "right" if _plain(words) in _plain(told) else "missed", words, told or "-")
    if case.question is not None:
        yield _asked(case, draft)


def _asked(case: Case, draft: Draft) -> Judgement:
    asked = [item.field for item in draft.questions]
    got = ", ".join(asked) or "-"
    match case.question:
        case str() as field:
            return Judgement(case, QUESTION, "right" if field in asked else "missed", field, got)
        case False:
            return Judgement(case, QUESTION, "invented" if asked else "right", "-", got)
        case _:
            return Judgement(case, QUESTION, "right" if asked else "missed", "any", got)


def expected_text(expected: Expected) -> str:
    """Return what is expected as a table shows it."""
    match expected:
        case OneOf(values=values):
            return " or ".join(shown(value) for value in values)
        case Between(low=low, high=high):
            return f"{low:g} to {high:g}"


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _is(field: str, value: Value, expected: Expected, names: Names) -> bool:
    got = _sense_or_none(field, value, names)
    match expected:
        case OneOf(values=values):
            return got is not None and any(alike(field, got, sense_of(field, item, names)) for item in values)
        case Between(low=low, high=high):
            return isinstance(got, float) and low <= got <= high


def _sense_or_none(field: str, value: object, names: Names) -> Sense | None:
    """Return what a value says, or None where it is none of that field: an engine may have made it up."""
    try:
        return sense_of(field, value, names)
    except ValueError:
        return None


_MODELS = (
    "constraints.models.allow",
    "constraints.models.deny",
    "constraints.families.allow",
    "constraints.families.deny",
)
_ACCELERATORS = ("constraints.accelerators.allow", "constraints.accelerators.deny")
_SELECTIONS = (_MODELS, _ACCELERATORS)
"""Fields that choose among the same things: "no NVIDIA" may be written as what is left, or as what is not."""


def _admits_the_same(fields: tuple[str, ...], case: Case, found: Mapping[str, Value], names: Names) -> bool:
    """Tell whether a draft lets through what the labels of these fields do, whichever of them it uses."""
    labelled = {field: case.expect[field] for field in fields if field in case.expect}
    got = {field: _sense_or_none(field, found[field], names) for field in fields if field in found}
    if not labelled or not got or None in got.values():
        return False
    choices = [item.values for item in labelled.values() if isinstance(item, OneOf)]
    admitted = _admitted({field: value for field, value in got.items() if value is not None}, fields, names)
    return any(
        _admitted({f: sense_of(f, v, names) for f, v in zip(labelled, chosen, strict=True)}, fields, names) == admitted
        for chosen in product(*choices)
    )


def _admitted(senses: Mapping[str, Sense], fields: tuple[str, ...], names: Names) -> frozenset[str]:
    """Return the ids that the lists of a selection leave."""
    kinds = names.accelerators if fields == _ACCELERATORS else names.models
    left = frozenset[str]().union(*kinds.values())
    for field, value in senses.items():
        if not isinstance(value, frozenset):
            continue
        ids = frozenset[str]().union(*(names.families[name] for name in value)) if ".families." in field else value
        left = left & ids if field.endswith(".allow") else left - ids
    return left
