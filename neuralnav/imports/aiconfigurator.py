"""aiconfigurator's `pareto.csv` and `best_config_topn.csv`: predictions of its closed-loop model, not measurements.

Columns are spelt with their unit, `ttft(ms)`, or without it; times are milliseconds either way. A row that spreads
over data parallelism, expert parallelism or separate prefill and decode workers is no configuration of ours.
"""

from collections.abc import Iterator, Mapping

from neuralnav.imports.said import Node, Point, Said, known, shown
from neuralnav.imports.statistics import latencies

ORIGIN = "aiconfigurator"
COLUMNS = ("isl", "osl", "ttft", "tpot", "concurrency")
PRECISION_NAMES: Mapping[str, str] = {
    "bfloat16": "bf16", "float16": "bf16", "fp8": "fp8", "fp8_static": "fp8", "fp8_block": "fp8", "fp8_ootb": "fp8",
    "int8_wo": "int8", "sq": "int8", "int4_wo": "int4", "nvfp4": "fp4",
}  # fmt: skip
EXPERT_PRECISION_NAMES: Mapping[str, str] = {
    **PRECISION_NAMES, "w4afp8": "int4", "w4a16_mxfp4": "fp4", "w4a8_mxfp4_mxfp8": "fp4",
}  # fmt: skip
"""aiconfigurator's modes of `gemm` and `moe` in our words (GEMMQuantMode and MoEQuantMode of its sdk/common.py)."""

KV_NAMES: Mapping[str, str] = {"bfloat16": "auto", "float16": "auto", "fp8": "fp8"}
ENGINES: Mapping[str, str] = {"vllm": "vllm", "trtllm": "tensorrt-llm", "sglang": "sglang"}


def plain_column(name: str) -> str:
    """Return a column's name without its unit: `ttft(ms)` is `ttft`."""
    head, bracket, _ = name.partition("(")
    return head.strip() if bracket and head.strip() else name.strip()


def points(root: Node) -> Iterator[Point]:
    """Yield a load point per row of the table."""
    for node in root.each():
        row = Node({plain_column(name): cell for name, cell in node.value.items()}, node.path, node.faults)
        yield _point(row)


def _point(node: Node) -> Point:
    _refuse_other_layouts(node)
    engine = _named(node.at("backend"), ENGINES)
    concurrency, rate = node.at("concurrency").count(), node.first("seq/s", "request_rate").number(positive=True)
    output = node.at("osl").count()
    facts = known(
        model_name=node.at("model").text(),
        accelerator_name=node.at("system").text(),
        precision=_named(node.at("gemm"), PRECISION_NAMES),
        expert_precision=_named(node.at("moe"), EXPERT_PRECISION_NAMES),
        kv_dtype=_named(node.at("kvcache"), KV_NAMES),
        tp=node.at("tp").count(),
        pp=node.at("pp").count(),
        engine=engine,
        engine_version=node.at("version").text(),
        prompt_tokens=node.at("isl").count(),
        output_tokens=output,
        prefix_hit_share=_hit_share(node),
        arrival=Said("closed", node.at("concurrency").path),
        concurrency=concurrency,
        achieved_rps=rate,
        output_tokens_per_s=Said(rate.number * output.number, rate.path) if rate and output else None,
    )
    for metric, column in (("ttft", "ttft"), ("tpot", "tpot"), ("e2e", "request_latency")):
        facts |= latencies(metric, node, {"mean": column})
    return Point(node.path, facts, tuple(node.faults))


def _refuse_other_layouts(node: Node) -> None:
    if any(name in node.value for name in ("(p)tp", "(d)tp", "(p)bs", "p")) and node.at("tp").value is None:
        node.refuse("prefill and decode are served apart", "import the table of aggregated serving (agg)")
    for name, meaning in (("dp", "data parallel attention"), ("moe_ep", "expert parallel")):
        said = node.at(name).number()
        if said is not None and said.number > 1:
            hint = "no configuration of the catalog has it; --skip-bad imports the other rows"
            node.at(name).refuse(f"{said.number:g}-way {meaning} is not tensor parallelism", hint)


def _hit_share(node: Node) -> Said | None:
    prefix, prompt = node.at("prefix").number(), node.at("isl").number()
    if prefix is None or not prompt or not prompt.number:
        return None
    return Said(min(1.0, prefix.number / prompt.number), prefix.path)


def _named(node: Node, names: Mapping[str, str]) -> Said | None:
    said = node.text()
    if said is None:
        return None
    if said.value not in names:
        node.refuse(f"{shown(said.value)} is not known here", "known: " + ", ".join(names))
        return None
    return Said(names[str(said.value)], said.path)
