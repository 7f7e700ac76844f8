"""What several schemas that are all to be met say together, keyword by keyword."""

from typing import Any

from neuralnav_simulator.answers.patterns import searched
from neuralnav_simulator.answers.schemas import Schema
from neuralnav_simulator.answers.work import spend

DEPENDENT = ("dependentRequired", "dependentSchemas", "dependencies")

TRIED = ("oneOf", "not", "if", "contains", "dependentSchemas", "dependencies", "unevaluatedProperties", "maxContains")


def only_told(flat: list[dict[str, Any]]) -> bool:
    """Tell whether schemas hold nothing but what a value is made from: no keyword that only excludes."""
    return not any(key in schema for schema in flat for key in (*TRIED, "unevaluatedItems"))


def forks_of(schema: dict[str, Any]) -> list[list[list[Schema]]]:
    """Return the choices a schema leaves, each as ways, each of them schemas to be met."""
    forks = [[[way] for way in schema[key]] for key in ("anyOf", "oneOf") if key in schema]
    if "if" in schema:
        other: list[Schema] = [{"not": schema["if"]}, schema.get("else", True)]
        forks.append([[schema["if"], schema.get("then", True)], other])
    return forks


def required_of(flat: list[dict[str, Any]]) -> set[str]:
    """Return the properties that must be there, those that others bring with them too."""
    required = {name for schema in flat for name in schema.get("required", ())}
    added = True
    while added:
        more = {
            name
            for schema in flat
            for key in ("dependentRequired", "dependencies")
            for given, names in schema.get(key, {}).items()
            if given in required and isinstance(names, list)
            for name in names
        }
        spend(10 * len(flat) + 2 * len(required))
        added = not more <= required
        required |= more
    return required


def dependent_of(flat: list[dict[str, Any]], required: set[str]) -> list[Schema]:
    """Return the schemas that required properties bring with them, and that are not among those to be met."""
    known = set(map(id, flat))
    return [
        part
        for schema in flat
        for key in ("dependentSchemas", "dependencies")
        for given, part in schema.get(key, {}).items()
        if given in required and not isinstance(part, list) and part is not True and id(part) not in known
    ]


def property_of(name: str, flat: list[dict[str, Any]]) -> list[Schema]:
    """Return what the value of a property has to meet."""
    schemas: list[Schema] = []
    for schema in flat:
        found = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        found += [part for pattern, part in schema.get("patternProperties", {}).items() if searched(pattern, name)]
        schemas += found or [schema.get("additionalProperties", True)]
    return schemas


def prefix_of(schema: dict[str, Any]) -> list[Schema]:
    """Return the schemas of the first items, one each."""
    items = schema.get("items")
    return items if isinstance(items, list) else schema.get("prefixItems", [])


def item_of(schema: dict[str, Any], index: int) -> list[Schema]:
    """Return what the item at an index has to meet."""
    prefix = prefix_of(schema)
    if index < len(prefix):
        return [prefix[index]]
    return [schema.get("additionalItems" if isinstance(schema.get("items"), list) else "items", True)]


def wanted_of(flat: list[dict[str, Any]], most: float) -> list[tuple[int, int, Schema]]:
    """Return what a list has to contain, and at which places it is put: apart from each other, where there is room."""
    wanted = [(int(schema.get("minContains", 1)), schema["contains"]) for schema in flat if "contains" in schema]
    apart = sum(count for count, _ in wanted) <= most
    places: list[tuple[int, int, Schema]] = []
    for count, part in wanted:
        begin = places[-1][1] if apart and places else 0
        places.append((begin, begin + count, part))
    return places


def highest(flat: list[dict[str, Any]], key: str, default: int) -> int:
    """Return the strictest of some least counts."""
    return max([default, *(int(schema[key]) for schema in flat if key in schema)])


def lowest(flat: list[dict[str, Any]], key: str, default: float) -> float:
    """Return the strictest of some greatest counts."""
    return min([default, *(float(schema[key]) for schema in flat if key in schema)])


def same(one: Any, other: Any) -> bool:
    """Tell whether JSON holds two values for one: 1 and 1.0, but not 1 and true."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return bool(one == other)
