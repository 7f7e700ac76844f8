"""Read the policy documents that a repository's project file binds. A repository without any never comes here."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from neuralnav.enforce.bind import PolicyDocument, bind
from neuralnav.enforce.bound import Governance
from neuralnav.enforce.rules import Bindable
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.catalogs import read_project
from neuralnav.files.places import FROM_ROOT, SKIPPED_FOLDERS, is_inside, read_source, show
from neuralnav.model.document import Parsed, parse, plain, suggestion, validate
from neuralnav.model.policy import FleetPolicy, Policy
from neuralnav.model.project import PolicyBinding, Project

TESTS = "PolicyTest"
KINDS = ("Policy", "FleetPolicy")
SUFFIXES = (".yaml", ".yml")
COPY = "put a copy in its place"
NO_POLICY = "policies are YAML files of kind Policy or FleetPolicy"
APART = "keep policies and their tests in a folder of their own, without other YAML"


def load_governance(root: Path) -> Governance:
    """Return the policies and exemptions that the project file of a repository binds, all expressions checked.

    Raises `InputError` with every problem of the project file's bindings and of every policy file.
    """
    project = read_project(root)
    if project is None:
        return Governance()
    documents, problems = read_policies(root, project)
    return bind(project, documents, problems)


def read_policies(root: Path, project: Parsed[Project]) -> tuple[list[PolicyDocument], list[Diagnostic]]:
    """Return the policy documents of each binding, in the order of the bindings, and what cannot be read of them.

    A path must lie inside the repository, links followed. Of a bundle, a folder, all YAML files count, sorted by path;
    files of tests are passed over.
    """
    reader = _Reader(root)
    documents: list[PolicyDocument] = []
    for index, binding in enumerate(project.document.spec.policies):
        field = "path" if binding.path is not None else "bundle"
        try:
            paths = reader.files(binding)
        except _NotFoundError as error:
            reader.problems.append(Diagnostic(project.where("spec", "policies", index, field), str(error), error.hint))
            continue
        found = [reader.document(path, alone=binding.path is not None) for path in paths]
        documents += [PolicyDocument(index, item) for item in found if item is not None]
        if reader.tests.issuperset(paths) and binding.bundle is not None:  # what binds nothing must not look bound
            where = project.where("spec", "policies", index, field)
            reader.problems.append(Diagnostic(where, f'only tests are in the folder "{binding.bundle}"', NO_POLICY))
    return documents, list(dict.fromkeys(reader.problems))


def read_policy(path: Path) -> Bindable | None:
    """Return the policy in a file, or None for a file of tests. Raises `InputError`, also for any other kind."""
    source = read_source(path)
    root = parse(source)
    value = plain(root)
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == TESTS:
        return None
    if kind not in KINDS:
        message = f'kind "{kind}" is no policy' if kind else "this is no policy: it has no kind"
        where = source.where(root.value["kind"][1].mark if isinstance(root.value, dict) and kind else root.mark)
        near = suggestion(str(kind), KINDS) if kind else f"kind: {' or '.join(KINDS)}"
        raise InputError([Diagnostic(where, message, near if "?" in near or not kind else APART)])
    return validate(Policy, root, source) if kind == "Policy" else validate(FleetPolicy, root, source)


class _NotFoundError(Exception):
    """A path of a binding that leads to no policy."""

    def __init__(self, message: str, hint: str) -> None:
        self.hint = hint
        super().__init__(message)


class _Reader:
    """Reads each file once, however many bindings name it, and collects what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Diagnostic] = []
        self.read: dict[Path, Bindable | None] = {}
        self.tests: set[Path] = set()

    def files(self, binding: PolicyBinding) -> Sequence[Path]:
        """Return the files of a binding. Raises `_NotFoundError` where there is none inside the repository."""
        name = binding.path or binding.bundle or ""
        path = Path(os.path.normpath(self.root / name))
        if not path.is_relative_to(self.root):
            raise _NotFoundError(f'"{name}" lies outside the repository', FROM_ROOT)
        if not is_inside(path, self.root):
            raise _NotFoundError(f'"{name}" links to a place outside the repository', COPY)
        if not path.exists():
            why = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
            raise _NotFoundError(f'"{name}" {why}', FROM_ROOT)
        if binding.path is not None:
            if path.is_dir():
                raise _NotFoundError(f'"{name}" is a folder', f"bind a folder with bundle: {name}")
            return [path]
        if not path.is_dir():
            raise _NotFoundError(f'"{name}" is no folder', f"bind one file with path: {name}")
        found = sorted(_yaml_files(path))
        if not found:
            raise _NotFoundError(f'no policy is in the folder "{name}"', NO_POLICY)
        return found

    def document(self, path: Path, *, alone: bool) -> Bindable | None:
        """Return the policy in a file, or None, with the problem collected, where there is none."""
        if path not in self.read:
            self.read[path] = self._fresh(path)
        if alone and path in self.tests:
            self.problems.append(Diagnostic(Where(show(path)), f"a {TESTS} is no policy", "bind what it tests"))
        return self.read[path]

    def _fresh(self, path: Path) -> Bindable | None:
        if not is_inside(path, self.root):
            message = f"{show(path)} links to a place outside the repository"
            self.problems.append(Diagnostic(Where(show(path)), message, COPY))
            return None
        try:
            found = read_policy(path)
        except InputError as error:
            self.problems.extend(error.diagnostics)
            return None
        if found is None:
            self.tests.add(path)
        return found


def _yaml_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS]
        yield from (Path(parent) / name for name in names if name.endswith(SUFFIXES) and not name.startswith("."))
