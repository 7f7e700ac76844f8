"""What a conversation about a workload shows on a terminal: changes with their words, and one question."""

from neuralnav.cli.draft_text import QUOTE_COLUMNS, VALUE_COLUMNS
from neuralnav.draft.chat import Reply
from neuralnav.draft.refine import Change, Refinement
from neuralnav.draft.scalars import spelt
from neuralnav.draft.writing import quoted
from neuralnav.model.draft import Question, Value
from neuralnav.model.plain_text import clipped


def reply_lines(reply: Reply, name: str) -> list[str]:
    """Return a reply's own words, then what changed and what could not; the drafted table is not among them."""
    found = [] if reply.refinement is None else refinement_lines(reply.refinement, name)
    return [*reply.lines, *found, *(reply.diff.split("\n") if reply.diff else ())]


def refinement_lines(found: Refinement, name: str) -> list[str]:
    """Return what an instruction made of a workload: each change, what is so already, what was not placed, and why."""
    lines = [_change(item) for item in found.changes]
    lines += [f"note: {note}" for note in found.notes]
    lines += [f"not placed: {quoted(item.quote.text, QUOTE_COLUMNS)}: {item.why}" for item in found.unplaced]
    for question in found.questions:
        lines += [f"to settle: {question.text}"]
    for item in found.problems:
        hint = f"; {item.hint}" if item.hint else ""
        lines.append(f"{name} is not changed: {item.message}{hint}")
    return lines


def question_lines(question: Question) -> list[str]:
    """Return a question with its options, numbered, and why it is asked."""
    options = [f"  {number}  {option}" for number, option in enumerate(question.options, start=1)]
    return [f"{question.text}  ({question.why}; an empty line skips it)", *options]


def _change(item: Change) -> str:
    words = ", ".join(quoted(quote.text, QUOTE_COLUMNS) for quote in item.finding.quotes)
    behind = f"{words} ({item.finding.why})" if words and item.finding.why else words or item.finding.why
    by = f"{item.finding.origin} by the model" if item.finding.engine == "llm" else item.finding.origin
    return f"  {item.field}: {_shown(item.before)} -> {_shown(item.after)}  {by}: {behind}"


def _shown(value: Value | None) -> str:
    return "nothing" if value is None else clipped(spelt(value), VALUE_COLUMNS)
