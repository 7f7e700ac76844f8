"""Budgets over finished locks: what fleet policies may read, and their verdicts."""

from neuralnav.policy.types import DOUBLE, INT, STRING, Field, ListType, MapType, ObjectType, Scope, Variable

_FLEET = {
    "workloads": Field(INT, "Workloads of the group that have a lock.", example="fleet.workloads <= 50"),
    "replicas": Field(INT, "Planned replicas of them all.", example="fleet.replicas <= 100"),
    "gpus": Field(INT, "GPUs of all planned replicas.", "GPUs", "fleet.gpus <= 64"),
    "cost_monthly_usd": Field(
        DOUBLE, "What they cost together.", "USD/month", "fleet.cost_monthly_usd <= usd('100k')"
    ),
    "gpus_by_accelerator": Field(
        MapType(STRING, INT), "GPUs by accelerator id; only those in use are there.", "GPUs",
        "!('h200' in fleet.gpus_by_accelerator) || fleet.gpus_by_accelerator['h200'] <= 16",
    ),
    "cost_by_accelerator": Field(
        MapType(STRING, DOUBLE), "Cost by accelerator id; only those in use are there.", "USD/month",
        "fleet.cost_by_accelerator.all(id, fleet.cost_by_accelerator[id] <= usd('50k'))",
    ),
    "names": Field(ListType(STRING), "The names of the workloads, sorted.", example="!('sandbox' in fleet.names)"),
}  # fmt: skip

FLEET_SCOPE = Scope(
    {
        "fleet": Variable(ObjectType("fleet", _FLEET), "The workloads of one group, summed up from their locks."),
        "group": Variable(STRING, "The group's value of the label in `groupBy`; empty where there is none."),
    }
)
"""What the rules of a fleet policy may read; `params` is added where one is bound."""
