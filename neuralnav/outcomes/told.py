"""A judged run as text or markdown: the verdict first, then planned beside observed, then what to change."""

from collections.abc import Iterator, Sequence

from neuralnav.model.emit import Tree, emit
from neuralnav.model.observe_report import ComparedLatency, ComparedTraffic, FieldEdit, ObservedWorkload
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.outcomes.sentences import NAMES, span_text
from neuralnav.outcomes.traffic import rate_text

HEADER = ("", "planned", "expected here", "observed", "pace", "SLO")
RELATED = {"met": "met", "missed": "missed", "unclear": "cannot be told"}
PACES = {"as-predicted": "as predicted", "slower": "slower", "faster": "faster", "unclear": "", "unknown": ""}
"""What stands in the column: empty where nothing can be said."""

CALIBRATE = "`neuralnav bench calibrate`: outcomes correct the curve of this configuration"


def merge_patch(edits: Sequence[FieldEdit]) -> str:
    """Return edits as a YAML merge patch (RFC 7396): what is set, and null for what is taken away."""
    tree: dict[str, Tree] = {}
    for edit in edits:
        _put(tree, ("spec", *edit.field.split(".")), edit.after)
    return emit(tree) if tree else ""


def _put(tree: dict[str, Tree], path: tuple[str, ...], value: str | int | float | None) -> None:
    inner = tree.get(path[0])
    if len(path) == 1:
        tree[path[0]] = value
    else:
        branch = inner if isinstance(inner, dict) else {}
        tree[path[0]] = branch
        _put(branch, path[1:], value)


def text_of(run: ObservedWorkload, *, applied: bool = False) -> str:
    """Return a run as a terminal shows it, without colour. `applied` says that its patch was written."""
    lead = f"{run.workload}   "
    lines = [
        (lead if index == 0 else " " * len(lead)) + f"{finding.verdict}: {finding.sentence}"
        for index, finding in enumerate(run.judgement.findings)
    ]
    lines.append(" " * len(lead) + _window(run))
    lines += ["", *_aligned(rows_of(run))]
    for title, body in _sections(run, applied=applied):
        lines += ["", title, *(f"  {line}" if line else "" for line in body)]
    return "\n".join(lines)


def markdown_of(run: ObservedWorkload, *, applied: bool = False) -> str:
    """Return a run as an issue or a pull request shows it."""
    first, *others = run.judgement.findings
    lines = [f"**`{run.workload}` {first.verdict}: {first.sentence}.**", ""]
    lines += [f"- {finding.verdict}: {finding.sentence}" for finding in others]
    lines += [*([""] if others else []), _window(run), "", *_piped(rows_of(run))]
    for title, body in _sections(run, applied=applied):
        fence = {"patch of the workload": "diff" if run.diff else "yaml"}.get(title)
        kept = [f"```{fence}", *body, "```"] if fence else [f"- {line}" for line in body]
        lines += ["", f"### {title}", "", *kept]
    return "\n".join(lines)


def rows_of(run: ObservedWorkload) -> list[tuple[str, ...]]:
    """Return the table of planned and observed, without its header."""
    judged = run.judgement
    return [
        *(_latency(row) for row in judged.latencies),
        *(_traffic(row) for row in judged.traffic),
        *_burstiness(judged.burstiness),
        *_capacity(run),
        *_flight(run),
        *_kv(run),
        ("cost", f"{format_usd(judged.sizing.usd_per_month)}/month", "", _spent(run), "", ""),
    ]


def _window(run: ObservedWorkload) -> str:
    span = f"{run.start} to {run.end} ({span_text(run.seconds)})"
    return f"{span}, {run.requests:,.0f} requests, {run.candidate}{', simulated' if run.simulated else ''}"


def _latency(row: ComparedLatency) -> tuple[str, ...]:
    plan, p95, expected = row.planned, row.p95_ms, row.expected
    bucket = "" if (p95.low, p95.high) == row.bucket_ms else f", bucket {_span(*row.bucket_ms)}"
    return (
        f"{NAMES[row.metric]} p95",
        f"{format_ms(plan.value)} ({_span(plan.low, plan.high)})",
        "" if expected is None else f"{format_ms(expected.p95_ms)} ({_span(expected.low_ms, expected.high_ms)})",
        f"{_span(p95.low, p95.high)}{bucket}, mean {format_ms(row.mean_ms)}",
        PACES[row.against],
        f"{format_ms(row.slo_ms)} {RELATED[row.slo]}, {_percent(row)}",
    )


def _span(low_ms: float, high_ms: float | None) -> str:
    """Return the bounds of a time in few letters: "120-180 ms", "1.2-1.5 s", "> 2.5 s"."""
    scale, unit = (1000.0, "s") if (low_ms if high_ms is None else high_ms) >= 1000.0 else (1.0, "ms")
    least = f"{low_ms / scale:.3g}"
    if high_ms is None:
        return f"> {least} {unit}"
    most = f"{high_ms / scale:.3g}"
    return f"{most} {unit}" if least == most else f"{least}-{most} {unit}"


def _percent(row: ComparedLatency) -> str:
    low, high = (f"{100.0 * (value or 0.0):.3g}" for value in (row.within_slo.low, row.within_slo.high))
    return f"{low} %" if low == high else f"{low}-{high} %"


def _traffic(row: ComparedTraffic) -> tuple[str, ...]:
    tokens = row.unit == "tokens"
    planned = f"{row.planned:,.0f}" if tokens else rate_text(row.planned)
    observed = f"{row.observed:,.0f}" if tokens else rate_text(row.observed)
    times = f", {row.observed / row.planned:.2g}x"
    apart = {"apart": times, "at-peak": times, "unclear": ", may be chance", "as-planned": ""}
    return row.name, planned, "", observed + apart[row.state], "", ""


def _burstiness(value: float | None) -> Iterator[tuple[str, ...]]:
    if value is not None:
        yield "burstiness", "1 (Poisson)", "", f"{value:.2g}", "", ""


def _capacity(run: ObservedWorkload) -> Iterator[tuple[str, ...]]:
    sizing = run.judgement.sizing
    seen = f"{sizing.seen_mean:.3g}"
    if sizing.seen_least != sizing.seen_most:
        seen += f" ({sizing.seen_least:g} to {sizing.seen_most:g})"
    sized = {"under-provisioned", "over-provisioned"} & {item.verdict for item in run.judgement.findings}
    if sizing.needed is not None and sized:
        seen += f", {sizing.needed} needed"
    yield "replicas", str(sizing.planned), "", seen, "", ""
    changed = sizing.capacity_rps != sizing.planned_capacity_rps
    here = rate_text(sizing.capacity_rps) if changed else ""
    yield "a replica carries", rate_text(sizing.planned_capacity_rps), here, "", "", ""
    if sizing.headroom_left is not None and sizing.capacity_rps > 0.0 and run.judgement.verdict != "not-enough":
        yield "headroom", f"{sizing.headroom:g}", "", f"{sizing.headroom_left:.2f}", "", ""


def _flight(run: ObservedWorkload) -> Iterator[tuple[str, ...]]:
    if run.in_flight_mean is not None:
        waiting = "" if not run.waiting_mean else f", {run.waiting_mean:.3g} waiting"
        yield "in flight", "", "", f"{run.in_flight_mean:.3g}{waiting}", "", ""


def _kv(run: ObservedWorkload) -> Iterator[tuple[str, ...]]:
    if run.kv_use_mean is not None:
        most = "" if run.kv_use_most is None else f", {_share(run.kv_use_most)} at most"
        planned = "" if run.planned_kv_use is None else _share(run.planned_kv_use)
        yield "KV cache", planned, "", f"{_share(run.kv_use_mean)}{most}", "", ""


def _share(value: float) -> str:
    return f"{100.0 * value:.1f} %"


def _spent(run: ObservedWorkload) -> str:
    return f"${run.cost_usd:,.2f} in {span_text(run.seconds * run.covered)}"


def _sections(run: ObservedWorkload, *, applied: bool) -> Iterator[tuple[str, list[str]]]:
    judged = run.judgement
    if judged.edits:
        yield "why the workload should change", [f"{edit.field}: {edit.why}" for edit in judged.edits]
        yield "patch of the workload", (run.diff or run.merge_patch or merge_patch(judged.edits)).splitlines()
    if run.what_if:
        yield "with that", [run.what_if]
    if judged.notes:
        yield "notes", list(judged.notes)
    following = list(_next(run, applied=applied))
    if following:
        yield "next", following


def _next(run: ObservedWorkload, *, applied: bool) -> Iterator[str]:
    """Yield what to run next, by what was found."""
    found = {finding.verdict for finding in run.judgement.findings}
    if run.judgement.edits and run.diff and applied:
        yield f"the workload was edited as above: `neuralnav compile {run.path}`"
    elif run.judgement.edits:
        yield f"edit the workload as above, then `neuralnav compile {run.path}`"
    elif found & {"under-provisioned", "over-provisioned"}:
        yield f"`neuralnav explain {run.path}`: what the plan counts on"
    if found & {"slower-than-predicted", "faster-than-predicted"} and not run.simulated:
        yield CALIBRATE
    if "not-enough" in found:
        yield "observe a longer window, or one with traffic"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    every = [HEADER, *rows]
    shown = [i for i in range(len(HEADER)) if i == 0 or any(row[i] for row in rows)]
    widths = {i: max(len(row[i]) for row in every) for i in shown}
    return ["  ".join(row[i].ljust(widths[i]) for i in shown).rstrip() for row in every]


def _piped(rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
