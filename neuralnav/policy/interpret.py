"""A small interpreter: the value of one expression for one object, and the second opinion on what Arrow computes."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import assert_never, cast

from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError, Fault, Span
from neuralnav.policy.functions import apply, is_function, item_of, written_key
from neuralnav.policy.signatures import NAMESPACES
from neuralnav.policy.texts import fits_list
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
)
from neuralnav.policy.values import (
    TYPE_NAMES,
    UNSIZED,
    Budget,
    NoValueError,
    Value,
    contains,
    equal,
    key_value,
    kind_of,
    new_key,
    price_of_making,
    price_of_reading,
)


def interpret(root: Expression, bindings: Mapping[str, object], budget: Budget | None = None) -> Value:
    """Return the value of an expression, with CEL's rules at run time and no check before.

    `bindings` maps names to values; a name may have dots (`x.y`), and then wins over a field of the same path. Data
    that nobody has is a missing key: `undeclared` for a name, `no_such_field` for `.field`, `no_such_key` for
    `['key']`. Raises EvaluationError with the place of what went wrong. An evaluation that has spent its MOST_STEPS
    has no value, whatever else in it decides; `budget` holds the steps instead, and what it has left afterwards.
    """
    return _Evaluation(bindings, budget or Budget()).value(root)


def variables_of(
    variables: Mapping[str, Checked], bindings: Mapping[str, object], budget: Budget | None = None
) -> Mapping[str, object]:
    """Return the bindings with a policy's `variables` among them: each evaluated when it is first read, and once.

    All of them together take the steps of one `budget`: MOST_STEPS, unless it is given.
    """
    made = dict(bindings)
    made["variables"] = _Variables(variables, made, budget or Budget())
    return made


class _Variables(Mapping[str, Value]):
    """The variables of a policy. Reading one raises EvaluationError where its expression has no value."""

    def __init__(self, variables: Mapping[str, Checked], bindings: Mapping[str, object], budget: Budget) -> None:
        self._variables = variables
        self._bindings = bindings
        self._budget = budget
        self._found: dict[str, Value | EvaluationError] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._found:
            try:
                self._found[name] = interpret(self._variables[name].root, self._bindings, self._budget)
            except EvaluationError as error:
                self._found[name] = error
        found = self._found[name]
        if isinstance(found, EvaluationError):
            raise found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


class _Evaluation:
    """One evaluation: the bindings, the variables of the macros that are running, and the steps left."""

    __slots__ = ("_bindings", "_budget", "_has_paths", "_locals")

    def __init__(self, bindings: Mapping[str, object], budget: Budget) -> None:
        self._bindings = bindings
        self._budget = budget
        self._has_paths = any("." in name for name in bindings)
        self._locals: dict[str, Value] = {}

    def value(self, node: Expression) -> Value:
        try:
            self._budget.spend()
            return self._dispatch(node)
        except NoValueError as failure:
            raise EvaluationError(Fault(failure.kind, _place(node), failure.message, failure.hint)) from failure

    def _dispatch(self, node: Expression) -> Value:  # noqa: C901 (one case a node)
        match node:
            case Constant(value=value):
                return value
            case Select():
                return self._select(node)
            case Name():
                return self._name(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Unary():
                return apply(node.operator, (self.value(node.operand),))
            case Index():
                return self._index(node)
            case Conditional():
                return self.value(node.yes if self._condition(node.condition) else node.no)
            case ListOf():
                return [self.value(item) for item in node.items]
            case MapOf():
                return self._map(node)
            case Comprehension():
                return self._comprehension(node)
            case _:
                assert_never(node)

    def _name(self, node: Name) -> Value:
        if not node.absolute and node.name in self._locals:
            return self._locals[node.name]
        if node.name in self._bindings:
            return self._bindings[node.name]
        if node.name in TYPE_NAMES:
            return TYPE_NAMES[node.name]
        raise NoValueError("undeclared", f"nothing is called {node.name}")

    def _select(self, node: Select) -> Value:
        if self._has_paths and not node.test and (path := self._path(node)) in self._bindings:
            return self._bindings[cast("str", path)]
        operand = self.value(node.operand)
        if not isinstance(operand, Mapping):
            raise NoValueError("no_such_overload", f"{kind_of(operand)} has no fields; .{node.field} needs a map")
        if node.test:
            return node.field in operand
        try:
            return cast("Value", operand[node.field])
        except KeyError as error:
            raise NoValueError("no_such_field", f"{node.field} is absent", "guard it with has()") from error
        except EvaluationError as error:
            # A variable of the policy: its own span is in another text.
            raise EvaluationError(Fault(error.kind, node.span, error.fault.message, error.fault.hint)) from error

    def _path(self, node: Expression) -> str | None:
        """Return `x.y` for a name with selections after it, unless the name is a macro's variable."""
        match node:
            case Name(name=name, absolute=absolute):
                return name if absolute or name not in self._locals else None
            case Select(operand=operand, field=field, test=False):
                path = self._path(operand)
                return None if path is None else f"{path}.{field}"
        return None

    def _binary(self, node: Binary) -> Value:
        match node.operator:
            case "&&":
                return self._joined(node, decisive=False)
            case "||":
                return self._joined(node, decisive=True)
        left, right = self.value(node.left), self.value(node.right)
        match node.operator:
            case "==":
                return equal(left, right, self._budget)
            case "!=":
                return not equal(left, right, self._budget)
            case "in":
                return contains(right, left, self._budget)
        return self._apply(node.operator, (left, right))

    def _joined(self, node: Binary, *, decisive: bool) -> bool:
        """Return `&&` (a false decides) or `||` (a true does): an error counts only where nothing decides."""
        left = self._truth(node.left)
        if left is decisive:
            return decisive
        right = self._truth(node.right)
        if right is decisive:
            return decisive
        for side in (left, right):
            if isinstance(side, EvaluationError):
                raise side
        return not decisive

    def _truth(self, node: Expression) -> bool | EvaluationError:
        try:
            return self._condition(node)
        except EvaluationError as error:
            if self._budget.left < 0:
                raise
            return error

    def _condition(self, node: Expression) -> bool:
        value = self.value(node)
        if isinstance(value, bool):
            return value
        message = f"needs a bool; this is {kind_of(value)}"
        raise EvaluationError(Fault("no_such_overload", node.span, message))

    def _call(self, node: Call) -> Value:
        target: Expression | None = node.target
        name = node.function
        if isinstance(target, Name) and target.name in NAMESPACES and is_function(f"{target.name}.{name}"):
            name, target = f"{target.name}.{name}", None
        if not is_function(name):
            raise NoValueError("undeclared", f"there is no function {name}()")
        operands = node.arguments if target is None else (target, *node.arguments)
        return self._apply(name, tuple(map(self.value, operands)), member=target is not None)

    def _apply(self, name: str, arguments: tuple[Value, ...], *, member: bool = False) -> Value:
        result = apply(name, arguments, member=member)
        if type(result) in UNSIZED and type(arguments[0]) in UNSIZED:
            return result
        cost = sum(map(price_of_reading, arguments))
        if not any(result is argument for argument in arguments):
            cost += price_of_making(result)
        if cost:
            self._budget.spend(cost)
        return result

    def _index(self, node: Index) -> Value:
        return item_of(self.value(node.operand), self.value(node.index))

    def _map(self, node: MapOf) -> Value:
        made: dict[Hashable, Value] = {}
        for key_node, value_node in node.entries:
            value = self.value(key_node)
            key = new_key(value)
            if key in made:
                message = f"the key {written_key(value)} stands twice in one map"
                raise EvaluationError(Fault("invalid_argument", key_node.span, message))
            made[key] = self.value(value_node)
        return made

    def _comprehension(self, node: Comprehension) -> Value:
        items = self._items(node)
        outer = self._locals
        try:
            self._locals = dict(outer)
            match node.macro:
                case "all":
                    return self._decided(node, items, decisive=False)
                case "exists":
                    return self._decided(node, items, decisive=True)
                case "exists_one":
                    return len(self._kept(node, items, node.body)) == 1
                case "filter":
                    return self._kept(node, items, node.body)
                case "map":
                    return self._mapped(node, items)
                case _:
                    assert_never(node.macro)
        finally:
            self._locals = outer

    def _items(self, node: Comprehension) -> Sequence[Value]:
        over = self.value(node.over)
        if isinstance(over, list | tuple):
            return over
        if isinstance(over, Mapping):
            return [key_value(key) for key in over]
        message = f"{node.macro}() goes over a list or a map; this is {kind_of(over)}"
        raise EvaluationError(Fault("no_such_overload", node.over.span, message))

    def _decided(self, node: Comprehension, items: Sequence[Value], *, decisive: bool) -> bool:
        failed: EvaluationError | None = None
        for item in items:
            self._locals[node.variable] = item
            found = self._truth(node.body)
            if found is decisive:
                return decisive
            if failed is None and isinstance(found, EvaluationError):
                failed = found
        if failed is not None:
            raise failed
        return not decisive

    def _kept(self, node: Comprehension, items: Sequence[Value], condition: Expression) -> list[Value]:
        kept: list[Value] = []
        for item in items:
            self._locals[node.variable] = item
            if self._condition(condition):
                kept.append(item)
        return kept

    def _mapped(self, node: Comprehension, items: Sequence[Value]) -> list[Value]:
        made: list[Value] = []
        kept = items if node.condition is None else self._kept(node, items, node.condition)
        for item in kept:
            self._locals[node.variable] = item
            made.append(self.value(node.body))
        fits_list(len(made))
        return made


def _place(node: Expression) -> Span:
    match node:
        case Binary():
            return node.operator_span
        case Call():
            return node.name_span
        case Select():
            return node.field_span
    return node.span
