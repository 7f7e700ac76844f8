"""The packaged coefficients against the public runs that they were fitted to, where somebody has put the table.

Its rows may not be redistributed: they lie beside the checkout or nowhere. Fits with groups left out take minutes and
are `neuralnav bench calibrate`'s; here it is only in-sample errors, which no change of code may make worse unseen.
"""

from pathlib import Path

import numpy as np
import pytest

from neuralnav.calibration.fit import errors
from neuralnav.calibration.judge import by_generation, group_errors, overall
from neuralnav.calibration.model import RunModel
from neuralnav.calibration.parameters import current
from neuralnav.calibration.rows import closed_runs
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.rows import read_csv

TABLE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "measured.csv"
needs_runs = pytest.mark.skipif(not TABLE.exists(), reason="no ../shared/reference/measured.csv beside the checkout")


@needs_runs
def test_the_packaged_model_meets_the_runs_that_it_was_fitted_to() -> None:
    catalog = load_catalog()
    read = closed_runs(read_csv(TABLE, ()), catalog)
    assert len(read.runs) == 731
    assert sum(read.unused.values()) == 1320 - 731
    assert set(read.unused) == {
        "flagged: cannot_fit_in_memory",
        "flagged: dp_label_unreliable",
        "flagged: experimental_source",
        "flagged: itl_below_weight_read_floor",
        "flagged: outlier_engine_build",
        "flagged: prefix_reuse_possible",
        "flagged: saturated_queue",
        "prefill and decode on servers of their own",
    }
    found = errors(RunModel(read.runs, catalog.serving), np.array(current(catalog.serving)))
    everything = overall(found)
    assert everything.ttft <= 0.10
    assert everything.tpot <= 0.06
    assert abs(everything.ttft_bias) < 0.05
    assert abs(everything.tpot_bias) < 0.05
    for generation in group_errors(read.runs, found, by_generation):
        assert generation.ttft <= 0.15, generation
        assert generation.tpot <= 0.08, generation
