"""The rules engine: prose to findings without a model, the same each time."""

from collections.abc import Callable, Mapping

from neuralnav.draft.rules import deployment, limits, names, purpose, traffic
from neuralnav.draft.rules.typos import repairs
from neuralnav.draft.rules.umlauts import spelt_out
from neuralnav.draft.text import Text, folded, read
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading

PARTS: tuple[Callable[[Text, Catalog], Reading], ...] = (
    purpose.read_purpose,
    traffic.read_traffic,
    limits.read_limits,
    names.read_names,
    deployment.read_deployment,
)
"""What reads which fields stands in each part's docstring; no two parts set the same."""


def prepare(prose: str) -> Text:
    """Return prose folded, misspelt words mended where a known word is near."""
    plain = folded(prose)
    mends: Mapping[str, str] = {**repairs(plain), **spelt_out(plain)}
    return read(prose, mends)


def by_rules(text: Text, catalog: Catalog) -> Reading:
    """Return what the rules find: at most one finding a field, in no particular order of fields."""
    parts = [part(text, catalog) for part in PARTS]
    return Reading(
        findings=tuple(item for part in parts for item in part.findings),
        unplaced=tuple(item for part in parts for item in part.unplaced),
        questions=tuple(item for part in parts for item in part.questions),
    )
