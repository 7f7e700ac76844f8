"""What `neuralnav draft` found, as text for a terminal: who spoke, each field and its words, what stays open."""

from collections.abc import Iterator, Sequence

from neuralnav.draft.scalars import spelt
from neuralnav.draft.writing import quoted
from neuralnav.model.draft import Disagreement, Draft, Dropped, Finding, Question, Unplaced
from neuralnav.model.plain_text import clipped, printable

SHOWN = 8
"""So many words of each kind that were not placed, dropped or disputed are shown; JSON holds all."""

VALUE_COLUMNS = 34
QUOTE_COLUMNS = 64
LABEL_COLUMNS = 13
OPTIONS_COLUMNS = 84


def draft_text(draft: Draft) -> str:
    """Return a draft as a screen of text. It has findings."""
    blocks = (
        _engine(draft),
        _table(draft.findings),
        _listed("not placed", [_unplaced(item) for item in draft.unplaced]),
        _listed("dropped", [_dropped(item) for item in draft.dropped]),
        _listed("disagree", [_disagreement(item) for item in draft.disagreements if _both(item)]),
        _alone("only rules", [item.field for item in draft.disagreements if item.llm is None]),
        _alone("only model", [item.field for item in draft.disagreements if item.rules is None]),
        _questions(draft.questions),
    )
    return "\n".join(printable(line) for block in blocks for line in block)


def _voice(draft: Draft) -> str:
    if draft.engine == "llm":
        return f"read by {draft.voice}, and by the rules as a second opinion"
    return "read by the rules"


def _engine(draft: Draft) -> Iterator[str]:
    yield _voice(draft) + ("" if draft.engine == "llm" or draft.notes else "; no language model was asked")
    for note in draft.notes:
        yield f"note  {note}"


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    wide = max(len(item.field) for item in findings)
    values = [clipped(spelt(item.value), VALUE_COLUMNS) for item in findings]
    broad = max(len(value) for value in values)
    for item, value in zip(findings, values, strict=True):
        yield f"  {item.field:<{wide}}  {value:<{broad}}  {item.origin:<8}  {_behind(item)}".rstrip()


def _behind(item: Finding) -> str:
    words = ", ".join(quoted(quote.text, QUOTE_COLUMNS) for quote in item.quotes)
    return f"{words} ({item.why})" if words and item.why else words or item.why


def _listed(label: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines[:SHOWN]):
        yield f"{label if number == 0 else '':<{LABEL_COLUMNS}}{line}"
    if len(lines) > SHOWN:
        yield f"{'':<{LABEL_COLUMNS}}and {len(lines) - SHOWN} more; --format json lists all"


def _unplaced(item: Unplaced) -> str:
    return f"{quoted(item.quote.text, QUOTE_COLUMNS)}: {item.why}"


def _dropped(item: Dropped) -> str:
    return f"{item.field}: {clipped(spelt(item.value), VALUE_COLUMNS)} ({item.engine}): {item.why}"


def _disagreement(item: Disagreement) -> str:
    first, second = (
        "nothing" if value is None else clipped(spelt(value), VALUE_COLUMNS) for value in (item.rules, item.llm)
    )
    return f"{item.field}: rules say {first}, the model says {second}; taken from the {_NAMES[item.taken]}: {item.why}"


def _both(item: Disagreement) -> bool:
    return item.rules is not None and item.llm is not None


def _alone(label: str, fields: Sequence[str]) -> Iterator[str]:
    if fields:
        yield f"{label:<{LABEL_COLUMNS}}{', '.join(fields)}"


_NAMES = {"rules": "rules", "llm": "model"}


def _questions(questions: Sequence[Question]) -> Iterator[str]:
    for number, item in enumerate(questions, start=1):
        words = ", ".join(quoted(quote.text, QUOTE_COLUMNS) for quote in item.quotes)
        yield f"question {number}   {item.text}" + (f"  {words}" if words else "")
        if item.options:
            yield from _wrapped(item.options)
        yield f"{'':<{LABEL_COLUMNS}}{item.why}"


def _wrapped(options: Sequence[str]) -> Iterator[str]:
    """Yield answers to choose among, as many on a line as a screen holds."""
    line = ""
    for option in options:
        longer = f"{line} | {option}" if line else option
        if line and len(longer) > OPTIONS_COLUMNS:
            yield f"{'':<{LABEL_COLUMNS}}{line} |"
            longer = option
        line = longer
    yield f"{'':<{LABEL_COLUMNS}}{line}"
