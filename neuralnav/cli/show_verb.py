"""`neuralnav show`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from neuralnav.cli.output import format_option
from neuralnav.cli.tables import print_table
from neuralnav.cli.work import code_of, read_workload
from neuralnav.cli.world import world_of
from neuralnav.errors import ExitCode, worst
from neuralnav.files.locks import find_lock
from neuralnav.files.places import find_workloads
from neuralnav.locking import locked_refusals
from neuralnav.model.conflict_text import conflict_text
from neuralnav.model.plan import VIEWS, RankedPlan
from neuralnav.model.policy_lines import PREFIX
from neuralnav.model.quantity import format_ms, format_usd
from neuralnav.pipeline import make_plan
from neuralnav.report import refusals_text, source_text

HEADER = ("", "candidate", "score", "GPUs", "USD/month", "TTFT", "ITL", "E2E", "quality", "capacity", "limit", "source")
COLUMNS = ("id", "replicas_planned", "gpus", "cost_usd_per_month", "ttft_p95_ms", "itl_p95_ms", "e2e_p95_ms", "quality",
           "quality_coverage", "capacity_rps", "capacity_at_least", "binding", "source", "measured_runs")  # fmt: skip


@click.command(
    name="show",
    epilog="All views: neuralnav show --view all. Why one is where it is: neuralnav explain WORKLOAD CANDIDATE",
)
@click.argument("workload", default=".")
@click.option("--view", type=click.Choice([*VIEWS, "all"]), default="balanced", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="Candidates of each view.")
@click.option("--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="A what-if.")
@format_option
def command(workload: str, *, view: str, limit: int, overrides: tuple[str, ...], form: str) -> int:
    """Show the ranked views of a WORKLOAD (a file, or a folder that holds one).

    `*` marks the locked choice; `~` marks a candidate that another beats in every score; `(+5)` behind a score, the
    points in it that policies prefer a candidate by. Times are p95 at the planned load.
    """
    codes, found = list[ExitCode](), list[dict[str, object]]()
    for place in find_workloads((workload,)):
        plan = make_plan(read_workload(place, overrides), world_of(place.root))
        lock = find_lock(place, upgrade=True).lock
        chosen = lock.choice.candidate if lock else ""
        codes.append(code_of(plan))
        if form == "json":
            found.append(_as_json(plan, view, limit))
            continue
        if not plan.views["balanced"]:
            click.echo(f"{plan.spec.name}: {'no permitted plan' if plan.refused_by_policy else 'no feasible plan'}")
        for name in VIEWS if view == "all" else (view,):
            if plan.views["balanced"]:
                click.echo(click.style(f"{plan.spec.name}: {_title(name)}", bold=True))
                body = [_row(plan, name, row, chosen) for row in plan.views[name][:limit]]
                print_table(HEADER, body, form=form, right=range(2, 10))
            for line in _conflicts(plan, plan.views[name][:limit]):
                click.echo(line)
        click.echo("refused:")
        by_policy_first = sorted(locked_refusals(plan.shut_out), key=lambda item: not item.reason.startswith(PREFIX))
        for line in refusals_text(by_policy_first):
            click.echo(line)
    if form == "json":
        click.echo(json.dumps({"workloads": found}, indent=2))
    return int(worst(codes))


def _title(view: str) -> str:
    return {
        "balanced": "balanced", "accuracy": "best accuracy", "cost": "lowest cost", "latency": "lowest latency",
        "complexity": "simplest",
    }[view]  # fmt: skip


def _row(plan: RankedPlan, view: str, row: int, chosen: str) -> tuple[str, ...]:
    table = plan.candidates.table
    c = {name: table[name][row].as_py() for name in COLUMNS}
    quality = f"{c['quality']:.1f}" if c["quality_coverage"] > 0 else "unknown"
    at_least = ">=" if c["capacity_at_least"] else ""
    mark = "*" if c["id"] == chosen else "~" if plan.dominated[row] else ""
    return (
        mark, c["id"], _score(plan, view, row), f"{c['gpus']}", format_usd(c["cost_usd_per_month"]),
        format_ms(c["ttft_p95_ms"]), format_ms(c["itl_p95_ms"]), format_ms(c["e2e_p95_ms"]), quality,
        f"{at_least}{c['capacity_rps']:.3g}/s", c["binding"], source_text(c["source"], c["measured_runs"]),
    )  # fmt: skip


def _conflicts(plan: RankedPlan, rows: Sequence[int]) -> Iterator[str]:
    """Yield a line for each candidate of a view whose outcomes contradict what was measured of it."""
    for name in map(plan.name_of, rows):
        if found := plan.conflicts.get(name):
            yield f"conflict: {name}: {conflict_text(found.outcomes, found.runs, found.factors)}"


def _score(plan: RankedPlan, view: str, row: int) -> str:
    """Return a score, with the points in it that policies prefer the candidate by."""
    points = float(plan.judged.points[row]) if plan.judged and view == "balanced" else 0.0
    return f"{plan.scores[view][row]:.1f}" + (f" ({points:+g})" if points else "")


def _as_json(plan: RankedPlan, view: str, limit: int) -> dict[str, object]:
    table = plan.candidates.table
    views = {}
    for name in VIEWS if view == "all" else (view,):
        views[name] = [
            {
                "rank": rank,
                **{column: table[column][row].as_py() for column in COLUMNS},
                "scores": {score: float(values[row]) for score, values in plan.scores.items()},
                "dominated": bool(plan.dominated[row]),
                **({"conflict": asdict(found)} if (found := plan.conflicts.get(plan.name_of(row))) else {}),
                **({"preference": float(plan.judged.points[row])} if plan.judged and plan.judged.points[row] else {}),
            }
            for rank, row in enumerate(plan.views[name][:limit], 1)
        ]
    refused = [item.model_dump() for item in locked_refusals(plan.shut_out)]
    return {"workload": plan.spec.name, "feasible": len(plan.views["balanced"]), "views": views, "refused": refused}
