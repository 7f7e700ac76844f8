"""One entry of a mapping set or removed in the text of a YAML file, in the style of what is around it.

What is awkward is left to a person: a key that shares its line with a dash or another key, a value over many lines.
"""

import functools
import json
import re
from collections.abc import Sequence
from typing import Any

from neuralnav.draft.scalars import spelt
from neuralnav.draft.spans import BREAKS, Layout, Part, layout
from neuralnav.model.draft import FIELDS, Value

MARK = re.compile(r'#\s*(?:(?:stated|inferred): "|default(?::|$))')
"""How a comment begins that a draft wrote: it speaks of the value beside it, and goes with that value."""

Path = tuple[str, ...]


class AwkwardError(Exception):
    """A place that cannot be edited without touching what is beside it."""


def path_of(field: str) -> Path:
    """Return the keys that lead to a field in a workload's document."""
    steps = tuple(field.split("."))
    return steps if steps[0] == "metadata" else ("spec", *steps)


def put(text: str, path: Path, before: Any, value: Value, comment: str) -> str:  # `before` is any JSON value
    """Return the text with the entry at `path` set. `before` is the plain value of what stands there, or None.

    `comment`, without its `#`, is put at the end of the line, in the place of one that a draft wrote; a person's stays.
    """
    page = layout(text)
    holder, depth = _deepest(page.root, path)
    if depth == len(path):
        return _replaced(page, path, before, value, comment)
    if holder.entries is None:
        return _value_put(page, holder, "{" + _flow_entry(path[depth:], value) + "}", comment)
    if holder.form == "flow":
        return _into_flow(page, holder, path, depth, _flow_entry(path[depth:], value))
    return _into_block(page, holder, path, depth, value, comment)


def cut(text: str, path: Path) -> str:
    """Return the text without the entry at `path`, nor the parents that this leaves empty."""
    page = layout(text)
    while len(path) > 1 and len(_part(page.root, path[:-1]).entries or {}) == 1:
        path = path[:-1]
    holder = _part(page.root, path[:-1])
    entries = holder.entries or {}
    key, value = entries[path[-1]]
    if holder.form == "flow":
        spans = [(key.start, value.end) for key, value in entries.values()]
        return _cut_from_flow(page, spans, list(entries).index(path[-1]))
    return _cut_lines(page, page.line_start(key.start), key.start, max(key.end, value.end))


def _deepest(root: Part, path: Path) -> tuple[Part, int]:
    """Return the deepest part of a path that exists, and how many of its keys lead there."""
    depth = 0
    while depth < len(path) and root.entries is not None and path[depth] in root.entries:
        root = root.entries[path[depth]][1]
        depth += 1
    return root, depth


def _part(root: Part, path: Path) -> Part:
    found, depth = _deepest(root, path)
    if depth < len(path):
        raise AwkwardError
    return found


def _splice(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


# Values


def _replaced(page: Layout, path: Path, before: Any, value: Value, comment: str) -> str:
    """Return the text with one value in the place of another; a list keeps the items that both have."""
    old = _part(page.root, path)
    if json.dumps(before) == json.dumps(value):
        return page.text
    if isinstance(value, tuple) and value and old.items:
        return _relisted(page.text, path, before, value, comment)
    if old.form == "block":
        raise AwkwardError
    quote = page.text[old.start : old.start + 1]
    new = spelt(value, quote=quote if quote in ("'", '"') else "", in_flow=_in_flow(page.root, path))
    return _value_put(page, old, new, comment)


def _value_put(page: Layout, old: Part, new: str, comment: str) -> str:
    """Return the text with a value in the place of one that may be empty."""
    lead = " " if page.text[old.start - 1 : old.start] == ":" else ""
    end = old.start + len(lead) + len(new)
    text = _splice(page.text, old.start, old.end, lead + new)
    if behind := page.comment_behind(old.end):
        text = _aligned(text, end, end - old.end, page.text[old.end : behind.start])
    return _commented(text, end, comment)


def _aligned(text: str, end: int, longer: int, before: str) -> str:
    """Return the text with the comment of a line where it stood, as far as the new value leaves room for it."""
    gap = len(before) - len(before.rstrip(" "))
    at = end + len(before) - gap
    return _splice(text, at, at + gap, " " * max(gap - longer, min(gap, 2)))


def _in_flow(root: Part, path: Path) -> bool:
    return any(_part(root, path[:depth]).form == "flow" for depth in range(len(path)))


def _commented(text: str, at: int, comment: str) -> str:
    """Return the text with the comment at the end of the line of a position; a draft's gives way, a person's stays."""
    page = layout(text)
    found, end = page.comment_behind(at), page.line_end(at)
    if found is None:
        return _splice(text, end, end, f"  # {comment}") if comment and not text[at:end].strip(" \t,]}") else text
    if not MARK.match(found.text):
        return text
    if comment:
        return _splice(text, found.start, found.end, f"# {comment}")
    return _splice(text, len(text[: found.start].rstrip(" \t")), found.end, "")


# Lists


def _relisted(text: str, path: Path, before: Sequence[object], value: Sequence[str], comment: str) -> str:
    """Return the text with items added behind the last one of a list, then those taken out that are not wanted."""
    page = layout(text)
    old = _part(page.root, path)
    text = _commented(text, old.end if old.form == "flow" else _key(page.root, path).end, comment)
    kept, gone = 0, []
    for index, item in enumerate(before):
        if kept < len(value) and item == value[kept]:
            kept += 1
        else:
            gone.append(index)
    for item in value[kept:]:
        text = _item_put(layout(text), path, item)
    for index in reversed(gone):
        text = _item_cut(layout(text), path, index)
    return text


def _key(root: Part, path: Path) -> Part:
    return (_part(root, path[:-1]).entries or {})[path[-1]][0]


def _item_put(page: Layout, path: Path, item: str) -> str:
    old = _part(page.root, path)
    last = (old.items or ())[-1]
    quote = page.text[last.start]
    new = spelt(item, quote=quote if quote in ("'", '"') else "", in_flow=old.form == "flow")
    if old.form == "flow":
        return _splice(page.text, last.end, last.end, f", {new}")
    lead = page.text[page.line_start(last.start) : last.start]
    if lead.strip() != "-":
        raise AwkwardError
    at = page.line_end(last.end)
    return _splice(page.text, at, at, f"{_break(page.text)}{lead}{new}")


def _item_cut(page: Layout, path: Path, index: int) -> str:
    old = _part(page.root, path)
    items = old.items or ()
    if old.form == "flow":
        return _cut_from_flow(page, [(item.start, item.end) for item in items], index)
    start = page.line_start(items[index].start)
    lead = page.text[start : items[index].start]
    if lead.strip() != "-":
        raise AwkwardError
    return _cut_lines(page, start, start + lead.index("-"), items[index].end)


# Taking out


def _cut_from_flow(page: Layout, spans: Sequence[tuple[int, int]], index: int) -> str:
    """Return the text without one of the parts between two brackets, nor the comma that it leaves."""
    text, (start, end) = page.text, spans[index]
    if index and not _apart(page, spans[index - 1][1], start):
        return _splice(text, spans[index - 1][1], end, "")
    if index < len(spans) - 1 and not _apart(page, end, spans[index + 1][0]):
        return _splice(text, start, spans[index + 1][0], "")
    behind = page.significant(end)
    if text[behind : behind + 1] == "," and not _apart(page, end, behind):
        end = behind + 1
    elif text[behind : behind + 1] == ",":
        raise AwkwardError
    first, last = page.line_start(start), page.line_end(end)
    if not text[first:start].strip() and not text[end:last].strip():
        return _splice(text, first, page.next_line(end), "")
    return _splice(text, start, end, "")


def _apart(page: Layout, start: int, end: int) -> bool:
    """Tell whether lines or comments lie between two positions."""
    return bool(BREAKS.search(page.text, start, end)) or bool(page.comments_in(start, end))


def _cut_lines(page: Layout, start: int, first: int, end: int) -> str:
    """Return the text without the lines from `start` to that of `end`; a person's comments on them get their own."""
    text = page.text
    if text[start:first].strip():
        raise AwkwardError
    above = _mark_above(page, start, text[start:first])
    stop, kept = page.next_line(end), page.comments_in(start, page.line_end(end))
    lines = [f"{text[start:first]}{item.text}" for item in kept if not MARK.match(item.text)]
    if stop > page.line_end(end):
        return _splice(text, above, stop, "".join(line + _break(text) for line in lines))
    broken = max((found.start() for found in BREAKS.finditer(text, 0, above)), default=0)
    return text[:broken] + "".join(_break(text) + line for line in lines)


def _mark_above(page: Layout, start: int, indent: str) -> int:
    """Return where a line begins, a draft's comments on the lines above it with it."""
    for item in reversed(page.comments_in(0, start)):
        lead = page.line_start(item.start)
        if page.next_line(item.start) != start or page.text[lead : item.start] != indent or not MARK.match(item.text):
            break
        start = lead
    return start


# Putting in


def _flow_entry(path: Path, value: Value) -> str:
    """Return `key: value`, further keys in braces of their own."""
    inner = spelt(value, in_flow=True)
    for key in reversed(path[1:]):
        inner = f"{{{spelt(key, in_flow=True)}: {inner}}}"
    return f"{spelt(path[0], in_flow=True)}: {inner}"


def _into_flow(page: Layout, holder: Part, path: Path, depth: int, entry: str) -> str:
    """Return the text with an entry between braces; a comment behind them would speak of the others too."""
    entries = holder.entries or {}
    before, after = _neighbours(list(entries), path, depth)
    if before is not None:
        at, new = entries[before][1].end, f", {entry}"
    elif after is not None:
        at, new = entries[after][0].start, f"{entry}, "
    else:
        at, new = holder.start + 1, entry
    return _splice(page.text, at, at, new)


def _into_block(page: Layout, holder: Part, path: Path, depth: int, value: Value, comment: str) -> str:
    entries = holder.entries or {}
    before, after = _neighbours(list(entries), path, depth)
    first = next(iter(entries.values()))[0]
    indent = page.text[page.line_start(first.start) : first.start]
    if indent.strip():
        raise AwkwardError
    lines = _block_lines(page, holder, path[depth:], value, indent)
    key, last = entries[before or list(entries)[-1]]
    if comment:
        beside = page.comment_behind(max(key.end, last.end))
        column = beside.start - page.line_start(beside.start) if beside else 0
        lines[-1] = f"{lines[-1]:<{max(column - 2, 0)}}  # {comment}"
    if before is None and after is not None:
        at = _above_comments(page, page.line_start(entries[after][0].start), indent)
        return _splice(page.text, at, at, "".join(line + _break(page.text) for line in lines))
    at = _below_comments(page, page.line_end(max(key.end, last.end)), indent)
    return _splice(page.text, at, at, "".join(_break(page.text) + line for line in lines))


def _block_lines(page: Layout, holder: Part, path: Path, value: Value, indent: str) -> list[str]:
    """Return the lines of a new entry; further keys are on lines of their own unless its like are in braces."""
    forms = {value.form for _, value in (holder.entries or {}).values() if value.entries}
    if len(path) == 1 or forms == {"flow"}:
        return [indent + _flow_entry(path, value)]
    step = " " * _step(page)
    keys = [f"{indent}{step * index}{spelt(key)}:" for index, key in enumerate(path)]
    return [*keys[:-1], f"{keys[-1]} {spelt(value)}"]


def _step(page: Layout) -> int:
    """Return by how much the file indents what is inside its first block."""
    for key, value in (page.root.entries or {}).values():
        if value.form == "block" and value.entries:
            inner = next(iter(value.entries.values()))[0]
            return (inner.start - page.line_start(inner.start)) - (key.start - page.line_start(key.start))
    return 2


def _neighbours(keys: Sequence[str], path: Path, depth: int) -> tuple[str | None, str | None]:
    """Return the key after which a new one goes in the order of fields, and the one before which it goes."""
    place = _order()[path[: depth + 1]]
    placed = [(_order().get((*path[:depth], key)), key) for key in keys]
    before = max(((order, key) for order, key in placed if order is not None and order < place), default=(0, None))
    after = min(((order, key) for order, key in placed if order is not None and order > place), default=(0, None))
    return before[1], after[1]


@functools.cache
def _order() -> dict[Path, int]:
    """Return the place of every key of a workload that leads to a field: that of the first field below it."""
    found: dict[Path, int] = {}
    for index, field in enumerate(FIELDS):
        path = path_of(field)
        for depth in range(1, len(path) + 1):
            found.setdefault(path[:depth], index)
    return found


def _above_comments(page: Layout, start: int, indent: str) -> int:
    """Return where the comments right above a line begin, as far as they are indented like it."""
    for item in reversed(page.comments_in(0, start)):
        lead = page.line_start(item.start)
        if page.next_line(item.start) != start or page.text[lead : item.start] != indent:
            break
        start = lead
    return start


def _below_comments(page: Layout, end: int, indent: str) -> int:
    """Return the end of the comments right below a line that are indented further: they speak of what is above."""
    for item in page.comments_in(end, len(page.text)):
        lead = page.line_start(item.start)
        blank = page.text[lead : item.start]
        if lead != page.next_line(end) or blank.strip() or len(blank) <= len(indent):
            break
        end = item.end
    return end


def _break(text: str) -> str:
    """Return the line break of a file: that of its first line."""
    found = BREAKS.search(text)
    return found[0] if found else "\n"
