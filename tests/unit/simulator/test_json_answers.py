import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from neuralnav_simulator.answers import Answer, Asked, BeyondError, Function, Json, answer
from neuralnav_simulator.answers.dice import Dice
from neuralnav_simulator.answers.numbers import number
from neuralnav_simulator.tokens import load_tokenizer

from neuralnav.serving.lengths import fixed

TOKENIZER = load_tokenizer()


def answered(schema: Json, *, seed: int = 0, room: int = 100_000, **more: Any) -> Answer:
    return answer(Asked(seed=seed, room=room, schema=schema, **more), fixed(60), TOKENIZER)


def value(said: Answer) -> Any:
    return json.loads("".join(said.pieces))


def chain(leaf: Json) -> dict[str, Any]:
    """Return definitions of which each asks twice for the next: 2 to the 40 ways in all."""
    links = {f"a{i}": {"anyOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2} for i in range(40)}
    return {**links, "a40": leaf}


NODE: Json = {
    "type": "object",
    "properties": {
        "value": {"type": "number"},
        "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
        "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    },
    "required": ["value", "next", "kids"],
    "additionalProperties": False,
}

MET: list[Json] = [
    {"$ref": "#/$defs/b", "$defs": {"a": {"required": ["x"]}, "b": {"$ref": "#/$defs/a"}}},
    {"$ref": "#/$defs/a~1b~0c%20d", "$defs": {"a/b~c d": {"type": "integer"}}},
    {"type": "string", "pattern": "^(?:[a-z0-9]+-)*[a-z0-9]+$", "minLength": 20, "maxLength": 20},
    {"type": "string", "pattern": "^[a-z]+$", "format": "hostname"},
    {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 1},
    {"type": "number", "minimum": 0.125, "maximum": 0.125},
    {"type": "integer", "multipleOf": 1.5, "minimum": -7, "exclusiveMaximum": 0},
    {"type": "integer", "not": {"enum": [0]}, "minimum": 0, "maximum": 1},
    {"not": {"type": "string"}},
    {"type": "number", "multipleOf": 0.1, "minimum": -9.5, "exclusiveMaximum": -6.5},
    {"type": "string", "format": "email", "minLength": 40, "maxLength": 40},
    {"type": "string", "format": "hostname", "maxLength": 10},
    {"type": "string", "format": "date", "pattern": "^2024-"},
    {"type": "array", "contains": {"const": 1}, "allOf": [{"contains": {"const": 2}}]},
    {"type": "array", "prefixItems": [{"const": 1}], "contains": {"const": 2}},
    {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    {"type": ["string", "null"], "maxLength": 3},
    {"type": "array", "items": {"enum": [1, 2, 3, 4]}, "minItems": 4, "uniqueItems": True},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    {"type": "array", "contains": {"const": 5}, "minContains": 2, "maxContains": 2, "items": {"type": "integer"}},
    {
        "type": "object",
        "patternProperties": {"^S_": {"type": "string"}},
        "additionalProperties": False,
        "minProperties": 2,
    },
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 3, "maxProperties": 3},
    {"type": "object", "propertyNames": {"pattern": "^[A-Z]{3}$"}, "minProperties": 2},
    {"type": "object", "dependentRequired": {"a": ["b"], "b": ["c"]}, "required": ["a"]},
    {"dependentSchemas": {"a": {"required": ["c"], "properties": {"c": {"type": "integer"}}}}, "required": ["a"]},
    {"properties": {"a": {"type": "integer"}}, "unevaluatedProperties": False, "required": ["a"]},
    {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"const": "\u6f22"}}, "required": ["b"]}]},
    {
        "type": "object",
        "properties": {"k": {"enum": ["a", "b"]}, "x": {"type": "integer"}, "y": {"type": "string"}},
        "required": ["k"],
        "if": {"properties": {"k": {"const": "a"}}},
        "then": {"required": ["x"]},
        "else": {"required": ["y"]},
    },
    {"$defs": {"node": NODE}, "$ref": "#/$defs/node"},
    {"$defs": {"it": {"$anchor": "there", "const": [1]}}, "$ref": "#there"},
    {"anyOf": [{"$ref": "#/$defs/a0"}], "$defs": chain({"type": "string"})},
    {"$id": "https://example.com/a", "$ref": "https://example.com/a#/$defs/b%25", "$defs": {"b%": {"const": 1}}},
    *({"type": "string", "format": name} for name in ("date", "date-time", "time", "email", "uuid", "uri", "ipv6")),
]


@pytest.mark.parametrize("schema", MET, ids=lambda schema: json.dumps(schema)[:60])
def test_answers_meet_their_schema(schema: Json) -> None:
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for seed in range(6):
        said = answered(schema, seed=seed)
        assert said.finish == "stop"
        validator.validate(value(said))


def test_seeds_differ_and_repeat() -> None:
    texts = {seed: "".join(answered({"type": "string"}, seed=seed).pieces) for seed in range(5)}
    assert len(set(texts.values())) == 5
    assert texts[3] == "".join(answered({"type": "string"}, seed=3).pieces)


def test_any_object_is_about_as_long_as_drawn() -> None:
    for seed in range(5):
        said = answered({}, seed=seed)
        assert isinstance(value(said), dict)
        assert len(said.tokens) in range(40, 100)


def test_the_room_cuts_and_what_is_asked_for_beyond_is_blank() -> None:
    schema = {"const": {"name": "a plan"}}
    whole = answered(schema)
    cut = answered(schema, room=3)
    assert (cut.tokens, cut.finish) == (whole.tokens[:3], "length")
    filled = answered(schema, room=50, ignore_eos=True)
    assert (len(filled.tokens), filled.finish, value(filled)) == (50, "length", {"name": "a plan"})
    longer = answered(schema, room=50, min_tokens=20)
    assert (len(longer.tokens), longer.finish, value(longer)) == (20, "stop", {"name": "a plan"})
    stopped = answered(schema, stop=("plan",))
    assert (stopped.finish, stopped.stop_reason) == ("stop", "plan")
    assert "".join(stopped.pieces).endswith("a ")


BEYOND: list[tuple[Json, str]] = [
    (
        {"$ref": "http://example.com/x"},
        "$.$ref is 'http://example.com/x': references outside the schema are not followed",
    ),
    ({"$ref": "#/$defs/a"}, "$.$ref is '#/$defs/a': no schema is there"),
    ({"$ref": "#"}, "nothing that ends meets the schema: it asks for itself without a way out"),
    (
        {"required": ["a"], "properties": {"a": {"$ref": "#"}}},
        "nothing that ends meets the schema: it asks for itself without a way out",
    ),
    (
        {"type": "nope"},
        "the schema is invalid at $.type: 'nope' is not valid under any of the given schemas",
    ),
    ({"pattern": "(a"}, "$.pattern is '(a': missing ), unterminated subpattern at position 0"),
    ({"properties": {"a": {"pattern": "(?i)a"}}}, "$.properties.a.pattern is '(?i)a': flags are not followed"),
    ({"enum": [1], "type": "string"}, "nothing was found that meets the schema: no value of an enum meets the rest"),
    (
        {"type": "string", "minLength": 5, "maxLength": 3},
        "nothing was found that meets the schema: minLength 5 is more than the most, 3",
    ),
    (
        {"type": "integer", "minimum": 5, "maximum": 3},
        "nothing was found that meets the schema: no number is in its range",
    ),
    (
        {"const": "a" * 40 + "!", "pattern": "^(a+)+$"},
        "nothing was found that meets the schema: no value of an enum meets the rest",
    ),
    ({"type": "array", "minItems": 10**7}, "the schema has minItems 10000000: more than 100000 are not made"),
    ({"enum": list(range(5001))}, "the schema is too large: more than 5000 values"),
    ({"const": float("inf")}, "the schema holds a number that is not finite"),
    ({"$schema": 5}, "the schema is invalid at $.$schema: it is no text"),
]


@pytest.mark.parametrize(("schema", "message"), BEYOND, ids=[message[:50] for _, message in BEYOND])
def test_what_cannot_be_met_is_said(schema: Json, message: str) -> None:
    with pytest.raises(BeyondError) as beyond:
        answered(schema)
    assert str(beyond.value) == message


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"$ref": "#/$defs/a0"}], "$defs": chain({"type": "string", "enum": [5]})},
        {"not": {"$ref": "#/$defs/a0"}, "$defs": chain({"type": "string", "enum": [5]}), "enum": [5, "a"]},
    ],
)
def test_a_schema_of_too_many_ways_is_given_up(schema: Json) -> None:
    with pytest.raises(BeyondError) as beyond:
        answered(schema)
    assert str(beyond.value) == "the schema takes too long to follow"


LETTERS = {"type": "string", "minLength": 50_000}
HUGE: list[tuple[Json, str]] = [
    (
        {"type": "string", "pattern": "((x{1000}){1000}){1000}"},
        "$.pattern is '((x{1000}){1000}){1000}': it repeats too much: more than 20000 parts",
    ),
    (
        {"patternProperties": {"(){1000000000}": {}}, "minProperties": 1},
        "$.patternProperties is '(){1000000000}': it repeats too much: more than 20000 parts",
    ),
    ({"type": "array", "minItems": 4000, "items": LETTERS}, "the schema takes too long to follow"),
    ({"type": "object", "minProperties": 100_000}, "the schema takes too long to follow"),
    (
        {"$defs": {f"a{i}": {"$ref": f"#/$defs/a{i - 1}"} if i else {"const": 1} for i in range(1000)}},
        "the schema refers to itself in too many steps",
    ),
    ({"const": "x" * 250_000}, "the schema is too large: more than 250000 characters"),
]


@pytest.mark.parametrize(("schema", "message"), HUGE, ids=[message[:60] for _, message in HUGE])
def test_a_small_schema_of_a_huge_answer_is_refused_soon(schema: Json, message: str) -> None:
    with pytest.raises(BeyondError) as beyond:
        answered(schema)
    assert str(beyond.value) == message


def test_answers_at_the_same_time_share_no_limit() -> None:
    """A schema is read once; each of those who are answered by it has all of the work before it."""
    either = {"oneOf": [{"type": "integer"}, {"const": "a"}]}
    schema: Json = {"type": "array", "minItems": 900, "maxItems": 900, "items": either}
    alone = answered(schema)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: answered(schema), range(16)))
    assert together == [alone] * 16


def test_a_schema_nested_too_deep_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(61):
        schema = {"items": schema}
    with pytest.raises(BeyondError) as beyond:
        answered(schema)
    assert str(beyond.value) == "the schema is nested too deep: more than 60 levels"


def test_the_first_function_is_called() -> None:
    weather = Function(
        "weather",
        {"type": "object", "properties": {"city": {"enum": ["Bonn"]}}, "required": ["city"]},
    )
    said = answer(Asked(seed=1, room=100, functions=(weather, Function("other", {}))), fixed(5), TOKENIZER)
    assert (said.function, said.finish, value(said)) == ("weather", "tool_calls", {"city": "Bonn"})
    none = answer(Asked(seed=1, room=100, functions=(Function("now", {}),)), fixed(5), TOKENIZER)
    assert (none.function, none.pieces) == ("now", ("{", "}"))
    cut = answer(Asked(seed=1, room=2, functions=(weather,)), fixed(5), TOKENIZER)
    assert (cut.function, cut.finish, len(cut.tokens)) == ("weather", "length", 2)


def test_ends_that_are_excluded_are_not_made() -> None:
    ends = [{"exclusiveMinimum": 5}, {"exclusiveMaximum": 7}]
    assert {number(ends, Dice(seed), whole=True) for seed in range(9)} == {6}
    assert number([*ends, {"exclusiveMaximum": 6}], Dice(0), whole=True) is None


def test_a_function_that_takes_no_object_is_beyond() -> None:
    for parameters, message in (
        ({"type": "string"}, "the parameters of function 'f' are no object"),
        ({"type": "nope"}, "the parameters of function 'f': the schema is invalid at $.type: "),
    ):
        with pytest.raises(BeyondError) as beyond:
            answer(Asked(seed=1, room=9, functions=(Function("f", parameters),)), fixed(5), TOKENIZER)
        assert str(beyond.value).startswith(message)


def test_half_a_surrogate_pair_of_a_schema_is_escaped() -> None:
    said = answered({"const": "\ud800"})
    assert "".join(said.pieces) == '"\\ud800"'


def test_a_prose_needs_no_library_of_schemas() -> None:
    code = (
        "import sys; from neuralnav_simulator.answers import *; from neuralnav.serving.lengths import fixed;"
        "from neuralnav_simulator.tokens import load_tokenizer;"
        "answer(Asked(seed=1, room=5), fixed(5), load_tokenizer());"
        "print(sorted({'jsonschema', 'pyarrow', 'rich', 'importlib.resources'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
