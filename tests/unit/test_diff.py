"""What a diff says of two planned sides."""

from dataclasses import replace
from pathlib import Path

from builders import (
    ALPHA,
    ALPHA_FP8,
    ALPHA_L4,
    BETA,
    accelerator,
    catalog,
    evidence,
    previous_of,
    price,
    project,
    workload,
    world,
)
from diff_builders import absent, side
from governed import policy, under

from neuralnav.candidates import lay_out
from neuralnav.diff import PlannedSide, diff
from neuralnav.diff.edits import document_edits
from neuralnav.diff.texts import manifest_changes
from neuralnav.model.diff import (
    Crossing,
    ManifestChange,
    NumberChange,
    RankMove,
    RuleChange,
    SlackChange,
    WordChange,
)
from neuralnav.model.document import Source, load
from neuralnav.model.report import ReportedDrift, ReportedProblem, ReportedWhere
from neuralnav.model.workload import Workload
from neuralnav.pipeline import World

BASE = side()


def priced(usd_per_hour: float) -> World:
    """The small world with another price of its H100."""
    whole = catalog()
    new = accelerator("h100", memory_gib=79.6, prices=[price(usd_per_hour)]).prices
    machines = {**whole.accelerators, "h100": whole.accelerators["h100"].model_copy(update={"prices": new})}
    return world(catalog=replace(whole, accelerators=machines))


def test_the_same_sides_are_unchanged_and_say_nothing() -> None:
    found = diff(BASE, side())
    assert (found.status, found.decision, found.cost_delta_usd_per_month) == ("unchanged", False, 0.0)
    assert (found.views, found.gained, found.lost, found.rules) == ((), (), (), ())
    assert (found.evidence, found.words, found.manifests, found.edits) == ((), (), (), ())


def test_the_same_sides_give_the_same_bytes() -> None:
    other = side(workload(slo={"ttft": "60ms"}))
    assert diff(BASE, other).model_dump_json() == diff(side(), side(workload(slo={"ttft": "60ms"}))).model_dump_json()


def test_a_tighter_slo_needs_more_replicas_and_loses_candidates_by_their_reason() -> None:
    found = diff(BASE, side(workload(slo={"ttft": "60ms"})))
    assert (found.status, found.decision) == ("changed", True)
    assert found.before.choice is not None
    assert found.after.choice is not None
    assert (found.before.choice.replicas.planned, found.after.choice.replicas.planned) == (2, 7)
    assert found.cost_delta_usd_per_month == 16425.0
    assert found.lost == (Crossing(reason="slo.ttft", count=2, first=(ALPHA_L4, BETA)),)
    assert found.gained == ()
    assert found.slack[0] == SlackChange(metric="ttft", before=0.2593, after=0.0917)
    assert [edit.field for edit in found.edits] == ["spec.slo.ttft"]
    assert NumberChange(what="replicas", before=2.0, after=7.0, unit="") in found.evidence
    assert NumberChange(what="cost", before=6570.0, after=22995.0, unit="USD/month") in found.evidence
    assert [(Path(change.path).name, change.change) for change in found.manifests] == [
        ("dashboard.yaml", "changed"), ("inferenceservice.yaml", "changed"), ("prometheusrule.yaml", "changed"),
    ]  # fmt: skip


def test_the_other_way_round_what_was_lost_is_gained_and_its_places_are_new() -> None:
    found = diff(side(workload(slo={"ttft": "60ms"})), BASE)
    assert found.gained == (Crossing(reason="slo.ttft", count=2, first=(ALPHA_L4, BETA)),)
    assert found.lost == ()
    cost = next(view for view in found.views if view.view == "cost")
    assert cost.moves == (
        RankMove(candidate=ALPHA_L4, before=0, after=2),
        RankMove(candidate=ALPHA, before=2, after=3),
    )


def test_a_place_beyond_the_best_of_both_sides_is_not_told() -> None:
    last = diff(BASE, side(where=priced(0.05)))
    moved = {move.candidate for view in last.views for move in view.moves}
    assert moved <= {ALPHA, ALPHA_FP8, ALPHA_L4, BETA}
    assert all(min(m.before or 99, m.after or 99) <= 3 for view in last.views for m in view.moves)


def test_a_candidate_that_the_catalog_drops_is_lost_as_absent() -> None:
    whole = catalog()
    gone = replace(whole, models={"alpha-8b": whole.models["alpha-8b"]})
    found = diff(BASE, side(where=replace(world(catalog=gone), layout=lay_out(gone))))
    assert found.lost == (Crossing(reason="absent", count=1, first=(BETA,)),)


def test_a_price_alone_changes_numbers_but_no_decision() -> None:
    found = diff(BASE, side(where=priced(4.0)))
    assert (found.status, found.decision, found.cost_delta_usd_per_month) == ("changed", False, -730.0)
    assert found.evidence[:2] == (
        NumberChange(what="cost", before=6570.0, after=5840.0, unit="USD/month"),
        NumberChange(what="price", before=4.5, after=4.0, unit="USD/h"),
    )
    assert found.words == ()


def test_what_the_base_has_no_evidence_of_is_unknown_there_and_not_zero() -> None:
    bare = side(where=world(*[item for item in evidence() if item[0]["precision"] != "fp8"]))
    found = diff(bare, BASE)
    assert found.decision
    numbers = {change.what: (change.before, change.after) for change in found.evidence}
    assert numbers["cost"] == (None, 6570.0)
    assert numbers["replicas"] == (None, 2.0)
    assert numbers["ttft.p95"] == (None, 111.1)
    assert numbers["score"] == (None, 52.5)
    assert "price" not in numbers
    assert found.words == (
        WordChange(what="source", before="", after="simulated"),
        WordChange(what="evidence", before="", after="0123456789abcdef"),
        WordChange(what="engine", before="", after="0.19.0"),
        WordChange(what="binding", before="", after="ttft"),
    )
    assert found.gained[0] == Crossing(reason="evidence", count=3, first=(ALPHA_FP8, ALPHA_L4, BETA))


def test_evidence_that_is_measured_now_is_told_by_its_source() -> None:
    alpha, fp8, *others = evidence()
    measured = [{**row, "source": "measured", "evidence_id": "fedcba9876543210"} for row in fp8]
    found = diff(BASE, side(where=world(alpha, measured, *others)))
    assert found.words == (
        WordChange(what="source", before="simulated", after="measured"),
        WordChange(what="evidence", before="0123456789abcdef", after="fedcba9876543210"),
    )
    assert not found.decision


def test_a_rule_that_is_new_is_told_with_what_it_refuses_and_says_of_the_choices() -> None:
    guard = policy({"id": "no-fp8", "deny": "candidate.precision == 'fp8'"})
    found = diff(BASE, side(where=under(guard)))
    assert found.rules == (
        RuleChange(rule="guardrails.no-fp8", before=0, after=3, choice_before="", choice_after="pass"),
    )
    assert found.lost == (Crossing(reason="policy.guardrails.no-fp8", count=3, first=(ALPHA_FP8, ALPHA_L4, BETA)),)
    assert found.decision


def test_a_rule_that_warns_of_the_new_choice_only_is_told() -> None:
    guard = policy({"id": "many", "warn": "candidate.gpus > 4"})
    found = diff(side(where=under(guard)), side(workload(slo={"ttft": "60ms"}), under(guard)))
    assert found.rules == (
        RuleChange(rule="guardrails.many", before=0, after=0, choice_before="pass", choice_after="warn"),
    )


def test_a_side_without_a_choice_has_no_verdicts_on_one() -> None:
    rules = {"id": "large", "warn": "candidate.gpus > 0"}, {"id": "small", "warn": "candidate.gpus > 90"}
    planned, none = (
        side(workload(constraints={"budget": budget}), under(policy(*rules)))
        for budget in ("900k USD/month", "1 USD/month")
    )
    assert planned.choice is not None
    assert (planned.state, none.state) == ("planned", "infeasible")
    assert diff(planned, none).rules == ()
    assert diff(none, planned).rules == (
        RuleChange(rule="guardrails.large", before=0, after=0, choice_before="", choice_after="warn"),
    )


def test_nothing_feasible_is_a_decision_whose_cost_is_unknown() -> None:
    none = side(workload(constraints={"budget": "1 USD/month"}))
    found = diff(BASE, none)
    assert (found.after.state, found.after.feasible, found.decision) == ("infeasible", 0, True)
    assert found.cost_delta_usd_per_month is None
    assert found.slack[0] == SlackChange(metric="ttft", before=0.2593, after=None)
    assert found.lost == (Crossing(reason="constraint.budget", count=4, first=(ALPHA_FP8, ALPHA, ALPHA_L4)),)


def test_refused_by_policy_is_a_state_of_its_own() -> None:
    found = diff(BASE, side(where=under(policy({"id": "none", "deny": "true"}))))
    assert (found.after.state, found.decision) == ("refused", True)


def test_a_broken_head_decides_nothing_and_the_base_is_still_shown() -> None:
    where = ReportedWhere(file="workload.yaml", line=3, column=1)
    mistake = ReportedProblem(where=where, message='unknown key "sol"', hint="did you mean slo?")
    found = diff(BASE, replace(absent(), state="broken", problems=(mistake,)))
    assert (found.status, found.decision, found.cost_delta_usd_per_month) == ("changed", False, None)
    assert found.before.choice is not None
    assert found.after.problems == (mistake,)
    assert (found.views, found.gained, found.lost) == ((), (), ())


def test_an_added_workload_costs_what_it_costs_and_a_removed_one_gives_it_back() -> None:
    added, removed = diff(absent(), BASE), diff(BASE, absent())
    assert (added.status, added.decision, added.cost_delta_usd_per_month) == ("added", True, 6570.0)
    assert (removed.status, removed.decision, removed.cost_delta_usd_per_month) == ("removed", True, -6570.0)
    assert [item.change for item in added.manifests] == ["added"] * len(BASE.manifests)
    assert {item.change for item in removed.manifests} == {"removed"}
    assert removed.workload == "chat"


def test_a_workload_is_renamed_by_its_path_or_by_its_name() -> None:
    moved = diff(BASE, side(path="b/workload.yaml"))
    named = diff(BASE, side(workload(name="talk")))
    assert (moved.status, moved.renamed_from, moved.path) == ("renamed", "workload.yaml", "b/workload.yaml")
    assert (named.status, named.renamed_from, named.workload) == ("renamed", "chat", "talk")


def test_an_edit_that_means_the_same_is_shown_and_changes_nothing() -> None:
    found = diff(side(workload(slo={"e2e": "7s"})), side(workload(slo={"e2e": "7000ms"})))
    assert found.status == "unchanged"
    assert [(edit.before, edit.after) for edit in found.edits] == [("7s", "7000ms")]


def test_drift_that_the_head_brought_changes_a_workload() -> None:
    drift = ReportedDrift(drift="manifest", file="deploy/a.yaml", message="m", fix="f")
    found = diff(BASE, side(), drift=[drift], notes=["a note"])
    assert (found.status, found.drift, found.notes) == ("changed", (drift,), ("a note",))


def test_a_choice_that_is_kept_on_both_sides_is_no_decision_and_one_that_intent_ends_is() -> None:
    margins = project(margins={"sticky": 3})
    fresh = side(where=world(settings=margins))
    assert fresh.lock is not None
    previous = previous_of(fresh.lock, candidate=ALPHA)
    dearer = replace(priced(4.6), project=margins)
    kept, still = (side(where=place, previous=previous) for place in (world(settings=margins), dearer))
    ended = side(workload(slo={"e2e": "7s"}), world(settings=margins), previous)
    assert [item.choice and item.choice.candidate for item in (kept, still, ended)] == [ALPHA, ALPHA, ALPHA_FP8]
    assert not diff(kept, still).decision
    assert diff(kept, still).notes == ()
    found = diff(kept, ended)
    assert found.decision
    assert found.notes == (f"the last lock had kept {ALPHA} though it was not the best; now it is chosen anew",)


def test_a_lock_of_the_head_that_chooses_another_is_told() -> None:
    assert BASE.lock is not None
    choice = BASE.lock.choice.model_copy(update={"candidate": ALPHA})
    by_hand = BASE.lock.model_copy(update={"choice": choice})
    before = replace(BASE, committed=BASE.lock)
    found = diff(before, replace(BASE, committed=by_hand))
    assert (found.status, found.chosen_otherwise) == ("changed", ALPHA_FP8)
    assert (found.before.committed, found.after.committed) == (ALPHA_FP8, ALPHA)
    stale = replace(BASE, committed=by_hand)
    assert diff(stale, stale).chosen_otherwise == ""


HEAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: chat
  labels: {app.kubernetes.io/part-of: shop}
spec:
  useCase: chatbot_conversational
  traffic:
    users: 10k        # more than before
  slo: {ttft: 100ms}
  constraints:
    precisions: [bf16,
      fp8]
  deploy:
    prefixCaching: True
"""


def test_edits_name_each_field_as_it_was_written_at_its_line() -> None:
    text = (
        HEAD.replace("10k ", "5000 ")
        .replace("shop", "desk")
        .replace("  constraints:\n    precisions: [bf16,\n      fp8]\n", "")
    )
    base = load(Workload, Source("a.yaml", text.replace("slo: {ttft: 100ms}", "slo: {ttft: 150ms, itl: 25ms}")))
    found = document_edits(base, load(Workload, Source("b.yaml", HEAD)))
    assert [
        (e.shown.field, e.shown.before, e.shown.after, e.shown.where.line, e.shown.where.column) for e in found
    ] == [
        ("metadata.labels.app.kubernetes.io/part-of", "desk", "shop", 5, 12),
        ("spec.constraints.precisions", "", "[bf16, fp8]", 12, 5),
        ("spec.slo.itl", "25ms", "", 10, 3),
        ("spec.slo.ttft", "150ms", "100ms", 10, 9),
        ("spec.traffic.users", "5000", "10k", 9, 5),
    ]
    assert found[0].path == ("metadata", "labels", "app.kubernetes.io/part-of")
    assert {e.shown.where.file for e in found} == {"b.yaml"}


def test_manifests_are_compared_line_by_line_without_a_date() -> None:
    before, after = {"a.yaml": "x: 1\ny: 2\n", "gone.yaml": "a\n"}, {"a.yaml": "x: 1\ny: 3\n", "new.yaml": "b\n"}
    assert manifest_changes(before, after) == (
        ManifestChange(
            path="a.yaml", change="changed", diff="--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n x: 1\n-y: 2\n+y: 3"
        ),
        ManifestChange(path="gone.yaml", change="removed", diff="--- a/gone.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-a"),
        ManifestChange(path="new.yaml", change="added", diff="--- /dev/null\n+++ b/new.yaml\n@@ -0,0 +1 @@\n+b"),
    )
    assert {item.diff for item in manifest_changes(before, after, texts=False)} == {""}


def unread() -> PlannedSide:
    """The workload's side where its file cannot be read: its path stands for its name."""
    told = ReportedProblem(where=ReportedWhere(file=BASE.path, line=3, column=1), message="not valid YAML", hint="")
    return PlannedSide(BASE.path, BASE.path, "broken", problems=(told,))


def test_a_file_that_cannot_be_read_is_no_other_name() -> None:
    for found in (diff(BASE, unread()), diff(unread(), BASE)):
        assert (found.workload, found.status, found.renamed_from) == ("chat", "changed", "")


def test_a_side_without_a_plan_takes_no_manifest_away() -> None:
    assert diff(BASE, unread()).manifests == ()
    assert diff(unread(), BASE).manifests == ()
    assert diff(BASE, side(workload(slo={"ttft": "1ms"}))).manifests == ()
    assert {change.change for change in diff(BASE, absent()).manifests} == {"removed"}
