"""The options that say what is served: those of vLLM by its names, and the lock that stands for all of them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import click

from neuralnav_simulator.cli.numbers import Number
from neuralnav_simulator.served.lengths import USUAL
from neuralnav_simulator.served.locked import Planned, catalog_near, served_from_lock
from neuralnav_simulator.served.settle import Settled, served_from_flags
from neuralnav_simulator.served.wanted import BOUNDS, Wanted

Command = TypeVar("Command", bound=Callable[..., object])

KEY = "neuralnav_simulator.asked"
"""Where a context keeps the values: a dozen and a half options need no parameter each in every verb."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be served as the command line says it, settled; `planned` is what a lock says of it, `lock` which.

    Where a lock plans something else, `apart` says so.
    """

    settled: Settled
    planned: Planned | None
    lock: str
    apart: str = ""


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # of whatever type the option has
    ctx.meta.setdefault(KEY, {})[param.name] = value


def _option(*names: str, **rest: Any) -> Callable[[Command], Command]:  # click's own keywords
    return click.option(*names, expose_value=False, callback=_keep, **rest)


def _count(field: str) -> click.IntRange:
    least, most = BOUNDS[field]
    return click.IntRange(int(least), int(most))


def _flags() -> list[Callable[[Any], Any]]:
    return [
        _option("--lock", type=click.Path(path_type=Path), metavar="FILE",
                help="A plan.lock: serve its choice, as it is deployed. The other options here override it."),
        _option("--model", help="A model of the catalog, by id or by Hugging Face repository."),
        _option("--precision", help="Which of its checkpoints; needed only where several can be served."),
        _option("--accelerator", help="An accelerator of the catalog, such as h100."),
        _option("--tensor-parallel-size", "--tp", type=_count("tensor_parallel_size"), metavar="N",
                help="GPUs that share each layer [default: 1]."),
        _option("--pipeline-parallel-size", "--pp", type=_count("pipeline_parallel_size"), metavar="N",
                help="Nodes that share the layers [default: 1]."),
        _option("--max-model-len", type=_count("max_model_len"), metavar="TOKENS",
                help="The longest sequence [default: the model's context, or what the KV cache holds]."),
        _option("--max-num-seqs", type=_count("max_num_seqs"), metavar="N",
                help="Sequences in a batch [default: 256]."),
        _option("--max-num-batched-tokens", type=_count("max_num_batched_tokens"), metavar="TOKENS",
                help="Tokens of a step [default: 8192]."),
        _option("--gpu-memory-utilization", type=float, metavar="SHARE",
                help="How much of each GPU's memory is used [default: 0.9]."),
        _option("--kv-cache-dtype", metavar="TYPE", help="auto (16 bits) or fp8 [default: auto]."),
        _option("--enable-prefix-caching/--no-enable-prefix-caching", default=None,
                help="Keep the KV cache of prompts for later ones that begin alike [default: on, as in vLLM]."),
        _option("--served-model-name", multiple=True, metavar="NAME",
                help="What clients call the model; more than once for aliases [default: as --model has it]."),
        _option("--engine-version", metavar="VERSION",
                help="The vLLM that it stands for: its /version, and which metrics it has [default: the catalogs']."),
        _option("--prompt-tokens", type=_count("prompt_tokens"), metavar="N",
                help="Prompt of the usual request [default: 512]."),
        _option("--output-tokens", type=_count("output_tokens"), metavar="N",
                help="Answer of the usual request [default: 256]."),
        _option("--ttft-factor", type=Number(*BOUNDS["ttft_factor"]), metavar="X",
                help="Be so much slower to the first token than the serving model has it [default: 1]."),
        _option("--itl-factor", type=Number(*BOUNDS["itl_factor"]), metavar="X",
                help="Be so much slower between tokens [default: 1]."),
        _option("--catalogs", type=click.Path(path_type=Path), multiple=True, metavar="FOLDER",
                help="Catalog files of your own, over those that neuralnav.yaml names."),
    ]  # fmt: skip


def served_options(command: Command) -> Command:
    """Add the options that say what is served. The verb takes them with `asked`."""
    for option in reversed(_flags()):
        command = option(command)
    return command


def asked(ctx: click.Context, *, output_lengths: str = USUAL) -> Asked:
    """Return what the options say. Raises as `served_from_lock` and `served_from_flags` do."""
    values: dict[str, Any] = ctx.meta.get(KEY, {})
    names = {field.name for field in fields(Wanted)}
    said = {name: value for name, value in values.items() if name in names and value not in (None, ())}
    flags, catalogs, lock = Wanted(**said), values.get("catalogs") or (), values.get("lock")
    if lock is None:
        catalog = catalog_near(Path.cwd(), catalogs)
        return Asked(served_from_flags(flags, catalog, output_lengths=output_lengths), None, "")
    found = served_from_lock(lock, flags, catalogs=catalogs, output_lengths=output_lengths)
    return Asked(found.settled, found.planned, found.name, found.apart)
