"""The time at an API server: what it stamps objects with is of its clock, and ours may be hours off."""

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

YEARS = range(2015, 2200)
"""Years that a server's clock may show; another is no clock."""


@dataclass(slots=True)
class ServerClock:
    """Goes on from the last `Date` that a server said; ours until it has said one. Threads may share it."""

    ticks: Callable[[], float] = time.monotonic
    _heard: tuple[datetime, float] | None = None

    def hear(self, headers: Mapping[str, str]) -> None:
        """Take the time from the headers of an answer that has just come, if they say it."""
        found = date_of(headers)
        if found is not None:
            self._heard = found, self.ticks()

    def now(self) -> datetime:
        """Return the time at the server."""
        heard = self._heard
        if heard is None:
            return datetime.now(UTC)
        return heard[0] + timedelta(seconds=self.ticks() - heard[1])


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer was sent by its sender's clock; None where its headers, in lower case, do not say."""
    try:
        found = email.utils.parsedate_to_datetime(headers["date"])
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year in YEARS else None
