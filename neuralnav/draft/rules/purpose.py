"""What a service is for: use case, experience, domain and priorities."""

from neuralnav.draft.rules.domains import read_domain
from neuralnav.draft.rules.experience import read_experience
from neuralnav.draft.rules.priorities import read_priorities
from neuralnav.draft.rules.use_cases import read_use_case
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_purpose(text: Text, catalog: Catalog) -> Reading:
    """Return the use case, the experience, the domain and the priorities, as far as words tell them."""
    parts = (read_use_case(text, catalog), read_experience(text, catalog), read_domain(text), read_priorities(text))
    return Reading(
        findings=tuple(item for part in parts for item in part.findings),
        questions=tuple(item for part in parts for item in part.questions),
    )
