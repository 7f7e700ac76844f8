"""GitLab's REST API, as far as one note on a merge request needs it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from neuralnav.forge.http import ForgeError, Http, Patience
from neuralnav.forge.thread import Comment

MAX_PAGES = 50
PER_PAGE = 100


class _User(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    body: str
    author: _User

    def seen(self) -> Comment:
        """Return it in the words of a thread."""
        return Comment(self.id, self.author.username, self.body)


@dataclass(frozen=True, slots=True)
class MergeRequestThread:
    """The notes of one merge request; `path` is its place in the API."""

    http: Http
    path: str

    def author(self) -> str:
        """Return the user that the token writes as."""
        try:
            return _USER.validate_json(self.http.call("GET", "/user").body).username
        except ValidationError:
            raise ForgeError("GET /user", 200, "the answer names no user") from None

    def comments(self) -> Sequence[Comment]:
        """Return all notes. Raises `ForgeError` where there is no end: what is not seen is not known."""
        found: list[Comment] = []
        for page in range(1, MAX_PAGES + 1):
            reply = self.http.call("GET", f"{self.path}/notes?per_page={PER_PAGE}&page={page}")
            try:
                notes = _NOTES.validate_json(reply.body)
            except ValidationError:
                raise ForgeError("GET notes", 200, "the answer is no list of notes") from None
            found += [item.seen() for item in notes]
            if len(notes) < PER_PAGE:
                return found
        raise ForgeError("GET notes", 200, f"the list has more than {MAX_PAGES} pages")

    def create(self, body: str) -> Comment:
        """Write a new note."""
        return self._note("POST", f"{self.path}/notes", body)

    def edit(self, comment: Comment, body: str) -> Comment:
        """Give a note another text."""
        return self._note("PUT", f"{self.path}/notes/{comment.id}", body)

    def hide(self, comment: Comment) -> None:
        """Do nothing: GitLab folds no single note; without its marker it is history."""

    def _note(self, method: str, path: str, body: str) -> Comment:
        try:
            return _NOTE.validate_json(self.http.call(method, path, {"body": body}).body).seen()
        except ValidationError:
            raise ForgeError(f"{method} note", 200, "the answer is no note") from None


def gitlab_thread(environment: Mapping[str, str], token: str, patience: Patience | None = None) -> MergeRequestThread:
    """Return the merge request that a job's environment names. Raises `ForgeError` when it names none."""
    project, number = environment.get("CI_PROJECT_ID", ""), environment.get("CI_MERGE_REQUEST_IID", "")
    if not re.fullmatch(r"[0-9]+", project) or not re.fullmatch(r"[0-9]+", number):
        hint = "run it where CI_PIPELINE_SOURCE is merge_request_event"
        raise ForgeError("CI_MERGE_REQUEST_IID", 0, "this is no pipeline of a merge request", hint)
    http = Http(environment.get("CI_API_V4_URL", ""), {"PRIVATE-TOKEN": token}, patience or Patience())
    return MergeRequestThread(http, f"/projects/{project}/merge_requests/{number}")


_USER = TypeAdapter(_User)
_NOTE = TypeAdapter(_Note)
_NOTES = TypeAdapter(tuple[_Note, ...])
