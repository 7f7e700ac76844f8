"""How a sweep runs: what is deployed, how much is simulated, and where the load points lie."""

from dataclasses import dataclass
from math import isfinite

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.serving.arrivals import Kind, Process

KV_ELEMENT_BYTES = {"auto": 2.0, "fp8": 1.0}

LOAD_FRACTIONS = (0.02, 0.5, 1.0, 1.25)
"""Where every sweep looks first; its other points go to where the curves turn (`knee.py`)."""


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How a sweep runs. `kv_dtype` "auto" is 16 bit; `load_fractions` are of the saturation rate.

    `async_scheduling` plans a step while another one runs, as vLLM does by default from 0.14 on.

    `requests` are measured per row, after a warm-up that is found for each load point (`warmup.py`). A sweep starts
    with `load_fractions` and adds points until it has `most_points`, or until no
    interval between two errs by more than `tolerance` (see `knee.py`); with `most_points` at 0 the fractions are all.
    With `ceiling_ms` (p95 of TTFT, ITL, E2E) it ends with the first of `load_fractions` at which one of them is over:
    who asks for no more reads no further.
    """

    requests: int = 1000
    seed: int = 20261122
    kv_dtype: str = "auto"
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192
    memory_utilization: float = 0.90
    prefix_hit_share: float = 0.0
    async_scheduling: bool = True
    arrival: Kind = "poisson"
    burst_size: float = 1.0
    load_fractions: tuple[float, ...] = LOAD_FRACTIONS
    most_points: int = 10
    tolerance: float = 0.02
    ceiling_ms: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        """Raise InputError naming every setting that no sweep can run with."""
        bad = [fraction for fraction in self.load_fractions if not (isfinite(fraction) and fraction > 0.0)]
        checks = (
            (self.requests >= 2, f"{self.requests} requests measure nothing", "use 2 or more, 1000 for a table"),
            (bool(self.load_fractions), "no load fraction is given", "give at least one above 0"),
            (not bad, f"a load of {bad[0] if bad else 0:g} times saturation is none", "use finite numbers above 0"),
            (0.0 <= self.prefix_hit_share < 1.0, f"prefix hit share {self.prefix_hit_share:g} is none", "use 0 to 1"),
            (
                isfinite(self.burst_size) and self.burst_size >= 1.0,
                f"burst size {self.burst_size:g} is none", "use 1 or more",
            ),
        )  # fmt: skip
        problems = [Diagnostic(Where("sweep"), message, hint) for holds, message, hint in checks if not holds]
        if problems:
            raise InputError(problems)


DEFAULT_SETTINGS = SweepSettings()


def kv_bytes(settings: SweepSettings) -> float:
    """Return the bytes of one element of the KV cache. Raises InputError for a type that no sweep knows."""
    if settings.kv_dtype not in KV_ELEMENT_BYTES:
        raise input_error("sweep", f'kv dtype "{settings.kv_dtype}" is unknown', "use " + " or ".join(KV_ELEMENT_BYTES))
    return KV_ELEMENT_BYTES[settings.kv_dtype]


def process_of(settings: SweepSettings) -> Process:
    """Return the arrivals of a sweep."""
    return Process(settings.arrival, settings.burst_size)
