"""The reference page of the policy language, generated from what the checker itself goes by: scope and signatures."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from neuralnav.enforce.fleet import FLEET_SCOPE
from neuralnav.enforce.scope import SCOPE
from neuralnav.enforce.subset import LEFT_OUT, SUITE, TAKEN, Entry
from neuralnav.model.policy import MOST_POINTS
from neuralnav.policy.lower.columns import MOST_WORK
from neuralnav.policy.parse import DEEPEST
from neuralnav.policy.signatures import FUNCTIONS, OPERATORS, VARIADIC, Signature
from neuralnav.policy.texts import LONGEST_LIST, LONGEST_PATTERN, LONGEST_TEXT
from neuralnav.policy.tokens import MOST_CHARACTERS, MOST_TOKENS
from neuralnav.policy.types import ListType, MapType, ObjectType, Parameter, Scope, Simple, Type, type_text
from neuralnav.policy.values import DEEPEST_VALUE, MOST_STEPS
from neuralnav.policy.variables import MOST_VARIABLES

LITERALS: tuple[Entry, ...] = (
    Entry("`true`, `false`", "bool", "true != false"),
    Entry("`8`, `-3`, `0x1F`", "int: 64 bits, with a sign", "0x1F == 31"),
    Entry("`8u`", "uint: 64 bits, without a sign", "8u == 8"),
    Entry("`0.2`, `1e6`, `.5`", "double: always with a point or an exponent", "1e3 == 1000.0"),
    Entry("`'text'`, `\"text\"`", "string; `\\n`, `\\t`, `\\\\`, `\\'`, `\\x41`, `\\u20ac` and the like are escapes",
          "'\\u0041' == \"A\""),
    Entry("`r'text'`", "string without escapes, for patterns", "r'\\d+' == '\\\\d+'"),
    Entry("`'''text'''`", "string that may span lines", "'''it's''' == \"it's\""),
    Entry("`b'text'`", "bytes: the text as UTF-8", "b'a' == bytes('a')"),
    Entry("`null`", "nothing. No field is ever null: data that nobody has is absent", "null == null"),
    Entry("`[a, b]`", "list", "['H100', 'L40S'][0] == 'H100'"),
    Entry("`{k: v}`", "map; keys are strings, whole numbers or bools", "{'prod': 0.2}['prod'] == 0.2"),
)  # fmt: skip

OPERATOR_ENTRIES: tuple[Entry, ...] = (
    Entry("`a.b`", "a field of an object, or the entry of a map under a text", "{'a': 1}.a == 1"),
    Entry("`a[b]`", "an item of a list, from 0, or an entry of a map", "[5, 6][1] == 6"),
    Entry("`-a`, `!a`", "the negative of a number, the opposite of a bool", "-(1) == 0 - 1 && !false"),
    Entry("`*`, `/`, `%`", "of two numbers of one type; `/` of whole numbers drops the fraction",
          "7 / 2 == 3 && 7 % 2 == 1 && 7.0 / 2.0 == 3.5"),
    Entry("`+`, `-`", "of two numbers of one type; `+` also joins strings, bytes and lists",
          "'a' + 'b' == 'ab' && [1] + [2] == [1, 2]"),
    Entry("`<`, `<=`, `>`, `>=`", "order of numbers of any type, of strings, bytes and bools", "1 < 1.5 && 'a' < 'b'"),
    Entry("`==`, `!=`", "equality of two values of one type, or of numbers of any type", "1 == 1.0 && [1] != [2]"),
    Entry("`in`", "whether a list holds a value, or a map a key", "'L4' in ['L4', 'L40S'] && 'a' in {'a': 1}"),
    Entry("`&&`", "both; false when either is, even if the other has no value", "!(false && 1 / 0 > 0)"),
    Entry("`||`", "either; true when either is, even if the other has no value", "true || 1 / 0 > 0"),
    Entry("`c ? a : b`", "`a` where `c` is true, else `b`; the other is not evaluated", "(true ? 1 : 1 / 0) == 1"),
)  # fmt: skip

MACROS: tuple[Entry, ...] = (
    Entry("`has(a.b)`", "whether a field or an entry is there", "has({'a': 1}.a) && !has({'a': 1}.b)"),
    Entry("`list.all(x, p)`", "whether `p` is true of every item; of every key of a map", "[1, 2].all(x, x > 0)"),
    Entry("`list.exists(x, p)`", "whether `p` is true of some item", "['eu-1'].exists(x, x.startsWith('eu-'))"),
    Entry("`list.exists_one(x, p)`", "whether `p` is true of exactly one item", "[1, 2, 3].exists_one(x, x > 2)"),
    Entry("`list.filter(x, p)`", "the items of which `p` is true", "[1, 2, 3].filter(x, x > 1) == [2, 3]"),
    Entry("`list.map(x, e)`", "`e` of every item", "[1, 2].map(x, x * 2) == [2, 4]"),
    Entry("`list.map(x, p, e)`", "`e` of the items of which `p` is true", "[1, 2].map(x, x > 1, x * 2) == [4]"),
)
"""A macro binds the name `x` inside its second and third argument."""

ERRORS: tuple[tuple[str, str], ...] = (
    ("`no_such_field`", "Absent data was read without `has()`."),
    ("`no_such_key`", "A map has no entry under that key."),
    ("`index`", "A place outside a list or a text."),
    ("`division_by_zero`", "A whole number was divided by zero. Doubles give infinity, as IEEE 754 has it."),
    ("`overflow`", "A whole number left 64 bits."),
    ("`conversion`", "A text that is no number, or a number that the type asked for cannot hold."),
    ("`no_such_overload`", "A function or operator met values that it does not take; only behind `dyn()`."),
    ("`invalid_argument`", "A value that a function refuses, such as a pattern that is not RE2."),
    ("`limit`", "A text, a list or an amount of work beyond the limits below."),
)

ADDED: tuple[Entry, ...] = (
    Entry(
        "numbers of different types compare",
        "`candidate.gpus <= 7.5` needs no `dyn()`. Beside a double, a whole number becomes the nearest double; int and "
        "uint compare exactly. Arithmetic between types is refused, as in CEL: write `2.0`, or "
        "`double(candidate.gpus)`.",
        "7 <= 7.5 && 2u == 2.0",
    ),
    Entry("`ms`, `usd`, `gib`", "Text with a unit becomes the plain number that fields hold.", "ms('1.5s') == 1500.0"),
)
"""What goes beyond CEL."""


FLEET = "Fields of a fleet policy"
"""The heading of a scope that has no candidates."""

SCOPES: Mapping[str, tuple[str, Scope]] = {
    "Fields": ("What the rules of a policy may read, beside its own `params` and `variables`.", SCOPE),
    FLEET: ("What the rules of a `FleetPolicy` may read, beside `params`.", FLEET_SCOPE),
}

LIMITS: tuple[tuple[str, str], ...] = (
    ("the text of an expression", f"{MOST_CHARACTERS:,} characters, {MOST_TOKENS:,} tokens"),
    ("nesting of an expression, its variables in their places",
     f"{DEEPEST} levels; chains of `&&` or `||` hardly count"),
    ("variables of a policy", f"{MOST_VARIABLES}"),
    ("work of one evaluation", f"{MOST_STEPS:,} steps: an operation, an item of a list, or 64 characters"),
    ("work of all policies over the candidates of a workload", f"{MOST_WORK:,} such steps in what has no Arrow kernel"),
    ("nesting of lists and maps", f"{DEEPEST_VALUE} levels"),
    ("a text or a list that an expression makes", f"{LONGEST_TEXT:,} characters, {LONGEST_LIST:,} items"),
    ("a pattern of `matches`", f"{LONGEST_PATTERN:,} characters, RE2: time grows with the text, never faster"),
    ("points of one candidate", f"from -{MOST_POINTS:g} to {MOST_POINTS:g}, for one rule and for all together"),
    ("a policy file", "1 MiB, 40 levels, no anchors"),
)  # fmt: skip


def reference_text() -> str:
    """Return the page as markdown."""
    blocks = [
        _HEAD,
        *(block for heading, (about, scope) in SCOPES.items() for block in _scope(heading, about, scope)),
        "## Literals\n",
        _table(("written", "what it is", "an example that is true"), map(_cells, LITERALS)),
        "## Operators\n",
        "From those that bind tightest to those that bind loosest; those of one line from left to right.\n",
        _table(("written", "what it gives", "an example that is true"), map(_cells, OPERATOR_ENTRIES)),
        "Types that each takes:\n",
        _table(("operator", "takes and gives"), _operator_rows()),
        "## Macros\n",
        _table(("written", "what it gives", "an example that is true"), map(_cells, MACROS)),
        "## Functions\n",
        *(block for heading, names in _GROUPS for block in _functions(heading, names)),
        "## Errors\n",
        _ERRORS,
        _table(("kind", "when"), ERRORS),
        "## Limits\n",
        _table(("what", "limit"), LIMITS),
        "## Beside CEL\n",
        _BESIDE,
        "### What is in\n",
        _table(("of CEL", "what it covers", "an example that is true"), map(_cells, TAKEN)),
        "### What is out\n",
        _table(("of CEL", "in its place", "an example that is refused"), map(_cells, LEFT_OUT)),
        "### What is added\n",
        _table(("added", "what it does", "an example that is true"), map(_cells, ADDED)),
        "### The conformance suite\n",
        SUITE,
    ]
    return "\n".join(blocks)


def examples() -> Iterator[str]:
    """Yield every example of the page that is true by itself, without a scope."""
    for entry in (*LITERALS, *OPERATOR_ENTRIES, *MACROS, *TAKEN, *ADDED):
        yield entry.example


_HEAD = """\
# Policy reference

Generated from the scope and the signatures that policies are checked with: `uv run python -m
tests.tools.write_policy_reference` writes it. [policies.md](policies.md) is the guide.

Numbers are plain: their unit is in the name, and in the column *unit*. *may be absent*: nobody may have that value;
reading it is then an error of that candidate, unless `has()` guards it. See [errors](#errors).
"""

_ERRORS = """\
An expression has a value or an error for each candidate. `&&`, `||`, `all` and `exists` absorb an error when the rest
decides. What is left has no value: the rule's `onUnknown` says what that means (`deny` unless it is given).
"""

_BESIDE = """\
The language is a subset of [CEL](https://github.com/google/cel-spec), with the same meaning wherever the two overlap.
Policies are checked before they run: the checker refuses `1 + 1.0`, `1 == 'a'` and `?:` with branches of two types,
unless `dyn()` stands around them. `neuralnav.policy.evaluate(expression, bindings)` checks no types before it runs.
"""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Units", ("ms", "usd", "gib")),
    ("Texts", (
        "size", "startsWith", "endsWith", "contains", "matches", "lowerAscii", "upperAscii", "trim", "replace",
        "substring", "charAt", "indexOf", "lastIndexOf", "split", "join", "reverse", "format", "strings.quote",
    )),
    ("Numbers", (
        "math.greatest", "math.least", "math.abs", "math.sign", "math.ceil", "math.floor", "math.round", "math.trunc",
        "math.isNaN", "math.isInf", "math.isFinite",
    )),
    ("Types", ("int", "uint", "double", "string", "bool", "bytes", "dyn", "type")),
)  # fmt: skip


def _scope(heading: str, about: str, scope: Scope) -> Iterator[str]:
    yield f"## {heading}\n\n{about}\n"
    for name, variable in scope.variables.items():
        if not isinstance(variable.type, ObjectType):
            yield f"### {name}\n\n{variable.about} A {type_text(variable.type)}.\n"
            continue
        often = "One for each candidate." if variable.per_row else "One for the whole plan."
        yield f"### {name}\n\n{variable.about} {often if heading != FLEET else ''}".rstrip() + "\n"
        rows = (
            (
                f"`{name}.{field}`",
                type_text(item.type) + ("; may be absent" if item.optional else ""),
                item.unit,
                item.about,
                f"`{item.example}`" if item.example else "",
            )
            for field, item in variable.type.fields.items()
        )
        yield _table(("field", "type", "unit", "meaning", "example"), rows)


def _functions(heading: str, names: tuple[str, ...]) -> Iterator[str]:
    yield f"### {heading}\n"
    rows = []
    for name in names:
        if name in VARIADIC:
            rows.append((f"`{name}(numbers...)`", VARIADIC[name], f"`{name}(1, 2.5, 3) >= 1`"))
        for (about, example), group in groupby(_named(name), key=lambda item: (item.about, item.example)):
            forms = ", ".join(_form(item) for item in _merged(group))
            rows.append((forms, about, f"`{example}`"))
    yield _table(("function", "what it gives", "example"), rows)


def _named(name: str) -> list[Signature]:
    return [item for item in FUNCTIONS if item.name == name]


def _merged(group: Iterable[Signature]) -> list[list[Signature]]:
    """Return signatures that differ only in the types that they take as one group."""
    merged: dict[tuple[str, int, bool], list[Signature]] = {}
    for item in group:
        merged.setdefault((item.name, len(item.parameters), item.member), []).append(item)
    return list(merged.values())


def _form(group: list[Signature]) -> str:
    first = group[0]
    names = [_alternatives([item.parameters[index] for item in group]) for index in range(len(first.parameters))]
    same = len({item.result for item in group}) > 1
    result = "the same type" if same else _type_name(first.result)
    if first.member:
        return f"`{names[0]}.{first.name}({', '.join(names[1:])})` {result}"
    return f"`{first.name}({', '.join(names)})` {result}"


def _alternatives(types: list[Type]) -> str:
    return " or ".join(dict.fromkeys(_type_name(item) for item in types))


def _type_name(found: Type) -> str:
    match found:
        case Parameter():
            return "any"
        case ListType(item):
            return "list" if isinstance(item, Parameter) else f"list<{_type_name(item)}>"
        case MapType(key, value):
            return "map" if isinstance(key, Parameter) else f"map<{_type_name(key)}, {_type_name(value)}>"
        case Simple() | ObjectType():
            return type_text(found)


def _operator_rows() -> Iterator[tuple[str, str]]:
    by_name: dict[str, list[Signature]] = {}
    for item in OPERATORS:
        by_name.setdefault(item.name, []).append(item)
    by_types: dict[str, list[str]] = {}
    for name, group in by_name.items():
        by_types.setdefault("; ".join(dict.fromkeys(_operation(item) for item in group)), []).append(f"`{name}`")
    for types, names in by_types.items():
        yield ", ".join(names), types
    yield "`==`, `!=`", "any two values of one type; numbers of any type"
    yield "`in`", "any and list; any and map"
    yield "`? :`", "bool and two values of one type"


def _operation(item: Signature) -> str:
    names = [_type_name(kind) for kind in item.parameters]
    if item.name in ("<", "<=", ">", ">=") and {*names} <= {"int", "uint", "double"}:
        return "numbers of any type: bool"
    result = "the item" if isinstance(item.result, Parameter) else _type_name(item.result)
    return f"{' and '.join(names)}: {result}"


def _cells(entry: Entry) -> tuple[str, str, str]:
    fence = "``" if "`" in entry.example else "`"
    return entry.form, entry.about, f"{fence}{entry.example}{fence}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
