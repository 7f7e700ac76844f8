"""`neuralnav delete`."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from neuralnav.cli.cluster_options import ClusterOptions, cluster_options
from neuralnav.cli.deploy_call import INTERRUPTED, Call, carry_out, command_text, problems_of, refuse_namespace
from neuralnav.cli.deploy_run import Course, list_ours, remove_all
from neuralnav.cli.deploy_text import closing_text
from neuralnav.cli.duration import Duration
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.output import styled
from neuralnav.cli.waiting import WaitingLine
from neuralnav.cluster.api import Api, ClusterError
from neuralnav.cluster.committed import find_locks, read_lock_of
from neuralnav.cluster.connection import connect
from neuralnav.cluster.remove import Removal, lingering, removals
from neuralnav.errors import Diagnostic, ExitCode, Where, input_error
from neuralnav.files.places import show
from neuralnav.model.plain_text import counted
from neuralnav.report import diagnostics_text

POLL_SECONDS = 0.5
"""How often objects that are on their way out are looked at."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `timeout_seconds` is None where nothing is waited for."""

    paths: tuple[str, ...]
    cluster: ClusterOptions
    yes: bool
    dry_run: bool
    timeout_seconds: float | None


@click.command(
    name="delete",
    cls=ClusterCommand,
    epilog="\b\nWhat would go: neuralnav delete services/chat --dry-run\nThe lock alone is enough: "
    "neuralnav delete services/chat/plan.lock --yes",
)
@click.argument("paths", nargs=-1, required=True, metavar="WORKLOAD...")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only list what would go; the server is asked whether it may.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until everything is gone.")
@click.option("--timeout", type=Duration(), default="5m", show_default=True, help="How long to wait for that.")
@cluster_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to report on standard output.")  # fmt: skip
def command(
    paths: tuple[str, ...], *, yes: bool, dry_run: bool, wait: bool, timeout: float, form: str, kubeconfig: str,
    context: str, namespace: str, patience: float,
) -> int:  # fmt: skip
    """Take away what neuralnav applied for a workload, and nothing else.

    WORKLOAD is a plan.lock, its workload or a folder with some; the workload and the manifests may be gone. What others
    applied stays, and what Flux or Argo CD applies too, as they would bring it back (exit 3).
    """
    cluster = ClusterOptions(kubeconfig, context, namespace, patience)
    again = command_text("delete", paths, cluster, "--yes")
    call = Call("delete", form, again, command_text("deploy", paths, cluster, "--yes"), dry_run=dry_run, prune=True)
    asked = Asked(paths, cluster, yes, dry_run, timeout if wait else None)
    return carry_out(call, lambda: _delete(call, asked))


def _delete(call: Call, asked: Asked) -> int:
    locks = [(place, read_lock_of(place)) for place in find_locks(asked.paths)]
    refuse_namespace([(show(place.lock), lock) for place, lock in locks], asked.cluster.namespace)
    for place, lock in locks:
        spec = lock.deployment
        if all((item.name, item.namespace) != (spec.name, spec.namespace) for item in call.courses):
            call.courses.append(Course(spec.name, show(place.lock), spec.namespace, lock.choice.candidate))
    options = asked.cluster
    call.api = api = connect(
        kubeconfig=options.kubeconfig, context=options.context, patience_seconds=options.patience_seconds,
        say=lambda text: click.echo(text, err=True),
    )  # fmt: skip
    call.tell_where()
    for item in call.courses:
        _look(api, item)
    goes = [one for item in call.courses for one in item.removals if not one.stays]
    if asked.dry_run or not goes:
        return _only_listed(call, api, goes)
    if not asked.yes and not _agreed(call, goes):
        call.tell("nothing was deleted")
        return INTERRUPTED
    return _take_away(call, api, asked)


def _look(api: Api, item: Course) -> None:
    found, unseen = list_ours(api, item.namespace, item.name)
    if unseen:
        message = f"{', '.join(unseen)} may not be listed in namespace {item.namespace}: what is ours is not known"
        raise input_error(item.path, message, "ask for the role in examples/rbac")
    item.removals = removals(found)


def _only_listed(call: Call, api: Api, goes: Sequence[Removal]) -> int:
    """Say what would go, after the server was asked whether each may."""
    call.dry_run = True
    _tell_all(call)
    for item in call.courses:
        for one in item.removals:
            _may_go(api, item, one)
    problems = problems_of(call.courses)
    if problems:
        _tell_problems(call, problems)
        return ExitCode.BAD_INPUT
    call.tell(closing_text(call.report(ExitCode.DONE), call.again))
    return ExitCode.DONE if goes else _code(call)


def _may_go(api: Api, item: Course, one: Removal) -> None:
    try:
        if not one.stays:
            api.delete(one.ref, uid=one.uid, dry_run=True)
    except ClusterError as error:
        if error.cause != "forbidden":
            raise
        item.problems.append(Diagnostic(Where(str(one.ref)), error.message, error.hint))


def _agreed(call: Call, goes: Sequence[Removal]) -> bool:
    """Ask whether to go on. Raises `InputError` where there is nobody to ask."""
    _tell_all(call)
    if not sys.stdin.isatty():
        raise input_error("--yes", f"{counted(len(goes), 'object')} would be deleted, and nobody is here to ask",
                          "--yes deletes, --dry-run only lists")  # fmt: skip
    return click.confirm(f"delete {counted(len(goes), 'object')}?", err=True)


def _take_away(call: Call, api: Api, asked: Asked) -> int:
    for item in call.courses:
        done = remove_all(api, item)
        if item.removals:
            call.tell_of(item)
        if not done:
            _tell_problems(call, item.problems)
            call.tell(f"stopped at the first object that failed; to go on: {call.again}")
            return ExitCode.BAD_INPUT
    late = [] if asked.timeout_seconds is None else _wait(call, api, asked.timeout_seconds)
    for text in late:
        call.tell(text)
    call.tell(closing_text(call.report(ExitCode.DONE), call.again))
    return ExitCode.DRIFT if late else _code(call)


def _code(call: Call) -> int:
    """Return 3 where something of ours had to stay."""
    stays = [one for item in call.courses for one in item.removals if one.stays and one.ours]
    return ExitCode.DRIFT if stays else ExitCode.DONE


def _wait(call: Call, api: Api, seconds: float, clock: Callable[[], float] = time.monotonic) -> list[str]:
    """Wait until everything is gone; return what is not, each with what keeps it."""
    started, line = clock(), WaitingLine()
    pending = [(item, one) for item in call.courses for one in item.removals if not one.stays]
    try:
        while pending:
            there = [(item, one, said) for item, one in pending if (said := _still_there(api, one))]
            pending = [(item, one) for item, one, _ in there]
            if pending and clock() - started >= seconds:
                for item, _, said in there:
                    item.notes.append(said)
                return [said for _, _, said in there]
            if pending:
                line.say(f"{there[0][2]} ({clock() - started:.0f} s)")
                time.sleep(POLL_SECONDS)
    finally:
        line.close()
    return []


def _still_there(api: Api, one: Removal) -> str:
    body = api.get(one.ref)
    return lingering(one, body) if body is not None else ""


def _tell_all(call: Call) -> None:
    """Say what goes of each workload; of many, those that have nothing there are left out."""
    for item in call.courses:
        if item.removals or len(call.courses) == 1:
            call.tell_of(item)


def _tell_problems(call: Call, problems: Sequence[Diagnostic]) -> None:
    if call.form == "text":
        click.echo(styled(diagnostics_text(problems, writes=False)), err=True)
