"""What a lock plans, run again under a load of its own: what a client of the planned replicas should see."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neuralnav.errors import InputError
from neuralnav.model.catalog import Catalog
from neuralnav.model.lock import Lock, LockedCandidate
from neuralnav.model.spec import candidate_id
from neuralnav.serving.configurations import Configuration, serves
from neuralnav.serving.engine import Run, simulate, simulate_closed
from neuralnav.serving.observed import statistics
from neuralnav.serving.pace import paced
from neuralnav.serving.server import Server, server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sent:
    """Requests as a client sent them: when each was due (ms), or how many were in flight where that decided it."""

    due_ms: Vector
    prompt_tokens: Counts
    output_tokens: Counts
    in_flight: int = 0


def chosen(lock: Lock) -> LockedCandidate | None:
    """Return the numbers of a lock's choice; None where it was edited and they are not of what it deploys."""
    d = lock.deployment
    found = next((item for item in lock.candidates if item.id == lock.choice.candidate), None)
    deployed = candidate_id(d.model, d.precision, d.accelerator, d.tensor_parallel, d.pipeline_parallel)
    return found if found is not None and found.id == deployed else None


def replica_rps(lock: Lock, choice: LockedCandidate) -> float:
    """Return the load of one replica at the peak: spare replicas take none, as a plan counts."""
    wanted = lock.requirements
    if choice.capacity_rps <= 0.0:
        return wanted.peak_rps
    carrying = math.ceil(wanted.headroom * wanted.peak_rps / choice.capacity_rps - 1e-9)
    return wanted.peak_rps / max(1, carrying)


def planned_server(lock: Lock, catalog: Catalog) -> Server | None:
    """Return a replica as a lock plans it, at the pace to which measured runs have corrected its choice.

    None where the catalog does not know it, or the lock was edited.
    """
    choice = chosen(lock)
    configuration = _configuration(lock, catalog)
    if choice is None or configuration is None:
        return None
    d, wanted = lock.deployment, lock.requirements
    settings = replace(
        DEFAULT_SETTINGS,
        kv_dtype="fp8" if d.kv_cache_dtype.startswith("fp8") else "auto",
        memory_utilization=d.gpu_memory_utilization,
        max_num_seqs=d.max_num_seqs,
        max_num_batched_tokens=d.max_num_batched_tokens,
    )
    try:
        found = server_of(configuration, wanted.prompt_tokens, max(2, wanted.output_tokens), catalog.serving, settings)
    except InputError:  # the catalog lacks a number that it had when the plan was made
        return None
    if found is None or choice.correction is None:
        return found
    return replace(found, cost=paced(found.cost, ttft=choice.correction.ttft, itl=choice.correction.itl))


def _configuration(lock: Lock, catalog: Catalog) -> Configuration | None:
    d = lock.deployment
    model, accelerator = catalog.models.get(d.model), catalog.accelerators.get(d.accelerator)
    if model is None or accelerator is None:
        return None
    fitting = (item for item in model.checkpoints if item.precision == d.precision and serves(accelerator, item))
    checkpoint = next(fitting, None)
    if checkpoint is None:
        return None
    return Configuration(model.id, model.architecture, checkpoint, accelerator, d.tensor_parallel, d.pipeline_parallel)


def foreseen(server: Server, sent: Sent, *, replicas: int) -> Mapping[str, float]:
    """Return what these very requests should meet on so many replicas that take turns: `ttft_p95_ms` and the like.

    The replicas are empty at first and serve nobody else. Empty where a request does not fit in one.
    """
    lanes = max(1, replicas * server.lanes)
    runs = [
        _run(server, sent, lane, lanes) for lane in range(min(lanes, len(sent.prompt_tokens), sent.in_flight or lanes))
    ]
    if not runs or any(run is None for run in runs):
        return {}
    whole = [run for run in runs if run is not None]
    cells: dict[str, float] = {}
    for metric, parts in (("ttft", [run.ttft_ms for run in whole]), ("e2e", [run.e2e_ms for run in whole])):
        values = np.concatenate(parts)
        cells |= statistics(metric, values, np.ones(len(values), dtype=np.int64))
    gaps, weights = (np.concatenate([getattr(run, name) for run in whole]) for name in ("gap_ms", "gap_weight"))
    return cells | (dict(statistics("itl", gaps, weights)) if len(gaps) else {})


def _run(server: Server, sent: Sent, lane: int, lanes: int) -> Run | None:
    """Run one lane's share of the requests: every so many of them, as those in flight are shared out."""
    turns = min(lanes, sent.in_flight) if sent.in_flight else lanes
    prompts, outputs = sent.prompt_tokens[lane::turns], sent.output_tokens[lane::turns]
    try:
        if sent.in_flight:
            own = max(1, sent.in_flight // turns + (lane < sent.in_flight % turns))
            return simulate_closed(server.cost, server.limits, own, prompts, outputs)
        return simulate(server.cost, server.limits, sent.due_ms[lane::turns], prompts, outputs)
    except ValueError:  # a request that no such lane could ever hold
        return None
