"""What a load point showed, in the report, in the text and in the live view."""

import io
import json
from array import array
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from neuralnav_simulator.load.aims import Slos, facts_of, facts_seen
from neuralnav_simulator.load.client import Course
from neuralnav_simulator.load.glance import Looks, glance_of, plain
from neuralnav_simulator.load.measured import FaultCount, Measured, measured
from neuralnav_simulator.load.outcomes import Board, Fault, Outcome
from neuralnav_simulator.load.plan import LoadPoint
from neuralnav_simulator.load.report import About, Ran, report_text, sidecar_text, write_report
from neuralnav_simulator.load.text import SLOW, heeded, missed, rows, verdict
from neuralnav_simulator.load.view import Drawing, sparkline
from rich.console import Console

from neuralnav.model.sidecar import RunFacts

POINT = LoadPoint(
    np.array([0.0, 500.0, 1000.0, 1500.0]), np.full(4, 8), np.full(4, 3), "poisson", 2.0, burstiness=1.0
)  # fmt: skip


def outcome(index: int, *stamps_ms: float, fault: Fault | None = None, said: str = "", late_s: float = 0.0) -> Outcome:
    due_s = 10.0 + index / 2
    sent_s, end_s = due_s + late_s, due_s + (stamps_ms[-1] if stamps_ms else 0.0) / 1e3
    stamps = array("f", stamps_ms)
    return Outcome(index, due_s, 3, sent_s, sent_s, end_s, 200, fault, said, 8, len(stamps_ms) or None, stamps)


def showed(*outcomes: Outcome, speedup: float = 1.0, stopped: bool = False) -> Measured:
    return measured(POINT, Course(outcomes, 10.0, 14.0, stopped), speedup)


CALM = (outcome(0, 40, 50, 60), outcome(1, 60, 70, 100), outcome(2, 50, 60, 70))


class TestMeasured:
    def test_latencies_count_from_when_a_request_was_due(self) -> None:
        found = showed(*CALM[:2], outcome(2, 50, 60, 70, late_s=0.02))
        assert found.ms["ttft_p50_ms"] == 50.0
        assert found.from_send_ms["ttft_p50_ms"] == 40.0
        assert found.late_ms[2] == pytest.approx(20.0)
        assert found.generator_is_slow

    def test_a_loop_that_looks_late_is_a_slow_generator(self) -> None:
        course = Course(CALM, 10.0, 14.0, stopped=False, lag_ms=[0.5] * 90 + [6.0] * 10)
        found = measured(POINT, course, 1.0)
        assert (found.late_ms[1], found.lag_ms, found.generator_is_slow) == (0.0, 6.0, True)
        assert not showed(*CALM).generator_is_slow

    def test_they_are_those_of_the_raw_stamps(self) -> None:
        """Every figure again by sorting: the least value that a share of all does not exceed."""
        random = np.random.default_rng(5)
        outcomes = [outcome(n, *np.cumsum(random.exponential(9.0, random.integers(1, 40))).tolist()) for n in range(90)]
        found = measured(POINT, Course(tuple(outcomes), 10.0, 60.0, stopped=False), 2.0)
        stamps = [[2.0 * at for at in one.stamps_ms] for one in outcomes]
        gaps = [[later - earlier for earlier, later in pairwise(times)] for times in stamps]
        samples = {
            "ttft": [times[0] for times in stamps],
            "itl": [gap for one in gaps for gap in one],
            "tpot": [sum(one) / len(one) for one in gaps if one],
            "e2e": [times[-1] for times in stamps],
        }
        for metric, values in samples.items():
            assert found.ms[f"{metric}_mean_ms"] == pytest.approx(sum(values) / len(values))
            for per_cent in (50, 90, 95, 99):
                at = -(-len(values) * per_cent // 100) - 1
                assert found.ms[f"{metric}_p{per_cent}_ms"] == pytest.approx(sorted(values)[at]), (metric, per_cent)

    def test_itl_is_over_gaps_and_tpot_over_requests(self) -> None:
        found = showed(*CALM)
        assert found.ms["itl_p95_ms"] == 30.0
        assert found.ms["itl_mean_ms"] == pytest.approx(40 / 3)
        assert (found.ms["tpot_p95_ms"], found.ms["tpot_p50_ms"]) == (20.0, 10.0)
        assert (found.ms["e2e_p50_ms"], found.seconds, found.output_tokens) == (70.0, 4.0, 9)

    def test_times_are_the_servers(self) -> None:
        found = showed(*CALM, speedup=10.0)
        assert (found.ms["ttft_p50_ms"], found.ms["itl_p50_ms"], found.seconds) == (500.0, 100.0, 40.0)

    def test_faults_are_counted_by_kind_and_left_out_of_latencies(self) -> None:
        failed = [outcome(n, fault="refused", said=f"no {n}") for n in (1, 2)]
        found = showed(CALM[0], *failed, outcome(3, 999, fault="cut", said="torn"))
        assert found.faults == (FaultCount("refused", 2, "no 1"), FaultCount("cut", 1, "torn"))
        assert (found.sent, found.done, found.ms["ttft_p99_ms"]) == (4, 1, 40.0)

    def test_tokens_that_came_together_and_short_answers(self) -> None:
        merged, short = replace_output(CALM[0], 5), replace_output(outcome(1, 40, 50), 2)
        found = showed(merged, short, CALM[2])
        assert (found.merged, found.short) == (2, 1)

    def test_single_tokens_have_no_gaps(self) -> None:
        assert {name.split("_")[0] for name in showed(outcome(0, 40)).ms} == {"ttft", "e2e"}


def replace_output(one: Outcome, output: int) -> Outcome:
    one = replace(one)
    one.output = output
    return one


SLOS = Slos(ttft=55.0, itl=40.0, e2e=500.0)
ABOUT = About(
    "http://a", "Qwen/Qwen3-8B", "0.19.0", "qwen3-8b/bf16/h100/tp1", datetime(2026, 11, 26, 12, tzinfo=UTC),
    seed=7, speedup=1.0, is_simulator=True, slos=SLOS,
    facts=facts_seen(facts_of("qwen3-8b/bf16/h100/tp1", "0.19.0"), simulated=True, version="0.19.0", hit_share=None),
)  # fmt: skip


class TestReport:
    def line(self, about: About = ABOUT, point: LoadPoint = POINT, *outcomes: Outcome) -> dict[str, object]:
        found = measured(point, Course(outcomes or CALM, 10.0, 14.0, stopped=False), 1.0)
        read = json.loads(report_text(about, [Ran(point, found, {})]))
        assert isinstance(read, dict)
        return read

    def test_it_is_a_line_of_vllms(self) -> None:
        line = self.line()
        assert {name: line[name] for name in list(line)[:16]} == {
            "date": "20261126-120000", "client": "neuralnav-sim load", "backend": "neuralnav-sim",
            "model_id": "Qwen/Qwen3-8B", "num_prompts": 3, "request_rate": 2.0, "max_concurrency": None,
            "burstiness": 1.0, "duration": 4.0, "completed": 3, "failed": 0, "total_input_tokens": 24,
            "total_output_tokens": 9, "request_throughput": 0.75, "output_throughput": 2.25,
            "mean_ttft_ms": 50.0,
        }  # fmt: skip
        assert [line[f"{name}_e2el_ms"] for name in ("median", "p90", "p95", "p99")] == [70.0, 100.0, 100.0, 100.0]

    @pytest.mark.parametrize(("simulates", "version", "backend"), [("", "0.19.0", "vllm"), ("", "", "openai")])
    def test_it_names_the_engine_where_the_server_is_no_simulator(
        self, simulates: str, version: str, backend: str
    ) -> None:
        assert (
            self.line(replace(ABOUT, simulates=simulates, is_simulator=False, engine_version=version))["backend"]
            == backend
        )

    def test_other_arrivals_and_closed_loops(self) -> None:
        even = self.line(ABOUT, replace(POINT, arrival="constant", burstiness=None))
        assert (even["arrival"], "burstiness" in even) == ("constant", False)
        closed = self.line(ABOUT, replace(POINT, arrival="closed", burstiness=None, rate_rps=None, in_flight=8))
        assert (closed["request_rate"], closed["max_concurrency"]) == ("inf", 8)

    def test_slos_and_what_only_we_tell_stand_apart(self) -> None:
        own = self.line()["neuralnav"]
        assert isinstance(own, dict)
        assert own["slos"]["ttft"] == {"p95_ms": 55.0, "met": False}
        just = self.line(replace(ABOUT, slos=Slos(60.0, 30.0, 100.0)))["neuralnav"]
        assert isinstance(just, dict)
        assert [told["met"] for told in just["slos"].values()] == [True, True, True]
        assert own["slos"]["e2e"] == {"p95_ms": 500.0, "met": True}
        assert (own["seed"], own["simulates"], own["faults"]) == (7, "qwen3-8b/bf16/h100/tp1", [])

    def test_a_point_of_which_nothing_came_back_is_no_line(self) -> None:
        assert report_text(ABOUT, [Ran(POINT, showed(outcome(0, fault="refused")), {})]) == ""

    def test_the_sidecar_says_what_is_played(self) -> None:
        assert sidecar_text(ABOUT) == (
            "apiVersion: neuralnav.dev/v1alpha1\nkind: BenchmarkSidecar\nspec:\n  format: vllm\n  model: qwen3-8b\n"
            "  precision: bf16\n  accelerator: h100\n  tp: 1\n  pp: 1\n  engine: neuralnav-sim\n"
            '  engineVersion: "0.19.0"\n'
        )
        assert sidecar_text(replace(ABOUT, facts=None)) is None

    def test_it_takes_the_place_of_an_older_one_whole_and_no_sidecar_of_another_run_stays(self, tmp_path: Path) -> None:
        report, beside, older = (tmp_path / name for name in ("run.json", "run.json.neuralnav.yaml", "older"))
        ran = [Ran(POINT, showed(*CALM), {})]
        assert write_report(report, ABOUT, ran) == (report, beside)
        older.hardlink_to(report)
        assert write_report(report, replace(ABOUT, seed=8, facts=None), ran) == (report,)
        told = [json.loads(path.read_text())["neuralnav"]["seed"] for path in (older, report)]
        assert (told, sorted(path.name for path in tmp_path.iterdir())) == ([7, 8], ["older", "run.json"])

    def test_a_lock_tells_only_what_the_server_bears_out(self) -> None:
        planned = facts_of("qwen3-8b/bf16/h100/tp1", "0.19.0")

        def seen(told: RunFacts | None, *, simulated: bool, version: str, share: float | None = None) -> list[object]:
            facts = facts_seen(told, simulated=simulated, version=version, hit_share=share)
            assert facts is not None
            return [facts.model, facts.engine, facts.engine_version, facts.prefix_hit_share]

        assert seen(planned, simulated=False, version="0.20.1") == ["qwen3-8b", "vllm", "0.20.1", None]
        assert seen(planned, simulated=False, version="") == ["qwen3-8b", "vllm", None, None]  # it may be anything
        assert seen(planned, simulated=True, version="") == ["qwen3-8b", "neuralnav-sim", "0.19.0", None]
        assert seen(planned, simulated=False, version="0.19.0", share=0.4)[3] == 0.4
        assert seen(None, simulated=True, version="") == [None, "neuralnav-sim", None, None]  # behind a gateway
        assert seen(None, simulated=False, version="", share=0.4) == [None, None, None, 0.4]
        assert facts_seen(None, simulated=False, version="0.19.0", hit_share=None) is None

    @pytest.mark.parametrize("candidate", ["", "a/b", "qwen3-8b/bf17/h100/tp1", "qwen3-8b/bf16/h100/tpx"])
    def test_what_is_no_candidate_tells_nothing(self, candidate: str) -> None:
        assert facts_of(candidate, "0.19.0") is None

    def test_a_candidate_over_nodes(self) -> None:
        facts = facts_of("m/fp8/h100/tp8/pp2", "")
        assert isinstance(facts, RunFacts)
        assert (facts.tp, facts.pp, facts.engine_version) == (8, 2, None)


class TestText:
    def test_a_p95_above_its_slo_is_marked(self) -> None:
        ran = [Ran(POINT, showed(*CALM), {"ttft_p50_ms": 49.0, "ttft_p95_ms": 1234.0})]
        body = rows(ran, SLOS)
        assert body[0] == (
            "2 req/s", "measured", "3", "0", "50.0 ms", "60.0 ms!", "10.0 ms", "30.0 ms", "70.0 ms", "100.0 ms", "2",
        )  # fmt: skip
        assert body[1][:6] == ("", "predicted", "", "", "49.0 ms", "1,234 ms!")
        assert body[2] == ("", "SLO", "", "", "", "55.0 ms", "", "40.0 ms", "", "500.0 ms", "")
        assert missed(ran, SLOS) == ["TTFT p95 60.0 ms is above 55.0 ms at 2 req/s"]
        assert missed(ran, None) == []

    def test_too_many_requests_without_an_answer_keep_no_slo(self) -> None:
        point = replace(POINT, at_ms=np.zeros(40), prompt=np.full(40, 8), output=np.full(40, 3))
        lenient = Slos(ttft=1e4, itl=1e4, e2e=1e4)

        def ran(failed: int) -> list[Ran]:
            outcomes = [outcome(n, 40, 50, 60, fault="refused" if n < failed else None) for n in range(40)]
            return [Ran(point, measured(point, Course(tuple(outcomes), 10.0, 14.0, stopped=False), 1.0), {})]

        assert verdict(ran(0), lenient) == "every SLO is met"
        assert verdict(ran(2), lenient) == "every SLO is met; 2 requests have no answer"
        none_kept = "3 of 40 requests have no answer at 2 req/s: no p95 is kept"
        assert verdict(ran(3), lenient) == none_kept
        assert missed(ran(40), lenient) == ["40 of 40 requests have no answer at 2 req/s: no p95 is kept"]
        told = json.loads(report_text(replace(ABOUT, slos=lenient), ran(3)))["neuralnav"]["slos"]
        assert told["ttft"] == {"p95_ms": 1e4, "met": False}

    def test_what_is_to_be_heeded(self) -> None:
        failed = outcome(1, fault="refused", said="the connection was refused")
        found = showed(replace_output(outcome(0, 40, 50, late_s=0.03), 2), failed, stopped=True)
        told = list(heeded([Ran(POINT, found, {})]))
        assert told[0] == "2 req/s: 1 of 2 requests ended in refused: the connection was refused"
        assert told[1].startswith("2 req/s: the generator itself is too slow: it sent ")
        assert told[2:] == [
            "2 req/s: 1 answers are shorter than asked: does the server know ignore_eos?",
            "2 req/s: stopped before its end",
            SLOW,
        ]


class TestView:
    def looks(self, board: Board) -> Looks:
        return Looks(board, ("2 req/s", 1, 3), slos=SLOS, speedup=1.0)

    def board(self) -> Board:
        board = Board(10, sent=5, finished=3, tokens=90, faults={"refused": 1})
        board.ttft_ms.extend([40.0, 50.0, 60.0])
        board.gap_ms.extend([10.0] * 500)
        return board

    def test_a_glance_crosses_a_pipe(self) -> None:
        glance = self.looks(self.board()).look({"running": 2.0})
        assert glance_of(glance.line()) == glance
        assert (glance.in_flight, glance.ms["ttft_p95"], glance.ms["itl_p50"]) == (1, 60.0, 10.0)

    def test_as_a_line(self) -> None:
        glance = replace(self.looks(self.board()).look({}), seconds=4.0)
        assert plain(glance) == ("2 req/s: 4 s, 5 of 10 sent, 1 in flight, 1 failed, TTFT p95 60.0 ms, ITL p95 10.0 ms")

    def test_as_a_drawing(self) -> None:
        console = Console(width=100, record=True, force_terminal=True, file=io.StringIO())
        console.print(Drawing().draw(self.looks(self.board()).look({"running": 2.0, "waiting": 0.0, "kv": 0.25})))
        text = console.export_text(clear=False)
        assert "2 req/s (1 of 3)" in text
        assert "sent 5 of 10   done 3   failed 1   in flight 1" in text
        assert "server: running 2   waiting 0   KV cache 25%" in text
        assert "1 x refused" in text
        row = next(line for line in text.splitlines() if line.startswith("TTFT"))
        assert row.split() == ["TTFT", "50.0", "ms", "60.0", "ms", "55.0", "ms", "█"]
        assert "color: #800000" in console.export_html()  # above its SLO, so red

    def test_sparklines_are_relative_to_their_largest(self) -> None:
        assert sparkline([0.0, 3.5, 7.0]) == "▁▅█"
        assert sparkline([0.0]) == sparkline([]) == ""
