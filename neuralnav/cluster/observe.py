"""What a Prometheus knows of a workload over a window: `observe` asks, and judges nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from neuralnav.cluster.prometheus import Prometheus, Sample
from neuralnav.cluster.promql import LOOKBACK_SECONDS, Scope, counted, counted_roughly, named, span
from neuralnav.cluster.scraped import PROBE, PROCESS, Scraped, Window, scraped
from neuralnav.cluster.unseen import ahead, unseen
from neuralnav.cluster.wait import duration_text
from neuralnav.model.engine_metrics import (
    KV_USE,
    LATENCY_HISTOGRAMS,
    OUTPUT_TOKENS,
    PREEMPTIONS,
    PREFIX_HITS,
    PREFIX_QUERIES,
    PROMPT_TOKENS,
    RUNNING,
    SIMULATOR_PREFIX,
    SUCCESSES,
    WAITING,
)
from neuralnav.model.observed import Histogram, Level, Observed, Rate

RATE_STEP_SECONDS = 300.0
MOST_POINTS = 1000
"""Of a gauge over a window: Prometheus gives 11,000 at most."""

WHOLE = 1e-5
"""How far off a whole number is one, of itself: a range has a millisecond more than what it spans."""

CLOCK_SECONDS = 5.0
"""A difference of two clocks that is told."""

SPEEDUP = f"{SIMULATOR_PREFIX}speedup"
COUNTERS: Mapping[str, str] = {"preemptions": PREEMPTIONS, "queries": PREFIX_QUERIES, "hits": PREFIX_HITS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be observed: the series by their matchers, the length of the window, and its end (now if None)."""

    selector: str
    seconds: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """A server, and what was scraped of a workload in a window."""

    server: Prometheus
    window: Window
    scraped: Scraped

    @property
    def scope(self) -> Scope:
        return self.scraped.scope

    def value(self, expression: str) -> tuple[Sample, ...]:
        return self.server.query(expression, self.window.end)

    def points(self, expression: str) -> tuple[float, ...]:
        """Return the values of an expression that is one series, at even steps over the window."""
        step = max(self.scraped.interval, self.window.seconds / MOST_POINTS)
        found = self.server.over_time(expression, self.window.start + step, self.window.end, step)
        return tuple(value for series in found for _, value in series.points)


def observe(server: Prometheus, asked: Asked, *, our_time: float) -> Observed:
    """Return what a window holds. `our_time` is the time by our clock, which is compared with Prometheus's.

    Raises `ClusterError` where Prometheus cannot say, or has nothing of the workload: with what it has instead; and
    `InputError` for a window that lies ahead, or holds too few samples.
    """
    now = server.now()
    end = float(int(now)) if asked.end is None else asked.end
    if end > now:
        raise ahead(end, now)
    window = Window(end - asked.seconds, end)
    found = scraped(server, asked.selector, window)
    if found is None:
        raise unseen(server, asked.selector, window, now)
    view = _View(server, window, found)
    histograms = dict(_histograms(view))
    scalars = _scalars(view)
    reasons = _reasons(view)
    replicas, covered = _replicas(view)
    speedup = max((one.value for one in view.value(f"max(last_over_time({_all(view, SPEEDUP)}))")), default=1.0)
    return Observed(
        start=_time(window.start),
        end=_time(end),
        covered=covered,
        simulated=bool(view.value(f"count(last_over_time({_every(view, SIMULATOR_PREFIX)}))")),
        served_models=_served(view),
        latencies={name: histograms[name] for name in LATENCY_HISTOGRAMS if name in histograms},
        prompt_tokens=histograms.get("prompt"),
        output_tokens=histograms.get("output"),
        requests=sum(reasons.values()),
        reasons=reasons,
        rates=_rates(view),
        replicas=replicas,
        running=_level(view.points(f"sum({view.scope.all(RUNNING)})")),
        waiting=_level(view.points(f"sum({view.scope.all(WAITING)})")),
        kv_use=_kv_use(view),
        preemptions=scalars.get("preemptions", 0.0),
        prefix_hit_share=_share(scalars.get("hits"), scalars.get("queries")),
        resets=sum(process.restarts for process in found.processes),
        notes=tuple(_notes(view, skew=now - our_time, speedup=speedup)),
        speedup=speedup,
    )


def _all(view: _View, name: str) -> str:
    """Return the range of all series of a name over the window."""
    return f"{view.scope.all(name)}[{span(view.window.seconds)}]"


def _every(view: _View, prefix: str) -> str:
    """Return the range of all series whose names begin so."""
    return f'{{__name__=~"{prefix}.+",{view.scope.matchers}}}[{span(view.window.seconds)}]'


def _histograms(view: _View) -> Iterator[tuple[str, Histogram]]:
    """Yield each histogram that a process has, by latency, or `prompt` and `output`."""
    names = {**LATENCY_HISTOGRAMS, "prompt": (PROMPT_TOKENS,), "output": (OUTPUT_TOKENS,)}
    seconds = view.window.seconds
    sums = {
        one.labels.get("of", ""): one.value
        for one in view.value(" or ".join(
            named(of, f"sum({counted(view.scope, [f'{name}_sum' for name in every], seconds)})")
            for of, every in names.items()
        ))
    }  # fmt: skip
    shared = _shared_edges(view, names)
    for of, every in names.items():
        buckets = counted(view.scope, [f"{name}_bucket" for name in every], seconds)
        found = [one for one in view.value(f"sum by (le) ({buckets})") if one.labels.get("le") in shared.get(of, ())]
        if found and of in sums:  # without its sum, nobody knows its mean
            yield of, _histogram(found, sums[of])


def _shared_edges(view: _View, names: Mapping[str, tuple[str, ...]]) -> Mapping[str, frozenset[str]]:
    """Return the edges of each histogram that every engine has: those of lengths follow from the longest context."""
    last = {
        of: " or ".join(f"last_over_time({_all(view, f'{name}_bucket')})" for name in every)
        for of, every in names.items()
    }
    counts = view.value(" or ".join(named(of, f"count by (le) ({each})") for of, each in last.items()))
    most: dict[str, float] = {}
    for one in counts:
        most[one.labels.get("of", "")] = max(most.get(one.labels.get("of", ""), 0.0), one.value)
    return {
        of: frozenset(one.labels["le"] for one in counts if one.labels.get("of", "") == of and one.value == every)
        for of, every in most.items()
    }


def _histogram(samples: Sequence[Sample], total: float) -> Histogram:
    """Return a histogram of cumulative counts by upper edge."""
    cumulative = sorted((float(one.labels["le"]), _count(one.value)) for one in samples)
    edges, counts, before = [], [], 0.0
    for edge, count in cumulative:
        edges.append(edge)
        counts.append(max(0.0, count - before))
        before = max(before, count)
    if edges[-1] != float("inf"):
        edges.append(float("inf"))
        counts.append(0.0)
    return Histogram(tuple(edges[:-1]), tuple(counts), max(0.0, total))


def _count(value: float) -> float:
    """Return a count, whole where it is but for what `increase()` makes of a millisecond."""
    whole = float(round(value))
    return max(0.0, whole if abs(value - whole) <= WHOLE * max(1.0, whole) else value)


def _scalars(view: _View) -> Mapping[str, float]:
    expressions = (
        named(of, f"sum({counted(view.scope, [name], view.window.seconds)})") for of, name in COUNTERS.items()
    )
    return {one.labels.get("of", ""): _count(one.value) for one in view.value(" or ".join(expressions))}


def _reasons(view: _View) -> Mapping[str, float]:
    expression = f"sum by (finished_reason) ({counted(view.scope, [SUCCESSES], view.window.seconds)})"
    return {one.labels.get("finished_reason", ""): _count(one.value) for one in view.value(expression)}


def _rates(view: _View) -> tuple[Rate, ...]:
    """Return the rate of each whole five minutes of the window, the last of which ends with it.

    A shorter window has its own.
    """
    step = min(RATE_STEP_SECONDS, view.window.seconds)
    start = view.window.end - step * (int(view.window.seconds / step) - 1)
    expression = f"sum({counted_roughly(view.scope, [SUCCESSES], step)})"
    found = view.server.over_time(expression, start, view.window.end, step)
    return tuple(Rate(_time(at), max(0.0, value) / step) for series in found for at, value in series.points)


def _replicas(view: _View) -> tuple[Level | None, float]:
    """Return how many processes were scraped, while any was, and the share of the window in which that was so."""
    by, probe = f"count by ({', '.join(PROCESS)}) ", view.scope.all(PROBE)
    recent = span(min(2 * view.scraped.interval, LOOKBACK_SECONDS))
    points = view.points(f"count({by}({probe}) and {by}(count_over_time({probe}[{recent}])))")
    step = max(view.scraped.interval, view.window.seconds / MOST_POINTS)
    return _level(points), min(1.0, len(points) / max(1, int(view.window.seconds / step)))


def _kv_use(view: _View) -> Level | None:
    """Return the mean use over replicas and time, its least mean, and the most of any replica."""
    names = " or ".join(view.scope.all(name) for name in KV_USE)
    mean, most = _level(view.points(f"avg({names})")), _level(view.points(f"max({names})"))
    return Level(min(1.0, mean.mean), min(1.0, mean.least), min(1.0, most.most)) if mean and most else None


def _level(points: Sequence[float]) -> Level | None:
    return Level(sum(points) / len(points), min(points), max(points)) if points else None


def _share(part: float | None, whole: float | None) -> float | None:
    return min(1.0, part / whole) if part is not None and whole else None


def _served(view: _View) -> tuple[str, ...]:
    found = view.value(f"count by (model_name) (last_over_time({_all(view, PROBE)}))")
    return tuple(sorted(one.labels["model_name"] for one in found if "model_name" in one.labels))


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _notes(view: _View, *, skew: float, speedup: float) -> Iterator[str]:
    """Yield what makes the figures less certain."""
    processes, interval = view.scraped.processes, view.scraped.interval
    if abs(skew) > CLOCK_SECONDS:
        side = "ahead of" if skew > 0 else "behind"
        yield f"Prometheus's clock is {duration_text(abs(skew))} {side} ours; the window is by its clock."
    first = min(process.first for process in processes)
    if first > view.window.start + 2 * interval:
        yield f"The first sample is of {_time(first):%Y-%m-%d %H:%M:%S} UTC; nothing is known of the window before."
    restarts = sum(process.restarts for process in processes)
    if restarts:
        yield f"Counters began anew {_times(restarts)}; up to {interval:.0f} s before each are not counted."
    strangers = sum(process.late and not process.born for process in processes)
    if strangers:
        yield (
            f"{_replicas_of(strangers)} had served before the first scrape, which lies within the window; that is not "
            "counted."
        )
    gone = sum(process.last < view.window.end - 2 * interval for process in processes)
    if gone:
        yield f"{_replicas_of(gone)} went within the window; up to {interval:.0f} s before each went are not counted."
    if interval > LOOKBACK_SECONDS:
        yield f"Scrapes are {interval:.0f} s apart, further than Prometheus looks back: gauges have gaps."
    if speedup != 1:
        yield f"The simulators run at {speedup:g} times the speed: rates and latencies are by their clock."
    yield from (f"Prometheus warns: {warning}." for warning in view.server.warnings)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _replicas_of(count: int) -> str:
    return "1 replica" if count == 1 else f"{count} replicas"
