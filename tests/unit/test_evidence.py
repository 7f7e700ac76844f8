"""Which rows become the load curve of a configuration."""

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import ALPHA, ALPHA_FP8, BETA, EASY, OUTPUT, PROMPT, SPEC, rows, table

from neuralnav.evidence import COMPLETE_POINTS, gather, select
from neuralnav.model.plan import LoadCurves
from neuralnav.model.tables import BENCHMARK_SCHEMA, PLAN_COLUMNS

FAST = [(offered, ttft / 2, itl, e2e) for offered, ttft, itl, e2e in EASY]


def curves(*tables: pa.Table) -> LoadCurves:
    return select(tables, PROMPT, OUTPUT)


def first_ttft(found: LoadCurves, name: str = ALPHA) -> float:
    return float(found.p95_ms["ttft"][found.ids.index(name)][0])


def test_a_curve_holds_the_whole_sweep_in_order_of_its_rate() -> None:
    found = curves(table(rows(ALPHA, list(reversed(EASY)))))
    assert found.ids == (ALPHA,)
    assert found.offered_rps.tolist() == [[1.0, 4.0, 8.0]]
    assert found.p95_ms["ttft"].tolist() == [[50.0, 100.0, 200.0]]
    assert found.p95_ms["e2e"].tolist() == [[2600.0, 5200.0, 8000.0]]
    assert found.interval["itl"].tolist() == [0.25]
    assert (found.source, found.evidence_id, found.engine_version) == (
        ("simulated",),
        ("0123456789abcdef",),
        ("0.19.0",),
    )


def test_a_shorter_curve_is_filled_with_nan_and_not_with_numbers() -> None:
    found = curves(table(rows(ALPHA, EASY), rows(BETA, EASY[:1])))
    assert found.ids == (ALPHA, BETA)
    assert np.isnan(found.offered_rps[1][1:]).all()
    assert np.isnan(found.p95_ms["itl"][1][1:]).all()


def test_configurations_come_in_order_of_their_id_and_stages_show() -> None:
    found = curves(table(rows(BETA, EASY), rows(f"{ALPHA}/pp2", EASY), rows(ALPHA, EASY)))
    assert found.ids == (ALPHA, f"{ALPHA}/pp2", BETA)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt_tokens": PROMPT + 1}, {"output_tokens": OUTPUT - 1}, {"arrival": "uniform"},
        {"offered_rps": None, "concurrency": 8}, {"ttft_p95_ms": None}, {"itl_p95_ms": None}, {"e2e_p95_ms": None},
        {"achieved_rps": None},
    ],
)  # fmt: skip
def test_a_row_of_another_shape_or_without_its_numbers_is_no_evidence(changes: dict[str, Any]) -> None:
    other = table(rows(ALPHA, FAST, source="measured", **changes))
    assert curves(other).ids == ()
    assert first_ttft(curves(table(rows(ALPHA, EASY)), other)) == 50.0


def test_no_row_at_all_is_no_curve() -> None:
    assert select((), PROMPT, OUTPUT).ids == ()
    assert curves(BENCHMARK_SCHEMA.empty_table()).ids == ()


def test_a_complete_measured_curve_replaces_the_simulated_one() -> None:
    found = curves(table(rows(ALPHA, EASY), rows(ALPHA, FAST, source="measured", evidence_id="run-1")))
    assert first_ttft(found) == 25.0
    assert (found.source, found.evidence_id) == (("measured",), ("run-1",))


@pytest.mark.parametrize("points", range(1, COMPLETE_POINTS))
def test_a_partial_measured_curve_does_not_replace_a_simulated_one(points: int) -> None:
    found = curves(table(rows(ALPHA, EASY)), table(rows(ALPHA, FAST[:points], source="measured", evidence_id="run-1")))
    assert first_ttft(found) == 50.0
    assert found.source == ("simulated",)


def test_a_partial_measured_curve_alone_admits_nothing() -> None:
    assert curves(table(rows(ALPHA, FAST[:2], source="measured"))).ids == ()


def test_points_of_different_runs_do_not_add_up_to_a_complete_curve() -> None:
    runs = [rows(ALPHA, [point], source="measured", evidence_id=f"run-{n}") for n, point in enumerate(FAST)]
    versions = [rows(ALPHA, [point], source="measured", engine_version=f"0.{n}") for n, point in enumerate(FAST)]
    assert curves(table(*runs)).ids == ()
    assert curves(table(*versions)).ids == ()


@pytest.mark.parametrize(
    ("setting", "values"),
    [("max_num_seqs", (1, 2, 3)), ("max_num_batched_tokens", (None, 1, 2)), ("memory_utilization", (0.1, 0.2, 0.3)),
     ("prefix_hit_share", (0.0, 0.1, 0.2)), ("kv_dtype", ("auto", "fp8", None))],
)  # fmt: skip
def test_points_of_different_settings_do_not_add_up_to_a_complete_curve(setting: str, values: tuple[Any, ...]) -> None:
    parts = [rows(ALPHA, [p], source="measured", **{setting: v}) for p, v in zip(FAST, values, strict=True)]
    assert curves(table(*parts)).ids == ()


def test_measured_rows_that_enter_no_plan_are_counted() -> None:
    parts = (rows(ALPHA, EASY), rows(ALPHA, FAST[:2], source="measured"), rows(BETA, EASY, source="measured"))
    closed = rows(ALPHA, EASY, source="measured", offered_rps=None, concurrency=4)
    assert curves(table(*parts)).unused_measurements == 2
    assert curves(table(*parts, closed)).unused_measurements == 5
    assert curves(table(closed)).unused_measurements == 3


@pytest.mark.parametrize(("better", "worse"), [("measured", "simulated"), ("simulated", "interpolated"),
                                               ("interpolated", "predicted")])  # fmt: skip
def test_sources_of_one_dataset_have_an_order(better: str, worse: str) -> None:
    parts = [rows(ALPHA, EASY, source=worse), rows(ALPHA, FAST, source=better)]
    for order in (parts, parts[::-1]):
        assert curves(table(*order)).source == (better,)


def test_a_later_dataset_wins_whole_for_the_configurations_that_it_holds() -> None:
    packaged = table(rows(ALPHA, EASY), rows(BETA, EASY))
    own = table(rows(ALPHA, FAST[:2], source="simulated", evidence_id="own"))
    found = curves(packaged, own)
    assert found.ids == (ALPHA, BETA)
    assert found.evidence_id == ("own", "0123456789abcdef")
    assert np.isnan(found.offered_rps[0][2])
    assert curves(own, packaged).evidence_id == ("0123456789abcdef", "0123456789abcdef")


def test_the_order_of_rows_and_of_pieces_changes_nothing() -> None:
    every = [
        *rows(ALPHA, EASY), *rows(ALPHA, FAST, source="measured"), *rows(ALPHA_FP8, FAST),
        *rows(BETA, EASY), *rows(BETA, FAST[:2], source="measured"), *rows(BETA, FAST, evidence_id="ffff"),
    ]  # fmt: skip
    expected = curves(table(every))
    for seed in range(20):
        mixed = random.Random(seed).sample(every, len(every))  # noqa: S311  # a shuffle, seeded
        whole = table(mixed)
        pieces = pa.concat_tables([whole.slice(0, 5), whole.slice(5)])
        for found in (curves(whole), curves(pieces), curves(whole.select(PLAN_COLUMNS))):
            assert found.ids == expected.ids
            assert found.digests == expected.digests
            np.testing.assert_array_equal(found.offered_rps, expected.offered_rps)


@pytest.mark.parametrize(
    "change",
    [
        {"ttft_p95_ms": 51.0}, {"itl_p95_ms": 9.9}, {"e2e_p95_ms": 2601.0}, {"achieved_rps": 0.9},
        {"e2e_mean_ms": 1.0}, {"ttft_interval": 0.26}, {"evidence_id": "other"}, {"engine_version": "0.20.0"},
        {"source": "interpolated"},
    ],
)  # fmt: skip
def test_a_number_that_plans_read_is_in_the_digest(change: dict[str, Any]) -> None:
    assert curves(table(rows(ALPHA, EASY[:1], **change))).digests != curves(table(rows(ALPHA, EASY[:1]))).digests


def test_what_no_plan_reads_is_not_in_the_digest() -> None:
    other = rows(ALPHA, EASY, date="2020-01-01", requests=7, ttft_p50_ms=1.0, origin="elsewhere")
    assert curves(table(other)).digests == curves(table(rows(ALPHA, EASY))).digests


def test_only_what_lacks_evidence_is_simulated_and_joined() -> None:
    asked: list[list[str]] = []

    def simulate(names: Any) -> pa.Table:
        asked.append(list(names))
        return table(rows(BETA, [*EASY, (9.0, 300.0, 40.0, 9000.0)]))

    found = gather(SPEC, [BETA, ALPHA], curves(table(rows(ALPHA, EASY))), simulate)
    assert asked == [[BETA]]
    assert found.ids == (ALPHA, BETA)
    assert found.offered_rps.shape == (2, 4)
    assert np.isnan(found.offered_rps[0][3])
    assert found.p95_ms["ttft"][1].tolist() == [50.0, 100.0, 200.0, 300.0]


def test_nothing_is_simulated_when_everything_has_evidence() -> None:
    def simulate(names: Any) -> pa.Table:
        raise AssertionError(names)

    assert gather(SPEC, [ALPHA], curves(table(rows(ALPHA, EASY))), simulate).ids == (ALPHA,)


def test_a_simulation_may_give_nothing_and_may_give_everything() -> None:
    none = curves(BENCHMARK_SCHEMA.empty_table())
    assert gather(SPEC, [ALPHA], none, lambda _: BENCHMARK_SCHEMA.empty_table()).ids == ()
    assert gather(SPEC, [ALPHA], none, lambda _: table(rows(ALPHA, EASY))).ids == (ALPHA,)
