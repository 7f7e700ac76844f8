"""Who is answered what: paths, methods, keys, limits, faults, and clients that leave."""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from neuralnav_simulator.answers import BeyondError
from neuralnav_simulator.clock import Clock
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.web import turns
from neuralnav_simulator.web.wire import WRITER, Call
from simulated_site import MODEL, QUICK, Playing, ask, asked, living, posted

from neuralnav.serving.lengths import fixed

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]
SLOW = Playing(output=fixed(400))


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/health", 200, b""),
        ("HEAD", "/health", 200, b""),
        ("GET", "/ping", 200, b""),
        ("POST", "/ping", 200, b""),
        ("GET", "/version", 200, b'{"version":"0.19.0","simulates":"tiny","speedup":1000.0}'),
        ("HEAD", "/version", 200, b""),
        ("OPTIONS", CHAT, 200, b""),
    ],
)
def test_what_is_small_is_answered_at_once(method: str, path: str, status: int, body: bytes) -> None:
    answered = asked(QUICK, (method, path))[0]
    assert (answered.status, answered.body) == (status, body)


def test_what_may_be_asked_is_told() -> None:
    options, wrong, unknown = asked(QUICK, ("OPTIONS", CHAT), ("GET", CHAT), ("DELETE", "/v1/nothing"))
    assert options.headers["allow"] == "POST, OPTIONS"
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")
    assert wrong.error() == (405, "Method Not Allowed", None)
    assert unknown.error() == (404, "Not Found", None)


def test_a_browser_may_ask_too() -> None:
    async def run() -> dict[str, str]:
        async with living(QUICK) as app:
            return (await ask(app, "GET", "/version", headers={"origin": "http://here"})).headers

    assert asyncio.run(run()) == {
        "content-type": "application/json",
        "content-length": "56",
        "access-control-allow-origin": "*",
    }


def test_models_are_listed_by_all_their_names() -> None:
    listed, one, other, none = asked(
        QUICK,
        ("GET", "/v1/models"),
        ("GET", f"/v1/models/{MODEL}"),
        ("GET", "/v1/models/tiny"),
        ("GET", "/v1/models/other"),
    )
    assert [model["id"] for model in listed.json()["data"]] == [MODEL, "tiny"]
    card = one.json()
    assert card == {
        "id": MODEL, "object": "model", "created": card["created"], "owned_by": "vllm", "root": MODEL, "parent": None,
        "max_model_len": 512, "permission": [],
    }  # fmt: skip
    assert other.json()["id"] == "tiny"
    assert none.error() == (404, "The model `other` does not exist.", "model")


def test_texts_become_tokens_and_texts_again() -> None:
    prompt, talk, strings, text, empty = asked(
        QUICK,
        ("POST", "/tokenize", {"prompt": "Héllo"}),
        ("POST", "/tokenize", {"messages": HELLO}),
        ("POST", "/tokenize", {"prompt": "Hi", "return_token_strs": True}),
        ("POST", "/detokenize", {"tokens": [42, 796, 291]}),
        ("POST", "/detokenize", {"tokens": []}),
    )
    tokens = prompt.json()["tokens"]
    assert prompt.json() == {"count": len(tokens), "max_model_len": 512, "tokens": tokens, "token_strs": None}
    assert posted("/detokenize", {"tokens": tokens}).json() == {"prompt": "Héllo"}
    assert talk.json()["count"] == 13
    assert "".join(strings.json()["token_strs"]) == "Hi"
    assert text.json() == {"prompt": "Hello"}
    assert empty.json() == {"prompt": ""}
    assert posted("/tokenize", {}).error() == (400, "either prompt or messages is needed", "prompt")
    assert posted("/detokenize", {"tokens": [5000]}).status == 400


def test_keys_guard_v1_alone() -> None:
    async def run() -> list[int]:
        async with living(replace(QUICK, api_keys=("one", "two"))) as app:
            body, right = {"messages": HELLO}, {"authorization": "Bearer two"}
            return [
                (await ask(app, "POST", CHAT, body)).status,
                (await ask(app, "POST", CHAT, body, headers={"authorization": "Bearer no"})).status,
                (await ask(app, "POST", CHAT, body, headers=right)).status,
                (await ask(app, "GET", "/v1/nothing")).status,
                (await ask(app, "OPTIONS", CHAT)).status,
                (await ask(app, "GET", "/health")).status,
                (await ask(app, "POST", "/tokenize", {"prompt": "a"})).status,
            ]

    assert asyncio.run(run()) == [401, 401, 200, 401, 200, 200, 200]


@pytest.mark.parametrize(
    ("change", "message", "param"),
    [
        ({"model": "gpt"}, "The model `gpt` does not exist.", "model"),
        ({"stream_options": {}}, "stream_options is for requests with stream=true", "stream_options"),
        ({"top_logprobs": 2}, "top_logprobs is for requests with logprobs=true", "top_logprobs"),
        ({"n": 2, "temperature": 0}, "n is 2: with temperature 0 all choices are the same, so it has to be 1", "n"),
        ({"min_tokens": 9, "max_tokens": 8}, "min_tokens is 9, more than the 8 of max_tokens", "min_tokens"),
        ({"use_beam_search": True}, "beam search is not simulated", "use_beam_search"),
        ({"prompt_logprobs": 1}, "the log probabilities of a prompt are not simulated", "prompt_logprobs"),
        ({"tool_choice": "auto"}, "tool_choice is for requests with tools", "tool_choice"),
        (
            {"tools": [{"function": {"name": "a"}}], "tool_choice": {"function": {"name": "b"}}},
            "tool_choice names 'b', which is no tool",
            "tool_choice",
        ),
        (
            {"response_format": {"type": "json_schema"}},
            "response_format of type json_schema needs a json_schema",
            "response_format",
        ),
        (
            {"structured_outputs": {"regex": "a+"}},
            "structured_outputs.regex is not simulated, only json",
            "structured_outputs",
        ),
        ({"guided_json": "[]"}, "the schema is JSON, but not an object", "structured_outputs"),
        ({"guided_json": "{"}, "the schema is not JSON: EOF while parsing an object at line 1 column 1", None),
        (
            {"continue_final_message": True, "add_generation_prompt": True},
            "continue_final_message and add_generation_prompt exclude each other",
            "continue_final_message",
        ),
    ],
)  # fmt: skip
def test_fields_that_do_not_go_together_are_refused(change: dict[str, Any], message: str, param: str | None) -> None:
    assert posted(CHAT, {"messages": HELLO, **change}).error()[1:] == (message, param)


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"prompt": "a", "suffix": "b"}, "suffix is not supported", "suffix"),
        ({"prompt": "a", "max_tokens": 0}, "max_tokens is 0: it has to be at least 1 without echo", "max_tokens"),
        ({"prompt": ["a"] * 100, "n": 11}, "100 prompts with n 11 are more than 1024 answers", "n"),
        ({"prompt": ""}, "the prompt is empty", "prompt"),
        ({"prompt": [9999]}, "token 9999 is not in the vocabulary, which has 4096", "prompt"),
    ],
)
def test_completions_that_make_no_sense_are_refused(body: dict[str, Any], message: str, param: str) -> None:
    assert posted(COMPLETIONS, body).error() == (400, message, param)


def test_what_does_not_fit_the_context_is_refused_with_its_numbers() -> None:
    far, long, longer, ids = asked(
        QUICK,
        ("POST", CHAT, {"messages": HELLO, "max_completion_tokens": 500}),
        ("POST", COMPLETIONS, {"prompt": "a b " * 400}),
        ("POST", COMPLETIONS, {"prompt": "a" * 8000}),
        ("POST", COMPLETIONS, {"prompt": [5] * 600, "max_tokens": 1}),
    )
    assert far.error()[::2] == (400, "max_completion_tokens")
    assert "you requested 513 tokens (13 in the prompt, 500 in the completion)" in far.error()[1]
    assert "at least 513 in the prompt, 16 in the completion" in long.error()[1]
    assert "However, the prompt has 8000 characters." in longer.error()[1]
    assert ids.error()[2] == "input_tokens"


@pytest.mark.parametrize(("keep", "max_tokens", "kept"), [(100, 16, 100), (-1, 16, 496), (-1, 1, 511), (700, 1, None)])
def test_a_prompt_may_be_cut_to_its_last_tokens_that_fit(keep: int, max_tokens: int, kept: int | None) -> None:
    prompt = list(range(300, 900))
    body = {"prompt": prompt, "truncate_prompt_tokens": keep, "max_tokens": max_tokens, "return_token_ids": True}
    answered = posted(COMPLETIONS, body)
    ids = answered.json()["choices"][0]["prompt_token_ids"] if answered.status == 200 else None
    assert ids == (None if kept is None else prompt[-kept:])


def test_what_never_fits_the_cache_is_refused() -> None:
    playing = replace(QUICK, kv_tokens=64)
    answered = posted(
        CHAT, {"messages": HELLO, "max_tokens": 60, "ignore_eos": True, "n": 2, "temperature": 1}, playing
    )
    assert answered.error() == (400, "13 + 60 tokens never fit in the 4 blocks of KV cache", "max_tokens")


def test_a_body_above_the_limit_is_refused_unread() -> None:
    async def run() -> tuple[tuple[int, str, str | None], int]:
        async with living(replace(QUICK, max_body=1000)) as app:
            told = await ask(app, "POST", CHAT, b"x" * 1001)
            declared = await ask(app, "POST", CHAT, b"", headers={"content-length": "1001"})
            return told.error(), declared.status

    assert asyncio.run(run()) == ((413, "the body is larger than this server takes: 1000 bytes", None), 413)


def test_a_body_may_come_in_parts() -> None:
    raw = json.dumps({"messages": HELLO, "max_tokens": 1}).encode()
    parts = [
        {"type": "http.request", "body": raw[at : at + 7], "more_body": at + 7 < len(raw)}
        for at in range(0, len(raw), 7)
    ]

    async def run() -> int:
        async with living(QUICK) as app:
            statuses: list[int] = []

            async def receive() -> Any:
                return parts.pop(0) if parts else await asyncio.Event().wait()

            async def send(message: Any) -> None:
                statuses.extend([message["status"]] if "status" in message else [])

            await app({"type": "http", "method": "POST", "path": CHAT, "headers": []}, receive, send)
            return statuses[0]

    assert asyncio.run(run()) == 200


def test_a_request_counts_from_when_its_body_was_whole_as_the_protocol_tells_or_else_by_the_clock() -> None:
    """Else an engine with nothing to do would give a client that sends slowly all it was due meanwhile, at once."""

    class Ticking(Clock):
        shown_ms = 5.0

        def now_ms(self) -> float:
            return self.shown_ms

    async def arrived_ms(clock: Ticking, told: dict[str, Any]) -> float:
        parts = [b"{", b"}"]

        async def receive() -> Any:
            clock.shown_ms += 1000.0
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        scope = {"method": "POST", "path": CHAT, "headers": [], "extensions": {WRITER: {"now": None} | told}}
        call = Call(scope, receive, lambda _: receive(), clock)
        assert await call.body(9) == b"{}"
        return call.arrival_ms

    assert asyncio.run(arrived_ms(Ticking(2.0, 100.0), {})) == 2005.0
    assert asyncio.run(arrived_ms(Ticking(2.0, 100.0), {"came_s": 101.5})) == 3000.0


def test_a_client_that_leaves_frees_its_slot() -> None:
    """At each moment: before its first token, in the middle, and while it waits for a whole answer."""

    async def run() -> str:
        async with living(SLOW) as app:
            body = {"messages": HELLO, "ignore_eos": True}
            early = await ask(app, "POST", CHAT, body | {"stream": True}, leaves_after=0)
            middle = await ask(app, "POST", CHAT, body | {"stream": True, "n": 3}, leaves_after=2)
            whole = await ask(app, "POST", CHAT, body, leaves_after=0)
            assert [early.ended, middle.ended, whole.ended] == [False, False, False]
            assert (len(early.writes), len(middle.writes), whole.status) == (0, 2, 0)
            return app.desk.site.metrics.exposition().decode()

    told = asyncio.run(run())
    assert f'finished_reason="abort",model_name="{MODEL}"}} 5.0' in told


def test_a_client_that_leaves_before_its_body_is_read_is_forgotten() -> None:
    async def run() -> list[Any]:
        async with living(QUICK) as app:
            sent: list[Any] = []

            async def receive() -> Any:
                return {"type": "http.disconnect"}

            async def send(message: Any) -> None:
                sent.append(message)

            await app({"type": "http", "method": "POST", "path": CHAT, "headers": []}, receive, send)
            return sent

    assert asyncio.run(run()) == []


def test_what_ends_is_counted_by_its_reason() -> None:
    async def run() -> str:
        async with living(QUICK) as app:
            await ask(app, "POST", CHAT, {"messages": HELLO})
            await ask(app, "POST", CHAT, {"messages": HELLO, "max_tokens": 2, "n": 3, "stream": True})
            return (await ask(app, "GET", "/metrics")).body.decode()

    told = asyncio.run(run())
    assert f'finished_reason="stop",model_name="{MODEL}"}} 1.0' in told
    assert f'finished_reason="length",model_name="{MODEL}"}} 3.0' in told


def test_a_server_that_ends_takes_no_more() -> None:
    async def run() -> list[Any]:
        async with living(SLOW) as app:
            under_way = asyncio.create_task(ask(app, "POST", CHAT, {"messages": HELLO, "max_tokens": 3}))
            await asyncio.sleep(0.01)
            app.drain()
            refused = await ask(app, "POST", CHAT, {"messages": HELLO})
            return [refused.error(), refused.headers["retry-after"], (await ask(app, "GET", "/health")).status,
                    (await under_way).status]  # fmt: skip

    assert asyncio.run(run()) == [(503, "the server is shutting down", None), "1", 503, 200]


def test_a_model_that_loads_is_not_served_yet() -> None:
    async def run() -> list[Any]:
        async with living(replace(QUICK, speedup=1.0, faults=Faults(cold_start_seconds=2.5))) as app:
            refused = await ask(app, "POST", CHAT, {"messages": HELLO})
            return [refused.error(), refused.headers["retry-after"], (await ask(app, "GET", "/health")).status,
                    (await ask(app, "GET", "/metrics")).status]  # fmt: skip

    assert asyncio.run(run()) == [(503, "the model is still loading", None), "3", 503, 200]


def test_a_share_of_the_requests_fails_on_purpose_and_says_so() -> None:
    playing = replace(QUICK, faults=Faults(error_rate=0.5))
    requests = [("POST", CHAT, {"messages": HELLO, "max_tokens": 1})] * 40
    first, second = ([answered.status for answered in asked(playing, *requests)] for _ in range(2))
    assert first == second
    assert 10 < first.count(500) < 30
    failed = next(answered for answered in asked(playing, *requests) if answered.status == 500)
    assert failed.error() == (500, "an injected fault: this server was told to fail now and then", None)


def test_who_finds_too_many_waiting_is_sent_away() -> None:
    async def run() -> list[Any]:
        async with living(replace(SLOW, max_num_seqs=1, max_waiting=2)) as app:
            body = {"messages": HELLO, "stream": True}
            tasks = [asyncio.create_task(ask(app, "POST", CHAT, body, leaves_after=3)) for _ in range(2)]
            await asyncio.sleep(0)
            refused = await ask(app, "POST", CHAT, body)
            await asyncio.gather(*tasks)
            return [refused.error(), refused.headers["retry-after"]]

    assert asyncio.run(run()) == [(503, "too many requests are waiting already", None), "1"]


def test_an_engine_that_dies_is_told_where_a_stream_is() -> None:
    async def run() -> list[Any]:
        async with living(SLOW) as app:
            body = {"messages": HELLO, "ignore_eos": True}
            stream = asyncio.create_task(ask(app, "POST", CHAT, body | {"stream": True}))
            whole = asyncio.create_task(ask(app, "POST", CHAT, body))
            await asyncio.sleep(0.1)
            app.desk.site.lanes.death = "it crashed"
            app.desk.site.lanes.engines[0].die("it crashed")
            *_, error, done, _ = (await stream).body.decode().split("\n\n")
            return [error, done, (await whole).error(), (await ask(app, "POST", CHAT, body)).error(),
                    (await ask(app, "GET", "/health")).error()]  # fmt: skip

    told = 'data: {"error":{"message":"it crashed","type":"InternalServerError","param":null,"code":500}}'
    assert asyncio.run(run()) == [
        told,
        "data: [DONE]",
        (500, "it crashed", None),
        (500, "it crashed", None),
        (503, "it crashed", None),
    ]


def test_what_is_beyond_the_simulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def beyond(*_: object) -> None:
        raise BeyondError("no number is above 5 and below 4")

    monkeypatch.setattr(turns, "answer", beyond)
    body = {"messages": HELLO, "response_format": {"type": "json_object"}}
    assert posted(CHAT, body).error() == (400, "no number is above 5 and below 4", "response_format")


def test_what_nobody_foresaw_is_logged_and_told_to_the_client(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(turns, "answer", fails)
    with caplog.at_level(logging.ERROR, "neuralnav_simulator"):
        assert posted(CHAT, {"messages": HELLO}).error() == (500, "the simulator failed; its log says where", None)
    assert "POST /v1/chat/completions failed" in caplog.text
    assert "RuntimeError: unforeseen" in caplog.text


def test_a_lifespan_runs_the_lanes_and_ends_them() -> None:
    async def run() -> list[Any]:
        async with living(QUICK) as app:
            events: asyncio.Queue[Any] = asyncio.Queue()
            sent: list[Any] = []

            async def send(message: Any) -> None:
                sent.append(message["type"])

            await events.put({"type": "lifespan.startup"})
            await events.put({"type": "lifespan.shutdown"})
            await app({"type": "lifespan"}, events.get, send)
            return [*sent, app.desk.draining]

    assert asyncio.run(run()) == ["lifespan.startup.complete", "lifespan.shutdown.complete", True]
