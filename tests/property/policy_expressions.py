"""Well-typed expressions of the policy language, drawn at random from templates, and rows for them to read.

`<int>` in a template stands for any expression of that type. What an expression reads is `ints.a`, `doubles.b` and so
on: fields that a row may lack; and `limits`, `names`, `prices`, the same for every row.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from hypothesis import strategies as st

from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    INT,
    STRING,
    Field,
    ListType,
    MapType,
    ObjectType,
    Scope,
    Type,
    Variable,
)

Mixed = Literal["none", "plain", "dyn"]
"""Whether ints and doubles are compared, and whether `dyn()` stands around them."""

ROOTS: Mapping[str, Type] = {"ints": INT, "doubles": DOUBLE, "strings": STRING, "bools": BOOL}
FIELDS = ("a", "b")
SHARE_PRESENT = 0.75
CONSTANTS: Mapping[str, Type] = {
    "limits": ListType(DOUBLE),
    "names": ListType(STRING),
    "prices": MapType(STRING, DOUBLE),
}
CONSTANT_VALUES: Mapping[str, object] = {
    "limits": [0.0, 1.5, 150.0, 9007199254740992.0],
    "names": ["H100", "L40S", ""],
    "prices": {"H100": 2.5, "a b": -0.0},
}
"""One value for each name that is no column."""


def scope() -> Scope:
    """Return the scope of all drawn expressions, its columns optional fields of objects that are per row."""
    fields = {kind: {name: Field(kind, "a column", optional=True) for name in FIELDS} for kind in ROOTS.values()}
    rows = {root: Variable(ObjectType(root, fields[kind]), root, per_row=True) for root, kind in ROOTS.items()}
    return Scope({**rows, **{name: Variable(kind, name) for name, kind in CONSTANTS.items()}})


_INTS = ("0", "1", "-1", "2", "7", "-7", "150", "9007199254740993", "9223372036854775807", "-9223372036854775808")
_DOUBLES = (
    "0.0", "-0.0", "1.0", "-1.5", "2.5", "0.1", "150.0", "1e308", "-1e308", "5e-324", "9007199254740992.0",
    "9223372036854775808.0", "1e6", "(0.0 / 0.0)",
)  # fmt: skip
_UINTS = ("0u", "1u", "7u", "18446744073709551615u")
_STRINGS = ("''", "'a'", "'H100'", "'h100'", "'a b'", "'é😀'", "'12'", "'-7'", "'1.5'", "'true'", "' x\\t'", "'a,b,,c'")
_LEAVES: Mapping[str, tuple[str, ...]] = {
    "bool": ("true", "false", "bools.a", "bools.b"),
    "int": (*_INTS, "ints.a", "ints.b", "ints.a", "ints.b"),
    "uint": _UINTS,
    "double": (*_DOUBLES, "doubles.a", "doubles.b", "doubles.a", "doubles.b"),
    "string": (*_STRINGS, "strings.a", "strings.b", "strings.a", "strings.b"),
    "bytes": ("b''", "b'a'", "b'\\xc3\\xa9'", "b'\\xff'"),
    "ints": ("[1, 2, 3]", "[ints.a, ints.b]", "[0]"),
    "doubles": ("limits", "[doubles.a, 1.5]", "[(0.0 / 0.0)]"),
    "strings": ("names", "['a', strings.a]", "['H100', 'L40S']"),
    "bools": ("[true, false]", "[bools.a]"),
    "prices": ("prices", "{'a': doubles.a}", "{strings.a: 1.5, 'k': 2.5}"),
    "pattern": ("'^H'", "'a+'", "'[0-9]+$'", "''", "'(?i)h100'", "'(a|b)*c'"),
    "text": ("strings.a", "strings.b"),
    "count": ("-1", "0", "1", "2"),
    "place": ("0", "1", "2", "ints.a"),
    "has": tuple(f"{root}.{field}" for root in ROOTS for field in FIELDS),
}

_BOOLS = (
    "(<bool> && <bool>)", "(<bool> || <bool>)", "(<bool> && <bool>)", "(<bool> || <bool>)", "!<bool>",
    "(<bool> ? <bool> : <bool>)", "has(<has>)", "(has(<has>) && <bool>)",
    *(f"(<{kind}> {name} <{kind}>)" for kind in ("int", "double", "string", "bool", "uint", "bytes")
      for name in ("==", "!=", "<", "<=", ">", ">=")),
    "(<int> <= <int>)", "(<double> < <double>)", "(<double> >= <double>)",
    "(<ints> == <ints>)", "(<strings> != <strings>)", "(<doubles> == <doubles>)", "(<prices> == <prices>)",
    "(<int> in <ints>)", "(<double> in <doubles>)", "(<string> in <strings>)", "(<string> in <prices>)",
    "<string>.startsWith(<string>)", "<string>.endsWith(<string>)", "<string>.contains(<string>)",
    "<string>.matches(<pattern>)", "math.isNaN(<double>)", "math.isInf(<double>)", "math.isFinite(<double>)",
    "bool(<text>)", "(type(<int>) == type(<double>))",
)  # fmt: skip
_MIXED = tuple(f"({left} {name} {right})" for name in ("==", "!=", "<", "<=", ">", ">=") for left, right in (
    ("<int>", "<double>"), ("<double>", "<int>"), ("<int>", "<uint>"), ("<uint>", "<double>")))  # fmt: skip

_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "bool": _BOOLS,
    "int": (
        "(<int> + <int>)", "(<int> - <int>)", "(<int> * <int>)", "(<int> / <int>)", "(<int> % <int>)", "-(<int>)",
        "(<bool> ? <int> : <int>)", "size(<string>)", "<strings>.size()", "size(<prices>)", "int(<double>)",
        "int(<text>)", "int(<uint>)", "<ints>[<place>]", "<string>.indexOf(<string>)",
        "<string>.lastIndexOf(<string>)", "<string>.indexOf(<string>, <place>)", "math.abs(<int>)", "math.sign(<int>)",
        "math.greatest(<int>, <int>)", "math.least(<ints>)", "size(<bytes>)",
    ),
    "uint": ("(<uint> + <uint>)", "(<uint> - <uint>)", "(<uint> / <uint>)", "(<uint> % <uint>)", "uint(<int>)",
             "uint(<double>)", "(<bool> ? <uint> : <uint>)"),
    "double": (
        "(<double> + <double>)", "(<double> - <double>)", "(<double> * <double>)", "(<double> / <double>)",
        "-(<double>)", "(<bool> ? <double> : <double>)", "double(<int>)", "double(<text>)", "double(<uint>)",
        "<doubles>[<place>]", "<prices>[<string>]", "prices.H100", "math.ceil(<double>)", "math.floor(<double>)",
        "math.round(<double>)", "math.trunc(<double>)", "math.abs(<double>)", "math.sign(<double>)",
        "math.greatest(<double>, <double>, <double>)", "math.least(<doubles>)",
    ),
    "string": (
        "(<string> + <string>)", "(<bool> ? <string> : <string>)", "string(<int>)", "string(<bool>)", "string(<bytes>)",
        "string(<uint>)", "<string>.lowerAscii()", "<string>.upperAscii()", "<string>.trim()", "<string>.reverse()",
        "<string>.charAt(<place>)", "<string>.substring(<place>)", "<string>.substring(<place>, <place>)",
        "<string>.replace(<string>, <string>)", "<string>.replace(<string>, <string>, <count>)", "<strings>.join()",
        "<strings>.join(<string>)", "<strings>[<place>]", "strings.quote(<string>)",
        "'%s and %d'.format([<string>, <int>])", "'%.2f|%e|%x'.format([<double>, <double>, <int>])",
    ),
    "text": ("(<string> + <string>)", "string(<int>)", "<string>.trim()"),
    "bytes": ("(<bytes> + <bytes>)", "bytes(<string>)", "(<bool> ? <bytes> : <bytes>)"),
    "ints": ("[<int>, <int>]", "(<ints> + <ints>)", "[<int>]", "(<bool> ? <ints> : <ints>)"),
    "doubles": ("[<double>, <double>]", "(<doubles> + <doubles>)"),
    "strings": ("[<string>, <string>]", "(<strings> + <strings>)", "<string>.split(<string>)",
                "<string>.split(<string>, <count>)"),
    "bools": ("[<bool>, <bool>]", "[<bool>]"),
    "prices": ("{'a': <double>, 'H100': <double>}", "(<bool> ? <prices> : <prices>)"),
}  # fmt: skip

_ITEMS: Mapping[str, str] = {"ints": "int", "doubles": "double", "strings": "string", "bools": "bool"}
_NUMBERS = frozenset({"int", "uint", "double", "ints", "doubles", "prices"})
_ASTRAY = ("int", "ints", "string", "bytes", "bool", "strings", "bools")
_PLACEHOLDER = re.compile(r"<(\w+)>")
KINDS = tuple(kind for kind in _TEMPLATES if kind != "text")
"""The kinds to ask for. A `text` is a string that is no literal: our checker converts those, and refuses some."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    random: Random
    templates: Mapping[str, tuple[str, ...]]
    astray: float = 0.0

    def text(self, kind: str, depth: int, names: tuple[tuple[str, str], ...]) -> str:
        choice = self._below(8)
        if depth <= 0 or choice == 0 or kind not in self.templates:
            return self._leaf(kind, names)
        if choice == 1 and (macro := self._macro(kind, depth, names)):
            return macro
        template = self.one(self.templates[kind])
        return _PLACEHOLDER.sub(lambda found: self.text(self._kind(found[1]), depth - 1, names), template)

    def _kind(self, kind: str) -> str:
        if kind not in KINDS or self.random.random() >= self.astray:
            return kind
        # Two types of number can be compared, which the oracle refuses: no way astray leads from one to another.
        return self.one(tuple(other for other in _ASTRAY if other != kind and not {kind, other} <= _NUMBERS))

    def _leaf(self, kind: str, names: tuple[tuple[str, str], ...]) -> str:
        return self.one((*_LEAVES[kind], *[name for name, of in names if of == kind] * 6))

    def _macro(self, kind: str, depth: int, names: tuple[tuple[str, str], ...]) -> str:
        name = f"x{len(names)}"
        over = kind if kind in _ITEMS else self.one(tuple(_ITEMS))
        inner = (*names, (name, _ITEMS[over]))
        items = self.text(over, depth - 1, names)
        condition = self.text("bool", depth - 1, inner)
        if kind == "bool":
            return f"{items}.{self.one(('all', 'exists', 'exists_one'))}({name}, {condition})"
        if kind not in _ITEMS:
            return ""
        if self._below(2):
            return f"{items}.filter({name}, {condition})"
        made = self.text(_ITEMS[kind], depth - 1, inner)
        return f"{items}.map({name}, {condition}, {made})" if self._below(2) else f"{items}.map({name}, {made})"

    def _below(self, count: int) -> int:
        return self.random.randrange(count)

    def one(self, choices: tuple[str, ...]) -> str:
        return choices[self._below(len(choices))]


Row = Mapping[str, Mapping[str, object]]
"""The fields of each root that the row has."""

_VALUES: Mapping[str, tuple[object, ...]] = {
    "ints": (0, 1, -1, 2, 5, 8, 150, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)),
    "doubles": (0.0, -0.0, 1.0, 1.5, -2.5, 7.25, 150.0, 1e308, 5e-324, math.inf, -math.inf, math.nan, 2.0**53, 2.0**63,
                -(2.0**63)),
    "strings": ("", "a", "H100", "h100", "a b", "é😀", "12", "-7", "1.5", "true", "a,b"),
    "bools": (True, False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """Expressions, and rows to evaluate each of them over."""

    texts: list[str]
    rows: list[Row]


def cases(
    kinds: tuple[str, ...] = ("bool",),
    *,
    texts: int = 1,
    rows: int = 4,
    depth: int = 3,
    mixed: Mixed = "none",
    without: tuple[str, ...] = (),
    astray: float = 0.0,
) -> st.SearchStrategy[Case]:
    """Return so many expressions, each of one of these kinds (of KINDS), with so many rows.

    `without` are templates that are left out; `astray` is how often a part is of a wrong type. A case comes from one
    seed: hypothesis, left to draw each part, repeats itself too much to see many of them. What fails is small enough
    to read.
    """
    more = {"none": (), "plain": _MIXED, "dyn": tuple(_PLACEHOLDER.sub(r"dyn(<\1>)", item) for item in _MIXED)}[mixed]
    templates = {
        kind: tuple(item for item in (*found, *(more if kind == "bool" else ())) if item not in without)
        for kind, found in _TEMPLATES.items()
    }

    def drawn(random: Random) -> Case:
        drawing = _Drawing(random, templates, astray)
        made = [drawing.text(drawing.one(kinds), depth, ()) for _ in range(texts)]
        return Case(made, [_row(random) for _ in range(rows)])

    return st.randoms(use_true_random=True).map(drawn)


def _row(random: Random) -> Row:
    return {
        root: {name: random.choice(_VALUES[root]) for name in FIELDS if random.random() < SHARE_PRESENT}
        for root in ROOTS
    }
