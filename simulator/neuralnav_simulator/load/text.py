"""The end of a run for people: a row for each load point, the SLOs, the model's own row beside it, and what to heed."""

from collections.abc import Iterator, Mapping, Sequence

from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav_simulator.load.aims import Slos
from neuralnav_simulator.load.measured import Measured
from neuralnav_simulator.load.report import Ran

HEADER = ("load", "", "done", "failed", "TTFT p50", "p95", "ITL p50", "p95", "E2E p50", "p95", "tokens/s")
RIGHT = range(2, len(HEADER))
SLOW = (
    "latencies count from when a request was due, so that a slow generator is no coordinated omission; counted from "
    "the send they are under from_send in the report"
)


def rows(ran: Sequence[Ran], slos: Slos | None) -> list[tuple[str, ...]]:
    """Return the body of the table. A p95 above its SLO is marked."""
    body: list[tuple[str, ...]] = []
    for one in ran:
        found = one.measured
        counts = (f"{found.done:,}", f"{found.sent - found.done:,}")
        speed = f"{found.output_tokens / found.seconds:,.0f}" if found.seconds else "-"
        body.append((one.point.shown, "measured", *counts, *_cells(found.ms, slos), speed))
        if one.predicted:
            body.append(("", "predicted", "", "", *_cells(one.predicted, slos), ""))
    if slos is not None and ran:
        limits = [text for metric in LATENCY_METRICS for text in ("", _ms(slos.of(metric)))]
        body.append(("", "SLO", "", "", *limits, ""))
    return body


def _cells(ms: Mapping[str, float], slos: Slos | None) -> Iterator[str]:
    for metric in LATENCY_METRICS:
        for statistic in ("p50", "p95"):
            value = ms.get(f"{metric}_{statistic}_ms")
            over = slos is not None and statistic == "p95" and value is not None and value > slos.of(metric)
            yield "-" if value is None else _ms(value) + ("!" if over else "")


def _ms(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 1000 else f"{value:,.1f} ms"  # digits that are read


def missed(ran: Sequence[Ran], slos: Slos | None) -> list[str]:
    """Return the SLOs that were not kept, each in words. Where too many requests have no answer, none was."""
    return [] if slos is None else [line for one in ran for line in _missed(one, slos)]


def _missed(one: Ran, slos: Slos) -> Iterator[str]:
    found, shown = one.measured, one.point.shown
    if found.lost:
        yield f"{found.sent - found.done:,} of {found.sent:,} requests have no answer at {shown}: no p95 is kept"
    for metric in LATENCY_METRICS:
        value = found.ms.get(f"{metric}_p95_ms")
        if value is not None and value > slos.of(metric):
            yield f"{metric.upper()} p95 {_ms(value)} is above {_ms(slos.of(metric))} at {shown}"


def verdict(ran: Sequence[Ran], slos: Slos) -> str:
    """Return whether the SLOs are met, in one line that claims no more than was seen."""
    over = missed(ran, slos)
    if over:
        return "; ".join(over)
    failed = sum(one.measured.sent - one.measured.done for one in ran)
    return f"every SLO is met; {failed:,} requests have no answer" if failed else "every SLO is met"


def heeded(ran: Sequence[Ran]) -> Iterator[str]:
    """Yield what is to be known before the figures are believed."""
    for one in ran:
        found = one.measured
        for fault in found.faults:
            said = f": {fault.said}" if fault.said else ""
            yield f"{one.point.shown}: {fault.count:,} of {found.sent:,} requests ended in {fault.kind}{said}"
        yield from _notes(one.point.shown, found)
    if any(one.measured.generator_is_slow for one in ran):
        yield SLOW


def _notes(shown: str, found: Measured) -> Iterator[str]:
    if found.generator_is_slow:
        yield (
            f"{shown}: the generator itself is too slow: it sent {found.late_ms[1]:,.1f} ms late in p99, "
            f"{found.late_ms[2]:,.1f} ms at most, and looked at what came {found.lag_ms:,.1f} ms late in p99"
        )
    if found.merged:
        share = found.merged / max(1, found.output_tokens)
        yield f"{shown}: {share:.1%} of the tokens came together with another one: ITL counts events"
    if found.short:
        yield f"{shown}: {found.short:,} answers are shorter than asked: does the server know ignore_eos?"
    if found.stopped:
        yield f"{shown}: stopped before its end"
