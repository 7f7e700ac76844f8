"""What looks like a mistake in a sound policy, at its place."""

from collections.abc import Mapping, Sequence

import pytest
from policy_builders import checked, sample

from neuralnav.enforce.lint import CODES, Finding, lint, shadowed
from neuralnav.enforce.trial import Sample, Trial, tally, try_rules

VOCABULARY: Mapping[str, Sequence[str]] = {"accelerator.name": ("H100", "L4", "L40S")}
TESTED = "tests: [{name: t, expect: {a: allow}}]"
COLUMNS: Mapping[str, Sequence[object]] = {
    "candidate.gpus": [1, 2, 4, None], "candidate.cost_monthly_usd": [10.0, 20.0, None, None],
    "accelerator.name": ["H100", "L4", "L40S", "H100"],
}  # fmt: skip


def findings(spec: str, *, samples: Sequence[Sample] | None = None, params: Mapping[str, object] | None = None,
             tests: int = 1) -> tuple[Finding, ...]:  # fmt: skip
    policy = checked(spec)
    trial = try_rules(policy, [sample(COLUMNS)] if samples is None else samples, params or {})
    return lint(policy, trial, VOCABULARY, tests=tests)


def told(spec: str, code: str, **options: object) -> list[tuple[str, str, int, int, str]]:
    found = findings(spec, **options)  # type: ignore[arg-type]  # passed on
    return [(f.rule, f.message, f.where.line, f.where.column, f.hint) for f in found if f.code == code]


def codes(spec: str, **options: object) -> set[str]:
    return {item.code for item in findings(spec, **options)}  # type: ignore[arg-type]  # passed on


LEAST = "less than 0.1 %"
SOUND = "rules: [{id: a, deny: candidate.gpus > 2, onUnknown: skip}]"


def test_a_sound_policy_is_told_nothing() -> None:
    assert findings(SOUND) == ()


def test_a_policy_without_tests_is_told_so_at_its_name() -> None:
    assert told(SOUND, "untested", tests=0) == [("", "the policy has no tests", 3, 18, CODES["untested"][1])]


def test_parameters_without_a_value_are_told() -> None:
    policy = checked(
        "params: {most: {type: int}}\nrules: [{id: a, deny: candidate.gpus > params.most, onUnknown: skip}]"
    )
    found = lint(policy, Trial(()), VOCABULARY, tests=1, unset=("most",))
    assert [(item.code, item.where.line, item.where.column) for item in found] == [("untried", 5, 12)]


def test_rules_that_object_to_everything_or_nothing() -> None:
    spec = """
    rules:
      - {id: all, deny: candidate.gpus >= 1, onUnknown: skip}
      - {id: none, require: candidate.gpus < 9, onUnknown: skip}
      - {id: liked, prefer: candidate.gpus >= 1, points: 2}
    """
    whole = [sample({"candidate.gpus": [1, 2]}), sample({"candidate.gpus": [3]})]
    assert told(spec, "always-objects", samples=whole) == [
        ("all", "the rule refuses all 3 candidates of 2 workloads", 6, 17, CODES["always-objects"][1]),
        ("liked", "the rule prefers all 3 candidates of 2 workloads", 8, 19, CODES["always-objects"][1]),
    ]  # fmt: skip
    assert told(spec, "never-objects", samples=whole) == [
        ("none", "the rule refuses none of 3 candidates of 2 workloads", 7, 18, CODES["never-objects"][1])
    ]  # fmt: skip
    assert told(spec, "always-objects", samples=[*whole, sample({"candidate.gpus": [0]})]) == []


def test_a_rule_over_the_workload_alone_may_object_to_all_its_candidates() -> None:
    spec = "rules: [{id: a, deny: workload.name == 'chat'}]"
    assert codes(spec) == set()
    assert codes(spec, samples=[sample(COLUMNS, name="other")]) == {"never-objects"}


def test_a_rule_without_a_value_anywhere() -> None:
    spec = "rules: [{id: a, deny: candidate.quality > 1.0, onUnknown: skip}]"
    absent = [sample({"candidate.quality": [None, None, None]})]
    with_type = [sample({"candidate.quality": [1.0, None]})]
    assert codes(spec, samples=with_type) == {"never-objects"}
    assert "no-value" in codes(spec, samples=absent)


def test_what_nothing_reads() -> None:
    spec = """
    params: {used: {type: int, default: 1}, idle: {type: int, default: 2}}
    variables: {read: candidate.gpus > params.used, left: "1 + 1"}
    rules: [{id: a, deny: variables.read, onUnknown: skip}]
    """
    assert told(spec, "unused-param", params={"used": 1, "idle": 2}) == [
        ("", "no rule reads params.idle", 5, 43, "read it, or remove it")
    ]  # fmt: skip
    assert told(spec, "unused-variable", params={"used": 1, "idle": 2}) == [
        ("", "no rule reads variables.left", 6, 51, "read it, or remove it")
    ]  # fmt: skip


def test_a_parameter_read_by_a_message_or_a_limit_is_used() -> None:
    spec = """
    params: {most: {type: int, default: 8}, owner: {type: string, default: ops}}
    rules:
      - {id: a, deny: candidate.gpus > 2, messageExpression: "'ask ' + params.owner", onUnknown: skip}
      - {id: b, limit: {gpus: params.most}}
    """
    assert not codes(spec, params={"most": 8, "owner": "ops"}) & {"unused-param", "unused-variable"}


def test_a_text_that_no_catalog_holds_is_told_with_the_nearest() -> None:
    spec = """
    params: {names: {type: list<string>, default: [L4, L-40S]}}
    variables: {good: "['H100', 'B200']"}
    rules:
      - {id: a, deny: "accelerator.name == 'H-100'"}
      - {id: b, require: accelerator.name in params.names}
      - {id: c, require: accelerator.name in variables.good}
      - {id: d, deny: accelerator.name.startsWith('X')}
    """
    assert told(spec, "unknown-value", params={"names": ["L4", "L-40S"]}) == [
        ("b", 'no accelerator.name is "L-40S"', 5, 54, "did you mean L40S?"),
        ("c", 'no accelerator.name is "B200"', 6, 31, "one of H100, L4, L40S"),
        ("a", 'no accelerator.name is "H-100"', 8, 42, "did you mean H100?"),
    ]  # fmt: skip


def test_absent_fields_are_told_once_a_rule_unless_it_states_what_then() -> None:
    spec = """
    rules:
      - {id: a, deny: candidate.gpus > 2 && candidate.cost_monthly_usd > 1.0}
      - {id: b, deny: candidate.gpus > 2, onUnknown: deny}
      - {id: c, warn: candidate.gpus > 3}
      - {id: d, prefer: candidate.gpus > 3, points: 1}
      - {id: e, deny: has(candidate.gpus) && candidate.gpus > 3}
    """
    assert told(spec, "may-be-absent") == [
        ("a", "candidate.gpus and candidate.cost_monthly_usd may be absent; the rule then refuses", 6, 31,
         CODES["may-be-absent"][1]),
        ("c", "candidate.gpus may be absent; the rule then warns", 8, 31, CODES["may-be-absent"][1]),
    ]  # fmt: skip


def test_rules_that_ask_the_same_or_nothing() -> None:
    spec = """
    rules:
      - {id: a, deny: candidate.gpus > 2, onUnknown: skip}
      - {id: b, deny: candidate . gpus  >  2, onUnknown: skip}
      - {id: c, require: candidate.gpus > 2, onUnknown: skip}
      - {id: d, deny: 1 > 2}
    """
    assert told(spec, "same-condition") == [("b", "rule a asks the same", 7, 15, "keep one of them")]
    assert [item[0] for item in told(spec, "constant")] == ["d"]


class TestShadowed:
    """Rules that change nothing as long as another is there."""

    WIDE = "rules: [{id: wide, deny: candidate.gpus > 1}]"

    def told(self, *specs: str) -> list[tuple[str, str, str]]:
        on = sample(COLUMNS)
        policies = [checked(spec, name=f"p{index}") for index, spec in enumerate(specs)]
        found = shadowed([(policy, try_rules(policy, [on], {})) for policy in policies])
        return [(item.policy, item.rule, item.message) for item in found]

    def test_a_tighter_rule_of_the_same_kind_is_told_with_the_wider(self) -> None:
        spec = """
        rules:
          - {id: wide, deny: candidate.gpus > 1}
          - {id: tight, require: candidate.gpus <= 2}
          - {id: other, warn: candidate.gpus > 2}
          - {id: liked, prefer: candidate.gpus > 2, points: 1}
        """
        assert self.told(spec) == [("p0", "tight", "rule wide refuses all 1 candidate that it does")]

    def test_rules_of_other_policies_count_and_are_named_with_them(self) -> None:
        assert self.told(self.WIDE, "rules: [{id: tight, limit: {gpus: 3}}]") == [
            ("p1", "tight", "rule p0.wide refuses all 1 candidate that it does")
        ]  # fmt: skip

    def test_a_rule_is_told_once_with_the_nearest_of_those_that_hide_it(self) -> None:
        spec = """
        rules:
          - {id: widest, deny: candidate.gpus > 1}
          - {id: tight, deny: candidate.gpus > 2}
          - {id: tightest, deny: candidate.gpus > 3}
        """
        assert self.told(spec) == [
            ("p0", "tight", "rule widest refuses all 1 candidate that it does"),
            ("p0", "tightest", "rule tight refuses all 1 candidate that it does, and 1 more rule too"),
        ]

    def test_of_two_that_do_the_same_the_later_is_told(self) -> None:
        assert self.told(self.WIDE, "rules: [{id: alike, require: candidate.gpus == 1}]") == [
            ("p1", "alike", "rule p0.wide refuses all 2 candidates that it does")
        ]  # fmt: skip

    def test_a_rule_that_objects_to_everything_or_to_nothing_is_no_matter_of_shadows(self) -> None:
        assert self.told(self.WIDE, "rules: [{id: all, deny: has(accelerator.name)}]") == []
        assert self.told(self.WIDE, "rules: [{id: none, deny: candidate.gpus > 9}]") == []

    def test_a_rule_that_judges_the_workload_as_a_whole_shadows_none(self) -> None:
        on = [sample(COLUMNS), sample(COLUMNS, name="other")]
        whole = checked("rules: [{id: whole, deny: workload.name == 'chat'}]", name="whole")
        part = checked("rules: [{id: part, deny: workload.name == 'chat' && candidate.gpus > 1}]")
        assert list(shadowed([(policy, try_rules(policy, on, {})) for policy in (whole, part)])) == []

    def test_rules_that_were_tried_on_other_candidates_are_not_compared(self) -> None:
        policies = [checked(self.WIDE), checked("rules: [{id: tight, deny: candidate.gpus > 2}]", name="other")]
        assert list(shadowed([(policy, try_rules(policy, [sample(COLUMNS)], {})) for policy in policies])) == []


def test_a_policy_for_none_of_the_workloads_is_tried_on_all_of_them() -> None:
    spec = "match: {labels: {env: [prod]}}\nrules: [{id: a, deny: candidate.gpus > 2, onUnknown: skip}]"
    assert told(spec, "unmatched") == [("", "it is for none of 1 workload", 3, 18, CODES["unmatched"][1])]
    prod = sample(COLUMNS, labels={"env": "prod"})
    assert findings(spec, samples=[prod]) == ()


def test_a_part_without_a_kernel_is_told_where_it_stands() -> None:
    spec = "rules: [{id: a, deny: \"model.id.split('-')[0] == 'x' && candidate.gpus > 2\", onUnknown: skip}]"
    columns = {**COLUMNS, "model.id": ["a-b", "x-y", "x-z", "q"]}
    assert told(spec, "row-by-row", samples=[sample(columns)]) == [
        ("a", "this part has no Arrow kernel", 5, 26, CODES["row-by-row"][1])
    ]  # fmt: skip


def test_findings_come_in_the_order_of_the_file_whatever_is_found_first() -> None:
    spec = """
    params: {idle: {type: int, default: 2}}
    rules:
      - {id: z, deny: 1 > 2}
      - {id: a, deny: candidate.gpus > 2}
    """
    found = findings(spec, tests=0, params={"idle": 2})
    assert [item.where.line for item in found] == sorted(item.where.line for item in found)
    assert {item.code for item in found} == {"untested", "unused-param", "constant", "never-objects", "may-be-absent"}


class TestTally:
    """What one rule makes of the candidates of one workload, for `policy explain`."""

    @pytest.mark.parametrize(("rule", "objects", "unknown", "refused", "admitted"), [
        ("{id: r, deny: candidate.gpus >= 2, onUnknown: skip}", 2, 1, ("b", LEAST), ("a", "50.0 %")),
        ("{id: r, deny: candidate.gpus > 1}", 2, 1, ("b", "100.0 %"), ("a", LEAST)),
        ("{id: r, require: candidate.gpus < 1}", 3, 1, ("a", LEAST), None),
        ("{id: r, require: candidate.gpus >= 4}", 2, 1, ("b", "50.0 %"), ("c", LEAST)),
        ("{id: r, deny: candidate.gpus > 9}", 0, 1, None, ("c", "55.6 %")),
        ("{id: r, deny: accelerator.name == 'L4'}", 1, 0, ("b", ""), ("a", "")),
        ("{id: r, limit: {gpus: 1}}", 2, 1, ("b", "100.0 %"), ("a", "")),
        ("{id: r, limit: {gpus: 3}}", 1, 1, ("c", "33.3 %"), ("b", "33.3 %")),
        ("{id: r, limit: {costMonthlyUsd: 15}}", 1, 2, ("b", "33.3 %"), ("a", "33.3 %")),
    ])  # fmt: skip
    def test_it_counts_and_names_the_nearest_on_both_sides(
        self, rule: str, objects: int, unknown: int, refused: tuple[str, str] | None, admitted: tuple[str, str] | None
    ) -> None:
        found = tally(checked(f"rules: [{rule}]").rules[0], sample(COLUMNS), {})
        near = [item and (item.candidate, item.by) for item in (found.refused, found.admitted)]
        assert (found.objects, found.unknown, *near) == (objects, unknown, refused, admitted)

    def test_it_says_why_and_what_the_rule_says(self) -> None:
        rule = "{id: r, deny: candidate.gpus > params.most, messageExpression: \"'%d'.format([candidate.gpus])\"}"
        policy = checked(f"params: {{most: {{type: int, default: 1}}}}\nrules: [{rule}]")
        found = tally(policy.rules[0], sample(COLUMNS), {"most": 1})
        why = "candidate.gpus is 2, params.most is 1, +100.0%"
        assert (found.why, found.says) == ((("candidate.gpus > params.most", why),), "2")
