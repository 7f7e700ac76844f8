"""What each node of an expression reads: columns, and the variables of macros around it."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.policy.checked import Checked
from neuralnav.policy.tree import Comprehension, Expression, Name, Select, children
from neuralnav.policy.types import ObjectType, Scope


@dataclass(frozen=True, slots=True)
class Reads:
    """The columns that a node reads, `root.field` or a root alone, and the macro variables from around it."""

    columns: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


NOTHING = Reads()
_VARIABLES = "variables"


def reads_of(checked: Checked, shared: dict[str, frozenset[str]]) -> Mapping[Expression, Reads]:
    """Return what every node of an expression reads; a variable of the policy reads what its own expression does.

    `shared` keeps what each variable reads, for all expressions of one policy that are lowered together.
    """
    survey = _Survey(checked, shared)
    survey.visit(checked.root, frozenset())
    return survey.found


class _Survey:
    __slots__ = ("_per_row", "_shared", "_variables", "found")

    def __init__(self, checked: Checked, shared: dict[str, frozenset[str]]) -> None:
        self.found: dict[Expression, Reads] = {}
        self._per_row = _columns(checked.scope)
        self._variables = checked.variables
        self._shared = shared

    def visit(self, node: Expression, bound: frozenset[str]) -> Reads:
        """Note what a node and all below it read; `bound` are the macro variables around it."""
        made = self.found[node] = self._of(node, bound)
        return made

    def _of(self, node: Expression, bound: frozenset[str]) -> Reads:
        match node:
            case Name(name=name, absolute=absolute):
                if name in bound and not absolute:
                    return Reads(names=frozenset((name,)))
                return Reads(columns=frozenset(self._columns_of(name)))
            case Select(operand=Name(name=name, absolute=absolute), field=field) if absolute or name not in bound:
                self.found[node.operand] = NOTHING
                return Reads(columns=self._field(name, field))
            case Comprehension(variable=variable):
                over = self.visit(node.over, bound)
                inner = bound | {variable}
                bodies = [self.visit(body, inner) for body in (node.condition, node.body) if body is not None]
                own = {name for body in bodies for name in body.names} - {variable}
                return _joined(over, *bodies, names=over.names | own)
        below = [self.visit(child, bound) for child in children(node)]
        if len(below) == 1:
            return below[0]
        return _joined(*below, names=frozenset().union(*(item.names for item in below)))

    def _columns_of(self, name: str) -> frozenset[str]:
        if name == _VARIABLES:
            return frozenset().union(*(self._field(name, field) for field in self._variables))
        return frozenset(self._per_row.get(name, ()))

    def _field(self, name: str, field: str) -> frozenset[str]:
        if name == _VARIABLES and field in self._variables:
            if field not in self._shared:
                variable = self._variables[field]
                self._shared[field] = reads_of(variable, self._shared)[variable.root].columns
            return self._shared[field]
        return frozenset((f"{name}.{field}",)) if name in self._per_row else frozenset()


def _joined(*reads: Reads, names: frozenset[str]) -> Reads:
    return Reads(frozenset().union(*(item.columns for item in reads)), names)


def _columns(scope: Scope) -> Mapping[str, tuple[str, ...]]:
    return {
        name: tuple(f"{name}.{field}" for field in item.type.fields) if isinstance(item.type, ObjectType) else (name,)
        for name, item in scope.variables.items()
        if item.per_row
    }
