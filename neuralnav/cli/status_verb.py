"""`neuralnav status`."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime

import click

from neuralnav.cli.cluster_options import ClusterOptions, cluster_options
from neuralnav.cli.duration import Duration
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.output import echo_error, format_option
from neuralnav.cli.status_run import Plans, read_plans, read_status
from neuralnav.cli.status_text import status_markdown, status_styled
from neuralnav.cli.status_watch import Changes, Documents, screen, watch
from neuralnav.cluster.connection import connect
from neuralnav.errors import InputError
from neuralnav.model.plain_text import printable_json
from neuralnav.model.status_report import StatusReport

WATCH_PATIENCE_SECONDS = 2.0
"""How long one look of --watch waits for a server at most: the next look is the better answer to one that is gone."""

FORMATS: Mapping[str, Callable[[StatusReport, datetime], str]] = {
    "text": status_styled,
    "json": lambda found, _: printable_json(found.model_dump_json(indent=2, by_alias=True)),
    "markdown": status_markdown,
}


@click.command(
    name="status",
    cls=ClusterCommand,
    epilog="\b\nneuralnav status services/\nneuralnav status support-chat --watch\nWhat differs: neuralnav diff --live",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@cluster_options
@click.option("-w", "--watch", "watched", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option("--interval", default="2s", show_default=True, type=Duration(above_zero=True),
              help="How long --watch rests between two looks.")  # fmt: skip
@format_option
def command(
    paths: tuple[str, ...],
    *,
    context: str,
    namespace: str,
    kubeconfig: str,
    patience: float,
    watched: bool,
    interval: float,
    form: str,
) -> int:
    """Tell how deployed workloads stand, against their locks.

    PATHS are workloads, or folders to search for them (default: this folder). Nothing is written or changed. Replicas,
    pods, warnings and accelerators are those of the cluster; what may not be read is unknown, never zero. A lock that
    is not deployed yet is told apart from a workload that is broken.

    Exit 0 when all are ready and as planned, 3 when not, 2 when one could not be read.
    """
    if watched and form == "markdown":
        raise click.UsageError("--watch writes text or json")
    options = ClusterOptions(kubeconfig, context, namespace, patience)
    plans = read_plans(paths or (".",), options.namespace)
    if plans.problems:
        echo_error(InputError(plans.problems), writes=False)
    if watched:
        return _watch(plans, options, interval, form)
    api = connect(
        kubeconfig=kubeconfig, context=context, patience_seconds=patience, say=lambda text: click.echo(text, err=True)
    )
    found = read_status(api, plans)
    click.echo(FORMATS[form](found, api.now()))
    return found.exit_code


def _watch(plans: Plans, options: ClusterOptions, interval: float, form: str) -> int:
    """Look at workloads until Ctrl-C, which is the way to end it."""
    patience = min(options.patience_seconds, WATCH_PATIENCE_SECONDS)
    api = connect(kubeconfig=options.kubeconfig, context=options.context, patience_seconds=patience)
    show = Documents().lines if form == "json" else screen if sys.stdout.isatty() else Changes().lines
    return watch(lambda: read_status(api, plans), show, interval, api.now)
