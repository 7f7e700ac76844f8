"""A load point, what was stated beside its report, and the catalog, to the cells of a benchmark row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from neuralnav.imports.checks import LENGTHS_AGREE, check_magnitudes
from neuralnav.imports.said import Fault, Point, Said, Value, shown
from neuralnav.model.base import to_camel
from neuralnav.model.catalog import Catalog
from neuralnav.model.catalog.names import accelerator_hint, accelerator_of, checkpoint_of, model_hint
from neuralnav.model.document import suggestion
from neuralnav.model.quantity import RATE_DIGITS
from neuralnav.model.sidecar import SIMULATOR, SUFFIX
from neuralnav.model.tables import BENCHMARK_SCHEMA, CONFIGURATION, LATENCIES, MS_DIGITS, TPOT

RATES = ("offered_rps", "achieved_rps", "output_tokens_per_s")
NEEDED: Mapping[str, tuple[str, str]] = {
    "model": ("the model", "--model"),
    "precision": ("the precision of the weights", "--precision"),
    "accelerator": ("the accelerator", "--accelerator"),
    "tp": ("the tensor parallelism", "--tp"),
    "engine_version": ("the version of the engine", "--engine-version"),
    "prompt_tokens": ("the tokens of a prompt", "--prompt-tokens"),
    "output_tokens": ("the tokens of an answer", "--output-tokens"),
    "arrival": ("how requests arrived", "--arrival"),
}
"""What every row must know: in words, and the option that gives it."""

DEFAULTS: Mapping[str, Value] = {"pp": 1, "engine": "vllm", "prefix_hit_share": 0.0, "burst_size": 1.0}
"""What is taken where nobody says: one stage, vLLM, distinct prompts, single arrivals."""

SIMULATED = "simulated"
"""The source of rows that any tool took of our simulator: they pass for no measurement of an accelerator."""

KV_SPELLINGS: Mapping[str, str] = {"bf16": "auto", "bfloat16": "auto", "float16": "auto", "fp16": "auto"}
COUNTS = ("tp", "pp", "prompt_tokens", "output_tokens", "concurrency", "requests", "max_num_seqs",
          "max_num_batched_tokens")  # fmt: skip
RELEASE = re.compile(r"v(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a benchmark row without its evidence id, and the path of the load point behind it."""

    path: str
    cells: Mapping[str, Value | None]
    notes: tuple[str, ...] = ()


def complete(
    point: Point, stated: Mapping[str, Said], catalog: Catalog, *, origin: str, source: str
) -> Row | tuple[Fault, ...]:
    """Return the row of a load point, or every reason why it is none.

    `stated` are the facts given beside the report, by column. What the report says must agree with them. `origin` is
    the tool whose format it is, unless the report names another.
    """
    facts, faults = _merged(point, stated, catalog)
    whole = replace(point, facts=facts)
    if point.faults:  # what could not be read is no reason to ask for what follows from it
        deployed = [fault for name, fault in _missing(facts).items() if name in CONFIGURATION]
        return (*point.faults, *faults, *deployed)
    faults += [*_missing(facts).values(), *check_magnitudes(whole), *_undivided(facts)]
    return tuple(faults) if faults else Row(point.path, _cells(whole, origin, source), point.notes)


def _merged(point: Point, stated: Mapping[str, Said], catalog: Catalog) -> tuple[dict[str, Said], list[Fault]]:
    facts = {**point.facts}
    faults: list[Fault] = []
    _name_model(facts, stated, catalog, faults)
    _name_accelerator(facts, stated, catalog, faults)
    for name, said in stated.items():
        own = facts.get(name)
        if own is not None and not _agrees(name, own, said):
            message = f"the report says {shown(own.value)} for {name.replace('_', ' ')}"
            faults.append(Fault(own.path, message, f"{said.path} says {shown(said.value)}; correct one of them"))
        facts[name] = said
    _name_lengths(facts)
    if "engine_version" in facts:
        said = facts["engine_version"]
        facts["engine_version"] = replace(said, value=RELEASE.sub("", str(said.value), count=1))
    for name, value in DEFAULTS.items():
        facts.setdefault(name, Said(value, "default"))
    return facts, faults


def _agrees(name: str, own: Said, said: Said) -> bool:
    """Tell whether the report bears out what is stated; lengths are compared with the measured means elsewhere.

    Tools that talk to the simulator call it vLLM, as which it poses.
    """
    match name:
        case "precision" | "date":
            return True
        case "arrival":
            return own.value in ("unstated", said.value)
        case "engine":
            return own.value in (said.value, "vllm") if said.value == SIMULATOR else own.value == said.value
        case "engine_version":
            return RELEASE.sub("", str(own.value)) == RELEASE.sub("", str(said.value))
        case _:
            return own.value == said.value


def _name_model(facts: dict[str, Said], stated: Mapping[str, Said], catalog: Catalog, faults: list[Fault]) -> None:
    """Set model and precision: by the repository that the report names, unless they are stated."""
    said, model, precision = facts.get("model_name"), stated.get("model"), stated.get("precision")
    found = checkpoint_of(str(said.value), catalog) if said else None
    if model is not None and model.value not in catalog.models:
        faults.append(Fault(model.path, f'unknown model "{model.value}"', suggestion(str(model.value), catalog.models)))
    if said is not None and found is not None:
        if model is not None and model.value != found[0]:
            hint = f"{model.path} says {model.value}; correct one of them"
            faults.append(Fault(said.path, f"{said.value} is {found[0]} in the catalog", hint))
        facts["model"] = Said(found[0], said.path)
        _name_precision(facts, precision, found[1].precision, catalog, faults)
    elif said is not None and model is None:
        if said.value in catalog.models:
            facts["model"] = said
        else:
            message = f"{shown(said.value)} is the repository of no checkpoint in the catalog"
            faults.append(Fault(said.path, message, model_hint(str(said.value), catalog)))
    chosen = model or facts.get("model")
    known = catalog.models.get(str(chosen.value)) if chosen else None
    kept = precision or facts.get("precision")
    if known is not None and kept is not None and kept.value not in {item.precision for item in known.checkpoints}:
        held = ", ".join(item.precision for item in known.checkpoints)
        faults.append(Fault(kept.path, f"{known.id} has no {kept.value} checkpoint in the catalog", f"it has {held}"))


def _name_precision(
    facts: dict[str, Said], stated: Said | None, published: str, catalog: Catalog, faults: list[Fault]
) -> None:
    """Set the precision: the report's own word, else the checkpoint's. Loading can narrow weights, not widen them."""
    model = catalog.models[str(facts["model"].value)]
    said = facts.get("expert_precision" if model.architecture.experts else "precision") or facts.get("precision")
    if stated is not None and stated.value != published and published != "bf16":
        place = facts["model"].path
        faults.append(Fault(place, f"this checkpoint is {published}", f"{stated.path} says {stated.value}"))
    facts["precision"] = said or Said(published, facts["model"].path)


def _name_accelerator(
    facts: dict[str, Said], stated: Mapping[str, Said], catalog: Catalog, faults: list[Fault]
) -> None:
    given, said = stated.get("accelerator"), facts.get("accelerator_name")
    if given is not None and given.value not in catalog.accelerators:
        hint = suggestion(str(given.value), catalog.accelerators)
        faults.append(Fault(given.path, f'unknown accelerator "{given.value}"', hint))
    if said is None:
        return
    found = accelerator_of(str(said.value), catalog)
    if found is not None:
        facts["accelerator"] = Said(found, said.path)
    elif given is None:
        message = f"{shown(said.value)} is no accelerator that is known here"
        faults.append(Fault(said.path, message, accelerator_hint(str(said.value), catalog)))


def _name_lengths(facts: dict[str, Said]) -> None:
    """Set the lengths of a request: as stated, as asked of the tool, or the measured mean to the whole token.

    The tool's word counts while the measurement bears it out: a shared prefix may come on top of it.
    """
    for kind in ("prompt", "output"):
        mean, asked = facts.get(f"{kind}_mean"), facts.get(f"{kind}_asked")
        if f"{kind}_tokens" not in facts and (asked or mean):
            borne_out = asked and (not mean or 1 / LENGTHS_AGREE <= asked.number / mean.number <= LENGTHS_AGREE)
            taken = asked if asked and borne_out else mean or asked
            if taken:
                facts[f"{kind}_tokens"] = Said(max(1, round(taken.number)), taken.path)


def _missing(facts: Mapping[str, Said]) -> dict[str, Fault]:
    """Return what nothing says, by name. An unknown name of a model or accelerator is a fault of its own already."""
    hidden = {name for name in ("model", "accelerator") if f"{name}_name" in facts}
    if "model" in hidden and "model" not in facts:
        hidden.add("precision")
    faults = {
        name: Fault("", f"nothing says {words}", f"pass {option}, or {to_camel(name)} in a sidecar, REPORT{SUFFIX}")
        for name, (words, option) in NEEDED.items()
        if name not in facts and name not in hidden
    }
    if "offered_rps" not in facts and "concurrency" not in facts:
        hint = f"pass --offered-rps or --concurrency, or give it in a sidecar, REPORT{SUFFIX}"
        faults["load"] = Fault("", "nothing says the load", hint)
    if not any(name in facts for name in (*LATENCIES, *TPOT)):
        faults["latency"] = Fault("", "holds no latency", "is the report of the right run?")
    return faults


def _undivided(facts: Mapping[str, Said]) -> Iterator[Fault]:
    replicas, flying = facts.get("replicas"), facts.get("concurrency")
    if replicas and flying and flying.number % replicas.number:
        message = f"{flying.value} in flight do not divide over {replicas.value} replicas"
        yield Fault(flying.path, message, "a row is of one replica")


def _cells(point: Point, origin: str, source: str) -> dict[str, Value | None]:
    """Return the cells per replica, rounded as the table keeps them."""
    replicas = point.number("replicas") or 1.0
    cells: dict[str, Value | None] = {}
    for name in BENCHMARK_SCHEMA.names:
        said = point.facts.get(name)
        if said is None:
            cells[name] = None
        elif name in (*LATENCIES, *TPOT):
            cells[name] = max(round(said.number, MS_DIGITS), 10.0**-MS_DIGITS)
        elif name in RATES:
            cells[name] = max(round(said.number / replicas, RATE_DIGITS), 10.0**-RATE_DIGITS)
        elif name in COUNTS:
            cells[name] = int(said.number / (replicas if name == "concurrency" else 1.0))
        else:
            cells[name] = said.value
    kv = cells["kv_dtype"]
    if isinstance(kv, str):
        cells["kv_dtype"] = "fp8" if kv.startswith("fp8") else KV_SPELLINGS.get(kv, kv)
    taken_of_simulator = cells["engine"] == SIMULATOR
    return {**cells, "origin": cells["origin"] or origin, "source": SIMULATED if taken_of_simulator else source}
