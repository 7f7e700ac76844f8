"""Load curves laid out once per table: kept beside the parsed catalogs, so that a compile need not read every row."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from neuralnav.files.packed import kept_table
from neuralnav.model.plan import Floats, LoadCurves
from neuralnav.model.tables import METRICS


def kept_curves(key: str, compute: Callable[[], LoadCurves]) -> LoadCurves:
    """Return the load curves kept under `key`, computed and kept when they are not there whole."""
    return _curves(kept_table("curves-by-table", key, lambda: _table(compute())))


def _table(curves: LoadCurves) -> pa.Table:
    """Return one row per array row; `ids` is null in the blank row that stands for no curve."""
    blank = (None,) * (len(curves.offered_rps) - len(curves.ids))
    columns = {
        "ids": pa.array((*curves.ids, *blank), pa.string()),
        "offered_rps": _lists(curves.offered_rps),
        "achieved_rps": _lists(curves.achieved_rps),
        "e2e_mean_ms": _lists(curves.e2e_mean_ms),
        **{f"{metric}_p95_ms": _lists(curves.p95_ms[metric]) for metric in METRICS},
        **{f"{metric}_interval": pa.array(curves.interval[metric]) for metric in METRICS},
        "source": pa.array(curves.source, pa.string()),
        "evidence_id": pa.array(curves.evidence_id, pa.string()),
        "engine_version": pa.array(curves.engine_version, pa.string()),
        "digests": pa.array(curves.digests, pa.string()),
    }
    return pa.table(columns)


def _curves(table: pa.Table) -> LoadCurves:
    texts = {name: tuple(table[name].to_pylist()) for name in ("source", "evidence_id", "engine_version", "digests")}
    return LoadCurves(
        ids=tuple(name for name in table["ids"].to_pylist() if name is not None),
        offered_rps=_floats(table, "offered_rps"),
        achieved_rps=_floats(table, "achieved_rps"),
        p95_ms={metric: _floats(table, f"{metric}_p95_ms") for metric in METRICS},
        e2e_mean_ms=_floats(table, "e2e_mean_ms"),
        interval={metric: table[f"{metric}_interval"].to_numpy() for metric in METRICS},
        source=texts["source"],
        evidence_id=texts["evidence_id"],
        engine_version=texts["engine_version"],
        digests=texts["digests"],
    )


def _lists(values: Floats) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _floats(table: pa.Table, name: str) -> Floats:
    column = table[name].combine_chunks()
    return np.asarray(column.values.to_numpy(zero_copy_only=False)).reshape(-1, column.type.list_size)
