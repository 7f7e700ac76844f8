"""How the workloads of some paths stand: their locks read, the cluster asked, and both compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from neuralnav.cli.cluster_options import other_namespace
from neuralnav.cluster.api import Api
from neuralnav.cluster.reading import DOWN, read_cluster
from neuralnav.cluster.status import status_of
from neuralnav.errors import Diagnostic, ExitCode, InputError, worst
from neuralnav.files.deployments import Deployed, read_deployed
from neuralnav.files.places import find_workloads
from neuralnav.model.status_report import StatusReport, WorkloadStatus
from neuralnav.report import problem


@dataclass(frozen=True, slots=True)
class Plans:
    """What the locks of some workloads deploy, and what is wrong with others."""

    deployed: tuple[Deployed, ...]
    problems: tuple[Diagnostic, ...] = ()


def read_plans(paths: Sequence[str], namespace: str) -> Plans:
    """Return what the workloads of all paths deploy; one without a lock that can be used hides no other.

    Raises `InputError` where a path holds no workload, and where none of them can be used.
    """
    found, problems = list[Deployed](), list[Diagnostic]()
    for place in find_workloads(paths):
        try:
            item = read_deployed(place)
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        if namespace in ("", item.deployment.namespace):
            found.append(item)
        else:
            problems.append(other_namespace(place.shown, item.deployment.namespace, namespace))
    if not found:
        raise InputError(problems)
    return Plans(tuple(found), tuple(problems))


def read_status(api: Api, plans: Plans) -> StatusReport:
    """Return how workloads stand now."""
    seen, failures = read_cluster(api, [item.deployment for item in plans.deployed])
    now = api.now()  # after it has answered
    found = [status_of(item, one, now) for item, one in zip(plans.deployed, seen, strict=True)]
    cut_off = any(failure.cause in DOWN for failure in failures)  # in the middle, maybe: not all was read
    problems = [*plans.problems, *(diagnostic for failure in failures for diagnostic in failure.diagnostics)]
    return StatusReport(
        context=api.context,
        server=api.server,
        exit_code=int(worst([*map(code_of, found), *[ExitCode.BAD_INPUT] * bool(plans.problems or cut_off)])),
        workloads=tuple(found),
        problems=tuple(problem(item) for item in problems),
    )


def code_of(item: WorkloadStatus) -> ExitCode:
    """Return what a workload's state means for the exit code."""
    if item.state in ("unknown", "unreachable"):
        return ExitCode.BAD_INPUT
    return ExitCode.DONE if item.state == "ready" and item.as_planned else ExitCode.DRIFT
