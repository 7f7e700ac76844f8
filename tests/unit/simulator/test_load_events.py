"""The stream of an answer, in whatever pieces it comes: its tokens, its end, its faults. And addresses and prompts."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from neuralnav_simulator.load.events import Streamed, message_of
from neuralnav_simulator.load.outcomes import Board, Outcome
from neuralnav_simulator.load.prompts import Counted, Words, read_texts
from neuralnav_simulator.load.server import gauges_in, hit_share
from neuralnav_simulator.load.wire import address_of, request_bytes

from neuralnav.errors import InputError

USAGE = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}


def token(text: str, finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "text": text, "finish_reason": finish}]}


def sse(*values: object, end: str = "\n\n") -> bytes:
    told = [value if isinstance(value, str) else json.dumps(value, separators=(",", ":")) for value in values]
    return "".join(f"data: {value}{end}" for value in told).encode()


WHOLE = sse(token(" a"), token(" b"), token(" c", "length"), USAGE, "[DONE]")


def heard(*parts: bytes, status: int = 200, whole: bool = True) -> Outcome:
    """What becomes of a request due at 0 s whose answer comes in parts, one each second."""
    outcome, ended = Outcome(0, 0.0, 3), list[Outcome]()
    streamed = Streamed(outcome, Board(1), ended.append)
    streamed.began(status)
    for second, part in enumerate(parts, 1):
        streamed.body(part, float(second))
    streamed.over(whole=whole, broken=False, now_s=float(len(parts)))
    assert ended == [outcome]
    return outcome


def test_each_token_has_the_time_of_its_part() -> None:
    outcome = heard(sse(token(" a")), sse(token(" b"), token(" c", "length"), USAGE, "[DONE]"))
    assert list(outcome.stamps_ms) == [1000.0, 2000.0, 2000.0]
    assert (outcome.fault, outcome.prompt, outcome.output) == (None, 9, 3)


@given(st.lists(st.integers(1, len(WHOLE) - 1), max_size=8), st.booleans())
def test_it_does_not_matter_where_the_parts_end(cuts: list[int], crlf: bool) -> None:  # noqa: FBT001  # drawn
    text = WHOLE.replace(b"\n", b"\r\n") if crlf else WHOLE
    edges = [0, *sorted(cuts), len(text)]
    outcome = heard(*(text[start:end] for start, end in pairwise(edges)))
    assert (len(outcome.stamps_ms), outcome.output, outcome.fault) == (3, 3, None)


def delta(told: dict[str, object], finish: str | None = None) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": told, "finish_reason": finish}]}


@pytest.mark.parametrize(
    ("events", "tokens"),
    [
        ([delta({"role": "assistant", "content": ""}), delta({"content": "a"}), delta({}, "stop")], 1),
        ([delta({"role": "assistant", "content": "a"}), delta({"content": "b"}, "stop")], 2),
        ([delta({"reasoning_content": "a"}), delta({"content": "b"}), delta({"content": ""}, "stop")], 2),
        ([delta({"tool_calls": [{"index": 0}]}), delta({"tool_calls": [{"index": 0}]}, "tool_calls")], 2),
    ],
)
def test_a_role_and_an_end_alone_are_no_tokens(events: list[object], tokens: int) -> None:
    assert len(heard(sse(*events, "[DONE]")).stamps_ms) == tokens


def test_comments_and_other_fields_are_passed_by() -> None:
    outcome = heard(b": ping\n\nevent: token\n" + sse(token(" a")) + b"id: 3\n\n" + sse("[DONE]"))
    assert (len(outcome.stamps_ms), outcome.fault) == (1, None)


class TestFaults:
    def test_a_stream_without_its_end_is_cut(self) -> None:
        torn = heard(sse(token(" a")), whole=False)
        assert (torn.fault, torn.said) == ("cut", "the connection ended after 1 of 3 tokens")
        ended = heard(sse(token(" a")))
        assert (ended.fault, ended.said) == ("cut", "the stream ended after 1 of 3 tokens")

    def test_an_error_inside_of_a_stream(self) -> None:
        outcome = heard(sse(token(" a"), {"error": {"message": "the engine died", "code": 500}}, "[DONE]"))
        assert (outcome.fault, outcome.said, len(outcome.stamps_ms)) == ("stream error", "the engine died", 1)

    def test_a_whole_answer_without_a_token(self) -> None:
        outcome = heard(sse(delta({"role": "assistant", "content": ""}), delta({}, "stop"), "[DONE]"))
        assert (outcome.fault, outcome.said) == ("empty", "the stream ended without a token")

    def test_what_is_no_json(self) -> None:
        assert heard(b"data: oops\n\n").fault == "malformed"

    def test_a_status_with_its_message(self) -> None:
        outcome = heard(b'{"error": {"mess', b'age": "too long"}}', status=400)
        assert (outcome.kind, outcome.said) == ("HTTP 400", "too long")

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b'{"detail": "Not Found"}', "Not Found"),
            (b'{"error": "plain"}', "plain"),
            (b"<html>\n  bad\n</html>", "<html> bad </html>"),
            (b"\xff" * 5000, "�" * 300),
            (b'{"error": {"code": 3}}', '{"error": {"code": 3}}'),
        ],
    )
    def test_messages(self, body: bytes, said: str) -> None:
        assert message_of(body) == said


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "authority", "prefix", "secure"),
        [
            ("http://localhost:8000", "localhost:8000", "", False),
            ("localhost:8000/v1/", "localhost:8000", "", False),
            ("https://llm.example/team/v1", "llm.example:443", "/team", True),
            ("http://[::1]:8000", "[::1]:8000", "", False),
        ],
    )
    def test_what_is_one(self, url: str, authority: str, prefix: str, secure: bool) -> None:  # noqa: FBT001  # a case
        address = address_of(url)
        assert (address.authority, address.prefix, address.secure) == (authority, prefix, secure)

    @pytest.mark.parametrize("url", ["ftp://a", "http://", "http://a:99999", "http://a/?q=1", "http://a..b"])
    def test_what_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="is no address of a server"):
            address_of(url)

    def test_a_user_in_it_is_not_shown(self) -> None:
        with pytest.raises(ValueError, match=r"^an address names no user; give --api-key$"):
            address_of("http://u:secret@a")

    def test_a_request_on_the_wire(self) -> None:
        assert request_bytes(address_of("http://a:1/x"), "POST", "/v1/completions", b"{}", key="k") == (
            b"POST /x/v1/completions HTTP/1.1\r\nHost: a:1\r\nAccept: */*\r\nUser-Agent: neuralnav-sim-load\r\n"
            b"Authorization: Bearer k\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )


class TestPrompts:
    def test_as_many_words_as_tokens_and_the_same_each_time(self) -> None:
        prompts = Words((" a", " b", " c"), seed=3)
        assert len(prompts.text(0, 500).split()) == 500
        assert prompts.text(4, 500) == prompts.text(4, 500) != prompts.text(5, 500)

    def test_what_a_server_counts_around_and_for_each_word(self) -> None:
        assert Counted(around=12.0, per_word=1.0).words(100) == 88
        assert Counted(around=2.0, per_word=2.0).words(100) == 49
        assert Counted(around=50.0).words(10) == 1

    def test_a_shared_prefix(self) -> None:
        prompts = Words((" a", " b", " c"), seed=3, shared=64)
        one, two = prompts.text(0, 100), prompts.text(1, 100)
        assert one[:128] == two[:128]
        assert one[128:] != two[128:]
        assert len(one) == 200

    def test_texts_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "texts").write_text(
            'Hello\r\n\n{"prompt": "Good\u2028day", "id": 3}\n', encoding="utf-8", newline=""
        )
        texts = read_texts(tmp_path / "texts")
        assert [texts.text(index, 9) for index in range(3)] == ["Hello", "Good\u2028day", "Hello"]

    def test_what_is_no_text_is_told_by_line(self, tmp_path: Path) -> None:
        (tmp_path / "texts").write_text('Hello\n{"text": "x"}\n{"prompt": 3}\n')
        with pytest.raises(InputError) as caught:
            read_texts(tmp_path / "texts")
        message = 'no JSON object with a text under "prompt"'
        assert [(item.where.line, item.message) for item in caught.value.diagnostics] == [(2, message), (3, message)]


def test_the_mark_of_the_simulator_is_seen() -> None:
    named = {"id": "cmpl-sim-0f", **token(" c", "length")}
    assert heard(sse(token(" a"), named, USAGE, "[DONE]")).simulated
    assert not heard(WHOLE).simulated


def test_the_share_of_prompts_that_a_cache_held() -> None:
    assert hit_share((100.0, 50.0), (300.0, 110.0)) == 0.3
    assert hit_share((100.0, 0.0), (1100.0, 19.0)) is None
    assert hit_share((0.0, 0.0), (0.0, 0.0)) is None


def test_gauges_are_summed_over_engines() -> None:
    text = b"""\
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 4.0
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.75
vllm:num_requests_waiting{engine="0"} NaN
vllm:num_requests_waiting{engine="1"} 1.2.3
vllm:num_requests_waiting_by_reason{reason="capacity"} 9.0
"""
    assert gauges_in(text) == {"running": 7.0, "kv": 0.5}
