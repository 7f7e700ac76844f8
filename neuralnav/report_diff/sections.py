"""What a plan diff tells beside the decision, in parts that can be left out: numbers, rules, candidates, manifests."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.model.diff import Crossing, FieldEdit, NumberChange, ViewMoves, WorkloadDiff
from neuralnav.model.plain_text import clipped, counted, printable
from neuralnav.model.quantity import format_ms
from neuralnav.model.report import ReportedMetric
from neuralnav.report_diff.why import shut_out_text
from neuralnav.report_diff.words import (
    MARKDOWN,
    METRICS,
    both,
    code,
    in_brackets,
    latency_text,
    metrics_of,
    prose,
    signed_share,
    slack_text,
    slo_text,
)

MANIFEST_LINES = 120
LINE_CHARACTERS = 240
SHOWN = 20
"""Up to so many moves, crossings and edits of a workload are listed."""


@dataclass(frozen=True, slots=True)
class Section:
    """A folded part of a comment: its title, and its markdown."""

    title: str
    body: str

    def folded(self) -> str:
        """Return the section as a block that opens on a click. The empty lines let markdown begin anew inside."""
        return f"<details><summary>{self.title}</summary>\n\n{self.body}\n\n</details>"


def sections(items: Sequence[WorkloadDiff]) -> list[Section]:
    """Return the sections that have something to say, most important first; workloads in the order given."""
    made = []
    for title, lines in _SECTIONS:
        blocks = [(item, found) for item in items if (found := list(lines(item)))]
        if blocks:
            body = "\n\n".join("\n".join((_heading(item), "", *found)) for item, found in blocks)
            made.append(Section(title, body))
    return made


def _heading(item: WorkloadDiff) -> str:
    return f"**{code(item.workload)}**"


def _listed(lines: Sequence[str], what: str) -> list[str]:
    more = [f"- and {counted(len(lines) - SHOWN, what)} more"] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _latencies(item: WorkloadDiff) -> Iterator[str]:
    """Yield what the head's choice promises, where it is not what the base's does."""
    rows = [(name, before, after) for name, before, after in metrics_of(item) if after is not None]
    if all(before == after for _, before, after in rows):
        return
    yield "| p95 | now -> after | SLO | slack | 90 % interval after |"
    yield "|---|---|---|---|---|"
    slack = {change.metric.upper(): change for change in item.slack}
    for name, before, after in rows:
        left = slack.get(name)
        share = both(slack_text(left.after if before is None else left.before), slack_text(left.after)) if left else ""
        numbers = f"{latency_text(before, after)} | {slo_text(before, after)} | {share}"
        yield f"| {name} | {numbers} | {_interval(after)} |"


def _interval(metric: ReportedMetric) -> str:
    over = ", over the SLO at its upper end" if metric.p95_ms.value <= metric.slo_ms < metric.p95_ms.high else ""
    return f"{format_ms(metric.p95_ms.low)} to {format_ms(metric.p95_ms.high)}{over}"


def _rules(item: WorkloadDiff) -> list[str]:
    lines = []
    for rule in item.rules:
        line = f"- {code(rule.rule)} refuses {rule.before:,} -> {counted(rule.after, 'candidate')}"
        if rule.choice_before != rule.choice_after and item.after.choice:
            said = (prose(verdict or "nothing") for verdict in (rule.choice_before, rule.choice_after))
            line += f"; says of the choice: {' -> '.join(said)}"
        lines.append(line)
    return _listed(lines, "rule")


def _edits(item: WorkloadDiff) -> list[str]:
    named = {(edit.field, edit.where) for cause in item.causes for edit in cause.edits}
    lines = []
    for cause in item.causes:
        lines.append(f"- **{cause.kind}**: {prose(cause.said)}")
        lines += [f"  - {_edit(edit)}" for edit in cause.edits[:SHOWN]]
    lines += [
        f"- {_edit(edit)} (flips nothing by itself)" for edit in item.edits if (edit.field, edit.where) not in named
    ]
    return _listed(lines, "edit")


def _edit(edit: FieldEdit) -> str:
    where = edit.where
    place = f" ({code(f'{where.file}:{where.line}' if where.line else where.file)})" if where.file else ""
    if edit.before and edit.after:
        return f"{code(edit.field)} {code(edit.before)} -> {code(edit.after)}{place}"
    word = "added" if edit.after else "removed" if edit.before else "changed"
    values = (code(edit.field), code(edit.before or edit.after) if edit.before or edit.after else "", word)
    return " ".join(value for value in values if value) + place


def _crossings(item: WorkloadDiff) -> list[str]:
    lines = [*_crossed("gained, before", item.gained), *_crossed("lost, now", item.lost)]
    return _listed(lines, "reason")


def _crossed(word: str, found: Sequence[Crossing]) -> Iterator[str]:
    for crossing in found:
        first = ", ".join(code(name) for name in crossing.first)
        yield f"- {crossing.count:,} {word} {shut_out_text(crossing, MARKDOWN)}" + (f": {first}" if first else "")


def _evidence(item: WorkloadDiff) -> list[str]:
    words = [f"- {_name(change.what)}: {_word(change.before)} -> {_word(change.after)}" for change in item.words]
    lines = [*words, *(f"- {_name(change.what)}: {number_text(change)}" for change in item.evidence)]
    before, after = item.before.choice, item.after.choice
    other = lines and before and after and before.candidate != after.candidate
    opening = [f"Of {code(after.candidate)}, on the base and on the head:", ""] if other and after else []
    return [*opening, *_listed(lines, "number")]


_NAMES: Mapping[str, str] = {
    **{name: name for name in ("source", "cost", "price", "replicas", "quality")},
    "evidence": "evidence id", "engine": "engine version", "binding": "binding SLO", "gpus": "GPUs",
    "conflict": "outcomes over measured runs",
    "capacity": "capacity of a replica", "kv_cache_use": "KV cache in use", "score": "balanced score",
    "quality.low": "quality, low end", "quality.high": "quality, high end",
    **{f"{metric}.{what}": f"{metric.upper()} p95{end}" for metric in METRICS
       for what, end in (("p95", ""), ("low", ", low end"), ("high", ", high end"))},
}  # fmt: skip
"""What readers call the numbers and words of a candidate."""


def _name(what: str) -> str:
    return _NAMES.get(what) or code(what)


def _word(word: str) -> str:
    return word.upper() if word in METRICS else prose(word or "none")


def number_text(change: NumberChange) -> str:
    """Return a number on both sides with its unit, unknown where there is none, and the change as a share.

    It has the digits that plans show; more only where the two sides would look alike.
    """
    sides = (change.before, change.after)
    shown = [_rounded(side, change) for side in sides]
    if shown[0] == shown[1]:
        shown = ["unknown" if side is None else f"{side:,.6g}" for side in sides]
    unit = f" {prose(change.unit)}" if change.unit else ""
    share = ""
    if change.before and change.after is not None:
        share = in_brackets(signed_share((change.after - change.before) / abs(change.before)))
    return f"{shown[0]} -> {shown[1]}{unit}{share}"


LARGEST = 1e15
"""A larger number has no digits that anybody reads one by one."""


def _rounded(value: float | None, change: NumberChange) -> str:
    if value is None:
        return "unknown"
    if abs(value) >= LARGEST:
        return f"{value:.6g}"
    match change.unit:
        case "ms":
            return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
        case "points":
            return f"{value:,.1f}"
        case "req/s" | "USD/month":
            return f"{value:,.2f}".removesuffix(".00")
        case _:
            return f"{value:.1%}".replace("%", " %") if change.what == "kv_cache_use" else f"{value:,.6g}"


def _views(item: WorkloadDiff) -> list[str]:
    """Return the moves in each view; nothing where the head has no plan, and so no place for anything."""
    if item.after.choice is None:
        return []
    return _listed([f"- {code(view.view)}: {_moves(view)}" for view in item.views if view.moves], "view")


def _moves(view: ViewMoves) -> str:
    shown = [f"{code(move.candidate)} {move.before or 'not feasible'} -> {move.after or 'not feasible'}"
             for move in view.moves[:SHOWN]]  # fmt: skip
    return ", ".join(shown) + (f" and {len(view.moves) - SHOWN} more" if len(view.moves) > SHOWN else "")


def _manifests(item: WorkloadDiff) -> Iterator[str]:
    for change in item.manifests:
        yield f"- {code(change.path)} {change.change}"
    for change in item.manifests:
        if change.diff:
            yield from ("", *_fenced(change.diff))


_CLOSES = re.compile("<(?=[!/])")
"""What ends a block or opens a comment for one who does not see the fence, such as who looks for the marker."""


def _fenced(diff: str) -> list[str]:
    """Return a diff in a fence that is longer than any run of backticks in it, its lines printable."""
    every = diff.split("\n")
    lines = [_of_diff(line) for line in every[:MANIFEST_LINES]]
    more = [f"... {len(every) - MANIFEST_LINES} more lines"] if len(every) > MANIFEST_LINES else []
    runs = [len(run) for line in lines for run in re.findall("`+", line)]
    fence = "`" * max(3, 1 + max(runs, default=0))
    return [f"{fence}diff", *lines, *more, fence]


def _of_diff(line: str) -> str:
    """Return a line as one of a diff: whatever it holds, a mark of the diff stands first."""
    shown = _CLOSES.sub(r"\\x3c", clipped(printable(line), LINE_CHARACTERS))
    return shown if shown[:1] in "+- @\\" else f" {shown}"


_SECTIONS: Sequence[tuple[str, Callable[[WorkloadDiff], Sequence[str] | Iterator[str]]]] = (
    ("Latency and SLO slack", _latencies),
    ("Policy verdicts", _rules),
    ("Edits and causes", _edits),
    ("Candidates gained and lost", _crossings),
    ("Evidence", _evidence),
    ("Ranking moves", _views),
    ("Manifests", _manifests),
)
"""The sections, most important first: what does not fit is dropped from the end."""
