"""What is named: models, families, licences, accelerators, precisions."""

from collections.abc import Callable

from neuralnav.draft.rules.accelerators import read_accelerators
from neuralnav.draft.rules.models import read_models
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading

_READERS: tuple[Callable[[Text, Catalog], Reading], ...] = (read_accelerators, read_models)


def read_names(text: Text, catalog: Catalog) -> Reading:
    """Return models, families, licences, accelerators, gpus, precisions and reasoning: what the prose names."""
    parts = [reader(text, catalog) for reader in _READERS]
    return Reading(
        findings=tuple(item for part in parts for item in part.findings),
        unplaced=tuple(item for part in parts for item in part.unplaced),
        questions=tuple(item for part in parts for item in part.questions),
    )
