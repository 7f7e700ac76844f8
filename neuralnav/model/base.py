"""The base of every document: frozen, strict, camelCase outside and snake_case inside."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def to_camel(name: str) -> str:
    """Return a field's key in a document: `prompt_tokens` -> `promptTokens`; a name of one word stays as it is."""
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


ApiVersion = Literal["neuralnav.dev/v1alpha1"]

DNS_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
DnsLabel = Annotated[str, StringConstraints(pattern=DNS_LABEL)]
"""A Kubernetes name: lower case letters, digits and dashes, at most 63 characters (RFC 1123)."""

LONGEST_PREFIX = 253


def _with_short_prefix(key: str) -> str:
    if len(key.partition("/")[0]) > LONGEST_PREFIX and "/" in key:
        raise ValueError(f"the part before the slash is longer than {LONGEST_PREFIX} characters")
    return key


LabelKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
        r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
    ),
    AfterValidator(_with_short_prefix),
]
"""The key of a label or an annotation: at most 63 characters, after a domain and a slash where it has one."""

LabelValue = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
"""A Kubernetes label value: at most 63 letters, digits, dashes, dots and underscores."""

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=400)]
"""One line of printable text."""

Token = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$", max_length=128)
]
"""An identifier: a model id, a Hugging Face repository, a name in a catalog."""


class Doc(BaseModel):
    """A frozen part of a document; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        defer_build=True,
    )


SERVICE_NAME = r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"
ServiceName = Annotated[str, StringConstraints(pattern=SERVICE_NAME)]
"""A DNS label that starts with a letter (RFC 1035): KServe names services after it."""


class Metadata(Doc):
    """Name and labels, as in Kubernetes."""

    name: ServiceName
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
