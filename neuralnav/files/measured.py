"""Measured runs against their predictions, kept: a second compile repeats no client and reads no row."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from neuralnav.files.cache import content_key, find, keep, kept
from neuralnav.model.plan import UnusedRuns
from neuralnav.serving.clients import Reported
from neuralnav.serving.local import Measured, Place, Residual

COMPARED = "measured"
PREDICTIONS = "predictions"
MEASURED_KEPT = 256
"""As many workloads of one repository as have their own slice of its measured runs."""


def kept_measured(catalog_key: str, datasets_key: str, ids: Sequence[str], compute: Callable[[], Measured]) -> Measured:
    """Return the measured runs of candidates, kept under what they follow from, compared when they are not there whole.

    That is the catalogs, the datasets and which candidates are asked for.
    """
    key = content_key([part.encode() for part in (catalog_key, datasets_key, *sorted(ids))])
    return _read(kept(COMPARED, key, lambda: _written(compute()), most=MEASURED_KEPT))


class PredictionCache:
    """What clients would report, by the digest of everything that determines it."""

    def get(self, key: str) -> tuple[Reported | None] | None:
        """Return what is kept under a key (which may be that nothing fits), or None when nothing is there whole."""
        found = find(PREDICTIONS, content_key([key.encode()]))
        if found is None:
            return None
        value = json.loads(found)
        return (None if value is None else Reported(**value),)

    def put(self, key: str, reported: Reported | None) -> None:
        """Keep a prediction; a cache that cannot be written is no error."""
        value = None if reported is None else asdict(reported)
        keep(PREDICTIONS, content_key([key.encode()]), json.dumps(value).encode())


def _written(measured: Measured) -> bytes:
    return json.dumps(asdict(measured)).encode()


def _read(content: bytes) -> Measured:
    value = json.loads(content)
    residuals = {
        name: tuple(Residual(item["name"], Place(**item["place"]), item["logs"]) for item in items)
        for name, items in value["residuals"].items()
    }
    return Measured(residuals, tuple(UnusedRuns(**item) for item in value["unused"]))
