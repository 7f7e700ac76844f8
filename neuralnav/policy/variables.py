"""A policy's own variables: put in the order in which they read each other, then checked; circles are refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from neuralnav.policy.advice import VARIABLES
from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import ExpressionError, Fault, Span
from neuralnav.policy.parse import parse
from neuralnav.policy.tree import Comprehension, Expression, Name, Select, children
from neuralnav.policy.types import Scope

MOST_VARIABLES: Final = 256
"""Of one policy. Each keeps all that it reads, so their number bounds the work squared."""


class VariablesError(Exception):
    """Variables that cannot be used: what is wrong with each, by name in the order given, and those that are fine.

    `checked` lacks the wrong ones alone; what reads a wrong one is judged as if that were `dyn`.
    """

    def __init__(self, faults: Mapping[str, tuple[Fault, ...]], checked: Mapping[str, Checked]) -> None:
        self.faults = faults
        self.checked = checked
        super().__init__("; ".join(f"{name}: {fault.message}" for name, found in faults.items() for fault in found))


@dataclass(frozen=True, slots=True)
class _Parsed:
    root: Expression
    reads: Mapping[str, Span]
    """The variables that it reads, by name in the order of the text, with the place of the first read."""


def check_all(variables: Mapping[str, str], scope: Scope) -> Mapping[str, Checked]:
    """Return every variable checked, each after those that it reads, else in the order given.

    Raises VariablesError with the faults of each: its own (see `check`), a circle at the read that closes it, and kind
    `limit` for more than MOST_VARIABLES, told at the first too many.
    """
    faults: dict[str, tuple[Fault, ...]] = {}
    parsed: dict[str, _Parsed] = {}
    for place, (name, text) in enumerate(variables.items()):
        try:
            parsed[name] = _parsed(text, place)
        except ExpressionError as error:
            faults[name] = error.faults
            if place >= MOST_VARIABLES:
                break
    order, circles = _ordered(parsed)
    faults |= circles
    checked: dict[str, Checked] = {}
    for name in order:
        refused = [other for other in variables if other not in checked]
        try:
            found = check(variables[name], parsed[name].root, scope, variables=checked, refused=refused)
        except ExpressionError as error:
            faults[name] = tuple(sorted((*faults.get(name, ()), *error.faults), key=lambda fault: fault.span.start))
            continue
        if name not in faults:
            checked[name] = found
    if faults:
        raise VariablesError({name: faults[name] for name in variables if name in faults}, checked)
    return checked


def _parsed(text: str, place: int) -> _Parsed:
    if place >= MOST_VARIABLES:
        message = f"a policy has at most {MOST_VARIABLES} variables"
        raise ExpressionError((Fault("limit", Span(0, len(text)), message, "split the policy"),))
    root = parse(text)
    reads: dict[str, Span] = {}
    for node in sorted(_reads(root), key=lambda node: node.field_span.start):
        reads.setdefault(node.field, node.field_span)
    return _Parsed(root, reads)


def _reads(root: Expression) -> Iterator[Select]:
    """Yield every `variables.<name>`, in any order. A macro variable of that name hides them, but not `.variables`."""
    waiting: list[tuple[Expression, bool]] = [(root, False)]
    while waiting:
        node, hidden = waiting.pop()
        match node:
            case Select(operand=Name(name=name, absolute=absolute)) if name == VARIABLES and (absolute or not hidden):
                yield node
            case Comprehension(over=over, variable=variable):
                inner = hidden or variable == VARIABLES
                waiting += [(child, hidden if child is over else inner) for child in children(node)]
            case _:
                waiting += [(child, hidden) for child in children(node)]


def _ordered(parsed: Mapping[str, _Parsed]) -> tuple[list[str], dict[str, tuple[Fault, ...]]]:
    """Return the names, each after those that it reads, and a fault for each circle in the variable met first."""
    order: list[str] = []
    circles: dict[str, tuple[Fault, ...]] = {}
    done: set[str] = set()
    for start in parsed:
        path: dict[str, Iterator[str]] = {}
        _step_into(start, parsed, done, path)
        while path:
            name, reads = next(reversed(path.items()))
            following = next(reads, None)
            if following is None:
                path.popitem()
                order.append(name)
            elif following in path:
                circle = _circle(following, path, parsed)
                circles[following] = (*circles.get(following, ()), circle)
            else:
                _step_into(following, parsed, done, path)
    return order, circles


def _step_into(name: str, parsed: Mapping[str, _Parsed], done: set[str], path: dict[str, Iterator[str]]) -> None:
    if name in parsed and name not in done:
        done.add(name)
        path[name] = iter(parsed[name].reads)


def _circle(start: str, path: Iterable[str], parsed: Mapping[str, _Parsed]) -> Fault:
    names = list(path)
    names = [*names[names.index(start) :], start]
    message = f"variables read each other in a circle: {' -> '.join(names)}"
    return Fault("type", parsed[start].reads[names[1]], message, "leave one of them out")
