"""Every function and operator with its types: what the checker judges by and the interpreter and Arrow implement.

`==`, `!=` and `in` compare any two values of one type, and numbers of any type; their rule is the checker's own, as is
the conditional's. Literals, lists, maps, selection and macros are no functions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    STRING,
    TYPE,
    UINT,
    ListType,
    MapType,
    Parameter,
    Type,
    type_text,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One overload of a function or operator.

    `member`: called as `first.name(rest)`, the first parameter being what stands before the dot. A name with a dot
    (`math.ceil`) is a function of a namespace. Functions have an `about` and an `example` for the reference page.
    """

    name: str
    parameters: tuple[Type, ...]
    result: Type
    member: bool = False
    about: str = ""
    example: str = ""

    @property
    def id(self) -> str:
        """The name of this overload alone, such as `string.contains(string)` or `int + int`."""
        names = [type_text(item) for item in self.parameters]
        if not self.name[0].isalpha():
            return f" {self.name} ".join(names) if len(names) > 1 else f"{self.name}{names[0]}"
        target, rest = (f"{names[0]}.", names[1:]) if self.member else ("", names)
        return f"{target}{self.name}({', '.join(rest)})"


T, K, V = Parameter("T"), Parameter("K"), Parameter("V")
NUMBERS: tuple[Type, ...] = (INT, UINT, DOUBLE)
ORDERED: tuple[Type, ...] = (BOOL, STRING, BYTES)
STRINGS = ListType(STRING)
ORDERS = ("<", "<=", ">", ">=")


def _operators() -> Iterable[Signature]:
    for name in ("+", "-", "*", "/"):
        for number in NUMBERS:
            yield Signature(name, (number, number), number)
    for number in (INT, UINT):
        yield Signature("%", (number, number), number)
    joined: tuple[Type, ...] = (STRING, BYTES, ListType(T))
    for item in joined:
        yield Signature("+", (item, item), item)
    yield Signature("-", (INT,), INT)
    yield Signature("-", (DOUBLE,), DOUBLE)
    yield Signature("!", (BOOL,), BOOL)
    yield Signature("&&", (BOOL, BOOL), BOOL)
    yield Signature("||", (BOOL, BOOL), BOOL)
    for name in ORDERS:
        for left in NUMBERS:
            for right in NUMBERS:
                yield Signature(name, (left, right), BOOL)
        for item in ORDERED:
            yield Signature(name, (item, item), BOOL)
    yield Signature("[]", (ListType(T), INT), T)
    yield Signature("[]", (MapType(K, V), K), V)


def _member(name: str, parameters: tuple[Type, ...], result: Type, about: str, example: str) -> Signature:
    return Signature(name, parameters, result, member=True, about=about, example=example)


def _plain(name: str, parameters: tuple[Type, ...], result: Type, about: str, example: str) -> Signature:
    return Signature(name, parameters, result, about=about, example=example)


def _conversions() -> Iterable[Signature]:
    about = {
        "int": "A whole number: a double loses its fraction, a text must be one; outside 64 bits is an error.",
        "uint": "A whole number that is not negative.",
        "double": "A number with a fraction.",
        "string": "A value as text.",
        "bool": 'A truth value: of the text "true", "True", "TRUE", "t" or "1", and likewise for false.',
        "bytes": "A text as UTF-8.",
    }
    takes: Mapping[str, tuple[Type, ...]] = {
        "int": (INT, UINT, DOUBLE, STRING),
        "uint": (UINT, INT, DOUBLE, STRING),
        "double": (DOUBLE, INT, UINT, STRING),
        "string": (STRING, INT, UINT, DOUBLE, BOOL, BYTES),
        "bool": (BOOL, STRING),
        "bytes": (BYTES, STRING),
    }
    results: Mapping[str, Type] = {
        "int": INT, "uint": UINT, "double": DOUBLE, "string": STRING, "bool": BOOL, "bytes": BYTES,
    }  # fmt: skip
    examples = {
        "int": "int(2.9) == 2", "uint": "uint(3) == 3u", "double": "double(candidate.gpus) * 1.5 < 12.0",
        "string": "string(8) == '8'", "bool": "bool('true')", "bytes": "bytes('a') == b'a'",
    }  # fmt: skip
    for name, types in takes.items():
        for kind in types:
            yield _plain(name, (kind,), results[name], about[name], examples[name])
    yield _plain("dyn", (T,), DYN, "A value whose type is judged when the expression runs.", "dyn(1) == 1.0")
    yield _plain("type", (T,), TYPE, "The type of a value.", "type(1) == int")


def _units() -> Iterable[Signature]:
    yield _plain("ms", (STRING,), DOUBLE, "Milliseconds of a duration.", "candidate.ttft_p95_ms <= ms('1.5s')")
    yield _plain("usd", (STRING,), DOUBLE, "US dollars of an amount.", "candidate.cost_monthly_usd < usd('5k')")
    yield _plain("gib", (STRING,), DOUBLE, "GiB of a size.", "accelerator.memory_gib >= gib('80GiB')")


def _sizes() -> Iterable[Signature]:
    kinds = (
        (STRING, "characters", "'abc'", 3), (BYTES, "bytes", "b'abc'", 3), (ListType(T), "items", "[1, 2]", 2),
        (MapType(K, V), "entries", "{'a': 1}", 1),
    )  # fmt: skip
    for kind, what, value, count in kinds:
        yield _plain("size", (kind,), INT, f"How many {what} it has.", f"size({value}) == {count}")
        yield _member("size", (kind,), INT, f"How many {what} it has.", f"{value}.size() == {count}")


def _texts() -> Iterable[Signature]:
    two = (STRING, STRING)
    yield _member("startsWith", two, BOOL, "Whether the text begins so.", "model.id.startsWith('qwen3')")
    yield _member("endsWith", two, BOOL, "Whether the text ends so.", "model.id.endsWith('b')")
    yield _member("contains", two, BOOL, "Whether the text holds another.", "model.name.contains('Llama')")
    yield _member("matches", two, BOOL, "Whether an RE2 pattern is found in the text.", "model.id.matches('^qwen')")
    yield _plain("matches", two, BOOL, "Whether an RE2 pattern is found.", "matches(model.id, '^qwen')")
    yield _member("charAt", (STRING, INT), STRING, "The character at a place from 0; none at the end.",
                  "'abc'.charAt(1) == 'b'")  # fmt: skip
    yield _member("indexOf", two, INT, "Where a text is found first, or -1.", "'abcb'.indexOf('b') == 1")
    yield _member("indexOf", (STRING, STRING, INT), INT, "Likewise, from a place on.", "'abcb'.indexOf('b', 2) == 3")
    yield _member("lastIndexOf", two, INT, "Where a text is found last, or -1.", "'abcb'.lastIndexOf('b') == 3")
    yield _member("lastIndexOf", (STRING, STRING, INT), INT, "Likewise, up to a place.",
                  "'abcb'.lastIndexOf('b', 2) == 1")  # fmt: skip
    yield _member("lowerAscii", (STRING,), STRING, "The text with A-Z in lower case.", "'L40S'.lowerAscii() == 'l40s'")
    yield _member("upperAscii", (STRING,), STRING, "The text with a-z in upper case.", "'l4'.upperAscii() == 'L4'")
    yield _member("replace", (STRING, STRING, STRING), STRING, "The text with every find replaced.",
                  "'a-b-c'.replace('-', '.') == 'a.b.c'")  # fmt: skip
    yield _member("replace", (STRING, STRING, STRING, INT), STRING, "Likewise, at most so many; -1 is every.",
                  "'a-b-c'.replace('-', '.', 1) == 'a.b-c'")  # fmt: skip
    yield _member("split", two, STRINGS, "The parts between a separator.", "'a,b'.split(',') == ['a', 'b']")
    yield _member("split", (STRING, STRING, INT), STRINGS, "Likewise, at most so many parts; -1 is every.",
                  "'a,b,c'.split(',', 2) == ['a', 'b,c']")  # fmt: skip
    yield _member("substring", (STRING, INT), STRING, "The text from a place on.", "'abc'.substring(1) == 'bc'")
    yield _member("substring", (STRING, INT, INT), STRING, "The text from a place up to another.",
                  "'abc'.substring(0, 2) == 'ab'")  # fmt: skip
    yield _member("trim", (STRING,), STRING, "The text without white space around it.", "' a '.trim() == 'a'")
    yield _member("reverse", (STRING,), STRING, "The text backwards.", "'abc'.reverse() == 'cba'")
    yield _member("join", (STRINGS,), STRING, "The texts one after another.", "['a', 'b'].join() == 'ab'")
    yield _member("join", (STRINGS, STRING), STRING, "Likewise, with a separator.", "['a', 'b'].join('/') == 'a/b'")
    yield _member("format", (STRING, ListType(DYN)), STRING, "The text with %s, %d, %f, %e, %b, %x, %o filled in.",
                  "'%d GPUs at %.2f'.format([8, 1.5]) == '8 GPUs at 1.50'")  # fmt: skip
    yield _plain("strings.quote", (STRING,), STRING, "The text as a literal, escaped.",
                    "strings.quote('a') == '\"a\"'")  # fmt: skip


def _numbers() -> Iterable[Signature]:
    for name, about in (("ceil", "up"), ("floor", "down"), ("round", "to the nearest, half away from 0"),
                        ("trunc", "towards 0")):  # fmt: skip
        yield _plain(f"math.{name}", (DOUBLE,), DOUBLE, f"Rounded {about}.", f"math.{name}(1.0) == 1.0")
    for number in NUMBERS:
        yield _plain("math.abs", (number,), number, "Without its sign.", "math.abs(-1) == 1")
        yield _plain("math.sign", (number,), number, "-1, 0 or 1.", "math.sign(-2.5) == -1.0")
    for name, about, sign in (("isNaN", "no number", "!"), ("isInf", "infinite", "!"), ("isFinite", "finite", "")):
        yield _plain(f"math.{name}", (DOUBLE,), BOOL, f"Whether it is {about}.", f"{sign}math.{name}(1.0)")


OPERATORS: tuple[Signature, ...] = tuple(_operators())
FUNCTIONS: tuple[Signature, ...] = (*_sizes(), *_conversions(), *_units(), *_texts(), *_numbers())
"""`math.greatest` and `math.least` stand apart: they take one list of numbers, or any count of numbers."""

NAMESPACES = frozenset(item.name.partition(".")[0] for item in FUNCTIONS if "." in item.name)

VARIADIC: Mapping[str, str] = {
    "math.greatest": "The largest of its arguments, or of one list of numbers.",
    "math.least": "The smallest of its arguments, or of one list of numbers.",
}


def overloads(name: str, count: int, *, member: bool) -> tuple[Signature, ...]:
    """Return the overloads of a function or operator that take `count` values, the target of a member among them."""
    return _BY_CALL.get((name, count, member), ())


def _by_call() -> dict[tuple[str, int, bool], tuple[Signature, ...]]:
    found: dict[tuple[str, int, bool], tuple[Signature, ...]] = {}
    for item in (*OPERATORS, *FUNCTIONS):
        key = (item.name, len(item.parameters), item.member)
        found[key] = (*found.get(key, ()), item)
    return found


_BY_CALL = _by_call()
