"""Distributions of reports to the columns of the benchmark table."""

from collections.abc import Mapping

from neuralnav.imports.said import Node, Said
from neuralnav.model.tables import STATISTICS

MS_PER_S = 1000.0


def latencies(metric: str, node: Node, names: Mapping[str, str], *, scale: float = 1.0) -> dict[str, Said]:
    """Return the columns `<metric>_<statistic>_ms` that a node holds; `names` maps each statistic to its key there.

    Tools write 0 where they measured nothing (a TTFT without streaming, a gap of one token): 0 is unknown here, as no
    latency is 0. Percentiles that are not there stay unknown.
    """
    found = {}
    for statistic in STATISTICS:
        if statistic in names:
            said = node.at(*names[statistic].split("/")).number(scale=scale)
            if said is not None and said.number > 0:
                found[f"{metric}_{statistic}_ms"] = said
    return found
