"""Answers in JSON: the text of a value that meets a schema, spaced as models space it."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from neuralnav_simulator.answers.asked import BeyondError, Function, Json
from neuralnav_simulator.answers.dice import Dice
from neuralnav_simulator.answers.instances import instance
from neuralnav_simulator.answers.schemas import warm
from neuralnav_simulator.tokens import Tokenizer

__all__ = ["arguments", "document", "warm"]

LAYOUTS: tuple[dict[str, Any], ...] = (
    {"separators": (",", ":")},
    {"separators": (", ", ": ")},
    {"indent": 2},
)


NOTHING: Json = {"type": "object", "properties": {}}
"""The arguments of a function that tells of none."""


def document(schema: Json, seed: int, length: int, tokenizer: Tokenizer) -> str:
    """Return JSON that meets a schema; {} is met by an object, of about `length` tokens. Raises BeyondError."""
    said = partial(_said, tokenizer)
    return _text(instance(schema, seed, said) if schema else _object(Dice(seed), length, said), seed)


def arguments(function: Function, seed: int, tokenizer: Tokenizer) -> str:
    """Return the arguments of a call, an object. Raises BeyondError."""
    schema = function.parameters or NOTHING
    try:
        value = instance(schema, seed, partial(_said, tokenizer))
    except BeyondError as beyond:
        raise BeyondError(f"the parameters of function {function.name!r}: {beyond}") from beyond
    if not isinstance(value, dict):
        raise BeyondError(f"the parameters of function {function.name!r} are no object")
    return _text(value, seed)


def _said(tokenizer: Tokenizer, dice: Dice, count: int) -> str:
    return "".join([tokenizer.piece(dice.pick(tokenizer.words)) for _ in range(count)]).lstrip()


def _object(dice: Dice, length: int, said: Callable[[Dice, int], str]) -> dict[str, str]:
    """Return an object of so many tokens, more or less: a name and a text of some words each."""
    value: dict[str, str] = {}
    left = length - 2
    while left > 0:
        count = min(dice.between(1, 8), max(1, left - 6))
        value[said(dice, 1)] = said(dice, count)
        left -= count + 6
    return value


def _text(value: Any, seed: int) -> str:
    layout = Dice(seed, len(LAYOUTS)).pick(LAYOUTS)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, **layout)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, from a schema's own values
        return json.dumps(value, allow_nan=False, **layout)
    return text
