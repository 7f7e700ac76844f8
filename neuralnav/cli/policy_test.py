"""`neuralnav policy test`."""

import fnmatch
from pathlib import Path

import click

from neuralnav.cli.policy_files import PolicySet, load_policies
from neuralnav.cli.policy_junit import junit
from neuralnav.cli.policy_text import echo_json, echo_problems, tests_text, write_text
from neuralnav.enforce.cases import CaseOutcome, RuleOutcome, case_problems, is_coverable, run_case, value_of
from neuralnav.errors import Diagnostic, ExitCode, input_error
from neuralnav.model.policy_report import CaseResult, PolicyTestReport, RuleCoverage, RuleResult, ShownValue
from neuralnav.model.report import ReportedWhere
from neuralnav.report import problem


@click.command(
    name="test",
    short_help="Run the tests of policies.",
    epilog="In CI: neuralnav policy test policies/ --coverage --junit policy-tests.xml",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--filter", "wanted", metavar="PATTERN", help="Only cases whose policy or name matches, as in 'cost*'.")
@click.option("--coverage", is_flag=True, help="Demand a case that objects and one that passes of every rule.")
@click.option("--junit", "junit_file", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[str, ...], *, wanted: str | None, coverage: bool, junit_file: Path | None, form: str) -> int:
    """Run the tests of policies: those in the policies themselves, and those in files of kind PolicyTest.

    PATHS are files and folders; without one, the tests of what neuralnav.yaml binds. Exit 2 when a policy or a test
    has an error, 3 when a rule does not do what a test expects, or with --coverage when a rule is not covered.
    """
    found = load_policies(paths)
    report = _report(found, wanted, coverage=coverage)
    if wanted is not None and not report.cases and not report.problems:
        raise input_error(
            "--filter", f'no case matches "{wanted}"', "the pattern is matched with policy and case names"
        )
    if junit_file is not None:
        write_text(junit_file, junit(report))
    if form == "json":
        echo_json(report)
    else:
        click.echo(tests_text(report, coverage=coverage, every=wanted is None))
    return report.exit_code


def _report(found: PolicySet, wanted: str | None, *, coverage: bool) -> PolicyTestReport:
    problems: list[Diagnostic] = list(found.problems)
    outcomes: list[CaseOutcome] = []
    covered: list[RuleCoverage] = []
    seen = set()
    for item in found.sound:
        if item.path in seen:  # bound twice, tested once
            continue
        seen.add(item.path)
        suite, own = item.suite, []
        for placed in suite.cases:
            if wanted is not None and not _matches(wanted, item.name, placed.case.name):
                continue
            wrong = list(case_problems(suite, placed))
            problems += wrong
            own += [] if wrong else [run_case(suite, placed)]
        outcomes += own
        covered += [_covered(item.name, rule.id, own) for rule in item.policy.rules if is_coverable(rule)]
    if problems:
        echo_problems(problems)
    failed = not all(item.passed for item in outcomes)
    lacking = coverage and wanted is None and not all(item.objects and item.passes for item in covered)
    code = ExitCode.BAD_INPUT if problems else ExitCode.DRIFT if failed or lacking else ExitCode.DONE
    return PolicyTestReport(
        exit_code=int(code), cases=tuple(_case(item) for item in outcomes), coverage=tuple(covered),
        problems=tuple(problem(item) for item in problems),
    )  # fmt: skip


def _matches(pattern: str, policy: str, case: str) -> bool:
    return any(fnmatch.fnmatchcase(text.lower(), pattern.lower()) for text in (policy, case, f"{policy}: {case}"))


def _covered(policy: str, rule: str, outcomes: list[CaseOutcome]) -> RuleCoverage:
    found = [item for outcome in outcomes for item in outcome.rules if item.rule.id == rule and item.passed]
    objects = sum(1 for item in found if item.tried.outcome in ("deny", "warn", "prefer"))
    passes = sum(1 for item in found if item.tried.outcome == "allow")
    return RuleCoverage(policy=policy, rule=rule, objects=objects, passes=passes)


def _case(outcome: CaseOutcome) -> CaseResult:
    where = outcome.case.where()
    return CaseResult(
        policy=outcome.policy, case=outcome.case.case.name,
        where=ReportedWhere(file=where.file, line=where.line, column=where.column), passed=outcome.passed,
        rules=tuple(_rule(item) for item in outcome.rules),
    )  # fmt: skip


def _rule(item: RuleOutcome) -> RuleResult:
    values = () if item.passed else tuple(ShownValue(expression=e, values=v) for e, v in value_of(item))
    return RuleResult(
        rule=item.rule.id, expected=item.expected, got=item.tried.outcome,
        kept=item.expected in item.tried.accepted, passed=item.passed, message=item.tried.message,
        expected_message=item.expected_message, reason=item.tried.reason, values=values,
    )  # fmt: skip
