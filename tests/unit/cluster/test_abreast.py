import threading
from contextlib import closing

import pytest

from neuralnav.cluster.abreast import AT_ONCE, abreast


def test_results_come_in_order_however_late_the_first_is() -> None:
    others = threading.Semaphore(0)

    def work(item: int) -> int:
        if item:
            others.release()
        else:
            others.acquire()  # the first ends after another one
        return item * 2

    assert list(abreast(range(20), work, threading.Event())) == [item * 2 for item in range(20)]


def test_one_item_is_done_in_this_thread_and_none_gives_nothing() -> None:
    main = threading.current_thread()
    assert list(abreast([1], lambda _: threading.current_thread() is main, threading.Event())) == [True]
    assert list(abreast([], lambda _: 1, threading.Event())) == []


def test_the_first_error_in_order_is_raised_and_nothing_more_is_begun() -> None:
    stop, gate, begun = threading.Event(), threading.Barrier(AT_ONCE), list[int]()

    def work(item: int) -> int:
        begun.append(item)
        gate.wait(10)
        if item == 1:
            threading.Event().wait(0.05)  # it fails last of those under way
        if item:
            raise ValueError(str(item))
        stop.wait(10)  # else its thread could begin another one before the others fail
        return item

    found = list[int]()
    with pytest.raises(ValueError, match=r"^1$"), closing(abreast(range(100), work, stop)) as results:
        found.extend(results)
    assert (found, sorted(begun)) == ([0], list(range(AT_ONCE)))


def test_what_sets_stop_ends_the_results_after_what_was_begun() -> None:
    stop, gate = threading.Event(), threading.Barrier(AT_ONCE)

    def work(item: int) -> int:
        gate.wait(10)
        stop.set()
        return item

    assert list(abreast(range(100), work, stop)) == list(range(AT_ONCE))


def test_who_is_interrupted_between_results_begins_nothing_more() -> None:
    stop, go, begun = threading.Event(), threading.Event(), list[int]()

    def work(item: int) -> int:
        begun.append(item)
        if item:
            go.wait(10)
        return item

    def interrupted() -> None:
        with closing(abreast(range(100), work, stop)) as results:
            for _ in results:
                threading.Timer(0.01, go.set).start()
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stop.is_set()
    assert sorted(begun) == list(range(len(begun)))
    assert len(begun) <= AT_ONCE + 1
