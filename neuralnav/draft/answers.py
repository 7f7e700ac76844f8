"""An answer to a question of a draft: one of its options by number or word, a figure, a yes; or nothing of these."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from neuralnav.draft.refining.scaling import WHOLE
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.numbers import figure, numbers
from neuralnav.draft.text import folded
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import FIELDS, Question, Quote, Value

SKIPPED = frozenset({
    "skip", "next", "later", "pass", "no idea", "dunno", "don't know", "dont know", "i don't know", "not sure",
    "no answer", "never mind", "weiter", "weiss nicht", "keine ahnung", "passe", "suivant", "je ne sais pas",
    "siguiente", "no se", "no lo se", "スキップ", "わからない", "分からない", "跳过", "不知道",
})  # fmt: skip
ORDINALS: Mapping[str, int] = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "last": -1, "erste": 1, "ersten": 1, "zweite": 2, "zweiten": 2, "dritte": 3, "dritten": 3, "letzte": -1,
    "premier": 1, "premiere": 1, "deuxieme": 2, "second e": 2, "troisieme": 3, "dernier": -1, "derniere": -1,
    "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "ultimo": -1, "ultima": -1,
}  # fmt: skip
YES = words_of("yes y yep yeah sure ok okay ja oui si true はい 是 是的 对 可以")
NO = words_of("no n nope nah nein non false いいえ 不 不是 否 不行")

_SHORT = 6
_UNITS: Mapping[str, str] = {"constraints.budget": " USD/month", "traffic.requestRate": " req/s", "slo.ttft": "ms",
                             "slo.itl": "ms", "slo.e2e": "ms"}  # fmt: skip
FIGURES = tuple(field for field in FIELDS if field in {*_UNITS, *WHOLE} and not field.startswith("slo."))
"""The fields of which a bare figure can speak; "no, 3" behind "2 s" would leave its unit open."""

CORRECTING = words_of(
    "no nope sorry wait actually rather instead make that it i mean meant better only just about please then say to"
    " nein doch lieber stattdessen mach daraus also non plutot pardon mettons mejor perdon que sean de hecho いや いえ"
    " 不 不对 改成 やっぱり にして"
)
"""Words that take a figure back: "no, 700", "make that 10k"."""

_ORDINAL = re.compile(
    r"(?:the |die |der |das |le |la |el |number |no\.? |option |nummer |n\.? ?|#|\()?(.+?)[.)]?(?: one| option)?"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer sets, by field, and its words. Nothing is set by what leaves a field as it is."""

    sets: Mapping[str, Value]
    quote: Quote
    why: str


def is_skip(said: str) -> bool:
    """Tell whether an answer leaves a question open for good."""
    return folded(said).strip(" .!") in SKIPPED


def answer(question: Question, said: str, catalog: Catalog) -> Answer | None:
    """Return what an answer means for the field of a question, or None where it is no answer to it."""
    words = said.strip()
    quote = Quote(words, said.index(words), said.index(words) + len(words))
    why = f"in answer to: {question.text}"
    options = _options(question.options, words)
    if len(options) > 1:
        return None
    for option in options:
        return Answer(_chosen(question, option, catalog), quote, f"{option}, {why}" if option != words else why)
    if len(words.split()) > _SHORT:
        return None
    if question.field == "experience" and (soon := _begins(words, catalog)):
        return Answer({"slo.ttft": soon}, quote, why)
    value = _figure(question.field, words) if question.field in {*_UNITS, *WHOLE} else None
    value = _read(question.field, words, catalog) or value or _yes(question.field, words)
    return None if value is None else Answer({question.field: value}, quote, why)


def is_correction(said: str, *, alone: bool) -> bool:
    """Tell whether words are one figure and what takes another back; with `alone`, the figure may stand by itself."""
    text = prepare(said)
    found = numbers(text)
    if len(found) != 1 or found[0].kind != "plain":
        return False
    around = f"{text.folded[: found[0].start]} {text.folded[found[0].end :]}"
    words = re.findall(r"\w+", around)
    return set(words) <= CORRECTING and (alone or bool(words))


def corrected(field: str, said: str, catalog: Catalog) -> Answer | None:
    """Return what a figure means for the field that was set before, or None where it has none like it."""
    found = answer(Question(field, "", ""), said, catalog)
    return None if found is None else replace(found, why="in place of the figure before")


def _options(options: Sequence[str], said: str) -> list[str]:
    """Return the options that may be meant: the one of a number or a place, else those whose words these are."""
    plain = folded(said).strip(" .!\"'")
    found = _ORDINAL.fullmatch(plain)
    place = found[1] if found else plain
    number = int(place) if place.isdecimal() and len(place) < 3 else ORDINALS.get(place, 0)
    if options and -1 <= number <= len(options) and number:
        return [options[number if number < 0 else number - 1]]
    spelt = {option: re.sub(r"[-_]", " ", folded(option)) for option in options}
    words = re.sub(r"[-_]", " ", plain)
    exact = [option for option, text in spelt.items() if text == words]
    return exact or [option for option, text in spelt.items() if len(words) > 2 and words in text]


def _chosen(question: Question, option: str, catalog: Catalog) -> Mapping[str, Value]:
    """Return what an option sets. Wanted or ruled out speaks of the names that a question is about."""
    group = question.field.rpartition(".")[0]
    if option in ("wanted", "ruled out"):
        findings = by_rules(prepare(question.text), catalog).findings
        named = {item.field: item.value for item in findings if item.field.startswith(f"{group}.")}
        names = named.get(f"{group}.allow") or named.get(f"{group}.deny")
        return {} if names is None else {f"{group}.{'allow' if option == 'wanted' else 'deny'}": names}
    if option in {**catalog.use_cases, **catalog.experiences, **catalog.profiles}:
        return {question.field: option}
    findings = by_rules(prepare(option), catalog).findings
    return {item.field: item.value for item in findings} or {question.field: option}


def _read(field: str, said: str, catalog: Catalog) -> Value | None:
    return by_rules(prepare(said), catalog).value(field)


def _figure(field: str, said: str) -> Value | None:
    """Return the figure of an answer that holds one and little else, in the unit of the field."""
    found = [item for item in numbers(prepare(said)) if item.kind in ("plain", "money")]
    if len(found) != 1 or found[0].value <= 0:
        return None
    value = found[0].value
    if field in WHOLE:
        return int(value) if value == int(value) else None
    return f"{figure(value)}{_UNITS[field]}"


def _begins(said: str, catalog: Catalog) -> Value | None:
    """Return the time that an answer gives for its first words: asked for that, it speaks of nothing else."""
    if not numbers(prepare(said)):
        return None
    return _read("slo.ttft", said, catalog) or _read("slo.e2e", said, catalog)


def _yes(field: str, said: str) -> Value | None:
    plain = folded(said).strip(" .!")
    if field == "constraints.reasoning" and plain in YES | NO:
        return plain in YES
    return None
