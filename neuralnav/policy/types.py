"""The types of the language, and the scope: which names an expression may use, of which type and unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SimpleName = Literal["bool", "int", "uint", "double", "string", "bytes", "null_type", "type", "dyn"]


@dataclass(frozen=True, slots=True)
class Simple:
    """A type without parts. `dyn` is any type, judged when the expression runs."""

    name: SimpleName


@dataclass(frozen=True, slots=True)
class ListType:
    """`list<item>`."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class MapType:
    """`map<key, value>`."""

    key: "Type"
    value: "Type"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A type that a signature leaves open: the same letter is the same type throughout one call."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object: its type, what it means, its unit (empty when it has none), and an example expression.

    `optional` says that it may be absent: reading it then is an error, unless `has()` guards it.
    """

    type: "Type"
    about: str
    unit: str = ""
    example: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object with declared fields, by name in the order of the reference page."""

    name: str
    fields: Mapping[str, Field]

    def __hash__(self) -> int:
        """Objects are told apart by name."""
        return hash(self.name)


Type = Simple | ListType | MapType | Parameter | ObjectType

BOOL = Simple("bool")
INT = Simple("int")
UINT = Simple("uint")
DOUBLE = Simple("double")
STRING = Simple("string")
BYTES = Simple("bytes")
NULL = Simple("null_type")
TYPE = Simple("type")
DYN = Simple("dyn")


def type_text(found: Type) -> str:
    """Return a type as people write it: `list<string>`, `map<string, double>`, `candidate`."""
    match found:
        case Simple(name) | Parameter(name):
            return name
        case ListType(item):
            return f"list<{type_text(item)}>"
        case MapType(key, value):
            return f"map<{type_text(key)}, {type_text(value)}>"
        case ObjectType(name=name):
            return name


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that an expression may use. `per_row` says that it differs from candidate to candidate.

    The fields of a variable that is per row are Arrow columns named `<variable>.<field>`; others are one value for the
    whole plan.
    """

    type: Type
    about: str
    per_row: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Every name that an expression may use."""

    variables: Mapping[str, Variable]
