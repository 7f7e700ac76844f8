"""What a repository's settings may have read: texts are told with their words, so they must be its own."""

import os
from collections.abc import Iterator
from pathlib import Path

from neuralnav.errors import Diagnostic
from neuralnav.files.places import FROM_ROOT, is_inside
from neuralnav.model.document import Parsed
from neuralnav.model.project import Project


def texts_outside(root: Path, project: Parsed[Project]) -> Iterator[Diagnostic]:
    """Yield a problem for each catalog and the templates that a project file names outside its repository."""
    spec = project.document.spec
    named: list[tuple[str, tuple[str | int, ...]]] = [
        (name, ("catalogs", index)) for index, name in enumerate(spec.catalogs)
    ]
    named += [(spec.templates, ("templates",))] if spec.templates else []
    for name, field in named:
        path = Path(os.path.normpath(root / name))
        if not path.is_relative_to(root):
            yield Diagnostic(project.where("spec", *field), f'"{name}" lies outside the repository', FROM_ROOT)
        elif not is_inside(path, root):
            message = f'"{name}" links to a place outside the repository'
            yield Diagnostic(project.where("spec", *field), message, "put a copy in its place")
