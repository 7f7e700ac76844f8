"""What a server says of itself when it starts: in a few lines for people, in one of JSON for machines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from neuralnav.model.quantity import format_ms
from neuralnav.serving.lengths import Lengths
from neuralnav_simulator.cli.asked import Asked
from neuralnav_simulator.faults import Faults
from neuralnav_simulator.served import Served
from neuralnav_simulator.served.locked import Planned

MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say. `own` are the p95 of the serving model where a plan has measured ones."""

    asked: Asked
    speedup: float
    faults: Faults
    keys: bool
    own: Mapping[str, float] | None = None


def start_text(told: Told) -> str:
    """Return the lines before a server listens."""
    settled, served = told.asked.settled, told.asked.settled.served
    lines = [f"{served.candidate} on {served.shown}, as vLLM {served.engine_version} serves it"]
    pairs: list[tuple[str, str]] = [
        ("KV cache", _cache(served)),
        ("timing", _timing(told)),
        ("answers", answers(served.output)),
    ]
    pairs += [("note", note) for note in settled.notes]
    faults = [("faults", text) for text in _faults(told.faults)]
    pairs += faults
    if told.speedup != 1.0:
        seconds = "; the seconds of faults are its own" if faults else ""
        pairs.append(("clock", f"{told.speedup:g} times as fast as the wall's{seconds}"))
    if told.keys:
        pairs.append(("access", "with an API key only"))
    return "\n".join([*lines, *(f"  {name:<9} {text}" for name, text in pairs)])


def ready_text(url: str, model: str, *, keys: bool) -> str:
    """Return the lines when it listens, with something to try."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello"}]})
    key = " -H 'authorization: Bearer KEY'" if keys else ""
    call = f"curl {url}/v1/chat/completions{key} -H 'content-type: application/json' -d '{body}'"
    return f"listening on {url}; try\n  {call}"


def start_json(told: Told, url: str) -> str:
    """Return all of it as one line of JSON."""
    served = told.asked.settled.served
    return json.dumps(
        {
            "event": "listening",
            "url": url,
            "models": served.names,
            "candidate": served.candidate,
            "accelerators": served.shown,
            "kvCacheTokens": cache_tokens(served),
            "maxModelLen": served.max_model_len,
            "maxNumSeqs": served.limits.max_num_seqs * served.lanes,
            "timing": _timing(told),
            "notes": told.asked.settled.notes,
            "speedup": told.speedup,
        }
    )


def cache_tokens(served: Served) -> int:
    """Return how many tokens the whole blocks of KV cache hold, over all lanes."""
    return served.limits.blocks * served.limits.block_tokens * served.lanes


def answers(lengths: Lengths) -> str:
    """Return how long answers are that no request limits."""
    match lengths.kind:
        case "fixed":
            return f"{lengths.mean:g} tokens each (--output-lengths)"
        case kind:
            spread = f"{kind}, coefficient of variation {lengths.spread:g}"
            return f"{lengths.mean:g} tokens on average, {spread} (--output-lengths)"


def plan_text(planned: Planned) -> str:
    """Return the p95 of a plan at the load of one replica."""
    choice = planned.choice
    values = (("TTFT", choice.ttft_p95_ms), ("ITL", choice.itl_p95_ms), ("E2E", choice.e2e_p95_ms))
    texts = ", ".join(f"{name} {format_ms(metric.value)}" for name, metric in values)
    return f"p95 {texts} at {planned.rate_rps:.3g} req/s"


def _cache(served: Served) -> str:
    sequences, tokens = served.limits.max_num_seqs * served.lanes, served.limits.max_num_batched_tokens
    caching = "on" if served.prefix_caching else "off"
    of_one = f"a sequence has {served.max_model_len:,} at most; prefix caching is {caching}"
    return f"{cache_tokens(served):,} tokens; {sequences} sequences and {tokens:,} tokens in a step; {of_one}"


def _timing(told: Told) -> str:
    planned, (ttft, itl) = told.asked.planned, told.asked.settled.factors
    pace = "" if ttft == itl == 1.0 else f", TTFT x {ttft:g} and ITL x {itl:g}"
    if planned is None:
        where = f"; {told.asked.apart}" if told.asked.apart else ""
        return f"NeuralNav's serving model{pace}{where}"
    if planned.choice.source == MEASURED and told.own is not None:
        measured = f"{told.asked.lock} was measured: {plan_text(planned)}, {_apart(planned, told.own)}"
        return f"NeuralNav's serving model{pace}; {measured}"
    runs = planned.choice.correction.measured_runs if planned.choice.correction else 0
    by = f" by {runs} measured run{'s' if runs != 1 else ''}" if runs and pace else ""
    return f"NeuralNav's serving model{pace}{by}; {told.asked.lock} has {plan_text(planned)}"


def _apart(planned: Planned, own: Mapping[str, float]) -> str:
    """Return how far the model lies from measured numbers."""
    choice = planned.choice
    locked = {"ttft": choice.ttft_p95_ms, "itl": choice.itl_p95_ms, "e2e": choice.e2e_p95_ms}
    shares = [(m.upper(), own[f"{m}_p95"] / metric.value - 1.0) for m, metric in locked.items() if metric.value > 0]
    return "of which it is off by " + ", ".join(f"{name} {share:+.0%}" for name, share in shares)


def _faults(faults: Faults) -> Iterator[str]:
    if faults.cold_start_seconds > 0.0:
        yield f"503 for the first {faults.cold_start_seconds:g} s, while the model loads"
    if faults.error_rate > 0.0:
        yield f"{faults.error_rate:.3g} of the requests are answered 500"
    if faults.stall_seconds > 0.0 and faults.stall_every_seconds > 0.0:
        yield f"the engine hangs for {faults.stall_seconds:g} s every {faults.stall_every_seconds:g} s on average"
    if faults.crash_after_seconds > 0.0:
        yield f"the process dies after {faults.crash_after_seconds:g} s"
