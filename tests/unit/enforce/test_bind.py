"""Policies bound to a project: what comes out, and the exact words with which the rest is refused."""

from collections.abc import Sequence
from datetime import date
from textwrap import dedent, indent

import pytest

from neuralnav.enforce.bind import PolicyDocument, bind
from neuralnav.enforce.bound import BoundExemption, Governance
from neuralnav.enforce.rules import Bindable
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.document import Parsed, Source, load
from neuralnav.model.policy import FleetPolicy, Policy
from neuralnav.model.project import Project
from neuralnav.model.spec import ScoreWeights
from neuralnav.policy.types import BOOL, INT, STRING
from neuralnav.report import diagnostics_text

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n"


def policy(spec: str, name: str = "guard", file: str = "") -> Parsed[Policy]:
    return load(Policy, Source(file or f"{name}.yaml", HEAD.format("Policy", name) + indent(dedent(spec), "  ")))


def fleet(spec: str, name: str = "budget") -> Parsed[FleetPolicy]:
    return load(FleetPolicy, Source(f"{name}.yaml", HEAD.format("FleetPolicy", name) + indent(dedent(spec), "  ")))


def project(spec: str) -> Parsed[Project]:
    text = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n" + indent(dedent(spec), "  ")
    return load(Project, Source("neuralnav.yaml", text))


def bound(spec: str, *documents: Bindable | tuple[int, Bindable], problems: Sequence[Diagnostic] = ()) -> Governance:
    """Bind documents, the first to the first binding and so on, unless an index says otherwise."""
    pairs = [item if isinstance(item, tuple) else (index, item) for index, item in enumerate(documents)]
    return bind(project(spec), [PolicyDocument(index, item) for index, item in pairs], problems)


def refusal(spec: str, *documents: Bindable | tuple[int, Bindable], problems: Sequence[Diagnostic] = ()) -> str:
    with pytest.raises(InputError) as caught:
        bound(spec, *documents, problems=problems)
    return diagnostics_text(caught.value.diagnostics)


def shown(text: str) -> str:
    return dedent(text).strip("\n")


ONE = "policies: [{path: guard.yaml}]\n"
PLAIN = "rules:\n  - {id: small, require: candidate.gpus <= 8}\n"
PARAMS = """\
    params:
      most: {type: int, default: 8}
      names: {type: list<string>}
    rules:
      - {id: small, require: "candidate.gpus <= params.most && accelerator.name in params.names"}
    """


# What comes out


def test_a_policy_comes_out_with_its_expressions_checked() -> None:
    spec = """\
        variables: {big: candidate.gpus > 8}
        rules:
          - id: small
            about: Small ones only.
            deny: variables.big && workload.name != 'x'
            messageExpression: "'too many GPUs: ' + string(candidate.gpus)"
            onUnknown: skip
          - {id: liked, prefer: candidate.tp == 1, points: 5}
          - {id: weigh, weights: {accuracy: 1, cost: 2, latency: 1, complexity: 0}}
          - {id: few, limit: {gpus: 16, replicas: plan.spare_replicas + 4, costMonthlyUsd: usd('5k'), top: 3, by: cost}}
        """
    found = bound("policies: [{path: guard.yaml, enforcement: warn, environments: [prod]}]\n", policy(spec))
    (item,) = found.policies
    assert (item.name, item.file, item.enforcement, item.environments) == ("guard", "guard.yaml", "warn", ("prod",))
    small, liked, weigh, few = item.rules
    assert (small.id, small.kind, small.about, small.on_unknown) == ("small", "deny", "Small ones only.", "skip")
    assert (small.where.file, small.where.line, small.where.column) == ("guard.yaml", 7, 11)
    assert small.condition is not None
    assert small.condition.type == BOOL
    assert list(small.condition.variables) == ["big"]
    assert small.message_expression is not None
    assert small.message_expression.type == STRING
    assert (liked.kind, liked.points) == ("prefer", 5.0)
    assert weigh.weights == ScoreWeights(0.25, 0.5, 0.25, 0.0)
    assert few.limits is not None
    assert {name: limit.type for name, limit in few.limits.items()}["top"] == INT
    assert sorted(few.limits) == ["cost_monthly_usd", "gpus", "replicas", "top"]
    assert few.by == "cost"


def test_policies_come_in_the_order_of_their_names_and_environments() -> None:
    spec = """\
        policies:
          - {path: guard.yaml, environments: [prod]}
          - {path: about.yaml}
          - {path: guard.yaml, environments: [dev], enforcement: audit}
        """
    guard = policy(PLAIN)
    found = bound(spec, guard, policy(PLAIN, "about"), guard)
    assert [(item.name, item.environments) for item in found.policies] == [
        ("about", ()), ("guard", ("dev",)), ("guard", ("prod",)),
    ]  # fmt: skip


def test_a_fleet_policy_stands_apart() -> None:
    spec = "groupBy: team\nrules:\n  - {id: gpus, require: \"fleet.gpus <= 64 || group == 'a'\"}\n"
    found = bound(ONE, fleet(spec))
    assert found.policies == ()
    (item,) = found.fleets
    assert (item.name, item.group_by, item.rules[0].kind) == ("budget", "team", "require")


def test_parameters_are_the_defaults_under_what_the_binding_sets() -> None:
    found = bound("policies: [{path: guard.yaml, params: {names: [H100]}}]\n", policy(PARAMS))
    assert found.policies[0].params == {"most": 8, "names": ("H100",)}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("double", "5", 5.0), ("double", "5.5", 5.5), ("int", "5", 5), ("string", "'5'", "5"), ("bool", "true", True),
        ("list<double>", "[1, 2.5]", (1.0, 2.5)), ("list<int>", "[]", ()), ("list<string>", "[a]", ("a",)),
        ("'map<string, double>'", "{a: 1}", {"a": 1.0}), ("'map<string, bool>'", "{}", {}),
    ],
)  # fmt: skip
def test_a_value_is_of_the_declared_type(kind: str, text: str, value: object) -> None:
    spec = f"params: {{p: {{type: {kind}, default: {text}}}}}\n{PLAIN}"
    found = bound(ONE, policy(spec)).policies[0].params["p"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("double", "'5k'", '"5k"'), ("int", "5.0", "5.0"), ("int", "true", "true"), ("bool", "1", "1"),
        ("string", "5", "5"), ("list<int>", "5", "5"), ("list<int>", "[1, a]", '[1, "a"]'),
        ("'map<string, int>'", "{a: b}", '{a: "b"}'), ("string", "[a]", '["a"]'),
    ],
)  # fmt: skip
def test_a_default_of_another_type_is_refused(kind: str, text: str, said: str) -> None:
    spec = f"params: {{p: {{type: {kind}, default: {text}}}}}\n{PLAIN}"
    found = refusal(ONE, policy(spec))
    assert f"the default of p must be {kind.strip(chr(39))}, got {said}\n" in found


def test_an_exemption_comes_out_with_its_place() -> None:
    spec = (
        ONE
        + """\
        exemptions:
          - policy: guard
            rule: small
            workloads: [chat]
            owner: ana
            reason: until the new nodes are here
            expires: 2026-12-31
        """
    )
    spec = dedent(ONE) + dedent(spec.removeprefix(ONE))
    (found,) = bound(spec, policy(PLAIN)).exemptions
    assert found == BoundExemption(
        "guard", "small", ("chat",), (), "ana", "until the new nodes are here", date(2026, 12, 31),
        Where("neuralnav.yaml", 6, 7, "    - policy: guard", 1),
    )  # fmt: skip


# The digest


def digest(spec: str, binding: str = "path: guard.yaml") -> str:
    return bound(f"policies: [{{{binding}}}]\n", policy(spec)).policies[0].digest


def test_words_for_readers_and_the_layout_of_expressions_are_no_meaning() -> None:
    spec = """\
        # a comment
        description: For readers.
        rules:
          - id: small
            about: Small ones only.
            message: too large
            require: |
              candidate.gpus   // how many
              <= 8
        tests:
          - {name: one, given: {candidate: {gpus: 4}}, expect: {small: allow}}
        """
    assert digest(spec) == digest(PLAIN.replace("}", ", message: too large}"))
    assert digest(PLAIN, "path: guard.yaml, environments: [prod]") == digest(PLAIN)


def test_the_order_of_rules_is_no_meaning() -> None:
    one, two = "  - {id: a, deny: candidate.gpus > 8}\n", "  - {id: b, deny: candidate.tp > 2}\n"
    assert digest(f"rules:\n{one}{two}") == digest(f"rules:\n{two}{one}")


@pytest.mark.parametrize(
    ("spec", "binding"),
    [
        (PLAIN.replace("8", "9"), "path: guard.yaml"),
        (PLAIN.replace("}", ", message: no}"), "path: guard.yaml"),
        (PLAIN.replace("}", ", about: what it says without a message}"), "path: guard.yaml"),
        (PLAIN.replace("}", ", onUnknown: skip}"), "path: guard.yaml"),
        ("match: {useCases: [custom]}\n" + PLAIN, "path: guard.yaml"),
        ("params: {p: {type: int, default: 1}}\n" + PLAIN, "path: guard.yaml"),
        (PLAIN, "path: guard.yaml, enforcement: warn"),
    ],
)
def test_what_a_policy_does_is_its_meaning(spec: str, binding: str) -> None:
    assert digest(spec, binding) != digest(PLAIN)


def test_a_parameter_means_its_value_wherever_that_is_said() -> None:
    spec = "params: {p: {type: int, default: %d}}\n" + PLAIN
    assert digest(spec % 1, "path: guard.yaml, params: {p: 2}") == digest(spec % 2)
    assert digest(spec % 1) != digest(spec % 2)


# Expressions


def test_a_fault_is_placed_inside_a_block_scalar() -> None:
    spec = """\
        rules:
          - id: small
            deny: |
              candidate.gpus > 8 &&
                candidate.cost_monthly > 5000.0
        """
    assert refusal(ONE, policy(spec)) == (
        shown("""\
        guard.yaml:9:21  candidate has no field cost_monthly
          9 |           candidate.cost_monthly > 5000.0
            |                     ^^^^^^^^^^^^ did you mean cost_monthly_usd?
        1 problem; nothing was written""")
    )


def test_every_problem_is_told_in_the_order_of_the_file() -> None:
    spec = """\
        params: {most: {type: int, default: a}}
        variables:
          bad: candidate.gpuz
          first: variables.second
          second: variables.first
        rules:
          - {id: small, deny: candidate.gpus}
          - {id: other, require: "variables.bad && variables.first && candidate.tp = 1"}
          - {id: small, warn: "'a' == 1", messageExpression: candidate.gpus}
        """
    with pytest.raises(InputError) as caught:
        bound(ONE, policy(spec))
    assert [(item.where.line, item.where.column, item.message) for item in caught.value.diagnostics] == [
        (5, 39, 'the default of most must be int, got "a"'),
        (7, 20, "candidate has no field gpuz"),
        (8, 22, "variables read each other in a circle: first -> second -> first"),
        (11, 25, "a rule's expression must be bool; this is int"),
        (12, 78, 'unexpected character "="'),
        (13, 12, 'two rules have the id "small"; the first is on line 11'),
        (13, 30, "cannot compare string with int"),
        (13, 56, "a message must be string; this is int"),
    ]


def test_a_limit_reads_nothing_that_differs_from_candidate_to_candidate() -> None:
    spec = """\
        variables: {own: candidate.gpus * 2}
        rules:
          - {id: few, limit: {gpus: variables.own, replicas: model.context_tokens}}
          - {id: fine, limit: {gpus: "size([1].filter(model, model > 0))"}}
        """
    assert refusal(ONE, policy(spec)) == shown("""\
        guard.yaml:5:20  candidate differs from candidate to candidate; a limit is one number for the whole plan
          5 |   variables: {own: candidate.gpus * 2}
            |                    ^^^^^^^^^ read workload, slo, plan or params
        guard.yaml:7:56  model differs from candidate to candidate; a limit is one number for the whole plan
          7 |     - {id: few, limit: {gpus: variables.own, replicas: model.context_tokens}}
            |                                                        ^^^^^ read workload, slo, plan or params
        2 problems; nothing was written""")


def test_a_limit_that_admits_nothing_is_refused() -> None:
    found = refusal(ONE, policy("rules:\n  - {id: few, limit: {gpus: -1, top: 0, by: cost}}\n"))
    assert "guard.yaml:6:31  a limit of -1 admits nothing; give at least 0\n" in found
    assert "guard.yaml:6:40  a limit of 0 admits nothing; give at least 1\n" in found


def test_a_limit_is_a_number() -> None:
    found = refusal(ONE, policy("rules:\n  - {id: few, limit: {top: plan.headroom, by: cost, gpus: \"'8'\"}}\n"))
    assert "guard.yaml:6:30  a limit must be int; this is double" in found
    assert "guard.yaml:6:62  a limit must be int or double; this is string" in found


def test_a_fleet_policy_reads_the_fleet_alone() -> None:
    found = refusal(ONE, fleet("rules:\n  - {id: gpus, require: candidate.gpus <= 64}\n"))
    assert found.startswith("budget.yaml:6:27  ")
    assert "candidate" in found.splitlines()[0]


# Parameters


def test_parameters_of_a_binding_are_judged_where_it_sets_them() -> None:
    spec = "policies: [{path: guard.yaml, params: {most: 8.5, name: [a]}}]\n"
    assert refusal(spec, policy(PARAMS)) == shown("""\
        neuralnav.yaml:4:21  policy guard needs the parameter "names" (list<string>); it has no default
          4 |   policies: [{path: guard.yaml, params: {most: 8.5, name: [a]}}]
            |                     ^^^^^^^^^^ add params: {names: ...} to this binding
        neuralnav.yaml:4:48  the parameter most of policy guard must be int, got 8.5
          4 |   policies: [{path: guard.yaml, params: {most: 8.5, name: [a]}}]
            |                                                ^^^
        neuralnav.yaml:4:53  policy guard has no parameter "name"
          4 |   policies: [{path: guard.yaml, params: {most: 8.5, name: [a]}}]
            |                                                     ^^^^ did you mean names?
        3 problems; nothing was written""")


def test_parameters_of_a_bundle_reach_the_policies_that_declare_them() -> None:
    spec = "policies: [{bundle: rules, params: {names: [a], mots: 1}}]\n"
    documents = [(0, policy(PARAMS)), (0, policy(PLAIN, "other"))]
    assert refusal(spec, *documents) == shown("""\
        neuralnav.yaml:4:51  no policy of rules has a parameter "mots"
          4 |   policies: [{bundle: rules, params: {names: [a], mots: 1}}]
            |                                                   ^^^^ did you mean most?
        1 problem; nothing was written""")
    found = bound(spec.replace(", mots: 1", ""), *documents)
    assert [dict(item.params) for item in found.policies] == [{"most": 8, "names": ("a",)}, {}]


# Bindings


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("", "", "every environment"),
        ("", ", environments: [prod]", "environment prod"),
        (", environments: [dev, prod]", ", environments: [prod, dev]", "environment dev, prod"),
    ],
)
def test_a_policy_bound_twice_names_both_places(first: str, second: str, where: str) -> None:
    spec = f"policies:\n  - {{path: guard.yaml{first}}}\n  - {{bundle: rules{second}}}\n"
    guard = policy(PLAIN)
    found = refusal(spec, guard, guard)
    message = f'policy "guard" is bound twice for {where}; the first is at neuralnav.yaml:5\n'
    assert found.startswith(f"neuralnav.yaml:6:16  {message}")
    assert "^^^^^ keep one of them, or name other environments" in found


def test_two_policies_of_one_name_are_refused() -> None:
    spec = "policies: [{path: a.yaml, environments: [dev]}, {path: b.yaml, environments: [prod]}]\n"
    assert refusal(spec, policy(PLAIN, file="a.yaml"), policy(PLAIN, file="b.yaml")) == shown("""\
        b.yaml:3:18  two policies are named "guard"; the first is at a.yaml:3
          3 | metadata: {name: guard}
            |                  ^^^^^ rename one of them
        1 problem; nothing was written""")


WEIGHTS = "rules:\n  - {id: %s, weights: {accuracy: %d, cost: 1, latency: 1, complexity: 1}}\n"


def test_two_policies_with_weights_for_the_same_workloads_are_refused() -> None:
    spec = "policies: [{path: a.yaml}, {path: b.yaml, environments: [prod]}]\n"
    first, second = policy(WEIGHTS % ("one", 1), "a"), policy(WEIGHTS % ("two", 2), "b")
    assert refusal(spec, first, second) == shown("""\
        b.yaml:6:12  rule two sets other weights than rule one at a.yaml:6, for the same workloads
          6 |     - {id: two, weights: {accuracy: 2, cost: 1, latency: 1, complexity: 1}}
            |            ^^^ keep one of them
        1 problem; nothing was written""")


def test_weights_that_do_not_meet_or_do_not_differ_are_fine() -> None:
    apart = "policies: [{path: a.yaml, environments: [dev]}, {path: b.yaml, environments: [prod]}]\n"
    bound(apart, policy(WEIGHTS % ("one", 1), "a"), policy(WEIGHTS % ("two", 2), "b"))
    both = "policies: [{path: a.yaml}, {path: b.yaml}]\n"
    bound(both, policy(WEIGHTS % ("one", 1), "a"), policy(WEIGHTS % ("two", 1), "b"))
    matched = "match: {useCases: [custom]}\n"
    bound(both, policy(WEIGHTS % ("one", 1), "a"), policy(matched + WEIGHTS % ("two", 2), "b"))
    audited = "policies: [{path: a.yaml}, {path: b.yaml, enforcement: audit}]\n"
    bound(audited, policy(WEIGHTS % ("one", 1), "a"), policy(WEIGHTS % ("two", 2), "b"))


def test_an_environment_that_the_project_does_not_have_is_refused() -> None:
    spec = """\
        environments: {prod: {}, dev: {}}
        policies: [{path: guard.yaml, environments: [prod, prd]}]
        """
    assert refusal(spec, policy(PLAIN)) == shown("""\
        neuralnav.yaml:5:54  environment "prd" is not one of spec.environments
          5 |   policies: [{path: guard.yaml, environments: [prod, prd]}]
            |                                                      ^^^ did you mean prod?
        1 problem; nothing was written""")


# Exemptions


def exempting(policy_name: str, rule: str) -> str:
    who = "workloads: [chat], owner: ana, reason: why not, expires: 2026-12-31"
    return f"{ONE}exemptions:\n  - {{policy: {policy_name}, rule: {rule}, {who}}}\n"


@pytest.mark.parametrize(
    ("policy_name", "rule", "message", "hint"),
    [
        ("gaurd", "small", 'no policy "gaurd" is bound', "did you mean guard?"),
        ("guard", "smal", 'policy guard has no rule "smal"', "did you mean small?"),
        ("guard", "liked", "rule liked is of kind prefer: it refuses nothing to be exempt from", ""),
    ],
)
def test_an_exemption_from_nothing_is_refused(policy_name: str, rule: str, message: str, hint: str) -> None:
    spec = PLAIN + "  - {id: liked, prefer: candidate.tp == 1, points: 5}\n"
    with pytest.raises(InputError) as caught:
        bound(exempting(policy_name, rule), policy(spec))
    (found,) = caught.value.diagnostics
    assert (found.where.file, found.where.line, found.message, found.hint) == ("neuralnav.yaml", 6, message, hint)


def test_nobody_is_exempt_from_a_fleet_policy() -> None:
    found = refusal(exempting("budget", "gpus"), fleet("rules:\n  - {id: gpus, require: fleet.gpus <= 64}\n"))
    message = "budget is a FleetPolicy; no workload can be exempt from a budget of many"
    assert found.startswith(f"neuralnav.yaml:6:16  {message}\n")


def test_what_may_follow_from_a_file_that_cannot_be_read_is_not_told() -> None:
    missing = Diagnostic(Where("neuralnav.yaml", 4, 21), '"other.yaml" does not exist')
    spec = exempting("other", "rule")
    assert refusal(spec, problems=[missing]) == shown("""\
        neuralnav.yaml:4:21  "other.yaml" does not exist
        1 problem; nothing was written""")
