"""Windows of one configuration at about one load -> one run: how often a place was seen says nothing of other places.

A service that is observed each hour is at the same place each day. What its windows have in common is not only the
configuration's but also that of the place, so as many runs they would narrow intervals everywhere, and each would be
repeated against the model. As one run they say what their median says: one slow day among others changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log, log2
from statistics import fmean, median

from neuralnav.model.tables import METRICS, SETTINGS
from neuralnav.serving.clients import OpenLoop
from neuralnav.serving.local import SPREADS
from neuralnav.serving.runs import MeasuredRun, Window

NEAR_DOUBLINGS = 1.0
"""Windows as near to a newer one as this, in doublings of prompt, output and rate together, are at its place."""

MOST_WINDOWS = 9
"""The newest windows at a place that count: more than half of them must change before what they say does."""

OLDER = f"older than the newest {MOST_WINDOWS} windows at about its load"

_MEDIAN_SQUARE = 0.455
"""The median of the square of a standard normal deviate."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """The run of a window, and when that ended."""

    end: str
    run: MeasuredRun


def pooled(seen: Sequence[SeenRun]) -> tuple[tuple[MeasuredRun, ...], tuple[str, ...]]:
    """Return one run for each place of each configuration, newest places first, and the names of windows too old.

    The newest window leads; those near it that no newer one leads are at its place.
    """
    places: dict[tuple[object, ...], list[list[MeasuredRun]]] = {}
    older: list[str] = []
    for item in sorted(seen, key=lambda item: (item.end, item.run.name), reverse=True):
        key = (item.run.id, *(getattr(item.run.settings, name) for name in SETTINGS))
        found = places.setdefault(key, [])
        place = next((it for it in found if _distance(it[0], item.run) <= NEAR_DOUBLINGS), None)
        if place is None:
            found.append([item.run])
        elif len(place) < MOST_WINDOWS:
            place.append(item.run)
        else:
            older.append(item.run.name)
    return tuple(_one(place) for found in places.values() for place in found), tuple(older)


def _distance(one: MeasuredRun, other: MeasuredRun) -> float:
    return sum(abs(log2(a / b)) for a, b in zip(_coordinates(one), _coordinates(other), strict=True))


def _coordinates(run: MeasuredRun) -> tuple[float, float, float]:
    window, client = _of_window(run)
    return max(window.prompt_tokens, 1), max(window.output_tokens, 1), client.rate_rps


def _of_window(run: MeasuredRun) -> tuple[Window, OpenLoop]:
    if run.window is None or not isinstance(run.client, OpenLoop):
        raise AssertionError(run.name)
    return run.window, run.client


def _one(place: Sequence[MeasuredRun]) -> MeasuredRun:
    """Return the run of the median of every figure; that of a rising function lies at the median load."""
    newest = place[0]
    if len(place) == 1:
        return newest
    windows, clients = zip(*map(_of_window, place), strict=True)
    names = [name for name in newest.ms if all(name in run.ms for run in place)]
    names = names or list(newest.ms)
    return replace(
        newest,
        name=f"{newest.name}, and {len(place) - 1} more window{'s' * (len(place) > 2)} at about this load",
        prompt_tokens=round(median(run.prompt_tokens for run in place)),
        output_tokens=round(median(run.output_tokens for run in place)),
        client=replace(
            clients[0],
            rate_rps=median(client.rate_rps for client in clients),
            least_share=median(client.least_share for client in clients),
        ),
        ms={name: median(run.ms[name] for run in place if name in run.ms) for name in names},
        window=Window(
            prompt_tokens=round(median(window.prompt_tokens for window in windows)),
            output_tokens=round(median(window.output_tokens for window in windows)),
            strayed=median(window.strayed for window in windows),
            chance=median(window.chance for window in windows),
            differ={name: value for name in METRICS if (value := _differ(place, name)) > 0},
        ),
    )


def _differ(place: Sequence[MeasuredRun], metric: str) -> float:
    """Return the variance of the log of a mean between windows of about one load, beyond that of a repeat.

    It follows from the median step between windows next to each other in load, which leaves out what the load explains
    and what one window alone is off by.
    """
    name = f"{metric}_mean_ms"
    ordered = sorted((_of_window(run)[1].rate_rps, log(run.ms[name])) for run in place if name in run.ms)
    steps = [(b[1] - a[1]) ** 2 for a, b in pairwise(ordered)]
    if not steps:
        return 0.0
    square = median(steps) / _MEDIAN_SQUARE if len(steps) > 2 else fmean(steps)
    return max(square / 2 - SPREADS[metric].repeat ** 2, 0.0)
