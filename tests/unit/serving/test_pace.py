"""A step cost at the pace of measured runs."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from builders import packaged
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.serving.configurations import Configuration
from neuralnav.serving.engine import simulate_load
from neuralnav.serving.lengths import fixed
from neuralnav.serving.load import Load
from neuralnav.serving.observed import observed
from neuralnav.serving.pace import DECODES, PROMPTS, paced
from neuralnav.serving.server import Server, server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS
from neuralnav.serving.stepcost import StepCost


def server() -> Server:
    catalog = packaged()
    model = catalog.models["gpt-oss-20b"]
    configuration = Configuration(
        model.id, model.architecture, model.checkpoints[0], catalog.accelerators["h100"], tp=1
    )
    found = server_of(configuration, 1024, 128, catalog.serving, DEFAULT_SETTINGS)
    assert found is not None
    return found


SERVER = server()
FACTORS = st.floats(0.25, 4.0)


def p95(cost: StepCost, rate_rps: float) -> Mapping[str, float]:
    load = Load(600, (100, 500), rate_rps, fixed(1024), fixed(128), seed=3)
    cells = observed(simulate_load(cost, SERVER.limits, load), 128, 1)
    return {metric: cells[f"{metric}_p95_ms"] for metric in ("ttft", "itl", "e2e")}


def test_the_same_factor_for_both_stretches_time() -> None:
    plain, slow = p95(SERVER.cost, 4.0), p95(paced(SERVER.cost, ttft=1.5, itl=1.5), 4.0 / 1.5)
    assert {metric: slow[metric] / plain[metric] for metric in plain} == pytest.approx(
        {"ttft": 1.5, "itl": 1.5, "e2e": 1.5}, rel=0.005
    )


@pytest.mark.parametrize(("ttft", "itl"), [(1.3, 0.9), (0.8, 1.2), (1.0, 1.4), (1.5, 1.0)])
def test_at_moderate_load_each_metric_moves_by_about_its_own_factor(ttft: float, itl: float) -> None:
    plain, moved = p95(SERVER.cost, 4.0), p95(paced(SERVER.cost, ttft=ttft, itl=itl), 4.0)
    assert moved["ttft"] / plain["ttft"] == pytest.approx(ttft, rel=0.1)
    assert moved["itl"] / plain["itl"] == pytest.approx(itl, rel=0.1)


def test_prompts_alone_take_the_factor_of_ttft_and_decodes_alone_that_of_itl() -> None:
    cost, moved = SERVER.cost, paced(SERVER.cost, ttft=1.5, itl=1.25)
    assert moved.token_ms[DECODES] == pytest.approx(1.25 * cost.token_ms[DECODES])
    assert moved.token_ms[PROMPTS] == pytest.approx(1.5 * cost.token_ms[PROMPTS])
    assert moved.token_ms[2 * DECODES] == pytest.approx(
        1.25 * 1.2 ** (1 / 3) * cost.token_ms[2 * DECODES]
    )  # of 3 octaves
    assert moved.decode_ms(8, 8000, 900) == pytest.approx(1.25 * cost.decode_ms(8, 8000, 900))
    assert moved.frontend_of_ms(1000) == pytest.approx(1.5 * cost.frontend_of_ms(1000))
    assert moved.pair_ms == 1.5 * cost.pair_ms
    assert moved.window_tokens == cost.window_tokens


def test_nothing_corrected_changes_nothing() -> None:
    assert paced(SERVER.cost, ttft=1.0, itl=1.0) is SERVER.cost


@given(FACTORS, FACTORS)
@settings(max_examples=30, deadline=None)
def test_more_tokens_never_cost_less(ttft: float, itl: float) -> None:
    moved = paced(SERVER.cost, ttft=ttft, itl=itl)
    assert all(one <= other for one, other in pairwise(moved.token_ms[1:]))
    assert len(moved.token_ms) == len(SERVER.cost.token_ms)


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        ((0.0, 1.0), "ttft factor is 0: it must be finite and above 0"),
        ((1.0, -2.0), "itl factor is -2: it must be finite and above 0"),
        ((float("nan"), 1.0), "ttft factor is nan: it must be finite and above 0"),
        ((1.0, float("inf")), "itl factor is inf: it must be finite and above 0"),
    ],
)
def test_other_factors_are_refused(factors: tuple[float, float], text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole text is asserted
        paced(SERVER.cost, ttft=factors[0], itl=factors[1])
    assert str(caught.value) == text
