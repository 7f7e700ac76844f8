"""Which rows become the load curve of a configuration."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from builders import ALPHA, ALPHA_FP8, BETA, EASY, OUTPUT, PROMPT, SPEC, rows, table

from neuralnav.evidence import AGREES, COMPLETE_POINTS, correct, gather, left_alone, open_to_correction, select
from neuralnav.model.plan import LoadCurves
from neuralnav.model.spec import Conflict, UnusedRuns
from neuralnav.model.tables import BENCHMARK_SCHEMA, METRICS, PLAN_COLUMNS
from neuralnav.serving.local import NOTHING_MEASURED, Measured, Place, Residual, Spread, shift_of

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


def residual(log: float, *, name: str = "run-1", in_flight: float = 8.0, prompt: int = PROMPT) -> Residual:
    return Residual(name, Place(prompt, OUTPUT, in_flight), dict.fromkeys(METRICS, log))


def measured(*residuals: Residual, name: str = ALPHA) -> Measured:
    return Measured({name: residuals}, ())


def corrected(base: LoadCurves, found: Measured) -> LoadCurves:
    return correct(base, found, PROMPT, OUTPUT)


BASE = select([table(rows(ALPHA, EASY), rows(BETA, EASY))], PROMPT, OUTPUT)


def test_nothing_measured_changes_nothing() -> None:
    assert corrected(BASE, NOTHING_MEASURED) is BASE
    assert corrected(BASE, measured(residual(0.3), name=ALPHA_FP8)) is BASE


def test_every_point_of_a_corrected_curve_is_multiplied_by_what_the_runs_say_there() -> None:
    runs = [residual(0.3), residual(0.2, name="run-2", in_flight=1.0), residual(0.4, name="run-3", prompt=4096)]
    found = corrected(BASE, measured(*runs))
    shift = shift_of(runs, general_widths=dict.fromkeys(METRICS, 0.25))
    loads = [rate * e2e / 1000 for rate, _, _, e2e in EASY]  # Little's law
    places = [Place(PROMPT, OUTPUT, load, is_tail=True) for load in loads]
    for metric in METRICS:
        factors = np.exp(shift.at(metric, places)[0])
        np.testing.assert_array_equal(found.p95_ms[metric][0], np.round(BASE.p95_ms[metric][0] * factors, 1))
        assert found.factor[metric].tolist() == [round(float(np.exp(np.log(factors).mean())), 4), 1.0]
        assert found.interval[metric][0] == round(shift.width(metric, shift.at(metric, places)[1]), 4)
    assert found.e2e_mean_ms[0].tolist() == found.p95_ms["e2e"][0].tolist()
    assert found.measured_runs == (3, 0)
    assert found.source == ("simulated", "simulated")


def test_only_the_configuration_that_was_measured_is_corrected() -> None:
    found = corrected(BASE, measured(residual(0.3)))
    for metric in METRICS:
        np.testing.assert_array_equal(found.p95_ms[metric][1], BASE.p95_ms[metric][1])
        assert found.interval[metric][1] == BASE.interval[metric][1]
        assert (found.p95_ms[metric][0] > BASE.p95_ms[metric][0]).all()
    assert found.digests[0] != BASE.digests[0]
    assert found.digests[1] == BASE.digests[1]
    assert found.offered_rps[1].tolist() == found.achieved_rps[1].tolist() == [1.0, 4.0, 8.0]


def test_rates_follow_e2e_so_that_as_many_requests_stay_in_flight() -> None:
    found = corrected(BASE, measured(residual(0.3, in_flight=1e9)))  # far from every point: one factor for all
    factor = found.factor["e2e"][0]
    assert factor > 1.1
    for one, other in ((found.offered_rps, BASE.offered_rps), (found.achieved_rps, BASE.achieved_rps)):
        np.testing.assert_array_equal(one[0], np.round(other[0] / factor, 4))
    np.testing.assert_allclose(
        found.offered_rps[0] * found.e2e_mean_ms[0], BASE.offered_rps[0] * BASE.e2e_mean_ms[0], rtol=1e-3
    )
    only_ttft = Measured({ALPHA: (Residual("run", Place(PROMPT, OUTPUT, 8.0), {"ttft": 0.3}),)}, ())
    np.testing.assert_array_equal(corrected(BASE, only_ttft).offered_rps, BASE.offered_rps)


def test_a_curve_that_was_corrected_leaves_its_source_alone() -> None:
    before = {metric: values.copy() for metric, values in BASE.p95_ms.items()}
    corrected(BASE, measured(residual(0.3)))
    for metric in METRICS:
        np.testing.assert_array_equal(BASE.p95_ms[metric], before[metric])


@pytest.mark.parametrize("source", ["measured", "predicted", "interpolated"])
def test_only_what_the_model_simulated_is_corrected(source: str) -> None:
    other = curves(table(rows(ALPHA, EASY, source=source)))
    assert corrected(other, measured(residual(0.3))) is other
    assert open_to_correction([ALPHA, BETA], other) == (BETA,)


def test_runs_of_the_planned_shape_leave_less_open_than_runs_of_another() -> None:
    wide = curves(table(rows(ALPHA, EASY, interval=0.6)))
    near, far = (corrected(wide, measured(residual(0.1, prompt=prompt))) for prompt in (PROMPT, 64 * PROMPT))
    assert near.interval["itl"][0] < far.interval["itl"][0] < 0.6


def test_the_spreads_are_a_parameter() -> None:
    found = measured(residual(0.3))
    tight, loose = (dict.fromkeys(METRICS, Spread(between, 0.1, 0.05)) for between in (0.01, 1.0))
    factors = [correct(BASE, found, PROMPT, OUTPUT, spreads=one).factor["itl"][0] for one in (tight, loose)]
    assert factors[0] < 1.25 < factors[1]


def test_an_interval_that_was_unknown_is_that_of_the_runs() -> None:
    unknown = curves(table(rows(ALPHA, EASY, interval=None)))
    assert 0.1 < corrected(unknown, measured(residual(0.1))).interval["ttft"][0] < 1.0


def test_another_run_or_number_is_another_digest_and_another_order_is_not() -> None:
    runs = [residual(0.1), residual(0.2, name="run-2"), residual(0.3, name="run-3")]
    digest = corrected(BASE, measured(*runs)).digests[0]
    assert corrected(BASE, measured(*reversed(runs))).digests[0] == digest
    assert corrected(BASE, measured(*runs[:2])).digests[0] != digest
    assert corrected(BASE, measured(*runs, residual(0.2, name="run-4"))).digests[0] != digest
    assert corrected(BASE, measured(residual(0.11), *runs[1:])).digests[0] != digest


def observed(log: float, *, name: str = "window", in_flight: float = 8.0) -> Residual:
    return replace(residual(log, name=name, in_flight=in_flight), observed=True)


RUNS = tuple(residual(0.0, name=f"row-{i}", in_flight=load) for i, load in enumerate((2.0, 8.0, 30.0)))
MEASURED_CURVE = replace(BASE, source=("measured", "simulated"))


def test_an_outcome_corrects_a_simulated_curve_and_narrows_it_most_near_its_place() -> None:
    base = replace(BASE, interval=dict.fromkeys(METRICS, np.array([0.6, 0.6])))
    near, far = (corrected(base, measured(observed(0.1, in_flight=load))) for load in (10.0, 1e6))
    for metric in METRICS:
        assert near.factor[metric][0] > far.factor[metric][0] > 1.0
        assert near.interval[metric][0] < far.interval[metric][0] <= base.interval[metric][0]
    assert near.measured_runs == (1, 0)
    assert near.conflicts == {}


def test_an_outcome_that_agrees_leaves_a_measured_curve_and_is_told() -> None:
    found = measured(*RUNS, observed(0.02), observed(0.03, name="later"))
    assert corrected(MEASURED_CURVE, found) is MEASURED_CURVE
    assert left_alone(MEASURED_CURVE, found) == (UnusedRuns(AGREES, 2, "later"),)
    assert left_alone(BASE, found) == ()
    assert left_alone(MEASURED_CURVE, measured(*RUNS)) == ()


def test_an_outcome_that_contradicts_a_measured_curve_slows_it_down_and_widens_it() -> None:
    evidence = measured(*RUNS, observed(0.7))
    found = corrected(MEASURED_CURVE, evidence)
    assert found.conflicts == {ALPHA: Conflict(1, 3, dict.fromkeys(METRICS, found.conflicts[ALPHA].factors["ttft"]))}
    assert np.all(found.p95_ms["ttft"][0] > MEASURED_CURVE.p95_ms["ttft"][0])
    assert np.all(found.offered_rps[0] < MEASURED_CURVE.offered_rps[0])
    assert found.interval["ttft"][0] > MEASURED_CURVE.interval["ttft"][0]
    assert found.digests[0] != MEASURED_CURVE.digests[0]
    assert found.digests[1] == MEASURED_CURVE.digests[1]
    assert found.measured_runs == (0, 0)
    assert left_alone(found, evidence) == ()


def test_an_outcome_faster_than_a_measured_curve_only_widens_it() -> None:
    found = corrected(MEASURED_CURVE, measured(*RUNS, observed(-0.7)))
    assert list(found.conflicts) == [ALPHA]
    np.testing.assert_array_equal(found.p95_ms["e2e"], MEASURED_CURVE.p95_ms["e2e"])
    np.testing.assert_array_equal(found.offered_rps, MEASURED_CURVE.offered_rps)
    assert found.interval["e2e"][0] > MEASURED_CURVE.interval["e2e"][0]


def test_runs_are_asked_of_a_measured_curve_only_where_there_are_outcomes() -> None:
    assert open_to_correction([ALPHA, BETA], MEASURED_CURVE) == (BETA,)
    assert open_to_correction([ALPHA, BETA], MEASURED_CURVE, frozenset({ALPHA})) == (ALPHA, BETA)
