"""Text to typed document: YAML parsed with places kept, then validated, every problem reported at its line.

The YAML is read by libyaml's event parser (through PyYAML) and typed by the YAML 1.2 core schema, so `on` and `1e3`
mean what they say. Anchors and aliases are refused: they are how a small file becomes a large one.
"""

import difflib
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from neuralnav.errors import Diagnostic, InputError, Where, input_error

MAX_DEPTH = 40
LONGEST_NAME = 63

D = TypeVar("D", bound=BaseModel)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_NUMBERS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a source: line and column from 1, and how many characters to underline.

    `origin` names another input that a value was taken from, such as an option of the command line.
    """

    line: int
    column: int
    width: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value with its place. `value` is a scalar, a tuple of nodes, or a mapping of key to (key mark, node)."""

    mark: Mark
    value: "Scalar | tuple[Node, ...] | dict[str, tuple[Mark, Node]]"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of an input under the name that messages give it."""

    name: str
    text: str
    lines: list[str] = field(default_factory=list, compare=False, repr=False)

    def where(self, mark: Mark | None) -> Where:
        """Return the place of `mark` with the line quoted."""
        if mark is None or mark.origin:
            return Where(mark.origin if mark else self.name)
        if not self.lines:
            self.lines.extend(self.text.splitlines())
        quote = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        return Where(self.name, mark.line, mark.column, quote, max(1, min(mark.width, len(quote) - mark.column + 1)))


@dataclass(frozen=True, slots=True)
class Parsed(Generic[D]):
    """A valid document with its source and places."""

    document: D
    source: Source
    root: Node

    def where(self, *path: str | int) -> Where:
        """Return the place of the value at `path`, or of its nearest parent that the file holds."""
        return self.source.where(find(self.root, path).mark)

    def key_where(self, *path: str | int) -> Where:
        """Return the place of the key at the end of `path`, or of the nearest parent of it that the file holds."""
        return self.source.where(_key_mark(self.root, path))


def _refuse_conflict(source: Source) -> None:
    """Raise `InputError` where git left its marks of a conflict: what YAML makes of those tells nobody anything."""
    if found := re.search(r"^<{7} .*", source.text, re.MULTILINE):
        where = source.where(Mark(source.text.count("\n", 0, found.start()) + 1, 1, len(found[0])))
        raise InputError([Diagnostic(where, "merge conflict: both sides are still here", "keep what is right")])


def parse(source: Source, *, bare: set[tuple[str, Scalar]] | None = None) -> Node:
    """Return the one document of `source`, or raise `InputError` at the first place where it is not plain YAML.

    `bare` takes in every text that stands without quotes, with what it is read as; a key is read as itself.
    """
    try:
        return _Reader(source, bare).read()
    except yaml.MarkedYAMLError as error:
        _refuse_conflict(source)
        mark = error.problem_mark or error.context_mark
        place = None if mark is None else Mark(mark.line + 1, mark.column + 1, 1)
        where = source.where(place)
        hint = "indent with spaces, not tabs" if where.quote[where.column - 1 : where.column] == "\t" else ""
        problem = error.problem or "it cannot be read"
        raise InputError([Diagnostic(where, f"not valid YAML: {problem}", hint)]) from None
    except yaml.reader.ReaderError as error:
        before = source.text.encode()[: error.position].decode(errors="ignore")  # libyaml counts bytes
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        code = ord(error.character) if isinstance(error.character, str) else int(error.character)
        what = f"character U+{code:04X}"
        where = source.where(Mark(line, column, 1))
        raise InputError([Diagnostic(where, f"{what} is not allowed in YAML", "remove it")]) from None


def validate(kind: type[D], node: Node, source: Source) -> Parsed[D]:
    """Return the document typed as `kind`, or raise `InputError` with every problem, in the file's order."""
    text = json.dumps(plain(node), allow_nan=True)
    try:
        return Parsed(kind.model_validate_json(text, strict=True), source, node)
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = [_diagnose(kind, node, source, detail) for detail in details if not _follows(detail, details)]
        unique = {(d.where.line, d.where.column, d.message): d for d in found}
        raise InputError([unique[key] for key in sorted(unique)]) from None


def load(kind: type[D], source: Source) -> Parsed[D]:
    """Parse and validate in one go."""
    return validate(kind, parse(source), source)


def plain(node: Node) -> Any:  # the JSON value of an arbitrary document
    """Return the node as plain Python values."""
    match node.value:
        case dict() as mapping:
            return {key: plain(child) for key, (_, child) in mapping.items()}
        case tuple() as items:
            return [plain(child) for child in items]
        case scalar:
            return scalar


def with_value(root: Node, path: Sequence[str], value: Node) -> Node:
    """Return a copy of `root` in which the mapping entry at `path` is `value`; parents are made where they lack.

    Raises `ValueError` when a parent on the path is not a mapping.
    """
    if not path:
        return value
    if not isinstance(root.value, dict):
        raise ValueError(path[0])
    key_mark, child = root.value.get(path[0], (value.mark, Node(value.mark, {})))
    return Node(root.mark, {**root.value, path[0]: (key_mark, with_value(child, path[1:], value))})


def without_value(root: Node, path: Sequence[str]) -> Node:
    """Return a copy of `root` without the mapping entry at `path`, nor the parents that this leaves empty."""
    if not path or not isinstance(root.value, dict) or path[0] not in root.value:
        return root
    key_mark, child = root.value[path[0]]
    left = without_value(child, path[1:]) if path[1:] else None
    if left is child:
        return root
    entries = dict(root.value)
    if left is None or left.value == {}:
        del entries[path[0]]
    else:
        entries[path[0]] = (key_mark, left)
    return Node(root.mark, entries)


def option_node(text: str, origin: str) -> Node:
    """Return the node of a scalar or flow value given by an option; messages about it name the option, `origin`."""
    return _moved(parse(Source(origin, text)), Mark(1, 1, 1, origin))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "did you mean X?" for the nearest known word, or the list when it is short, or nothing."""
    options = sorted(known)
    folded = {option.lower(): option for option in reversed(options)}
    near = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"did you mean {folded[near[0]]}?"
    return f"one of {', '.join(options)}" if 0 < len(options) <= 12 else ""


def digest(value: Any) -> str:  # any JSON value
    """Return the sha256 of a JSON value in one canonical spelling."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class _Reader:
    """Builds the node tree from libyaml's events, iteratively in width and bounded in depth."""

    def __init__(self, source: Source, bare: set[tuple[str, Scalar]] | None) -> None:
        self.source = source
        self.bare = bare
        self.events = _Loader(source.text)

    def read(self) -> Node:
        try:
            self._take(yaml.StreamStartEvent)
            if self.events.check_event(yaml.StreamEndEvent):
                raise input_error(self.source.name, "the file holds no document, only comments")
            self._take(yaml.DocumentStartEvent)
            node = self._node(0)
            self._take(yaml.DocumentEndEvent)
            if not self.events.check_event(yaml.StreamEndEvent):
                extra = self.events.get_event()
                self._refuse(extra, "a second document starts here", "keep one document in a file")
            return node
        finally:
            self.events.dispose()

    def _take(self, kind: type[yaml.Event]) -> Any:  # PyYAML events carry per-kind attributes
        event = self.events.get_event()
        if not isinstance(event, kind):
            self._refuse(event, "this is not a YAML document", "")
        return event

    def _node(self, depth: int) -> Node:
        event = self.events.get_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(event, "anchors and aliases are not supported", "write the value out where it is used")
        if depth > MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} levels deep", "")
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
            if self.bare is not None and event.implicit[0]:
                self.bare.add((event.value, value))
            return Node(self._mark(event), value)
        if event.tag is not None:
            self._refuse(event, f"the tag {event.tag} is not supported", "remove the tag")
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not self.events.check_event(yaml.SequenceEndEvent):
                items.append(self._node(depth + 1))
            self.events.get_event()
            return Node(self._mark(event), tuple(items))
        return Node(self._mark(event), self._mapping(depth))

    def _mapping(self, depth: int) -> dict[str, tuple[Mark, Node]]:
        entries: dict[str, tuple[Mark, Node]] = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            event = self.events.peek_event()
            key = self._node(depth + 1)
            if isinstance(key.value, dict | tuple):
                self._refuse(event, "a key must be a word", "")
            name = event.value
            if self.bare is not None and event.implicit[0]:
                self.bare.add((name, name))
            if name in entries:
                first = entries[name][0].line
                self._refuse(event, f'"{name}" is given twice; the first is on line {first}', "keep one of them")
            entries[name] = (key.mark, self._node(depth + 1))
        self.events.get_event()
        return entries

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if event.tag is not None and event.tag != "!":
            self._refuse(event, f"the tag {event.tag} is not supported", "remove the tag, or quote the value")
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_NUMBERS.fullmatch(text):
            self._refuse(event, f"{text} is not a number that anything can be planned with", "")
        if _INT.fullmatch(text):
            if len(text) > 18:
                self._refuse(event, "the number is out of range", "quote it if it is text")
            return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
        if _FLOAT.fullmatch(text):
            value = float(text)
            if not math.isfinite(value):
                self._refuse(event, "the number is out of range", "quote it if it is text")
            return value
        return text

    def _mark(self, event: Any) -> Mark:  # libyaml's events always carry both marks
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Mark(start.line + 1, start.column + 1, max(width, 1))

    def _refuse(self, event: yaml.Event, message: str, hint: str) -> NoReturn:
        raise InputError([Diagnostic(self.source.where(self._mark(event)), message, hint)])


def _moved(node: Node, mark: Mark) -> Node:
    match node.value:
        case dict() as mapping:
            return Node(mark, {key: (mark, _moved(child, mark)) for key, (_, child) in mapping.items()})
        case tuple() as items:
            return Node(mark, tuple(_moved(item, mark) for item in items))
        case scalar:
            return Node(mark, scalar)


def find(root: Node, path: Sequence[str | int]) -> Node:
    """Return the deepest node of `path` that exists."""
    node = root
    for step in path:
        match node.value:
            case dict() as mapping if isinstance(step, str) and step in mapping:
                node = mapping[step][1]
            case tuple() as items if isinstance(step, int) and step < len(items):
                node = items[step]
            case _:
                continue
    return node


def _key_mark(root: Node, path: Sequence[str | int]) -> Mark:
    parent = find(root, path[:-1])
    if isinstance(parent.value, dict) and path and path[-1] in parent.value:
        return parent.value[str(path[-1])][0]
    return find(root, path).mark  # an item of a list is its own place, whatever items stand before it


def _follows(detail: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Tell whether a list is only called too short because what it holds is wrong itself."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(o["loc"][: len(place)] == place != o["loc"] for o in others)


def _diagnose(kind: type[BaseModel], root: Node, source: Source, detail: ErrorDetails) -> Diagnostic:
    """Return pydantic's finding as a diagnostic at the place of the value or key it is about."""
    path = _data_path(root, detail["loc"])
    name = ".".join(str(step) for step in path)
    given = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            hint = suggestion(str(path[-1]), _fields_at(kind, path[:-1]))
            return Diagnostic(source.where(_key_mark(root, path)), f'unknown key "{path[-1]}"', hint)
        case "missing":
            parent = find(root, path[:-1])
            mark = _key_mark(root, path[:-1]) if len(path) > 1 else Mark(parent.mark.line, 1, 1)
            return Diagnostic(source.where(mark), f'"{name}" is missing', "")
        case "literal_error" | "enum":
            known = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
            message = f'{name} cannot be "{given}"' if isinstance(given, str) else f"{name} cannot be {given!r}"
            return Diagnostic(source.where(find(root, path).mark), message, suggestion(str(given), known))
        case "value_error":
            message, _, hint = str(detail["ctx"]["error"]).partition("; ")
            return Diagnostic(source.where(find(root, path).mark), f"{name}: {message}" if name else message, hint)
        case "string_pattern_mismatch":
            key = detail["loc"][-1] == "[key]"
            subject, mark = ("the key", _key_mark(root, path)) if key else (name, find(root, path).mark)
            message, hint = _mismatch(str(path[-1]) if key else str(given), str(detail["ctx"]["pattern"]))
            return Diagnostic(source.where(mark), f"{subject} {message}", hint)
        case _:
            message = detail["msg"].replace("Input should be", "must be").replace("Value should", "must")
            subject = name or "the document"
            return Diagnostic(source.where(find(root, path).mark), f"{subject}: {message}, got {_shown(given)}", "")


def _mismatch(text: str, pattern: str) -> tuple[str, str]:
    if len(text) > LONGEST_NAME and "{0,61}" in pattern:  # what Kubernetes calls a label
        return f"{_shown(text)} has {len(text)} characters; at most {LONGEST_NAME} are allowed", "shorten it"
    return f"{_shown(text)} has characters that are not allowed there", f"it must match {pattern}"


def _data_path(root: Node, loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """Return the steps of pydantic's location that lie in the file; a last one may be a key that it lacks."""
    path: list[str | int] = []
    node = root
    for index, step in enumerate(loc):
        match node.value:
            case dict() as mapping if step in mapping:
                node = mapping[str(step)][1]
            case tuple() as items if isinstance(step, int) and step < len(items):
                node = items[step]
            case dict() if index == len(loc) - 1 and step != "[key]":
                pass
            case _:
                continue
        path.append(step)
    return tuple(path)


def _shown(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."


def _fields_at(kind: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """Return the key names that the model reached by `path` accepts; none where the path leaves the models."""
    current: object = kind
    for step in path:
        found = [
            info.annotation
            for model in _models_in(current)
            for attr, info in model.model_fields.items()
            if step in (attr, info.alias)
        ]
        current = found[0] if found else current
    return [info.alias or attr for model in _models_in(current) for attr, info in model.model_fields.items()]


def _models_in(annotation: object) -> list[type[BaseModel]]:
    """Return the models that an annotation mentions, unions and containers opened."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]
