"""`neuralnav check`."""

import shlex
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from neuralnav.cli.check_work import checked
from neuralnav.cli.compile_verb import work_all
from neuralnav.cli.expiry import expired_price
from neuralnav.cli.output import as_of_option, day_of, templates_option
from neuralnav.cli.work import Options, Work, report_of
from neuralnav.cli.world import world_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, worst
from neuralnav.files.catalogs import load_project
from neuralnav.files.places import Place, find_workloads
from neuralnav.model.report import Report, ReportedFinding, WorkloadReport

FORMATS = ("text", "json", "markdown", "github", "sarif")


@click.command(
    name="check",
    epilog="\b\nIn CI: neuralnav check services/ --format github\nTo mend what it names: neuralnav compile",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@as_of_option("The day by which exemptions and prices are judged, as 2026-12-31. [default: today, in UTC]")
@templates_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the report to a file.")  # fmt: skip
def command(paths: tuple[str, ...], *, as_of: date | None, templates: str, form: str, output: Path | None) -> int:
    """Tell whether committed locks and manifests are what the inputs say.

    Writes nothing beside the report. Each drift is named by its class (workload, policy, data, tool, lock, manifest,
    missing) with the command that fixes it. Fleet policies are judged over the locks of the whole repository. Exit 3 on
    drift, 4 when a policy refuses or an exemption in use has expired, 5 when a workload has no feasible plan.
    """
    from neuralnav.cli.check_output import tell  # with the forms of a diff, which no other verb needs

    started = time.monotonic()
    places, problems = _find(paths or (".",))
    report, problems = judge(places, problems, templates, day_of(as_of))
    mend = shlex.join(["neuralnav", "compile", *(["--templates", templates] if templates else []), *paths])
    tell(report, form, output, problems=problems, seconds=time.monotonic() - started, mend=mend)
    return report.exit_code


def judge(
    places: Sequence[Place], unfound: Sequence[Diagnostic], templates: str, as_of: date
) -> tuple[Report, list[Diagnostic]]:
    """Return what is found of the workloads, and every problem with its quote, those of paths without any first."""
    items, found = work_all(places, Options(templates=templates), checked, label="checking workloads")
    findings, more = _judge(items, as_of)
    reports = [_noted(item, as_of) for item in items]
    problems = list(dict.fromkeys([*unfound, *found, *more]))
    return check_report(reports, findings, problems), problems


def check_report(
    items: Sequence[WorkloadReport], findings: Sequence[ReportedFinding], problems: Sequence[Diagnostic]
) -> Report:
    """Return the report of all that was found; its exit code follows from it alone."""
    codes = [ExitCode(item.exit_code) for item in items]
    codes += [ExitCode.REFUSED for finding in findings if finding.verdict == "deny"]
    code = worst([*codes, *[ExitCode.BAD_INPUT] * bool(problems)])
    return report_of("check", items, problems, code).model_copy(update={"policies": tuple(findings)})


def _find(paths: Sequence[str]) -> tuple[list[Place], list[Diagnostic]]:
    """Return the workloads of all paths, and what is wrong with a path: it does not hide the others."""
    found, problems = dict[Path, Place](), list[Diagnostic]()
    for path in paths:
        try:
            for place in find_workloads((path,)):
                found.setdefault(place.workload, place)
        except InputError as error:
            problems.extend(error.diagnostics)
    return [found[key] for key in sorted(found)], problems


def _noted(item: Work, as_of: date) -> WorkloadReport:
    """Return a report with a note where the price of the choice ran out: it is still the newest that is known."""
    choice, spec = item.report.choice, item.spec
    if choice is None or spec is None or item.problems:
        return item.report
    notes = expired_price(choice, spec, world_of(item.place.root).catalog, as_of)
    return item.report.model_copy(update={"notes": (*item.report.notes, *notes)})


def _judge(items: Sequence[Work], as_of: date) -> tuple[list[ReportedFinding], list[Diagnostic]]:
    """Return what policies say of the repositories of these workloads as a whole, and what keeps them from it."""
    findings, problems = list[ReportedFinding](), list[Diagnostic]()
    for root in sorted({item.place.root for item in items}):
        try:
            spec = load_project(root).spec
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        if spec.policies or spec.exemptions:
            from neuralnav.cli.check_policies import judge_repository  # the policy language: 50 ms, most have no policy

            found = judge_repository(root, [item for item in items if item.place.root == root], as_of)
            findings.extend(found.findings)
            problems.extend(found.problems)
    return findings, problems
