# ruff: noqa: T201  # a command that prints
"""How long outcomes take: a thousand windows read, known again, and compared with the model.

`python -m tests.bench.bench_outcomes [FILES]` prints the least of three, in seconds of CPU.
"""

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from neuralnav.cli.measured import compare
from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.outcome_sets import OutcomeSets
from neuralnav.files.outcomes import read_outcomes, write_outcome
from neuralnav.model.outcome import Outcome
from neuralnav.serving.outcomes import outcome_id
from neuralnav.serving.settings import DEFAULT_SETTINGS

sys.path.append(str(Path(__file__).parent.parent / "unit"))
from outcome_rows import OUTCOME

REPEATS = 3


def hours(count: int) -> list[Outcome]:
    """Windows of one service whose load is that of days, under the settings that are deployed."""
    names = ("kv_dtype", "max_num_seqs", "max_num_batched_tokens", "memory_utilization")
    served = replace(
        OUTCOME.served,
        engine_version=load_catalog().serving.engine_version,
        **{name: getattr(DEFAULT_SETTINGS, name) for name in names},
    )
    begin, found = datetime(2026, 1, 1, tzinfo=UTC), []
    for hour in range(count):
        start, end = (f"{begin + timedelta(hours=at):%Y-%m-%dT%H:%M:%SZ}" for at in (hour, hour + 1))
        rate = 8.0 * (1 + 0.6 * math.sin(hour / 24 * 2 * math.pi))
        seen = replace(OUTCOME, mean_rps=rate, peak_rps=1.2 * rate, requests=3600 * rate)
        found.append(replace(seen, served=served, start=start, end=end))
    return found


def least(work: Callable[[], object]) -> float:
    """Return the least CPU time of a few goes, each with a cache of its own."""
    spent = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as cache:
            os.environ[CACHE_VARIABLE] = cache
            begin = time.process_time()
            work()
            spent.append(time.process_time() - begin)
    return min(spent)


def main() -> None:
    """Print what each step takes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    windows, catalog = hours(count), load_catalog()
    with tempfile.TemporaryDirectory() as folder:
        for outcome in windows:
            write_outcome(Path(folder), outcome)
        print(f"{count} files read: {least(lambda: read_outcomes([folder])):.2f} s")
        print(f"their key: {least(lambda: OutcomeSets([folder]).key()):.2f} s")
    print(f"compared: {least(lambda: compare(catalog, (), [outcome_id(OUTCOME)], windows)):.2f} s")


if __name__ == "__main__":
    main()
