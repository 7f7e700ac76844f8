"""As much of GitLab on loopback as one note needs: pages, a private token, and notes that only their author edits."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_github import WRITER, Answer, refused, serving_api

NOTES = "/api/v4/projects/5/merge_requests/7/notes"
BOT = "project_5_bot"


@dataclass
class FakeGitLab:
    """The notes of one merge request."""

    url: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, body: str, *, author: str = BOT) -> dict[str, Any]:
        made = {"id": 1 + len(self.notes), "body": body, "author": {"username": author}, "system": False}
        self.notes.append(made)
        return made

    def answer(self, method: str, target: str, token: str, body: dict[str, Any]) -> Answer:
        parts = urlsplit(target)
        if token != WRITER:
            return refused(401, "401 Unauthorized")
        if parts.path == "/api/v4/user":
            return Answer(200, {"username": BOT})
        if parts.path == NOTES and method == "POST":
            return Answer(201, self.note(body["body"]))
        if parts.path == NOTES:
            query = parse_qs(parts.query)
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return Answer(200, self.notes[(page - 1) * size : page * size])
        match = re.fullmatch(NOTES + r"/(\d+)", parts.path)
        if match and method == "PUT":
            note = self.notes[int(match[1]) - 1]
            note["body"] = body["body"]
            return Answer(200, note)
        return refused(404, "404 Not Found")


@contextmanager
def serving_gitlab(gitlab: FakeGitLab) -> Iterator[FakeGitLab]:
    """Serve a fake GitLab on loopback."""
    with serving_api(gitlab.answer, "PRIVATE-TOKEN") as url:
        gitlab.url = f"{url}/api/v4"
        yield gitlab
