"""What a command imports: nothing of the policy language where no policy is bound, and for a draft little at all."""

import subprocess
import sys
from pathlib import Path

import pytest
from builders import workload_text

from neuralnav.cli.world import forget_worlds, world_of
from neuralnav.enforce.bound import Governance
from neuralnav.errors import InputError
from neuralnav.files.policies import load_governance

PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec: {policies: [{path: guard.yaml}]}
"""
POLICY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: guard}
spec:
  rules: [{id: small, require: candidate.gpus <= 512}]
"""
ASKED = """\
import sys
from neuralnav.cli import cli
cli.main(["compile"], standalone_mode=False)
loaded = {name.split(".")[1] for name in sys.modules if name.startswith("neuralnav.")} & {"policy", "enforce"}
print(sorted(loaded))
"""


def loaded(folder: Path) -> str:
    """The packages of the policy language that compile loads in a repository."""
    (folder / "workload.yaml").write_text(workload_text())
    (folder / ".git").mkdir()
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("bound", [False, True])
def test_the_policy_language_is_loaded_only_where_a_policy_is_bound(tmp_path: Path, bound: bool) -> None:  # noqa: FBT001  # a parameter of the test
    if bound:
        (tmp_path / "neuralnav.yaml").write_text(PROJECT)
        (tmp_path / "guard.yaml").write_text(POLICY)
    assert loaded(tmp_path) == ("['enforce', 'policy']" if bound else "[]")


DRAFTED = """\
import sys
from neuralnav.cli import cli
cli.main(["draft", "--llm", "none", "a support bot for 5,000 people"], standalone_mode=False)
heavy = ("pyarrow", "numpy", "httpx", "ollama", "jinja2", "asyncio", "neuralnav.pipeline", "neuralnav.policy")
print([name for name in heavy if name in sys.modules])
"""


def test_a_draft_loads_nothing_that_plans_or_asks_a_model(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DRAFTED], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert (tmp_path / "workload.yaml").exists()


DIFFED = """\
import sys
from neuralnav.cli import cli
cli.main(["diff", "old", "new"], standalone_mode=False)
print(sorted(sys.modules.keys() & {"neuralnav.policy.check", "neuralnav.enforce.judge", "neuralnav.cli.diff_held"}))
"""


@pytest.mark.parametrize("bound", [False, True])
def test_a_diff_judges_nothing_where_no_policy_is_bound(tmp_path: Path, bound: bool) -> None:  # noqa: FBT001  # as above
    for name, users in {"old": 4000, "new": 6000}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "workload.yaml").write_text(workload_text(traffic={"users": users}))
        (tmp_path / name / "neuralnav.yaml").write_text(PROJECT if bound else PROJECT.replace("{path: guard.yaml}", ""))
        (tmp_path / name / "guard.yaml").write_text(POLICY)
    done = subprocess.run([sys.executable, "-c", DIFFED], cwd=tmp_path, capture_output=True, text=True, check=True)
    language = "['neuralnav.cli.diff_held', 'neuralnav.enforce.judge', 'neuralnav.policy.check']"
    assert done.stdout.splitlines()[-1] == (language if bound else "[]")


def test_a_policy_that_cannot_be_used_is_judged_once_for_all_workloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "neuralnav.yaml").write_text(PROJECT)
    (tmp_path / "guard.yaml").write_text(POLICY.replace("candidate.gpus", "candidate.gpuz"))
    asked: list[Path] = []

    def counted(root: Path) -> Governance:
        asked.append(root)
        return load_governance(root)

    monkeypatch.setattr("neuralnav.files.policies.load_governance", counted)
    forget_worlds()
    for _ in range(3):
        with pytest.raises(InputError, match="candidate has no field gpuz"):
            world_of(tmp_path)
    assert asked == [tmp_path]
