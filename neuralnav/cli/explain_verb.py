"""`neuralnav explain`."""

import json
from dataclasses import asdict

import click

from neuralnav.cli.explain_text import explanation_text
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import world_of
from neuralnav.errors import input_error
from neuralnav.files.locks import find_lock
from neuralnav.files.places import find_workload
from neuralnav.model.document import suggestion
from neuralnav.model.plan import Explanation, RankedPlan
from neuralnav.model.policy_lines import PREFIX
from neuralnav.pipeline import make_plan
from neuralnav.rank import explain


@click.command(name="explain", epilog="See the ids with `neuralnav show WORKLOAD`.")
@click.argument("workload", default=".")
@click.argument("candidate", required=False)
@click.option("--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="A what-if.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(workload: str, candidate: str | None, *, overrides: tuple[str, ...], form: str) -> None:
    """Say why a CANDIDATE of a WORKLOAD is chosen, behind or refused, which limit binds, and what would change that.

    Without a candidate, the locked choice is explained, or the best one, or the nearest miss.
    """
    place = find_workload(workload)
    plan = make_plan(read_workload(place, overrides), world_of(place.root))
    lock = find_lock(place, upgrade=True).lock
    ids = plan.candidates.table["id"].to_pylist()
    wanted = candidate or (lock.choice.candidate if lock and not overrides else "") or _usual(plan, ids)
    if wanted not in ids:
        hint = suggestion(wanted, ids) or f"`neuralnav show {place.shown}` lists them"
        raise input_error(place.shown, f'unknown candidate "{wanted}"', hint)
    found = explain(plan, ids.index(wanted))
    click.echo(_as_json(found) if form == "json" else explanation_text(found))


def _as_json(found: Explanation) -> str:
    """Return an explanation as JSON, a conflict only where there is one."""
    told = asdict(found)
    if found.conflict is None:
        del told["conflict"]
    return json.dumps(told, indent=2)


def _usual(plan: RankedPlan, ids: list[str]) -> str:
    if plan.views["balanced"]:
        return ids[plan.views["balanced"][0]]
    by_policy = next((item.nearest for item in plan.refused if item.reason.startswith(PREFIX)), "")
    return by_policy or next((refusal.nearest for refusal in plan.refused if refusal.nearest), ids[0])
