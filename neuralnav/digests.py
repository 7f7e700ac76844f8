"""(ResolvedSpec, Catalog, load curves) -> one digest per input: what a lock holds of what it was made from. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from neuralnav.model.catalog import Accelerator, Catalog, Model
from neuralnav.model.document import digest
from neuralnav.model.spec import ResolvedSpec

Json = Any
"""A JSON value: what pydantic dumps and `digest` takes."""

MEMORY_COEFFICIENT = "runtime_overhead_gib"
"""The one coefficient that decides beside the load curves: which weights fit."""


def input_digests(
    spec: ResolvedSpec, *, workload: Json, settings: Json, layout: Json, catalog: Catalog, models: Iterable[str],
    accelerators: Iterable[str], curves: Mapping[str, str], prices: Json, templates: str, facts: "Facts",
) -> dict[str, str]:  # fmt: skip
    """Return one digest per input, by meaning: a comment, a source or a note is none.

    Catalog and evidence are the slice that this workload considers. `models` and `accelerators` are those of the
    candidates that its constraints do not shut out by name, and `curves` the digest of the load curve of each candidate
    that may need one. `facts` saves what was said of a catalog's entries before.
    """
    names, others, of = sorted(models), sorted(accelerators), facts.of
    use_case, experience = catalog.use_cases.get(spec.use_case), catalog.experiences.get(spec.experience)

    def slice_() -> Json:
        return {
            "models": [facts.of_model(catalog.models[name], spec.allowed.precisions) for name in names],
            "accelerators": [facts.of_accelerator(catalog.accelerators[name]) for name in others],
            "use_case": of(use_case) if use_case else None,
            "experience": of(experience) if experience else None,
            "scores": [of(catalog.scores[name]) for name in names if name in catalog.scores],
            "quantisation": [of(item) for item in catalog.quantisation.values()],
            "fallback": [of(item) for item in catalog.fallback],
            "intervals": [of(item) for item in catalog.serving.intervals],
            "memory": [of(item) for item in catalog.serving.coefficients if item.name == MEMORY_COEFFICIENT],
        }

    considered = (tuple(names), tuple(others), spec.use_case, spec.experience, spec.allowed.precisions)
    evidence = "\n".join(f"{name} {curves[name]}" for name in sorted(curves))
    return {
        "workload": digest(workload),
        "settings": digest(settings),
        "layout": digest(layout),
        "catalog": facts.once(catalog, considered, lambda: digest(slice_())),
        "prices": digest(prices),
        "evidence": "sha256:" + hashlib.sha256(evidence.encode()).hexdigest(),
        "templates": templates,
    }


class Facts:
    """What catalog entries say, without who says so: told once of each entry, as all workloads consider the same ones.

    An entry is known by its identity, so it is held on to: nothing else may come to be in its place.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[int, object], tuple[object, Json]] = {}

    def of(self, item: BaseModel) -> Json:
        """Return what an entry says."""
        return self.once(item, None, lambda: _facts(item))

    def of_accelerator(self, item: Accelerator) -> Json:
        """Return what is known of an accelerator, its prices aside."""
        return self.once(item, None, lambda: _facts(item.model_copy(update={"prices": ()})))

    def of_model(self, item: Model, precisions: frozenset[str]) -> Json:
        """Return what is known of a model and of its allowed checkpoints; the widest of all is what was scored."""
        return self.once(item, precisions, lambda: _model_facts(item, precisions))

    def once(self, item: object, more: object, tell: Callable[[], Json]) -> Json:
        """Return what is told of an entry, or of all of them."""
        key = (id(item), more)
        if key not in self._told:
            self._told[key] = (item, tell())
        return self._told[key][1]


def _model_facts(model: Model, precisions: frozenset[str]) -> Json:
    checkpoints = tuple(item for item in model.checkpoints if item.precision in precisions)
    published = [item.precision for item in model.checkpoints]
    return [_facts(model.model_copy(update={"checkpoints": checkpoints})), published]


def _facts(item: BaseModel) -> Json:
    return _meaning(item.model_dump(mode="json", exclude_none=True))


def _meaning(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _meaning(child) for key, child in value.items() if key not in ("source", "verified", "note")}
    return [_meaning(child) for child in value] if isinstance(value, list) else value
