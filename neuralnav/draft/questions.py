"""What is worth asking: contradictions first, then what moves a plan most; three at most."""

from collections.abc import Iterator, Sequence

from neuralnav.draft.found import Found
from neuralnav.model.catalog import Accelerator, Catalog
from neuralnav.model.draft import Question
from neuralnav.model.quantity import HOURS_PER_MONTH, format_usd, usd_per_month

MOST = 3

LIST, ON_DEMAND = "list", "on-demand"
"""The prices that a plan takes where nothing is said."""


def worth_asking(found: Found, catalog: Catalog) -> tuple[Question, ...]:
    """Return at most three questions, the first ones first, one a field."""
    every = [*found.questions, *_contradictions(found, catalog), *_gaps(found, catalog)]
    ranked = sorted(every, key=lambda item: item.rank)
    first = {item.field: item for item in reversed(ranked)}
    return tuple(item for item in ranked if first[item.field] is item)[:MOST]


def _contradictions(found: Found, catalog: Catalog) -> Iterator[Question]:
    yield from _models_left(found, catalog)
    yield from _precision_served(found, catalog)
    yield from _budget_too_small(found, catalog)


MODEL_FIELDS = (
    "constraints.models.allow", "constraints.models.deny", "constraints.families.allow", "constraints.families.deny",
    "constraints.licenses",
)  # fmt: skip


def _models_left(found: Found, catalog: Catalog) -> Iterator[Question]:
    """Ask where each limit leaves models and all together leave none: a model whose licence is not allowed."""
    if not any(name in found.findings for name in MODEL_FIELDS):
        return
    allowed, denied = _folded(found.names("constraints.models.allow")), _folded(found.names("constraints.models.deny"))
    families, no_families = (
        _folded(found.names(f"constraints.families.{side}")) for side in ("allow", "deny")
    )  # fmt: skip
    licenses = _folded(found.names("constraints.licenses"))
    wanted = [
        item
        for item in catalog.models.values()
        if (not allowed or _folded(item.spellings) & allowed)
        and not _folded(item.spellings) & denied
        and (not families or item.family.lower() in families)
        and item.family.lower() not in no_families
    ]
    if wanted and (not licenses or any(item.license.value.lower() in licenses for item in wanted)):
        return
    if wanted:
        have = ", ".join(sorted({item.license.value for item in wanted}))
        field, why = "constraints.licenses", f"the models that are wanted are licensed as {have}"
    else:
        field, why = "constraints.models.allow", "what is said of models and families leaves none"
    text = "Which model may be used? Together, what is wanted and what is ruled out leave none."
    yield Question(field, text, why, quotes=found.quotes(*MODEL_FIELDS), rank=0)


def _folded(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _precision_served(found: Found, catalog: Catalog) -> Iterator[Question]:
    precisions = set(found.names("constraints.precisions"))
    cards = _allowed(found, catalog)
    if not precisions or not cards or any(precisions & set(card.supports.value) for card in cards):
        return
    quotes = found.quotes("constraints.precisions", "constraints.accelerators.allow")
    text = f"Which GPU, or which precision? None that is allowed serves {', '.join(sorted(precisions))}."
    yield Question("constraints.precisions", text, "no plan can be made of both", quotes=quotes, rank=0)


def _budget_too_small(found: Found, catalog: Catalog) -> Iterator[Question]:
    budget = found.value("constraints.budget")
    provider = str(found.value("constraints.provider") or LIST)
    kind = str(found.value("constraints.priceKind") or ON_DEMAND)
    prices = [
        price.hourly_usd
        for card in _allowed(found, catalog)
        for price in card.prices
        if (price.provider, price.kind) == (provider, kind)
    ]
    if budget is None or not prices:
        return
    least = min(prices) * HOURS_PER_MONTH
    if usd_per_month(budget) >= least:
        return
    quotes = found.quotes("constraints.budget", "constraints.accelerators.allow")
    why = f"the cheapest GPU that is allowed costs {format_usd(least)} a month"
    yield Question("constraints.budget", f"Can it cost more than {budget}?", why, quotes=quotes, rank=0)


def _allowed(found: Found, catalog: Catalog) -> tuple[Accelerator, ...]:
    """Return the accelerators that the findings allow."""
    allow, deny = (_folded(found.names(f"constraints.accelerators.{side}")) for side in ("allow", "deny"))
    named = {item.id: _folded(item.spellings) for item in catalog.accelerators.values()}
    return tuple(
        item
        for item in catalog.accelerators.values()
        if (not allow or named[item.id] & allow) and not named[item.id] & deny
    )


def _gaps(found: Found, catalog: Catalog) -> Iterator[Question]:
    """Ask for what was taken for want of words, and for what limits a plan most where nothing is said of it."""
    if found.findings["useCase"].origin == "default":
        text = "What is the service for?"
        yield Question("useCase", text, f"{found.value('useCase')} was taken", tuple(catalog.use_cases), rank=1)
    users = found.findings.get("traffic.users")
    if users is not None and users.origin == "default":
        yield Question("traffic.users", "How many people will use it?", f"{users.value} were taken", rank=2)
    if all(found.value(f"priorities.{name}") == "high" for name in ("accuracy", "cost")):
        text = "Which matters more, the quality of answers or what they cost?"
        quotes = found.quotes("priorities.accuracy", "priorities.cost")
        why = "both were taken as high, which weighs them as if neither was said"
        yield Question("priorities.cost", text, why, ("quality", "cost"), quotes, rank=3)
    if not any(name.startswith("slo.") or name in ("experience", "priorities.latency") for name in found.findings):
        text = "How soon must an answer begin?"
        why = "the use case's own targets were taken; they decide which GPUs will do"
        classes = sorted(catalog.experiences.values(), key=lambda item: item.ttft)
        yield Question("experience", text, why, tuple(item.id for item in classes), rank=7)
    if "constraints.budget" not in found.findings:
        text = "What may it cost in a month?"
        yield Question("constraints.budget", text, "no limit was taken", rank=8)
