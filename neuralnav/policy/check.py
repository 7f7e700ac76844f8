"""Judging an expression against its scope before it runs: a type for every node, or every problem with its place."""

import re
from collections.abc import Collection, Mapping
from typing import Final, assert_never

from neuralnav.policy import advice, rules
from neuralnav.policy.advice import VARIABLES
from neuralnav.policy.call_advice import of_call
from neuralnav.policy.checked import Checked
from neuralnav.policy.constants import unusable
from neuralnav.policy.faults import ExpressionError, Fault, FaultKind, Span
from neuralnav.policy.operand import Advice, Operand
from neuralnav.policy.parse import DEEPEST
from neuralnav.policy.signatures import NAMESPACES, VARIADIC
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
    UInt,
    Unary,
)
from neuralnav.policy.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    TYPE,
    UINT,
    Field,
    ListType,
    MapType,
    ObjectType,
    Parameter,
    Scope,
    Type,
)
from neuralnav.policy.unify import Unifier

_CONSTANTS: Final[Mapping[type, Type]] = {
    bool: BOOL, int: INT, UInt: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL,
}  # fmt: skip
_MACRO: Final = re.compile(r"\.\s*(\w+)\s*\(")
_TYPE_NAMES: Final = frozenset(
    {"bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"}
)  # fmt: skip


def check(
    text: str,
    root: Expression,
    scope: Scope,
    *,
    expected: Type | tuple[Type, ...] | None = None,
    variables: Mapping[str, Checked] | None = None,
    refused: Collection[str] = (),
) -> Checked:
    """Return the expression with its types; `root` is the tree of `text`.

    `variables.<name>` reads one of `variables`, or of `refused`: those that are wrong themselves, which cause no
    further problem here. `expected` is the type, or the types, that the whole may have. The types are CEL's, but that
    numbers of two kinds compare, and that an object only stands before a dot. What only leads to a name has no type:
    `math` in `math.ceil`.

    Raises ExpressionError with every problem, in the order of the text: kind `undeclared` for unknown names, fields
    and functions, `limit` where it nests too deep with its variables in place, `conversion` and `invalid_argument` for
    a text that no function can read, and `type` for all else.
    """
    checker = _Checker(text, scope, variables or {}, refused)
    found = checker.value(root)
    wanted = expected if isinstance(expected, tuple) else () if expected is None else (expected,)
    if wanted and not any(checker.unifier.assignable(found, kind) for kind in wanted):
        checker.refuse(root.span, advice.of_expected(wanted, checker.operand(root, found)))
    if checker.faults:
        raise ExpressionError(tuple(sorted(checker.faults, key=lambda fault: (fault.span.start, fault.span.end))))
    return checker.checked(root)


class _Checker:
    """One expression on its way to its types. What is wrong is typed `dyn`, so that it is told once."""

    __slots__ = ("_deepest", "_depth", "_dotted", "_known", "_local", "_read", "_types", "faults", "scope", "text",
                 "unifier", "variables")  # fmt: skip

    def __init__(self, text: str, scope: Scope, variables: Mapping[str, Checked], refused: Collection[str]) -> None:
        self.text = text
        self.scope = scope
        self.variables = variables
        self.faults: list[Fault] = []
        self.unifier = Unifier()
        self._types: dict[Expression, Type] = {}
        self._local: dict[str, Type] = {}
        self._read: dict[str, Checked] = {}
        self._depth = 0
        self._deepest = 0
        self._known: dict[str, Type] = {name: item.type for name, item in scope.variables.items()}
        fields = {name: Field(item.type, "") for name, item in variables.items()}
        fields |= {name: Field(DYN, "") for name in refused}
        self._known.setdefault(VARIABLES, ObjectType(VARIABLES, fields))
        self._dotted = any("." in name for name in self._known)

    def checked(self, root: Expression) -> Checked:
        """Return the result, with every type closed."""
        final = self.unifier.final
        types = self._types if self.unifier.idle else {node: final(kind) for node, kind in self._types.items()}
        return Checked(self.text, root, types[root], types, self.scope, self._read, self._deepest)

    def refuse(self, span: Span, what: Advice, kind: FaultKind = "type") -> Type:
        """Record a problem; what it is in counts as `dyn`."""
        self.faults.append(Fault(kind, span, *what))
        return DYN

    def operand(self, node: Expression, kind: Type) -> Operand:
        """Return a part of the expression as its problem is told with."""
        field = None
        if isinstance(node, Select):
            owner = self._types.get(node.operand)
            field = owner.fields.get(node.field) if isinstance(owner, ObjectType) else None
        return Operand(node, self.unifier.final(kind), self._quote(node), field)

    def value(self, node: Expression) -> Type:
        """Type a node whose value is used: anything but an object, which only stands before a dot."""
        kind = self._typed(node)
        return (
            kind if type(kind) is not ObjectType else self.refuse(node.span, advice.of_object(self.operand(node, kind)))
        )

    def _typed(self, node: Expression) -> Type:
        self._depth += 1
        if self._depth > self._deepest:
            self._deepest = self._depth
        kind = self._type_of(node)
        self._depth -= 1
        self._types[node] = kind
        return kind

    def _type_of(self, node: Expression) -> Type:
        match node:
            case Constant(value=value):
                return _CONSTANTS[type(value)]
            case Name():
                return self._name(node)
            case Select():
                return self._select(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Comprehension():
                return self._comprehension(node)
            case Index() | Unary() | Conditional() | ListOf() | MapOf():
                return self._composed(node)
            case _:
                assert_never(node)

    def _composed(self, node: Index | Unary | Conditional | ListOf | MapOf) -> Type:
        match node:
            case Index():
                return self._index(node)
            case Unary():
                return self._unary(node)
            case Conditional():
                return self._conditional(node)
            case ListOf():
                return self._list(node)
            case MapOf():
                return self._map(node)
            case _:
                assert_never(node)

    def _name(self, node: Name) -> Type:
        kind = None if node.absolute else self._local.get(node.name)
        kind = kind or self._known.get(node.name)
        if kind is not None:
            return kind
        if node.name in _TYPE_NAMES:
            return TYPE
        known = self._known if node.absolute else self._known | self._local
        return self.refuse(node.span, advice.of_name(node.name, known), "undeclared")

    def _select(self, node: Select) -> Type:
        if self._dotted and not node.test and (whole := self._qualified(node)) is not None:
            return whole
        owner = self.unifier.known(self._typed(node.operand))
        match owner:
            case ObjectType():
                found = self._field(node, owner)
            case MapType(value=value):
                found = value
            case _:
                found = DYN
                if not self._may_be_all(owner):
                    what = advice.of_selection(self.operand(node.operand, owner), node.field)
                    self.refuse(node.field_span, what)
        return BOOL if node.test else found

    def _field(self, node: Select, owner: ObjectType) -> Type:
        field = owner.fields.get(node.field)
        if field is None:
            return self.refuse(node.field_span, advice.of_field(owner, node.field, self._known), "undeclared")
        if owner.name == VARIABLES and node.field in self.variables:
            self._enter(node, self.variables[node.field])
        return field.type

    def _enter(self, node: Select, variable: Checked) -> None:
        """Note a variable that is read, and its own; it nests as if its tree hung below the read."""
        self._read |= variable.variables
        self._read[node.field] = variable
        depth = self._depth + variable.depth
        if depth > DEEPEST:
            message = f"with its variables in place the expression is nested more than {DEEPEST} levels deep"
            self.refuse(node.field_span, (message, "make the chain of variables shorter"), "limit")
        self._deepest = max(self._deepest, depth)

    def _qualified(self, node: Select) -> Type | None:
        """Return the type of a name with dots, which wins over a field; None where there is no such name."""
        fields = [node.field]
        operand = node.operand
        while isinstance(operand, Select) and not operand.test:
            fields.append(operand.field)
            operand = operand.operand
        if not isinstance(operand, Name) or (operand.name in self._local and not operand.absolute):
            return None
        return self._known.get(".".join([operand.name, *reversed(fields)]))

    def _index(self, node: Index) -> Type:
        operand, index = self.unifier.known(self._typed(node.operand)), self.value(node.index)
        found = rules.indexed(operand, index, self.unifier)
        if found is None:
            what = advice.of_index(self.operand(node.operand, operand), self.operand(node.index, index))
            return self.refuse(node.index.span, what)
        return found

    def _unary(self, node: Unary) -> Type:
        operand = self.value(node.operand)
        found = rules.unary(node.operator, operand, self.unifier)
        if found is None:
            span = Span(node.span.start, node.span.start + 1)
            return self.refuse(span, advice.of_unary(node.operator, self.operand(node.operand, operand)))
        return found

    def _binary(self, node: Binary) -> Type:
        compares = node.operator in ("==", "!=", "in")
        left, right = (self._typed(node.left), self._typed(node.right)) if compares else (
            self.value(node.left), self.value(node.right))  # fmt: skip
        found = rules.binary(node.operator, left, right, self.unifier)
        if found is None:
            sides = self.operand(node.left, left), self.operand(node.right, right)
            self.refuse(node.operator_span, advice.of_binary(node.operator, *sides))
            return BOOL if node.operator not in ("+", "-", "*", "/", "%") else DYN
        return found

    def _conditional(self, node: Conditional) -> Type:
        condition, yes, no = self.value(node.condition), self.value(node.yes), self.value(node.no)
        if not self.unifier.assignable(condition, BOOL):
            self.refuse(node.condition.span, advice.of_condition(self.operand(node.condition, condition)))
        found = self.unifier.agreed(yes, no)
        if found is None:
            what = advice.of_branches(self.operand(node.yes, yes), self.operand(node.no, no))
            return self.refuse(node.no.span, what)
        return found

    def _list(self, node: ListOf) -> Type:
        return ListType(self._joined(node.items))

    def _map(self, node: MapOf) -> Type:
        key = self._joined([key for key, _ in node.entries])
        for item, _ in node.entries:
            kind = self.unifier.known(self._types[item])
            if kind not in rules.KEYS and kind != DYN and not isinstance(kind, Parameter):
                self.refuse(item.span, advice.of_key(self.operand(item, kind)))
        return MapType(key, self._joined([value for _, value in node.entries]))

    def _joined(self, items: Collection[Expression]) -> Type:
        found: Type | None = None
        for item in items:
            kind = self.value(item)
            found = kind if found is None else self.unifier.joined(found, kind)
        return self.unifier.fresh() if found is None else found

    def _call(self, node: Call) -> Type:
        target = node.target
        name = node.function
        if isinstance(target, Name) and target.name in NAMESPACES and self._is_namespace(target, name):
            name, target = f"{target.name}.{name}", None
        nodes = node.arguments if target is None else (target, *node.arguments)
        kinds = tuple([self.value(item) for item in nodes])
        found = rules.called(name, kinds, self.unifier, member=target is not None)
        if found is None or (name in VARIADIC and not rules.sized(nodes)):
            operands = [self.operand(*pair) for pair in zip(nodes, kinds, strict=True)]
            what = of_call(name, operands, member=target is not None)
            return self.refuse(node.name_span, what, "type" if rules.is_known(name) else "undeclared")
        self.faults += unusable(name, nodes)
        return found

    def _is_namespace(self, target: Name, function: str) -> bool:
        """Tell whether `target` only leads to a function: one that there is, or nothing else has its name."""
        return rules.is_known(f"{target.name}.{function}") or target.name not in {*self._known, *self._local}

    def _comprehension(self, node: Comprehension) -> Type:
        over = self.unifier.known(self.value(node.over))
        item: Type = DYN
        match over:
            case ListType(kind) | MapType(kind, _):
                item = kind
            case _:
                if not self._may_be_all(over):
                    self.refuse(self._macro_span(node), advice.of_macro(node.macro, self.operand(node.over, over)))
        outer = self._local
        self._local = {**outer, node.variable: item}
        if node.condition is not None:
            self._predicate(node, node.condition)
        found = self._body(node, item)
        self._local = outer
        return found

    def _may_be_all(self, kind: Type) -> bool:
        """Tell whether a type is not known; an open one is `dyn` from here on, so that no later use makes it less."""
        return kind == DYN or (isinstance(kind, Parameter) and self.unifier.assignable(kind, DYN))

    def _body(self, node: Comprehension, item: Type) -> Type:
        if node.macro == "map":
            return ListType(self.value(node.body))
        self._predicate(node, node.body)
        return ListType(item) if node.macro == "filter" else BOOL

    def _predicate(self, node: Comprehension, body: Expression) -> None:
        kind = self.value(body)
        if not self.unifier.assignable(kind, BOOL):
            self.refuse(body.span, advice.of_predicate(node.macro, self.operand(body, kind)))

    def _macro_span(self, node: Comprehension) -> Span:
        """Return the place of the macro's name, which the tree does not hold."""
        found = _MACRO.search(self.text, node.over.span.end, node.variable_span.start)
        return Span(*found.span(1)) if found else node.over.span

    def _quote(self, node: Expression) -> str:
        return self.text[node.span.start : node.span.end]
