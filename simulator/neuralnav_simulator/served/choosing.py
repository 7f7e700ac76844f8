"""Which configuration of the catalogs is meant, and whether an engine would start it."""

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.catalog import Accelerator, Catalog, Checkpoint, Model
from neuralnav.model.document import suggestion
from neuralnav.serving.configurations import Configuration, serves, shards_evenly, whole_blocks
from neuralnav_simulator.served.wanted import Places, Wanted


def configuration_of(wanted: Wanted, catalog: Catalog, places: Places) -> Configuration:
    """Return the configuration that is wanted. Raises InputError where there is none, or vLLM refuses to start it."""
    problems: list[Diagnostic] = []
    found = _model(wanted.model, catalog, places, problems)
    accelerator = _accelerator(wanted.accelerator, catalog, places, problems)
    if found is None or accelerator is None:
        raise InputError(problems)
    model, named = found
    checkpoint = _checkpoint(wanted.precision, model, named, accelerator, places)
    tp, pp = wanted.tensor_parallel_size or 1, wanted.pipeline_parallel_size or 1
    configuration = Configuration(model.id, model.architecture, checkpoint, accelerator, tp, pp)
    _check_split(configuration, places)
    return configuration


def _model(name: str | None, catalog: Catalog, places: Places, problems: list[Diagnostic]) -> tuple[Model, str] | None:
    """Return a model, and the repository by which it was called, if it was; None with a problem more."""
    if name is None:
        hint = "say which, such as --model llama-3.1-8b, or give a --lock"
        problems.append(Diagnostic(places("model"), "no model is named", hint))
        return None
    known = {spelling.lower(): model for model in catalog.models.values() for spelling in model.spellings}
    model = known.get(name.lower())
    if model is None:
        ids = [*catalog.models, *(one.repo for item in catalog.models.values() for one in item.checkpoints)]
        hint = suggestion(name, ids) or "`neuralnav catalog models` lists them"
        problems.append(Diagnostic(places("model"), f'unknown model "{name}"', hint))
        return None
    repos = {checkpoint.repo.lower() for checkpoint in model.checkpoints}
    return model, name.lower() if name.lower() in repos else ""


def _accelerator(name: str | None, catalog: Catalog, places: Places, problems: list[Diagnostic]) -> Accelerator | None:
    if name is None:
        hint = "say which, such as --accelerator h100"
        problems.append(Diagnostic(places("accelerator"), "no accelerator is named", hint))
        return None
    known = {spelling.lower(): item for item in catalog.accelerators.values() for spelling in item.spellings}
    accelerator = known.get(name.lower())
    if accelerator is None:
        hint = suggestion(name, catalog.accelerators)
        problems.append(Diagnostic(places("accelerator"), f'unknown accelerator "{name}"', hint))
        return None
    return accelerator


def _checkpoint(precision: str | None, model: Model, repo: str, accelerator: Accelerator, places: Places) -> Checkpoint:
    """Return the checkpoint that precision and repository leave; the one that the accelerator serves, of several."""
    of_repo = [item for item in model.checkpoints if not repo or item.repo.lower() == repo]
    found = [item for item in of_repo if precision is None or item.precision == precision.lower()]
    if not found:
        offered = [item.precision for item in of_repo]
        message = f'{model.id} has no precision "{precision}"'
        raise _fault(places("precision"), message, suggestion(str(precision), offered))
    served = [item for item in found if serves(accelerator, item)]
    if not served:
        message = f"{accelerator.name} does not serve {model.id} in {' or '.join(item.precision for item in found)}"
        others = [item.precision for item in model.checkpoints if serves(accelerator, item)]
        hint = f"it serves {', '.join(others)}" if others else "choose another accelerator"
        raise _fault(places("precision"), message, hint)
    if len(served) > 1:
        offered = [item.precision for item in served]
        message = f"{model.id} is served in {len(served)} precisions on {accelerator.name}"
        raise _fault(places("precision"), message, f"give --precision: one of {', '.join(offered)}")
    return served[0]


def _check_split(configuration: Configuration, places: Places) -> None:
    """Refuse what vLLM cannot split over so many accelerators."""
    tp, pp, a = configuration.tp, configuration.pp, configuration.architecture
    node, split = configuration.accelerator.gpus_per_node.value, "tensor_parallel_size"
    within = [size for size in (1, 2, 4, 8, 16) if size <= node and _splits(configuration, size)]
    hint = f"use {' or '.join(str(size) for size in within)}"
    if tp > node:
        message = (
            f"a tensor parallelism of {tp} is more than the {node:g} GPUs of an {configuration.accelerator.name} node"
        )
        raise _fault(places(split), message, f"{hint}, with --pp for more nodes")
    if not shards_evenly(a, tp):
        message = f"{a.attention_heads} attention heads and {a.kv_heads} KV heads cannot be shared out over {tp} GPUs"
        raise _fault(places(split), message, hint)
    if not whole_blocks(configuration, tp):
        message = f"over {tp} GPUs the weights of {configuration.checkpoint.repo} fall into broken blocks of scales"
        raise _fault(places(split), message, hint)
    if pp > a.layers:
        message = f"{pp} pipeline stages are more than the {a.layers} layers of the model"
        raise _fault(places("pipeline_parallel_size"), message, "use fewer")


def _splits(configuration: Configuration, tp: int) -> bool:
    return shards_evenly(configuration.architecture, tp) and whole_blocks(configuration, tp)


def _fault(where: Where, message: str, hint: str) -> InputError:
    return InputError([Diagnostic(where, message, hint)])
