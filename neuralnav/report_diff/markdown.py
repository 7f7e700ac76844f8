"""A plan diff as the comment on a pull request: the decision first, then what changed and why, the rest folded."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from neuralnav.model.diff import PlanDiff, WorkloadDiff
from neuralnav.model.plain_text import counted
from neuralnav.report_diff.decision import (
    Judged,
    decision_text,
    is_quiet,
    judged,
    of_note,
    otherwise_text,
    otherwise_untold,
)
from neuralnav.report_diff.fleets import details_text, fix_of, fleets_of_note, subject_text, upper_first
from neuralnav.report_diff.sections import Section, sections
from neuralnav.report_diff.why import drift_texts, problem_text, why_text
from neuralnav.report_diff.words import (
    MARKDOWN,
    QUIET,
    Noise,
    after_text,
    both,
    code,
    cost_text,
    delta_text,
    judged_otherwise,
    latency_text,
    metrics_of,
    prose,
    side_text,
    slack_text,
    slo_text,
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
        return "\n\n".join([decision, MARKER])
    found = judged(diff, quiet)
    folded = sections([one.item for one in found if one.kind not in ("unchanged", "standing")])
    comment = _Comment(
        top=f"**{decision}**",
        rows=[_row(one) for one in of_note(found)],
        below=_below(diff, found),
        foot=[f"Reproduce: {code(_reproduce(diff))}", MARKER],
    )
    return comment.fitted(folded, limit)


@dataclass(frozen=True, slots=True)
class _Comment:
    """The parts of a comment, in their order."""

    top: str
    rows: Sequence[str]
    below: Sequence[str]
    foot: Sequence[str]

    def fitted(self, folded: Sequence[Section], limit: int) -> str:
        """Return the comment without the last sections, then the last rows, that do not fit `limit` bytes."""
        for kept in range(len(folded), -1, -1):
            cut = _cut([section.title for section in folded[kept:]])
            whole = self._whole(len(self.rows), [*self.below, *cut], folded[:kept])
            if _size(whole) <= limit:
                return whole
        titles = [section.title for section in folded]
        below = self.below if _size("".join(self.below)) <= limit // 2 else []
        cut = _cut(titles if below else [*titles, "problems, drift and notes"])
        low, high = 0, len(self.rows) - 1
        while low < high:  # the most rows that fit
            middle = (low + high + 1) // 2
            if _size(self._whole(middle, [*below, *cut], [])) <= limit:
                low = middle
            else:
                high = middle - 1
        return self._whole(max(low, 0), [*below, *cut], [])

    def _whole(self, rows: int, below: Sequence[str], folded: Sequence[Section]) -> str:
        left = len(self.rows) - rows
        table = ["\n".join([*_HEAD, *self.rows[:rows]])] if rows else []
        hidden = [f"{counted(left, 'more changed workload')} not shown."] if left else []
        parts = [self.top, *table, *hidden, *below, *(section.folded() for section in folded), *self.foot]
        return "\n\n".join(parts)


def _cut(titles: Sequence[str]) -> list[str]:
    """Return the line that says what was cut; nothing where nothing was."""
    where = "The report that the job keeps has them, and the command below with `--format json`."
    return [f"Cut to fit a comment: {', '.join(titles)}. {where}"] if titles else []


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _row(one: Judged) -> str:
    item = one.item
    ttft = next(((before, after) for _, before, after in metrics_of(item)), None)
    latency = f"{latency_text(*ttft)} ({slo_text(*ttft)})" if ttft else ""
    former = f" (was {code(item.renamed_from)})" if item.renamed_from else ""
    cells = [
        code(item.workload) + former, prose(side_text(item.before)), prose(after_text(item)), _money(item), latency,
        _least_slack(item), _why(one),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _money(item: WorkloadDiff) -> str:
    text = cost_text(item)
    changed = item.before.choice and item.after.choice and item.cost_delta_usd_per_month
    return f"{text}<br>{delta_text(item)}" if " -> " in text and changed else text


def _least_slack(item: WorkloadDiff) -> str:
    """Return, for each side, the metric with the least of its SLO left."""
    shown = []
    for name, side in (("before", item.before), ("after", item.after)):
        shares = [(share, change.metric) for change in item.slack if (share := getattr(change, name)) is not None]
        if side.choice and shares:
            share, metric = min(shares)
            shown.append((metric.upper(), slack_text(share)))
    if len({metric for metric, _ in shown}) == 1:
        return f"{shown[0][0]} {both(shown[0][1], shown[-1][1])}"
    return " -> ".join(" ".join(pair) for pair in shown)


def _why(one: Judged) -> str:
    item = one.item
    reason = why_text(item, MARKDOWN)
    if one.kind == "drifted" and not reason:
        reason = prose("; ".join(dict.fromkeys(drift.message for drift in item.drift)))
    otherwise = otherwise_text(item, MARKDOWN) if otherwise_untold(item) else ""
    return "; ".join(part for part in (reason, otherwise) if part)


def _below(diff: PlanDiff, found: Sequence[Judged]) -> list[str]:
    """Return what stands below the table: a paragraph each, then problems, drift and notes as a list."""
    bullets = [
        *_capped([f"- problem: {problem_text(item, MARKDOWN)}" for item in diff.problems], "problem"),
        *_capped([f"- {text}" for text in drift_texts([one.item for one in found], MARKDOWN)], "drift"),
        *_capped([f"- {code(one.item.workload)}: {prose(note)}" for one in found for note in one.item.notes], "note"),
    ]
    parts = [_fleets(diff), _weakened(diff), _left(found), _verdicts(found), "\n".join(bullets), _others(found)]
    return [part for part in parts if part]


def _capped(lines: Sequence[str], what: str) -> list[str]:
    return [*lines[:LISTED], *([f"- and {counted(len(lines) - LISTED, what)} more"] if len(lines) > LISTED else [])]


def _weakened(diff: PlanDiff) -> str:
    if not diff.weakened:
        return ""
    names = ", ".join(code(name) for name in diff.weakened[:LISTED])
    more = f" and {len(diff.weakened) - LISTED} more" if len(diff.weakened) > LISTED else ""
    return f"**This change weakens or changes policies:** {names}{more}. The base's rules are still enforced on it."


def _left(found: Sequence[Judged]) -> str:
    left = [f"{code(one.item.workload)} leaves {code(name)}" for one in found for name in one.item.left]
    if not left:
        return ""
    more = f" and {len(left) - LISTED} more" if len(left) > LISTED else ""
    return f"**Workloads leave policies:** {', '.join(left[:LISTED])}{more}. Nothing holds them to those any more."


def _fleets(diff: PlanDiff) -> str:
    """Return the rules over all workloads that judge otherwise, a bullet each, what fails the change in bold."""
    lines = []
    for item in fleets_of_note(diff):
        said, fix = upper_first(subject_text(item, MARKDOWN)), fix_of(item)
        parts = [details_text(item, MARKDOWN), f"fix: {fix}" if fix else ""]
        details = "; ".join(part for part in parts if part)
        lines.append("- " + (f"**{said}**" if item.refused else said) + (f": {details}" if details else ""))
    return "\n".join(_capped(lines, "rule"))


def _verdicts(found: Sequence[Judged]) -> str:
    """Return the policies line: the rules that judge a choice otherwise than before."""
    said = [
        f"{code(rule.rule)} {_SAID.get(rule.choice_after, 'is silent on')} {code(one.item.workload)}"
        for one in found
        for rule in judged_otherwise(one.item)
    ]
    more = f" and {len(said) - LISTED} more" if len(said) > LISTED else ""
    return f"Policies: {', '.join(said[:LISTED])}{more}." if said else ""


_SAID = {"pass": "passes", "warn": "warns of", "deny": "refuses", "audit": "records", "exempt": "exempts"}


def _others(found: Sequence[Judged]) -> str:
    kinds = [one.kind for one in found]
    parts = [
        (kinds.count("quiet"), *QUIET),
        (kinds.count("unchanged"), "workload unchanged", "workloads unchanged"),
        (kinds.count("standing"), "workload still without a plan", "workloads still without a plan"),
    ]
    said = [counted(count, one, many) for count, one, many in parts if count]
    return ", ".join(said) + "." if said else ""


def _reproduce(diff: PlanDiff) -> str:
    sides = [diff.base] if diff.head in _WORKING_TREE else [diff.base, diff.head]
    return " ".join(["neuralnav diff", *map(shlex.quote, sides)])
