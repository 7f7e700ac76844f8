"""What is left to do so that plans see a dataset."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from neuralnav.files.places import PROJECT_NAME, show
from neuralnav.model.project import Project

BARE_PROJECT = "  apiVersion: neuralnav.dev/v1alpha1\n  kind: Project\n  spec:\n    {}: [{}]"

Kind = Literal["benchmarks", "outcomes"]


def entries(datasets: Sequence[Path], root: Path) -> tuple[str, ...]:
    """Return datasets as the project file lists them: from the root of the repository where they lie below it."""
    return tuple(_entry(path.resolve(), root.resolve()) for path in datasets)


def advice(datasets: Sequence[Path], root: Path, project: Project, *, under: Kind = "benchmarks") -> str:
    """Say what `neuralnav.yaml` is to list under a kind of dataset, or that it does already."""
    named = project.spec.benchmarks if under == "benchmarks" else project.spec.outcomes
    listed = [(root / path).resolve() for path in named if "://" not in path]
    missing = [item for item in datasets if not any(item.resolve().is_relative_to(path) for path in listed)]
    if not missing:
        return f"{PROJECT_NAME} lists {', '.join(show(item) for item in datasets)} already"
    whole = ", ".join([*named, *entries(missing, root)])
    them = "it" if len(missing) == 1 else "them"
    if not (root / PROJECT_NAME).exists():
        bare = BARE_PROJECT.format(under, whole)
        return f"plans use {them} once {PROJECT_NAME} at the root of the repository says:\n{bare}"
    return f"add {them} to {PROJECT_NAME}, under spec:  {under}: [{whole}]"


def _entry(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
