"""Draft -> the text of workload.yaml: the fields in order, behind each the words that it comes from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from neuralnav.draft.scalars import spelt
from neuralnav.model.draft import Draft, Finding
from neuralnav.model.plain_text import clipped, printable

SCHEMA = "# yaml-language-server: $schema=https://neuralnav.dev/schemas/workload.v1alpha1.json"
MARKS = "# Behind each field: stated = the words say it; inferred = it follows from them; default = nothing was said."

QUOTE_COLUMNS = 120
"""A longer quote is shown with its middle left out; reports as JSON hold all of it."""

FIRST_WORDS = 72
COMMENT_COLUMN = 48
"""Comments are in line up to here; a longer value pushes its own out."""

ELLIPSIS = " [...] "


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a workload, and the field that each of its lines holds, by number from 1."""

    text: str
    lines: dict[int, str]

    def fields_from(self, line: int) -> tuple[str, ...]:
        """Return the fields of a line and of those that follow it without a gap: a problem may name a first line."""
        return tuple(takewhile(bool, (self.lines.get(number, "") for number in range(line, line + len(self.lines)))))


def workload_text(draft: Draft) -> str:
    """Return a settled draft as the file that is written. The draft has findings."""
    return written(draft).text


def written(draft: Draft) -> Written:
    """Return the file of a settled draft, each line with its field."""
    rows = [*_head(draft), *_body(draft.findings)]
    width = max((len(left) for left, comment, _ in rows if comment and len(left) <= COMMENT_COLUMN), default=0)
    lines = [f"{left:<{width}}  # {comment}" if comment else left for left, comment, _ in rows]
    fields = {number: field for number, (_, _, field) in enumerate(rows, start=1) if field}
    return Written("".join(f"{line}\n" for line in lines), fields)


def comment_of(finding: Finding) -> str:
    """Return what a comment says of a finding, on one line: `stated: "for 5,000 people"`."""
    quotes = ", ".join(quoted(quote.text) for quote in finding.quotes)
    match bool(quotes), bool(finding.why):
        case True, True:
            return f"{finding.origin}: {quotes} ({_line(finding.why)})"
        case True, False:
            return f"{finding.origin}: {quotes}"
        case False, True:
            return f"{finding.origin}: {_line(finding.why)}"
        case _:
            return finding.origin


def quoted(words: str, columns: int = QUOTE_COLUMNS) -> str:
    """Return words of a prose between quotation marks, on one line, the middle of long ones left out."""
    line = _line(words)
    if len(line) > columns:
        half = (columns - len(ELLIPSIS)) // 2
        line = line[:half].rstrip() + ELLIPSIS + line[-half:].lstrip()
    return f'"{line}"'


def _line(text: str) -> str:
    """Return a text on one line, without what could end a comment or hide in it."""
    return printable(" ".join(text.split()))


Row = tuple[str, str, str]
"""What stands left, the comment behind it, and the field of the line; empty where there is none."""


def _head(draft: Draft) -> Iterator[Row]:
    words = clipped(_line(draft.prose), FIRST_WORDS)
    yield SCHEMA, "", ""
    yield f"# Drafted by neuralnav ({_line(draft.voice)}) from: {words}", "", ""
    yield MARKS, "", ""
    yield "apiVersion: neuralnav.dev/v1alpha1", "", ""
    yield "kind: Workload", "", ""


def _body(findings: Iterable[Finding]) -> Iterator[Row]:
    """Yield the lines of the fields, in the order of the findings, with the parents that they stand below."""
    open_path: Sequence[str] = ()
    for finding in findings:
        *parents, key = _path(finding.field)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(open_path, parents, strict=False))))
        for depth, parent in enumerate(parents[shared:], start=shared):
            yield f"{'  ' * depth}{parent}:", "", ""
        yield f"{'  ' * len(parents)}{key}: {spelt(finding.value)}", comment_of(finding), finding.field
        open_path = parents


def _path(field: str) -> list[str]:
    path = field.split(".")
    return path if path[0] == "metadata" else ["spec", *path]
