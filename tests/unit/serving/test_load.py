"""Requests drawn in parts and added up in histograms, against the same requests held and kept whole."""

import re
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from serving_builders import cost, limits

from neuralnav.serving.arrivals import Process, at_rate, unit_arrivals
from neuralnav.serving.engine import simulate, simulate_load
from neuralnav.serving.lengths import fixed, gamma, lognormal
from neuralnav.serving.load import PART, Load
from neuralnav.serving.observed import observed
from neuralnav.serving.tally import EDGES, Histogram, Tally

COST = cost()
ROOMY, TIGHT = limits(), limits(6000)
LOAD = Load(6000, (1000, 5000), 14.0, lognormal(300.0, variation=0.8, cap=2000), gamma(60.0, variation=1.0), seed=5)


def held_bytes(tally: Tally) -> int:
    return sum(h.weights.nbytes + h.sums.nbytes for h in (tally.ttft, tally.itl, tally.e2e))


@pytest.mark.parametrize("limit", [ROOMY, TIGHT])
@pytest.mark.parametrize("process", [Process(), Process("compound", burst_size=3.0)])
def test_a_tally_shows_what_the_kept_requests_show(limit: Any, process: Process) -> None:
    load = replace(LOAD, process=process, prefix_hit_share=0.25)
    parts = list(load.parts())
    assert len(parts) == 2
    assert len(parts[0].arrival_ms) == PART
    whole = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("arrival_ms", "prompt", "output", "cached")
    }
    kept = simulate(
        COST, limit, whole["arrival_ms"], whole["prompt"], whole["output"],
        cached_tokens=whole["cached"], measured=load.measured,
    )  # fmt: skip
    added = observed(simulate_load(COST, limit, load), 60, 2)
    exact = observed(kept, 60, 2)
    assert added.keys() == exact.keys()
    assert (kept.preemptions > 0) == (limit is TIGHT)
    for name in ("achieved_rps", "output_tokens_per_s", "preemptions"):
        assert added[name] == exact[name]
    for name in (n for n in exact if n.endswith("_ms")):
        assert added[name] == pytest.approx(exact[name], rel=1e-9 if "mean" in name else 0.002, abs=0.1), name
    for name in (n for n in exact if n.endswith("_ci")):  # gaps fall into batches by finishes, not by their number
        relative, absolute = (0.5, 0.1) if "itl" in name else (0.1, 0.01)
        assert added[name] == pytest.approx(exact[name], rel=relative, abs=absolute), name


def test_the_arrivals_of_a_load_are_those_of_its_process_at_its_rate() -> None:
    times = np.concatenate([part.arrival_ms for part in LOAD.parts()])
    np.testing.assert_array_equal(times, at_rate(unit_arrivals(6000, seed=5, measured=(1000, 5000)), 14.0))
    assert LOAD.span_ms() == (times[1000], times[4999])
    faster = np.concatenate([part.prompt for part in replace(LOAD, rate_rps=20.0).parts()])
    np.testing.assert_array_equal(faster, np.concatenate([part.prompt for part in LOAD.parts()]))


def test_what_a_run_holds_does_not_grow_with_its_requests() -> None:
    peaks = []
    for count in (5_000, 20_000):
        load = Load(count, (1000, count - 1000), 20.0, fixed(128), fixed(16), seed=1)
        tracemalloc.start()
        tally = simulate_load(COST, ROOMY, load)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert held_bytes(tally) < 8_000_000
    assert peaks[1] < peaks[0] + 500_000  # 15,000 requests more would take 2 MB as numbers, ten times that as objects


def test_one_load_is_one_row_twice_in_a_process() -> None:
    first, second = (observed(simulate_load(COST, TIGHT, LOAD), 60, 1) for _ in range(2))
    assert first == second


def test_bins_err_by_half_their_width() -> None:
    values = np.array([0.0, 0.04, 3.21, 49.99, 50.01, 777.7, 1e6, 1e12])
    histogram = Histogram()
    histogram.add(np.zeros(8, dtype=np.int64), values, np.arange(1, 9))
    found, weights, batches = histogram.sample()
    np.testing.assert_allclose(found[1:], values[2:])
    assert found[0] == pytest.approx(0.04 * 2 / 3)
    assert weights.tolist() == [3, 3, 4, 5, 6, 7, 8]
    assert set(batches.tolist()) == {0}
    widths = np.diff(EDGES)
    assert (widths > 0).all()
    assert (widths <= np.maximum(0.1001, 0.00201 * EDGES[:-1])).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate_rps": 0.0}, "rate is 0 requests/s: it must be finite and above 0"),
        ({"rate_rps": float("inf")}, "rate is inf requests/s: it must be finite and above 0"),
        ({"prefix_hit_share": 1.5}, "prefix hit share is 1.5: it must be between 0 and 1"),
        ({"measured": (5999, 6000)}, "requests 5999 to 6000 of 6000 have no mean gap: measure two or more"),
        ({"measured": (0, 6001)}, "requests 0 to 6001 of 6000 have no mean gap: measure two or more"),
    ],
)
def test_loads_that_do_not_exist_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        replace(LOAD, **options)


def test_a_request_that_can_never_be_served_is_named_by_its_place_in_the_load() -> None:
    prompts = np.concatenate([part.prompt + part.output for part in LOAD.parts()])
    at = int(np.argmax(prompts[PART:])) + PART
    largest = int(prompts[at])
    assert largest > prompts[:PART].max()
    message = f"^request {at} of .* can never be served: it needs {-(-(largest - 1) // 16)} blocks"
    with pytest.raises(ValueError, match=message):
        simulate_load(COST, limits((largest - 1) // 16 * 16 if (largest - 1) % 16 else largest - 17), LOAD)
