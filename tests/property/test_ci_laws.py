"""Laws of what a job does with a diff: one comment whatever happened before, and nothing believed that is not ours."""

import unit_builders  # noqa: F401, I001  # first: it makes the builders importable

import contextlib
import io
import zipfile
from dataclasses import dataclass, field, replace

from diffs import diff, moved
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.errors import InputError
from neuralnav.forge.artifact import diff_in_zip
from neuralnav.forge.http import ForgeError
from neuralnav.forge.results import error_line, warning_line
from neuralnav.forge.thread import Comment, Mode, keep_comment
from neuralnav.model.diff import PlanDiff

MARKER = "<!-- mark -->"
OURS = "bot"
GOOD = diff(moved()).model_dump_json().encode()


@dataclass
class Board:
    """The comments of a pull request in memory; one forge among others."""

    found: list[Comment] = field(default_factory=list)
    folds: bool = True

    def author(self) -> str:
        return OURS

    def comments(self) -> list[Comment]:
        return list(reversed(self.found))

    def create(self, body: str) -> Comment:
        self.found.append(Comment(len(self.found), OURS, body))
        return self.found[-1]

    def edit(self, comment: Comment, body: str) -> Comment:
        assert self.found[comment.id].author == OURS, "somebody else's comment is edited"
        self.found[comment.id] = replace(self.found[comment.id], body=body)
        return self.found[comment.id]

    def hide(self, comment: Comment) -> None:
        assert self.found[comment.id].author == OURS, "somebody else's comment is folded"
        if not self.folds:
            raise ForgeError("fold", 403, "no")

    def live(self) -> list[Comment]:
        return [item for item in self.found if item.author == OURS and MARKER in item.body]


comments = st.lists(st.tuples(st.sampled_from([OURS, "alice"]), st.sampled_from(["", "x", MARKER, f"x{MARKER}y"])))
modes: st.SearchStrategy[Mode] = st.sampled_from(["update", "hide-and-new"])
steps = st.lists(st.tuples(modes, st.booleans(), st.sampled_from(["a", "b"])), min_size=1, max_size=6)


@given(comments, steps)
def test_after_any_history_there_is_at_most_one_comment_and_it_says_the_last_word(
    before: list[tuple[str, str]], runs: list[tuple[Mode, bool, str]]
) -> None:
    board = Board([Comment(number, author, body) for number, (author, body) in enumerate(before)])
    theirs = [item for item in board.found if item.author != OURS]
    had = bool(board.live())
    for mode, first, text in runs:
        body = text + MARKER
        kept = keep_comment(board, body, MARKER, mode=mode, first=first)
        had = had or first
        assert [item.body for item in board.live()] == ([body] if had else [])
        assert (kept.done == "nothing to say") == (not had)
        assert [item for item in board.found if item.author != OURS] == theirs
        again = keep_comment(board, body, MARKER, mode=mode, first=first)
        assert again.done == ("unchanged" if had else "nothing to say")


@given(comments)
def test_what_cannot_be_folded_is_noted_and_the_comment_stands(before: list[tuple[str, str]]) -> None:
    board = Board([Comment(number, author, body) for number, (author, body) in enumerate(before)], folds=False)
    count = len(board.live())
    kept = keep_comment(board, f"new{MARKER}", MARKER, mode="update", first=True)
    assert len(kept.notes) == max(count - 1, 0)
    assert board.live()[0].body == f"new{MARKER}"


known = st.sampled_from(["diff.json", "report.md", "check.json", "../diff.json", "/diff.json", "x"])
names = known | st.text(min_size=1, max_size=9)


@given(st.lists(st.tuples(names, st.binary(max_size=40) | st.just(GOOD)), max_size=4), st.data())
def test_any_archive_is_a_diff_or_refused_input(members: list[tuple[str, bytes]], data: st.DataObject) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in dict(members).items():
            with contextlib.suppress(ValueError, IndexError):  # names that zipfile cannot write
                target.writestr(name, content)
    damaged = bytearray(made.getvalue())
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=3)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):  # None: the artifact of a job that compared nothing
        assert isinstance(diff_in_zip("a", bytes(damaged)), PlanDiff | None)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_diff_or_refused_input(content: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(diff_in_zip("a", content), PlanDiff)


@given(st.text(), st.text())
def test_a_line_of_the_log_is_one_command_whatever_it_says(title: str, message: str) -> None:
    for line in (warning_line(title, message), error_line(title, message)):
        assert "\n" not in line
        assert "\r" not in line
        properties = line.split("::")[1].partition(" ")[2]
        assert properties.count("=") - title.count("=") == 1
        assert ":" not in properties
        assert "," not in properties
