"""Measured runs against their predictions, kept: a second compile repeats no client and reads no row."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from neuralnav.files.cache import content_key, find, keep, kept
from neuralnav.model.spec import UnusedRuns
from neuralnav.serving.local import Measured, Place, Residual

COMPARED = "measured"
RESIDUALS = "residuals"
MEASURED_KEPT = 256
"""As many workloads of one repository as have their own slice of its measured runs."""


def kept_measured(catalog_key: str, datasets_key: str, ids: Sequence[str], compute: Callable[[], Measured]) -> Measured:
    """Return the measured runs of candidates, kept under what they follow from, compared when they are not there whole.

    That is the catalogs, the datasets and which candidates are asked for.
    """
    key = content_key([part.encode() for part in (catalog_key, datasets_key, *sorted(ids))])
    return _read(kept(COMPARED, key, lambda: _written(compute()), most=MEASURED_KEPT))


class ResidualCache:
    """How runs lie from their predictions, or why nothing can be said, by the digest of what that follows from."""

    def get(self, key: str) -> Residual | str | None:
        """Return what is kept under a key, or None when it is not there whole."""
        found = find(RESIDUALS, content_key([key.encode()]))
        if found is None:
            return None
        value = json.loads(found)
        return value if isinstance(value, str) else _residual(value)

    def put(self, key: str, outcome: Residual | str) -> None:
        """Keep an outcome; a cache that cannot be written is no error."""
        value = outcome if isinstance(outcome, str) else asdict(outcome)
        keep(RESIDUALS, content_key([key.encode()]), json.dumps(value).encode())


def _written(measured: Measured) -> bytes:
    return json.dumps(asdict(measured)).encode()


def _read(content: bytes) -> Measured:
    value = json.loads(content)
    residuals = {name: tuple(_residual(item) for item in items) for name, items in value["residuals"].items()}
    return Measured(residuals, tuple(UnusedRuns(**item) for item in value["unused"]))


def _residual(value: Mapping[str, Any]) -> Residual:
    return Residual(**{**value, "place": Place(**value["place"])})
