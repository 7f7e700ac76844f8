"""The scores that ship with the package: equal to the published table, and used no further than they reach."""

import csv
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from statistics import fmean, median

import numpy as np
import pytest
import yaml
from builders import SOURCED, packaged
from pydantic import ValidationError

from neuralnav.candidates.quality import quality_of
from neuralnav.model.catalog import (
    PRECISIONS,
    Catalog,
    Model,
    ModelScores,
    PeerScores,
    QualityCatalog,
    QualityList,
    QuantisationLoss,
    SizeFallback,
)

ROOT = Path(__file__).parents[2]
QUALITY_FILE = ROOT / "catalogs" / "quality.yaml"
METHODOLOGY = ROOT / "docs" / "methodology.md"
SCORES_CSV = ROOT.parent / "shared" / "reference" / "model_quality_artificial_analysis.csv"

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

PARTS = {
    "intelligence_index": (
        "mmlu_pro", "gpqa", "hle", "aime_25", "scicode", "livecodebench", "ifbench", "lcr", "terminalbench_hard",
        "tau2",
    ),
    "coding_index": ("livecodebench", "scicode", "terminalbench_hard"),
    "math_index": ("aime_25",),
}  # fmt: skip
"""The columns whose mean an index is: Artificial Analysis, Intelligence Index version 3.0."""

NARROW = {"gpt-oss-20b", "gpt-oss-120b", "kimi-k2.5"}
"""Models whose publisher releases no weights wider than 4 bits."""

REASONS = re.compile(r"\(Reasoning\)|\((?:low|high)\)|Thinking|Thinker|Reasoning |R1|QwQ|Seed-OSS")
SIZE = re.compile(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([BM])\b")

SHOWN = ("mmlu_pro", "gpqa", "hle", "livecodebench")
"""The benchmarks that even the oldest rows of the table have."""

Scores = Mapping[str, float]
Peer = tuple[str, float, Scores]
"""A row of the table that does not reason: its name, its parameters in billions, its scores."""


def quality() -> QualityList:
    entry = yaml.safe_load(QUALITY_FILE.read_text(encoding="utf-8"))
    return QualityCatalog.model_validate_json(json.dumps(entry), strict=True).spec


def repeated(values: Iterable[str]) -> list[str]:
    return sorted(value for value, count in Counter(values).items() if count > 1)


@pytest.fixture(scope="module")
def published() -> list[dict[str, str]]:
    if not SCORES_CSV.exists():
        pytest.skip(f"the published table is not here: {SCORES_CSV.name}")
    with SCORES_CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestScores:
    def test_are_of_models_in_the_catalog_once_each(self) -> None:
        scored = [entry.model for entry in quality().scores]
        assert repeated(scored) == []
        assert set(scored) - set(packaged().models) == set()

    def test_a_row_speaks_for_one_model_only(self) -> None:
        assert repeated(entry.row for entry in quality().scores) == []

    def test_every_weighted_benchmark_is_scored_for_some_model(self) -> None:
        weighted = {name for case in packaged().use_cases.values() for name in case.quality_weights}
        assert weighted <= {name for entry in quality().scores for name in entry.scores}

    def test_equal_the_published_row(self, published: list[dict[str, str]]) -> None:
        rows = {row["Model Name"]: row for row in published}
        for entry in quality().scores:
            assert entry.scores == _cells(rows[entry.row]), entry.row

    def test_the_indices_of_the_table_are_the_means_that_they_are_checked_against(
        self, published: list[dict[str, str]]
    ) -> None:
        whole = [row for row in published if _mean(row, "intelligence_index") is not None]
        assert len(whole) > 100
        wrong = Counter(name for row in published for name in PARTS if _mean(row, name) and not _holds(row, name))
        assert wrong == {"coding_index": 2, "math_index": 3}

    def test_rows_are_of_the_mode_without_reasoning_unless_the_entry_says_so(self) -> None:
        for entry in quality().scores:
            assert not re.search(r"\(Reasoning\)|\(high\)|Thinking", entry.row), entry.row
            assert not re.search(r"R1|MiniMax-M", entry.row) or "reasons always" in (entry.note or ""), entry.row


class TestQuantisation:
    def test_names_each_precision_once(self) -> None:
        assert repeated(loss.precision for loss in quality().quantisation) == []

    def test_every_precision_of_the_catalog_has_a_published_loss(self) -> None:
        lossy = {item.precision for model in packaged().models.values() for item in model.checkpoints} - {"bf16"}
        assert lossy <= set(packaged().quantisation)

    def test_a_loss_whose_range_misses_it_is_refused(self) -> None:
        with pytest.raises(ValidationError, match=r"kept 0\.98 lies outside its range 0\.97-0\.97"):
            QuantisationLoss(precision="int8", kept=0.98, low=0.97, high=0.97, **SOURCED)

    def test_only_models_published_in_4_bits_are_scored_on_4_bits(self) -> None:
        # The widest checkpoint keeps all of a model's quality: a catalog without the publisher's own would hide a loss.
        wide = {name for name, model in packaged().models.items() if _widest(model) in ("bf16", "fp8")}
        assert set(packaged().models) - wide <= NARROW

    def test_mxfp4_is_no_precision_to_which_weights_were_narrowed_after_training(self) -> None:
        # The loss of fp4 is that of NVFP4; MXFP4 made after training loses more.
        formats = {name: {c.engine_quantization for c in m.checkpoints} for name, m in packaged().models.items()}
        assert {name for name, found in formats.items() if "mxfp4" in found} <= NARROW


class TestFallback:
    def test_steps_rise(self) -> None:
        steps = [step.up_to_parameters_b for step in quality().fallback]
        assert steps == sorted(set(steps))

    def test_peers_whose_range_misses_their_middle_are_refused(self) -> None:
        with pytest.raises(ValidationError, match="score 5 lies outside its range 6-7"):
            PeerScores(score=5, low=6, high=7)

    def test_equals_the_published_rows_that_do_not_reason(self, published: list[dict[str, str]]) -> None:
        rows = list(_sized(published))
        floor = 0.0
        for step in quality().fallback:
            values = _values([row for row in rows if floor < row[1] <= step.up_to_parameters_b])
            for name, found in step.benchmarks.items():
                expected = np.percentile(values[name], [5, 50, 95]).tolist()
                assert [found.low, found.score, found.high] == pytest.approx(expected, abs=0.051), name
            counts = [len(values[name]) for name in step.benchmarks]
            assert set(step.benchmarks) == set(COLUMNS)
            assert step.note == f"{min(counts)} to {max(counts)} models, by benchmark"
            index = step.benchmarks["intelligence_index"]
            assert (step.score, step.low, step.high) == (index.score, index.low, index.high)
            floor = step.up_to_parameters_b


class TestWhatIsUnknown:
    def test_a_model_without_scores_is_unknown_in_every_use_case(self) -> None:
        unknown = set(packaged().models) - set(packaged().scores)
        assert unknown
        for name in unknown:
            for case in packaged().use_cases.values():
                score, low, high, coverage = _full(name, case.quality_weights)
                assert coverage == 0.0
                assert low < score < high, (name, case.id)

    def test_a_model_with_every_score_is_known_to_the_point(self) -> None:
        for case in packaged().use_cases.values():
            score, low, high, coverage = _full("llama-3.1-8b", case.quality_weights)
            assert (low, high, coverage) == (score, score, 1.0), case.id

    def test_what_is_missing_lifts_no_model_over_one_that_beats_it_in_all_that_is_known(self) -> None:
        for better, worse in [("mistral-small-3.1-24b", "mistral-nemo-12b"), ("qwen2.5-72b", "mixtral-8x22b")]:
            known = packaged().scores[worse].scores
            assert all(packaged().scores[better].scores[name] >= value for name, value in known.items())
            for case in packaged().use_cases.values():
                assert _full(better, case.quality_weights) > _full(worse, case.quality_weights), (worse, case.id)


class TestDocumentation:
    """docs/methodology.md prints what is computed here; the assertion shows the rows to paste."""

    def test_states_how_many_models_are_known(self) -> None:
        expected = []
        for case in packaged().use_cases.values():
            coverage = [_full(name, case.quality_weights)[3] for name in packaged().models]
            known, unknown = coverage.count(1.0), coverage.count(0.0)
            expected.append(f"| {case.id} | {known} | {len(coverage) - known - unknown} | {unknown} |")
        assert _rows_of("| use case | every score |") == expected

    def test_states_how_far_off_the_estimates_are(self, published: list[dict[str, str]]) -> None:
        rows = list(_sized(published))
        whole = [row for row in rows if set(row[2]) == set(COLUMNS)]
        expected = []
        for case in packaged().use_cases.values():
            some, none = (_off(whole, rows, case.quality_weights, shown) for shown in (SHOWN, ()))
            expected.append(f"| {case.id} | {some} | {none} |")
        assert _rows_of("| use case | error, four scores shown |") == expected

    def test_states_the_weights(self) -> None:
        names = list(COLUMNS)
        expected = []
        for case in packaged().use_cases.values():
            cells = [
                f"{100 * case.quality_weights[name]:.0f}" if name in case.quality_weights else "-" for name in names
            ]
            expected.append(f"| {case.id} | {' | '.join(cells)} |")
        assert _rows_of(f"| use case | {' | '.join(names)} |") == expected

    def test_states_how_the_table_scores(self, published: list[dict[str, str]]) -> None:
        cells = [_cells(row) for row in published]
        found = {name: [row[name] for row in cells if name in row] for name in COLUMNS}
        expected = {name: [f"{median(values):.1f}", f"{max(values):.1f}"] for name, values in found.items()}
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in _rows_of("| benchmark | measures |")]
        assert {row[0]: row[2:] for row in rows} == expected

    def test_says_rightly_that_the_weights_hardly_move_the_order(self, published: list[dict[str, str]]) -> None:
        whole = [{**_cells(row), "lcr": _percent(row["lcr"])} for row in published if len(_cells(row)) == len(COLUMNS)]
        assert len(whole) > 100
        for case in packaged().use_cases.values():
            weights = case.quality_weights
            maths = [weights.get(name, 0.0) for name in ("aime_25", "math_index")]
            rest = {name: weight for name, weight in weights.items() if name not in ("aime_25", "math_index")}
            assert _agreement(whole, weights, dict.fromkeys(weights, 1.0)) > 0.99, case.id
            assert _agreement(whole, weights, {**rest, "lcr": math.fsum(maths)}) > 0.9, case.id


def _agreement(rows: Iterable[Scores], one: Scores, other: Scores) -> float:
    """Return the rank correlation (Spearman) of two sets of weights over rows that have every score."""
    kept = list(rows)
    means = [[math.fsum(weights[name] * row[name] for name in weights) for row in kept] for weights in (one, other)]
    first, second = (np.argsort(np.argsort(values)).astype(np.float64) for values in means)
    return float(np.corrcoef(first, second).flat[1])


def _off(whole: Iterable[Peer], rows: Iterable[Peer], weights: Scores, shown: Iterable[str]) -> str:
    """Return the median error of the score in points, and how often it is in its range, with all but `shown` hidden.

    The peers of a row are the other rows of its step.
    """
    errors, inside = [], []
    for name, size, scores in whole:
        others = [row for row in rows if row[0] != name and _step(row[1]) == _step(size)]
        catalog = _hidden(size, {key: scores[key] for key in shown}, others)
        found, low, high, _ = quality_of(catalog.models["row"], "bf16", weights, catalog)
        truth = math.fsum(weights[key] * scores[key] for key in weights)
        errors.append(abs(found - truth))
        inside.append(low <= truth <= high)
    return f"{median(errors):.1f} | {fmean(inside):.0%}"


def _hidden(size: float, shown: Scores, others: Iterable[Peer]) -> Catalog:
    """Return a catalog with one model of `size` billion parameters, the scores that are shown, and its peers."""
    template = packaged().models["llama-3.1-8b"]
    model = template.model_copy(
        update={"id": "row", "parameters_b": template.parameters_b.model_copy(update={"value": size})}
    )
    ranges = {name: np.percentile(values, [50, 5, 95]).tolist() for name, values in _values(others).items()}
    peers = {name: PeerScores(score=ends[0], low=ends[1], high=ends[2]) for name, ends in ranges.items()}
    step = SizeFallback(up_to_parameters_b=size, score=50, low=0, high=100, benchmarks=peers, **SOURCED)
    entry = ModelScores(model="row", row="row", scores=dict(shown), **SOURCED)
    return replace(packaged(), models={"row": model}, scores={"row": entry}, fallback=(step,))


def _step(size: float) -> float:
    return next(step.up_to_parameters_b for step in packaged().fallback if size <= step.up_to_parameters_b)


def _rows_of(header: str) -> list[str]:
    """Return the rows of the methodology's table whose first line begins with `header`."""
    lines = METHODOLOGY.read_text(encoding="utf-8").splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith(header))
    return list(takewhile(lambda line: line.startswith("|"), lines[first + 2 :]))


def _full(name: str, weights: Scores) -> tuple[float, ...]:
    """Return the quality of a model's widest checkpoint."""
    model = packaged().models[name]
    return quality_of(model, _widest(model), weights, packaged())


def _widest(model: Model) -> str:
    return min((checkpoint.precision for checkpoint in model.checkpoints), key=PRECISIONS.index)


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))


def _mean(row: Mapping[str, str], name: str) -> float | None:
    """Return what an index must be by its definition; None where a part of it or the index itself is missing."""
    cells = [row[COLUMNS[name]], *(row[part] for part in PARTS[name])]
    return None if "N/A" in cells else fmean(_percent(cell) for cell in cells[1:])


def _holds(row: Mapping[str, str], name: str) -> bool:
    mean = _mean(row, name)
    return mean is not None and _percent(row[COLUMNS[name]]) == pytest.approx(mean, abs=0.1)


def _cells(row: Mapping[str, str]) -> dict[str, float]:
    """Return the cells of a row that count: what is there, and of the indices those that their parts bear out."""
    names = [name for name, column in COLUMNS.items() if row[column] != "N/A"]
    return {name: _percent(row[COLUMNS[name]]) for name in names if name not in PARTS or _holds(row, name)}


def _sized(rows: Iterable[Mapping[str, str]]) -> Iterator[Peer]:
    """Return the rows that do not reason and state their size in their name."""
    for row in rows:
        name = row["Model Name"].strip()
        size = SIZE.search(name)
        if size is not None and not REASONS.search(name):
            yield name, float(size[1]) * (1.0 if size[2] == "B" else 1e-3), _cells(row)


def _values(rows: Iterable[Peer]) -> dict[str, list[float]]:
    """Return the scores of each benchmark that some row has."""
    kept = [scores for _, _, scores in rows]
    found = {name: [scores[name] for scores in kept if name in scores] for name in COLUMNS}
    return {name: values for name, values in found.items() if values}
