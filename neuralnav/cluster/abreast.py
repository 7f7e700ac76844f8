"""Work on many things at once in a cluster: few threads, results in order, and one end for all of them."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

AT_ONCE = 8
"""Requests under way at the same time."""

LINGER_SECONDS = 2.0
"""How long an interruption waits for what is under way, so that its end can be told; a server may hang for longer."""

T = TypeVar("T")
R = TypeVar("R")


def abreast(items: Sequence[T], work: Callable[[T], R], stop: threading.Event) -> Generator[R, None, None]:
    """Yield what `work` gives of each item, in the order of the items, in which they are begun too.

    Once `stop` is set, nothing more is begun, and what was not begun yields nothing; `work` that asks more than once
    looks at it before each time. What raises sets it; what is under way is waited for, and the first error in the order
    of the items is raised in its place. An interruption sets it as well, and so does `close`, which whoever
    may be interrupted between two results calls. One item alone is done in this thread.
    """
    if len(items) < 2:
        yield from (work(item) for item in items if not stop.is_set())
        return
    crew = _Crew(items, work, stop)
    crew.begin()
    try:
        yield from crew.results()
    except BaseException:
        stop.set()
        crew.linger(LINGER_SECONDS)
        raise
    finally:
        stop.set()


@dataclass(slots=True)
class _Crew(Generic[T, R]):
    """The threads of one call. They end with the process: a server that hangs keeps nobody."""

    items: Sequence[T]
    work: Callable[[T], R]
    stop: threading.Event
    begun: int = 0
    done: dict[int, R] = field(default_factory=dict)
    failed: dict[int, BaseException] = field(default_factory=dict)
    busy: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def begin(self) -> None:
        for _ in range(min(AT_ONCE, len(self.items))):
            threading.Thread(target=self._go, daemon=True).start()

    def results(self) -> Iterator[R]:
        for index in range(len(self.items)):
            with self.changed:
                self.changed.wait_for(lambda index=index: self._known(index))  # type: ignore[misc]
                if self.failed and self.busy:
                    self.changed.wait_for(lambda: not self.busy)  # an earlier one may have failed too
                if index in self.failed:
                    raise self.failed[index]
                if index not in self.done:  # it was not begun, and so were none of those after it
                    break
            yield self.done[index]

    def linger(self, seconds: float) -> None:
        with self.changed:
            self.changed.wait_for(lambda: not self.busy, seconds)

    def _known(self, index: int) -> bool:
        return index in self.done or index in self.failed or (self.stop.is_set() and index >= self.begun)

    def _go(self) -> None:
        while (index := self._take()) is not None:
            try:
                found = self.work(self.items[index])
            except BaseException as error:  # raised by `results`, in its place
                self.stop.set()
                with self.changed:
                    self.failed[index] = error
                    self._rest()
            else:
                with self.changed:
                    self.done[index] = found
                    self._rest()

    def _take(self) -> int | None:
        """Return the place of the next item, or None where nothing more is begun."""
        with self.changed:
            if self.stop.is_set() or self.begun == len(self.items):
                return None
            self.begun, self.busy = self.begun + 1, self.busy + 1
            return self.begun - 1

    def _rest(self) -> None:
        self.busy -= 1
        self.changed.notify_all()
