"""`neuralnav check`."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import click

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.expiry import expired_price
from neuralnav.cli.output import echo_report, format_option, templates_option
from neuralnav.cli.work import Options, Work, find_drift, report_of
from neuralnav.cli.world import world_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, worst
from neuralnav.files.data import load_project
from neuralnav.model.report import ReportedFinding, WorkloadReport


@click.command(
    name="check", epilog="In CI: neuralnav check services/ --format json. To mend what it names: neuralnav compile"
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day by which exemptions and prices are judged, as 2026-12-31. [default: today]",
)
@templates_option
@format_option
def command(paths: tuple[str, ...], *, as_of: datetime | None, templates: str, form: str) -> int:
    """Tell whether committed locks and manifests are what the inputs say.

    Writes nothing. Each drift is named by its class (workload, policy, data, tool, lock, manifest, missing) with the
    command that fixes it. Fleet policies are judged over the locks of the whole repository. Exit 3 on drift, 4 when a
    policy refuses or an exemption in use has expired, 5 when a workload has no feasible plan.
    """
    started = time.monotonic()
    day = as_of.date() if as_of else datetime.now(UTC).date()
    items, problems = compile_all(paths, Options(templates=templates))
    reports: list[WorkloadReport] = []
    for item in items:
        if item.problems:
            continue
        drift = find_drift(item) if item.files else ()
        changed: dict[str, object] = {"notes": (*item.report.notes, *_expired_price(item, day))}
        if drift:
            changed |= {"status": "drift", "exit_code": int(ExitCode.DRIFT), "drift": drift}
        reports.append(item.report.model_copy(update=changed))
    findings, more = _judge(items, day)
    problems = list(dict.fromkeys([*problems, *more]))
    codes = [ExitCode(report.exit_code) for report in reports]
    codes += [ExitCode.REFUSED for finding in findings if finding.verdict == "deny"]
    code = worst([*codes, *[ExitCode.BAD_INPUT] * bool(problems)])
    report = report_of("check", reports, problems, code).model_copy(update={"policies": tuple(findings)})
    echo_report(report, form, problems=problems, seconds=time.monotonic() - started)
    return int(code)


def _expired_price(item: Work, as_of: date) -> Iterator[str]:
    """Yield a note where the price of the choice is no longer valid: it is still the newest that is known."""
    choice, spec = item.report.choice, item.spec
    if choice is None or spec is None:
        return
    yield from expired_price(choice, spec, world_of(item.place.root).catalog, as_of)


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
