"""Parameters of policies: their types in the language, and values of YAML as values of those types."""

from collections.abc import Mapping
from typing import get_args

from neuralnav.model.policy import Parameter, ParameterType, Scalar, Value
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Field,
    ListType,
    MapType,
    ObjectType,
    Simple,
    Type,
    Variable,
)

SCALARS: Mapping[str, Simple] = {"bool": BOOL, "int": INT, "double": DOUBLE, "string": STRING}
_PYTHON: Mapping[str, type[Scalar]] = {"bool": bool, "int": int, "double": float, "string": str}
_SHAPES: Mapping[str, Type] = {
    **SCALARS,
    **{f"list<{name}>": ListType(item) for name, item in SCALARS.items()},
    **{f"map<string, {name}>": MapType(STRING, item) for name, item in SCALARS.items()},
}
TYPES: Mapping[ParameterType, Type] = {name: _SHAPES[name] for name in get_args(ParameterType)}


def params_variable(declared: Mapping[str, Parameter]) -> Variable:
    """Return the variable `params` of a policy that declares these: an object whose fields are all there."""
    fields = {name: Field(TYPES[item.type], item.about or "") for name, item in declared.items()}
    return Variable(ObjectType("params", fields), "The parameters of the policy, as they are set where it binds.")


def typed(value: Value, kind: ParameterType) -> Value | None:
    """Return a value as one of the type, or None when it is none. A whole number is a double where one is wanted."""
    shape, _, item = kind.rstrip(">").rpartition("<")
    item = item.removeprefix("string, ") if shape == "map" else item
    match shape, value:
        case "list", tuple():
            items = tuple(_scalar(each, item) for each in value)
            return None if None in items else tuple(each for each in items if each is not None)
        case "map", dict():
            entries = {key: _scalar(each, item) for key, each in value.items()}
            return None if None in entries.values() else {k: v for k, v in entries.items() if v is not None}
        case "", bool() | int() | float() | str():
            return _scalar(value, item)
        case _:
            return None


def value_text(value: Value) -> str:
    """Return a value as people write it, for messages."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case tuple():
            return "[" + ", ".join(value_text(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key}: {value_text(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


def _scalar(value: Scalar, name: str) -> Scalar | None:
    if name == "double" and type(value) is int:
        return float(value)
    return value if type(value) is _PYTHON[name] else None
