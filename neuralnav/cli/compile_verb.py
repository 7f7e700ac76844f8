"""`neuralnav compile`."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from neuralnav.cli.drift import find_drift
from neuralnav.cli.output import echo_report, format_option, progress, templates_option
from neuralnav.cli.pool import run_all
from neuralnav.cli.work import Options, Work, changes, render_frozen, report_of, work
from neuralnav.cli.world import outcome_sets_of, world_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, Where, worst
from neuralnav.files.outcome_sets import missing_sets
from neuralnav.files.places import Place, find_workloads, show
from neuralnav.files.writes import recover, write_together
from neuralnav.model.report import Report, ReportedDrift, Status, WorkloadReport

INLINE_WORKLOADS = 24
"""Up to this many workloads are compiled in this process; starting workers would take longer."""


@click.command(name="compile", epilog="A what-if: neuralnav compile --set slo.ttft=300ms --set traffic.users=20000")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 3 when compile would change a byte.")
@click.option("--locked", is_flag=True, help="Fail with exit 3 when a lock is stale; else write its manifests.")
@click.option("--frozen", is_flag=True, help="Render manifests from the locks alone; read no table.")
@click.option("--upgrade", is_flag=True, help="Choose afresh in place of keeping the locked choice.")
@click.option("--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="A what-if that writes nothing.")
@templates_option
@format_option
def command(
    paths: tuple[str, ...],
    *,
    check: bool,
    locked: bool,
    frozen: bool,
    upgrade: bool,
    overrides: tuple[str, ...],
    templates: str,
    form: str,
) -> int:
    """Resolve workloads into plan.lock and manifests.

    PATHS are workload files or folders to search (default: this folder). A locked choice is kept while it is feasible
    and close to the best; an edit of the workload chooses anew.
    """
    if sum((check, locked, frozen, bool(overrides))) > 1:
        raise click.UsageError("--check, --locked, --frozen and --set exclude each other")
    if upgrade and frozen:
        raise click.UsageError("--frozen renders the lock as it is, so --upgrade has nothing to choose")
    started = time.monotonic()
    mode = "what-if" if overrides else "check" if check else "locked" if locked else "write"
    options = Options(upgrade=upgrade, overrides=overrides, templates=templates)
    items, problems = compile_all(paths, options, frozen=frozen, writing=not (check or overrides))
    report = _settled(items, problems, mode, templates)
    for line in () if frozen else _without_outcomes(items):
        click.echo(line, err=True)
    echo_report(report, form, problems=problems, seconds=time.monotonic() - started)
    return report.exit_code


def _without_outcomes(items: Sequence[Work]) -> Iterator[str]:
    """Yield a line for each dataset of outcomes that is named and not there yet, which is as an empty one."""
    for root in sorted({item.place.root for item in items if not item.problems}):
        for name in missing_sets(outcome_sets_of(root, world_of(root).project)):
            yield f"{show(Path(name))}: no outcome is here yet; neuralnav observe writes the first"


def compile_and_write(paths: tuple[str, ...]) -> tuple[Report, list[Diagnostic]]:
    """Do what `neuralnav compile PATHS` does, short of printing; return its report and every problem."""
    items, problems = compile_all(paths, Options(), writing=True)
    return _settled(items, problems, "write", ""), problems


def _settled(items: Sequence[Work], problems: Sequence[Diagnostic], mode: str, templates: str) -> Report:
    """Return the report of a run, what it should write written."""
    reports = [
        item.report if problems else _settle(item, mode, templates) for item in items if not problems or item.problems
    ]
    code = worst([ExitCode(report.exit_code) for report in reports] + [ExitCode.BAD_INPUT] * bool(problems))
    return report_of("compile", reports, problems, code)


def compile_all(
    paths: tuple[str, ...], options: Options, *, frozen: bool = False, writing: bool = False
) -> tuple[list[Work], list[Diagnostic]]:
    """Return the outcome of every workload and every problem. With `writing`, what a kill left half done is ended."""
    try:
        places = find_workloads(paths or (".",))
        for folder, root in sorted({(place.folder, place.root) for place in places}) if writing else ():
            recover(folder, root)
    except InputError as error:
        return [], list(error.diagnostics)
    return work_all(places, options, render_frozen if frozen else work, label="compiling workloads")


def work_all(
    places: Sequence[Place], options: Options, each: Callable[[tuple[Place, Options]], Work], *, label: str
) -> tuple[list[Work], list[Diagnostic]]:
    """Return what `each` gives of every workload, in order, and every problem; many are spread over processes."""
    with progress(label, len(places)) as counter:
        jobs = [(place, options) for place in places]
        items = list(run_all(each, jobs, counter.step, processes=None, inline=INLINE_WORKLOADS))
    problems = [diagnostic for item in items for diagnostic in item.problems]
    return items, list(dict.fromkeys(problems + _collisions(items)))


def _collisions(items: list[Work]) -> list[Diagnostic]:
    """Return a problem for each file that two workloads would both write."""
    owners: dict[Path, Work] = {}
    found = []
    for item in items:
        for name in sorted(item.files):
            path = Path(os.path.normpath(item.place.folder / name))
            other = owners.setdefault(path, item)
            if other is not item:
                message = f"{show(path)} would be written by this workload and by {other.place.shown}"
                hint = "put {name} into output.manifests of neuralnav.yaml, or move one of them"
                found.append(Diagnostic(Where(item.place.shown), message, hint))
    return found


def _settle(item: Work, mode: str, templates: str) -> WorkloadReport:
    """Write what a workload should have, or say what would be written."""
    report = item.report
    if not item.files:
        return report
    if mode == "what-if":
        return _with(report, "what-if", ExitCode.DONE)
    differ, stale = changes(item)
    if mode == "locked" and item.place.lock.name in differ:
        found = find_drift(item, templates=templates)
        drift = tuple(one for one in found if one.drift != "manifest")
        return _with(report, "drift", ExitCode.DRIFT, drift=drift)
    if not differ and not stale:
        return report
    names = tuple(show(item.place.folder / name) for name in sorted(differ))
    if mode == "check":
        return _with(report, "drift", ExitCode.DRIFT, written=names, drift=find_drift(item, templates=templates))
    write_together(item.place.folder, differ, stale)
    return _with(report, "written", ExitCode.DONE, written=names)


def _with(
    report: WorkloadReport,
    status: Status,
    code: ExitCode,
    *,
    written: tuple[str, ...] = (),
    drift: tuple[ReportedDrift, ...] = (),
) -> WorkloadReport:
    changed = {"status": status, "exit_code": int(code), "written": written, "drift": drift}
    return report.model_copy(update=changed)
