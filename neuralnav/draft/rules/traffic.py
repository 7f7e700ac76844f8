"""How much traffic: users or rate, peaks, how requests arrive."""

from dataclasses import dataclass

from neuralnav.draft.rules.hostile import hostile_spans
from neuralnav.draft.rules.numbers import figure, oversized
from neuralnav.draft.rules.peaks import peak_question, read_peaks
from neuralnav.draft.rules.rate import Rate
from neuralnav.draft.rules.shares import Share, active_share
from neuralnav.draft.rules.users import People, chosen_users
from neuralnav.draft.rules.volumes import Volume, chosen_rates
from neuralnav.draft.text import Span, Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Origin, Quote, Reading, Unplaced, Value

_MOST_PER_MINUTE = 10_000


def read_traffic(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return users or rate, the share that is active, peaks and arrival.

    Sentences that speak to a model, and figures that no workload has, are told as unplaced, for all parts.
    Fields: traffic.users, requestRate, activeShare, requestsPerActiveUserPerMinute, peakFactor, arrival, burstSize.
    A workload takes users or a rate: where both are told, the users are kept and the rate becomes theirs.
    """
    crowd = chosen_users(text)
    volume = chosen_rates(text)
    share = active_share(text, crowd)
    load = _load(text, crowd, volume, share)
    peaks = read_peaks(text)
    findings = [*load.findings, *_peak(text, volume, load)]
    told = {item.field for item in findings}
    findings += [item for item in peaks.findings if item.field not in told]
    told |= {item.field for item in findings}
    counted = crowd.at_once is not None and any(_meets(text, item, crowd.share_spans) for item in peaks.unplaced)
    open_peak = () if counted or "traffic.peakFactor" in told else peaks.unplaced
    questions = [*crowd.questions, *volume.questions]
    questions += [peak_question(tuple(item.quote for item in open_peak))] if open_peak else []
    hostile = tuple(
        Unplaced(text.quote(*span), "speaks to a model, not about the service: it is not read")
        for span in hostile_spans(text)
    )
    large = tuple(Unplaced(text.quote(*span), "larger than any workload has") for span in oversized(text))
    unplaced = (*hostile, *large, *crowd.unplaced, *volume.unplaced, *load.unplaced, *open_peak)
    return Reading(tuple(findings), unplaced, tuple(questions))


def _meets(text: Text, item: Unplaced, spans: tuple[Span, ...]) -> bool:
    """Tell whether words are part of those that count people at once: "300 users at peak" is no open question."""
    quotes = [text.quote(*span) for span in spans]
    return any(quote.start < item.quote.end and item.quote.start < quote.end for quote in quotes)


@dataclass(frozen=True, slots=True)
class _Load:
    """What users and rates come to."""

    findings: tuple[Finding, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    peak_taken: bool = False


def _load(text: Text, crowd: People, volume: Volume, share: Share | None) -> _Load:
    """Return users with what each asks for, or the rate itself."""
    rate = volume.mean or volume.peak
    if crowd.finding is None:
        alone = _shared(share)
        if rate is not None:
            return _Load((_rate(text, rate), *alone), peak_taken=volume.mean is None)
        return _Load((*_each(text, volume.each, share), *alone) if volume.each else alone)
    users = crowd.finding
    if volume.each is not None:
        unplaced = (_unplaced(text, rate, "the rate of each user is taken instead"),) if rate is not None else ()
        return _Load((users, *_each(text, volume.each, share), *_shared(share)), unplaced)
    if rate is None:
        return _Load((users, *_shared(share)))
    if isinstance(users.value, int) and rate.per_s < _SELDOM * users.value:
        return _Load((users, *_each(text, rate, share), *_shared(share)))
    return _both(text, users, rate, share, peak_taken=volume.mean is None)


def _shared(share: Share | None) -> tuple[Finding, ...]:
    return () if share is None else (share.finding,)


def _each(text: Text, rate: Rate, share: Share | None) -> tuple[Finding, ...]:
    """Return the rate of one user: of every user, unless a share of active ones is told."""
    per_minute = _rounded(rate.per_s * 60)
    quote = text.quote(*rate.span)
    unit = {"s": "second", "min": "minute"}.get(rate.unit, rate.unit)
    why = f"{figure(rate.number.value)} a {unit} for each user{'' if rate.unit == 'min' else ', spread evenly'}"
    origin: Origin = "stated" if rate.unit == "min" and rate.plain else "inferred"
    found = _finding("traffic.requestsPerActiveUserPerMinute", min(per_minute, _MOST_PER_MINUTE), origin, (quote,), why)
    if share is not None or rate.active:
        return (found,)
    everyone = "the rate is that of every user, so all of them count as active"
    return found, _finding("traffic.activeShare", 1, "inferred", (quote,), everyone)


_SELDOM = 0.02 / 86_400
"""Requests a second of each user, once in fifty days: who sends that little is not planned for."""


def _both(text: Text, users: Finding, rate: Rate, share: Share | None, *, peak_taken: bool) -> _Load:
    """Return users whose requests add up to a rate that is told too."""
    active = share.value if share is not None else 1.0
    people = users.value if isinstance(users.value, int) else 1
    per_minute = _rounded(rate.per_s * 60 / (people * active)) if active > 0 else 0.0
    quotes = _ordered((*users.quotes, text.quote(*rate.span)))
    if not 0 < per_minute <= _MOST_PER_MINUTE:
        why = "the request rate is taken instead: so few users cannot send as much"
        return _Load((_rate(text, rate),), tuple(Unplaced(quote, why) for quote in users.quotes), peak_taken)
    total = f"{figure(people)} users send {rate.text} together"
    each = _finding("traffic.requestsPerActiveUserPerMinute", per_minute, "inferred", quotes, total)
    if share is not None:
        return _Load((users, each, share.finding), peak_taken=peak_taken)
    why = "the rate is told for all users, so all of them count as active"
    return _Load((users, each, _finding("traffic.activeShare", 1, "inferred", quotes, why)), peak_taken=peak_taken)


def _rate(text: Text, rate: Rate) -> Finding:
    why = rate.number.why
    if not rate.plain:
        why = f"one request each{'; ' + why if why else ''}"
    elif rate.unit in ("week", "month", "year"):
        why = f"a {rate.unit} spread over its days"
    elif rate.level == "peak":
        why = why or "the rate at the peak"
    origin: Origin = (
        "stated" if rate.plain and not rate.number.vague and rate.unit not in ("week", "month", "year") else "inferred"
    )
    return _finding("traffic.requestRate", rate.text, origin, (text.quote(*rate.span),), why)


def _peak(text: Text, volume: Volume, load: _Load) -> tuple[Finding, ...]:
    """Return the peak factor that follows from rates: peak over mean, or one where only the peak is told."""
    if volume.peak is None:
        return ()
    if volume.mean is not None:
        factor = _rounded(volume.peak.per_s / volume.mean.per_s)
        quotes = _ordered((text.quote(*volume.mean.span), text.quote(*volume.peak.span)))
        if not 1 <= factor <= 100:
            return ()
        why = f"{volume.peak.text} at the peak over {volume.mean.text} on average"
        return (_finding("traffic.peakFactor", factor, "inferred", quotes, why),)
    if not load.peak_taken:
        return ()
    why = "the rate told is already the peak"
    return (_finding("traffic.peakFactor", 1, "inferred", (text.quote(*volume.peak.span),), why),)


def _unplaced(text: Text, rate: Rate, why: str) -> Unplaced:
    return Unplaced(text.quote(*rate.span), why)


def _finding(field: str, value: Value, origin: Origin, quotes: tuple[Quote, ...], why: str) -> Finding:
    return Finding(field, value, origin, "rules", quotes, why)


def _ordered(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    return tuple(sorted(set(quotes), key=lambda quote: (quote.start, quote.end)))


def _rounded(value: float) -> int | float:
    """Return a value in six significant digits, whole where it is."""
    short = float(f"{value:.6g}")
    return int(short) if short == int(short) else short
