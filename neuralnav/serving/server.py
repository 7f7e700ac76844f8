"""One replica that a load curve is of: what its steps cost, what its scheduler may use, and how long a request is."""

from dataclasses import dataclass

from neuralnav.errors import input_error
from neuralnav.model.catalog import ServingList
from neuralnav.serving.configurations import Configuration, plan_memory
from neuralnav.serving.limits import Limits
from neuralnav.serving.memory import MemoryPlan
from neuralnav.serving.settings import SweepSettings, kv_bytes
from neuralnav.serving.stepcost import Launching, StepCost, step_cost


@dataclass(frozen=True, slots=True)
class Server:
    """A replica as `lanes` alike engines, of which one is looked at; `batch` requests are in flight in it at most.

    A pipeline of `pp` stages keeps as many batches in flight, one in each stage. It is taken as that many lanes: each
    is a server of its own, whose step costs a batch's whole pass through the stages, with an equal part of the KV
    cache, of the sequences and of the arrivals. Exact for batches of one cost; where they differ, a batch waits for a
    longer one ahead of it at each stage, which lanes do not: tails come out too short. On the other side one prompt's
    chunks could follow each other through the stages, and in a lane do not: long prompts come out too slow.
    """

    cost: StepCost
    limits: Limits
    lanes: int
    batch: int
    prompt_tokens: int
    output_tokens: int
    cached_tokens: int


def server_of(
    configuration: Configuration,
    prompt_tokens: int,
    output_tokens: int,
    serving: ServingList,
    settings: SweepSettings,
    *,
    step_tokens: int | None = None,
) -> Server | None:
    """Return the server of a configuration; None when not even one such request fits in its memory.

    `step_tokens` are the most that the steps whose cost is asked for will hold; a scheduler's whole budget by default.
    Raises InputError for a request of no length or a single output token (it has no ITL), and when the catalog lacks
    a number.
    """
    if prompt_tokens < 1:
        raise input_error("sweep", f"prompt of {prompt_tokens} tokens is none", "use 1 or more")
    if output_tokens < 2:
        raise input_error("sweep", f"output of {output_tokens} token has no gap between tokens", "use 2 or more")
    plan = plan_memory(configuration, prompt_tokens + output_tokens, serving, settings)
    lanes = _lanes(configuration, plan, prompt_tokens, output_tokens, settings) if plan.fits else None
    if lanes is None:
        return None
    cost = step_cost(
        configuration.architecture,
        configuration.checkpoint,
        configuration.accelerator,
        tp=configuration.tp,
        pp=configuration.pp,
        serving=serving,
        kv_bytes=kv_bytes(settings),
        max_num_seqs=settings.max_num_seqs,
        max_num_batched_tokens=min(step_tokens or settings.max_num_batched_tokens, settings.max_num_batched_tokens),
        launching=Launching(asynchronous=settings.async_scheduling),
    )
    count, limits = lanes
    cached = min(prompt_tokens - 1, int(prompt_tokens * settings.prefix_hit_share))  # one is always computed
    batch = batch_of(limits, prompt_tokens, output_tokens)
    return Server(cost, limits, count, batch, prompt_tokens, output_tokens, cached)


def batch_of(limits: Limits, prompt_tokens: int, output_tokens: int) -> int:
    """Return how many such requests are in flight at most, each with half of its output in the KV cache."""
    return max(1, min(limits.max_num_seqs, limits.kv_capacity_tokens // (prompt_tokens + output_tokens // 2)))


def _lanes(
    configuration: Configuration, plan: MemoryPlan, prompt_tokens: int, output_tokens: int, settings: SweepSettings
) -> tuple[int, Limits] | None:
    """Return how many batches are in flight and what each of them may use; None when no lane holds one request."""
    for lanes in range(configuration.pp, 0, -1):
        sequences = max(1, settings.max_num_seqs // lanes)
        if plan.kv_capacity_tokens >= lanes:
            limits = Limits(
                plan.kv_capacity_tokens // lanes,
                sequences,
                settings.max_num_batched_tokens,
                async_scheduling=settings.async_scheduling,
            )
            if limits.holds(prompt_tokens, output_tokens):
                return lanes, limits
    return None
