"""(Outcome, Judgement) -> what `observe` reports of one workload, but for what only a verb knows."""

from neuralnav.model.lock import Lock
from neuralnav.model.observe_report import Judgement, ObservedWorkload
from neuralnav.model.observed import Observed
from neuralnav.model.outcome import Outcome
from neuralnav.outcomes.judge import exit_code_of
from neuralnav.outcomes.told import merge_patch
from neuralnav.serving.deployed import chosen_of


def reported(lock: Lock, outcome: Outcome, observed: Observed, judgement: Judgement, *, path: str) -> ObservedWorkload:
    """Return one workload's part of the report; `diff`, `what_if` and `written` are the verb's to add."""
    chosen = chosen_of(lock)
    return ObservedWorkload(
        workload=outcome.workload,
        path=path,
        exit_code=exit_code_of(judgement),
        namespace=outcome.namespace,
        environment=outcome.environment,
        plan=outcome.plan,
        candidate=lock.choice.candidate,
        start=outcome.start,
        end=outcome.end,
        seconds=outcome.seconds,
        covered=round(outcome.covered, 4),
        simulated=observed.simulated,
        requests=round(outcome.requests, 1),
        failed=round(outcome.failed, 1),
        in_flight_mean=_digits(outcome.in_flight_mean),
        waiting_mean=_digits(outcome.waiting_mean),
        kv_use_mean=_digits(outcome.kv_use_mean),
        kv_use_most=_digits(outcome.kv_use_most),
        planned_kv_use=chosen.kv_cache_use if chosen is not None else None,
        preemptions=round(outcome.preemptions, 1),
        prefix_hit_share=_digits(outcome.prefix_hit_share),
        resets=outcome.resets,
        cost_usd=round(outcome.cost_usd, 2),
        judgement=judgement,
        merge_patch=merge_patch(judgement.edits),
    )


def _digits(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
