"""What runs say, kept and read back: a second compile must plan with all that the first one did."""

from pathlib import Path

import pytest

from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.files.measured import ResidualCache, kept_measured
from neuralnav.model.spec import UnusedRuns
from neuralnav.serving.local import Measured, Place, Residual

OBSERVED = Residual("window", Place(512, 256, 8.0), {"ttft": 0.5}, {"ttft": 0.01}, observed=True)
RUN = Residual("run", Place(512, 256, 8.0, is_tail=True), {"ttft": 0.1, "itl": -0.1})


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))


def test_what_is_read_back_is_what_was_kept() -> None:
    found = Measured({"a": (RUN, OBSERVED)}, (UnusedRuns("another engine", 2, "x"),))

    def never() -> Measured:
        raise AssertionError

    assert kept_measured("catalog", "rows", ["a"], lambda: found) == found
    assert kept_measured("catalog", "rows", ["a"], never) == found


@pytest.mark.parametrize("outcome", [OBSERVED, RUN, "another engine"])
def test_what_one_run_says_is_read_back_whole(outcome: Residual | str) -> None:
    cache = ResidualCache()
    assert cache.get("key") is None
    cache.put("key", outcome)
    assert cache.get("key") == outcome
