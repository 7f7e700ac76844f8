"""What a lock deploys, as load curves are swept of it: a configuration and the settings of its engine."""

from dataclasses import dataclass, replace
from math import ceil

from neuralnav.errors import InputError
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.lock import Lock, LockedCandidate
from neuralnav.model.spec import candidate_id
from neuralnav.serving.configurations import Configuration, serves
from neuralnav.serving.server import server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS, KV_ELEMENT_BYTES, SweepSettings


@dataclass(frozen=True, slots=True)
class Deployed:
    """One replica that a lock deploys."""

    configuration: Configuration
    settings: SweepSettings
    serving: ServingList


def deployed_by(lock: Lock, catalog: Catalog) -> Deployed | None:
    """Return the replica that a lock deploys.

    None where the catalog no longer holds all of it, or lacks a number that it had when the plan was made.
    """
    d, wanted = lock.deployment, lock.requirements
    model, accelerator = catalog.models.get(d.model), catalog.accelerators.get(d.accelerator)
    kv_dtype = "fp8" if d.kv_cache_dtype.startswith("fp8") else d.kv_cache_dtype  # vLLM has several names of it
    if model is None or accelerator is None or kv_dtype not in KV_ELEMENT_BYTES:
        return None
    fitting = (item for item in model.checkpoints if item.precision == d.precision and serves(accelerator, item))
    checkpoint = next(fitting, None)
    if checkpoint is None:
        return None
    configuration = Configuration(
        model.id, model.architecture, checkpoint, accelerator, tp=d.tensor_parallel, pp=d.pipeline_parallel
    )  # fmt: skip
    settings = replace(
        DEFAULT_SETTINGS,
        kv_dtype=kv_dtype,
        max_num_seqs=d.max_num_seqs,
        max_num_batched_tokens=d.max_num_batched_tokens,
        memory_utilization=d.gpu_memory_utilization,
    )
    try:
        server_of(configuration, wanted.prompt_tokens, wanted.output_tokens, catalog.serving, settings)
    except InputError:
        return None
    return Deployed(configuration, settings, catalog.serving)


def chosen_of(lock: Lock) -> LockedCandidate | None:
    """Return the numbers of a lock's choice; None where it was edited and they are not of what it deploys."""
    d = lock.deployment
    found = next((item for item in lock.candidates if item.id == lock.choice.candidate), None)
    deployed = candidate_id(d.model, d.precision, d.accelerator, d.tensor_parallel, d.pipeline_parallel)
    return found if found is not None and found.id == deployed else None


def carrying(lock: Lock, chosen: LockedCandidate) -> int:
    """Return how many replicas take the load at the peak as the plan counts: all but the spare one."""
    if chosen.capacity_rps <= 0.0:
        return 1
    wanted = lock.requirements
    return max(1, ceil(wanted.headroom * wanted.peak_rps / chosen.capacity_rps - 1e-9))


def replica_rps(lock: Lock, chosen: LockedCandidate) -> float:
    """Return the load of one replica at the peak: spare replicas take none, as a plan counts."""
    return lock.requirements.peak_rps / carrying(lock, chosen)
