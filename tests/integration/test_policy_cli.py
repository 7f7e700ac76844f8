"""`neuralnav policy`: every command as users run it, its reports against their schemas, and bad input."""

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, Installed

from neuralnav.cli import cli
from neuralnav.cli.output import echo_error
from neuralnav.errors import NeuralnavError

HEAD = "apiVersion: neuralnav.dev/v1alpha1\n"
GUARD = f"""{HEAD}kind: Policy
metadata: {{name: guard}}
spec:
  params: {{most: {{type: int, default: 4}}}}
  rules:
    - {{id: gpus, deny: candidate.gpus > params.most, message: "too many <GPUs> & more"}}
    - {{id: known, require: has(candidate.quality)}}
  tests:
    - {{name: eight are too many, given: {{candidate: {{gpus: 8}}}}, expect: {{gpus: deny}}}}
    - {{name: four are not, given: {{candidate: {{gpus: 4, quality: 50}}}}, expect: {{gpus: allow, known: allow}}}}
"""
PROJECT = f"{HEAD}kind: Project\nspec:\n  policies: [{{path: policies/guard.yaml}}]\n"
WORKLOAD = f"""{HEAD}kind: Workload
metadata: {{name: chat}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: 20000}}
"""
TESTS = HEAD + "kind: PolicyTest\nspec:\n  policy: {}\n  cases:\n    - {{name: t, expect: {{{}: allow}}}}\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "guard.yaml").write_text(GUARD)
    (tmp_path / "neuralnav.yaml").write_text(PROJECT)
    (tmp_path / "workload.yaml").write_text(WORKLOAD)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["policy", *arguments], prog_name="neuralnav", standalone_mode=False)


def done(*arguments: str, code: int = 0) -> str:
    result = run(*arguments)
    assert result.exception is None, result.output
    assert (result.return_value or 0) == code, result.output
    return result.output


def refusal(*arguments: str) -> str:
    """The text of an expected failure, as the command prints it."""
    result = run(*arguments)
    assert isinstance(result.exception, NeuralnavError), result.output
    assert result.exception.exit_code == 2
    runner = CliRunner()
    with runner.isolation() as (out, err, _):
        echo_error(result.exception)
        return (err.getvalue() + out.getvalue()).decode()


def schema(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((ROOT / "schemas" / f"{name}.v1alpha1.json").read_text())
    return found


@pytest.mark.usefixtures("repository")
class TestGroup:
    def test_help_teaches_with_examples_and_costs_nothing(self) -> None:
        assert "neuralnav policy eval" in done("--help")
        for command in ("eval", "check", "test", "explain"):
            assert f"neuralnav policy {command}" in done(command, "--help"), command

    def test_an_unknown_word_is_answered_with_the_nearest(self) -> None:
        assert "No such command 'chekc'. Did you mean check?" in str(run("chekc").exception.__dict__)


@pytest.mark.usefixtures("repository")
class TestEval:
    @pytest.mark.parametrize(("expression", "text"), [
        ("1 + 2", "3  int"),
        ("1u", "1  uint"),
        ("1.0 / 4.0", "0.25  double"),
        ("'a\\nb' + \"'\"", "\"a\\nb'\"  string"),
        ("[1, 2].map(x, x * 2)", "[2, 4]  list"),
        ("{'a': [true, null]}", '{"a": [true, null]}  map'),
        ("1.0 / 0.0", "infinity  double"),
        ("b'ab'", 'b"ab"  bytes'),
        ("type(1)", "int  type"),
    ])  # fmt: skip
    def test_a_value_is_shown_with_its_type(self, expression: str, text: str) -> None:
        assert done("eval", expression) == f"{text}\n"

    def test_names_are_bound_by_yaml(self) -> None:
        given = ("--bind", "candidate={gpus: 8}", "--bind", "limit=4", "--bind", "names=[a, b]")
        assert done("eval", "candidate.gpus > limit && 'a' in names", *given) == "true  bool\n"
        assert json.loads(done("eval", "limit", *given, "--format", "json")) == {
            "expression": "limit", "type": "int", "value": 4,
        }  # fmt: skip

    @pytest.mark.parametrize(("arguments", "text"), [
        (("1 +",), "expression:1:4  expected a value, found the end\n  1 | 1 +\n    |    ^\n"),
        (("x > 1",), "expression:1:1  nothing is called x\n  1 | x > 1\n    | ^ give it with --bind NAME=VALUE, or"),
        (("1", "--bind", "x"), '--bind  "x" is not NAME=VALUE\n  write it like --bind limit=5000'),
        (("1", "--bind", "x={a: "), "--bind x:2:1  not valid YAML"),
        (("1", "--candidate", "a"), "--candidate  a candidate is one of a workload\n  add --workload PATH\n"),
        (("1", "--workload", "nowhere"), "nowhere  cannot be read: no such file or directory\n"),
    ])  # fmt: skip
    def test_bad_input_is_told_at_its_place(self, arguments: tuple[str, ...], text: str) -> None:
        assert refusal("eval", *arguments).startswith(text)


@pytest.mark.usefixtures("repository")
class TestTests:
    def test_what_is_bound_is_tested(self) -> None:
        assert done("test") == "guard    2 cases  ok\n1 policy, 2 cases: 2 passed\n"

    def test_coverage_is_demanded_only_when_it_is_asked_for(self) -> None:
        assert "coverage: 1 of 2 rules\n  guard.known: no case makes it object\n" in done("test", "--coverage", code=3)

    def test_a_filter_chooses_cases_by_policy_and_name(self) -> None:
        assert "1 case: 1 passed" in done("test", "--filter", "*many")
        assert "2 cases: 2 passed" in done("test", "--filter", "guard")
        assert refusal("test", "--filter", "x").startswith('--filter  no case matches "x"\n')

    def test_a_failing_case_exits_3_and_reports_follow_their_schema(self, repository: Path) -> None:
        (repository / "policies" / "guard.yaml").write_text(GUARD.replace("gpus: 4, q", "gpus: 5, q"))
        report = json.loads(done("test", "policies", "--format", "json", code=3))
        jsonschema.validate(report, schema("policy-test-report"))
        assert [case["passed"] for case in report["cases"]] == [True, False]
        assert report["cases"][1]["rules"][0]["values"] == [
            {"expression": "candidate.gpus > params.most",
             "values": "candidate.gpus is 5, params.most is 4, +25.0%"}
        ]  # fmt: skip

    def test_junit_has_a_suite_for_each_policy_and_escapes_everything(self, repository: Path) -> None:
        text = GUARD.replace("gpus: 4, q", "gpus: 5, q").replace("name: four are not", 'name: "<four> & \\"not\\""')
        (repository / "policies" / "guard.yaml").write_text(text)
        (repository / "policies" / "other.yaml").write_text(GUARD.replace("name: guard", "name: other"))
        done("test", "policies", "--junit", "out.xml", code=3)
        root = ET.parse(repository / "out.xml").getroot()  # noqa: S314  # our own file
        assert root.attrib == {"name": "neuralnav policy test", "tests": "4", "failures": "1", "errors": "0"}
        assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
            ("guard", "2", "1"), ("other", "2", "0"),
        ]  # fmt: skip
        case = root[0][1]
        assert (case.get("name"), case.get("file")) == ('<four> & "not"', "policies/guard.yaml")
        assert case[0].get("message") == ('gpus: expected allow, got deny; it says "too many <GPUs> & more"')

    def test_a_report_that_cannot_be_written_is_told(self) -> None:
        assert refusal("test", "--junit", "no/where.xml").startswith("no/where.xml  cannot be written: no such file")

    def test_files_of_tests_find_their_policy_and_say_what_they_lack(self, repository: Path) -> None:
        (repository / "tests").mkdir()
        file = repository / "tests" / "guard.test.yaml"
        file.write_text(TESTS.format("../policies/guard.yaml", "known"))
        assert "3 cases" in done("test", "tests", code=3)
        for policy, rule, text in (
            ("guard.yaml", "known", 'tests/guard.test.yaml:4:11  there is no policy "guard.yaml"'),
            ("../policies/guard.yaml", "kown", "tests/guard.test.yaml:6:26  policy guard has no rule kown"),
        ):
            file.write_text(TESTS.format(policy, rule))
            result = run("test", "tests")
            assert result.return_value == 2
            assert text in result.output

    def test_nothing_bound_is_told(self, repository: Path) -> None:
        (repository / "neuralnav.yaml").unlink()
        assert refusal("test").startswith("neuralnav.yaml  no policy is bound here\n  name files or folders")
        assert refusal("test", "nowhere").startswith("nowhere  cannot be read")
        (repository / "empty").mkdir()
        assert refusal("test", "empty").startswith("empty  no policy was found in this folder\n")

    def test_other_yaml_in_a_folder_is_passed_over(self, repository: Path) -> None:
        other = repository / "policies"
        (other / "kyverno.yaml").write_text("apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: x}\n")
        (other / "chart.yaml").write_text("{{ if .Values.on }}\nkind: Policy\n{{ end }}\n")
        assert "1 policy" in done("test", "policies")


def test_json_of_a_report_steers_no_terminal(repository: Path) -> None:
    odd = r'"\x9b31m \u202e \U000E0001 é"'
    (repository / "policies" / "guard.yaml").write_text(GUARD.replace("eight are too many", odd))
    text = done("test", "--format", "json")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert json.loads(text)["cases"][0]["case"] == "\x9b31m \u202e \U000e0001 é"


def test_policies_without_a_test_are_named(repository: Path) -> None:
    bare = GUARD.partition("  tests:")[0].replace("name: guard", "name: bare")
    (repository / "policies" / "bare.yaml").write_text(bare)
    assert "without a test: bare\n1 policy, 2 cases: 2 passed\n" in done("test", "policies")
    assert "without a test" not in done("test", "policies", "--filter", "eight*")


@pytest.mark.usefixtures("repository")
class TestDocs:
    def test_the_page_is_the_same_twice_and_names_everything(self) -> None:
        text = done("docs")
        assert text == done("docs")
        for part in ("[guard](#guard)", "deny", "`candidate.gpus > params.most`", "too many &lt;GPUs> & more"):
            assert part in text

    def test_a_broken_policy_is_no_page(self, repository: Path) -> None:
        (repository / "policies" / "guard.yaml").write_text(GUARD.replace("candidate.gpus >", "candidate.gpu >"))
        assert "candidate has no field gpu" in refusal("docs")


class TestOnCandidates:
    """Commands that plan workloads, over the small world of the golden stories."""

    @pytest.fixture(autouse=True)
    def _here(self, repository: Path, small_neuralnav: Installed) -> None:
        self.folder, self.installed = repository, small_neuralnav

    def done(self, *arguments: str, code: int = 0) -> str:
        completed = self.installed.run("policy", *arguments, folder=self.folder)
        assert completed.returncode == code, completed.stdout + completed.stderr
        return completed.stdout

    def test_check_reports_by_its_schema_and_says_on_what(self) -> None:
        report = json.loads(self.done("check", "--format", "json"))
        jsonschema.validate(report, schema("policy-check-report"))
        assert [(item["workload"], item["path"]) for item in report["judged_on"]] == [("chat", "workload.yaml")]
        assert [item["rule"] for item in report["policies"][0]["rules"]] == ["gpus", "known"]
        assert {item["code"] for item in report["findings"]} >= {"may-be-absent"}

    def test_a_broken_policy_does_not_hide_what_is_found_of_the_others(self) -> None:
        broken = GUARD.replace("name: guard", "name: broken").replace("candidate.gpus >", "candidate.gpu >")
        (self.folder / "policies" / "broken.yaml").write_text(broken)
        (self.folder / "neuralnav.yaml").write_text(PROJECT.replace("path: policies/guard.yaml", "bundle: policies"))
        completed = self.installed.run("policy", "check", folder=self.folder)
        assert completed.returncode == 2
        assert "policies/broken.yaml:7:34  candidate has no field gpu\n" in completed.stderr
        assert "guard.gpus" in completed.stdout
        assert "1 policy, 2 rules tried: 1 error" in completed.stdout

    def test_strict_refuses_warnings_and_never_notes(self) -> None:
        policy = self.folder / "policies" / "guard.yaml"
        assert "0 errors, 0 warnings" in self.done("check", "--strict")
        policy.write_text(GUARD.replace("params: {most", "params: {idle: {type: int, default: 1}, most"))
        assert "1 warning" in self.done("check")
        assert "1 warning" in self.done("check", "--strict", code=2)

    def test_without_a_workload_typical_ones_are_planned(self) -> None:
        os.remove(self.folder / "workload.yaml")  # noqa: PTH107  # a plain file
        assert "of a typical workload of each use case: no workload was found here" in self.done("check")

    def test_eval_counts_lists_and_explains_one(self) -> None:
        found = json.loads(self.done("eval", "candidate.gpus <= 2", "--workload", ".", "--format", "json"))
        assert found["true"] + found["false"] + found["unknown"] == found["candidates"] > 0
        assert found["first"]["true"][0] in self.done("eval", "candidate.gpus <= 2", "--workload", ".")
        one = ("--workload", ".", "--candidate", found["first"]["true"][0], "--format", "json")
        assert json.loads(self.done("eval", "candidate.gpus <= limit", "--bind", "limit=2", *one))["value"] is True
        assert json.loads(self.done("eval", "model.id.split('-')", *one))["type"] == "list<string>"

    def test_eval_refuses_what_cannot_be_meant(self) -> None:
        for arguments, text in (
            (
                ("candidate.gpus", "--bind", "candidate={gpus: 1}"),
                "--bind candidate  candidate is what the workload says",
            ),
            (("candidate.gpus", "--candidate", "x"), 'workload.yaml  unknown candidate "x"'),
            (("candidate.gpus * 1.5",), "expression:1:16  no int * double"),
        ):
            completed = self.installed.run("policy", "eval", *arguments, "--workload", ".", folder=self.folder)
            assert completed.returncode == 2
            assert text in completed.stderr

    def test_what_only_reads_does_not_speak_of_writing(self) -> None:
        for arguments in (("policy", "eval", "1 +"), ("policy", "check", "nowhere"), ("show", "."), ("explain", ".")):
            (self.folder / "workload.yaml").write_text("kind: Workload\n")
            completed = self.installed.run(*arguments, folder=self.folder)
            assert completed.returncode == 2
            assert completed.stderr.splitlines()[-1].split()[1] in ("problem", "problems")
            assert completed.stderr.splitlines()[-1].split()[2:] == []
        completed = self.installed.run("compile", folder=self.folder)
        assert completed.stderr.endswith("problems; nothing was written\n")

    def test_where_one_workload_is_meant_the_first_of_several_are_named(self) -> None:
        for name in ("b", "c"):
            (self.folder / f"{name}.workload.yaml").write_text(WORKLOAD.replace("chat}", f"{name}}}"))
        named = "name one: b.workload.yaml, c.workload.yaml, workload.yaml"
        for arguments in (("policy", "eval", "true", "--workload", "."), ("policy", "explain", "guard", "."),
                          ("explain", ".")):  # fmt: skip
            told = self.installed.run(*arguments, folder=self.folder).stderr
            assert told == f".  3 workloads are here\n  {named}\n1 problem\n"
        (self.folder / "d.workload.yaml").write_text(WORKLOAD.replace("chat}", "d}"))
        told = self.installed.run("explain", ".", folder=self.folder).stderr
        assert "  name one: b.workload.yaml, c.workload.yaml, d.workload.yaml, ...\n" in told

    def test_explain_takes_names_and_files_and_suggests(self) -> None:
        assert "binds  as deny, everywhere" in self.done("explain", "guard")
        assert "not looked up" in self.done("explain", "policies/guard.yaml")
        text = self.done("explain", "guard.gpus", "workload.yaml")
        assert "  gpus: refuses" in text
        assert "known" not in text
        found = json.loads(self.done("explain", "guard", ".", "--format", "json"))
        jsonschema.validate(found, schema("policy-explanation"))
        assert [rule["rule"] for rule in found["on"]["rules"]] == ["gpus", "known"]
        for name, hint in (("gaurd", "did you mean guard?"), ("guard.gpu", "did you mean gpus?")):
            completed = self.installed.run("policy", "explain", name, folder=self.folder)
            assert completed.returncode == 2
            assert hint in completed.stderr

    def test_a_parameter_that_nobody_sets_keeps_rules_from_being_tried(self) -> None:
        (self.folder / "policies" / "guard.yaml").write_text(GUARD.replace("type: int, default: 4", "type: int"))
        text = self.done("check", "policies")
        assert "guard: nothing gives params.most a value, so no rule was tried" in text
        assert "1 policy, 0 rules tried" in text


def test_the_ready_policies_have_no_errors(neuralnav: Installed) -> None:
    text = neuralnav.done("policy", "check", "examples/policies", "--workload", "examples/support-chat", folder=ROOT)
    assert "12 policies, 24 rules tried: 0 errors" in text
    tested = neuralnav.done("policy", "test", "examples/policies", "--coverage", folder=ROOT)
    assert "coverage: 27 of 27 rules" in tested
    assert re.search(r"^12 policies, (\d+) cases: \1 passed$", tested, re.MULTILINE)
