"""Small valid architectures, accelerators and serving lists."""

from datetime import date
from typing import Any

from neuralnav.model.catalog import (
    Accelerator,
    Architecture,
    Checkpoint,
    Coefficient,
    IntervalWidth,
    ServingList,
    Source,
)
from neuralnav.serving.coefficients import coefficients
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.engine import Limits
from neuralnav.serving.shard import Shard
from neuralnav.serving.stepcost import StepCost, step_cost

SOURCED: dict[str, Any] = {"source": "test", "verified": False}

VALUES = {
    "gemm_mfu": 0.5,
    "warp_mma_share": 0.5,
    "block_scale_factor": 0.6,
    "moe_mfu_factor": 0.4,
    "expert_tile_tokens": 16.0,
    "expert_spread": 0.9,
    "expert_passes": 3.0,
    "activation_passes": 2.0,
    "roofline_sharpness": 4.0,
    "attention_mfu": 0.5,
    "hbm_efficiency": 0.7,
    "dense_read_factor": 0.8,
    "kv_read_efficiency": 0.6,
    "narrow_kv_factor": 0.75,
    "attention_tile_ns": 12.0,
    "sequence_us": 4.0,
    "link_efficiency": 0.6,
    "allreduce_latency_us": 6.0,
    "norm_exchange_us": 2.0,
    "layer_overhead_us": 20.0,
    "quantise_layer_us": 15.0,
    "moe_layer_overhead_us": 40.0,
    "weight_only_layer_us": 30.0,
    "eager_layer_us": 170.0,
    "eager_moe_layer_us": 300.0,
    "piecewise_layer_us": 30.0,
    "piecewise_moe_layer_us": 20.0,
    "decode_only_graph_factor": 4.0,
    "launch_sharpness": 2.0,
    "prefill_step_us": 400.0,
    "step_overhead_us": 80.0,
    "synchronous_step_us": 3000.0,
    "synchronous_sequence_us": 8.0,
    "pipeline_hop_us": 200.0,
    "frontend_ms": 5.0,
    "frontend_token_us": 3.0,
    "stream_us": 400.0,
    "runtime_overhead_gib": 2.5,
}


def architecture(**changes: Any) -> Architecture:
    """Llama-3.1-8B."""
    facts: dict[str, Any] = {
        "layers": 32, "hidden_size": 4096, "attention_heads": 32, "kv_heads": 8, "head_dim": 128,
        "intermediate_size": 14336, "vocab_size": 128256,
    }  # fmt: skip
    return Architecture(**{**facts, **SOURCED, **changes})


LLAMA_8B = architecture()
LLAMA_70B = architecture(layers=80, hidden_size=8192, attention_heads=64, intermediate_size=28672)
QWEN_32B = architecture(layers=64, hidden_size=5120, attention_heads=64, intermediate_size=25600, vocab_size=151936)
QWEN_30B_A3B = architecture(
    layers=48, hidden_size=2048, attention_heads=32, kv_heads=4, intermediate_size=6144, vocab_size=151936,
    experts=128, experts_per_token=8, expert_intermediate_size=768,
)  # fmt: skip
GPT_OSS_20B = architecture(
    layers=24, hidden_size=2880, attention_heads=64, head_dim=64, intermediate_size=2880, vocab_size=201088,
    experts=32, experts_per_token=4, expert_intermediate_size=2880, sliding_window=128, full_attention_layers=12,
)  # fmt: skip
DEEPSEEK_V3 = architecture(
    layers=61, hidden_size=7168, attention_heads=128, kv_heads=128, head_dim=192, intermediate_size=18432,
    vocab_size=129280, experts=256, experts_per_token=8, expert_intermediate_size=2048, shared_experts=1,
    dense_layers=3, kv_lora_rank=512, q_lora_rank=1536, rope_head_dim=64, v_head_dim=128,
)  # fmt: skip
DEEPSEEK_V2_LITE = architecture(
    layers=27, hidden_size=2048, attention_heads=16, kv_heads=16, head_dim=192, intermediate_size=10944,
    vocab_size=102400, experts=64, experts_per_token=6, expert_intermediate_size=1408, shared_experts=2,
    dense_layers=1, kv_lora_rank=512, rope_head_dim=64, v_head_dim=128,
)  # fmt: skip


def checkpoint(**changes: Any) -> Checkpoint:
    facts: dict[str, Any] = {
        "precision": "bf16", "repo": "test/model", "quantized": "none", "bits_per_weight": 16.0, "compute": "bf16",
    }  # fmt: skip
    return Checkpoint(**{**facts, **SOURCED, **changes})


BF16 = checkpoint()
FP8 = checkpoint(precision="fp8", quantized="linear", bits_per_weight=8.0, compute="fp8")
FP8_BLOCKS = checkpoint(precision="fp8", quantized="linear", bits_per_weight=8.0, compute="fp8", block_size=128)
INT4 = checkpoint(precision="int4", quantized="linear", bits_per_weight=4.5, compute="bf16")
MXFP4 = checkpoint(precision="fp4", quantized="experts", bits_per_weight=4.25, compute="bf16")


def accelerator(**changes: Any) -> Accelerator:
    """An H100 SXM, from plain values."""
    facts: dict[str, Any] = {
        "bf16_tflops": 989.0, "fp8_tflops": 1979.0, "memory_gib": 79.6, "bandwidth_gb_s": 3350.0, "link_gb_s": 450.0,
        "gpus_per_node": 8, "supports": ("bf16", "fp8", "int4", "fp4"), "resource_name": "nvidia.com/gpu",
        "inter_node_gb_s": 50.0,
    }  # fmt: skip
    plain: dict[str, Any] = {"id": "h100", "name": "H100", "vendor": "nvidia", "generation": "hopper", "link": "nvlink"}
    for name, value in changes.items():
        (plain if name in plain else facts)[name] = value
    sourced = {name: {"value": value, **SOURCED} for name, value in facts.items() if value is not None}
    return Accelerator.model_validate({**plain, **sourced})


H100 = accelerator()


def coefficient(name: str, value: float, **narrowing: Any) -> Coefficient:
    return Coefficient(name=name, value=value, unit="test", meaning="test", **SOURCED, **narrowing)


def serving(*extra: Coefficient, **changes: float) -> ServingList:
    return ServingList(
        sources={"test": Source(title="test")},
        engine="vllm",
        engine_version="0.19.0",
        dated=date(2026, 11, 22),
        coefficients=(*(coefficient(name, value) for name, value in {**VALUES, **changes}.items()), *extra),
        intervals=(
            IntervalWidth(metric="ttft", width=0.6, **SOURCED),
            IntervalWidth(metric="itl", width=0.4, **SOURCED),
            IntervalWidth(metric="e2e", width=0.5, **SOURCED),
            IntervalWidth(metric="ttft", generation="hopper", width=0.3, **SOURCED),
        ),
    )


SERVING = serving()


def cost(arch: Architecture = LLAMA_8B, check: Checkpoint = BF16, *, tp: int = 1, **options: Any) -> StepCost:
    return step_cost(arch, check, H100, **{"tp": tp, "serving": SERVING, **options})


def shard(
    arch: Architecture = LLAMA_8B, check: Checkpoint = BF16, *, tp: int = 1, on: Accelerator = H100, **changes: float
) -> Shard:
    """One GPU's part, with some of VALUES changed."""
    return Shard(arch, check, on, coefficients(serving(**changes), check, on), tp)


def flat_cost(**changes: Any) -> StepCost:
    """A step cost of which nothing costs anything but what is given; tables of up to 512 tokens."""
    nothing: dict[str, Any] = {
        "token_ms": (0.0,) * 513, "head_ms": (0.0,) * 513, "kv_ms": 0.0, "window_ms": 0.0, "window_tokens": 0,
        "pair_ms": 0.0, "window_pair_ms": 0.0, "prefill_ms": 0.0, "step_ms": 0.0, "eager_ms": 0.0, "piecewise_ms": 0.0,
        "capture_tokens": 512, "launch_sharpness": 2.0, "decode_launch_ms": 0.0, "sequence_ms": 0.0, "frontend_ms": 0.0,
        "frontend_token_ms": 0.0, "stream_ms": 0.0,
    }  # fmt: skip
    return StepCost(**{**nothing, **changes})


def limits(kv_capacity_tokens: int = 400_000, **options: Any) -> Limits:
    return Limits(kv_capacity_tokens, **options)


LLAMA_8B_H100 = Configuration("llama-3.1-8b", LLAMA_8B, BF16, H100, tp=1)
