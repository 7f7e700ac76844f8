"""A calibration report on a terminal: what runs change, what was left out, and how plans come to use them."""

from collections.abc import Iterator, Sequence

import click

from neuralnav.cli.import_text import echo_refused, echo_written
from neuralnav.cli.tables import print_table
from neuralnav.model.bench_report import CalibrationReport, Gain, UnusedRun
from neuralnav.model.conflict_text import conflict_text

HEADER = ("configuration", "metric", "runs", "measured / model", "shift", "error before", "error after",
          "interval before", "at these runs", "elsewhere")  # fmt: skip

SHOWN = 5
"""Runs that are left out for one reason and listed each; JSON has them all."""


def echo_calibration(report: CalibrationReport, form: str) -> None:
    """Print the report; refusals of a text report go to standard error."""
    if form == "json":
        click.echo(report.model_dump_json(indent=2))
        return
    for file in report.files:
        echo_refused(file)
    gains = report.configurations
    print_table(HEADER, [cells for gain in gains for cells in _cells(gain)], form=form, right=range(2, len(HEADER)))
    for gain in gains:
        if gain.conflict is not None:
            found = gain.conflict
            click.echo(f"{gain.id}: {conflict_text(found.outcomes, found.measured_runs, found.factors)}")
        if not gain.deployed:
            stated = ", ".join(f"{name} {value}" for name, value in gain.settings)
            click.echo(f"{gain.id}: corrects no plan, whose engine has other settings than {stated}")
    for line in _unused(report.unused):
        click.echo(line)
    for note in dict.fromkeys(note for file in report.files for note in file.notes):
        click.echo(f"note: {note}")
    echo_written(report.written)
    click.echo(report.advice)


def _cells(gain: Gain) -> Iterator[tuple[str, ...]]:
    for metric, found in gain.metrics.items():
        yield (
            gain.id, metric.upper(), f"{found.runs}", f"x {found.median_factor:.2f}", f"x {found.factor:.2f}",
            f"{found.error_before:.1%}", "unknown" if found.error_after is None else f"{found.error_after:.1%}",
            f"{found.interval_before:.0%}", f"{found.interval_here:.0%}", f"{found.interval_elsewhere:.0%}",
        )  # fmt: skip


def _unused(runs: Sequence[UnusedRun]) -> Iterator[str]:
    """Yield a line for each run that was left out, the first ones of each reason."""
    by_reason: dict[str, list[UnusedRun]] = {}
    for item in runs:
        by_reason.setdefault(item.reason, []).append(item)
    for reason, items in by_reason.items():
        for item in items[:SHOWN]:
            yield f"not used: {item.run}: {reason}" + (f"; {item.hint}" if item.hint else "")
        if len(items) > SHOWN:
            yield f"not used: {len(items) - SHOWN:,} more: {reason}; --format json lists them"
