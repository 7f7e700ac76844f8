"""The stories: each folder with a `cmd` is one, told from its inputs to what it prints, writes and exits with.

A story holds `inputs/` (files of a repository; `x.csv` stands for `x.parquet`), perhaps `after` (the story in whose
ending it begins, its own inputs on top) and `setup.sh` (what happened then, with `neuralnav` on the PATH), `cmd` (one
shell line) and `expected/`: `exit`, `stdout`, `stderr`, and `files/`, every file that the command wrote.
`--update-golden` writes `expected/` anew, but never that a refusal wrote a file.
A story of `neuralnav diff` is told as JSON too: that must fit its schema, hold the exit code, and give the same text;
`expected/comment.md` is the comment that it gives.
A story with a file `xfail`, which holds the reason, tells what should be and is not yet: its `expected/` stays.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, TIMEOUT_SECONDS, Installed, snapshot, tables_from_csv
from jsonschema import Draft202012Validator

from neuralnav.model.diff import PlanDiff
from neuralnav.model.sarif import SarifLog
from neuralnav.report_diff import diff_markdown, diff_sarif, diff_text

STORIES = sorted(path.parent for path in Path(__file__).parent.glob("*/cmd"))
WRITES_NOTHING = ("--check", "--set", "neuralnav check", "neuralnav show", "neuralnav explain", "neuralnav diff")
DIFF = "neuralnav diff"
TIME = re.compile(r" +\d+\.\d\d s$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a story ended: its exit code, what it printed, and the files that are new or changed (None: removed).

    `document` is the plan diff that it printed as JSON; empty in a story of another kind, or without a diff.
    """

    exit_code: int
    stdout: str
    stderr: str
    changed: dict[str, bytes | None]
    document: str = ""

    def texts(self) -> dict[str, str]:
        """Return the ending as the files of `expected/`."""
        gone = "".join(f"{name}\n" for name, content in self.changed.items() if content is None)
        found = {"exit": f"{self.exit_code}\n", "stdout": self.stdout, "stderr": self.stderr, "removed": gone}
        if self.document:
            found["comment.md"] = f"{diff_markdown(PlanDiff.model_validate_json(self.document))}\n"
        written = {f"files/{name}": content.decode() for name, content in self.changed.items() if content is not None}
        return {name: text for name, text in {**found, **written}.items() if text}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where stories are played: the NeuralNav they run, and the folder that holds each one's repository."""

    installed: Installed
    folder: Path

    def repository(self, story: Path) -> Path:
        return self.folder / story.name

    def prepare(self) -> None:
        """Put a command `neuralnav` where scripts find it."""
        command = self.folder / "bin" / "neuralnav"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {shlex.join(self.installed.command)} "$@"\n')
        command.chmod(0o755)

    def shell(self, story: Path, script: str) -> subprocess.CompletedProcess[str]:
        environment = self.installed.environment
        path = f"{self.folder / 'bin'}:{environment['PATH']}"
        return subprocess.run(
            ["bash", "-euc", script], cwd=self.repository(story), env={**environment, "PATH": path},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip

    def tell(self, story: Path, before: Future[Ending] | None) -> Ending:
        """Play a story, once the one before it has ended, and return how it ended."""
        repository = self.repository(story)
        if before is not None:
            before.result()
            shutil.copytree(self.repository(earlier(story)), repository)
        if (story / "inputs").exists():
            shutil.copytree(story / "inputs", repository, dirs_exist_ok=True)
        tables_from_csv(repository)
        if (story / "setup.sh").exists():
            done = self.shell(story, (story / "setup.sh").read_text())
            assert done.returncode == 0, f"setup.sh failed\n{done.stdout}{done.stderr}"
        old = snapshot(repository)
        command = (story / "cmd").read_text().strip()
        done = self.shell(story, command)
        document = self.shell(story, f"{command} --format json").stdout if command.startswith(DIFF) else ""
        new = snapshot(repository)
        changed = {name: new.get(name) for name in sorted({*old, *new}) if old.get(name) != new.get(name)}
        told = normal(done.stdout, repository), normal(done.stderr, repository)
        return Ending(done.returncode, *told, changed, document)


def earlier(story: Path) -> Path:
    """Return the story in whose ending a story begins; itself when it begins afresh."""
    after = story / "after"
    return story.parent / after.read_text().strip() if after.exists() else story


def normal(text: str, folder: Path) -> str:
    """Return a text without what differs from run to run: the folder's name and the time it took."""
    return TIME.sub("   <time>", text.replace(str(folder), "<here>"))


def expected_texts(story: Path) -> dict[str, str]:
    base = story / "expected"
    return {path.relative_to(base).as_posix(): path.read_text() for path in sorted(base.rglob("*")) if path.is_file()}


def write_expected(story: Path, ending: Ending) -> None:
    shutil.rmtree(story / "expected", ignore_errors=True)
    for name, text in ending.texts().items():
        path = story / "expected" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def told_story(story: Path) -> object:  # pytest does not export the type of a parameter set
    reason = story / "xfail"
    marks = [pytest.mark.xfail(reason=reason.read_text().strip(), strict=True)] if reason.exists() else []
    return pytest.param(story, id=story.name, marks=marks)


@pytest.fixture(scope="module")
def endings(
    request: pytest.FixtureRequest, small_neuralnav: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Future[Ending]]]:
    """Return the ending of each story that this session runs: they are played side by side, one for each core."""
    names = {item.name for item in request.session.items}
    chosen = [story for story in STORIES if any(name.endswith(f"[{story.name}]") for name in names)]
    first = {earlier(story) for story in chosen}
    stage = Stage(small_neuralnav, tmp_path_factory.mktemp("stories"))
    stage.prepare()
    told: dict[str, Future[Ending]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for story in sorted({*chosen, *first}, key=lambda story: (story not in first, story)):
            before = told.get(earlier(story).name)
            told[story.name] = pool.submit(stage.tell, story, before)
        yield told


@pytest.mark.parametrize("story", [told_story(story) for story in STORIES])
def test_story(story: Path, endings: Mapping[str, Future[Ending]], pytestconfig: pytest.Config) -> None:
    ending = endings[story.name].result()
    assert ending.exit_code != 1, f"a bug is no ending of a story: {ending.stderr}"
    command = (story / "cmd").read_text()
    if ending.exit_code != 0 or any(word in command for word in WRITES_NOTHING):
        assert ending.changed == {}, "a refusal or a question wrote files"
    if pytestconfig.getoption("--update-golden") and not (story / "xfail").exists():
        write_expected(story, ending)
    assert ending.texts() == expected_texts(story)


@pytest.mark.parametrize("story", [told_story(story) for story in STORIES if DIFF in (story / "cmd").read_text()])
def test_every_form_of_a_diff_is_of_one_document(story: Path, endings: Mapping[str, Future[Ending]]) -> None:
    ending = endings[story.name].result()
    if not ending.document:
        assert ending.stdout == ""
        return
    schema = json.loads((ROOT / "schemas" / "plan-diff.v1alpha1.json").read_text())
    Draft202012Validator(schema).validate(json.loads(ending.document))
    found = PlanDiff.model_validate_json(ending.document)
    assert found.exit_code == ending.exit_code
    assert f"{diff_text(found)}\n" == ending.stdout
    assert SarifLog.model_validate_json(diff_sarif(found)).runs


def test_the_documentation_shows_a_story_as_it_is_told() -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    told = expected_texts(Path(__file__).parent / "diff-slo-tightened")
    assert f"```\n{told['stdout']}```" in page
    top = told["comment.md"].partition("\n\n<details>")[0]
    assert "\n".join(f"> {line}".rstrip() for line in top.split("\n")) in page


def test_stories_are_found() -> None:
    assert len(STORIES) > 1
