"""`neuralnav diff`."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import click

from neuralnav.cli.cluster_options import ClusterOptions, cluster_options
from neuralnav.cli.diff_choices import check_options, diff_live, two_sides
from neuralnav.cli.diff_run import run_diff
from neuralnav.cli.kubectl_words import ClusterCommand
from neuralnav.cli.noise import noise_of, noise_options
from neuralnav.cli.output import as_of_option, write_report
from neuralnav.errors import ExitCode
from neuralnav.model.diff import PlanDiff
from neuralnav.report_diff import Noise, diff_annotations, diff_markdown, diff_sarif, diff_text, is_quiet

FORMATS: Mapping[str, Callable[[PlanDiff, Noise], str]] = {
    "text": lambda found, noise: _text(found, noise),
    "json": lambda found, _: found.model_dump_json(indent=2, by_alias=True),
    "markdown": lambda found, noise: diff_markdown(found, noise=noise),
    "sarif": lambda found, _: diff_sarif(found),
    "github": lambda found, _: "\n".join(diff_annotations(found)),
}
"""The forms of a diff. JSON holds everything, and no finding is a number alone: thresholds change neither."""


@click.command(
    name="diff",
    cls=ClusterCommand,
    epilog="\b\nneuralnav diff origin/main\nneuralnav diff v1.2 HEAD --format markdown\nneuralnav diff old/ new/\n"
    "neuralnav diff --live services/",
)
@click.argument("sides", nargs=-1, metavar="[BASE] [HEAD]")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="Only workloads here; may be given again.")
@click.option("--manifests", is_flag=True, help="Compare manifests line by line.")
@as_of_option("Note what has run out by this day, as 2026-12-31: prices, exemptions.")
@click.option("--policies", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
              help="Hold changed workloads to the policies of this folder too.")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 3 when a plan changes.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="How to report.")  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the report to a file.")  # fmt: skip
@noise_options
@click.option("--live", is_flag=True, help="Compare committed manifests with a cluster: diff --live [PATHS]...")
@cluster_options
def command(
    sides: tuple[str, ...],
    *,
    paths: tuple[str, ...],
    manifests: bool,
    as_of: date | None,
    policies: Path | None,
    exit_code: bool,
    form: str,
    output: Path | None,
    min_cost_usd: float,
    min_cost_percent: float,
    min_latency_percent: float,
    live: bool,
    context: str,
    namespace: str,
    kubeconfig: str,
    patience: float,
) -> int:
    """Tell what a change does to plans, and which edit causes it.

    BASE and HEAD are git revisions or folders. Without HEAD it is the working tree, without BASE the commit where it
    parted from the default branch; A...B compares B with where it parted from A. Both sides are planned by this tool
    with the base's locks, nothing is written, and no file of a revision is checked out or run. Policies of the base
    that the head weakens are held against it all the same. JSON holds everything, whatever is too small to tell of.

    Exit 0 with changes or without; 2 when the head has an input that cannot be used, 4 when policies refuse its choice
    or the change exceeds a budget, 5 when it leaves a workload without a feasible plan.

    With --live, what runs in a cluster is compared with the committed manifests of PATHS: a check, which exits with 3
    where something has drifted, and 2 where something cannot be read. Nothing is changed there.
    """
    check_options(live=live, form=form)
    if live:
        options = ClusterOptions(kubeconfig, context, namespace, patience)
        return diff_live((*sides, *paths) or (".",), options, form, output)
    base, head = two_sides(sides)
    bundle = policies.resolve() if policies else None
    found = run_diff(base, head, paths, manifest_texts=manifests, as_of=as_of, bundle=bundle)
    noise = noise_of(min_cost_usd, min_cost_percent, min_latency_percent)
    if exit_code and found.exit_code == ExitCode.DONE and _changes(found, noise):
        found = found.model_copy(update={"exit_code": int(ExitCode.DRIFT)})
    text = diff_text(found, noise=noise) if form == "text" and output is not None else FORMATS[form](found, noise)
    if output is None:
        if text:
            click.echo(text)
    else:
        write_report(output, text)
    return found.exit_code


def _text(found: PlanDiff, noise: Noise) -> str:
    """Return the text: as wide as the terminal, with colour where it has some and nobody asked for none."""
    if not sys.stdout.isatty():
        return diff_text(found, noise=noise)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return diff_text(found, noise=noise, colour=not plain, width=shutil.get_terminal_size().columns)


def _changes(found: PlanDiff, noise: Noise) -> bool:
    """Tell whether a plan changes; by more than the thresholds, where there are some: the text says so too."""
    if noise != Noise() and is_quiet(found, noise):
        return False
    return any(item.status != "unchanged" for item in found.workloads) or bool(found.weakened)
