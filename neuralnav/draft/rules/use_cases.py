"""What a service is for, told by which ideas stand together: "chatbot" and "our wiki" in one sentence are a RAG."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.emphasis import ASIDE, emphasis, heads, unread
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import hits, listed, longest
from neuralnav.draft.rules.use_case_cues import IDEAS
from neuralnav.draft.rules.use_case_rules import ANYWHERE, RULES, Rule
from neuralnav.draft.rules.use_case_shapes import shapes
from neuralnav.draft.rules.use_case_words import MORE
from neuralnav.draft.rules.use_case_words_wide import MORE_WIDE
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Question, Quote, Reading

LEAST = 3.0
"""Below this much nothing is recognised."""

RIVAL = 0.6
"""A use case with this share of the winner's score is told as another purpose."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of an idea, where it stands and in which sentence."""

    idea: str
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """That a rule spoke, in which words and how loudly."""

    rule: Rule
    hits: tuple[Hit, ...]
    weight: float


def read_use_case(text: Text, catalog: Catalog) -> Reading:
    """Return the use case, and a question where another one is told as loudly."""
    named = _by_id(text, catalog)
    if named:
        return named
    spoken = [item for item in evidence(text) if item.rule.use_case in catalog.use_cases]
    scores = scored(spoken)
    ranked = sorted(scores, key=lambda case: (-scores[case], _first(spoken, case)))
    if not ranked or scores[ranked[0]] < LEAST:
        return Reading()
    best = ranked[0]
    rivals = [
        case
        for case in ranked[1:]
        if _rivals(case, best, scores, spoken) and not _of_the_other(text, case, best, spoken)
    ]
    finding = _finding(text, best, spoken)
    return Reading((finding,), questions=(_question(text, best, rivals[0], spoken),) if rivals else ())


def evidence(text: Text) -> tuple[Evidence, ...]:
    """Return which rules speak, in which words, in the order of `RULES`."""
    left = _hits(text)
    starts = heads(text)
    spoken: list[Evidence] = []
    for rule in RULES:
        groups = [_whole(left.values(), rule.ideas)] if rule.reach == ANYWHERE else list(left.values())
        said = [item for group in groups if (item := _fire(text, rule, group, starts))]
        spoken += said
        loud = [item for item in said if item.weight >= rule.weight]
        for item in loud:
            _clear(left[item.hits[0].sentence], rule.claims)
        for group in left.values() if loud and rule.takes else ():
            _clear(group, rule.takes)
    return tuple(spoken)


def _whole(groups: Iterable[Mapping[str, list[Hit]]], ideas: Iterable[str]) -> dict[str, list[Hit]]:
    """Return the hits of a few ideas in all sentences together."""
    every = tuple(groups)
    return {idea: [hit for group in every for hit in group.get(idea, ())] for idea in ideas}


def _clear(group: dict[str, list[Hit]], ideas: Iterable[str]) -> None:
    for idea in ideas:
        group.pop(idea, None)


def scored(spoken: Iterable[Evidence]) -> Mapping[str, float]:
    """Return each use case's score: its loudest evidence, and a fifth of up to three more."""
    weights: dict[str, list[float]] = {}
    for item in spoken:
        weights.setdefault(item.rule.use_case, []).append(item.weight)
    return {case: (line := sorted(many, reverse=True))[0] + sum(line[1:4]) / 5 for case, many in weights.items()}


@functools.cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Return every idea with its phrases."""
    tables = (IDEAS, MORE, MORE_WIDE)
    return {idea: tuple(p for table in tables if idea in table for p in listed(table[idea])) for idea in IDEAS}


def _hits(text: Text) -> dict[int, dict[str, list[Hit]]]:
    """Return what is found, by sentence and idea: no words inside longer ones, none denied or unread."""
    found: dict[Span, list[str]] = {}
    for idea, many in phrases().items():
        for span in hits(text, many):
            found.setdefault(span, []).append(idea)
    for span, ideas in shapes(text):
        found.setdefault(span, []).extend(ideas)
    passed = unread(text)
    grouped: dict[int, dict[str, list[Hit]]] = {}
    sentence = 0
    for span in longest(found):
        if "long-thing" in found[span] and _few_pages(text, span):
            found[span] = ["short-thing"]
        while text.sentences[sentence][1] <= span[0] and sentence + 1 < len(text.sentences):
            sentence += 1
        if not passed(span):
            group = grouped.setdefault(sentence, {})
            for idea in dict.fromkeys(found[span]):
                group.setdefault(idea, []).append(Hit(idea, *span, sentence))
    return grouped


_PAGES = Pattern(r"(?<![0-9.,])([1-9])(?: ?(?:-|to|bis|a) ?[1-9])? ?$")


def _few_pages(text: Text, span: Span) -> bool:
    """Tell whether words about pages have a number of one digit before them: "2 pages each" are short."""
    return bool(_PAGES.search(text.folded, max(span[0] - 10, 0), span[0]))


def _fire(text: Text, rule: Rule, group: Mapping[str, Sequence[Hit]], starts: frozenset[int]) -> Evidence | None:
    """Return what a rule says of one sentence."""
    lists = [[hit for idea in ideas for hit in group.get(idea, ())] for ideas in rule.needs]
    if not all(lists):
        return None
    if len(lists) == 1:
        loudest = max(lists[0], key=lambda hit: _loudness(text, rule, hit, starts))
        more = min(len({(hit.start, hit.end) for hit in lists[0]}), 4) - 1
        return Evidence(rule, (loudest,), rule.weight * _loudness(text, rule, loudest, starts) + more / 4)
    pair = _closest(lists[0], lists[1], rule)
    if pair is None:
        return None
    loud = max(emphasis(text, (hit.start, hit.end), starts) for hit in pair)
    quiet = min(emphasis(text, (hit.start, hit.end), starts) for hit in pair)
    return Evidence(rule, pair, rule.weight * (quiet if quiet < 1 else loud))


_PEOPLE = Pattern(
    r" ?(?:(?:team|department|dept|group|unit|division|squad|guild|staff|crew|professional|specialist|expert|engineer"
    r"|developer|manager|office|bureau|agency|agencies|company|companies|firm|startup|vendor|people|folk|student)s?"
    r"|\w*(?:writers|translators|linguists|paralegals?|novelists|interpreters|attorneys|lawyers|editors)"
    r"|abteilung|firma|agentur|buro|equipe|agence|equipo|departamento|agencia|部门|部門|团队|チーム)\b"
)
"""Who does a thing, not the thing."""


def _loudness(text: Text, rule: Rule, hit: Hit, starts: frozenset[int]) -> float:
    """Return how loudly a word speaks; a purpose that only names people ("the translation team") is an aside."""
    loud = emphasis(text, (hit.start, hit.end), starts)
    last = text.spaced.rfind(" ", hit.start, hit.end)
    of_people = rule.names and (
        _PEOPLE.fullmatch(text.spaced, max(last, hit.start), hit.end) or _PEOPLE.match(text.spaced, hit.end)
    )
    return min(loud, ASIDE) if of_people else loud


def _closest(first: Sequence[Hit], second: Sequence[Hit], rule: Rule) -> tuple[Hit, Hit] | None:
    """Return the two hits nearest to each other, in the order of the text, or None beyond the reach."""
    pairs = [
        (max(one.start, other.start) - min(one.end, other.end), one, other)
        for one in first[:8]
        for other in second[:8]
        if one.end <= other.start or (other.end <= one.start and not rule.ordered)
    ]
    if not pairs:
        return None
    gap, one, other = min(pairs, key=lambda pair: (pair[0], pair[1].start))
    return (
        ((one, other) if one.start < other.start else (other, one))
        if rule.reach in (ANYWHERE, max(gap, rule.reach))
        else None
    )


def _first(spoken: Sequence[Evidence], case: str) -> int:
    return min(item.hits[0].start for item in spoken if item.rule.use_case == case)


def _rivals(case: str, best: str, scores: Mapping[str, float], spoken: Sequence[Evidence]) -> bool:
    """Tell whether a use case is another purpose of its own: told loudly, in other words than the winner's."""
    lead = _loudest(spoken, case)[0]
    if lead.weight < lead.rule.weight or scores[case] < max(LEAST + 1, RIVAL * scores[best]):
        return False
    taken = {(hit.start, hit.end) for item in spoken if item.rule.use_case == best for hit in item.hits}
    own = {(hit.start, hit.end) for item in spoken if item.rule.use_case == case for hit in item.hits}
    return not own & taken


_JOINT = Pattern(
    r"[,;:.(/&+]|\b(?:and|or|plus|also|as well|then|with|und|oder|sowie|mit|et|ou|avec|y|o|con|ademas)\b"
    r"|[とや和与及、，]|以及|それに"
)


def _of_the_other(text: Text, case: str, best: str, spoken: Sequence[Evidence]) -> bool:
    """Tell whether a use case is what the other one is done to, or with: "translation of support chats"."""
    one, other = (_loudest(spoken, name)[0].hits for name in (case, best))
    first, second = sorted((one, other), key=lambda hits: hits[0].start)
    gap = text.spaced[first[-1].end : second[0].start]
    return first[0].sentence == second[0].sentence and len(gap) <= _NEAR and not _JOINT.search(gap)


_NEAR = 60


def _loudest(spoken: Sequence[Evidence], case: str) -> list[Evidence]:
    return sorted((item for item in spoken if item.rule.use_case == case), key=lambda item: -item.weight)


def _quotes(text: Text, said: Sequence[Evidence]) -> tuple[Quote, ...]:
    """Return the words behind the loudest evidence: two pieces of it at most, in the order of the text."""
    spans = {(hit.start, hit.end) for item in said[:2] for hit in item.hits}
    return tuple(text.quote(*span) for span in sorted(spans)[:3])


def _finding(text: Text, case: str, spoken: Sequence[Evidence]) -> Finding:
    said = _loudest(spoken, case)
    lead = said[0].rule
    return Finding("useCase", case, "stated" if lead.names else "inferred", "rules", _quotes(text, said[:1]), lead.why)


def _question(text: Text, best: str, rival: str, spoken: Sequence[Evidence]) -> Question:
    return Question(
        "useCase",
        f"Two purposes are told: {best} and {rival}. Which one is this workload for?",
        "a workload is planned for one use case; the other one needs a workload of its own",
        (best, rival),
        tuple(
            sorted(
                _quotes(text, _loudest(spoken, best)[:1]) + _quotes(text, _loudest(spoken, rival)[:1]),
                key=lambda quote: quote.start,
            )
        ),
        rank=1,
    )


def _by_id(text: Text, catalog: Catalog) -> Reading | None:
    """Return the use case that is given by its id ("use case: code_completion"), the catalog's own ones included."""
    spans = [(span, case) for span, case in _ids(text, catalog)]
    if not spans:
        return None
    span, case = min(spans)
    return Reading((Finding("useCase", case, "stated", "rules", (text.quote(*span),)),))


def _ids(text: Text, catalog: Catalog) -> Iterator[tuple[Span, str]]:
    passed = unread(text)
    for case, entry in catalog.use_cases.items():
        for name in (case, *entry.aliases):
            if "_" in name and name in text.folded:
                spans = text.find(name.replace("_", " "))
                yield from ((span, case) for span in spans if not passed(span) and text.folded[slice(*span)] == name)
