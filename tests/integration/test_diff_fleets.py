"""Budgets over a repository in a diff: who counts with what on each side, and whose rule judges."""

import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from diff_trees import edited, flow, policy, project, repository, told, workload, write

from neuralnav.cli.check_policies import judge_repository
from neuralnav.files.members import member_in
from neuralnav.model.diff import FleetChange, FleetSide, PlanDiff

MOST = "  groupBy: team\n  params: {most: {type: int, default: 8}}\n"
BUDGET = policy("budget", "fleet.gpus <= params.most", MOST, kind="FleetPolicy")
BOUND = "{path: policies/budget.yaml}"
FILES = {
    "a/workload.yaml": workload("a", env="prod", team="x"),
    "b/workload.yaml": workload("b", env="prod", team="x"),
    "c/workload.yaml": workload("c", env="dev", team="y"),
    "policies/budget.yaml": BUDGET,
    "neuralnav.yaml": project(BOUND),
}
BARE = project().replace("policies:", "policies: []")
MORE = workload("a", 120000, env="prod", team="x")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("fleet") / "base", FILES)


def short(found: PlanDiff) -> list[tuple[str, str, str, str]]:
    return [(item.whose, item.group, item.before.verdict, item.after.verdict) for item in found.fleets]


def gpus(found: PlanDiff, name: str) -> tuple[int, int]:
    (item,) = (item for item in found.workloads if item.workload == name)
    assert item.before.choice is not None
    assert item.after.choice is not None
    return item.before.choice.gpus, item.after.choice.gpus


def test_a_change_that_takes_a_team_over_its_budget_is_refused(base: Path, tmp_path: Path) -> None:
    found = told(base, edited(base, tmp_path, {"a/workload.yaml": MORE}))
    was, now = gpus(found, "a")
    (change,) = found.fleets
    assert change == FleetChange(
        policy="budget", rule="r", group="team=x", whose="head", message="", by=("a",), what="fleet.gpus", unit="GPUs",
        before=FleetSide(verdict="pass", value=2.0 * was, limit=8.0),
        after=FleetSide(verdict="deny", value=float(was + now), limit=8.0), where=change.where,
    )  # fmt: skip
    assert (change.where.file, change.where.line) == ("policies/budget.yaml", 8)
    assert (change.refused, found.exit_code, found.weakened) == (True, 4, ())


def test_what_stood_on_the_base_is_told_and_fails_nothing(tmp_path: Path) -> None:
    over = repository(tmp_path / "over", {**FILES, "policies/budget.yaml": BUDGET.replace("8", "1")})
    assert told(over, edited(over, tmp_path / "same", {})).fleets == ()
    found = told(over, edited(over, tmp_path, {"a/workload.yaml": MORE}))
    assert (short(found), found.exit_code) == ([("head", "team=x", "deny", "deny")], 0)


def test_what_the_diff_says_of_the_head_is_what_check_says_once_it_is_compiled(base: Path, tmp_path: Path) -> None:
    edits = {"a/workload.yaml": MORE, "c/workload.yaml": workload("c", 180000, env="dev")}
    found = told(base, edited(base, tmp_path / "1", edits))
    compiled = edited(base, tmp_path / "2", {})
    repository(compiled, edits)
    judged = judge_repository(compiled, (), date(2026, 12, 1)).findings
    assert [(item.rule, item.group) for item in found.fleets if item.objects] == [
        ("r", "team=x"), ("r", "without the label team"),
    ]  # fmt: skip
    assert sorted((item.rule, item.subject) for item in judged) == [("r", "team=x"), ("r", "without the label team")]
    assert {f"{item.what} <= params.most: {item.after.value:.0f} and 8" for item in found.fleets if item.objects} == {
        item.why[0].partition(" (")[0] for item in judged
    }
    assert found.workloads[2].left == ("budget of team=y (team y -> none)",)


def test_a_workload_counts_with_its_lock_where_only_others_are_compared(base: Path, tmp_path: Path) -> None:
    head = edited(base, tmp_path, {"a/workload.yaml": MORE})
    whole, part = told(base, head), told(base, head, "a")
    assert [item.workload for item in part.workloads] == ["a"]
    assert part.fleets == whole.fleets
    assert told(base, head, "c").fleets == ()


def test_a_lock_that_chooses_otherwise_counts_as_it_stands(base: Path, tmp_path: Path) -> None:
    lock = (base / "a" / "plan.lock").read_text()
    (chosen,) = re.findall(r"^  candidate: (.+)$", lock.partition("ranking:")[0], re.MULTILINE)
    ids = re.findall(r"^  - id: (.+)$", lock, re.MULTILINE)
    texts = {item: lock.replace(f"  candidate: {chosen}\n", f"  candidate: {item}\n") for item in ids}
    counts = {item: member.gpus for item, text in texts.items() if (member := member_in(text)) is not None}
    other = max(ids, key=lambda item: counts[item])
    assert counts[other] > counts[chosen]
    found = told(base, edited(base, tmp_path, {"a/plan.lock": texts[other]}))
    assert found.workloads[0].chosen_otherwise == chosen
    (change,) = found.fleets
    assert change.before.value is not None
    assert change.after.value == change.before.value + counts[other] - counts[chosen]


def test_a_workload_without_a_lock_is_not_counted_and_said_so(base: Path, tmp_path: Path) -> None:
    head = edited(base, tmp_path, {"a/workload.yaml": MORE, "b/plan.lock": None})
    (change,) = told(base, head, "a").fleets
    assert change.uncounted == ("b/workload.yaml",)
    assert change.by == ("a", "b")
    assert told(base, head).fleets[0].uncounted == ()


def test_a_new_and_a_removed_workload_count(base: Path, tmp_path: Path) -> None:
    head = edited(base, tmp_path, {"d/workload.yaml": workload("d", 120000, env="prod", team="x")})
    found = told(base, head)
    assert (short(found), found.fleets[0].by, found.exit_code) == ([("head", "team=x", "pass", "deny")], ("d",), 4)
    back = told(head, base)
    assert (short(back), back.exit_code) == ([("head", "team=x", "deny", "pass")], 0)


HEADS: Mapping[str, tuple[Mapping[str, str | None], str]] = {
    "the limit raised in the policy": ({"policies/budget.yaml": BUDGET.replace("8", "99")}, "budget (most 8 -> 99)"),
    "the limit raised where it is bound": (
        {"neuralnav.yaml": project(f"{BOUND[:-1]}, params: {flow({'most': 99})}}}")}, "budget (most 8 -> 99)"),
    "only warned of": ({"neuralnav.yaml": project(f"{BOUND[:-1]}, enforcement: warn}}")},
                       "budget (enforced as warn, not deny)"),
    "no longer in prod": ({"neuralnav.yaml": project(f"{BOUND[:-1]}, environments: [dev]}}")},
                          "budget (no longer binds every environment)"),
    "taken away": ({"neuralnav.yaml": None}, "budget (taken away)"),
    "another match": ({"policies/budget.yaml": BUDGET.replace("  groupBy", "  match: {workloads: [b]}\n  groupBy")},
                      "budget (changed)"),
    "a project file below": ({"a/neuralnav.yaml": BARE}, "budget (taken away)"),
    "grouped otherwise": ({"policies/budget.yaml": BUDGET.replace("groupBy: team", "groupBy: tier")},
                          "budget (changed)"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HEADS))
def test_the_base_s_budget_holds_against_a_head_that_eases_it(base: Path, tmp_path: Path, name: str) -> None:
    edits, weakened = HEADS[name]
    found = told(base, edited(base, tmp_path, {"a/workload.yaml": MORE, **edits}))
    assert ("base", "team=x", "pass", "deny") in short(found)
    assert (found.exit_code, found.weakened) == (4, (weakened,))


def test_a_budget_that_is_eased_and_not_exceeded_is_only_told(base: Path, tmp_path: Path) -> None:
    found = told(base, edited(base, tmp_path, HEADS["taken away"][0]))
    assert (found.exit_code, found.weakened) == (0, ("budget (taken away)",))
    assert {item.whose for item in found.fleets} == {"head"}
    assert not any(item.objects for item in found.fleets)


def test_a_new_budget_that_is_exceeded_from_the_start_refuses(tmp_path: Path) -> None:
    bare = repository(tmp_path / "bare", {**FILES, "neuralnav.yaml": BARE})
    head = edited(bare, tmp_path, {"policies/budget.yaml": BUDGET.replace("8", "1"), "neuralnav.yaml": project(BOUND)})
    found = told(bare, head)
    assert [item.status for item in found.workloads] == ["unchanged"] * 3
    assert short(found)[0] == ("head", "team=x", "none", "deny")
    assert found.exit_code == 4


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {**FILES, "policies/budget.yaml": BUDGET.replace("8", "1")}
    return repository(tmp_path_factory.mktemp("over") / "base", files)


def test_a_repository_that_moves_whole_brings_no_refusal(over: Path, tmp_path: Path) -> None:
    head = tmp_path / "head"
    shutil.copytree(over, head / "below")
    found = told(over, head)
    assert {item.status for item in found.workloads} == {"renamed"}
    assert (found.fleets, found.weakened, found.exit_code) == ((), (), 0)
    write(head, {"below/a/workload.yaml": MORE})
    found = told(over, head)
    assert (short(found), found.exit_code) == ([("head", "team=x", "deny", "deny")], 0)
    assert found.fleets[0].by == ("a",)


def test_a_budget_with_other_terms_in_each_environment_is_judged_in_each(tmp_path: Path) -> None:
    def terms(prod: int, dev: int, environments: str = "dev") -> str:
        return project(
            f"{BOUND[:-1]}, environments: [prod], params: {flow({'most': prod})}}}",
            f"{BOUND[:-1]}, environments: [{environments}], params: {flow({'most': dev})}}}",
        )

    wide = {"policies/budget.yaml": BUDGET.replace("  groupBy: team\n", ""), "neuralnav.yaml": terms(8, 1)}
    base = repository(tmp_path / "base", {**FILES, **wide})
    found = told(base, edited(base, tmp_path, {"a/workload.yaml": MORE}))
    assert [(item.environments, item.before.verdict, item.after.verdict) for item in found.fleets] == [
        (("prod",), "pass", "deny")
    ]
    assert found.exit_code == 4
    eased = {"a/workload.yaml": MORE, "neuralnav.yaml": terms(99, 1)}
    found = told(base, edited(base, tmp_path / "2", eased))
    assert [(item.environments, item.whose, item.after.verdict) for item in found.fleets] == [
        (("prod",), "base", "deny")
    ]
    renamed = {"neuralnav.yaml": terms(8, 1, "trial"), "c/workload.yaml": workload("c", env="trial", team="y")}
    found = told(base, edited(base, tmp_path / "3", renamed))
    assert found.exit_code == 0


def test_a_budget_is_not_shared_out_over_project_files(base: Path, tmp_path: Path) -> None:
    both = {f"{name}/{path}": text for name in "ab" for path, text in {
        "neuralnav.yaml": project("{path: budget.yaml}"), "budget.yaml": BUDGET}.items()}  # fmt: skip
    users = {f"{name}/workload.yaml": workload(name, 60000, env="prod", team="x") for name in "ab"}
    found = told(base, edited(base, tmp_path, {**both, **users}))
    assert ("base", "team=x", "pass", "deny") in short(found)
    assert [item.refused for item in found.fleets if item.whose == "head"] == [False] * (len(found.fleets) - 1)
    assert (found.exit_code, found.weakened) == (4, ())


def test_budgets_of_a_bundle_hold_too(base: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "wide.yaml").write_text(policy("wide", "fleet.gpus <= 14", kind="FleetPolicy"))
    head = edited(base, tmp_path, {"c/workload.yaml": workload("c", 120000, env="dev", team="y")})
    found = told(base, head, bundle=bundle)
    assert ("bundle", "all workloads", "pass", "deny") in short(found)
    assert found.exit_code == 4


def test_a_team_without_a_budget_leaves_the_diff_as_it_was(base: Path, tmp_path: Path) -> None:
    bare: dict[str, str | None] = {"neuralnav.yaml": BARE}
    left, right = edited(base, tmp_path / "1", bare), edited(base, tmp_path / "2", {**bare, "a/workload.yaml": MORE})
    found = told(left, right)
    assert (found.fleets, found.exit_code) == ((), 0)
