"""`neuralnav ci comment`."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import click

from neuralnav.cli.ci_files import on_github, read_diff, say_failure
from neuralnav.cli.noise import noise_of, noise_options
from neuralnav.errors import InputError, input_error
from neuralnav.forge.artifact import MAX_DIFF_BYTES, diff_in_zip
from neuralnav.forge.event import Event, find_subject, read_event
from neuralnav.forge.github import GitHub, PullThread, github_of
from neuralnav.forge.gitlab import gitlab_thread
from neuralnav.forge.http import ForgeError
from neuralnav.forge.results import merged
from neuralnav.forge.thread import Mode, Thread, keep_comment
from neuralnav.model.diff import PlanDiff
from neuralnav.model.plain_text import markdown_code
from neuralnav.report_diff import MARKER, Noise, diff_markdown, is_quiet

MAX_ARTIFACTS = 300
FOREIGN = """> [!NOTE]
> The run of a fork computed this, and its author can change what that run does. `neuralnav diff` tells it anew.

"""
"""What a comment on the pull request of a fork says more: its numbers are the fork's word, checked in form only."""


@click.command(
    name="comment",
    epilog="\b\nneuralnav diff origin/main --format json > diff.json\nneuralnav ci comment diff.json",
)
@click.argument("diffs", nargs=-1, type=click.Path(path_type=Path), metavar="[DIFFS]...")
@click.option("--artifacts", metavar="PATTERN", help="Take the diffs from the artifacts so named, of the run at hand.")
@click.option(
    "--mode", type=click.Choice(["update", "hide-and-new"]), default="update", show_default=True,
    help="Edit the one comment, or fold it away and write another.",
)  # fmt: skip
@noise_options
def command(
    diffs: tuple[Path, ...],
    *,
    artifacts: str | None,
    mode: Mode,
    min_cost_usd: float,
    min_cost_percent: float,
    min_latency_percent: float,
) -> int:
    """Keep one comment on the pull request (or merge request) of this job up to date.

    DIFFS are files that `neuralnav diff --format json` wrote; several, as of a matrix, become one comment. Where
    nothing of note changed none is begun. In a job started by the end of another run (workflow_run), --artifacts
    takes that run's, checks them, and finds the pull request by its head. A comment that cannot be written is a
    warning, never a failure.
    """
    if bool(diffs) == bool(artifacts):
        raise click.UsageError("give either files or --artifacts")
    noise = noise_of(min_cost_usd, min_cost_percent, min_latency_percent)
    parts = [read_diff(path) for path in diffs]
    try:
        said = _on_gitlab(parts, mode, noise) if not on_github() else _on_github(parts, artifacts, mode, noise)
    except (ForgeError, InputError) as error:
        say_failure("no plan comment", error)
        return 0
    click.echo(said)
    return 0


def _on_github(parts: list[PlanDiff], artifacts: str | None, mode: Mode, noise: Noise) -> str:
    github = github_of(os.environ, os.environ.get("GITHUB_TOKEN", ""))
    event = read_event(os.environ)
    subject = find_subject(event, github)
    if isinstance(subject, str):
        return f"no comment: {subject}"
    more = FOREIGN if subject.foreign else ""
    if artifacts:
        found = dict(_downloaded(github, _run(event), artifacts))
        parts = [part for part in found.values() if part is not None]
        if not parts:
            raise input_error(next(iter(found)), "the artifact holds no diff.json", "its job compared nothing")
        more = _untold([name for name, part in found.items() if part is None]) + more
    return _keep(PullThread(github, subject.number), parts, mode, noise, more=more)


def _on_gitlab(parts: list[PlanDiff], mode: Mode, noise: Noise) -> str:
    if not parts:
        raise input_error("--artifacts", "only GitHub keeps artifacts that this command reads", "name files")
    thread = gitlab_thread(os.environ, os.environ.get("NEURALNAV_GITLAB_TOKEN", ""))
    return _keep(thread, parts, mode, noise, more="")


def _keep(thread: Thread, parts: list[PlanDiff], mode: Mode, noise: Noise, *, more: str) -> str:
    diff = merged(parts)
    told, marker, end = diff_markdown(diff, noise=noise).rpartition(MARKER)
    body = told + more + marker + end
    kept = keep_comment(thread, body, MARKER, mode=mode, first=not is_quiet(diff, noise))
    return "\n".join((f"comment {kept.done} {kept.url}".rstrip(), *kept.notes))


def _run(event: Event) -> int:
    """Return the run whose artifacts are meant: the one that started this job, else this job's own."""
    if event.workflow_run is not None:
        return event.workflow_run.id
    own = os.environ.get("GITHUB_RUN_ID", "")
    if not own.isdecimal():
        raise input_error("GITHUB_RUN_ID", "no run is named")
    return int(own)


def _untold(names: Sequence[str]) -> str:
    """Return what a comment says of parts that compared nothing: silence would look like no change."""
    if not names:
        return ""
    told = ", ".join(markdown_code(name[:80]) for name in names[:3]) + (", ..." if len(names) > 3 else "")
    return f"> [!WARNING]\n> Nothing is told here of {told}: the job compared nothing, as its log says.\n\n"


def _downloaded(github: GitHub, run: int, pattern: str) -> Iterator[tuple[str, PlanDiff | None]]:
    """Yield the diff of each of a run's artifacts by name; of artifacts of one name, as of a run again, the last.

    Raises `InputError` where there is none, or one that is not ours.
    """
    found = {item.name: item for item in github.artifacts(run) if fnmatchcase(item.name, pattern) and not item.expired}
    if not found:
        raise input_error(
            f"run {run}", f'no artifact is named "{pattern}"', "its job may have failed before the upload"
        )
    if len(found) > MAX_ARTIFACTS or sum(item.size_in_bytes for item in found.values()) > MAX_DIFF_BYTES:
        raise input_error(f"run {run}", f"the artifacts are larger than {MAX_DIFF_BYTES:,} bytes")
    for name, item in found.items():
        yield name, diff_in_zip(name, github.download(item, MAX_DIFF_BYTES))
