"""What every cluster verb is told of the cluster: as kubectl's options of the same names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from neuralnav.cli.duration import Duration
from neuralnav.errors import Diagnostic, Where

Command = TypeVar("Command", bound=Callable[..., Any])

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Which cluster is meant: a kubeconfig file, a context in it, a namespace, each empty for kubectl's own default.

    `patience_seconds` is how long a server that restarts, stumbles or is busy is waited for.
    """

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    patience_seconds: float = PATIENCE_SECONDS


def cluster_options(command: Command) -> Command:
    """Add the options `--kubeconfig`, `--context`, `--namespace` and `--patience`: the fields of `ClusterOptions`."""
    for option in reversed(
        (
            click.option("--context", default="", metavar="NAME",
                         help="The kubeconfig context; the current one if left out."),
            click.option("-n", "--namespace", default="", metavar="NAME",
                         help="The namespace that is meant; it must be the plan's own."),
            click.option("--kubeconfig", default="", metavar="FILE", type=click.Path(dir_okay=False, path_type=str),
                         help="The kubeconfig; $KUBECONFIG or ~/.kube/config if left out."),
            click.option("--patience", default="60s", show_default=True, type=Duration(),
                         help="How long to wait for an API server that restarts or is busy."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def other_namespace(where: str, planned: str, asked: str) -> Diagnostic:
    """Return the problem of a plan that is for another namespace than the one that was asked for."""
    message = f"the plan is for namespace {planned}, not {asked}"
    return Diagnostic(
        Where(where), message, "leave --namespace out, or set deploy.namespace in the workload and compile"
    )
