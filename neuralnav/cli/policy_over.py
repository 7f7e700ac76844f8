"""An expression over the candidates of a workload, for `neuralnav policy eval`."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.cli.policy_samples import sample_of
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import ungoverned_world
from neuralnav.enforce.columns import row_of
from neuralnav.enforce.scope import SCOPE
from neuralnav.enforce.shown import values_read
from neuralnav.enforce.trial import Sample
from neuralnav.errors import input_error
from neuralnav.files.places import find_workload
from neuralnav.model.document import suggestion
from neuralnav.policy.check import check
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError
from neuralnav.policy.interpret import interpret
from neuralnav.policy.lower import lower
from neuralnav.policy.parse import parse
from neuralnav.policy.plain import to_plain
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    Field,
    ListType,
    MapType,
    ObjectType,
    Scope,
    Type,
    Variable,
    type_text,
)

FIRST = 3
"""Candidates that are listed of each kind."""


def over_candidates(
    expression: str, bindings: Mapping[str, object], path: str, candidate: str | None
) -> dict[str, object]:
    """Return what an expression says of the candidates of a workload, or of one of them, as JSON has it.

    Raises ExpressionError where its types are wrong, InputError for a workload or a candidate that is not there.
    """
    for name in bindings:
        if name in SCOPE.variables:
            raise input_error(f"--bind {name}", f"{name} is what the workload says", "bind another name")
    checked = check(expression, parse(expression), _scope(bindings))
    place = find_workload(path)
    sample = sample_of(read_workload(place), ungoverned_world(place.root), place.shown, every=candidate is not None)
    head = {"expression": expression, "type": type_text(checked.type), "workload": sample.subject.name}
    constants = {**sample.constants, **bindings}
    if candidate is not None:
        return {**head, "candidate": candidate, **_of_one(checked, sample, constants, candidate)}
    return {**head, "candidates": sample.rows, **_of_all(checked, sample, constants)}


def _scope(bindings: Mapping[str, object]) -> Scope:
    own = {name: Variable(_type_of(name, value), "from --bind") for name, value in bindings.items()}
    return Scope({**SCOPE.variables, **own})


def _type_of(name: str, value: object) -> Type:
    """Return the type of a value of YAML: a mapping under a name is an object with these fields."""
    if isinstance(value, dict) and name:
        return ObjectType(name, {field: Field(_type_of("", item), "") for field, item in value.items()})
    match value:
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return DOUBLE
        case str():
            return STRING
        case list():
            return ListType(_common([_type_of("", item) for item in value]))
        case dict():
            return MapType(STRING, _common([_type_of("", item) for item in value.values()]))
        case _:
            return DYN


def _common(types: Sequence[Type]) -> Type:
    return types[0] if types and all(item == types[0] for item in types) else DYN


def _of_one(checked: Checked, sample: Sample, constants: Mapping[str, object], candidate: str) -> dict[str, object]:
    ids = sample.columns["candidate.id"].to_pylist()
    if candidate not in ids:
        hint = suggestion(candidate, ids) or f"`neuralnav show {sample.path}` lists them"
        raise input_error(sample.path, f'unknown candidate "{candidate}"', hint)
    bindings = {**constants, **row_of(sample.columns, ids.index(candidate))}
    values = dict(values_read(checked, bindings))
    try:
        return {"value": to_plain(interpret(checked.root, bindings)), "values": values}
    except EvaluationError as error:
        return {"error": {"kind": error.kind, "message": error.fault.message}, "values": values}


def _of_all(checked: Checked, sample: Sample, constants: Mapping[str, object]) -> dict[str, object]:
    ids = sample.columns["candidate.id"]
    if checked.type != BOOL:
        return {
            "first": {ids[row].as_py(): _value(checked, sample, constants, row) for row in range(sample.rows)[:FIRST]}
        }
    mask = lower(checked, constants).mask(sample.ready, sample.rows)
    groups = {
        "true": pc.fill_null(mask, fill_value=False),
        "false": pc.fill_null(pc.invert(mask), fill_value=False),
        "unknown": pc.is_null(mask),
    }
    return {
        **{name: pc.sum(pc.cast(where, pa.int64())).as_py() or 0 for name, where in groups.items()},
        "first": {name: ids.filter(where)[:FIRST].to_pylist() for name, where in groups.items()},
    }


def _value(checked: Checked, sample: Sample, constants: Mapping[str, object], row: int) -> object:
    try:
        return to_plain(interpret(checked.root, {**constants, **row_of(sample.columns, row)}))
    except EvaluationError as error:
        return f"no value: {error.fault.message}"
