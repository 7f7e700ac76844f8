"""`neuralnav ci hook`."""

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from neuralnav.cli import compile_verb
from neuralnav.errors import ExitCode
from neuralnav.files.git import run_git
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, find_workloads, show

SHOWN = 5


@click.command(name="hook", epilog="pre-commit calls it (.pre-commit-hooks.yaml); so may a hook of your own.")
@click.pass_context
def command(context: click.Context) -> int:
    """Compile before a commit, and stop the commit that lacks what compile writes.

    All workloads are compiled, because a change of a policy or a price changes plans whose files did not. Exit 3 when a
    lock or manifest of a workload that git knows is not in the index as it now is, be it changed or new. Of a
    commit that may go on nothing is said.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said):  # plans that every commit would print are read by nobody
        code = int(context.invoke(compile_verb.command))
    if code:
        click.echo(said.getvalue(), nl=False)
        return code
    missing = sorted({show(path) for path in _not_in_index(find_workloads((".",)))})
    if not missing:
        return ExitCode.DONE
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    click.echo(f"not in this commit: {', '.join(missing[:SHOWN])}{more}; add with git add", err=True)
    return ExitCode.DRIFT


def _not_in_index(places: Sequence[Place]) -> Iterator[Path]:
    """Yield the outputs that differ from the index, or are not in it, of workloads that are in it."""
    for root in sorted({place.root for place in places}):
        of_root = [place for place in places if place.root == root]
        known = _listed(root, "--cached", [place.workload for place in of_root])
        outputs = [path for place in of_root if place.workload in known for path in _outputs(place)]
        yield from _listed(root, "--modified", outputs)
        yield from _listed(root, "--others", outputs)


def _outputs(place: Place) -> Iterator[Path]:
    found = find_lock(place).lock
    yield place.lock
    for item in found.manifests if found else ():
        yield Path(os.path.normpath(place.folder / item.path))


def _listed(root: Path, kind: str, paths: Sequence[Path]) -> set[Path]:
    """Return those of the paths that git lists so, ignored ones left out; none where no repository is."""
    if not paths:
        return set()
    names = [os.path.relpath(path, root) for path in paths]
    done = run_git(root, "--literal-pathspecs", "ls-files", "-z", "--exclude-standard", kind, "--", *names)
    return {root / os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
