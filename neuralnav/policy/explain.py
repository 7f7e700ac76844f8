"""Why a condition is true, false or without a value for one candidate: what decided, with its values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError, Fault, Span
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.reads import reads_of
from neuralnav.policy.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Index,
    Name,
    Select,
    Unary,
    children,
)
from neuralnav.policy.types import BOOL


@dataclass(frozen=True, slots=True)
class Operand:
    """A side of a comparison, or an argument, that is not written out: its text and value, or what went wrong in it."""

    text: str
    value: object = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A condition without `&&`, `||` and `?:` in it that decided.

    `holds` is its own truth, None where it has no value; `fault` then says why. `span` and `text` are of the expression
    of the policy's variable named in `variable`, or of the rule where that is empty. `missing` names every field that
    it reads and nobody has. `excess` is how far a number lies above (or, negative, below) its limit, over the limit's
    size: 0.14 for 171 against 150; None unless it compares two finite numbers, the limit not 0.
    """

    text: str
    span: Span
    holds: bool | None
    variable: str = ""
    operands: tuple[Operand, ...] = ()
    missing: tuple[str, ...] = ()
    fault: Fault | None = None
    excess: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The truth of a condition, None where it has no value, and the leaves that made it so, in the order of the text.

    Of conditions joined by `&&` that is every one that is false; where none is, all without a value; else all of them.
    `||` is its mirror image.
    """

    holds: bool | None
    leaves: tuple[Leaf, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Every absent field that decided, once."""
        return tuple(dict.fromkeys(name for leaf in self.leaves for name in leaf.missing))


def explain(checked: Checked, bindings: Mapping[str, object]) -> Explanation:
    """Return why a condition is as it is for one object.

    `bindings` is what `interpret` takes: every variable of the scope by name, absent fields left out; the policy's own
    variables are added here.
    """
    return _Explaining(checked, _Known(variables_of(checked.variables, bindings))).of(checked.root)


@dataclass(frozen=True, slots=True)
class _Known:
    """The bindings, and by the name of a variable what was found out about it: each is looked into once."""

    bindings: Mapping[str, object]
    explained: dict[str, Explanation] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reads: dict[str, frozenset[str]] = field(default_factory=dict)


class _Explaining:
    """One expression, of a rule or of a variable of the policy, on its way to its leaves."""

    __slots__ = ("_checked", "_known", "_reads", "_variable")

    def __init__(self, checked: Checked, known: _Known, variable: str = "") -> None:
        self._checked = checked
        self._known = known
        self._variable = variable
        self._reads = reads_of(checked, known.reads)

    def of(self, node: Expression) -> Explanation:
        match node:
            case Binary(operator="&&" | "||") if self._is_bool(node.left, node.right):
                return _joined(self.of(node.left), self.of(node.right), decisive=node.operator == "||")
            case Unary(operator="!", operand=operand) if self._is_bool(operand) and self._has_parts(operand):
                inner = self.of(operand)
                return Explanation(None if inner.holds is None else not inner.holds, inner.leaves)
            case Conditional(condition=condition, yes=yes, no=no) if self._is_bool(condition, yes, no):
                judged = self.of(condition)
                if judged.holds is None:
                    return judged
                taken = self.of(yes if judged.holds else no)
                return Explanation(taken.holds, _once(judged.leaves + taken.leaves))
            case Select() if (variable := self._read(node)) is not None and variable.type == BOOL:
                return self._of_variable(node.field, variable)
        leaf = self._leaf(node)
        return Explanation(leaf.holds, (leaf,))

    def _is_bool(self, *nodes: Expression) -> bool:
        return all(self._checked.types[node] == BOOL for node in nodes)

    def _has_parts(self, node: Expression) -> bool:
        match node:
            case Binary(operator=operator):
                return operator in ("&&", "||")
            case Select():
                return self._read(node) is not None
        return isinstance(node, Unary | Conditional)

    def _read(self, node: Select) -> Checked | None:
        """Return the variable of the policy that a node reads."""
        is_variable = isinstance(node.operand, Name) and node.operand.name == "variables" and not node.test
        return self._checked.variables.get(node.field) if is_variable else None

    def _of_variable(self, name: str, checked: Checked) -> Explanation:
        explained = self._known.explained
        if name not in explained:
            explained[name] = _Explaining(checked, self._known, name).of(checked.root)
        return explained[name]

    def _leaf(self, node: Expression) -> Leaf:
        value, fault = self._value(node)
        operands = tuple(self._operand(item) for item in _operands(node) if not self._is_written_out(item))
        return Leaf(
            self._text(node), node.span, value if isinstance(value, bool) else None, self._variable, operands,
            self._missing(node), fault, self._excess(node),
        )  # fmt: skip

    def _operand(self, node: Expression) -> Operand:
        return Operand(self._text(node), *self._value(node))

    def _value(self, node: Expression) -> tuple[object, Fault | None]:
        try:
            return interpret(node, self._known.bindings), None
        except EvaluationError as error:
            return None, error.fault

    def _text(self, node: Expression) -> str:
        return self._checked.text[node.span.start : node.span.end]

    def _excess(self, node: Expression) -> float | None:
        match node:
            case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=", left=left, right=right):
                if self._reads[right].columns and not self._reads[left].columns:
                    left, right = right, left
                return _relative(self._value(left)[0], self._value(right)[0])
        return None

    def _missing(self, node: Expression) -> tuple[str, ...]:
        """Return the fields that a node reads, by way of variables too, and that nobody has: each once."""
        return tuple(dict.fromkeys(self._absent(node, frozenset())))

    def _absent(self, node: Expression, local: frozenset[str]) -> Iterator[str]:
        match node:
            case Select(operand=Name(name=name, absolute=absolute), field=field) if absolute or name not in local:
                variable = self._read(node)
                if variable is not None:
                    yield from self._absent_in(field, variable)
                root = self._known.bindings.get(name)
                if isinstance(root, Mapping) and field not in root:
                    yield f"{name}.{field}"
                return
            case Comprehension(variable=item):
                local = local | {item}
        for child in children(node):
            yield from self._absent(child, local)

    def _absent_in(self, name: str, variable: Checked) -> tuple[str, ...]:
        missing = self._known.missing
        if name not in missing:
            missing[name] = _Explaining(variable, self._known, name)._missing(variable.root)
        return missing[name]

    def _is_written_out(self, node: Expression) -> bool:
        match node:
            case Constant():
                return True
            case Name():
                return node not in self._checked.types  # the name of a namespace, as in math.abs(-1)
        return all(map(self._is_written_out, children(node)))


def _once(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    return tuple({(leaf.variable, leaf.span): leaf for leaf in leaves}.values())


def _joined(left: Explanation, right: Explanation, *, decisive: bool) -> Explanation:
    truths = {left.holds, right.holds}
    holds = decisive if decisive in truths else None if None in truths else not decisive
    found = [leaf for side in (left, right) if side.holds is holds for leaf in side.leaves]
    return Explanation(holds, _once(tuple(found)))


def _operands(node: Expression) -> tuple[Expression, ...]:
    """Return what a leaf works on: the sides of its comparison, or its arguments."""
    match node:
        case Unary(operator="!", operand=operand):
            return _operands(operand)
        case Binary() | Call() | Index():
            return children(node)
        case Comprehension(over=over):
            return (over,)
    return ()


def _relative(value: object, limit: object) -> float | None:
    if not isinstance(value, int | float) or not isinstance(limit, int | float):
        return None
    if isinstance(value, bool) or isinstance(limit, bool) or not limit:
        return None
    excess = (float(value) - float(limit)) / abs(float(limit))
    return excess if math.isfinite(excess) else None
