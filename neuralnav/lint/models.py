"""Checks of models and of what speaks for their quality."""

from collections.abc import Iterator

from neuralnav.lint.entries import Entries
from neuralnav.lint.findings import Finding, finding
from neuralnav.model.catalog import Model
from neuralnav.serving.memory import AGREES, GIB, WIDE_BYTES, kv_bytes_per_token, parameter_count

NOMINAL_BITS = {"bf16": 16.0, "fp8": 8.0, "int8": 8.0, "int4": 4.0, "fp4": 4.0}
SCALES = 1.2
"""Scales and zero points add at most this: 4-bit integers in groups of 32 take 4.625 bits."""

LONGEST = 1 << 24
"""A longer context is a slip of the pen: the longest that an open model states is 10,485,760 tokens."""


def check_models(entries: Entries) -> Iterator[Finding]:
    """Yield what is inconsistent or missing in models."""
    served: set[str] = {
        precision for chip in entries.catalog.accelerators.values() for precision in chip.supports.value
    }
    node_gib = max(
        (chip.memory_gib.value * chip.gpus_per_node.value for chip in entries.catalog.accelerators.values()),
        default=0.0,
    )
    for model in entries.catalog.models.values():
        yield from _parameters(entries, model)
        yield from _context(entries, model, node_gib)
        yield from _checkpoints(entries, model, served)
        if model.id not in entries.catalog.scores:
            yield finding(
                "score-missing", f"models/{model.id}", "no scores: its quality is unknown",
                entries.where("models", model.id),
            )  # fmt: skip
    yield from _repositories(entries)


def check_quality(entries: Entries) -> Iterator[Finding]:
    """Yield what is inconsistent or missing in scores, losses and the weights that use them."""
    catalog = entries.catalog
    rows: dict[tuple[str, str], str] = {}
    for scores in catalog.scores.values():
        where, entry = entries.where("scores", scores.model), f"scores/{scores.model}"
        if scores.model not in catalog.models:
            yield finding("score-orphan", entry, f'no model has the id "{scores.model}"', where)
        other = rows.setdefault((scores.source, scores.row), scores.model)
        if other != scores.model:
            yield finding("row-shared", entry, f'row "{scores.row}" also speaks for {other}', where)
    yield from _losses(entries)


def check_use_cases(entries: Entries) -> Iterator[Finding]:
    """Yield what is inconsistent in use cases."""
    catalog = entries.catalog
    scored = {name for scores in catalog.scores.values() for name in scores.scores}
    for case in catalog.use_cases.values():
        entry = f"useCases/{case.id}"
        weights = entries.where("useCases", case.id, "qualityWeights")
        total = sum(case.quality_weights.values())
        if abs(total - 1) > 1e-6:
            yield finding("weights-sum", entry, f"the weights sum to {total:g}", weights)
        for name in sorted(set(case.quality_weights) - scored):
            message = f"no model has a score of {name}, weighted {case.quality_weights[name]:g}"
            yield finding("benchmark-unscored", entry, message, weights, figure=name)
        if case.profile not in catalog.profiles:
            where = entries.where("useCases", case.id, "profile")
            yield finding("profile-unknown", entry, f'no profile has the id "{case.profile}"', where)
        if case.slo.e2e <= case.slo.ttft:
            message = f"e2e {case.slo.e2e:g} ms is not above ttft {case.slo.ttft:g} ms"
            yield finding("slo-order", entry, message, entries.where("useCases", case.id, "slo"))


def _parameters(entries: Entries, model: Model) -> Iterator[Finding]:
    computed, stated = parameter_count(model.architecture) / 1e9, model.parameters_b.value
    if abs(computed - stated) > AGREES * stated:
        message = f"{computed:.4g} B computed, {stated:g} B stated ({computed / stated - 1:+.1%})"
        where = entries.where("models", model.id, "parametersB")
        yield finding("parameters-differ", f"models/{model.id}", message, where, figure="parametersB")


def _context(entries: Entries, model: Model, node_gib: float) -> Iterator[Finding]:
    a, entry, context = model.architecture, f"models/{model.id}", model.context_tokens.value
    inside = entries.where("models", model.id, "architecture")
    kv = kv_bytes_per_token(a, tp=1, kv_bytes=WIDE_BYTES)
    window = min(a.sliding_window or context, context)
    sequence = (kv.full * context + kv.sliding * window) / GIB
    where = entries.where("models", model.id, "contextTokens")
    if context > LONGEST:
        yield finding("context-odd", entry, f"{context:,} tokens are more than any model has", where)
    elif sequence > node_gib > 0:
        message = f"a sequence of {context:,} tokens takes {sequence:,.0f} GiB of KV cache; no node has that much"
        yield finding("context-odd", entry, message, where)
    if a.sliding_window is not None and a.sliding_window >= context:
        message = f"a window of {a.sliding_window:,} tokens is not below the context of {context:,}"
        yield finding("window-odd", entry, message, inside)
    elif (a.sliding_window is None) != (a.full_attention_layers is None):
        yield finding("window-odd", entry, "slidingWindow and fullAttentionLayers come together", inside)
    if (a.experts is None) != (a.expert_intermediate_size is None):
        yield finding("experts-odd", entry, "experts and expertIntermediateSize come together", inside)


def _checkpoints(entries: Entries, model: Model, served: set[str]) -> Iterator[Finding]:
    for index, checkpoint in enumerate(model.checkpoints):
        entry, figure = f"models/{model.id}", f"checkpoints.{checkpoint.precision}"
        where = entries.where("models", model.id, "checkpoints", index)
        bits = NOMINAL_BITS[checkpoint.precision]
        if not bits <= checkpoint.bits_per_weight <= SCALES * bits:
            message = f"{checkpoint.bits_per_weight:g} bits a weight are not those of {checkpoint.precision}"
            yield finding("bits-differ", entry, message, where, figure=figure)
        if (checkpoint.quantized == "none") != (checkpoint.precision == "bf16"):
            message = f'quantized "{checkpoint.quantized}" is not that of {checkpoint.precision}'
            yield finding("bits-differ", entry, message, where, figure=figure)
        if checkpoint.quantized == "experts" and model.architecture.experts is None:
            yield finding("bits-differ", entry, "the experts are quantized, and there are none", where, figure=figure)
        if served and checkpoint.precision not in served:
            message = f"no accelerator supports {checkpoint.precision}, so it is never considered"
            yield finding("checkpoint-unserved", entry, message, where, figure=figure)


def _repositories(entries: Entries) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for model in entries.catalog.models.values():
        for index, checkpoint in enumerate(model.checkpoints):
            other = first.setdefault(checkpoint.repo, model.id)
            if other != model.id:
                where = entries.where("models", model.id, "checkpoints", index)
                message = f"{checkpoint.repo} is also a checkpoint of {other}"
                figure = f"checkpoints.{checkpoint.precision}"
                yield finding("repo-shared", f"models/{model.id}", message, where, figure=figure)


def _losses(entries: Entries) -> Iterator[Finding]:
    """Yield the precisions without a published loss; scores were measured on a model's widest checkpoint."""
    catalog = entries.catalog
    users: dict[str, int] = {}
    for model in catalog.models.values():
        widest = max(checkpoint.bits_per_weight for checkpoint in model.checkpoints)
        for checkpoint in model.checkpoints:
            if checkpoint.bits_per_weight < widest:
                users[checkpoint.precision] = users.get(checkpoint.precision, 0) + 1
    for precision in sorted(set(users) - set(catalog.quantisation)):
        document = next((d for d in entries.documents if hasattr(d.document.spec, "quantisation")), None)
        if document is not None:
            message = f"no published loss of quality for {precision}; checkpoints that need it: {users[precision]}"
            yield finding("loss-missing", f"quantisation/{precision}", message, document.where("spec"))
