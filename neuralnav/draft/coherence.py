"""What must hold between the fields of a workload is made to hold: what gives way is told or asked."""

import re
from collections.abc import Callable, Collection, Mapping

from neuralnav.draft.found import STRENGTH, Found, weaker
from neuralnav.draft.shape import profile_of, tokens_of, use_case_of
from neuralnav.model.base import DNS_LABEL, SERVICE_NAME
from neuralnav.model.catalog import Catalog, UseCase
from neuralnav.model.draft import Finding, Question, Value
from neuralnav.model.quantity import duration_ms, format_ms
from neuralnav.model.workload import CUSTOM

CONTRADICTION = 0
"""The rank of a question about wishes that contradict each other."""

Step = Callable[[Found, Catalog], Found]


def coherent(found: Found, catalog: Catalog) -> Found:
    """Return the findings without what contradicts among themselves."""
    for step in (_whole_if_custom, _one_measure_of_traffic, _one_shape, _first_token_before_last, _some_names_left,
                 _valid_names, _an_autoscaler_that_works):  # fmt: skip
        found = step(found, catalog)
    return found


def fitting(found: Found, catalog: Catalog) -> Found:
    """Return completed findings without what contradicts the defaults that now fill the rest."""
    for step in (_slo_above_the_default, _shape_in_context):
        found = step(found, catalog)
    return found


CUSTOM_NEEDS = (
    ("traffic.profile", "traffic.promptTokens"),
    ("traffic.profile", "traffic.outputTokens"),
    ("experience", "slo.ttft"),
    ("experience", "slo.itl"),
    ("traffic.requestRate", "traffic.activeShare"),
    ("traffic.requestRate", "traffic.requestsPerActiveUserPerMinute"),
)
"""What a custom use case has no defaults for: one field of each pair."""


def _whole_if_custom(found: Found, catalog: Catalog) -> Found:  # noqa: ARG001  # every step has both
    whole = all(any(name in found.findings for name in needed) for needed in CUSTOM_NEEDS)
    if found.value("useCase") != CUSTOM or whole:
        return found
    return found.displacing("no use case of the catalogs, and not enough is said for one of its own", "useCase")


PER_USER = ("traffic.activeShare", "traffic.requestsPerActiveUserPerMinute")


def _one_measure_of_traffic(found: Found, catalog: Catalog) -> Found:  # noqa: ARG001  # every step has both
    users, rate = found.findings.get("traffic.users"), found.findings.get("traffic.requestRate")
    if rate is None:
        return found
    if users is None:
        return found.displacing("a request rate is given, so nothing is reckoned from users", *PER_USER)
    gone = weaker(users, rate) if STRENGTH[users.origin] != STRENGTH[rate.origin] else rate
    if gone is users:
        return found.displacing("traffic is given as a request rate", "traffic.users", *PER_USER)
    return found.displacing(f"traffic is given as {users.value} users", "traffic.requestRate")


TOKENS = ("traffic.promptTokens", "traffic.outputTokens")


def _one_shape(found: Found, catalog: Catalog) -> Found:
    profile = found.findings.get("traffic.profile")
    if profile is None or not any(name in found.findings for name in TOKENS):
        return found
    known = catalog.profiles.get(str(profile.value))
    found = found.displacing("token lengths are given in figures", "traffic.profile")
    if known is None:
        return found
    for name, value in zip(TOKENS, (known.prompt_tokens, known.output_tokens), strict=True):
        if name not in found.findings:
            found = found.setting(Finding(name, value, "inferred", profile.engine, profile.quotes, f"of {known.id}"))
    return found


def _first_token_before_last(found: Found, catalog: Catalog) -> Found:  # noqa: ARG001  # as above
    first, last = found.findings.get("slo.ttft"), found.findings.get("slo.e2e")
    if first is None or last is None or duration_ms(last.value) >= duration_ms(first.value):
        return found
    gone = weaker(first, last)
    kept = last if gone is first else first
    question = Question(
        gone.field,
        f"Which holds: the first token within {_said(first.value)}, or the whole answer within {_said(last.value)}?",
        f"the whole answer cannot come before its first token; {kept.field} was taken",
        (f"first token {_said(first.value)}", f"whole answer {_said(last.value)}"),
        found.quotes("slo.ttft", "slo.e2e"),
        CONTRADICTION,
    )
    return found.without(gone.field).asking(question)


def _some_names_left(found: Found, catalog: Catalog) -> Found:
    for noun, field, known in selections(catalog):
        allow, deny = f"{field}.allow", f"{field}.deny"
        allowed, denied = _ids(found.names(allow), known), _ids(found.names(deny), known)
        every = frozenset(known.values())
        if not denied or (allowed if allow in found.findings else every) - denied:
            continue
        if allow not in found.findings:
            question = Question(
                deny, f"Which {noun} may be used? What is ruled out leaves none.", "no limit was taken",
                quotes=found.quotes(deny), rank=CONTRADICTION,
            )  # fmt: skip
            found = found.without(deny).asking(question)
            continue
        gone = weaker(found.findings[allow], found.findings[deny]).field
        shown = ", ".join(found.names(allow))
        taken = "it was taken as ruled out" if gone == allow else "it was taken as wanted"
        question = Question(
            gone, f"Is {shown} wanted, or ruled out? Both are said.", taken, ("wanted", "ruled out"),
            found.quotes(allow, deny), CONTRADICTION,
        )  # fmt: skip
        found = found.without(gone).asking(question)
    return found


def selections(catalog: Catalog) -> tuple[tuple[str, str, Mapping[str, str]], ...]:
    """Return what names choose among: a noun, the field, and the id behind each spelling."""
    models = {name.lower(): item.id for item in catalog.models.values() for name in item.spellings}
    accelerators = {name.lower(): item.id for item in catalog.accelerators.values() for name in item.spellings}
    families = {item.family.lower(): item.family for item in catalog.models.values()}
    return (
        ("models", "constraints.models", models),
        ("model families", "constraints.families", families),
        ("GPUs", "constraints.accelerators", accelerators),
    )


def _ids(names: Collection[str], known: Mapping[str, str]) -> frozenset[str]:
    return frozenset(known[name.lower()] for name in names if name.lower() in known)


SHAPES: Mapping[str, str] = {
    "metadata.name": SERVICE_NAME,
    "deploy.namespace": DNS_LABEL,
    "deploy.storage.tokenSecret": DNS_LABEL,
}


def _valid_names(found: Found, catalog: Catalog) -> Found:  # noqa: ARG001  # as above
    for field, shape in SHAPES.items():
        finding = found.findings.get(field)
        if finding is None or re.fullmatch(shape, str(finding.value)):
            continue
        mended = slug(str(finding.value))
        if not mended:
            found = found.displacing("Kubernetes has no such name", field)
            continue
        why = "spelt as Kubernetes spells names"
        found = found.setting(Finding(field, mended, "inferred", finding.engine, finding.quotes, why))
    return found


def slug(text: str) -> str:
    """Return a text as a Kubernetes name that begins with a letter; empty where nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:63].rstrip("-")


def _an_autoscaler_that_works(found: Found, catalog: Catalog) -> Found:  # noqa: ARG001  # as above
    target = found.value("deploy.target") or "InferenceService"
    match found.value("deploy.autoscaling.class"), target:
        case "keda", _:
            why = "keda needs the address of Prometheus: set deploy.autoscaling.prometheus, and keda is the default"
        case "hpa", "LLMInferenceService":
            why = "an LLMInferenceService has no autoscaler by CPU"
        case "wva", "InferenceService" if "deploy.target" in found.findings:
            why = "wva scales an LLMInferenceService only"
        case "wva", "InferenceService":
            scaler = found.findings["deploy.autoscaling.class"]
            why = "wva scales nothing else"
            finding = Finding("deploy.target", "LLMInferenceService", "inferred", scaler.engine, scaler.quotes, why)
            return found.setting(finding)
        case _:
            return found
    return found.displacing(why, "deploy.autoscaling.class")


def _slo_above_the_default(found: Found, catalog: Catalog) -> Found:
    """Give TTFT where the whole answer must come before the use case's own first token."""
    last = found.findings.get("slo.e2e")
    basis = catalog.experiences.get(str(found.value("experience"))) or use_case_of(found, catalog)
    if last is None or basis is None or "slo.ttft" in found.findings:
        return found
    usual = basis.slo.ttft if isinstance(basis, UseCase) else basis.ttft
    if duration_ms(last.value) >= usual:
        return found
    why = f"the usual {format_ms(usual)} is longer than the whole answer may take"
    return found.defaulting("slo.ttft", last.value, why)


def _shape_in_context(found: Found, catalog: Catalog) -> Found:
    context = found.value("constraints.contextLength")
    shape = tokens_of(found, catalog)
    if not isinstance(context, int) or shape is None or sum(shape) <= context:
        return found
    if all(name not in found.findings for name in TOKENS):
        fitting_ones = [
            item for item in catalog.profiles.values() if item.prompt_tokens + item.output_tokens <= context
        ]
        usual = profile_of(found, catalog)
        if fitting_ones and usual is not None and "traffic.profile" not in found.findings:
            chosen = max(fitting_ones, key=lambda item: (item.prompt_tokens + item.output_tokens, item.id))
            why = f"the usual {usual.id} tokens do not fit in a context of {context}"
            return found.defaulting("traffic.profile", chosen.id, why)
    question = Question(
        "constraints.contextLength",
        f"How long may a context be? {context} tokens are said; a request and its answer have {sum(shape)}.",
        "no limit was taken beside the length of requests",
        quotes=found.quotes("constraints.contextLength", *TOKENS),
        rank=CONTRADICTION,
    )
    return found.without("constraints.contextLength").asking(question)


def _said(value: Value) -> str:
    return format_ms(duration_ms(value))
