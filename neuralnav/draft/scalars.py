"""Values as a workload's text spells them: "6000 USD/month" without quotes, as people write it."""

import json
import re

from neuralnav.model.draft import Value
from neuralnav.model.emit import scalar

_MEASURE = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[kKM]| ?(?:ms|s|min)| ?[kKM]? ?(?:USD|req)/[a-z]+)")
"""What begins with a digit and is a string in YAML 1.1 and 1.2 alike."""

_IN_FLOW = re.compile(r"[,\[\]{}]")
"""What may not stand bare between the brackets of a list or a mapping."""


def spelt(value: Value, *, quote: str = "", in_flow: bool = False) -> str:
    """Return a value as it stands in a workload, lists in brackets.

    A string gets the quotes `quote` where they are given, and where YAML would read something else without.
    """
    match value:
        case tuple():
            return f"[{', '.join(spelt(item, in_flow=True) for item in value)}]"
        case str():
            return _string(value, quote=quote, in_flow=in_flow)
        case _:
            return scalar(value)


def _string(value: str, *, quote: str, in_flow: bool) -> str:
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    text = value if _MEASURE.fullmatch(value) else scalar(value)
    if not text.startswith('"') and (quote == '"' or (in_flow and _IN_FLOW.search(value))):
        return json.dumps(value, ensure_ascii=False)
    return text
