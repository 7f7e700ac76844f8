"""Which processes Prometheus scraped in a window, from when to when, how often, and which began anew."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.prometheus import Prometheus, Sample
from neuralnav.cluster.promql import LOOKBACK_SECONDS, Scope, Special, matchers_of, named, quoted, span
from neuralnav.errors import input_error
from neuralnav.model import engine_metrics

PROBE = engine_metrics.RUNNING
"""The series by which a process is known: every engine has it from its first moment, one for each engine core."""

PROCESS = ("instance", "pod")
FIRST_TOKENS = f"{engine_metrics.LATENCY_HISTOGRAMS['ttft'][0]}_count"
RESTARTED = (FIRST_TOKENS, engine_metrics.SUCCESSES, "vllm:prompt_tokens_total")
"""Counters of which one at least falls when a process that did anything starts again."""

STARTED = ("process_start_time_seconds", "vllm:request_success_created")
FEWEST_INTERVALS = 4
"""A window holds at least so many scrape intervals: the usual rule of thumb for rates."""

FINER = 0.45
"""Steps by which first and last samples are looked for, of a scrape interval: some may be scraped more often."""

MOST_STEPS = 20_000

Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is observed, in seconds since 1970 by Prometheus's clock."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Process:
    """One that was scraped: by its identity, the times of the first and last sample that count, and its restarts.

    `late`: it has no sample at the window's start. `born`: it began to count within the window. `anew`: its counters
    began anew between samples that count, or shortly before.
    """

    identity: Identity
    first: float
    last: float
    restarts: int
    late: bool
    born: bool
    anew: bool

    @property
    def special(self) -> bool:
        """Tell whether a difference of two values does not say how far its counters got."""
        return self.anew or (self.late and not self.born)


@dataclass(frozen=True, slots=True)
class Scraped:
    """The processes of a workload in order of identity, every how many seconds they were scraped, and their scope."""

    processes: tuple[Process, ...]
    interval: float
    scope: Scope


def scraped(server: Prometheus, selector: str, window: Window) -> Scraped | None:
    """Return what was scraped of a selector in a window; None where that is nothing.

    Raises `InputError` for a window of too few samples, and `ClusterError` where every series is there twice.
    """
    counts = server.query(f"count_over_time({PROBE}{{{selector}}}[{span(window.seconds)}])", window.end)
    if not counts:
        return None
    _refuse_twice(server.base, counts)
    interval = _interval(server, window, counts)
    step = span(max(interval * FINER, window.seconds / MOST_STEPS))
    known = {_identity(sample.labels) for sample in counts}
    told = _told(server, selector, window, step, interval)
    before = {_identity(one.labels): one.value for one in server.query(
        f"{_by('max')}(timestamp({PROBE}{{{selector}}}))", window.start)}  # fmt: skip
    found = [_process(identity, told, before) for identity in sorted(known)
             if {("first", identity), ("last", identity)} <= told.keys()]  # fmt: skip
    if not found:
        raise _at_odds(server.base)
    found = _with_births(server, selector, window, found, interval)
    return Scraped(tuple(found), interval, _scope(selector, found))


def _by(operator: str) -> str:
    return f"{operator} by ({', '.join(PROCESS)}) "


def _identity(labels: Mapping[str, str]) -> Identity:
    return tuple(labels.get(name, "") for name in PROCESS)


def _labels(identity: Identity) -> dict[str, str]:
    return dict(zip(PROCESS, identity, strict=True))


def _refuse_twice(base: str, counts: Sequence[Sample]) -> None:
    """Raise where two series of one engine stand side by side: two scrapes of it, or two Prometheus behind one."""
    of = Counter(
        (_identity(one.labels), one.labels.get("engine", ""), one.labels.get("model_name", "")) for one in counts
    )
    key, times = of.most_common(1)[0]
    if times == 1:
        return
    twins = [
        one.labels
        for one in counts
        if (_identity(one.labels), one.labels.get("engine", ""), one.labels.get("model_name", "")) == key
    ]
    names = sorted({name for labels in twins for name in labels if len({other.get(name) for other in twins}) > 1})
    values = ", ".join(f"{name}={quoted(twins[0].get(name, ''))}" for name in names)
    message = (
        f"each series is there {times} times, with another {' and '.join(names)}: everything would count {times} times"
    )
    raise ClusterError(base, message, f"choose one by --selector, with {values}", cause="invalid")


def _at_odds(base: str) -> ClusterError:
    """Return the error for a server that no longer knows what it told a moment ago."""
    message = "its answers do not fit together: it does not know the series that it just told of"
    hint = "run it again; where several Prometheus answer at one address in turn, give that of one"
    return ClusterError(base, message, hint)


def _interval(server: Prometheus, window: Window, counts: Sequence[Sample]) -> float:
    """Return the seconds between scrapes, read off the series that has the most of them."""
    most = max(counts, key=lambda one: one.value)
    exact = {name: value for name, value in most.labels.items() if name != "__name__"}
    found = server.raw(f"{PROBE}{{{matchers_of(exact)}}}[{span(window.seconds)}]", window.end)
    if not found:
        raise _at_odds(server.base)
    times = [at for at, _ in found[0].points]
    if len(times) < 2:
        message = "Prometheus has one sample of the workload in this window, and a difference takes two"
        raise input_error("--window", message, "give a longer --window, or wait")
    interval = statistics.median(after - before for before, after in pairwise(times))
    if window.seconds < FEWEST_INTERVALS * interval:
        message = (
            f"a window of {window.seconds:.0f} s is shorter than {FEWEST_INTERVALS} scrapes, {interval:.0f} s apart"
        )
        raise input_error("--window", message, f"give --window {FEWEST_INTERVALS * interval:.0f}s or more")
    return interval


def _told(
    server: Prometheus, selector: str, window: Window, step: str, interval: float
) -> Mapping[tuple[str, Identity], float]:
    """Return first and last times and restarts by (what, process).

    The sample at the window's start may lie a scrape before it, or as far as Prometheus looks back: a restart between
    it and the first sample within counts too.
    """
    reach = span(window.seconds)
    probe = f"timestamp({PROBE}{{{selector}}})"
    times = f"({probe})[{reach}:{step}]"
    since = {"restarts": window.seconds + interval, "anew": window.seconds + LOOKBACK_SECONDS}
    asked = (
        named("first", f"{_by('min')}(min_over_time({times}))"),
        named("last", f"({_by('max')}({probe}) or {_by('max')}(max_over_time({times})))"),
        *(named(of, f"{_by('max')}({_resets(selector, seconds)})") for of, seconds in since.items()),
    )
    samples = server.query(" or ".join(asked), window.end)
    return {(one.labels.get("of", ""), _identity(one.labels)): one.value for one in samples}


def _resets(selector: str, seconds: float) -> str:
    return " or ".join(named(name, f"resets({name}{{{selector}}}[{span(seconds)}])") for name in RESTARTED)


def _process(
    identity: Identity, told: Mapping[tuple[str, Identity], float], before: Mapping[Identity, float]
) -> Process:
    late = identity not in before
    first = told["first", identity] if late else before[identity]
    restarts = round(told.get(("restarts", identity), 0.0))
    anew = told.get(("anew", identity), 0.0) > 0
    return Process(identity, first, told["last", identity], restarts, late, born=late, anew=anew)


def _with_births(
    server: Prometheus, selector: str, window: Window, found: Sequence[Process], interval: float
) -> list[Process]:
    """Return the processes, those that came late judged: whether they began to count then, or only to be scraped."""
    late = [one for one in found if one.late]
    if not late:
        return list(found)
    reach = span(window.seconds)
    started: dict[Identity, float] = {}
    for name in STARTED:
        samples = server.query(f"{_by('min')}(min_over_time({name}{{{selector}}}[{reach}]))", window.end)
        started = {_identity(one.labels): one.value for one in samples} | started
    unsure = [one for one in late if one.identity not in started]
    counted = _counted_by_first(server, selector, unsure, interval)
    born = {one.identity: started.get(one.identity, window.end) >= window.start - interval for one in late}
    born |= counted
    return [replace(one, born=born.get(one.identity, False)) for one in found]


def _counted_by_first(
    server: Prometheus, selector: str, processes: Iterable[Process], interval: float
) -> dict[Identity, bool]:
    """Tell of each process whether what it had counted by its first sample is about what a scrape interval brings."""
    judged = {}
    for one in processes:
        series = f"{FIRST_TOKENS}{{{selector},{matchers_of(_labels(one.identity))}}}"
        lived = max(one.last - one.first, interval)
        first = sum(sample.value for sample in server.query(f"sum({series})", one.first))
        later = sum(sample.value for sample in server.query(f"sum(increase({series}[{span(lived)}]))", one.last))
        judged[one.identity] = first <= BORN_REQUESTS + BORN_INTERVALS * later / lived * interval
    return judged


BORN_REQUESTS, BORN_INTERVALS = 10, 3
"""What a process may have served by its first scrape to pass for a new one. So many count at most that were before."""


def _scope(selector: str, processes: Sequence[Process]) -> Scope:
    """Return the scope of the processes; a label's value that one special process has makes all who have it special."""
    label = "pod" if all(one.identity[PROCESS.index("pod")] for one in processes) else "instance"
    place = PROCESS.index(label)
    values = {one.identity[place] for one in processes if one.special}
    specials = [
        Special(matchers_of(_labels(one.identity)), one.first, one.last, one.born)
        for one in processes
        if one.identity[place] in values
    ]
    return Scope(selector, label, tuple(specials), tuple(sorted(values)))


def lookback_is_short(interval: float) -> bool:
    """Tell whether Prometheus loses sight of a series between two scrapes."""
    return interval > LOOKBACK_SECONDS
