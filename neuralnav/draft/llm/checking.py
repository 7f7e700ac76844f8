"""What a model says, held against the prose: what the words do not bear out is dropped, and told.

Nothing that a model words itself reaches the draft: values are names of a catalog, figures and words of the prose, or
one of a field's own values; what it would ask is asked in words of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from neuralnav.draft.llm.accepted import refusal
from neuralnav.draft.llm.answer import Answer, Said
from neuralnav.draft.llm.figures import borne_out, is_figure
from neuralnav.draft.llm.names import known_names, plain, words_of
from neuralnav.draft.llm.places import Places, asks_for_little, in_prose, names_in, says_something
from neuralnav.draft.llm.spoken import speaks_of
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.numbers import Number, numbers
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Arrival, Catalog, Experience, PriceKind
from neuralnav.model.draft import Dropped, Finding, Origin, Question, Quote, Reading, Unplaced, Value
from neuralnav.model.workload import Target

QUESTIONS: Mapping[str, str] = {
    "useCase": "What is the service for?",
    "experience": "How fast must an answer feel: instant, conversational, interactive, deferred, or batch?",
    "traffic.users": "How many people will use it?",
    "traffic.peakFactor": "How much more traffic comes at the peak than on average?",
    "slo.ttft": "How long may people wait for the first word of an answer?",
    "slo.e2e": "How long may a whole answer take?",
    "constraints.accelerators.allow": "Which GPUs may it run on?",
    "constraints.models.allow": "Must it be a certain model?",
    "constraints.licenses": "Which licences may the model have?",
    "constraints.contextLength": "How many tokens must fit into one request?",
    "constraints.budget": "What may it cost a month?",
    "constraints.regions": "Must it run in certain regions?",
}
RANK = 7
"""Behind what the rules ask, and before nothing."""

_COPIED = frozenset(
    {
        "metadata.name", "metadata.labels.env", "metadata.labels.team", "traffic.profile", "constraints.regions",
        "constraints.provider", "deploy.namespace", "deploy.storage.tokenSecret",
    }
)  # fmt: skip
"""Fields whose value is a name that somebody chose: the prose holds it, or it is made up."""

_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "experience": get_args(Experience),
    "traffic.arrival": get_args(Arrival),
    "constraints.priceKind": get_args(PriceKind),
    "deploy.target": get_args(Target),
}
"""Fields whose values are words that people use as well: those of another value are no proof of this one."""

_NAMED = ("constraints.models", "constraints.families", "constraints.accelerators")
_LISTED = (*_NAMED, "constraints.licenses", "constraints.precisions")
_UNSPOKEN = "the sentence of the words that it quotes does not speak of this"
_SHORTEST_KIN = 4
_SHORTEST_STEM = 3

Verdict = Finding | Dropped


def check(answer: Answer, text: Text, catalog: Catalog, rules: Reading) -> Reading:
    """Return what of an answer the text bears out, at most one finding a field, and what is dropped and why.

    A value that the rules read as well needs no other proof than theirs, and has their words. Else its quote must stand
    in the prose, outside words that speak to a model; a number must stand there too, in the quote or its sentence; a
    name must be one of the catalog, and be named; and the workload model must take the value.
    """
    checking = _Checking(Places(text), numbers(text), catalog, rules)
    findings: dict[str, Finding] = {}
    dropped: list[Dropped] = []
    for said in answer.findings:
        for verdict in checking.judged(said):
            match verdict:
                case Dropped():
                    dropped.append(verdict)
                case Finding() if verdict.field not in findings:
                    findings[verdict.field] = verdict
                case Finding() if verdict.value != findings[verdict.field].value:
                    dropped.append(
                        _dropped(verdict.field, verdict.value, "the model gives another value for it before")
                    )
                case Finding():
                    pass
    return Reading(
        findings=tuple(findings.values()),
        unplaced=checking.unplaced(answer.unplaced, findings.values()),
        questions=tuple(
            Question(field, QUESTIONS[field], "the model finds nothing said of it", rank=RANK)
            for field in dict.fromkeys(answer.questions)
            if field not in findings and rules.value(field) is None
        ),
        dropped=tuple(dropped),
    )


@dataclass(frozen=True, slots=True)
class _Checking:
    places: Places
    numbers: Sequence[Number]
    catalog: Catalog
    rules: Reading

    def judged(self, said: Said) -> tuple[Verdict, ...]:
        """Return the finding that is left of what a model says, if any, and what is dropped of it."""
        value = _spelled(said.value)
        agreed = next((item for item in self.rules.findings if item.field == said.field), None)
        if agreed is not None and _agree(agreed.value, value):
            return (replace(agreed, engine="llm"),)
        quotes = self.places.find(said.quote)
        if not quotes:
            return (_dropped(said.field, value, "the words that it quotes are not in the prose"),)
        if any(self.places.is_hostile(quote) for quote in quotes):
            return (_dropped(said.field, value, "the words that it quotes give orders to a model"),)
        if isinstance(value, tuple):
            return self._listed(said.field, value, quotes)
        return (self._accepted(self._single(said.field, value, quotes)),)

    def unplaced(self, words: Sequence[str], findings: Iterable[Finding]) -> tuple[Unplaced, ...]:
        """Return the words that a model places nowhere, where the prose holds them and nothing was read from them."""
        taken = [quote for item in findings for quote in item.quotes]
        found = {
            quote: Unplaced(quote, "the model finds no field for it")
            for told in words
            for quote in self.places.find(told)
            if not self.places.is_hostile(quote) and not any(_overlap(quote, other) for other in taken)
        }
        return tuple(found.values())

    def _single(self, field: str, value: Value, quotes: tuple[Quote, ...]) -> Verdict:
        if is_figure(field):
            return self._figure(field, value, quotes)
        if field == "domain" and not _kin(str(value), names_in(quotes)):
            return _dropped(field, value, "the words that it quotes do not name this domain")
        if field == "traffic.profile" and value not in self.catalog.profiles:
            return _dropped(field, value, "the catalog has no such profile")
        if field == "useCase" and value != "custom" and value not in self.catalog.use_cases:
            return _dropped(field, value, "the catalog has no such use case")
        if field == "useCase" and negated(self.places.text, self.places.span(quotes[0])):
            return _dropped(field, value, "the prose says that it is not this")
        return self._word(field, value, quotes)

    def _word(self, field: str, value: Value, quotes: tuple[Quote, ...]) -> Verdict:
        """Return a finding of a name or of one of a field's own words: stated where the quote says that word."""
        named = names_in(quotes)
        if not self._spoken(field, quotes):
            return _dropped(field, value, _UNSPOKEN)
        if field in _COPIED and not _said_in(str(value), named):
            return _dropped(field, value, "the words that it quotes do not hold this name")
        if field in _COPIED or (plain(str(value)) in named and not field.startswith("priorities.")):
            return Finding(field, value, "stated", "llm", quotes)
        other = next((each for each in _ONE_OF.get(field, ()) if each != value and plain(each) in named), None)
        if other is not None:
            return _dropped(field, value, f"the words that it quotes say {other}")
        if not says_something(quotes):
            return _dropped(field, value, "the words that it quotes say nothing by themselves")
        if value == "low" and asks_for_little(quotes):
            return _dropped(field, value, "the words that it quotes ask for little of it, so it matters")
        return Finding(field, value, "inferred", "llm", quotes)

    def _figure(self, field: str, value: Value, quotes: tuple[Quote, ...]) -> Verdict:
        """Return a finding of a number with the words that hold it: those quoted, or others of their sentence."""
        text = self.places.text
        sentences = [self.places.sentence(quote) for quote in quotes]
        beside: Finding | None = None
        for number in self.numbers:
            start, end = in_prose(text, (number.start, number.end))
            quoted = any(quote.start <= start and end <= quote.end for quote in quotes)
            if not quoted and not any(first <= start and end <= last for first, last in sentences):
                continue
            how = borne_out(field, value, number, text)
            if how is None:
                continue
            origin: Origin = "stated" if how == "says" else "inferred"
            why = "" if how == "says" else number.why or "counted over to this unit"
            if quoted:
                return Finding(field, value, origin, "llm", quotes, why)
            held = text.quote(number.start, number.end)
            beside = beside or Finding(field, value, origin, "llm", _ordered((*quotes, held)), why)
        return beside or _dropped(field, value, "the words that it quotes do not hold this number")

    def _listed(self, field: str, value: tuple[str, ...], quotes: tuple[Quote, ...]) -> tuple[Verdict, ...]:
        """Return a finding of the names of a list that are known and named, and what is dropped of it."""
        if not self._spoken(field, quotes):
            return (_dropped(field, value, _UNSPOKEN),)
        named = names_in(quotes)
        kept: dict[str, Origin] = {}
        dropped: list[Verdict] = []
        for given in value:
            names = known_names(field, given, self.catalog)
            why = "" if names else "the catalog does not know it"
            for name in names:
                origin = self._named(field, name, named)
                if origin is not None:
                    kept[name] = origin
                else:
                    why = "the words that it quotes do not name it"
            if why and not any(name in kept for name in names):
                dropped.append(_dropped(field, (given,), why))
        if not kept:
            return tuple(dropped)
        if field.endswith(".allow") and self._denied(quotes):
            return (*dropped, _dropped(field, tuple(kept), "the prose rules it out"))
        origin = "stated" if all(each == "stated" for each in kept.values()) else "inferred"
        return (*dropped, self._accepted(Finding(field, tuple(kept), origin, "llm", quotes)))

    def _named(self, field: str, name: str, named: frozenset[str]) -> Origin | None:
        """Tell how words name a thing: by its own name, by its maker or family, or (None) not at all."""
        if not field.startswith(_LISTED):
            return "stated" if _said_in(name, named) else None
        if plain(name) in named:
            return "stated"
        if not field.startswith(_NAMED):
            return "inferred"  # an open licence, a small format: words that name none by itself
        return "inferred" if any(word in named for word in words_of(field, name, self.catalog)) else None

    def _spoken(self, field: str, quotes: tuple[Quote, ...]) -> bool:
        return any(speaks_of(field, self.places.sentence_words(quote)) for quote in quotes)

    def _denied(self, quotes: tuple[Quote, ...]) -> bool:
        return all(negated(self.places.text, self.places.span(quote)) for quote in quotes)

    def _accepted(self, verdict: Verdict) -> Verdict:
        if isinstance(verdict, Dropped):
            return verdict
        said = refusal(verdict.field, verdict.value)
        return _dropped(verdict.field, verdict.value, f"no workload takes it: {said}") if said else verdict


def _dropped(field: str, value: Value, why: str) -> Dropped:
    return Dropped(field, value, "llm", why)


def _spelled(value: Value) -> Value:
    """Return a value as a file has it: whole numbers without a point."""
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value.strip() if isinstance(value, str) else value


def _agree(one: Value, other: Value) -> bool:
    """Tell whether two values are the same but for the order of names and the way that they are written."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return {plain(name) for name in one} == {plain(name) for name in other}
    if isinstance(one, str) and isinstance(other, str):
        return "".join(one.split()).lower() == "".join(other.split()).lower()
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _kin(value: str, named: frozenset[str]) -> bool:
    """Tell whether words hold a name or one that begins alike: "health" of "healthcare", "banking" of "bank"."""
    wanted = plain(value)
    if not all(part.isalnum() for part in value.replace("-", " ").split()):
        return False
    return wanted in named or any(
        min(len(word), len(wanted)) >= _SHORTEST_KIN and (word.startswith(wanted) or wanted.startswith(word))
        for word in named
    )


def _said_in(value: str, named: frozenset[str]) -> bool:
    """Tell whether words hold a name, or a word that it is the stem of ("prod" of "production")."""
    wanted = plain(value)
    if not wanted:
        return False
    return wanted in named or (len(wanted) >= _SHORTEST_STEM and any(word.startswith(wanted) for word in named))


def _ordered(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    return tuple(sorted(quotes, key=lambda quote: quote.start))


def _overlap(one: Quote, other: Quote) -> bool:
    return one.start < other.end and other.start < one.end
