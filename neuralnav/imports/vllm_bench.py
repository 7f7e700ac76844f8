"""vLLM `bench serve` results: one load point per file, per JSON line, or per item of a list.

ITL are the gaps between the chunks of all streams, TPOT a request's mean gap; both are in milliseconds. Percentiles
are there only when the run asked for them (`--metric-percentiles 50,90,95,99`); the default is p99 alone.

`neuralnav-sim load` writes the same, names itself under `client`, and under `arrival` what is no Gamma process.
"""

from collections.abc import Iterator
from datetime import datetime

from neuralnav.imports.said import Node, Point, Said, known, shown
from neuralnav.imports.statistics import latencies
from neuralnav.model.sidecar import SIMULATOR

ORIGIN = "vllm bench serve"
METRIC_KEYS = {"ttft": "ttft", "itl": "itl", "tpot": "tpot", "e2e": "e2el"}
EXPECTED = ("duration", "completed", "total_output_tokens", "request_throughput")


def points(root: Node) -> Iterator[Point]:
    """Yield the load points of a file."""
    nodes = root.each() if isinstance(root.value, list) else iter([root.apart()])
    for node in nodes:
        yield _point(node)


def _point(node: Node) -> Point:
    done, duration = node.at("completed").needed(), node.at("duration").needed()
    prompt, output = _mean(node.at("total_input_tokens"), done), _mean(node.at("total_output_tokens"), done)
    facts = known(
        model_name=node.at("model_id").text(),
        engine=_engine(node.at("backend")),
        origin=node.at("client").text(),
        requests=done,
        prompt_mean=prompt,
        output_mean=output,
        **_load(node),
        **_rates(node, done, duration),
        output_tokens_per_s=node.at("output_throughput").number(positive=True),
        reported_rps=node.at("request_throughput").number(positive=True),
        failed=node.at("failed").number(),
        date=_day(node.at("date")),
    )
    for metric, key in METRIC_KEYS.items():
        names = {"mean": f"mean_{key}_ms", "p50": f"median_{key}_ms"}
        names |= {f"p{n}": f"p{n}_{key}_ms" for n in (90, 95, 99)}
        facts |= latencies(metric, node, names)
    notes = tuple(_own(node.at("neuralnav")))
    return Point(node.path, facts, tuple(node.faults), notes)


def _own(own: Node) -> Iterator[str]:
    """Refuse a load point whose slowest answers were not waited for, and yield what our own client says to heed."""
    faults = own.at("faults")
    for fault in faults.value if isinstance(faults.value, list) else []:
        if isinstance(fault, dict) and fault.get("kind") == "given up":
            message = f"{shown(fault.get('count'))} requests were given up when the run was stopped"
            faults.refuse(message, "its slowest answers are missing; --skip-bad leaves this load point out")
    if own.at("generator_is_slow").value is True:
        yield "the load generator itself was late: latencies are partly its own"


def _mean(total: Node, done: Said | None) -> Said | None:
    said = total.needed()
    return None if said is None or done is None else Said(said.number / done.number, said.path)


def _rates(node: Node, done: Said | None, duration: Said | None) -> dict[str, Said]:
    if done is None or duration is None:
        return {}
    return {"achieved_rps": Said(done.number / duration.number, node.at("duration").path)}


def _engine(node: Node) -> Said | None:
    """Return the engine where the client names it: `openai` and the like are interfaces that many speak."""
    said = node.text()
    return said if said is not None and said.value in ("vllm", SIMULATOR) else None


def _load(node: Node) -> dict[str, Said]:
    """Return the arrivals: a rate, with gaps of Gamma shape `burstiness` (1: Poisson), or a number in flight."""
    rate, cap = node.at("request_rate"), node.at("max_concurrency").count()
    if rate.value in ("inf", "Infinity", float("inf"), None):
        everything = node.at("num_prompts").count()
        if cap is None and everything is None:
            rate.refuse("neither a rate nor a number in flight is given", "num_prompts or max_concurrency would say it")
        return known(arrival=Said("closed", rate.path), concurrency=cap or everything)
    named = node.at("arrival").text()
    if named is not None and named.value in ("constant", "unstated"):
        return known(arrival=named, offered_rps=rate.needed(), concurrency=cap)
    shape = node.at("burstiness").number(positive=True)
    name = "poisson" if shape is None or shape.number == 1 else f"gamma:{shape.number:g}"
    arrival = Said(f"{name}-capped" if cap and name == "poisson" else name, shape.path if shape else rate.path)
    return known(arrival=arrival, offered_rps=rate.needed(), concurrency=cap)


def _day(node: Node) -> Said | None:
    said = node.text()
    if said is None:
        return None
    for form in ("%Y%m%d-%H%M%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"):
        try:
            return Said(datetime.strptime(str(said.value), form).date().isoformat(), said.path)  # noqa: DTZ007  # a day
        except ValueError:
            continue
    node.refuse(f'"{said.value}" is not a date such as 20260131-142500')
    return None
