"""What comes out the same in every row only once its parts are known, such as a sum of two branches not taken."""

from collections.abc import Callable, Mapping, Sequence

from neuralnav.policy.functions import apply, item_of
from neuralnav.policy.lower.parts import Failed, Fixed
from neuralnav.policy.values import Budget, NoValueError, Value, contains, equal


def computed(name: str, operands: Sequence[Fixed], *, member: bool = False) -> Fixed | Failed:
    """Return the value of a function or operator over fixed values, as the interpreter works it out."""
    values = [operand.value for operand in operands]
    own = _OWN.get(name)
    try:
        return Fixed(apply(name, values, member=member) if own is None else own(*values))
    except NoValueError:
        return Failed()


_OWN: Mapping[str, Callable[..., Value]] = {
    "==": lambda left, right: equal(left, right, Budget()),
    "!=": lambda left, right: not equal(left, right, Budget()),
    "in": lambda value, container: contains(container, value, Budget()),
    "[]": item_of,
}
