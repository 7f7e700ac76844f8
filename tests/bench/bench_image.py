# ruff: noqa: T201  # a command that prints
"""Build `simulator/Dockerfile` where no container engine runs, and serve from it, on a read-only root.

Run as root, with the network: `python -m tests.bench.bench_image [--python PREFIX] [-- serve --model ...]`.
Each instruction runs in a root of its own: a stage is an overlay over this machine's root, in a mount namespace that
ends with the script, and the Python of PREFIX stands for that of the base image, at /usr/local. The last stage is then
mounted read-only, and its entry point runs in it as the image's user. Prints what is built and how big, when it is
ready, and what it weighs; asserts nothing.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
PORT = 8000
STARTS = 6
PLAN = ("serve", "--model=qwen3-8b", "--accelerator=h100", "--precision=fp8", "--tp=1", "--host=127.0.0.1")


@dataclass(slots=True)
class Stage:
    """A file system and what its image is run with."""

    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    workdir: str = "/"
    user: str = "0:0"
    probe: Sequence[str] = ()
    entry: Sequence[str] = ()

    def command(self, command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
        """Return what runs a command in it as its user."""
        user, _, group = self.user.partition(":")
        given = {**environment, **self.env, "LD_LIBRARY_PATH": "/usr/local/lib"}  # a Python that is not at its place
        return [
            "chroot", str(self.root), "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "env", "-i",
            f"--chdir={self.workdir}", *(f"{name}={value}" for name, value in given.items()), *command,
        ]  # fmt: skip


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the instructions of a Dockerfile and the rest of their lines."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    for line in re.sub(r"\\\n", " ", lines).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def mounted(python: Path, folder: Path) -> Stage:
    """Return a fresh stage over this machine's root."""
    shutil.rmtree(folder, ignore_errors=True)
    for lower, place in (("/", folder / "root"), (str(python), folder / "root/usr/local")):
        upper = folder / f"layer-{place.name}"
        for part in (upper / "up", upper / "work", place):
            part.mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={lower},upperdir={upper / 'up'},workdir={upper / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(place)], check=True)
    for name in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{name}", str(folder / "root" / name)], check=True)
    shutil.rmtree(folder / "root/opt/venv", ignore_errors=True)
    return Stage(folder / "root")


def context(folder: Path) -> Path:
    """Return a folder with the files that `.dockerignore` lets through, of those that git would keep."""
    named = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *named]
    for name in subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def build(python: Path, folder: Path) -> Stage:
    """Run the Dockerfile and return its last stage."""
    stages: dict[str, Stage] = {}
    stage = Stage(Path())
    sources = context(folder / "context")
    for word, rest in instructions((ROOT / "simulator" / "Dockerfile").read_text()):
        began = time.monotonic()
        match word:
            case "FROM":
                stage = stages[rest.partition(" AS ")[2]] = mounted(python, folder / f"stage-{len(stages)}")
            case "RUN":
                command = json.loads(rest) if rest.startswith("[") else ["/bin/sh", "-c", rest]
                subprocess.run(stage.command(command, os.environ), check=True)
            case "COPY":
                copy(stage, rest, sources, stages)
            case "ENV":
                stage.env |= {name: value.replace("$PATH", stage.env["PATH"]) for name, value in pairs(rest)}
            case "WORKDIR":
                stage.workdir = rest
                (stage.root / rest[1:]).mkdir(exist_ok=True)
            case "USER":
                stage.user = rest
            case "HEALTHCHECK":
                stage.probe = json.loads(rest.partition(" CMD ")[2])
            case "ENTRYPOINT":
                stage.entry = json.loads(rest)
            case _:
                pass
        print(f"{time.monotonic() - began:6.1f} s  {word} {rest[:90]}")
    return stage


def pairs(text: str) -> Iterator[tuple[str, str]]:
    for word in text.split():
        name, _, value = word.partition("=")
        yield name, value


def copy(stage: Stage, rest: str, sources: Path, stages: Mapping[str, Stage]) -> None:
    words = rest.split()
    base = stages[words.pop(0).removeprefix("--from=")].root if words[0].startswith("--from=") else sources
    target = stage.root / os.path.join(stage.workdir, words[-1])[1:]  # noqa: PTH118  # a path of the image
    for name in words[:-1]:
        source = base / name.lstrip("/")
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def serve(stage: Stage, arguments: Sequence[str]) -> None:
    """Start the server on a read-only root some times, ask it for its health, and stop it."""
    size = subprocess.run(["du", "-sm", f"{stage.root}/opt/venv"], check=True, capture_output=True, text=True)
    print(f"{size.stdout.split()[0]:>6} MB  /opt/venv")
    for place in (stage.root, stage.root / "usr/local"):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
    seconds = []
    for number in range(1, STARTS + 1):
        began = time.monotonic()
        shown = None if number == 1 else subprocess.DEVNULL
        server = subprocess.Popen(stage.command([*stage.entry, *arguments], {}), stdout=shown)
        while not healthy() and server.poll() is None and time.monotonic() - began < PATIENCE_S:
            time.sleep(0.01)
        seconds.append(time.monotonic() - began)
        if number == STARTS:
            status = Path(f"/proc/{server.pid}/status").read_text()
            print(*(line for line in status.splitlines() if line.startswith(("Uid", "VmHWM", "Threads"))), sep="\n")
            began = time.monotonic()
            done = subprocess.run(stage.command(stage.probe, {}), check=False)
            print(f"{time.monotonic() - began:6.2f} s  the health check, exit {done.returncode}")
        server.terminate()
        print(f"{seconds[-1]:6.2f} s  until it was healthy; exit {server.wait(PATIENCE_S)} after SIGTERM")
    print(f"{min(seconds):6.2f} s  the least of {STARTS}")


def healthy() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, default=Path(sys.base_prefix), help="prefix of the Python to build on")
    parser.add_argument("arguments", nargs="*", default=PLAN, help="what the entry point is given")
    given = parser.parse_args()
    if not os.environ.get("NEURALNAV_IN_NAMESPACE"):
        again = [sys.executable, "-m", "tests.bench.bench_image", *sys.argv[1:]]
        os.execvpe("unshare", ["unshare", "--mount", *again], {**os.environ, "NEURALNAV_IN_NAMESPACE": "1"})  # noqa: S606
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
        try:
            serve(build(given.python, Path(folder)), given.arguments)
        finally:
            subprocess.run(["umount", "--lazy", "--recursive", folder], check=False)


if __name__ == "__main__":
    main()
