"""What `observe` shows of a run, to the letter."""

import re
from typing import Any

from builders import lock, workload
from observed_builders import observed

from neuralnav.model.observe_report import ExpectedLatency, FieldEdit, ObservedWorkload, ObserveReport
from neuralnav.outcomes.judge import judge
from neuralnav.outcomes.outcome import outcome_of
from neuralnav.outcomes.reported import reported
from neuralnav.outcomes.told import markdown_of, merge_patch, text_of

TEXT = """\
chat   over-provisioned: 1 replica carries the peak of 4 req/s with a headroom of 1.2, in place of 2: -$3,285/month
       assumptions-wrong: the mean rate is 3 req/s, 0.45x the plan's 6.67 req/s (traffic.users); the peak rate is \
4 req/s, 0.3x the plan's 13.3 req/s (traffic.peakFactor)
       2026-11-25T08:00:00Z to 2026-11-26T08:00:00Z (24 h), 259,200 requests, alpha-8b/fp8/h100/tp1

                   planned                 observed                                    SLO
TTFT p95           111 ms (88.9-139 ms)    113-250 ms, bucket 100-250 ms, mean 120 ms  150 ms cannot be told, 0-100 %
ITL p95            21.1 ms (16.9-26.4 ms)  19.7-25 ms, bucket 10-25 ms, mean 20.0 ms   25.0 ms met, 100 %
E2E p95            5.5 s (4.41-6.89 s)     4.47-5 s, bucket 2.5-5 s, mean 4.5 s        7.0 s met, 100 %
mean rate          6.67 req/s              3 req/s, 0.45x
peak rate          13.3 req/s              4 req/s, 0.3x
prompt tokens      512                     512
output tokens      256                     256
burstiness         1 (Poisson)             0
replicas           2                       2, 1 needed
a replica carries  9 req/s
headroom           1.2                     4.50
in flight                                  30
KV cache           4.8 %                   4.0 %, 10.0 % at most
cost               $6,570/month            $216.00 in 24 h

why the workload should change
  traffic.users: the mean rate is 3 req/s, 0.45x the plan's 6.67 req/s
  traffic.peakFactor: the busiest five minutes had 4 req/s, the plan's peak is 13.3 req/s

patch of the workload
  spec:
    traffic:
      users: 2250
      peakFactor: 1.34

with that
  1 replica of the same, $3,285/month

notes
  The catalogs do not hold what the lock deploys: nothing is expected of the observed load.

next
  edit the workload as above, then `neuralnav compile chat`"""


def run(*rps: float, **changes: Any) -> ObservedWorkload:
    seen = observed(*rps, **changes)
    found = outcome_of(lock(), "sha256:" + "0" * 64, seen, environment="prod")
    return reported(lock(), found, seen, judge(lock(), found, seen, workload=workload().document), path="chat")


def test_a_run_is_told_on_one_screen_the_verdict_first() -> None:
    told = run(2.0, 4.0, latencies_s={"ttft": 0.12}).model_copy(
        update={"what_if": "1 replica of the same, $3,285/month"}
    )  # fmt: skip
    assert text_of(told) == TEXT


def test_what_was_expected_has_a_column_of_its_own() -> None:
    told = run(5.0, 13.3, latencies_s={"ttft": 2.6})
    ttft, *others = told.judgement.latencies
    expected = ExpectedLatency(at_rps=5.0, mean_ms=1300.0, p95_ms=1500.0, low_ms=900.0, high_ms=2400.0)
    slower = ttft.model_copy(update={"expected": expected, "against": "slower"})
    judgement = told.judgement.model_copy(update={"latencies": (slower, *others)})
    header, row = text_of(told.model_copy(update={"judgement": judgement})).splitlines()[3:5]
    assert header.split() == ["planned", "expected", "here", "observed", "pace", "SLO"]
    assert [cell.strip() for cell in re.split(" {2,}", row)] == [
        "TTFT p95", "111 ms (88.9-139 ms)", "1.5 s (0.9-2.4 s)", "2.5-4.51 s, bucket 2.5-5 s, mean 2.6 s", "slower",
        "150 ms missed, 0 %",
    ]  # fmt: skip


def test_markdown_leads_with_the_verdict_and_shows_the_diff_that_the_verb_made() -> None:
    lines = markdown_of(run(2.0, 4.0).model_copy(update={"diff": "-users: 5000\n+users: 2250\n"})).splitlines()
    assert lines[0] == (
        "**`chat` over-provisioned: 1 replica carries the peak of 4 req/s with a headroom of 1.2, in place of 2: "
        "-$3,285/month.**"
    )
    assert lines[2].startswith("- assumptions-wrong: the mean rate is 3 req/s")
    assert lines[6] == "|  | planned | expected here | observed | pace | SLO |"
    assert (
        lines[10] == "| E2E p95 | 5.5 s (4.41-6.89 s) |  | 4.47-5 s, bucket 2.5-5 s, mean 4.5 s |  | 7.0 s met, 100 % |"
    )
    at = lines.index("### patch of the workload")
    assert lines[at : at + 6] == [
        "### patch of the workload", "", "```diff", "-users: 5000", "+users: 2250", "```",
    ]  # fmt: skip


def test_what_was_applied_is_not_to_be_edited() -> None:
    told, edited = run(2.0, 4.0), "  the workload was edited as above: `neuralnav compile chat`"
    assert text_of(told.model_copy(update={"diff": "+a\n"}), applied=True).splitlines()[-1] == edited
    assert "- " + edited.strip() in markdown_of(told.model_copy(update={"diff": "+a\n"}), applied=True).splitlines()
    for one, applied in ((told, True), (told.model_copy(update={"diff": "+a\n"}), False)):
        assert text_of(one, applied=applied).splitlines()[-1].startswith("  edit the workload as above, then")


def test_edits_are_a_merge_patch_that_takes_fields_away_too() -> None:
    edits = [
        FieldEdit(field="traffic.profile", before="chat", after=None, why="x"),
        FieldEdit(field="traffic.requestRate", before="1 req/s", after="2 req/s", why="x"),
        FieldEdit(field="constraints.contextLength", before="10", after=20, why="x"),
    ]
    assert merge_patch(edits) == (
        'spec:\n  traffic:\n    profile: null\n    requestRate: "2 req/s"\n  constraints:\n    contextLength: 20\n'
    )
    assert merge_patch([]) == ""


def test_a_run_that_tells_nothing_says_what_would() -> None:
    assert text_of(run(0.0)).splitlines()[-2:] == ["next", "  observe a longer window, or one with traffic"]


def test_the_report_is_json_without_infinities() -> None:
    whole = ObserveReport(exit_code=3, workloads=(run(2.0, 4.0, latencies_s={"ttft": 3000.0}),))
    again = ObserveReport.model_validate_json(whole.model_dump_json())
    assert again == whole
    ttft = again.workloads[0].judgement.latencies[0]
    assert (ttft.bucket_ms, ttft.slo) == ((2_560_000.0, None), "missed")
