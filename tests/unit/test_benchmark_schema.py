"""The benchmark schema: columns that older files lack, and what a per-request mean obeys."""

import pyarrow as pa
from builders import ALPHA, table
from builders import rows as told

from neuralnav.model.tables import BENCHMARK_SCHEMA, TPOT, conform, once, widened


def rows() -> pa.Table:
    return table(told(ALPHA, [(1.0, 20.0, 10.0, 3000.0), (2.0, 30.0, 12.0, 3500.0)]))


def with_tpot(**cells: float) -> pa.Table:
    found = rows()
    for name, value in cells.items():
        column = pa.array([value] * found.num_rows, pa.float64())
        found = found.set_column(found.column_names.index(name), name, column)
    return found


def test_a_table_written_before_a_nullable_column_was_added_is_widened_with_nulls() -> None:
    older = rows().drop_columns(list(TPOT))
    assert widened(older).schema.names == BENCHMARK_SCHEMA.names
    assert widened(older).cast(BENCHMARK_SCHEMA).equals(rows())
    assert conform(older) == (conform(rows())[0], ())


def test_a_simulated_row_needs_no_tpot() -> None:
    assert conform(rows())[1] == ()


def test_tpot_is_quantised_like_a_latency() -> None:
    found, faults = conform(with_tpot(tpot_mean_ms=12.3456))
    assert faults == ()
    assert found["tpot_mean_ms"][0].as_py() == 12.3


def test_tpot_is_above_zero_and_its_percentiles_rise() -> None:
    (first, *_) = conform(with_tpot(tpot_mean_ms=-1.0))[1]
    assert first.message.startswith("tpot_mean_ms -1.0 is not above zero")
    (first, *_) = conform(with_tpot(tpot_p50_ms=9.0, tpot_p90_ms=8.0))[1]
    assert first.message.startswith("tpot_p90_ms 8.0 is below tpot_p50_ms")


def test_a_measurement_under_two_evidence_ids_counts_once_and_the_first_stays() -> None:
    one = rows()
    other = one.set_column(
        one.column_names.index("evidence_id"), BENCHMARK_SCHEMA.field("evidence_id"), pa.array(["x", "y"], pa.string())
    )
    assert once(pa.concat_tables([one, other, one])).equals(one.combine_chunks())
    assert once(pa.concat_tables([other, one])).equals(other)
    assert once(pa.concat_tables([one, with_tpot(tpot_mean_ms=9.0)])).num_rows == 4
    assert once(BENCHMARK_SCHEMA.empty_table()).equals(BENCHMARK_SCHEMA.empty_table())
