"""A real Prometheus on loopback: Debian's package, which `bash .ci/prometheus` unpacks into the user's cache folder.

It scrapes what it is told to, each second, with the labels that the operator gives pods of a rendered PodMonitor; it
looks for what to scrape every five seconds, so start it early. And it can be given a past, so that no test waits for
one.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from real_parts import KEPT, missing

PARTS = "prometheus-parts-1"
BINARIES = KEPT / PARTS / "root" / "usr" / "bin"
PROMETHEUS, PROMTOOL = BINARIES / "prometheus", BINARIES / "promtool"
SCRAPE_SECONDS = 1
READY = "Server is ready to receive web requests"
READY_SECONDS = 60


def need_prometheus() -> None:
    """Skip the test where the package could not be had."""
    reason = missing(PARTS, "a real Prometheus is", ".ci/prometheus")
    if reason:
        pytest.skip(reason)


@dataclass(frozen=True)
class Target:
    """A pod to scrape: `address` is host:port, `job` the namespace/name of its PodMonitor."""

    address: str
    job: str
    pod: str

    def group(self) -> dict[str, object]:
        """Return it as file-based discovery reads it."""
        namespace = self.job.partition("/")[0]
        return {"targets": [self.address], "labels": {"job": self.job, "namespace": namespace, "pod": self.pod}}


@dataclass(frozen=True)
class Prometheus:
    """A server at an address; `scrape` changes what it scrapes."""

    url: str
    folder: Path

    def scrape(self, targets: Sequence[Target]) -> None:
        """Scrape these from now on: pods come and go."""
        written = self.folder / "targets.part"
        written.write_text(json.dumps([target.group() for target in targets]))
        written.replace(self.folder / "targets.json")


@contextmanager
def prometheus(
    folder: Path,
    targets: Sequence[Target] = (),
    *,
    drop: str = "",
    past: str = "",
    flags: Sequence[str] = (),
    rules: object = None,
) -> Iterator[Prometheus]:
    """Run a Prometheus in a folder until the block ends.

    `drop` is a pattern of JOB;NAME: those series are not kept. `past` is what it has kept already, in the text format
    of OpenMetrics with times.
    """
    need_prometheus()
    server = Prometheus("", folder)
    server.scrape(targets)
    (folder / "prometheus.yaml").write_text(json.dumps({**_settings(drop), "rule_files": ["rules.json"]}))
    (folder / "rules.json").write_text(json.dumps(rules or {"groups": []}))
    if past:
        remember(folder, past)
    command = [str(PROMETHEUS), f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'data'}",
               "--web.listen-address=127.0.0.1:0", "--storage.tsdb.retention.time=100y",
               "--scrape.discovery-reload-interval=100ms", *flags]  # fmt: skip
    log = folder / "log"
    with log.open("w") as stream, subprocess.Popen(
        command, stderr=stream, stdin=subprocess.DEVNULL, env={**os.environ, "GOMAXPROCS": "1"}
    ) as process:  # fmt: skip
        try:
            yield Prometheus(_address(process, log), folder)
        finally:
            process.kill()


def remember(folder: Path, past: str) -> None:
    """Put samples, in the text format of OpenMetrics with times, where a Prometheus in this folder will find them."""
    text = folder / "past.txt"
    text.write_text(past)
    done = subprocess.run(
        [PROMTOOL, "tsdb", "create-blocks-from", "openmetrics", "--quiet", text, folder / "data"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _settings(drop: str) -> dict[str, object]:
    relabel = [{"source_labels": ["job", "__name__"], "regex": drop, "action": "drop"}] if drop else []
    return {
        "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "scrape_timeout": f"{SCRAPE_SECONDS}s"},
        "scrape_configs": [{
            "job_name": "pods",
            "file_sd_configs": [{"files": ["targets.json"], "refresh_interval": "1s"}],
            "metric_relabel_configs": relabel,
        }],
    }  # fmt: skip


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline, listening, told = time.monotonic() + READY_SECONDS, None, ""
    while process.poll() is None and time.monotonic() < deadline:
        told = log.read_text()
        listening = re.search(r'msg="Listening on" address=(\S+)', told)
        if listening is not None and READY in told:  # they come in any order
            return f"http://{listening[1]}"
        time.sleep(0.01)
    pytest.fail(told)
