"""How a sweep runs: what is deployed, how much is simulated, and where the load points lie."""

from dataclasses import dataclass

from neuralnav.errors import input_error

KV_ELEMENT_BYTES = {"auto": 2.0, "fp8": 1.0}

LOAD_FRACTIONS = (0.02, 0.5, 0.95, 1.25)
"""Where every sweep looks first; its other points go to where the curves turn (`knee.py`)."""


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How a sweep runs. `kv_dtype` "auto" is 16 bit; `load_fractions` are of the saturation rate.

    `requests` are measured per row, after a warm-up that is found for each load point (`warmup.py`). A sweep starts
    with `load_fractions` and adds points until it has `most_points`, or until no
    interval between two errs by more than `tolerance` (see `knee.py`); with `most_points` at 0 the fractions are all.
    """

    requests: int = 1000
    seed: int = 20261122
    kv_dtype: str = "auto"
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192
    memory_utilization: float = 0.90
    prefix_hit_share: float = 0.0
    load_fractions: tuple[float, ...] = LOAD_FRACTIONS
    most_points: int = 12
    tolerance: float = 0.01


DEFAULT_SETTINGS = SweepSettings()


def kv_bytes(settings: SweepSettings) -> float:
    """Return the bytes of one element of the KV cache. Raises InputError for a type that no sweep knows."""
    if settings.kv_dtype not in KV_ELEMENT_BYTES:
        raise input_error("sweep", f'kv dtype "{settings.kv_dtype}" is unknown', "use " + " or ".join(KV_ELEMENT_BYTES))
    return KV_ELEMENT_BYTES[settings.kv_dtype]
