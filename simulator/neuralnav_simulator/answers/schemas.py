"""JSON schemas as clients give them: read once, and what is answered is proven against them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite
from typing import Any
from urllib.parse import unquote

from neuralnav_simulator.answers.asked import BeyondError, Json
from neuralnav_simulator.answers.patterns import PatternError, parsed, searched
from neuralnav_simulator.answers.work import spend

NODES = 5_000
"""Values in a schema, all counted; pydantic writes some ten a field."""

LONGEST = 250_000
"""Characters of a schema that is read, for the last of them are kept."""

DEPTH = 60
PASSES = 100_000
"""Parts looked at until it is known which of them end."""

PROOF = 150
RULE = 40
"""Units of work of one proof, and of each keyword that it looks at where that is a reference."""

Schema = dict[str, Any] | bool

DATA = frozenset({"const", "enum", "default", "examples", "example"})
"""Keywords whose values are data, not schemas."""

NAMED = (".properties", ".$defs", ".definitions", ".patternProperties", ".dependentSchemas")
"""Keywords whose values are schemas by names of the client's."""

ANCHORS = ("$anchor", "$dynamicAnchor")
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A schema that was read: `holds(value, schema)` proves a value against a part of it, `root` if none is given.

    `heights[id(part)]` is how deep the shallowest value of a part is nested, infinite if none ends; `targets` are
    the parts that references name. A proof is work (`work.spend`), so it may raise BeyondError.
    """

    root: Schema
    holds: Callable[[Any, Schema], bool]
    why_not: Callable[[Any], str]
    heights: dict[int, float]
    targets: dict[str, Schema]

    def height(self, part: Schema) -> float:
        """Return how deep the shallowest value of a part is nested."""
        if isinstance(part, bool):
            return 0.0 if part else inf
        return self.heights.get(id(part), 0.0)


def read_schema(schema: Json) -> Reading:
    """Return a schema, read. Raises BeyondError for one that is invalid, too large, or refers to another."""
    _bounded(schema)
    try:
        text = json.dumps(schema)
    except (TypeError, ValueError, RecursionError) as broken:
        raise BeyondError(f"the schema is no JSON value: {broken}") from broken
    if len(text) > LONGEST:
        raise BeyondError(f"the schema is too large: more than {LONGEST} characters")
    return _read(text)


@lru_cache(maxsize=64)
def _read(text: str) -> Reading:
    root: Schema = json.loads(text)
    parts = list(_parts(root, "$"))
    anchors: dict[str, Schema] = {
        part[key]: part for part, _ in parts for key in ANCHORS if isinstance(part.get(key), str)
    }
    targets: dict[str, Schema] = {}
    for part, path in parts:
        _readable(part, path)
        for keyword in REFERENCES:
            if isinstance(part.get(keyword), str):
                targets[part[keyword]] = _followed(root, part[keyword], anchors, f"{path}.{keyword}")
    if {"unevaluatedProperties", "patternProperties"} <= {name for part, _ in parts for name in part}:
        raise BeyondError("the schema has unevaluatedProperties and patternProperties: both at once are not followed")
    holds, why_not = _checked(root)
    return Reading(root, holds, why_not, _heights([part for part, _ in parts], targets), targets)


def _bounded(root: Any) -> None:
    todo = [(root, 0)]
    count = 0
    while todo:
        value, depth = todo.pop()
        count += 1
        if count > NODES:
            raise BeyondError(f"the schema is too large: more than {NODES} values")
        if depth > DEPTH:
            raise BeyondError(f"the schema is nested too deep: more than {DEPTH} levels")
        if isinstance(value, float) and not isfinite(value):
            raise BeyondError("the schema holds a number that is not finite")
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        todo.extend((child, depth + 1) for child in children)


def _parts(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield whatever may be a schema, and where it stands."""
    if isinstance(value, dict):
        yield value, path
        for name, child in value.items():
            if name not in DATA or path.endswith(NAMED):
                yield from _parts(child, f"{path}.{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _parts(child, f"{path}[{index}]")


def _readable(part: dict[str, Any], path: str) -> None:
    """Refuse patterns that are not followed, before anything is tried."""
    patterns = [(part.get("pattern"), f"{path}.pattern")]
    if isinstance(part.get("patternProperties"), dict):
        patterns += [(pattern, f"{path}.patternProperties") for pattern in part["patternProperties"]]
    for pattern, where in patterns:
        if isinstance(pattern, str):
            try:
                parsed(pattern)
            except PatternError as broken:
                raise BeyondError(f"{where} is {_short(repr(pattern))}: {broken}") from broken


def _followed(root: Schema, reference: str, anchors: dict[str, Schema], where: str) -> Schema:
    base, hash_, pointer = reference.partition("#")
    if base and not (isinstance(root, dict) and root.get("$id") == base and hash_):
        raise BeyondError(f"{where} is {reference!r}: references outside the schema are not followed")
    if pointer and not pointer.startswith("/"):
        found: Any = anchors.get(pointer)
    else:
        found = _at(root, pointer.split("/")[1:])
    if not isinstance(found, dict | bool):
        raise BeyondError(f"{where} is {reference!r}: no schema is there")
    return found


def _at(root: Any, steps: list[str]) -> Any:
    found = root
    for step in steps:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(name)] if isinstance(found, list) else found[name]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return found


def _heights(parts: list[dict[str, Any]], targets: dict[str, Schema]) -> dict[int, float]:
    """Return the least height of each part: all begin without one, and get theirs from below until nothing changes."""
    heights: dict[int, float] = {id(part): inf for part in parts}
    changed, looked_at = True, 0
    while changed:
        changed = False
        looked_at += len(parts)
        if looked_at > PASSES:
            raise BeyondError("the schema refers to itself in too many steps")
        for part in reversed(parts):
            height = _height(part, heights, targets)
            if height < heights[id(part)]:
                heights[id(part)] = height
                changed = True
    return heights


def _height(part: dict[str, Any], heights: dict[int, float], targets: dict[str, Schema]) -> float:
    def of(schema: Any) -> float:
        return heights.get(id(schema), 0.0) if isinstance(schema, dict) else inf if schema is False else 0.0

    if "const" in part or "enum" in part:
        return 0.0
    all_of = [of(schema) for schema in _listed(part, "allOf")]
    all_of += [of(targets[part[keyword]]) for keyword in REFERENCES if isinstance(part.get(keyword), str)]
    any_of = [min(map(of, _listed(part, keyword))) for keyword in ("anyOf", "oneOf") if _listed(part, keyword)]
    return max([0.0, *all_of, *any_of, _own_height(part, of)])


def _own_height(part: dict[str, Any], of: Callable[[Any], float]) -> float:
    told = part.get("type", [])
    types = {told} if isinstance(told, str) else set(told if isinstance(told, list) else ())
    if types - {"object", "array"}:
        return 0.0
    ways = []
    properties = part.get("properties")
    if "object" in types or (not types and "required" in part):
        required = [name for name in _listed(part, "required") if isinstance(name, str)]
        ways.append(max([0.0, *(1 + of((properties or {}).get(name)) for name in required)]))
    if "array" in types or (not types and part.get("minItems")):
        ways.append(_list_height(part, of))
    return min(ways, default=0.0)


def _list_height(part: dict[str, Any], of: Callable[[Any], float]) -> float:
    least = part.get("minItems", 0)
    count = int(least) if isinstance(least, int | float) and least < NODES else NODES
    first = _listed(part, "prefixItems") or _listed(part, "items")
    items = [*first[:count], *([part.get("items")] if count > len(first) else [])]
    return max([0.0, *(1 + of(item) for item in items)])


def _listed(part: dict[str, Any], keyword: str) -> list[Any]:
    value = part.get(keyword)
    return value if isinstance(value, list) else []


def warm() -> None:
    """Import what proves answers, 0.2 s: for a server to do before clients wait."""
    read_schema({})


def _checked(root: Schema) -> tuple[Callable[[Any, Schema], bool], Callable[[Any], str]]:
    """Return the proof of a value and the reason against it, by `jsonschema`: imported when first needed (0.2 s)."""
    from jsonschema import Draft202012Validator, exceptions, validators
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # has no py.typed
    from referencing.exceptions import Unresolvable

    if isinstance(root, dict) and not isinstance(root.get("$schema", ""), str):
        raise BeyondError("the schema is invalid at $.$schema: it is no text")
    base: Any = validators.validator_for(root, default=Draft202012Validator)
    try:
        base.check_schema(root)
    except exceptions.SchemaError as broken:
        raise BeyondError(f"the schema is invalid at {broken.json_path}: {_short(broken.message)}") from broken
    own = {"pattern": _pattern, "patternProperties": _pattern_properties, "additionalProperties": _additional}
    rules = {
        name: _counted(own.get(name, rule), square=name == "uniqueItems") for name, rule in base.VALIDATORS.items()
    }
    kind: Any = validators.extend(base, rules)  # type: ignore[no-untyped-call]  # not in its stubs
    validator = kind(root, registry=REGISTRY, format_checker=base.FORMAT_CHECKER)

    def first(value: Any, schema: Schema) -> Any:
        spend(PROOF)
        try:
            checker = validator if schema is root else validator.evolve(schema=schema)
            return next(checker.iter_errors(value), None)
        except (Unresolvable, RecursionError, OverflowError, PatternError) as broken:
            raise BeyondError(f"the schema cannot be checked: {_short(str(broken))}") from broken

    def why_not(value: Any) -> str:
        failed = first(value, root)
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in failed.absolute_schema_path)
        return f"${path}: {_short(failed.message)}"

    return (lambda value, schema: first(value, schema) is None), why_not


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:200]}..."


def _counted(rule: Any, *, square: bool) -> Any:
    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        spend(RULE * (1 + (len(instance) ** 2 // 10 if square and isinstance(instance, list) else 0)))
        return rule(validator, value, instance, schema)

    return counted


def _pattern(validator: Any, value: str, instance: Any, _: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "string") and not searched(value, instance):
        yield ValidationError(f"{instance!r} does not match {value!r}")


def _pattern_properties(validator: Any, value: dict[str, Any], instance: Any, _: Any) -> Iterator[Any]:
    if validator.is_type(instance, "object"):
        for pattern, part in value.items():
            for name, child in instance.items():
                if searched(pattern, name):
                    yield from validator.descend(child, part, path=name, schema_path=pattern)


def _additional(validator: Any, value: Any, instance: Any, schema: dict[str, Any]) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "object"):
        return
    for name, child in instance.items():
        if name in schema.get("properties", {}) or any(searched(p, name) for p in schema.get("patternProperties", {})):
            continue
        if value is False:
            yield ValidationError(f"{name!r} is not allowed beside the properties")
        else:
            yield from validator.descend(child, value, path=name)
