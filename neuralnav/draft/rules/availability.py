"""Availability: spare replicas, how many replicas at most, and how sure a plan must be."""

import bisect
from collections.abc import Iterator

from neuralnav.draft.rules import availability_words as words
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.measures import holds, phrase_before, phrase_behind, plain, quotes, sound_numbers
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Origin, Question, Reading, Unplaced

REDUNDANCY, CONFIDENCE, REPLICAS = "deploy.redundancy", "confidence", "deploy.autoscaling.maxReplicas"


def read_availability(text: Text) -> Reading:
    """Return deploy.redundancy, confidence and deploy.autoscaling.maxReplicas."""
    findings, questions = _redundancy(text)
    replicas, left = _replicas(text)
    return Reading((*findings, *_confidence(text), *replicas), left, questions)


def _redundancy(text: Text) -> tuple[tuple[Finding, ...], tuple[Question, ...]]:
    """Return whether a replica is kept to spare; where both are said, the question and the safer one."""
    refused = list(_places(text, words.NO_SPARE))
    spares = [span for span in (*_places(text, words.SPARE), *_guarded(text)) if not _inside(span, refused)]
    denied = [span for span in spares if _denied(text, span)]
    spares = sorted(set(spares).difference(denied))
    named = [span for span in _places(text, words.SPARE_STATED) if not negated(text, span)]
    up = _uptime(text)
    least = _least(text)
    wanted = [
        (named, "stated", ""),
        (spares, "inferred", ""),
        (up, "inferred", "so much uptime needs a spare replica"),
        (least, "inferred", "a second replica is one to spare"),
    ]
    chosen = next(((spans, origin, why) for spans, origin, why in wanted if spans), None)
    against = sorted([*refused, *denied])
    if chosen is None:
        return ((_word(text, REDUNDANCY, "none", against[0]),), ()) if against else ((), ())
    first = min(chosen[0])
    origin: Origin = "stated" if chosen[1] == "stated" else "inferred"
    finding = Finding(REDUNDANCY, "n+1", origin, "rules", (text.quote(*first),), chosen[2])
    if not against:
        return (finding,), ()
    spans = quotes(text, first, against[0])
    asked = Question(
        REDUNDANCY,
        "Must the service stay up when a replica fails?",
        "both are said; one to spare was taken",
        ("n+1", "none"),
        spans,
        0,
    )
    return (finding,), (asked,)


def _guarded(text: Text) -> Iterator[Span]:
    """Yield words that ask for a spare replica by their company or their capitals: "HA", and not the Spanish "ha"."""
    for word, others in words.SPARE_BUT.items():
        yield from (span for span in _places(text, (word,)) if phrase_behind(text, span[1], others) is None)
    yield from (span for span in _places(text, ("ha",)) if text.quote(*span).text == "HA")
    yield from (found.span() for found in _LOST.finditer(text.spaced) if not in_hostile(text, found.start()))


_LOST = Pattern(
    r"(?<![a-z])(?:if|when|whenever|even|survives?|tolerates?|withstands?|should|wenn|falls|si|cuando"
    r"|despite) (?:[a-z]+ ){0,4}?"
    r"(?:nodes?|gpus?|servers?|replicas?|machines?|pods?|hosts?|zones?|cards?|instances?|box|knoten|serveur|noeud"
    r"|nodo|servidor)(?: [a-z]+)? (?:dies|die|fails|fail|crash|crashes|goes down|go down|breaks|drops out"
    r"|drop out|goes away"
    r"|goes offline|burns down|is lost|is down|ausfallt|ausfallen|tombe"
    r"|falla)(?![a-z])(?![^.;]{0,24}\b(?:fine|ok|okay|no"
    r" problem|acceptable|so be it|we (?:can )?wait|can wait|live with)\b)",
    ("die", "fail", "crash", "down", "break", "drop", "away", "offline", "lost", "ausf", "tombe", "falla"),
)


def _places(text: Text, phrases: tuple[str, ...]) -> Iterator[Span]:
    """Yield where the phrases stand, in order, each place once."""
    found = sorted(
        {span for phrase in phrases for span in text.find(phrase) if not in_hostile(text, span[0])},
        key=lambda span: (span[0], -span[1]),
    )
    last = -1
    for span in found:
        if span[0] >= last:
            yield span
            last = span[1]


def _inside(span: Span, others: list[Span]) -> bool:
    """Tell whether a span overlaps one of others, which are in order and apart."""
    index = bisect.bisect_left(others, span[1], key=lambda other: other[0]) - 1
    return index >= 0 and span[0] < others[index][1]


def _denied(text: Text, span: Span) -> bool:
    """Tell whether a wish to stay up is denied; a phrase that is itself a denial ("no downtime") is none."""
    phrase = text.spaced[span[0] : span[1]]
    own = phrase.startswith(words.OWN_NEGATIONS) or any(word in phrase for word in words.INNER_NEGATIONS)
    return not own and negated(text, span)


def _uptime(text: Text) -> list[Span]:
    """Return shares of time of 99 % and more that a service shall be up."""
    out: list[Span] = []
    for number in sound_numbers(text):
        if not 99 <= number.value < 100:
            continue
        percent = phrase_behind(text, number.end, words.PERCENTS)
        if percent is None:
            continue
        start, end = text.clause(number.start)
        near = max(start, number.start - 50), min(end, percent[1] + 50)
        close = holds(text, near, words.UPTIME)
        if close is not None or (number.value > 99.4 and not holds(text, near, words.NOT_UPTIME)):
            out.append(
                (number.start, percent[1])
                if close is None
                else (min(number.start, close[0]), max(percent[1], close[1]))
            )
    return out


def _least(text: Text) -> list[Span]:
    """Return minima of two or more replicas."""
    return [
        span
        for number in sound_numbers(text)
        if number.value >= 2
        and (unit := phrase_behind(text, number.end, words.REPLICA)) is not None
        and number.low == number.value
        and (span := _least_span(text, number, unit[1])) is not None
    ]


def _least_span(text: Text, number: Number, end: int) -> Span | None:
    """Return a number of replicas with the words that make it a least, or None."""
    before = phrase_before(text, number.start, words.LEAST_BEFORE)
    behind = phrase_behind(text, end, words.LEAST_BEHIND)
    if before is None and behind is None:
        return None
    return (number.start if before is None else before[1], end if behind is None else behind[1])


def _confidence(text: Text) -> tuple[Finding, ...]:
    """Return how sure a plan must be."""
    likely = list(_places(text, words.LIKELY))
    safe = [
        span
        for span in _places(text, words.SAFE)
        if not _inside(span, likely) and not _tone(text, span) and not negated(text, span)
    ]
    if safe:
        return (_word(text, CONFIDENCE, "safe", safe[0]),)
    return (_word(text, CONFIDENCE, "likely", likely[0]),) if likely else ()


def _tone(text: Text, span: Span) -> bool:
    """Tell whether "conservative" is of a way to write or of people, not of the plan."""
    return (
        phrase_behind(
            text, span[1], ("tone", "language", "style", "investors", "clients", "readers", "wording", "audience")
        )
        is not None
    )


def _word(text: Text, field: str, value: str, span: Span) -> Finding:
    return Finding(field, value, "inferred", "rules", (text.quote(*span),))


def _replicas(text: Text) -> tuple[tuple[Finding, ...], tuple[Unplaced, ...]]:
    """Return the most replicas that may run; a plain number of replicas is what the plan works out."""
    left: list[Unplaced] = []
    best: tuple[Number, Span] | None = None
    for number in sound_numbers(text):
        spot = _replica_span(text, number)
        if spot is None:
            continue
        if not _most(text, number, spot):
            if _least_span(text, number, spot[1]) is None and number.value > 1:
                left.append(Unplaced(text.quote(*spot), "the plan works out how many replicas are needed"))
        elif number.value >= 1 and number.value == int(number.value) and number.value <= 10_000:
            best = number, spot
    if best is None:
        return (), tuple(left)
    why = "the upper end of the range" if best[0].low < best[0].value else ""
    return (Finding(REPLICAS, int(plain(best[0].value)), "stated", "rules", (text.quote(*best[1]),), why),), tuple(left)


def _replica_span(text: Text, number: Number) -> Span | None:
    """Return a number of replicas with its word, which stands behind it or before."""
    named = phrase_before(text, number.start, words.NAMED_BEFORE) or phrase_before(
        text, _eq(text, number.start), words.NAMED_BEFORE
    )
    if named is not None:
        return named[1], number.end
    behind = phrase_behind(text, number.end, words.REPLICA)
    if behind is not None:
        before = phrase_before(text, number.start, words.MOST_BEFORE)
        after = phrase_behind(text, behind[1], words.MOST_BEHIND)
        return (number.start if before is None else before[1]), (behind[1] if after is None else after[1])
    return None


def _eq(text: Text, at: int) -> int:
    step = phrase_before(text, at, ("=", "is", "of", "は", "为", "at"))
    return at if step is None else step[1]


def _most(text: Text, number: Number, spot: Span) -> bool:
    """Tell whether a number of replicas is a most."""
    if phrase_before(text, number.start, words.LEAST_BEFORE):
        return False
    if phrase_before(text, number.start, words.MOST_BEFORE) or phrase_before(
        text, _eq(text, number.start), words.NAMED_BEFORE
    ):
        return True
    if spot[1] > number.end and phrase_behind(text, spot[1], words.MOST_BEHIND):
        return True
    if spot[1] > number.end and text.spaced.endswith(words.MOST_BEHIND, 0, spot[1]):
        return True
    start, end = text.sentence(number.start)
    near = max(start, number.start - 40), min(end, number.end + 40)
    if number.low < number.value or holds(text, (near[0], number.start), words.RANGES) is not None:
        return True
    scales = holds(text, near, words.SCALES)
    return number.value > 1 and scales is not None and not negated(text, scales)
