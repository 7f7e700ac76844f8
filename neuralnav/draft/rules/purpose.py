"""What a service is for: use case, experience, domain and priorities."""

from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_purpose(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return nothing yet."""
    return Reading()
