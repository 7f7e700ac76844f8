"""Which functions and operators run as kernels, by the identifier of their signature, and which go row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower import lists, numbers, texts
from neuralnav.policy.lower.compare import compared, inverted
from neuralnav.policy.lower.fixed import computed
from neuralnav.policy.lower.parts import (
    Column,
    Failed,
    Fixed,
    Frame,
    Part,
    Run,
    Step,
    Value,
    kind_name,
    slow_of,
    step,
    taken,
)
from neuralnav.policy.signatures import FUNCTIONS, OPERATORS, ORDERS, Signature
from neuralnav.policy.types import BOOL, BYTES, DOUBLE, INT, STRING, UINT

Rule = Callable[..., Part | None]
"""Makes a part of the parts of the operands, at least one of them not fixed and none failed; None where it cannot."""


def _operators() -> Iterable[tuple[str, Rule]]:
    for kind in (INT, UINT, DOUBLE):
        for name in "+-*/%" if kind != DOUBLE else "+-*/":
            yield f"{kind.name} {name} {kind.name}", numbers.arithmetic(name, kind.name)
    for kind in (STRING, BYTES):
        yield f"{kind.name} + {kind.name}", texts.joined(kind.name)
    for kind in (INT, DOUBLE):
        yield f"-{kind.name}", numbers.negated(kind.name)
    yield "!bool", inverted
    yield "list<T> + list<T>", lists.concatenated
    for name in ORDERS:
        for item in OPERATORS:
            if item.name == name:
                yield item.id, _ordered(name)


def _ordered(name: str) -> Rule:
    return lambda left, right: compared(name, left, right)


def _functions() -> Iterable[tuple[str, Rule]]:
    for kind, length in (("string", "utf8_length"), ("bytes", "binary_length")):
        rule = numbers.plain(length, "int")
        yield from ((f"size({kind})", rule), (f"{kind}.size()", rule))
    yield from (("size(list<T>)", lists.sized), ("list<T>.size()", lists.sized))
    yield "string.startsWith(string)", texts.searched("starts_with")
    yield "string.endsWith(string)", texts.searched("ends_with")
    yield "string.contains(string)", texts.searched("match_substring")
    for name in ("string.matches(string)", "matches(string, string)"):
        yield name, texts.searched("match_substring_regex")
    yield "string.lowerAscii()", numbers.plain("ascii_lower", "string")
    yield "string.upperAscii()", numbers.plain("ascii_upper", "string")
    for name in ("ceil", "floor", "trunc"):
        yield f"math.{name}(double)", numbers.plain(name, "double")
    yield "math.round(double)", numbers.rounded
    for kind in ("int", "double"):
        yield f"math.abs({kind})", numbers.absolute(kind)
    yield "math.abs(uint)", numbers.same
    for kind in ("int", "uint", "double"):
        yield f"math.sign({kind})", numbers.plain("sign", kind)
    for name, found in (("isNaN", "is_nan"), ("isInf", "is_inf"), ("isFinite", "is_finite")):
        yield f"math.{name}(double)", numbers.plain(found, "bool")


def _conversions() -> Iterable[tuple[str, Rule]]:
    for kind in (BOOL, INT, UINT, DOUBLE, STRING, BYTES):
        yield f"{kind.name}({kind.name})", numbers.same
    for source, target in (("double", "int"), ("double", "uint"), ("int", "uint"), ("uint", "int")):
        yield f"{target}({source})", numbers.narrowed(source, target)
    for source in ("int", "uint"):
        yield f"double({source})", numbers.widened
    for source in ("int", "uint", "bool"):
        yield f"string({source})", texts.as_text
    yield "bytes(string)", texts.as_bytes
    yield "dyn(T)", numbers.same


RULES: Mapping[str, Rule] = dict((*_operators(), *_functions(), *_conversions()))

OWN = frozenset(("list<T> [] int", "map<K, V> [] K", "bool && bool", "bool || bool"))
"""What runs as kernels by the rule of a node of its own."""

ROW_BY_ROW: frozenset[str] = frozenset((
    "size(map<K, V>)", "map<K, V>.size()", "int(string)", "uint(string)", "double(string)", "string(double)",
    "string(bytes)", "bool(string)", "type(T)", "ms(string)", "usd(string)", "gib(string)", "string.charAt(int)",
    "string.indexOf(string)", "string.indexOf(string, int)", "string.lastIndexOf(string)",
    "string.lastIndexOf(string, int)", "string.replace(string, string)", "string.replace(string, string, int)",
    "string.split(string)", "string.split(string, int)", "string.substring(int)", "string.substring(int, int)",
    "string.trim()", "string.reverse()", "list<string>.join()", "list<string>.join(string)",
    "string.format(list<dyn>)", "strings.quote(string)",
))  # fmt: skip
"""Signatures without a kernel: rare over candidates, or without an exact match among Arrow's."""

SIGNATURES: tuple[Signature, ...] = (*OPERATORS, *FUNCTIONS)


def called(name: str, operands: Sequence[Part], *, member: bool) -> Part | None:
    """Return the rule of a function or an operator over these operands; None where there is no kernel for it."""
    if any(isinstance(part, Failed) for part in operands):
        return Failed()
    fixed = [part for part in operands if isinstance(part, Fixed)]
    if len(fixed) == len(operands):
        return computed(name, fixed, member=member)
    if name in _EXTREMES:
        return _extreme(_EXTREMES[name], operands)
    if name == "dyn":
        return operands[0]
    rule = RULES.get(_identifier(name, [kind_name(part) for part in operands], member=member))
    return None if rule is None else rule(*operands)


def _identifier(name: str, kinds: Sequence[str], *, member: bool) -> str:
    if not name[0].isalpha():
        return f"{kinds[0]} {name} {kinds[1]}" if len(kinds) > 1 else f"{name}{kinds[0]}"
    if member:
        return f"{kinds[0]}.{name}({', '.join(kinds[1:])})"
    return f"{name}({', '.join(kinds)})"


_BEATS: Mapping[str, str] = {"max_element_wise": "greater", "min_element_wise": "less"}


def _first_of(name: str, steps: Sequence[Step]) -> Run:
    """Return the first double that no later one beats: NaN beats none and none beats it, which Arrow's own denies."""
    beats = pc.get_function(name)

    def run(frame: Frame) -> pa.Array:
        best, *others = (taken(item, frame) for item in steps)
        for other in others:
            best = pc.if_else(beats.call([other, best]), other, best)
        return best

    return run


_EXTREMES: Mapping[str, str] = {"math.greatest": "max_element_wise", "math.least": "min_element_wise"}


def _extreme(kernel: str, operands: Sequence[Part]) -> Part | None:
    """Return the rule of the largest or smallest of numbers of one kind."""
    values = [part for part in operands if isinstance(part, Value)]
    kinds = {kind_name(part) for part in operands}
    if len(values) < len(operands) or kinds not in ({"int"}, {"uint"}, {"double"}):
        return None
    kind = kinds.pop()
    steps = [step(part, kind) for part in values]
    if kind == "double":
        return Column(kind, _first_of(_BEATS[kernel], steps), slow_of(*operands))
    options = pc.ElementWiseAggregateOptions(skip_nulls=False)
    function = pc.get_function(kernel)

    def run(frame: Frame) -> pa.Array:
        return function.call([taken(item, frame) for item in steps], options)

    return Column(kind, run, slow_of(*operands))
