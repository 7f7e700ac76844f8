"""Recorded requests, to be sent again: CSV or JSON lines, in the columns of published traces or of our own."""

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
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


def read_trace(path: Path, *, most: int | None = None) -> LoadPoint:
    """Return the requests of a trace, the first at 0 ms; `most` keeps the first so many.

    Raises InputError with the line of everything that is no request, and of each that comes before an earlier one.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError([Diagnostic(Where(str(path)), f"cannot be read: {why}")]) from None
    requests: list[tuple[float, int, int]] = []
    problems: list[Diagnostic] = []
    latest = -math.inf
    for line, entry in _entries(text, str(path)):
        try:
            request = _request(entry)
            if request[0] < latest:
                raise ValueError(f"it comes {latest - request[0]:g} ms before an earlier request")
        except ValueError as error:
            problems.append(Diagnostic(Where(str(path), line), str(error)))
            continue
        latest = request[0]
        requests.append(request)
        if len(requests) == (most or MOST_REQUESTS):
            break
    if not requests and not problems:
        problems = [Diagnostic(Where(str(path)), "holds no request", "a trace has a header and a line a request")]
    if problems:
        raise InputError([*problems[:SHOWN], *_rest(problems, str(path))])
    return _point(requests)


def _rest(problems: list[Diagnostic], name: str) -> Iterator[Diagnostic]:
    if len(problems) > SHOWN:
        yield Diagnostic(Where(name), f"and {len(problems) - SHOWN:,} more lines are no requests")


def _entries(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield each line's number and its values by column, or what is wrong with it."""
    if text.lstrip()[:1] == "{":
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, _parsed(line)
        return
    reader = csv.reader(text.splitlines())
    header = [column.strip() for column in next(reader, [])]
    if header and _columns(header) is None:
        known = "; ".join(", ".join((c.arrival, c.prompt, c.output)) for c in KNOWN)
        raise InputError([Diagnostic(Where(name, 1), "the header names no columns that are known", f"known: {known}")])
    for row in reader:
        if row:
            fits = len(row) == len(header)
            cells = dict(zip(header, row, strict=True)) if fits else f"{len(row)} cells under a header of {len(header)}"
            yield reader.line_num, cells


def _parsed(line: str) -> Mapping[str, Any] | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "it is not valid JSON"
    return value if isinstance(value, dict) else "it is no JSON object"


def _columns(names: Any) -> Columns | None:  # a header or the keys of an object
    return next((c for c in KNOWN if all(name in names for name in (c.arrival, c.prompt, c.output))), None)


def _request(entry: Mapping[str, Any] | str) -> tuple[float, int, int]:
    if isinstance(entry, str):
        raise ValueError(entry)
    columns = _columns(entry)
    if columns is None:
        raise ValueError("it lacks the columns of a request")
    prompt, output = (_tokens(entry[name], name) for name in (columns.prompt, columns.output))
    return _time_ms(entry[columns.arrival], columns), prompt, output


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
    try:
        time = float(value) * columns.unit_ms if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        time = _date_ms(str(value))
    if not math.isfinite(time):
        raise ValueError(f"{columns.arrival} is {value!r}: it is no time")
    return time


def _date_ms(text: str) -> float:
    """Return a date such as `2023-11-16 18:17:03.9799600`, whose seconds may have seven digits."""
    whole, _, rest = text.strip().partition(".")
    digits = rest.rstrip("Z").split("+")[0]
    try:
        moment = datetime.fromisoformat(whole + "+00:00" if "+" not in whole else whole)
        return moment.timestamp() * 1e3 + (float(f"0.{digits}") * 1e3 if digits else 0.0)
    except ValueError:
        return math.nan


def _point(requests: list[tuple[float, int, int]]) -> LoadPoint:
    times, prompt, output = (np.array(column) for column in zip(*requests, strict=True))
    at_ms = times - times[0]
    span = float(at_ms[-1])
    rate = (len(requests) - 1) / span * 1e3 if span > 0.0 else float(len(requests))
    return LoadPoint(at_ms, prompt, output, "unstated", round(rate, 4))
