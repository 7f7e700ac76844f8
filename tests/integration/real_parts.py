"""Parts that `.ci/run` builds in the background, once for a user: where they are, and why they are not."""

import fcntl
import os
import time
from pathlib import Path

KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neuralnav"
BUILD_SECONDS = 600


def missing(name: str, what: str, script: str) -> str:
    """Return why parts of a name are not there; a build that is under way is waited for."""
    parts = KEPT / name
    if not (parts / "lock").exists():
        return f"{what} not built; run: bash {script}"
    with (parts / "lock").open("r+") as lock:
        for _ in range(BUILD_SECONDS):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(1)
            else:
                break
    if (parts / "ready").exists():
        return ""
    failed = parts / "failed"
    return f"{what} not built: {failed.read_text().strip() if failed.exists() else 'still at it'}"
