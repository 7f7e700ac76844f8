"""Tests of policies are run: outcomes, messages, parameters, match, and the problems that keep a case from running."""

import pytest
from policy_builders import suite

from neuralnav.enforce.cases import case_problems, run_case, value_of
from neuralnav.report import diagnostics_text

RULES = """
params:
  most: {type: double, default: 100}
  names: {type: list<string>, default: [H100]}
rules:
  - id: cost
    deny: candidate.cost_monthly_usd > params.most
    messageExpression: "'costs %.0f'.format([candidate.cost_monthly_usd])"
  - {id: gpu, require: accelerator.name in params.names, message: wrong GPU}
  - {id: big, warn: candidate.gpus > 4}
  - {id: quiet, warn: candidate.gpus > 4, onUnknown: skip}
  - {id: lenient, deny: candidate.gpus > 4, onUnknown: warn}
  - {id: like, prefer: candidate.gpus == 1, points: 3}
  - {id: cap, limit: {gpus: 8, costMonthlyUsd: params.most}}
"""


def outcome(rule: str, given: str, expect: str, *, params: str = "", match: str = "") -> tuple[str, bool]:
    case = f"{{name: t, given: {{{given}}}, params: {{{params}}}, expect: {{{rule}: {expect}}}}}"
    found = suite(f"{match}\n{RULES.strip()}\ntests: [{case}]")
    assert list(case_problems(found, found.cases[0])) == []
    result = run_case(found, found.cases[0])
    return result.rules[0].tried.outcome, result.passed


@pytest.mark.parametrize(("rule", "given", "got"), [
    ("cost", "candidate: {cost_monthly_usd: 101}", "deny"),
    ("cost", "candidate: {cost_monthly_usd: 100}", "allow"),
    ("cost", "candidate: {}", "unknown"),
    ("cost", "", "unknown"),
    ("gpu", "accelerator: {name: L4}", "deny"),
    ("gpu", "accelerator: {name: H100}", "allow"),
    ("big", "candidate: {gpus: 5}", "warn"),
    ("big", "candidate: {gpus: 4}", "allow"),
    ("like", "candidate: {gpus: 1}", "prefer"),
    ("like", "candidate: {gpus: 2}", "allow"),
    ("cap", "candidate: {gpus: 9, cost_monthly_usd: 1}", "deny"),
    ("cap", "candidate: {gpus: 8, cost_monthly_usd: 100}", "allow"),
    ("cap", "candidate: {gpus: 9}", "deny"),
    ("cap", "candidate: {gpus: 8}", "unknown"),
])  # fmt: skip
def test_each_kind_of_rule_has_its_outcome(rule: str, given: str, got: str) -> None:
    assert outcome(rule, given, got) == (got, True)


@pytest.mark.parametrize(("rule", "made"), [
    ("cost", "deny"), ("lenient", "warn"), ("big", "warn"), ("quiet", "skip"), ("like", "skip"),
])  # fmt: skip
def test_without_a_value_both_unknown_and_what_is_made_of_it_may_be_expected(rule: str, made: str) -> None:
    for expected in ("allow", "deny", "warn", "prefer", "unknown", "skip"):
        assert outcome(rule, "candidate: {}", expected)[1] == (expected in ("unknown", made)), expected


def test_parameters_have_their_defaults_unless_the_case_sets_them() -> None:
    assert outcome("cost", "candidate: {cost_monthly_usd: 150}", "allow", params="most: 200") == ("allow", True)
    assert outcome("gpu", "accelerator: {name: L4}", "allow", params="names: [L4, L40S]") == ("allow", True)


@pytest.mark.parametrize(("given", "got"), [
    ("workload: {labels: {env: dev}}", "skip"),
    ("workload: {labels: {}}", "skip"),
    ("workload: {labels: {env: prod}}", "deny"),
    ("workload: {name: chat}", "deny"),
    ("", "deny"),
])  # fmt: skip
def test_match_is_judged_by_what_a_case_says_of_the_workload(given: str, got: str) -> None:
    given = f"{given}, accelerator: {{name: L4}}" if given else "accelerator: {name: L4}"
    assert outcome("gpu", given, got, match="match: {labels: {env: [prod]}}") == (got, True)


def test_a_message_must_hold_the_expected_part() -> None:
    case = (
        "{{name: t, given: {{candidate: {{cost_monthly_usd: 150}}}}, expect: {{cost: deny}}, messages: {{cost: {0}}}}}"
    )
    for part, passed in (("costs 150", True), ("costs 15", True), ("costs 151", False)):
        found = suite(f"{RULES.strip()}\ntests: [{case.format(part)}]")
        assert run_case(found, found.cases[0]).passed is passed


def test_what_a_failing_rule_read_is_told() -> None:
    found = suite(
        "variables: {big: candidate.gpus > 4, worth: candidate.quality > 1.0}\n"
        "rules: [{id: r, deny: variables.big && variables.worth}]\n"
        "tests: [{name: t, given: {candidate: {gpus: 8}}, expect: {r: allow}}]"
    )
    result = run_case(found, found.cases[0])
    assert not result.passed
    assert result.rules[0].tried.reason == "quality is absent"
    assert dict(value_of(result.rules[0])) == {"candidate.quality > 1.0": "candidate.quality is absent"}


def test_a_fleet_policy_is_tested_with_sums_and_a_group() -> None:
    found = suite(
        "groupBy: team\n"
        "params: {most: {type: 'map<string, int>', default: {support: 8}}}\n"
        "rules: [{id: gpus, require: 'fleet.gpus <= (group in params.most ? params.most[group] : 4)'}]\n"
        "tests:\n"
        "  - {name: own, given: {group: support, fleet: {gpus: 8}}, expect: {gpus: allow}}\n"
        "  - {name: other, given: {group: docs, fleet: {gpus: 8}}, expect: {gpus: deny}}\n"
        "  - {name: none, given: {fleet: {gpus: 4}}, expect: {gpus: allow}}\n",
        kind="FleetPolicy",
    )
    assert [run_case(found, placed).passed for placed in found.cases] == [True, True, True]


@pytest.mark.parametrize(("case", "text"), [
    ("{name: t, given: {}, expect: {cots: deny}}", """\
policy.yaml:18:41  policy demo has no rule cots
  18 |   tests: [{name: t, given: {}, expect: {cots: deny}}]
     |                                         ^^^^ did you mean cost?
1 problem; nothing was written"""),
    ("{name: t, given: {candidate: {gpu: 8}}, expect: {cost: deny}}", """\
policy.yaml:18:41  candidate has no field gpu
  18 |   tests: [{name: t, given: {candidate: {gpu: 8}}, expect: {cost: deny}}]
     |                                         ^^^ did you mean gpus?
1 problem; nothing was written"""),
    ("{name: t, given: {candidate: {gpus: many}}, expect: {cost: deny}}", """\
policy.yaml:18:41  candidate.gpus must be int, got "many"
  18 |   tests: [{name: t, given: {candidate: {gpus: many}}, expect: {cost: deny}}]
     |                                         ^^^^
1 problem; nothing was written"""),
    ("{name: t, given: {acelerator: {name: L4}}, expect: {cost: deny}}", """\
policy.yaml:18:29  no variable acelerator to give
  18 |   tests: [{name: t, given: {acelerator: {name: L4}}, expect: {cost: deny}}]
     |                             ^^^^^^^^^^ did you mean accelerator?
1 problem; nothing was written"""),
    ("{name: t, params: {mots: 1}, expect: {cost: deny}}", """\
policy.yaml:18:30  policy demo has no parameter mots
  18 |   tests: [{name: t, params: {mots: 1}, expect: {cost: deny}}]
     |                              ^^^^ did you mean most?
1 problem; nothing was written"""),
    ("{name: t, params: {most: x}, expect: {cost: deny}}", """\
policy.yaml:18:30  most must be double, got "x"
  18 |   tests: [{name: t, params: {most: x}, expect: {cost: deny}}]
     |                              ^^^^
1 problem; nothing was written"""),
    ("{name: t, expect: {cost: deny}, messages: {gpu: wrong}}", """\
policy.yaml:18:54  expect does not name gpu
  18 |   tests: [{name: t, expect: {cost: deny}, messages: {gpu: wrong}}]
     |                                                      ^^^ add gpu to expect
1 problem; nothing was written"""),
    ("{name: t, given: {candidate: nothing}, expect: {cost: deny}}", """\
policy.yaml:18:29  candidate has fields
  18 |   tests: [{name: t, given: {candidate: nothing}, expect: {cost: deny}}]
     |                             ^^^^^^^^^ candidate: {field: value}
1 problem; nothing was written"""),
])  # fmt: skip
def test_what_keeps_a_case_from_running_is_told_at_its_place(case: str, text: str) -> None:
    found = suite(f"{RULES.strip()}\ntests: [{case}]")
    assert diagnostics_text(case_problems(found, found.cases[0])) == text


def test_rules_without_a_verdict_on_one_candidate_cannot_be_expected() -> None:
    found = suite(
        "rules:\n"
        "  - {id: w, weights: {accuracy: 1, cost: 1, latency: 1, complexity: 1}}\n"
        "  - {id: top, limit: {top: 3, by: cost}}\n"
        "tests: [{name: t, expect: {w: allow, top: deny}}]"
    )
    assert [item.message for item in case_problems(found, found.cases[0])] == [
        "w sets weights: it has no verdict to expect", "top keeps the best of a plan: one candidate cannot show that",
    ]  # fmt: skip


def test_a_parameter_without_a_default_must_be_set() -> None:
    found = suite(
        "params: {most: {type: int}}\nrules: [{id: r, deny: candidate.gpus > params.most}]\n"
        "tests: [{name: t, given: {candidate: {gpus: 3}}, expect: {r: deny}},\n"
        "  {name: u, given: {candidate: {gpus: 3}}, params: {most: 2}, expect: {r: deny}}]"
    )
    first, second = (list(case_problems(found, placed)) for placed in found.cases)
    assert [(item.message, item.hint) for item in first] == [
        ("parameter most has no default", "add params: {most: VALUE}")
    ]
    assert second == []
    assert run_case(found, found.cases[1]).passed
