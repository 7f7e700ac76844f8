"""Compare all workloads of two sides: both recomputed by this tool, those that consider the same left out."""

import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from neuralnav.cli.diff_compare import Job, binds_policies, compare
from neuralnav.cli.diff_same import unchanged
from neuralnav.cli.diff_trees import Matched, Tree, find_places, open_trees, pair_up, root_before
from neuralnav.cli.output import progress
from neuralnav.cli.pool import run_all
from neuralnav.errors import Diagnostic, ExitCode, InputError, NeuralnavError, Where, worst
from neuralnav.files.places import LOCK_NAME
from neuralnav.model.diff import FleetChange, PlanDiff, WorkloadDiff
from neuralnav.model.report import ReportedProblem

INLINE_WORKLOADS = 12
"""Up to so many workloads are compared in this process; starting workers would take longer."""

CODES = {"broken": ExitCode.BAD_INPUT, "refused": ExitCode.REFUSED, "infeasible": ExitCode.INFEASIBLE}
"""What the head's state of a workload means for the exit code, where the change brought it."""


def run_diff(
    base: str, head: str, paths: Sequence[str], *, manifest_texts: bool, as_of: date | None = None,
    bundle: Path | None = None,
) -> PlanDiff:  # fmt: skip
    """Return what a change does to every workload; its exit code is that of a run without `--exit-code`.

    `paths` limit the workloads; `as_of` is the day by which prices and exemptions of changed ones are judged, `bundle`
    a folder of policies that they are held to.
    Raises `InputError` where there is nothing to compare.
    """
    if bundle is not None:
        from neuralnav.cli.diff_policies import bundle_of  # the policy language, as in cli/world.py

        bundle_of(bundle)  # what is wrong with it is told before anything is compared
    with _ended_like_interrupted(), tempfile.TemporaryDirectory(prefix=".neuralnav-diff-") as name:
        before, after = open_trees(base, head, paths, Path(name).resolve())
        matched = _matched(before, after, paths)
        found = list(_compared(before, after, matched, manifest_texts=manifest_texts, as_of=as_of, bundle=bundle))
        weakened = _weakened(before, after, matched)
        fleets = _fleets(before, after, matched, found, limited=bool(paths), bundle=bundle)
    shared = _shared(found)
    return PlanDiff(
        base=before.named,
        head=after.named,
        exit_code=int(worst((*_codes(found), *(ExitCode.REFUSED for item in fleets if item.refused)))),
        workloads=tuple(_with_own(item, shared) for item in found),
        weakened=weakened,
        fleets=fleets,
        problems=tuple(shared),
    )


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Let a request to end, as a cancelled job gets, take the copies of revisions away as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    before = {name: signal.signal(name, signal.default_int_handler) for name in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _matched(before: Tree, after: Tree, paths: Sequence[str]) -> list[Matched]:
    """Return the workloads of both sides; a repository may have none yet.

    Raises `InputError` where a path, or a folder that is no repository, has none on either side.
    """
    old, new = (find_places(tree, paths, after.root if before.is_copy else Path.cwd()) for tree in (before, after))
    found = pair_up({path: place for path, place in old.items() if path not in after.left_out}, new)
    if not found and (paths or not before.is_copy or after.left_out):
        where = ", ".join(paths) or "either side"
        hint = "workloads are named workload.yaml or *.workload.yaml"
        raise InputError([Diagnostic(Where("neuralnav diff"), f"no workload was found in {where}", hint)])
    return found


def _compared(
    before: Tree, after: Tree, matched: Sequence[Matched], *, manifest_texts: bool, as_of: date | None,
    bundle: Path | None,
) -> Iterator[WorkloadDiff]:  # fmt: skip
    """Yield the diff of each workload in its order; many are spread over processes."""
    known = [unchanged(before, after, item) for item in matched]
    todo = [item for item, same in zip(matched, known, strict=True) if same is None]
    jobs = [Job(before, after, item, manifest_texts, as_of, bundle) for item in todo]
    with progress("comparing workloads", len(jobs)) as counter:
        made = run_all(compare, jobs, counter.step, processes=None, inline=INLINE_WORKLOADS)
        for same in known:
            yield same if same is not None else next(made)


def _shared(found: Sequence[WorkloadDiff]) -> dict[ReportedProblem, None]:
    """Return the problems that several workloads of the head have, each once, in the order they were met."""
    times = Counter(told for item in found for told in item.after.problems)
    return dict.fromkeys(told for told in times if times[told] > 1)


def _with_own(item: WorkloadDiff, shared: Collection[ReportedProblem]) -> WorkloadDiff:
    """Return a workload with the problems that only it has, and the first, which says why it has no plan."""
    first, rest = item.after.problems[:1], item.after.problems[1:]
    own = (*first, *(told for told in rest if told not in shared))
    after = item.after.model_copy(update={"problems": own})
    return item if own == item.after.problems else item.model_copy(update={"after": after})


def _codes(found: Sequence[WorkloadDiff]) -> Iterator[ExitCode]:
    """Yield what the head's side means of each workload. What stood so on the base is not this change's.

    A problem of what workloads share, as the project file or a table, keeps plans from being compared at all.
    """
    for item in found:
        files = [told.where.file for told in item.after.problems]
        if item.status == "unchanged" and all(file == item.path or file.endswith(LOCK_NAME) for file in files):
            continue
        if item.after.state in CODES and item.after.state != item.before.state:
            yield CODES[item.after.state]
        elif item.after.state == "broken" or item.after.problems:
            yield ExitCode.BAD_INPUT if item.after.state != "refused" else ExitCode.REFUSED


def _fleets(
    before: Tree, after: Tree, matched: Sequence[Matched], found: Sequence[WorkloadDiff], *, limited: bool,
    bundle: Path | None,
) -> tuple[FleetChange, ...]:  # fmt: skip
    """Return how policies of the repository as a whole judge it otherwise; those count workloads elsewhere too."""
    roots = {place.root for item in matched for place in (item.base, item.head) if place is not None}
    if bundle is None and not any(binds_policies(root) for root in (*roots, before.root, after.root)):
        return ()
    from neuralnav.cli.diff_fleets import Compared, fleet_changes  # the policy language, as in cli/world.py

    items = [Compared(item, diff) for item, diff in zip(matched, found, strict=True)]
    if limited:
        items += [Compared(item) for item in _others(before, after, matched)]
    return fleet_changes(before, after, items, bundle)


def _others(before: Tree, after: Tree, matched: Sequence[Matched]) -> Iterator[Matched]:
    """Yield the workloads of both sides that are not compared."""
    base, head = (find_places(tree, (), tree.root) for tree in (before, after))
    for item in matched:
        base.pop(item.base.shown if item.base else "", None)
        head.pop(item.head.shown if item.head else "", None)
    yield from pair_up(base, head)


def _weakened(before: Tree, after: Tree, matched: Sequence[Matched]) -> tuple[str, ...]:
    """Return how the head weakens the base's policies, over all roots."""
    roots = {
        (root_before(before, after, item.base, item.head), item.head.root) for item in matched if item.head is not None
    }
    return tuple(dict.fromkeys(text for base, head in sorted(roots) if base != head for text in _of_root(base, head)))


def _of_root(base: Path, head: Path) -> tuple[str, ...]:
    if not binds_policies(base):
        return ()
    from neuralnav.cli.diff_policies import held  # the policy language, as in cli/world.py

    try:
        return held(base, head).weakened
    except NeuralnavError:
        return ()  # told with each workload
