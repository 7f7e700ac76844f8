"""One comment of ours on a pull request or merge request: found by its marker and its author, kept up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from neuralnav.forge.http import ForgeError

Mode = Literal["update", "hide-and-new"]
Done = Literal["created", "updated", "unchanged", "nothing to say"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the forge has it; ids rise in the order of writing. `node` is its name in GraphQL."""

    id: int
    author: str
    body: str
    url: str = ""
    node: str = ""


class Thread(Protocol):
    """The comments of one pull request, as one author sees them."""

    def author(self) -> str:
        """Return the login whose comments the token writes."""

    def comments(self) -> Sequence[Comment]:
        """Return all comments, of everybody, in any order."""

    def create(self, body: str) -> Comment:
        """Write a new comment."""

    def edit(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""

    def hide(self, comment: Comment) -> None:
        """Fold a comment away, where the forge can."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done to the comment, where it is, and what a reader of the log should know."""

    done: Done
    url: str = ""
    notes: tuple[str, ...] = ()


def keep_comment(thread: Thread, body: str, marker: str, *, mode: Mode, first: bool) -> Kept:
    """Make `body` our one comment with the marker; `first` says that it is worth a comment where there is none.

    What others wrote is never touched, marker or not. Of several of ours the first is kept; the others lose the marker
    and are folded away, as is the earlier one in the mode `hide-and-new` where there is something to say. A comment
    that vanished meanwhile is written anew, and what another run wrote meanwhile is found by looking again. Raises
    `ForgeError`.
    """
    author = thread.author()
    ours = _ours(thread, author, marker)
    if not ours and not first:
        return Kept("nothing to say")
    if ours and ours[0].body.rstrip() == body.rstrip():
        return Kept("unchanged", ours[0].url, _retire(thread, ours[1:], marker))
    if (mode == "hide-and-new" and first) or not ours:
        made = thread.create(body)
        others = [item for item in _ours(thread, made.author or author, marker) if item.id != made.id]
        return _after_create(thread, made, others, body, marker, mode=mode)
    try:
        kept = thread.edit(ours[0], body)
    except ForgeError as error:
        if error.status != 404:
            raise
        made = thread.create(body)
        return Kept("created", made.url, ("the earlier comment was gone", *_retire(thread, ours[1:], marker)))
    return Kept("updated", kept.url, _retire(thread, ours[1:], marker))


def _after_create(
    thread: Thread, made: Comment, others: Sequence[Comment], body: str, marker: str, *, mode: Mode
) -> Kept:
    """Settle what two runs wrote at the same time: both keep the first, so that one is left.

    In the mode `hide-and-new` both keep the last: folding what is later too, each would fold the other's.
    """
    earlier = [item for item in others if item.id < made.id]
    if mode == "hide-and-new":
        return Kept("created", made.url, _retire(thread, earlier, marker))
    if not earlier:
        return Kept("created", made.url, _retire(thread, others, marker))
    kept = thread.edit(earlier[0], body)
    return Kept("updated", kept.url, _retire(thread, [*earlier[1:], made], marker))


def _ours(thread: Thread, author: str, marker: str) -> list[Comment]:
    found = (item for item in thread.comments() if item.author == author and marker in item.body)
    return sorted(found, key=lambda item: item.id)


def _retire(thread: Thread, comments: Sequence[Comment], marker: str) -> tuple[str, ...]:
    """Take the marker from comments and fold them; return a note for each that could not be."""
    notes = []
    for item in comments:
        try:  # the marker first: a comment that keeps it is found again, and again in the way
            thread.edit(item, item.body.replace(marker, "<!-- neuralnav: earlier -->"))
            thread.hide(item)
        except ForgeError as error:
            if error.status != 404:  # gone is as good
                notes.append(f"an earlier comment could not be folded: {error}")
    return tuple(notes)
