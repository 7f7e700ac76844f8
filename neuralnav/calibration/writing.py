"""A serving catalog's text with other numbers in it: comments, order and everything else stay."""

import re
from collections.abc import Mapping, Sequence

VALUE = re.compile(r"^(\s*)value: .*$")
WIDTH = re.compile(r"^(\s*)width: .*$")
METRIC = re.compile(r"^\s*(?:- )?metric: (\S+)\s*$")
GENERATION = re.compile(r"^\s*(?:- )?generation: (\S+)\s*$")
ITEM = re.compile(r"^\s*- ")


def with_numbers(text: str, values: Sequence[float], widths: Mapping[tuple[str, str], float]) -> str:
    """Return the catalog with its coefficients' `value:` lines in order, and the widths of (metric, generation).

    Raises ValueError when the text does not have as many values as there are.
    """
    lines = text.splitlines()
    places = [index for index, line in enumerate(lines) if VALUE.match(line)]
    if len(places) != len(values):
        raise ValueError(f"{len(places)} lines with a value for {len(values)} coefficients")
    for place, value in zip(places, values, strict=True):
        lines[place] = VALUE.sub(rf"\g<1>value: {value:g}", lines[place])
    metric, generation = "", ""
    for index, line in enumerate(lines):
        if ITEM.match(line):
            metric, generation = "", ""
        metric = found[1] if (found := METRIC.match(line)) else metric
        generation = found[1] if (found := GENERATION.match(line)) else generation
        if WIDTH.match(line) and (metric, generation) in widths:
            lines[index] = WIDTH.sub(rf"\g<1>width: {widths[metric, generation]:.2f}", line)
    return "\n".join(lines) + "\n"
