"""One workload observed: its lock, what Prometheus says, the judgement, the row that stays."""

import functools
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from neuralnav.cluster.observe import Asked, observe
from neuralnav.cluster.prometheus import Prometheus, access_of, prometheus_at
from neuralnav.cluster.promql import quoted
from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.locks import find_lock
from neuralnav.files.outcomes import USUAL_FOLDER, write_outcome
from neuralnav.files.places import PROJECT_NAME, Place, compile_hint, read_source, show
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import load
from neuralnav.model.lock import Lock, has_conflict
from neuralnav.model.observe_report import ObservedWorkload
from neuralnav.model.observed import Observed
from neuralnav.model.outcome import Outcome
from neuralnav.model.project import Environment
from neuralnav.model.workload import Workload
from neuralnav.outcomes.judge import is_enough, judge
from neuralnav.outcomes.outcome import outcome_of
from neuralnav.outcomes.reported import reported
from neuralnav.serving.deployed import deployed_by

ADDRESS = "NEURALNAV_PROMETHEUS"
"""The variable that names a Prometheus for every workload."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: where, which series, which window, and what is to be written."""

    prometheus: str
    selector: str
    seconds: float
    end: float | None
    out: Path | None
    write: bool
    apply: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A workload with the lock that runs, and where its metrics are asked for."""

    place: Place
    workload: Workload
    lock: Lock
    digest: str
    address: str
    selector: str

    @property
    def environment(self) -> str:
        """The environment that the workload names, or an empty text."""
        return self.workload.metadata.labels.get("env", "")


@dataclass(slots=True)
class Servers:
    """The servers that a call asks, each connected once."""

    patience_seconds: float
    say: Callable[[str], None]
    _held: dict[str, Prometheus] = field(default_factory=dict)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def at(self, address: str) -> Prometheus:
        """Return the server at an address, with no warnings heard yet."""
        access = access_of(address)
        with self._one_at_a_time:
            if access.base not in self._held:
                self._held[access.base] = prometheus_at(access, patience_seconds=self.patience_seconds, say=self.say)
            return replace(self._held[access.base], warnings={})

    def close(self) -> None:
        """Let go of the connections."""
        for server in self._held.values():
            server.close()


@contextmanager
def servers(*, patience_seconds: float, say: Callable[[str], None]) -> Iterator[Servers]:
    """Yield the servers of a call, and let go of their connections in the end."""
    held = Servers(patience_seconds, say)
    try:
        yield held
    finally:
        held.close()


def planned_of(place: Place, wanted: Wanted, environment: Mapping[str, str] = os.environ) -> Planned:
    """Return a workload as it is locked. Raises `InputError` where it, its lock or an address is missing or broken."""
    workload = load(Workload, read_source(place.workload, place.shown)).document
    found = find_lock(place)
    if found.lock is None:
        raise input_error(show(place.lock), "there is no lock to hold a run against", compile_hint(place))
    if has_conflict(found.text):
        raise input_error(show(place.lock), "the lock has conflict markers", "settle them with neuralnav compile")
    lock = found.lock
    if lock.deployment.monitoring == "none" and not wanted.selector:
        hint = "set deploy.monitoring: PodMonitor, or name the series by --selector"
        raise input_error(place.shown, "this workload is not monitored: deploy.monitoring is none", hint)
    project = load_project(place.root).spec
    own = project.environments.get(workload.metadata.labels.get("env", ""), Environment())
    given = (wanted.prometheus, environment.get(ADDRESS), own.prometheus, project.prometheus)
    address = next((one for one in (*given, lock.deployment.scaling.prometheus) if one), "")
    if not address:
        hint = f"give --prometheus URL, ${ADDRESS}, or spec.prometheus in {PROJECT_NAME}"
        raise input_error(place.shown, "nothing says where its Prometheus is", hint)
    usual = f'job="{lock.deployment.namespace}/{lock.deployment.name}"'
    return Planned(place, workload, lock, _digest(found.text), address, wanted.selector or usual)


def observed_of(planned: Planned, wanted: Wanted, held: Servers) -> Observed:
    """Return what its Prometheus says of a workload. Raises `ClusterError` and `InputError` as `observe` does.

    Where another model was served beside that of the lock, as in a roll-out, only the lock's counts.
    """
    deployed = planned.lock.deployment
    server, asked = held.at(planned.address), Asked(planned.selector, wanted.seconds, wanted.end)
    observed = observe(server, asked, our_time=time.time())
    others = [name for name in observed.served_models if name != deployed.model]
    if others and serves(planned, observed):
        narrowed = f"{planned.selector},model_name={quoted(deployed.model)}"
        asked = Asked(narrowed, wanted.seconds, observed.end.timestamp())
        observed = observe(server, asked, our_time=time.time())
        note = f"It served {', '.join(others)} too, which does not count."
        observed = replace(observed, notes=(*observed.notes, note))
    elif others:
        note = f"It served {', '.join(others)}, and the lock deploys {deployed.model}: this run is not kept."
        observed = replace(observed, notes=(*observed.notes, note))
    return replace(observed, simulated=observed.simulated or deployed.mode == "simulator")


def serves(planned: Planned, observed: Observed) -> bool:
    """Tell whether what was observed is what the lock deploys, as far as the names of models tell."""
    return not observed.served_models or planned.lock.deployment.model in observed.served_models


def judged(planned: Planned, observed: Observed, wanted: Wanted) -> tuple[ObservedWorkload, Outcome | None]:
    """Return the judgement of a run, and its outcome where that is to be kept; the workload is edited if asked for."""
    place, lock = planned.place, planned.lock
    outcome = outcome_of(lock, planned.digest, observed, environment=planned.environment)
    overlays = tuple(place.root / path for path in load_project(place.root).spec.catalogs)
    server = deployed_by(lock, _catalog(overlays))
    judgement = judge(lock, outcome, observed, workload=planned.workload, server=server)
    found = reported(lock, outcome, observed, judgement, path=place.shown)
    if judgement.edits:
        from neuralnav.cli.observe_patch import patched  # with all that compiles and edits: 0.3 s that others save

        found = found.model_copy(update=patched(place, lock, judgement.edits, apply=wanted.apply))
    kept = wanted.write and is_enough(outcome) and serves(planned, observed)
    return found, outcome if kept else None


def write(place: Place, outcome: Outcome, wanted: Wanted) -> str:
    """Write an outcome and return its file as people write it. Raises `InputError` where it cannot be written."""
    return show(write_outcome(wanted.out or _usual_folder(place), outcome))


@functools.cache
def _catalog(overlays: tuple[Path, ...]) -> Catalog:
    return load_catalog(overlays)


def _digest(text: str) -> str:
    """Return the digest of a lock's text, as locks write digests."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def outcomes_named(place: Place) -> bool:
    """Tell whether a workload's project names outcomes that its plans count."""
    return bool(load_project(place.root).spec.outcomes)


def _usual_folder(place: Place) -> Path:
    """Return the first dataset that a project names, or the usual folder. Raises `InputError` for a bucket."""
    named = load_project(place.root).spec.outcomes
    first = named[0] if named else USUAL_FOLDER
    if "://" in first:
        message = f"outcomes are kept at {first}, where observe cannot write"
        raise input_error(PROJECT_NAME, message, "give --out FOLDER and copy it there")
    folder = place.root / first
    if folder.is_file() or folder.suffix == ".parquet":
        hint = "name a folder first, or give --out FOLDER"
        raise input_error(PROJECT_NAME, f"outcomes names the file {first}, and observe writes a file a window", hint)
    return folder
