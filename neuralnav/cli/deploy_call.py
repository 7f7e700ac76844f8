"""One call of `deploy` or `delete`: what it has come to so far, and how it ends, also where it is interrupted."""

import shlex
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import click

from neuralnav.cli.cluster_options import ClusterOptions, other_namespace
from neuralnav.cli.deploy_report import workload_of
from neuralnav.cli.deploy_run import Course
from neuralnav.cli.deploy_text import left_text, where_text, width_of, workload_text
from neuralnav.cli.output import styled
from neuralnav.cluster.api import Api
from neuralnav.errors import Diagnostic, ExitCode, InputError, NeuralnavError
from neuralnav.model.deploy_report import DeployedWorkload, DeployReport
from neuralnav.model.lock import Lock
from neuralnav.model.plain_text import printable_json
from neuralnav.model.report import Report
from neuralnav.report import diagnostics_text, problem

INTERRUPTED = 130


@dataclass(slots=True)
class Call:
    """One call, as far as it has come. `again` goes on with it, `back` takes it back: commands, ready for a shell."""

    command: Literal["deploy", "delete"]
    form: str
    again: str
    back: str
    dry_run: bool = True
    prune: bool = False
    courses: list[Course] = field(default_factory=list)
    api: Api | None = None
    check: Report | None = None

    def tell(self, text: str) -> None:
        """Say something on standard output, in a text report."""
        if text and self.form == "text":
            click.echo(styled(text))

    def tell_where(self) -> None:
        """Say which cluster is meant, before anything is asked of it."""
        self.tell(where_text(self.report(ExitCode.DONE)))

    def tell_of(self, item: Course) -> None:
        """Say what is done to the objects of a workload, or was done."""
        width = max([width_of(()), *(len(one.name) for one in self.courses)])
        self.tell(workload_text(workload_of(item, prune=self.prune), width=width))

    def workloads(self) -> tuple[DeployedWorkload, ...]:
        """Return what a report says of each workload."""
        return tuple(workload_of(item, prune=self.prune) for item in self.courses)

    def report(self, code: int, problems: Sequence[Diagnostic] = (), *, interrupted: bool = False) -> DeployReport:
        """Return the report of the call as it stands."""
        return DeployReport(
            command=self.command,
            exit_code=int(code),
            context=self.api.context if self.api else "",
            server=self.api.server if self.api else "",
            dry_run=self.dry_run,
            interrupted=interrupted,
            workloads=self.workloads(),
            check=self.check,
            problems=tuple(map(problem, problems)),
        )


def carry_out(call: Call, work: Callable[[], int]) -> int:
    """Do the work of a call, and return its exit code; however it ends, what was done and what was not is told."""
    with _signals() as unheard:
        try:
            try:
                code = work()
            finally:
                unheard()
            return _end(call, call.report(code))
        except (KeyboardInterrupt, click.Abort):  # click makes an abort of Ctrl-C where it asks
            report = call.report(INTERRUPTED, interrupted=True)
            _tell_left(call, report, "interrupted")
            return _end(call, report)
        except NeuralnavError as error:
            report = call.report(error.exit_code, error.diagnostics)
            if call.form == "text":
                click.echo(styled(diagnostics_text(error.diagnostics, writes=False)), err=True)
            _tell_left(call, report, "stopped")
            return _end(call, report)


@contextmanager
def _signals() -> Iterator[Callable[[], None]]:
    """Let a request to end, as a cancelled job gets, be told of as Ctrl-C is.

    What is given lets no signal be heard from then on: what is left is told whole, and takes no time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # only the main thread is told of signals
        return
    names = (signal.SIGTERM, signal.SIGHUP)
    before = {signal.SIGINT: signal.getsignal(signal.SIGINT)}
    before |= {name: signal.signal(name, signal.default_int_handler) for name in names}

    def unheard() -> None:
        for name in before:
            signal.signal(name, signal.SIG_IGN)

    try:
        yield unheard
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _end(call: Call, report: DeployReport) -> int:
    if call.form == "json":
        click.echo(printable_json(report.model_dump_json(indent=2, by_alias=True)))
    return report.exit_code


def _tell_left(call: Call, report: DeployReport, why: str) -> None:
    if call.form == "text":
        click.echo(left_text(report, why=why, again=call.again, back=call.back), err=True)


def command_text(verb: str, paths: Sequence[str], options: ClusterOptions, *flags: str) -> str:
    """Return a command with the options of the cluster that were given, ready for a shell."""
    given = {"--context": options.context, "--namespace": options.namespace, "--kubeconfig": options.kubeconfig}
    words = [word for name, value in given.items() if value for word in (name, value)]
    guard = ["--"] if any(path.startswith("-") for path in paths) else []
    return shlex.join(["neuralnav", verb, *words, *flags, *guard, *paths])


def refuse_namespace(locks: Sequence[tuple[str, Lock]], namespace: str) -> None:
    """Raise `InputError` for each lock whose namespace is another than the one that was meant, where one was."""
    wrong = [
        other_namespace(name, lock.deployment.namespace, namespace)
        for name, lock in locks
        if namespace not in ("", lock.deployment.namespace)
    ]
    if wrong:
        raise InputError(wrong)


def problems_of(courses: Sequence[Course]) -> list[Diagnostic]:
    """Return what stands against workloads, each once."""
    return list(dict.fromkeys(found for item in courses for found in item.problems))
