"""(layout, load curves, widths) -> Beside: what of a plan no workload changes, told once for all of one shape."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from neuralnav.model.catalog import ServingList
from neuralnav.model.plan import Floats, LoadCurves
from neuralnav.model.tables import METRICS, MS_DIGITS

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
T = TypeVar("T")

STABLE_SHARE = 0.9
"""A load is carried while the achieved rate keeps up with the offered one to this share. Sweeps end at 1.25 times
saturation, where at most 0.8 is achieved; below saturation the noise of 1,000 requests stays above 0.92."""

SHAPES_KEPT = 8
SLICES_KEPT = 64
"""How much of what was told is kept, by its last use: a shape takes 5 MB, anything else at most 0.2 MB."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Load curves laid beside the rows of a layout: NaN and nothing where a row has none.

    `top` is the highest rate of a curve, and `carried` the rate up to which it keeps up with what is offered: infinite
    where it does all along. `likely` are the p95 that planning by likely values uses, `columns` those of a plan.
    """

    has_curve: Bools
    offered: Floats
    p95_ms: Mapping[str, Floats]
    width: Mapping[str, Floats]
    likely: Mapping[str, Floats]
    e2e_ms: Floats
    top: Floats
    carried: Floats
    columns: Mapping[str, pa.Array]


@dataclass(slots=True)
class Told:
    """What was told of layouts, catalogs and curves.

    Those are known by their identity, so they are held on to: nothing else may come to be in their place.
    """

    shapes: dict[Hashable, tuple[object, Any]] = field(default_factory=dict)
    slices: dict[Hashable, tuple[object, Any]] = field(default_factory=dict)

    def of_shape(self, held: tuple[object, ...], what: Hashable, tell: Callable[[], T]) -> T:
        """Return what is told of load curves."""
        return _once(self.shapes, SHAPES_KEPT, held, what, tell)

    def once(self, held: tuple[object, ...], what: Hashable, tell: Callable[[], T]) -> T:
        """Return what is told of a layout, or of it and a catalog."""
        return _once(self.slices, SLICES_KEPT, held, what, tell)


def _once(
    told: dict[Hashable, tuple[object, Any]], most: int, held: tuple[object, ...], what: Hashable, tell: Callable[[], T]
) -> T:
    key = (*map(id, held), what)
    found = told.pop(key, None) or (held, tell())
    told[key] = found
    if len(told) > most:
        del told[next(iter(told))]
    answer: T = found[1]
    return answer


def lay_beside(layout: pa.Table, curves: LoadCurves, serving: ServingList) -> Beside:
    """Return the load curves of a shape beside the rows of a layout."""
    rows, has_curve = _join(layout, curves)
    offered = np.where(has_curve[:, None], curves.offered_rps[rows], np.nan)
    p95 = {metric: np.where(has_curve[:, None], curves.p95_ms[metric][rows], np.nan) for metric in METRICS}
    width = {metric: _widths(curves.interval[metric][rows], metric, serving) for metric in METRICS}
    mean = curves.e2e_mean_ms[rows]
    top, carried = carried_to(offered, curves.achieved_rps[rows])
    texts = {name: getattr(curves, name) for name in ("source", "evidence_id", "engine_version")}
    columns: dict[str, npt.NDArray[np.generic] | pa.Array] = {
        **{f"{metric}_width": width[metric] for metric in METRICS},
        **{name: _take(values, rows, has_curve) for name, values in texts.items()},
        **_corrections(curves, rows, has_curve),
    }
    return Beside(
        has_curve=has_curve,
        offered=offered,
        p95_ms=p95,
        width=width,
        likely={metric: planned_p95(p95[metric], width[metric], "likely") for metric in METRICS},
        e2e_ms=np.where(np.isnan(mean), p95["e2e"], mean),
        top=top,
        carried=carried,
        columns={name: pa.array(column, from_pandas=True) for name, column in columns.items()},
    )


def words_of(layout: pa.Table, column: str) -> tuple[list[str], Rows]:
    """Return the distinct texts of a column, and for each row which of them it holds."""
    encoded = layout[column].combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.intp)


def planned_p95(p95: Floats, width: Floats, confidence: str) -> Floats:
    """Return the p95 that planning uses, rising along each curve: noise must not let a heavier load look lighter."""
    upper = p95 * (1 + width[:, None]) if confidence == "safe" else p95
    filled = np.where(np.isnan(upper), -np.inf, np.round(upper, MS_DIGITS))
    return np.where(np.isnan(upper), np.nan, np.maximum.accumulate(filled, axis=1))


def carried_to(offered: Floats, achieved: Floats) -> tuple[Floats, Floats]:
    """Return the highest rate of each curve, and the one up to which it is carried: infinite where it is all along."""
    stable = _stable(offered, achieved)
    exists = ~np.isnan(offered)
    top = np.where(exists, offered, -np.inf).max(axis=1, initial=0.0)
    unstable = exists & ~stable
    first = np.where(unstable.any(axis=1), unstable.argmax(axis=1), offered.shape[1])
    before = np.take_along_axis(offered, np.clip(first - 1, 0, None)[:, None], axis=1)[:, 0]
    return top, np.where(first == 0, 0.0, np.where(unstable.any(axis=1), before, np.inf))


def _stable(offered: Floats, achieved: Floats) -> Bools:
    """Tell which points are carried; one that falls short by chance counts when a heavier one is carried again."""
    kept = achieved >= STABLE_SHARE * offered
    return np.logical_or.accumulate(kept[:, ::-1], axis=1)[:, ::-1]


def _widths(width: Floats, metric: str, serving: ServingList) -> Floats:
    """Return the half-widths of the intervals; where none is known, the widest that the serving catalog states."""
    widest = max((item.width for item in serving.intervals if item.metric == metric), default=0.0)
    return np.where(np.isnan(width), widest, width)


def _join(layout: pa.Table, curves: LoadCurves) -> tuple[Rows, Bools]:
    """Return the curve's row of each candidate (0 where there is none) and whether there is one."""
    found = pc.index_in(layout["id"], value_set=pa.array(curves.ids, pa.string()))
    rows = pc.fill_null(found, -1).to_numpy().astype(np.intp)
    return np.maximum(rows, 0), rows >= 0


def _corrections(curves: LoadCurves, rows: Rows, present: Bools) -> dict[str, npt.NDArray[np.generic]]:
    """Return how many measured runs corrected the curve of each row, and what they multiplied each metric by."""
    runs = np.array(curves.measured_runs or (0,) * len(curves.offered_rps), dtype=np.int64)
    ones = np.ones(len(curves.offered_rps))
    factors = {m: np.where(present, curves.factor.get(m, ones)[rows], 1.0) for m in METRICS}
    counted = np.where(present, runs[rows], 0)
    return {"measured_runs": counted, **{f"{metric}_factor": values for metric, values in factors.items()}}


def _take(values: Sequence[str], rows: Rows, present: Bools) -> pa.Array:
    """Return the value of each row, and nothing where there is none."""
    return pa.array((*values, ""), pa.string()).take(pa.array(np.where(present, rows, len(values))))
