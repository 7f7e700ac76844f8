"""Descriptions of services with what a careful reader makes of them: what drafts are measured by.

See tests/draft_eval. Fields are named as in `neuralnav.model.draft`, values are spelt as a workload's file spells them.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuralnav.model.base import ApiVersion, Doc, Metadata

Language = Literal["en", "de", "fr", "es", "ja", "zh"]


class DraftCase(Doc):
    """One description and its labels.

    `expect` gives fields and their values; `{oneOf: [...]}` admits several answers, `{between: [LOW, HIGH]}` a span of
    amounts. `absent` names fields that a draft must not read out of the words, `unplaced` words that it must say it
    could not place, and `question` the field that it must ask about (true: it must ask something, false: nothing).
    What is debatable is not labelled.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    prose: str
    expect: dict[str, object] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    question: bool | str | None = None


class DraftCasesSpec(Doc):
    """The cases of one file, all in one language."""

    language: Language
    cases: Annotated[tuple[DraftCase, ...], Field(min_length=1)]


class DraftCases(Doc):
    """A file of cases; its name stands in the tables of `neuralnav draft eval`."""

    api_version: ApiVersion
    kind: Literal["DraftCases"]
    metadata: Metadata
    spec: DraftCasesSpec
