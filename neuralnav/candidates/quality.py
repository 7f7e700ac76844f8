"""The quality score of a checkpoint for a use case: published scores, peers where they lack, quantisation."""

import math
from collections.abc import Mapping

from neuralnav.model.catalog import PRECISIONS, Catalog, Model, PeerScores

ANYTHING = PeerScores(score=50.0, low=0.0, high=100.0)
"""What a missing score may be where nothing at all is known of its peers."""


def quality_of(model: Model, precision: str, weights: Mapping[str, float], catalog: Catalog) -> tuple[float, ...]:
    """Return (score, low, high, coverage) of a model's checkpoint for a use case, 0-100."""
    return of_checkpoint(reached(model, weights, catalog), model, precision, catalog)


def of_checkpoint(
    found: tuple[float, float, float, float], model: Model, precision: str, catalog: Catalog
) -> tuple[float, ...]:
    """Return (score, low, high, coverage) of a checkpoint: what the model reached, as far as the precision keeps it."""
    *ends, coverage = found
    kept = _kept(model, precision, catalog)
    return (*(round(value * share, 2) for value, share in zip(ends, kept, strict=True)), coverage)


def reached(model: Model, weights: Mapping[str, float], catalog: Catalog) -> tuple[float, float, float, float]:
    """Return (score, low, high, coverage) of a model as it was scored, 0-100.

    The weighted mean of the benchmarks; coverage is the known share of the weight. A missing score is estimated from
    the model's peers by size: their median times the model's ratio to their medians where it is known, at most the
    top of their range. A model without any score is unknown: coverage 0, and the medians and ranges of its peers.
    """
    scores = catalog.scores[model.id].scores if model.id in catalog.scores else {}
    known = {name: weight for name, weight in weights.items() if name in scores}
    peers = {name: _peers(model, name, catalog) for name in weights}
    # fsum, not sum: the built-in rounds otherwise from Python 3.12 on, and a lock must not tell them apart.
    whole, expected = math.fsum(weights.values()), math.fsum(weights[name] * peers[name].score for name in known)
    ratio = math.fsum(weights[name] * scores[name] for name in known) / expected if expected else 1.0
    guess = {name: min(ratio * peer.score, peer.high) for name, peer in peers.items()}
    ends = (
        {**guess, **scores},
        {**{name: min(guess[name], peer.low) for name, peer in peers.items()}, **scores},
        {**{name: peer.high for name, peer in peers.items()}, **scores},
    )
    value, low, high = (math.fsum(weights[name] * end[name] for name in weights) / whole for end in ends)
    return value, low, high, round(math.fsum(known.values()) / whole, 3)


def _peers(model: Model, benchmark: str, catalog: Catalog) -> PeerScores:
    """Return what models of this size reach in a benchmark; anything, where the catalog has no fallback."""
    size = model.parameters_b.value
    steps = [step for step in catalog.fallback if size <= step.up_to_parameters_b] or list(catalog.fallback[-1:])
    return steps[0].benchmarks.get(benchmark, steps[0]) if steps else ANYTHING


def _kept(model: Model, precision: str, catalog: Catalog) -> tuple[float, float, float]:
    """Return the share of its quality that a checkpoint keeps: the value, its low and its high end.

    The widest checkpoint keeps all: it is taken for what was scored. A loss that nobody published is taken as the
    worst that is known, and may be none.
    """
    if precision == min((item.precision for item in model.checkpoints), key=PRECISIONS.index):
        return 1.0, 1.0, 1.0
    loss = catalog.quantisation.get(precision)
    if loss is not None:
        return loss.kept, loss.low, loss.high
    known = catalog.quantisation.values()
    return min((item.kept for item in known), default=1.0), min((item.low for item in known), default=0.0), 1.0
