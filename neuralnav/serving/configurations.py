"""Which ways to serve the models of a catalog exist, and which of them are worth a sweep."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from neuralnav.model.catalog import Accelerator, Architecture, Catalog, Checkpoint, ServingList
from neuralnav.model.spec import candidate_id
from neuralnav.serving.coefficients import coefficient
from neuralnav.serving.memory import MemoryPlan, expert_width, memory_plan
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings, kv_bytes

TENSOR_PARALLEL = (1, 2, 4, 8)
PIPELINE_PARALLEL = (2, 4)
TP_SPREAD = 4
"""Up to this many times the smallest tensor parallelism that fits is swept."""

LEAST_SHARE = 1 / 32
"""Weights that take less of each GPU's memory than this gain nothing from being split further."""

MXFP4 = "mxfp4"
"""vLLM's name of the OCP micro-scaling format; its other 4-bit float is NVIDIA's NVFP4."""

LEAST_CONTEXT = 512
USUAL_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to serve a model: which weights on which accelerator, over how many.

    `pp` counts pipeline stages, each on a node of its own, of `tp` accelerators each.
    """

    model: str
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    pp: int = 1

    @property
    def id(self) -> str:
        """The candidate id."""
        return candidate_id(self.model, self.checkpoint.precision, self.accelerator.id, self.tp, self.pp)


def configurations(catalog: Catalog, *, settings: SweepSettings = DEFAULT_SETTINGS) -> tuple[Configuration, ...]:
    """Return every configuration worth sweeping, in order of candidate id.

    Every checkpoint that the accelerator supports, at each tensor parallelism on which the weights and one sequence
    of `LEAST_CONTEXT` tokens fit, up to four times the smallest on which `USUAL_CONTEXT` tokens do, while each GPU
    still holds a fair share of weights. A model that is too large for a node spans as few nodes as hold
    `USUAL_CONTEXT` tokens.
    """
    smallest: dict[tuple[str, str, str], int] = {}
    kept: list[Configuration] = []
    for configuration, roomy in sorted(_every(catalog, settings), key=_by_id):
        least = plan_memory(configuration, LEAST_CONTEXT, catalog.serving, settings)
        if roomy or least.fits:
            key = (configuration.model, configuration.checkpoint.precision, configuration.accelerator.id)
            if roomy:
                smallest.setdefault(key, configuration.tp)
            first = smallest.get(key, configuration.tp)
            full = least.weight_gib >= LEAST_SHARE * configuration.accelerator.memory_gib.value
            if configuration.tp == first or (full and configuration.tp <= TP_SPREAD * first):
                kept.append(configuration)
    return tuple(kept)


def possible(catalog: Catalog, *, settings: SweepSettings = DEFAULT_SETTINGS) -> tuple[Configuration, ...]:
    """Return every configuration, in order of candidate id, whether or not its weights fit in memory.

    Pipelines over nodes are among them only where no node is large enough, up to the first that is.
    """
    return tuple(configuration for configuration, _ in sorted(_every(catalog, settings), key=_by_id))


def _by_id(found: tuple[Configuration, bool]) -> str:
    return found[0].id


def _every(catalog: Catalog, settings: SweepSettings) -> Iterator[tuple[Configuration, bool]]:
    """Yield every possible configuration, and whether a sequence of the usual context (or the model's) fits on it."""
    for model in catalog.models.values():
        context = min(USUAL_CONTEXT, model.context_tokens.value)
        for checkpoint in model.checkpoints:
            for accelerator in catalog.accelerators.values():
                if serves(accelerator, checkpoint):
                    single = Configuration(model.id, model.architecture, checkpoint, accelerator, tp=1)
                    yield from _spread(single, context, catalog.serving, settings)


def serves(accelerator: Accelerator, checkpoint: Checkpoint) -> bool:
    """Tell whether the engine serves a checkpoint there. Of the 4-bit floats only MXFP4 runs beyond NVIDIA."""
    anywhere = checkpoint.precision != "fp4" or checkpoint.engine_quantization == MXFP4
    return (anywhere or accelerator.vendor == "nvidia") and checkpoint.precision in accelerator.supports.value


def _spread(
    single: Configuration, context: int, serving: ServingList, settings: SweepSettings
) -> Iterator[tuple[Configuration, bool]]:
    """Yield a configuration at each tensor parallelism within a node, then over nodes until one is roomy."""
    node, spanning = single.accelerator.gpus_per_node.value, single.accelerator.inter_node_gb_s is not None
    within = [(tp, 1) for tp in TENSOR_PARALLEL if tp <= node]
    over = [(node, pp) for pp in PIPELINE_PARALLEL if spanning and pp <= single.architecture.layers]
    large_enough = False
    for tp, pp in within + (over if node in TENSOR_PARALLEL else []):
        if shards_evenly(single.architecture, tp) and whole_blocks(single, tp) and (pp == 1 or not large_enough):
            configuration = replace(single, tp=tp, pp=pp)
            roomy = plan_memory(configuration, context, serving, settings).fits
            large_enough = large_enough or roomy
            yield configuration, roomy


def shards_evenly(architecture: Architecture, tp: int) -> bool:
    """Tell whether vLLM can split the heads: KV heads are shared out evenly, or copied evenly when there are fewer.

    MLA has one latent for all heads, whole on every GPU.
    """
    kv_heads = 1 if architecture.kv_lora_rank is not None else architecture.kv_heads
    return architecture.attention_heads % tp == 0 and (kv_heads % tp == 0 or tp % kv_heads == 0)


def whole_blocks(single: Configuration, tp: int) -> bool:
    """Tell whether every GPU gets whole blocks of each split feed-forward width; vLLM refuses to load others."""
    a, block = single.architecture, single.checkpoint.block_size
    if block is None:
        return True
    dense = [a.intermediate_size] if not a.experts or a.dense_layers else []
    experts = [expert_width(a)] if a.experts else []
    return all(width % (tp * block) == 0 for width in dense + experts)


def plan_memory(
    configuration: Configuration, context_tokens: int, serving: ServingList, settings: SweepSettings = DEFAULT_SETTINGS
) -> MemoryPlan:
    """Return how the memory of each GPU is spent when sequences are `context_tokens` long."""
    accelerator = configuration.accelerator
    return memory_plan(
        configuration.architecture,
        configuration.checkpoint,
        accelerator,
        tp=configuration.tp,
        pp=configuration.pp,
        context_tokens=context_tokens,
        memory_utilization=settings.memory_utilization,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", accelerator, "bf16"),
        kv_bytes=kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=settings.max_num_batched_tokens,
    )
