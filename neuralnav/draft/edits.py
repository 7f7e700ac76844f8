"""Changes of a workload's text that keep every other byte: comments, order, spacing, quotes, line ends.

The text is edited where it stands, not written anew from a tree. A library that writes YAML with its comments would
still lay out lines in its own way, and a diff that holds more than what was asked for is one that nobody reads. What
comes out is read again and compared with what was meant: a change either is exactly that, or is refused.
"""

import json
from collections import Counter
from collections.abc import Mapping

from neuralnav.draft.scalars import spelt
from neuralnav.draft.spans import layout
from neuralnav.draft.splices import MARK, AwkwardError, Path, cut, path_of, put
from neuralnav.errors import Diagnostic, InputError
from neuralnav.model.document import Mark, Node, Source, find, parse, plain, with_value, without_value
from neuralnav.model.draft import FIELDS, Value

_NOWHERE = Mark(1, 1, 1)


def edit(source: Source, changes: Mapping[str, Value | None], comments: Mapping[str, str] | None = None) -> str:
    """Return the text with fields set to values, or removed where the value is None.

    `comments` gives, by field, what a comment beside a new value says, without its `#`; it takes the place of one that
    a draft wrote. A person's comments stay. Raises `InputError` for a text that is not YAML, and where a field cannot
    be changed alone: what to edit by hand is in the hint.
    """
    root, text = parse(source), source.text
    for field in sorted(changes, key=lambda name: (changes[name] is None, FIELDS.index(name))):
        value, path = changes[field], path_of(field)
        try:
            meant = _meant(root, path, value)
            text = _verified(text, _changed(text, root, path, value, (comments or {}).get(field, "")), meant)
            root = parse(Source(source.name, text))
        except (AwkwardError, InputError):
            raise _by_hand(source, field, value) from None
    return text


def value_at(root: Node, path: Path) -> object:
    """Return the plain value at a path, or None where the document has none."""
    node = root
    for step in path:
        if not isinstance(node.value, dict) or step not in node.value:
            return None
        node = node.value[step][1]
    return plain(node)


def _changed(text: str, root: Node, path: Path, value: Value | None, comment: str) -> str:
    if value is not None:
        return put(text, path, value_at(root, path), value, comment)
    return cut(text, path) if without_value(root, path) is not root else text


def _meant(root: Node, path: Path, value: Value | None) -> Node:
    """Return the document that a change should give; a parent without a value is a mapping without entries."""
    if value is None:
        return without_value(root, path)
    new = _node(value)
    for depth in range(1, len(path)):
        parent = find(root, path[:depth])
        if parent.value is None:
            for key in reversed(path[depth:]):
                new = Node(_NOWHERE, {key: (_NOWHERE, new)})
            return with_value(root, path[:depth], new)
        if not isinstance(parent.value, dict):
            raise AwkwardError
        if path[depth] not in parent.value:
            break
    return with_value(root, path, new)


def _node(value: Value) -> Node:
    if isinstance(value, tuple):
        return Node(_NOWHERE, tuple(Node(_NOWHERE, item) for item in value))
    return Node(_NOWHERE, value)


def _verified(before: str, after: str, meant: Node) -> str:
    """Return the new text, or raise where it means something else or has lost a comment of a person's."""
    same = _meaning(parse(Source("", after))) == _meaning(meant)
    if not same or Counter(_own_comments(before)) != Counter(_own_comments(after)):
        raise AwkwardError
    return after


def _meaning(root: Node) -> str:
    return json.dumps(plain(root), sort_keys=True)


def _own_comments(text: str) -> list[str]:
    return [item.text for item in layout(text).comments if not MARK.match(item.text)]


def _by_hand(source: Source, field: str, value: Value | None) -> InputError:
    path = path_of(field)
    where = source.where(find(parse(source), path).mark)
    hint = f"remove {path[-1]} by hand" if value is None else f"write it by hand: {path[-1]}: {spelt(value)}"
    return InputError([Diagnostic(where, f"{field} cannot be changed without touching what is beside it", hint)])
