"""A server process: begins to listen, tells so, drains when it is to end, and dies with its engine."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvicorn
import uvloop

from neuralnav_simulator.cli.open_files import open_many
from neuralnav_simulator.web import App
from neuralnav_simulator.web.protocol import WireLimits, guarded

LOG = logging.getLogger("neuralnav_simulator")

DEAD = 1
INTERRUPTED = 130

WATCH_SECONDS = 0.05
LAST_WORDS_SECONDS = 0.2
"""How long a server whose engine died goes on, so that its clients are told."""

YOUNG = 50_000
"""Objects that are made before the collector looks at the young ones; all from before the start are left alone."""


def collect_seldom() -> None:
    """Leave what is there now alone, and look at what comes seldom: a collection holds every stream up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 2, 3)  # what a request leaves in circles is a kilobyte: some megabytes at most pile up


class _Server(uvicorn.Server):
    """Uvicorn, told when it is up, and with signals left to us."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then tell so."""
        await super().startup(sockets=sockets)
        if self.started:
            collect_seldom()
            self._when_started()


@dataclass(slots=True)
class Running:
    """An application that is served. `code` is the exit code of the process when it has ended."""

    app: App
    shutdown_seconds: float
    server: _Server
    code: int = 0
    _ending: set["asyncio.Task[None]"] = field(default_factory=set)

    def drain(self) -> None:
        """Take no new requests, and end when the ones that are being answered have theirs; the second time at once."""
        if self._ending:
            self._cut_off()
            return
        LOG.info("draining: new requests get 503, those under way have %g s", self.shutdown_seconds)
        self.app.drain()
        self._ending.add(asyncio.ensure_future(self._end_when_idle()))

    def interrupt(self) -> None:
        """End at once, as somebody asked who sits before it."""
        self.code = INTERRUPTED
        self._cut_off()

    def die(self, reason: str) -> None:
        """End because the engine has, with an exit code that tells so."""
        LOG.error("%s", reason)
        self.code = DEAD
        asyncio.get_running_loop().call_later(LAST_WORDS_SECONDS, self._cut_off)

    async def _end_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self.shutdown_seconds
        while self.server.server_state.tasks and loop.time() < until:
            await asyncio.sleep(WATCH_SECONDS)
        if left := len(self.server.server_state.tasks):
            LOG.warning("requests cut off, as they took longer than --shutdown-timeout: %d", left)
            self._cut_off()
        self.server.should_exit = True

    def _cut_off(self) -> None:
        self.server.config.timeout_graceful_shutdown = 0
        self.server.should_exit = True


def run(
    app: App, opened: socket.socket, *, started: Callable[[], None], shutdown_seconds: float, access_log: bool
) -> int:
    """Serve until a signal or the engine's death ends it, and return the exit code."""
    config = uvicorn.Config(
        app, http=guarded(WireLimits()), loop="uvloop", ws="none", lifespan="on", log_config=None,
        access_log=access_log, server_header=False, proxy_headers=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    running = Running(app, shutdown_seconds, _Server(config, started))
    open_many()

    async def serve() -> None:
        loop, lanes = asyncio.get_running_loop(), app.desk.site.lanes
        loop.add_signal_handler(signal.SIGTERM, running.drain)
        loop.add_signal_handler(signal.SIGINT, running.interrupt)
        lanes.on_death = lambda: running.die(lanes.death or "the engine stopped")
        await running.server.serve(sockets=[opened])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
    return running.code
