"""`neuralnav deploy`."""

from dataclasses import dataclass
from datetime import date

import click

from neuralnav.cli.check_text import check_text
from neuralnav.cli.cluster_options import ClusterOptions, cluster_options
from neuralnav.cli.deploy_call import Call, carry_out, command_text, problems_of, refuse_namespace
from neuralnav.cli.deploy_judge import judged, read_locks, read_objects
from neuralnav.cli.deploy_report import codes_of, workload_of
from neuralnav.cli.deploy_run import FORCE, Wish, apply_all, course_of, examine
from neuralnav.cli.deploy_text import closing_text, rollout_text, width_of
from neuralnav.cli.deploy_wait import Patience, wait_all
from neuralnav.cli.duration import Duration
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.output import day_of, progress, styled, templates_option
from neuralnav.cli.waiting import WaitingLine
from neuralnav.cluster.connection import connect
from neuralnav.errors import ExitCode
from neuralnav.files.places import find_workloads
from neuralnav.report import diagnostics_text


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `patience` is None where nothing is waited for."""

    paths: tuple[str, ...]
    cluster: ClusterOptions
    wish: Wish
    patience: Patience | None
    yes: bool
    frozen: bool
    templates: str
    as_of: date


@click.command(
    name="deploy",
    cls=ClusterCommand,
    epilog="\b\nWhat would change: neuralnav deploy services/chat\nTo apply it: neuralnav deploy services/chat --yes",
)
@click.argument("paths", nargs=-1, required=True, metavar="WORKLOAD...")
@click.option("-y", "--yes", is_flag=True, help="Apply; without it the server is only asked what it would do.")
@click.option("--dry-run", is_flag=True, help="Only ask the server: what happens without --yes.")
@click.option("--frozen", is_flag=True, help="Judge the manifests by the lock alone; read no table.")
@click.option("--force-conflicts", is_flag=True, help="Take over fields that others own.")
@click.option("--prune", is_flag=True, help="Remove what an earlier lock made and this one does not list.")
@click.option("--scale-from-zero", is_flag=True, help="Nodes with the plan's accelerator may come only for its pods.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the model serves.")
@click.option("--timeout", type=Duration(), default="15m", show_default=True, help="How long to wait for that.")
@click.option("--fail-after", type=Duration(), default="60s", show_default=True,
              help="How long a pod may fail before the wait ends.")  # fmt: skip
@cluster_options
@templates_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to report on standard output.")  # fmt: skip
def command(
    paths: tuple[str, ...], *, yes: bool, dry_run: bool, frozen: bool, force_conflicts: bool, prune: bool,
    scale_from_zero: bool, wait: bool, timeout: float, fail_after: float, templates: str, form: str,
    kubeconfig: str, context: str, namespace: str, patience: float,
) -> int:  # fmt: skip
    """Bring committed plans into a cluster: server-side apply of their manifests, as the field manager neuralnav.

    WORKLOAD is a workload's file or folder, or a folder of many. A lock that is stale (exit 3) or that policies refuse
    (4) is not applied. Without --yes it is a dry run on the server. With it, what serves is waited for; exit 3 when it
    fails or takes too long.
    """
    if yes and dry_run:
        raise click.UsageError("--dry-run changes nothing, and --yes applies: leave out one of them")
    cluster = ClusterOptions(kubeconfig, context, namespace, patience)
    wish = Wish(force=force_conflicts, prune=prune, scale_from_zero=scale_from_zero)
    flags = {"--frozen": frozen, "--force-conflicts": force_conflicts, "--prune": prune,
             "--scale-from-zero": scale_from_zero}  # fmt: skip
    given = [name for name, on in flags.items() if on]
    again = command_text("deploy", paths, cluster, *given, "--yes")
    call = Call("deploy", form, again, command_text("delete", paths, cluster), dry_run=not yes, prune=prune)
    waits = Patience(timeout, fail_after, scale_from_zero) if wait else None
    asked = Asked(paths, cluster, wish, waits, yes, frozen, templates, day_of(None))
    return carry_out(call, lambda: _deploy(call, asked))


def _deploy(call: Call, asked: Asked) -> int:
    locked = read_locks(find_workloads(asked.paths))
    refuse_namespace([(place.shown, lock) for place, lock in locked], asked.cluster.namespace)
    report, problems = judged(locked, frozen=asked.frozen, templates=asked.templates, as_of=asked.as_of)
    if report.exit_code:
        call.check = report
        call.tell(f"{check_text(report, seconds=None, mend='neuralnav compile')}\nnothing was applied")
        if problems and call.form == "text":
            click.echo(styled(diagnostics_text(problems, writes=False)), err=True)
        return report.exit_code
    call.courses = [course_of(item) for item in read_objects(locked)]
    return _bring(call, asked)


def _bring(call: Call, asked: Asked) -> int:
    """Look, ask, apply and wait. Nothing is applied while something stands against one of the workloads."""
    options = asked.cluster
    call.api = api = connect(
        kubeconfig=options.kubeconfig, context=options.context, patience_seconds=options.patience_seconds,
        say=lambda text: click.echo(text, err=True),
    )  # fmt: skip
    call.tell_where()
    with progress("asking the server", len(call.courses)) as counter:
        examine(api, call.courses, asked.wish, counter.step)
    if any(item.blocked for item in call.courses):
        return _blocked(call)
    if not asked.yes:
        _tell_all(call)
        call.tell(closing_text(call.report(ExitCode.DONE), call.again))
        return ExitCode.DONE
    if not apply_all(api, call.courses, asked.wish, call.tell_of):
        return _blocked(call, told=True)
    if asked.patience is not None:
        _wait(call, asked.patience)
    call.tell(closing_text(call.report(ExitCode.DONE), call.again))
    code = codes_of(call.courses)
    if code:
        status = command_text("status", asked.paths, asked.cluster)
        call.tell(f"what is applied stays; how it stands: {status}; to go back: {call.back}")
    return code


def _tell_all(call: Call) -> None:
    for item in call.courses:
        call.tell_of(item)


def _blocked(call: Call, *, told: bool = False) -> int:
    """Say what stands against the workloads."""
    if not told:
        _tell_all(call)
    problems = problems_of(call.courses)
    if problems and call.form == "text":
        click.echo(styled(diagnostics_text(problems, writes=False)), err=True)
    if any(step.action == "conflict" for item in call.courses for step in item.steps):
        call.tell(f"fields of others are in the way: {FORCE}")
    if any("done" in item.results.values() for item in call.courses):
        call.tell(f"stopped at the first object that failed; what is applied stays; to go on: {call.again}")
    else:
        call.tell("nothing was applied")
    return ExitCode.BAD_INPUT


def _wait(call: Call, patience: Patience) -> None:
    if call.api is None:
        raise AssertionError("what was applied has a cluster")
    line = WaitingLine()
    try:
        wait_all(call.api, call.courses, patience, line.say)
    finally:
        line.close()
    width = width_of(call.workloads())
    for item in call.courses:
        call.tell(rollout_text(workload_of(item, prune=call.prune), width=width))
