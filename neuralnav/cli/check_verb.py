"""`neuralnav check`."""

import time

import click

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.output import echo_report, format_option, templates_option
from neuralnav.cli.work import Options, find_drift, report_of
from neuralnav.errors import ExitCode, worst
from neuralnav.model.report import WorkloadReport


@click.command(
    name="check", epilog="In CI: neuralnav check services/ --format json. To mend what it names: neuralnav compile"
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@templates_option
@format_option
def command(paths: tuple[str, ...], *, templates: str, form: str) -> int:
    """Tell whether committed locks and manifests are what the inputs say.

    Writes nothing. Each drift is named by its class (workload, policy, data, tool, lock, manifest, missing) with the
    command that fixes it. Exit 3 on drift, 5 when a workload has no feasible plan.
    """
    started = time.monotonic()
    items, problems = compile_all(paths, Options(templates=templates))
    reports: list[WorkloadReport] = []
    for item in items:
        if item.problems:
            continue
        drift = find_drift(item) if item.files else ()
        if drift:
            changed = {"status": "drift", "exit_code": int(ExitCode.DRIFT), "drift": drift}
            reports.append(item.report.model_copy(update=changed))
        else:
            reports.append(item.report)
    code = worst([*(ExitCode(report.exit_code) for report in reports), *[ExitCode.BAD_INPUT] * bool(problems)])
    echo_report(
        report_of("check", reports, problems, code), form, problems=problems, seconds=time.monotonic() - started
    )
    return int(code)
