"""What the figures of a probe do not say by themselves, in whole sentences."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from neuralnav.cluster.openai import LOOPBACK, Answer, Endpoint
from neuralnav.cluster.probe_judged import LATE_SHARE, Plan, names_of
from neuralnav.cluster.probe_measured import answered, failed, gaps_of, tokens_of
from neuralnav.cluster.probing import MOST_REQUESTS, Course, Load, Probed, Wanted
from neuralnav.model.plain_text import counted as number
from neuralnav.model.quantity import format_ms
from neuralnav.serving.sampling import percentile

OFF_SHARE = 0.05
"""Lengths that are so far from the planned are told."""

WAY_MS = 5.0
PARTS = 1.05


def notes_of(plan: Plan, endpoint: Endpoint, wanted: Wanted, probed: Probed) -> tuple[str, ...]:
    """Return the notes of a probe, what changes the meaning of all figures first."""
    return (*_of_server(plan, endpoint, wanted, probed), *_of_course(plan, wanted, probed))


def _of_server(plan: Plan, endpoint: Endpoint, wanted: Wanted, probed: Probed) -> Iterator[str]:
    facts, d = probed.facts, plan.lock.deployment
    answers = (*probed.warm_ups, *(probed.course.answers if probed.course else ()))
    if facts.simulates or any(answer.simulated for answer in answers):
        yield "a simulator answered: no figure here is of a GPU"
    if facts.speedup != 1.0:
        yield f"its clock runs {facts.speedup:g} times as fast as the wall: times and rates are of its clock"
    if facts.version and facts.version != d.engine_version:
        yield f"the engine is of version {facts.version}, and the plan is of {d.engine_version}"
    model = next((model for model in facts.models if model.name == wanted.model), None)
    if model and model.context_tokens and model.context_tokens != d.max_model_len:
        yield f"the longest sequence is {model.context_tokens:,} tokens, and {d.max_model_len:,} are planned"
    if facts.in_flight:
        yield f"{facts.in_flight:.0f} requests of others were in flight at the beginning: nothing is foreseen of them"
    parts = urlsplit(endpoint.base)
    if endpoint.key and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        yield "the key went over the network in the clear: the address is plain http"
    lost = len(failed(probed.course.answers)) if probed.course else 0
    if endpoint.through and lost:
        yield (
            f"{number(lost, 'request')} failed on the way through the API server or behind it: that may be the server, "
            "its proxy or our credentials, and not the model; a forwarded port and --url leave them out"
        )


def _of_course(plan: Plan, wanted: Wanted, probed: Probed) -> Iterator[str]:
    course = probed.course
    if course is None:
        return
    yield from _of_load(plan, wanted.load, probed, course)
    whole = answered(course.answers)
    if whole:
        yield from _of_tokens(plan, wanted.load, whole)
        yield from _of_clock(probed, course, whole)


def _of_load(plan: Plan, load: Load, probed: Probed, course: Course) -> Iterator[str]:
    if plan.server is None:
        yield "nothing is foreseen of this load: the lock was edited, or the catalogs do not know what it deploys"
    speedup, seconds = probed.facts.speedup, course.end_s - course.begin_s
    achieved = len(answered(course.answers)) / (seconds * speedup) if seconds > 0.0 else 0.0
    rate = max(load.rate_rps / speedup, achieved)
    held = f"the plan's p95 hold at {plan.rps:.3g} req/s over {number(plan.replicas, 'replica')}"
    if rate > plan.rps * 1.001:
        yield f"{held}, and this was {rate:.3g}: no SLO is promised there"
    elif load.in_flight > 1 and not load.rate_rps:
        yield f"{held}, as requests come by themselves; {load.in_flight} at once are a burst, which queues"
    elif rate < plan.rps * 0.9:
        yield f"{held}, and this was {rate:.3g}: at less load they are an upper reference"
    if len(course.answers) < load.requests < MOST_REQUESTS and not probed.stopped:
        yield f"sending ended after {load.seconds:g} s, with {len(course.answers)} of {load.requests} requests"
    if probed.stopped:
        yield f"stopped: what {number(len(course.answers), 'request')} tell until then"


def _of_tokens(plan: Plan, load: Load, whole: Sequence[Answer]) -> Iterator[str]:
    planned = plan.lock.requirements
    prompts = [answer.prompt for answer in whole if answer.prompt]
    if not prompts:
        yield "the server counts no tokens: prompts are that many words, and each part is taken for a token"
    for what, told, meant in (
        ("prompts", prompts, planned.prompt_tokens),
        ("answers", [answer.output for answer in whole if answer.output], planned.output_tokens),
    ):
        mean = sum(told) / len(told) if told else meant
        if abs(mean - meant) > OFF_SHARE * meant:
            yield f"{what} had {mean:,.0f} tokens in the mean, and {meant:,} are planned"
    cached, asked = sum(answer.cached for answer in whole), sum(prompts)
    if asked and cached > 0.02 * asked:
        yield f"{cached / asked:.0%} of the prompts' tokens were in a prefix cache: TTFT is as much shorter"
    parts, tokens = sum(len(answer.stamps_s) for answer in whole), sum(map(tokens_of, whole))
    if parts and tokens > PARTS * parts:
        each = f"each part of a stream held {tokens / parts:.2g} tokens"
        yield f"{each}: the time between parts is shared out, and single gaps are untold"
    if load.output_tokens > 1 and not len(gaps_of(whole, 1.0).ms):
        yield "each answer came in one part: nothing is told of ITL"
    unended = sum(not answer.told_end for answer in whole)
    if unended:
        yield f"{number(unended, 'stream')} ended without [DONE]"


def _of_clock(probed: Probed, course: Course, whole: Sequence[Answer]) -> Iterator[str]:
    way_ms = probed.facts.way_ms
    first = percentile([(answer.stamps_s[0] - answer.due_s) * 1e3 for answer in whole], 0.5).value
    if way_ms > WAY_MS or way_ms > 0.1 * first:
        yield f"the way to the server and back takes {format_ms(way_ms)}, which TTFT and E2E hold"
    if late_ms := course.late_ms(LATE_SHARE):
        late = format_ms(late_ms)
        yield f"this machine was busy and looked at what came {late} late (p99): nothing within that is held against it"


def called(plan: Plan, served: Sequence[str]) -> str:
    """Return the name by which a server knows the plan's model; the plan's own where it lists none of them."""
    return next((name for name in names_of(plan.lock) if name in served), plan.lock.deployment.model)
