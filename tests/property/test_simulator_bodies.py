"""Whatever a client sends is read or refused: nothing else ever comes of it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_chaos import FIELDS
from simulated_site import Answered, Playing, ask, living

from neuralnav.serving.lengths import fixed

PLAYING = Playing(output=fixed(3), speedup=10_000.0, max_model_len=64)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(FIELDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=3),
    max_leaves=8,
)
POSTS = st.sampled_from(["/v1/chat/completions", "/v1/completions", "/tokenize", "/detokenize"])
RIGHT: tuple[dict[str, Any], ...] = (
    {"messages": [{"role": "user", "content": "Hello"}], "prompt": "Hello", "tokens": [5, 6]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}], "prompt": [5], "tokens": []},
)


Ask = Callable[[str, bytes], Answered]


@pytest.fixture(scope="module")
def answered() -> Iterator[Ask]:
    """Ask one application, in one event loop, all that is asked."""
    with asyncio.Runner() as runner:
        door = living(PLAYING)
        app = runner.run(door.__aenter__())
        yield lambda path, raw: runner.run(ask(app, "POST", path, raw))
        runner.run(door.__aexit__(None, None, None))


@given(POSTS, st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_bytes_are_refused(answered: Ask, path: str, raw: bytes) -> None:
    assert answered(path, raw).error()[0] == 400


@given(POSTS, st.sampled_from(RIGHT), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
@settings(max_examples=300, deadline=None)
def test_a_right_request_with_wrong_fields_is_answered_or_refused(
    answered: Ask, path: str, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    got = answered(path, json.dumps(right | wrong).encode())
    assert got.status in (200, 400, 404)
    assert got.ended
    if got.headers["content-type"] == "application/json":
        assert isinstance(got.json(), dict)
    else:
        assert got.chunks()
