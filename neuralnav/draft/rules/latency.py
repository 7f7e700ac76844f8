"""Latency ceilings: time to first token, between tokens, and to the end of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from neuralnav.draft.rules import latency_words as words
from neuralnav.draft.rules.durations import durations
from neuralnav.draft.rules.firmness import HARD, HOPED, firmness
from neuralnav.draft.rules.latency_words import ANY, E2E, ITL, TTFT
from neuralnav.draft.rules.measures import (
    Cue,
    Measure,
    between_figures,
    corrected,
    cues,
    holds,
    paired,
    phrase_before,
    phrase_behind,
    plain,
    quotes,
    sound_numbers,
)
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Origin, Question, Quote, Reading, Unplaced

_FASTEST_STREAM = 400
"""Tokens per second. Above it they are those of many requests: no catalogued GPU writes one answer so fast."""

_TITLES = {TTFT: "the first token", ITL: "the time between tokens", E2E: "the whole answer"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A duration that the prose ties to a metric. `explicit`: by the metric's name, not by its size."""

    field: str
    measure: Measure
    quotes: tuple[Quote, ...] = ()
    explicit: bool = False
    percentile: str = ""
    why: str = ""
    bare: bool = False


def read_latency(text: Text) -> Reading:
    """Return slo.ttft, slo.itl and slo.e2e; at most one finding each."""
    given = sound_numbers(text)
    times = durations(text, given)
    speeds, shared = _speeds(text, given)
    said, unplaced = _said(text, times)
    chosen: list[_Said] = []
    asked: list[Question] = []
    left: list[Unplaced] = [*unplaced, *shared]
    for field in (TTFT, ITL, E2E):
        one, questions, told = _one(text, field, [item for item in (*said, *speeds) if item.field == field])
        chosen += [one] if one is not None else []
        asked += questions
        left += told
    return Reading(
        tuple(_finding(item) for item in chosen), tuple(left), (*asked, *_contradictions(chosen), *_open(chosen))
    )


def _speeds(text: Text, given: Sequence[Number]) -> tuple[list[_Said], list[Unplaced]]:
    """Return tokens per second as the time between tokens, and those that are shared by all requests."""
    out: list[_Said] = []
    left: list[Unplaced] = []
    for number in given:
        end = _speed_end(text, number)
        if end is None or number.value <= 0:
            continue
        start = number.start
        sentence = text.sentence(start)
        quote = text.quote(start, end)
        if number.value > _FASTEST_STREAM or holds(
            text, (max(sentence[0], start - 60), min(sentence[1], end + 40)), words.SHARED
        ):
            left.append(
                Unplaced(quote, "tokens per second of all requests together follow from users or a request rate")
            )
            continue
        slow = 1000 / (number.low or number.value)
        measure = Measure(slow, slow, "ms", start, end)
        why = f"{plain(number.low or number.value)} tokens/s are {plain(round(slow, 1))} ms a token"
        out.append(_Said(ITL, measure, (quote,), explicit=True, why=why))
    return out, left


def _speed_end(text: Text, number: Number) -> int | None:
    """Return where "tokens per second" ends that begins behind a number, or None."""
    short = phrase_behind(text, number.end, words.TOKENS_PER_SECOND)
    if short is not None:
        return short[1]
    unit = phrase_behind(text, number.end, words.TOKENS)
    if unit is None:
        return None
    behind = phrase_behind(text, unit[1], words.PER_SECOND)
    if behind is not None:
        return behind[1]
    return unit[1] if phrase_before(text, number.start, words.BEFORE_SECOND) else None


def _said(text: Text, times: Sequence[Measure]) -> tuple[list[_Said], list[Unplaced]]:
    """Return what each duration is a ceiling of, and durations that tell how it is today."""
    if not times:
        return [], []
    wished = [item for item in times if not _other(text, item)]
    percentiles = paired(text, wished, cues(text, words.PERCENTILES))
    metrics = paired(text, wished, cues(text, words.CUES, weak=frozenset({ANY})))
    metrics = _shared(text, wished, metrics, percentiles)
    out: list[_Said] = []
    left: list[Unplaced] = []
    for index, (measure, cue, percentile) in enumerate(zip(wished, metrics, percentiles, strict=True)):
        clause = text.clause(measure.start)
        if holds(text, clause, words.AS_IS) and not holds(text, clause, ("instead", "must", "should", "want")):
            left.append(Unplaced(text.quote(measure.start, measure.end), "tells how it is today, not how it shall be"))
            continue
        before = out[-1] if out else None
        item = _meant(text, measure, cue, wished[index - 1] if index else None, before)
        if item is not None and before is not None and _of_one(item, before, wished[index - 1]):
            item, out[-1] = replace(item, field=E2E, why=_WHOLE), replace(before, field=E2E, why=_WHOLE)
        if item is not None:
            said = percentile.kind if percentile is not None else ""
            spans = quotes(text, _span(cue), (measure.start, measure.end), _span(percentile))
            out.append(replace(item, percentile=said, quotes=item.quotes or spans))
    return _sorted_out(out), left


def _shared(
    text: Text, measures: Sequence[Measure], metrics: Sequence[Cue | None], percentiles: Sequence[Cue | None]
) -> tuple[Cue | None, ...]:
    """Return the cues, one behind several figures given to each: "200, no, 300 ms TTFT", "p50 1s, p95 3s e2e"."""
    out = list(metrics)
    for index in reversed(range(len(measures) - 1)):
        first, then = measures[index], measures[index + 1]
        cue, later = out[index], out[index + 1]
        if later is None or later.weak or (cue is not None and not cue.weak):
            continue
        series = None not in percentiles[index : index + 2] and then.start - first.end <= 20
        if series or corrected(text, (first.start, first.end), (then.start, then.end)) is not None:
            out[index] = later
    return tuple(out)


def _other(text: Text, measure: Measure) -> bool:
    """Tell whether a duration is of something else: "10 s clips", "every 5 seconds", a cold start."""
    if phrase_behind(text, measure.end, words.NOT_LATENCY_BEHIND) or phrase_before(
        text, measure.start, words.NOT_LATENCY_BEFORE
    ):
        return True
    clause = text.clause(measure.start)
    near = max(clause[0], measure.start - 60), min(clause[1], measure.end + 40)
    if holds(text, near, words.NOT_LATENCY_NEAR):
        return True
    return (
        holds(text, (max(text.sentence(measure.start)[0], measure.start - 50), measure.start), words.NOT_NEEDED)
        is not None
    )


def _meant(
    text: Text, measure: Measure, cue: Cue | None, previous: Measure | None, before: _Said | None
) -> _Said | None:
    """Return the metric of one duration, or None where nothing says that it is a wish."""
    if cue is not None and cue.kind != ANY:
        return _Said(cue.kind, measure, explicit=True)
    if previous is not None and before is not None and before.measure is previous and _same(text, previous, measure):
        return _Said(before.field, measure, explicit=before.explicit)
    bound = _bounded(text, measure)
    if cue is None and not bound and not (measure.unit == "ms" or _alone(text, measure)):
        return None
    if measure.unit == "min" and (cue is None or not bound):
        return None
    if measure.value <= words.LONGEST_FIRST:
        return _Said(TTFT, measure, why="a second or less: taken for the first words", bare=cue is None)
    return _Said(E2E, measure, why=_WHOLE, bare=cue is None)


_WHOLE = "more than a second: taken for the whole answer"


def _of_one(item: _Said, before: _Said, previous: Measure) -> bool:
    """Tell whether two figures without a metric's name are of the whole answer: "ideally 1 s, no more than 3 s"."""
    goes_on = before.measure is previous and not item.explicit
    return goes_on and item.field == before.field == TTFT and item.measure.value > words.LONGEST_FIRST


def _same(text: Text, previous: Measure, measure: Measure) -> bool:
    """Tell whether a duration goes on about what the one before it is of."""
    gap = measure.start - previous.end
    if corrected(text, (previous.start, previous.end), (measure.start, measure.end)) is not None:
        return True
    figures = between_figures(text, measure.start, measure.end)
    firm = gap <= 60 and firmness(text, (measure.start, measure.end), figures) == HARD
    return firm or (
        gap <= 40
        and holds(text, (previous.end, min(len(text.folded), measure.end + 12)), ("p50", "p90", "p95", "p99"))
        is not None
    )


def _bounded(text: Text, measure: Measure) -> bool:
    """Tell whether words around a duration make it a bound."""
    return bool(phrase_before(text, measure.start, words.BOUNDS) or phrase_behind(text, measure.end, words.BOUNDS)) or (
        text.folded[measure.start : measure.end].startswith(
            ("sub", "under", "within", "less", "unter", "moins", "menos")
        )
    )


def _alone(text: Text, measure: Measure) -> bool:
    """Tell whether a clause says nothing but the duration: "RAG bot, 200 users, 5s"."""
    start, end = text.clause(measure.start)
    if end - start > measure.end - measure.start + 12:
        return False
    return len(text.folded[start : measure.start].strip() + text.folded[measure.end : end].strip(" .,;!\n")) <= 2


def _sorted_out(said: Sequence[_Said]) -> list[_Said]:
    """Return what was said; what was told by size gives way to what has the metric's name, to the other metric."""
    named = {item.field for item in said if item.explicit}
    out = []
    for item in said:
        other = E2E if item.field == TTFT else TTFT
        if not item.explicit and item.field in named and other not in named and not item.bare:
            item = replace(
                item, field=other, why=f"{_TITLES[item.field]} has its own figure: taken for {_TITLES[other]}"
            )
        elif not item.explicit and item.field in named:
            continue
        out.append(item)
    return out


def _one(text: Text, field: str, said: list[_Said]) -> tuple[_Said | None, list[Question], list[Unplaced]]:
    """Return the ceiling of a metric of which several may be said: the corrected, else p95's, else the lowest."""
    asked: list[Question] = []
    left: list[Unplaced] = []
    said = sorted(said, key=lambda item: item.measure.start)
    best: _Said | None = None
    for item in said:
        if best is None or item.measure.value == best.measure.value:
            best = best or item
            continue
        spot = corrected(text, (best.measure.start, best.measure.end), (item.measure.start, item.measure.end))
        if spot is not None:
            best = replace(
                item,
                quotes=quotes(text, spot, (item.measure.start, item.measure.end)),
                why="the later word counts",
                explicit=best.explicit or item.explicit,
            )
            continue
        kept, other = sorted((best, item), key=lambda one: _rank(text, one))
        if _rank(text, kept)[:-1] == _rank(text, other)[:-1]:
            asked.append(_which(field, best, item))
        else:
            left.append(Unplaced(text.quote(other.measure.start, other.measure.end), _taken(text, kept, other)))
        best = kept
    return best, asked, left


def _rank(text: Text, item: _Said) -> tuple[bool, bool, int, bool, float]:
    order = ("p95", "", "p99", "p90", "p50")
    firm = _firmness(text, item)
    return (not item.explicit, firm == HOPED, order.index(item.percentile), firm != HARD, item.measure.value)


def _firmness(text: Text, item: _Said) -> int:
    start, end = item.measure.start, item.measure.end
    return firmness(text, (start, end), between_figures(text, start, end))


def _taken(text: Text, kept: _Said, other: _Said) -> str:
    """Return why one figure was taken and not another."""
    limit = _firmness(text, kept) == HARD or _firmness(text, other) == HOPED
    why = "one ceiling at p95 is planned" if kept.percentile or other.percentile or not limit else "it is the limit"
    return f"{_spelling(kept.measure)} was taken: {why}"


def _which(field: str, first: _Said, second: _Said) -> Question:
    options = tuple(_spelling(item.measure) for item in (first, second))
    return Question(
        field,
        f"Which ceiling holds for {_TITLES[field]}: {options[0]} or {options[1]}?",
        "both are said; the lower one was taken",
        options,
        (*first.quotes, *second.quotes),
        0,
    )


def _contradictions(chosen: Sequence[_Said]) -> list[Question]:
    """Return the question that an end before the first token raises."""
    by_field = {item.field: item for item in chosen}
    first, last = by_field.get(TTFT), by_field.get(E2E)
    if first is None or last is None or last.measure.value >= first.measure.value:
        return []
    whole, begun = _spelling(last.measure), _spelling(first.measure)
    text = f"The whole answer within {whole}, its first token within {begun}: which is meant?"
    why = "the end cannot come before the first token"
    return [Question(E2E, text, why, (), (*first.quotes, *last.quotes), 0)]


def _open(chosen: Sequence[_Said]) -> list[Question]:
    """Return the question whether a time is of the first words or of the last."""
    if any(item.field == TTFT for item in chosen):
        return []
    for item in chosen:
        if not item.explicit and item.field == E2E and item.measure.value <= 10_000:
            shown = _spelling(item.measure)
            return [
                Question(
                    E2E,
                    f"Are {shown} for the whole answer, or until its first words appear?",
                    "the first words come much earlier than the last; the whole answer was taken",
                    ("the whole answer", "the first words"),
                    item.quotes,
                    2,
                )
            ]
    return []


def _finding(item: _Said) -> Finding:
    value = _spelling(item.measure)
    why = item.why
    if not why and item.measure.low < item.measure.value:
        why = "the upper end of the range"
    if not why and item.measure.unit.endswith("?"):
        why = f"no unit is said: taken for {'milliseconds' if item.measure.unit == 'ms?' else 'seconds'}"
    if item.percentile and item.percentile != "p95":
        told = "the median or mean" if item.percentile == "p50" else item.percentile
        why = f"{why}; " * bool(why) + f"said of {told}; ceilings are planned at p95"
    origin: Origin = "stated" if item.explicit and item.percentile in ("", "p95") else "inferred"
    return Finding(item.field, value, origin, "rules", item.quotes, why)


def _spelling(measure: Measure) -> str:
    """Return a duration as the file spells it: milliseconds below a second, else seconds or whole minutes."""
    value = measure.value
    if measure.unit == "min" and value % 60_000 == 0:
        return f"{plain(value / 60_000)}min"
    if value < 1000:
        return f"{plain(round(value, 1))}ms"
    return f"{plain(round(value / 1000, 3))}s"


def _span(cue: Cue | None) -> Span | None:
    return None if cue is None else (cue.start, cue.end)
