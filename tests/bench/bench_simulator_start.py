"""How long a server takes from its exec to the first 200 of /health, and which imports take how much of it.

Run with `python tests/bench/bench_simulator_start.py [LOCK] [TIMES]`. Prints; asserts nothing.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "examples" / "support-chat" / "plan.lock"
SLICES = ("neuralnav_simulator", "neuralnav", "numpy", "pydantic", "uvicorn", "uvloop", "starlette",
          "prometheus_client", "jsonschema", "click", "yaml", "asyncio", "httptools")  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    lock = Path(sys.argv[1]) if len(sys.argv) > 1 else LOCK
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    start(lock, {})  # compiles bytecode and fills the cache of catalogs
    warm = sorted(start(lock, {}) for _ in range(times))
    wall = [ms for ms, _ in warm]
    say(f"exec to 200 of /health: least {wall[0]:.0f} ms, median {wall[times // 2]:.0f} ms, most {wall[-1]:.0f} ms")
    say(f"of a processor it takes {min(ms for _, ms in warm):.0f} ms")
    with tempfile.TemporaryDirectory() as empty:
        fresh = sorted(start(lock, {"NEURALNAV_CACHE_DIR": f"{empty}/{index}"}) for index in range(3))
    say(f"without a cache of catalogs: least {fresh[0][0]:.0f} ms, {min(ms for _, ms in fresh):.0f} ms of a processor")
    imports()


def start(lock: Path, extra: dict[str, str]) -> tuple[float, float]:
    """Return the milliseconds from exec to readiness of one server, and those of a processor that it took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "neuralnav_simulator", "serve", "--lock", str(lock), "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | extra)
    while not ready(port):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        time.sleep(0.002)
    took = (time.perf_counter() - began) * 1e3
    spent = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    process.send_signal(signal.SIGTERM)
    process.wait()
    return took, (int(spent[11]) + int(spent[12])) * 1e3 / os.sysconf("SC_CLK_TCK")


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def imports() -> None:
    """Print what each distribution takes of the imports of `serve`, by its own modules alone."""
    code = "import neuralnav_simulator.cli, neuralnav_simulator.cli.serve_verb"
    done = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True)
    own: dict[str, int] = {}
    for line in done.stderr.splitlines():
        found = re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)", line)
        if found:
            root = found[2].split(".")[0]
            own[root if root in SLICES else "other"] = own.get(root if root in SLICES else "other", 0) + int(found[1])
    say(f"imports, all: {sum(own.values()) / 1e3:.0f} ms (with the cost of telling)")
    for root, us in sorted(own.items(), key=lambda item: -item[1]):
        say(f"  {root:<22} {us / 1e3:6.1f} ms")


if __name__ == "__main__":
    main()
