"""What matters how much: words for quality, cost, speed and ease, and the weights that stand beside them."""

import re
from collections.abc import Iterator, Sequence

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.priority_marks import Group, Mark, Said, found, grouped, segments
from neuralnav.draft.rules.priority_orders import comparisons, insisted, numbered
from neuralnav.draft.rules.priority_pairs import paired
from neuralnav.draft.rules.priority_staff import staff_wanting
from neuralnav.draft.rules.weighing import bearing, borne, ruled_out, unwished, weakened
from neuralnav.draft.text import Text
from neuralnav.model.draft import Finding, Question, Reading

DIMENSIONS = ("accuracy", "cost", "latency", "complexity")

_WHY = {
    "accuracy": "asks for good answers",
    "cost": "asks for low cost",
    "latency": "asks for speed",
    "complexity": "asks for something easy to run",
}
_COMPARED = Pattern(r"\b(?:than|als|que)\b")
"""What follows these is what something is weighed against: "matters more to us than price"."""

_FARTHEST = 45
"""How many characters may lie between a weight and what it weighs."""

_CLAUSE_APART = 30
"""How much farther a weight seems beyond a comma."""


COMPARED = 2
"""The loudness of what a comparison or a wished value tells."""


def read_priorities(text: Text) -> Reading:
    """Return the priorities that words tell; those not spoken of are left out."""
    said = sorted(_said(text), key=lambda item: item.spans[0])
    findings: list[Finding] = []
    questions: list[Question] = []
    for dimension in DIMENSIONS:
        own = [item for item in said if item.dimension == dimension]
        if not own:
            continue
        top = max(item.loudness for item in own)
        taken = [item for item in own if item.loudness == top][-1]
        findings.append(_finding(text, taken))
        contrary = _contrary(taken, own)
        if contrary is not None:
            questions.append(_contradiction(text, contrary, taken))
    return Reading(tuple(findings), questions=tuple(questions))


def _finding(text: Text, item: Said) -> Finding:
    quotes = tuple(text.quote(*span) for span in sorted(dict.fromkeys(item.spans)))
    return Finding(
        f"priorities.{item.dimension}", item.level, "inferred" if item.why else "stated", "rules", quotes, item.why
    )


def _contrary(taken: Said, own: Sequence[Said]) -> Said | None:
    """Return what says the opposite in other words; what a comparison tells contradicts nobody."""
    if taken.loudness == COMPARED:
        return None
    same = {span for item in own if item.level == taken.level for span in item.spans}
    opposite = {"low": "high", "high": "low"}.get(taken.level)
    return next(
        (item for item in own if item.level == opposite and item.loudness != COMPARED and not same & {*item.spans}),
        None,
    )


def _contradiction(text: Text, contrary: Said, taken: Said) -> Question:
    return Question(
        f"priorities.{taken.dimension}",
        f"Does {taken.dimension} matter much or little? Both are told.",
        "the words contradict each other",
        ("high", "medium", "low"),
        tuple(text.quote(*span) for span in sorted({*contrary.spans, *taken.spans})),
        rank=0,
    )


def _said(text: Text) -> Iterator[Said]:
    every = found(text)
    yield from numbered(text, every)
    for span in staff_wanting(text):
        yield Said("complexity", "high", 1, (span,), "few can look after it")
    for more, less in paired(text):
        yield Said(more.dimension, more.level, 3, (more.span, less.span))
        yield Said(less.dimension, less.level, 2, (more.span, less.span))
    for marks in segments(text, every):
        groups = grouped(text, marks)
        weights = [mark for mark in marks if mark.kind == "weight"]
        compared, spent = comparisons(text, groups, weights)
        yield from compared
        yield from insisted(text, marks)
        yield from _balanced(text, groups, [mark for mark in marks if mark.kind == "balance"])
        yield from _weighed(text, groups, [mark for mark in weights if mark not in spent])
        yield from _elided(text, groups)
        yield from _valued(text, groups)
        for group in groups:
            for mark in group.marks:
                yield from _alone(text, mark)


def _balanced(text: Text, groups: Sequence[Group], balances: Sequence[Mark]) -> Iterator[Said]:
    """Yield medium for what is to be balanced; for all four where nothing is named."""
    for balance in balances[:1]:
        named = [mark for group in groups for mark in group.marks if abs(mark.start - balance.end) < 80]
        for mark in named:
            yield Said(mark.dimension, "medium", 4, (mark.span, balance.span))
        if named and "performance" in text.spaced[balance.start : balance.end]:  # "balanced performance and cost"
            yield Said("latency", "medium", 4, (balance.span,))
        for dimension in () if named else DIMENSIONS:
            yield Said(dimension, "medium", 1, (balance.span,), "asks for a balance")


_ELIDED = Pattern(
    r"\s+(?:is|are|does|do|ist|sind|hingegen|eher|only|just)?\s*(?:nicht unbedingt|nicht so|not so|not really|"
    r"not necessarily|"
    r"not|isn't|aren't|doesn't|nicht|less so|not so much|"
    r"not as much|weniger|moins|menos|pas)\s*(?:[.,;!\n]|$)"
)


_SECOND = Pattern(
    r"\s*(?:[=:(]|->|(?:is|comes|ranks|goes|would be|as|a)\b)?\s*(?:(?:only|in|on|a|the|our|number|no|#|"
    r"distant)\b\s*|#){0,3}"
    r"(first|second|third|fourth|last|1st|2nd|3rd|4th)\b(?! to| token| reply| answer| word| time| and)"
)
_PLACES = {
    "first": "high", "1st": "high", "second": "medium", "2nd": "medium",
    "third": "low", "3rd": "low", "fourth": "low", "4th": "low", "last": "low",
}  # fmt: skip
_LOW_VALUE = Pattern(
    r"\W+(?:(?!high|not|n't|nicht|pas|no\b)[\w']+\W+){0,4}?(?:minim\w+|short|court|courts|cort[oa]s?|kurz|"
    r"reduite?s?|low|lower|minimal|small|down|niedrig|gering|klein|"
    r"bas|basse|faible|faibles|bajos?|bajas?)\b"
    r"|[はもが]?(?:できるだけ|なるべく)?低[いく]|要?尽?[可量]?能?低"
)
_HIGH_VALUE = Pattern(
    r"\W+(?:(?!low|not|n't|nicht|pas|no\b)[\w']+\W+){0,3}?(?:high|excellent|perfect|flawless|top|hoch|haute|elevee|"
    r"alta)\b(?! enough)|[はもが]高[いく]|要?高(?!一)"
)


_LOW_AHEAD = Pattern(
    r"(?<!too )\b(?:minimal|minimum|low|lowest|little|small|least|reduced|(?:gering|niedrig|minimal)\w*|faibles?|"
    r"moindres?|baj[oa]s?|minim[oa]s?|poc[oa])"
    r"\s(?:\w+\s)?$|(?:最小限|最低限)の$"
)
_HIGH_AHEAD = Pattern(
    r"\b(?:high|highest|top|maximum|max|great|excellent|(?:hoh|hochst|best)\w*|haute|grande|meilleure|alta|gran|"
    r"maxima|mejor)\s(?:\w+\s)?$|(?:高い|最高の)$"
)


def _valued(text: Text, groups: Sequence[Group]) -> Iterator[Said]:
    """Yield what is said by a wished value ("costs have to stay low") or a place ("price second")."""
    for group in groups:
        mark = group.marks[-1]
        start, end = group.span
        stop = text.clause(end - 1)[1]
        place = _SECOND.match(text.spaced, end, stop)
        ahead = (_HIGH_AHEAD if mark.dimension == "accuracy" else _LOW_AHEAD).search(
            text.spaced, max(start - 30, 0), start
        )
        value = (_HIGH_VALUE if mark.dimension == "accuracy" else _LOW_VALUE).match(text.spaced, end, stop)
        if place and mark.kind in ("subject", "good"):
            yield Said(mark.dimension, _PLACES[place[1]], 3, ((start, place.end()),))
        elif (value or ahead) and mark.kind == "subject":
            span = (ahead.start() if ahead else start, value.end() if value else end)
            for one in group.marks:
                yield Said(one.dimension, "high", 2, (span,))


_ANSWERED = Pattern(
    r"[^?.!;\n]{0,30}\?\s*(?:a:|answer:|-)?\s*(?:(?P<no>(?:no|nope|nah|nein|non|hardly)\s*(?:[.,;!\n-]|$)|"
    r"not (?:really|at all|much|especially|particularly|so much|very)|nicht wirklich|pas vraiment|no mucho)|"
    r"(?P<yes>(?:yes|yep|yeah|absolutely|definitely|very|extremely|sure|ja|oui|si)\s*(?:[.,;!\n-]|$|so\b|much\b)))"
    r"|\s*[:=]\s*(?:(?P<none>no|not really|none|nope|nein|non|whatever)|(?P<sure>yes|absolutely|definitely|"
    r"very much|must|a must|essential|vital|crucial|ja|oui))\s*(?:[.,;!\n]|$)"
)
"""An answer behind its question or label: "is speed important? no", "accuracy: absolutely"."""

_AFFIRMED = Pattern(r"\s+(?:does|do|is|are|schon|oui|si|ist es|is it|sind es|c'est)\s*(?:[.,;!\n]|$)")
_DENIED_AHEAD = Pattern(
    r"(?:\b(?:but|and|aber|und|mais|pero|y|et)|,)\s+(?:not|nicht|pas|no)\s+(?:(?:about|on|for|um|auf|sur|en|por|"
    r"so much|the|die|la|le|el)\s+){0,2}$"
)


def _elided(text: Text, groups: Sequence[Group]) -> Iterator[Said]:
    """Yield what is said in short: "accuracy matters, speed does not", "but not about cost", "but latency is"."""
    for group in groups:
        start, end = group.span
        ahead = _DENIED_AHEAD.search(text.spaced, max(start - 40, 0), start)
        behind = _ELIDED.match(text.folded, end)
        affirmed = _AFFIRMED.match(text.folded, end) if group.marks[0].kind in ("subject", "good") else None
        span = (ahead.start() if ahead else start, behind.end() if behind else affirmed.end() if affirmed else end)
        level = "low" if ahead or behind else "high"
        turned = {"low": "high", "high": "low"}
        answer = _ANSWERED.match(text.spaced, end) if group.marks[-1].kind != "bad" else None
        if answer:
            told = "low" if answer["no"] or answer["none"] else "high"
            yield from (Said(mark.dimension, told, 4, ((start, answer.end()),)) for mark in group.marks)
        for mark in group.marks if ahead or behind or affirmed else ():
            yield Said(mark.dimension, turned[level] if mark.kind == "bad" else level, 3, (span,))


def _weighed(text: Text, groups: Sequence[Group], weights: Sequence[Mark]) -> Iterator[Said]:
    """Yield what weights say of the group nearest to each; a group listens to its nearest weight."""
    nearest: dict[int, tuple[int, Mark]] = {}
    for weight in weights:
        found = _nearest(text, groups, weight)
        if found is not None and found[0] < nearest.get(found[1], (_FARTHEST + _CLAUSE_APART, weight))[0]:
            nearest[found[1]] = (found[0], weight)
    for index, (_, weight) in nearest.items():
        group = groups[index]
        level = bearing(text, weight, group.span)
        for mark in group.marks if level else ():
            if mark.kind == "bad" and level == "medium":
                continue
            if mark.kind != "idiom" or level != "high":
                yield Said(mark.dimension, level, 4 if mark.kind == "idiom" else 3, (mark.span, weight.span))


def _nearest(text: Text, groups: Sequence[Group], weight: Mark) -> tuple[int, int] | None:
    """Return how far the group is that a weight speaks of, and which one it is."""
    options: list[tuple[int, int]] = []
    for index, group in enumerate(groups):
        if group.marks[-1].kind == "told" or (weight.level == "high" and all(m.kind == "idiom" for m in group.marks)):
            continue  # it says how much by itself
        start, end = group.span
        behind = start >= weight.end
        gap = start - weight.end if behind else weight.start - end
        between = text.folded[weight.end : start] if behind else text.folded[end : weight.start]
        if gap > _FARTHEST or gap < 0 or (behind and _COMPARED.search(between)):
            continue
        apart = _CLAUSE_APART if re.search("[,、，:：]", between) else 0
        if weight.side == ("after" if behind else "before") or (apart and behind and ":" in between):
            apart -= 20
        options.append((gap + apart, index))
    return min(options, default=None)


def _alone(text: Text, mark: Mark) -> Iterator[Said]:
    """Yield what a wish, a fear or an idiom says without a weight beside it."""
    if mark.kind in ("idiom", "told", "good") and mark.level == "high" and unwished(text, mark.span):
        yield Said(mark.dimension, "low", 4, (mark.span,), "is not asked for")
    elif mark.kind in ("idiom", "told"):
        yield Said(mark.dimension, mark.level, 3, (mark.span,))
    elif mark.kind == "good" and (level := weakened(text, mark)):
        why = _WHY[mark.dimension] if level == "high" else "asks for no more than that"
        yield Said(mark.dimension, level, 1, (mark.span,), why)
    elif mark.kind == "bad" and borne(text, mark):
        yield Said(mark.dimension, "low", 1, (mark.span,), "is accepted")
    elif mark.kind == "bad" and ruled_out(text, mark):
        yield Said(mark.dimension, "high", 1, (mark.span,), "is ruled out")
