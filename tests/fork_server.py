"""A NeuralNav that has its imports behind it: forks a process for each run that asks, as `tests/forks.py` starts it.

A run costs 0.1 s where a process from scratch costs 0.45, of which imports are most. What a process of its own is to a
test stays: folder, environment, arguments, standard streams and exit code are the asking process's.
"""

import contextlib
import gc
import importlib
import io
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

LENGTH_BYTES = 4
PIECE_BYTES = 1 << 16
STREAMS, STDERR = 3, 2
SCRATCH = b"scratch"
"""The answer to a run that differs in what a process settles as it starts: it needs a process from scratch."""

SETTLED = ("PYTHON", "LC_", "LANG", "TZ")
LATE = ("merge_verb",)
"""Modules that look at the environment when they are imported: each run imports them by itself."""


def settled(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a process takes from its environment as it starts, and never looks at again."""
    return {key: value for key, value in environment.items() if key.startswith(SETTLED)}


def import_all() -> None:
    """Import what the command line does, each verb of it."""
    for module in pkgutil.iter_modules(importlib.import_module("neuralnav.cli").__path__):
        if module.name not in LATE:
            importlib.import_module(f"neuralnav.cli.{module.name}")
    importlib.import_module("neuralnav.cluster.login")  # with the client of Kubernetes: 0.3 s of each run that connects
    gc.collect()
    gc.freeze()  # what is here stays; no run's collector need look at it


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for: a run in a folder, with arguments, an environment and standard streams."""

    folder: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    streams: tuple[int, ...]


def received(connection: socket.socket) -> Asked | None:
    """Read what a client asks for: a length, then its folder, the number of its arguments, these, its environment.

    None for a client that has gone before it had said so.
    """
    data, streams, _, _ = socket.recv_fds(connection, PIECE_BYTES, STREAMS)
    length = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "big")
    while len(data) < length:
        piece = connection.recv(PIECE_BYTES)
        if not piece:
            return None
        data += piece
    folder, count, *rest = [os.fsdecode(part) for part in data[LENGTH_BYTES:].split(b"\0")]
    arguments, variables = rest[: int(count)], rest[int(count) :]
    return Asked(folder, tuple(arguments), dict(item.split("=", 1) for item in variables), tuple(streams))


def opened(number: int, like: TextIO) -> io.TextIOWrapper:
    """Return a standard stream as the interpreter makes it when it starts."""
    buffer = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115  # until the process ends
    lines = number == STDERR or buffer.isatty()
    return io.TextIOWrapper(buffer, like.encoding, like.errors, line_buffering=lines)


def become(asked: Asked) -> None:
    """Turn this process, freshly forked, into the run that was asked for."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(asked.streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(asked.folder)
    os.environ.clear()
    os.environ.update(asked.environment)
    sys.stdin, sys.stdout, sys.stderr = opened(0, sys.stdin), opened(1, sys.stdout), opened(STDERR, sys.stderr)
    sys.argv = ["neuralnav", *asked.arguments]
    runpy.run_module("neuralnav", run_name="__main__", alter_sys=True)


def fork(asked: Asked) -> int:
    """Return the process of a new run; in that process, end with the run."""
    if process := os.fork():
        return process
    try:
        become(asked)
    except BaseException:  # the interpreter's last resort too
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)  # a run that ends well ends itself


class Server:
    """Forks a run for each client, tells the client how it ended, and ends it when the client does."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.running: dict[int, socket.socket] = {}
        self.events = selectors.DefaultSelector()

    def serve(self) -> None:
        """Serve until standard input ends: the tests hold its other end."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)  # noqa: FBT003  # has no name
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the tests' matter, and each run's
        self.events.register(self.listener, selectors.EVENT_READ, self.start)
        self.events.register(woken, selectors.EVENT_READ, lambda: self.reap(woken))
        self.events.register(0, selectors.EVENT_READ, lambda: os._exit(0))
        while True:
            for key, _ in self.events.select():
                key.data()

    def start(self) -> None:
        connection, _ = self.listener.accept()
        asked = received(connection)
        if asked is None:
            connection.close()
            return
        if settled(asked.environment) == settled(os.environ):
            process = fork(asked)
            self.running[process] = connection
            self.events.register(connection, selectors.EVENT_READ, lambda: self.stop(process))
        else:
            connection.sendall(SCRATCH)
            connection.close()
        for stream in asked.streams:
            os.close(stream)

    def stop(self, process: int) -> None:
        """End the run of a client that has gone, unless it ended at the same time."""
        if process in self.running:
            self.events.unregister(self.running[process])
            os.kill(process, signal.SIGKILL)

    def reap(self, woken: socket.socket) -> None:
        """Tell the clients whose runs have ended how they ended."""
        woken.recv(PIECE_BYTES)
        for process in list(self.running):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                connection = self.running.pop(process)
                with contextlib.suppress(OSError, KeyError):
                    self.events.unregister(connection)
                    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
                connection.close()


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file, which no run has
    import_all()
    with socket.socket(socket.AF_UNIX) as opening:
        opening.bind(sys.argv[1])
        opening.listen(64)
        print("ready", flush=True)  # noqa: T201  # to whom started it
        Server(opening).serve()
