"""What clients send: what is read, and how what is wrong is told."""

import json
from typing import Any

import pytest
from neuralnav_simulator.web.asks import check_sampling
from neuralnav_simulator.web.bodies import ChatBody, CompletionBody, TokenizeBody, read_body
from neuralnav_simulator.web.problems import ProblemError

HELLO = [{"role": "user", "content": "Hello"}]


def refused(kind: type, body: object, **options: Any) -> tuple[int, str, str | None]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(ProblemError) as problem:
        read_body(kind, raw, **options)
    return problem.value.status, problem.value.message, problem.value.param


def test_fields_nobody_knows_and_those_that_are_null_are_no_matter() -> None:
    fields = ("n", "seed", "stop", "stream", "temperature", "top_p", "logit_bias", "tools", "tool_choice", "max_tokens")
    body = {"messages": HELLO, "user": "me", "metadata": {"a": "b"}, "store": True, "best_of": 7}
    read = read_body(ChatBody, json.dumps(body | dict.fromkeys(fields)).encode())
    assert (read.messages[0].content, read.n, read.stop, read.tools) == ("Hello", None, None, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_tokens": "ten"}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": "10"}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": True}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": 1.5}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 1"),
        ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
        ({"max_completion_tokens": -5}, "max_completion_tokens: Input should be greater than or equal to 1"),
        ({"n": 10_000}, "n: Input should be less than or equal to 128"),
        ({"n": 0}, "n: Input should be greater than or equal to 1"),
        ({"stream": "yes"}, "stream: Input should be a valid boolean"),
        ({"temperature": "hot"}, "temperature: Input should be a valid number"),
        ({"temperature": -0.1}, "temperature: Input should be greater than or equal to 0"),
        ({"top_p": 0}, "top_p: Input should be greater than 0"),
        ({"top_p": 1.1}, "top_p: Input should be less than or equal to 1"),
        ({"min_p": 2}, "min_p: Input should be less than or equal to 1"),
        ({"top_k": -2}, "top_k: Input should be greater than or equal to -1"),
        ({"presence_penalty": 3}, "presence_penalty: Input should be less than or equal to 2"),
        ({"repetition_penalty": 0}, "repetition_penalty: Input should be greater than 0"),
        ({"seed": 2**63}, "seed: Input should be less than 9223372036854775808"),
        ({"top_logprobs": 21}, "top_logprobs: Input should be less than or equal to 20"),
        ({"messages": []}, "messages: List should have at least 1 item after validation, not 0"),
        ({"messages": "Hello"}, "messages: Input should be a valid list"),
        ({"tools": []}, "tools: List should have at least 1 item after validation, not 0"),
        ({"tools": [{"type": "function"}]}, "tools[0].function: Field required"),
        ({"stop": ["a"] * 5}, "stop: Input should be a valid string, or: List should have at most 4 items"),
        ({"stop": ""}, "stop: String should have at least 1 character, or: Input should be a valid list"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(change: dict[str, object], message: str) -> None:
    status, told, param = refused(ChatBody, {"messages": HELLO} | change)
    assert (status, param) == (400, message.partition(":")[0])
    assert told.startswith(message)


def test_all_that_is_wrong_is_told_but_no_more_than_a_few() -> None:
    wrong = dict.fromkeys(("n", "seed", "top_p", "min_p", "top_k", "temperature", "max_tokens"), "x")
    _, message, param = refused(ChatBody, {"messages": HELLO} | wrong)
    assert param == "n"
    assert message.endswith("top_k: Input should be a valid integer; and 2 more")


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([{"content": "x"}], "messages[0].role: Field required"),
        (
            [*HELLO, {"role": "wizard", "content": "x"}],
            "messages[1].role: Input should be 'system', 'developer', 'user', 'assistant', 'tool' or 'function'",
        ),
        (
            [{"role": "user", "content": [{"text": "x"}]}],
            "messages[0].content: Input should be a valid string; messages[0].content[0].type: Field required",
        ),
        (
            [{"role": "user", "content": [{"type": "text", "text": "x"}] * 10_001}],
            (
                "messages[0].content: Input should be a valid string, or: List should have at most 10000 items after"
                " validation, not 10001"
            ),
        ),
        (
            [{"role": "assistant", "tool_calls": [{"function": {"name": "x"}}] * 10_001}],
            "messages[0].tool_calls: List should have at most 10000 items after validation, not 10001",
        ),
        ([5], "messages[0]: Input should be a valid dictionary or instance of Message"),
    ],
)
def test_a_message_is_told_by_its_place(messages: object, message: str) -> None:
    assert refused(ChatBody, {"messages": messages}) == (400, message, message.partition(":")[0])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the body is not JSON: EOF while parsing a value at line 1 column 0"),
        (b"{", "the body is not JSON: EOF while parsing an object at line 1 column 1"),
        (b"\xff\xfe", "the body is not JSON: expected value at line 1 column 1"),
        (b'{"n":NaN}', "the body is not JSON: expected value at line 1 column 6"),
        (b'{"n":-Infinity}', "the body is not JSON: invalid number at line 1 column 7"),
        (b"[" * 100_000, "the body is not JSON: recursion limit exceeded at line 1 column 202"),
        (b'{"a":' * 100_000, "the body is not JSON: recursion limit exceeded at line 1 column 1006"),
        (b'{"user":"\\ud800"}', "the body is not JSON: unexpected end of hex escape at line 1 column 16"),
        (b"[1]", "the body is JSON, but not an object"),
        (b"null", "the body is JSON, but not an object"),
    ],
)
def test_what_is_no_object_is_refused(raw: bytes, message: str) -> None:
    assert refused(ChatBody, raw) == (400, message, None)


def test_the_last_of_two_equal_keys_counts_and_null_characters_are_characters() -> None:
    read = read_body(CompletionBody, b'{"prompt":"a","prompt":"b\\u0000c"}')
    assert read.prompt == "b\0c"


def test_a_byte_order_mark_and_what_vllm_takes_for_no_limit_are_read() -> None:
    read = read_body(CompletionBody, b'\xef\xbb\xbf{"prompt":"a","top_k":0}')
    assert (read.prompt, read.top_k) == ("a", 0)
    check_sampling(read, 16)


def test_a_number_beyond_all_bounds_is_refused() -> None:
    assert refused(CompletionBody, b'{"prompt":"a","temperature":1e999}') == (
        400,
        "temperature: Input should be a finite number",
        "temperature",
    )


@pytest.mark.parametrize("prompt", ["text", [1, 2, 3], ["one", "two"], [[1], [2, 3]]])
def test_a_prompt_is_a_text_or_tokens_or_several_of_them(prompt: object) -> None:
    assert read_body(CompletionBody, json.dumps({"prompt": prompt}).encode()).prompt == prompt


@pytest.mark.parametrize("prompt", [None, 5, [], [[]], [1, "a"], {"a": 1}, [-1], [1.5], [True], ["a"] * 1025])
def test_other_prompts_are_refused(prompt: object) -> None:
    status, _, param = refused(CompletionBody, {"prompt": prompt})
    assert (status, (param or "").startswith("prompt")) == (400, True)


def test_more_messages_than_fit_are_refused_unread() -> None:
    told = refused(TokenizeBody, {"messages": [5] * 11}, most_messages=10)
    assert told == (
        400,
        "11 messages have more tokens than this model's context: at most 10 may fit",
        "messages",
    )


def test_a_long_list_of_the_wrong_kind_is_told_once() -> None:
    _, message, _ = refused(CompletionBody, {"prompt": [1.5] * 100_000})
    assert len(message) < 200
