"""Work over processes: in order, counted, and ended with the process that asked for it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from os import cpu_count
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def run_all(
    function: Callable[[A], B], items: Sequence[A], step: Callable[[], None], *, processes: int | None, inline: int
) -> Iterator[B]:
    """Apply a function to every item, over processes when there are more than `inline`; results keep the order."""
    workers = min(processes or cpu_count() or 1, len(items))
    if workers <= 1 or len(items) <= inline:
        for item in items:
            yield _counted(function(item), step)
        return
    chunk = max(1, min(16, len(items) // (workers * 4)))
    from concurrent.futures import ProcessPoolExecutor  # 15 ms that only many items need
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_follow_parent)
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # workers start with it, and keep it
        results = pool.map(function, items, chunksize=chunk)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for result in results:
            yield _counted(result, step)
    except BaseException:
        for process in list(pool._processes.values()):  # the pool has no public way to end running work
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _follow_parent() -> None:
    """Let a worker end when its parent does, even by a kill. Ctrl-C is left to the parent, which ends its workers."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # only workers have one

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _counted(result: B, step: Callable[[], None]) -> B:
    step()
    return result
