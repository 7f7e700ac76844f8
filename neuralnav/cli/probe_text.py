"""What a probe found, for people: on a terminal, and in markdown."""

from collections.abc import Mapping

import click

from neuralnav.cli.output import styled
from neuralnav.cluster.probe_judged import TITLES
from neuralnav.model.lock import Metric
from neuralnav.model.plain_text import clipped, counted, markdown_text, printable
from neuralnav.model.probe_report import Estimate, ProbedMetric, ProbeReport, ProbeVerdict, Standing
from neuralnav.model.quantity import format_ms

VERDICTS: Mapping[ProbeVerdict, tuple[str, str]] = {
    "answers": ("answers", "green"),
    "slower-than-planned": ("slower than planned", "yellow"),
    "misses-slo": ("misses the SLO", "red"),
    "does-not-answer": ("does not answer", "red"),
    "another-model": ("another model", "red"),
    "interrupted": ("interrupted", "yellow"),
}
STANDINGS: Mapping[Standing, str] = {
    "kept": "kept", "within": "within, not shown", "open": "over, not shown", "missed": "missed", "untold": "",
}  # fmt: skip
HEADER = ("", "planned p95", "foreseen p50", "p95", "measured p50", "p95", "SLO p95")


def as_text(report: ProbeReport) -> str:
    """Return a report for a terminal; colour is taken off where there is none."""
    word, colour = VERDICTS[report.verdict]
    lines = [f"{report.workload}: {click.style(word, fg=colour, bold=True)}: {printable(report.why)}"]
    lines += [f"  {line}" for line in (_asked(report), _sent(report)) if line]
    if report.load.answered:
        lines += ["", *_aligned([HEADER, *map(_row, report.metrics)]), "", f"  {MEANING}"]
    lines += [styled(f"{error}") for error in _errors(report)]
    lines += [styled(f"note: {printable(note)}") for note in report.notes]
    return "\n".join(lines)


MEANING = (
    "foreseen: these very requests by the plan's model, as unsure as the planned; measured: 95 % intervals of sampling"
)


def as_markdown(report: ProbeReport) -> str:
    """Return a report for a comment or a page."""
    word, _ = VERDICTS[report.verdict]
    lines = [f"**`{report.workload}`: {word}**: {markdown_text(report.why)}", ""]
    lines += [f"{markdown_text(' '.join(line for line in (_asked(report), _sent(report)) if line))}", ""]
    if report.load.answered:
        rows = [HEADER, ("---",) * len(HEADER), *map(_row, report.metrics)]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines += ["", MEANING[:1].upper() + MEANING[1:] + "."]
    lines += [f"- {markdown_text(error)}" for error in _errors(report)]
    lines += [f"- {markdown_text(note)}" for note in report.notes]
    return "\n".join(lines)


def _asked(report: ProbeReport) -> str:
    server = report.server
    engine = f", version {server.version}" if server.version else ""
    return printable(f"{server.model} at {server.url}{engine}; /v1/{_ROUTES[server.route]}")


_ROUTES = {"chat": "chat/completions", "completions": "completions"}


def _sent(report: ProbeReport) -> str:
    load, tokens = report.load, report.tokens
    if not load.requests:
        return f"{counted(load.warm_ups, 'warm-up')} and nothing more" if load.warm_ups else ""
    how = f"Poisson at {load.rate_rps:g} req/s" if load.rate_rps else f"{load.in_flight} in flight"
    prompt = tokens.prompt_planned if tokens.prompt is None else round(tokens.prompt)
    output = tokens.output_planned if tokens.output is None else round(tokens.output)
    return (
        f"{load.answered:,} of {counted(load.requests, 'request')} answered, {how}, {prompt:,} -> {output:,} tokens, "
        f"{load.seconds:.1f} s, {load.achieved_rps:.3g} req/s; {counted(load.warm_ups, 'warm-up')} before, not counted"
    )


def _row(item: ProbedMetric) -> tuple[str, ...]:
    judged = filter(None, (STANDINGS[item.standing], "slower than planned" if item.pace == "slower" else ""))
    said = ", ".join(judged)
    return (
        TITLES[item.metric], _planned(item.planned_p95), _foreseen(item.predicted_p50), _foreseen(item.predicted_p95),
        _estimate(item.p50), _estimate(item.p95), format_ms(item.slo_p95) + (f": {said}" if said else ""),
    )  # fmt: skip


def _foreseen(metric: Metric | None) -> str:
    return "-" if metric is None else format_ms(metric.value)


def _planned(metric: Metric | None) -> str:
    return "-" if metric is None else f"{format_ms(metric.value)} ({_bare(metric.low)} to {_bare(metric.high)})"


def _estimate(found: Estimate | None) -> str:
    if found is None:
        return "-"
    value, low, high = format_ms(found.value), found.low, found.high
    if low is None and high is None:
        return f"{value} (?)"
    if low is None or high is None:
        return f"{value} (>= {_bare(low)})" if low is not None else f"{value} (<= {_bare(high or 0.0)})"
    return f"{value} ({_bare(low)} to {_bare(high)})"


def _bare(ms: float) -> str:
    """Return a time without its unit where that is milliseconds."""
    return format_ms(ms).removesuffix(" ms")


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADER))]
    lines = []
    for number, row in enumerate(rows):
        cells = (cell.ljust(w) for cell, w in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        lines.append(click.style(line, bold=True) if number == 0 else line)
    return lines


def _errors(report: ProbeReport) -> list[str]:
    of = report.load.requests or report.load.warm_ups
    return [
        f"{error.count} of {counted(of, 'request')}: {error.kind}"
        + (f': "{clipped(error.said, 200)}"' if error.said else "")
        for error in report.errors
    ]
