"""What a draft takes for want of words: each marked as a default, and asked where the answer moves a plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.draft.coherence import TOKENS, slug
from neuralnav.draft.found import Found
from neuralnav.draft.shape import profile_of
from neuralnav.model.catalog import Catalog

USE_CASE = "chatbot_conversational"
USERS = 1000
"""As `neuralnav init` has it."""

NAMES: Mapping[str, str] = {
    "chatbot_conversational": "chatbot",
    "code_completion": "code-completion",
    "code_generation_detailed": "code-generation",
    "translation": "translation",
    "content_generation": "content-generation",
    "content_creation": "content-generation",
    "summarization_short": "summaries",
    "document_analysis_rag": "document-search",
    "long_document_summarization": "long-summaries",
    "research_legal_analysis": "research",
}
"""What a service is called by its use case; one of an overlay by its id."""

LONGEST_DOMAIN = 20


@dataclass(frozen=True, slots=True)
class Naming:
    """The name that was asked for, and the folder that lends its own where nothing better is known."""

    name: str = ""
    folder: str = ""


def completed(found: Found, catalog: Catalog, naming: Naming) -> Found:
    """Return the findings with what a workload cannot do without."""
    case_known = "useCase" in found.findings
    if not case_known:
        found = found.defaulting("useCase", USE_CASE, "what it is for was not said")
    if "traffic.users" not in found.findings and "traffic.requestRate" not in found.findings:
        found = found.defaulting("traffic.users", USERS, "how many use it was not said")
    return _named(_both_lengths(found, catalog), naming, case_known=case_known)


def _both_lengths(found: Found, catalog: Catalog) -> Found:
    given = [name for name in TOKENS if name in found.findings]
    profile = profile_of(found, catalog)
    if len(given) != 1 or profile is None:
        return found
    (other,) = set(TOKENS) - set(given)
    value = profile.prompt_tokens if other == "traffic.promptTokens" else profile.output_tokens
    return found.defaulting(other, value, f"as in the profile {profile.id} of {found.value('useCase')}")


def _named(found: Found, naming: Naming, *, case_known: bool) -> Found:
    if naming.name:
        return found.defaulting("metadata.name", naming.name, "given by --name")
    if "metadata.name" in found.findings:
        return found
    case, domain = str(found.value("useCase")), found.findings.get("domain")
    if not case_known:
        name = slug(naming.folder)
        return found.defaulting(
            "metadata.name", name or NAMES[case], "named for its folder" if name else "named for its use case"
        )
    before = slug(str(domain.value)) if domain else ""
    short = before if len(before) <= LONGEST_DOMAIN else ""
    own = NAMES.get(case) or slug(case) or "service"
    if short and not own.startswith(short):
        return found.defaulting("metadata.name", f"{short}-{own}"[:63].rstrip("-"), "named for its domain and use case")
    return found.defaulting("metadata.name", own, "named for its use case")
