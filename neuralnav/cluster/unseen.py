"""Why Prometheus has nothing of a workload in a window, and what it has that comes near: as an error."""

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.prometheus import Prometheus, Sample
from neuralnav.cluster.promql import quoted, span
from neuralnav.cluster.scraped import PROBE, Window
from neuralnav.cluster.wait import duration_text
from neuralnav.errors import InputError, input_error

NAMED = 5
"""Jobs that are named."""

MONITORED = "is the PodMonitor applied, and does this Prometheus select it? docs/observe.md says how to tell"


def ahead(end: float, now: float) -> InputError:
    """Return the error for a window that ends after Prometheus's own time."""
    message = (
        f"the window ends {duration_text(round(end - now))} ahead of Prometheus's clock, which says {clock(now)} UTC"
    )
    return input_error("--end", message, "give an earlier end, or none: then the window ends now")


def unseen(server: Prometheus, selector: str, window: Window, now: float) -> ClusterError:
    """Return the error for a selector without samples of the engine in a window."""
    reach = span(window.seconds)
    when = f"between {clock(window.start)} and {clock(window.end)} UTC"
    ups = server.query(f"last_over_time(up{{{selector}}}[{reach}])", window.end)
    if ups:
        return _known(server.base, ups, selector, when)
    if server.query(f"count({PROBE}{{{selector}}})", now):
        message = f"there are samples of {selector} now, but none {when}"
        return ClusterError(server.base, message, "give another --end or --window: it was not there, or is not kept")
    engines = server.query(f"count by (job) (last_over_time({PROBE}[{reach}]))", window.end)
    if engines:
        jobs = _jobs(engines)
        near = _near(selector, jobs)
        message = f"nothing matches {selector} {when}; engines are scraped as {_list(jobs)}"
        return ClusterError(server.base, message, f"--selector 'job={quoted(near)}'" if near else MONITORED)
    jobs = _jobs(server.query(f"count by (job) (last_over_time(up[{reach}]))", window.end))
    if not jobs:
        message = f"Prometheus has no sample of anything {when}"
        return ClusterError(server.base, message, "did it run then, and does it keep samples for so long?")
    near = _near(selector, jobs)
    message = f"Prometheus has no metric of vLLM {when}; it scrapes {_list(jobs)}"
    hint = f"{near} comes near, but has none: is its port the engine's?" if near else MONITORED
    return ClusterError(server.base, message, hint)


def clock(seconds: float) -> str:
    """Return a time as messages tell it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def _known(base: str, ups: Sequence[Sample], selector: str, when: str) -> ClusterError:
    """Return the error for pods that are scraped, or should be, and of which there is no metric of the engine."""
    down = sum(one.value == 0 for one in ups)
    pods = "1 pod" if len(ups) == 1 else f"{len(ups)} pods"
    if down:
        message = f"{selector} is known, but {down} of {pods} could not be scraped {when}"
        return ClusterError(base, message, "look at the server's page of targets: it says why")
    message = f"{selector} is scraped ({pods}), but has no metric of vLLM {when}"
    return ClusterError(base, message, "is the engine's own port scraped? vLLM has its metrics at /metrics")


def _jobs(samples: Sequence[Sample]) -> list[str]:
    return sorted({one.labels.get("job", "") for one in samples} - {""})


def _near(selector: str, jobs: Sequence[str]) -> str:
    """Return the job that comes nearest to the one that a selector names."""
    wanted = selector.partition('job="')[2].partition('"')[0].rpartition("/")[2]
    names = {job.rpartition("/")[2]: job for job in reversed(jobs)}
    holding = [job for job in jobs if wanted and wanted in job]
    return next(iter(holding or [names[name] for name in get_close_matches(wanted, names, n=1, cutoff=0.6)]), "")


def _list(jobs: Sequence[str]) -> str:
    if not jobs:
        return "nothing that has a job"
    more = f" and {len(jobs) - NAMED} more" if len(jobs) > NAMED else ""
    return ", ".join(f'job="{job}"' for job in jobs[:NAMED]) + more
