"""What a lock says is served: read as a compile reads it, with the catalogs of its repository."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.locks import read_lock
from neuralnav.files.places import find_root, read_source, show
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, find, parse
from neuralnav.model.lock import Lock, LockedCandidate
from neuralnav.serving.planned import replica_rps
from neuralnav_simulator.served.lengths import USUAL
from neuralnav_simulator.served.room import NoRoomError
from neuralnav_simulator.served.settle import Settled, served_from_flags
from neuralnav_simulator.served.wanted import Places, Wanted, flag_place

NOTHING = Wanted()
LOCK = "plan.lock"
CATALOGS = "give a folder of catalog files, or a file"

MOST_RPS = 1e9

FIELDS = {
    "tensor_parallel_size": "tensor_parallel",
    "pipeline_parallel_size": "pipeline_parallel",
    "enable_prefix_caching": "prefix_caching",
    "served_model_name": "model",
}
"""Fields of a lock's deployment that have another name than vLLM's flag."""

REQUIREMENTS = frozenset({"prompt_tokens", "output_tokens"})
IDENTITY = frozenset({"model", "precision", "accelerator", "tensor_parallel_size", "pipeline_parallel_size"})
"""Fields of what is wanted that make another configuration of it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan says of the server: `rate_rps` is the load of one replica at the peak, `choice` its numbers there."""

    rate_rps: float
    choice: LockedCandidate


@dataclass(frozen=True, slots=True)
class FromLock:
    """A lock and its server. Where `planned` is None, `apart` says why the plan's numbers are not of it."""

    lock: Lock
    settled: Settled
    planned: Planned | None
    name: str
    apart: str = ""


def served_from_lock(
    path: Path, flags: Wanted = NOTHING, *, catalogs: Sequence[Path] = (), output_lengths: str = USUAL
) -> FromLock:
    """Return the server of a lock's choice; what flags say overrides it.

    Raises InputError, with its place, for a lock that cannot be used and as `served_from_flags` does; NoRoomError
    (exit 5) for a plan that nothing can serve.
    """
    source = _source(path)
    lock = read_lock(source)
    if lock.ranking.feasible < 1:
        where = _lock_place(source, ("ranking", "feasible"))
        raise NoRoomError([Diagnostic(where, "the plan has no feasible candidate", "relax the workload and compile")])
    chosen = next((item for item in lock.candidates if item.id == lock.choice.candidate), None)
    wanted = flags.over(wanted_of(lock, chosen))
    catalog = catalog_near(path.parent, catalogs)
    settled = served_from_flags(wanted, catalog, output_lengths=output_lengths, places=_places(source, flags))
    if chosen is None or settled.served.candidate != lock.choice.candidate:
        return FromLock(lock, settled, None, show(path), _apart(lock, flags, show(path)))
    if not 0.0 < lock.requirements.peak_rps <= MOST_RPS:
        message = f"a load of {lock.requirements.peak_rps:g} requests a second cannot be planned for"
        raise InputError([Diagnostic(_lock_place(source, ("requirements", "peak_rps")), message)])
    return FromLock(lock, settled, Planned(replica_rps(lock, chosen), chosen), show(path))


def _source(path: Path) -> Source:
    """Read a lock. Raises InputError, with the file that is meant, for what stands beside one."""
    beside = path / LOCK if path.is_dir() else path.parent / LOCK
    there = f"use {show(beside)}" if beside.is_file() else "`neuralnav compile` writes its plan.lock"
    if path.is_dir():
        raise input_error(show(path), "this is a folder, and a lock is a file", there)
    source = read_source(path)
    if re.search("^kind: *Workload *$", source.text, re.MULTILINE):
        raise input_error(source.name, "this is a workload, and what is served stands in its lock", there)
    return source


def catalog_near(folder: Path, more: Sequence[Path] = ()) -> Catalog:
    """Return the packaged catalogs under the overlays that the repository of a folder names, and under some more."""
    for path in more:
        if not path.exists():
            raise input_error("--catalogs", f"{show(path)} does not exist", CATALOGS)
        if path.is_dir() and not any(path.rglob("*.yaml")):
            raise input_error("--catalogs", f"{show(path)} holds no file that ends in .yaml", CATALOGS)
    root = find_root(Path(folder).absolute())
    return load_catalog([*(root / path for path in load_project(root).spec.catalogs), *more])


def wanted_of(lock: Lock, chosen: LockedCandidate | None) -> Wanted:
    """Return what a lock deploys, at the pace to which measured runs have corrected its choice."""
    d, r = lock.deployment, lock.requirements
    deployed = chosen is not None and chosen.id.startswith(f"{d.model}/{d.precision}/{d.accelerator}/tp")
    correction = chosen.correction if chosen is not None and deployed else None
    return Wanted(
        model=d.model,
        precision=d.precision,
        accelerator=d.accelerator,
        tensor_parallel_size=d.tensor_parallel,
        pipeline_parallel_size=d.pipeline_parallel,
        max_model_len=d.max_model_len,
        max_num_seqs=d.max_num_seqs,
        max_num_batched_tokens=d.max_num_batched_tokens,
        gpu_memory_utilization=d.gpu_memory_utilization,
        kv_cache_dtype=d.kv_cache_dtype,
        enable_prefix_caching=d.prefix_caching,
        engine_version=d.engine_version,
        prompt_tokens=r.prompt_tokens,
        output_tokens=r.output_tokens,
        ttft_factor=None if correction is None else correction.ttft,
        itl_factor=None if correction is None else correction.itl,
    )


def _apart(lock: Lock, flags: Wanted, name: str) -> str:
    if IDENTITY & flags.said().keys():
        return f"flags changed what {name} plans"
    return f"{name} was edited: what it deploys is not its choice, {lock.choice.candidate}"


def _places(source: Source, flags: Wanted) -> Places:
    """Return where each field was said: a flag, or a line of the lock."""
    said = flags.said()

    def place(field: str) -> Where:
        if field in said:
            return flag_place(field)
        part = "requirements" if field in REQUIREMENTS else "deployment"
        return _lock_place(source, (part, FIELDS.get(field, field)))

    return place


def _lock_place(source: Source, path: tuple[str, ...]) -> Where:
    try:
        return source.where(find(parse(source), path).mark)
    except InputError:
        return Where(source.name)
