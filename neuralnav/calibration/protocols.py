"""How the servers and clients of public runs were set up: what the runs' tables do not say.

From the launch scripts that the runs' publisher keeps in public (SemiAnalysisAI/InferenceX, benchmarks/*.sh, read
2026-11-25); scripts change, and the commit of a run is not known, so that this is the best account, not a proof.
"""

import re
from dataclasses import dataclass, replace

from neuralnav.model.catalog import Accelerator
from neuralnav.serving.stepcost import Launching

ASYNCHRONOUS_SINCE = (0, 14)
"""From this release on vLLM plans a step while another one runs, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """The settings of one server and its client.

    The client sends `requests_per_slot` times as many requests as it keeps in flight, all slots at once, with lengths
    uniform on `least_share` to 1 of nominal, and reports the mean over all of them.
    """

    launching: Launching
    kv_dtype: str
    memory_utilization: float
    max_num_batched_tokens: int = 8192
    requests_per_slot: int = 10
    least_share: float = 0.8


DEFAULT = Protocol(Launching(), kv_dtype="auto", memory_utilization=0.90)


def protocol(model: str, precision: str, accelerator: Accelerator, engine_version: str) -> Protocol:
    """Return the protocol of the runs of a model (catalog id) at a precision on an accelerator."""
    blackwell = accelerator.generation == "blackwell"
    chosen = DEFAULT
    if model in ("llama-3.1-70b", "llama-3.3-70b"):  # 70b_fp8_h100_slurm.sh, 70b_fp8_ and 70b_fp4_b200_docker.sh
        graphs = Launching(graphs="decode-only") if blackwell else Launching()
        chosen = Protocol(graphs, kv_dtype="fp8", memory_utilization=0.90)
    elif model.startswith("gpt-oss"):  # gptoss_fp4_b200.sh; without an fp8 cache on Hopper
        chosen = Protocol(
            Launching(capture_tokens=2048), kv_dtype="fp8" if blackwell else "auto", memory_utilization=0.90
        )
    elif model.startswith("minimax"):  # minimaxm2.5_fp8_h100.sh, _h200.sh, _b200.sh, minimaxm2.5_fp4_b200.sh
        graphs = Launching() if blackwell else Launching(graphs="piecewise")
        utilization = 0.90 if accelerator.id == "h100" or precision == "fp4" else 0.95
        chosen = Protocol(graphs, kv_dtype="fp8" if precision == "fp4" else "auto", memory_utilization=utilization)
    elif model.startswith("kimi"):  # kimik2.5_int4_h200.sh, kimik2.5_int4_b200.sh, kimik2.5_fp4_b200.sh
        narrow = precision == "fp4"
        chosen = Protocol(
            Launching(), kv_dtype="fp8" if narrow else "auto", memory_utilization=0.90 if narrow else 0.95
        )
    if not is_asynchronous(engine_version):
        chosen = replace(chosen, launching=replace(chosen.launching, asynchronous=False))
    return chosen


def is_asynchronous(engine_version: str) -> bool:
    """Tell whether an engine of this version plans a step ahead; one that states none is taken to."""
    numbers = re.match(r"(\d+)\.(\d+)", engine_version)
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= ASYNCHRONOUS_SINCE
