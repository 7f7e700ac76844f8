"""What clients get, to the byte: streams, whole answers, and what they leave behind."""

import asyncio
import json
from typing import Any

import pytest
from neuralnav_simulator.answers import Answer, Asked, Finish
from neuralnav_simulator.web import chat, completions, turns
from neuralnav_simulator.web.events import DONE, Frame, Head, usage_event
from simulated_site import MODEL, QUICK, Answered, Playing, ask, asked, living, posted

from neuralnav.serving.lengths import fixed

CHAT, COMPLETIONS = "/v1/chat/completions", "/v1/completions"
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]


@pytest.fixture(autouse=True)
def _timeless(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chat, completions):
        monkeypatch.setattr(module, "time", lambda: 1_700_000_000.5)


def streamed(path: str, body: dict[str, Any], playing: Playing = QUICK) -> Answered:
    return asked(playing, ("POST", path, {"stream": True, "seed": 1} | body))[0]


def named(path: str, body: dict[str, Any], playing: Playing = QUICK) -> bytes:
    """Return the bytes of a stream whose client named its request."""

    async def run() -> bytes:
        async with living(playing) as app:
            headers = {"x-request-id": "7"}
            return (await ask(app, "POST", path, {"stream": True, "seed": 1} | body, headers=headers)).body

    return asyncio.run(run())


def text_of(answered: Answered, field: str = "delta") -> str:
    pieces = [choice[field] for chunk in answered.chunks() for choice in chunk["choices"]]
    return "".join(piece.get("content", "") if isinstance(piece, dict) else piece for piece in pieces)


def says(monkeypatch: pytest.MonkeyPatch, *pieces: str, finish: Finish = "stop", function: str | None = None) -> None:
    """Let every answer be these pieces."""
    said = Answer(tuple(range(300, 300 + len(pieces))), pieces, finish, function=function)
    monkeypatch.setattr(turns, "answer", lambda *_: said)


def test_a_chat_streams_its_role_its_tokens_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "Then", ' "é"\n', "", finish="length")
    head = '{"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,"model":"acme/tiny-7b","choices":'
    rest = '"logprobs":null,"finish_reason":null,"token_ids":null}]}\n\n'
    assert named(CHAT, {"messages": HELLO}).decode() == (
        f'data: {head}[{{"index":0,"delta":{{"role":"assistant","content":""}},"logprobs":null,"finish_reason":null}}],'
        '"prompt_token_ids":null}\n\n'
        f'data: {head}[{{"index":0,"delta":{{"content":"Then"}},{rest}'
        f'data: {head}[{{"index":0,"delta":{{"content":" \\"é\\"\\n"}},{rest}'
        f'data: {head}[{{"index":0,"delta":{{"content":""}},"logprobs":null,"finish_reason":"length",'
        '"stop_reason":null,"token_ids":null}]}\n\n'
        "data: [DONE]\n\n"
    )


def test_usage_comes_last_with_no_choices() -> None:
    options = {"include_usage": True}
    last = named(CHAT, {"messages": HELLO, "max_tokens": 2, "stream_options": options}).decode().split("\n\n")[-3]
    assert last == (
        'data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1700000000,"model":"acme/tiny-7b",'
        '"choices":[],"usage":{"prompt_tokens":13,"total_tokens":15,"completion_tokens":2}}'
    )


def test_usage_may_come_with_every_token() -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    for path, body in ((CHAT, {"messages": HELLO}), (COMPLETIONS, {"prompt": "Hello"})):
        chunks = streamed(path, {**body, "max_tokens": 3, "stream_options": options}).chunks()
        counted = [chunk["usage"]["completion_tokens"] for chunk in chunks]
        assert counted == ([0, 1, 2, 3, 3] if path == CHAT else [1, 2, 3, 3])


def test_a_completion_streams_its_tokens_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "Then", " so", ".")
    head = '{"id":"cmpl-7","object":"text_completion","created":1700000000,"model":"acme/tiny-7b","choices":'
    end = '"stop_reason":null,"prompt_token_ids":null,"token_ids":null}]}\n\n'
    assert named(COMPLETIONS, {"prompt": "Hello"}).decode() == (
        f'data: {head}[{{"index":0,"text":"Then","logprobs":null,"finish_reason":null,{end}'
        f'data: {head}[{{"index":0,"text":" so","logprobs":null,"finish_reason":null,{end}'
        f'data: {head}[{{"index":0,"text":".","logprobs":null,"finish_reason":"stop",{end}'
        "data: [DONE]\n\n"
    )


def test_pieces_are_quoted_and_nothing_else() -> None:
    frame = Frame('{"content":', "}")
    assert frame.event('say "é"\n\u2028\0\\') == '{"content":"say \\"é\\"\\n\u2028\\u0000\\\\"}'


def test_a_model_and_an_id_are_quoted() -> None:
    head = Head('a"b', "kind", 1, "m\\x")
    assert json.loads(usage_event(head, 1, 2, None).removeprefix("data: ")) == {
        "id": 'a"b', "object": "kind", "created": 1, "model": "m\\x", "choices": [],
        "usage": {"prompt_tokens": 1, "total_tokens": 3, "completion_tokens": 2},
    }  # fmt: skip
    assert DONE == "data: [DONE]\n\n"


def test_a_stream_and_a_whole_answer_say_the_same() -> None:
    stream, whole = asked(
        QUICK,
        ("POST", CHAT, {"messages": HELLO, "seed": 5, "stream": True}),
        ("POST", CHAT, {"messages": HELLO, "seed": 5}),
    )
    assert whole.json()["choices"][0]["message"]["content"] == text_of(stream) != ""
    assert stream.chunks()[-1]["choices"][0]["finish_reason"] == whole.json()["choices"][0]["finish_reason"] == "stop"


def test_a_whole_chat_has_every_field() -> None:
    told = posted(CHAT, {"messages": HELLO, "max_tokens": 3}).json()
    text, name = told["choices"][0]["message"]["content"], told["id"]
    nothing = dict.fromkeys(("refusal", "annotations", "audio", "function_call", "reasoning"))
    assert name.startswith("chatcmpl-")
    assert told == {
        "id": name,
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **nothing},
                "logprobs": None,
                "finish_reason": "length",
                "stop_reason": None,
                "token_ids": None,
            }
        ],
        "service_tier": None,
        "system_fingerprint": None,
        "usage": {"prompt_tokens": 13, "total_tokens": 16, "completion_tokens": 3, "prompt_tokens_details": None},
        "prompt_logprobs": None,
        "prompt_token_ids": None,
        "kv_transfer_params": None,
    }


def test_several_prompts_with_several_choices_are_numbered_through() -> None:
    told = posted(COMPLETIONS, {"prompt": [[7, 8], [5, 6]], "n": 2, "max_tokens": 3}).json()
    assert [choice["index"] for choice in told["choices"]] == [0, 1, 2, 3]
    assert len({choice["text"] for choice in told["choices"]}) == 4
    assert told["usage"] == {
        "prompt_tokens": 4, "total_tokens": 16, "completion_tokens": 12, "prompt_tokens_details": None,
    }  # fmt: skip


def test_choices_of_a_stream_end_each_by_itself() -> None:
    chunks = streamed(CHAT, {"messages": HELLO, "n": 3, "max_tokens": 4}).chunks()
    ends = [chunk["choices"][0]["index"] for chunk in chunks if chunk["choices"][0]["finish_reason"]]
    assert sorted(ends) == [0, 1, 2]


def test_a_prompt_is_echoed_and_without_tokens_to_come_alone() -> None:
    whole, streaming, alone, alone_streaming = asked(
        QUICK,
        ("POST", COMPLETIONS, {"prompt": "Héllo", "echo": True, "max_tokens": 2, "seed": 1}),
        ("POST", COMPLETIONS, {"prompt": "Héllo", "echo": True, "max_tokens": 2, "seed": 1, "stream": True}),
        ("POST", COMPLETIONS, {"prompt": "Héllo", "echo": True, "max_tokens": 0, "logprobs": 1}),
        ("POST", COMPLETIONS, {"prompt": "Héllo", "echo": True, "max_tokens": 0, "stream": True}),
    )
    text = whole.json()["choices"][0]["text"]
    assert text.startswith("Héllo")
    assert text_of(streaming, "text") == text != "Héllo"
    assert alone.json()["choices"][0]["text"] == text_of(alone_streaming, "text") == "Héllo"
    assert "".join(alone.json()["choices"][0]["logprobs"]["tokens"]).startswith("H")


def test_a_stop_string_ends_an_answer_and_may_be_shown() -> None:
    playing = Playing(output=fixed(60), speedup=1000.0)
    free = posted(CHAT, {"messages": HELLO, "seed": 3}, playing).json()["choices"][0]["message"]["content"]
    stop = free.split()[7]
    body = {"messages": HELLO, "seed": 3, "stop": ["never said", stop]}
    hidden, shown, stream = asked(
        playing,
        ("POST", CHAT, body),
        ("POST", CHAT, body | {"include_stop_str_in_output": True}),
        ("POST", CHAT, body | {"stream": True}),
    )
    cut = free[: free.index(stop)]
    choice = hidden.json()["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"], choice["stop_reason"]) == (cut, "stop", stop)
    assert shown.json()["choices"][0]["message"]["content"] == cut + stop
    assert text_of(stream) == cut
    assert stream.chunks()[-1]["choices"][0]["stop_reason"] == stop


def test_log_probabilities_have_both_shapes() -> None:
    body = {"max_tokens": 2, "seed": 1}
    told = posted(CHAT, {"messages": HELLO, "logprobs": True, "top_logprobs": 3, **body}).json()["choices"][0]
    first = told["logprobs"]["content"][0]
    assert first["token"] == first["top_logprobs"][0]["token"] != ""
    assert first["bytes"] == list(first["token"].encode())
    assert told["message"]["content"] == "".join(one["token"] for one in told["logprobs"]["content"])
    assert [len(one["top_logprobs"]) for one in told["logprobs"]["content"]] == [3, 3]
    without = posted(CHAT, {"messages": HELLO, "logprobs": True, **body}).json()["choices"][0]
    assert [one["top_logprobs"] for one in without["logprobs"]["content"]] == [[], []]
    stream = streamed(CHAT, {"messages": HELLO, "logprobs": True, "top_logprobs": 3, **body})
    assert [c["choices"][0]["logprobs"] for c in stream.chunks()[1:]] == [
        {"content": [one]} for one in told["logprobs"]["content"]
    ]


def test_log_probabilities_of_completions_know_where_they_are() -> None:
    body = {"prompt": "Hi you", "echo": True, "max_tokens": 2, "logprobs": 2, "seed": 1}
    told = posted(COMPLETIONS, body).json()["choices"][0]
    names, offsets = told["logprobs"]["tokens"], told["logprobs"]["text_offset"]
    assert told["text"] == "".join(names)
    assert offsets == [len("".join(names[:count])) for count in range(len(names))]
    assert told["logprobs"]["token_logprobs"][0] is None
    assert [len(top) for top in told["logprobs"]["top_logprobs"][1:]] == [2] * (len(names) - 1)
    stream = [chunk["choices"][0]["logprobs"] for chunk in streamed(COMPLETIONS, body).chunks()]
    assert [offset for one in stream for offset in one["text_offset"]] == offsets
    assert [name for one in stream for name in one["tokens"]] == names


def test_tokens_may_be_told_by_their_numbers() -> None:
    body = {"max_tokens": 2, "seed": 1, "return_token_ids": True}
    whole, stream = asked(
        QUICK,
        ("POST", CHAT, {"messages": HELLO, **body}),
        ("POST", CHAT, {"messages": HELLO, **body, "stream": True}),
    )
    ids = whole.json()["choices"][0]["token_ids"]
    chunks = stream.chunks()
    assert len(whole.json()["prompt_token_ids"]) == 13
    assert chunks[0]["prompt_token_ids"] == whole.json()["prompt_token_ids"]
    assert [chunk["choices"][0]["token_ids"] for chunk in chunks[1:]] == [[one] for one in ids]


def test_the_same_seed_says_the_same_and_no_seed_something_else() -> None:
    seeded = {"messages": HELLO, "seed": 9}
    first, again, other, free, free_again, greedy, greedy_again = (
        answered.json()["choices"][0]["message"]["content"]
        for answered in asked(
            QUICK,
            ("POST", CHAT, seeded),
            ("POST", CHAT, seeded),
            ("POST", CHAT, seeded | {"seed": 10}),
            ("POST", CHAT, {"messages": HELLO}),
            ("POST", CHAT, {"messages": HELLO}),
            ("POST", CHAT, {"messages": HELLO, "temperature": 0}),
            ("POST", CHAT, {"messages": HELLO, "temperature": 0}),
        )
    )
    assert first == again != other
    assert free != free_again
    assert greedy == greedy_again


def test_without_a_seed_of_the_clients_the_servers_decides() -> None:
    def says_of(seed: int) -> str:
        told = posted(CHAT, {"messages": HELLO}, Playing(speedup=1000.0, seed=seed)).json()
        return str(told["choices"][0]["message"]["content"])

    assert says_of(1) == says_of(1) != says_of(2)


def test_lengths_are_kept() -> None:
    def count(body: dict[str, Any]) -> tuple[int, str]:
        told = posted(CHAT, {"messages": HELLO, **body}).json()
        return told["usage"]["completion_tokens"], told["choices"][0]["finish_reason"]

    assert count({}) == (8, "stop")
    assert count({"max_tokens": 5}) == (5, "length")
    assert count({"max_tokens": 100, "max_completion_tokens": 6}) == (6, "length")
    assert count({"max_tokens": 20, "ignore_eos": True}) == (20, "length")
    assert count({"min_tokens": 12}) == (12, "stop")
    assert count({"ignore_eos": True}) == (512 - 13, "length")


def test_the_next_turn_finds_the_earlier_ones_in_the_prefix_cache() -> None:
    playing = Playing(output=fixed(40), speedup=1000.0, prefix_caching=True)

    async def run() -> list[int]:
        talk, found = list(HELLO), []
        async with living(playing) as app:
            for question in ("And then?", "Why?"):
                told = (await ask(app, "POST", CHAT, {"messages": talk})).json()
                found.append(told["usage"]["prompt_tokens_details"]["cached_tokens"])
                talk += [told["choices"][0]["message"], {"role": "user", "content": question}]
            body = {"messages": talk, "stream": True, "stream_options": {"include_usage": True}}
            last = (await ask(app, "POST", CHAT, body)).chunks()[-1]
            found.append(last["usage"]["prompt_tokens_details"]["cached_tokens"])
            salted = (await ask(app, "POST", CHAT, {"messages": talk, "cache_salt": "mine"})).json()
            return [*found, salted["usage"]["prompt_tokens_details"]["cached_tokens"]]

    assert asyncio.run(run()) == [0, 48, 96, 0]


def test_what_the_prefix_cache_saved_of_a_prompt_is_told_once_however_many_answers_it_has() -> None:
    body = {"prompt": [300] * 40, "n": 3, "max_tokens": 2}
    first, again = asked(Playing(speedup=1000.0, prefix_caching=True), *2 * (("POST", COMPLETIONS, body),))
    assert first.json()["usage"]["prompt_tokens"] == 40
    assert again.json()["usage"]["prompt_tokens_details"] == {"cached_tokens": 32}


TOOLS = [
    {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}},
    {"type": "function", "function": {"name": "other", "parameters": {"type": "object"}}},
]


def test_a_tool_call_streams_its_name_then_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, '{"a"', ":1}", finish="tool_calls", function="look_up")
    role, name, *arguments = streamed(CHAT, {"messages": HELLO, "tools": TOOLS}).chunks()
    call = name["choices"][0]["delta"]["tool_calls"][0]
    assert role["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert call.pop("id").startswith("chatcmpl-tool-")
    assert call == {"type": "function", "index": 0, "function": {"name": "look_up", "arguments": ""}}
    assert [chunk["choices"][0]["delta"] for chunk in arguments] == [
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in arguments] == [None, "tool_calls"]


@pytest.mark.parametrize(
    ("choice", "content", "finish"),
    [
        ("auto", None, "tool_calls"),
        (None, None, "tool_calls"),
        ("required", "", "tool_calls"),
        ({"type": "function", "function": {"name": "look_up"}}, "", "stop"),
    ],
)
def test_a_tool_call_ends_as_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, choice: object, content: str | None, finish: str
) -> None:
    says(monkeypatch, '{"a"', ":1}", finish="tool_calls", function="look_up")
    body = {"messages": HELLO, "tools": TOOLS, "tool_choice": choice}
    whole, stream = asked(QUICK, ("POST", CHAT, body), ("POST", CHAT, body | {"stream": True}))
    told = whole.json()["choices"][0]
    call = told["message"]["tool_calls"][0]
    assert (call["type"], call["function"]) == ("function", {"name": "look_up", "arguments": '{"a":1}'})
    assert (told["message"]["content"], told["finish_reason"]) == (content, finish)
    assert stream.chunks()[-1]["choices"][0]["finish_reason"] == finish


@pytest.mark.parametrize(
    ("change", "called"),
    [
        ({}, ["look_up", "other"]),
        ({"tool_choice": "none"}, []),
        ({"tool_choice": "required"}, ["look_up", "other"]),
        ({"tool_choice": {"type": "function", "function": {"name": "other"}}}, ["other"]),
        ({"messages": [*HELLO, {"role": "tool", "content": "42", "tool_call_id": "1"}]}, []),
        (
            {"messages": [*HELLO, {"role": "tool", "content": "42", "tool_call_id": "1"}], "tool_choice": "required"},
            ["look_up", "other"],
        ),
    ],
)
def test_who_may_be_called(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], called: list[str]) -> None:
    seen: list[Asked] = []

    def answer(asked: Asked, *_: object) -> Answer:
        seen.append(asked)
        return Answer((300,), ("So",), "stop")

    monkeypatch.setattr(turns, "answer", answer)
    posted(CHAT, {"messages": HELLO, "tools": TOOLS, **change})
    assert [function.name for function in seen[0].functions] == called


@pytest.mark.parametrize(
    ("demand", "schema"),
    [
        ({}, None),
        ({"response_format": {"type": "text"}}, None),
        ({"response_format": {"type": "json_object"}}, {}),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"a": 1}}}}, {"a": 1}),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}, {}),
        ({"guided_json": {"type": "array"}}, {"type": "array"}),
        ({"guided_json": '{"type":"array"}'}, {"type": "array"}),
        ({"structured_outputs": {"json": {"type": "array"}}}, {"type": "array"}),
        ({"structured_outputs": {"json_object": True}}, {}),
    ],
)  # fmt: skip
def test_what_an_answer_has_to_be(monkeypatch: pytest.MonkeyPatch, demand: dict[str, Any], schema: object) -> None:
    seen: list[Asked] = []

    def answer(asked: Asked, *_: object) -> Answer:
        seen.append(asked)
        return Answer((300,), ("So",), "stop")

    monkeypatch.setattr(turns, "answer", answer)
    posted(CHAT, {"messages": HELLO, **demand})
    posted(COMPLETIONS, {"prompt": "Hello", **demand})
    assert [asked.schema for asked in seen] == [schema, schema]
