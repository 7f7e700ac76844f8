"""A dashboard of Grafana (schema version 39: Grafana 10.1 and later), as far as we emit one."""

from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from neuralnav.model.manifest.parts import Rendered, distinct

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Uid = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,40}$")]
"""Grafana takes no longer one."""

VariableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)]
WIDTH = 24
"""The columns of Grafana's grid."""


class Variable(Rendered):
    """A variable of the dashboard: which Prometheus, or a constant of the plan."""

    name: VariableName
    type: Literal["datasource", "constant"]
    query: Text
    label: Text | None = None
    hide: Literal[0, 2]


class Variables(Rendered):
    """All variables."""

    list: Annotated[tuple[Variable, ...], distinct("name")]


class Range(Rendered):
    """What is shown at first."""

    from_: Text = Field(alias="from")
    to: Text


class Grid(Rendered):
    """Where a panel lies, in units of the grid."""

    x: Annotated[int, Field(ge=0, lt=WIDTH)]
    y: Annotated[int, Field(ge=0)]
    w: Annotated[int, Field(ge=1, le=WIDTH)]
    h: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.x + self.w > WIDTH:
            raise ValueError(f"x + w is above {WIDTH}")
        return self

    def meets(self, other: "Grid") -> bool:
        """Tell whether two panels lie over each other."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )


class Datasource(Rendered):
    """The Prometheus that the reader chose."""

    type: Literal["prometheus"]
    uid: Literal["${datasource}"]


class Step(Rendered):
    """From this value on, this colour; the first step has no value."""

    color: Text
    value: float | None


class Thresholds(Rendered):
    """Colours by value."""

    mode: Literal["absolute"]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class Defaults(Rendered):
    """How the values of a panel are shown."""

    unit: Literal["s", "percentunit", "reqps", "none", "currencyUSD"]
    min: float | None = None
    max: float | None = None
    thresholds: Thresholds | None = None


class Matcher(Rendered):
    """Series whose name matches."""

    id: Literal["byRegexp"]
    options: Annotated[str, StringConstraints(pattern=r"^/.+/$", max_length=200)]


class Colour(Rendered):
    """One colour."""

    mode: Literal["fixed"]
    fixed_color: Text


class LineStyle(Rendered):
    """Dashes."""

    fill: Literal["dash"]
    dash: tuple[int, int]


class Property(Rendered):
    """A setting of the series that match."""

    id: Literal["color", "custom.lineStyle", "custom.fillOpacity"]
    value: Colour | LineStyle | int


class Override(Rendered):
    """Settings of some series."""

    matcher: Matcher
    properties: Annotated[tuple[Property, ...], Field(min_length=1), distinct("id")]


class FieldConfig(Rendered):
    """How values are shown, and how those of some series."""

    defaults: Defaults
    overrides: tuple[Override, ...]


class ReduceOptions(Rendered):
    """Which value stands for a series."""

    calcs: tuple[Literal["lastNotNull"]]


class Legend(Rendered):
    """Where the names of the series stand."""

    display_mode: Literal["list"]
    placement: Literal["bottom"]


class Tooltip(Rendered):
    """What is shown at the pointer."""

    mode: Literal["multi"]


class Options(Rendered):
    """Settings of a panel of either type."""

    reduce_options: ReduceOptions | None = None
    color_mode: Literal["value"] | None = None
    graph_mode: Literal["none"] | None = None
    legend: Legend | None = None
    tooltip: Tooltip | None = None


class Query(Rendered):
    """A query of Prometheus, with the name that its series are given."""

    ref_id: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
    legend_format: Text
    expr: Text


class Panel(Rendered):
    """A number, or lines over time."""

    id: Annotated[int, Field(ge=1)]
    type: Literal["stat", "timeseries"]
    title: Text
    description: Text
    grid_pos: Grid
    datasource: Datasource
    field_config: FieldConfig
    options: Options
    targets: Annotated[tuple[Query, ...], Field(min_length=1), distinct("ref_id"), distinct("legend_format")]


class Dashboard(Rendered):
    """A dashboard. Grafana gives it an id of its own; the uid keeps links to it."""

    uid: Uid
    title: Text
    description: Text
    tags: tuple[Text, ...]
    schema_version: Literal[39]
    version: Literal[1]
    editable: bool
    graph_tooltip: Literal[0, 1, 2]
    refresh: Text
    time: Range
    timezone: Literal["", "utc", "browser"]
    templating: Variables
    panels: Annotated[tuple[Panel, ...], Field(min_length=1), distinct("id"), distinct("title")]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for one, other in combinations(self.panels, 2):
            if one.grid_pos.meets(other.grid_pos):
                raise ValueError(f"the panels {one.id} and {other.id} lie over each other")
        return self

    @property
    def constants(self) -> dict[str, str]:
        """What the plan's constants are, by name."""
        return {item.name: item.query for item in self.templating.list if item.type == "constant"}
