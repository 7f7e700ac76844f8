"""Budgets over finished locks: who is counted, in which group, and what is said where a rule does not hold."""

from collections.abc import Mapping
from textwrap import dedent, indent
from typing import Any

import pytest
from builders import lock, with_deployment

from neuralnav.enforce.applies import Subject, applies, covers
from neuralnav.enforce.bind import PolicyDocument, bind
from neuralnav.enforce.bound import BoundFleet
from neuralnav.enforce.fleet import Member, judge_fleets, member_of, read_fleets
from neuralnav.model.document import Source, load
from neuralnav.model.lock import Lock
from neuralnav.model.policy import FleetPolicy, Match
from neuralnav.model.project import Project

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: {}\n"


def fleet(spec: str, binding: str = "path: b.yaml") -> BoundFleet:
    text = HEAD.format("FleetPolicy") + "metadata: {name: budget}\nspec:\n" + indent(dedent(spec), "  ")
    project = load(Project, Source("n.yaml", HEAD.format("Project") + f"spec: {{policies: [{{{binding}}}]}}\n"))
    (found,) = bind(project, [PolicyDocument(0, load(FleetPolicy, Source("b.yaml", text)))]).fleets
    return found


def locked(name: str, labels: Mapping[str, str] | None = None, accelerator: str = "h100", **chosen: Any) -> Lock:
    """Return the lock of a workload whose choice has these numbers."""
    base = with_deployment(lock(), name=name, labels=dict(labels or {}), accelerator=accelerator)
    choice = base.choice.candidate
    candidates = [item.model_copy(update=chosen) if item.id == choice else item for item in base.candidates]
    return base.model_copy(update={"workload": name, "candidates": tuple(candidates)})


def said(policy: BoundFleet, *locks: Lock) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(item.rule, item.subject, item.message, item.why) for item in judge_fleets([policy], members(*locks))]


def members(*locks: Lock) -> list[Member]:
    found = [member_of(item) for item in locks]
    return [member for member in found if member is not None]


TWO = (
    locked("a", {"team": "x", "env": "prod"}, gpus=4, replicas=2, cost_usd_per_month=1000.1),
    locked("b", {"team": "y"}, "l4", gpus=3, replicas=3, cost_usd_per_month=2000.2),
)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("fleet.gpus <= 6", "fleet.gpus <= 6: 7 (+16.7%)"),
        ("fleet.replicas < 5", "fleet.replicas < 5: 5"),
        ("fleet.workloads == 1", "fleet.workloads == 1: 2 (+100.0%)"),
        ("fleet.cost_monthly_usd < usd('3k')", "fleet.cost_monthly_usd < usd('3k'): 3000.3 (+0.0%)"),
        ("fleet.gpus_by_accelerator['h100'] > 4", "fleet.gpus_by_accelerator['h100'] > 4: 4"),
        ("fleet.cost_by_accelerator['l4'] < 2000.0",
         "fleet.cost_by_accelerator['l4'] < 2000.0: 2000.2 (+0.0%)"),
        ("!('b' in fleet.names)", "!('b' in fleet.names): [\"a\", \"b\"]"),
        ("group != ''", "group != '': \"\""),
    ],
)  # fmt: skip
def test_a_fleet_is_what_its_locks_sum_up_to(rule: str, why: str) -> None:
    policy = fleet(f'rules: [{{id: r, require: "{rule}", message: too much}}]\n')
    assert said(policy, *TWO) == [("r", "all workloads", "too much", (why,))]


def test_a_lock_that_lacks_its_own_choice_brings_nothing() -> None:
    assert member_of(TWO[0].model_copy(update={"candidates": ()})) is None


def test_a_rule_that_holds_says_nothing() -> None:
    assert said(fleet("rules: [{id: r, require: fleet.gpus <= 7}]\n"), *TWO) == []


def test_of_conjuncts_only_those_that_fail_are_told() -> None:
    policy = fleet('rules: [{id: r, require: "fleet.gpus <= 7 && fleet.replicas <= 4 && fleet.workloads <= 1"}]\n')
    assert said(policy, *TWO)[0][3] == (
        "fleet.replicas <= 4: 5 (+25.0%)", "fleet.workloads <= 1: 2 (+100.0%)",
    )  # fmt: skip


def test_groups_are_judged_apart_in_their_order() -> None:
    policy = fleet("""\
        groupBy: team
        params: {most: {type: "map<string, int>", default: {x: 3, y: 2}}}
        rules:
          - id: share
            require: fleet.gpus <= params.most[group]
            messageExpression: "group + ' holds ' + string(fleet.gpus)"
        """)
    assert [item[:3] for item in said(policy, *TWO, locked("c", {"team": "x"}, gpus=1))] == [
        ("share", "team=x", "x holds 5"), ("share", "team=y", "y holds 3"),
    ]  # fmt: skip


def test_what_has_no_value_objects_and_says_why() -> None:
    policy = fleet("""\
        groupBy: team
        params: {most: {type: "map<string, int>", default: {x: 9}}}
        rules:
          - id: share
            about: A fair share.
            require: fleet.gpus <= params.most[group]
            messageExpression: "'of ' + string(params.most[group])"
        """)
    ((rule, subject, message, (why,)),) = said(policy, *TWO)
    assert (rule, subject) == ("share", "team=y")
    assert message.startswith("no message: ")
    assert why == "fleet.gpus <= params.most[group]: the map has no key 'y'"


def test_a_message_is_one_line_of_a_length_to_read() -> None:
    policy = fleet(
        """\
        rules:
          - id: r
            require: |
              fleet.workloads
                > 9
            messageExpression: "'too \\\\n ' + ' few'"
          - id: long
            require: group == 'LONG'
            messageExpression: "'LONG'"
        """.replace("LONG", "x" * 500)
    )
    first, second = said(policy, *TWO)
    assert first[2:] == ("too few", ("fleet.workloads > 9: 2 (-77.8%)",))
    assert (len(second[2]), len(second[3][0])) == (400, 400)
    assert second[2].endswith("x...")


def test_a_policy_counts_whom_it_matches_where_it_is_bound() -> None:
    rules = "rules: [{id: r, require: fleet.workloads > 9, message: m}]\n"
    prod = fleet(rules, "path: b.yaml, environments: [prod], enforcement: warn")
    assert said(prod, *TWO)[0][3] == ("fleet.workloads > 9: 1 (-88.9%)",)
    assert judge_fleets([prod], members(*TWO))[0].verdict == "warn"
    assert said(fleet("match: {labels: {team: ['*'], env: [prod, dev]}}\n" + rules), *TWO)[0][3] == (
        "fleet.workloads > 9: 1 (-88.9%)",
    )
    assert said(fleet("match: {workloads: [c]}\n" + rules), *TWO) == []


@pytest.mark.parametrize(
    ("match", "environments", "expected"),
    [
        (Match(), (), True), (Match(), ("prod",), True), (Match(), ("dev",), False),
        (Match(workloads=("chat",)), (), True), (Match(workloads=("other",)), (), False),
        (Match(use_cases=("custom",)), (), True), (Match(use_cases=()), (), False),
        (Match(labels={"team": ("x", "y")}), (), True), (Match(labels={"team": ("y",)}), (), False),
        (Match(labels={"tier": ("*",)}), (), False), (Match(labels={"team": ("*",)}), (), True),
        (Match(workloads=("chat",), labels={"team": ("y",)}), (), False),
    ],
)  # fmt: skip
def test_a_policy_is_for_who_meets_every_list(match: Match, environments: tuple[str, ...], expected: object) -> None:
    subject = Subject("chat", "custom", {"team": "x", "env": "prod"})
    assert applies(subject, environments, match) is expected


def test_an_exemption_is_for_the_workloads_named_in_the_environments_named() -> None:
    chat = Subject("chat", "custom", {"env": "prod"})
    assert covers(chat, ("chat",), ())
    assert covers(chat, (), ("prod",))
    assert not covers(chat, ("chat",), ("dev",))
    assert not covers(chat, ("other",), ("prod",))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("fleet.gpus <= 6", [("fleet.gpus", "GPUs", 7.0, 6.0, False)]),
        ("8 >= fleet.gpus", [("fleet.gpus", "GPUs", 7.0, 8.0, True)]),
        ("fleet.cost_monthly_usd / 2.0 < usd('3k') && fleet.workloads == 2",
         [("fleet.cost_monthly_usd / 2.0", "USD/month", 1500.15, 3000.0, True),
          ("fleet.workloads", "", 2.0, 2.0, True)]),
        ("fleet.gpus_by_accelerator['b200'] <= 4",
         [("fleet.gpus_by_accelerator['b200']", "GPUs", None, 4.0, None)]),
        ("group != ''", []), ("fleet.gpus <= 6 || group == ''", []), ("fleet.gpus <= fleet.replicas", []),
        ("!('b' in fleet.names)", []), ("fleet.names == ['a']", [("fleet.names", "", None, None, False)]),
    ],
)  # fmt: skip
def test_what_a_rule_measures_is_each_comparison_of_the_fleet_that_must_hold(rule: str, expected: object) -> None:
    policy = fleet(f'rules: [{{id: r, require: "{rule}"}}]\n')
    (found,) = read_fleets([policy], members(*TWO))
    assert [(item.what, item.unit, item.value, item.limit, item.holds) for item in found.measures] == expected


def test_a_rule_that_holds_is_read_too_and_has_no_message() -> None:
    policy = fleet("rules: [{id: r, require: fleet.gpus <= 7, message: too much}]\n")
    (found,) = read_fleets([policy], members(*TWO))
    assert (found.objects, found.message, found.why, len(found.members)) == (False, "", (), 2)
