"""Which workloads a policy or an exemption is for: by environment, name, use case and labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neuralnav.model.policy import Match

ENVIRONMENT_LABEL = "env"


@dataclass(frozen=True, slots=True)
class Subject:
    """What tells one workload from another for policies. Its label `env` names its environment."""

    name: str
    use_case: str
    labels: Mapping[str, str]


def applies(subject: Subject, environments: Sequence[str], match: Match) -> bool:
    """Tell whether a policy bound in these environments (none means all) is for a workload."""
    return in_environment(subject, environments) and matches(subject, match)


def in_environment(subject: Subject, environments: Sequence[str]) -> bool:
    """Tell whether a workload is in one of these environments; none named means all."""
    return not environments or subject.labels.get(ENVIRONMENT_LABEL) in environments


def matches(subject: Subject, match: Match) -> bool:
    """Tell whether a workload meets every list of a match."""
    return (
        (match.workloads is None or subject.name in match.workloads)
        and (match.use_cases is None or subject.use_case in match.use_cases)
        and all(_has(subject.labels.get(key), values) for key, values in match.labels.items())
    )


def covers(subject: Subject, workloads: Sequence[str], environments: Sequence[str]) -> bool:
    """Tell whether an exemption of these workloads and environments (none means all) is for a workload."""
    return (not workloads or subject.name in workloads) and in_environment(subject, environments)


def _has(value: str | None, wanted: Sequence[str]) -> bool:
    return value is not None and (value in wanted or "*" in wanted)
