"""The catalogs that ship with the package: well formed, sourced, and in agreement with what they were taken from."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import yaml
from pydantic import BaseModel

from neuralnav.model.catalog import (
    Accelerator,
    AcceleratorCatalog,
    Model,
    ModelCatalog,
    QualityCatalog,
    QualityList,
    UseCaseCatalog,
    UseCaseList,
)
from neuralnav.serving.memory import parameter_count

ROOT = Path(__file__).parents[2]
CATALOGS = ROOT / "catalogs"
SCORES_CSV = ROOT.parent / "shared" / "reference" / "model_quality_artificial_analysis.csv"

MODEL_FILES = sorted((CATALOGS / "models").glob("*.yaml"))
ACCELERATOR_FILES = sorted((CATALOGS / "accelerators").glob("*.yaml"))
USE_CASES_FILE = CATALOGS / "use-cases.yaml"
QUALITY_FILE = CATALOGS / "quality.yaml"
SCHEMAS = {
    **dict.fromkeys(MODEL_FILES, "../../schemas/model-catalog.v1alpha1.json"),
    **dict.fromkeys(ACCELERATOR_FILES, "../../schemas/accelerator-catalog.v1alpha1.json"),
    USE_CASES_FILE: "../schemas/use-case-catalog.v1alpha1.json",
    QUALITY_FILE: "../schemas/quality-catalog.v1alpha1.json",
}
FILES = sorted(SCHEMAS)

COLUMNS = {
    "aime_25": "aime_25",
    "coding_index": "artificial_analysis_coding_index",
    "gpqa": "gpqa",
    "hle": "hle",
    "ifbench": "ifbench",
    "intelligence_index": "artificial_analysis_intelligence_index",
    "livecodebench": "livecodebench",
    "math_index": "artificial_analysis_math_index",
    "mmlu_pro": "mmlu_pro",
    "tau2": "tau2",
    "terminalbench_hard": "terminalbench_hard",
}
"""Column of the published table by our benchmark name."""

REASONS = re.compile(r"\(Reasoning\)|\((?:low|high)\)|Thinking|Thinker|Reasoning |R1|QwQ")
SIZE = re.compile(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([BM])\b")

Document = TypeVar("Document", bound=BaseModel)


def load(path: Path, kind: type[Document]) -> Document:
    return kind.model_validate_json(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))), strict=True)


def models() -> list[Model]:
    return [model for path in MODEL_FILES for model in load(path, ModelCatalog).spec.models]


def accelerators() -> list[Accelerator]:
    return [chip for path in ACCELERATOR_FILES for chip in load(path, AcceleratorCatalog).spec.accelerators]


def use_cases() -> UseCaseList:
    return load(USE_CASES_FILE, UseCaseCatalog).spec


def quality() -> QualityList:
    return load(QUALITY_FILE, QualityCatalog).spec


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


@pytest.fixture(scope="module")
def published() -> list[dict[str, str]]:
    if not SCORES_CSV.exists():
        pytest.skip(f"the published table is not here: {SCORES_CSV.name}")
    with SCORES_CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CATALOGS).as_posix())
class TestEveryFile:
    def test_names_its_schema_in_the_first_line(self, path: Path) -> None:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={SCHEMAS[path]}"

    def test_names_only_sources_it_lists_and_lists_only_sources_it_names(self, path: Path) -> None:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
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

        assert list(claims(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


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
    def test_are_the_six_we_plan_for(self) -> None:
        assert {chip.id for chip in accelerators()} >= {"l4", "l40s", "a100-80", "h100", "h200", "mi300x"}
        assert repeated(chip.id for chip in accelerators()) == []

    def test_peaks_are_dense(self) -> None:
        for chip in accelerators():
            for peak in (chip.fp8_tflops, chip.int8_tops):
                assert peak is None or peak.value <= 2.05 * chip.bf16_tflops.value, chip.id

    def test_every_checkpoint_runs_somewhere(self) -> None:
        served = {precision for chip in accelerators() for precision in chip.supports.value}
        assert {checkpoint.precision for model in models() for checkpoint in model.checkpoints} <= served

    def test_prices_name_each_provider_once_and_expire_after_the_review_period(self) -> None:
        for chip in accelerators():
            assert repeated(f"{price.provider}/{price.kind}" for price in chip.prices) == [], chip.id
            for price in chip.prices:
                assert price.valid_until - price.recorded == timedelta(days=180), chip.id


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


class TestQuality:
    def test_scores_are_of_models_in_the_catalog_once_each(self) -> None:
        scored = [entry.model for entry in quality().scores]
        assert repeated(scored) == []
        assert set(scored) <= {model.id for model in models()}

    def test_a_row_speaks_for_one_model_only(self) -> None:
        assert repeated(entry.row for entry in quality().scores) == []

    def test_every_weighted_benchmark_is_scored_for_some_model(self) -> None:
        weighted = {name for case in use_cases().use_cases for name in case.quality_weights}
        assert weighted <= {name for entry in quality().scores for name in entry.scores}

    def test_scores_equal_the_published_row(self, published: list[dict[str, str]]) -> None:
        rows = {row["Model Name"]: row for row in published}
        for entry in quality().scores:
            row = rows[entry.row]
            assert row["artificial_analysis_intelligence_index"] != "100.00%", entry.row
            assert entry.scores == {
                name: _percent(row[column]) for name, column in COLUMNS.items() if row[column] != "N/A"
            }

    def test_quantisation_keeps_between_its_bounds(self) -> None:
        losses = quality().quantisation
        assert repeated(loss.precision for loss in losses) == []
        assert all(loss.low <= loss.kept <= loss.high for loss in losses)

    def test_fallback_buckets_rise_and_hold_their_middle(self) -> None:
        buckets = quality().fallback
        assert [bucket.up_to_parameters_b for bucket in buckets] == sorted({b.up_to_parameters_b for b in buckets})
        assert all(bucket.low <= bucket.score <= bucket.high for bucket in buckets)

    def test_fallback_equals_the_published_rows_that_do_not_reason(self, published: list[dict[str, str]]) -> None:
        points = list(_sized(published))
        floor = 0.0
        for bucket in quality().fallback:
            values = [index for size, index in points if floor < size <= bucket.up_to_parameters_b]
            expected = np.percentile(values, [5, 50, 95])
            assert [bucket.low, bucket.score, bucket.high] == pytest.approx(expected.tolist(), abs=0.051)
            assert bucket.note == f"{len(values)} models"
            floor = bucket.up_to_parameters_b


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))


def _sized(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[float, float]]:
    for row in rows:
        name, index = row["Model Name"].strip(), row["artificial_analysis_intelligence_index"]
        size = SIZE.search(name)
        if size is None or REASONS.search(name) or index in {"N/A", "100.00%"}:
            continue
        yield float(size[1]) * (1.0 if size[2] == "B" else 1e-3), _percent(index)
