"""A server each of whose steps takes a known factor longer than the model says: runs of it give that factor back."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from serving_builders import LLAMA_8B_H100, SERVING, VALUES, serving

from neuralnav.evidence import correct, select
from neuralnav.model.catalog import ServingList
from neuralnav.model.plan import Floats, LoadCurves
from neuralnav.model.tables import METRICS
from neuralnav.serving.clients import Client, ClosedLoop, OpenLoop, predict
from neuralnav.serving.local import Measured, Residual, shift_of
from neuralnav.serving.runs import NO_ROOM, MeasuredRun, residual_of
from neuralnav.serving.settings import DEFAULT_SETTINGS, SweepSettings
from neuralnav.serving.sweep import sweep

PROMPT, OUTPUT = 512, 128
SHARES = ("gemm_mfu", "attention_mfu", "hbm_efficiency", "kv_read_efficiency", "link_efficiency")
TIMES = tuple(name for name in VALUES if name.endswith(("_us", "_ms", "_ns")))
CLIENTS: tuple[Client, ...] = (
    ClosedLoop(1, 10), ClosedLoop(16, 160, 0.8), ClosedLoop(128, 1280), OpenLoop(0.5, 100), OpenLoop(10.0, 400),
)  # fmt: skip


def slower(factor: float) -> ServingList:
    """The model with every time multiplied, and every share of a peak divided, by a factor."""
    shares = {name: VALUES[name] / factor for name in SHARES}
    return serving(**shares, **{name: VALUES[name] * factor for name in TIMES})


@cache
def residual(client: Client, factor: float, *, prompt: int = PROMPT) -> Residual:
    """How a run on the slower server lies from the model."""
    truth = predict(LLAMA_8B_H100, prompt, OUTPUT, client, slower(factor))
    assert truth is not None
    run = MeasuredRun("id", f"{client}", prompt, OUTPUT, DEFAULT_SETTINGS, client, truth.ms)
    found = residual_of(run, LLAMA_8B_H100, SERVING)
    assert isinstance(found, Residual)
    return found


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.5, 2.5])
@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_every_client_gives_the_factor_back_for_every_metric(client: Client, factor: float) -> None:
    closely = 0.03 if isinstance(client, OpenLoop) else 1e-3  # a p95 of some hundred requests jumps with the rate
    assert dict(residual(client, factor).logs) == dict.fromkeys(METRICS, pytest.approx(math.log(factor), abs=closely))


@pytest.mark.parametrize("factor", [0.6, 1.5, 2.5])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_runs_recover_most_of_the_factor_and_never_overshoot(factor: float, count: int) -> None:
    found = shift_of([residual(client, factor) for client in CLIENTS[:count]])
    for metric in METRICS:
        of_metric = found.metrics[metric]
        assert of_metric.median == pytest.approx(math.log(factor), abs=0.005)
        assert 0.35 < of_metric.shift / math.log(factor) < 1.0
        near = float(found.at(metric, [found.residuals[0].place])[0][0])
        assert 0.8 < near / math.log(factor) < 1.01


def test_an_open_loop_without_e2e_is_compared_at_its_own_rate() -> None:
    client = OpenLoop(20.0, 400)
    truth = predict(LLAMA_8B_H100, PROMPT, OUTPUT, client, slower(1.5))
    assert truth is not None
    ms = {"ttft_p95_ms": truth.ms["ttft_p95_ms"]}
    run = MeasuredRun("id", "run", PROMPT, OUTPUT, DEFAULT_SETTINGS, client, ms)
    same, model = residual_of(run, LLAMA_8B_H100, SERVING), predict(LLAMA_8B_H100, PROMPT, OUTPUT, client, SERVING)
    assert isinstance(same, Residual)
    assert model is not None
    assert same.logs == {"ttft": pytest.approx(math.log(ms["ttft_p95_ms"] / model.ms["ttft_p95_ms"]), abs=1e-5)}
    assert same.logs["ttft"] > math.log(1.5)  # the busier server queues


def test_a_request_that_does_not_fit_in_memory_says_so() -> None:
    run = MeasuredRun("id", "run", 10_000_000, OUTPUT, DEFAULT_SETTINGS, ClosedLoop(1, 1), {"ttft_mean_ms": 1.0})
    assert residual_of(run, LLAMA_8B_H100, SERVING) == NO_ROOM


def curve(one: ServingList) -> LoadCurves:
    settings = SweepSettings(requests=300, load_fractions=(0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.25))
    return select([sweep(LLAMA_8B_H100, PROMPT, OUTPUT, one, settings)], PROMPT, OUTPUT)


def capacity(found: LoadCurves, metric: str, limit: float) -> float:
    rising: Floats = np.maximum.accumulate(found.p95_ms[metric][0])
    assert rising[0] < limit < rising[-1]
    return float(np.interp(limit, rising, found.offered_rps[0]))


@pytest.mark.parametrize("factor", [0.7, 1.4])
def test_the_corrected_curve_has_the_capacity_of_the_server_that_was_measured(factor: float) -> None:
    simulated, truth = curve(SERVING), curve(slower(factor))
    runs = [residual(client, factor) for client in CLIENTS]
    runs += [replace(run, name=f"{run.name} again") for run in runs]
    found = correct(simulated, Measured({simulated.ids[0]: tuple(runs)}, ()), PROMPT, OUTPUT)
    for metric, limit in (("ttft", 300.0), ("itl", 25.0), ("e2e", 4000.0)):
        before, after = (capacity(one, metric, limit) / capacity(truth, metric, limit) for one in (simulated, found))
        assert abs(math.log(after)) < 0.05 < abs(math.log(before))
    assert truth.offered_rps[0][-1] == pytest.approx(found.offered_rps[0][-1], rel=0.05)
