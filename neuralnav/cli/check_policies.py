"""What `check` judges beside each plan: budgets over the locks of a repository, and what has run out by a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from neuralnav.cli.work import Work
from neuralnav.enforce.applies import Subject, applies, covers
from neuralnav.enforce.bound import BoundExemption, Governance
from neuralnav.enforce.fleet import Member, judge_fleets, member_of
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.checkouts import left_out
from neuralnav.files.locks import find_lock
from neuralnav.files.places import WORKLOAD_NAMES, WORKLOAD_SUFFIXES, Place, find_workloads, read_optional, show
from neuralnav.files.policies import load_governance
from neuralnav.model.report import ReportedFinding, ReportedWhere
from neuralnav.model.spec import ResolvedSpec, parts_of

SOON = timedelta(days=14)
"""How long before its last day an exemption is told of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What policies say of repositories as a whole, and what keeps them from being judged."""

    findings: tuple[ReportedFinding, ...]
    problems: tuple[Diagnostic, ...]


def judge_repository(root: Path, items: Sequence[Work], as_of: date) -> Judged:
    """Return what the fleet policies of a repository say, and which exemptions of the workloads in hand have run out.

    Fleet policies are judged over the committed locks of all workloads below the root, those in hand or not.
    """
    try:
        governance = load_governance(root)
    except InputError as error:
        return Judged((), error.diagnostics)
    subjects = [_subject(item.spec) for item in items if item.spec is not None]
    exemptions = tuple(_exemptions(governance, subjects, as_of))
    if not governance.fleets:
        return Judged(exemptions, ())
    members, missing, problems = _members(root, items)
    if problems:
        return Judged(exemptions, tuple(problems))
    return Judged((*judge_fleets(governance.fleets, members), *_uncounted(governance, missing), *exemptions), ())


def _subject(spec: ResolvedSpec) -> Subject:
    return Subject(spec.name, spec.use_case, dict(spec.labels))


def _members(root: Path, items: Sequence[Work]) -> tuple[list[Member], list[str], list[Diagnostic]]:
    """Return what the locks of a repository hold, the workloads that have none, and what is wrong with a lock."""
    members, missing, problems = list[Member](), list[str](), list(_left_out(root))
    in_hand = {item.place.lock: item for item in items}
    for place in find_workloads((show(root),)):
        if place.root != root:
            continue  # a project of its own, below this one
        try:
            member = _known(in_hand.get(place.lock)) or _read(place)
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        if member is None:
            missing.append(place.shown)
        else:
            members.append(member)
    return members, missing, problems


def _left_out(root: Path) -> Iterator[Diagnostic]:
    """Yield a problem where a sparse checkout lacks workloads: a sum over the others would be too small."""
    names = [":(glob)**/" + name for name in (*WORKLOAD_NAMES, *(f"*{suffix}" for suffix in WORKLOAD_SUFFIXES))]
    absent = left_out(root, *names)
    if absent:
        count = f"{len(absent)} workloads, such as {absent[0]}," if len(absent) > 1 else f"{absent[0]},"
        message = f"git's sparse checkout leaves out {count} and fleet policies are judged over all of a repository"
        yield Diagnostic(Where(show(root)), message, "git sparse-checkout disable")


def _known(item: Work | None) -> Member | None:
    """Return what the lock of a workload in hand holds, where it is up to date: reading one takes 30 ms."""
    if item is None or item.spec is None or item.report.choice is None:
        return None
    if read_optional(item.place.lock) != item.files.get(item.place.lock.name):
        return None
    choice = item.report.choice
    accelerator = parts_of(choice.candidate)[2]
    return Member(_subject(item.spec), accelerator, choice.replicas.planned, choice.gpus, choice.cost_usd_per_month)


def _read(place: Place) -> Member | None:
    lock = find_lock(place).lock
    if lock is None:
        return None
    member = member_of(lock)
    if member is None:
        message = f"the lock does not hold its own choice, {lock.choice.candidate}: it was edited by hand"
        raise input_error(show(place.lock), message, "run neuralnav compile, or git checkout")
    return member


def _uncounted(governance: Governance, missing: Sequence[str]) -> Iterator[ReportedFinding]:
    """Yield a note for each fleet policy that counts only a part of the repository."""
    for fleet in governance.fleets if missing else ():
        several = len(missing) > 1
        count = f"{len(missing)} workloads have no lock yet and are" if several else "1 workload has no lock yet and is"
        where = fleet.rules[0].where
        yield ReportedFinding(
            policy=fleet.name,
            rule="",
            verdict="note",
            subject="",
            message=f"{count} not counted: {', '.join(missing)}",
            why=(),
            fix="neuralnav compile",
            where=ReportedWhere(file=where.file, line=0, column=0),
        )


def _exemptions(governance: Governance, subjects: Sequence[Subject], as_of: date) -> Iterator[ReportedFinding]:
    """Yield a finding for each exemption that is used by a workload and has run out, or soon will.

    It holds through its last day.
    """
    for exemption in governance.exemptions:
        users = sorted(subject.name for subject in subjects if _uses(governance, exemption, subject))
        if not users or exemption.expires > as_of + SOON:
            continue
        left = (exemption.expires - as_of).days
        yield ReportedFinding(
            policy=exemption.policy,
            rule=exemption.rule,
            verdict="deny" if left < 0 else "note",
            subject=", ".join(users),
            message=f"the exemption that {exemption.owner} answers for {_when(exemption.expires, left)}",
            why=(exemption.reason,),
            fix="meet the rule and remove the exemption, or agree on another day",
            where=ReportedWhere(file=exemption.where.file, line=exemption.where.line, column=exemption.where.column),
        )


def _uses(governance: Governance, exemption: BoundExemption, subject: Subject) -> bool:
    bound = [policy for policy in governance.policies if policy.name == exemption.policy]
    return covers(subject, exemption.workloads, exemption.environments) and any(
        applies(subject, policy.environments, policy.match) for policy in bound
    )


def _when(expires: date, left: int) -> str:
    if left < 0:
        return f"expired on {expires}, {_days(-left)} ago"
    return f"expires on {expires}, in {_days(left)}" if left else f"expires today, {expires}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
