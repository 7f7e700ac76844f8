"""(document, document) -> the fields in which they differ, as people wrote them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from neuralnav.model.diff import FieldEdit
from neuralnav.model.document import Mark, Node, Parsed, Source, plain, with_value, without_value
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
    return tuple(
        Edit(
            path,
            FieldEdit(
                field=".".join(path),
                before=_text(before.source, old),
                after=_text(after.source, new),
                where=_where(after, path),
            ),
        )
        for path, old, new in sorted(_differing(before.root, after.root, ()), key=lambda found: found[0])
    )


def with_edits(before: Node, after: Node, paths: Sequence[Path]) -> Node:
    """Return `before` with the fields at `paths` as they are in `after`; a parent that has nothing left goes too."""
    root = before
    for path in paths:
        new = _at(after, path)
        root = without_value(root, path) if new is None else with_value(root, path, new)
    return root


def _differing(before: Node | None, after: Node | None, path: Path) -> Iterator[tuple[Path, Node | None, Node | None]]:
    """Yield each field that differs with its nodes; a mapping that is on one side only is told field by field."""
    old, new = (node.value if node else {} for node in (before, after))
    if isinstance(old, dict) and isinstance(new, dict) and (old or new):
        for key in {**old, **new}:
            one, other = (entries[key][1] if key in entries else None for entries in (old, new))
            yield from _differing(one, other, (*path, key))
    elif _said(before) != _said(after):
        yield path, before, after


def _said(node: Node | None) -> tuple[object, ...]:
    """Return what a field says, so that nothing, null, false and 0 stay apart."""
    if node is None:
        return ()
    value = plain(node)
    return (isinstance(value, bool), value)


def _at(root: Node, path: Path) -> Node | None:
    node = root
    for step in path:
        if not isinstance(node.value, dict) or step not in node.value:
            return None
        node = node.value[step][1]
    return node


def _text(source: Source, node: Node | None) -> str:
    """Return a value as it was written, on one line; an empty text where there is none."""
    if node is None:
        return ""
    match node.value:
        case dict() as mapping:
            return f"{{{', '.join(f'{key}: {_text(source, child)}' for key, (_, child) in mapping.items())}}}"
        case tuple() as items:
            return f"[{', '.join(_text(source, item) for item in items)}]"
        case str() as text:
            return " ".join(text.split())
        case _:
            return _written(source, node.mark)


def _written(source: Source, mark: Mark) -> str:
    """Return the characters of a number or a word that YAML reads as something else than text."""
    where = source.where(mark)
    return where.quote[where.column - 1 : where.column - 1 + where.width].strip() if where.line else ""


def _where(parsed: Parsed[Any], path: Path) -> ReportedWhere:
    """Return the place of a key, or of the nearest parent that is there."""
    while path and _at(parsed.root, path) is None:
        path = path[:-1]
    place = parsed.key_where(*path)
    return ReportedWhere(file=place.file, line=place.line, column=place.column)
