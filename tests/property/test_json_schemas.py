"""What the simulator answers meets the schema that was asked for, as `jsonschema` reads it, without our matcher."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from met_schemas import schemas
from neuralnav_simulator.answers import Asked, answer
from neuralnav_simulator.tokens import load_tokenizer

from neuralnav.serving.lengths import fixed

TOKENIZER = load_tokenizer()


@given(schemas(), st.integers(0, 2**64))
@settings(max_examples=80, deadline=None)
def test_whatever_can_be_met_is(schema: dict[str, Any], seed: int) -> None:
    said = answer(Asked(seed=seed, room=10**6, schema=schema or {"title": "any"}), fixed(20), TOKENIZER)
    value = json.loads("".join(said.pieces))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
