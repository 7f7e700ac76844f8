"""What is worth asking: contradictions first, then what moves a plan most; three at most."""

from collections.abc import Iterator, Sequence

from neuralnav.draft.found import Found
from neuralnav.draft.rules.phrases import hits
from neuralnav.draft.shape import use_case_of
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Accelerator, Catalog
from neuralnav.model.draft import Question
from neuralnav.model.quantity import HOURS_PER_MONTH, format_ms, format_usd, usd_per_month

MOST = 3

LIST, ON_DEMAND = "list", "on-demand"
"""The prices that a plan takes where nothing is said."""


NO_LIMIT = (
    "no budget limit*", "no budget cap", "no budget constraint*", "no budget restriction*", "no limit on budget",
    "no limit on the budget", "don't have a budget limit", "don't have a budget cap", "not have a budget limit",
    "not have a budget cap", "unlimited budget*",
    "budget is unlimited", "budget unlimited", "budget is open", "open budget", "budget is not an issue",
    "budget is no issue", "budget isn't an issue", "budget no issue", "budget not an issue",
    "budget is not a concern",
    "budget isn't a concern", "no spending limit", "no cost limit", "no cost ceiling", "whatever it costs",
    "cost no object",
    "money is no object", "money no object", "blank cheque", "blank check", "budget tbd", "budget is tbd",
    "budget unknown", "budget is unknown", "budget not yet", "budget is not yet", "budget undecided",
    "budget to be defined", "budget to be decided", "budget to be determined", "no budget yet", "budget n/a",
    "budget: none", "budget none", "unbegrenztes budget", "budget unbegrenzt", "budget ist unbegrenzt",
    "ohne budgetgrenze",
    "kein budgetlimit", "keine budgetgrenze", "keine budgetobergrenze", "budget offen", "budget egal",
    "pas de limite de budget", "sans limite de budget", "budget illimite", "budget libre", "budget ouvert",
    "sin limite de presupuesto", "presupuesto ilimitado", "presupuesto abierto", "sin tope de presupuesto",
    "予算に制限なし", "予算制限なし", "予算の制限はない", "予算の制限はあり", "予算無制限", "予算は無制限",
    "予算は問わ", "予算未定",
    "予算上限なし", "予算に上限は", "预算不限", "预算无限", "没有预算限制", "无预算限制", "不限预算", "预算没有上限",
    "预算待定",
)  # fmt: skip
"""What says that there is no budget to be told, or none yet."""

NO_TARGET = (
    "no latency requirement*", "no hard latency*", "no latency target*", "no latency constraint*", "no latency slo*",
    "no strict latency*", "no slo*", "no speed requirement*", "no response time requirement*",
    "latency requirement* none",
    "latency: none", "latency n/a", "latency tbd", "latency is tbd", "latency unknown", "latency to be decided",
    "latency isn't relevant", "latency is not relevant", "keine latenzanforderung*", "keine latenzvorgabe*",
    "latenz offen", "pas d'exigence de latence", "pas de contrainte de latence", "sin requisitos de latencia",
    "sin requisito de latencia", "レイテンシ要件なし", "レイテンシの要件はない", "レイテンシ要件はない", "无延迟要求",
    "没有延迟要求", "对延迟没有要求", "对延迟无要求",
)  # fmt: skip
"""What says that there is no latency to be told, or none yet."""


def worth_asking(text: Text, found: Found, catalog: Catalog) -> tuple[Question, ...]:
    """Return at most three questions, the first ones first, one a field."""
    every = [*found.questions, *_contradictions(found, catalog), *_gaps(text, found, catalog)]
    ranked = sorted(every, key=lambda item: item.rank)
    first = {item.field: item for item in reversed(ranked)}
    return tuple(item for item in ranked if first[item.field] is item)[:MOST]


def _contradictions(found: Found, catalog: Catalog) -> Iterator[Question]:
    yield from _models_left(found, catalog)
    yield from _precision_served(found, catalog)
    yield from _budget_too_small(found, catalog)
    yield from _unpriced(found, catalog)


MODEL_FIELDS = (
    "constraints.models.allow", "constraints.models.deny", "constraints.families.allow", "constraints.families.deny",
    "constraints.licenses",
)  # fmt: skip


def _models_left(found: Found, catalog: Catalog) -> Iterator[Question]:
    """Ask where each limit leaves models and all together leave none: a model whose licence is not allowed."""
    if not any(name in found.findings for name in MODEL_FIELDS):
        return
    allowed, denied = (_folded(found.names(f"constraints.models.{side}")) for side in ("allow", "deny"))
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
    provider, kind = _priced_by(found)
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


def _unpriced(found: Found, catalog: Catalog) -> Iterator[Question]:
    """Ask whose prices to take where the prices in force hold none of the GPUs that are allowed."""
    cards = _allowed(found, catalog)
    provider, kind = _priced_by(found)
    prices = [price for card in cards for price in card.prices]
    if not found.names("constraints.accelerators.allow") or not cards:
        return
    if any((price.provider, price.kind) == (provider, kind) for price in prices):
        return
    options = tuple(sorted({price.provider for price in prices if price.kind == kind}))
    names = ", ".join(found.names("constraints.accelerators.allow"))
    text = f"Whose prices should the plan take for {names}?"
    why = f'no price of kind "{kind}" is known for it from provider "{provider}"; without one there is no plan'
    quotes = found.quotes("constraints.accelerators.allow", "constraints.provider", "constraints.priceKind")
    yield Question("constraints.provider", text, why, options, quotes, rank=1)


def _priced_by(found: Found) -> tuple[str, str]:
    """Return the provider and the kind of the prices that a plan takes."""
    provider, kind = found.value("constraints.provider"), found.value("constraints.priceKind")
    return str(provider or LIST), str(kind or ON_DEMAND)


def _allowed(found: Found, catalog: Catalog) -> tuple[Accelerator, ...]:
    """Return the accelerators that the findings allow."""
    allow, deny = (_folded(found.names(f"constraints.accelerators.{side}")) for side in ("allow", "deny"))
    named = {item.id: _folded(item.spellings) for item in catalog.accelerators.values()}
    return tuple(
        item
        for item in catalog.accelerators.values()
        if (not allow or named[item.id] & allow) and not named[item.id] & deny
    )


def _gaps(text: Text, found: Found, catalog: Catalog) -> Iterator[Question]:
    """Ask for what was taken for want of words, and for what limits a plan most where nothing is said of it."""
    if found.findings["useCase"].origin == "default":
        asked = "What is the service for?"
        yield Question("useCase", asked, f"{found.value('useCase')} was taken", tuple(catalog.use_cases), rank=1)
    users = found.findings.get("traffic.users")
    if users is not None and users.origin == "default":
        yield Question("traffic.users", "How many people will use it?", f"{users.value} were taken", rank=2)
    if all(found.value(f"priorities.{name}") == "high" for name in ("accuracy", "cost")):
        asked = "Which matters more, the quality of answers or what they cost?"
        quotes = found.quotes("priorities.accuracy", "priorities.cost")
        why = "both were taken as high, which weighs them as if neither was said"
        yield Question("priorities.cost", asked, why, ("quality", "cost"), quotes, rank=3)
    if not _speed_is_told(text, found):
        yield _how_soon(found, catalog)
    if not _budget_is_told(text, found):
        asked = "What may it cost in a month?"
        yield Question("constraints.budget", asked, "no limit was taken", rank=8)


def _speed_is_told(text: Text, found: Found) -> bool:
    """Tell whether the prose says how soon answers must come, or that it does not matter."""
    told = any(name.startswith("slo.") or name in ("experience", "priorities.latency") for name in found.findings)
    return told or _says(text, NO_TARGET)


def _budget_is_told(text: Text, found: Found) -> bool:
    """Tell whether the prose gives a budget, says that there is none, or that cost does not matter."""
    told = "constraints.budget" in found.findings or found.value("priorities.cost") == "low"
    return told or _says(text, NO_LIMIT)


def _says(text: Text, phrases: Sequence[str]) -> bool:
    return any(True for _ in hits(text, phrases))


def _how_soon(found: Found, catalog: Catalog) -> Question:
    """Ask for the class of experience; what each class means, and what holds without one, is said."""
    classes = sorted(catalog.experiences.values(), key=lambda item: item.ttft)
    why = f"they mean {', '.join(format_ms(item.ttft) for item in classes)}"
    case = use_case_of(found, catalog)
    if case is not None:
        why += f"; {format_ms(case.slo.ttft)} was taken, the use case's own"
    return Question("experience", "How soon must an answer begin?", why, tuple(item.id for item in classes), rank=7)
