"""Recorded requests, to be sent again: CSV or JSON lines, in the columns of published traces or of our own."""

import csv
import json
import math
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav_simulator.load.plan import MOST_REQUESTS, LoadPoint

SHOWN = 10
"""So many bad lines are told; there may be a million."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the three columns, and how many ms one unit of a time that is a number has."""

    arrival: str
    prompt: str
    output: str
    unit_ms: float


KNOWN = (
    Columns("TIMESTAMP", "ContextTokens", "GeneratedTokens", 1e3),
    Columns("timestamp", "input_length", "output_length", 1.0),
    Columns("arrival_ms", "prompt_tokens", "output_tokens", 1.0),
    Columns("arrival_s", "prompt_tokens", "output_tokens", 1e3),
)
"""The Azure LLM inference traces (dates), Mooncake's (ms), and our own (ms or seconds)."""


DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII
)
"""A date such as `2023-11-16 18:17:03.9799600`, whose seconds may have seven digits; without a zone it is UTC."""


def read_trace(path: Path, *, most: int | None = None) -> LoadPoint:
    """Return the requests of a trace, the first at 0 ms; `most` keeps the first so many.

    Raises InputError with the line of everything that is no request, and of each that comes before an earlier one.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _point(_requests(lines, str(path), most or MOST_REQUESTS))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError([Diagnostic(Where(str(path)), f"cannot be read: {why}")]) from None


@dataclass(slots=True)
class _Requests:
    """The columns of a trace: 24 bytes a request."""

    at_ms: "array[float]" = field(default_factory=lambda: array("d"))
    prompt: "array[int]" = field(default_factory=lambda: array("q"))
    output: "array[int]" = field(default_factory=lambda: array("q"))


def _requests(lines: Iterable[str], name: str, most: int) -> _Requests:
    found, problems, bad = _Requests(), list[Diagnostic](), 0
    for line, entry in _entries(lines, name):
        try:
            at_ms, prompt, output = _request(entry)
            if found.at_ms and at_ms < found.at_ms[-1]:
                raise ValueError(f"it comes {found.at_ms[-1] - at_ms:g} ms before an earlier request")
        except ValueError as error:
            bad += 1
            if bad <= SHOWN:
                problems.append(Diagnostic(Where(name, line), str(error)))
            continue
        found.at_ms.append(at_ms)
        found.prompt.append(prompt)
        found.output.append(output)
        if len(found.at_ms) == most:
            break
    if not found.at_ms and not problems:
        problems = [Diagnostic(Where(name), "holds no request", "a trace has a header and a line a request")]
    if bad > SHOWN:
        problems.append(Diagnostic(Where(name), f"and {bad - SHOWN:,} more lines are no requests"))
    if problems:
        raise InputError(problems)
    return found


Entry = tuple[Columns, object, object, object]
"""A request as it is written: the columns, then time, prompt and output."""


def _entries(lines: Iterable[str], name: str) -> Iterator[tuple[int, Entry | str]]:
    """Yield each line's number and its request, or what is wrong with it."""
    numbered = enumerate(lines, 1)
    number, first = next(((at, line) for at, line in numbered if line.strip()), (0, ""))
    rest = (line for _, line in numbered)
    if first.lstrip().startswith("{"):
        yield number, _parsed(first)
        yield from ((at, _parsed(line)) for at, line in enumerate(rest, number + 1) if line.strip())
        return
    header = [column.strip() for column in next(csv.reader([first]), [])]
    columns = _columns(header)
    if columns is None:
        if header:
            known = "; ".join(", ".join((c.arrival, c.prompt, c.output)) for c in KNOWN)
            raise InputError(
                [Diagnostic(Where(name, number), "the header names no columns that are known", f"known: {known}")]
            )
        return
    at, prompt, output = (header.index(column) for column in (columns.arrival, columns.prompt, columns.output))
    reader = csv.reader(rest)
    for row in reader:
        if row:
            fits = len(row) == len(header)
            told = f"{len(row)} cells under a header of {len(header)}"
            yield number + reader.line_num, (columns, row[at], row[prompt], row[output]) if fits else told


def _parsed(line: str) -> Entry | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "it is not valid JSON"
    if not isinstance(value, dict):
        return "it is no JSON object"
    columns = _columns(value)
    if columns is None:
        return "it lacks the columns of a request"
    return columns, value[columns.arrival], value[columns.prompt], value[columns.output]


def _columns(names: Any) -> Columns | None:  # a header or the keys of an object
    return next((c for c in KNOWN if c.arrival in names and c.prompt in names and c.output in names), None)


def _request(entry: Entry | str) -> tuple[float, int, int]:
    if isinstance(entry, str):
        raise ValueError(entry)
    columns, at, prompt, output = entry
    return _time_ms(at, columns), _tokens(prompt, columns.prompt), _tokens(output, columns.output)


def _tokens(value: object, name: str) -> int:
    try:
        tokens = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else 0
    except ValueError:
        tokens = 0
    if not 1 <= tokens <= MOST_REQUESTS:
        raise ValueError(f"{name} is {value!r}: a request has whole tokens, 1 or more")
    return tokens


def _time_ms(value: object, columns: Columns) -> float:
    """Return a time in ms: of a number by its unit, of a date since 1970."""
    date = DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if date is not None:
            time = _second_ms(date[1], date[2], date[4] or "Z") + float(date[3] or 0.0) * 1e3
        else:
            time = float(value) * columns.unit_ms if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        time = math.nan
    if not math.isfinite(time):
        raise ValueError(f"{columns.arrival} is {value!r}: it is no time")
    return time


@lru_cache(maxsize=64)
def _second_ms(day: str, time: str, zone: str) -> float:
    """Return a second since 1970 in ms; many requests share one."""
    return datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone}").timestamp() * 1e3


def _point(requests: _Requests) -> LoadPoint:
    times = np.array(requests.at_ms)
    at_ms = times - times[0]
    span, count = float(at_ms[-1]), len(at_ms)
    rate = (count - 1) / span * 1e3 if span > 0.0 else float(count)
    return LoadPoint(at_ms, np.array(requests.prompt), np.array(requests.output), "unstated", round(rate, 4))
