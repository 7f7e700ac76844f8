"""Windows at one place are one run: medians of the newest, and a doubt by how far they differ."""

from dataclasses import replace

import pytest

from neuralnav.serving.clients import OpenLoop
from neuralnav.serving.runs import MeasuredRun, Window
from neuralnav.serving.settings import DEFAULT_SETTINGS
from neuralnav.serving.windows import MOST_WINDOWS, SeenRun, pooled


def seen(day: int, factor: float = 1.0, rate: float = 4.0, prompt: int = 512) -> SeenRun:
    ms = {"ttft_mean_ms": 50.0 * factor, "itl_mean_ms": 10.0 * factor}
    window = Window(prompt, 256, 0.0, 0.001)
    run = MeasuredRun("one", f"day {day}", prompt, 256, DEFAULT_SETTINGS, OpenLoop(rate), ms, window)
    return SeenRun(f"2026-11-{day:02}T00:00:00Z", run)


def test_one_window_is_its_own_run() -> None:
    assert pooled([seen(1)]) == ((seen(1).run,), ())


def test_a_slow_day_among_others_changes_nothing_and_most_days_do() -> None:
    (run,), _ = pooled([seen(day, 2.0 if day == 9 else 1.0) for day in range(1, 10)])
    assert run.ms == {"ttft_mean_ms": 50.0, "itl_mean_ms": 10.0}
    assert run.window == Window(512, 256, 0.0, 0.001)
    assert run.name == "day 9, and 8 more windows at about this load"
    (run,), _ = pooled([seen(day, 2.0 if day > 4 else 1.0) for day in range(1, 10)])
    assert run.ms["itl_mean_ms"] == 20.0


def test_only_the_newest_windows_of_a_place_count_whatever_their_order() -> None:
    windows = [seen(day, float(day)) for day in range(1, 13)]
    runs, older = pooled(windows)
    assert pooled(windows[::-1]) == (runs, older)
    assert [run.ms["itl_mean_ms"] for run in runs] == [80.0]
    assert older == ("day 3", "day 2", "day 1")
    assert len(windows) - len(older) == MOST_WINDOWS


def test_other_loads_lengths_and_settings_are_other_places() -> None:
    other = seen(4)
    other = replace(other, run=replace(other.run, settings=replace(DEFAULT_SETTINGS, max_num_seqs=64)))
    runs, _ = pooled([seen(1), seen(2, rate=8.1), seen(3, prompt=1025), other, seen(5, rate=8.4)])
    assert [run.name for run in runs] == ["day 5, and 1 more window at about this load", "day 3", "day 1", "day 4"]


def test_windows_that_differ_by_more_than_repeats_are_doubted_by_it() -> None:
    (run,), _ = pooled([seen(1), seen(2, 2.0)])
    assert run.window is not None
    assert run.window.differ == {
        "ttft": pytest.approx(0.6931471805599453**2 / 2 - 0.1**2),
        "itl": pytest.approx(0.6931471805599453**2 / 2 - 0.04**2),
    }
