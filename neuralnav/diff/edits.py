"""(document, document) -> the fields in which they differ, as people wrote them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from neuralnav.model.diff import FieldEdit
from neuralnav.model.document import Mark, Node, Parsed, Source, plain
from neuralnav.model.report import ReportedWhere
from neuralnav.model.workload import Workload

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A field that differs: its path, key by key (a label's key may hold dots), and how it is shown."""

    path: Path
    shown: FieldEdit


def workload_edits(before: Parsed[Workload] | None, after: Parsed[Workload] | None) -> tuple[Edit, ...]:
    """Return the edits between two workloads by path; nothing where one of them is not there."""
    return () if before is None or after is None else document_edits(before, after)


def document_edits(before: Parsed[Any], after: Parsed[Any]) -> tuple[Edit, ...]:
    """Return the fields in which two documents differ in what they say, by path; a list is one field.

    Each has its place in `after`; a field that is gone has that of the nearest parent which is left.
    """
    old, new = (dict(_leaves(parsed.root, ())) for parsed in (before, after))
    paths = sorted(path for path in {*old, *new} if _value(old.get(path)) != _value(new.get(path)))
    return tuple(
        Edit(
            path,
            FieldEdit(
                field=".".join(path),
                before=_text(before.source, old.get(path)),
                after=_text(after.source, new.get(path)),
                where=_where(after, path),
            ),
        )
        for path in paths
    )


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, Node]]:
    """Yield every value that is not a mapping with entries, with its path."""
    if isinstance(node.value, Mapping) and node.value:
        for key, (_, child) in node.value.items():
            yield from _leaves(child, (*path, key))
    else:
        yield path, node


def _value(node: Node | None) -> tuple[object, ...]:
    """Return what a field says, so that nothing, null and false stay apart."""
    if node is None:
        return ()
    value = plain(node)
    return (isinstance(value, bool), value)


def _text(source: Source, node: Node | None) -> str:
    """Return a value as it was written, on one line; an empty text where there is none."""
    match node.value if node else "":
        case dict():
            return "{}"
        case tuple() as items:
            return f"[{', '.join(_text(source, item) for item in items)}]"
        case str() as text:
            return " ".join(text.split())
        case _:
            return _written(source, node.mark) if node else ""


def _written(source: Source, mark: Mark) -> str:
    """Return the characters of a number or a word that YAML reads as something else than text."""
    where = source.where(mark)
    return where.quote[where.column - 1 : where.column - 1 + where.width].strip() if where.line else ""


def _where(parsed: Parsed[Any], path: Path) -> ReportedWhere:
    """Return the place of a key, or of the nearest parent that is there."""
    place = parsed.where_key(*path[: _known(parsed.root, path)])
    return ReportedWhere(file=place.file, line=place.line, column=place.column)


def _known(root: Node, path: Path) -> int:
    """Return how many steps of a path a document holds."""
    node = root
    for depth, step in enumerate(path):
        if not isinstance(node.value, dict) or step not in node.value:
            return depth
        node = node.value[step][1]
    return len(path)
