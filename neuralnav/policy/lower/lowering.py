"""From a checked expression to Arrow kernels: one rule a node, and what has none goes row by row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_never

import pyarrow as pa

from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret, variables_of
from neuralnav.policy.lower import lists
from neuralnav.policy.lower.calls import called
from neuralnav.policy.lower.compare import compared
from neuralnav.policy.lower.fixed import computed
from neuralnav.policy.lower.logic import conditional, conjunction, disjunction
from neuralnav.policy.lower.parts import (
    ARROW,
    Column,
    Failed,
    Fixed,
    Frame,
    Items,
    Lists,
    Opaque,
    Part,
    Run,
    Value,
    holds,
    kind_of_type,
)
from neuralnav.policy.lower.rows import Read, row_by_row
from neuralnav.policy.reads import Reads, reads_of
from neuralnav.policy.signatures import NAMESPACES
from neuralnav.policy.tree import (
    Binary,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Index,
    ListOf,
    MapOf,
    Name,
    Select,
    Unary,
    children,
)
from neuralnav.policy.types import ListType, ObjectType, Type
from neuralnav.policy.values import MOST_STEPS, Budget

MOST_UNROLLED = 4096
"""Nodes that the macros of one expression may become. Beyond, a macro goes row by row."""

MOST_FOLDING = 4 * MOST_STEPS
"""Steps for the parts of one expression that read no column, all of them and its variables together. Beyond, they have
no value, as one evaluation by the interpreter has none beyond MOST_STEPS."""

Local = Mapping[str, Fixed | Column]
NO_LOCALS: Local = MappingProxyType({})


class Lowering:
    """One expression on its way to kernels; those of the policy's variables share what is known of them."""

    __slots__ = ("_bindings", "_constants", "_left", "_own", "_reads", "checked")

    def __init__(self, checked: Checked, constants: Mapping[str, object], own: "Variables | None" = None) -> None:
        self.checked = checked
        self._constants = constants
        self._own = own or Variables(constants)
        self._reads = reads_of(checked, self._own.reads)
        self._bindings: Mapping[str, object] | None = None
        self._left = MOST_UNROLLED

    def part(self, node: Expression, local: Local = NO_LOCALS) -> Part:
        """Return what a node becomes, where the variables of the macros around it are bound so."""
        if isinstance(node, Constant):
            return Fixed(node.value)
        reads = self._reads[node]
        if not reads.columns and all(isinstance(local[name], Fixed) for name in reads.names):
            return self._folded(node, reads, local)
        found = self._rule(node, local)
        if found is not None:
            return found
        kind = kind_of_type(self.checked.types[node])
        return self._row_by_row(node, kind, reads, local) if kind else Opaque()

    @property
    def steps(self) -> int:
        """The steps that were taken for what is the same in every row, by it and the variables that it read."""
        return MOST_FOLDING - self._own.folding.left

    def variable(self, node: Select) -> "Lowering | None":
        """Return the lowering of the policy's variable that a node reads; None where it reads none."""
        known = isinstance(node.operand, Name) and node.operand.name == "variables" and not node.test
        if not known or node.field not in self.checked.variables:
            return None
        return self._own.lowering(node.field, self.checked.variables[node.field])

    def _folded(self, node: Expression, reads: Reads, local: Local) -> Fixed | Failed:
        if self._bindings is None:
            self._bindings = variables_of(self.checked.variables, self._constants, self._own.folding)
        own = {name: local[name].value for name in reads.names}  # type: ignore[union-attr]  # all of them are fixed
        left = self._own.folding.left
        budget = Budget(min(MOST_STEPS, left))
        try:
            return Fixed(interpret(node, {**self._bindings, **own} if own else self._bindings, budget))
        except EvaluationError:
            return Failed()
        finally:
            self._own.folding.left -= min(MOST_STEPS, left) - budget.left

    def _row_by_row(self, node: Expression, kind: str, reads: Reads, local: Local) -> Column:
        found = [self._read(name) for name in sorted(reads.columns)]
        fixed: dict[str, object] = {}
        for name in sorted(reads.names):
            match local[name]:
                case Fixed(value):
                    fixed[name] = value
                case Column(kind=of, run=run):
                    found.append(Read(name, "", of, run, is_local=True))
        return row_by_row(node, kind, found, self._constants, fixed, self.checked)

    def _read(self, column: str) -> Read:
        root, _, field = column.partition(".")
        variable = self.checked.scope.variables[root].type
        kind = variable.fields[field].type if isinstance(variable, ObjectType) else variable
        return Read(root, field, kind_of_type(kind), _reading(column, kind))

    def _rule(self, node: Expression, local: Local) -> Part | None:
        match node:
            case Name():
                return self._name(node, local)
            case Select():
                return self._select(node, local)
            case Binary():
                return self._binary(node, local)
            case Call():
                return self._call(node, local)
            case Unary():
                return called(node.operator, (self.part(node.operand, local),), member=False)
            case Index() | Conditional() | ListOf() | MapOf() | Comprehension():
                return self._composed(node, local)
            case Constant(value=value):
                return Fixed(value)
            case _:
                assert_never(node)

    def _composed(self, node: Index | Conditional | ListOf | MapOf | Comprehension, local: Local) -> Part | None:
        match node:
            case Index():
                return _indexed(self.part(node.operand, local), self.part(node.index, local))
            case Conditional():
                return self._conditional(node, local)
            case ListOf():
                return lists.literal([self.part(item, local) for item in node.items])
            case MapOf():
                return None
            case Comprehension():
                return self._comprehension(node, local)
            case _:
                assert_never(node)

    def _name(self, node: Name, local: Local) -> Part | None:
        if node.name in local and not node.absolute:
            return local[node.name]
        found = self.checked.scope.variables.get(node.name)
        if found is None or not found.per_row or not kind_of_type(found.type):
            return None
        return Column(kind_of_type(found.type), _reading(node.name, found.type))

    def _select(self, node: Select, local: Local) -> Part | None:
        root = node.operand
        if not isinstance(root, Name) or (root.name in local and not root.absolute):
            return None
        found = self.checked.scope.variables.get(root.name)
        if found is None or not found.per_row or not isinstance(found.type, ObjectType):
            inner = self.variable(node)
            return None if inner is None else self._own.part(node, inner)
        kind = found.type.fields[node.field].type
        run = _reading(f"{root.name}.{node.field}", kind)
        if node.test:
            return Column("bool", holds(run))
        if isinstance(kind, ListType) and kind_of_type(kind.item):
            return Lists(kind_of_type(kind.item), run)
        return Column(kind_of_type(kind), run) if kind_of_type(kind) else None

    def _binary(self, node: Binary, local: Local) -> Part | None:
        left, right = self.part(node.left, local), self.part(node.right, local)
        match node.operator:
            case "&&":
                return conjunction((left, right))
            case "||":
                return disjunction((left, right))
        if isinstance(left, Failed) or isinstance(right, Failed):
            return Failed()
        match node.operator:
            case "==" | "!=" | "in" if isinstance(left, Fixed) and isinstance(right, Fixed):
                return computed(node.operator, (left, right))
            case "==" | "!=":
                if isinstance(left, Value) and isinstance(right, Value):
                    return compared(node.operator, left, right)
                return None
            case "in":
                return _held(left, right)
        return called(node.operator, (left, right), member=False)

    def _call(self, node: Call, local: Local) -> Part | None:
        target, name = node.target, node.function
        if isinstance(target, Name) and target.name in NAMESPACES and target not in self.checked.types:
            name, target = f"{target.name}.{name}", None
        nodes = node.arguments if target is None else (target, *node.arguments)
        return called(name, [self.part(item, local) for item in nodes], member=target is not None)

    def _conditional(self, node: Conditional, local: Local) -> Part | None:
        condition = self.part(node.condition, local)
        match condition:
            case Failed():
                return condition
            case Fixed(True):
                return self.part(node.yes, local)
            case Fixed(False):
                return self.part(node.no, local)
            case Column(kind="bool"):
                return conditional(condition, self.part(node.yes, local), self.part(node.no, local))
        return None

    def _comprehension(self, node: Comprehension, local: Local) -> Part | None:
        over = self.part(node.over, local)
        items = lists.listed(over)
        if items is None or not self._affordable(node, len(items.items)):
            return over if isinstance(over, Failed) else None
        if node.condition is not None:
            kept = lists.kept(items, self._bodies(node, node.condition, items, local))
            if not isinstance(kept, Items):
                return kept
            items = kept
        return lists.MACROS[node.macro](items, self._bodies(node, node.body, items, local))

    def _bodies(self, node: Comprehension, body: Expression, items: Items, local: Local) -> list[Part]:
        return [self.part(body, {**local, node.variable: item}) for item in items.items]

    def _affordable(self, node: Comprehension, count: int) -> bool:
        """Tell whether a macro's body may stand once for each item, and take it off what is left for others."""
        inner = [child for body in (node.condition, node.body) if body is not None for child in (body, *_below(body))]
        if any(isinstance(child, Name) and child.absolute and child.name == node.variable for child in inner):
            return False
        self._left -= count * len(inner)
        return self._left >= 0


class Variables:
    """The variables of a policy, each lowered when first read, and worked out once in an evaluation."""

    __slots__ = ("_constants", "_lowerings", "_parts", "folding", "reads")

    def __init__(self, constants: Mapping[str, object]) -> None:
        self._constants = constants
        self._lowerings: dict[str, Lowering] = {}
        self._parts: dict[str, Part] = {}
        self.folding = Budget(MOST_FOLDING)
        self.reads: dict[str, frozenset[str]] = {}

    def lowering(self, name: str, variable: Checked) -> Lowering:
        """Return the lowering of a variable, the same for all who read it."""
        if name not in self._lowerings:
            self._lowerings[name] = Lowering(variable, self._constants, self)
        return self._lowerings[name]

    def part(self, node: Select, inner: Lowering) -> Part:
        """Return what a variable becomes where it is read; parts of it that are slow are slow at that place."""
        name = node.field
        if name not in self._parts:
            self._parts[name] = inner.part(inner.checked.root)
        found = self._parts[name]
        if not isinstance(found, Column):
            return found
        run = found.run

        def shared(frame: Frame) -> pa.Array:
            if name not in frame.shared:
                frame.shared[name] = run(frame)
            return frame.shared[name]

        return Column(found.kind, shared, frozenset((node.span,)) if found.slow else frozenset())


def _reading(column: str, kind: Type) -> Run:
    form = ARROW.get(kind_of_type(kind))
    return lambda frame: frame.columns.read(column, form)


def _held(left: Part, right: Part) -> Part | None:
    if isinstance(right, Fixed) and isinstance(right.value, Mapping):
        return lists.keyed(left, right.value) if isinstance(left, Column) else None
    return lists.contained(left, right) if isinstance(left, Value) else None


def _indexed(operand: Part, index: Part) -> Part | None:
    match operand, index:
        case (Failed(), _) | (_, Failed()):
            return Failed()
        case Fixed(), Fixed():
            return computed("[]", (operand, index))
        case Items(), Fixed():
            return lists.item_at(operand, index)
        case Fixed(Mapping() as entries), Column():
            return lists.looked_up(entries, index)
    return None


def _below(node: Expression) -> list[Expression]:
    found = list(children(node))
    for child in found:
        found += children(child)
    return found
