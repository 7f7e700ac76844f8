"""The thresholds of `diff`: what is too small to tell, in the forms for people; JSON holds all, and the code agrees."""

from pathlib import Path

import pytest
from conftest import Installed
from planned_repository import Repository, plan_repository

from neuralnav.model.diff import PlanDiff

COST = ("--min-cost-percent", "5")
NOTHING = "No plan changes of note: 1 workload differs only in ranking or below the thresholds.\n"


@pytest.fixture(scope="module")
def dearer(tmp_path_factory: pytest.TempPathFactory, small_neuralnav: Installed) -> Repository:
    """A repository whose second commit raises the price of the choice by 2 %, compiled: $6,570 to $6,701 a month."""
    one = plan_repository(tmp_path_factory.mktemp("dearer") / "repository", small_neuralnav)
    one.edit("data/prices.yaml", "usdPerHour: 4.5", "usdPerHour: 4.59")
    one.done("neuralnav compile && git commit -qam dearer")
    return one


def diff(one: Repository, *arguments: str, code: int = 0) -> str:
    done = one.neuralnav.run("diff", "HEAD~1", "HEAD", *arguments, folder=one.folder)
    assert (done.returncode, done.stderr) == (code, "")
    return done.stdout


@pytest.mark.parametrize(
    ("thresholds", "quiet"),
    [
        ((), False),
        (COST, True),
        (("--min-cost-percent", "1"), False),
        (("--min-cost-usd", "200"), True),
        (("--min-cost-usd", "100"), False),
        (("--min-cost-usd", "100", "--min-cost-percent", "5"), True),
        (("--min-latency-percent", "5"), False),
    ],
)
def test_a_change_below_the_thresholds_is_not_told(
    dearer: Repository,
    thresholds: tuple[str, ...],
    quiet: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    text = diff(dearer, *thresholds)
    assert (text == NOTHING) == quiet
    assert ("$6,570 -> $6,701" in text) != quiet
    diff(dearer, "--exit-code", *thresholds, code=0 if quiet else 3)


def test_the_comment_keeps_to_them_and_json_holds_all(dearer: Repository) -> None:
    assert "$6,701" in diff(dearer, "--format", "markdown")
    assert "$6,701" not in diff(dearer, "--format", "markdown", *COST)
    whole, cut = (PlanDiff.model_validate_json(diff(dearer, "--format", "json", *more)) for more in ((), COST))
    assert cut == whole
    assert [item.cost_delta_usd_per_month for item in cut.workloads] == [131.4]
    for form in ("github", "sarif"):
        assert diff(dearer, "--format", form, *COST) == diff(dearer, "--format", form)


def test_another_decision_is_told_whatever_the_thresholds(dearer: Repository, tmp_path: Path) -> None:
    dearer.done(f"git clone -q . {tmp_path}/clone")
    one = Repository(tmp_path / "clone", dearer.neuralnav)
    one.edit("services/chat/workload.yaml", "20000", "40000")
    one.done("neuralnav compile && git commit -qam more")
    text = diff(one, "--min-cost-percent", "1000", "--min-cost-usd", "1000000", "--min-latency-percent", "1000")
    assert text.startswith("Plan changes for 1 of 1 workload: support-chat ")
    assert "x2 -> " in text


@pytest.mark.parametrize("verb", [("diff",), ("ci", "comment"), ("ci", "results")])
def test_the_thresholds_are_the_same_options_everywhere(
    small_neuralnav: Installed, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    text = " ".join(small_neuralnav.done(*verb, "--help", folder=tmp_path).split())
    assert "--min-cost-usd NUMBER A cost that changes by less a month is not told of." in text
    assert "--min-cost-percent NUMBER A cost that changes by less is not told of." in text
    assert "--min-latency-percent NUMBER A p95 that changes by less is not told of." in text
