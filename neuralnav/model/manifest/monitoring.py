"""What watches a service: the rules that Prometheus evaluates, and the dashboard that Grafana shows."""

import functools
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from neuralnav.model.manifest.dashboard import Dashboard
from neuralnav.model.manifest.parts import Named, Rendered, distinct

Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}(s|m|h|d)$")]
Expression = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=2000)]
SeriesName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$", max_length=200)]
AlertName = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-zA-Z0-9]*$", max_length=100)]
GroupName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=200)]
LabelName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", max_length=200)]
LabelText = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]*$", max_length=253)]
Sentence = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=1024)]
Link = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+/[a-zA-Z0-9._/#-]*$", max_length=253)]
Severity = Literal["critical", "warning", "info"]

SEVERITY = "severity"


class RuleAnnotations(Rendered):
    """What an alert says, and where it is written what to do."""

    summary: Sentence
    description: Sentence
    runbook_url: Link = Field(alias="runbook_url")


class Rule(Rendered):
    """A series that is recorded, or an alert: then it needs a severity, its words, and how long it waits and stays."""

    record: SeriesName | None = None
    alert: AlertName | None = None
    expr: Expression
    for_: Duration | None = None
    keep_firing_for: Duration | None = Field(default=None, alias="keep_firing_for")
    labels: dict[LabelName, LabelText] = Field(default_factory=dict)
    annotations: RuleAnnotations | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.record is None) == (self.alert is None):
            raise ValueError("give either record or alert")
        alerting = (self.for_, self.keep_firing_for, self.annotations)
        if self.record is not None and any(part is not None for part in alerting):
            raise ValueError("for, keep_firing_for and annotations are of alerts")
        if self.alert is not None and any(part is None for part in alerting):
            raise ValueError("an alert needs for, keep_firing_for and annotations")
        if self.alert is not None and self.labels.get(SEVERITY) not in ("critical", "warning", "info"):
            raise ValueError("an alert needs the label severity: critical, warning or info")
        return self


class RuleGroup(Rendered):
    """Rules that are evaluated one after another."""

    name: GroupName
    interval: Duration | None = None
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


class PrometheusRuleSpec(Rendered):
    """All groups."""

    groups: Annotated[tuple[RuleGroup, ...], Field(min_length=1), distinct("name")]


class PrometheusRule(Named):
    """monitoring.coreos.com/v1 PrometheusRule."""

    api_version: Literal["monitoring.coreos.com/v1"]
    kind: Literal["PrometheusRule"]
    spec: PrometheusRuleSpec


@functools.lru_cache(maxsize=8)
def _dashboard(text: str) -> Dashboard:
    """Return the dashboard of a text, which the rules between objects ask for again. Raises `ValidationError`."""
    return Dashboard.model_validate_json(text, strict=True)


def _is_dashboard(text: str) -> str:
    """Refuse a text that is not the JSON of a dashboard, in words that name its first fault."""
    try:
        _dashboard(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"not a dashboard that neuralnav emits: {place or 'JSON'}: {first['msg']}") from None
    return text


DashboardText = Annotated[str, StringConstraints(max_length=1 << 20), AfterValidator(_is_dashboard)]
FileName = Annotated[str, StringConstraints(pattern=r"^[-._a-z0-9]{1,248}\.json$")]


class ConfigMap(Named):
    """v1 ConfigMap that holds one dashboard of Grafana, under the name of its file, one of the whole cluster."""

    api_version: Literal["v1"]
    kind: Literal["ConfigMap"]
    data: Annotated[dict[FileName, DashboardText], Field(min_length=1, max_length=1)]

    @property
    def dashboard(self) -> Dashboard:
        """The dashboard."""
        (text,) = self.data.values()
        return _dashboard(text)
