"""`neuralnav observe`."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from neuralnav.cli.duration import Duration, Moment
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.observe_run import Planned, Wanted, judged, observed_of, outcomes_named, planned_of, servers, write
from neuralnav.cli.output import format_option, progress, styled
from neuralnav.cluster.promql import selector_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, NeuralnavError, worst
from neuralnav.files.outcomes import USUAL_FOLDER
from neuralnav.files.places import PROJECT_NAME, Place, find_workloads
from neuralnav.model.observe_report import ObservedWorkload, ObserveReport
from neuralnav.model.observed import Observed
from neuralnav.outcomes.told import markdown_of, text_of
from neuralnav.report import diagnostics_text, problem

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE = 8
"""Workloads that Prometheus is asked about at a time; it answers each in a few dozen queries."""


@click.command(
    cls=ClusterCommand,
    epilog="\b\nneuralnav observe services/chat --window 24h\n"
    "neuralnav observe . --prometheus http://127.0.0.1:9090 --no-write\n"
    "To take the advice: neuralnav observe services/chat --apply",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "--prometheus",
    default="",
    metavar="URL",
    help=f"Where Prometheus is; $NEURALNAV_PROMETHEUS, {PROJECT_NAME} or the lock if left out.",
)
@click.option(
    "--window",
    "seconds",
    type=Duration(above_zero=True, most_days=31),
    default="1h",
    show_default=True,
    metavar="LENGTH",
    help="How much time to look at, such as 30m, 1h or 7d.",
)
@click.option("--end", type=Moment(), metavar="TIME", help="When the window ends, in ISO 8601; now if left out.")
@click.option(
    "--selector",
    default="",
    metavar="LABELS",
    help="Which series are the workload's; those of its PodMonitor's job if left out.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"The dataset to write into; the first of outcomes in {PROJECT_NAME}, or outcomes/, if left out.",
)
@click.option("--no-write", "keep", is_flag=True, default=True, flag_value=False, help="Write no outcome.")
@click.option("--apply", is_flag=True, help="Edit the workload as the verdict says; its comments stay.")
@click.option(
    "--patience",
    default="60s",
    show_default=True,
    type=Duration(),
    help="How long to wait for a Prometheus that restarts or is busy.",
)
@format_option
def command(
    paths: tuple[str, ...], *, prometheus: str, seconds: float, end: datetime | None, selector: str, out: Path | None,
    keep: bool, apply: bool, patience: float, form: str,
) -> int:  # fmt: skip
    """Hold what Prometheus saw of workloads against their plans, and keep it as outcomes.

    PATHS are workload files or folders to search (default: this folder). Exit 0: as planned, or too little to tell;
    3: something is not as planned; 2: a workload, its lock or Prometheus cannot be read.
    """
    places = find_workloads(paths or (".",))
    if selector and len(places) > 1:
        raise click.UsageError("--selector names the series of one workload, and several are here")
    matchers = selector_of(selector) if selector else ""
    wanted = Wanted(prometheus, matchers, seconds, end.timestamp() if end else None, out, write=keep, apply=apply)
    problems: list[Diagnostic] = []
    with servers(patience_seconds=patience, say=_say) as held:
        planned = _each(lambda place: planned_of(place, wanted), places, problems)
        seen = _together(lambda one: (one, observed_of(one, wanted, held)), planned, problems)
    with progress("judging runs", len(seen)) as counter:
        runs = _each(lambda one: _counted(lambda: _judged(*one, wanted, problems), counter.step), seen, problems)
    problems = list(dict.fromkeys(problems))
    code = worst([*(ExitCode(run.exit_code) for run in runs), *[ExitCode.BAD_INPUT] * bool(problems)])
    told = tuple(problem(one) for one in problems)
    report = ObserveReport(exit_code=int(code), workloads=tuple(runs), problems=told)
    closing = _closing(runs, wanted, uncounted=[one.place for one, _ in seen if not outcomes_named(one.place)])
    _echo(report, form, closing, problems, applied=wanted.apply)
    return int(code)


def _judged(
    planned: Planned, observed: Observed, wanted: Wanted, problems: list[Diagnostic]
) -> ObservedWorkload:  # fmt: skip
    """Return a run as it is reported, its outcome written; one that cannot be written is a problem, and reported."""
    run, outcome = judged(planned, observed, wanted)
    if outcome is None:
        return run
    try:
        return run.model_copy(update={"written": write(planned.place, outcome, wanted)})
    except InputError as error:
        problems += error.diagnostics
        return run


def _each(function: Callable[[A], B], items: Iterable[A], problems: list[Diagnostic]) -> list[B]:
    """Return what a function gives of each item; where it fails, the problem is kept and the others go on."""
    found = []
    for item in items:
        try:
            found.append(function(item))
        except NeuralnavError as error:
            problems += error.diagnostics
    return found


def _together(function: Callable[[A], B], items: Sequence[A], problems: list[Diagnostic]) -> list[B]:
    """Return the same, several items at a time. Ctrl-C waits for none of them."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        with progress("asking Prometheus", len(items)) as counter:
            asked = [pool.submit(function, item) for item in items]
            return _each(lambda future: _counted(future.result, counter.step), asked, problems)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _counted(result: Callable[[], B], step: Callable[[], None]) -> B:
    try:
        return result()
    finally:
        step()


def _say(text: str) -> None:
    click.echo(text, err=True)


def _echo(report: ObserveReport, form: str, closing: str, problems: Sequence[Diagnostic], *, applied: bool) -> None:
    """Print a report: the result on standard output, problems of a text report on standard error."""
    if form == "json":
        click.echo(report.model_dump_json(indent=2, by_alias=True))
        return
    each = markdown_of if form == "markdown" else text_of
    parts = [
        *(each(run, applied=applied) for run in report.workloads),
        *([closing] if closing and form == "text" else []),
    ]
    if parts:
        click.echo(styled("\n\n".join(parts)))
    if problems:
        click.echo(styled(diagnostics_text(problems, writes=False)), err=True)


def _closing(runs: Sequence[ObservedWorkload], wanted: Wanted, *, uncounted: Sequence[Place]) -> str:
    """Return in a paragraph what was written, and what the workloads came to where there are several.

    `uncounted` are those whose project names no outcomes, so that plans do not count them.
    """
    lines = [f"wrote {run.written}" for run in runs if run.written]
    if lines and uncounted and wanted.out is None:
        it = "it" if len(lines) == 1 else "them"
        lines.append(f"plans count {it} once {PROJECT_NAME} names {it}: spec: {{outcomes: [{USUAL_FOLDER}]}}")
    if wanted.apply:
        lines += [f"edited {run.path} as above; now run: neuralnav compile {run.path}" for run in runs if run.diff]
    if len(runs) > 1:
        counts = Counter(run.judgement.verdict for run in runs)
        lines.append(f"{len(runs)} workloads: " + ", ".join(f"{counts[name]} {name}" for name in sorted(counts)))
    return "\n".join(lines)
