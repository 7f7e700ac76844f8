"""How a server's memory is spent, and what would fit where something does not."""

from dataclasses import replace

from neuralnav.errors import Diagnostic, ExitCode, NeuralnavError
from neuralnav.model.catalog import Catalog
from neuralnav.serving.configurations import Configuration, plan_memory, serves, shards_evenly, whole_blocks
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings
from neuralnav_simulator.served.wanted import Places

LEAST_CONTEXT = 16
"""A block of KV cache: with less, nothing is served."""

USUAL_SHARE = DEFAULT_SETTINGS.memory_utilization
LARGER = (2, 4, 8, 16)


class NoRoomError(NeuralnavError):
    """What is wanted does not fit in the memory of its accelerators (exit 5)."""

    exit_code = ExitCode.INFEASIBLE


def longest_context(configuration: Configuration, most: int, catalog: Catalog, settings: SweepSettings) -> int:
    """Return the longest sequence, up to `most` tokens, that the KV cache holds; 0 where it holds none."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        fits = plan_memory(configuration, middle, catalog.serving, settings).fits
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def no_room(
    configuration: Configuration, tokens: int, catalog: Catalog, settings: SweepSettings, places: Places
) -> NoRoomError:
    """Return the refusal of a configuration that holds no sequence of so many tokens, with the numbers."""
    plan = plan_memory(configuration, tokens, catalog.serving, settings)
    memory, share = configuration.accelerator.memory_gib.value, settings.memory_utilization
    given = f"{memory * share:.1f} GiB ({share:g} of the {memory:g} GiB of one {configuration.accelerator.name})"
    spent = f"weights take {plan.weight_gib:.1f} GiB and the engine {plan.overhead_gib:.1f} GiB of {given} per GPU"
    longest = longest_context(configuration, tokens, catalog, settings)
    if longest < LEAST_CONTEXT:
        message = f"{configuration.id} does not fit: {spent}, which leaves no KV cache"
        where = places("accelerator")
    else:
        left = f"{plan.kv_gib:.1f} GiB are left for KV cache"
        message = f"{configuration.id} does not hold a sequence of {tokens:,} tokens: {spent}; {left}, "
        message += f"{plan.kv_gib + plan.shortfall_gib:.1f} GiB are needed"
        where = places("max_model_len")
    return NoRoomError([Diagnostic(where, message, _way_out(configuration, tokens, longest, catalog, settings))])


def _way_out(configuration: Configuration, tokens: int, longest: int, catalog: Catalog, settings: SweepSettings) -> str:
    """Return what would fit: more GPUs, shorter sequences, narrower weights."""

    def fits(other: Configuration) -> bool:
        return plan_memory(other, tokens, catalog.serving, settings).fits

    ways = []
    node = configuration.accelerator.gpus_per_node.value
    for tp in (size for size in LARGER if configuration.tp < size <= node):
        larger = replace(configuration, tp=tp)
        split = shards_evenly(configuration.architecture, tp) and whole_blocks(configuration, tp)
        if split and fits(larger):
            ways.append(f"--tp {tp}")
            break
    usual = replace(settings, memory_utilization=max(USUAL_SHARE, settings.memory_utilization))
    if usual != settings and plan_memory(configuration, tokens, catalog.serving, usual).fits:
        ways.append(f"--gpu-memory-utilization {USUAL_SHARE:g}")
    if longest >= LEAST_CONTEXT:
        ways.append(f"--max-model-len {longest}")
    narrower = [
        other.precision
        for other in catalog.models[configuration.model].checkpoints
        if other.bits_per_weight < configuration.checkpoint.bits_per_weight
        and serves(configuration.accelerator, other)
        and whole_blocks(replace(configuration, checkpoint=other), configuration.tp)
        and fits(replace(configuration, checkpoint=other))
    ]
    if narrower and longest < LEAST_CONTEXT:
        ways.append(f"--precision {narrower[0]}")
    return f"would fit: {', or '.join(ways)}" if ways else "choose a larger accelerator, or a smaller model"
