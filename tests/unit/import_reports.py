"""Small reports of each tool, invented: a request of 512 -> 256 tokens takes 50 ms and 255 gaps of 10 ms."""

import json
from typing import Any

TTFT, GAP, TOKENS = 50.0, 10.0, 256
E2E_S = (TTFT + GAP * (TOKENS - 1)) / 1000.0


def spread(mean: float) -> dict[str, Any]:
    """A GuideLLM distribution around a mean."""
    percentiles = {"p90": mean * 1.2, "p95": mean * 1.3, "p99": mean * 1.5}
    return {"successful": {"mean": mean, "median": mean, "percentiles": percentiles}}


def guidellm_metrics() -> dict[str, Any]:
    return {
        "request_totals": {"successful": 300, "errored": 0, "incomplete": 2, "total": 302},
        "request_latency": spread(E2E_S),
        "time_to_first_token_ms": spread(TTFT),
        "inter_token_latency_ms": spread(GAP),
        "time_per_output_token_ms": spread(E2E_S * 1000.0 / TOKENS),
        "prompt_token_count": spread(512.0),
        "output_token_count": spread(float(TOKENS)),
    }


def guidellm_v2(*rates: float) -> dict[str, Any]:
    """A report of GuideLLM v2: one benchmark of 300 requests per Poisson rate."""
    benchmarks = [
        {
            "config": {
                "strategy": {"type_": "poisson", "rate": rate, "max_concurrency": None},
                "backend": {"type_": "openai_http", "model": "Qwen/Qwen3-8B"},
            },
            "duration": 300 / rate,
            "start_time": 1767225600.0,
            "metrics": guidellm_metrics(),
        }
        for rate in rates
    ]
    return {"metadata": {"version": 2, "guidellm_version": "0.6.0"}, "args": {}, "benchmarks": benchmarks}


def guidellm_v1() -> dict[str, Any]:
    """A report of GuideLLM v1: no metadata, the strategy under args, totals beside the metrics."""
    metrics = guidellm_metrics()
    totals = metrics.pop("request_totals")
    return {
        "benchmarks": [
            {
                "args": {"strategy": {"type_": "concurrent", "streams": 8}},
                "worker": {"backend_model": "Qwen/Qwen3-8B"},
                "run_stats": {},
                "duration": 100.0,
                "start_time": 1767225600.0,
                "request_totals": totals,
                "metrics": metrics,
            }
        ]
    }


def vllm_result(rate: float | str = 2.0, **changes: Any) -> dict[str, Any]:
    """A result of vLLM bench serve with every percentile, at a Poisson rate or `inf`."""
    done, seconds = 400, 400 / (rate if isinstance(rate, float) else 4.0)
    result = {
        "date": "20260101-120000", "backend": "vllm", "model_id": "Qwen/Qwen3-8B", "num_prompts": 400,
        "request_rate": rate, "burstiness": 1.0, "max_concurrency": None, "duration": seconds, "completed": done,
        "total_input_tokens": done * 512, "total_output_tokens": done * TOKENS, "request_throughput": done / seconds,
        "request_goodput:": None, "output_throughput": done * TOKENS / seconds, "failed": 0,
    }  # fmt: skip
    for key, mean in (("ttft", TTFT), ("tpot", GAP), ("itl", GAP), ("e2el", E2E_S * 1000.0)):
        result |= {f"mean_{key}_ms": mean, f"median_{key}_ms": mean}
        result |= {f"p{n}_{key}_ms": mean * (1.0 + n / 200.0) for n in (90, 95, 99)}
    return {**result, **changes}


def llm_d_v1(units: str = "ms", scale: float = 1.0) -> str:
    """An llm-d-benchmark report v0.1, its TTFT in `units`."""
    return f"""\
version: '0.1'
scenario:
  host:
    accelerator:
    - {{model: NVIDIA-H100-80GB-HBM3, count: 2, memory: 80, parallelism: {{dp: 1, tp: 2, pp: 1, ep: 1}}}}
    type: [replica]
  platform:
    engine: [{{name: vllm, version: v0.11.0, args: {{}}}}]
  model: {{name: Qwen/Qwen3-8B}}
  load: {{name: vllm-benchmark, args: {{max_concurrency: 16}}}}
metrics:
  time: {{duration: 80.0, start: 1767225600.0}}
  requests:
    total: 410
    failures: 10
    input_length: {{units: count, mean: 512.0}}
    output_length: {{units: count, mean: 256.0}}
  latency:
    time_to_first_token: {{units: {units}, mean: {TTFT * scale}, p50: {TTFT * scale}, p90: {60 * scale}}}
    inter_token_latency: {{units: ms/token, mean: 10.0, p90: 11.0}}
    time_per_output_token: {{units: s/token, mean: 0.010}}
    request_latency: {{units: s, mean: 2.6}}
  throughput: {{total_tokens_per_sec: 3840.0, output_tokens_per_sec: 1280.0, requests_per_sec: 5.0}}
"""


LLM_D_V2 = """\
version: '0.2'
run: {uid: a, time: {start: 2026-01-01T12:00:00Z, duration: PT100S}}
scenario:
  stack:
  - metadata: {kind: inference_engine, label: a, cfg_id: b}
    standardized:
      kind: inference_engine
      tool: llm-d
      tool_version: ghcr.io/llm-d/llm-d-cuda:0.3.1
      role: aggregate
      replicas: 2
      model: {name: Qwen/Qwen3-8B}
      accelerator: {model: NVIDIA-H100-80GB-HBM3, count: 1, parallelism: {dp: 1, ep: 1, pp: 1, tp: 1}}
  - metadata: {kind: generic, label: epp}
    standardized: {tool: scheduler, tool_version: 0.3.2}
  load:
    standardized:
      tool: inference-perf
      tool_version: 0.3.0
      input_seq_len: {distribution: fixed, value: 512}
      output_seq_len: {distribution: fixed, value: 256}
      rate_qps: 8
      concurrency: .inf
    native: {config: {load: {type: poisson}}}
results:
  request_performance:
    aggregate:
      requests: {total: 800, failures: 0, input_length: {units: count, mean: 515.0},
                 output_length: {units: count, mean: 256.0}}
      throughput: {requests_rate: {units: queries/s, mean: 8.0}, output_token_rate: {units: tokens/s, mean: 2048.0}}
      latency:
        time_to_first_token: {units: s, mean: 0.05, p50: 0.05, p90: 0.06, p95: 0.07, p99: 0.08}
        inter_token_latency: {units: s/token, mean: 0.01, p95: 0.013}
        request_latency: {units: s, mean: 2.6, p95: 2.8}
"""

AICONFIGURATOR = """\
model,isl,osl,prefix,concurrency,request_rate,bs,ttft(ms),tpot(ms),request_latency(ms),seq/s,tokens/s/gpu,\
num_total_gpus,tp,pp,dp,moe_tp,moe_ep,gemm,kvcache,moe,memory(GB),backend,version,system
Qwen/Qwen3-8B,512,256,0,16,6.1,16,50.0,10.0,2600.0,6.1,1561.6,1,1,1,1,1,1,fp8_block,fp8,fp8_block,30.2,vllm,0.14.0,h200_sxm
Qwen/Qwen3-8B,512,256,0,32,9.0,32,90.0,13.0,3405.0,9.0,2304.0,1,1,1,1,1,1,fp8_block,fp8,fp8_block,31.0,vllm,0.14.0,h200_sxm
"""

EARLIER = {
    "_metadata": {"version": "1.0"},
    "benchmarks": [
        {
            "model_hf_repo": "qwen/qwen3-8b", "hardware": "H100", "hardware_count": 1, "framework": "vllm",
            "framework_version": "v0.8.4", "prompt_tokens": 512, "output_tokens": 256, "mean_output_tokens": 256,
            "ttft_mean": 50.0, "ttft_p90": 60.0, "ttft_p95": 65.0, "ttft_p99": 70.0, "itl_mean": 10.0,
            "itl_p90": 9.7, "itl_p95": 9.8, "itl_p99": 9.9, "e2e_mean": 2600.0, "e2e_p90": 2700.0, "e2e_p95": 2750.0,
            "e2e_p99": 2800.0, "requests_per_second": rate, "responses_per_second": rate,
            "tokens_per_second": 256 * rate,
        }
        for rate in (1.0, 2.0)
    ],
}  # fmt: skip


def raw(value: Any) -> bytes:
    """A report as its tool writes it."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()
