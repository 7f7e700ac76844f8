"""One draft from its prose to its file: where it goes, what holds there, and the writing; shared with the chat."""

import os
from dataclasses import dataclass
from pathlib import Path

from neuralnav.cli.draft_prose import EXAMPLE
from neuralnav.draft import Heard
from neuralnav.draft.defaults import Naming
from neuralnav.draft.proof import Proven, prove
from neuralnav.errors import InputError, input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.places import find_root, show
from neuralnav.files.writes import write_one
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Draft
from neuralnav.model.project import Project

USUAL = "workload.yaml"
SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a draft goes, and what holds there."""

    path: Path
    catalog: Catalog
    project: Project


def target_of(output: str) -> Target:
    """Return the file that an output names, a folder standing for its workload.yaml, and the settings of its project.

    Raises `InputError` for a name that no workload has or no file can have, and for a project file or catalogs that
    cannot be used.
    """
    try:
        path, root = _located(output)
    except OSError as error:
        raise input_error(show(Path(output or USUAL)), f"cannot be used: {_words(error)}", "check the path") from None
    project = load_project(root)
    return Target(path, load_catalog([root / item for item in project.spec.catalogs]), project)


def _located(output: str) -> tuple[Path, Path]:
    """Return the file that an output names, and the root of its project."""
    path = Path(os.path.abspath(output or USUAL))  # noqa: PTH100  # resolve() would follow links
    if output.endswith("/") or path.is_dir():
        path /= USUAL
    if path.suffix not in SUFFIXES:
        raise input_error(show(path), "a workload is a file of YAML", f"name it like {show(path.with_suffix('.yaml'))}")
    path.exists()  # raises for a folder that may not be searched
    return path, find_root(path.parent)


def refuse_overwriting(path: Path) -> None:
    """Raise `InputError` where a file exists already."""
    if os.path.lexists(path):
        raise _in_the_way(path)


def _in_the_way(path: Path) -> InputError:
    hint = "--force overwrites it, -o PATH writes another, --chat refines it"
    return input_error(show(path), "this file exists and is not overwritten", hint)


def proven(heard: Heard, target: Target, *, name: str = "") -> Proven:
    """Return the draft of a prose with the text of its file; without findings where it speaks of no workload."""
    naming = Naming(name, target.path.parent.name)
    return prove(heard, target.catalog, target.project, naming=naming, name=show(target.path))


def nothing_found(draft: Draft, source: str) -> InputError:
    """Return why a draft without findings is none; the prose is called `source`."""
    if draft.questions:
        asked = " ".join(item.text for item in draft.questions)
        return input_error(source, "nothing in it says what to plan", f"say it: {asked}")
    return input_error(source, "nothing in it speaks of a service to plan", EXAMPLE)


def write_workload(path: Path, text: str, *, new: bool = False) -> None:
    """Write the text of a workload, whole or not at all.

    Raises `InputError` where it cannot be written, and where it must be `new` and a file has come in the way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_one(path, text.encode(), new=new)
        except FileExistsError:
            raise _in_the_way(path) from None
    except OSError as error:
        raise input_error(show(path), f"cannot be written: {_words(error)}") from None


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
