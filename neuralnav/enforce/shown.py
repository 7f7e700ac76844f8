"""Values of the policy language as people write them, and what an expression reads with the values it finds there."""

import math
from collections.abc import Iterator, Mapping

from neuralnav.enforce.reads import reads
from neuralnav.policy.checked import Checked
from neuralnav.policy.explain import Operand, explain
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


def decided(checked: Checked, bindings: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each condition that made a rule's expression what it is, with what it met: values, or what is absent.

    A number beyond its limit says by which share. `bindings` holds the roots, without `variables`.
    """
    for leaf in explain(checked, bindings).leaves:
        met = [f"{item.text} is {_met(item)}" for item in leaf.operands]
        if leaf.excess is not None and leaf.excess:
            met.append(f"{leaf.excess:+.1%}")
        if not met and leaf.fault is not None:
            met = [leaf.fault.message]
        yield one_line(leaf.text), ", ".join(met)


def one_line(text: str) -> str:
    """Return a text with every run of white space as one blank."""
    return " ".join(text.split())


def _met(item: Operand) -> str:
    if item.fault is not None:
        return "absent" if item.fault.kind == "no_such_field" else f"without a value ({item.fault.message})"
    return _short(shown(item.value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _value(root: object, field: str) -> str:
    if not isinstance(root, Mapping):
        return shown(root)
    try:
        text = shown(root[field])
    except KeyError:
        return "absent"
    except EvaluationError as error:
        return error.fault.message
    return _short(text)
