"""How busy a machine is with other things while something is measured: what a bench prints beside its figures.

Of each core: what others took of it (the kernel's count, less what the measured processes used), and what the host kept
back (steal). Of each measured process: how long it was ready to run and had to wait, by the scheduler's own count. And
a control that only sleeps, on the server's core: what it is late by, anything there is late by. Linux only.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WAITED, TAKEN = 0.02, 0.05
"""Shares of the time that processes waited, and that others took of a core, from which on figures tell of the machine
as much as of the server. The control is no judge: it also waits for the server that it stands beside."""

TICKS = os.sysconf("SC_CLK_TCK")
IDLE, IOWAIT, STEAL = 3, 4, 7

CONTROL = """
import sys, threading, time
late, ended = [], threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.is_set():
    start = time.monotonic()
    time.sleep(0.005)
    late.append((time.monotonic() - start - 0.005) * 1e3)
late.sort()
print(late[len(late) // 2], late[int(len(late) * 0.99)], late[-1])
"""


@dataclass(slots=True)
class Said:
    """What is to be printed, once the measurement is over."""

    text: str = ""


@contextmanager
def watched(core: int, processes: Mapping[str, tuple[int, int]]) -> Iterator[Said]:
    """Watch the machine; `processes` are the measured ones, by name: their id and core. The control is on `core`."""
    said, real = Said(), os.sched_getscheduler(0) in (os.SCHED_FIFO, os.SCHED_RR)
    with subprocess.Popen(
        [sys.executable, "-S", "-c", CONTROL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as control:
        os.sched_setaffinity(control.pid, {core})
        if real:
            os.sched_setscheduler(control.pid, os.SCHED_FIFO, os.sched_param(20))
        cores = sorted({at for _, at in processes.values()})
        before, used_before = (
            {at: _core(at) for at in cores},
            {name: _process(pid) for name, (pid, _) in processes.items()},
        )
        try:
            yield said
        finally:
            after, used = {at: _core(at) for at in cores}, {name: _process(pid) for name, (pid, _) in processes.items()}
            assert control.stdin is not None
            control.stdin.close()
            assert control.stdout is not None
            p50, p99, worst = map(float, control.stdout.read().split())
    parts, busy = [], False
    for at in cores:
        total, idle, steal = (now - then for now, then in zip(after[at], before[at], strict=True))
        ours = sum(used[name][0] - used_before[name][0] for name, (_, on) in processes.items() if on == at)
        others = max(0.0, 1.0 - (idle + steal + ours) / total) if total else 0.0
        busy |= steal > WAITED * total or others > TAKEN
        parts.append(f"others took {others:.0%} of core {at}, the host {steal / total if total else 0.0:.0%}")
    for name in processes:
        waited, times = (used[name][place] - used_before[name][place] for place in (1, 2))
        busy |= waited > WAITED * total
        parts.append(f"the {name} could not run for {waited:.2f} s in {times:.0f} turns")
    parts.append(f"a sleeper beside it was late by {p50:.2f} ms p50, {p99:.2f} p99, {worst:.2f} at most")
    verdict = "BUSY: take the lateness below for the machine's as well" if busy else "quiet"
    said.text = f"machine {verdict}\n    " + "\n    ".join(parts)


def _core(core: int) -> tuple[float, float, float]:
    """Return the seconds of a core: all, idle ones, and those that the host kept back."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name == f"cpu{core}":
            ticks = [int(field) / TICKS for field in fields[:8]]
            return sum(ticks), ticks[IDLE] + ticks[IOWAIT], ticks[STEAL]
    raise LookupError(core)


def _process(pid: int) -> tuple[float, float, float]:
    """Return the seconds that a process ran, those that it waited to run, and how often it was let run."""
    ran = waited = turns = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "schedstat").read_text().split()
        ran, waited, turns = ran + int(fields[0]) / 1e9, waited + int(fields[1]) / 1e9, turns + int(fields[2])
    return ran, waited, turns
