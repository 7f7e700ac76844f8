"""How a checkpoint stores its weights, by the `quantization_config` of its config.json."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from neuralnav.adopt.config import Config
from neuralnav.model.catalog import Precision
from neuralnav.model.document import suggestion

Quantized = Literal["none", "linear", "experts"]
Compute = Literal["bf16", "fp8", "int8", "fp4"]

SCALE_BITS = {"int": 16, "float8": 32, "float4": 8}
"""Bits of one scale: half precision with integers, float32 for a block of FP8, FP8 or E8M0 for a block of FP4."""

MXFP4_GROUP, NVFP4_GROUP = 32, 16
"""Elements that share a scale: OCP Microscaling Formats 1.0, and NVIDIA's NVFP4."""

WIDE_TYPES = frozenset({"bfloat16", "float16", "float32"})


@dataclass(frozen=True, slots=True)
class Stored:
    """What a checkpoint's weights are: precision, bits each with scales, where they are narrow, what computes."""

    precision: Precision
    bits: float
    quantized: Quantized
    compute: Compute
    note: str
    engine: str = ""


@dataclass(frozen=True, slots=True)
class _Format:
    """A number format of weights."""

    precision: Precision
    bits: float
    compute: Compute
    words: str


ENGINE: Mapping[tuple[str, str], str] = {
    ("mxfp4", "fp4"): "mxfp4",
    ("modelopt", "fp4"): "modelopt_fp4",
    ("compressed-tensors", "fp4"): "compressed-tensors",
}
"""The engine's own name of a 4-bit float, of which there are two kinds; it reads the others off the checkpoint."""

WIDE = Stored("bf16", 16.0, "none", "bf16", "no quantization_config")


def stored_weights(top: Config, body: Config, *, experts: bool) -> Stored:
    """Return how the weights are stored. What has no rule adds a problem to the file's, and reads as 16 bits."""
    holder = next((c for c in (top, body) if c.has("quantization_config")), None)
    if holder is None:
        return _wide(top, body)
    config = holder.object("quantization_config")
    if config is None:
        holder.refuse("quantization_config", "quantization_config must be an object")
        return WIDE
    method = config.text("quant_method")
    if method not in METHODS:
        shown = f'the quantization method "{method}" has no rule' if method else "quant_method is missing"
        hint = suggestion(method, METHODS)
        config.refuse("quant_method", shown, hint or f"known: {', '.join(sorted(METHODS))}")
        return WIDE
    found = METHODS[method](config)
    if found is None:
        return WIDE
    quantized, remark = _narrow(config, experts=experts)
    engine = ENGINE.get((method, found.precision), "")
    return Stored(found.precision, found.bits, quantized, found.compute, f"{method}: {found.words}{remark}", engine)


def _wide(top: Config, body: Config) -> Stored:
    holder = next((c for c in (top, body) for key in ("dtype", "torch_dtype") if c.has(key)), None)
    if holder is None:
        return Stored("bf16", 16.0, "none", "bf16", "no quantization_config, and no dtype: 16 bits assumed")
    key = holder.first("dtype", "torch_dtype")
    dtype = holder.text(key).removeprefix("torch.")
    if dtype not in WIDE_TYPES:
        holder.refuse(key, f'weights of type "{dtype}" without a quantization_config have no rule')
    served = ", served at 16 bits" if dtype == "float32" else ""
    return Stored("bf16", 16.0, "none", "bf16", f"no quantization_config, {key} {dtype}{served}")


def _narrow(config: Config, *, experts: bool) -> tuple[Quantized, str]:
    """Return which matrices are narrow, and a remark: lists name modules that are left wide, or those that are not."""
    wide = [
        name
        for key in ("ignore", "modules_to_not_convert", "ignored_layers", "exclude_modules")
        for name in config.items(key)
        if isinstance(name, str) and not re.search(r"vis(ion|ual)|multi_modal|mm_", name)
    ]
    targets = [name for group in config.objects("config_groups") for name in group.items("targets")]
    only_experts = bool(targets) and all("expert" in str(name) for name in targets)
    attention = [name for name in wide if "attn" in name]
    whole = [name for name in attention if re.search(r"attn\W*$|\bo_proj\b", name)]
    if experts and (only_experts or whole):
        return "experts", "; attention at 16 bits"
    if whole:
        config.refuse("ignore", "attention is left at 16 bits and the rest is not: a dense entry cannot say that")
    return "linear", f"; {len(attention)} attention projections at 16 bits, not counted" if attention else ""


def _fp8(config: Config) -> _Format:
    block = [n for n in config.items("weight_block_size") if isinstance(n, int) and not isinstance(n, bool) and n > 0]
    if len(block) == 2:
        return _Format("fp8", _bits(8, SCALE_BITS["float8"], block[0] * block[1]), "fp8", f"blocks of {block}")
    return _Format("fp8", 8.0, "fp8", "a scale for each tensor or channel")


def _packed(config: Config) -> _Format | None:
    """AWQ and GPTQ: integers in groups, computed at 16 bits after they are widened."""
    bits = config.count(config.first("bits", "w_bit"), most=8)
    if bits not in (4, 8):
        config.refuse(config.first("bits", "w_bit"), f"weights of {bits} bits have no rule", "4 or 8")
        return None
    zeros = config.flag("zero_point", default=False) or not config.flag("sym", default=True)
    group = _group(config, config.first("group_size", "q_group_size"))
    return _integers(bits, group, zeros=zeros, compute="bf16")


def _mxfp4(config: Config) -> _Format:  # noqa: ARG001  # one signature for all methods
    return _Format("fp4", _bits(4, SCALE_BITS["float4"], MXFP4_GROUP), "fp4", f"groups of {MXFP4_GROUP}")


def _modelopt(config: Config) -> _Format | None:
    algorithm = config.text("quant_algo")
    if algorithm in ("NVFP4", "W4A16_NVFP4"):
        compute: Compute = "fp4" if algorithm == "NVFP4" else "bf16"
        return _Format("fp4", _bits(4, SCALE_BITS["float4"], NVFP4_GROUP), compute, algorithm)
    if algorithm == "FP8":
        return _Format("fp8", 8.0, "fp8", algorithm)
    config.refuse("quant_algo", f'quant_algo "{algorithm}" has no rule', "known: FP8, NVFP4, W4A16_NVFP4")
    return None


def _compressed(config: Config) -> _Format | None:
    """compressed-tensors: groups of modules, each with weights and, where they are quantised, activations."""
    groups = config.objects("config_groups")
    formats = {found for group in groups if (found := _compressed_group(group)) is not None}
    if len(formats) > 1:
        words = "; ".join(sorted(item.words for item in formats))
        config.refuse("config_groups", f"several formats in one checkpoint have no rule: {words}")
    elif not groups:
        config.refuse("config_groups", "config_groups is missing or empty")
    return formats.pop() if len(formats) == 1 else None


def _compressed_group(group: Config) -> _Format | None:
    weights = group.object("weights")
    if weights is None:
        group.refuse("weights", "a group without weights has no rule")
        return None
    kind, bits = weights.text("type"), weights.count("num_bits", most=64)
    compute = _activations(group, kind)
    size = _group(weights, "group_size") if weights.text("strategy") in ("group", "tensor_group") else 0
    if kind == "int" and bits in (4, 8):
        return _integers(bits, size, zeros=not weights.flag("symmetric", default=True), compute=compute)
    if kind == "float" and bits == 8:
        return _Format("fp8", 8.0, compute, "8-bit floats")
    if kind == "float" and bits == 4 and size:
        return _Format("fp4", _bits(4, SCALE_BITS["float4"], size), compute, f"4-bit floats in groups of {size}")
    weights.refuse("num_bits", f'weights of type "{kind}" with {bits} bits have no rule')
    return None


def _activations(group: Config, kind: str) -> Compute:
    """Return what multiplies: the activations' format where they are quantised, else 16 bits."""
    inputs = group.object("input_activations")
    bits = None if inputs is None else inputs.number("num_bits")
    table: Mapping[tuple[str, float | None], Compute] = {("int", 8): "int8", ("float", 8): "fp8", ("float", 4): "fp4"}
    return table.get((kind if inputs is None else inputs.text("type"), bits), "bf16")


def _integers(bits: int, group: int, *, zeros: bool, compute: Compute) -> _Format:
    extra = SCALE_BITS["int"] + (bits if zeros else 0)
    words = f"{bits}-bit integers " + (f"in groups of {group}" if group else "with a scale for each channel")
    return _Format("int4" if bits == 4 else "int8", _bits(bits, extra, group), compute, words)


def _group(config: Config, key: str) -> int:
    """Return the elements that share a scale; 0 for a whole channel, which is written -1."""
    return 0 if config.number(key) == -1 else config.optional(key) or 0


def _bits(bits: int, scale: int, group: int) -> float:
    return float(bits) if not group else round(bits + scale / group, 4)


METHODS: Mapping[str, Callable[[Config], _Format | None]] = {
    "awq": _packed,
    "compressed-tensors": _compressed,
    "fbgemm_fp8": _fp8,
    "fp8": _fp8,
    "gptq": _packed,
    "modelopt": _modelopt,
    "modelopt_fp4": _modelopt,
    "mxfp4": _mxfp4,
}
"""The rule of each `quant_method`."""
