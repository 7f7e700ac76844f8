"""The condition of a rule over all candidates at once: where it holds, where it has no value, by how much it misses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.enforce.bound import BoundRule
from neuralnav.errors import InputError
from neuralnav.model.plan import Floats
from neuralnav.policy.lower import Columns, excess, lower

Bools = npt.NDArray[np.bool_]


def condition_mask(rule: BoundRule, constants: Mapping[str, object], ready: Columns, rows: int) -> pa.Array:
    """Return a bool for each row, null where the rule's condition has no value; nothing is neither true nor false.

    Raises `InputError` at the rule with which the policies have taken all the steps that they may.
    """
    if rule.condition is None:
        return pa.nulls(rows, pa.bool_())
    with _at(rule):
        return lower(rule.condition, constants).mask(ready, rows)


def split(mask: pa.Array) -> tuple[Bools, Bools]:
    """Return where a mask is true, and where it is null."""
    holds = pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)
    return np.array(holds), np.array(pc.is_null(mask).to_numpy(zero_copy_only=False))


def condition_excess(
    rule: BoundRule, constants: Mapping[str, object], ready: Columns, rows: int, *, objecting: bool = True
) -> Floats:
    """Return how far each row is from what the rule passes (or, without `objecting`, from what it objects to).

    A share of the limit: 0 where it is there, inf where that has no size. Raises as `condition_mask` does.
    """
    if rule.condition is None:
        return np.full(rows, np.inf)
    wanted = (rule.kind == "require") == objecting
    with _at(rule):
        shares = excess(rule.condition, constants, wanted=wanted).values(ready, rows)
    return np.asarray(shares.to_numpy(zero_copy_only=False))


@contextmanager
def _at(rule: BoundRule) -> Iterator[None]:
    """Say what is wrong at the rule in its file, not in the text of its expression alone."""
    try:
        yield
    except InputError as error:
        raise InputError([replace(item, where=rule.where) for item in error.diagnostics]) from None
