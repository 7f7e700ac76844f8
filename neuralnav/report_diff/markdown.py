"""A plan diff as the comment on a pull request: the decision first, then what changed and why, the rest folded."""

import shlex
from collections.abc import Sequence

from neuralnav.model.diff import PlanDiff, WorkloadDiff
from neuralnav.model.report import ReportedProblem
from neuralnav.report_diff.decision import Judged, decision_text, is_quiet, judged, of_note
from neuralnav.report_diff.sections import Section, sections
from neuralnav.report_diff.words import (
    MARKDOWN,
    Noise,
    after_text,
    code,
    cost_delta,
    cost_text,
    counted,
    delta_text,
    latency_text,
    metrics_of,
    prose,
    side_text,
    slack_text,
    slo_text,
    why_text,
)

MARKER = "<!-- neuralnav:plan-diff -->"
"""The hidden last line, by which a comment of ours is found again. No text of others can write it."""

LIMIT = 60_000
"""Bytes of a comment. GitHub takes 65,536 characters, and whoever posts may add a line or two."""

LISTED = 10
"""Up to so many problems, drifts and notes are listed."""

_HEAD = (
    "| workload | now | after | cost/month | TTFT p95 (SLO) | least slack | why |",
    "|---|---|---|---|---|---|---|",
)
_WORKING_TREE = ("", ".", "working tree")


def diff_markdown(diff: PlanDiff, *, noise: Noise | None = None, limit: int = LIMIT) -> str:
    """Return the comment of a diff, in at most `limit` bytes of UTF-8 (20,000 at least), the marker last.

    What does not fit is dropped as whole sections, least important first, then rows, and a line says so. The same
    diff gives the same bytes.
    """
    quiet = noise or Noise()
    decision = decision_text(diff, noise=quiet, marks=MARKDOWN)
    if is_quiet(diff, quiet):
        return f"{decision}\n\n{MARKER}\n"
    found = judged(diff, quiet)
    told = of_note(found)
    foot = f"Reproduce: {code(_reproduce(diff))}\n\n{MARKER}\n"
    top = f"**{decision}**\n\n"
    lines = _lines(diff, found)
    folded = sections([one.item for one in found if one.kind not in ("unchanged", "standing")])
    return _fitted(top, [_row(one) for one in told], lines, folded, foot, limit)


def _fitted(top: str, rows: Sequence[str], lines: Sequence[str], folded: Sequence[Section], foot: str,
            limit: int) -> str:  # fmt: skip
    """Return the parts together, without the sections from the last, then the rows from the last, that do not fit."""
    said = "\n".join([*lines, ""]) + "\n" if lines else ""
    for kept in range(len(folded), -1, -1):
        cut = _cut([section.title for section in folded[kept:]])
        parts = [section.folded() for section in folded[:kept]]
        whole = "\n".join([top + _table(rows) + said + cut, *parts]).rstrip("\n") + "\n\n" + foot
        if _size(whole) <= limit:
            return whole
    cut = _cut([*(section.title for section in folded), *([] if _size(said) <= limit // 2 else ["problems and notes"])])
    cut = (said if _size(said) <= limit // 2 else "") + cut
    low, high = 0, len(rows)
    while low < high:  # the most rows that fit
        middle = (low + high + 1) // 2
        if _size(_with_rows(top, rows, middle, cut, foot)) <= limit:
            low = middle
        else:
            high = middle - 1
    return _with_rows(top, rows, low, cut, foot)


def _with_rows(top: str, rows: Sequence[str], count: int, cut: str, foot: str) -> str:
    left = f"{counted(len(rows) - count, 'more changed workload')} not shown.\n\n" if count < len(rows) else ""
    return top + _table(rows[:count]) + left + cut + "\n" + foot


def _table(rows: Sequence[str]) -> str:
    return "\n".join([*_HEAD, *rows]) + "\n\n" if rows else ""


def _cut(titles: Sequence[str]) -> str:
    return f"Cut to fit a comment: {', '.join(titles).lower()}. The command below shows them.\n" if titles else ""


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _row(one: Judged) -> str:
    item = one.item
    ttft = next(((before, after) for _, before, after in metrics_of(item)), None)
    latency = f"{latency_text(*ttft)} ({slo_text(*ttft)})" if ttft else ""
    cells = [
        code(item.workload), prose(side_text(item.before)), prose(after_text(item)), _money(item), latency,
        _least_slack(item), _why(item),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _money(item: WorkloadDiff) -> str:
    text = cost_text(item)
    return f"{text}<br>{delta_text(item)}" if " -> " in text and cost_delta(item) is not None else text


def _least_slack(item: WorkloadDiff) -> str:
    """Return, for each side, the metric with the least of its SLO left."""
    shown = []
    for side in (item.before.choice, item.after.choice):
        if side is not None:
            metrics = (("TTFT", side.ttft), ("ITL", side.itl), ("E2E", side.e2e))
            name, least = min(metrics, key=lambda pair: 1 - pair[1].p95_ms.value / pair[1].slo_ms)
            shown.append(f"{name} {slack_text(least)}")
    return " -> ".join(dict.fromkeys(shown))


def _why(item: WorkloadDiff) -> str:
    reason = why_text(item, MARKDOWN)
    otherwise = f"compile would choose {code(item.chosen_otherwise)}" if item.chosen_otherwise else ""
    return "; ".join(part for part in (reason, otherwise) if part)


def _lines(diff: PlanDiff, found: Sequence[Judged]) -> list[str]:
    """Return what stands below the table, a paragraph each, then problems, drift and notes as a list."""
    paragraphs = [_weakened(diff), _verdicts(found), _others(found)]
    bullets = [
        *_capped([_problem(item) for item in diff.problems], "problem"),
        *_capped([_drift(one.item) for one in found if one.item.drift], "workload"),
        *_capped([f"- {code(one.item.workload)}: {prose(note)}" for one in found for note in one.item.notes], "note"),
    ]
    return [line for text in paragraphs if text for line in (text, "")] + bullets


def _capped(lines: Sequence[str], what: str) -> list[str]:
    return [*lines[:LISTED], *([f"- and {counted(len(lines) - LISTED, what)} more"] if len(lines) > LISTED else [])]


def _weakened(diff: PlanDiff) -> str:
    if not diff.weakened:
        return ""
    names = ", ".join(code(name) for name in diff.weakened[:LISTED])
    more = f" and {len(diff.weakened) - LISTED} more" if len(diff.weakened) > LISTED else ""
    return f"**This change weakens policies:** {names}{more}. The base's rules are still enforced on it."


def _verdicts(found: Sequence[Judged]) -> str:
    """Return the policies line: the rules that judge a choice otherwise than before."""
    said = [
        f"{code(rule.rule)} {_SAID.get(rule.choice_after, 'is silent on')} {code(one.item.workload)}"
        for one in found
        for rule in one.item.rules
        if rule.choice_before != rule.choice_after
    ]
    counted_only = sum(len(one.item.rules) for one in found) - len(said)
    if counted_only:
        said.append(f"{counted(counted_only, 'rule refuses', 'rules refuse')} another number of candidates")
    more = f" and {len(said) - LISTED} more" if len(said) > LISTED else ""
    return f"Policies: {', '.join(said[:LISTED])}{more}." if said else ""


_SAID = {"pass": "passes", "warn": "warns of", "deny": "refuses", "audit": "records", "exempt": "exempts"}


def _others(found: Sequence[Judged]) -> str:
    kinds = [one.kind for one in found]
    parts = [
        (kinds.count("quiet"), "workload whose plan stays", "workloads whose plans stay"),
        (kinds.count("unchanged"), "workload unchanged", "workloads unchanged"),
        (kinds.count("standing"), "workload still without a plan", "workloads still without a plan"),
    ]
    said = [counted(count, one, many) for count, one, many in parts if count]
    return ", ".join(said) + "." if said else ""


def _problem(item: ReportedProblem) -> str:
    where = item.where
    place = where.file + (f":{where.line}" if where.line else "")
    hint = f"; {prose(item.hint)}" if item.hint else ""
    return f"- {code(place)} {prose(item.message)}{hint}"


def _drift(item: WorkloadDiff) -> str:
    parts = [f"{drift.drift} in {code(drift.file)}; fix: {code(drift.fix)}" for drift in item.drift[:LISTED]]
    return f"- {code(item.workload)} has drifted: " + "; ".join(parts)


def _reproduce(diff: PlanDiff) -> str:
    sides = [diff.base] if diff.head in _WORKING_TREE else [diff.base, diff.head]
    return " ".join(["neuralnav diff", *map(shlex.quote, sides)])
