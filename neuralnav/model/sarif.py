"""What we write of SARIF 2.1.0, the format of static analysis results: one run, its rules, its results."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SarifLevel = Literal["error", "warning", "note"]


class SarifPart(BaseModel):
    """A frozen part of a log. Names are written in camel case, what is not there is left out."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class SarifMessage(SarifPart):
    """A text for people."""

    text: Annotated[str, Field(min_length=1)]


class SarifConfiguration(SarifPart):
    """How bad results of a rule are where they do not say."""

    level: SarifLevel


class SarifRule(SarifPart):
    """A rule that results name."""

    id: str
    short_description: SarifMessage
    full_description: SarifMessage
    help: SarifMessage
    default_configuration: SarifConfiguration


class SarifDriver(SarifPart):
    """The tool. Its version is not written: the same findings give the same bytes."""

    name: str
    rules: tuple[SarifRule, ...]


class SarifTool(SarifPart):
    """The tool that ran."""

    driver: SarifDriver


class SarifArtifact(SarifPart):
    """A file, as a relative reference with the characters escaped that a URI cannot hold."""

    uri: Annotated[str, Field(min_length=1)]


class SarifRegion(SarifPart):
    """A place in a file; lines and columns count from 1."""

    start_line: Annotated[int, Field(ge=1)]
    start_column: Annotated[int, Field(ge=1)] | None = None


class SarifPhysical(SarifPart):
    """A file and the place in it; none is the whole file."""

    artifact_location: SarifArtifact
    region: SarifRegion | None = None


class SarifLocation(SarifPart):
    """Where a result is, in the repository."""

    physical_location: SarifPhysical


class SarifResult(SarifPart):
    """One finding. Fingerprints keep it the same finding when lines move."""

    rule_id: str
    rule_index: Annotated[int, Field(ge=0)]
    level: SarifLevel
    message: SarifMessage
    locations: tuple[SarifLocation, ...]
    partial_fingerprints: dict[str, str]


class SarifRun(SarifPart):
    """One run of the tool. Columns count characters, as Python does."""

    tool: SarifTool
    column_kind: Literal["unicodeCodePoints"] = "unicodeCodePoints"
    results: tuple[SarifResult, ...]


class SarifLog(SarifPart):
    """A whole file."""

    schema_: Annotated[str, Field(alias="$schema")]
    version: Literal["2.1.0"] = "2.1.0"
    runs: tuple[SarifRun, ...]
