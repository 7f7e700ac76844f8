"""Token lengths: of prompts, of answers, and of the context that a model must hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from neuralnav.draft.rules import length_words as words
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.length_figures import length_figures
from neuralnav.draft.rules.length_words import CONTEXT, OUTPUT, PROMPT
from neuralnav.draft.rules.measures import (
    Cue,
    Measure,
    corrected,
    cues,
    holds,
    paired,
    plain,
    quotes,
    sound_numbers,
)
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text, lies_in
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Origin, Question, Reading, Unplaced

MOST_TOKENS = 10_000_000

_LEAST_CONTEXT = 8000
"""A model that "handles 32k tokens" has them in its context; fewer may be of anything."""

_MOST_RECKONED = 100_000
_LONG_ANSWER = 10
"""Pages. "Summaries of 80 pages" are of what is summarised."""

_PAIR = Pattern(r"(?<![\w.])([0-9]{2,6}) ?[x\u00d7] ?([0-9]{2,6})(?![\w.])")
_KILO = Pattern(r"[0-9] ?k(?![a-z])")
_TITLES = {PROMPT: "prompts", OUTPUT: "answers", CONTEXT: "the context"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A length that the prose gives to a field, in tokens."""

    field: str
    tokens: int
    measure: Measure
    spans: tuple[Span, ...]
    why: str = ""
    bound: bool = False
    usual: bool = False


def read_lengths(text: Text, catalog: Catalog) -> Reading:
    """Return promptTokens, outputTokens, profile and contextLength; a length that is not said is left out."""
    profile, shaped, taken = _shapes(text, catalog)
    given = [item for item in sound_numbers(text) if not lies_in(item.start, taken)]
    said, left = _said(text, length_figures(text, given))
    findings: list[Finding] = list(profile)
    asked: list[Question] = []
    for field in (PROMPT, OUTPUT, CONTEXT):
        if profile and field != CONTEXT:
            continue
        one, questions, told = _one(text, [item for item in (*shaped, *said) if item.field == field])
        findings += [_finding(text, one)] if one is not None else []
        asked += questions
        left += told
    return Reading(tuple(findings), tuple(left), tuple(asked))


def _shapes(text: Text, catalog: Catalog) -> tuple[tuple[Finding, ...], list[_Said], list[Span]]:
    """Return a profile of the catalog that is named, lengths written like one ("1024x256"), and their places."""
    shaped: list[_Said] = []
    taken: list[Span] = []
    for found in _PAIR.finditer(text.folded) if "x" in text.folded or "\u00d7" in text.folded else ():
        span = found.span()
        near = max(0, span[0] - 60), min(len(text.folded), span[1] + 40)
        known = f"{found[1]}x{found[2]}" in catalog.profiles
        if in_hostile(text, span[0]) or not (
            known or holds(text, near, ("token", "tokens", "profile", "traffic profile", "input", "isl", "prompt"))
        ):
            continue
        if known:
            quote = (text.quote(*span),)
            return (Finding("traffic.profile", f"{found[1]}x{found[2]}", "stated", "rules", quote),), [], [span]
        taken.append(span)
        for field, figure, at in ((PROMPT, found[1], found.start(1)), (OUTPUT, found[2], found.start(2))):
            measure = Measure(float(figure), float(figure), words.TOKEN, at, at + len(figure))
            shaped.append(_Said(field, int(figure), measure, (span,), "prompt x answer"))
    return (), shaped, taken


def _said(text: Text, measures: Sequence[tuple[Measure, str]]) -> tuple[list[_Said], list[Unplaced]]:
    """Return which field each length is of, and lengths of which that is not said."""
    if not measures:
        return [], []
    free = [measure for measure, field in measures if not field]
    known = [cue for cue in cues(text, words.CUES) if text.folded[cue.start : cue.end] not in ("in", "out", "back")]
    matched = dict(zip([item.start for item in free], paired(text, free, known), strict=True))
    out: list[_Said] = []
    left: list[Unplaced] = []
    for measure, field in measures:
        cue = None if field else matched.get(measure.start)
        kind = field or _kind(text, measure, cue, out)
        why = _refusal(text, measure, kind)
        if why:
            left.append(Unplaced(text.quote(measure.start, measure.end), why))
        elif kind is not None and why is None:
            out.append(_made(text, measure, kind, cue))
    return out, left


def _made(text: Text, measure: Measure, field: str, cue: Cue | None) -> _Said:
    span = measure.start, measure.end
    spans = (span,) if cue is None else ((cue.start, cue.end), span)
    tokens = _tokens(text, measure, field)
    bound, usual = _near(text, measure, words.LONGEST), _near(text, measure, words.USUAL)
    return _Said(field, tokens, measure, spans, _why(text, measure, field, tokens), bound=bound, usual=usual)


def _refusal(text: Text, measure: Measure, field: str | None) -> str | None:
    """Return why a length is not taken, "" where it asks for nothing, or None where it is taken."""
    if field is None:
        return "neither of prompts nor of answers nor of the context is said" if measure.unit == words.TOKEN else ""
    tokens = _tokens(text, measure, field)
    if measure.unit != words.TOKEN and measure.vague:
        return "loose words, which no length can be made of"
    if measure.unit != words.TOKEN and tokens > _MOST_RECKONED:
        return f"about {tokens} tokens: more than most models take in at once; such documents are read in parts"
    return None if (2 if field == OUTPUT else 1) <= tokens <= MOST_TOKENS else ""


def _kind(text: Text, measure: Measure, cue: Cue | None, before: Sequence[_Said]) -> str | None:
    """Return the field of a length, or None."""
    if cue is not None:
        return _by_cue(text, measure, cue)
    if before and _goes_on(text, before[-1].measure, measure):
        return before[-1].field
    tokens = measure.unit == words.TOKEN
    if tokens and measure.value >= _LEAST_CONTEXT and holds(text, text.clause(measure.start), words.HOLDING):
        return CONTEXT
    pages = measure.unit == words.PAGE and measure.value >= _LONG_ANSWER // 2
    return PROMPT if pages and text.folded[measure.end - 5 : measure.end] != "pager" else None


def _by_cue(text: Text, measure: Measure, cue: Cue) -> str | None:
    """Return the field that a cue gives a length."""
    if cue.kind == CONTEXT:
        return CONTEXT if measure.unit == words.TOKEN else PROMPT
    if cue.kind == OUTPUT:
        into = cue.start >= measure.end and text.spaced[cue.start : cue.end] in words.INTO
        return PROMPT if into or (measure.unit == words.PAGE and measure.value > _LONG_ANSWER) else OUTPUT
    small = measure.unit in (words.SENTENCE, words.PARAGRAPH)
    return None if small or not cue.kind else cue.kind


def _goes_on(text: Text, last: Measure, measure: Measure) -> bool:
    """Tell whether a length goes on about the one before it: "up to 8k tokens, typically 2k tokens"."""
    if corrected(text, (last.start, last.end), (measure.start, measure.end)) is not None:
        return True
    between = last.end, measure.start
    return between[1] - between[0] <= 30 and holds(text, between, (*words.USUAL, *words.LONGEST)) is not None


def _near(text: Text, measure: Measure, phrases: Sequence[str]) -> bool:
    clause = text.clause(measure.start)
    return holds(text, (max(clause[0], measure.start - 30), min(clause[1], measure.end + 12)), phrases) is not None


def _tokens(text: Text, measure: Measure, field: str) -> int:
    """Return a length in tokens; of a context, k is 1024 where that makes a power of two: 128k is 131072."""
    if measure.unit == words.TOKEN:
        return _thousands(text, measure)[0] if field == CONTEXT else round(measure.value)
    tokens = measure.value * words.TOKENS_OF[measure.unit]
    return round(tokens / 10) * 10 if tokens >= 100 else round(tokens)


def _thousands(text: Text, measure: Measure) -> tuple[int, bool]:
    """Return the tokens of a context, and whether k was taken for 1024."""
    kilo = measure.value / 1000
    with_k = _KILO.search(text.folded, measure.start, measure.end) is not None
    if with_k and kilo == int(kilo) and int(kilo) & (int(kilo) - 1) == 0 and kilo >= 2:
        return int(kilo) * 1024, True
    return round(measure.value), False


def _why(text: Text, measure: Measure, field: str, tokens: int) -> str:
    whys = ["the upper end of the range"] if measure.low < measure.value else []
    if measure.unit != words.TOKEN:
        whys.append(words.RECKONED[measure.unit])
    elif field == CONTEXT and _thousands(text, measure)[1]:
        whys.append(f"{plain(measure.value / 1000)}k of context are {tokens} tokens, in steps of 1024")
    return "; ".join(whys)


def _one(text: Text, said: Sequence[_Said]) -> tuple[_Said | None, list[Question], list[Unplaced]]:
    """Return the length of a field of which several may be said: the corrected, else the usual, else the longest."""
    asked: list[Question] = []
    left: list[Unplaced] = []
    best: _Said | None = None
    for item in sorted(said, key=lambda one: one.measure.start):
        if best is None or best.tokens == item.tokens:
            best = best or item
            continue
        if _added(text, best, item):
            spans = (*best.spans, *item.spans)
            best = replace(best, tokens=best.tokens + item.tokens, spans=spans, measure=item.measure, why="added up")
            continue
        spot = corrected(text, (best.measure.start, best.measure.end), (item.measure.start, item.measure.end))
        if spot is not None:
            best = replace(item, spans=(spot, (item.measure.start, item.measure.end)), why="the later word counts")
            continue
        kept, other = sorted(
            (best, item),
            key=lambda one: (
                one.measure.unit != words.TOKEN,
                one.bound and one.field != CONTEXT,
                not one.usual,
                -one.tokens,
            ),
        )
        if (
            (kept.measure.unit == words.TOKEN) == (other.measure.unit == words.TOKEN)
            and kept.usual == other.usual
            and kept.bound == other.bound
        ):
            asked.append(_which(text, best, item))
        else:
            left.append(
                Unplaced(
                    text.quote(other.measure.start, other.measure.end),
                    f"{kept.tokens} tokens were taken: lengths are planned at their usual size",
                )
            )
        best = kept
    return best, asked, left


def _added(text: Text, first: _Said, second: _Said) -> bool:
    """Tell whether two lengths are parts of one prompt: "a system prompt of 1,200 tokens plus messages of 200"."""
    between = first.measure.end, second.measure.start
    near = between[1] - between[0] <= 60 and first.field == PROMPT
    return near and holds(text, between, words.PLUS) is not None


def _which(text: Text, first: _Said, second: _Said) -> Question:
    options = (str(first.tokens), str(second.tokens))
    return Question(
        first.field,
        f"How many tokens have {_TITLES[first.field]}: {options[0]} or {options[1]}?",
        "both are said; the larger one was taken",
        options,
        (text.quote(first.measure.start, first.measure.end), text.quote(second.measure.start, second.measure.end)),
        3,
    )


def _finding(text: Text, item: _Said) -> Finding:
    origin: Origin = "stated" if item.measure.unit == words.TOKEN else "inferred"
    return Finding(item.field, item.tokens, origin, "rules", quotes(text, *item.spans), item.why)
