"""A whole run: what the server tells, load point after load point, and who watches meanwhile."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from neuralnav_simulator.load.aims import Slos
from neuralnav_simulator.load.client import Ask, Sender
from neuralnav_simulator.load.glance import Glance, Looks, plain
from neuralnav_simulator.load.measured import Measured, measured
from neuralnav_simulator.load.outcomes import Board
from neuralnav_simulator.load.plan import LoadPoint
from neuralnav_simulator.load.prompts import Prompts
from neuralnav_simulator.load.server import gauges
from neuralnav_simulator.load.wire import Pool

Watching = Literal["live", "lines", "nothing"]

LOOK_S = {"live": 0.25, "lines": 5.0, "nothing": 3600.0}
"""How often a run is looked at."""

SCRAPE_S = 2.0
"""How often a server is asked for its metrics: it is the one that is measured, so seldom."""


@dataclass(frozen=True, slots=True)
class Running:
    """How a run is done, and what is judged meanwhile."""

    ask: Ask
    prompts: Prompts
    speedup: float
    grace_s: float
    watching: Watching
    slos: Slos | None
    say: Callable[[str], None]


async def run_points(pool: Pool, points: Sequence[LoadPoint], running: Running) -> list[Measured]:
    """Send load points one after another, and return what each showed.

    SIGINT and SIGTERM end it early, a second one without waiting for what is in flight.
    """
    stop = asyncio.Event()
    sender = Sender(pool, running.ask, running.prompts, stop, running.speedup, running.grace_s)
    loop = asyncio.get_running_loop()

    def end() -> None:
        sender.grace_s = 0.0 if stop.is_set() else sender.grace_s
        stop.set()

    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, end)
    found: list[Measured] = []
    show, close = await _shown(running)
    try:
        for number, point in enumerate(points, 1):
            board = Board(len(point.output))
            looks = Looks(board, (point.shown, number, len(points)), slos=running.slos, speedup=running.speedup)
            watcher = asyncio.create_task(_watch(pool, looks, running, show))
            course = await sender.run(point, board)
            watcher.cancel()
            if course.outcomes:
                found.append(measured(point, course, running.speedup))
            if stop.is_set():
                break
    finally:
        await close()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(signum)
    return found


async def _watch(pool: Pool, looks: Looks, running: Running, show: Callable[[Glance], None]) -> None:
    """Look at the board from time to time, and ask the server how busy it is."""
    loop, server, scraped_s = asyncio.get_running_loop(), dict[str, float](), 0.0
    while True:
        await asyncio.sleep(LOOK_S[running.watching])
        if loop.time() - scraped_s > SCRAPE_S:
            scraped_s, server = loop.time(), await gauges(pool, key=running.ask.key)
        show(looks.look(server))


async def _shown(running: Running) -> tuple[Callable[[Glance], None], Callable[[], Awaitable[None]]]:
    """Return what a glance is given to, and what ends that."""
    if running.watching != "live":
        return (lambda glance: running.say(plain(glance))), _nothing
    view = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "neuralnav_simulator.load.view",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if view.stdout is not None:
        await view.stdout.readline()  # it is up, or has failed: its start takes nothing of the time that is measured

    def show(glance: Glance) -> None:
        if view.stdin is not None and view.returncode is None and not view.stdin.is_closing():
            view.stdin.write(glance.line().encode())

    async def close() -> None:
        if view.stdin is not None:
            view.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(view.wait(), 3.0)
        if view.returncode is None:
            view.kill()
            await view.wait()

    return show, close


async def _nothing() -> None:
    """End nothing."""
