"""From messages to tokens, and what prefix caches find of them."""

import json

import pytest
from neuralnav_simulator.tokens import load_tokenizer
from neuralnav_simulator.web.bodies import Message, Tool
from neuralnav_simulator.web.problems import ProblemError
from neuralnav_simulator.web.prompts import (
    Template,
    block_names,
    characters,
    check_characters,
    check_known,
    check_parts,
    room,
    tools_text,
)

TOKENIZER = load_tokenizer()
TEMPLATE = Template(TOKENIZER)


def messages(*told: dict[str, object]) -> list[Message]:
    return [Message.model_validate(one) for one in told]


def text_of(tokens: list[int]) -> str:
    return "".join(TOKENIZER.piece(token) for token in tokens)


def test_a_conversation_is_what_the_packaged_template_makes_of_it() -> None:
    talk = messages({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"})
    tokens = TEMPLATE.conversation(talk, "", end="opened", most=None)
    assert text_of(tokens) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )
    assert tokens == TOKENIZER.encode(text_of(tokens))


def test_parts_calls_and_tools_are_texts_of_it() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"a":1}'}}
    parts = [{"type": "text", "text": "Look "}, {"type": "text", "text": "here"}]
    talk = messages(
        {"role": "user", "content": parts},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": "42", "tool_call_id": "1"},
    )
    tool = Tool.model_validate({"type": "function", "function": {"name": "look"}})
    assert characters(talk) == 18
    assert text_of(TEMPLATE.conversation(talk, tools_text([tool]), end="closed", most=None)) == (
        '<|im_start|>system\n[{"name": "look", "description": null, "parameters": null}]<|im_end|>\n'
        '<|im_start|>user\nLook here<|im_end|>\n<|im_start|>assistant\n{"a":1}<|im_end|>\n'
        "<|im_start|>tool\n42<|im_end|>\n"
    )


def test_the_last_message_may_go_on() -> None:
    talk = messages({"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well,"})
    assert text_of(TEMPLATE.conversation(talk, "", end="goes on", most=None)).endswith("<|im_start|>assistant\nWell,")


def test_a_conversation_is_read_no_further_than_needed() -> None:
    talk = messages({"role": "user", "content": "word " * 100}) * 1000
    assert 50 < len(TEMPLATE.conversation(talk, "", end="opened", most=50)) < 200


def test_a_conversation_begins_with_its_earlier_turns() -> None:
    before = messages({"role": "user", "content": "Hi"})
    said = "Then repeated shape."
    answer = TOKENIZER.encode(said)
    asked = TEMPLATE.conversation(before, "", end="opened", most=None)
    later = [
        *before,
        *messages({"role": "assistant", "content": "Then repeated shape."}, {"role": "user", "content": "?"}),
    ]
    then = TEMPLATE.conversation(later, "", end="opened", most=None)
    assert then[: len(asked) + len(answer)] == [*asked, *answer]
    known = block_names([*asked, *answer], 4, None)
    assert block_names(then, 4, None)[: len(known)] == known


def test_blocks_are_named_by_all_that_is_before_them() -> None:
    tokens = list(range(50))
    names = block_names(tokens, 16, None)
    assert len(names) == len(set(names)) == 3
    assert block_names([99, *tokens[1:]], 16, None)[2] != names[2]
    assert block_names(tokens, 16, "salt")[0] != names[0]
    assert block_names(tokens, 16, "salt") == block_names(tokens, 16, "salt")


@pytest.mark.parametrize(
    ("prompt", "max_tokens", "left"), [(10, None, 90), (99, None, 1), (10, 5, 5), (10, 90, 90), (99, 1, 1)]
)
def test_an_answer_has_what_is_asked_for_or_what_the_context_leaves(
    prompt: int, max_tokens: int | None, left: int
) -> None:
    assert room([0] * prompt, max_tokens, 100) == left


@pytest.mark.parametrize(
    ("prompt", "max_tokens", "numbers", "param"),
    [
        (10, 91, "you requested 101 tokens (10 in the prompt, 91 in the completion)", "max_tokens"),
        (100, None, "you requested 101 tokens (100 in the prompt, 1 in the completion)", "input_tokens"),
        (101, 5, "you requested at least 106 tokens (at least 101 in the prompt, 5 in", "input_tokens"),
    ],
)
def test_what_does_not_fit_is_refused(prompt: int, max_tokens: int | None, numbers: str, param: str) -> None:
    with pytest.raises(ProblemError) as problem:
        room([0] * prompt, max_tokens, 100)
    assert numbers in problem.value.message
    assert (problem.value.status, problem.value.param) == (400, param)


def test_a_text_that_cannot_fit_is_refused_before_it_is_encoded() -> None:
    check_characters(100 * TOKENIZER.longest, TOKENIZER, 100)
    with pytest.raises(ProblemError) as problem:
        check_characters(100 * TOKENIZER.longest + 1, TOKENIZER, 100)
    most = 100 * TOKENIZER.longest
    assert problem.value.message == (
        f"This model's maximum context length is 100 tokens, at most {most} characters. However, the prompt has"
        f" {most + 1} characters. Please shorten the prompt."
    )


def test_only_tokens_of_the_vocabulary_are_tokens() -> None:
    check_known([0, TOKENIZER.size - 1], TOKENIZER)
    with pytest.raises(ProblemError, match=r"^token 4096 is not in the vocabulary, which has 4096$"):
        check_known([0, 4096, 1], TOKENIZER)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}}],
            "messages[0].content[1] is 'image_url' without a text: this model reads text only",
        ),
        (
            [{"type": "input_audio", "text": "a"}],
            "messages[0].content[0] is 'input_audio' without a text: this model reads text only",
        ),
        ([{"type": "text"}], "messages[0].content[0] is 'text' without a text: this model reads text only"),
        (None, "a message of the user needs a content"),
    ],
)
def test_a_message_that_is_no_text_is_refused(content: object, message: str) -> None:
    with pytest.raises(ProblemError) as problem:
        check_parts(messages({"role": "user", "content": content}))
    assert problem.value.message == message


def test_tools_are_told_as_json() -> None:
    told = {"name": "f", "description": "é", "parameters": {"type": "object"}}
    assert json.loads(tools_text([Tool.model_validate({"function": told})])) == [told]
    assert tools_text(None) == ""
