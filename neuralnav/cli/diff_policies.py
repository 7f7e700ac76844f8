"""The policies of the base that a head takes away or weakens, held against what the head plans."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from neuralnav.cli.diff_worlds import governance_of
from neuralnav.enforce.applies import Subject, covers
from neuralnav.enforce.bind import bind
from neuralnav.enforce.bound import BoundExemption, BoundFleet, BoundPolicy, Governance
from neuralnav.enforce.judge import govern
from neuralnav.enforce.meaning import meaning_of
from neuralnav.enforce.params import value_text
from neuralnav.files.catalogs import read_project
from neuralnav.files.policies import read_policies
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load
from neuralnav.model.plain_text import clipped
from neuralnav.model.plan import Candidates, RankedPlan
from neuralnav.model.policy import Enforcement, Scalar
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.project import Project
from neuralnav.model.verdicts import Said
from neuralnav.model.workload import Workload
from neuralnav.rank import score

Bound = BoundPolicy | BoundFleet
VALUE_CHARACTERS = 80
STRENGTH: Mapping[Enforcement, int] = {"audit": 0, "warn": 1, "deny": 2}


@dataclass(frozen=True, slots=True)
class Held:
    """The policies of the base that the head takes away, changes or enforces less, with the base's exemptions.

    `weakened` says so of each, by name: of fleet policies too, which `fleet_changes` holds. `bundled` names the
    policies of a bundle, which bind whatever either side says.
    """

    governance: Governance
    weakened: tuple[str, ...]
    bundled: frozenset[str] = frozenset()


@functools.cache
def held(base: Path, head: Path, bundle: Path | None = None) -> Held:
    """Return the policies of the base that the head does not hold as it did, and those of a bundle.

    Raises `InputError` where those of a side cannot be used.
    """
    before, after = governance_of(base), governance_of(head)
    meanings = [meanings_of(root) for root in (base, head)]
    told = [(item, tuple(_weaker(item, before, after, meanings))) for item in _bound(before)]
    kept = tuple(item for item, how in told if how and isinstance(item, BoundPolicy))
    said = sorted({f"{item.name} ({text})" for item, how in told for text in how})
    more = bundle_of(bundle).policies if bundle else ()
    names = frozenset(item.name for item in more)
    own = tuple(item for item in kept if item.name not in names)
    return Held(Governance((*own, *more), before.exemptions), tuple(said), names)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a policy means whatever its enforcement, as digests: with its parameters, and of its rules alone."""

    whole: str
    rules: str


Meanings = Mapping[int, Meaning]
"""What policies mean, by their identity."""


@functools.cache
def meanings_of(root: Path) -> Meanings:
    """Return what each policy of a root's governance means, by its identity."""
    governance, project = governance_of(root), read_project(root)
    read = read_policies(root, project)[0] if project else []
    documents = {item.parsed.document.metadata.name: item.parsed.document for item in read}
    return {
        id(item): Meaning(
            meaning_of(documents[item.name], item.params, "deny"), meaning_of(documents[item.name], {}, "deny")
        )
        for item in _bound(governance)
    }


@functools.cache
def bundle_of(folder: Path) -> Governance:
    """Return the policies of a folder, enforced in every environment.

    Raises `InputError` with every problem of them, and where the folder holds none.
    """
    project = load(Project, Source(str(folder), _BUNDLE))
    documents, problems = read_policies(folder, project)
    return bind(project, documents, problems)


_BUNDLE = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {policies: [{bundle: .}]}\n"
"""What a repository that is the bundle would say in its project file."""


def denials(found: Held, catalog: Catalog, workload: Workload, plan: RankedPlan, row: int) -> tuple[Said, ...]:
    """Return what the held policies refuse of one row of the head's plan.

    Raises `InputError` where two of them set different weights.
    """
    if not found.governance.policies:
        return ()
    bare = _before_policies(plan)
    governed = govern(found.governance, catalog, workload, plan.spec)
    judged = governed.judge(bare, score(governed.spec, bare))  # by the weights that these policies set
    return tuple(said for said in judged.said(row) if said.verdict == "deny")


def expired_exemptions(root: Path, workload: Workload, as_of: date) -> Iterator[str]:
    """Yield a note for each exemption of a root that covers a workload and ran out before a day."""
    subject = Subject(workload.metadata.name, workload.spec.use_case, workload.metadata.labels)
    for item in governance_of(root).exemptions:
        if covers(subject, item.workloads, item.environments) and item.expires < as_of:
            rule = f"{item.policy}.{item.rule}"
            yield f"the exemption from {rule} that {item.owner} answers for expired on {item.expires}"


def _before_policies(plan: RankedPlan) -> Candidates:
    """Return the candidates of a plan as they were before its own policies judged them."""
    if plan.judged is None:
        return plan.candidates
    own = {name: admits for name, admits in plan.candidates.verdicts.items() if not name.startswith(PREFIX)}
    return replace(plan.candidates, verdicts=own, feasible=np.logical_and.reduce(list(own.values())))


def _bound(governance: Governance) -> tuple[Bound, ...]:
    return (*governance.policies, *governance.fleets)


def _weaker(item: Bound, before: Governance, after: Governance, meanings: Sequence[Meanings]) -> Iterator[str]:
    """Yield in how far the head holds a policy of the base less; nothing where it holds it the same, or harder."""
    bound = [other for other in _bound(after) if other.name == item.name]
    if not bound:
        yield "taken away"
        return
    if not _covers(item, bound):
        yield f"no longer binds {_where(item)}"
    here = [other for other in bound if _shares(item, other)]
    yield from dict.fromkeys(
        _edit(item, other, meanings[0][id(item)], meanings[1][id(other)])
        for other in here
        if meanings[0][id(item)] != meanings[1][id(other)]
    )
    for name in sorted({other.enforcement for other in here}):
        if STRENGTH[name] < STRENGTH[item.enforcement]:
            yield f"enforced as {name}, not {item.enforcement}"
    yield from _waived(item, before.exemptions, after.exemptions)


def _edit(item: Bound, other: Bound, before: Meaning, after: Meaning) -> str:
    """Return what an edit of a policy does: the parameters that have other values, where nothing else is changed."""
    names = [name for name in sorted({*item.params, *other.params}) if item.params.get(name) != other.params.get(name)]
    if before.rules != after.rules or not names:
        return "changed"
    return ", ".join(f"{name} {_value(item, name)} -> {_value(other, name)}" for name in names)


def _value(item: Bound, name: str) -> str:
    found = item.params.get(name)
    match found:
        case None:
            text = "none"
        case tuple():
            text = value_text(tuple(map(_whole, found)))
        case dict():
            text = value_text({key: _whole(value) for key, value in found.items()})
        case _:
            text = value_text(_whole(found))
    return clipped(text, VALUE_CHARACTERS)


def _whole(value: Scalar) -> Scalar:
    """Return a value as people write it: a double that is a whole number is `40000`, not `40000.0`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _waived(item: Bound, before: Sequence[BoundExemption], after: Sequence[BoundExemption]) -> Iterator[str]:
    """Yield what the head exempts from a policy that the base does not, or for longer."""
    known = [waived for waived in before if waived.policy == item.name]
    for waived in after:
        if waived.policy != item.name:
            continue
        wider = [other for other in known if other.rule == waived.rule and _exempts_all(other, waived)]
        if not wider:
            yield f"a new exemption from {waived.rule}"
        elif (until := max(other.expires for other in wider)) < waived.expires:
            yield f"an exemption from {waived.rule} until {waived.expires}, not {until}"


def _exempts_all(wide: BoundExemption, narrow: BoundExemption) -> bool:
    """Tell whether an exemption is for all that another is for."""
    return all(
        not whole or (part and set(part) <= set(whole))
        for whole, part in ((wide.workloads, narrow.workloads), (wide.environments, narrow.environments))
    )


def _shares(item: Bound, other: Bound) -> bool:
    return not item.environments or not other.environments or not set(item.environments).isdisjoint(other.environments)


def _covers(item: Bound, bound: Sequence[Bound]) -> bool:
    """Tell whether bindings cover every environment of another."""
    if any(not other.environments for other in bound):
        return True
    covered = {name for other in bound for name in other.environments}
    return bool(item.environments) and covered.issuperset(item.environments)


def _where(item: Bound) -> str:
    return f"environment {', '.join(item.environments)}" if item.environments else "every environment"
