"""The free coefficients: where they stand in the catalog, and how they are moved."""

from dataclasses import replace
from math import exp, log

import pytest
from calibration_builders import packaged

from neuralnav.calibration.parameters import FREE, Free, current, places, starts, with_values
from neuralnav.serving.coefficients import coefficients

SERVING = packaged().serving
FEW = (FREE[0], Free("stream_us", 100.0, 5.0, 600.0))


def test_each_free_coefficient_is_one_that_the_catalog_says_is_fitted() -> None:
    found = places(SERVING)
    assert len(set(found)) == len(FREE)
    for item, place in zip(FREE, found, strict=True):
        held = SERVING.coefficients[place]
        assert (held.name, held.compute, held.generation) == (item.name, item.compute, item.generation)
        assert held.source == "fit"
    fitted = {index for index, held in enumerate(SERVING.coefficients) if held.source == "fit"}
    assert fitted == set(found)  # nothing claims a fit that no fit moves


def test_of_links_nvlink_is_free() -> None:
    links = [place for item, place in zip(FREE, places(SERVING), strict=True) if item.name in
             ("link_efficiency", "allreduce_latency_us")]  # fmt: skip
    assert len(links) == 3
    assert {SERVING.coefficients[place].link for place in links} == {"nvlink"}


def test_values_and_starts_lie_within_physical_bounds() -> None:
    assert all(0.0 < item.low <= item.start <= item.high for item in FREE)
    for item, place in zip(FREE, places(SERVING), strict=True):
        assert item.low * 0.999 <= SERVING.coefficients[place].value <= item.high * 1.001, item


def test_a_free_coefficient_that_the_catalog_lacks_is_named() -> None:
    for missing, where in (
        (Free("no_such", 1.0, 0.5, 2.0), "everything"),
        (Free("gemm_mfu", 0.5, 0.1, 1.0, compute="int3"), "int3"),
        (Free("stream_us", 100.0, 5.0, 600.0, generation="ada"), "ada"),
    ):
        with pytest.raises(ValueError, match=f"^the serving catalog has no {missing.name} for {where}$"):
            places(SERVING, (FREE[0], missing))


def test_values_are_set_to_four_digits_and_nothing_else_is_touched() -> None:
    moved = with_values(SERVING, [log(0.512345), log(123.456)], FEW)
    changed = {
        index: (old, new)
        for index, (old, new) in enumerate(zip(SERVING.coefficients, moved.coefficients, strict=True))
        if old != new
    }
    assert list(changed) == sorted(places(SERVING, FEW))
    assert [new.value for _, new in changed.values()] == [0.5123, 123.5]
    for old, new in changed.values():
        assert old.model_copy(update={"value": new.value}) == new
    assert moved.model_copy(update={"coefficients": SERVING.coefficients}) == SERVING


def test_what_is_set_is_what_a_step_is_priced_with() -> None:
    model = packaged().models["qwen3-32b"]
    h100 = packaged().accelerators["h100"]
    moved = with_values(SERVING, [log(0.5), log(200.0)], FEW)
    chosen = coefficients(moved, model.checkpoints[0], h100)
    assert chosen.scalars.stream_us == 200.0
    assert chosen.wide.flops_per_ms == pytest.approx(h100.bf16_tflops.value * 1e9 * 0.5)


def test_the_current_values_come_back_within_their_bounds() -> None:
    logs = current(SERVING, FEW)
    assert current(with_values(SERVING, logs, FEW), FEW) == pytest.approx(logs, abs=1e-3)
    narrow = (replace(FEW[0], high=0.5, start=0.45), replace(FEW[1], low=590.0, start=595.0))
    assert [exp(value) for value in current(SERVING, narrow)] == pytest.approx([0.5, 590.0])
    assert with_values(SERVING, current(SERVING)) == SERVING  # the packaged numbers have four digits


def test_the_starts_are_in_the_order_of_the_free() -> None:
    assert [exp(value) for value in starts(FEW)] == pytest.approx([0.65, 100.0])


def test_as_many_values_as_free_coefficients() -> None:
    with pytest.raises(ValueError, match="zip"):
        with_values(SERVING, [0.0], FEW)
