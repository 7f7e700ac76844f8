# ruff: noqa: T201  # a command that prints
"""Compare the serving model with measured closed-loop vLLM runs, group by group; worst first.

`python tests/bench/validate_serving.py [--reference ../shared/reference]` prints the errors that the documentation
quotes and the interval half-widths that `catalogs/serving.yaml` states; `--tune NAME...` searches the named
coefficients by coordinate steps and prints what it found. Nothing is written.

The client is that of the runs: a fixed number of requests in flight, ten times as many prompts after twice as many
warm-ups, lengths uniform on 0.8-1.0 of nominal, and TTFT as the mean over all prompts with the burst that starts them.
"""

import argparse
import csv
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import yaml

from neuralnav.model.catalog import Accelerator, Architecture, Checkpoint, ServingCatalog, ServingList
from neuralnav.serving.arrivals import poisson_ms
from neuralnav.serving.coefficients import Metric, coefficient, interval_width
from neuralnav.serving.engine import Limits, simulate, simulate_closed
from neuralnav.serving.memory import memory_plan
from neuralnav.serving.stepcost import step_cost

ROOT = Path(__file__).resolve().parents[2]
ACCELERATORS = {"h100_sxm": "hopper", "h200_sxm": "hopper", "b200_sxm": "blackwell", "b300_sxm": "blackwell"}
LATENT: Mapping[str, int] = {"q_lora_rank": 1536, "head_dim": 192, "v_head_dim": 128}
"""What the table of facts leaves out of the MLA of Kimi-K2 (as of DeepSeek-V3), by the published configurations."""

EXPERTS_ONLY = ("gpt-oss-120b", "Kimi-K2.5")  # the checkpoints keep attention at 16 bits
METRICS: Mapping[str, Metric] = {"ttft": "ttft", "tpot": "itl", "e2e": "e2e"}
ROW_LIMIT = 192  # requests in flight; larger rows add time, not information
OLD_ENGINE = "Qwen3-235B"  # vLLM 0.12: validated, but hardly steers a fit for 0.19
SHARES = ("mfu", "efficiency", "factor", "spread")  # coefficients that stay below 0.9
STEPS = (0.80, 0.92, 1.09, 1.25)


@dataclass(frozen=True, slots=True)
class Row:
    """One measured run, and what is needed to repeat it."""

    group: str
    generation: str
    architecture: Architecture
    checkpoint: Checkpoint
    accelerator: Accelerator
    tp: int
    kv_bytes: float
    prompt: int
    output: int
    concurrency: int
    ttft_ms: float
    tpot_ms: float


@dataclass(frozen=True, slots=True)
class Errors:
    """log(model / measured) of one row. Measured E2E is TTFT plus the mean number of gaps times TPOT."""

    row: Row
    ttft: float
    tpot: float
    e2e: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=ROOT.parent / "shared" / "reference")
    parser.add_argument("--serving", type=Path, default=ROOT / "catalogs" / "serving.yaml")
    parser.add_argument("--generation", choices=sorted(set(ACCELERATORS.values())), help="only this one")
    parser.add_argument("--tune", nargs="+", metavar="NAME[:GENERATION[:COMPUTE]]", default=[])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rows", action="store_true", help="print every row")
    options = parser.parse_args(arguments)
    if not (options.reference / "measured.csv").exists():
        print(f"no measured.csv in {options.reference}: nothing to validate against")
        return 2
    serving = ServingCatalog.model_validate_json(_as_json(options.serving)).spec
    rows = [r for r in _rows(options.reference) if options.generation in (None, r.generation)]
    if options.tune:
        serving = _tune(rows, serving, options.tune, options.rounds)
    _print(_errors(rows, serving), serving, every_row=options.rows)
    _print_open_loop(options.reference, serving)
    return 0


def _as_json(path: Path) -> str:
    return json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str)


def _rows(reference: Path) -> Iterator[Row]:
    models = {r["model"]: r for r in _csv(reference / "model_facts.csv")}
    chips = {r["gpu"]: r for r in _csv(reference / "accelerator_facts.csv") if r["gpu"] in ACCELERATORS}
    for r in _csv(reference / "measured.csv"):
        name = r["model"].split("/")[-1]
        if r["quality_flag"] or r["gpu"] not in chips or r["mode"] != "agg" or not r["concurrency"]:
            continue
        if int(r["concurrency"]) > ROW_LIMIT:
            continue
        facts = models.get(r["model"]) or models["meta-llama/Meta-Llama-3.1-70B"]
        yield Row(
            group=f"{name.removesuffix('-FP8')} {r['gpu'].split('_')[0]} {r['precision']}{_parallel(name, r)}",
            generation=ACCELERATORS[r["gpu"]],
            architecture=_architecture(facts),
            checkpoint=_checkpoint(r["precision"], name),
            accelerator=_accelerator(chips[r["gpu"]]),
            tp=int(r["tp"]),
            kv_bytes=1.0 if _fp8_kv(name, r) else 2.0,
            prompt=int(float(r["input_tokens"])),
            output=int(float(r["output_tokens"])),
            concurrency=int(r["concurrency"]),
            ttft_ms=float(r["ttft_mean_ms"]),
            tpot_ms=float(r["itl_mean_ms"]),
        )


def _parallel(name: str, row: Mapping[str, str]) -> str:
    """Return what sets runs of one model apart: Kimi with expert parallelism, which the model knows nothing of."""
    return f" ep{row['ep']}" if name == "Kimi-K2.5" and row["ep"] not in ("", "1") else ""


def _fp8_kv(name: str, row: Mapping[str, str]) -> bool:
    """Tell which runs kept an fp8 KV cache, as the study that collected them found."""
    if name in ("MiniMax-M2.5", "Kimi-K2.5"):
        return row["precision"] == "fp4"
    return name == "Llama-3.1-70B" or (name == "gpt-oss-120b" and row["gpu"] == "b200_sxm")


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _architecture(facts: Mapping[str, str]) -> Architecture:
    def count(name: str) -> int | None:
        return int(float(facts[name])) if facts[name] else None

    sliding = count("sliding_window")
    latent = {"kv_lora_rank": count("kv_lora_rank"), "rope_head_dim": count("qk_rope_head_dim"), **LATENT}
    return Architecture.model_validate(
        {
            "source": "model_facts",
            "verified": False,
            "layers": count("layers"),
            "hidden_size": count("hidden"),
            "attention_heads": count("heads"),
            "kv_heads": count("kv_heads"),
            "head_dim": count("head_dim"),
            "intermediate_size": count("intermediate"),
            "vocab_size": count("vocab"),
            "tied_embeddings": facts["tie_embeddings"] == "True",
            "sliding_window": sliding,
            "full_attention_layers": (count("layers") or 0) // 2 if sliding else None,
            "experts": count("experts"),
            "experts_per_token": count("experts_per_tok"),
            "expert_intermediate_size": count("moe_intermediate"),
            "shared_experts": (count("shared_experts") or 0) if facts["kv_lora_rank"] else 0,
            "dense_layers": (count("first_k_dense") or 0) if facts["kv_lora_rank"] else 0,
            **(latent if facts["kv_lora_rank"] else {}),
        }
    )


def _checkpoint(precision: str, name: str) -> Checkpoint:
    bits = {"bf16": 16.0, "fp8": 8.0, "fp4": 4.5, "int4": 4.5}[precision]
    weight_only = name == "gpt-oss-120b"
    return Checkpoint.model_validate(
        {
            "source": "model_facts",
            "verified": False,
            "precision": precision,
            "repo": name,
            "quantized": "experts" if name in EXPERTS_ONLY else "linear",
            "bits_per_weight": 4.25 if weight_only else bits,
            "compute": "bf16" if weight_only or precision == "int4" else precision,
        }
    )


def _accelerator(facts: Mapping[str, str]) -> Accelerator:
    def fact(value: Any) -> dict[str, Any]:
        return {"value": value, "source": "accelerator_facts", "verified": False}

    return Accelerator.model_validate(
        {
            "id": facts["gpu"],
            "name": facts["gpu"],
            "vendor": "nvidia",
            "generation": ACCELERATORS[facts["gpu"]],
            "bf16_tflops": fact(float(facts["bf16_tflops_dense"])),
            "fp8_tflops": fact(float(facts["fp8_tflops_dense"])),
            "fp4_tflops": fact(float(facts["fp4_tflops_dense"])) if facts["fp4_tflops_dense"] else None,
            "memory_gib": fact(float(facts["mem_gib"])),
            "bandwidth_gb_s": fact(float(facts["mem_bw_tb_s"]) * 1e3),
            "link": "nvlink",
            "link_gb_s": fact(float(facts["intra_node_gb_s"])),
            "gpus_per_node": fact(8),
            "supports": fact(("bf16", "fp8", "int4", "fp4")),
            "resource_name": fact("nvidia.com/gpu"),
        }
    )


def _errors(rows: Sequence[Row], serving: ServingList) -> list[Errors]:
    return [error for row in rows for error in _error(row, serving)]


def _error(row: Row, serving: ServingList) -> Iterator[Errors]:
    plan = memory_plan(
        row.architecture,
        row.checkpoint,
        row.accelerator,
        tp=row.tp,
        context_tokens=row.prompt + row.output,
        memory_utilization=0.90,
        runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", row.accelerator, "bf16"),
        kv_bytes=row.kv_bytes,
    )
    if not plan.fits:
        print(f"skipped, does not fit by {plan.shortfall_gib:.1f} GiB: {row.group} tp{row.tp}", file=sys.stderr)
        return
    cost = step_cost(
        row.architecture, row.checkpoint, row.accelerator, tp=row.tp, serving=serving, kv_bytes=row.kv_bytes
    )
    count = 10 * row.concurrency  # the warm-ups end before the burst and leave nothing behind
    random = np.random.Generator(np.random.PCG64(row.concurrency))
    prompts, outputs = (np.ceil(n * random.uniform(0.8, 1.0, count)).astype(np.int64) for n in (row.prompt, row.output))
    run = simulate_closed(cost, Limits(plan.kv_capacity_tokens), row.concurrency, prompts, outputs)
    ttft, tpot = float(np.mean(run.ttft_ms)), float(np.mean((run.e2e_ms - run.ttft_ms) / (outputs - 1)))
    measured_e2e = row.ttft_ms + row.tpot_ms * (float(np.mean(outputs)) - 1.0)
    logs = (
        math.log(ttft / row.ttft_ms),
        math.log(tpot / row.tpot_ms),
        math.log(float(np.mean(run.e2e_ms)) / measured_e2e),
    )
    yield Errors(row, *logs)


def _print(errors: Sequence[Errors], serving: ServingList, *, every_row: bool) -> None:
    groups: dict[str, list[Errors]] = {}
    for e in errors:
        groups.setdefault(e.row.group, []).append(e)
        if every_row:
            shape = f"tp{e.row.tp} {e.row.prompt}->{e.row.output} c{e.row.concurrency}"
            ttft, tpot = f"ttft {e.row.ttft_ms:8.0f} {_signed(e.ttft)}", f"tpot {e.row.tpot_ms:6.1f} {_signed(e.tpot)}"
            print(f"{e.row.group:30} {shape:24} {ttft}  {tpot}")
    print(f"{'group (medians of the absolute error)':38}{'rows':>5}" + "".join(f"{m:>9}{'bias':>9}" for m in METRICS))
    for name, members in sorted(groups.items(), key=lambda item: (-_middle(_logs(item[1], "ttft")), item[0])):
        cells = (_logs(members, metric) for metric in METRICS)
        print(f"{name:38}{len(members):5}" + "".join(f"{_middle(c):9.1%}{_signed(median(c)):>9}" for c in cells))
    for generation in sorted({e.row.generation for e in errors}):
        _print_generation(generation, {n: g for n, g in groups.items() if g[0].row.generation == generation}, serving)


def _print_generation(generation: str, groups: Mapping[str, list[Errors]], serving: ServingList) -> None:
    """Print the half-widths that hold 90 % of the rows, of rows with all groups alike, and of the groups' medians."""
    rows = [e for members in groups.values() for e in members]
    print(f"\n{generation}: {len(rows)} rows in {len(groups)} groups")
    for metric in METRICS:
        logs = _logs(rows, metric)
        plain = _quantile([(abs(v), 1.0) for v in logs], 0.9)
        alike = _quantile([(abs(v), 1 / len(g)) for g in groups.values() for v in _logs(g, metric)], 0.9)
        medians = max(abs(median(_logs(g, metric))) for g in groups.values())
        width = interval_width(serving, METRICS[metric], generation)
        inside = sum(abs(v) <= math.log1p(width) for v in logs) / len(logs)
        shares = ", ".join(
            f"{text} {math.expm1(v):.2f}"
            for text, v in (("rows", plain), ("groups alike", alike), ("worst group median", medians))
        )
        print(f"  {metric}: median error {_middle(logs):.1%}; half-widths: {shares}; catalog {width:.2f}: {inside:.0%}")


def _print_open_loop(reference: Path, serving: ServingList) -> None:
    """Compare with the Poisson runs of Llama-3.1-70B FP8 on H100 (MLPerf 5.1, vLLM 0.9.2): a spot check, not a fit.

    Prompt lengths are not published with the runs: log-normal about 300 tokens is assumed; outputs have their mean.
    """
    llama = next(r for r in _csv(reference / "model_facts.csv") if r["model"] == "meta-llama/Meta-Llama-3.1-70B")
    chip = _accelerator(next(r for r in _csv(reference / "accelerator_facts.csv") if r["gpu"] == "h100_sxm"))
    model, checkpoint, count = _architecture(llama), _checkpoint("fp8", "llama"), 6000
    random = np.random.Generator(np.random.PCG64(1))
    prompts = np.clip(random.lognormal(math.log(230.0), 0.75, count), 20, 1024).astype(np.int64)
    for r in _csv(reference / "measured_open_loop.csv"):
        if r["model"] != "llama3.1-70b" or "H100" not in r["accelerator"] or not r["max_num_seqs"]:
            continue
        tp, seqs, tokens = int(r["tp"]), int(r["max_num_seqs"]), int(r["max_num_batched_tokens"])
        rate = float(r["scheduled_samples_per_s"]) / int(r["replicas"])
        mean = float(r["mean_output_tokens"])
        outputs = np.clip(random.gamma(2.2, mean / 2.2, count), 2, 1024).astype(np.int64)
        plan = memory_plan(
            model,
            checkpoint,
            chip,
            tp=tp,
            context_tokens=1024,
            memory_utilization=0.9,
            runtime_overhead_gib=coefficient(serving, "runtime_overhead_gib", chip, "bf16"),
            max_num_seqs=seqs,
            max_num_batched_tokens=tokens,
        )
        cost = step_cost(
            model, checkpoint, chip, tp=tp, serving=serving, max_num_seqs=seqs, max_num_batched_tokens=tokens
        )
        arrivals = poisson_ms(count, rate_rps=rate, seed=1)
        run = simulate(cost, Limits(plan.kv_capacity_tokens, seqs, tokens), arrivals, prompts, outputs)
        tpot = (run.e2e_ms - run.ttft_ms) / (outputs - 1)
        print(f"\nopen loop, {r['scenario']} at {rate:.2f} requests/s and replica (model / measured):")
        for name, values in (("ttft", run.ttft_ms), ("tpot", tpot), ("e2e", run.e2e_ms)):
            stats = {"mean": float(values.mean()), "p90": float(np.quantile(values, 0.9))}
            stats["p95"] = float(np.quantile(values, 0.95))
            print(
                f"  {name}: "
                + ", ".join(f"{k} {v:.0f} / {float(r[f'{name}_{k}_ms']):.0f} ms" for k, v in stats.items())
            )


def _logs(errors: Sequence[Errors], metric: str) -> list[float]:
    return [float(getattr(e, metric)) for e in errors]


def _quantile(weighted: Sequence[tuple[float, float]], share: float) -> float:
    """Return the least value that a share of the weight does not exceed."""
    ordered = sorted(weighted)
    total, seen = sum(weight for _, weight in ordered), 0.0
    for value, weight in ordered:
        seen += weight
        if seen >= share * total - 1e-9:
            return value
    return ordered[-1][0]


def _middle(logs: Sequence[float]) -> float:
    return math.expm1(median(abs(v) for v in logs))


def _signed(log: float) -> str:
    return f"{math.expm1(log):+.1%}"


def _objective(rows: Sequence[Row], serving: ServingList) -> float:
    """Mean over groups of the mean absolute log error, capped so that a few broken rows do not steer."""
    groups: dict[str, list[float]] = {}
    for e in _errors(rows, serving):
        groups.setdefault(e.row.group, []).append(min(abs(e.ttft), 0.6) + 1.5 * min(abs(e.tpot), 0.6))
    weights = {name: 0.25 if name.startswith(OLD_ENGINE) else 1.0 for name in groups}
    return sum(weights[name] * sum(v) / len(v) for name, v in groups.items()) / sum(weights.values())


def _tune(rows: Sequence[Row], serving: ServingList, names: Sequence[str], rounds: int) -> ServingList:
    best = _objective(rows, serving)
    print(f"start {best:.4f}", flush=True)
    for _ in range(rounds):
        for name in names:
            for step in STEPS:
                trial = _scaled(serving, name, step)
                if any(share in name.split(":")[0] for share in SHARES) and _value(trial, name) > 0.9:
                    continue
                score = _objective(rows, trial)
                if score < best - 1e-4:
                    best, serving = score, trial
            print(f"{best:.4f} {name} {_value(serving, name):.4g}", flush=True)
    return serving


def _is(c: Any, name: str) -> bool:
    wanted = (*name.split(":"), "", "")[:3]
    return bool(c.name == wanted[0] and (c.generation or "") == wanted[1] and (c.compute or c.link or "") == wanted[2])


def _value(serving: ServingList, name: str) -> float:
    return next(c.value for c in serving.coefficients if _is(c, name))


def _scaled(serving: ServingList, name: str, factor: float) -> ServingList:
    changed = tuple(
        c.model_copy(update={"value": c.value * factor}) if _is(c, name) else c for c in serving.coefficients
    )
    return serving.model_copy(update={"coefficients": changed})


if __name__ == "__main__":
    sys.exit(main())
