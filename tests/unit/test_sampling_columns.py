"""The sampling error of percentiles: columns that may be missing, and that no plan needs."""

import pyarrow as pa
import pytest
from builders import EASY, rows, table

from neuralnav.model.tables import BENCHMARK_SCHEMA, PLAN_COLUMNS, SAMPLING, conform, quantise

ALPHA = "alpha/bf16/h100/tp1"


def test_every_percentile_has_a_nullable_column() -> None:
    assert len(SAMPLING) == 3 * 4
    assert all(BENCHMARK_SCHEMA.field(name).nullable for name in SAMPLING)
    assert BENCHMARK_SCHEMA.field("ttft_p95_ci").type == pa.float64()


def test_no_plan_reads_them() -> None:
    assert not set(SAMPLING) & set(PLAN_COLUMNS)


def test_a_table_without_them_passes_the_door_with_nulls() -> None:
    old = benchmark().drop_columns(list(SAMPLING))
    passed, faults = conform(old)
    assert faults == ()
    assert passed.schema.names == BENCHMARK_SCHEMA.names
    assert passed["e2e_p99_ci"].null_count == passed.num_rows > 0


def test_they_are_kept_to_a_tenth_of_a_percent() -> None:
    given = with_sampling(0.12345)
    assert set(quantise(given)["ttft_p95_ci"].to_pylist()) == {0.123}


@pytest.mark.parametrize(("value", "message"), [(-0.1, "is negative"), (float("inf"), "is not a finite number")])
def test_what_is_no_share_is_refused(value: float, message: str) -> None:
    (fault,) = conform(with_sampling(value))[1]
    assert fault.column == "ttft_p95_ci"
    assert message in fault.message


def with_sampling(value: float) -> pa.Table:
    whole = benchmark()
    index = whole.column_names.index("ttft_p95_ci")
    return whole.set_column(index, "ttft_p95_ci", pa.array([value] * whole.num_rows))


def benchmark() -> pa.Table:
    return table(rows(ALPHA, EASY))
