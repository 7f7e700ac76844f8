"""Which rate is the mean, which the peak, and which that of one user."""

from dataclasses import dataclass

from neuralnav.draft.rules.corrections import standing
from neuralnav.draft.rules.numbers import numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.rate import Rate
from neuralnav.draft.rules.rates import rates
from neuralnav.draft.text import Text
from neuralnav.model.draft import Question, Unplaced

_ASKED = 4
"""How many rates a question lists."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The rates of a service. `mean` and `peak` are of all users, `each` of one."""

    mean: Rate | None = None
    peak: Rate | None = None
    each: Rate | None = None
    unplaced: tuple[Unplaced, ...] = ()
    questions: tuple[Question, ...] = ()


def chosen_rates(text: Text) -> Volume:
    """Return the rates that hold today; two that differ are a question."""
    live = standing(rates(text), lambda one, other: one.each == other.each)
    today = [rate for rate in live if rate.moment in ("", "now")] or live
    others = [rate for rate in live if rate.moment in ("later", "before")] if len(today) < len(live) else []
    unplaced = [Unplaced(text.quote(*rate.span), "is said of another time; the plan is for today") for rate in others]
    each = _first([rate for rate in today if rate.each])
    means, peaks = _levels([rate for rate in today if not rate.each])
    mean, peak = _largest(means), _largest(peaks)
    if mean is not None and peak is not None and peak.per_s < mean.per_s:
        unplaced.append(Unplaced(text.quote(*peak.span), f"a peak below the {mean.text} that are told too"))
        peak = None
    unplaced += _at_once(text)
    question = _contradiction(text, means)
    return Volume(mean, peak, each, tuple(unplaced), (question,) if question else ())


_AT_ONCE = Pattern(
    r"\+? (?:concurrent|simultaneous|parallel|gleichzeitigen?|parallelen?)"
    r" (?:requests?|calls|queries|anfragen|prompts)\b"
    r"| (?:requetes simultanees|peticiones simultaneas|solicitudes simultaneas|peticiones concurrentes)\b"
    r"|(?:件の)?同時リクエスト|个?并发请求"
)


def _at_once(text: Text) -> list[Unplaced]:
    """Return requests that run at once, which a workload does not take."""
    why = "how many requests run at once follows from their rate and length; say users or a rate"
    found = [(number, _AT_ONCE.match(text.folded, number.end)) for number in numbers(text) if number.kind == "plain"]
    return [Unplaced(text.quote(number.start, match.end()), why) for number, match in found if match]


def _first(found: list[Rate]) -> Rate | None:
    return next((rate for rate in found if rate.plain), found[0] if found else None)


def _levels(found: list[Rate]) -> tuple[list[Rate], list[Rate]]:
    """Return rates of the mean and of the peak; work in other words stands back where requests are told."""
    plain = [rate for rate in found if rate.plain] or found
    return [rate for rate in plain if rate.level != "peak"], [rate for rate in plain if rate.level == "peak"]


def _largest(found: list[Rate]) -> Rate | None:
    return max(found, key=lambda rate: rate.per_s, default=None)


def _contradiction(text: Text, means: list[Rate]) -> Question | None:
    """Return the question between mean rates that differ by more than a tenth."""
    if not means or max(rate.per_s for rate in means) <= 1.1 * min(rate.per_s for rate in means):
        return None
    several = sorted(means, key=lambda rate: rate.start)
    several = list({rate.text: rate for rate in reversed(several)}.values())[-_ASKED:][::-1]
    options = tuple(rate.text for rate in several)
    return Question(
        field="traffic.requestRate",
        text=f"Which request rate holds: {' or '.join(options)}?",
        why="the description gives more than one; the larger is taken until then",
        options=options,
        quotes=tuple(text.quote(*rate.span) for rate in several),
        rank=0,
    )
