"""Rendered files of two sides, compared line by line."""

import difflib
from collections.abc import Iterator, Mapping

from neuralnav.model.diff import ManifestChange

NOWHERE = "/dev/null"
DASHBOARD = "\n    grafana_dashboard: "
"""The label by which Grafana finds a ConfigMap that holds a dashboard."""


def manifest_changes(
    before: Mapping[str, str], after: Mapping[str, str], *, texts: bool = True
) -> tuple[ManifestChange, ...]:
    """Return the files that differ, by path; their lines in a unified diff where `texts` are asked for."""
    return tuple(_changes(before, after, texts=texts))


def _changes(before: Mapping[str, str], after: Mapping[str, str], *, texts: bool) -> Iterator[ManifestChange]:
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        lines = _unified(path, old, new) if texts and old != new else ""
        if old is None:
            yield ManifestChange(path=path, change="added", diff=lines)
        elif new is None:
            yield ManifestChange(path=path, change="removed", diff=lines)
        elif old != new:
            shows = DASHBOARD in old and DASHBOARD in new
            yield ManifestChange(path=path, change="changed", diff=lines, shows_numbers=shows)


def _unified(path: str, before: str | None, after: str | None) -> str:
    old, new = (text.removesuffix("\n").split("\n") if text else [] for text in (before, after))
    names = (NOWHERE if before is None else f"a/{path}", NOWHERE if after is None else f"b/{path}")
    return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))
