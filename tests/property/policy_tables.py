"""Expressions over tables, drawn by type: what the lowering is compared with the interpreter on."""

import math
from collections.abc import Mapping, Sequence
from random import Random

import pyarrow as pa

from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    INT,
    STRING,
    UINT,
    Field,
    ListType,
    MapType,
    ObjectType,
    Scope,
    Simple,
    Type,
    Variable,
)

FIELDS: Mapping[str, Type] = {
    "d": DOUBLE, "e": DOUBLE, "i": INT, "j": INT, "u": UINT, "w": UINT, "s": STRING, "t": STRING, "b": BOOL, "c": BOOL,
    "y": BYTES, "l": ListType(STRING),
}  # fmt: skip
ARROW: Mapping[str, pa.DataType] = {
    "d": pa.float64(), "e": pa.float64(), "i": pa.int64(), "j": pa.int64(), "u": pa.uint64(), "w": pa.uint64(),
    "s": pa.string(), "t": pa.string(), "b": pa.bool_(), "c": pa.bool_(), "y": pa.binary(), "l": pa.list_(pa.string()),
}  # fmt: skip
CONSTANTS: Mapping[str, Mapping[str, object]] = {
    "slo": {"d": 150.0, "i": 3, "s": "H100"},
    "params": {
        "names": ["H100", "L40S", "é", ""], "doubles": [0.0, 2.5, math.nan, 2.0**53, 3.0],
        "ints": [0, 3, -(2**63), 2**53 + 1], "caps": {"H100": 1.5, "L40S": 0.0, "": math.nan},
        "words": {1: "one", 3: "three"}, "empty": [],
    },
}  # fmt: skip
PARAMS: Mapping[str, Type] = {
    "names": ListType(STRING), "doubles": ListType(DOUBLE), "ints": ListType(INT), "caps": MapType(STRING, DOUBLE),
    "words": MapType(INT, STRING), "empty": ListType(DOUBLE),
}  # fmt: skip


def _object(name: str, fields: Mapping[str, Type]) -> ObjectType:
    return ObjectType(name, {field: Field(kind, "", optional=True) for field, kind in fields.items()})


SCOPE = Scope({
    "candidate": Variable(_object("candidate", FIELDS), "", per_row=True),
    "slo": Variable(_object("slo", {"d": DOUBLE, "i": INT, "s": STRING, "absent": DOUBLE}), ""),
    "params": Variable(_object("params", PARAMS), ""),
})  # fmt: skip

DOUBLES = (0.0, -0.0, 1.0, 2.5, -2.5, 3.0, 150.0, 1e300, 5e-324, 2.0**53, 2.0**63, -(2.0**63), 2.0**64, math.inf,
           -math.inf, math.nan, 0.49999999999999994, 9007199254740994.0)  # fmt: skip
INTS = (0, 1, -1, 2, 3, 7, -7, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**62, 3037000500)
UINTS = (0, 1, 2, 3, 2**53 + 1, 2**63, 2**64 - 1)
STRINGS = ("", "H100", "L40S", "h100", "é", "日本", "a.b", "b", "5", "-7", "2.5", "true", " x ", "😀")
VALUES: Mapping[str, Sequence[object]] = {
    "d": DOUBLES, "e": DOUBLES, "i": INTS, "j": INTS, "u": UINTS, "w": UINTS, "s": STRINGS, "t": STRINGS,
    "b": (True, False), "c": (True, False), "y": (b"", b"a", b"\xff", b"H100"),
    "l": ([], ["H100"], ["", "é", "H100"]),
}  # fmt: skip


def table(chance: Random, rows: int) -> Mapping[str, pa.Array]:
    """Return columns by chance, some with absent values."""
    columns = {}
    for name, values in VALUES.items():
        options = [*values, *[None] * chance.choice((0, 3))]
        columns[f"candidate.{name}"] = pa.array(chance.choices(options, k=rows), ARROW[name])
    return columns


def literal(kind: Simple, value: object) -> str:
    """Return a value as the language writes it."""
    if kind == DOUBLE:
        return _WITHOUT_LITERAL.get(str(value), str(value))
    if kind == BYTES:
        assert isinstance(value, bytes)
        return "b'" + "".join(f"\\x{byte:02x}" for byte in value) + "'"
    return {BOOL: lambda: str(value).lower(), UINT: lambda: f"{value}u", STRING: lambda: f"'{value}'"}.get(
        kind, lambda: str(value)
    )()


_WITHOUT_LITERAL: Mapping[str, str] = {"inf": "(1.0/0.0)", "-inf": "(-1.0/0.0)", "nan": "(0.0/0.0)"}

LITERALS: Mapping[Simple, Sequence[object]] = {
    DOUBLE: DOUBLES, INT: INTS, UINT: UINTS, STRING: STRINGS, BOOL: (True, False), BYTES: (b"", b"a", b"\xff"),
}  # fmt: skip
COLUMNS: Mapping[Simple, Sequence[str]] = {
    DOUBLE: ("candidate.d", "candidate.e"), INT: ("candidate.i", "candidate.j"), UINT: ("candidate.u", "candidate.w"),
    STRING: ("candidate.s", "candidate.t"), BOOL: ("candidate.b", "candidate.c"), BYTES: ("candidate.y",),
}  # fmt: skip
OTHERS: Mapping[Simple, Sequence[str]] = {
    DOUBLE: ("slo.d", "slo.absent", "params.doubles[1]", "variables.d"),
    INT: ("slo.i", "params.ints[3]", "variables.i"),
    UINT: ("1u",), STRING: ("slo.s", "params.names[0]", "variables.s"), BOOL: ("variables.b", "true"),
    BYTES: ("b'a'",),
}  # fmt: skip

TEMPLATES: Mapping[Simple, Sequence[str]] = {
    BOOL: (
        "({bool} && {bool})", "({bool} || {bool})", "!{bool}", "({bool} ? {bool} : {bool})",
        *(f"({{{left}}} {name} {{{right}}})" for name in ("<", "<=", ">", ">=", "==", "!=")
          for left in ("int", "uint", "double") for right in ("int", "uint", "double")),
        *(f"({{{kind}}} {name} {{{kind}}})" for name in ("<", ">=", "==", "!=")
          for kind in ("string", "bool", "bytes")),
        "has(candidate.d)", "has(candidate.s)", "has(slo.absent)", "has(candidate.l)",
        "({string} in params.names)", "({double} in params.doubles)", "({int} in params.doubles)",
        "({uint} in params.ints)", "({double} in params.ints)", "({double} in params.empty)",
        "({int} in [{int}, {int}])", "({double} in [{double}, {double}])", "({string} in [{string}, {string}])",
        "({string} in params.caps)", "({int} in params.words)", "({double} in params.words)",
        "({string} in candidate.l)", "('H100' in candidate.l)", "(size(candidate.l) > {int})",
        "({double} in [{double}, {double}].filter(k, k > {double}))",
        "({double} in [1.0, {double}].map(k, k > 0.5, k * {double}))",
        "({bytes} in [{bytes}, b'a'])", "({bool} in [{bool}])",
        "{string}.startsWith({string})", "{string}.endsWith({string})", "{string}.contains({string})",
        "{string}.matches('^[a-zH]+1?')", "matches({string}, 'b|é')", "{string}.startsWith('H1')",
        "math.isNaN({double})", "math.isInf({double})", "math.isFinite({double})", "bool({string})", "bool({bool})",
        "params.names.all(k, k != {string})", "params.doubles.exists(k, k < {double})",
        "params.names.exists(k, {string}.startsWith(k))", "params.ints.exists_one(k, k > {int})",
        "[{int}, {int}].all(k, k > {int})", "[{double}, {double}].exists(k, k < {double})",
        "[{double}, 1.0, {double}].exists_one(k, k < {double})", "params.caps.exists(k, params.caps[k] > {double})",
        "[{int}, 2, {int}].filter(k, k > {int}).all(k, k < {int})",
        "[{int}, {int}].filter(k, {bool}).exists_one(k, k < {int})", "params.names.exists(k, {bool})",
        "candidate.l.exists(k, k == {string})", "[{int}, {int}].map(k, k + {int}).exists(k, k == {int})",
        "[1, 2].exists(k, [{int}, 3].all(m, m > k))", "(dyn({int}) == {double})", "(dyn({string}) == {int})",
        "(dyn({bool}) && {bool})", "(type({int}) == int)", "([{int}, 1] == [1, {int}])",
        "({bool} || params.doubles[{int}] > 1.0)", "(dyn({int}) || {bool})",
    ),
    INT: (
        *(f"({{int}} {name} {{int}})" for name in "+-*/%"), "(-{int})", "({bool} ? {int} : {int})", "size({string})",
        "int({double})", "int({uint})", "int({string})", "int({int})", "{string}.size()", "size({bytes})",
        "size([{int}, {int}])", "size([{int}, 3].filter(k, k > {int}))", "[{int}, {int}][1]", "[{int}, 2][{int}]",
        "math.abs({int})", "math.sign({int})", "math.greatest({int}, {int})", "math.least({int}, {int}, {int})",
        "math.greatest([{int}, {int}])", "{string}.indexOf({string})", "size(candidate.l)",
        "params.names.map(k, k + {string}).size()", "([{int}] + [2, {int}])[0]", "[{int}].map(k, k * 2)[0]",
        "params.ints[{int}]",
    ),
    UINT: (
        *(f"({{uint}} {name} {{uint}})" for name in "+-*/%"), "({bool} ? {uint} : {uint})", "uint({int})",
        "uint({double})", "uint({uint})", "math.abs({uint})", "math.sign({uint})", "math.least({uint}, {uint})",
        "uint({string})",
    ),
    DOUBLE: (
        *(f"({{double}} {name} {{double}})" for name in "+-*/"), "(-{double})", "({bool} ? {double} : {double})",
        "double({int})", "double({uint})", "double({string})", "double({double})", "params.caps[{string}]",
        "math.ceil({double})", "math.floor({double})", "math.round({double})", "math.trunc({double})",
        "math.abs({double})", "math.sign({double})", "math.greatest({double}, {double})",
        "math.least([{double}, 1.0])", "ms({string})", "params.doubles[{int}]",
    ),
    STRING: (
        "({string} + {string})", "({bool} ? {string} : {string})", "{string}.lowerAscii()", "{string}.upperAscii()",
        "string({int})", "string({uint})", "string({bool})", "string({double})", "string({string})", "string({bytes})",
        "{string}.charAt({int})", "{string}.trim()", "{string}.replace('b', {string})", "params.words[{int}]",
        "[{string}, 'x'].join('-')", "'%s at %d'.format([{string}, {int}])", "{string}.split('.')[0]",
        "params.names[{int}]", "{string}.substring({int})", "strings.quote({string})", "{string}.reverse()",
    ),
    BYTES: ("bytes({string})", "({bytes} + {bytes})", "({bool} ? {bytes} : {bytes})", "bytes({bytes})"),
}  # fmt: skip
NAMES: Mapping[str, Simple] = {kind.name: kind for kind in TEMPLATES}
VARIABLES: Mapping[str, Simple] = {"b": BOOL, "d": DOUBLE, "i": INT, "s": STRING}


def expression(chance: Random, kind: Simple, depth: int, *, variables: bool = True) -> str:
    """Return the text of an expression of a type by chance, its templates nested so deep at most."""
    if depth <= 0 or chance.random() < 0.1:
        form = chance.random()
        if form < 0.6:
            return chance.choice(COLUMNS[kind])
        if form < 0.8:
            return literal(kind, chance.choice(LITERALS[kind]))
        found = chance.choice(OTHERS[kind])
        return found if variables or not found.startswith("variables") else COLUMNS[kind][0]
    template = chance.choice(TEMPLATES[kind])
    parts = template.split("{")
    text = parts[0]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        text += expression(chance, NAMES[name], depth - 1, variables=variables) + rest
    return text
