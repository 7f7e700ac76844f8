"""Which pull request a job is about: what GitHub says of the event, never what an artifact says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from neuralnav.forge.github import GitHub, Pull
from neuralnav.forge.http import ForgeError

MAX_EVENT_BYTES = 32 * 1024 * 1024


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Named(_Seen):
    full_name: str


class WorkflowRun(_Seen):
    """The run whose end started this one."""

    id: int
    event: str
    head_sha: str
    head_branch: str | None = None
    head_repository: _Named | None = None


class Event(_Seen):
    """What started a job, as far as it leads to a pull request."""

    pull_request: Pull | None = None
    workflow_run: WorkflowRun | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A pull request that was verified: the one whose head is the commit that was computed.

    `foreign`: its head lies in a fork.
    """

    number: int
    sha: str
    foreign: bool


def read_event(environment: Mapping[str, str]) -> Event:
    """Return the event of a job. Raises `ForgeError` when there is none to read."""
    path = Path(environment.get("GITHUB_EVENT_PATH", ""))
    try:
        if path.stat().st_size <= MAX_EVENT_BYTES:
            return Event.model_validate_json(path.read_bytes())
        problem = "is too large"
    except OSError:
        problem = "cannot be read"
    except ValidationError:
        problem = "is not what GitHub documents"
    raise ForgeError("GITHUB_EVENT_PATH", 0, f"the event {problem}")


def find_subject(event: Event, github: GitHub) -> Subject | str:
    """Return the pull request of an event, verified by its head, or why there is none to comment on.

    The head may have moved on since the job began: then a newer run comments, and this one must not overwrite it. A
    `workflow_run` from a fork names no pull request, so it is looked up by repository, branch and commit, all three
    GitHub's own words. Raises `ForgeError`.
    """
    match event:
        case Event(pull_request=Pull() as asked):
            return _current(github.pull(asked.number), asked.head.sha, github)
        case Event(workflow_run=WorkflowRun() as run):
            return _of_run(run, github)
        case _:
            return "this job is not about a pull request"


def _of_run(run: WorkflowRun, github: GitHub) -> Subject | str:
    if run.event != "pull_request":
        return f"the run was started by {run.event}, not by a pull request"
    if run.head_repository is None or not run.head_branch:
        return "the repository or branch of that run is gone"
    owner = run.head_repository.full_name.partition("/")[0]
    found = [item for item in github.open_pulls(owner, run.head_branch) if _is_head_of(item, run)]
    if not found:
        return "no open pull request has the commit of that run as its head"
    if len(found) > 1:
        numbers = ", ".join(f"#{item.number}" for item in found)
        return f"{numbers} have the same head, and a run does not say for which it was"
    return _current(found[0], run.head_sha, github)


def _is_head_of(pull: Pull, run: WorkflowRun) -> bool:
    repository = pull.head.repo.full_name if pull.head.repo else ""
    return pull.head.sha == run.head_sha and run.head_repository == _Named(full_name=repository)


def _current(pull: Pull, sha: str, github: GitHub) -> Subject | str:
    if pull.state != "open":
        return f"#{pull.number} is closed"
    if pull.head.sha != sha:
        return f"#{pull.number} has moved on to {pull.head.sha[:12]}; the run of that commit comments"
    repository = pull.head.repo.full_name if pull.head.repo else ""
    return Subject(pull.number, sha, foreign=repository.lower() != github.repository.lower())
