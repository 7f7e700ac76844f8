"""(Text, what the rules read, what a model read, Catalog) -> Draft: coherent, one finding a field, the rest told."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from neuralnav.draft.coherence import coherent, fitting
from neuralnav.draft.defaults import Naming, completed
from neuralnav.draft.found import STRENGTH, Found
from neuralnav.draft.leftover import unread_wishes
from neuralnav.draft.meaning import misspelt, same
from neuralnav.draft.outside import outside
from neuralnav.draft.questions import worth_asking
from neuralnav.draft.text import Text
from neuralnav.draft.topic import speaks_of_a_workload
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import FIELDS, Disagreement, Draft, Dropped, Engine, Finding, Reading
from neuralnav.model.workload import CUSTOM

VOICE = "rules"
"""Who speaks where no model is asked."""

READ_AS_WORDS = frozenset({
    "useCase", "experience", "domain", "priorities.accuracy", "priorities.cost", "priorities.latency",
    "priorities.complexity", "confidence", "deploy.redundancy", "deploy.mode",
})  # fmt: skip
"""Fields that follow from what words mean, at which a model is better; figures and names are read off them."""


def settle(
    text: Text,
    rules: Reading,
    llm: Reading | None,
    catalog: Catalog,
    *,
    naming: Naming | None = None,
    voice: str = VOICE,
    notes: tuple[str, ...] = (),
) -> Draft:
    """Return the draft that two readings of a prose give; `llm` is None where no model answered.

    Its findings are valid together and enough for a workload, or none at all where the prose speaks of another topic;
    "Can we get an LLM, please?" gives no findings, but questions.
    """
    found = _merged(rules, llm)
    engine: Engine = "rules" if llm is None else "llm"
    if not speaks_of_a_workload(text, found):
        return Draft(text.prose, (), found.unplaced, (), found.dropped, (), engine, voice, notes)
    if not found.findings:
        asked = worth_asking(text, completed(Found(), catalog, naming or Naming()), catalog)
        return Draft(text.prose, (), found.unplaced, asked, found.dropped, (), engine, voice, notes)
    found = replace(found, unplaced=(*found.unplaced, *outside(text, found.unplaced)))
    read = replace(found, unplaced=(*found.unplaced, *unread_wishes(text, found)))
    found = fitting(completed(coherent(read, catalog), catalog, naming or Naming()), catalog)
    ordered = tuple(found.findings[name] for name in FIELDS if name in found.findings)
    asked = worth_asking(text, found, catalog)
    unplaced = tuple(sorted(found.unplaced, key=lambda item: (item.quote.start, item.quote.end)))
    return Draft(text.prose, ordered, unplaced, asked, found.dropped, found.disagreements, engine, voice, notes)


def _merged(rules: Reading, llm: Reading | None) -> Found:
    """Return the findings of both readings as one a field, every difference between them told."""
    rules, llm = _readable(rules), None if llm is None else _readable(llm)
    own, other = _by_field(rules.findings), _by_field(llm.findings if llm else ())
    every = (rules,) if llm is None else (rules, llm)
    found = Found(
        findings={name: _taken(own.get(name), other.get(name))[0] for name in FIELDS if name in own or name in other},
        unplaced=tuple(dict.fromkeys(item for reading in every for item in reading.unplaced)),
        questions=tuple(item for reading in every for item in reading.questions),
        dropped=tuple(item for reading in every for item in reading.dropped),
    )
    return found if llm is None else replace(found, disagreements=tuple(_differences(own, other)))


def _readable(reading: Reading) -> Reading:
    """Return a reading without the quantities that no file may hold; why is told."""
    wrong = {item: why for item in reading.findings if (why := misspelt(item.field, item.value))}
    dropped = tuple(Dropped(item.field, item.value, item.engine, why) for item, why in wrong.items())
    kept = tuple(item for item in reading.findings if item not in wrong)
    return replace(reading, findings=kept, dropped=(*reading.dropped, *dropped))


def _by_field(findings: Iterable[Finding]) -> Mapping[str, Finding]:
    """Return one finding a field: the clearest, of equals the first."""
    best: dict[str, Finding] = {}
    for item in findings:
        if item.field not in best or STRENGTH[item.origin] > STRENGTH[best[item.field].origin]:
            best[item.field] = item
    return best


def _taken(own: Finding | None, other: Finding | None) -> tuple[Finding, str]:
    """Return which of the rules' finding and the model's is taken, and why."""
    if own is None or other is None:
        alone = own or other
        if alone is None:
            raise ValueError("neither engine found anything")
        return alone, "the other says nothing of it"
    if same(own.field, own.value, other.value):
        return (other if STRENGTH[other.origin] > STRENGTH[own.origin] else own), ""
    if own.field == "useCase" and other.value == CUSTOM:
        return own, "the model knows no use case for it"
    known = own.origin == "stated" and _share_words(own, other)  # "support bot" is no translation, whoever says so
    if own.field in READ_AS_WORDS and not known:
        return other, "what words mean is taken from the model"
    if _share_words(own, other):
        return own, "the rules read it off the same words"
    if STRENGTH[own.origin] > STRENGTH[other.origin]:
        return own, "the rules found it stated"
    return other, "the model read other words"


def _share_words(own: Finding, other: Finding) -> bool:
    return any(a.start < b.end and b.start < a.end for a in own.quotes for b in other.quotes)


def _differences(own: Mapping[str, Finding], other: Mapping[str, Finding]) -> Iterable[Disagreement]:
    for name in FIELDS:
        first, second = own.get(name), other.get(name)
        if first is None and second is None:
            continue
        if first is not None and second is not None and same(name, first.value, second.value):
            continue
        taken, why = _taken(first, second)
        values = [None if item is None else item.value for item in (first, second)]
        yield Disagreement(name, values[0], values[1], taken.engine, why)
