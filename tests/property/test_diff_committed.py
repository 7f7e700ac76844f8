"""What a diff says of two folders, whatever their locks are: compiled, missing, left behind by an edit, or by hand."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.diff_run import run_diff
from neuralnav.cli.work import Options
from neuralnav.files.locks import read_lock
from neuralnav.files.writes import write_together
from neuralnav.model.diff import PlanDiff, WorkloadDiff
from neuralnav.model.document import Source
from neuralnav.model.lock import Lock

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: {name}}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: {users}}}
  constraints:
    models: {{allow: [qwen3-8b, llama-3.1-8b]}}
    accelerators: {{allow: [H100, A100-80GB, L40S]}}
"""
PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec:
  catalogs: [prices.yaml]
"""
PRICES = """\
apiVersion: neuralnav.dev/v1alpha1
kind: PriceCatalog
metadata: {{name: ours}}
spec:
  sources: {{contract: {{title: Ours}}}}
  prices:
    - {{accelerator: h100, provider: list, kind: on-demand, usdPerHour: {usd_per_hour}, recorded: '2026-11-01',
       validUntil: '2027-11-01', source: contract, verified: true}}
"""
H100, A100 = "qwen3-8b/fp8/h100/tp1", "qwen3-8b/int4/a100-80/tp1"
CHEAP, DEAR = 4.5, 20.0
"""Prices of an H100 at which that, and at which an A100 is chosen."""


@dataclass(frozen=True)
class Inputs:
    """What a workload is planned from."""

    users: int = 20_000
    usd_per_hour: float = CHEAP
    name: str = "chat"


@dataclass(frozen=True)
class Repository:
    """A folder with one workload. Each step gives another folder: what is read of one is remembered by its path."""

    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "chat" / "plan.lock"

    def copied(self) -> "Repository":
        return Repository(Path(shutil.copytree(self.root, _next(self.root))))

    def given(self, inputs: Inputs) -> "Repository":
        made = self.copied()
        made.write(inputs)
        return made

    def write(self, inputs: Inputs) -> None:
        folder = self.root / "chat"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "workload.yaml").write_text(WORKLOAD.format(name=inputs.name, users=inputs.users))
        (self.root / "neuralnav.yaml").write_text(PROJECT)
        (self.root / "prices.yaml").write_text(PRICES.format(usd_per_hour=inputs.usd_per_hour))

    def compiled(self) -> "Repository":
        made = self.copied()
        items, problems = compile_all((str(made.root),), Options())
        assert problems == []
        for item in items:
            write_together(item.place.folder, dict(item.files), item.remove)
        return made

    def locked(self, act: Callable[[str], str]) -> "Repository":
        made = self.copied()
        made.lock.write_text(act(made.lock.read_text()))
        return made

    def without_lock(self) -> "Repository":
        made = self.copied()
        made.lock.unlink(missing_ok=True)
        return made

    def read(self) -> Lock:
        return read_lock(Source("plan.lock", self.lock.read_text()))


_numbers = count()


def _next(root: Path) -> Path:
    return root.with_name(f"{root.name.partition('-')[0]}-{next(_numbers)}")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose files are in order."""
    made = Repository(tmp_path_factory.mktemp("committed").resolve() / "start")
    made.write(Inputs())
    found = made.compiled()
    assert found.read().choice.candidate == H100
    return found


@pytest.fixture(scope="module")
def stale(start: Repository) -> Repository:
    """One whose lock was written at other prices, and chose otherwise."""
    found = start.without_lock().given(Inputs(usd_per_hour=DEAR)).compiled().given(Inputs())
    assert found.read().choice.candidate == A100
    return found


def compared(base: Repository, head: Repository) -> PlanDiff:
    return run_diff(str(base.root), str(head.root), (), manifest_texts=False)


def diffed(base: Repository, head: Repository) -> WorkloadDiff:
    (found,) = compared(base, head).workloads
    return found


def decided(found: WorkloadDiff) -> tuple[str, str]:
    """The candidates of both sides."""
    before, after = (side.choice.candidate if side.choice else "" for side in (found.before, found.after))
    return before, after


def causes(found: WorkloadDiff) -> list[str]:
    return [f"{cause.kind}: {cause.said}" for cause in found.causes]


NOT_UP_TO_DATE = "drift: the base's plan.lock was not up to date (drift: data)"


def test_a_lock_that_a_head_compiles_anew_was_not_up_to_date(stale: Repository) -> None:
    found = diffed(stale, stale.compiled())
    assert (decided(found), causes(found), found.drift) == ((A100, H100), [NOT_UP_TO_DATE], ())


def test_an_edit_that_leaves_a_stale_lock_behind_brings_nothing_up_to_date(stale: Repository) -> None:
    found = diffed(stale, stale.given(Inputs(users=21_000)))
    assert decided(found) == (H100, H100)
    assert [cause.kind for cause in found.causes] == ["workload"]
    assert (found.notes, [item.drift for item in found.drift]) == ((), ["workload"])
    assert [item.path for item in found.manifests] == ["chat/deploy/dashboard.yaml", "chat/deploy/prometheusrule.yaml"]


def test_an_edit_that_is_compiled_brings_a_stale_lock_up_to_date(stale: Repository) -> None:
    found = diffed(stale, stale.given(Inputs(users=21_000)).compiled())
    assert (decided(found), causes(found), found.drift) == ((A100, H100), [NOT_UP_TO_DATE], ())


def test_a_workload_with_another_name_starts_from_what_its_stale_lock_deploys(stale: Repository) -> None:
    renamed = stale.given(Inputs(name="talk"))
    left, made = diffed(stale, renamed), diffed(stale, renamed.compiled())
    assert (left.status, decided(left), left.notes) == ("renamed", (H100, H100), ())
    assert (made.status, decided(made), causes(made)) == ("renamed", (A100, H100), [NOT_UP_TO_DATE])


IMPOSSIBLE = "    budget: 1 USD/month\n"


@pytest.mark.parametrize("more", [IMPOSSIBLE, "    nonsense: 1\n"])
def test_a_head_without_a_plan_brings_nothing_up_to_date(stale: Repository, more: str) -> None:
    head = stale.copied()
    workload = head.lock.with_name("workload.yaml")
    workload.write_text(workload.read_text() + more)
    for found in (diffed(stale, head), diffed(stale, head.without_lock())):
        assert (found.after.choice, found.notes) == (None, ())
        assert "drift" not in {cause.kind for cause in found.causes}


def test_a_base_without_a_plan_has_the_manifests_of_its_lock(start: Repository) -> None:
    base = start.copied()
    workload = base.lock.with_name("workload.yaml")
    workload.write_text(workload.read_text() + IMPOSSIBLE)
    found = diffed(base, base.given(Inputs(users=60_000)).compiled())
    assert (found.before.state, decided(found)) == ("infeasible", (H100, H100))
    assert [(item.path, item.change, item.shows_numbers) for item in found.manifests] == [
        ("chat/deploy/dashboard.yaml", "changed", True),
        ("chat/deploy/inferenceservice.yaml", "changed", False),
        ("chat/deploy/prometheusrule.yaml", "changed", False),
    ]


def test_a_workload_that_goes_has_no_cause(stale: Repository) -> None:
    head = stale.copied()
    shutil.rmtree(head.lock.parent)
    found = diffed(stale, head)
    assert (found.status, decided(found), causes(found)) == ("removed", (A100, ""), [])


def test_a_lock_written_anew_that_deploys_the_same_leaves_it_as_it_is(stale: Repository) -> None:
    head = stale.given(Inputs(usd_per_hour=12.0)).compiled().given(Inputs())
    assert head.lock.read_bytes() != stale.lock.read_bytes()
    assert head.read().choice.candidate == A100
    found = diffed(stale, head)
    assert (decided(found), causes(found), found.chosen_otherwise) == ((H100, H100), [], H100)


def test_a_price_that_makes_a_stale_lock_right_moves_nothing(stale: Repository) -> None:
    found = diffed(stale, stale.given(Inputs(usd_per_hour=DEAR + 1)).compiled())
    assert (decided(found), found.decision, causes(found)) == ((A100, A100), False, [])


def test_a_lock_that_names_no_candidate_at_all_says_nothing_of_what_is_deployed(start: Repository) -> None:
    base = start.locked(lambda text: text.replace(H100, "x"))
    found = diffed(base, base.compiled())
    assert (found.status, decided(found), causes(found)) == ("unchanged", (H100, H100), [])
    assert found.notes == ("brings up to date what had drifted: chat/plan.lock (lock)",)


def test_the_heads_own_lock_is_enough_of_a_cause(stale: Repository) -> None:
    lock = stale.compiled().read()
    margin = next(
        item.id for item in lock.candidates if item.id not in (H100, A100) and item.id in lock.ranking.balanced
    )
    head = stale.compiled().locked(lambda text: re.sub(r"(choice:\n  candidate: ).*", rf"\1{margin}", text)).compiled()
    assert head.read().choice.candidate == margin
    found = diffed(stale, head)
    assert decided(found) == (A100, margin)
    assert [cause.kind for cause in found.causes] == ["lock"]


@pytest.mark.parametrize("revision", ["0", "1"])
def test_a_lock_of_an_older_revision_still_says_what_is_deployed(stale: Repository, revision: str) -> None:
    base = stale.locked(lambda text: text.replace("\nrevision: 2\n", f"\nrevision: {revision}\n"))
    found = diffed(base, base.compiled())
    assert (decided(found), causes(found)) == ((A100, H100), [NOT_UP_TO_DATE.replace("data)", "data, tool)")])


def test_a_damaged_lock_of_the_base_says_nothing_and_that_of_the_head_stops(start: Repository) -> None:
    damaged = start.locked(lambda text: text[:2000])
    mended = diffed(damaged, start)
    assert (mended.before.state, mended.after.state, causes(mended)) == ("broken", "planned", [])
    assert compared(damaged, start).exit_code == 0
    assert diffed(start, damaged).after.state == "broken"
    assert compared(start, damaged).exit_code == 2


def test_a_lock_that_is_taken_away_deploys_what_the_base_has_until_it_is_compiled(stale: Repository) -> None:
    found = diffed(stale, stale.without_lock())
    assert (decided(found), causes(found)) == ((A100, H100), [NOT_UP_TO_DATE])
    assert [item.drift for item in found.drift] == ["missing"]


inputs = st.builds(
    Inputs, users=st.sampled_from([2_000, 20_000, 60_000]), usd_per_hour=st.sampled_from([1.0, CHEAP, 9.0, DEAR])
)
LOCKS = ("compiled", "none", "left behind")


def repository(start: Repository, now: Inputs, then: Inputs, lock: str) -> Repository:
    """A repository with a lock that was compiled from what it is now, or from what it was then."""
    if lock == "left behind":
        return start.without_lock().given(then).compiled().given(now)
    made = start.without_lock().given(now)
    return made.compiled() if lock == "compiled" else made


SLOW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(inputs, inputs, st.sampled_from(LOCKS))
def test_what_is_the_same_is_unchanged(start: Repository, now: Inputs, then: Inputs, lock: str) -> None:
    base = repository(start, now, then, lock)
    found = diffed(base, base.copied())
    assert (found.status, found.decision, found.causes, found.drift) == ("unchanged", False, (), ())
    assert (found.notes, found.manifests, found.chosen_otherwise) == ((), (), "")
    assert found.cost_delta_usd_per_month in (None, 0.0)
    assert compared(base, base.copied()).exit_code == 0


@SLOW
@given(inputs, inputs)
def test_between_compiled_sides_the_locks_say_what_is_deployed(start: Repository, one: Inputs, other: Inputs) -> None:
    assume(one != other)  # what is the same is not planned
    base = start.given(one).compiled()
    head = base.given(other).compiled()
    there, back = diffed(base, head), diffed(head, base)
    locks = base.read(), head.read()
    event(f"decision {there.decision}")
    assert decided(there) == tuple(lock.choice.candidate for lock in locks) == decided(back)[::-1]
    assert (there.drift, there.chosen_otherwise, back.drift) == ((), "", ())
    assert not any("up to date" in note for note in there.notes)
    assert not {"lock", "drift"} & {cause.kind for cause in there.causes}
    assert (there.cost_delta_usd_per_month or 0.0) == -(back.cost_delta_usd_per_month or 0.0)
    assert there.decision == back.decision
    assert bool(there.causes) == (there.status != "unchanged")


@SLOW
@given(inputs, inputs, st.sampled_from(LOCKS), inputs, inputs, st.sampled_from(("kept", *LOCKS)))
def test_whatever_the_locks_are_a_decision_has_a_cause_and_a_diff_can_be_read_again(
    start: Repository, now: Inputs, then: Inputs, lock: str, after: Inputs, once: Inputs, own: str
) -> None:
    base = repository(start, now, then, lock)
    head = base.given(after) if own == "kept" else repository(start, after, once, own)
    whole = compared(base, head)
    assert PlanDiff.model_validate_json(whole.model_dump_json(by_alias=True)) == whole
    (found,) = whole.workloads
    event(f"{lock} -> {own}: {[cause.kind for cause in found.causes]}")
    if found.status == "changed" and found.decision:
        assert found.causes
    if found.status == "unchanged":
        assert found.causes == ()
    if own == "kept":
        assert "drift" not in {cause.kind for cause in found.causes}
    if found.before.choice and found.after.choice and found.decision:
        assert decided(found)[0] in {found.before.committed, *decided(diffed(base, base.copied().without_lock()))}
    if own == "compiled":
        assert found.drift == ()
        assert found.after.committed == head.read().choice.candidate
        assert decided(found)[1] in ("", found.after.committed)  # what is the same is not planned
