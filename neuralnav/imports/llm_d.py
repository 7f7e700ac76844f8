"""llm-d-benchmark reports, v0.1 and v0.2: one load point per file, units declared for each statistic.

Whether its inter-token latency is one over all gaps depends on the tool that made the load: GuideLLM's is a mean per
request. Prefill and decode served apart, and several engines in one stack, are no configuration of ours.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from neuralnav.imports.said import Node, Point, Said, known, shown
from neuralnav.imports.statistics import MS_PER_S, latencies

ORIGIN = "llm-d-benchmark"
VERSIONS = ("0.1", "0.2")
STATISTIC_KEYS = {name: name for name in ("mean", "p50", "p90", "p95", "p99")}
MS_IN: Mapping[str, float] = {"ms": 1.0, "ms/token": 1.0, "s": MS_PER_S, "s/token": MS_PER_S}
TOKENS_PER_S = ("token/s", "tokens/s", "tok/s")
REQUESTS_PER_S = ("qps", "queries/s", "req/s", "requests/s")
PER_REQUEST_TOOLS = ("guidellm",)
NOTE = "the load tool is GuideLLM, whose inter-token latency is a mean per request: its percentiles are kept as TPOT"
LOAD_TYPES: Mapping[str, str] = {"poisson": "poisson", "constant": "constant"}
RELEASE = re.compile(r"v?[0-9]+\.[0-9]+(\.[0-9A-Za-z.+-]+)?")


def version(root: Node) -> str:
    """Return the version of a report; one that is not known is a fault."""
    stated = str(root.at("version").value)
    if stated not in VERSIONS:
        root.at("version").refuse(f'version "{stated}" is not known here', "known: " + ", ".join(VERSIONS))
    return f"v{stated}"


def points(root: Node) -> Iterator[Point]:
    """Yield the load point of a report."""
    node = root.apart()
    yield _v2(node) if str(root.at("version").value) == "0.2" else _v1(node)


def _v1(node: Node) -> Point:
    metrics, scenario = node.at("metrics"), node.at("scenario")
    total, duration = _finished(metrics.at("requests")), metrics.at("time", "duration").needed()
    tool = scenario.at("load", "name").text()
    throughput = metrics.at("throughput")
    facts = known(
        model_name=scenario.at("model", "name").text(),
        requests=total,
        **_hosts(scenario),
        **_lengths(metrics.at("requests")),
        **_load(scenario.at("load", "args"), total),
        achieved_rps=_rate(total, duration),
        reported_rps=throughput.at("requests_per_sec").number(positive=True),
        output_tokens_per_s=throughput.at("output_tokens_per_sec").number(positive=True),
        date=_epoch_day(metrics.at("time", "start")),
    )
    return _point(node, facts, metrics.at("latency"), tool)


def _v2(node: Node) -> Point:
    aggregate = node.at("results", "request_performance", "aggregate")
    load = node.at("scenario", "load", "standardized")
    total = _finished(aggregate.at("requests"))
    rates = aggregate.at("throughput")
    facts = known(
        requests=total,
        **_stack(node.at("scenario", "stack")),
        **_lengths(aggregate.at("requests")),
        prompt_asked=load.at("input_seq_len", "value").number(positive=True),
        output_asked=load.at("output_seq_len", "value").number(positive=True),
        **_standard_load(load, node.at("scenario", "load", "native", "config", "load", "type")),
        achieved_rps=_in_units(rates.first("requests_rate", "request_rate"), REQUESTS_PER_S),
        output_tokens_per_s=_in_units(rates.at("output_token_rate"), TOKENS_PER_S),
        date=_iso_day(node.at("run", "time", "start")),
    )
    return _point(node, facts, aggregate.at("latency"), load.at("tool").text())


def _point(node: Node, facts: Mapping[str, Said], latency: Node, tool: Said | None) -> Point:
    per_request = tool is not None and str(tool.value).lower() in PER_REQUEST_TOOLS
    gaps = latency.at("inter_token_latency")
    found = {
        **facts,
        **_timed("ttft", latency.at("time_to_first_token")),
        **_timed("e2e", latency.at("request_latency")),
        **_timed("itl", gaps, {"mean": "mean"} if per_request else STATISTIC_KEYS),
        **_timed("tpot", gaps if per_request else latency.at("time_per_output_token")),
    }
    return Point(node.path, found, tuple(node.faults), (NOTE,) if per_request else ())


def _timed(metric: str, node: Node, names: Mapping[str, str] = STATISTIC_KEYS) -> dict[str, Said]:
    """Return the columns of a statistic, converted by the units that it declares."""
    if node.value is None:
        return {}
    unit = str(node.at("units").value)
    if unit not in MS_IN:
        node.at("units").refuse(f'"{unit}" is no unit of time that is known here', "known: " + ", ".join(MS_IN))
        return {}
    return latencies(metric, node, names, scale=MS_IN[unit])


def _in_units(node: Node, units: tuple[str, ...]) -> Said | None:
    unit = node.at("units").value
    if node.value is None:
        return None
    if unit not in units:
        node.at("units").refuse(f"{shown(unit)} is no unit that is known here", "known: " + ", ".join(units))
        return None
    return node.at("mean").number(positive=True)


def _finished(requests: Node) -> Said | None:
    total = requests.at("total").needed()
    if total is None:
        return None
    lost = sum(said.number for name in ("failures", "incomplete") if (said := requests.at(name).number()) is not None)
    if lost >= total.number:
        requests.at("total").refuse(f"0 of {total.value:g} requests completed")
        return None
    return Said(int(total.number - lost), total.path)


def _rate(total: Said | None, duration: Said | None) -> Said | None:
    return Said(total.number / duration.number, duration.path) if total and duration else None


def _lengths(requests: Node) -> dict[str, Said]:
    return known(
        prompt_mean=requests.at("input_length", "mean").number(positive=True),
        output_mean=requests.at("output_length", "mean").number(positive=True),
    )


def _hosts(scenario: Node) -> dict[str, Said]:
    """Return accelerator, parallelism and engine of v0.1: every replica alike, each an entry of the list."""
    host, engines = scenario.at("host"), scenario.at("platform", "engine")
    roles = host.at("type").value or []
    if any(role in ("prefill", "decode") for role in roles):
        host.at("type").refuse("prefill and decode are served apart", "no configuration of the catalog has that")
    machines = host.at("accelerator")
    if isinstance(machines.value, list) and any(item != machines.value[0] for item in machines.value):
        machines.refuse("the replicas differ", "a row is of one configuration")
    first = machines.at(0)
    count = len(machines.value) if isinstance(machines.value, list) and machines.value else None
    return known(
        accelerator_name=first.at("model").text(),
        **_parallelism(first.at("parallelism")),
        replicas=None if count is None else Said(count, machines.path),
        **_engine(engines.at(0).at("name"), engines.at(0).at("version")),
    )


def _stack(stack: Node) -> dict[str, Said]:
    """Return what the inference engines of a v0.2 stack are."""
    engines = [item for item in stack.each() if item.at("metadata", "kind").value == "inference_engine"]
    stack.faults.extend(fault for item in engines for fault in item.faults)
    if not engines:
        stack.refuse("holds no component of kind inference_engine")
        return {}
    if len(engines) > 1:
        stack.refuse(f"holds {len(engines)} inference engines", "a row is of one configuration")
        return {}
    standard = Node(engines[0].at("standardized").value, engines[0].at("standardized").path, stack.faults)
    role = standard.at("role")
    if role.value in ("prefill", "decode"):
        role.refuse(f"this engine does {role.value} only", "no configuration of the catalog has that")
    return known(
        model_name=standard.at("model", "name").text(),
        accelerator_name=standard.at("accelerator", "model").text(),
        **_parallelism(standard.at("accelerator", "parallelism")),
        replicas=standard.at("replicas").count(),
        **_engine(standard.at("tool"), standard.at("tool_version")),
    )


def _parallelism(node: Node) -> dict[str, Said]:
    for name, meaning in (("dp", "data parallel"), ("ep", "expert parallel")):
        said = node.at(name).number()
        if said is not None and said.number > 1:
            node.at(name).refuse(
                f"{said.number:g}-way {meaning} is not tensor parallelism", "no configuration of the catalog has it"
            )
    return known(tp=node.at("tp").count(), pp=node.at("pp").count())


def _engine(name: Node, release: Node) -> dict[str, Said]:
    """Return the engine and its version; llm-d's own images run vLLM, of a version that their tag does not tell."""
    engine, stated = name.text(), release.text()
    if engine is None:
        return {}
    plain = str(engine.value).lower()
    if plain in ("llm-d", "vllm"):
        own = plain == "vllm" and stated is not None and RELEASE.fullmatch(str(stated.value))
        return known(engine=Said("vllm", engine.path), engine_version=stated if own else None)
    return known(engine=Said(plain, engine.path), engine_version=stated)


def _standard_load(load: Node, kind: Node) -> dict[str, Said]:
    rate, streams = load.at("rate_qps"), load.at("concurrency")
    unlimited = streams.value in (float("inf"), "inf", None)
    cap = None if unlimited else streams.count()
    if rate.value in (None, float("inf"), "inf"):
        if cap is None:
            load.refuse("neither rate_qps nor concurrency is given", "without its load a run is no evidence")
        return known(arrival=Said("closed", streams.path), concurrency=cap)
    name = LOAD_TYPES.get(str(kind.value), "unstated")
    arrival = Said(f"{name}-capped" if cap and name == "poisson" else name, kind.path)
    return known(arrival=arrival, offered_rps=rate.needed(), concurrency=cap)


RATE_KEYS = ("qps", "rate", "request_rate", "request-rate", "qps_values")
STREAM_KEYS = ("max_concurrency", "max-concurrency", "concurrency", "streams")


def _load(arguments: Node, total: Said | None) -> dict[str, Said]:
    """Return the load of v0.1, from the arguments of the tool that made it."""
    rate, streams = arguments.first(*RATE_KEYS), arguments.first(*STREAM_KEYS)
    cap = streams.count() if streams.value not in (float("inf"), "inf") else None
    if rate.value in (None, float("inf"), "inf"):
        if cap is None and rate.value is None:
            return {}
        return known(arrival=Said("closed", streams.path), concurrency=cap or total)
    return known(arrival=Said("unstated", rate.path), offered_rps=rate.needed(), concurrency=cap)


def _epoch_day(node: Node) -> Said | None:
    said = node.number()
    if said is None or not said.number:
        return None
    try:
        return Said(datetime.fromtimestamp(said.number, UTC).date().isoformat(), said.path)
    except (OverflowError, OSError, ValueError):
        node.refuse(f"{said.number:g} is not a time in seconds since 1970")
        return None


def _iso_day(node: Node) -> Said | None:
    if isinstance(node.value, date):  # YAML reads a bare time as one
        return Said(node.value.isoformat()[:10], node.path)
    said = node.text()
    if said is None:
        return None
    try:
        return Said(datetime.fromisoformat(str(said.value)).date().isoformat(), said.path)
    except ValueError:
        node.refuse(f"{shown(said.value)} is not a time in ISO 8601")
        return None
