"""Fits to runs that the model itself made, with coefficients that are known: do they come back?"""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from calibration_builders import packaged, run
from numpy.typing import NDArray

from neuralnav.calibration.fit import errors, fit, saturated
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import Free, with_values
from neuralnav.calibration.rows import ClosedRun
from neuralnav.calibration.steps import StepSet, step_logs
from neuralnav.serving.stepcost import Passes

pytest.importorskip("scipy", reason="fits need scipy (the extra calibrate)")

SERVING = packaged().serving
FEW = (
    Free("gemm_mfu", 0.6, 0.3, 0.9, compute="bf16"),
    Free("hbm_efficiency", 0.8, 0.4, 0.99),
    Free("layer_overhead_us", 25.0, 5.0, 80.0),
    Free("frontend_ms", 8.0, 0.5, 40.0),
)
TRUTH = (0.5, 0.7, 35.0, 12.0)


def logs(values: tuple[float, ...]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.array(values)))


def made() -> list[ClosedRun]:
    """Runs of a large and a small model on two accelerators, of which few prompts and many say different things."""
    runs = [
        run(model=model, tp=1, gpu=gpu, concurrency=concurrency, input_tokens=prompt, output_tokens=output)
        for model in ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.2-1B-Instruct")
        for gpu in ("h100", "h200")
        for prompt, output in ((100, 200), (4000, 100))
        for concurrency in (1, 8, 48)
    ]
    said = RunModel(runs, SERVING, FEW).predict(logs(TRUTH))
    return [
        replace(one, ttft_ms=float(ttft), tpot_ms=float(tpot))
        for one, ttft, tpot in zip(runs, said.ttft_ms, said.tpot_ms, strict=True)
    ]


def found(runs: list[ClosedRun], *, sets: tuple[StepSet, ...] = (), free: tuple[Free, ...] = FEW) -> list[float]:
    begin = np.array([log(item.start) for item in free])
    return [exp(value) for value in fit(runs, sets, SERVING, begin, free=free, rounds=30)]


def test_errors_are_logs_of_model_over_measured() -> None:
    runs = made()
    doubled = [replace(one, ttft_ms=one.ttft_ms * 2.0, tpot_ms=one.tpot_ms / 3.0) for one in runs]
    exact, off = (errors(RunModel(item, SERVING, FEW), logs(TRUTH)) for item in (runs, doubled))
    assert exact.ttft == pytest.approx(np.zeros(len(runs)), abs=1e-12)
    assert exact.tpot == pytest.approx(np.zeros(len(runs)), abs=1e-12)
    assert off.ttft == pytest.approx(np.full(len(runs), -log(2.0)))
    assert off.tpot == pytest.approx(np.full(len(runs), log(3.0)))


def test_known_coefficients_come_back() -> None:
    """To within 3 %: the pull to the start is weak, but it is there."""
    assert found(made()) == pytest.approx(list(TRUTH), rel=0.03)


def test_a_fit_explains_the_runs_better_than_its_start() -> None:
    runs = made()
    model = RunModel(runs, SERVING, FEW)
    begin = np.array([log(item.start) for item in FEW])
    before, after = errors(model, begin), errors(model, fit(runs, (), SERVING, begin, free=FEW, rounds=30))
    for metric in ("ttft", "tpot"):
        assert np.abs(getattr(before, metric)).max() > 0.1
        assert np.abs(getattr(after, metric)).max() < 0.01


def test_one_wild_run_moves_little() -> None:
    runs = made()
    wild = [replace(runs[0], ttft_ms=runs[0].ttft_ms * 5.0, tpot_ms=runs[0].tpot_ms * 5.0), *runs[1:]]
    assert found(wild) == pytest.approx(list(TRUTH), rel=0.15)


def test_what_lies_beyond_a_bound_ends_on_it() -> None:
    low = (replace(FEW[0], high=0.45, start=0.4), *FEW[1:])
    assert found(made(), free=low)[0] == pytest.approx(0.45, rel=1e-3)


def test_what_no_run_shows_stays_at_its_start() -> None:
    unseen = Free("decode_only_graph_factor", 1.5, 0.5, 4.0)
    assert found(made(), free=(*FEW, unseen))[-1] == pytest.approx(1.5, rel=1e-6)


def test_groups_count_alike_however_many_runs_they_have() -> None:
    """One group says 20 us a layer, the other 40; the second five times over."""
    free = (FEW[2],)
    one, other = (
        [replace(item, ttft_ms=float(said.ttft_ms[i]), tpot_ms=float(said.tpot_ms[i])) for i, item in enumerate(runs)]
        for gpu, value in (("h100", 20.0), ("h200", 40.0))
        for runs in ([run(gpu=gpu, concurrency=c) for c in (1, 8)],)
        for said in (RunModel(runs, SERVING, free).predict([log(value)]),)
    )
    even, crowded = found([*one * 3, *other * 3], free=free), found([*one, *other * 5], free=free)
    assert 22.0 < even[0] < 38.0
    assert crowded == pytest.approx(even, rel=0.05)  # weights stand inside of the robust loss: alike, not the same


def step_set(values: tuple[float, ...], free: tuple[Free, ...]) -> StepSet:
    """Measured passes that the model made with known coefficients."""
    one = run()
    prefill = np.array([64.0, 512.0, 2048.0, 8192.0])
    nothing = np.zeros(4)
    pairs = prefill * (prefill + 1.0) / 2.0
    passes = Passes(prefill, nothing, np.ones(4), nothing, nothing, pairs, nothing, nothing)
    blank = StepSet(one.model, one.architecture, one.checkpoint, one.accelerator, 1, "context", passes, np.ones(4))
    (said,) = step_logs((blank,), with_values(SERVING, list(logs(values)), free))
    return replace(blank, ms=np.exp(said))


def test_measured_passes_are_a_witness_too() -> None:
    """Runs of one request at a time with short prompts say little of the speed of large products; passes do."""
    free = (FEW[0],)
    runs = [run(concurrency=1, input_tokens=8, output_tokens=50)]
    said = RunModel(runs, SERVING, free).predict([log(0.5)])
    runs = [replace(runs[0], ttft_ms=float(said.ttft_ms[0]), tpot_ms=float(said.tpot_ms[0]))]
    alone, with_passes = (found(runs, sets=sets, free=free)[0] for sets in ((), (step_set((0.5,), free),)))
    assert abs(with_passes - 0.5) < 0.5 * abs(alone - 0.5)


def test_a_run_is_saturated_when_its_requests_do_not_fit_together() -> None:
    (one,) = [run(concurrency=8)]
    room = one.loop.kv_capacity_tokens
    for tokens, expected in ((8 * 1280, False), (8 * 1280 - 1, True)):
        narrow = replace(one, loop=replace(one.loop, kv_capacity_tokens=tokens))
        assert saturated(RunModel([narrow], SERVING), 0) is expected
    assert room > 8 * 1280
