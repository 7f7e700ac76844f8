"""The scheduled job of examples/gitlab: rows, plans and one merge request, pushed to a host that takes push options."""

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Installed
from fake_github import WRITER
from observed_outcomes import outcome_of
from pulls import Pull, beginning

from neuralnav.files.outcomes import write_outcome

JOB = yaml.safe_load((ROOT / "examples" / "gitlab" / ".gitlab-ci.yml").read_text())["observe"]
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {outcomes: [outcomes]}\n"
BRANCH = "neuralnav/outcomes"
HOOK = """\
#!/bin/sh
i=0
while [ "$i" -lt "$GIT_PUSH_OPTION_COUNT" ]; do
  eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >>{options}
  i=$((i + 1))
done
"""
OBSERVE = """\
#!/bin/sh
[ -z "${{NEURALNAV_GITLAB_TOKEN:-}}${{GIT_CONFIG_VALUE_0:-}}" ] || {{ echo "the token is here"; exit 1; }}
if [ "$1" = observe ]; then mkdir -p outcomes && cp -R {ready}/. outcomes; exit 3; fi
exec {command} "$@"
"""


class Site:
    """A project on a host, a runner, and what stands in for Prometheus."""

    def __init__(self, pull: Pull, folder: Path) -> None:
        self.pull, self.folder = pull, folder
        self.ready, self.options = folder / "ready", folder / "options"
        self.ready.mkdir()
        (pull.origin / "neuralnav.yaml").write_text(PROJECT)
        pull.commit("outcomes")
        self.host = folder / "host" / "acme" / "models.git"
        pull.git("clone", "--quiet", "--bare", str(pull.origin), str(self.host))
        pull.git("--git-dir", str(self.host), "config", "receive.advertisePushOptions", "true")
        self._script(self.host / "hooks" / "post-receive", HOOK.format(options=shlex.quote(str(self.options))))

    def prepare(self, hour: int) -> None:
        write_outcome(self.ready, outcome_of(self.pull.origin / "chat" / "plan.lock", hour, factor=1.5))

    def run(self, name: str) -> str:
        work = self.folder / name / "checkout"
        self.pull.git("clone", "--quiet", "--branch=main", f"file://{self.host}", str(work))
        shim = OBSERVE.format(ready=shlex.quote(str(self.ready)), command=shlex.join(self.pull.neuralnav.command))
        self._script(self.folder / name / "neuralnav" / "bin" / "neuralnav", shim)
        environment = {
            **self.pull.neuralnav.environment, **JOB["variables"], "CI_PROJECT_DIR": str(work),
            "CI_SERVER_URL": f"file://{self.folder / 'host'}", "CI_PROJECT_PATH": "acme/models",
            "CI_DEFAULT_BRANCH": "main", "NEURALNAV_GITLAB_TOKEN": WRITER,
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(JOB["script"][2:])], cwd=work, env=environment,
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert WRITER not in done.stdout + done.stderr
        return done.stdout

    def _script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def branch(self, *arguments: str) -> list[str]:
        return self.pull.git("--git-dir", str(self.host), *arguments).splitlines()


@pytest.fixture
def site(tmp_path: Path, small_neuralnav: Installed) -> Iterator[Site]:
    with beginning(tmp_path, small_neuralnav) as pull:
        (tmp_path / "site").mkdir()
        yield Site(pull, tmp_path / "site")


def test_rows_and_plans_come_as_one_merge_request_that_keeps_its_rows(site: Site) -> None:
    site.run("none")
    assert site.branch("branch", "--list", BRANCH) == []
    site.prepare(8)
    site.run("first")
    assert site.branch("diff", "--name-only", "main", BRANCH) == [
        "chat/deploy/dashboard.yaml", "chat/deploy/inferenceservice.yaml", "chat/deploy/prometheusrule.yaml",
        "chat/plan.lock", "outcomes/llm-prod/support-chat/2026-11-26T080000Z.parquet",
    ]  # fmt: skip
    assert site.options.read_text().splitlines() == [
        "merge_request.create", "merge_request.target=main", "merge_request.title=Plans by what was observed",
    ]  # fmt: skip
    made = site.branch("rev-parse", BRANCH)
    site.run("again")
    assert site.branch("rev-parse", BRANCH) == made
    shutil.rmtree(site.ready / "llm-prod")
    site.prepare(10)
    site.run("later")
    rows = [line for line in site.branch("diff", "--name-only", "main", BRANCH) if line.startswith("outcomes/")]
    assert [Path(row).name for row in rows] == ["2026-11-26T080000Z.parquet", "2026-11-26T100000Z.parquet"]
