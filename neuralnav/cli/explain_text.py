"""What `neuralnav explain` says of one candidate, as text."""

from collections.abc import Mapping
from typing import Any

from neuralnav.model.conflict_text import conflict_text
from neuralnav.model.plan import SCORES, Explanation
from neuralnav.model.policy import MOST_POINTS
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.model.verdicts import Said
from neuralnav.report import source_text

SAID = {
    "deny": "refused by", "warn": "warned by", "audit": "recorded by", "exempt": "exempt from",
    "prefer": "preferred by",
}  # fmt: skip


def explanation_text(found: Explanation) -> str:
    """Return why a candidate is where it is."""
    cells: Mapping[str, Any] = found.cells
    lines = [found.candidate + "   " + _verdict(found)]
    if cells["source"]:
        lines += _numbers(found)
    if not found.failed:
        lines.append(_pair("score", _score(found)))
        lines.append(_pair("places", ", ".join(f"{view} {place}" for view, place in found.ranks.items())))
    for failure in found.failed[1:]:
        if not failure.rule.startswith(PREFIX):
            lines.append(_pair("also refused by", f"{failure.rule}  {failure.by}".rstrip()))
    for said in sorted(found.said, key=lambda item: tuple(SAID).index(item.verdict)):
        lines += _policy(said)
    return "\n".join(lines + _ways_out(found))


def _ways_out(found: Explanation) -> list[str]:
    """Return what would make a refused candidate feasible, and which ones are in its place."""
    lines = []
    governed = [failure for failure in found.failed if failure.rule.startswith(PREFIX)]
    if found.relax:
        edits = " and ".join(f"{field}: {value}" for field, value in found.relax)
        lines.append(_pair("feasible with", edits))
    elif len(found.failed) > len(governed):
        lines.append(_pair("feasible with", "no edit of the workload alone"))
    if governed:
        names = " and ".join(failure.rule.removeprefix(PREFIX) for failure in governed)
        lines.append(_pair("permitted with", f"another policy, or an exemption from {names}"))
        none = "none: no candidate passes every rule"
        alone = f"; {found.nearest} passes {governed[0].rule.removeprefix(PREFIX)}"
        lines.append(
            _pair("nearest permitted", found.nearest if found.feasible else none + alone * bool(found.nearest))
        )
    for name, cost in found.siblings:
        lines.append(_pair("feasible instead", f"{name}   {format_usd(cost)}/month"))
    return lines


def _score(found: Explanation) -> str:
    """Return the balanced score as the sum that it is."""
    weighted = [f"{name} {found.scores[name]:g} x {getattr(found.weights, name):.0%}" for name in SCORES]
    preferred = f" {'-' if found.preference < 0 else '+'} {abs(found.preference):g} preferred"
    wanted = round(sum(said.points for said in found.said), 2)
    preferred += f", the most that counts of {wanted:+g}" if abs(wanted) > MOST_POINTS else ""
    return f"{found.scores['balanced']:g} = " + " + ".join(weighted) + (preferred if found.preference else "")


def _policy(said: Said) -> list[str]:
    """Return what a rule of a policy says: its words, then each condition that decided with what it read."""
    points = f"{said.points:+g} points" if said.points else ""
    owner = f"for {said.owner}: {said.reason}" if said.owner else ""
    words = "; ".join(part for part in (points, owner, said.message) if part)
    lines = [_pair(SAID[said.verdict], f"{said.policy}.{said.rule}" + (f"   {words}" if words else ""))]
    lines += [_pair("", str(seen)) for seen in said.seen]
    if said.unknown:
        lines.append(_pair("", f"so the rule has no value here, and says onUnknown: {said.unknown}"))
    return lines


def _verdict(found: Explanation) -> str:
    if found.failed:
        first = found.failed[0]
        near = " (near miss)" if first.near_miss else ""
        return f"refused by {first.rule}{': ' + first.by if first.by else ''}{near}"
    place = found.ranks["balanced"]
    if place == 1:
        return f"best balanced score of {found.feasible:,} feasible candidates"
    return f"feasible, {place} of {found.feasible:,}: {found.behind:g} points behind {found.best}"


def _numbers(found: Explanation) -> list[str]:
    cells: Mapping[str, Any] = found.cells
    lines = []
    sized = cells["replicas_planned"] > 0
    for metric, limit in found.slo_ms.items():
        value, low, high = (cells[f"{metric}_{part}"] for part in ("p95_ms", "low_ms", "high_ms"))
        load = "at the planned load" if sized else "at the lightest load"
        mark = "" if value <= limit else "   over"
        lines.append(
            _pair(f"{metric.upper()} p95", f"{format_ms(value)} {load}, SLO {format_ms(limit)}{mark}; 90 % interval "
                  f"{format_ms(low)} to {format_ms(high)}")
        )  # fmt: skip
    if sized:
        at_least = "at least " if cells["capacity_at_least"] else ""
        binds = f", limited by {cells['binding']}" if cells["binding"] != "none" else ""
        lines.append(_pair("capacity", f"{at_least}{cells['capacity_rps']:g} req/s per replica{binds}"))
        replicas = f"{cells['replicas_planned']} planned ({cells['replicas_min']} keep the SLOs at the peak)"
        lines.append(_pair("replicas", f"{replicas}, {cells['gpus']} GPU{'s' if cells['gpus'] != 1 else ''} in all"))
        if cells["cost_usd_per_month"] is not None:
            lines.append(_pair("cost", f"{format_usd(cells['cost_usd_per_month'])}/month"))
        lines.append(_pair("KV cache in use", f"{cells['kv_cache_use']:.0%} at the peak"))
    source = source_text(cells["source"], cells["measured_runs"])
    lines.append(_pair("evidence", f"{source}, {cells['evidence_id']}, engine {cells['engine_version']}"))
    if cells["measured_runs"]:
        factors = ", ".join(f"{metric.upper()} x {cells[f'{metric}_factor']:.2f}" for metric in found.slo_ms)
        rates = f"rates x {1 / cells['e2e_factor']:.2f}"
        lines.append(_pair("correction", f"{factors} on average over the curve; {rates}"))
    if found.conflict is not None:
        contradiction = conflict_text(found.conflict.outcomes, found.conflict.runs, found.conflict.factors)
        lines.append(_pair("conflict", contradiction))
    known = f"coverage {cells['quality_coverage']:.0%}" if cells["quality_coverage"] else "unknown: fallback by size"
    quality = f"{cells['quality']:g} ({cells['quality_low']:g} to {cells['quality_high']:g}), {known}"
    return [*lines, _pair("quality", quality)]


def _pair(name: str, value: str) -> str:
    return f"  {name:<18} {value}"
