"""The budget: what may be spent, in which currency, for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from neuralnav.draft.rules import money_words as words
from neuralnav.draft.rules.firmness import HARD, firmness
from neuralnav.draft.rules.measures import (
    between_figures,
    corrected,
    holds,
    last_held,
    phrase_before,
    phrase_behind,
    plain,
    quotes,
    sound_numbers,
)
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Origin, Question, Reading, Unplaced

FIELD = "constraints.budget"
_DOLLARS, _UNSAID = "USD", ""
NO_RATE = "is not in USD, as the catalogs' prices are; no exchange rate is known"
_LEAST_BARE = 100
"""A number behind "budget" without currency or period is money from here on: "budget 5000", not "budget 2 GPUs"."""

_FACTORS: Mapping[str, float] = {"grand": 1000.0}


@dataclass(frozen=True, slots=True)
class _Amount:
    """Money of the prose, currency and period included: `text.folded[start:end]`."""

    value: float
    low: float
    currency: str
    period: str
    start: int
    end: int
    spot: Span | None = None
    thing: str = ""
    why: str = ""
    vague: bool = False


def read_money(text: Text) -> Reading:
    """Return constraints.budget, or why an amount is none."""
    amounts = _joined(text, _amounts(text))
    left: list[Unplaced] = []
    asked: list[Question] = []
    limits: list[_Amount] = []
    for item in amounts:
        why = _refusal(text, item)
        if why is None:
            limits.append(_with_period(text, item))
        elif why:
            left.append(Unplaced(text.quote(item.start, item.end), why))
            asked += _currency_question(text, item)
    best, questions, told = _one(text, limits)
    findings = () if best is None else (_finding(text, best),)
    if best is None and not amounts:
        left += _nothing(text)
    doubts = () if best is None else _doubts(text, best)
    return Reading(findings, (*left, *told), (*(asked if best is None else ()), *questions, *doubts))


def sum_of(text: Text, number: Number) -> tuple[Span, bool] | None:
    """Return where a number stands with its currency, and whether that is none but USD; None where it is no money."""
    item = _amount(text, number)
    return None if item is None else ((item.start, item.end), item.currency in (_DOLLARS, _UNSAID))


def _amounts(text: Text) -> list[_Amount]:
    """Return what is money, in order; a bare number is where it goes on about an amount: "$5k, not more than 8k"."""
    out: list[_Amount] = []
    for number in sound_numbers(text):
        item = _amount(text, number)
        if item is None and out and _goes_on(text, out[-1], number):
            item = _timed(text, _Amount(number.value, number.low, out[-1].currency, "", number.start, number.end))
            item = replace(item, period=item.period or out[-1].period, spot=(number.start, number.end))
        if item is not None:
            out.append(item)
    return out


def _goes_on(text: Text, before: _Amount, number: Number) -> bool:
    gap = before.end, number.start
    if (
        before.thing
        or gap[1] - gap[0] > 60
        or number.value < _LEAST_BARE
        or text.sentence(before.start) != text.sentence(number.start)
    ):
        return False
    span = number.start, number.end
    limits = phrase_before(text, number.start, words.LIMITS)
    if limits is None and corrected(text, gap, span) is None:
        firm = firmness(text, span, between_figures(text, *span)) == HARD
        return firm and phrase_behind(text, number.end, words.COPULAS) is not None
    return _closes(text, number.end) or phrase_behind(text, number.end, words.PERIOD_WORDS) is not None


def _amount(text: Text, number: Number) -> _Amount | None:
    """Return a number as money, or None where nothing says that it is."""
    start, end, value, low = number.start, number.end, number.value, number.low
    currency = None
    before = phrase_before(text, start, words.CURRENCIES_BEFORE)
    if before is not None:
        currency, start = words.OTHERS_BEFORE.get(before[0], _DOLLARS), before[1]
    behind = phrase_behind(text, end, words.CURRENCIES_BEHIND)
    if behind is not None and (behind[0] != "$" or currency is None):
        factor = _FACTORS.get(behind[0], 1.0)
        value, low, end = value * factor, low * factor, behind[1]
        currency = currency or words.OTHERS_BEHIND.get(behind[0], _DOLLARS)
    if before is not None and before[0] in ("rs", "$us") and currency != _DOLLARS and number.value < _LEAST_BARE:
        return None
    item = _Amount(value, low, currency or _UNSAID, "", start, end, vague=number.vague)
    item = _timed(text, item)
    late = phrase_behind(text, item.end, words.DOLLARS_BEHIND) if item.period and currency is None else None
    if late is not None and late[0] != "$":
        return replace(item, currency=_DOLLARS, end=late[1])
    if currency is not None:
        return item
    return _bare(text, item)


def _bare(text: Text, item: _Amount) -> _Amount | None:
    """Return a number without currency as money where it stands behind "budget" or the like."""
    sentence = text.sentence(item.start)
    phrases = words.ASKED_TIMED if item.period else words.ASKED
    spot = _asking(text, (max(sentence[0], item.start - 50), item.start), phrases)
    if spot is None or item.thing:
        return None
    if item.value < _LEAST_BARE and not item.period:
        return item if item.value == 0 and _closes(text, item.end) else None
    if not _closes(text, item.end) and not item.period:
        return None
    return replace(item, spot=spot)


def _asking(text: Text, span: Span, phrases: tuple[str, ...]) -> Span | None:
    """Return the last word of money before a number, where only small words stand between."""
    best = last_held(text, span, phrases)
    if best is None:
        return None
    at = best[1]
    while at < span[1]:
        if text.spaced[at] == " ":
            at += 1
            continue
        step = phrase_behind(text, at, words.BETWEEN)
        if step is None:
            return None
        at = step[1]
    return best


def _closes(text: Text, end: int) -> bool:
    """Tell whether nothing that could be counted follows a number."""
    rest = text.spaced[end : end + 24].lstrip()
    if not rest or not rest[0].isalnum():
        return not rest.startswith(("%", "x "))
    word = rest.split(" ", 1)[0].rstrip(".,;:!?)")
    return word in words.AMOUNT_ENDS or not word[0].isascii()


def _timed(text: Text, item: _Amount) -> _Amount:
    """Return an amount with the period or the thing that follows it."""
    end = item.end
    step = phrase_behind(text, end, words.FILLERS)
    end = end if step is None else step[1]
    thing = phrase_behind(text, end, words.PER_THING)
    if thing is not None:
        return replace(item, thing=thing[0], end=thing[1])
    found = phrase_behind(text, end, words.PERIOD_WORDS)
    if found is None:
        return item
    also = phrase_behind(text, found[1], words.PER_THING)
    if also is not None and also[0] not in ("each",):
        return replace(item, thing=also[0], end=also[1])
    return replace(item, period=words.PERIODS[found[0]], end=found[1])


def _with_period(text: Text, item: _Amount) -> _Amount:
    """Return an amount with its period where that stands elsewhere in the sentence: "a monthly budget of $6k"."""
    if item.period:
        return item
    close = phrase_before(text, item.start, words.PERIOD_WORDS)
    if close is not None:
        return replace(item, period=words.PERIODS[close[0]], start=close[1])
    sentence = text.sentence(item.start)
    window = max(sentence[0], item.start - 60), min(sentence[1], item.end + 30)
    spot = _nearest_period(text, window, item)
    if spot is None:
        return item
    found, period = spot
    return replace(item, period=period, spot=found)


def _nearest_period(text: Text, window: Span, item: _Amount) -> tuple[Span, str] | None:
    """Return the period word beside a word of money in a window of the text: "monthly budget", "月予算"."""
    best: tuple[int, Span, str] | None = None
    for phrase, period in words.PERIODS_NEAR.items():
        spot = holds(text, window, (phrase,))
        if spot is None:
            continue
        away = min(abs(item.start - spot[1]), abs(spot[0] - item.end))
        if best is None or away < best[0]:
            best = away, spot, period
    if best is None or not _of_money(text, best[1], item):
        return None
    return best[1], best[2]


def _of_money(text: Text, spot: Span, item: _Amount) -> bool:
    """Tell whether a period beside an amount is the amount's own, not that of "requests per month"."""
    near = max(text.sentence(spot[0])[0], spot[0] - 25), min(text.sentence(spot[0])[1], spot[1] + 25)
    return holds(text, near, words.ASKED) is not None or 0 <= item.start - spot[1] <= 20 or 0 <= spot[0] - item.end <= 6


def _joined(text: Text, amounts: list[_Amount]) -> list[_Amount]:
    """Return amounts, the two ends of a range as one: "$10k-$15k", "between $5k and $8k"."""
    out: list[_Amount] = []
    for item in amounts:
        if out and out[-1].value < item.value and not out[-1].thing:
            last = out[-1]
            gap = text.spaced[last.end : item.start].strip()
            dashed = (
                gap in ("to", "bis", "a", "hasta", "〜", "~", "到", "から", "")
                and text.folded[last.end : item.start].strip() != ""
            )
            paired = gap in ("and", "und", "et", "y") and holds(
                text, (max(0, last.start - 12), last.start), ("between", "zwischen", "entre")
            )
            if dashed or paired:
                out[-1] = replace(
                    item,
                    low=last.value,
                    start=last.start,
                    currency=item.currency or last.currency,
                    spot=last.spot or item.spot,
                )
                continue
        out.append(item)
    return out


def _refusal(text: Text, item: _Amount) -> str | None:
    """Return why an amount is no budget, "" where it is another matter altogether, or None where it is one."""
    if item.thing:
        return _one_of_many(item.thing.strip("/"))
    clause = text.clause(item.start)
    single = (
        None
        if item.period
        else holds(text, (max(clause[0], item.start - 60), min(clause[1], item.end + 30)), words.SINGLE)
    )
    if single is not None:
        return _one_of_many(text.spaced[single[0] : single[1]])
    if holds(text, clause, words.OTHER_MONEY) and not holds(text, clause, ("budget", "spend")):
        return ""
    near = max(text.sentence(item.start)[0], item.start - 80), min(text.sentence(item.start)[1], item.end + 50)
    wished = item.spot is not None or holds(text, near, words.WISHES) is not None
    if holds(text, clause, words.PAID_NOW) and not holds(
        text, clause, ("budget", "at most", "max", "under", "below", "must")
    ):
        return "is what is paid today, not what may be spent"
    if phrase_before(text, item.start, words.INSTEAD):
        return ""
    if phrase_before(text, item.start, words.ABOVE) and not holds(text, clause, words.NOT_ABOVE):
        return ""
    if not wished and not item.period and not _alone(text, item):
        return "no word says that it is a budget"
    if item.value <= 0:
        return "a budget is above zero; leave it out where there is none"
    if item.currency not in (_DOLLARS, _UNSAID):
        return f"{NO_RATE}"
    return None


def _one_of_many(thing: str) -> str:
    return f'"{thing}": a price of one of many, and a budget is for all of them together'


def _alone(text: Text, item: _Amount) -> bool:
    """Tell whether a clause says little but the amount: "chatbot, 500 users, $6k"."""
    start, end = text.clause(item.start)
    if end - start > item.end - item.start + 60:
        return False
    return len((text.spaced[start : item.start] + text.spaced[item.end : end]).split()) <= 3


def _one(text: Text, limits: Sequence[_Amount]) -> tuple[_Amount | None, list[Question], list[Unplaced]]:
    """Return the budget of which several may be said: the corrected, else the hard one, else the lowest."""
    asked: list[Question] = []
    left: list[Unplaced] = []
    best: _Amount | None = None
    for item in limits:
        if best is None or _monthly(best) == _monthly(item):
            best = best or item
            continue
        spot = corrected(text, (best.start, best.end), (item.start, item.end))
        if spot is not None:
            best = replace(item, spot=spot, why="the later word counts", period=item.period or best.period)
            continue
        kept, other = sorted((best, item), key=lambda one: (_softness(text, one), _monthly(one)))
        if _softness(text, kept) == _softness(text, other):
            spans = quotes(text, (best.start, best.end), (item.start, item.end))
            options = tuple(_spelling(one) for one in (best, item))
            asked.append(
                Question(
                    FIELD,
                    f"Which budget holds: {options[0]} or {options[1]}?",
                    "both are said; the lower one was taken",
                    options,
                    spans,
                    0,
                )
            )
        else:
            left.append(Unplaced(text.quote(other.start, other.end), f"{_spelling(kept)} was taken: it is the limit"))
            kept = kept if kept.period else replace(kept, period=other.period)
        best = kept
    return best, asked, left


def _softness(text: Text, item: _Amount) -> int:
    """Return how firm an amount is, 3 for one that may be of anything."""
    start, end = text.clause(item.start)
    firm = firmness(text, (item.start, item.end), between_figures(text, item.start, item.end))
    if firm != HARD and not item.period and item.spot is None and not holds(text, (start, end), words.ASKED):
        return 3
    return firm


def _monthly(item: _Amount) -> float:
    per = {words.HOUR: 730.0, words.DAY: 730 / 24, words.YEAR: 1 / 12, **words.PER_MONTH}
    return item.value * per.get(item.period, 1.0)


def _finding(text: Text, item: _Amount) -> Finding:
    whys = [item.why] if item.why else []
    if item.low < item.value:
        whys.append("the upper end of the range")
    if item.vague:
        whys.append(f"loose words, taken as {plain(item.value)}")
    if item.currency == _UNSAID:
        whys.append("no currency is said: taken for USD")
    if not item.period:
        whys.append("no period is said: taken for a month")
    if item.period in words.PER_MONTH:
        whys.append(f"a {item.period}'s money as a month's")
    sure = item.currency == _DOLLARS and item.period and not item.vague and item.period not in words.PER_MONTH
    origin: Origin = "stated" if sure else "inferred"
    return Finding(
        FIELD, _spelling(item), origin, "rules", quotes(text, item.spot, (item.start, item.end)), "; ".join(whys)
    )


def _spelling(item: _Amount) -> str:
    if item.period in words.PER_MONTH:
        return f"{plain(round(_monthly(item)))} USD/month"
    return f"{plain(round(item.value, 2))} USD/{item.period or 'month'}"


def _doubts(text: Text, item: _Amount) -> tuple[Question, ...]:
    """Return the question about what a budget leaves open."""
    spans = quotes(text, item.spot, (item.start, item.end))
    if item.period and item.currency:
        return ()
    shown = plain(item.value)
    if not item.period:
        text_ = f"Is the budget of {shown} USD for a month or for a year?"
        return (Question(FIELD, text_, "a month was taken", (f"{shown} USD/month", f"{shown} USD/year"), spans, 3),)
    return (Question(FIELD, f"Is the budget of {shown} in USD?", "USD was taken", (), spans, 4),)


def _currency_question(text: Text, item: _Amount) -> list[Question]:
    if item.currency in (_DOLLARS, _UNSAID) or item.thing or item.value <= 0:
        return []
    if _refusal(text, item) != NO_RATE:
        return []
    why = f"{item.currency} was said; prices are in USD, and no exchange rate is known"
    return [Question(FIELD, "What is the budget in USD a month?", why, (), (text.quote(item.start, item.end),), 2)]


def _nothing(text: Text) -> list[Unplaced]:
    """Return words that ask for a service that costs nothing."""
    for phrase in words.ZERO:
        for span in text.find(phrase):
            return [Unplaced(text.quote(*span), "a budget is above zero; GPUs cost money")]
    return []
