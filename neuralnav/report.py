"""Plan, drift and problems as text, markdown and JSON. Strings only: what is said is decided elsewhere."""

import unicodedata
from collections.abc import Iterable, Sequence

from neuralnav.errors import Diagnostic, ExitCode
from neuralnav.model.conflict_text import conflict_text
from neuralnav.model.lock import LockedRefusal, LockedVerdict
from neuralnav.model.plain_text import markdown_text, printable
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.model.report import (
    Report,
    ReportedChoice,
    ReportedDrift,
    ReportedFinding,
    ReportedMetric,
    ReportedPolicies,
    ReportedProblem,
    ReportedWhere,
    WorkloadReport,
)
from neuralnav.model.spec import UnusedRuns

WIDE = 5
"""Up to this many workloads are shown in full; more get a line each."""

NO_PLAN = {"infeasible": "no feasible plan", "refused": "no permitted plan"}
"""What is said of a workload without a choice, by its status."""

QUOTE_COLUMNS = 96
REASON_COLUMNS = 24
LABEL_COLUMNS = 14

RELAX = {
    "constraint.budget": "raise constraints.budget",
    "constraint.gpus": "raise constraints.gpus",
    "deploy.maxReplicas": "raise deploy.autoscaling.maxReplicas",
    "slo.ttft": "raise slo.ttft",
    "slo.itl": "raise slo.itl",
    "slo.e2e": "raise slo.e2e",
    "evidence": "add a benchmark table for this shape",
    "price": "add the price with a catalog overlay, or choose another provider",
    "deploy.target": "set deploy.target: LLMInferenceService (name of at most 39 characters), which spans nodes",
    "memory": "allow an accelerator with more memory, or lower constraints.contextLength",
    "constraint.context": "lower constraints.contextLength",
    "constraint.reasoning": "set constraints.reasoning: true, and token lengths that count the thinking",
    "constraint.precisions": "widen constraints.precisions",
    "constraint.accelerators": "widen constraints.accelerators",
    "constraint.licenses": "widen constraints.licenses",
    "constraint.families": "widen constraints.families",
    "constraint.models": "widen constraints.models",
}
"""What lifts each refusal, in threes from the last rule that a candidate meets to the first."""


def report_text(report: Report, *, seconds: float | None = None) -> str:
    """Return what a report found and did, as text for a terminal. Problems are told by `diagnostics_text`."""
    full = len(report.workloads) <= WIDE
    width = max([LABEL_COLUMNS, *(len(item.workload) for item in report.workloads)])
    blocks = [full_text(item, width) if full else line_text(item, width) for item in report.workloads]
    blocks.extend(line for finding in report.policies for line in finding_lines(finding))
    blocks.extend(_closing(report, seconds))
    return "\n".join(printable(line) for block in blocks if block for line in block.split("\n"))


def as_json(report: Report) -> str:
    """Return the report as JSON; its schema is schemas/report.v1alpha1.json."""
    return report.model_dump_json(indent=2, by_alias=True)


def as_markdown(report: Report) -> str:
    """Return the report as a markdown table, one row a workload."""
    lines = ["| workload | plan | cost/month | TTFT p95 (SLO) | ITL p95 (SLO) | E2E p95 (SLO) | status |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for item in report.workloads:
        choice = item.choice
        cells = [markdown_text(item.workload)]
        if choice is None:
            cells += [NO_PLAN.get(item.status, ""), "", "", "", ""]
        else:
            cells += [markdown_text(_headline(choice)), format_usd(choice.cost_usd_per_month)]
            cells += [_against(metric) for metric in (choice.ttft, choice.itl, choice.e2e)]
        lines.append("| " + " | ".join([*cells, item.status]) + " |")
    for item in report.workloads:
        said = _policies(item.policies) if item.choice else refusals_text(_by_policy(item))
        lines += [f"- **{markdown_text(item.workload)}** {markdown_text(' '.join(line.split()))}" for line in said]
    lines += [f"- **{markdown_text(p.where.file)}:{p.where.line}** {markdown_text(p.message)}" for p in report.problems]
    lines += [
        f"- **{markdown_text(_found(item))}** {markdown_text('; '.join((item.message, *item.why)))}"
        for item in report.policies
    ]
    return "\n".join(lines)


def diagnostics_text(diagnostics: Iterable[Diagnostic], *, writes: bool = True) -> str:
    """Return every problem with its place, the line quoted and a caret, and the count.

    What else was asked for `writes`: it says that it did not.
    """
    every = list(diagnostics)
    count = "1 problem" if len(every) == 1 else f"{len(every)} problems"
    closing = f"{count}; nothing was written" if writes else count
    return "\n".join([*(diagnostic_text(item) for item in every), closing])


def problem(diagnostic: Diagnostic) -> ReportedProblem:
    """Return a diagnostic as a report holds it."""
    where = diagnostic.where
    place = ReportedWhere(file=where.file, line=where.line, column=where.column)
    return ReportedProblem(where=place, message=diagnostic.message, hint=diagnostic.hint)


def refusals_text(refused: Sequence[LockedRefusal], limit: int = 8) -> list[str]:
    """Return what was refused, by reason, with the nearest candidate and what would let it through."""
    lines = []
    width = max([REASON_COLUMNS, *(len(item.reason) for item in refused[:limit])])
    for item in refused[:limit]:
        near = " (near miss)" if item.near_miss else ""
        by = f": {item.by}{near}" if item.by else ""
        nearest = f"   nearest {item.nearest}{by}" if item.nearest else ""
        lines.append(f"{item.count:>6,} by {item.reason:<{width}}{nearest}".rstrip())
    if len(refused) > limit:
        lines.append(f"       and {len(refused) - limit} more reasons")
    return lines


def relaxations(refused: Sequence[LockedRefusal]) -> list[str]:
    """Return what to relax: first the rules whose candidates pass all others, then near misses, then the rest."""
    place = {reason: index for index, reason in enumerate(RELAX)}
    last = len(place)
    ordered = sorted(refused, key=lambda item: (place.get(item.reason, last) // 3, not item.near_miss, -item.count))
    found = []
    for item in ordered:
        missed = [f"slo.{part.split()[0]}" for part in item.by.split(", ")] if item.reason.startswith("slo.") else []
        advice = f"raise {' and '.join(missed)}" if item.nearest and missed else RELAX.get(item.reason)
        if advice:
            found.append(f"{advice} ({item.nearest}: {item.by})" if item.nearest else advice)
    return found


def drift_text(drift: ReportedDrift) -> str:
    """Return a drift on one line: its class, where, what, and the command that mends it."""
    place = f"{drift.file}:{drift.line}" if drift.line else drift.file
    return f"drift ({drift.drift}) in {place}: {drift.message}; fix: {drift.fix}"


def source_text(source: str, measured_runs: int) -> str:
    """Return where numbers come from, and how many measured runs corrected them."""
    if not measured_runs:
        return source
    return f"{source}, corrected by {measured_runs} measured run{'s' if measured_runs != 1 else ''}"


def unused_text(unused: Sequence[UnusedRuns]) -> str:
    """Return how many measured runs say nothing of a plan, and why; empty when there is none."""
    total = sum(item.count for item in unused)
    if not total:
        return ""
    why = "; ".join(f"{item.reason} ({item.count}, such as {item.first})" for item in unused)
    return f"{total} measured run{'s' if total != 1 else ''} not used: {why}"


def full_text(item: WorkloadReport, width: int) -> str:
    """Return all that is told of a workload, over several lines, its name in a column of a width."""
    lines: list[str] = []
    label = item.workload.ljust(width)
    pad = " " * (width + 1)
    if item.choice is not None:
        choice = item.choice
        lines.append(f"{label} {_headline(choice):<58} {format_usd(choice.cost_usd_per_month)}/month")
        lines.append(pad + _metrics(choice))
        lines.append(pad + _standing(item, choice))
        lines += [pad + line for line in _policies(item.policies)]
        lines += [pad + line for line in _remarks(choice)]
    elif item.status == "refused":
        lines += _refused(item)
    elif item.status == "infeasible":
        lines.append(f"no feasible plan for {item.workload}: all {item.considered:,} candidates were refused")
        lines += ["  " + line for line in refusals_text(item.refused)]
        lines += [f"  to relax: {advice}" for advice in relaxations(item.refused)[:3]]
    lines += [pad + note for note in item.notes]
    lines += [drift_text(drift) for drift in item.drift]
    return "\n".join(lines)


def _refused(item: WorkloadReport) -> list[str]:
    """Return which rules refuse all that the workload admits, with the nearest to each."""
    theirs = _by_policy(item)
    count = item.policies.refused if item.policies else 0
    every = (
        f"the only feasible candidate of {item.considered:,} was"
        if count == 1
        else (f"all {count:,} feasible candidates of {item.considered:,} were")
    )
    return [
        f"no permitted plan for {item.workload}: {every} refused by policy",
        *("  " + line for line in refusals_text(theirs)),
        f"  to see why: neuralnav explain {item.path} {theirs[0].nearest}; an exemption in neuralnav.yaml lifts a rule",
    ]


def _by_policy(item: WorkloadReport) -> list[LockedRefusal]:
    return [refusal for refusal in item.refused if refusal.reason.startswith(PREFIX)]


def _policies(found: ReportedPolicies | None) -> list[str]:
    """Return how many policies the choice passes, and what is said of it where they do more than that."""
    if found is None or not found.applied:
        return []
    warned = {item.rule.partition(".")[0] for item in found.verdicts if item.verdict == "warn"}
    parts = [f"{found.applied - len(warned)} passed"]
    for verdict, one, many in SAID:
        said = [item for item in found.verdicts if item.verdict == verdict]
        if said:
            first = [_verdict(item) for item in said[:MOST_SAID]]
            rest = [f"and {len(said) - MOST_SAID} more"] if len(said) > MOST_SAID else []
            parts.append(f"{len(said)} {one if len(said) == 1 else many} ({'; '.join([*first, *rest])})")
    if found.refused:
        parts.append(f"{found.refused:,} candidate{'s' if found.refused != 1 else ''} refused")
    return ["policies: " + ", ".join(parts)]


MOST_SAID = 3
"""How many verdicts of a kind the text names; the lock and the JSON hold all."""

SAID = (("warn", "warning", "warnings"), ("exempt", "exemption", "exemptions"), ("audit", "audited", "audited"),
        ("prefer", "preference", "preferences"))  # fmt: skip
"""The verdicts that a plan tells of, with the words for one and for several."""


def _verdict(item: LockedVerdict) -> str:
    """Return what a rule says of the choice, in as few words as it can."""
    what = item.message or item.why
    if item.points:
        return f"{item.rule}: {item.points:+g} points"
    owner = f", for {item.owner}" if item.owner else ""
    return f"{item.rule}{owner}: {what}" if what else f"{item.rule}{owner}"


def line_text(item: WorkloadReport, width: int) -> str:
    """Return a workload on one line, with what policies say and its drift below."""
    label = item.workload.ljust(width)
    if item.choice is None:
        return f"{label} {NO_PLAN.get(item.status, item.status)}"
    tail = f"   {item.status}" if item.status != "unchanged" else ""
    said = _policies(item.policies) if item.policies and item.policies.verdicts else []
    drift = "".join(f"\n  {line}" for line in said)
    drift += "".join(f"\n  {drift_text(found)}" for found in item.drift)
    return f"{label} {_headline(item.choice):<58} {format_usd(item.choice.cost_usd_per_month):>10}/month{tail}{drift}"


FOUND = {"deny": "refused by", "warn": "warned by", "audit": "recorded by", "note": "note on"}


def _found(finding: ReportedFinding) -> str:
    """Return which rule of a policy says something of a repository, and of what in it."""
    rule = f"{finding.policy}.{finding.rule}" if finding.rule else finding.policy
    return f"{FOUND[finding.verdict]} {rule}" + (f" ({finding.subject})" if finding.subject else "")


def finding_lines(finding: ReportedFinding) -> list[str]:
    """Return what a policy says of a repository: the rule, why, and what to do."""
    where = finding.where
    place = f"{where.file}:{where.line}" if where.line else where.file
    fix = f"; fix: {finding.fix}" if finding.fix else ""
    return [f"{_found(finding)}: {finding.message}", *(f"  {line}" for line in finding.why), f"  {place}{fix}"]


def _headline(choice: ReportedChoice) -> str:
    replicas = choice.replicas.planned
    nodes = choice.nodes_per_replica
    gpus = f"{choice.gpus_per_replica // nodes}x {choice.accelerator}"
    if nodes > 1:
        gpus = f"{nodes} nodes of {gpus}"
    return f"{choice.model} {choice.precision.upper()} on {gpus}, {replicas} replica{'s' if replicas != 1 else ''}"


def _metrics(choice: ReportedChoice) -> str:
    parts = [
        f"{name} {format_ms(metric.p95_ms.value)} ({_bare(metric.slo_ms, metric.p95_ms.value)})"
        for name, metric in (("TTFT", choice.ttft), ("ITL", choice.itl), ("E2E", choice.e2e))
    ]
    parts[0] = parts[0].replace("(", "(SLO ", 1)
    source = source_text(choice.source, choice.correction.measured_runs if choice.correction else 0)
    return "   ".join(parts) + f"   p95, {source}, {_spread(choice)}"


def _bare(slo_ms: float, value_ms: float) -> str:
    """Return an SLO, in the value's unit without repeating it where that is the same."""
    text, shown = format_ms(slo_ms), format_ms(value_ms)
    number, unit = text.split(" ")
    return number.removesuffix(".0") if shown.endswith(f" {unit}") else text.replace(".0 ", " ")


def _spread(choice: ReportedChoice) -> str:
    """Return the 90 % interval as the factor by which each metric may be off, one number where they agree."""
    metrics = (choice.ttft.p95_ms, choice.itl.p95_ms, choice.e2e.p95_ms)
    factors = [f"{metric.high / metric.value:.1f}" for metric in metrics]
    return "90 % within a factor " + (factors[0] if len(set(factors)) == 1 else "/".join(factors))


def _standing(item: WorkloadReport, choice: ReportedChoice) -> str:
    text = f"{item.feasible:,} of {item.considered:,} candidates feasible"
    if choice.kept:
        return f"{text}; {choice.why}"
    if choice.runner_up:
        behind = f"-{choice.runner_up_behind:g} points" if choice.runner_up_behind > 0 else "level"
        text += f"; next: {choice.runner_up}, {behind}"
    unpriced = next((refusal.count for refusal in item.refused if refusal.reason == "price"), 0)
    return text + (f"; {unpriced:,} have no known price" if unpriced else "")


def _remarks(choice: ReportedChoice) -> list[str]:
    remarks = []
    if choice.conflict:
        found = choice.conflict
        remarks.append(conflict_text(found.outcomes, found.measured_runs, found.factors))
    if choice.mode == "simulator":
        remarks.append("simulator mode: the manifests run this plan's timing without a GPU; the cost is the plan's")
        remarks.append("to try it here: neuralnav-sim serve --lock plan.lock")
    if choice.instead_of:
        refused = f", which {choice.refused_by} refuses" if choice.refused_by else ""
        remarks.append(f"chosen anew in place of {choice.instead_of}{refused}")
    if not choice.quality.known:
        remarks.append(
            f"quality unknown: no published score; assumed {choice.quality.value:g} "
            f"({choice.quality.low:g}-{choice.quality.high:g}) from models of its size"
        )
    over = [
        f"{name} {format_ms(metric.p95_ms.high)}"
        for name, metric in (("TTFT", choice.ttft), ("ITL", choice.itl), ("E2E", choice.e2e))
        if metric.p95_ms.high > metric.slo_ms
    ]
    if over:
        remarks.append(
            f"at the upper end of its interval over the SLO: {', '.join(over)}; `confidence: safe` plans for it"
        )
    if choice.capacity_at_least:
        remarks.append("capacity is a lower bound: the top of the sweep still meets every SLO")
    if choice.kv_cache_use > 0.8:  # named in the sentence
        remarks.append(f"little KV headroom: {choice.kv_cache_use:.0%} of the KV cache is in use at the peak")
    return remarks


def _closing(report: Report, seconds: float | None) -> list[str]:
    took = f"   {seconds:.2f} s" if seconds is not None else ""
    written = [path for item in report.workloads for path in item.written]
    if written:
        verb = "would write" if any(item.status == "drift" for item in report.workloads) else "wrote"
        shown = ", ".join(written) if len(written) <= 4 else f"{len(written)} files"  # one line
        return [f"{verb} {shown}{took}"]
    if (
        report.exit_code == ExitCode.DONE
        and report.workloads
        and all(item.status == "unchanged" for item in report.workloads)
    ):
        return [f"up to date{took}"]
    return []


def _against(metric: ReportedMetric) -> str:
    return f"{format_ms(metric.p95_ms.value)} ({format_ms(metric.slo_ms)})"


def diagnostic_text(item: Diagnostic) -> str:
    """Return one problem with its place, the line quoted and a caret under it, the hint behind the caret."""
    where = item.where
    place = where.file + (f":{where.line}" if where.line else "") + (f":{where.column}" if where.column else "")
    lines = [f"{printable(place)}  {printable(item.message)}"]
    hint = printable(item.hint)
    if where.quote and where.column:
        quote, column = _window(where.quote, where.column)
        margin = f"  {where.line} | "
        caret = "^" * max(1, _columns(quote[column - 1 : column - 1 + where.width]))
        before = _columns(quote[: column - 1])
        lines += [margin + quote, " " * (len(margin) - 2) + "| " + " " * before + caret + (f" {hint}" if hint else "")]
    elif hint:
        lines.append(f"  {hint}")
    return "\n".join(lines)


def _window(quote: str, column: int) -> tuple[str, int]:
    """Return the part of a line around a column that fits a terminal, printable, and the column in it."""
    start = max(0, min(column - QUOTE_COLUMNS // 2, len(quote) - QUOTE_COLUMNS)) if len(quote) > QUOTE_COLUMNS else 0
    shown = quote[start : start + QUOTE_COLUMNS]
    return "".join(" " if c == "\t" else c if c.isprintable() else "?" for c in shown), column - start


def _columns(text: str) -> int:
    """Return how many terminal columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
