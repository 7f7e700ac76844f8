"""The outcome datasets of a repository: what they are known by, and which candidates they speak of."""

import functools
import json
from collections.abc import Sequence
from pathlib import Path

from neuralnav.files.cache import content_key, file_digest, kept
from neuralnav.files.datasets import local_files
from neuralnav.model.outcome import Outcome
from neuralnav.serving.outcomes import outcome_id

CANDIDATES = "observed"


def missing_sets(datasets: Sequence[str]) -> list[str]:
    """Return the datasets that are named and not there: the first `observe` makes them, so they are no fault."""
    return [name for name in datasets if "://" not in name and not Path(name).exists()]


class OutcomeSets:
    """Datasets of outcomes, read once. One that is not there, or is empty, holds none."""

    def __init__(self, datasets: Sequence[str]) -> None:
        self._datasets = tuple(datasets)
        self.read = functools.cache(self._read)
        self.key = functools.cache(self._key)
        self.candidates = functools.cache(self._candidates)

    def _read(self) -> tuple[Outcome, ...]:
        """Return every outcome. Raises `InputError` for a file that cannot be used."""
        if self.key() == "":
            return ()
        from neuralnav.files.outcomes import read_outcomes  # with Parquet, 30 ms that a dataset known before saves

        return read_outcomes(self._datasets)

    def _key(self) -> str | None:
        """Return the digest of all files, empty without any; None where one is not on the local disk, or unreadable."""
        if any("://" in name for name in self._datasets):
            return None
        try:
            bodies = [file_digest(path) for name in self._datasets for path in local_files(Path(name))]
        except OSError:
            return None
        return content_key(bodies) if bodies else ""

    def _candidates(self) -> frozenset[str]:
        """Return the ids of the candidates that outcomes are of. Raises as `read` does."""
        key = self.key()
        if key == "":
            return frozenset()
        if key is None:
            return frozenset(map(outcome_id, self.read()))
        return frozenset(json.loads(kept(CANDIDATES, key, self._told)))

    def _told(self) -> bytes:
        return json.dumps(sorted({outcome_id(item) for item in self.read()})).encode()
