"""The report: a line of JSON a load point, as `vllm bench serve` writes it, and the sidecar that importing it reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from errno import EISDIR
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from neuralnav.errors import InputError, input_error
from neuralnav.files.writes import write_one
from neuralnav.model.emit import emit
from neuralnav.model.sidecar import SIMULATOR, SUFFIX, RunFacts
from neuralnav.serving.coefficients import Metric
from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav_simulator.load.aims import Slos
from neuralnav_simulator.load.measured import Measured
from neuralnav_simulator.load.plan import LoadPoint

CLIENT = "neuralnav-sim load"
NAMES = {"ttft": "ttft", "tpot": "tpot", "itl": "itl", "e2e": "e2el"}
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Ran:
    """One load point: what was to be sent, how it went, and what the serving model says of it, where it is known."""

    point: LoadPoint
    measured: Measured
    predicted: dict[str, float]


@dataclass(frozen=True, slots=True)
class About:
    """What all load points have in common. `simulates` is the candidate whose timing a simulator of ours says it has.

    Behind a gateway it may not be able to say so: `is_simulator` tells what its answers told as well. `model` is what
    `bench import` may know it by: a repository. `facts` are what it needs besides, None where nobody told.
    """

    url: str
    model: str
    engine_version: str
    simulates: str
    begun: datetime
    seed: int
    speedup: float
    is_simulator: bool
    slos: Slos | None
    facts: RunFacts | None


def report_text(about: About, ran: Sequence[Ran]) -> str:
    """Return the report, a line for each load point of which something was measured."""
    return "".join(json.dumps(_line(about, one)) + "\n" for one in ran if one.measured.done)


def sidecar_text(about: About) -> str | None:
    """Return the sidecar, or None where nothing is known beside the report."""
    if about.facts is None:
        return None
    spec = about.facts.model_dump(mode="json", by_alias=True, exclude_none=True)
    return emit({"apiVersion": "neuralnav.dev/v1alpha1", "kind": "BenchmarkSidecar", "spec": spec})


def write_report(path: Path, about: About, ran: Sequence[Ran]) -> tuple[Path, ...]:
    """Write report and sidecar, and return what was written. A sidecar of another run does not stay.

    A kill leaves the report of before or this one.
    """
    beside, text = _beside(path), sidecar_text(about)
    try:
        _write(path, report_text(about, ran))
        if text is None:
            beside.unlink(missing_ok=True)
            return (path,)
        _write(beside, text)
    except OSError as error:
        raise _unwritable(path, error) from None
    return path, beside


def check_writable(path: Path) -> None:
    """Raise InputError where a report could not be written: a run must not end with nowhere to put it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        if path.exists() and not path.is_file():  # a device or a pipe
            return
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise _unwritable(path, error) from None


def _write(path: Path, text: str) -> None:
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
    else:
        write_one(path, text.encode(), new=False)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _unwritable(path: Path, error: OSError) -> InputError:
    return input_error(str(path), f"cannot be written: {(error.strerror or str(error)).lower()}")


def _line(about: About, ran: Ran) -> dict[str, Any]:
    point, found = ran.point, ran.measured
    line: dict[str, Any] = {
        "date": about.begun.strftime("%Y%m%d-%H%M%S"),
        "client": CLIENT,
        "backend": SIMULATOR if about.is_simulator else "vllm" if about.engine_version else "openai",
        "model_id": about.model,
        "num_prompts": found.sent,
        "request_rate": "inf" if point.rate_rps is None else point.rate_rps,
        "max_concurrency": point.in_flight,
    }
    line |= {"arrival": point.arrival} if point.burstiness is None else {"burstiness": point.burstiness}
    seconds = max(found.seconds, 1e-9)
    line |= {
        "duration": seconds,
        "completed": found.done,
        "failed": found.sent - found.done,
        "total_input_tokens": found.prompt_tokens,
        "total_output_tokens": found.output_tokens,
        "request_throughput": found.done / seconds,
        "output_throughput": found.output_tokens / seconds,
    }
    return line | _latencies(found.ms) | {"neuralnav": _own(about, ran)}


def _latencies(ms: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for metric, name in NAMES.items():
        for statistic, said in (("mean", "mean"), ("p50", "median"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99")):
            value = ms.get(f"{metric}_{statistic}_ms")
            if value is not None:
                found[f"{said}_{name}_ms"] = round(value, DIGITS)
    return found


def _own(about: About, ran: Ran) -> dict[str, Any]:
    """Return what no other client tells: it stands apart, and importers pass it by."""
    found = ran.measured
    own: dict[str, Any] = {
        "url": about.url,
        "seed": about.seed,
        "speedup": about.speedup,
        "stopped": found.stopped,
        "lateness_ms": dict(zip(("p50", "p99", "max"), (round(value, DIGITS) for value in found.late_ms), strict=True)),
        "lag_ms": round(found.lag_ms, DIGITS),
        "generator_is_slow": found.generator_is_slow,
        "from_send": _latencies(found.from_send_ms),
        "faults": [{"kind": one.kind, "count": one.count, "said": one.said} for one in found.faults],
        "merged_tokens": found.merged,
        "short_answers": found.short,
    }
    if about.simulates:
        own["simulates"] = about.simulates
    if about.slos is not None:
        own["slos"] = {metric: _verdict(found, about.slos, metric) for metric in LATENCY_METRICS}
    if ran.predicted:
        own["predicted"] = _latencies(ran.predicted)
    return own


def _verdict(found: Measured, slos: Slos, metric: Metric) -> dict[str, Any]:
    p95 = found.ms.get(f"{metric}_p95_ms")
    return {"p95_ms": slos.of(metric), "met": False if found.lost else None if p95 is None else p95 <= slos.of(metric)}
