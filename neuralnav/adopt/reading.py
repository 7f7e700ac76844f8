"""A config.json to an architecture of ours, by the rule of its class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from neuralnav.adopt.architectures import FULL, MARKS, OTHER_KINDS, REFUSED, RULES, WINDOWED, Experts, Rule, Window
from neuralnav.adopt.config import MOST_LAYERS, MOST_TOKENS, Config
from neuralnav.adopt.quantization import Stored, stored_weights
from neuralnav.errors import InputError
from neuralnav.model.catalog import Architecture
from neuralnav.model.document import suggestion


@dataclass(frozen=True, slots=True)
class Published:
    """What a config.json says of a model. `name` is its architecture; `taken` are keys read from class defaults."""

    name: str
    family: str
    architecture: Architecture
    context_tokens: int
    modalities: tuple[str, ...]
    stored: Stored
    taken: tuple[str, ...]
    remarks: tuple[str, ...]


class _MoeFields(TypedDict, total=False):
    experts: int
    experts_per_token: int
    expert_intermediate_size: int
    shared_experts: int
    dense_layers: int


class _LatentFields(TypedDict, total=False):
    kv_lora_rank: int
    q_lora_rank: int | None
    rope_head_dim: int
    v_head_dim: int


def published(top: Config) -> Published:
    """Return what the file says. Raises `InputError` with every problem, or why its architecture has no rule."""
    name, rule = _rule(top)
    body = top.object("text_config", rule.defaults) or Config(top.source, top.node, top.problems, rule.defaults)
    _refuse_marks(top, body, rule)
    architecture, context = _architecture(body, top, rule)
    stored = stored_weights(top, body, experts=rule.experts is not None)
    if top.problems:
        unique = {(d.where.line, d.where.column, d.message): d for d in top.problems}
        raise InputError([unique[key] for key in sorted(unique)])
    encoders = {"vision_config": "image", "audio_config": "audio"}
    return Published(
        name=name,
        family=rule.family,
        architecture=architecture,
        context_tokens=context,
        modalities=("text", *(word for key, word in encoders.items() if top.holds(key))),
        stored=stored,
        taken=tuple(dict.fromkeys(body.taken)),
        remarks=tuple(_remarks(top, body)),
    )


def _rule(top: Config) -> tuple[str, Rule]:
    names = [name for name in top.items("architectures") if isinstance(name, str)]
    if not names:
        what = next(
            (f"it has {key}" for key in ("tokenizer_class", "peft_type", "dim", "quantization") if top.has(key)), ""
        )
        hint = f"{what}: this is another file of the repository" if what else "is this a model's config.json?"
        top.refuse("architectures", '"architectures" is missing or names none', hint)
        raise InputError(top.problems)
    name = names[0]
    if name in RULES:
        return name, RULES[name]
    if name in REFUSED:
        top.refuse("architectures", f"{name} cannot be described by a catalog entry: {REFUSED[name]}")
    else:
        near = suggestion(name, RULES).removesuffix("?")
        known = f"known: {', '.join(sorted(RULES))}"
        hint = (
            f"{near}? Its fields differ, unless the file is mislabelled; {known}" if near.startswith("did") else known
        )
        top.refuse("architectures", f'unknown architecture "{name}"', hint)
    raise InputError(top.problems)


def _refuse_marks(top: Config, body: Config, rule: Rule) -> None:
    """Raise `InputError` when a key says that the layers are of a kind that has no rule, whatever the class."""
    for config in (top,) if body.node is top.node else (top, body):
        for key in config.keys:
            if key in MARKS and config.holds(key):
                config.refuse(key, f"{key} marks what a catalog entry cannot describe: {MARKS[key]}")
    if any(kind == 0 for kind in body.items("attn_type_list")):
        body.refuse("attn_type_list", f"attn_type_list holds 0: {OTHER_KINDS['linear_attention']}")
    if body.has("kv_lora_rank") and not rule.latent:
        body.refuse("kv_lora_rank", "kv_lora_rank marks latent attention, which this architecture does not have")
    if top.problems:
        raise InputError(top.problems)


def _architecture(body: Config, top: Config, rule: Rule) -> tuple[Architecture, int]:
    layers = body.count("num_hidden_layers", most=MOST_LAYERS)
    hidden, heads = body.count("hidden_size"), body.count("num_attention_heads")
    context = body.count("max_position_embeddings", most=MOST_TOKENS)
    latent: _LatentFields = {}
    if rule.latent:
        kv_heads, head_dim, latent = heads, _latent_head(body), _latent(body)
    else:
        alike = body.null("num_key_value_heads") or (rule.multi_head and not body.has("num_key_value_heads"))
        kv_heads = heads if alike else body.count("num_key_value_heads")
        head_dim = _head_dim(body, hidden, heads)
    if heads % kv_heads and body.sound("num_attention_heads", "num_key_value_heads"):
        body.refuse("num_key_value_heads", f"{heads} attention heads cannot share {kv_heads} KV heads")
    width, moe = _feed_forward(body, rule.experts, layers)
    window, full = _window(body, rule.window, layers, context)
    vocabulary = body.count("vocab_size")
    tied = (body if body.has("tie_word_embeddings") else top).flag("tie_word_embeddings", default=rule.tied)
    if body.problems:  # a place holder may break the rules of the type
        return _PLACEHOLDER, context
    return (
        Architecture(
            source="config", verified=True, layers=layers, hidden_size=hidden, attention_heads=heads,
            kv_heads=kv_heads, head_dim=head_dim, intermediate_size=width, vocab_size=vocabulary,
            tied_embeddings=tied, sliding_window=window, full_attention_layers=full, **moe, **latent,
        ),
        context,
    )  # fmt: skip


_PLACEHOLDER = Architecture(
    source="config", verified=False, layers=1, hidden_size=1, attention_heads=1, kv_heads=1, head_dim=1,
    intermediate_size=1, vocab_size=1,
)  # fmt: skip


def _head_dim(body: Config, hidden: int, heads: int) -> int:
    stated = body.optional("head_dim")
    if stated is None and hidden % heads and body.sound("hidden_size", "num_attention_heads"):
        body.refuse("num_attention_heads", f"hidden_size {hidden:,} does not divide by {heads} heads", "add head_dim")
    return stated or max(1, hidden // heads)


def _latent_head(body: Config) -> int:
    return body.count("qk_nope_head_dim") + body.count("qk_rope_head_dim")


def _latent(body: Config) -> _LatentFields:
    return {
        "kv_lora_rank": body.count("kv_lora_rank"),
        "q_lora_rank": body.optional("q_lora_rank"),
        "rope_head_dim": body.count("qk_rope_head_dim"),
        "v_head_dim": body.count("v_head_dim"),
    }


def _feed_forward(body: Config, experts: Experts | None, layers: int) -> tuple[int, _MoeFields]:
    """Return the width of the dense block and what the experts are."""
    if experts is None:
        return body.count("intermediate_size"), {}
    width = body.count(experts.width)
    count = body.count(body.first(*experts.count))
    chosen = body.count("num_experts_per_tok")
    if chosen > count and body.sound(*experts.count):
        body.refuse("num_experts_per_tok", f"{chosen} experts per token of only {count}")
    dense = _dense_layers(body, experts, layers)
    shared = _shared_experts(body, experts.shared)
    dense_width = body.count(experts.dense_width) if dense or body.has(experts.dense_width) else width
    return dense_width, {
        "experts": count, "experts_per_token": chosen, "expert_intermediate_size": width,
        "shared_experts": shared, "dense_layers": dense,
    }  # fmt: skip


def _shared_experts(body: Config, shared: str | int) -> int:
    if isinstance(shared, int):
        return shared
    return 0 if body.null(shared) else body.count(shared, least=0)


def _dense_layers(body: Config, experts: Experts, layers: int) -> int:
    """Return how many layers have a dense block in place of experts."""
    match experts.dense:
        case "none":
            return 0
        case "first":
            if body.has("moe_layer_freq") and body.number("moe_layer_freq") != 1:
                body.refuse("moe_layer_freq", "moe_layer_freq is not 1: experts in some layers only have no rule")
            return body.count("first_k_dense_replace", least=0, most=layers)
        case "sparse-step":
            step = body.count("decoder_sparse_step", default=1)
            dense = set(body.items("mlp_only_layers"))
            return sum(1 for layer in range(layers) if layer in dense or (layer + 1) % step)
        case "interleaved":
            listed = {layer for layer in body.items("moe_layers") if layer in range(layers)}
            step = body.count("interleave_moe_layer_step", default=1)
            return layers - (len(listed) if listed else layers // step)


def _window(body: Config, window: Window | None, layers: int, context: int) -> tuple[int | None, int | None]:
    """Return the tokens of windowed layers and how many layers see everything; None twice when all of them do."""
    rule = window or Window()
    kinds = body.items("layer_types")
    if kinds:
        known = len(body.problems)
        full: int | None = _full_of_kinds(body, kinds, layers)
        size = body.optional(rule.size) if full != layers else None
        if full != layers and size is None and len(body.problems) == known:
            body.refuse("layer_types", f"layer_types names windowed layers, but {rule.size} is not given")
    elif window is None or (rule.switch and not body.flag(rule.switch, default=False)):
        return None, None
    else:
        size = body.optional(rule.size)
        full = None if size is None else _full_layers(body, rule, layers)
    if size is None or size >= context or full == layers:
        return None, None
    return size, full


def _full_of_kinds(body: Config, kinds: Sequence[object], layers: int) -> int:
    if len(kinds) != layers:
        body.refuse("layer_types", f"layer_types has {len(kinds)} entries for {layers} layers")
    for kind in dict.fromkeys(kinds):
        if kind != FULL and kind not in WINDOWED:
            why = OTHER_KINDS.get(str(kind), "only attention over everything or over a window has a rule")
            body.refuse("layer_types", f'layer_types holds "{kind}" {kinds.count(kind)} times: {why}')
    return kinds.count(FULL)


def _full_layers(body: Config, rule: Window, layers: int) -> int:
    listed = body.items(rule.zeros) if rule.zeros else ()
    if listed:
        return sum(1 for item in listed[:layers] if item == 0)
    if rule.below:
        return min(layers, body.count(rule.below, least=0, most=MOST_LAYERS))
    every = body.count(rule.pattern, default=rule.every) if rule.pattern else rule.every
    return layers // every if every else 0


def _remarks(top: Config, body: Config) -> Iterator[str]:
    """Yield what the file holds and the entry does not."""
    for key in ("num_nextn_predict_layers", "num_mtp_modules"):
        if body.holds(key):
            yield f"{key}: the layers that predict further tokens are not counted"
    for key in ("vision_config", "audio_config"):
        if top.holds(key):
            yield f"{key}: that encoder is not counted; state it as extraParametersB with its source"
    for key in ("rope_scaling", "rope_parameters"):
        scaling = body.object(key)
        if scaling is not None and scaling.number("factor") is not None:
            kind = scaling.text("rope_type") or scaling.text("type") or "scaling"
            yield f"{key}: {kind} by {scaling.number('factor'):g}; the context is max_position_embeddings as it stands"
