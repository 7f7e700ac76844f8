"""`neuralnav diff`."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import click

from neuralnav.cli.diff_run import run_diff
from neuralnav.errors import ExitCode
from neuralnav.files.cache import replace_file
from neuralnav.model.diff import PlanDiff
from neuralnav.report_diff import diff_annotations, diff_markdown, diff_sarif, diff_text

FORMATS: Mapping[str, Callable[[PlanDiff], str]] = {
    "text": lambda found: _text(found),
    "json": lambda found: found.model_dump_json(indent=2, by_alias=True),
    "markdown": diff_markdown,
    "sarif": diff_sarif,
    "github": lambda found: "\n".join(diff_annotations(found)),
}


@click.command(
    name="diff",
    epilog="\b\nneuralnav diff origin/main\nneuralnav diff v1.2 HEAD --format markdown\nneuralnav diff old/ new/",
)
@click.argument("base", default="", metavar="[BASE]")
@click.argument("head", default="", metavar="[HEAD]")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="Only workloads here; may be given again.")
@click.option("--manifests", is_flag=True, help="Compare manifests line by line.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Note what has run out by this day, as 2026-12-31: prices, exemptions.")  # fmt: skip
@click.option("--policies", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
              help="Hold changed workloads to the policies of this folder too.")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 3 when a plan changes.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True,
              help="How to report.")  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the report to a file.")  # fmt: skip
def command(
    base: str,
    head: str,
    *,
    paths: tuple[str, ...],
    manifests: bool,
    as_of: datetime | None,
    policies: Path | None,
    exit_code: bool,
    form: str,
    output: Path | None,
) -> int:
    """Tell what a change does to plans, and which edit causes it.

    BASE and HEAD are git revisions or folders. Without HEAD it is the working tree, without BASE the commit where it
    parted from the default branch; A...B compares B with where it parted from A. Both sides are planned by this tool
    with the base's locks, nothing is written, and no file of a revision is checked out or run. Policies of the base
    that the head weakens are held against it all the same.

    Exit 0 with changes or without; 2 when the head has an input that cannot be used, 4 when policies refuse its choice
    or the change exceeds a budget, 5 when it leaves a workload without a feasible plan.
    """
    day = as_of.date() if as_of else None
    bundle = policies.resolve() if policies else None
    found = run_diff(base, head, paths, manifest_texts=manifests, as_of=day, bundle=bundle)
    if exit_code and found.exit_code == ExitCode.DONE and _changes(found):
        found = found.model_copy(update={"exit_code": int(ExitCode.DRIFT)})
    text = diff_text(found) if form == "text" and output is not None else FORMATS[form](found)
    if output is None:
        if text:
            click.echo(text)
    else:
        replace_file(output, lambda part: Path(part).write_text(f"{text}\n", encoding="utf-8"))
    return found.exit_code


def _text(found: PlanDiff) -> str:
    """Return the text: as wide as the terminal, with colour where it has some and nobody asked for none."""
    if not sys.stdout.isatty():
        return diff_text(found)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return diff_text(found, colour=not plain, width=shutil.get_terminal_size().columns)


def _changes(found: PlanDiff) -> bool:
    return any(item.status != "unchanged" for item in found.workloads) or bool(found.weakened)
