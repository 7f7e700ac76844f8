"""One draft from its prose to its file: where it goes, what holds there, and the writing; shared with the chat."""

import os
from dataclasses import dataclass
from pathlib import Path

from neuralnav.cli.draft_prose import EXAMPLE
from neuralnav.draft import Heard
from neuralnav.draft.defaults import Naming
from neuralnav.draft.proof import Proven, prove
from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.places import find_root, show
from neuralnav.files.writes import write_together
from neuralnav.model.catalog import Catalog
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

    Raises `InputError` for a name that no workload has, and for a project file or catalogs that cannot be used.
    """
    path = Path(os.path.abspath(output or USUAL))  # noqa: PTH100  # resolve() would follow links
    if output.endswith("/") or path.is_dir():
        path /= USUAL
    if path.suffix not in SUFFIXES:
        raise input_error(show(path), "a workload is a file of YAML", f"name it like {show(path.with_suffix('.yaml'))}")
    root = find_root(path.parent)
    project = load_project(root)
    return Target(path, load_catalog([root / item for item in project.spec.catalogs]), project)


def refuse_overwriting(path: Path) -> None:
    """Raise `InputError` where a file exists already."""
    if os.path.lexists(path):
        hint = "--force overwrites it, -o PATH writes another, --chat refines it"
        raise input_error(show(path), "this file exists and is not overwritten", hint)


def proven(heard: Heard, target: Target, *, name: str = "", source: str = "PROSE") -> Proven:
    """Return the draft of a prose with the text of its file; messages call the prose `source`.

    Raises `InputError` where it speaks of no workload.
    """
    naming = Naming(name, target.path.parent.name)
    found = prove(heard, target.catalog, target.project, naming=naming, name=show(target.path))
    if not found.draft.findings:
        raise input_error(source, "nothing in it speaks of a service to plan", EXAMPLE)
    return found


def write_workload(path: Path, text: str) -> None:
    """Write the text of a workload, whole or not at all. Raises `InputError` where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_together(path.parent, {path.name: text.encode()})
    except OSError as error:
        raise input_error(show(path), f"cannot be written: {(error.strerror or str(error)).lower()}") from None
