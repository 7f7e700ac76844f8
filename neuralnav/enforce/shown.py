"""Values of the policy language as people write them, and what an expression reads with the values it finds there."""

import math
from collections.abc import Iterator, Mapping

from neuralnav.enforce.reads import reads
from neuralnav.policy.checked import Checked
from neuralnav.policy.faults import EvaluationError

LONGEST = 120


def shown(value: object) -> str:
    """Return plain data as a literal of the language; what no literal can be is named."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
        case int() | float():
            return repr(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case bytes():
            return f"b{shown(value.decode('utf-8', 'backslashreplace'))}"
        case list() | tuple():
            return "[" + ", ".join(shown(item) for item in value) + "]"
        case Mapping():
            return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


def values_read(checked: Checked, bindings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each field that an expression reads, once, with its value, or with why it has none.

    `bindings` holds the roots, `variables` among them.
    """
    told: set[str] = set()
    for item in reads(checked):
        if item.path not in told and item.root in bindings:
            told.add(item.path)
            yield item.path, _value(bindings[item.root], item.field)


def _value(root: object, field: str) -> str:
    if not isinstance(root, Mapping):
        return shown(root)
    try:
        text = shown(root[field])
    except KeyError:
        return "absent"
    except EvaluationError as error:
        return error.fault.message
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
