"""What became of workloads on their way into a cluster, as a report."""

from collections.abc import Iterator, Sequence

from neuralnav.cli.deploy_run import Course
from neuralnav.cluster.api import Ref
from neuralnav.cluster.apply import Step
from neuralnav.errors import ExitCode, worst
from neuralnav.model.deploy_report import (
    DeployedWorkload,
    ObjectResult,
    ReportedChange,
    ReportedObject,
    ReportedOwner,
)
from neuralnav.report import problem

ROLLOUT_CODES = {"ready": ExitCode.DONE, "failed": ExitCode.DRIFT, "late": ExitCode.DRIFT, "interrupted": ExitCode.DONE}
"""What a rollout means: one that does not come is not as planned."""

SPELLING = "the order or the spelling of values"
"""What is said of a change that is of no field."""


def workload_of(item: Course, *, prune: bool) -> DeployedWorkload:
    """Return what a report says of a workload. With `prune`, what an earlier lock left is to be removed."""
    return DeployedWorkload(
        workload=item.name,
        path=item.path,
        namespace=item.namespace,
        candidate=item.candidate,
        exit_code=int(code_of(item)),
        objects=(*_steps(item), *_removals(item, prune=prune)),
        rollout=item.rollout,
        notes=tuple(item.notes),
        problems=tuple(map(problem, item.problems)),
    )


def code_of(item: Course) -> ExitCode:
    """Return what became of a workload as an exit code."""
    if item.blocked:
        return ExitCode.BAD_INPUT
    return ROLLOUT_CODES[item.rollout.state] if item.rollout else ExitCode.DONE


def codes_of(items: Sequence[Course]) -> ExitCode:
    """Return the exit code over many workloads."""
    return worst([code_of(item) for item in items])


def _steps(item: Course) -> Iterator[ReportedObject]:
    for step in item.steps:
        ref = step.planned.ref
        alone = step.action == "change" and not step.changes
        said = [f"{step.shared_with} applies it too"] * bool(step.shared_with) + [SPELLING] * alone
        idle: ObjectResult = "none" if step.action in ("unchanged", "conflict") else "planned"
        found = _object(ref, step.planned.file, item.results.get(ref, idle), ", ".join(said))
        yield found.model_copy(update=_what(step))


def _what(step: Step) -> dict[str, object]:
    return {
        "action": step.action,
        "changes": tuple(ReportedChange(field=one.field, before=one.before, after=one.after) for one in step.changes),
        "owners": tuple(ReportedOwner(manager=one.manager, field=one.field) for one in step.owners),
    }


def _removals(item: Course, *, prune: bool) -> Iterator[ReportedObject]:
    for one in item.removals:
        stays = one.stays or ("" if prune else "an earlier lock made it; --prune removes it")
        found = _object(one.ref, "", item.results.get(one.ref, "none" if stays else "planned"), stays)
        yield found if stays else found.model_copy(update={"action": "remove"})


def _object(ref: Ref, file: str, result: ObjectResult, note: str) -> ReportedObject:
    kind, namespace, name = ref.kind.kind, ref.namespace, ref.name
    return ReportedObject(kind=kind, namespace=namespace, name=name, file=file, action="stay", result=result, note=note)
