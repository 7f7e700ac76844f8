"""Rows against what no server can beat, and against themselves."""

from collections.abc import Iterator
from operator import attrgetter

import numpy as np
import pyarrow.compute as pc

from neuralnav.model.bench_report import BenchFinding
from neuralnav.model.catalog import Catalog
from neuralnav.model.tables import METRICS, STATISTICS
from neuralnav.validation.findings import found
from neuralnav.validation.frame import Frame, Vector
from neuralnav.validation.limits import limits_of

HALF_DIGIT_MS = 0.05
"""Latencies are kept to 0.1 ms."""

FULL = 1.02
"""A share may exceed 1 by the rounding of rates, lengths and the time at both ends of a run."""

KV_FULL = 1.2
"""The mean KV in use is an estimate, from the mean time between first and last token and a length at mid-life; requests
that were thrown out of the cache hold nothing until they are computed anew, which overload makes many."""

NOISE_SIGMAS = 4.0
"""Arrivals of N requests and departures both vary by 1 / sqrt(N) of the rate."""

UNKNOWN_REQUESTS = 100.0
"""Where a row does not say how many requests are behind it, its noise is taken as that of so many."""

BOUNDS = ("weights_ms", "prefill_ms", "request_ms", "kv_ms", "kv_tokens")
_values = attrgetter(*BOUNDS)

TOKENS_OFF, TOKENS_CONTRADICT = 1.05, 1.5


def check_physics(frame: Frame, catalog: Catalog) -> Iterator[BenchFinding]:
    """Yield what the rows of a dataset cannot have measured."""
    limits = [limits_of(catalog, **kind) for kind in frame.kinds]
    nothing = (float("nan"),) * len(BOUNDS)
    table = np.array([_values(item) if item else nothing for item in limits], dtype=np.float64).reshape(-1, len(BOUNDS))
    weights, prefill, request, kv, tokens = (table[frame.kind_of, index] for index in range(len(BOUNDS)))
    unknown = np.array([item is None for item in limits], dtype=bool)[frame.kind_of]
    yield from found("unknown-configuration", frame, unknown, np.ones(len(unknown)), lambda _: "not in the catalog")
    yield from _below_weights(frame, "itl", weights)
    yield from _below_weights(frame, "tpot", weights)
    yield from _below_compute(frame, prefill)
    yield from _over_peak(frame, request)
    yield from _over_bandwidth(frame, kv)
    yield from _over_capacity(frame, tokens)


def check_consistency(frame: Frame) -> Iterator[BenchFinding]:
    """Yield what rows contradict themselves in. The door has refused falling percentiles already."""
    yield from _ttft_above_e2e(frame)
    for metric in (*METRICS, "tpot"):
        yield from _mean_above_p95(frame, metric)
    yield from _achieved(frame)
    yield from _tokens(frame)
    yield from _batch(frame)


def _below_weights(frame: Frame, metric: str, weights: Vector) -> Iterator[BenchFinding]:
    """Compare the mean and the median gap with one read of the weights; a row with both counts once."""
    gap = np.fmin(frame[f"{metric}_mean_ms"], frame[f"{metric}_p50_ms"])
    with np.errstate(invalid="ignore"):
        bad, by = gap + HALF_DIGIT_MS < weights, weights / gap
    yield from found(
        f"{metric}-below-weights", frame, bad, by,
        lambda row: f"{metric.upper()} {gap[row]:g} ms, reading the weights takes {weights[row]:.2f} ms",
    )  # fmt: skip


def _below_compute(frame: Frame, prefill: Vector) -> Iterator[BenchFinding]:
    ttft = frame["ttft_mean_ms"]
    least = prefill * (1.0 - frame["prefix_hit_share"])
    with np.errstate(invalid="ignore"):
        bad, by = ttft + HALF_DIGIT_MS < least, least / ttft
    yield from found(
        "ttft-below-compute", frame, bad, by,
        lambda row: f"TTFT mean {ttft[row]:g} ms, the prompt takes {least[row]:.2f} ms at full peak",
    )  # fmt: skip


def _over_peak(frame: Frame, request: Vector) -> Iterator[BenchFinding]:
    share = frame["achieved_rps"] * request / 1000.0
    with np.errstate(invalid="ignore"):
        bad = (share > FULL) & (frame["prefix_hit_share"] == 0)
    yield from found("compute-over-peak", frame, bad, share, lambda row: f"{share[row]:.0%} of the peak FLOP/s")


def _over_bandwidth(frame: Frame, kv: Vector) -> Iterator[BenchFinding]:
    share = frame["output_tokens_per_s"] * kv / 1000.0
    with np.errstate(invalid="ignore"):
        bad = (share > FULL) & (frame["prefix_hit_share"] == 0)
    yield from found(
        "kv-over-bandwidth", frame, bad, share, lambda row: f"reading KV takes {share[row]:.0%} of the bandwidth"
    )


def _over_capacity(frame: Frame, tokens: Vector) -> Iterator[BenchFinding]:
    held = _decoding(frame) * (frame["prompt_tokens"] + frame["output_tokens"] / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = held / tokens
        bad = (share > KV_FULL) & (frame["prefix_hit_share"] == 0)

    def describe(row: int) -> str:
        return (
            f"{share[row]:.0%} of {tokens[row]:,.0f} KV tokens" if tokens[row] else "the weights leave no room for KV"
        )

    yield from found("kv-over-capacity", frame, bad, share, describe)


def _batch(frame: Frame) -> Iterator[BenchFinding]:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = _decoding(frame) / (frame["max_num_seqs"] * frame["pp"])
        bad = share > KV_FULL
    yield from found(
        "batch-over-limit", frame, bad, share, lambda row: f"{share[row]:.0%} of the sequences that run at once"
    )


def _decoding(frame: Frame) -> Vector:
    """Return the mean number of requests between first and last token, by Little's law."""
    return frame["achieved_rps"] * (frame["e2e_mean_ms"] - frame["ttft_mean_ms"]) / 1000.0


def _ttft_above_e2e(frame: Frame) -> Iterator[BenchFinding]:
    """Compare every statistic: E2E is at least TTFT request by request, and so is each of its percentiles."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = [frame[f"ttft_{name}_ms"] / frame[f"e2e_{name}_ms"] for name in STATISTICS]
        by = np.fmax.reduce(ratios)
        bad = by > 1.0
    yield from found("ttft-above-e2e", frame, bad, by, lambda row: f"TTFT is {by[row]:.0%} of E2E")


def _mean_above_p95(frame: Frame, metric: str) -> Iterator[BenchFinding]:
    """Compare mean and p95. Simulated gaps are left out: those that wait for a prefill are few and long by nature."""
    mean, p95 = frame[f"{metric}_mean_ms"], frame[f"{metric}_p95_ms"]
    with np.errstate(invalid="ignore", divide="ignore"):
        bad, by = mean > p95, mean / p95
    if metric == "itl":
        bad &= ~np.asarray(pc.equal(frame.table["source"], "simulated").to_numpy(), dtype=bool)
    yield from found(
        "mean-above-p95", frame, bad, by, lambda row: f"{metric.upper()} mean {mean[row]:g} ms, p95 {p95[row]:g} ms"
    )


def _achieved(frame: Frame) -> Iterator[BenchFinding]:
    offered, achieved = frame["offered_rps"], frame["achieved_rps"]
    requests = np.where(np.isnan(frame["requests"]), UNKNOWN_REQUESTS, frame["requests"])
    noise = NOISE_SIGMAS * np.sqrt(2.0 / requests)
    with np.errstate(invalid="ignore"):
        by = achieved / offered
        bad = by > 1.0 + noise
    yield from found(
        "achieved-above-offered", frame, bad, by,
        lambda row: f"{achieved[row]:g} req/s of {offered[row]:g} offered, noise explains {noise[row]:.0%}",
    )  # fmt: skip


def _tokens(frame: Frame) -> Iterator[BenchFinding]:
    said, expected = frame["output_tokens_per_s"], frame["achieved_rps"] * frame["output_tokens"]
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.maximum(said / expected, expected / said)
    rounded = np.abs(said - expected) <= frame["output_tokens"] * 1e-4  # rates are kept to 0.0001 per second
    for code, low, high in (
        ("tokens-contradict-rate", TOKENS_CONTRADICT, np.inf),
        ("tokens-off-rate", TOKENS_OFF, TOKENS_CONTRADICT),
    ):
        with np.errstate(invalid="ignore"):
            bad = (off > low) & (off <= high) & ~rounded
        yield from found(
            code, frame, bad, off, lambda row: f"{said[row]:,.0f} tokens/s, rate times tokens is {expected[row]:,.0f}"
        )
