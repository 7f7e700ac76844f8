"""Loads: how they are spelt, which requests they are, and traces with whatever is wrong in them."""

from pathlib import Path

import numpy as np
import pytest
from neuralnav_simulator.load.plan import Asked, closed_point, open_points
from neuralnav_simulator.load.spelling import arrival_of, key_of, lengths_of, rates_of, seconds_of
from neuralnav_simulator.load.traces import read_trace

from neuralnav.errors import InputError
from neuralnav.serving.arrivals import poisson_ms
from neuralnav.serving.lengths import fixed, gamma, lognormal, uniform
from neuralnav.serving.load import Load

ASKED = Asked(fixed(512), fixed(128), seed=7, requests=50)


class TestSpelling:
    @pytest.mark.parametrize(
        ("text", "kind", "name", "burstiness"),
        [
            ("poisson", "poisson", "poisson", 1.0),
            ("constant", "uniform", "constant", None),
            ("gamma:0.5", "gamma", "gamma:0.5", 0.5),
            ("burst:4", "compound", "unstated", None),
        ],
    )
    def test_arrivals_have_the_names_of_benchmark_rows(
        self, text: str, kind: str, name: str, burstiness: float | None
    ) -> None:
        found = arrival_of(text)
        assert (found.process.kind, found.name, found.burstiness) == (kind, name, burstiness)

    def test_lengths(self) -> None:
        assert lengths_of("512") == fixed(512)
        assert lengths_of("lognormal:300:0.5") == lognormal(300.0, variation=0.5)
        assert lengths_of("lognormal:300:0.123456789") == lognormal(300.0, variation=0.123456789)
        assert lengths_of("gamma:300:1") == gamma(300.0, variation=1.0)
        drawn = lengths_of("uniform:10-20").draw(2000, seed=1)
        assert (drawn.min(), drawn.max()) == (10, 20)
        assert lengths_of("uniform:1-9") == uniform(9, low_share=0.0)

    def test_a_key_from_a_file_has_no_newline(self) -> None:
        assert key_of("sk-1\n") == "sk-1"

    def test_rates_and_durations(self) -> None:
        assert rates_of("1, 2.5,4") == (1.0, 2.5, 4.0)
        assert [seconds_of(text) for text in ("90", "1.5m", "250ms", "1h")] == [90.0, 90.0, 0.25, 3600.0]

    @pytest.mark.parametrize(
        ("read", "text", "message"),
        [
            (arrival_of, "often", '"often" is no arrival process; known: poisson, constant, gamma:SHAPE, burst:SIZE'),
            (arrival_of, "gamma:nan", 'the shape of gamma is "nan": it must be a number above 0'),
            (arrival_of, "burst:0.5", "burst size is 0.5: it must be finite and at least 1"),
            (lengths_of, "uniform:9-3", '"uniform:9-3" is no range: it must rise, from 1 or more'),
            (lengths_of, "lognormal:99999999:0.5", '"lognormal:99999999:0.5" are more tokens than any model takes'),
            (lengths_of, "0", "length is 0: it must be at least 1"),
            (
                lengths_of, "many",
                '"many" is no length; known: N, uniform:LOW-HIGH, lognormal:MEAN:CV, gamma:MEAN:CV',
            ),
            (rates_of, "1,-2", 'a rate is "-2": it must be a number above 0'),
            (key_of, "sk\r\nX-Other: 1", "a key is of printable ASCII characters"),
            (seconds_of, "soon", '"soon" is no duration; say 60s, 5m or 1h'),
        ],
    )  # fmt: skip
    def test_what_is_none_of_them(self, read: object, text: str, message: str) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011  # its whole text is compared
            read(text)  # type: ignore[operator]  # one of five readers
        assert str(caught.value) == message


class TestPlan:
    def test_a_load_point_for_each_rate_with_the_same_requests(self) -> None:
        one, two = open_points(ASKED, (1.0, 2.0), arrival_of("poisson"))
        np.testing.assert_array_equal(one.at_ms, poisson_ms(50, rate_rps=1.0, seed=7))
        np.testing.assert_allclose(two.at_ms * 2.0, one.at_ms)
        assert (one.shown, two.rate_rps, one.prompt.tolist()) == ("1 req/s", 2.0, [512] * 50)

    def test_lengths_are_those_of_the_serving_models_loads(self) -> None:
        lengths = lognormal(300.0, variation=0.5)
        (point,) = open_points(Asked(lengths, fixed(9), 7, 50), (1.0,), arrival_of("poisson"))
        load = Load(50, (0, 50), 1.0, lengths, fixed(9), seed=7)
        np.testing.assert_array_equal(point.prompt, next(iter(load.parts())).prompt)

    def test_a_duration_is_as_many_requests_as_come_in_it(self) -> None:
        (point,) = open_points(Asked(fixed(8), fixed(8), 0, seconds=30.0), (4.0,), arrival_of("constant"))
        assert (len(point.at_ms), point.at_ms[-1], point.burstiness) == (120, 30_000.0, None)

    def test_a_closed_loop_has_its_requests_in_flight(self) -> None:
        point = closed_point(ASKED, 8)
        assert (point.shown, point.rate_rps, point.arrival, len(point.output)) == ("8 in flight", None, "closed", 50)
        with pytest.raises(ValueError, match=r"^a closed loop ends by its requests: give --requests$"):
            closed_point(Asked(fixed(8), fixed(8), 0), 8)

    def test_nothing_and_far_too_much_are_no_load_points(self) -> None:
        for seconds, message in ((0.1, "0 requests"), (1e9, "1,000,000,000 requests")):
            with pytest.raises(ValueError, match=message):
                open_points(Asked(fixed(8), fixed(8), 0, seconds=seconds), (1.0,), arrival_of("poisson"))


AZURE = """\
TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319600,3180,8
2023-11-16 18:17:05.0000000,110,27
"""
MOONCAKE = """\
{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}
{"timestamp": 30535, "input_length": 6472, "output_length": 26, "hash_ids": []}
"""


class TestTraces:
    def trace(self, folder: Path, text: str) -> Path:
        (folder / "trace").write_text(text)
        return folder / "trace"

    def test_dates_of_the_azure_traces(self, tmp_path: Path) -> None:
        point = read_trace(self.trace(tmp_path, AZURE))
        np.testing.assert_allclose(point.at_ms, [0.0, 52.0, 1020.04], atol=1e-3)
        assert (point.prompt.tolist(), point.output.tolist()) == ([4808, 3180, 110], [10, 8, 27])
        assert (point.arrival, point.burstiness, point.rate_rps) == ("unstated", None, 1.9607)

    def test_milliseconds_of_mooncakes(self, tmp_path: Path) -> None:
        point = read_trace(self.trace(tmp_path, MOONCAKE))
        assert (point.at_ms.tolist(), point.prompt.tolist()) == ([0.0, 3053.0], [6955, 6472])

    @pytest.mark.parametrize(
        ("first", "second", "gap_ms"),
        [
            ("2024-05-12 00:00:00.003000+00:00", "2024-05-12 00:00:00.503000+00:00", 500.0),
            ("2024-05-12T01:00:00.25+02:00", "2024-05-12T00:00:00.5+01:00", 250.0),
            ("2024-05-11 23:00:00-01:00", "2024-05-12T00:00:01Z", 1000.0),
            ("2024-05-12 00:00:00", "2024-05-12 02:00:01.5+0200", 1500.0),
        ],
    )
    def test_dates_have_zones(self, first: str, second: str, gap_ms: float, tmp_path: Path) -> None:
        text = f"TIMESTAMP,ContextTokens,GeneratedTokens\r\n{first},1,1\r\n{second},1,1\r\n"
        assert read_trace(self.trace(tmp_path, text)).at_ms.tolist() == [0.0, gap_ms]

    def test_a_byte_order_mark_and_other_columns_are_passed_by(self, tmp_path: Path) -> None:
        text = '\ufeff\n"kind",arrival_s, prompt_tokens ,output_tokens\n"a\nb",0,5,6\n"c",1,7,8\nd,2,7\n'
        with pytest.raises(InputError) as caught:
            read_trace(self.trace(tmp_path, text))
        assert [(item.where.line, item.message) for item in caught.value.diagnostics] == [
            (6, "3 cells under a header of 4")
        ]
        assert read_trace(self.trace(tmp_path, text), most=2).output.tolist() == [6, 8]

    def test_our_own_seconds_and_only_the_first(self, tmp_path: Path) -> None:
        text = "arrival_s,prompt_tokens,output_tokens\n0.5,1,2\n1.5,3,4\n9,5,6\n"
        assert read_trace(self.trace(tmp_path, text), most=2).at_ms.tolist() == [0.0, 1000.0]

    @pytest.mark.parametrize(
        ("text", "problems"),
        [
            ("", [(0, "holds no request")]),
            ("a,b\n1,2\n", [(1, "the header names no columns that are known")]),
            ("arrival_s,prompt_tokens,output_tokens\n1,2\n", [(2, "2 cells under a header of 3")]),
            (
                "arrival_s,prompt_tokens,output_tokens\n1,0,5\n2,5,x\nlater,5,5\n\n3,5,5\n1,5,5\n",
                [
                    (2, "prompt_tokens is '0': a request has whole tokens, 1 or more"),
                    (3, "output_tokens is 'x': a request has whole tokens, 1 or more"),
                    (4, "arrival_s is 'later': it is no time"),
                    (7, "it comes 2000 ms before an earlier request"),
                ],
            ),
            (
                '{"timestamp": 1, "input_length": 2}\n{"timestamp": 1\n[1]\n',
                [(1, "it lacks the columns of a request"), (2, "it is not valid JSON"), (3, "it is no JSON object")],
            ),
        ],
    )
    def test_what_is_no_request_is_told_by_line(
        self, text: str, problems: list[tuple[int, str]], tmp_path: Path
    ) -> None:
        with pytest.raises(InputError) as caught:
            read_trace(self.trace(tmp_path, text))
        assert [(item.where.line, item.message) for item in caught.value.diagnostics] == problems

    def test_of_many_bad_lines_the_first_ten_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            read_trace(self.trace(tmp_path, "arrival_s,prompt_tokens,output_tokens\n" + "x,1,1\n" * 30))
        assert len(caught.value.diagnostics) == 11
        assert caught.value.diagnostics[-1].message == "and 20 more lines are no requests"
