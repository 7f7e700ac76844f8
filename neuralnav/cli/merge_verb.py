"""`neuralnav merge`: git's merge driver for what compile writes."""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import click

from neuralnav.cli.diff_trees import open_trees
from neuralnav.cli.work import Options, work
from neuralnav.errors import InputError
from neuralnav.files.git import run_git
from neuralnav.files.places import LOCK_NAME, Place, find_workloads

NESTED = "NEURALNAV_MERGING"
"""Set while the inputs are merged to be compiled: git then calls this driver again, for the same files."""

LOCALE = os.environ.get("LC_ALL", "")
"""That of the user: merging the inputs may call drivers that are not ours."""

OTHER_HEAD = re.compile(r"GITHEAD_([0-9a-f]{40,64})")


@click.command(
    name="merge",
    epilog="\b\n"
    "git config merge.neuralnav.driver 'neuralnav merge %O %A %B %P'\n"
    "git config merge.neuralnav.recursive text\n"
    "echo '*plan.lock merge=neuralnav' >> .gitattributes",
)
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.argument("path")
def command(base: Path, ours: Path, theirs: Path, path: str) -> int:
    """Merge a lock or a manifest by compiling the merged inputs, as a merge driver of git.

    git calls it with its three versions of the file and the file's PATH. The result is what compile makes of the
    merged workloads, policies and data; of the locks it takes the choice that both sides agree on, else the merge
    base's. Where the inputs conflict themselves, or git does not say what is merged (a rebase), the texts are merged,
    and compile settles what is left.
    """
    if os.environ.get(NESTED):
        return _nested(base, ours, theirs, path)
    try:
        made = _compiled(path)
    except (InputError, OSError) as error:
        click.echo(f"neuralnav merge: {path}: {error}; its text is merged", err=True)
        made = None
    if made is None:
        return _git("merge-file", "-L", "ours", "-L", "base", "-L", "theirs", "--", str(ours), str(base), str(theirs))[
            0
        ]
    ours.write_bytes(made)
    return 0


def _nested(base: Path, ours: Path, theirs: Path, path: str) -> int:
    """Leave what the outer call's compile needs: of a lock all three versions whole, of a manifest any."""
    if not PurePosixPath(path).name.endswith(LOCK_NAME):
        return 0
    texts = [_whole(item) for item in (ours, base, theirs)]
    marks = ("<<<<<<< ours\n", "||||||| base\n", "=======\n")
    ours.write_text("".join(part for pair in zip(marks, texts, strict=True) for part in pair) + ">>>>>>> theirs\n")
    return 1


def _whole(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text if not text or text.endswith("\n") else f"{text}\n"


def _compiled(path: str) -> bytes | None:
    """Return what compile makes of a file once the inputs are merged; None where that cannot be known."""
    heads = [match[1] for name in os.environ if (match := OTHER_HEAD.fullmatch(name))]
    if len(heads) != 1:
        return None
    code, told = _git("merge-tree", "--write-tree", "HEAD", heads[0], more={NESTED: "1", "LC_ALL": LOCALE})
    tree = told.partition("\n")[0]
    if code not in (0, 1) or not re.fullmatch(r"[0-9a-f]{40,64}", tree):
        return None
    who = ("-c", "user.name=neuralnav", "-c", "user.email=neuralnav@localhost", "-c", "commit.gpgSign=false")
    code, told = _git(*who, "commit-tree", tree, "-m", "merged inputs")
    if code:
        return None
    with tempfile.TemporaryDirectory(prefix="neuralnav-merge-") as folder:
        merged, _ = open_trees(told.strip(), "", (), Path(folder))
        (merged.root / ".git").mkdir(exist_ok=True)  # the root of a repository, as compile knows it
        return _file(path, merged.root)


def _file(path: str, root: Path) -> bytes | None:
    """Return what compile would write at a path below a root; None where it would write no such file."""
    target = root / path
    for place in _nearest_first(find_workloads((str(root),)), target):
        done = work((place, Options()))
        for name, content in done.files.items():
            if Path(os.path.normpath(place.folder / name)) == target:
                return content
        if target == place.lock:  # its workload cannot be planned
            return None
    return None


def _nearest_first(places: Sequence[Place], target: Path) -> list[Place]:
    """Return the workloads that may write a file, those whose folder holds it first, the deepest before the others."""
    return sorted(places, key=lambda place: (not target.is_relative_to(place.folder), -len(place.folder.parts)))


def _git(*arguments: str, more: Mapping[str, str] | None = None) -> tuple[int, str]:
    done = run_git(Path.cwd(), *arguments, more=more)
    return done.returncode, done.stdout.decode("utf-8", "replace")
