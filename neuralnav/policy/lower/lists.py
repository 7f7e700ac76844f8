"""Lists whose length is known: what holds, counts and changes their items, as kernels over each of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.policy.lower.compare import among, compared, inverted
from neuralnav.policy.lower.logic import conjunction, disjunction
from neuralnav.policy.lower.parts import (
    ARROW,
    Column,
    Failed,
    Fixed,
    Frame,
    Items,
    Lists,
    Part,
    Run,
    Step,
    Value,
    column_kind,
    fitting,
    holds,
    kind_name,
    once,
    one,
    slow_of,
    spread,
    step,
    taken,
    two,
    where_known,
)
from neuralnav.policy.values import Budget, equal


def literal(parts: Sequence[Part]) -> Part | None:
    """Return the list of these items: an error of a row where one of them is. None where no column holds an item."""
    if any(isinstance(part, Failed) for part in parts):
        return Failed()
    items = tuple(part for part in parts if isinstance(part, Value))
    if len(items) < len(parts):
        return None
    return Items(items, (None,) * len(items), _all_of(_valid(item) for item in items))


def listed(part: Part) -> Items | None:
    """Return a part as a list of known length; None where it is none."""
    if isinstance(part, Fixed) and isinstance(part.value, list | tuple):
        return Items(tuple(Fixed(item) for item in part.value), (None,) * len(part.value))
    if isinstance(part, Fixed) and isinstance(part.value, Mapping) and all(column_kind(key) for key in part.value):
        return Items(tuple(Fixed(key) for key in part.value), (None,) * len(part.value))  # a macro runs over keys
    return part if isinstance(part, Items) else None


def concatenated(left: Part, right: Part) -> Part | None:
    """Return the rule of `+` between lists."""
    first, second = listed(left), listed(right)
    if first is None or second is None:
        return None
    whole = _all_of((first.whole, second.whole))
    return Items(first.items + second.items, first.present + second.present, whole)


def sized(part: Part) -> Part | None:
    """Return how many items a list has."""
    if isinstance(part, Lists):
        length = one("list_value_length", part.run)
        return Column("int", lambda frame: length(frame).cast(pa.int64()))
    items = listed(part)
    return None if items is None else guarded(_count(items.present), items.whole)


def _count(truths: Sequence[Column | None]) -> Value:
    """Return how many are true in each row; None is true in all."""
    fixed = sum(truth is None for truth in truths)
    columns = [_number(truth) for truth in truths if truth is not None]
    if not columns:
        return Fixed(fixed)
    run = reduce(lambda left, right: two("add", left, right), columns)
    return Column("int", two("add", run, pa.scalar(fixed)), slow_of(*truths))


def _number(truth: Column) -> Run:
    run = truth.run
    return lambda frame: run(frame).cast(pa.int64())


def item_at(part: Items, index: Fixed) -> Part | None:
    """Return one item of a list; None where the list may lack items, or the index is no int."""
    if column_kind(index.value) != "int" or any(present is not None for present in part.present):
        return None
    place = cast("int", index.value)
    if not 0 <= place < len(part.items):
        return Failed()
    return guarded(part.items[place], part.whole)


def contained(value: Value, part: Part) -> Part | None:
    """Return the rule of `value in list`; None where a value is one that no column holds."""
    if isinstance(value, Column) and isinstance(part, Fixed):
        items = part.value
        return among(value, items) if isinstance(items, list | tuple) else None
    if isinstance(part, Lists) and kind_name(value) == part.kind:
        return _in_column(value, part)
    if not isinstance(part, Items):
        return None
    found = [_equal(value, item, present) for item, present in zip(part.items, part.present, strict=True)]
    if any(item is None for item in found):
        return None
    answer = disjunction([item for item in found if item is not None])
    if not isinstance(answer, Value):
        return None
    return guarded(answer, _all_of((part.whole, _valid(value))))


def _in_column(value: Value, column: Lists) -> Column:
    wanted = step(value, column.kind)

    def run(frame: Frame) -> pa.Array:
        found, sought = column.run(frame), taken(wanted, frame)
        rows = pc.list_parent_indices(found)
        each = sought.take(rows) if isinstance(sought, pa.Array) else sought
        answer = np.zeros(frame.rows, np.bool_)
        answer[rows.filter(pc.equal(pc.list_flatten(found), each)).to_numpy()] = True
        return where_known(pa.array(answer), found, sought)

    return Column("bool", run, slow_of(value))


def _equal(value: Value, item: Value, present: Column | None) -> Part | None:
    if isinstance(value, Fixed) and isinstance(item, Fixed):
        same: Part | None = Fixed(equal(value.value, item.value, Budget()))
    else:
        same = compared("==", value, item)
    return same if present is None or same is None else conjunction((present, same))


def guarded(part: Part, whole: Column | None) -> Part | None:
    """Return a part with an error in the rows where the list that it comes from is one; None if no column holds it."""
    if whole is None or not isinstance(part, Value):
        return part
    kind = kind_name(part)
    if kind not in ARROW:
        return None
    nothing = pa.scalar(None, ARROW[kind])
    value: Step = part.run if isinstance(part, Column) else pa.scalar(part.value, ARROW[kind])
    good = whole.run

    def run(frame: Frame) -> pa.Array:
        return pc.if_else(good(frame), spread(value, frame), nothing)

    return Column(kind, run, slow_of(part, whole))


Bodies = Sequence[Part]
"""What the body of a macro is for each item of its list."""


def every(items: Items, bodies: Bodies) -> Part | None:
    """Return the rule of `all`: an item that is not there holds."""
    answers = [
        body if present is None else disjunction((body, inverted(present)))
        for body, present in zip(bodies, items.present, strict=True)
    ]
    return _judged(conjunction, answers, items.whole)


def some(items: Items, bodies: Bodies) -> Part | None:
    """Return the rule of `exists`: an item that is not there does not hold."""
    return _judged(disjunction, _met(items, bodies), items.whole)


def single(items: Items, bodies: Bodies) -> Part | None:
    """Return the rule of `exists_one`, which absorbs no error."""
    met = _met(items, bodies)
    if any(isinstance(answer, Failed) for answer in met):
        return Failed()
    count = _count_of(met)
    if count is None:
        return None
    alone = Fixed(count.value == 1) if isinstance(count, Fixed) else compared("==", count, Fixed(1))
    return None if alone is None else guarded(alone, items.whole)


def kept(items: Items, bodies: Bodies) -> Part | None:
    """Return the rule of `filter`: an error of the predicate is one of the list."""
    met = _met(items, bodies)
    if any(isinstance(answer, Failed) for answer in met):
        return Failed()
    left: list[Value] = []
    present: list[Column | None] = []
    for item, answer in zip(items.items, met, strict=True):
        if isinstance(answer, Column) or (isinstance(answer, Fixed) and answer.value is True):
            left.append(item)
            present.append(once(answer) if isinstance(answer, Column) else None)
        elif not isinstance(answer, Fixed):
            return None
    return Items(tuple(left), tuple(present), _all_of((items.whole, *(_valid(answer) for answer in present))))


def mapped(items: Items, bodies: Bodies) -> Part | None:
    """Return the rule of `map`: an error of the body for an item that is there is one of the list."""
    whole = [items.whole]
    made: list[Value] = []
    for body, present in zip(bodies, items.present, strict=True):
        if not isinstance(body, Value):
            return Failed() if isinstance(body, Failed) and present is None else None
        made.append(body)
        valid = _valid(body)
        if valid is not None and present is not None:
            valid = cast("Column", disjunction((valid, inverted(present))))
        whole.append(valid)
    return Items(tuple(made), items.present, _all_of(whole))


MACROS: Mapping[str, Callable[[Items, Bodies], Part | None]] = {
    "all": every, "exists": some, "exists_one": single, "filter": kept, "map": mapped,
}  # fmt: skip


def _met(items: Items, bodies: Bodies) -> list[Part | None]:
    return [
        body if present is None else conjunction((present, body))
        for body, present in zip(bodies, items.present, strict=True)
    ]


def _judged(
    join: Callable[[Sequence[Part]], Part | None], answers: Sequence[Part | None], whole: Column | None
) -> Part | None:
    found = [answer for answer in answers if answer is not None]
    answer = join(found) if len(found) == len(answers) else None
    return None if answer is None else guarded(answer, whole)


def _count_of(answers: Sequence[Part | None]) -> Value | None:
    truths: list[Column | None] = []
    for answer in answers:
        if isinstance(answer, Column) and answer.kind == "bool":
            truths.append(answer)
        elif isinstance(answer, Fixed) and answer.value is True:
            truths.append(None)
        elif not isinstance(answer, Fixed) or answer.value is not False:
            return None
    return _count(truths)


def _valid(part: Part | None) -> Column | None:
    return Column("bool", holds(part.run), part.slow) if isinstance(part, Column) else None


def _all_of(conditions: Iterable[Column | None]) -> Column | None:
    columns = [condition for condition in conditions if condition is not None]
    if not columns:
        return None
    run: Run = reduce(lambda left, right: two("and_kleene", left, right), (column.run for column in columns))
    return Column("bool", run, slow_of(*columns))


def looked_up(entries: Mapping[object, object], key: Column) -> Part | None:
    """Return the rule of a map with fixed entries at a key per row; None unless keys and values are of one kind each.

    A key that it lacks is an error of that row.
    """
    kinds = {column_kind(value) for value in entries.values()}
    if len(kinds) != 1 or "" in kinds or any(column_kind(name) != key.kind for name in entries):
        return None
    kind = kinds.pop()
    options = pc.SetLookupOptions(pa.array(list(entries), ARROW[key.kind]))
    values = pa.array(list(entries.values()), ARROW[kind])
    source = key.run

    def run(frame: Frame) -> pa.Array:
        places = pc.call_function("index_in", [source(frame)], options)
        return fitting(values, places).take(places)

    return Column(kind, run, key.slow)


def keyed(key: Column, entries: Mapping[object, object]) -> Part | None:
    """Return the rule of `key in map`; None unless all keys are of the column's kind."""
    if key.kind not in ("string", "int") or any(column_kind(name) != key.kind for name in entries):
        return None
    return among(key, entries)
