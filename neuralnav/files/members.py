"""What a lock brings to a fleet, read from the few lines that say it: validating all of a lock takes 30 ms."""

import re
from collections.abc import Iterator

from neuralnav.enforce.applies import Subject
from neuralnav.enforce.fleet import Member
from neuralnav.errors import InputError
from neuralnav.model.document import Source, parse, plain
from neuralnav.model.lock import choice_in, has_conflict, is_whole

_PARTS = re.compile(r"^([a-z]+):", re.MULTILINE)
_LABELS = re.compile(r"^  labels:(?: \{\}$|\n(?:    .*\n)+)", re.MULTILINE)


def member_in(text: str) -> Member | None:
    """Return what a lock as compile writes it brings to a fleet, as `member_of` does of one that was read.

    None for any other text, such as one that is cut short, in conflict, or without its own choice.
    """
    if not is_whole(text) or has_conflict(text):
        return None
    try:
        found = plain(parse(Source("lock", "".join(_lines(text)))))
    except InputError:
        return None
    match found:
        case {
            "workload": str(name), "use_case": str(use_case), "labels": {**labels}, "accelerator": str(accelerator),
            "replicas": int(replicas), "gpus": int(gpus), "cost_usd_per_month": int() | float() as cost,
        } if all(isinstance(key, str) and isinstance(value, str) for key, value in labels.items()):  # fmt: skip
            subject = Subject(name, use_case, {str(key): str(value) for key, value in labels.items()})
            return Member(subject, accelerator, replicas, gpus, float(cost))
    return None


def _lines(text: str) -> Iterator[str]:
    """Yield a small document of what a member is made of."""
    pieces = _PARTS.split(text)
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    yield f"workload:{parts.get('workload', '')}"
    yield from _line(parts.get("requirements", ""), "  ", "use_case")
    deployment = parts.get("deployment", "")
    labels = _LABELS.search(deployment)
    if labels is not None:
        yield f"{labels[0].rstrip()[2:]}\n"
    yield from _line(deployment, "  ", "accelerator")
    chosen = choice_in(text)
    _, found, rest = parts.get("candidates", "").partition(f"  - id: {chosen}\n" if chosen else "\0")
    entry = rest.partition("\n  - id: ")[0] if found else ""
    for name in ("replicas", "gpus", "cost_usd_per_month"):
        yield from _line(entry, "    ", name)


def _line(text: str, indent: str, name: str) -> Iterator[str]:
    found = re.search(rf"^{indent}({name}: .+)$", text, re.MULTILINE)
    if found is not None:
        yield f"{found[1]}\n"
