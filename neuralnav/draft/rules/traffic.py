"""How much traffic: users or rate, peaks, how requests arrive."""

from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_traffic(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return nothing yet."""
    return Reading()
