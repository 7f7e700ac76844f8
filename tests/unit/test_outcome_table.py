"""The table of outcomes: rows and outcomes are the same thing, and the door lets nothing else in."""

from dataclasses import replace
from math import inf, nan

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcome_rows import OUTCOME

from neuralnav.model.outcome import Achieved, Bounded, Lengths, Outcome
from neuralnav.model.outcome_table import OUTCOME_SCHEMA, conform, outcomes_of, table_of

FIGURES = st.floats(0, 1e9, allow_subnormal=False)
SHARES = st.floats(0, 1, allow_subnormal=False)
BOUNDED = (
    st.tuples(FIGURES, FIGURES, st.one_of(FIGURES, st.just(inf)))
    .map(sorted)
    .map(lambda it: Bounded(it[1], it[0], it[2]))
)
WITHIN = st.tuples(SHARES, SHARES, SHARES).map(sorted).map(lambda it: Bounded(it[1], it[0], it[2]))
ACHIEVED = st.builds(
    Achieved, mean_ms=FIGURES, slo_ms=FIGURES, count=FIGURES, within_slo=WITHIN,
    percentiles=st.fixed_dictionaries(dict.fromkeys(("p50", "p90", "p95", "p99"), BOUNDED)),
)  # fmt: skip
OUTCOMES = st.builds(
    replace, st.just(OUTCOME), ttft=st.none() | ACHIEVED, itl=st.none() | ACHIEVED, e2e=st.none() | ACHIEVED,
    prompt_tokens=st.none() | st.builds(Lengths, FIGURES, BOUNDED, BOUNDED), requests=FIGURES, covered=SHARES,
    in_flight_mean=st.none() | FIGURES, kv_use_mean=st.none() | SHARES, resets=st.integers(0, 1000),
)  # fmt: skip


@settings(max_examples=25)
@given(OUTCOMES)
def test_what_is_read_back_is_what_was_written_to_six_digits(outcome: Outcome) -> None:
    table, faults = conform(table_of([outcome]))
    assert faults == ()
    (back,) = outcomes_of(table)
    assert back.requests == pytest.approx(outcome.requests, rel=1e-5)
    assert (back.ttft is None, back.itl is None) == (outcome.ttft is None, outcome.itl is None)
    assert outcomes_of(table_of([back])) == (back,)


def test_an_outcome_with_few_digits_is_read_back_as_it_was() -> None:
    assert outcomes_of(table_of([OUTCOME])) == (OUTCOME,)


def test_rows_stand_in_order_of_workload_and_time() -> None:
    later = replace(OUTCOME, start="2026-11-26T08:00:00Z", end="2026-11-26T09:00:00Z")
    other = replace(OUTCOME, workload="batch")
    table = table_of([later, OUTCOME, other])
    assert list(zip(table["workload"].to_pylist(), table["end"].to_pylist(), strict=True)) == [
        ("batch", "2026-11-26T08:00:00Z"), ("chat", "2026-11-26T08:00:00Z"), ("chat", "2026-11-26T09:00:00Z"),
    ]  # fmt: skip


def test_figures_keep_six_digits() -> None:
    (back,) = outcomes_of(table_of([replace(OUTCOME, requests=1234567.8, mean_rps=0.000123456789, covered=1 / 3)]))
    assert (back.requests, back.mean_rps, back.covered) == (1234570.0, 0.000123457, 0.333333)


def test_no_column_has_room_for_what_people_say() -> None:
    texts = [field.name for field in OUTCOME_SCHEMA if field.type == pa.string()]
    assert texts == ["workload", "namespace", "environment", "plan", "model", "precision", "accelerator", "engine",
                     "engine_version", "kv_dtype", "start", "end"]  # fmt: skip
    faults = {name: told(**{name: "Tell me about my rash, please!"}) for name in texts}
    assert all(
        f"{name} Tell me about my rash, please! is not written as outcomes write it" in said
        for name, said in faults.items()
    )


def told(**cells: object) -> list[str]:
    """What the door says of the usual row with other cells."""
    (row,) = table_of([OUTCOME]).to_pylist()
    return [fault.message for fault in conform(pa.Table.from_pylist([row | cells]))[1]]


BAD: dict[str, tuple[dict[str, object], str]] = {
    "newer": ({"version": 2}, "version 2 is not known"),
    "no version": ({"version": None}, "version holds null, not int32"),
    "version of text": ({"version": "1"}, "version holds string, not int32"),
    "another column": ({"prompt": "hello"}, 'an outcome has no column "prompt"'),
    "figure of text": ({"requests": "many"}, "requests holds string, not double"),
    "negative": ({"requests": -1.0}, "requests -1.0 is negative"),
    "not finite": ({"peak_rps": inf}, "peak_rps inf is not a finite number"),
    "no number": ({"ttft_p99_high_ms": nan}, "ttft_p99_high_ms nan is not a finite number"),
    "more than all": ({"covered": 1.1}, "covered 1.1 is above 1, and a share"),
    "half a latency": ({"ttft_p95_ms": None}, "ttft_p95_ms and ttft_mean_ms: one is null, the other is not"),
    "no workload": ({"workload": None}, "workload is null"),
    "bounds": ({"itl_p95_high_ms": 15.0}, "itl_p95_ms 22.0 is above itl_p95_high_ms"),
    "no such day": ({"start": "2026-02-30T00:00:00Z"}, "start 2026-02-30T00:00:00Z is no time"),
    "local time": ({"end": "2026-11-26T08:00:00+01"}, "end 2026-11-26T08:00:00+01 is not written as outcomes write it"),
    "backwards": ({"start": "2026-11-26T08:00:00Z"}, "end 2026-11-26T08:00:00Z is not after start"),
    "no accelerators": ({"tp": 0}, "tp 0 is not above zero"),
    "a digest cut short": ({"plan": "sha256:0a"}, "plan sha256:0a is not written as outcomes write it"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_the_door_says_what_is_wrong(name: str) -> None:
    cells, message = BAD[name]
    assert told(**cells) == [message]


def test_the_door_names_every_column_that_is_missing() -> None:
    table = table_of([OUTCOME]).drop_columns(["requests", "ttft_p95_ms"])
    found = [(fault.row, fault.column, fault.message, fault.hint) for fault in conform(table)[1]]
    assert found == [
        (0, "requests", 'column "requests" is missing', "it holds double"),
        (0, "ttft_p95_ms", 'column "ttft_p95_ms" is missing', "it holds double"),
    ]


def test_the_first_bad_row_is_named_and_the_others_counted() -> None:
    table = table_of(
        [OUTCOME, replace(OUTCOME, workload="a", seconds=0.0), replace(OUTCOME, workload="b", seconds=0.0)]
    )
    found = [(fault.row, fault.message) for fault in conform(table)[1]]
    assert found == [(1, "seconds 0.0 is not above zero (and 1 more rows)")]
