"""What a service is for, told by which ideas stand together: "chatbot" and "our wiki" in one sentence are a RAG."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.draft.rules.emphasis import emphasis, heads, unread
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import hits, listed, longest
from neuralnav.draft.rules.use_case_cues import IDEAS
from neuralnav.draft.rules.use_case_words import MORE
from neuralnav.draft.rules.use_case_words_wide import MORE_WIDE
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Question, Quote, Reading

ANYWHERE = -1
"""The reach of a rule whose ideas may stand in different sentences."""

CHAT = "chatbot_conversational"
COMPLETION = "code_completion"
CODE = "code_generation_detailed"
TRANSLATION = "translation"
CONTENT = "content_generation"
SHORT = "summarization_short"
RAG = "document_analysis_rag"
LONG = "long_document_summarization"
RESEARCH = "research_legal_analysis"


@dataclass(frozen=True, slots=True)
class Rule:
    """Ideas that together speak for a use case.

    `needs` are groups, one idea of each in one sentence, neighbours at most `reach` characters
    apart, in this order where `ordered`. What a rule has
    read is then no cue for the rules below it: of the ideas in `claims` nothing is left in that sentence, of those in
    `takes` nothing in the whole text. A rule that `names` the use case states it; another one infers it and says `why`.
    """

    use_case: str
    needs: tuple[tuple[str, ...], ...]
    weight: float
    why: str = ""
    names: bool = False
    reach: int = 90
    ordered: bool = False
    claims: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    @property
    def ideas(self) -> tuple[str, ...]:
        """Every idea that is needed or wanted."""
        return tuple(idea for group in self.needs for idea in group)


_TALK = ("chat-name", "chat", "asked")
_ANSWERS = "answers that come from documents"

RULES: tuple[Rule, ...] = (
    Rule(COMPLETION, (("complete-name",),), 9, names=True, claims=("code", "code-thing", "suggest", "ide", "copilot")),
    Rule(COMPLETION, (("copilot",), ("code", "developers", "ide", "code-thing")), 6, "a copilot for code",
         claims=("code", "copilot", "ide", "chat")),
    Rule(COMPLETION, (("ide", "editor"), ("suggest", "copilot", "code")), 6, "suggestions in an editor",
         claims=("code", "suggest", "ide")),
    Rule(CODE, (("code-name",),), 8, names=True, claims=("code", "code-thing", "write", "ide", "chat")),
    Rule(CODE, (("write",), ("code", "code-thing")), 7, "code that is written from a wish", reach=60,
         claims=("code", "code-thing", "write")),
    Rule(CODE, (("code",), ("developers", "chat", "ide", "chat-name")), 5, "help with code",
         claims=("code", "ide", "chat", "chat-name")),
    Rule(CODE, (("code-thing",), ("developers",)), 4, "help with code"),
    Rule(CODE, (("code",),), 3.5, "help with code"),
    Rule(COMPLETION, (("copilot",),), 3.2, "a copilot", claims=("chat",)),
    Rule(COMPLETION, (("ide",),), 3, "a tool in an editor"),
    Rule(TRANSLATION, (("translate",), ("content-name", "research-name", "code-name", "piece", "docs")), 9,
         names=True, reach=40,
         claims=("content-name", "research-name", "code-name", "piece", "docs", "write", "chat", "law", "translate")),
    Rule(TRANSLATION, (("translate",),), 8, names=True, claims=("write", "chat")),
    Rule(TRANSLATION, (("languages",), ("content-name", "piece", "docs")), 5, "texts in other languages", reach=60),
    Rule(LONG, (("summary",), ("long-thing",)), 12, "summaries of long documents", reach=200, claims=("write", "law")),
    Rule(SHORT, (("summary",), ("short-thing", "content-name")), 10, "summaries of short texts", reach=120,
         claims=("write", "chat", "content-name")),
    Rule(LONG, (("summary",), ("report",)), 9, "summaries of reports or papers", reach=120, claims=("write", "law")),
    Rule(
        LONG,
        (("summary",), ("research-name",)),
        9,
        "summaries of reports or papers",
        reach=30,
        ordered=True,
        claims=("write", "research-name"),
    ),
    Rule(LONG, (("summary",), ("long-thing",)), 10, "summaries of long documents", reach=ANYWHERE),
    Rule(SHORT, (("summary",), ("docs",)), 7.5, "summaries of documents", reach=30, claims=("write", "docs")),
    Rule(SHORT, (("summary",),), 7, names=True, claims=("write",)),
    Rule(RAG, (("rag-name",),), 8, names=True, claims=("ask", "asked", "docs", "chat-name"), takes=_TALK),
    Rule(RAG, (("ask",), ("docs",)), 7, _ANSWERS, claims=("ask", "asked", "docs"), takes=_TALK),
    Rule(RAG, (_TALK, ("cite",)), 7, _ANSWERS, claims=_TALK),
    Rule(RAG, (("ask",), ("cite",)), 5, _ANSWERS, claims=_TALK),
    Rule(RAG, (("chat-name", "chat"), ("docs",)), 6.5, _ANSWERS, claims=("docs", *_TALK)),
    Rule(RAG, (("extract",), ("docs", "fields")), 7, "facts read out of documents", claims=("docs",)),
    Rule(RESEARCH, (("research-name",),), 8, names=True, claims=("law", "analyse", "chat")),
    Rule(RESEARCH, (("analyse",), ("law",)), 7, "analysis of legal or scientific texts", claims=("law", "docs")),
    Rule(RAG, (("ask",), ("law", "report", "long-thing")), 5, _ANSWERS, reach=60, claims=("asked",)),
    Rule(RAG, (("analyse",), ("docs",)), 5, "analysis of documents", reach=50, claims=("docs",)),
    Rule(RAG, (("ask",), ("docs",)), 3.2, _ANSWERS, reach=ANYWHERE),
    Rule(CONTENT, (("content-name",),), 8, names=True, claims=("write", "piece")),
    Rule(CONTENT, (("write",), ("piece",)), 6, "texts that are written from a wish", reach=50, claims=("chat",)),
    Rule(CHAT, (("chat-name",),), 7, names=True, claims=("chat",)),
    Rule(CHAT, (("asked",),), 3.2, "people who are answered in conversation"),
    Rule(TRANSLATION, (("two-languages",),), 3.5, "texts that arrive in one language and leave in another"),
    Rule(LONG, (("long-thing",),), 3, "long documents"),
    Rule(CHAT, (("chat",),), 3.5, "people who are answered in conversation"),
)  # fmt: skip
"""In order: what a rule claims, those below it do not see."""

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
    rivals = [case for case in ranked[1:] if _rivals(case, best, scores, spoken)]
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


_TONGUES = (
    "english|german|french|spanish|italian|portuguese|dutch|polish|chinese|mandarin|japanese|korean|arabic|russian|"
    "turkish|hindi|ukrainian|"
    "englisch|deutsch|franzosisch|spanisch|italienisch|polnisch|chinesisch|japanisch|anglais|allemand|francais|"
    "espagnol|ingles|aleman|frances|espanol"
)
_PAIR = Pattern(
    rf"\b(?:{_TONGUES})\w*\s(?:in|to|into|ins|vers|vers le|vers l'|en|al|>|<>|/)\s?(?:{_TONGUES})"
    r"|\b(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru) ?(?:>|→|<>) ?(?:en|de|fr|es|it|nl|pl|pt|ja|zh|ko|ru)\b"
    r"|[日中英韓韩法德](?:→|->|から|译)[日中英韓韩法德]",
    hints=(*_TONGUES.split("|"), ">", "→", "から", "译"),
)
_FAR_PAIR = Pattern(
    rf"\b({_TONGUES})\w*\b[^.;\n]{{3,50}}?\b(?:in|into|ins|en|al|nach|to) ({_TONGUES})\b",
    hints=tuple(_TONGUES.split("|")),
)
"""Two languages in a row: "en->de", "English to Polish"."""
_FEW = (
    "one|two|three|four|five|six|ten|[1-9]|10|ein|einen|zwei|drei|vier|funf|sechs|zehn|wenige|une?|deux|trois|quatre|"
    "cinq|six|dix|quelques|una?|dos|tres|cuatro|cinco|diez|pocas|unas"
)
_SHRUNK = Pattern(
    rf"\b(?:to|into|in|auf|a|en) (?:{_FEW}) (?:sentences?|bullet points|bullets|satze|satz|zeilen|stichpunkte|absatze|"
    r"phrases?|lignes?|frases?|lineas?|parrafos?)\b"
    r"|[0-9一二三四五数]+(?:文|行|段落)(?:程度)?(?:に|で)|[0-9一二三四五几两]+(?:句话|段话|行字)",
    hints=(
        "sentence",
        "bullet",
        "satz",
        "zeile",
        "stichp",
        "absatz",
        "phrase",
        "ligne",
        "frase",
        "linea",
        "parrafo",
        "文",
        "行",
        "段",
        "话",
    ),
)
"""What is to be left of a text: "auf drei Satze", 3行に."""


def _hits(text: Text) -> dict[int, dict[str, list[Hit]]]:
    """Return what is found, by sentence and idea: no words inside longer ones, none denied or unread."""
    found: dict[Span, list[str]] = {}
    for idea, many in phrases().items():
        for span in hits(text, many):
            found.setdefault(span, []).append(idea)
    for idea, pattern, part in (("two-languages", _FAR_PAIR, 2), ("translate", _PAIR, 0), ("summary", _SHRUNK, 0)):
        for match in pattern.finditer(text.spaced):
            found.setdefault(match.span(part), []).append(idea)
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
        loudest = max(lists[0], key=lambda hit: emphasis(text, (hit.start, hit.end), starts))
        more = min(len({(hit.start, hit.end) for hit in lists[0]}), 4) - 1
        return Evidence(rule, (loudest,), rule.weight * emphasis(text, (loudest.start, loudest.end), starts) + more / 4)
    pair = _closest(lists[0], lists[1], rule)
    if pair is None:
        return None
    loud = max(emphasis(text, (hit.start, hit.end), starts) for hit in pair)
    quiet = min(emphasis(text, (hit.start, hit.end), starts) for hit in pair)
    return Evidence(rule, pair, rule.weight * (quiet if quiet < 1 else loud))


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
