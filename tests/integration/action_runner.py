"""Runs the steps of action.yml as GitHub's runner does: each script in a bash of its own, between them only files."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from conftest import ROOT, TIMEOUT_SECONDS
from fake_github import REPOSITORY, WRITER

ACTION = ROOT / "action.yml"
WORKFLOWS = ROOT / "examples" / "github" / ".github" / "workflows"
COMMAND = re.compile(r"\s*::([\w-]+)(?: [^:]*(?::[^:]+)*)?::|.*?##\[([\w-]+)[^]]*\]")
"""A line that the runner takes as a command: in the form of today at its start, in the old one anywhere."""

EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
RUN = 4711
MAX_SUMMARY_BYTES = 1024 * 1024
TOKEN_HOLDERS = frozenset({
    "Comment", "Keep one issue", "Keep one pull request", "Take over the rows of the open pull request",
})  # fmt: skip
"""The steps that may hold the token: they read JSON that is checked, and nothing else of the head."""


@dataclass
class Ran:
    """What became of the job: the exit code of the first step that failed, the log, the outputs, what was kept.

    `commands` are the names of the workflow commands that its runner would have obeyed.
    """

    exit_code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    artifacts: dict[str, dict[str, bytes]] = field(default_factory=dict)


@dataclass
class Runner:
    """A runner with a checkout. `base` is what every process inherits; `event` started the job.

    `command` is the NeuralNav that an installation leaves, unless `real_install` has one made.
    """

    workspace: Path
    temp: Path
    base: Mapping[str, str]
    command: Sequence[str]
    api: str
    event_name: str = "pull_request"
    event: Mapping[str, Any] = field(default_factory=dict)
    sha: str = ""
    token: str = WRITER
    real_install: bool = False

    def run(self, **inputs: str) -> Ran:
        """Run the action with these inputs (`_` for `-`), the defaults for the others."""
        action = yaml.safe_load(ACTION.read_text())
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        unknown = set(given) - set(action["inputs"])
        assert not unknown, unknown
        self.temp.mkdir(exist_ok=True, parents=True)
        ran = Ran()
        known = {f"github.event.{name}": value for name, value in _flat(self.event).items()}
        known |= {"github.token": self.token, "github.repository": REPOSITORY, "runner.temp": str(self.temp)}
        defaults = {name: _filled(str(item.get("default", "")), known) for name, item in action["inputs"].items()}
        known |= {f"inputs.{name}": given.get(name, value) for name, value in defaults.items()}
        environment = self._environment()
        for step in action["runs"]["steps"]:
            if ran.exit_code or not _holds(step.get("if", ""), known):
                continue
            ran.steps.append(step["name"])
            if "uses" in step:
                self._use(step, known, ran)
            else:
                self._script(step, known, environment, ran)
        ran.outputs = {name: _filled(item["value"], known) for name, item in action["outputs"].items()}
        ran.summary = (self.temp / "summary").read_text() if (self.temp / "summary").exists() else ""
        assert len(ran.summary.encode()) <= MAX_SUMMARY_BYTES, "GitHub drops the summary"
        told = [ran.log, ran.summary, *ran.outputs.values(), str(ran.artifacts)]
        assert not self.token or not any(self.token in text for text in told), "the token is told"
        return ran

    def _environment(self) -> dict[str, str]:
        (self.temp / "event.json").write_text(json.dumps(self.event))
        shims = self.temp / "shims"
        if not self.real_install:
            _command(shims / "uv", "exit 0")
            _command(self.temp / "neuralnav" / "bin" / "neuralnav", f'exec {shlex.join(self.command)} "$@"')
        return {
            **self.base, "PATH": f"{shims}{os.pathsep}{self.base['PATH']}", "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_API_URL": self.api, "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"), "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF_NAME": "main", "GITHUB_RUN_ID": str(RUN), "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": self.sha, "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_WORKSPACE": str(self.workspace), "RUNNER_OS": "Linux", "RUNNER_TEMP": str(self.temp),
        }  # fmt: skip

    def _script(self, step: Mapping[str, Any], known: dict[str, str], environment: dict[str, str], ran: Ran) -> None:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression is pasted into a script"
        output, script = self.temp / "output", self.temp / "script.sh"
        output.write_text("")
        script.write_text(step["run"])
        own = {name: _filled(value, known) for name, value in step.get("env", {}).items()}
        if step["name"] not in TOKEN_HOLDERS:
            assert self.token not in own.values() or not self.token, "a step that evaluates the head holds the token"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-euo", "pipefail", str(script)], cwd=self.workspace,
            env={**environment, "GITHUB_OUTPUT": str(output), **own}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
        ran.log += done.stdout + done.stderr
        for stream in (done.stdout, done.stderr):
            ran.commands += _commands(stream)
        ran.exit_code = done.returncode
        known |= {f"steps.{step.get('id')}.outputs.{name}": text for name, text in _outputs(output.read_text())}

    def _use(self, step: Mapping[str, Any], known: dict[str, str], ran: Ran) -> None:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
        if "upload-artifact" in step["uses"]:
            options = {name: _filled(str(value), known) for name, value in step["with"].items()}
            files = [Path(line) for line in options["path"].split("\n") if line.strip() and Path(line).exists()]
            ran.artifacts[options["name"]] = {path.name: path.read_bytes() for path in files}


def inputs_of(workflow: str, job: str, **known: str) -> dict[str, str]:
    """Return what a workflow to copy gives the action in a job, its expressions filled in."""
    steps = yaml.safe_load((WORKFLOWS / f"{workflow}.yml").read_text())["jobs"][job]["steps"]
    (own,) = (step for step in steps if step["uses"].startswith("OWNER/"))
    known = {name.replace("__", "-").replace("_", "."): value for name, value in known.items()}
    given = {name.replace("-", "_"): str(value) for name, value in own.get("with", {}).items()}
    assert all(name in known for value in given.values() for name in EXPRESSION.findall(value))
    return {name: _filled(value, known) for name, value in given.items()}


def _command(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, item in value.items():
        found |= _flat(item, f"{prefix}{name}.") if isinstance(item, Mapping) else {f"{prefix}{name}": str(item)}
    return found


def _filled(text: str, known: Mapping[str, str]) -> str:
    """Return a text with its expressions filled in; what is not known is empty, as on GitHub."""
    return EXPRESSION.sub(lambda match: known.get(match[1], ""), text)


def _holds(condition: str, known: Mapping[str, str]) -> bool:
    """Tell whether a condition holds: comparisons of a name with a text, joined by `&&`."""
    for part in condition.split("&&") if condition else ():
        match = re.fullmatch(r" *([\w.-]+) (==|!=) '([^']*)' *", part)
        assert match is not None, part
        if (known.get(match[1], "") == match[3]) != (match[2] == "=="):
            return False
    return True


def _commands(printed: str) -> list[str]:
    """Return the commands that the runner obeys in what a step printed: none between a stop and its token."""
    found, token = [], ""
    for line in printed.splitlines():
        if token:
            token = "" if line.strip() == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
            assert re.fullmatch("[0-9a-f]{32}", token), "what is printed could guess the token"
        elif match := COMMAND.match(line):
            found.append(match[1] or match[2])
    assert not token, "the commands stay off"
    return found


def _outputs(text: str) -> list[tuple[str, str]]:
    """Return what a step wrote to GITHUB_OUTPUT, in both forms that GitHub reads."""
    found = re.findall(r"^([\w-]+)<<(.+)\n((?:.*\n)*?)\2\n|^([\w-]+)=(.*)\n", text, re.MULTILINE)
    return [(name or plain, block.removesuffix("\n") if name else line) for name, _, block, plain, line in found]
