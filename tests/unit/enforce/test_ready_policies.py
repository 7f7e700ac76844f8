"""The twelve ready policies and the pieces of the guide: sound, tested, covered, and what their README says."""

import doctest
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from neuralnav.cli.policy_files import Loaded, load_policies
from neuralnav.enforce.cases import case_problems, is_coverable, run_case
from neuralnav.enforce.rules import check_policy
from neuralnav.enforce.scope import SCOPE
from neuralnav.model.document import Source, load, parse, plain
from neuralnav.model.policy import FleetPolicy, Policy, PolicyTest
from neuralnav.model.project import Project
from neuralnav.policy.check import check
from neuralnav.policy.parse import parse as parse_expression
from neuralnav.policy.types import BOOL

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "examples" / "policies"
GOVERNED = ROOT / "examples" / "governed" / "policies"
READY = load_policies((str(FOLDER),))
GUIDE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
README = (FOLDER / "README.md").read_text(encoding="utf-8")
FRONT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block for page in (GUIDE, README, FRONT) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
KINDS: Mapping[str, type[Policy | FleetPolicy | PolicyTest | Project]] = {
    "Policy": Policy,
    "FleetPolicy": FleetPolicy,
    "PolicyTest": PolicyTest,
    "Project": Project,
}


def test_there_are_twelve_without_a_problem() -> None:
    assert READY.problems == ()
    assert len(READY.policies) == 12


OPERATOR = re.compile(r" (<=|>=|==|!=|<|>|&&|\|\|) ")
OTHER: Mapping[str, str] = {
    "<=": "<", ">=": ">", "<": "<=", ">": ">=", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
}  # fmt: skip


def holds(item: Loaded) -> bool:
    return all(rule.passed for placed in item.suite.cases for rule in run_case(item.suite, placed).rules)


@pytest.mark.parametrize("item", READY.policies, ids=lambda item: item.name)
class TestEach:
    def test_is_named_like_its_file_and_listed(self, item: Loaded) -> None:
        assert item.path.name == f"{item.name}.yaml"
        assert f"[{item.name}]({item.path.name})" in README

    def test_passes_its_tests(self, item: Loaded) -> None:
        suite = item.suite
        assert len(suite.cases) >= 3
        for placed in suite.cases:
            assert list(case_problems(suite, placed)) == []
            failed = [rule.rule.id for rule in run_case(suite, placed).rules if not rule.passed]
            assert failed == [], placed.case.name

    def test_its_tests_notice_a_wrong_operator(self, item: Loaded, tmp_path: Path) -> None:
        text = item.path.read_text(encoding="utf-8")
        found = list(OPERATOR.finditer(text, 0, text.index("\n  tests:")))
        changed = tmp_path / item.path.name
        for operator in found:
            wrong = f"{text[: operator.start(1)]}{OTHER[operator[1]]}{text[operator.end(1) :]}"
            changed.write_text(wrong, encoding="utf-8")
            (loaded,) = load_policies((str(tmp_path),)).policies
            line = text.count("\n", 0, operator.start()) + 1
            assert not holds(loaded), f"{item.path.name}:{line} may say {OTHER[operator[1]]} for {operator[1]}"

    def test_has_a_case_that_objects_and_one_that_passes_of_each_rule(self, item: Loaded) -> None:
        outcomes = {rule.id: set[str]() for rule in item.policy.rules if is_coverable(rule)}
        for placed in item.suite.cases:
            for rule in run_case(item.suite, placed).rules:
                outcomes[rule.rule.id].add(rule.tried.outcome)
        for name, seen in outcomes.items():
            assert "allow" in seen, name
            assert seen & {"deny", "warn", "prefer"}, name

    def test_every_rule_says_why_and_every_objection_what_to_do(self, item: Loaded) -> None:
        for rule in item.policy.rules:
            assert rule.about, rule.id
            assert rule.message or rule.message_expression or rule.kind == "prefer", rule.id

    def test_every_parameter_has_a_default_and_a_meaning(self, item: Loaded) -> None:
        assert item.unset() == []
        assert all(param.about for param in item.policy.parsed.document.spec.params.values())


@pytest.mark.parametrize("path", sorted(GOVERNED.glob("*.yaml")), ids=lambda path: path.name)
def test_the_governed_example_holds_copies(path: Path) -> None:
    original = (FOLDER / path.name).read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8") == original.replace("../../schemas", "../../../schemas", 1)


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
def test_a_piece_of_yaml_in_the_guide_is_a_sound_document(text: str) -> None:
    source = Source("guide.yaml", text)
    kind = KINDS[plain(parse(source))["kind"]]
    load(kind, source)
    if kind is Policy:
        assert check_policy(load(Policy, source)).problems == ()
    if kind is FleetPolicy:
        assert check_policy(load(FleetPolicy, source)).problems == ()


def test_python_in_the_guide_gives_what_it_shows() -> None:
    examples = doctest.DocTestParser().get_doctest(GUIDE.replace("```", ""), {}, "policies.md", None, None)
    assert len(examples.examples) >= 2
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


def test_the_expressions_in_the_guide_are_sound() -> None:
    lines = [line for block in re.findall(r"```cel\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 6
    for line in lines:
        assert check(line, parse_expression(line), SCOPE, expected=BOOL).type == BOOL
