"""Finding the types that a call or an empty list leaves open, as CEL's checker does: unification; `dyn` matches all.

An open type is a `Parameter`. It is closed by the first use that says more: `[]` in `[] == [1]` becomes `list<int>`.
"""

from typing import assert_never

from neuralnav.policy.signatures import Signature
from neuralnav.policy.types import DYN, ListType, MapType, ObjectType, Parameter, Simple, Type


class Unifier:
    """What is known of the open types of one expression. Types that are asked about may hold open ones anywhere."""

    __slots__ = ("_bound", "_count")

    def __init__(self) -> None:
        self._bound: dict[str, Type] = {}
        self._count = 0

    @property
    def idle(self) -> bool:
        """Whether no type was ever left open."""
        return self._count == 0

    def fresh(self) -> Parameter:
        """Return a new open type."""
        self._count += 1
        return Parameter(f"%{self._count}")

    def known(self, kind: Type) -> Type:
        """Return the type as far as it is known on the outside: an open one only when nothing closed it."""
        while type(kind) is Parameter and kind.name in self._bound:
            kind = self._bound[kind.name]
        return kind

    def resolved(self, kind: Type) -> Type:
        """Return the type with every open part in it closed as far as known."""
        kind = self.known(kind)
        match kind:
            case ListType(item):
                return ListType(self.resolved(item))
            case MapType(key, value):
                return MapType(self.resolved(key), self.resolved(value))
            case Simple() | Parameter() | ObjectType():
                return kind
            case _:
                assert_never(kind)

    def final(self, kind: Type) -> Type:
        """Return the type with what is still open as `dyn`."""
        return kind if type(kind) is Simple else _closed(self.resolved(kind))

    def assignable(self, found: Type, wanted: Type) -> bool:
        """Tell whether a value of type `found` can stand where `wanted` is; closes open types of both if so."""
        before = self._bound.copy()
        if self._assign(found, wanted):
            return True
        self._bound = before
        return False

    def joined(self, left: Type, right: Type) -> Type:
        """Return the type of a list's items that are of both types: `dyn` when they have none in common."""
        if left == right:
            return left
        return self._general(left, right) if self.assignable(left, right) else DYN

    def agreed(self, left: Type, right: Type) -> Type | None:
        """Return the one type of two values that must be alike, or None when they are not."""
        if left == right:
            return left
        return self._general(left, right) if self.assignable(left, right) else None

    def result(self, signatures: tuple[Signature, ...], arguments: tuple[Type, ...]) -> Type | None:
        """Return what a call gives, `dyn` when overloads that differ in it match, or None when none of them match."""
        found: Type | None = None
        for signature in signatures:
            opened: dict[str, Parameter] = {}
            wanted = [self._opened(kind, opened) for kind in signature.parameters]
            before = self._bound.copy()
            if not all(map(self._assign, arguments, wanted)):
                self._bound = before
                continue
            given = self.resolved(self._opened(signature.result, opened))
            found = given if found is None or found == given else DYN
        return found

    def _opened(self, kind: Type, opened: dict[str, Parameter]) -> Type:
        match kind:
            case Parameter(name):
                if name not in opened:
                    opened[name] = self.fresh()
                return opened[name]
            case ListType(item):
                return ListType(self._opened(item, opened))
            case MapType(key, value):
                return MapType(self._opened(key, opened), self._opened(value, opened))
            case Simple() | ObjectType():
                return kind
            case _:
                assert_never(kind)

    def _assign(self, found: Type, wanted: Type) -> bool:
        if found == wanted:
            return True
        if isinstance(wanted, Parameter):
            return self._bind(wanted, found)
        if isinstance(found, Parameter):
            return self._bind(found, wanted)
        if DYN in (found, wanted):
            return True
        match found, wanted:
            case ListType(item), ListType(other):
                return self._assign(item, other)
            case MapType(key, value), MapType(other_key, other_value):
                return self._assign(key, other_key) and self._assign(value, other_value)
            case _:
                return False

    def _bind(self, opened: Parameter, kind: Type) -> bool:
        """Close `opened` as `kind`; when it is closed already both must agree, and the more general of them stays."""
        bound = self._bound.get(opened.name)
        if bound is None:
            kind = self.known(kind)
            if kind == opened:
                return True
            if self._holds(kind, opened):
                return False
            self._bound[opened.name] = kind
            return True
        if bound == kind:
            return True
        if not self._assign(kind, bound):
            return False
        wider = self._general(kind, bound)
        if not self._holds(wider, opened):
            self._bound[opened.name] = wider
        return True

    def _holds(self, kind: Type, opened: Parameter) -> bool:
        match self.known(kind):
            case Parameter(name):
                return name == opened.name
            case ListType(item):
                return self._holds(item, opened)
            case MapType(key, value):
                return self._holds(key, opened) or self._holds(value, opened)
            case _:
                return False

    def _general(self, left: Type, right: Type) -> Type:
        """Of two types that agree, the one that says less, part by part."""
        left, right = self.known(left), self.known(right)
        match left, right:
            case ListType(item), ListType(other):
                return ListType(self._general(item, other))
            case MapType(key, value), MapType(other_key, other_value):
                return MapType(self._general(key, other_key), self._general(value, other_value))
            case _:
                return right if left != DYN else left


def _closed(kind: Type) -> Type:
    match kind:
        case ListType(item):
            return ListType(_closed(item))
        case MapType(key, value):
            return MapType(_closed(key), _closed(value))
        case Parameter():
            return DYN
        case Simple() | ObjectType():
            return kind
        case _:
            assert_never(kind)
