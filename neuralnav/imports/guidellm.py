"""GuideLLM reports, v1 (2025) and v2: one load point per benchmark of the sweep.

What GuideLLM calls inter-token latency is a mean per request, weighted by the request's tokens: its mean is the mean
over all gaps, its percentiles are those of TPOT. What it calls time per output token counts the first token (v2) or
divides by one token too many (v1), and is not read. Request latency is in seconds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from neuralnav.imports.said import Node, Point, Said, known, shown
from neuralnav.imports.statistics import MS_PER_S, latencies
from neuralnav.model.answer_ids import is_simulated
from neuralnav.model.sidecar import SIMULATOR

ORIGIN = "guidellm"
STATISTIC_KEYS = {
    "mean": "mean", "p50": "median", "p90": "percentiles/p90", "p95": "percentiles/p95", "p99": "percentiles/p99",
}  # fmt: skip
NOTE = "GuideLLM's inter-token latency is a mean per request: its percentiles are kept as TPOT, not as ITL"
OPEN_LOOP = {"constant": "constant", "poisson": "poisson", "async": "constant"}
KNOWN_VERSIONS = (1, 2)


def version(root: Node) -> str:
    """Return the version of a report, v1 or v2; a version that is neither is a fault."""
    stated = root.at("metadata", "version")
    if stated.value is not None and stated.value not in KNOWN_VERSIONS:
        stated.refuse(f"version {shown(stated.value)} of GuideLLM's reports is not known here", "known: 1 and 2")
    first = root.at("benchmarks", 0)
    is_old = stated.value == 1 or (first.at("config").value is None and first.at("args", "strategy").value is not None)
    return "v1" if is_old else "v2"


def points(root: Node) -> Iterator[Point]:
    """Yield the load points of a report."""
    benchmarks = root.at("benchmarks")
    if benchmarks.value == []:
        benchmarks.refuse("holds no benchmark", "the run ended before its first one did")
        return
    backend = root.at("args", "model").text()
    for node in benchmarks.each():
        yield _point(node, backend)
    root.faults.extend(fault for fault in benchmarks.faults if fault not in root.faults)


def _point(node: Node, backend: Said | None) -> Point:
    old = node.at("config").value is None
    metrics = node.at("metrics")
    totals = metrics.at("request_totals")
    done = _successful(node.at("request_totals") if totals.value is None else totals).needed()
    duration = node.at("duration").needed()
    prompt, output = (
        _successful(metrics.at(f"{kind}_token_count")).at("mean").needed() for kind in ("prompt", "output")
    )
    facts = known(
        model_name=_model(node, old=old) or backend,
        engine=_engine(node.at("requests", "successful")),
        requests=done,
        prompt_mean=prompt,
        output_mean=output,
        **_load(node.at("args", "strategy") if old else node.at("config", "strategy"), done),
        **_rates(done, duration, output),
        **_latencies(metrics),
        reported_rps=_successful(metrics.at("requests_per_second")).at("mean").number(),
        date=_day(node.first("start_time")),
    )
    return Point(node.path, facts, tuple(node.faults), (NOTE,))


def _successful(node: Node) -> Node:
    return node.at("successful")


def _model(node: Node, *, old: bool) -> Said | None:
    if old:
        return node.at("worker").first("backend_model", "model").text()
    return node.at("config", "backend").first("model", "backend_model").text()


def _engine(requests: Node) -> Said | None:
    """Return our simulator where an answer has its mark: it calls itself vLLM to those who measure."""
    listed = requests.value if isinstance(requests.value, list) else []
    for index, request in enumerate(listed):
        if isinstance(request, dict) and is_simulated(request.get("response_id")):
            return Said(SIMULATOR, requests.at(index, "response_id").path)
    return None


def _load(strategy: Node, done: Said | None) -> dict[str, Said]:
    kind = strategy.first("type_", "kind", "type").text()
    if kind is None:
        strategy.refuse("says no strategy", "without its load a run is no evidence")
        return {}
    cap = strategy.at("max_concurrency").count()
    match str(kind.value):
        case "constant" | "poisson" | "async" as name:
            arrival = OPEN_LOOP[name]
            capped = Said(f"{arrival}-capped" if arrival == "poisson" and cap else arrival, kind.path)
            return known(arrival=capped, offered_rps=strategy.at("rate").needed(), concurrency=cap)
        case "concurrent":
            return known(
                arrival=Said("closed", kind.path), concurrency=strategy.first("streams", "max_concurrency").count()
            )
        case "synchronous":
            return known(arrival=Said("closed", kind.path), concurrency=Said(1, kind.path))
        case "throughput":
            return known(arrival=Said("closed", kind.path), concurrency=cap or done)
        case other:
            strategy.refuse(f'strategy "{other}" is not known here', "known: " + ", ".join(sorted(STRATEGIES)))
            return {}


STRATEGIES = ("constant", "poisson", "concurrent", "synchronous", "throughput")


def _rates(done: Said | None, duration: Said | None, output: Said | None) -> dict[str, Said]:
    """Return totals over the duration: the mean of per-second samples that the report also has is another number."""
    if done is None or duration is None:
        return {}
    rate = done.number / duration.number
    tokens = None if output is None else Said(rate * output.number, output.path)
    return known(achieved_rps=Said(rate, duration.path), output_tokens_per_s=tokens)


def _latencies(metrics: Node) -> dict[str, Said]:
    gaps = _successful(metrics.at("inter_token_latency_ms"))
    return {
        **latencies("ttft", _successful(metrics.at("time_to_first_token_ms")), STATISTIC_KEYS),
        **latencies("itl", gaps, {"mean": "mean"}),
        **latencies("tpot", gaps, STATISTIC_KEYS),
        **latencies("e2e", _successful(metrics.at("request_latency")), STATISTIC_KEYS, scale=MS_PER_S),
    }


def _day(node: Node) -> Said | None:
    said = node.number()
    if said is None or said.number == 0:
        return None
    try:
        return Said(datetime.fromtimestamp(said.number, UTC).date().isoformat(), said.path)
    except (OverflowError, OSError, ValueError):
        node.refuse(f"{said.number:g} is not a time in seconds since 1970")
        return None
