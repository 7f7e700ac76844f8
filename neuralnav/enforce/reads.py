"""What an expression reads, which of it may be absent there, and which texts it compares closed fields with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from neuralnav.model.params import Value
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import Span
from neuralnav.policy.tree import (
    Binary,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    ListOf,
    Name,
    Select,
    Unary,
    children,
)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of `root.field`: where, in the text of which variable (empty: in the rule's own).

    `guarded` says that the field is known to be there when it is read; `test`, that it is only asked for (`has`).
    """

    root: str
    field: str
    span: Span
    variable: str
    guarded: bool
    test: bool

    @property
    def path(self) -> str:
        """The field with its root."""
        return f"{self.root}.{self.field}"


@dataclass(frozen=True, slots=True)
class Compared:
    """A text that a field is compared with: a literal at `span` of a variable's text, or a value of a parameter."""

    path: str
    value: str
    span: Span
    variable: str = ""
    param: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk is: in which variable, which names macros have taken, and which fields are there for sure."""

    variable: str = ""
    bound: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()

    def knowing(self, more: frozenset[str]) -> "_Place":
        return replace(self, sure=self.sure | more) if more else self


def reads(checked: Checked) -> Iterator[Read]:
    """Yield every reading of a field, those of the variables that it reads included, each where it is written.

    A variable that is read twice is walked once for each set of fields that are sure to be there.
    """
    seen: set[tuple[str, frozenset[str]]] = set()

    def walk(node: Expression, place: _Place) -> Iterator[Read]:
        if (path := _path(node, place.bound)) is not None and isinstance(node, Select):
            root, field = path
            guarded = f"{root}.{field}" in place.sure
            yield Read(root, field, node.field_span, place.variable, guarded, node.test)
            key = (field, place.sure)
            if root == "variables" and field in checked.variables and key not in seen:
                seen.add(key)
                yield from walk(checked.variables[field].root, _Place(field, frozenset(), place.sure))
            return
        for part, at in _parts(node, place, checked.variables):
            yield from walk(part, at)

    yield from walk(checked.root, _Place())


def compared(checked: Checked, params: Mapping[str, Value]) -> Iterator[Compared]:
    """Yield the texts that fields are compared with by `==`, `!=` and `in`, through variables and parameters too."""
    roots = {"": checked.root, **{name: item.root for name, item in checked.variables.items()}}
    for variable, root in roots.items():
        for node in _all(root):
            if not isinstance(node, Binary) or node.operator not in ("==", "!=", "in"):
                continue
            for left, right in ((node.left, node.right), (node.right, node.left))[: 1 if node.operator == "in" else 2]:
                path = _path(left, frozenset())
                if path is not None:
                    name = ".".join(path)
                    for found in _texts(right, variable, checked.variables, params):
                        yield replace(found, path=name)


def _all(node: Expression) -> Iterator[Expression]:
    yield node
    for part in children(node):
        yield from _all(part)


def _path(node: Expression, bound: frozenset[str]) -> tuple[str, str] | None:
    """Return the root and field of `root.field`, unless a macro has taken the root's name."""
    match node:
        case Select(operand=Name(name=root, absolute=absolute), field=field) if absolute or root not in bound:
            return root, field
        case _:
            return None


def _texts(
    node: Expression, variable: str, variables: Mapping[str, Checked], params: Mapping[str, Value]
) -> Iterator[Compared]:
    """Yield the texts that an expression can be, or that the list that it is can hold."""
    match node:
        case Constant(value=str() as text, span=span):
            yield Compared("", text, span, variable)
        case ListOf(items=items):
            for item in items:
                yield from _texts(item, variable, variables, params)
        case Conditional(yes=yes, no=no):
            yield from _texts(yes, variable, variables, params)
            yield from _texts(no, variable, variables, params)
        case Select(operand=Name(name="params"), field=field, span=span) if field in params:
            value = params[field]
            for held in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
                if isinstance(held, str):
                    yield Compared("", held, span, variable, field)
        case Select(operand=Name(name="variables"), field=field) if field in variables:
            yield from _texts(variables[field].root, field, variables, params)
        case _:
            return


def _parts(node: Expression, place: _Place, variables: Mapping[str, Checked]) -> Iterator[tuple[Expression, _Place]]:
    """Yield the parts of a node, each with what is sure to be there when its value counts.

    Both sides of && guard each other: an error on one side is absorbed when the other is false, and || likewise.
    """
    match node:
        case Binary(operator="&&", left=left, right=right):
            yield left, place.knowing(_sure(right, variables, is_true=True))
            yield right, place.knowing(_sure(left, variables, is_true=True))
        case Binary(operator="||", left=left, right=right):
            yield left, place.knowing(_sure(right, variables, is_true=False))
            yield right, place.knowing(_sure(left, variables, is_true=False))
        case Conditional(condition=condition, yes=yes, no=no):
            yield condition, place
            yield yes, place.knowing(_sure(condition, variables, is_true=True))
            yield no, place.knowing(_sure(condition, variables, is_true=False))
        case Comprehension(over=over, variable=name, condition=condition, body=body):
            inner = replace(place, bound=place.bound | {name})
            yield over, place
            if condition is not None:
                yield condition, inner
            yield body, inner if condition is None else inner.knowing(_sure(condition, variables, is_true=True))
        case _:
            yield from ((part, place) for part in children(node))


def _sure(node: Expression, variables: Mapping[str, Checked], *, is_true: bool) -> frozenset[str]:
    """Return the fields that are there whenever the expression is true (or false, without `is_true`)."""
    match node:
        case Select(operand=Name(name=root), field=field, test=True):
            return frozenset({f"{root}.{field}"}) if is_true else frozenset()
        case Select(operand=Name(name="variables"), field=field) if field in variables:
            return _sure(variables[field].root, variables, is_true=is_true)
        case Unary(operator="!", operand=operand):
            return _sure(operand, variables, is_true=not is_true)
        case Binary(operator="&&" | "||" as operator, left=left, right=right):
            both = _sure(left, variables, is_true=is_true), _sure(right, variables, is_true=is_true)
            return both[0] | both[1] if (operator == "&&") == is_true else both[0] & both[1]
        case _:
            return frozenset()
