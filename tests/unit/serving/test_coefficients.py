import pytest
from serving_builders import BF16, FP8, H100, SERVING, accelerator, coefficient, serving

from neuralnav.errors import InputError
from neuralnav.serving.coefficients import (
    coefficient as resolve,
)
from neuralnav.serving.coefficients import (
    coefficients,
    compute_type,
    interval_width,
    is_weight_only,
)


def test_the_most_specific_value_wins() -> None:
    narrowed = (
        coefficient("gemm_mfu", 0.1, compute="fp8"),
        coefficient("gemm_mfu", 0.2, generation="hopper"),
        coefficient("gemm_mfu", 0.3, generation="hopper", compute="fp8"),
        coefficient("gemm_mfu", 0.4, generation="ada", compute="fp8", link="pcie"),
    )
    every = serving(*narrowed)
    assert resolve(every, "gemm_mfu", H100, "fp8") == 0.3
    assert resolve(every, "gemm_mfu", H100, "bf16") == 0.2
    assert resolve(every, "gemm_mfu", accelerator(generation="ampere"), "fp8") == 0.1
    assert resolve(every, "gemm_mfu", accelerator(generation="ampere"), "bf16") == 0.5


def test_order_in_the_file_does_not_matter_between_specific_and_general() -> None:
    own, general = coefficient("frontend_ms", 1.0, link="nvlink"), coefficient("frontend_ms", 2.0, compute="bf16")
    for pair in ((own, general), (general, own)):
        assert resolve(serving(*pair), "frontend_ms", H100, "bf16") == 1.0


def test_bf16_matrices_of_a_quantised_checkpoint_have_their_own_share() -> None:
    chosen = coefficients(serving(coefficient("gemm_mfu", 0.3, compute="fp8")), FP8, H100)
    assert (chosen.gemm_mfu, chosen.bf16_mfu) == (0.3, 0.5)


def test_without_a_peak_the_bf16_units_compute() -> None:
    ampere = accelerator(generation="ampere", fp8_tflops=None)
    assert (compute_type(FP8, H100), is_weight_only(FP8, H100)) == ("fp8", False)
    assert (compute_type(FP8, ampere), is_weight_only(FP8, ampere)) == ("bf16", True)
    assert not is_weight_only(BF16, ampere)


def test_a_missing_coefficient_is_named() -> None:
    empty = SERVING.model_copy(update={"coefficients": ()})
    with pytest.raises(InputError, match='coefficient "gemm_mfu" has no value for hopper, nvlink, bf16'):
        coefficients(empty, BF16, H100)


def test_a_generation_has_its_own_interval_or_the_general_one() -> None:
    assert interval_width(SERVING, "ttft", "hopper") == 0.3
    assert interval_width(SERVING, "ttft", "ampere") == 0.6
    with pytest.raises(InputError, match='no interval of "itl" holds for ampere'):
        interval_width(SERVING.model_copy(update={"intervals": ()}), "itl", "ampere")
