"""Bytes to a document, whatever it is written in: JSON, JSON lines, YAML or CSV."""

import csv
import io
import json
from typing import Any

import yaml

from neuralnav.imports.said import Fault, Node

MAX_DEPTH = 100
"""Reports nest some ten levels deep."""

PARQUET_MAGIC = b"PAR1"
"""How every Parquet file begins."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(Exception):
    """The bytes are no document; `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def document(raw: bytes) -> Node:
    """Return the document: several JSON lines, and the rows of a CSV file, as a list of mappings.

    Raises `UnreadableError` for what is none of the four, naming line and column.
    """
    if raw.startswith(PARQUET_MAGIC):
        hint = "it needs no import: list it in neuralnav.yaml, under spec.benchmarks"
        raise UnreadableError(Fault("", "this is a Parquet file, not a report", hint))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError(Fault(f"line {line}", f"byte 0x{raw[error.start]:02x} is not UTF-8")) from None
    start = text.lstrip()
    if not start:
        raise UnreadableError(Fault("", "the file is empty", "check that the run finished"))
    if start[0] in "{[":
        return Node(_json(text))
    header = start.splitlines()[0]
    if header.count(",") >= LEAST_CSV_COMMAS and ":" not in header.split(",", 1)[0]:
        return Node(_csv(text))
    return Node(_yaml(text))


LEAST_CSV_COMMAS = 3
"""A header of a table of results has more columns than this; a line of YAML rarely as many commas."""


def _json(text: str) -> Any:  # an arbitrary document
    try:
        return _json_value(text)
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if error.msg != "Extra data" or len(lines) == 1:
            raise _cut_short(error, error.lineno) from None
    return [_json_line(number, line) for number, line in lines]


def _json_line(number: int, line: str) -> Any:  # an arbitrary document
    try:
        return _json_value(line, f"line {number}")
    except json.JSONDecodeError as error:
        raise _cut_short(error, number) from None


def _json_value(text: str, path: str = "") -> Any:  # an arbitrary document
    """Return the value of a JSON text. Raises `JSONDecodeError` where it ends or turns wrong."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise UnreadableError(Fault(path, "the JSON is nested too deep")) from None
    except ValueError:
        raise UnreadableError(Fault(path, "the JSON holds a number of thousands of digits")) from None


def _cut_short(error: json.JSONDecodeError, line: int) -> UnreadableError:
    place = f"line {line} column {error.colno}"
    return UnreadableError(Fault(place, f"not valid JSON: {error.msg}", "was the file cut short?"))


def _yaml(text: str) -> Any:  # an arbitrary document
    try:
        _check_nesting(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # the safe loader, in C where there is one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = "" if mark is None else f"line {mark.line + 1} column {mark.column + 1}"
        raise UnreadableError(Fault(place, f"not valid YAML: {error.problem or 'it cannot be read'}")) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableError(Fault("", f"not valid YAML: {str(error).splitlines()[0]}")) from None


def _check_nesting(text: str) -> None:
    """Refuse what the composer, which is recursive C, could not survive: deep nesting, and a value inside of itself.

    Merge keys go too: unlike an alias, which stands for one value, they copy, so that a few lines become gigabytes.
    """
    open_anchors: list[str | None] = []
    for event in yaml.parse(text, Loader=_Loader):
        mark = event.start_mark
        place = "" if mark is None else f"line {mark.line + 1} column {mark.column + 1}"
        if isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
            if len(open_anchors) > MAX_DEPTH:
                raise UnreadableError(Fault(place, f"nested more than {MAX_DEPTH} levels deep"))
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()
        elif isinstance(event, yaml.AliasEvent) and event.anchor in open_anchors:
            raise UnreadableError(Fault(place, f"the alias *{event.anchor} stands inside of what it names"))
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            raise UnreadableError(Fault(place, "merge keys (<<) are not read in a report"))


def _csv(text: str) -> list[dict[str, str]]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise UnreadableError(Fault(f"line {reader.line_num}", f"not valid CSV: {error}")) from None
    for line, row in rows:
        if len(row) != len(header):
            message = f"{len(row)} cells under a header of {len(header)}"
            raise UnreadableError(Fault(f"line {line}", message, "was the file cut short?"))
    return [dict(zip(header, row, strict=True)) for _, row in rows]
