"""How long a draft by the rules takes, as a whole process. Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_draft.py [--repeats 9]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BARS = {"short": 0.4, "a page": 0.4}
SHORT = "a support bot for 5,000 people, answers must feel instant, legal wants an open licence, at most $6k a month"
PAGE = f"{SHORT}. " + "We met on Tuesday and talked about the roadmap, the office and the 3 coffee machines. " * 30
BOOK = f"{SHORT}. " + "We met on Tuesday and talked about the roadmap, the office and the 3 coffee machines. " * 6600
"""About 100,000 words."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9, help="runs behind each median")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="neuralnav-bench-") as name:
        for what, prose in {"short": SHORT, "a page": PAGE, "100,000 words": BOOK}.items():
            measure(what, Path(name), prose, options.repeats)


def measure(what: str, folder: Path, prose: str, repeats: int) -> None:
    """Print the least and the median time of a draft, and the processor's share of it."""
    (folder / "request.txt").write_text(prose)
    command = [sys.executable, "-m", "neuralnav", "draft", "--llm", "none", "--force", "-f", "request.txt"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NEURALNAV_CACHE_DIR": str(folder / "cache")}
    times, busy = [], []
    for _ in range(repeats + 1):  # the first one fills the cache
        before, started = os.times(), time.perf_counter()
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
        times.append(time.perf_counter() - started)
        after = os.times()
        spent = after.children_user - before.children_user + after.children_system - before.children_system
        busy.append(spent)
    bar = f"   bar {BARS[what]:g} s" if what in BARS else ""
    least, median, processor = min(times[1:]), statistics.median(times[1:]), statistics.median(busy[1:])
    print(f"{what:<14} least {least:.2f} s   median {median:.2f} s   processor {processor:.2f} s{bar}")  # noqa: T201


if __name__ == "__main__":
    main()
