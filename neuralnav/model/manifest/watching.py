"""The rules of what watches a service: it reads that service's series, by names and bucket edges that there are."""

import re
from collections.abc import Iterator, Mapping

from neuralnav.model.engine_metrics import LATENCY_EDGES_S, LATENCY_HISTOGRAMS
from neuralnav.model.manifest.monitoring import ConfigMap, PrometheusRule
from neuralnav.model.manifest.pods import Finding, Path, Service

_SERIES = re.compile(
    r'(?<![a-zA-Z0-9_:."$])(vllm:[a-zA-Z0-9_]+|job:neuralnav_[a-zA-Z0-9_:]+|up)(?:\{([^}]*)\})?(?![a-zA-Z0-9_(])'
)
"""A series that an expression reads, and what it selects of it."""

_EDGE = re.compile(r'\ble=~?"([0-9]+)(?:\(\[\.\]0\)\?|\.([0-9]+))"')
_EDGES: Mapping[str, tuple[float, ...]] = {
    f"{series}_bucket": LATENCY_EDGES_S[metric] for metric, names in LATENCY_HISTOGRAMS.items() for series in names
}
JOB_VARIABLE = "$job"


def watching_findings(item: PrometheusRule | ConfigMap, service: Service) -> Iterator[Finding]:
    """Yield what is wrong with rules or a dashboard beside a service: series of others, or that nobody makes."""
    job = f"{service.metadata.namespace}/{service.metadata.name}"
    match item:
        case PrometheusRule():
            yield from _rules(item, job)
        case ConfigMap():
            yield from _dashboard(item, job)


def _rules(item: PrometheusRule, job: str) -> Iterator[Finding]:
    recorded = {rule.record for group in item.spec.groups for rule in group.rules}
    for index, group in enumerate(item.spec.groups):
        for place, rule in enumerate(group.rules):
            path: Path = ("spec", "groups", index, "rules", place, "expr")
            yield from _expression(rule.expr, job, path)
            for name in sorted({found[1] for found in _SERIES.finditer(rule.expr)}):
                if name.startswith("job:") and name not in recorded:
                    yield Finding(path, f"no rule records {name}", "record it, or read another series")


def _dashboard(item: ConfigMap, job: str) -> Iterator[Finding]:
    (key,) = item.data
    found = item.dashboard
    if found.constants.get("job") != job:
        yield Finding(("data", key), f"the constant job is {found.constants.get('job')}", f"set it to {job}")
    for panel in found.panels:
        for query in panel.targets:
            for finding in _expression(query.expr, JOB_VARIABLE, ("data", key)):
                yield Finding(finding.path, f"panel {panel.id}, {query.ref_id}: {finding.message}", finding.fix)


def _expression(expr: str, job: str, path: Path) -> Iterator[Finding]:
    """Refuse an expression that reads no series of the service or those of others, or a bucket that vLLM lacks."""
    for series, selected in _SERIES.findall(expr):
        if f'job="{job}"' not in selected.split(","):
            yield Finding(path, f"{series} is read of every job", f'select job="{job}"')
        edge = _EDGE.search(selected)
        if edge and series in _EDGES and float(f"{edge[1]}.{edge[2] or 0}") not in _EDGES[series]:
            yield Finding(
                path, f"{series} has no bucket that ends at {edge[1]}.{edge[2] or 0}", "name an edge of vLLM's"
            )
