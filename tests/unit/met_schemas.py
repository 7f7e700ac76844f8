"""JSON schemas that something meets by construction: each is built around a value, which it allows."""

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Draw = st.DrawFn

PATTERNS = {
    "^[a-z]{3,8}$": "abc",
    r"^\+?[1-9]\d{6,14}$": "1234567",
    "^(?:[a-z0-9]+-)*[a-z0-9]+$": "a-b",
    r"^\d{4}-\d{2}-\d{2}$": "2026-01-01",
    "^(red|green|blue)$": "red",
    "^[A-Z][^<>]{0,20}\\.$": "Ab.",
    r"^v\d+(\.\d+){1,2}(-rc\d)?$": "v1.0",
    "^(?=.*[A-Z]).{4,12}$": "Abcd",
    "x_y": "ax_yb",
    r"^\S+@\S+\.\w{2,}$": "a@b.cd",
    "^(a+)+$": "aa",
}
FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "a@example.com",
    "uuid": "12345678-1234-4234-8234-123456789abc",
    "uri": "https://example.com/",
    "ipv4": "10.0.0.1",
    "ipv6": "::1",
    "hostname": "example.com",
}
NAMES = ("name", "id", "kind", "items", "next", "properties", "a b", "$ref", "\u00e9")

Built = tuple[Schema, Any]


@st.composite
def strings(draw: Draw) -> Built:
    form = draw(st.sampled_from(("plain", "pattern", "format", "bounded")))
    if form == "pattern":
        pattern, value = draw(st.sampled_from(sorted(PATTERNS.items())))
        return {"type": "string", "pattern": pattern}, value
    if form == "format":
        name, value = draw(st.sampled_from(sorted(FORMATS.items())))
        return {"type": "string", "format": name}, value
    value = draw(st.text("ab \u00e9", max_size=30))
    if form == "plain":
        return {"type": "string"}, value
    return {
        "type": "string",
        "minLength": draw(st.integers(0, len(value))),
        "maxLength": draw(st.integers(len(value), 60)),
    }, value


@st.composite
def numbers(draw: Draw) -> Built:
    step = draw(st.sampled_from((1, 5, 0.5, 0.01, 0.1, 7)))
    value = draw(st.integers(-1000, 1000)) * step
    schema: Schema = {"type": "number"}
    if draw(st.booleans()):
        schema["multipleOf"] = step
    if isinstance(step, int) and draw(st.booleans()):
        schema["type"] = "integer"
    if draw(st.booleans()):
        schema["minimum"] = value - draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema["exclusiveMaximum"] = value + draw(st.sampled_from((0.25, 1, 10)))
    return schema, value


def leaves() -> st.SearchStrategy[Built]:
    constants = st.sampled_from((None, True, 0, 1.5, "a", [1], {"a": None}))
    return st.one_of(
        strings(),
        numbers(),
        st.sampled_from((({"type": "boolean"}, True), ({"type": "null"}, None), ({}, 1), ({"type": "object"}, {}))),
        constants.map(lambda value: ({"const": value}, value)),
        st.lists(constants, min_size=1, max_size=4).map(lambda values: ({"enum": values}, values[-1])),
    )


@st.composite
def objects(draw: Draw, inner: st.SearchStrategy[Built]) -> Built:
    parts: dict[str, Built] = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=4))
    value = {name: made for name, (_, made) in parts.items()}
    schema: Schema = {"type": "object", "properties": {name: part for name, (part, _) in parts.items()}}
    schema["required"] = draw(st.lists(st.sampled_from(sorted(parts)), unique=True)) if parts else []
    if draw(st.booleans()):
        schema["additionalProperties"] = False
    if draw(st.booleans()):
        schema["minProperties"] = draw(st.integers(0, len(parts)))
    if draw(st.booleans()):
        schema["maxProperties"] = len(parts)
    if draw(st.booleans()) and parts:
        schema["dependentRequired"] = {draw(st.sampled_from(sorted(parts))): sorted(parts)[:2]}
    return schema, value


@st.composite
def arrays(draw: Draw, inner: st.SearchStrategy[Built]) -> Built:
    part, made = draw(inner)
    count = draw(st.integers(0, 3))
    match draw(st.sampled_from(("items", "prefix", "contains", "unique"))):
        case "items":
            return {"type": "array", "items": part, "minItems": count, "maxItems": count + 1}, [made] * count
        case "prefix":
            other, second = draw(inner)
            return {"type": "array", "prefixItems": [part, other], "items": False, "minItems": 1}, [made, second]
        case "contains":
            return {"type": "array", "contains": part, "minItems": count}, [made] * max(1, count)
        case _:
            return {"type": "array", "items": part, "minItems": 1, "uniqueItems": True}, [made]


@st.composite
def combined(draw: Draw, inner: st.SearchStrategy[Built]) -> Built:
    part, made = draw(inner)
    other, _ = draw(inner)
    match draw(st.sampled_from(("anyOf", "allOf", "oneOf", "nullable", "if", "not"))):
        case "anyOf":
            return {"anyOf": draw(st.permutations([part, other]))}, made
        case "allOf":
            return {"allOf": [part, {"description": "more"}]}, made
        case "oneOf":
            kinds = [{"type": "object", "required": ["k"], "properties": {"k": {"const": k}, "v": other}} for k in "ab"]
            return {"oneOf": kinds}, {"k": "a"}
        case "nullable":
            return {"oneOf": [{"type": "null"}, {"type": "array", "items": part}]}, None
        case "if":
            return {"if": {"type": "string"}, "then": {"minLength": 2}, "else": part, "type": ["string", "null"]}, "ab"
        case _:
            return {"allOf": [{"not": {"const": "\u0000"}}, part]}, made


def schemas() -> st.SearchStrategy[Schema]:
    """Schemas of all sorts, some of them recursive."""
    built = st.recursive(
        leaves(), lambda inner: st.one_of(objects(inner), arrays(inner), combined(inner)), max_leaves=8
    )
    return st.tuples(built.map(lambda pair: pair[0]), st.booleans()).map(lambda pair: _tree(*pair))


def _tree(leaf: Schema, recursive: bool) -> Schema:  # noqa: FBT001  # drawn
    if not recursive:
        return leaf
    node = {
        "type": "object",
        "properties": {
            "value": leaf,
            "left": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
            "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        },
        "required": ["value", "left", "kids"],
        "additionalProperties": False,
    }
    return {"$defs": {"node": node}, "$ref": "#/$defs/node"}
