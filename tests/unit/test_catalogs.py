"""The catalogs that ship with the package: well formed, sourced, and in agreement with what they were taken from."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import yaml
from pydantic import BaseModel

from neuralnav.model.catalog import (
    Accelerator,
    AcceleratorCatalog,
    Model,
    ModelCatalog,
    Price,
    PriceCatalog,
    ServingCatalog,
    UseCaseCatalog,
    UseCaseList,
)
from neuralnav.serving.memory import parameter_count

ROOT = Path(__file__).parents[2]
CATALOGS = ROOT / "catalogs"

MODEL_FILES = sorted((CATALOGS / "models").glob("*.yaml"))
ACCELERATOR_FILES = sorted((CATALOGS / "accelerators").glob("*.yaml"))
PRICE_FILES = sorted((CATALOGS / "prices").glob("*.yaml"))
USE_CASES_FILE = CATALOGS / "use-cases.yaml"
QUALITY_FILE = CATALOGS / "quality.yaml"
SCHEMAS = {
    **dict.fromkeys(MODEL_FILES, "../../schemas/model-catalog.v1alpha1.json"),
    **dict.fromkeys(ACCELERATOR_FILES, "../../schemas/accelerator-catalog.v1alpha1.json"),
    **dict.fromkeys(PRICE_FILES, "../../schemas/price-catalog.v1alpha1.json"),
    USE_CASES_FILE: "../schemas/use-case-catalog.v1alpha1.json",
    QUALITY_FILE: "../schemas/quality-catalog.v1alpha1.json",
}
FILES = sorted(SCHEMAS)

MARKETED_GB = {
    "l4": 24,
    "l40s": 48,
    "a10g": 24,
    "a100-40": 40,
    "a100-80": 80,
    "a100-80-pcie": 80,
    "h100": 80,
    "h200": 141,
    "rtx-pro-6000": 96,
    "b200": 180,
    "b300": 288,
    "mi300x": 192,
    "mi325x": 256,
    "mi355x": 288,
}
"""Gigabytes on the box by accelerator."""

LIST_PRICES = {
    "l4": 0.80,
    "a10g": 1.30,
    "a100-40": 3.00,
    "a100-80": 3.50,
    "h100": 4.50,
    "h200": 5.75,
    "b200": 7.25,
    "mi300x": 3.75,
}
"""USD per hour of the provider `list`, the default of every workload."""

Document = TypeVar("Document", bound=BaseModel)


def load(path: Path, kind: type[Document]) -> Document:
    return kind.model_validate_json(
        json.dumps(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)), strict=True
    )


def models() -> list[Model]:
    return [model for path in MODEL_FILES for model in load(path, ModelCatalog).spec.models]


def accelerators() -> list[Accelerator]:
    return [chip for path in ACCELERATOR_FILES for chip in load(path, AcceleratorCatalog).spec.accelerators]


def prices() -> list[tuple[str, Price]]:
    alone = [price for path in PRICE_FILES for price in load(path, PriceCatalog).spec.prices]
    return [(chip.id, price) for chip in accelerators() for price in chip.prices] + [
        (price.accelerator, price) for price in alone
    ]


def use_cases() -> UseCaseList:
    return load(USE_CASES_FILE, UseCaseCatalog).spec


def repeated(values: Iterable[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)


def named_sources(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        source = node.get("source")
        if isinstance(source, str):
            yield source
        for value in node.values():
            yield from named_sources(value)
    elif isinstance(node, list):
        for value in node:
            yield from named_sources(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CATALOGS).as_posix())
class TestEveryFile:
    def test_names_its_schema_in_the_first_line(self, path: Path) -> None:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={SCHEMAS[path]}"

    def test_names_only_sources_it_lists_and_lists_only_sources_it_names(self, path: Path) -> None:
        spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["spec"]
        assert set(named_sources(spec)) == set(spec["sources"])

    def test_claims_nothing_verified_that_rests_on_general_knowledge(self, path: Path) -> None:
        def claims(node: object) -> Iterator[object]:
            if isinstance(node, dict):
                if node.get("source") == "general" and node.get("verified"):
                    yield node
                for value in node.values():
                    yield from claims(value)
            elif isinstance(node, list):
                for value in node:
                    yield from claims(value)

        assert list(claims(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))) == []


class TestModels:
    def test_are_enough_to_choose_from(self) -> None:
        assert len(models()) >= 15
        assert len({model.family for model in models()}) >= 6

    def test_have_unique_ids_and_one_checkpoint_per_precision(self) -> None:
        assert repeated(model.id for model in models()) == []
        for model in models():
            assert repeated(checkpoint.precision for checkpoint in model.checkpoints) == [], model.id

    def test_no_repository_serves_two_models(self) -> None:
        assert repeated(checkpoint.repo for model in models() for checkpoint in model.checkpoints) == []

    @pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
    def test_parameters_agree_with_the_architecture_within_three_percent(self, model: Model) -> None:
        assert parameter_count(model.architecture) / 1e9 == pytest.approx(model.parameters_b.value, rel=0.03)

    def test_experts_come_with_their_width_and_how_many_a_token_takes(self) -> None:
        for model in models():
            a = model.architecture
            present = {a.experts is None, a.experts_per_token is None, a.expert_intermediate_size is None}
            assert len(present) == 1, model.id

    def test_a_sliding_window_says_which_layers_see_everything(self) -> None:
        for model in models():
            a = model.architecture
            assert (a.sliding_window is None) == (a.full_attention_layers is None), model.id
            assert (a.full_attention_layers or 0) <= a.layers, model.id

    def test_bits_per_weight_are_those_of_the_precision_plus_scales(self) -> None:
        floor = {"bf16": 16.0, "fp8": 8.0, "int8": 8.0, "int4": 4.0, "fp4": 4.0}
        for model in models():
            for checkpoint in model.checkpoints:
                bits = floor[checkpoint.precision]
                assert bits <= checkpoint.bits_per_weight <= 1.125 * bits, checkpoint.repo
                assert (checkpoint.quantized == "none") == (checkpoint.precision == "bf16"), checkpoint.repo


class TestAccelerators:
    def test_are_the_fourteen_we_plan_for(self) -> None:
        assert sorted(chip.id for chip in accelerators()) == sorted(MARKETED_GB)

    def test_memory_is_what_the_driver_leaves_of_the_marketed_gigabytes(self) -> None:
        for chip in accelerators():
            marketed = MARKETED_GB[chip.id]
            assert 0.97 * marketed * 1e9 / 2**30 <= chip.memory_gib.value < marketed, chip.id

    def test_peaks_are_dense(self) -> None:
        for chip in accelerators():
            for peak in (chip.fp8_tflops, chip.int8_tops):
                assert peak is None or peak.value <= 2.05 * chip.bf16_tflops.value, chip.id

    def test_eight_bit_floats_run_at_twice_the_bf16_peak_where_the_chip_has_them(self) -> None:
        for chip in accelerators():
            assert (chip.fp8_tflops is None) == (chip.generation == "ampere"), chip.id
            if chip.fp8_tflops is not None:
                assert chip.fp8_tflops.value == pytest.approx(2 * chip.bf16_tflops.value, rel=0.05), chip.id

    def test_every_generation_with_coefficients_has_an_accelerator(self) -> None:
        spec = load(CATALOGS / "serving.yaml", ServingCatalog).spec
        named = {row.generation for row in spec.coefficients} | {row.generation for row in spec.intervals}
        assert named - {None} <= {chip.generation for chip in accelerators()}

    def test_links_name_their_kind_and_reach_less_than_the_memory(self) -> None:
        for chip in accelerators():
            assert (chip.link == "xgmi") == (chip.vendor == "amd"), chip.id
            assert chip.link_gb_s.value < chip.bandwidth_gb_s.value, chip.id
            if chip.inter_node_gb_s is not None:
                assert chip.inter_node_gb_s.value <= chip.link_gb_s.value or chip.link == "pcie", chip.id

    def test_node_labels_are_unique(self) -> None:
        assert repeated(chip.node_label.value for chip in accelerators() if chip.node_label is not None) == []

    def test_every_checkpoint_runs_somewhere(self) -> None:
        served = {precision for chip in accelerators() for precision in chip.supports.value}
        assert {checkpoint.precision for model in models() for checkpoint in model.checkpoints} <= served


class TestPrices:
    def test_name_each_provider_and_kind_once(self) -> None:
        assert repeated(f"{chip}/{price.provider}/{price.kind}" for chip, price in prices()) == []

    def test_are_of_accelerators_in_the_catalog_and_of_every_kind(self) -> None:
        assert {chip for chip, _ in prices()} <= {chip.id for chip in accelerators()}
        assert {price.kind for _, price in prices()} == {"on-demand", "spot", "reserved", "owned"}

    def test_expire_after_the_review_period_of_their_kind(self) -> None:
        for chip, price in prices():
            days = 30 if price.kind == "spot" else 180
            assert price.valid_until - price.recorded == timedelta(days=days), (chip, price.provider, price.kind)

    def test_a_commitment_or_an_interruption_makes_an_hour_cheaper_at_the_same_provider(self) -> None:
        hourly = {(chip, price.provider, price.kind): price.hourly_usd for chip, price in prices()}
        for (chip, provider, kind), cost in hourly.items():
            if kind in ("spot", "reserved") and (chip, provider, "on-demand") in hourly:
                assert cost < hourly[chip, provider, "on-demand"], (chip, provider, kind)

    def test_providers_agree_on_the_order_of_magnitude(self) -> None:
        for chip in accelerators():
            asked = [price.hourly_usd for price in chip.prices if price.kind == "on-demand"]
            assert not asked or max(asked) <= 4 * min(asked), chip.id

    def test_the_default_provider_is_on_demand_and_not_verified(self) -> None:
        listed = {chip: price for chip, price in prices() if price.provider == "list"}
        assert {chip: price.hourly_usd for chip, price in listed.items()} == LIST_PRICES
        assert {(price.kind, price.verified) for price in listed.values()} == {("on-demand", False)}

    def test_an_owned_gpu_costs_its_write_off_and_its_electricity(self) -> None:
        owned = {(chip, price.provider): price for chip, price in prices() if price.kind == "owned"}
        price = owned["h100", "owned-reference"]
        assert price.owned is not None
        assert price.hourly_usd == pytest.approx(33750 / 43800 + 1.275 * 1.54 * 0.146, abs=1e-4)
        assert not price.verified


class TestUseCases:
    def test_are_nine_over_four_profiles_and_five_experiences(self) -> None:
        spec = use_cases()
        assert (len(spec.use_cases), len(spec.profiles), len(spec.experiences)) == (9, 4, 5)

    def test_ids_and_aliases_are_unique(self) -> None:
        spec = use_cases()
        assert repeated(name for case in spec.use_cases for name in (case.id, *case.aliases)) == []
        assert repeated(profile.id for profile in spec.profiles) == []
        assert repeated(experience.id for experience in spec.experiences) == []

    def test_profiles_exist_and_are_named_for_their_tokens(self) -> None:
        spec = use_cases()
        assert {case.profile for case in spec.use_cases} <= {profile.id for profile in spec.profiles}
        for profile in spec.profiles:
            assert profile.id == f"{profile.prompt_tokens}x{profile.output_tokens}"

    def test_quality_weights_sum_to_one(self) -> None:
        for case in use_cases().use_cases:
            assert sum(case.quality_weights.values()) == pytest.approx(1.0, abs=1e-9), case.id

    def test_a_target_for_the_whole_request_leaves_time_after_the_first_token(self) -> None:
        for case in use_cases().use_cases:
            assert case.slo.e2e > case.slo.ttft, case.id
