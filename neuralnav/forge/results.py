"""What a diff and a check mean for a job: what went wrong by name, and the exit code of what should fail it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

from neuralnav.errors import ExitCode, input_error, worst
from neuralnav.model.diff import FleetChange, PlanDiff
from neuralnav.model.report import Report

Trouble = Literal["broken", "refused", "weakened", "infeasible", "drift", "changes"]
"""What can fail a job. `weakened`: the head takes a policy away or enforces less. `changes`: another decision."""

TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
FAIL_ON: tuple[Trouble, ...] = ("broken", "refused", "infeasible", "drift")

CODES: Mapping[Trouble, ExitCode] = {
    "broken": ExitCode.BAD_INPUT,
    "refused": ExitCode.REFUSED,
    "weakened": ExitCode.REFUSED,
    "infeasible": ExitCode.INFEASIBLE,
    "drift": ExitCode.DRIFT,
    "changes": ExitCode.DRIFT,
}


def troubles_of(diff: PlanDiff | None, check: Report | None) -> tuple[Trouble, ...]:
    """Return what is wrong with the head, in the order of `TROUBLES`.

    What is wrong with the base alone is not held against it. In a diff neither is what was broken, refused or not
    feasible on the base too: `check` tells of that.
    """
    found = {*(_of_diff(diff) if diff else ()), *(_of_check(check) if check else ())}
    return tuple(name for name in TROUBLES if name in found)


def exit_code_of(troubles: Iterable[Trouble], only: Sequence[Trouble] = TROUBLES) -> ExitCode:
    """Return the exit code of the troubles that are among `only`."""
    return worst(CODES[name] for name in troubles if name in only)


def drift_of(diff: PlanDiff | None, check: Report | None) -> tuple[str, ...]:
    """Return the classes of drift, each once, by name."""
    found = [item for workload in (diff.workloads if diff else ()) for item in workload.drift]
    found += [item for workload in (check.workloads if check else ()) for item in workload.drift]
    return tuple(sorted({item.drift for item in found}))


def merged(parts: Sequence[PlanDiff]) -> PlanDiff:
    """Return the diffs of parts of a repository as one, in the order of paths; what two parts hold is told once.

    There must be one part at least. Raises `InputError` where they are not of one base and one head.
    """
    first = parts[0]
    if len({(part.base, part.head) for part in parts}) > 1:
        raise input_error("the parts", "they compare different revisions, so they make no comment together")
    workloads = {(item.path, item.workload): item for part in reversed(parts) for item in part.workloads}
    codes = [ExitCode(part.exit_code) for part in parts if part.exit_code in tuple(ExitCode)]
    changes: dict[str, object] = {
        name: tuple(dict.fromkeys(item for part in parts for item in getattr(part, name)))
        for name in PlanDiff.model_fields
        if isinstance(getattr(first, name), tuple)
    }
    changes["exit_code"] = int(worst(codes))
    changes["workloads"] = tuple(workloads[key] for key in sorted(workloads))
    changes["fleets"] = _merged_fleets(parts)
    return first.model_copy(update=changes)


def _merged_fleets(parts: Sequence[PlanDiff]) -> tuple[FleetChange, ...]:
    """Return what fleet policies say of a repository, of which each part planned a share: the hardest word counts."""
    hardness = {"none": 0, "pass": 1, "audit": 2, "warn": 3, "deny": 4}
    every = {item for part in parts for item in part.fleets}
    told = sorted(every, key=lambda item: (hardness[item.after.verdict], item.model_dump_json()))
    found = {
        (item.policy, item.rule, item.group, item.environments, item.whose, item.where.file): item for item in told
    }
    return tuple(found[key] for key in sorted(found))


def warning_line(title: str, message: str) -> str:
    """Return the line of a log that GitHub shows as a warning."""
    return f"::warning title={_property(title)}::{_data(message)}"


def error_line(title: str, message: str) -> str:
    """Return the line of a log that GitHub shows as an error."""
    return f"::error title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _of_diff(diff: PlanDiff) -> Iterator[Trouble]:
    if diff.problems:
        yield "broken"
    if diff.weakened or any(item.left for item in diff.workloads):
        yield "weakened"
    if any(item.refused for item in diff.fleets):
        yield "refused"
    for item in diff.workloads:
        state = item.after.state
        if state in ("broken", "refused", "infeasible") and (
            state != item.before.state or (state == "broken" and item.status != "unchanged")
        ):
            yield state
        if item.drift:
            yield "drift"
        if item.decision or item.status in ("added", "removed"):
            yield "changes"


def _of_check(check: Report) -> Iterator[Trouble]:
    if check.problems:
        yield "broken"
    if any(finding.verdict == "deny" for finding in check.policies):
        yield "refused"
    for item in check.workloads:
        yield from (name for name in FAIL_ON if CODES[name] == item.exit_code)
