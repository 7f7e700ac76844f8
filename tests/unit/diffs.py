"""Small plan diffs, built by hand."""

from typing import Any

from neuralnav.model.diff import Cause, FieldEdit, FleetChange, FleetSide, PlanDiff, Side, SlackChange, WorkloadDiff
from neuralnav.model.lock import Metric, Quality, Replicas, Scores
from neuralnav.model.report import ReportedChoice, ReportedMetric, ReportedProblem, ReportedWhere

H100 = "qwen3-30b-a3b/fp8/h100/tp1"
L40S = "qwen3-30b-a3b/fp8/l40s/tp2"


def metric(value: float, slo_ms: float) -> ReportedMetric:
    return ReportedMetric(p95_ms=Metric(value=value, low=value * 0.8, high=value * 1.25), slo_ms=slo_ms)


def choice(**changes: Any) -> ReportedChoice:
    usual: dict[str, Any] = {
        "candidate": H100, "model": "Qwen3-30B-A3B", "precision": "fp8", "accelerator": "NVIDIA H100",
        "gpus_per_replica": 1, "nodes_per_replica": 1, "replicas": Replicas(min=2, planned=2, max=4), "gpus": 2,
        "cost_usd_per_month": 6570.0, "ttft": metric(96.2, 150.0), "itl": metric(14.8, 25.0),
        "e2e": metric(3900.0, 7000.0), "binding": "ttft", "capacity_rps": 20.0, "capacity_at_least": False,
        "kv_cache_use": 0.4, "quality": Quality(value=70.0, low=65.0, high=75.0, known=True, coverage=1.0),
        "scores": Scores(balanced=83.4, accuracy=70.0, cost=80.0, latency=90.0, complexity=95.0),
        "source": "simulated", "mode": "server", "kept": False, "why": "best balanced score", "instead_of": "",
        "runner_up": "", "runner_up_behind": 0.0,
    }  # fmt: skip
    return ReportedChoice(**{**usual, **changes})


def on_l40s(**changes: Any) -> ReportedChoice:
    usual: dict[str, Any] = {
        "candidate": L40S, "accelerator": "NVIDIA L40S", "gpus_per_replica": 2, "gpus": 6,
        "replicas": Replicas(min=3, planned=3, max=6), "cost_usd_per_month": 5450.0, "ttft": metric(131.0, 150.0),
        "itl": metric(21.0, 25.0),
    }  # fmt: skip
    return choice(**{**usual, **changes})


def planned(found: ReportedChoice | None = None, **changes: Any) -> Side:
    found = found or choice()
    usual: dict[str, Any] = {"committed": found.candidate, "feasible": 412, "considered": 1046}
    return Side(state="planned", choice=found, **{**usual, **changes})


def side(state: str, **changes: Any) -> Side:
    return Side.model_validate({"state": state, **changes})


def slack(before: ReportedChoice | None, after: ReportedChoice | None) -> tuple[SlackChange, ...]:
    """The slack of both choices, as `diff` gives it."""

    def share(found: ReportedChoice | None, name: str) -> float | None:
        if found is None:
            return None
        metric: ReportedMetric = getattr(found, name)
        return round(1 - metric.p95_ms.value / metric.slo_ms, 4)

    names = ("ttft", "itl", "e2e") if before or after else ()
    return tuple(SlackChange(metric=name, before=share(before, name), after=share(after, name)) for name in names)


def where(file: str = "chat/workload.yaml", line: int = 0, column: int = 0) -> ReportedWhere:
    return ReportedWhere(file=file, line=line, column=column)


def problem(message: str = "unknown key", hint: str = "", line: int = 9, column: int = 3) -> ReportedProblem:
    return ReportedProblem(where=where(line=line, column=column), message=message, hint=hint)


def edit(field: str = "spec.constraints.accelerators", before: str = "[H100]", after: str = "[H100, L40S]",
         line: int = 14) -> FieldEdit:  # fmt: skip
    return FieldEdit(field=field, before=before, after=after, where=where(line=line, column=5))


def workload(name: str = "support-chat", **changes: Any) -> WorkloadDiff:
    """A workload without a change, but for the changes given."""
    usual: dict[str, Any] = {
        "workload": name, "path": f"{name}/workload.yaml", "status": "unchanged", "before": planned(),
        "after": planned(), "cost_delta_usd_per_month": 0.0,
    }  # fmt: skip
    made = WorkloadDiff(**{**usual, **changes})
    return made.model_copy(update={"slack": slack(made.before.choice, made.after.choice)})


def moved(name: str = "support-chat", **changes: Any) -> WorkloadDiff:
    """A workload that moves to other accelerators because of one edit."""
    cause = Cause(kind="workload", edits=(edit(),), said="constraints.accelerators allows L40S (line 14)")
    usual: dict[str, Any] = {
        "status": "changed", "after": planned(on_l40s()), "decision": True, "cost_delta_usd_per_month": -1120.0,
        "causes": (cause,), "edits": (edit(),),
    }  # fmt: skip
    return workload(name, **{**usual, **changes})


def fleet_change(
    before: FleetSide = FleetSide(verdict="pass", value=6570.0, limit=10000.0),  # noqa: B008  # frozen
    after: FleetSide = FleetSide(verdict="deny", value=13140.0, limit=10000.0),  # noqa: B008  # frozen
    **changes: Any,
) -> FleetChange:
    """A budget of a team that the change exceeds, but for the changes given."""
    usual: dict[str, Any] = {
        "policy": "team-budget", "rule": "budget", "group": "team=support", "before": before, "after": after,
        "what": "fleet.cost_monthly_usd", "unit": "USD/month", "message": "ask the board", "by": ("chat",),
        "where": where("policies/team-budget.yaml", 10, 7),
    }  # fmt: skip
    return FleetChange(**{**usual, **changes})


def diff(*items: WorkloadDiff, **changes: Any) -> PlanDiff:
    usual: dict[str, Any] = {"base": "origin/main", "head": "working tree", "exit_code": 0, "workloads": items}
    return PlanDiff(**{**usual, **changes})
