import json
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cluster.sse import LONGEST_EVENT, Events, Piece, TooLongError, piece_of, said_in


def cut(*parts: bytes) -> list[bytes]:
    events = Events()
    return [event for part in parts for event in events.fed(part)] + list(events.rest())


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data:a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b": a comment\n\n:\n\ndata: a\n\n", [b"a"]),
        (b"event: token\nid: 7\ndata: a\nretry: 5\n\n", [b"a"]),
        (b"data: {\ndata: }\n\n", [b"{\n}"]),
        (b"data: a\n\ndata: [DONE]", [b"a", b"[DONE]"]),
        (b"data\n\n", [b""]),
        (b"\n\n\n", []),
        (b"<html>\n", []),
    ],
)
def test_events(stream: bytes, found: list[bytes]) -> None:
    assert cut(stream) == found


@given(st.lists(st.integers(0, 60), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_wherever_reads_end_the_events_are_the_same(ends: list[int], line: str) -> None:
    whole = f': ping{line}{line}data: {{"é": "日本"}}{line}{line}data: b{line}data: c{line}{line}'.encode()
    places = [0, *sorted(min(end, len(whole)) for end in ends), len(whole)]
    parts = [whole[a:b] for a, b in pairwise(places)]
    assert cut(*parts) == ['{"é": "日本"}'.encode(), b"b\nc"]


def test_what_never_ends_is_cut_off() -> None:
    events = Events()
    with pytest.raises(TooLongError):
        list(events.fed(b"data: " + b"x" * LONGEST_EVENT))
    lines = Events()
    with pytest.raises(TooLongError):
        list(chain.from_iterable(lines.fed(b"data: x\n" * 1000) for _ in range(LONGEST_EVENT // 1000 + 2)))


def piece(value: object) -> Piece:
    return piece_of(json.dumps(value).encode())


def test_a_role_is_no_token_and_a_token_may_show_no_text() -> None:
    assert piece({"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}) == Piece()
    assert piece({"choices": [{"delta": {"content": ""}, "finish_reason": None}]}) == Piece(more=True)
    assert piece({"choices": [{"delta": {"reasoning_content": "a"}}]}) == Piece(text=True, more=True)
    assert piece({"choices": [{"text": "a", "finish_reason": "length"}]}) == Piece(text=True, finish="length")


def test_usage_comes_with_choices_or_without() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 4}}
    told = piece({"id": "cmpl-1", "model": "m", "choices": [], "usage": usage})
    assert told == Piece(prompt=5, output=7, cached=4, answer_id="cmpl-1", model="m")
    assert piece({"usage": {"prompt_tokens": True, "completion_tokens": -1}, "choices": []}) == Piece()


@pytest.mark.parametrize("data", [b"<html>", b"[]", b"5", b"{}", b'{"choices": 5}', b"[" * 100_000, b"\xff"])
def test_what_is_no_event_of_an_answer_is_told(data: bytes) -> None:
    assert not piece_of(data).known


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "too\\n long", "code": 400}}', "too long"),
        ('{"object": "error", "message": "too long"}', "too long"),
        ('{"detail": "too long"}', "too long"),
        ('{"error": "too long"}', "too long"),
        ("too  long", "too long"),
        ("", ""),
    ],
)
def test_what_an_error_says(body: str, said: str) -> None:
    assert said_in(body.encode()) == said


def test_an_error_within_a_stream_and_the_end_of_one() -> None:
    assert piece({"error": {"message": "the engine died"}}) == Piece(error="the engine died")
    assert piece({"object": "error", "message": "the engine died"}) == Piece(error="the engine died")
    assert piece_of(b" [DONE] ") == Piece(done=True)
