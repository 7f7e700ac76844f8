"""What a probe shows of a plan: its figures beside the planned ones, as much as so few requests tell, and a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from neuralnav.cluster.openai import Answer
from neuralnav.cluster.probe_measured import (
    Latency,
    answered,
    errors_of,
    estimate,
    failed,
    latencies,
    mean_or_none,
    tokens_of,
)
from neuralnav.cluster.probing import Load, Probed, Wanted
from neuralnav.cluster.served_facts import Facts
from neuralnav.errors import ExitCode
from neuralnav.model.lock import Lock, Metric
from neuralnav.model.probe_report import (
    Pace,
    ProbedLoad,
    ProbedMetric,
    ProbedServer,
    ProbedTokens,
    ProbeReport,
    ProbeVerdict,
    Standing,
)
from neuralnav.model.quantity import format_ms
from neuralnav.serving.deployed import chosen_of, replica_rps
from neuralnav.serving.planned import Sent, foreseen
from neuralnav.serving.server import Server

Via = Literal["url", "status", "api-server"]
Name = Literal["ttft", "itl", "e2e"]
NAMES: tuple[Name, ...] = get_args(Name)
TITLES: Mapping[Name, str] = {"ttft": "TTFT", "itl": "ITL", "e2e": "E2E"}
MS_DIGITS = 3

USUAL_SHARE, LATE_SHARE = 0.75, 0.99
"""What this machine is late moves a median by what it usually is at most, and a p95 by what it hardly ever is."""

INTERRUPTED = 130
EXITS: Mapping[ProbeVerdict, int] = {
    "answers": ExitCode.DONE,
    "slower-than-planned": ExitCode.DONE,
    "misses-slo": ExitCode.DRIFT,
    "does-not-answer": ExitCode.BAD_INPUT,
    "another-model": ExitCode.DRIFT,
    "interrupted": INTERRUPTED,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that is probed. `server` is one of its `replicas`, None where nothing can be foreseen of it."""

    lock: Lock
    server: Server | None
    replicas: int

    @property
    def rps(self) -> float:
        """The load at which the plan's numbers hold, on so many replicas."""
        choice, peak = chosen_of(self.lock), self.lock.requirements.peak_rps
        if choice is None:
            return peak * min(1.0, self.replicas / max(1, self.lock.deployment.replicas.planned))
        return min(peak, replica_rps(self.lock, choice) * self.replicas)

    @property
    def slos_ms(self) -> tuple[float, float, float]:
        """The targets of the p95 of TTFT, ITL and E2E."""
        wanted = self.lock.requirements
        return wanted.ttft_p95_ms, wanted.itl_p95_ms, wanted.e2e_p95_ms


@dataclass(frozen=True, slots=True)
class Way:
    """How the server was reached and asked: its address as it is shown."""

    url: str
    via: Via


def names_of(lock: Lock) -> tuple[str, ...]:
    """Return what a deployed plan's model is called; KServe's gateway calls it by its publisher, too."""
    d = lock.deployment
    return d.model, f"publishers/{d.namespace}/models/{d.model}"


def other_model(lock: Lock, facts: Facts) -> str:
    """Return why a server is not one of the plan; empty where nothing says so."""
    served = [model.name for model in facts.models]
    if facts.simulates and facts.simulates != lock.choice.candidate:
        return f"it simulates {facts.simulates}, and the plan is of {lock.choice.candidate}"
    if not set(served) & set(names_of(lock)):
        return f"it serves {', '.join(served[:5])}, and the plan is of {lock.deployment.model}"
    return ""


def judged(plan: Plan, way: Way, wanted: Wanted, probed: Probed, notes: Sequence[str]) -> ProbeReport:
    """Return the report of a probe."""
    answers = probed.course.answers if probed.course else ()
    measured = latencies(answers, probed.facts.speedup, plan.slos_ms)
    load = _load(plan, wanted.load, probed)
    metrics = _metrics(plan, load, probed, measured)
    verdict, why = _verdict(plan.lock, wanted, probed, metrics)
    return ProbeReport(
        exit_code=INTERRUPTED if probed.stopped else EXITS[verdict],
        workload=plan.lock.workload,
        namespace=plan.lock.deployment.namespace,
        candidate=plan.lock.choice.candidate,
        verdict=verdict,
        why=why,
        server=_server(way, wanted, probed),
        load=load,
        tokens=_tokens(plan.lock, wanted.load, answered(answers)),
        metrics=metrics,
        errors=errors_of(answers if probed.course else probed.warm_ups),
        notes=tuple(notes),
    )


def _server(way: Way, wanted: Wanted, probed: Probed) -> ProbedServer:
    facts = probed.facts
    answers = (*probed.warm_ups, *(probed.course.answers if probed.course else ()))
    model = next((model for model in facts.models if model.name == wanted.model), None)
    return ProbedServer(
        url=way.url,
        via=way.via,
        route=wanted.route,
        model=wanted.model,
        serves=tuple(model.name for model in facts.models),
        context_tokens=model.context_tokens if model else 0,
        version=facts.version,
        simulator=bool(facts.simulates) or any(answer.simulated for answer in answers),
        simulates=facts.simulates,
        speedup=facts.speedup,
        way_ms=round(facts.way_ms, MS_DIGITS),
    )


def _load(plan: Plan, load: Load, probed: Probed) -> ProbedLoad:
    course, speedup = probed.course, probed.facts.speedup
    answers = course.answers if course else ()
    seconds = course.end_s - course.begin_s if course else 0.0
    whole = len(answered(answers))
    return ProbedLoad(
        requests=len(answers),
        answered=whole,
        failed=len(failed(answers)),
        given_up=sum(answer.fault == "given up" for answer in answers),
        warm_ups=len(probed.warm_ups),
        rate_rps=round(load.rate_rps / speedup, 4),
        in_flight=0 if load.rate_rps else load.in_flight,
        seconds=round(seconds, 3),
        achieved_rps=round(whole / (seconds * speedup), 4) if seconds > 0.0 else 0.0,
        planned_rps=round(plan.rps, 4),
        replicas=plan.replicas,
        seed=load.seed,
    )


def _tokens(lock: Lock, load: Load, whole: Sequence[Answer]) -> ProbedTokens:
    told = [answer for answer in whole if answer.output]
    parts = sum(len(answer.stamps_s) for answer in told)
    return ProbedTokens(
        prompt_planned=lock.requirements.prompt_tokens,
        prompt=mean_or_none([answer.prompt for answer in whole]),
        output_planned=load.output_tokens,
        output=mean_or_none([answer.output for answer in whole]),
        cached=mean_or_none([answer.cached for answer in whole]) or 0.0,
        per_part=round(sum(map(tokens_of, told)) / parts, 3) if parts else None,
    )


def sent_of(course_answers: Sequence[Answer], begin_s: float, load: Load, speedup: float) -> Sent:
    """Return the requests of a load as the serving model takes them: as long as the server counted them."""
    sent = [answer for answer in course_answers if answer.fault != "given up"]
    return Sent(
        np.array([(answer.due_s - begin_s) * 1e3 * speedup for answer in sent]),
        np.array([answer.prompt or load.prompt_tokens for answer in sent], dtype=np.int64),
        np.array([tokens_of(answer) or answer.asked for answer in sent], dtype=np.int64),
        0 if load.rate_rps else load.in_flight,
    )


def _metrics(
    plan: Plan, load: ProbedLoad, probed: Probed, measured: Sequence[Latency | None]
) -> tuple[ProbedMetric, ...]:
    ms = _foreseen(plan, load, probed)
    choice = chosen_of(plan.lock)
    planned = (choice.ttft_p95_ms, choice.itl_p95_ms, choice.e2e_p95_ms) if choice else (None, None, None)
    facts, course = probed.facts, probed.course
    usually, at_most = (course.late_ms(share) * facts.speedup if course else 0.0 for share in (USUAL_SHARE, LATE_SHARE))
    ground = _Ground(facts.way_ms * facts.speedup, usually, at_most, within=_within(load))
    return tuple(
        _metric(name, slo, of_plan, ms, found, ground)
        for name, slo, of_plan, found in zip(NAMES, plan.slos_ms, planned, measured, strict=True)
    )


def _foreseen(plan: Plan, load: ProbedLoad, probed: Probed) -> Mapping[str, float]:
    others = bool(probed.facts.in_flight)  # what they take from us cannot be foreseen
    if plan.server is None or probed.course is None or others or load.requests == load.given_up:
        return {}
    asked = Load(0, 0.0, load.seed, plan.lock.requirements.prompt_tokens, 1, load.rate_rps, load.in_flight)
    sent = sent_of(probed.course.answers, probed.course.begin_s, asked, probed.facts.speedup)
    return foreseen(plan.server, sent, replicas=plan.replicas)


def _within(load: ProbedLoad) -> bool:
    """Tell whether a load is no more than the one at which the plan's numbers hold: several at once are a burst."""
    return load.in_flight <= 1 and max(load.rate_rps, load.achieved_rps) <= load.planned_rps * 1.001


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a comparison stands on, in ms of the server's clock: the way there and back, and how late we looked.

    `within`: the load is no more than the planned one.
    """

    way_ms: float
    usually_late_ms: float
    late_ms: float
    within: bool


def _metric(
    name: Name, slo: float, planned: Metric | None, ms: Mapping[str, float], found: Latency | None, ground: _Ground
) -> ProbedMetric:
    p50, p95 = (_predicted(ms.get(f"{name}_{at}_ms"), planned) for at in ("p50", "p95"))
    return ProbedMetric(
        metric=name,
        slo_p95=slo,
        planned_p95=planned,
        predicted_p50=p50,
        predicted_p95=p95,
        values=found.values if found else 0,
        mean=round(found.mean, MS_DIGITS) if found else None,
        p50=estimate(found.p50) if found else None,
        p95=estimate(found.p95) if found else None,
        over_slo=round(found.over, 4) if found else None,
        standing=_standing(found, slo, ground.late_ms),
        pace=_pace(name, found, planned, (p50, p95), ground),
    )


def _predicted(ms: float | None, planned: Metric | None) -> Metric | None:
    """Return a prediction with the relative interval that the plan has: the serving model errs alike."""
    if ms is None:
        return None
    low, high = (planned.low / planned.value, planned.high / planned.value) if planned and planned.value else (1.0, 1.0)
    return Metric(value=round(ms, MS_DIGITS), low=round(ms * low, MS_DIGITS), high=round(ms * high, MS_DIGITS))


def _standing(found: Latency | None, slo: float, late_ms: float) -> Standing:
    if found is None:
        return "untold"
    p95 = found.p95_of_all
    if p95.low is not None and p95.low - late_ms > slo:
        return "missed"
    if p95.high is not None and p95.high <= slo:
        return "kept"
    return "within" if p95.value <= slo else "open"


def _pace(
    name: Name, found: Latency | None, planned: Metric | None, predicted: tuple[Metric | None, Metric | None],
    ground: _Ground,
) -> Pace:  # fmt: skip
    """Judge whether a server is slower than planned, beyond the plan's interval and what is not its own doing."""
    if found is None:
        return "untold"
    way_ms = 0.0 if name == "itl" else ground.way_ms
    pairs = (
        (found.p50, predicted[0], ground.usually_late_ms),
        (found.p95, predicted[1], ground.late_ms),
        (found.p95, planned if ground.within else None, ground.late_ms),
    )
    told = [
        (of.low, limit.high + way_ms + late_ms)
        for of, limit, late_ms in pairs
        if of.low is not None and limit is not None
    ]
    if not told:
        return "untold"
    return "slower" if any(low > high for low, high in told) else "as-planned"


def _verdict(lock: Lock, wanted: Wanted, probed: Probed, metrics: Sequence[ProbedMetric]) -> tuple[ProbeVerdict, str]:
    answers = probed.course.answers if probed.course else ()
    whole = answered(answers)
    known = {"", wanted.model, *names_of(lock), lock.deployment.repo, *(model.root for model in probed.facts.models)}
    strange = sorted({answer.model for answer in whole} - known)
    if other := other_model(lock, probed.facts):
        return "another-model", other
    if strange:
        return "another-model", f"it was asked for {wanted.model}, and {', '.join(strange[:3])} answers"
    if not whole and probed.stopped:
        return "interrupted", "stopped before a request was answered"
    if not whole:
        return "does-not-answer", _unanswered(answers or probed.warm_ups, len(answered(probed.warm_ups)))
    lost = len(failed(answers))
    found, why = _of_figures(metrics, len(whole))
    return found, f"{why}; {lost} of {len(whole) + lost} were not answered" if lost else why


def _unanswered(answers: Sequence[Answer], warmed: int) -> str:
    errors = errors_of(answers)
    first = f"{errors[0].kind}: {errors[0].said}" if errors else "nothing was sent"
    before = f", after {warmed} of the warm-ups" if warmed else ""
    return f"none of {len(answers)} requests was answered{before}; {first}"


def _of_figures(metrics: Sequence[ProbedMetric], count: int) -> tuple[ProbeVerdict, str]:
    missed = [_over(item) for item in metrics if item.standing == "missed"]
    if missed:
        return "misses-slo", "; ".join(missed)
    tell = f"as far as {count} {'requests tell' if count > 1 else 'request tells'}"
    slower = [_slower(item) for item in metrics if item.pace == "slower"]
    if slower:
        return "slower-than-planned", f"{'; '.join(slower)}; {tell}"
    doubtful = [_over(item) for item in metrics if item.standing == "open"]
    if doubtful:
        return "answers", f"{'; '.join(doubtful)}, which {count} requests do not show to be more than chance"
    as_planned = all(item.pace == "as-planned" for item in metrics if item.values)
    return "answers", f"{'as planned' if as_planned else 'within the SLOs'}, {tell}"


def _over(item: ProbedMetric) -> str:
    """Return by how much a target is missed; requests without an answer miss it, too."""
    title, slo = TITLES[item.metric], format_ms(item.slo_p95)
    if item.p95 is not None and item.p95.value > item.slo_p95:
        return f"{title} p95 {format_ms(item.p95.value)} is over its {slo}"
    return f"{item.over_slo or 0.0:.0%} of the requests had no answer, or none within {slo} ({title})"


def _slower(item: ProbedMetric) -> str:
    for at, found, limit in (("p50", item.p50, item.predicted_p50), ("p95", item.p95, item.predicted_p95)):
        if found and limit and found.low is not None and found.low > limit.high:
            told = f"{format_ms(limit.value)} ({format_ms(limit.low)} to {format_ms(limit.high)}) is foreseen"
            return f"{TITLES[item.metric]} {at} {format_ms(found.value)} where {told}"
    planned = item.planned_p95
    over = f"{format_ms(planned.high)} is the most that is planned" if planned else "less is planned"
    return f"{TITLES[item.metric]} p95 {format_ms(item.p95.value if item.p95 else 0.0)} where {over}"
