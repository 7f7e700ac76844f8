"""Validation: every code fires on a row that breaks its rule by a little, and on none that keeps it."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from builders import packaged, table
from builders import rows as told

from neuralnav.errors import ExitCode
from neuralnav.model.bench_report import ValidationReport
from neuralnav.validation.findings import CODES
from neuralnav.validation.limits import Limits, limits_of
from neuralnav.validation.survey import validate

QWEN = "qwen3-8b/bf16/h100/tp1"
TTFT, ITL, E2E = 60.0, 10.0, 60.0 + 255 * 10.0
CURVE = [(rate, TTFT, ITL, E2E) for rate in (1.0, 2.0, 4.0)]


def rows(candidate: str = QWEN, points: Sequence[Any] = CURVE, **changes: Any) -> pa.Table:
    return table(told(candidate, points, **{"source": "measured", **changes}))


def report(*tables: pa.Table, **options: Any) -> ValidationReport:
    return validate({f"set{index}": item for index, item in enumerate(tables)}, packaged(), **options)


def codes(*tables: pa.Table) -> list[str]:
    return [item.code for item in report(*tables).findings]


def worst(code: str, *tables: pa.Table) -> str:
    (found,) = [item for item in report(*tables).findings if item.code == code]
    return found.worst


def limits(candidate: str = QWEN) -> Limits:
    model, precision, accelerator, tp = candidate.split("/")
    found = limits_of(
        packaged(), model=model, precision=precision, accelerator=accelerator, tp=int(tp[2:]), pp=1, kv_dtype="auto",
        memory_utilization=0.9, prompt_tokens=512, output_tokens=256,
    )  # fmt: skip
    assert found is not None
    return found


def test_limits_are_what_arithmetic_gives() -> None:
    """Qwen3-8B: 8.19 B parameters, of which 622 M are the input embedding; H100: 3350 GB/s and 989 TFLOP/s in bf16."""
    found = limits()
    assert found.weights_ms == pytest.approx((8.19e9 - 0.622e9) * 2 / 3350e6, rel=0.01)
    assert found.prefill_ms == pytest.approx(2 * 6.95e9 * 512 / 989e9, rel=0.02)
    assert found.kv_ms == pytest.approx(640 * 147_456 / 3350e6, rel=0.01)
    assert pytest.approx(found.kv_tokens * 147_456 / 2**30, rel=0.02) == 0.9 * 79.6 - 15.3


def test_what_a_server_can_do_is_clean() -> None:
    found = report(rows())
    assert (found.findings, found.exit_code) == ((), ExitCode.DONE)


def test_a_gap_shorter_than_a_read_of_the_weights() -> None:
    least = limits().weights_ms
    assert "itl-below-weights" not in codes(rows(points=[(1.0, TTFT, round(least + 0.1, 1), E2E)]))
    table = rows(points=[(1.0, TTFT, round(least - 0.2, 1), E2E)])
    assert codes(table) == ["itl-below-weights"]
    assert worst("itl-below-weights", table) == (
        f"{QWEN} 512x256 at 1 req/s: ITL {round(least - 0.2, 1):g} ms, reading the weights takes {least:.2f} ms"
    )
    assert report(table).exit_code == ExitCode.BAD_INPUT


def test_the_mean_gap_of_a_request_obeys_the_same_bound() -> None:
    assert codes(rows(tpot_mean_ms=2.0)) == ["tpot-below-weights"]


def test_experts_that_a_token_does_not_choose_need_no_read() -> None:
    dense, sparse = limits("qwen3-32b/bf16/h100/tp1"), limits("qwen3-30b-a3b/bf16/h100/tp1")
    assert sparse.weights_ms < dense.weights_ms / 5


def test_a_first_token_before_the_prompt_can_be_computed() -> None:
    fast = [(1.0, round(limits().prefill_ms - 0.2, 1), ITL, E2E)]
    assert codes(rows(points=fast)) == ["ttft-below-compute"]
    assert codes(rows(points=fast, prefix_hit_share=0.5)) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ttft-above-e2e", {"ttft_p99_ms": E2E + 1000.0}),
        ("tokens-contradict-rate", {"output_tokens_per_s": 3 * 256 * 4.0}),
        ("batch-over-limit", {"max_num_seqs": 2}),
        ("kv-over-capacity", {"memory_utilization": 0.2}),
    ],
)
def test_a_contradiction_is_an_error(code: str, changes: dict[str, Any]) -> None:
    assert code in codes(rows(points=CURVE[2:], **changes))
    assert CODES[code].severity == "error"
    assert code not in codes(rows(points=CURVE[2:]))


def test_weights_that_leave_no_room_for_kv() -> None:
    assert worst("kv-over-capacity", rows(memory_utilization=0.1)).endswith("the weights leave no room for KV")


def test_more_requests_than_the_accelerator_has_flops_or_bandwidth_for() -> None:
    rate = 1.1 * 1000.0 / limits().request_ms
    assert "compute-over-peak" in codes(rows(points=[(rate, TTFT, ITL, E2E)]))
    assert "compute-over-peak" not in codes(rows(points=[(0.9 * rate, TTFT, ITL, E2E)]))
    tokens = 1.1 * 1000.0 / limits().kv_ms
    assert "kv-over-bandwidth" in codes(rows(points=[(tokens / 256, TTFT, ITL, E2E)]))


def test_more_achieved_than_offered_than_noise_explains() -> None:
    def point(achieved: float, requests: int | None) -> pa.Table:
        return table(told(QWEN, CURVE[:1], source="measured", achieved=[achieved], requests=requests,
                          output_tokens_per_s=achieved * 256))  # fmt: skip

    assert codes(point(1.1, 1000)) == []
    assert codes(point(1.2, 1000)) == ["achieved-above-offered"]
    assert codes(point(1.2, None)) == []
    assert codes(point(1.6, None)) == ["achieved-above-offered"]


def test_tokens_a_little_off_the_rate_are_a_warning() -> None:
    found = report(rows(points=CURVE[:1], output_tokens_per_s=230.0))
    assert [(item.severity, item.code) for item in found.findings] == [("warning", "tokens-off-rate")]
    assert found.exit_code == ExitCode.DONE


def test_a_mean_above_p95_is_a_warning_unless_it_is_of_simulated_gaps() -> None:
    assert codes(rows(itl_mean_ms=20.0)) == ["mean-above-p95"]
    assert codes(rows(itl_mean_ms=20.0, source="simulated")) == []


def test_a_configuration_that_the_catalog_lacks_is_a_warning_and_not_judged() -> None:
    assert codes(rows("made-up/bf16/h100/tp1", itl_mean_ms=0.1)) == ["unknown-configuration"]
    assert codes(rows("qwen3-8b/bf16/h100000/tp1")) == ["unknown-configuration"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.19.0", []), ("0.17.1", []), ("0.16.9", ["engine-old"]), ("v0.8.4", ["engine-old"]), ("1.0.0", []),
        ("nightly", ["engine-version-odd"]),
    ],
)  # fmt: skip
def test_an_engine_three_minor_releases_old_is_a_warning(version: str, expected: list[str]) -> None:
    assert packaged().serving.engine_version == "0.19.0"
    assert codes(rows(engine_version=version)) == expected
    assert [
        item.code for item in report(rows(engine_version=version), stale_after=99).findings if "old" in item.code
    ] == []


def test_another_engine_is_not_old() -> None:
    assert codes(rows(engine="sglang", engine_version="0.4.0")) == []


def test_a_measurement_in_two_datasets_is_counted_in_the_later() -> None:
    found = report(rows(), rows(points=[*CURVE[:2], (8.0, TTFT, ITL, E2E)], evidence_id="ffff", date="2026-01-01"))
    assert [(item.code, item.dataset, item.rows) for item in found.findings] == [("repeated", "set1", 2)]


def test_simulated_rows_replace_each_other_by_design() -> None:
    assert codes(rows(source="simulated"), rows(source="simulated")) == []


class TestCompared:
    def test_errors_are_medians_at_the_offered_rate_between_load_points(self) -> None:
        simulated = rows(source="simulated", points=[(1.0, 50.0, 10.0, 2600.0), (3.0, 70.0, 12.0, 3000.0)])
        measured = rows(points=[(2.0, 66.0, 12.1, 2800.0)])
        (group,) = report(simulated, measured).compared.groups
        assert (group.model, group.accelerator, group.precision, group.rows) == ("qwen3-8b", "h100", "bf16", 1)
        assert (group.ttft_p95, group.itl_p95, group.e2e_p95, group.tpot_mean) == (0.1, 0.1, 0.0, None)

    def test_tpot_is_compared_with_the_mean_gap(self) -> None:
        (group,) = report(rows(source="simulated"), rows(points=CURVE[:1], tpot_mean_ms=12.0)).compared.groups
        assert group.tpot_mean == 0.2

    def test_what_cannot_be_compared_is_counted_by_reason(self) -> None:
        simulated = rows(source="simulated")
        measured = table(
            told(QWEN, [(9.0, TTFT, ITL, E2E)], source="measured"),
            told(QWEN, CURVE[:1], source="measured", prompt_tokens=513),
            told(QWEN, CURVE[:2], source="measured", arrival="closed", concurrency=8),
        )
        found = report(simulated, measured).compared
        assert (found.open_loop, found.beyond_sweep, found.without_curve, found.closed_loop) == (2, 1, 1, 2)
        assert found.groups == ()

    def test_the_worst_group_comes_first(self) -> None:
        other = "qwen3-8b/fp8/h100/tp1"
        simulated = [rows(source="simulated"), rows(other, source="simulated")]
        found = report(*simulated, rows(points=CURVE[:1]), rows(other, points=[(1.0, 90.0, ITL, E2E)]))
        assert [group.precision for group in found.compared.groups] == ["fp8", "bf16"]


def test_findings_are_ordered_errors_first_then_by_rows() -> None:
    found = report(rows(itl_mean_ms=20.0), rows(points=CURVE[:1], ttft_p99_ms=E2E + 1000.0))
    assert [(item.severity, item.rows) for item in found.findings] == [("error", 1), ("warning", 3)]


def test_files_that_the_door_refused_are_errors() -> None:
    found = validate({"own": rows()}, packaged(), [("own", "a.parquet: tp 0 is not above zero")])
    assert [(item.code, item.worst) for item in found.findings] == [("refused", "a.parquet: tp 0 is not above zero")]
    assert found.exit_code == ExitCode.BAD_INPUT


def test_no_rows_are_no_findings() -> None:
    assert report(rows().slice(0, 0)).findings == ()
