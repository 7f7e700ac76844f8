"""What the tests of limits share: a reading of prose against a small catalog, and its values and words."""

from builders import catalog

from neuralnav.draft.rules.limits import read_limits
from neuralnav.draft.text import read
from neuralnav.model.draft import Reading, Value

CATALOG = catalog()


def reading(prose: str) -> Reading:
    return read_limits(read(prose), CATALOG)


def values(prose: str) -> dict[str, Value]:
    """Return what was found by the last part of each field's name."""
    return {item.field.rsplit(".", 1)[-1]: item.value for item in reading(prose).findings}


def words(prose: str, field: str) -> list[str]:
    return [quote.text for item in reading(prose).findings if item.field == field for quote in item.quotes]


def told(prose: str) -> list[tuple[str, str]]:
    return [(item.quote.text, item.why) for item in reading(prose).unplaced]


def asked(prose: str) -> list[tuple[int, str]]:
    return [(item.rank, item.text) for item in reading(prose).questions]
