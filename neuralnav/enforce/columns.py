"""The values of the scope's fields: Arrow columns of what differs by candidate, nested mappings of what does not.

A null, or a key that is not there, is a value that nobody has: never 0, and never an empty text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.enforce.scope import SCOPE, short_name
from neuralnav.model.catalog import Accelerator, Catalog, Model
from neuralnav.model.plan import SCORES, Candidates, Floats
from neuralnav.model.spec import UNLIMITED_GPUS, ResolvedSpec
from neuralnav.model.tables import METRICS
from neuralnav.model.workload import Workload
from neuralnav.policy.types import BOOL, DOUBLE, INT, ListType, MapType, ObjectType, Type

SHARE_DIGITS = 4


def columns_of(
    spec: ResolvedSpec, candidates: Candidates, scores: Mapping[str, Floats], catalog: Catalog
) -> Mapping[str, pa.Array]:
    """Return the column of every per-row field of the scope by `variable.field`, one value for each candidate.

    A column is made when it is first read. `scores` are those of the candidates, by name.
    """
    return _Columns(_Facts(spec, candidates, scores, catalog))


def row_of(columns: Mapping[str, pa.Array], row: int) -> dict[str, Mapping[str, object]]:
    """Return one candidate's fields as the interpreter takes them: by variable and field, without those it lacks.

    A field is read from its column when it is asked for.
    """
    return {name: _Row(name, columns, row) for name, item in SCOPE.variables.items() if item.per_row}


class _Row(Mapping[str, object]):
    """The fields that one candidate has of one variable."""

    def __init__(self, root: str, columns: Mapping[str, pa.Array], row: int) -> None:
        self._root = root
        self._columns = columns
        self._row = row

    def __getitem__(self, field: str) -> object:
        value: object = self._columns[f"{self._root}.{field}"][self._row].as_py()
        if value is None:
            raise KeyError(field)
        return value

    def __iter__(self) -> Iterator[str]:
        start = f"{self._root}."
        names = (name.removeprefix(start) for name in self._columns if name.startswith(start))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def constants_of(spec: ResolvedSpec, workload: Workload) -> dict[str, dict[str, object]]:
    """Return the fields that are one value for the whole plan, by variable and field, without those that it lacks."""
    deploy, labels = spec.deploy, dict(spec.labels)
    stated = workload.spec
    own: dict[str, object] = {
        "name": spec.name,
        "use_case": spec.use_case,
        "experience": spec.experience or None,
        "domain": stated.domain,
        "environment": labels.get("env"),
        "labels": labels,
        "namespace": deploy.namespace,
        "regions": list(deploy.regions),
        "confidence": spec.confidence,
        "reasoning": spec.reasoning,
    }
    plan: dict[str, object] = {
        **{name: getattr(spec, name) for name in _OF_SPEC},
        "budget_monthly_usd": spec.budget_usd_per_month if np.isfinite(spec.budget_usd_per_month) else None,
        "max_gpus": spec.max_gpus if spec.max_gpus != UNLIMITED_GPUS else None,
        **{name: getattr(deploy, name) for name in _OF_DEPLOY},
        **{field: getattr(deploy, name) or None for field, name in _OF_DEPLOY_IF_GIVEN.items()},
        "network_from": list(deploy.network_from),
    }
    slo: dict[str, object] = {f"{metric}_p95_ms": spec.slo_ms[metric] for metric in METRICS}
    whole = {"workload": own, "slo": slo, "plan": plan}
    return {
        root: {name: value for name, value in fields.items() if value is not None} for root, fields in whole.items()
    }


_OF_SPEC = ("mean_rps", "peak_rps", "arrival", "prompt_tokens", "output_tokens", "context_tokens", "headroom",
            "spare_replicas", "provider", "price_kind")  # fmt: skip
_OF_DEPLOY = ("target", "mode", "autoscaler", "monitoring", "prefix_caching")
_OF_DEPLOY_IF_GIVEN: Mapping[str, str] = {
    "max_replicas": "max_replicas", "image": "image", "image_digest": "image_digest", "storage_claim": "claim",
    "priority_class": "priority_class", "run_as_user": "run_as_user",
}  # fmt: skip
"""Empty text and 0 mean there that nobody asked."""


def arrow_type(kind: Type) -> pa.DataType:
    """Return the Arrow type of a field's column."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if isinstance(kind, ListType):
        return pa.list_(arrow_type(kind.item))
    if isinstance(kind, MapType):
        return pa.map_(arrow_type(kind.key), arrow_type(kind.value))
    return pa.string()


_SIMPLE: Mapping[Type, pa.DataType] = {BOOL: pa.bool_(), INT: pa.int64(), DOUBLE: pa.float64()}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the columns are made from."""

    spec: ResolvedSpec
    candidates: Candidates
    scores: Mapping[str, Floats]
    catalog: Catalog

    def cells(self, name: str) -> pa.Array:
        """Return a column of the candidates' table as one array."""
        return self.candidates.table[name].combine_chunks()

    @property
    def sized(self) -> npt.NDArray[np.bool_]:
        """Which rows carry the planned load: only they have replicas, a cost, and latencies at it."""
        return np.asarray(self.cells("replicas_planned").to_numpy() > self.spec.spare_replicas)

    @property
    def scored(self) -> npt.NDArray[np.bool_]:
        """Which rows have a published quality score."""
        return np.asarray(self.cells("quality_coverage").to_numpy() > 0)


class _Columns(Mapping[str, pa.Array]):
    """Columns that are made on first use, each once."""

    def __init__(self, facts: _Facts) -> None:
        self._facts = facts
        self._made: dict[str, pa.Array] = {}

    def __getitem__(self, name: str) -> pa.Array:
        if name not in self._made:
            made = _MAKERS[name](self._facts)
            self._made[name] = made.cast(_TYPES[name]) if made.type != _TYPES[name] else made
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_TYPES)

    def __len__(self) -> int:
        return len(_TYPES)


Maker = Callable[[_Facts], pa.Array]


def _plain(name: str) -> Maker:
    return lambda facts: facts.cells(name)


def _where(values: npt.NDArray[np.generic] | pa.Array, there: npt.NDArray[np.bool_]) -> pa.Array:
    """Return the values as a column that is null where there is none, or where it is NaN."""
    column = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
    return pc.if_else(pa.array(there), column, pa.scalar(None, column.type))


def _if_sized(name: str) -> Maker:
    return lambda facts: _where(facts.cells(name), facts.sized)


def _if_scored(name: str) -> Maker:
    return lambda facts: _where(facts.cells(name), facts.scored)


def _if_simulated(name: str) -> Maker:
    """Return what is known of a load curve, where there is one; the table says so by an empty text."""
    return lambda facts: _where(facts.cells(name), facts.cells("source").to_numpy(zero_copy_only=False) != "")


def _score(name: str) -> Maker:
    return lambda facts: _where(facts.scores[name], facts.sized)


def _slo_headroom(facts: _Facts) -> pa.Array:
    slack = np.stack([facts.cells(f"{metric}_slack").to_numpy(zero_copy_only=False) for metric in METRICS])
    return _where(slack.min(axis=0), facts.sized)


def _spread(facts: _Facts) -> pa.Array:
    width = np.stack([facts.cells(f"{metric}_width").to_numpy(zero_copy_only=False) for metric in METRICS])
    return _where(np.round(width.max(axis=0), SHARE_DIGITS), facts.sized)


def _taken(facts: _Facts, key: str, of: Callable[[str], object]) -> pa.Array:
    """Return a fact of each row's catalog entry, asked once for each entry."""
    encoded = facts.cells(key).dictionary_encode()
    return pa.array([of(name) for name in encoded.dictionary.to_pylist()]).take(encoded.indices)


def _accelerator(of: Callable[[Accelerator], object]) -> Maker:
    return lambda facts: _taken(facts, "accelerator", lambda name: of(facts.catalog.accelerators[name]))


def _model(of: Callable[[Model], object]) -> Maker:
    return lambda facts: _taken(facts, "model", lambda name: of(facts.catalog.models[name]))


_MAKERS: Mapping[str, Maker] = {
    **{f"candidate.{name}": _plain(name) for name in ("id", "precision", "tp", "pp", "gpus_per_replica",
                                                      "kv_capacity_tokens", "quality_coverage")},
    "candidate.weights_gib": _plain("weight_gib"),
    "candidate.replicas": _if_sized("replicas_planned"),
    **{f"candidate.{name}": _if_sized(name) for name in ("replicas_min", "gpus", "kv_cache_use", "capacity_rps",
                                                         "capacity_at_least", "binding")},
    "candidate.cost_monthly_usd": _if_sized("cost_usd_per_month"),
    "candidate.price_hourly_usd": _plain("price_usd_per_hour"),
    **{f"candidate.{metric}_{part}_ms": _if_sized(f"{metric}_{part}_ms")
       for metric in METRICS for part in ("p95", "low", "high")},
    **{f"candidate.{metric}_headroom": _if_sized(f"{metric}_slack") for metric in METRICS},
    "candidate.slo_headroom": _slo_headroom,
    "candidate.spread": _spread,
    **{f"candidate.{name}": _if_simulated(name) for name in ("source", "measured_runs", "engine_version")},
    **{f"candidate.{name}": _if_scored(name) for name in ("quality", "quality_low", "quality_high")},
    **{f"candidate.score_{name}": _score(name) for name in SCORES},
    "accelerator.id": _plain("accelerator"),
    "accelerator.name": _accelerator(short_name),
    "accelerator.vendor": _accelerator(lambda item: item.vendor),
    "accelerator.generation": _accelerator(lambda item: item.generation),
    "accelerator.memory_gib": _accelerator(lambda item: item.memory_gib.value),
    "accelerator.bandwidth_gb_s": _accelerator(lambda item: item.bandwidth_gb_s.value),
    "accelerator.link": _accelerator(lambda item: item.link),
    "accelerator.gpus_per_node": _accelerator(lambda item: item.gpus_per_node.value),
    "accelerator.bf16_tflops": _accelerator(lambda item: item.bf16_tflops.value),
    "accelerator.fp8_tflops": _accelerator(lambda item: item.fp8_tflops and item.fp8_tflops.value),
    "accelerator.power_w": _accelerator(lambda item: item.power_w and item.power_w.value),
    "model.id": _plain("model"),
    "model.name": _plain("model_name"),
    "model.family": _plain("family"),
    "model.publisher": _model(lambda item: item.publisher),
    "model.license": _plain("license"),
    "model.repo": _plain("repo"),
    "model.parameters_b": _model(lambda item: item.parameters_b.value),
    "model.context_tokens": _plain("model_context_tokens"),
    "model.tool_use": _model(lambda item: item.tool_use.value),
    "model.always_reasons": _plain("always_reasons"),
    "model.vision": _model(lambda item: "image" in item.modalities.value),
    "model.audio": _model(lambda item: "audio" in item.modalities.value),
}  # fmt: skip


def _declared() -> dict[str, pa.DataType]:
    """Return the Arrow type of every per-row field, in the order of the scope."""
    return {
        f"{name}.{field}": arrow_type(declared.type)
        for name, variable in SCOPE.variables.items()
        if variable.per_row and isinstance(variable.type, ObjectType)
        for field, declared in variable.type.fields.items()
    }


_TYPES = _declared()
