"""The short phrases that name a cause."""

from neuralnav.model.diff import FieldEdit

LONGEST = 60


def edited(edit: FieldEdit, document: str = "") -> str:
    """Return `slo.ttft 150ms -> 100ms (line 9)`; `document` names the file where it is not the workload's."""
    line = f"line {edit.where.line}" if edit.where.line else ""
    place = " ".join(word for word in (document, line) if word)
    return f"{edit.field.removeprefix('spec.')} {moved(edit.before, edit.after)}" + (f" ({place})" if place else "")


def moved(before: str, after: str) -> str:
    """Return `a -> b`, `b added` or `a removed`, each side cut to a phrase."""
    old, new = (short(text) for text in (before, after))
    if before and after:
        return f"{old} -> {new}"
    return f"{new} added" if after else f"{old} removed"


def changed(*, there: bool, here: bool) -> str:
    """Return `added`, `removed` or `changed`."""
    if there and here:
        return "changed"
    return "added" if here else "removed"


def short(text: str) -> str:
    """Return a text cut to what a phrase can hold."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
