"""The exact words of a plan diff: on a terminal, and as a comment."""

import pytest
from diffs import H100, L40S, choice, diff, edit, fleet_change, metric, moved, on_l40s, planned, problem, side, workload
from hostile import rich

from neuralnav.model.diff import (
    Cause,
    Crossing,
    FleetChange,
    FleetSide,
    ManifestChange,
    NumberChange,
    PlanDiff,
    RankMove,
    RuleChange,
    ViewMoves,
    WordChange,
)
from neuralnav.model.lock import Replicas
from neuralnav.model.report import ReportedDrift
from neuralnav.report_diff import (
    LIMIT,
    MARKER,
    Cost,
    Noise,
    decided,
    decision_text,
    diff_markdown,
    diff_text,
    is_quiet,
    total_cost,
)

DRIFT = ReportedDrift(
    drift="manifest", file="b/deploy/x.yaml", message="the file is not what the lock says",
    fix="neuralnav compile --frozen",
)  # fmt: skip


def test_nothing_changed_is_one_quiet_line() -> None:
    same = diff(workload(), workload("b"))
    assert is_quiet(same)
    assert diff_text(same) == "No plan changes: 2 workloads are as they were."
    assert diff_markdown(same) == f"No plan changes: 2 workloads are as they were.\n\n{MARKER}"
    assert decision_text(diff(workload())) == "No plan changes: 1 workload is as it was."
    assert decision_text(diff()) == "No plan changes: there is no workload."


def test_one_move_is_told_on_one_screen() -> None:
    assert (
        diff_text(diff(moved(), workload("b"), workload("c")))
        == """\
Plan changes for 1 of 3 workloads: support-chat moves from 1x NVIDIA H100, x2 to 2x NVIDIA L40S, x3, -$1,120/month \
(-17 %).

support-chat   Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 -> same model, 2x NVIDIA L40S, x3
               cost     $6,570 -> $5,450/month (-17 %)
               p95      TTFT 96.2 -> 131 ms (SLO 150 ms, 13 % left)   ITL 14.8 -> 21.0 ms (25 ms, 16 % left)   \
E2E 3.9 s (7 s, 44 % left)
               why      constraints.accelerators allows L40S (line 14)
2 workloads unchanged"""
    )


def test_one_move_is_a_comment_with_the_decision_first() -> None:
    found = moved(
        views=(ViewMoves(view="balanced", moves=(RankMove(candidate=L40S, before=0, after=1),
                                                 RankMove(candidate=H100, before=1, after=2))),),
        gained=(Crossing(reason="constraint.accelerators", count=30, first=(L40S,)),),
        rules=(RuleChange(rule="platform.evidence", before=0, after=44, choice_before="pass", choice_after="warn"),),
        evidence=(NumberChange(what="price", before=4.5, after=2.9, unit="USD/h"),
                  NumberChange(what="capacity", before=None, after=11.25, unit="req/s")),
        manifests=(ManifestChange(path="deploy/a.yaml", change="changed", diff="-replicas: 2\n+replicas: 3"),),
        notes=("the price was valid until 2026-11-01",),
    )  # fmt: skip
    assert (
        diff_markdown(diff(found, workload("b")))
        == f"""\
**Plan changes for 1 of 2 workloads: `support-chat` moves from 1x NVIDIA H100, x2 to 2x NVIDIA L40S, x3, \
-$1,120/month (-17 %).**

| workload | now | after | cost/month | TTFT p95 (SLO) | least slack | why |
|---|---|---|---|---|---|---|
| `support-chat` | Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 | same model, 2x NVIDIA L40S, x3 | \
$6,570 -> $5,450<br>-$1,120/month (-17 %) | 96.2 -> 131 ms (150 ms) | TTFT 36 % -> 13 % | \
constraints.accelerators allows L40S (line 14) |

Policies: `platform.evidence` warns of `support-chat`.

- `support-chat`: the price was valid until 2026-11-01

1 workload unchanged.

<details><summary>Latency and SLO slack</summary>

**`support-chat`**

| p95 | now -> after | SLO | slack | 90 % interval after |
|---|---|---|---|---|
| TTFT | 96.2 -> 131 ms | 150 ms | 36 % -> 13 % | 105 ms to 164 ms, over the SLO at its upper end |
| ITL | 14.8 -> 21.0 ms | 25 ms | 41 % -> 16 % | 16.8 ms to 26.2 ms, over the SLO at its upper end |
| E2E | 3.9 s | 7 s | 44 % | 3.1 s to 4.9 s |

</details>

<details><summary>Policy verdicts</summary>

**`support-chat`**

- `platform.evidence` refuses 0 -> 44 candidates; says of the choice: pass -> warn

</details>

<details><summary>Edits and causes</summary>

**`support-chat`**

- **workload**: constraints.accelerators allows L40S (line 14)
  - `spec.constraints.accelerators` `[H100]` -> `[H100, L40S]` (`chat/workload.yaml:14`)

</details>

<details><summary>Candidates gained and lost</summary>

**`support-chat`**

- 30 gained, before shut out by `constraint.accelerators`: `qwen3-30b-a3b/fp8/l40s/tp2`

</details>

<details><summary>Evidence</summary>

**`support-chat`**

Of `qwen3-30b-a3b/fp8/l40s/tp2`, on the base and on the head:

- price: 4.5 -> 2.9 USD/h (-36 %)
- capacity of a replica: unknown -> 11.25 req/s

</details>

<details><summary>Ranking moves</summary>

**`support-chat`**

- `balanced`: `qwen3-30b-a3b/fp8/l40s/tp2` not feasible -> 1, `qwen3-30b-a3b/fp8/h100/tp1` 1 -> 2

</details>

<details><summary>Manifests</summary>

**`support-chat`**

- `deploy/a.yaml` changed

```diff
-replicas: 2
+replicas: 3
```

</details>

Reproduce: `neuralnav diff origin/main`

{MARKER}"""
    )


SENTENCES = [
    (workload("a", status="changed", decision=True, after=planned(choice(
        replicas=Replicas(min=3, planned=3, max=4), cost_usd_per_month=9855.0)), cost_delta_usd_per_month=3285.0),
     "a goes from 2 to 3 replicas, +$3,285/month (+50 %)"),
    (workload("a", status="changed", decision=True, after=planned(choice(model="gpt-oss-20b", precision="mxfp4"))),
     "a moves from Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 to gpt-oss-20b MXFP4, 1x NVIDIA H100, x2, at the same cost"),
    (workload("a", status="added", before=side("absent"), cost_delta_usd_per_month=6570.0),
     "a is new, Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2, +$6,570/month"),
    (workload("a", status="removed", after=side("absent"), cost_delta_usd_per_month=-6570.0),
     "a is removed, -$6,570/month"),
    (workload("a", status="renamed", renamed_from="old"), "a is renamed from old, at the same cost"),
    (workload("a", status="renamed", renamed_from="old.workload.yaml"),
     "a is moved from old.workload.yaml to a/workload.yaml, at the same cost"),
    (workload("a", status="renamed", renamed_from="old.workload.yaml", edits=(edit("metadata.name", "old", "a"),)),
     "a is renamed from old and moved from old.workload.yaml to a/workload.yaml, at the same cost"),
    (workload("a", status="changed", after=side("infeasible"), cost_delta_usd_per_month=None),
     "a has no feasible plan any more"),
    (workload("a", status="changed", after=side("refused"), before=side("broken"), cost_delta_usd_per_month=None),
     "a has no permitted plan"),
    (workload("a", status="changed", before=side("refused"), after=side("refused"), cost_delta_usd_per_month=None),
     "a still has no permitted plan"),
    (workload("a", status="changed", before=side("infeasible"), cost_delta_usd_per_month=None),
     "a has a plan again, Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2, cost change unknown"),
    (workload("a", status="changed", after=side("broken", problems=(problem("unknown key"), problem("no name")))),
     "a cannot be planned: unknown key (and 1 more)"),
    (moved("a", after=side("refused", choice=on_l40s())),
     "a would deploy Qwen3-30B-A3B FP8, 2x NVIDIA L40S, x3, which policies beside its own refuse"),
    (moved("a", after=side("refused", choice=on_l40s(), problems=(problem("the base's policy size refuses it"),))),
     "a would deploy Qwen3-30B-A3B FP8, 2x NVIDIA L40S, x3, but the base's policy size refuses it"),
    (workload("a", drift=(DRIFT,)), "a has drifted (manifest)"),
    (workload("a", status="changed", after=planned(committed=L40S), chosen_otherwise=H100),
     f"a keeps what it deploys; its lock names {L40S}, which compile does not keep: it chooses {H100}"),
    (workload("a", status="changed", after=planned(committed=choice().candidate), chosen_otherwise=H100),
     (f"a keeps what it deploys; its lock chooses {choice().candidate}, where compile would choose {H100} from the "
     "base's lock")),
    (moved("a", after=planned(on_l40s(), committed=on_l40s().candidate), chosen_otherwise=H100),
     ("a moves from 1x NVIDIA H100, x2 to 2x NVIDIA L40S, x3, -$1,120/month (-17 %); its lock chooses "
     f"{on_l40s().candidate}, where compile would choose {H100} from the base's lock")),
    (workload("a", status="changed", after=planned(choice(cost_usd_per_month=6570.4)), cost_delta_usd_per_month=0.4),
     "a keeps what it deploys, +$0.40/month"),
    (workload("a", status="changed", after=planned(choice(ttft=metric(120.0, 150.0), itl=metric(15.0, 25.0)))),
     "a keeps what it deploys, at the same cost; TTFT p95 96.2 -> 120 ms (SLO 150 ms)"),
    (workload("a", status="changed", after=planned(choice(ttft=metric(120.0, 150.0), itl=metric(14.8, 20.0)))),
     "a keeps what it deploys, at the same cost; ITL SLO 25 -> 20 ms"),
    (workload("a", status="changed", drift=(DRIFT,), after=planned(choice(cost_usd_per_month=6600.0)),
              cost_delta_usd_per_month=30.0), "a keeps what it deploys, +$30/month (+0.5 %)"),
    (workload("a", status="changed", manifests=(ManifestChange(path="x", change="added"),)),
     "a keeps what it deploys; 1 manifest changed"),
    (workload("a", status="changed", manifests=(ManifestChange(path="x", change="added"),),
              causes=(Cause(kind="drift", said="s"),)), "a is brought back to what its lock says; 1 manifest changed"),
    (workload("a", status="changed", after=planned(choice(cost_usd_per_month=0.0)), cost_delta_usd_per_month=None),
     "a keeps what it deploys, cost change unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("item", "sentence"), SENTENCES)
def test_each_kind_of_change_has_its_sentence(item: object, sentence: str) -> None:
    assert decision_text(diff(item)) == f"Plan changes for 1 of 1 workload: {sentence}."  # type: ignore[arg-type]  # parametrized


def test_several_changes_are_counted_and_summed_with_what_is_unknown() -> None:
    assert decision_text(rich()) == (
        "Refused by team-budget.budget (team=support, $6,570 -> $13,140/month, limit $10,000) and 1 other rule. "
        "Plan changes for 8 of 9 workloads: 1 with broken input, 1 without a feasible plan, 1 deployed differently, "
        "1 new, 1 removed, 1 renamed, 1 with other numbers, 1 drifted; -$1,170/month in all, 2 cost changes unknown; "
        "1 problem in the inputs."
    )
    assert total_cost(rich()) == Cost(-1170.0, 2)


def test_an_unknown_cost_is_never_zero_dollars() -> None:
    unknown = workload(status="changed", cost_delta_usd_per_month=None, after=planned(choice(cost_usd_per_month=0.0)))
    for shown in (diff_text(diff(unknown)), diff_markdown(diff(unknown))):
        assert "$6,570 -> unknown" in shown
        assert "$0" not in shown


def test_a_workload_without_a_plan_says_what_shuts_its_candidates_out() -> None:
    cause = Cause(kind="workload", edits=(edit("spec.slo.ttft", "150ms", "1ms", line=9),), said="slo.ttft 150ms -> 1ms")
    gone = workload("a", status="changed", after=side("infeasible"), cost_delta_usd_per_month=None, causes=(cause,),
                    lost=(Crossing(reason="slo.ttft", count=1400, first=(H100,)),))  # fmt: skip
    row = diff_markdown(diff(gone)).split("\n")[4]
    assert row == (
        "| `a` | Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 | no feasible plan | $6,570 -> no plan "
        "| 96.2 ms -> none (150 ms) | TTFT 36 % | slo.ttft 150ms -> 1ms; shut out by `slo.ttft` (1,400) |"
    )


def test_why_names_the_place_of_a_problem_and_how_to_mend_it() -> None:
    problems = (problem("unknown key", "did you mean users?"), problem("x"))
    after = side("broken", problems=problems)
    broken = workload("a", status="changed", after=after, cost_delta_usd_per_month=None)
    assert diff_text(diff(broken)).split("\n")[2:] == [
        "a              Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 -> broken input",
        "               cost     $6,570 -> no plan",
        "               why      chat/workload.yaml:9 unknown key; did you mean users? (and 1 more)",
        "chat/workload.yaml:9 x",
    ]
    assert "| `chat/workload.yaml:9` unknown key; did you mean users? (and 1 more) |" in diff_markdown(diff(broken))


def test_why_says_what_shuts_out_the_candidate_that_is_deployed_now() -> None:
    def why(reason: str, first: str) -> str:
        found = moved("a", causes=(), lost=(Crossing(reason=reason, count=2, first=(first,)),))
        return diff_markdown(diff(found)).split("\n")[4].rpartition(" | ")[2]

    assert why("policy.size", H100) == "what is deployed now is shut out by `policy.size` |"
    assert why("absent", H100) == "what is deployed now is not in the catalog |"
    assert why("policy.size", L40S) == " |"


def test_what_is_deployed_alike_has_no_lines_of_cost_and_latency() -> None:
    assert diff_text(diff(workload("a", drift=(DRIFT,)))).split("\n")[2:] == [
        "a              Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 -> same",
        "drift (manifest) in b/deploy/x.yaml: the file is not what the lock says; fix: neuralnav compile --frozen",
    ]


def test_candidates_that_came_and_went_are_counted_by_reason() -> None:
    lost = [Crossing(reason=name, count=count, first=()) for name, count in
            (("slo.ttft", 20), ("absent", 5), ("policy.x", 2), ("constraint.budget", 1))]  # fmt: skip
    found = moved("a", lost=tuple(lost), gained=(Crossing(reason="slo.itl", count=1, first=()),))
    assert diff_text(diff(found)).split("\n")[-1] == (
        "               ranking  1 candidate gained (slo.itl); 28 candidates lost (20 slo.ttft, 5 not in the catalog, "
        "2 policy.x, 1 other)"
    )


def test_numbers_have_the_digits_that_plans_show() -> None:
    numbers = [
        ("capacity", 16.2137, 10.6727, "req/s"), ("capacity", 10.671, 10.672, "req/s"), ("ttft.p95", 31.9, 51.0, "ms"),
        ("e2e.high", 916.9, 1467.0, "ms"), ("kv_cache_use", 0.006, 0.01, ""), ("score", 60.0, 55.62, "points"),
        ("cost", 1679.0, 1679.5, "USD/month"), ("replicas", 1.0, 2.0, ""), ("x|y", None, 3.0, ""),
    ]  # fmt: skip
    found = moved("a", evidence=tuple(NumberChange(what=w, before=b, after=a, unit=u) for w, b, a, u in numbers),
                  words=(WordChange(what="binding", before="", after="ttft"),))  # fmt: skip
    section = diff_markdown(diff(found)).partition("<summary>Evidence</summary>")[2].partition("</details>")[0]
    assert section.strip().split("\n")[2:] == [
        "Of `qwen3-30b-a3b/fp8/l40s/tp2`, on the base and on the head:",
        "",
        "- binding SLO: none -> TTFT",
        "- capacity of a replica: 16.21 -> 10.67 req/s (-34 %)",
        "- capacity of a replica: 10.671 -> 10.672 req/s",
        "- TTFT p95: 31.9 -> 51.0 ms (+60 %)",
        "- E2E p95, high end: 917 -> 1,467 ms (+60 %)",
        "- KV cache in use: 0.6 % -> 1.0 % (+67 %)",
        "- balanced score: 60.0 -> 55.6 points (-7 %)",
        "- cost: 1,679 -> 1,679.50 USD/month",
        "- replicas: 1 -> 2 (+100 %)",
        r"- `x\x7cy`: unknown -> 3",
    ]


def test_edits_say_what_was_added_and_removed() -> None:
    edits = (edit("spec.slo.ttft", "", "1ms", line=9), edit("spec.slo.itl", "2ms", "", line=10),
             edit("rows", "", "", line=0))  # fmt: skip
    comment = diff_markdown(diff(moved("a", causes=(), edits=edits)))
    section = comment.partition("<summary>Edits and causes</summary>")[2].partition("</details>")[0]
    assert section.strip().split("\n")[2:] == [
        "- `spec.slo.ttft` `1ms` added (`chat/workload.yaml:9`) (flips nothing by itself)",
        "- `spec.slo.itl` `2ms` removed (`chat/workload.yaml:10`) (flips nothing by itself)",
        "- `rows` changed (`chat/workload.yaml`) (flips nothing by itself)",
    ]


def test_evidence_of_what_both_sides_deploy_needs_no_name() -> None:
    price = NumberChange(what="price", before=3.0, after=4.0, unit="USD/h")
    assert "Of `" not in diff_markdown(diff(workload("a", status="changed", evidence=(price,), drift=(DRIFT,))))


def test_no_rule_falls_silent_of_a_choice_that_is_gone() -> None:
    warned = RuleChange(rule="a.b", before=3, after=0, choice_before="warn", choice_after="")
    found = diff(moved(rules=(warned,), after=side("infeasible")))
    assert "a.b on the choice" not in diff_text(found)
    assert "is silent" not in diff_markdown(found)
    assert "says of the choice" not in diff_markdown(found)
    assert "is silent" in diff_markdown(diff(moved(rules=(warned,))))


def test_rules_that_only_refuse_more_candidates_stay_folded() -> None:
    more = RuleChange(rule="a.b", before=3, after=5, choice_before="pass", choice_after="pass")
    comment = diff_markdown(diff(moved(rules=(more,))))
    assert "Policies:" not in comment
    assert "- `a.b` refuses 3 -> 5 candidates" in comment


def test_a_sum_of_unknown_changes_is_not_the_same_cost() -> None:
    gone = [workload(name, status="changed", after=side("broken"), cost_delta_usd_per_month=None) for name in "ab"]
    assert decision_text(diff(*gone)) == (
        "Plan changes for 2 of 2 workloads: 2 with broken input; 2 cost changes unknown."
    )
    assert decision_text(diff(*gone, moved("c"))) == (
        "Plan changes for 3 of 3 workloads: 2 with broken input, 1 deployed differently; "
        "-$1,120/month in all, 2 cost changes unknown."
    )


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (diff(moved("a")), "changed"),
        (diff(moved("a"), workload("b", status="changed", after=side("broken"))), "changed"),
        (diff(workload("a", status="changed", after=side("broken"))), "unknown"),
        (diff(workload("a", status="changed", before=side("broken"))), "unknown"),
        (diff(problems=(problem(),)), "unknown"),
        (diff(workload("a", before=side("broken"), after=side("broken"))), "unchanged"),
        (diff(workload("a", status="changed", drift=(DRIFT,))), "kept"),
        (diff(workload("a")), "unchanged"),
    ],
)
def test_a_decision_that_is_not_known_is_not_kept(found: PlanDiff, word: str) -> None:
    assert decided(found, Noise()) == word


def test_a_rule_that_is_new_and_passes_is_no_news() -> None:
    new = RuleChange(rule="a.b", before=0, after=0, choice_before="", choice_after="pass")
    found = diff(moved(rules=(new,)))
    assert "on the choice" not in diff_text(found)
    assert "passes" not in diff_markdown(found)


def test_a_workload_that_moves_under_another_name_says_so() -> None:
    found = diff(moved("a", status="renamed", renamed_from="old"))
    assert diff_text(found).split("\n")[-1] == "a: renamed from old"
    assert "| `a` (was `old`) |" in diff_markdown(found)


def test_a_narrow_terminal_has_each_latency_on_its_own_line() -> None:
    lines = diff_text(diff(moved()), width=80).split("\n")[4:7]
    assert lines == [
        "               p95      TTFT 96.2 -> 131 ms (SLO 150 ms, 13 % left)",
        "                        ITL 14.8 -> 21.0 ms (25 ms, 16 % left)",
        "                        E2E 3.9 s (7 s, 44 % left)",
    ]
    assert diff_text(diff(moved()), width=400) == diff_text(diff(moved()))


def test_what_stays_without_a_plan_is_told_but_not_of_note() -> None:
    same = diff(workload("a", before=side("infeasible"), after=side("infeasible")), workload("b"))
    assert is_quiet(same)
    assert decision_text(same) == "No plan changes: 2 workloads are as they were; still without a plan: a."


def test_only_other_candidates_that_moved_are_not_of_note() -> None:
    item = workload(
        "a", status="changed", views=(ViewMoves(view="cost", moves=(RankMove(candidate=L40S, before=4, after=3),)),)
    )
    assert is_quiet(diff(item))
    assert diff_text(diff(item, workload())) == (
        "No plan changes of note: 1 workload differs only in ranking or below the thresholds, 1 workload is as it was."
    )


def test_weakened_policies_problems_and_drift_stand_below_the_table() -> None:
    drifted = workload("b", drift=(DRIFT,))
    found = diff(moved("a"), drifted, weakened=("guardrails",), problems=(problem(hint="mend it"),))
    below = diff_markdown(found).partition("\n\n<details>")[0].split("\n\n")[2:]
    weakened, problems, drift = below[0], *below[1].split("\n")
    assert weakened == (
        "**This change weakens or changes policies:** `guardrails`. The base's rules are still enforced on it."
    )
    assert problems == "- problem: `chat/workload.yaml:9` unknown key; mend it"
    assert drift == (
        "- drift (manifest) in `b/deploy/x.yaml`: the file is not what the lock says; fix: `neuralnav compile --frozen`"
    )
    assert diff_text(found).split("\n")[-3:] == [
        "weakened or changed policy: guardrails; the base's rules are still enforced",
        "drift (manifest) in b/deploy/x.yaml: the file is not what the lock says; fix: neuralnav compile --frozen",
        "chat/workload.yaml:9 unknown key; mend it",
    ]


def test_a_budget_that_the_change_exceeds_opens_every_form() -> None:
    found = diff(workload(), fleets=(fleet_change(),))
    opening = "Refused by {} (team=support, $6,570 -> $13,140/month, limit $10,000). "
    plans = "No plan changes: 1 workload is as it was."
    assert not is_quiet(found)
    assert diff_text(found) == (
        f"{opening.format('team-budget.budget')}{plans}\n"
        "refused by team-budget.budget (team=support): $6,570 -> $13,140/month, limit $10,000; by chat; ask the board\n"
        "  fix: keep to it, or change the policy in a pull request of its own"
    )
    assert diff_markdown(found).split("\n\n")[:2] == [
        f"**{opening.format('`team-budget.budget`')}{plans}**",
        (
            "- **Refused by `team-budget.budget` (team=support)**: $6,570 -> $13,140/month, limit $10,000; by `chat`; "
            "ask the board; fix: keep to it, or change the policy in a pull request of its own"
        ),
    ]


GPUS = {"what": "fleet.gpus", "unit": "GPUs", "message": "too many"}
NINE = FleetSide(verdict="deny", value=9.0, limit=8.0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (fleet_change(FleetSide(), NINE, whose="base", **GPUS),
         "refused by the base's team-budget.budget (team=support): 9 GPUs, limit 8; by chat; too many"),
        (fleet_change(NINE, NINE.model_copy(update={"value": 10.0}), **GPUS),
         "still refused by team-budget.budget (team=support): 9 -> 10 GPUs, limit 8; by chat; too many"),
        (fleet_change(NINE, FleetSide(verdict="pass", value=9.0, limit=12.0), **GPUS),
         "no longer refused by team-budget.budget (team=support): 9 GPUs, limit 8 -> 12; by chat"),
        (fleet_change(NINE, FleetSide(), by=(), **GPUS), "no longer refused by team-budget.budget (team=support)"),
        (fleet_change(FleetSide(), FleetSide(verdict="warn"), by=(), unit="", message="no team", whose="bundle"),
         "warned by the bundle's team-budget.budget (team=support): no team"),
        (fleet_change(FleetSide(verdict="warn"), FleetSide(verdict="warn", value=3.0), by=tuple("abcde"), unit="",
                      uncounted=("x/workload.yaml", "y/workload.yaml")),
         ("still warned by team-budget.budget (team=support): 3; by a, b, c and 2 more; 2 workloads not counted; "
          "ask the board")),
    ],
)  # fmt: skip
def test_what_a_budget_says_on_both_sides(change: FleetChange, line: str) -> None:
    assert line in diff_text(diff(workload(), fleets=(change,))).split("\n")


def test_a_budget_that_is_only_recorded_or_kept_to_is_no_matter_for_a_comment() -> None:
    kept = fleet_change(after=FleetSide(verdict="pass", value=7000.0, limit=10000.0))
    audited = fleet_change(after=FleetSide(verdict="audit", value=13140.0, limit=10000.0))
    assert is_quiet(diff(workload(), fleets=(kept, audited)))
    assert not is_quiet(diff(workload(), fleets=(kept, fleet_change(after=FleetSide(verdict="warn")))))


def test_policies_that_workloads_leave_are_told() -> None:
    found = diff(workload("chat", left=("guardrails (env prod -> dev)",)))
    line = "left policy: chat leaves guardrails (env prod -> dev); nothing holds it to that"
    assert not is_quiet(found)
    assert diff_text(found).split("\n")[1] == line
    assert diff_markdown(found).split("\n\n")[1] == (
        "**Workloads leave policies:** `chat` leaves `guardrails (env prod -> dev)`. Nothing holds them to those any "
        "more."
    )


LOUD = workload(status="changed", after=planned(choice(cost_usd_per_month=6600.0)), cost_delta_usd_per_month=30.0)
SLOWER = workload(status="changed", after=planned(choice(ttft=metric(97.0, 150.0))))


@pytest.mark.parametrize(
    ("item", "noise", "quiet"),
    [
        (LOUD, Noise(), False),
        (LOUD, Noise(cost_share=0.01), True),
        (LOUD, Noise(cost_usd=30.0), False),
        (LOUD, Noise(cost_usd=31.0), True),
        (SLOWER, Noise(), False),
        (SLOWER, Noise(latency_share=0.02), True),
        (SLOWER, Noise(latency_share=0.005), False),
        (moved(), Noise(cost_share=1.0, cost_usd=1e9, latency_share=9.0), False),
        (workload(status="changed", after=planned(choice(ttft=metric(96.2, 140.0)))), Noise(latency_share=9.0), False),
        (workload(drift=(DRIFT,)), Noise(cost_share=1.0), False),
    ],
)
def test_thresholds_hide_small_numbers_and_nothing_else(item: object, noise: Noise, quiet: bool) -> None:  # noqa: FBT001  # parametrized
    assert is_quiet(diff(item), noise) is quiet  # type: ignore[arg-type]  # parametrized


def test_many_changes_get_a_line_each_and_the_rest_is_counted() -> None:
    lines = diff_text(diff(*(moved(f"w{index:02}") for index in range(32)))).split("\n")
    assert lines[2] == (
        "w00            Qwen3-30B-A3B FP8, 1x NVIDIA H100, x2 -> same model, 2x NVIDIA L40S, x3   "
        "-$1,120/month (-17 %)   constraints.accelerators allows L40S (line 14)"
    )
    assert lines[-1] == "and 2 more changed workloads"
    assert len(lines) == 33


def test_files_that_drifted_alike_are_one_line() -> None:
    items = [workload(f"w{i}", drift=(DRIFT.model_copy(update={"file": f"w{i}/plan.lock"}),)) for i in range(5)]
    said = "the file is not what the lock says"
    assert diff_text(diff(*items)).split("\n")[-1] == (
        f"drift (manifest) in w0/plan.lock, w1/plan.lock, w2/plan.lock and 2 more: {said}; "
        "fix: neuralnav compile --frozen"
    )
    assert (
        f"\n- drift (manifest) in `w0/plan.lock`, `w1/plan.lock`, `w2/plan.lock` and 2 more: {said}; "
        "fix: `neuralnav compile --frozen`\n"
    ) in diff_markdown(diff(*items))


def test_remarks_stay_on_the_screen() -> None:
    lines = diff_text(diff(moved(notes=tuple(f"note {index}" for index in range(12))))).split("\n")
    assert lines[-2:] == ["support-chat: note 9", "and 2 more remarks"]


def test_colour_is_only_where_it_is_asked_for() -> None:
    found = diff(workload("b", drift=(DRIFT,)))
    assert "\x1b" not in diff_text(found)
    coloured = diff_text(found, colour=True).split("\n")
    assert coloured[0] == "\x1b[1mPlan changes for 1 of 1 workload: b has drifted (manifest).\x1b[0m"
    assert coloured[-1].startswith("\x1b[33;1mdrift\x1b[0m (manifest) in b/deploy/x.yaml")


def test_a_comment_drops_the_least_important_sections_first_and_says_so() -> None:
    long = ManifestChange(path="deploy/a.yaml", change="changed", diff="+x: 123456789\n" * 100)
    items = [moved(f"w{index}", manifests=(long,)) for index in range(60)]
    comment = diff_markdown(diff(*items))
    assert len(comment.encode()) <= LIMIT
    assert (
        "Cut to fit a comment: Manifests. The report that the job keeps has them, and the command below with "
        "`--format json`."
    ) in comment
    assert "<summary>Edits and causes</summary>" in comment
    small = diff_markdown(diff(*items), limit=20_000)
    assert (
        "Cut to fit a comment: Latency and SLO slack, Edits and causes, Manifests. The report that the job keeps has"
        in small
    )
    assert small.count("\n| `w") == 60
    smaller = diff_markdown(diff(*(moved(f"w{index}") for index in range(200))), limit=20_000)
    assert "more changed workloads not shown." in smaller
    assert 15_000 < len(smaller.encode()) <= 20_000


def test_a_fence_is_longer_than_what_it_holds() -> None:
    change = ManifestChange(path="a.yaml", change="changed", diff="+a: `````\n+<!-- x -->\n" + "+b\n" * 130)
    lines = diff_markdown(diff(moved(manifests=(change,)))).split("\n")
    start = lines.index("``````diff")
    assert lines[start + 1 : start + 3] == ["+a: `````", r"+\x3c!-- x -->"]
    assert lines[start + 121 : start + 123] == ["... 13 more lines", "``````"]


@pytest.mark.parametrize(
    ("base", "head", "command"),
    [
        ("origin/main", "working tree", "`neuralnav diff origin/main`"),
        ("v1", "v2", "`neuralnav diff v1 v2`"),
        ("a;rm -rf $HOME", "working tree", "`neuralnav diff 'a;rm -rf $HOME'`"),
        ("x`id`", "y", r"`neuralnav diff 'x\x60id\x60' y`"),
    ],
)
def test_the_command_to_reproduce_is_safe_to_paste(base: str, head: str, command: str) -> None:
    comment = diff_markdown(diff(moved(), base=base, head=head))
    assert comment.endswith(f"\n\nReproduce: {command}\n\n{MARKER}")


def test_a_choice_over_nodes_says_so() -> None:
    wide = planned(on_l40s(gpus_per_replica=16, nodes_per_replica=2))
    assert "2 nodes of 8x NVIDIA L40S, x3" in diff_text(diff(moved(after=wide)))
