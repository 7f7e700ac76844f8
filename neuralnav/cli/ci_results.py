"""`neuralnav ci results`."""

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from neuralnav.cli.ci_files import on_github, read_check, read_diff
from neuralnav.cli.noise import noise_of, noise_options
from neuralnav.forge.results import (
    FAIL_ON,
    TROUBLES,
    Trouble,
    drift_of,
    error_line,
    exit_code_of,
    troubles_of,
)
from neuralnav.forge.told import check_markdown
from neuralnav.model.diff import PlanDiff
from neuralnav.model.report import Report
from neuralnav.report_diff import (
    Noise,
    decided,
    decision_text,
    diff_markdown,
    job_annotations,
    total_cost,
)

SUMMARY_BYTES = 900_000
"""GitHub drops a summary over 1 MiB as a whole."""

REPORT_BYTES = 16 * 1024 * 1024
SAID_BYTES = 4_000

FAILURES: Mapping[str, str] = {
    "diff": "neuralnav diff gave no result",
    "check": "neuralnav check gave no result",
    "policies": "the bundle of policies has errors or failing tests",
}
"""What it means that a step left what it said (`diff.err`) and no result (`diff.json`); `policies` has no other."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the steps before found: a diff and a report of check where they made one, and what they said instead."""

    diff: PlanDiff | None
    check: Report | None
    failed: Mapping[str, str]

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Return what is wrong, a step that gave no result included."""
        found = {*troubles_of(self.diff, self.check), *(["broken"] if self.failed else [])}
        return tuple(name for name in TROUBLES if name in found)


@click.command(name="results", epilog="The action calls it after `neuralnav diff` and `neuralnav check`.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--fail-on", default=",".join(FAIL_ON), show_default=True, metavar="LIST",
    help=f"What fails the job, of {', '.join(TROUBLES)}; or never.",
)  # fmt: skip
@noise_options
def command(
    folder: Path, *, fail_on: str, min_cost_usd: float, min_cost_percent: float, min_latency_percent: float
) -> None:
    """Write the outputs, the summary and the annotations of a job of GitHub Actions.

    FOLDER holds diff.json and check.json as far as those verbs were run, and what they said (diff.err, check.err);
    policies.err where a bundle of policies failed.
    The output `verdict` is the exit code of what --fail-on names, `exit-code` that of all; this command ends with 0.
    """
    wanted = _wanted(fail_on)
    noise = noise_of(min_cost_usd, min_cost_percent, min_latency_percent)
    found = _find(folder)
    if found.diff:
        whole = diff_markdown(found.diff, noise=noise, limit=REPORT_BYTES)
        (folder / "report.md").write_text(f"{whole}\n", encoding="utf-8")
    outputs = {**_said(found, noise), **_codes(found, wanted), **_paths(folder)}
    _append("GITHUB_OUTPUT", "".join(_output(name, value) for name, value in outputs.items()))
    _append("GITHUB_STEP_SUMMARY", _summary(found, noise))
    if on_github():
        for line in _annotations(found):
            click.echo(line)
    else:
        click.echo(outputs["summary"])


def _wanted(text: str) -> tuple[Trouble, ...]:
    words = [word for word in text.replace(",", " ").split() if word != "never"]
    unknown = [word for word in words if word not in TROUBLES]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(TROUBLES)}, never", param_hint="--fail-on")
    return tuple(name for name in TROUBLES if name in words)


def _find(folder: Path) -> Found:
    failed = {}
    for verb in FAILURES:
        result, said = folder / f"{verb}.json", folder / f"{verb}.err"
        if said.exists() and not (result.exists() and result.stat().st_size):
            failed[verb] = said.read_bytes()[:SAID_BYTES].decode(errors="replace").strip() or "no result"
    has = {verb for verb in ("diff", "check") if verb not in failed and (folder / f"{verb}.json").exists()}
    diff = read_diff(folder / "diff.json") if "diff" in has else None
    check = read_check(folder / "check.json") if "check" in has else None
    return Found(diff, None if _has_none(diff, check) else check, failed)


def _has_none(diff: PlanDiff | None, check: Report | None) -> bool:
    """Tell whether a head has no workload, as before the first one and after the last: a check of it has no say."""
    if diff is None or check is None or diff.problems or check.workloads or len(check.problems) != 1:
        return False
    return check.problems[0].where.line == 0 and all(item.after.state == "absent" for item in diff.workloads)


def _said(found: Found, noise: Noise) -> dict[str, str]:
    drift = drift_of(found.diff, found.check)
    if found.diff is None:
        return {"decision": "", "summary": _checked(found, drift), "drift": ",".join(drift), "cost-delta": ""}
    cost = total_cost(found.diff)
    return {
        "decision": decided(found.diff, noise),
        "summary": decision_text(found.diff, noise=noise),
        "drift": ",".join(drift),
        "cost-delta": "unknown" if cost.unknown else f"{cost.usd_per_month:.2f}",
    }


def _checked(found: Found, drift: Sequence[str]) -> str:
    """Return what a job found that has no diff; never that all is well where a step or an input failed."""
    parts = [f"{FAILURES[verb]}." for verb in found.failed]
    if found.check and found.check.problems:
        parts.append(f"{len(found.check.problems)} of the inputs cannot be used.")
    if drift:
        parts.append(f"Drift: {', '.join(drift)}.")
    return " ".join(parts) or ("No drift." if found.check else "Nothing was compared.")


def _codes(found: Found, wanted: tuple[Trouble, ...]) -> dict[str, str]:
    troubles = found.troubles
    hard = exit_code_of(name for name in troubles if name != "changes")
    return {"exit-code": str(int(hard)), "verdict": str(int(exit_code_of(troubles, wanted)))}


def _paths(folder: Path) -> dict[str, str]:
    files = {"diff-json": "diff.json", "check-json": "check.json", "report": "report.md"}
    return {name: str(folder / file) if (folder / file).exists() else "" for name, file in files.items()}


def _output(name: str, value: str) -> str:
    """Return an output as GitHub reads it; the end mark is drawn, so that no value can end itself early."""
    mark = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{mark}\n{value}\n{mark}\n"


def _summary(found: Found, noise: Noise) -> str:
    parts = [check_markdown(found.check)] if found.check is not None else []
    parts += [f"**{FAILURES[verb]}:**\n\n{_quoted(said)}" for verb, said in found.failed.items()]
    if found.diff is not None:
        left = SUMMARY_BYTES - sum(len(part.encode()) + 2 for part in parts)
        parts = [diff_markdown(found.diff, noise=noise, limit=left), *parts]
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    """Return a text as a block of code by indentation, which nothing in it can end."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _annotations(found: Found) -> Iterable[str]:
    for verb, said in found.failed.items():
        yield error_line(FAILURES[verb], said)
    yield from job_annotations(found.diff, found.check, other_errors=len(found.failed))


def _append(variable: str, text: str) -> None:
    """Append to a file that the runner names, if it does."""
    name = os.environ.get(variable)
    if name:
        with Path(name).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
