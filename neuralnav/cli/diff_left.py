"""The policies of the base that a workload leaves by an edit of its own: its name, its use case, its labels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from neuralnav.cli.diff_policies import STRENGTH, Bound, Held, denials, meanings_of
from neuralnav.cli.diff_worlds import governance_of
from neuralnav.enforce.applies import ENVIRONMENT_LABEL, Subject, applies, covers
from neuralnav.enforce.bound import BoundExemption, BoundFleet, BoundPolicy, Governance
from neuralnav.model.catalog import Catalog
from neuralnav.model.plan import RankedPlan
from neuralnav.model.workload import Workload


@dataclass(frozen=True, slots=True)
class Leaving:
    """A workload on both sides, with the roots whose policies it keeps to, and its plan and choice on the head."""

    roots: tuple[Path, Path]
    before: Workload
    after: Workload
    catalog: Catalog
    plan: RankedPlan
    row: int | None


def policies_left(item: Leaving) -> tuple[str, ...]:
    """Return the policies of the base that were for a workload, and are not for what the head makes of it.

    Each with the edit that does it, and with the first rule that would refuse the head's choice. A policy that the
    head binds for the workload as it is now, no less hard, is none of them. Raises `InputError` as policies are read.
    """
    old, new = _subject(item.before), _subject(item.after)
    if old == new:
        return ()
    before = governance_of(item.roots[0])
    found = [_told(item, policy, before, old, new) for policy in before.policies]
    found += [_of_fleet(item, fleet, old, new) for fleet in before.fleets]
    return tuple(text for text in (*found, *_exempt(before, old, new)) if text)


def _subject(workload: Workload) -> Subject:
    return Subject(workload.metadata.name, workload.spec.use_case, workload.metadata.labels)


def _is_left(item: Leaving, bound: Bound, old: Subject, new: Subject) -> bool:
    if not applies(old, bound.environments, bound.match) or applies(new, bound.environments, bound.match):
        return False
    meanings, others = meanings_of(item.roots[0]), meanings_of(item.roots[1])
    after = governance_of(item.roots[1])
    bindings: tuple[Bound, ...] = (*after.policies, *after.fleets)
    return not any(
        other.name == bound.name
        and applies(new, other.environments, other.match)
        and STRENGTH[other.enforcement] >= STRENGTH[bound.enforcement]
        and meanings[id(bound)] == others[id(other)]
        for other in bindings
    )


def _told(item: Leaving, policy: BoundPolicy, before: Governance, old: Subject, new: Subject) -> str:
    if not _is_left(item, policy, old, new):
        return ""
    text = f"{policy.name} ({_edits(policy, old, new)})"
    if item.row is None:
        return text
    own = Held(Governance((policy,), before.exemptions), ())
    plan = replace(item.plan, spec=replace(
        item.plan.spec, name=old.name, use_case=old.use_case, labels=tuple(sorted(old.labels.items()))))  # fmt: skip
    use_case = item.before.spec.use_case
    spec = item.after.spec.model_copy(update={"use_case": use_case})
    workload = item.after.model_copy(update={"metadata": item.before.metadata, "spec": spec})
    said = denials(own, item.catalog, workload, plan, item.row)
    return f"{text}, whose {said[0].rule} would refuse its choice" if said else text


def _of_fleet(item: Leaving, fleet: BoundFleet, old: Subject, new: Subject) -> str:
    """Return how a workload leaves a budget, or the group in which it was counted."""
    if _is_left(item, fleet, old, new):
        return f"{fleet.name} ({_edits(fleet, old, new)})"
    groups = [subject.labels.get(fleet.group_by, "") for subject in (old, new)]
    if not fleet.group_by or groups[0] == groups[1] or not applies(old, fleet.environments, fleet.match):
        return ""
    return f"{fleet.name} of {fleet.group_by}={groups[0]} ({_edit(fleet.group_by, *groups)})"


def _edits(bound: Bound, old: Subject, new: Subject) -> str:
    """Return what differs in a workload of what a policy looks for."""
    labels = [*([ENVIRONMENT_LABEL] if bound.environments else []), *bound.match.labels]
    pairs = [(name, old.labels.get(name, ""), new.labels.get(name, "")) for name in dict.fromkeys(labels)]
    pairs += [("name", old.name, new.name)] if bound.match.workloads is not None else []
    pairs += [("useCase", old.use_case, new.use_case)] if bound.match.use_cases is not None else []
    return ", ".join(_edit(*pair) for pair in pairs if pair[1] != pair[2])


def _edit(name: str, before: str, after: str) -> str:
    return f"{name} {before or 'none'} -> {after or 'none'}"


def _exempt(before: Governance, old: Subject, new: Subject) -> Iterator[str]:
    """Yield the rules from which the base exempts what a workload is now, and not what it was."""
    for found in before.exemptions:
        if _covers(found, new) and not any(_covers(other, old) for other in before.exemptions if _same(other, found)):
            envs = [subject.labels.get(ENVIRONMENT_LABEL, "") for subject in (old, new)]
            names = [("name", old.name, new.name)] if found.workloads else []
            names += [(ENVIRONMENT_LABEL, envs[0], envs[1])] if found.environments else []
            edits = ", ".join(_edit(*pair) for pair in names if pair[1] != pair[2])
            yield f"{found.policy}.{found.rule}, by an exemption that was for others ({edits})"


def _covers(exemption: BoundExemption, subject: Subject) -> bool:
    return covers(subject, exemption.workloads, exemption.environments)


def _same(other: BoundExemption, found: BoundExemption) -> bool:
    return (other.policy, other.rule) == (found.policy, found.rule)
