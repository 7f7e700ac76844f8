"""Do the magnitudes of a load point bear out its units? A point that contradicts itself is refused by path."""

from collections.abc import Iterator

from neuralnav.imports.said import Fault, Point, Said
from neuralnav.model.tables import METRICS, STATISTICS

ROUNDED = 1.001
"""Figures that were rounded on their way may exceed each other by this factor."""

GAPS_AGREE = 1.5
"""TTFT and the gaps must give the E2E within this factor. Means over requests of different lengths differ by some ten
percent; a wrong unit by a factor of a thousand."""

TOTALS_AGREE = 1.05
"""Two ways to give one rate (completed over duration, and the rate itself) must agree within this factor."""

IN_FLIGHT = 1.1
"""Rate times E2E, the mean in flight, may exceed a fixed number in flight by this factor: a run has ends."""

LENGTHS_AGREE = 1.25
"""A stated number of tokens and the mean that was measured must agree within this factor."""


def check_magnitudes(point: Point) -> Iterator[Fault]:
    """Yield what a load point contradicts itself in."""
    yield from _percentiles(point)
    inside_out = list(_first_token(point))
    yield from inside_out or _gaps(point)
    yield from _totals(point)
    yield from _in_flight(point)
    yield from _lengths(point)


def _percentiles(point: Point) -> Iterator[Fault]:
    for metric in (*METRICS, "tpot"):
        for lower, upper in (("p50", "p90"), ("p90", "p95"), ("p95", "p99")):
            low, high = (point.facts.get(f"{metric}_{name}_ms") for name in (lower, upper))
            if low and high and high.number * ROUNDED < low.number:
                message = f"{upper} {_ms(high)} is below {lower} {_ms(low)}"
                yield Fault(high.path, message, f"{lower} stands at {low.path}")


def _first_token(point: Point) -> Iterator[Fault]:
    for name in STATISTICS:
        ttft, e2e = (point.facts.get(f"{metric}_{name}_ms") for metric in ("ttft", "e2e"))
        if ttft and e2e and ttft.number > e2e.number * ROUNDED:
            message = f"{name} E2E {_ms(e2e)} is below the {name} TTFT {_ms(ttft)}, which is part of it"
            hint = f"expected {_ms(ttft)} or more; {_beside(ttft)}; check both units"
            yield Fault(e2e.path, message, hint)


def _gaps(point: Point) -> Iterator[Fault]:
    """Compare E2E with TTFT + (n - 1) gaps: of TPOT where it is there, as ITL may be over chunks of several tokens."""
    tokens = point.number("output_mean") or point.number("output_tokens")
    gap = point.facts.get("tpot_mean_ms") or point.facts.get("itl_mean_ms")
    ttft, e2e = point.facts.get("ttft_mean_ms"), point.facts.get("e2e_mean_ms")
    if not (tokens and gap and ttft and e2e):
        return
    expected = ttft.number + max(0.0, tokens - 1.0) * gap.number
    if not 1 / GAPS_AGREE <= e2e.number / expected <= GAPS_AGREE:
        message = f"mean E2E {_ms(e2e)} contradicts TTFT and {tokens:,.0f} tokens of {_ms(gap)} each"
        hint = f"expected about {expected:,.1f} ms, within a factor {GAPS_AGREE:g}; {_beside(ttft, gap)}"
        yield Fault(e2e.path, message, hint)


def _totals(point: Point) -> Iterator[Fault]:
    rate, reported = point.facts.get("achieved_rps"), point.facts.get("reported_rps")
    if rate and reported and not _agree(rate.number, reported.number, TOTALS_AGREE):
        message = f"{reported.number:,.4g} requests per second contradict the completed requests over the duration"
        yield Fault(reported.path, message, f"expected about {rate.number:,.4g}")
    tokens, output = point.facts.get("output_tokens_per_s"), point.number("output_mean")
    if rate and tokens and output and not _agree(rate.number * output, tokens.number, TOTALS_AGREE):
        message = f"{tokens.number:,.4g} output tokens per second contradict the rate and the tokens of a request"
        yield Fault(tokens.path, message, f"expected about {rate.number * output:,.4g}")


def _in_flight(point: Point) -> Iterator[Fault]:
    """Little's law: the mean number in flight is rate times E2E, and no more than were let in."""
    rate, e2e = point.number("achieved_rps"), point.facts.get("e2e_mean_ms")
    cap = point.facts.get("concurrency")
    if not (rate and e2e and cap):
        return
    flying = rate * e2e.number / 1000.0
    if flying > cap.number * IN_FLIGHT:
        message = f"mean E2E {_ms(e2e)} at {rate:,.4g} requests per second puts {flying:,.0f} in flight, of {cap.value}"
        yield Fault(e2e.path, message, f"expected at most {cap.number / rate * 1000.0:,.1f} ms; check the unit")


def _lengths(point: Point) -> Iterator[Fault]:
    for kind in ("prompt", "output"):
        stated, mean = point.facts.get(f"{kind}_tokens"), point.facts.get(f"{kind}_mean")
        if stated and mean and not _agree(stated.number, mean.number, LENGTHS_AGREE):
            message = f"{mean.number:,.0f} {kind} tokens a request were measured, {stated.value} are stated"
            yield Fault(mean.path, message, f"{stated.path} says {stated.value}")


def _agree(one: float, other: float, factor: float) -> bool:
    return one <= other * factor and other <= one * factor


def _ms(said: Said) -> str:
    return f"{said.number:,.4g} ms" if said.number < 1000 else f"{said.number:,.0f} ms"  # digits


def _beside(*items: Said) -> str:
    return "see also " + " and ".join(item.path for item in items)
