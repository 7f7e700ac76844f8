"""What one client may ask for without harm to others, and what browsers and sloppy clients ask."""

import asyncio
from typing import Any

import pytest
from neuralnav_simulator.web import turns
from simulated_site import QUICK, ask, asked, living, posted

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT, {"messages": HELLO, "n": 2, "max_tokens": 3, "logprobs": True, "top_logprobs": 3}),
        (COMPLETIONS, {"prompt": ["Hi you", "Hi"], "echo": True, "n": 2, "max_tokens": 3, "logprobs": 2}),
    ],
)
def test_many_log_probabilities_are_written_beside_the_loop_and_are_the_same(
    monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    def choices(*, stream: bool) -> list[Any]:
        answered = posted(path, {"seed": 1, "stream": stream} | body)
        events = answered.chunks() if stream else [answered.json()]
        return sorted(
            (choice["index"], place, choice) for place, event in enumerate(events) for choice in event["choices"]
        )

    on_loop = [choices(stream=True), choices(stream=False)]
    threads: list[bool] = []

    async def off_loop(work: Any, *, when: bool) -> Any:
        threads.append(when)
        return await asyncio.to_thread(work) if when else work()

    monkeypatch.setattr(turns, "LONG_TOLD", 0)
    monkeypatch.setattr(turns, "off_loop", off_loop)
    off = [choices(stream=True), choices(stream=False)]
    assert [[choice for _, _, choice in one] for one in off] == [[choice for _, _, choice in one] for one in on_loop]
    assert any(threads)


@pytest.mark.parametrize(
    ("body", "limit", "message", "param"),
    [
        (
            {"n": 4, "max_tokens": 5, "ignore_eos": True}, "MOST_TOKENS",
            "20 tokens are more than one request may ask for: 19", "n",
        ),
        (
            {"n": 4, "max_tokens": 5, "min_tokens": 5}, "MOST_TOKENS",
            "20 tokens are more than one request may ask for: 19", "n",
        ),
        (
            {"max_tokens": 3, "ignore_eos": True, "logprobs": 4, "echo": True}, "MOST_TOLD",
            "20 log probabilities are more than one request is told: 19", "logprobs",
        ),
    ],
)  # fmt: skip
def test_what_fills_the_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, body: dict[str, Any], limit: str, message: str, param: str
) -> None:
    monkeypatch.setattr(turns, limit, 19)
    assert posted(COMPLETIONS, {"prompt": [300, 301]} | body).error() == (400, message, param)
    monkeypatch.setattr(turns, limit, 20)
    assert posted(COMPLETIONS, {"prompt": [300, 301]} | body).status == 200


def test_a_browser_may_send_the_headers_that_it_asks_for() -> None:
    """The Fetch standard lets no "*" stand for authorization, which browsers' clients send."""

    async def run() -> list[str]:
        async with living(QUICK) as app:
            asking = {"origin": "http://here", "access-control-request-headers": "authorization,content-type"}
            told = [await ask(app, "OPTIONS", CHAT, headers=headers) for headers in (asking, {"origin": "http://here"})]
            return [answer.headers["access-control-allow-headers"] for answer in told]

    assert asyncio.run(run()) == ["authorization,content-type", "*"]


def test_a_slash_too_many_is_led_to_the_path_without_it() -> None:
    paths = ("/health/", "/v1/models/", f"{CHAT}/", "/v1/models/other/", "/v1/", "/")
    answers = asked(QUICK, *[("POST", path) for path in paths])
    assert [(answer.status, answer.headers.get("location")) for answer in answers] == [
        (307, "/health"), (307, "/v1/models"), (307, CHAT), (405, None), (404, None), (404, None),
    ]  # fmt: skip
