"""The latency table of the earlier NeuralNav: a load sweep per configuration, simulated by another project.

Its rows are predictions of a model that is not ours, so their source is `predicted`: behind anything measured, and
behind our own simulation, whose intervals are known. It does not say how requests arrived; E2E is computed.
"""

from collections.abc import Iterator

from neuralnav.imports.said import Node, Point, Said, known
from neuralnav.imports.statistics import latencies

ORIGIN = "neuralnav-json"
KEYS = {name: name for name in ("mean", "p50", "p90", "p95", "p99")}


def points(root: Node) -> Iterator[Point]:
    """Yield a load point per row of the table."""
    for node in root.at("benchmarks").each():
        yield _point(node)


def _point(node: Node) -> Point:
    facts = known(
        model_name=node.at("model_hf_repo").text(),
        accelerator_name=node.at("hardware").text(),
        tp=node.at("hardware_count").count(),
        engine=node.at("framework").text(),
        engine_version=node.at("framework_version").text(),
        prompt_tokens=node.at("prompt_tokens").count(),
        output_tokens=node.at("output_tokens").count(),
        output_mean=node.at("mean_output_tokens").number(positive=True),
        arrival=Said("unstated", node.path),
        offered_rps=node.at("requests_per_second").needed(),
        achieved_rps=node.at("responses_per_second").number(),
        output_tokens_per_s=node.at("tokens_per_second").number(),
    )
    for metric in ("ttft", "itl", "e2e"):
        facts |= latencies(metric, node, {name: f"{metric}_{key}" for name, key in KEYS.items()})
    return Point(node.path, facts, tuple(node.faults))
