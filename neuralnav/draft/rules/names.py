"""What is named: models, families, licences, accelerators, precisions."""

from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_names(text: Text, catalog: Catalog) -> Reading:  # noqa: ARG001  # every part has both
    """Return nothing yet."""
    return Reading()
