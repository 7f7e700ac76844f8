"""(Workload, Catalog, Project) -> ResolvedSpec: defaults filled and listed, names looked up, units canonical."""

import math
from collections.abc import Callable, Iterable, Mapping

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.catalog import PRECISIONS, Catalog, UseCase
from neuralnav.model.document import Parsed, suggestion
from neuralnav.model.project import HEADROOM, Environment, Project
from neuralnav.model.quantity import RATE_DIGITS, format_ms
from neuralnav.model.spec import (
    LONGEST_NAME,
    UNLIMITED_GPUS,
    Allowed,
    Assumption,
    DeploySettings,
    ResolvedSpec,
    ScoreWeights,
    deploy_settings,
)
from neuralnav.model.workload import CUSTOM, Selection, Workload, WorkloadSpec

DEFAULT_WEIGHTS = ScoreWeights(0.4, 0.4, 0.1, 0.1)
PRIORITY_WEIGHTS: Mapping[str, Mapping[str, int]] = {
    "accuracy": {"low": 3, "medium": 5, "high": 7},
    "cost": {"low": 3, "medium": 5, "high": 7},
    "latency": {"low": 1, "medium": 2, "high": 3},
    "complexity": {"low": 1, "medium": 2, "high": 3},
}
"""Source: the earlier NeuralNav's mapping, kept (docs/methodology.md)."""

CUSTOM_PEAK_FACTOR = 2.0
CUSTOM_QUALITY: Mapping[str, float] = {"intelligence_index": 1.0}
CONTEXT_ROOM = 2
"""Context planned over prompt + output when the workload names none: token lengths are typical, not maximal."""


def resolve(parsed: Parsed[Workload], catalog: Catalog, project: Project) -> ResolvedSpec:
    """Return the workload with nothing left open.

    Raises `InputError` with every problem found: unknown names (with a did-you-mean), contradictions, and what a
    custom use case leaves out.
    """
    return _Resolution(parsed, catalog, project).run()


def settings_of(workload: Workload, project: Project) -> Mapping[str, object]:
    """Return what the project decides for a workload, as JSON: margins, and what its environment sets in its place."""
    spec = workload.spec
    environment = project.spec.environments.get(workload.metadata.labels.get("env", ""), Environment())
    stated = {
        "namespace": spec.deploy.namespace,
        "confidence": spec.confidence,
        "redundancy": spec.deploy.redundancy,
        "provider": spec.constraints.provider,
        "price_kind": spec.constraints.price_kind,
    }
    taken = environment.model_dump(mode="json", exclude_none=True)
    return {
        "environment": {key: value for key, value in taken.items() if stated.get(key) is None},
        "margins": project.spec.margins.model_dump(mode="json"),
    }


def layout_of(project: Project) -> Mapping[str, object]:
    """Return how the project wants output laid out, as JSON: no intent of any plan."""
    found: Mapping[str, object] = project.spec.output.model_dump(mode="json")
    return found


class _Resolution:
    """One pass over a workload that collects problems and assumptions."""

    def __init__(self, parsed: Parsed[Workload], catalog: Catalog, project: Project) -> None:
        self.parsed = parsed
        self.spec: WorkloadSpec = parsed.document.spec
        self.catalog = catalog
        self.project = project.spec
        self.problems: list[Diagnostic] = []
        self.assumptions: list[Assumption] = []

    def run(self) -> ResolvedSpec:
        environment = self._environment()
        use_case = self._use_case()
        mean_rps, peak_rps = self._rates(use_case)
        prompt_tokens, output_tokens = self._tokens(use_case)
        slo_ms = self._slo(use_case, output_tokens)
        arrival, burst_size, curve_arrival = self._arrival(use_case, (prompt_tokens, output_tokens))
        provider, price_kind = self._prices(environment)
        context_tokens = self._context(prompt_tokens + output_tokens)
        allowed = self._allowed()
        self._check_name()
        if self.problems:
            raise InputError(sorted(self.problems, key=lambda d: (d.where.line, d.where.column, d.message)))
        metadata, constraints = self.parsed.document.metadata, self.spec.constraints
        redundancy = self._taken("deploy.redundancy", self.spec.deploy.redundancy, environment.redundancy, "none")
        headroom = environment.headroom or self.project.margins.headroom
        usual = "default" if headroom == HEADROOM else "margins.headroom of the project"
        origin = f"environment {metadata.labels['env']}" if environment.headroom else usual
        self.assumptions.append(Assumption("headroom", f"{headroom:g} x the peak", origin))
        return ResolvedSpec(
            name=metadata.name,
            labels=tuple(sorted(metadata.labels.items())),
            use_case=use_case.id if use_case else CUSTOM,
            mean_rps=mean_rps,
            peak_rps=peak_rps,
            arrival=arrival,
            burst_size=burst_size,
            prompt_tokens=prompt_tokens,
            output_tokens=output_tokens,
            context_tokens=context_tokens,
            slo_ms=slo_ms,
            weights=self._weights(),
            quality_weights=use_case.quality_weights if use_case else CUSTOM_QUALITY,
            allowed=allowed,
            budget_usd_per_month=constraints.budget if constraints.budget is not None else math.inf,
            max_gpus=constraints.gpus or UNLIMITED_GPUS,
            reasoning=self._reasoning(),
            provider=provider,
            price_kind=price_kind,
            confidence=self._taken("confidence", self.spec.confidence, environment.confidence, "likely"),
            headroom=headroom,
            experience=self.spec.experience or "",
            spare_replicas=1 if redundancy == "n+1" else 0,
            sticky_margin=self.project.margins.sticky,
            top=self.project.output.top,
            deploy=self._deploy(environment),
            assumptions=tuple(self.assumptions),
            curve_arrival=curve_arrival,
        )

    def _reasoning(self) -> bool:
        stated = self.spec.constraints.reasoning
        if stated is None:
            why = "no token count holds thinking: what always thinks is left out, others planned without: turn it off"
            self.assumptions.append(Assumption("constraints.reasoning", "false", why))
        return bool(stated)

    def _deploy(self, environment: Environment) -> DeploySettings:
        deploy = self.spec.deploy
        namespace = self._taken("deploy.namespace", deploy.namespace, environment.namespace, "default")
        settings = deploy_settings(deploy, namespace=namespace, regions=self.spec.constraints.regions or ())
        if deploy.autoscaling.class_ is None:
            why = "autoscaling.prometheus is given" if settings.prometheus else "CPU says nothing of a GPU server"
            self.assumptions.append(Assumption("deploy.autoscaling.class", settings.autoscaler, why))
        return settings

    def _check_name(self) -> None:
        name, target = self.parsed.document.metadata.name, self.spec.deploy.target
        if target == "InferenceService" and len(name) > LONGEST_NAME:
            message = f"a name of {len(name)} characters is too long for an {target}"
            self._refuse(message, f"at most {LONGEST_NAME}: KServe makes a label of 63 of it", "metadata", "name")

    def _environment(self) -> Environment:
        name = self.parsed.document.metadata.labels.get("env")
        known = self.project.environments
        if name is None or not known:
            return Environment()
        if name not in known:
            self._refuse(
                f'environment "{name}" is not in neuralnav.yaml', suggestion(name, known), "metadata", "labels", "env"
            )
        return known.get(name, Environment())

    def _use_case(self) -> UseCase | None:
        name = self.spec.use_case
        if name == CUSTOM:
            return None
        aliases = {alias: case for case in self.catalog.use_cases.values() for alias in (case.id, *case.aliases)}
        if name not in aliases:
            self._refuse(f'unknown use case "{name}"', suggestion(name, [*aliases, CUSTOM]), "spec", "useCase")
        return aliases.get(name)

    def _rates(self, use_case: UseCase | None) -> tuple[float, float]:
        traffic = self.spec.traffic
        factor = self._default(
            "traffic.peakFactor", traffic.peak_factor, use_case.peak_factor if use_case else None, CUSTOM_PEAK_FACTOR
        )
        if traffic.request_rate is not None:
            mean = traffic.request_rate
            why = f"{mean:g} req/s x peak {factor:g}"
        else:
            share = self._required("activeShare", traffic.active_share, use_case.active_share if use_case else None)
            per_minute = self._required(
                "requestsPerActiveUserPerMinute",
                traffic.requests_per_active_user_per_minute,
                use_case.requests_per_active_user_per_minute if use_case else None,
            )
            mean = (traffic.users or 0) * share * per_minute / 60
            why = f"{traffic.users} users x {share:g} active x {per_minute:g}/min x peak {factor:g}"
        mean_rps = max(round(mean, RATE_DIGITS), 10**-RATE_DIGITS)
        peak_rps = max(round(mean * factor, RATE_DIGITS), mean_rps)
        self.assumptions.append(Assumption("traffic.peakRate", f"{peak_rps:g} req/s", why))
        return mean_rps, peak_rps

    def _tokens(self, use_case: UseCase | None) -> tuple[int, int]:
        traffic = self.spec.traffic
        if traffic.prompt_tokens is not None and traffic.output_tokens is not None:
            return traffic.prompt_tokens, traffic.output_tokens
        name = traffic.profile or (use_case.profile if use_case else "")
        if name not in self.catalog.profiles:
            if traffic.profile is not None:
                hint = suggestion(name, self.catalog.profiles)
                self._refuse(f'unknown traffic profile "{name}"', hint, "spec", "traffic", "profile")
            elif self.spec.use_case == CUSTOM:
                self._refuse(
                    "a custom use case needs token lengths",
                    "add promptTokens and outputTokens, or a profile",
                    "spec",
                    "traffic",
                )
            elif use_case is not None:
                self._refuse(
                    f'the use case names an unknown traffic profile "{name}"', "mend the overlay", "spec", "useCase"
                )
            return 1, 1
        profile = self.catalog.profiles[name]
        if traffic.profile is None and use_case is not None:
            value = f"{profile.prompt_tokens} -> {profile.output_tokens} tokens"
            self.assumptions.append(Assumption("traffic.profile", value, f"default of {use_case.id}"))
        return profile.prompt_tokens, profile.output_tokens

    def _slo(self, use_case: UseCase | None, output_tokens: int) -> Mapping[str, float]:
        stated = self.spec.slo
        experience = self.catalog.experiences.get(self.spec.experience) if self.spec.experience else None
        basis = experience or (use_case.slo if use_case else None)
        origin = f"experience {experience.id}" if experience else f"default of {use_case.id}" if use_case else ""
        if basis is None and (stated.ttft is None or stated.itl is None) and self.spec.use_case == CUSTOM:
            self._refuse("a custom use case needs SLOs", "add slo.ttft and slo.itl, or an experience", "spec")
        ttft = stated.ttft if stated.ttft is not None else basis.ttft if basis else 1.0
        itl = stated.itl if stated.itl is not None else basis.itl if basis else 1.0
        if stated.e2e is not None:
            e2e, why = stated.e2e, ""
        elif use_case and not experience and self._has_default_shape(use_case):
            e2e, why = use_case.slo.e2e, origin
        else:
            e2e = math.ceil((ttft + output_tokens * itl) / 100) * 100.0
            why = f"TTFT {format_ms(ttft)} + {output_tokens} tokens x ITL {format_ms(itl)}, rounded up"
        for name, given, value, reason in (
            ("slo.ttft", stated.ttft, ttft, origin),
            ("slo.itl", stated.itl, itl, origin),
            ("slo.e2e", stated.e2e, e2e, why),
        ):
            if given is None:
                self.assumptions.append(Assumption(name, format_ms(value), reason))
        if e2e < ttft:
            path = ("spec", "slo", "e2e") if stated.e2e is not None else ("spec", "slo")
            self._refuse(
                f"the SLOs contradict each other: e2e {format_ms(e2e)} is below ttft {format_ms(ttft)}",
                "the last token cannot come before the first: raise slo.e2e or lower slo.ttft", *path,
            )  # fmt: skip
        return {"ttft": ttft, "itl": itl, "e2e": e2e}

    def _has_default_shape(self, use_case: UseCase) -> bool:
        traffic, slo = self.spec.traffic, self.spec.slo
        own_length = traffic.prompt_tokens is not None or traffic.profile not in (None, use_case.profile)
        return not own_length and slo.ttft is None and slo.itl is None

    def _arrival(self, use_case: UseCase | None, shape: tuple[int, int]) -> tuple[str, float, str]:
        """Return how requests arrive, the mean size of a burst, and how they do in the curves of the shape.

        The packaged tables hold Poisson arrivals at the profiles' shapes; curves of others are made for the workload.
        """
        traffic = self.spec.traffic
        arrival = traffic.arrival or (use_case.arrival if use_case else "poisson")
        burst = traffic.burst_size or (use_case.burst_size if use_case and traffic.arrival is None else 1.0)
        tabled = any(shape == (item.prompt_tokens, item.output_tokens) for item in self.catalog.profiles.values())
        if arrival != "poisson" and tabled:
            why = "the load curves of this version are of Poisson arrivals: bursts are not in the latencies"
            self.assumptions.append(Assumption("traffic.arrival", f"poisson in place of {arrival}", why))
        return arrival, burst, "poisson" if tabled else arrival

    def _prices(self, environment: Environment) -> tuple[str, str]:
        constraints = self.spec.constraints
        provider = self._taken("constraints.provider", constraints.provider, environment.provider, "list")
        kind = self._taken("constraints.priceKind", constraints.price_kind, environment.price_kind, "on-demand")
        prices = [price for accelerator in self.catalog.accelerators.values() for price in accelerator.prices]
        providers = sorted({price.provider for price in prices})
        if provider not in providers:
            message = f'no price of provider "{provider}" is known'
            self._refuse(message, suggestion(provider, providers), "spec", "constraints", "provider")
        elif not any(price.provider == provider and price.kind == kind for price in prices):
            kinds = sorted({price.kind for price in prices if price.provider == provider})
            self._refuse(
                f'no price of kind "{kind}" is known for provider "{provider}"',
                f"known: {', '.join(kinds)}; add yours with a catalog overlay", "spec", "constraints", "priceKind",
            )  # fmt: skip
        return provider, kind

    def _context(self, needed: int) -> int:
        stated = self.spec.constraints.context_length
        if stated is None:
            room = CONTEXT_ROOM * needed
            why = f"{CONTEXT_ROOM} x (prompt + output), as lengths vary"
            self.assumptions.append(Assumption("constraints.contextLength", f"{room} tokens", why))
            return room
        if stated < needed:
            self._refuse(
                f"a context of {stated} tokens cannot hold prompt + output of {needed}",
                f"raise contextLength to {needed} or more", "spec", "constraints", "contextLength",
            )  # fmt: skip
        return stated

    def _weights(self) -> ScoreWeights:
        spec = self.spec
        raw: tuple[float, ...]
        if spec.weights is not None:
            raw = (spec.weights.accuracy, spec.weights.cost, spec.weights.latency, spec.weights.complexity)
        elif spec.priorities is not None:
            levels = spec.priorities.model_dump()
            raw = tuple(PRIORITY_WEIGHTS[name][levels[name]] for name in PRIORITY_WEIGHTS)
        else:
            shown = ", ".join(f"{name} {getattr(DEFAULT_WEIGHTS, name):.0%}" for name in PRIORITY_WEIGHTS)
            self.assumptions.append(Assumption("weights", shown, "default"))
            return DEFAULT_WEIGHTS
        total = math.fsum(raw)
        return ScoreWeights(*(value / total for value in raw))

    def _allowed(self) -> Allowed:
        constraints, catalog = self.spec.constraints, self.catalog
        models = {name: item.id for item in catalog.models.values() for name in item.spellings}
        accelerators = {name: item.id for item in catalog.accelerators.values() for name in item.spellings}
        families = {model.family: model.family for model in catalog.models.values()}
        licenses = {model.license.value: model.license.value for model in catalog.models.values()}
        return Allowed(
            models=self._select("models", "model", constraints.models, models),
            families=self._select("families", "model family", constraints.families, families),
            licenses=self._some("licenses", "licence", constraints.licenses, licenses),
            accelerators=self._select("accelerators", "accelerator", constraints.accelerators, accelerators),
            precisions=self._some(
                "precisions", "precision", constraints.precisions, {name: name for name in PRECISIONS}
            ),
        )

    def _select(self, field: str, noun: str, chosen: Selection | None, known: Mapping[str, str]) -> frozenset[str]:
        every = frozenset(known.values())
        if chosen is None:
            return every
        allow = every if chosen.allow is None else self._ids((field, "allow"), noun, chosen.allow, known)
        left = allow - self._ids((field, "deny"), noun, chosen.deny, known)
        if not left and not self.problems:
            self._refuse(
                f"no {noun} is left of what is allowed", "allow more, or deny less", "spec", "constraints", field
            )
        return left

    def _some(self, field: str, noun: str, chosen: tuple[str, ...] | None, known: Mapping[str, str]) -> frozenset[str]:
        if chosen is None:
            return frozenset(known.values())
        if not chosen:
            self._refuse(
                f"{field} is empty: no {noun} would be allowed",
                "remove the key to allow all",
                "spec",
                "constraints",
                field,
            )
        return self._ids((field,), noun, chosen, known)

    def _ids(self, path: tuple[str, ...], noun: str, names: Iterable[str], known: Mapping[str, str]) -> frozenset[str]:
        folded = {alias.lower(): item for alias, item in known.items()}
        found = set()
        for index, name in enumerate(names):
            if name.lower() in folded:
                found.add(folded[name.lower()])
            else:
                self._refuse(f'unknown {noun} "{name}"', suggestion(name, known), "spec", "constraints", *path, index)
        return frozenset(found)

    def _taken(self, field: str, stated: str | None, environment: str | None, default: str) -> str:
        if stated is not None:
            return stated
        why = "default" if environment is None else f"environment {self.parsed.document.metadata.labels['env']}"
        self.assumptions.append(Assumption(field, environment or default, why))
        return environment or default

    def _default(self, field: str, stated: float | None, usual: float | None, otherwise: float) -> float:
        if stated is not None:
            return stated
        value = usual if usual is not None else otherwise
        why = f"default of {self.spec.use_case}" if usual is not None else "default"
        self.assumptions.append(Assumption(field, f"{value:g}", why))
        return value

    def _required(self, field: str, stated: float | None, usual: float | None) -> float:
        value = stated if stated is not None else usual
        if value is None:
            if self.spec.use_case == CUSTOM:
                message = f"a custom use case with users needs traffic.{field}"
                self._refuse(message, "or give requestRate", "spec", "traffic")
            return 0.0
        return value

    def _refuse(self, message: str, hint: str, *path: str | int) -> None:
        where: Callable[..., Where] = self.parsed.where
        self.problems.append(Diagnostic(where(*path), message, hint))
