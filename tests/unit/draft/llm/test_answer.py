"""The schema of an answer is committed, names every field of a draft, and is plain enough for grammars."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from llm_answers import answered

from neuralnav.draft.llm.answer import PROMPTS, VERSION, UseCaseId, parse_answer, schema, schema_text
from neuralnav.draft.llm.port import NoAnswer
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import FIELDS

UNDERSTOOD = {
    "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "minLength", "maxLength",
    "minItems", "maxItems",
}  # fmt: skip
"""What the grammars of llama.cpp and of vLLM's xgrammar are made from."""


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in a schema."""
    if isinstance(node, dict):
        yield node
        below = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
        for part in [*below, *([node["items"]] if "items" in node else [])]:
            yield from parts(part)


def test_the_committed_schema_is_what_the_types_say() -> None:
    path = PROMPTS / f"{VERSION}.schema.json"
    assert path.read_bytes() == schema_text().encode(), "run `uv run python -m tests.tools.write_draft_schema`"


def test_a_schema_is_valid_and_holds_just_what_grammars_understand() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert {key for part in parts(schema()) for key in part} == UNDERSTOOD


def test_every_text_and_list_is_bounded_and_every_property_required() -> None:
    for part in parts(schema()):
        if part.get("type") == "string":
            assert "maxLength" in part or "enum" in part
        if part.get("type") == "array":
            assert "maxItems" in part
        if part.get("type") == "object":
            assert (part["required"], part["additionalProperties"]) == (list(part["properties"]), False)


def test_the_quote_stands_before_the_value() -> None:
    (item,) = [part for part in parts(schema()) if "anyOf" in part]
    assert {tuple(each["properties"]) for each in item["anyOf"]} == {("field", "quote", "value")}


def test_each_field_of_a_draft_can_be_answered_once() -> None:
    (item,) = [part for part in parts(schema()) if "anyOf" in part]
    named = [name for each in item["anyOf"] for name in each["properties"]["field"]["enum"]]
    assert sorted(named) == sorted(FIELDS)


def test_each_field_of_a_draft_is_explained_in_the_prompt() -> None:
    prompt = (PROMPTS / f"{VERSION}.md").read_text(encoding="utf-8")
    told = prompt.partition("Fields and how")[2].partition("Example.")[0]
    for name in FIELDS:
        last = name.rpartition(".")[2]
        assert name in told or f".{last}" in told, name


def test_each_use_case_of_the_catalog_can_be_answered() -> None:
    assert set(UseCaseId.__args__) == {*load_catalog().use_cases, "custom"}  # type: ignore[attr-defined]  # of a Literal


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here you are: {} Anything else?", "\ufeff{}"])
def test_what_a_model_puts_around_its_answer_is_left_out(around: str) -> None:
    told = '{"findings": [{"field": "traffic.users", "quote": "5", "value": 5}], "unplaced": [], "questions": []}'
    assert parse_answer(around.replace("{}", told)) == answered(("traffic.users", 5, "5"))


def test_a_line_break_within_a_text_is_taken() -> None:
    told = (
        '{"findings": [{"field": "traffic.users", "quote": "5\nusers", "value": 5}], "unplaced": [], "questions": []}'
    )
    assert parse_answer(told) == answered(("traffic.users", 5, "5\nusers"))


@pytest.mark.parametrize(
    ("told", "kind", "said"),
    [
        ("", "not json", "the answer is not JSON"),
        ("I cannot help with that.", "not json", "the answer is not JSON"),
        ('{"findings": [}', "not json", "the answer is not JSON"),
        (
            '{"findings": [], "unplaced": ["\ud800"]}', "wrong shape",
            "the answer is JSON of another shape: the whole of it: a text that is none",
        ),
        ('{"findings": [' + "9" * 5000 + "]}", "not json", "the answer is not JSON"),
        ("{" * 5000 + "}" * 5000, "not json", "the answer is not JSON"),
        ("{}", "wrong shape", "the answer is JSON of another shape: findings: field required"),
        ('["findings"]', "not json", "the answer is not JSON"),
        (
            '{"findings": [], "unplaced": [], "questions": [], "\\u001b[31m": 1}', "wrong shape",
            "the answer is JSON of another shape: [31m: extra inputs are not permitted",
        ),
        (
            '{"findings": [{"field": "spec.root", "quote": "a", "value": 1}], "unplaced": [], "questions": []}',
            "wrong shape", "the answer is JSON of another shape: findings.0: no such field",
        ),
        (
            '{"findings": [{"field": "traffic.users", "quote": "a", "value": "5"}], "unplaced": [], "questions": []}',
            "wrong shape",
            "the answer is JSON of another shape: findings.0.traffic.users.value: input should be a valid number",
        ),
        (
            '{"findings": [{"field": "traffic.users", "quote": "", "value": 5}], "unplaced": [], "questions": []}',
            "wrong shape",
            "the answer is JSON of another shape: findings.0.traffic.users.quote: string should have at least 1 character",  # noqa: E501
        ),
        (
            '{"findings": [{"field": "traffic.users", "quote": "a", "value": NaN}], "unplaced": [], "questions": []}',
            "wrong shape",
            "the answer is JSON of another shape: findings.0.traffic.users.value: input should be a finite number",
        ),
    ],
)  # fmt: skip
def test_an_answer_of_another_kind_is_none(told: str, kind: str, said: str) -> None:
    with pytest.raises(NoAnswer) as raised:
        parse_answer(told)
    assert (raised.value.kind, str(raised.value)) == (kind, said)
