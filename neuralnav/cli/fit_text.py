"""The report of a fit for people: tables, the worst first."""

from collections.abc import Sequence
from statistics import median

import click

from neuralnav.cli.tables import print_table
from neuralnav.model.fit_report import ErrorTable, FitReport, OpenRow

LEFT_OUT = {
    None: "in sample: what the fit leaves on the runs that it saw",
    "group": "left out: each model on an accelerator in a precision, predicted from all others",
    "kind": "left out: each kind of architecture on an accelerator generation",
    "generation": "left out: each accelerator generation, as for one that was never measured",
}


def report_lines(report: FitReport, form: str) -> None:
    """Print a report as text or markdown."""
    _say(f"{report.runs} runs used" + "".join(f"; {row.rows} not: {row.reason}" for row in report.unused))
    for table in report.tables:
        _errors(table, form)
    _intervals(report, form)
    _local(report, form)
    _open_loop(report, form)
    _steps(report, form)
    if report.fitted:
        _coefficients(report, form)
    if report.written:
        _say(f"wrote {report.written}")


def _say(line: str) -> None:
    click.echo(line)


def _title(line: str, form: str) -> None:
    click.echo(f"\n### {line}\n" if form == "markdown" else f"\n{line}")


def _errors(table: ErrorTable, form: str) -> None:
    _title(f"{LEFT_OUT[table.left_out]} (medians of the absolute error, bias)", form)
    rows = [table.all, *table.groups]
    body = [
        (
            row.name,
            f"{row.runs}",
            f"{row.ttft:.1%}",
            f"{row.ttft_bias:+.0%}",
            f"{row.tpot:.1%}",
            f"{row.tpot_bias:+.0%}",
        )
        for row in rows
    ]
    print_table(("group", "runs", "TTFT", "bias", "TPOT", "bias"), body, form=form, right=range(1, 6))


def _intervals(report: FitReport, form: str) -> None:
    if not report.intervals:
        return
    _title("90 % intervals from left-out runs, groups alike; held: by intervals from the other groups", form)
    body = [
        (row.generation or "all", row.metric.upper(), f"{row.now:.2f}", f"{row.found:.2f}", f"{row.held:.1%}")
        for row in report.intervals
    ]
    print_table(("generation", "metric", "catalog", "found", "held"), body, form=form, right=(2, 3, 4))


def _local(report: FitReport, form: str) -> None:
    if not report.local:
        return
    _title("local calibration: a configuration's other runs, once some of its runs are known", form)
    body = [
        (
            f"{row.runs}",
            *(f"{value:.1%}" for value in (row.ttft_before, row.ttft_after, row.tpot_before, row.tpot_after)),
        )
        for row in report.local
    ]
    print_table(("runs", "TTFT", "after", "TPOT", "after"), body, form=form, right=range(5))


def _open_loop(report: FitReport, form: str) -> None:
    for stock, words in ((True, "stock vLLM"), (False, "forked schedulers")):
        rows = [row for row in report.open_loop if row.stock is stock]
        if rows:
            _title(f"open loop, {words}: p95 at the offered rate, and capacity over that rate", form)
            columns = [[getattr(row, name) for row in rows] for name in ("ttft_p95", "tpot_p95", "e2e_p95")]
            middle = ("median of the absolute error", "", *(f"{median(map(abs, column)):.0%}" for column in columns),
                      f"{median(abs(row.capacity_ratio - 1.0) for row in rows):.0%}")  # fmt: skip
            body = [middle, *(_open_cells(row) for row in rows)]
            print_table(("system", "req/s", "TTFT", "TPOT", "E2E", "capacity"), body, form=form, right=range(1, 6))
    if report.open_unused:
        _say("; ".join(f"{row.rows} not: {row.reason}" for row in report.open_unused))


def _open_cells(row: OpenRow) -> tuple[str, ...]:
    errors = map(_signed, (row.ttft_p95, row.tpot_p95, row.e2e_p95))
    return (row.name, f"{row.rate_rps:.2f}", *errors, f"x {row.capacity_ratio:.2f}")


def _signed(value: float) -> str:
    return f"{value:+.0%}" if value < 10 else f"x {value + 1:,.0f}"  # ten times over is a queue, not an error


def _steps(report: FitReport, form: str) -> None:
    if not report.steps:
        return
    _title("measured forward passes", form)
    body: Sequence[Sequence[str]] = [
        (row.model, f"{row.tp}", row.phase, f"{row.passes}", f"{row.error:.1%}", f"{row.bias:+.0%}")
        for row in report.steps
    ]
    print_table(("model", "tp", "phase", "passes", "error", "bias"), body, form=form, right=(1, 3, 4, 5))


def _coefficients(report: FitReport, form: str) -> None:
    _title("coefficients", form)
    body = [(row.name, f"{row.before:.4g}", f"{row.after:.4g}", row.bound) for row in report.coefficients]
    print_table(("coefficient", "before", "after", "on bound"), body, form=form, right=(1, 2))
