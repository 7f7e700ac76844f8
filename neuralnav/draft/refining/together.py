"""What must hold between the fields of a workload is kept: what an instruction sets displaces what contradicts it."""

from collections.abc import Callable
from dataclasses import replace

from neuralnav.draft.coherence import selections
from neuralnav.draft.refining.held import Held, Told, Wanted
from neuralnav.model.draft import Value
from neuralnav.model.quantity import duration_ms

Step = Callable[[dict[str, Wanted], Held], None]


def together(told: Told, held: Held) -> Told:
    """Return what is wanted, one wish a field, with what goes along: what is said last holds."""
    wanted = {item.field: item for item in told.wanted}
    for step in (_one_measure, _one_shape, _both_lengths, _first_token_first, _models_and_families):
        step(wanted, held)
    return replace(told, wanted=tuple(wanted.values()))


def _sets(wanted: dict[str, Wanted], field: str) -> bool:
    return field in wanted and wanted[field].value is not None


def _displace(wanted: dict[str, Wanted], held: Held, by: str, field: str) -> None:
    if held.value(field) is not None or field in wanted:
        wanted[field] = Wanted(field, None, wanted[by].quotes, "inferred", f"{by} takes its place")


def _one_measure(wanted: dict[str, Wanted], held: Held) -> None:
    users, rate = "traffic.users", "traffic.requestRate"
    if _sets(wanted, users):
        _displace(wanted, held, users, rate)
    elif _sets(wanted, rate):
        _displace(wanted, held, rate, users)


_TOKENS = ("traffic.promptTokens", "traffic.outputTokens")


def _one_shape(wanted: dict[str, Wanted], held: Held) -> None:
    profile = "traffic.profile"
    for field in _TOKENS:
        if _sets(wanted, field):
            _displace(wanted, held, field, profile)
            return
    if _sets(wanted, profile):
        for field in _TOKENS:
            _displace(wanted, held, profile, field)


def _both_lengths(wanted: dict[str, Wanted], held: Held) -> None:
    """Set the length that comes along with the other, as it is in force; or take out both."""
    for field, other in (_TOKENS, _TOKENS[::-1]):
        if field not in wanted or other in wanted:
            continue
        if wanted[field].value is None:
            _displace(wanted, held, field, other)
        elif held.value(other) is None and (found := held.in_force(other)) is not None:
            value, why = found
            wanted[other] = Wanted(other, value, (), "default", f"as before, {why}")


def _first_token_first(wanted: dict[str, Wanted], held: Held) -> None:
    """Take out the end where a new time to the first token lies behind it, and the other way round."""
    first, last = "slo.ttft", "slo.e2e"
    values = [wanted[field].value if field in wanted else held.value(field) for field in (first, last)]
    if _sets(wanted, first) == _sets(wanted, last) or None in values:
        return
    if duration_ms(values[0]) > duration_ms(values[1]):
        by, gone = (first, last) if _sets(wanted, first) else (last, first)
        _displace(wanted, held, by, gone)


def _models_and_families(wanted: dict[str, Wanted], held: Held) -> None:
    """Take out the list of models where new families leave none of them, and the other way round."""
    models, families = "constraints.models.allow", "constraints.families.allow"
    named, kin = _names(wanted, held, models), _names(wanted, held, families)
    if not named or not kin or _sets(wanted, models) == _sets(wanted, families):
        return
    known = next(ids for _, field, ids in selections(held.catalog) if field == "constraints.models")
    wanted_kin = {name.lower() for name in kin}
    ids = {known.get(name.lower(), "") for name in named} & set(held.catalog.models)
    if not any(held.catalog.models[item].family.lower() in wanted_kin for item in ids):
        by, gone = (models, families) if _sets(wanted, models) else (families, models)
        _displace(wanted, held, by, gone)


def _names(wanted: dict[str, Wanted], held: Held, field: str) -> tuple[str, ...]:
    value: Value | None = wanted[field].value if field in wanted else held.value(field)
    return value if isinstance(value, tuple) else ()
