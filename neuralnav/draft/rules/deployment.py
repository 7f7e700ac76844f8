"""Where and how it runs: provider, kind of price, regions, environment, namespace, name, kind of resource."""

from neuralnav.draft.rules.labels import read_labels
from neuralnav.draft.rules.providers import PROVIDER, read_providers
from neuralnav.draft.rules.regions import read_regions
from neuralnav.draft.rules.serving_wishes import read_serving
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_deployment(text: Text, catalog: Catalog) -> Reading:
    """Return provider, priceKind, regions, metadata, and of deploy: namespace, target, mode, scaler and secret."""
    providers = read_providers(text, catalog)
    provider = providers.value(PROVIDER)
    regions = read_regions(text, provider if isinstance(provider, str) else None)
    parts = (providers, regions, read_labels(text), read_serving(text))
    return Reading(
        findings=tuple(item for part in parts for item in part.findings),
        unplaced=tuple(item for part in parts for item in part.unplaced),
        questions=tuple(item for part in parts for item in part.questions),
    )
