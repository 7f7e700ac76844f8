import pytest
from serving_builders import (
    BF16,
    FP8,
    FP8_BLOCKS,
    H100,
    INT4,
    MXFP4,
    SERVING,
    VALUES,
    accelerator,
    checkpoint,
    coefficient,
    serving,
)

from neuralnav.errors import InputError
from neuralnav.model.catalog import ServingList
from neuralnav.serving.coefficients import (
    coefficient as resolve,
)
from neuralnav.serving.coefficients import (
    coefficients,
    compute_type,
    holding,
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
    assert (chosen.wide.kind, chosen.dense.kind, chosen.experts.kind) == ("bf16", "fp8", "fp8")
    assert (chosen.wide.flops_per_ms, chosen.dense.flops_per_ms) == (989e9 * 0.5, 1979e9 * 0.3)


def test_where_only_experts_are_narrow_dense_matrices_are_wide() -> None:
    chosen = coefficients(SERVING, MXFP4, H100)
    assert (chosen.wide.kind, chosen.dense.kind, chosen.experts.kind) == ("bf16", "bf16", "weight-only")
    assert coefficients(SERVING, BF16, H100).experts == coefficients(SERVING, BF16, H100).wide


def test_weight_only_products_reach_a_share_of_what_warps_do() -> None:
    every = serving(
        coefficient("gemm_mfu", 0.9, compute="weight-only"), coefficient("warp_mma_share", 0.25, generation="blackwell")
    )
    assert coefficients(every, INT4, H100).dense.flops_per_ms == 989e9 * 0.9 * VALUES["warp_mma_share"]
    blackwell = accelerator(generation="blackwell")
    assert coefficients(every, INT4, blackwell).dense.flops_per_ms == 989e9 * 0.9 * 0.25


def test_a_scale_per_block_slows_fp8_and_no_other_product() -> None:
    tensor, blocks = (coefficients(SERVING, check, H100) for check in (FP8, FP8_BLOCKS))
    assert blocks.dense.flops_per_ms == pytest.approx(tensor.dense.flops_per_ms * VALUES["block_scale_factor"])
    assert blocks.wide == tensor.wide
    ampere = accelerator(generation="ampere", fp8_tflops=None)
    assert coefficients(SERVING, FP8_BLOCKS, ampere) == coefficients(SERVING, FP8, ampere)
    assert coefficients(SERVING, checkpoint(block_size=128), H100) == coefficients(SERVING, BF16, H100)


def test_a_kind_of_product_has_its_own_reads_and_tiles() -> None:
    every = serving(
        coefficient("dense_read_factor", 0.5, compute="fp8"), coefficient("expert_tile_tokens", 12.0, compute="fp8")
    )
    chosen = coefficients(every, FP8, H100)
    read = 3350e6 * VALUES["hbm_efficiency"]
    assert (chosen.experts.bytes_per_ms, chosen.experts.dense_bytes_per_ms) == pytest.approx((read, read * 0.5))
    assert chosen.wide.dense_bytes_per_ms == pytest.approx(read * VALUES["dense_read_factor"])
    assert (chosen.experts.tile_tokens, chosen.wide.tile_tokens) == (12.0, VALUES["expert_tile_tokens"])


def test_a_narrowed_scalar_holds_for_its_link_and_generation() -> None:
    every = serving(
        coefficient("link_efficiency", 0.8, link="nvlink", generation="hopper"),
        coefficient("link_efficiency", 0.3, link="pcie"),
    )
    pcie = accelerator(link="pcie")
    assert [coefficients(every, BF16, a).scalars.link_efficiency for a in (H100, pcie)] == [0.8, 0.3]


def test_the_places_of_what_holds_are_told_the_one_that_counts_first() -> None:
    every = serving(coefficient("gemm_mfu", 0.1, compute="fp8"), coefficient("gemm_mfu", 0.2, generation="ada"))
    names = [item.name for item in every.coefficients]
    general, own = names.index("gemm_mfu"), len(names) - 2
    assert holding(every, "gemm_mfu", H100, "fp8") == [own, general]
    assert holding(every, "gemm_mfu", H100, "bf16") == [general]
    assert holding(every, "no_such", H100) == []


def test_without_a_peak_the_bf16_units_compute() -> None:
    ampere = accelerator(generation="ampere", fp8_tflops=None)
    assert (compute_type(FP8, H100), is_weight_only(FP8, H100)) == ("fp8", False)
    assert (compute_type(FP8, ampere), is_weight_only(FP8, ampere)) == ("bf16", True)
    assert not is_weight_only(BF16, ampere)


def test_a_missing_coefficient_is_named() -> None:
    def without(name: str) -> ServingList:
        return SERVING.model_copy(update={"coefficients": tuple(c for c in SERVING.coefficients if c.name != name)})

    hint = "add one without generation, link and compute as the default"
    with pytest.raises(InputError) as caught:
        coefficients(without("stream_us"), BF16, H100)
    (problem,) = caught.value.diagnostics
    assert problem.message == 'coefficient "stream_us" has no value for hopper, nvlink, any'
    assert (problem.where.file, problem.hint) == ("serving catalog", hint)
    with pytest.raises(InputError, match='coefficient "gemm_mfu" has no value for hopper, nvlink, fp8'):
        coefficients(without("gemm_mfu"), FP8, H100)


def test_a_generation_has_its_own_interval_or_the_general_one() -> None:
    assert interval_width(SERVING, "ttft", "hopper") == 0.3
    assert interval_width(SERVING, "ttft", "ampere") == 0.6
    with pytest.raises(InputError, match='no interval of "itl" holds for ampere'):
        interval_width(SERVING.model_copy(update={"intervals": ()}), "itl", "ampere")
