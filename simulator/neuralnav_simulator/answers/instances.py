"""Values that meet a JSON schema, by a seed: made from what the schema says, and proven before they are shown.

A value is made for several schemas at once, all to be met: a schema's own keywords, what it refers to, its `allOf`, and
the way taken of each `anyOf`. Where keywords only exclude (`not`, `oneOf`), values are tried.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import inf
from typing import Any

from neuralnav_simulator.answers.asked import BeyondError, Json
from neuralnav_simulator.answers.dice import Dice
from neuralnav_simulator.answers.keywords import (
    DEPENDENT,
    dependent_of,
    forks_of,
    highest,
    item_of,
    lowest,
    only_told,
    prefix_of,
    property_of,
    required_of,
    same,
    wanted_of,
)
from neuralnav_simulator.answers.numbers import number
from neuralnav_simulator.answers.patterns import PatternError, searched
from neuralnav_simulator.answers.schemas import REFERENCES, Reading, Schema, read_schema
from neuralnav_simulator.answers.strings import TRIES, formatted, matching
from neuralnav_simulator.answers.work import begin, spend

STEPS = 5_000
"""Parts that are visited for one value before it is given up: 0.2 s."""

WAY = 10
"""Units of work of one schema on one way through the whole."""

AGAIN = 8
"""Values that are tried of a part with keywords that only exclude."""

ROUNDS = 6
DEEP = 4
MANY = 150
"""Nested deeper than this, or after so many parts, only what must be there is."""

LARGEST = 100_000
"""Characters of a text, or members of a list, that are made at most."""

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

SIMPLE = ("string", "integer", "number", "boolean", "null")

HINTS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"),
    "array": ("items", "prefixItems", "minItems", "contains", "uniqueItems", "maxItems"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
"""What a schema without a type speaks of."""

Words = Callable[[int], str]


class _DeadEndError(Exception):
    """No value here; another way may have one."""


def instance(schema: Json, seed: int, words: Callable[[Dice, int], str]) -> Any:
    """Return a value that meets a schema. Raises BeyondError if none is found, with the reason of the last try.

    `words(dice, n)` are n words of prose.
    """
    reading = read_schema(schema)
    begin()
    if reading.height(reading.root) == inf:
        raise BeyondError("nothing that ends meets the schema: it asks for itself without a way out")
    try:
        return _proven(reading, seed, words)
    except PatternError as broken:
        raise BeyondError(f"a pattern of the schema is not followed: {broken}") from broken
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as broken:
        # Keywords of another draft than the schema's own are not checked by it: they may hold anything.
        raise BeyondError(f"the schema is not understood: {broken}") from broken


def _proven(reading: Reading, seed: int, words: Callable[[Dice, int], str]) -> Any:
    steps = [STEPS]
    reason = "no way through it was found"
    for attempt in range(ROUNDS):
        dice = Dice(seed, attempt)
        maker = _Maker(reading, dice, partial(words, dice), steps, spare=attempt >= ROUNDS // 2)
        try:
            value = maker.made((reading.root,), 0)
        except _DeadEndError as dead:
            reason = str(dead) or reason
            continue
        if reading.holds(value, reading.root):
            return value
        reason = reading.why_not(value)
    raise BeyondError(f"nothing was found that meets the schema: {reason}")


class _Maker:
    """Makes one value; `spare` makes the least that will do."""

    def __init__(self, reading: Reading, dice: Dice, words: Words, steps: list[int], *, spare: bool) -> None:
        self._reading = reading
        self._dice = dice
        self._words = words
        self._steps = steps
        self._spare = spare
        self._visited = 0

    def made(self, schemas: Sequence[Schema], depth: int) -> Any:
        """Return a value that is likely to meet all schemas. Raises _DeadEndError."""
        self._visited += 1
        self._step()
        reason = "a part of it allows nothing"
        for ways in self._ways(list(schemas), depth):
            spend(WAY * (1 + len(ways)))
            try:
                value = self._value(ways, depth)
            except _DeadEndError as dead:
                reason = str(dead) or reason
                continue
            if not only_told(ways) and not all(self._reading.holds(value, schema) for schema in schemas):
                reason = "what was tried of a part was refused by its other keywords"
                continue
            return value
        raise _DeadEndError(reason)

    def _step(self) -> None:
        self._steps[0] -= 1
        if self._steps[0] < 0:
            raise BeyondError(f"nothing was found that meets the schema: {STEPS} steps were not enough")

    def _short(self, depth: int) -> bool:
        return self._spare or depth > DEEP or self._visited > MANY

    def _ways(self, schemas: list[Schema], depth: int, *, again: bool = False) -> Iterator[list[dict[str, Any]]]:
        """Yield the lists of plain schemas, whatever they refer to included, of which one is to be met."""
        flat: list[dict[str, Any]] = []
        forks: list[list[list[Schema]]] = []
        seen: set[int] = set()
        while schemas:
            schema = schemas.pop()
            if schema is False:
                raise _DeadEndError("a part of it is false")
            if schema is True or id(schema) in seen:
                continue
            seen.add(id(schema))
            flat.append(schema)
            schemas += [self._reading.targets[schema[key]] for key in REFERENCES if isinstance(schema.get(key), str)]
            schemas += schema.get("allOf", ())
            forks += forks_of(schema)
        if not forks:
            for _ in range(AGAIN if again or not only_told(flat) else 1):
                yield flat
            return
        others: list[Schema] = [{"anyOf": [{"allOf": way} for way in fork]} for fork in forks[1:]]
        for way in self._ordered(forks[0], depth):
            self._step()
            spend(WAY * len(forks))
            try:
                for below in self._ways([*way, *others], depth, again=again or not only_told(flat)):
                    spend(len(flat) + len(below))
                    yield flat + below
            except _DeadEndError:
                continue

    def _ordered(self, fork: list[list[Schema]], depth: int) -> list[list[Schema]]:
        ways = self._dice.shuffled(fork)
        heights = {id(way): max(map(self._reading.height, way), default=0.0) for way in ways}
        ways = [way for way in ways if heights[id(way)] < inf]
        if self._short(depth):
            ways.sort(key=lambda way: heights[id(way)])
        return ways

    def _value(self, flat: list[dict[str, Any]], depth: int) -> Any:
        for schema in flat:
            if "const" in schema:
                return self._first([schema["const"]], flat)
            if "enum" in schema:
                return self._first(self._dice.shuffled(schema["enum"]), flat)
        reason = "its types exclude each other"
        for kind in self._types(flat, depth):
            try:
                return self._of_type(kind, flat, depth)
            except _DeadEndError as dead:
                reason = str(dead)
        raise _DeadEndError(reason)

    def _first(self, values: Sequence[Any], flat: list[dict[str, Any]]) -> Any:
        for value in values:
            if all(self._reading.holds(value, schema) for schema in flat):
                return value
        raise _DeadEndError("no value of an enum meets the rest")

    def _types(self, flat: list[dict[str, Any]], depth: int) -> list[str]:
        allowed = list(TYPES)
        told = False
        for schema in flat:
            if "type" in schema:
                told = True
                types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
                allowed = [kind for kind in allowed if kind in types or (kind == "integer" and "number" in types)]
        if "number" in allowed and "integer" in allowed:
            allowed.remove("integer")
        if not told:
            hinted = [kind for kind, keys in HINTS.items() if any(key in schema for key in keys for schema in flat)]
            first = [*hinted, "string"] if self._dice.happens(40) else hinted
            return list(dict.fromkeys([*first, *self._dice.shuffled(SIMPLE)]))
        order = self._dice.shuffled([kind for kind in allowed if kind != "null"])
        if self._short(depth):
            order.sort(key=lambda kind: kind in ("object", "array"))
        return order if "null" not in allowed else ["null", *order] if self._short(depth) else [*order, "null"]

    def _of_type(self, kind: str, flat: list[dict[str, Any]], depth: int) -> Any:
        match kind:
            case "object":
                return self._object(flat, depth)
            case "array":
                return self._array(flat, depth)
            case "string":
                return self._string(flat)
            case "boolean":
                return self._dice.happens(50)
            case "null":
                return None
            case _:
                made = number(flat, self._dice, whole=kind == "integer")
                if made is None:
                    raise _DeadEndError("no number is in its range")
                return made

    def _string(self, flat: list[dict[str, Any]]) -> str:
        least = highest(flat, "minLength", 0)
        most = lowest(flat, "maxLength", inf)
        _reachable("minLength", least, most)
        spend(least)
        patterns = [schema["pattern"] for schema in flat if "pattern" in schema]
        formats = [schema["format"] for schema in flat if isinstance(schema.get("format"), str)]
        for attempt in range(TRIES):
            text = self._text(patterns, formats, least, most, attempt)
            if not least <= len(text) <= most or not all(searched(pattern, text) for pattern in patterns):
                continue
            if not (patterns and formats) or all(self._reading.holds(text, {"format": name}) for name in formats):
                return text
        raise _DeadEndError(f"no text was found for the patterns {patterns} in {least} to {most} characters")

    def _text(self, patterns: list[str], formats: list[str], least: int, most: float, attempt: int) -> str:
        made = formatted(formats[attempt % len(formats)], self._dice, self._words, least=least) if formats else None
        if made is not None and (not patterns or attempt % 2 == 0):
            return made
        if patterns:
            pattern = patterns[attempt % len(patterns)]
            text = matching(pattern, self._dice, least=least, most=most, attempt=attempt // 2 if formats else attempt)
            return text + (made or "")[len(text) :] if attempt % 4 == 1 else text
        text = self._words(1 if self._spare else self._dice.between(1, 8))
        while len(text) < least:
            text += " " + self._words(1 + (least - len(text)) // 8)
        text = text[: int(min(most, max(least, len(text))))]
        return text if text == text.strip() else text.strip() + "." * (len(text) - len(text.strip()))

    def _array(self, flat: list[dict[str, Any]], depth: int) -> list[Any]:
        least, most = highest(flat, "minItems", 0), lowest(flat, "maxItems", inf)
        fixed = max((len(prefix_of(schema)) for schema in flat), default=0)
        contains = wanted_of(flat, most)
        needed = max((end for _, end, _ in contains), default=0)
        least = max(least, needed)
        _reachable("minItems", least, most)
        count = least if self._short(depth) else int(min(most, max(least + self._dice.below(3), fixed, 1)))
        before = fixed if count - fixed >= needed else 0
        unique = any(schema.get("uniqueItems") is True for schema in flat)
        values: list[Any] = []
        for index in range(count):
            schemas = [item for schema in flat for item in item_of(schema, index)]
            schemas += [part for begin, end, part in contains if begin <= index - before < end]
            try:
                values.append(self._other(schemas, depth + 1, values if unique else []))
            except _DeadEndError:
                if index < least:
                    raise
                break
        return values

    def _other(self, schemas: Sequence[Schema], depth: int, values: list[Any]) -> Any:
        """Return a value that is none of some."""
        for _ in range(TRIES if values else 1):
            value = self.made(schemas, depth)
            spend(len(values))
            if not any(same(value, other) for other in values):
                return value
        raise _DeadEndError("too few different values were found for uniqueItems")

    def _object(self, flat: list[dict[str, Any]], depth: int) -> dict[str, Any]:
        least, most = highest(flat, "minProperties", 0), lowest(flat, "maxProperties", inf)
        _reachable("minProperties", least, most)
        required = required_of(flat)
        dependent = dependent_of(flat, required)
        if dependent:
            for ways in self._ways([*flat, *dependent], depth):
                return self._object(ways, depth)
        if len(required) > most:
            raise _DeadEndError("more properties are required than allowed")
        value: dict[str, Any] = {}
        told = list(dict.fromkeys(name for schema in flat for name in schema.get("properties", {})))
        for name in [*told, *sorted(required - set(told))]:
            must = name in required
            if must or (len(value) + len(required - set(value)) < most and self._wanted(name, flat, depth)):
                self._put(value, name, flat, depth, must=must)
        for name in told:
            brought = required_of([*flat, {"required": [name]}]) - set(value) if len(value) < least else set()
            for other in sorted(brought):
                self._put(value, other, flat, depth, must=False)
        self._more(value, flat, depth, least, most)
        return value

    def _put(self, value: dict[str, Any], name: str, flat: list[dict[str, Any]], depth: int, *, must: bool) -> None:
        try:
            value[name] = self.made(property_of(name, flat), depth + 1)
        except _DeadEndError:
            if must:
                raise

    def _wanted(self, name: str, flat: list[dict[str, Any]], depth: int) -> bool:
        if any(name in schema.get(key, {}) for schema in flat for key in DEPENDENT):
            return False
        if any(self._reading.height(schema) == inf for schema in property_of(name, flat)):
            return False
        return not self._short(depth) and self._dice.happens(75)

    def _more(self, value: dict[str, Any], flat: list[dict[str, Any]], depth: int, least: int, most: float) -> None:
        """Add properties of other names: as many as must be, or some where a schema names none but tells of them."""
        told = any(schema.get("properties") or schema.get("required") for schema in flat)
        closed = any(schema.get("properties") == {} for schema in flat)
        free = not (told or closed or self._short(depth)) and depth < 2
        count = max(least, int(min(most, self._dice.between(1, 3)))) if free else least
        rules = [schema["propertyNames"] for schema in flat if "propertyNames" in schema]
        patterns = [pattern for schema in flat for pattern in schema.get("patternProperties", {})]
        for attempt in range(2 * count + TRIES if count else 0):
            if len(value) >= count:
                return
            spend(WAY + attempt)
            if rules:
                name = self.made([{"type": "string"}, *rules], depth + 1)
            elif patterns and attempt % 2 == 0:
                name = matching(self._dice.pick(patterns), self._dice, least=0, most=inf, attempt=attempt // 2)
                name += self._words(1) if attempt % 4 else ""
            else:
                name = self._words(1 + attempt // 8).replace(" ", "_")
            if name not in value:
                self._put(value, name, flat, depth, must=False)
        if len(value) < least:
            raise _DeadEndError("too few properties were found for minProperties")


def _reachable(key: str, least: int, most: float) -> None:
    if least > LARGEST:
        raise BeyondError(f"the schema has {key} {least}: more than {LARGEST} are not made")
    if least > most:
        raise _DeadEndError(f"{key} {least} is more than the most, {most:g}")
