"""The live view, a process of its own: it reads glances as lines of JSON and draws. What it costs delays no request."""

import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from neuralnav.serving.identity import LATENCY_METRICS
from neuralnav_simulator.load.glance import Glance, glance_of

BARS = "▁▂▃▄▅▆▇█"
BAR = 60
KEPT = 40
"""Looks that a sparkline has room for: ten seconds."""


class Drawing:
    """What was seen of late, and how it is drawn."""

    def __init__(self) -> None:
        self._history: dict[str, deque[float]] = {metric: deque(maxlen=KEPT) for metric in LATENCY_METRICS}
        self._number = 0

    def draw(self, glance: Glance) -> RenderableType:
        """Return the view of a glance."""
        if glance.number != self._number:
            self._number = glance.number
            for kept in self._history.values():
                kept.clear()
        for metric, kept in self._history.items():
            kept.append(glance.ms.get(f"{metric}_p95", 0.0))
        parts: list[RenderableType] = [_head(glance), _bar(glance), _counts(glance), self._latencies(glance)]
        return Group(*parts, *_server(glance), *_faults(glance))

    def _latencies(self, glance: Glance) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name, side in (("of late", "left"), ("p50", "right"), ("p95", "right"), ("SLO", "right"), ("p95", "left")):
            table.add_column(name, justify="right" if side == "right" else "left", header_style="dim")
        for metric in LATENCY_METRICS:
            p50, p95, slo = glance.ms.get(f"{metric}_p50"), glance.ms.get(f"{metric}_p95"), glance.slos.get(metric)
            colour = "" if slo is None or p95 is None else "green" if p95 <= slo else "red"
            line = Text(sparkline(self._history[metric]), style=colour or "cyan")
            table.add_row(metric.upper(), _ms(p50), Text(_ms(p95), style=colour), "" if slo is None else _ms(slo), line)
        return table


def sparkline(values: Iterable[float]) -> str:
    """Return values as bars, the largest as the highest."""
    kept = list(values)
    most = max(kept, default=0.0)
    if most <= 0.0:
        return ""
    return "".join(BARS[min(len(BARS) - 1, int(value / most * (len(BARS) - 1) + 0.5))] for value in kept)


def _head(glance: Glance) -> Text:
    which = f" ({glance.number} of {glance.of})" if glance.of > 1 else ""
    return Text.assemble(
        (glance.shown, "bold"), which, f"  {glance.seconds:,.0f} s", ("  Ctrl-C ends and reports", "dim")
    )


def _bar(glance: Glance) -> Text:
    done = BAR * min(glance.total, glance.sent) // max(1, glance.total)
    return Text.assemble(("━" * done, "cyan"), ("━" * (BAR - done), "dim"))


def _counts(glance: Glance) -> Text:
    failed = sum(glance.faults.values())
    return Text(
        f"sent {glance.sent:,} of {glance.total:,}   done {glance.finished:,}   failed {failed:,}   "
        f"in flight {glance.in_flight:,}\n{glance.sent_rps:,.1f} sent/s   {glance.done_rps:,.1f} done/s   "
        f"{glance.tokens_per_s:,.0f} tokens/s   sent {glance.late_ms:,.1f} ms late"
    )


def _server(glance: Glance) -> list[RenderableType]:
    if not glance.server:
        return []
    names = {"running": "running {:,.0f}", "waiting": "waiting {:,.0f}", "kv": "KV cache {:.0%}"}
    said = "   ".join(form.format(glance.server[name]) for name, form in names.items() if name in glance.server)
    return [Text(f"server: {said}", style="dim")]


def _faults(glance: Glance) -> list[RenderableType]:
    return [Text(f"{count:,} x {kind}", style="red") for kind, count in sorted(glance.faults.items())]


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} ms"


def main() -> None:
    """Draw what comes in on standard input until it ends. Ctrl-C is for the generator alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)
    drawing = Drawing()
    print(flush=True)  # noqa: T201  # who started it waits for a line
    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
        for line in sys.stdin:
            live.update(drawing.draw(glance_of(line)), refresh=True)


if __name__ == "__main__":
    main()
