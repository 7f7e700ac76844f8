"""Find and read policies and their tests: those that paths name, or those that the project file binds."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from neuralnav.enforce.bind import bind
from neuralnav.enforce.cases import PlacedCase, Suite, params_of
from neuralnav.enforce.rules import CheckedPolicy, check_policy
from neuralnav.errors import Diagnostic, InputError, input_error
from neuralnav.files.catalogs import read_project
from neuralnav.files.places import PROJECT_NAME, SKIPPED_FOLDERS, find_root, read_source, show
from neuralnav.files.policies import SUFFIXES, read_policies, read_policy
from neuralnav.model.document import Parsed, load
from neuralnav.model.params import Value
from neuralnav.model.policy import PolicyTest
from neuralnav.model.project import PolicyBinding

_KIND = re.compile(rb"^kind:\s*[\"']?(?:Policy|FleetPolicy|PolicyTest)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_OURS = re.compile(rb"^apiVersion:\s*[\"']?neuralnav\.dev/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy with its tests. `binding` is how the project file binds it, where it was asked for what is bound."""

    path: Path
    policy: CheckedPolicy
    cases: tuple[PlacedCase, ...]
    binding: PolicyBinding | None = None

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.policy.parsed.document.metadata.name

    @property
    def suite(self) -> Suite:
        """Its tests as they are run."""
        return Suite(self.policy, self.cases)

    def params(self) -> dict[str, object]:
        """Return the parameters: as bound, by default, or else as the first test that sets them has them."""
        declared = self.policy.parsed.document.spec.params
        tested: dict[str, Value] = {}
        for placed in reversed(self.cases):
            tested |= placed.case.params
        missing = {name: tested[name] for name, item in declared.items() if item.default is None and name in tested}
        return params_of(declared, {**missing, **(self.binding.params if self.binding else {})})

    def unset(self) -> list[str]:
        """Return the parameters that nobody gives a value."""
        return [name for name in self.policy.parsed.document.spec.params if name not in self.params()]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that was found, and what is wrong with files, expressions and bindings."""

    policies: tuple[Loaded, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def sound(self) -> tuple[Loaded, ...]:
        """Those without problems."""
        return tuple(item for item in self.policies if not item.policy.problems)


def load_policies(paths: Sequence[str]) -> PolicySet:
    """Return the policies and tests of files and folders, or without a path what the project file binds.

    Raises `InputError` where there is none, or a path does not exist.
    """
    return _of_paths(paths) if paths else _of_project(find_root(Path.cwd()))


def _of_project(root: Path) -> PolicySet:
    project = read_project(root)
    if project is None or not project.document.spec.policies:
        hint = "name files or folders, such as: neuralnav policy check policies/"
        raise input_error(PROJECT_NAME, "no policy is bound here", hint)
    documents, problems = read_policies(root, project)
    try:
        bind(project, documents, problems)
    except InputError as error:
        problems = list(error.diagnostics)
    bindings = project.document.spec.policies
    loaded = [
        Loaded(Path(item.parsed.source.name), check_policy(item.parsed), (), bindings[item.binding])
        for item in documents
    ]
    folders = sorted({root / (item.bundle or os.path.dirname(item.path or "")) for item in bindings})  # noqa: PTH120  # text
    tests = [path for folder in folders if folder.is_dir() for path in _policy_files(folder)]
    return _with_tests(loaded, [path for path in dict.fromkeys(tests) if _is_test(path)], problems)


def _of_paths(paths: Sequence[str]) -> PolicySet:
    files: dict[Path, None] = {}
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise input_error(name, "cannot be read: no such file or directory")
        found = sorted(_policy_files(path)) if path.is_dir() else [path]
        if not found:
            raise input_error(name, "no policy was found in this folder", "policies are YAML files of kind Policy")
        files |= dict.fromkeys(found)
    loaded = list[Loaded]()
    problems = list[Diagnostic]()
    for path in files:
        try:
            parsed = None if _is_test(path) else read_policy(path)
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        if parsed is not None:
            loaded.append(Loaded(path, check_policy(parsed), ()))
    return _with_tests(loaded, [path for path in files if _is_test(path)], problems)


def _with_tests(loaded: list[Loaded], tests: Sequence[Path], problems: list[Diagnostic]) -> PolicySet:
    """Return the policies with their own tests and those of the files, whose policies join the others."""
    cases: dict[Path, list[PlacedCase]] = {}
    for path in tests:
        try:
            parsed = load(PolicyTest, read_source(path))
            target = path.parent / parsed.document.spec.policy
            if _real(target) not in {_real(item.path) for item in loaded}:
                loaded.append(Loaded(target, _tested(target, parsed), ()))
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        found = (PlacedCase(c, parsed, ("spec", "cases", i)) for i, c in enumerate(parsed.document.spec.cases))
        cases.setdefault(_real(target), []).extend(found)
    whole = [replace(item, cases=(*_own_cases(item.policy), *cases.get(_real(item.path), ()))) for item in loaded]
    found_problems = [*problems, *(problem for item in whole for problem in item.policy.problems)]
    return PolicySet(tuple(whole), tuple(dict.fromkeys(found_problems)))


def _tested(target: Path, test: Parsed[PolicyTest]) -> CheckedPolicy:
    where = test.where("spec", "policy")
    if not target.is_file():
        message = f'there is no policy "{test.document.spec.policy}"'
        raise InputError([Diagnostic(where, message, "the path counts from the folder of this file")])
    parsed = read_policy(target)
    if parsed is None:
        raise InputError([Diagnostic(where, f"{show(target)} holds tests itself", "name the policy")])
    return check_policy(parsed)


def _own_cases(policy: CheckedPolicy) -> Iterator[PlacedCase]:
    for index, case in enumerate(policy.parsed.document.spec.tests):
        yield PlacedCase(case, policy.parsed, ("spec", "tests", index))


def _policy_files(folder: Path) -> Iterator[Path]:
    """Yield the files of our kinds below a folder: other YAML is passed over, without a judgement."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(parent) / name
            if name.endswith(SUFFIXES) and not name.startswith(".") and path.is_file():
                text = path.read_bytes()
                if _KIND.search(text) and _OURS.search(text):
                    yield path


def _is_test(path: Path) -> bool:
    found = _KIND.search(path.read_bytes()) if path.is_file() else None
    return found is not None and b"PolicyTest" in found[0]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
