"""Wait until what was applied serves: look at each workload in turn, say what it waits for, and stop where it fails."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from neuralnav.cli.deploy_run import Course
from neuralnav.cluster.accelerators import pods_of
from neuralnav.cluster.api import KINDS, Api, ClusterError, Object
from neuralnav.cluster.committed import SERVING
from neuralnav.cluster.wait import Rollout, is_server, pod_selector, rollout
from neuralnav.model.deploy_report import ReportedRollout, RolloutState

ROUND_SECONDS = 2.0
"""How often pods are looked at; the serving object is watched, and its changes shorten the round."""

SETTLE_SECONDS = 10.0
"""How long `Ready` is not believed after a change where the controller does not say which spec it has seen."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for all, and how long a failure may last before it is believed."""

    seconds: float
    failing_seconds: float
    nodes_may_come: bool = False


@dataclass(slots=True)
class _Watched:
    """A workload that is waited for, as it was last seen."""

    item: Course
    state: Rollout
    failing_since: float | None = None


def wait_all(
    api: Api, courses: Sequence[Course], patience: Patience, say: Callable[[str], None],
    *, clock: Callable[[], float] = time.monotonic,
) -> None:  # fmt: skip
    """Wait until every workload is ready, fails or is late, and keep what it came to in its course.

    `say` is told what is waited for, each time anew. Raises `ClusterError` where the server cannot be asked any more.
    """
    started = clock()
    pending = [_Watched(item, Rollout("waiting", 0, _wanted(item))) for item in courses]
    for one in pending:
        _keep(one, "interrupted", 0.0)  # until it is known better
    while pending:
        for one in list(pending):
            one.state = _look(api, one.item, patience)
            spent = clock() - started
            state = _settled(one, spent, patience)
            _keep(one, state or "interrupted", spent)
            if state:
                pending.remove(one)
        if pending:
            say(_waiting(pending))
            _pause(api, pending[0].item, min(ROUND_SECONDS, max(patience.seconds - (clock() - started), 0.0)))


def _settled(one: _Watched, spent: float, patience: Patience) -> RolloutState | None:
    """Return what waiting for a workload came to; None while it goes on."""
    state = one.state
    if state.state == "ready" and (state.observed or _untouched(one.item) or spent >= SETTLE_SECONDS):
        return "ready"
    one.failing_since = None if state.state != "failing" else spent if one.failing_since is None else one.failing_since
    if one.failing_since is not None and spent - one.failing_since >= patience.failing_seconds:
        return "failed"
    return "late" if spent >= patience.seconds else None


def _untouched(item: Course) -> bool:
    """Tell whether the serving object was as planned before anything was applied."""
    return all(step.action == "unchanged" for step in item.steps if step.planned.ref.kind.kind in SERVING)


def _keep(one: _Watched, state: RolloutState, spent: float) -> None:
    seen = one.state
    one.item.rollout = ReportedRollout(
        state=state, ready=seen.ready, wanted=seen.wanted, said=seen.said, seconds=round(spent, 1)
    )


def _wanted(item: Course) -> int:
    return pods_of(item.committed.lock.deployment) if item.committed else 0


def _look(api: Api, item: Course, patience: Patience) -> Rollout:
    if item.committed is None:
        raise AssertionError("only what was applied is waited for")
    ref = item.committed.serving.ref
    service = api.get(ref)
    pods = _listed(api, "Pod", item.namespace, pod_selector(ref))
    own = None if pods is None else [pod for pod in pods if is_server(pod)]
    events = _listed(api, "Event", item.namespace, "") if service else None
    return rollout(
        service, own, events or (), wanted=_wanted(item), now=api.now(), nodes_may_come=patience.nodes_may_come
    )


def _listed(api: Api, kind: str, namespace: str, labels: str) -> list[Object] | None:
    """Return the objects of a kind; None where they may not be listed."""
    try:
        return api.list(KINDS[kind], namespace, labels=labels)
    except ClusterError as error:
        if error.cause != "forbidden":
            raise
        return None


def _waiting(pending: Sequence[_Watched]) -> str:
    first, more = pending[0], len(pending) - 1
    rest = f"; and {more} more {'workload' if more == 1 else 'workloads'}" if more else ""
    return f"{first.item.name}: {first.state}{rest}"


def _pause(api: Api, item: Course, seconds: float) -> None:
    """Return when the serving object changes, at the latest after some seconds."""
    if item.committed is None:
        return
    ref = item.committed.serving.ref
    try:
        states = api.watch(ref.kind, ref.namespace, name=ref.name, seconds=seconds)
        next(states, None)  # the object as it is
        next(states, None)
    except ClusterError as error:
        if error.cause != "forbidden":
            raise
        time.sleep(seconds)  # who may not watch looks again and again
