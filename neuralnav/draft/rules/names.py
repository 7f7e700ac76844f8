"""What is named: models, families, licences, accelerators, precisions."""

from collections.abc import Callable

from neuralnav.draft.rules.accelerators import read_accelerators
from neuralnav.draft.rules.licenses import read_licenses
from neuralnav.draft.rules.models import read_models
from neuralnav.draft.rules.precisions import read_precisions, read_reasoning
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Reading

_READERS: tuple[Callable[[Text, Catalog], Reading], ...] = (
    read_accelerators,
    read_models,
    read_licenses,
    read_precisions,
    read_reasoning,
)


def read_names(text: Text, catalog: Catalog) -> Reading:
    """Return models, families, licences, accelerators, gpus, precisions and reasoning: what the prose names."""
    parts = [reader(text, catalog) for reader in _READERS]
    findings: dict[str, Finding] = {}
    for item in (item for part in reversed(parts) for item in part.findings):
        findings.setdefault(item.field, item)  # what is said of reasoning goes before what a model's name implies
    return Reading(
        findings=tuple(findings.values()),
        unplaced=tuple(item for part in parts for item in part.unplaced),
        questions=tuple(item for part in parts for item in part.questions),
    )
