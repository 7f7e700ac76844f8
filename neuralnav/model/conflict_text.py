"""How outcomes contradict what was measured, in words."""

from collections.abc import Mapping


def conflict_text(outcomes: int, measured_runs: int, factors: Mapping[str, float]) -> str:
    """Return how outcomes contradict what was measured: by how much, and what counts."""
    parts = ", ".join(f"{metric.upper()} x {factor:.2f}" for metric, factor in factors.items())
    seen = "1 outcome contradicts" if outcomes == 1 else f"{outcomes} outcomes contradict"
    runs = f"{measured_runs} measured run{'s' if measured_runs != 1 else ''}"
    return f"{seen} {runs} ({parts}): the slower of the two counts, and the interval holds both"
