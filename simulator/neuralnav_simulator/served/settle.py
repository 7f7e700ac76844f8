"""From what is wanted to what is served: every limit settled, or refused as vLLM refuses to start, with numbers."""

import math
import re
from dataclasses import dataclass, replace

from neuralnav.errors import Diagnostic, InputError
from neuralnav.model.catalog import Catalog
from neuralnav.serving.configurations import Configuration, plan_memory
from neuralnav.serving.memory import GIB, weight_bytes
from neuralnav.serving.pace import paced
from neuralnav.serving.server import Server, server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS, KV_ELEMENT_BYTES, SweepSettings
from neuralnav_simulator.served import Served
from neuralnav_simulator.served.choosing import configuration_of
from neuralnav_simulator.served.lengths import USUAL, lengths_of
from neuralnav_simulator.served.room import LEAST_CONTEXT, longest_context, no_room
from neuralnav_simulator.served.wanted import BOUNDS, Places, Wanted, flag_place

PROMPT_TOKENS, OUTPUT_TOKENS = 512, 256
"""The usual request where nobody says: the chat of most use cases."""

LOAD_SECONDS_PER_GIB = 10.0
"""Weights come at 100 MB/s, a slow hub download: what plans give a start-up probe patience for."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A server and what it follows from.

    `notes` say what was settled in silence otherwise. `prompt_tokens` and `output_tokens` are the usual request's.
    """

    served: Served
    configuration: Configuration
    prompt_tokens: int
    output_tokens: int
    factors: tuple[float, float]
    notes: tuple[str, ...]


def served_from_flags(
    wanted: Wanted, catalog: Catalog, *, output_lengths: str = USUAL, places: Places = flag_place
) -> Settled:
    """Return the server that is wanted.

    Raises InputError for what no catalog holds or vLLM refuses, each with its place, and NoRoomError (exit 5) for what
    does not fit in memory.
    """
    _check(wanted, places)
    configuration = configuration_of(wanted, catalog, places)
    settings = _settings(wanted, places)
    context = catalog.models[configuration.model].context_tokens.value
    most, notes = _longest(wanted, configuration, context, catalog, settings, places)
    prompt, output = _usual(wanted, most, places)
    server = server_of(configuration, prompt, max(2, output), catalog.serving, settings)
    if server is None:
        raise no_room(configuration, most, catalog, settings, places)
    longest = min(most, server.limits.blocks * server.limits.block_tokens)
    if longest < most:
        notes = [f"max-model-len is {longest:,} of {wanted.max_model_len or context:,}: {_lane(server)} hold no more"]
    ttft, itl = wanted.ttft_factor or 1.0, wanted.itl_factor or 1.0
    served = Served(
        names=wanted.served_model_name or (str(wanted.model),),
        candidate=configuration.id,
        shown=_shown(configuration),
        cost=paced(server.cost, ttft=ttft, itl=itl),
        limits=server.limits,
        lanes=server.lanes,
        max_model_len=longest,
        output=lengths_of(output_lengths, output, longest=longest),
        prefix_caching=wanted.enable_prefix_caching is not False,
        engine_version=wanted.engine_version or catalog.serving.engine_version,
        load_seconds=load_seconds(configuration),
    )
    return Settled(served, configuration, prompt, output, (ttft, itl), tuple(notes))


def load_seconds(configuration: Configuration) -> float:
    """Return how long the weights of a configuration take to come."""
    gib = weight_bytes(configuration.architecture, configuration.checkpoint) / GIB
    return LOAD_SECONDS_PER_GIB * math.ceil(gib)


def _check(wanted: Wanted, places: Places) -> None:
    """Refuse numbers, names and a version that nothing could be served with."""
    problems: list[Diagnostic] = []
    for field, value in wanted.said().items():
        least, most = BOUNDS.get(field, (-math.inf, math.inf))
        if field in BOUNDS and not least <= value <= most:
            said = field.replace("_", " ")
            problems.append(Diagnostic(places(field), f"{said} is {value:,}", f"use {least:,} to {most:,}"))
    if not all(name.strip() for name in wanted.served_model_name or ("any",)):
        hint = "give it a name, or leave the flag out"
        problems.append(Diagnostic(places("served_model_name"), "the name that clients call the model is empty", hint))
    version = wanted.engine_version
    if version is not None and not re.fullmatch(r"[\w.+-]+", version):
        problems.append(Diagnostic(places("engine_version"), f'"{version}" is no version', "use one such as 0.19.0"))
    if problems:
        raise InputError(problems)


def _settings(wanted: Wanted, places: Places) -> SweepSettings:
    """Return the engine's settings, the defaults of plans where nothing is said."""
    problems: list[Diagnostic] = []
    if wanted.kv_cache_dtype is not None and wanted.kv_cache_dtype not in KV_ELEMENT_BYTES:
        message = f'KV cache type "{wanted.kv_cache_dtype}" is unknown'
        problems.append(Diagnostic(places("kv_cache_dtype"), message, f"use {' or '.join(KV_ELEMENT_BYTES)}"))
    share = wanted.gpu_memory_utilization
    if share is not None and not 0.0 < share <= 1.0:
        message = f"{share:g} of a GPU's memory cannot be used"
        problems.append(Diagnostic(places("gpu_memory_utilization"), message, "use more than 0, and 1 at most"))
    sequences = wanted.max_num_seqs or DEFAULT_SETTINGS.max_num_seqs
    tokens = wanted.max_num_batched_tokens or DEFAULT_SETTINGS.max_num_batched_tokens
    if tokens < sequences:
        message = f"{tokens:,} tokens per step are fewer than {sequences:,} sequences: vLLM refuses that"
        problems.append(Diagnostic(places("max_num_batched_tokens"), message, f"use {sequences} or more"))
    if problems:
        raise InputError(problems)
    return replace(
        DEFAULT_SETTINGS,
        kv_dtype=wanted.kv_cache_dtype or DEFAULT_SETTINGS.kv_dtype,
        memory_utilization=share or DEFAULT_SETTINGS.memory_utilization,
        max_num_seqs=sequences,
        max_num_batched_tokens=tokens,
    )


def _longest(
    wanted: Wanted, configuration: Configuration, context: int, catalog: Catalog, settings: SweepSettings,
    places: Places,
) -> tuple[int, list[str]]:  # fmt: skip
    """Return the longest sequence, and how it was found where nobody said."""
    asked = wanted.max_model_len
    if asked is None:
        longest = longest_context(configuration, context, catalog, settings)
        if longest < LEAST_CONTEXT:
            raise no_room(configuration, context, catalog, settings, places)
        if longest == context:
            return longest, [f"max-model-len is {longest:,}: the model's context"]
        return longest, [f"max-model-len is {longest:,} of {context:,}: the KV cache holds no more"]
    if asked > context:
        message = f"{asked:,} tokens are more than the model's context of {context:,}"
        raise InputError([Diagnostic(places("max_model_len"), message, f"use {context} or less")])
    if not plan_memory(configuration, asked, catalog.serving, settings).fits:
        raise no_room(configuration, asked, catalog, settings, places)
    return asked, []


def _usual(wanted: Wanted, longest: int, places: Places) -> tuple[int, int]:
    """Return the tokens of the usual request: as given, else as they fit."""
    prompt, output = wanted.prompt_tokens, wanted.output_tokens
    if prompt is None and output is None and longest < PROMPT_TOKENS + OUTPUT_TOKENS:
        third = max(1, longest // 3)
        return max(1, longest - third), third
    tokens = (prompt or PROMPT_TOKENS) + (output or OUTPUT_TOKENS)
    if tokens > longest:
        message = f"a request of {tokens:,} tokens is longer than the longest sequence, {longest:,}"
        hint = "give a larger --max-model-len, or fewer tokens"
        raise InputError([Diagnostic(places("prompt_tokens" if prompt else "output_tokens"), message, hint)])
    return prompt or PROMPT_TOKENS, output or OUTPUT_TOKENS


def _lane(server: Server) -> str:
    blocks = f"the {server.limits.blocks:,} blocks of KV cache"
    return blocks if server.lanes == 1 else f"{blocks} of each of {server.lanes} pipeline batches"


def _shown(configuration: Configuration) -> str:
    gpus = f"{configuration.tp * configuration.pp}x {configuration.accelerator.name}"
    return gpus if configuration.pp == 1 else f"{gpus} in {configuration.pp} pipeline stages"
