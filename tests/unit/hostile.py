"""Texts that would steer a page, a terminal or a job, and every place of a diff or report where a text can stand."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from diffs import H100, L40S, diff, edit, fleet_change, moved, on_l40s, planned, problem, side, workload

from neuralnav.model.diff import (
    Crossing,
    FleetChange,
    FleetSide,
    ManifestChange,
    NumberChange,
    PlanDiff,
    RankMove,
    RuleChange,
    ViewMoves,
    WordChange,
)
from neuralnav.model.report import ReportedDrift

PIECES = (
    "|", "\\|", "\\", "`", "```", "``", "\n", "\r", "\r\n", "\t", " ", "</details>", "<details>", "</summary>",
    "<!-- neuralnav:plan-diff -->", "<!--", "-->", "@team", "@a/b", "a@b.co", "#12", "GH-3", "a/b#4", "!5",
    "](http://x.example)", "[x](javascript:1)", "![x](//x.example/t.png)", "https://evil.example", "www.evil.example",
    "mailto:a@b.co", "<img src=x onerror=1>", "<https://evil.example>", "**", "__", "_a_", "*a*", "~~a~~", "~", "# h",
    "- a", "1. a", "> a", "---", "===", "&lt;", "&#64;me", "&amp;", "$$x$$", "$", ":+1:", "::error::x",
    "%0A::error::x", "%", "%25", ":", ",", "title=x", "\u202e", "\u200b", "\ufeff", "\x00", "\x1b[31m", "\x1b]0;x\x07",
    "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x9b31m", "x", "word", "/close", "{0}", "é漢字",
)  # fmt: skip

Path = tuple[str | int, ...]

OURS = frozenset({"version", "status", "state", "kind", "change", "drift", "mode", "metric", "verdict", "whose"})
"""Fields that hold one of a few words of ours, and a metric's name, which the caller checks."""


def rich() -> PlanDiff:
    """A diff that says something in every part: a move, no plan, broken input, an addition, drift, numbers."""
    mover = moved(
        "mover",
        views=(ViewMoves(view="balanced", moves=(RankMove(candidate=L40S, before=3, after=1),
                                                 RankMove(candidate=H100, before=1, after=0))),),
        gained=(Crossing(reason="constraint.accelerators", count=30, first=(L40S,)),),
        lost=(Crossing(reason="slo.ttft", count=2, first=("a/bf16/h100/tp1", "b/bf16/h100/tp1")),),
        rules=(RuleChange(rule="platform.evidence", before=0, after=44, choice_before="pass", choice_after="warn"),
               RuleChange(rule="platform.size", before=3, after=4, choice_before="pass", choice_after="pass")),
        edits=(edit(), edit("spec.traffic.users", "5000", "5001", line=7)),
        evidence=(NumberChange(what="price", before=4.5, after=2.9, unit="USD/h"),
                  NumberChange(what="capacity", before=None, after=11.0, unit="req/s")),
        words=(WordChange(what="source", before="simulated", after="measured"),),
        manifests=(ManifestChange(path="mover/deploy/service.yaml", change="changed",
                                  diff="--- a\n+++ b\n@@ -1 +1 @@\n-replicas: 2\n+replicas: 3\n"),),
        chosen_otherwise="gpt-oss-20b/mxfp4/h100/tp1", left=("guardrails (env prod -> dev)",),
        notes=("the price was valid until 2026-11-01",),
    )  # fmt: skip
    gone = workload("gone", status="changed", after=side("infeasible"), cost_delta_usd_per_month=None,
                    lost=(Crossing(reason="slo.e2e", count=9, first=()),))  # fmt: skip
    broken = workload("broken", status="changed", cost_delta_usd_per_month=None,
                      after=side("broken", problems=(problem("unknown key", "did you mean users?"),)))  # fmt: skip
    added = workload("added", status="added", before=side("absent"), cost_delta_usd_per_month=6570.0)
    removed = workload("removed", status="removed", after=side("absent"), cost_delta_usd_per_month=-6570.0)
    renamed = workload("renamed", status="renamed", renamed_from="former")
    drifted = workload("drifted", status="changed", drift=(ReportedDrift(
        drift="manifest", file="drifted/deploy/service.yaml", message="the file is not what the lock says",
        fix="neuralnav compile --frozen"),))  # fmt: skip
    numbers = workload("numbers", status="changed", before=planned(on_l40s()), after=planned(on_l40s(
        cost_usd_per_month=5400.0)), cost_delta_usd_per_month=-50.0)  # fmt: skip
    every = (mover, gone, broken, added, removed, renamed, drifted, numbers, workload("same"))
    return diff(
        *every, weakened=("platform.size",), fleets=fleets(),
        problems=(problem("no such policy", "write it"),),
    )  # fmt: skip


def fleets() -> tuple[FleetChange, ...]:
    """Rules over all workloads: one that now refuses, one of the base's that does, one that no longer warns."""
    over = fleet_change(by=("chat", "search", "more", "most"), uncounted=("stray/workload.yaml",))
    shares = {"policy": "gpu-share", "rule": "gpus", "what": "fleet.gpus", "unit": "GPUs", "message": "too many",
              "environments": ("prod",)}  # fmt: skip
    nine: dict[str, Any] = {"value": 9.0, "limit": 8.0}
    base = fleet_change(FleetSide(), FleetSide(verdict="deny", **nine), whose="base", **shares)
    eased = fleet_change(FleetSide(verdict="warn", **nine), FleetSide(verdict="pass", value=7.0, limit=8.0), **shares)
    return over, base, eased


def alone(name: str) -> PlanDiff:
    """The rich diff with one workload of it, whose name then stands in the first sentence."""
    whole = rich()
    return whole.model_copy(update={"workloads": tuple(one for one in whole.workloads if one.workload == name)})


def texts(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every text in a document that is not one of our own words."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            if key not in OURS or not isinstance(child, str):
                yield from texts(child, (*path, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, child in enumerate(value):
            yield from texts(child, (*path, index))
    elif isinstance(value, str):
        yield path


def with_texts(value: Any, paths: Set[Path], text: str, path: Path = ()) -> Any:
    """Return plain data with another text at some paths."""
    if isinstance(value, Mapping):
        return {key: with_texts(child, paths, text, (*path, key)) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(with_texts(child, paths, text, (*path, index)) for index, child in enumerate(value))
    return text if path in paths else value


def with_numbers(value: Any, whole: int, real: float) -> Any:
    """Return plain data with other numbers in place of all."""
    if isinstance(value, Mapping):
        return {key: with_numbers(child, whole, real) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(with_numbers(child, whole, real) for child in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return real if isinstance(value, float) else whole
