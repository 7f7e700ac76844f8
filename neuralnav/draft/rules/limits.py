"""Figures that bind: latencies, budget, token lengths, context, replicas, availability."""

from neuralnav.draft.rules.availability import read_availability
from neuralnav.draft.rules.latency import read_latency
from neuralnav.draft.rules.lengths import read_lengths
from neuralnav.draft.rules.money import read_money
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def read_limits(text: Text, catalog: Catalog) -> Reading:
    """Return slo.*, constraints.budget and contextLength, traffic's lengths, redundancy, confidence, maxReplicas."""
    parts = (read_latency(text), read_money(text), read_lengths(text, catalog), read_availability(text))
    return Reading(
        findings=tuple(item for part in parts for item in part.findings),
        unplaced=tuple(item for part in parts for item in part.unplaced),
        questions=tuple(item for part in parts for item in part.questions),
    )
