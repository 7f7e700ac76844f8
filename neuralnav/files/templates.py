"""Read a repository's own templates, which replace packaged ones of the same name or add to them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.places import read_source, show

NAMES = re.compile(r"(common|InferenceService|LLMInferenceService)/[a-z0-9][a-z0-9-]{0,99}\.yaml\.j2")
MOST_FILES = 100


def own_templates(folder: Path) -> Mapping[str, str]:
    """Return the templates below a folder by name ("<target>/<file>.yaml.j2", or "common/..." for every target).

    Raises `InputError` with every problem: no such folder, no template in it, a name that no target has, a link that
    leads out of the folder, or a file that is not text.
    """
    if not folder.is_dir():
        raise InputError([Diagnostic(Where(show(folder)), "this is not a folder of templates", "check the path")])
    found: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for path in _files(folder):
        try:
            found[path.relative_to(folder).as_posix()] = _read(folder, path)
        except InputError as error:
            problems.extend(error.diagnostics)
    if not problems and not 0 < len(found) <= MOST_FILES:
        message = f"{len(found)} templates are here; from 1 to {MOST_FILES} are expected"
        problems.append(Diagnostic(Where(show(folder)), message, "templates are named <target>/<file>.yaml.j2"))
    if problems:
        raise InputError(problems)
    return found


def _files(folder: Path) -> list[Path]:
    """Return the files below a folder whose names end in .j2, in order; folders that are links are not entered."""
    return sorted(Path(parent) / name for parent, _, names in os.walk(folder) for name in names if name.endswith(".j2"))


def _read(folder: Path, path: Path) -> str:
    name = path.relative_to(folder).as_posix()
    if not NAMES.fullmatch(name):
        hint = "put it at common/<file>.yaml.j2 or <target>/<file>.yaml.j2, in lower case letters, digits and dashes"
        raise InputError([Diagnostic(Where(show(path)), f'"{name}" is not the name of a template', hint)])
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError([Diagnostic(Where(show(path)), "this link leads out of the folder of templates", "copy it")])
    return read_source(path).text
