"""What the fields of a draft mean in the catalog: its use case, its traffic profile, its token lengths."""

from neuralnav.draft.found import Found
from neuralnav.model.catalog import Catalog, TrafficProfile, UseCase


def use_case_of(found: Found, catalog: Catalog) -> UseCase | None:
    """Return the use case that is found, by its id or another name of it."""
    name = found.value("useCase")
    cases = catalog.use_cases.values()
    return next((case for case in cases if name == case.id or name in case.aliases), None)


def profile_of(found: Found, catalog: Catalog) -> TrafficProfile | None:
    """Return the traffic profile that is found, or else the use case's own."""
    case = use_case_of(found, catalog)
    return catalog.profiles.get(str(found.value("traffic.profile") or (case.profile if case else "")))


def tokens_of(found: Found, catalog: Catalog) -> tuple[int, int] | None:
    """Return the tokens of a prompt and of an answer."""
    prompt, output = found.value("traffic.promptTokens"), found.value("traffic.outputTokens")
    if isinstance(prompt, int) and isinstance(output, int):
        return prompt, output
    profile = profile_of(found, catalog)
    return None if profile is None else (profile.prompt_tokens, profile.output_tokens)
