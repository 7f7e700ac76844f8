"""How long a compile takes and where the time goes. Prints; asserts nothing, and pytest does not collect it.

python tests/bench/bench_compile.py [--repeats 7] [--workloads 1000]
"""

import argparse
import contextlib
import importlib
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261122

USE_CASES = (
    "chatbot_conversational", "code_completion", "code_generation_detailed", "translation", "content_generation",
    "summarization_short", "document_analysis_rag", "long_document_summarization", "research_legal_analysis",
)  # fmt: skip
CONSTRAINTS = (
    "", "constraints: {accelerators: {allow: [H100, L40S]}}", "constraints: {licenses: [apache-2.0, mit]}",
    "constraints: {families: {deny: [llama]}}", "constraints: {precisions: [bf16, fp8], gpus: 64}",
    "constraints: {budget: 50000 USD/month}",
)  # fmt: skip
SLOS = ("", "slo: {ttft: 2s}", "slo: {ttft: 1s, itl: 50ms}", "slo: {e2e: 120s}")

STAGES: Mapping[str, Sequence[str]] = {
    "find": ("neuralnav.cli.compile_verb.find_workloads",),
    "catalogs": ("neuralnav.cli.world.load_keyed_catalog", "neuralnav.cli.world.lay_out"),
    "tables": ("neuralnav.files.data.Tables.of_shape",),
    "read workload": ("neuralnav.cli.work.read_workload",),
    "resolve": ("neuralnav.pipeline.resolve",),
    "evidence": ("neuralnav.pipeline.gather", "neuralnav.cli.world.select"),
    "candidates": ("neuralnav.pipeline.admitted", "neuralnav.pipeline.weigh", "neuralnav.pipeline.prices_of"),
    "rank": ("neuralnav.pipeline.rank",),
    "lock": (
        "neuralnav.pipeline.input_digests", "neuralnav.pipeline.decide", "neuralnav.pipeline.lock_plan",
        "neuralnav.cli.work.find_lock", "neuralnav.cli.work.dump",
    ),
    "render": ("neuralnav.render.Renderer.render",),
    "compare": ("neuralnav.cli.compile_verb.changes",),
    "write": ("neuralnav.cli.compile_verb.write_together",),
    "report": ("neuralnav.cli.compile_verb.echo_report",),
}  # fmt: skip
"""The functions whose time is a stage's, by the name through which the stage is called. None calls another."""

P = ParamSpec("P")
R = TypeVar("R")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7, help="runs behind each median")
    parser.add_argument("--workloads", type=int, default=1000, help="workloads of the large call")
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stages is not None:
        print_stages(options.stages)
        return
    with tempfile.TemporaryDirectory(prefix="neuralnav-bench-") as name:
        folder = Path(name)
        print_small(folder / "small", options.repeats)
        print_many(folder / "many", options.workloads)


def print_small(folder: Path, repeats: int) -> None:
    """Print the medians of whole processes, run in turn, over the interpreter that imports click and nothing else."""
    folder.mkdir()
    run("-m", "neuralnav", "init", folder=folder)
    commands = {
        "python -c 'import click'": ("-c", "import click"),
        "neuralnav --version": ("-m", "neuralnav", "--version"),
        "neuralnav compile, up to date": ("-m", "neuralnav", "compile"),
        "neuralnav compile, from nothing": ("-m", "neuralnav", "compile"),
        "the same, nothing kept": ("-m", "neuralnav", "compile"),
    }
    seconds: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(repeats + 1):
        for label, command in commands.items():
            if label.endswith(("from nothing", "nothing kept")):
                (folder / "plan.lock").unlink(missing_ok=True)
            with contextlib.ExitStack() as stack:
                kept = ""
                if label.endswith("nothing kept"):
                    kept = stack.enter_context(tempfile.TemporaryDirectory(prefix="neuralnav-cache-"))
                seconds[label].append(run(*command, folder=folder, cache=kept))
    medians = {label: statistics.median(values[1:]) for label, values in seconds.items()}
    base = medians["python -c 'import click'"]
    say(f"whole processes, median of {repeats}, in turn; ratio to importing click")
    for label, median in medians.items():
        spread = max(seconds[label][1:]) - min(seconds[label][1:])
        say(f"  {label:<34} {median * 1000:8.0f} ms   x{median / base:5.1f}   spread {spread * 1000:5.0f} ms")


def print_many(folder: Path, count: int) -> None:
    """Print how long one call over many workloads takes, then where the time of one process goes."""
    write_workloads(folder, count)
    say(f"\n{count:,} workloads in one call, {os.cpu_count()} cores")
    first = run("-m", "neuralnav", "compile", folder=folder, codes=(0, 5))
    again = run("-m", "neuralnav", "compile", folder=folder, codes=(0, 5))
    say(f"  {'from nothing':<34} {first:8.2f} s    {first / count * 1000:6.2f} ms a workload")
    say(f"  {'up to date':<34} {again:8.2f} s    {again / count * 1000:6.2f} ms a workload   x{again / first:.2f}")
    checked = run("-m", "neuralnav", "check", folder=folder, codes=(0, 5))
    say(f"  {'check':<34} {checked:8.2f} s    {checked / count * 1000:6.2f} ms a workload   x{checked / first:.2f}")
    for lock in folder.rglob("plan.lock"):
        lock.unlink()
    done = subprocess.run(
        [sys.executable, __file__, "--stages", str(folder)], env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    say(done.stdout.rstrip() or done.stderr)


def print_stages(folder: Path) -> None:
    """Print the time of each stage of a compile of a folder in this process; run it in a fresh one."""
    started = time.perf_counter()
    modules = [name for targets in STAGES.values() for name in targets]
    from neuralnav.cli import cli, compile_verb

    for name in modules:
        resolved(name)
    spent: defaultdict[str, float] = defaultdict(float)
    spent["imports"] = time.perf_counter() - started
    for stage, targets in STAGES.items():
        for target in targets:
            owner, attribute = resolved(target)
            setattr(owner, attribute, timed(getattr(owner, attribute), stage, spent))
    compile_verb.INLINE_WORKLOADS = sys.maxsize
    with contextlib.redirect_stdout(io.StringIO()):
        cli.main(["compile", str(folder)], standalone_mode=False)
    total = time.perf_counter() - started
    spent["the rest"] = total - sum(spent.values())
    say(f"\nwhere one process spends {total:.2f} s on them")
    for stage in ("imports", *STAGES, "the rest"):
        say(f"  {stage:<34} {spent[stage] * 1000:8.0f} ms   {spent[stage] / total:6.1%}")


def resolved(target: str) -> tuple[object, str]:
    """Return the module or class that holds a function, and the function's name in it."""
    path, _, attribute = target.rpartition(".")
    try:
        return importlib.import_module(path), attribute
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name), attribute


def timed(function: Callable[P, R], stage: str, spent: defaultdict[str, float]) -> Callable[P, R]:
    """Return the function with its time added to a stage."""

    def measured(*args: P.args, **kwargs: P.kwargs) -> R:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += time.perf_counter() - started

    return measured


def write_workloads(folder: Path, count: int) -> None:
    """Write varied workloads, each in a folder of its own, in one repository."""
    choices = random.Random(SEED)  # noqa: S311  # not for secrets
    (folder / ".git").mkdir(parents=True)
    for index in range(count):
        home = folder / f"team-{index % 20}" / f"service-{index}"
        home.mkdir(parents=True)
        lines = [
            "apiVersion: neuralnav.dev/v1alpha1", "kind: Workload", f"metadata: {{name: service-{index}}}", "spec:",
            f"  useCase: {choices.choice(USE_CASES)}", f"  traffic: {{users: {choices.randint(100, 50_000)}}}",
            f"  {choices.choice(SLOS)}", f"  {choices.choice(CONSTRAINTS)}",
        ]  # fmt: skip
        (home / "workload.yaml").write_text("\n".join(lines) + "\n")


def run(*arguments: str, folder: Path, codes: Sequence[int] = (0,), cache: str = "") -> float:
    """Run python in a folder, with a cache folder of its own if one is named, and return the seconds it took.

    Raises `CalledProcessError` on any other exit code.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment(cache), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in codes:
        sys.stderr.write(done.stderr)
        raise subprocess.CalledProcessError(done.returncode, done.args)
    return seconds


def environment(cache: str = "") -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **({"NEURALNAV_CACHE_DIR": cache} if cache else {})}


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
