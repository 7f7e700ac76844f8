"""The policy files that a project binds: which are read, and the exact words for those that cannot be."""

from pathlib import Path

import pytest

from neuralnav.errors import InputError
from neuralnav.files.policies import load_governance
from neuralnav.report import diagnostics_text

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: {}\n"
POLICY = HEAD.format("Policy") + (
    "metadata: {{name: {}}}\nspec:\n  rules: [{{id: small, require: candidate.gpus <= 8}}]\n"
)
TEST = HEAD.format("PolicyTest") + "spec: {policy: a.yaml, cases: [{name: one, expect: {small: allow}}]}\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / "rules" / "more").mkdir(parents=True)
    (folder / "rules" / "b.yaml").write_text(POLICY.format("b"))
    (folder / "rules" / "more" / "a.yml").write_text(POLICY.format("a"))
    monkeypatch.chdir(folder)
    return folder


def bind(root: Path, *bindings: str, rest: str = "") -> list[tuple[str, str]]:
    lines = "".join(f"    - {{{binding}}}\n" for binding in bindings)
    (root / "neuralnav.yaml").write_text(HEAD.format("Project") + f"spec:\n  policies:\n{lines}{rest}")
    return [(item.name, item.file) for item in load_governance(root).policies]


def refusal(root: Path, *bindings: str) -> str:
    with pytest.raises(InputError) as caught:
        bind(root, *bindings)
    return diagnostics_text(caught.value.diagnostics)


def test_a_repository_without_a_project_file_has_no_policy(tmp_path: Path) -> None:
    found = load_governance(tmp_path)
    assert (found.policies, found.exemptions, found.fleets) == ((), (), ())


def test_a_file_and_every_file_of_a_bundle_are_read(root: Path) -> None:
    assert bind(root, "path: rules/b.yaml") == [("b", "rules/b.yaml")]
    assert bind(root, "bundle: rules") == [("a", "rules/more/a.yml"), ("b", "rules/b.yaml")]


def test_tests_and_other_files_of_a_bundle_are_passed_over(root: Path) -> None:
    (root / "rules" / "b.test.yaml").write_text(TEST)
    (root / "rules" / "README.md").write_text("no policy")
    (root / "rules" / ".hidden.yaml").write_text("no policy")
    (root / "rules" / ".git").mkdir()
    (root / "rules" / ".git" / "x.yaml").write_text("no policy")
    assert len(bind(root, "bundle: rules")) == 2


@pytest.mark.parametrize(
    ("binding", "message", "hint"),
    [
        ("path: ../b.yaml", '"../b.yaml" lies outside the repository', "paths count from the folder of neuralnav.yaml"),
        ("path: /etc/hosts", '"/etc/hosts" lies outside the repository',
         "paths count from the folder of neuralnav.yaml"),
        ("path: b.yaml", '"b.yaml" does not exist', "paths count from the folder of neuralnav.yaml"),
        ("path: rules", '"rules" is a folder', "bind a folder with bundle: rules"),
        ("bundle: rules/b.yaml", '"rules/b.yaml" is no folder', "bind one file with path: rules/b.yaml"),
        ("bundle: empty", 'no policy is in the folder "empty"',
         "policies are YAML files of kind Policy or FleetPolicy"),
    ],
)  # fmt: skip
def test_a_path_that_leads_to_no_policy_is_told_where_it_stands(
    root: Path, binding: str, message: str, hint: str
) -> None:
    (root / "empty").mkdir()
    found = refusal(root, binding)
    column = 5 + len("- {") + len(binding.partition(" ")[0]) + 1
    assert found.startswith(f"neuralnav.yaml:5:{column}  {message}\n")
    assert found.splitlines()[2].endswith(f"^ {hint}")


def test_a_link_out_of_the_repository_is_not_followed(root: Path) -> None:
    (root.parent / "outside.yaml").write_text(POLICY.format("c"))
    (root / "rules" / "c.yaml").symlink_to(root.parent / "outside.yaml")
    assert refusal(root, "path: rules/c.yaml").startswith(
        'neuralnav.yaml:5:14  "rules/c.yaml" links to a place outside the repository\n'
    )
    assert refusal(root, "bundle: rules") == (
        "rules/c.yaml  rules/c.yaml links to a place outside the repository\n  put a copy in its place\n"
        "1 problem; nothing was written"
    )


def test_a_document_of_another_kind_is_refused_with_its_kind(root: Path) -> None:
    (root / "rules" / "w.yaml").write_text(HEAD.format("Polcy"))
    (root / "rules" / "x.yaml").write_text("- 1\n")
    (root / "rules" / "y.yaml").write_text(HEAD.format("Workload"))
    assert refusal(root, "bundle: rules") == (
        'rules/w.yaml:2:7  kind "Polcy" is no policy\n  2 | kind: Polcy\n    |       ^^^^^ did you mean Policy?\n'
        "rules/x.yaml:1:1  this is no policy: it has no kind\n  1 | - 1\n    | ^ kind: Policy or FleetPolicy\n"
        'rules/y.yaml:2:7  kind "Workload" is no policy\n  2 | kind: Workload\n'
        "    |       ^^^^^^^^ keep policies and their tests in a folder of their own, without other YAML\n"
        "3 problems; nothing was written"
    )


def test_a_link_that_leads_nowhere_is_called_that(root: Path) -> None:
    (root / "rules" / "c.yaml").symlink_to("d.yaml")
    (root / "rules" / "d.yaml").symlink_to("c.yaml")
    assert refusal(root, "path: rules/c.yaml").startswith(
        'neuralnav.yaml:5:14  "rules/c.yaml" is a link that leads nowhere\n'
    )


def test_a_folder_of_tests_alone_does_not_pass_for_a_bundle(root: Path) -> None:
    (root / "tests").mkdir()
    (root / "tests" / "b.test.yaml").write_text(TEST)
    assert refusal(root, "bundle: tests") == (
        'neuralnav.yaml:5:16  only tests are in the folder "tests"\n  5 |     - {bundle: tests}\n'
        "    |                ^^^^^ policies are YAML files of kind Policy or FleetPolicy\n"
        "1 problem; nothing was written"
    )


def test_tests_cannot_be_bound(root: Path) -> None:
    (root / "rules" / "b.test.yaml").write_text(TEST)
    assert refusal(root, "path: rules/b.test.yaml") == (
        "rules/b.test.yaml  a PolicyTest is no policy\n  bind what it tests\n1 problem; nothing was written"
    )


def test_problems_of_every_file_come_at_once_and_once(root: Path) -> None:
    (root / "rules" / "b.yaml").write_text(POLICY.format("b").replace("gpus", "gpuz"))
    (root / "rules" / "more" / "a.yml").write_text(POLICY.format("a").replace("rules", "rulez"))
    found = refusal(root, "bundle: rules", "path: missing.yaml", "{path: rules/b.yaml, environments: [dev]}"[1:-1])
    assert [line for line in found.splitlines() if not line.startswith(" ")] == [
        'neuralnav.yaml:6:14  "missing.yaml" does not exist',
        'neuralnav.yaml:7:14  policy "b" is bound twice for environment dev; the first is at neuralnav.yaml:5',
        "rules/b.yaml:5:42  candidate has no field gpuz",
        'rules/more/a.yml:4:1  "spec.rules" is missing',
        'rules/more/a.yml:5:3  unknown key "rulez"',
        "5 problems; nothing was written",
    ]
