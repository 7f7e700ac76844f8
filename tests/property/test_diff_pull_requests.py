"""Generated pull requests in real git repositories: an edit of each class is named, whatever stands beside it.

What is true is not asked of the search. Each edit is first tried alone, by compile: those of `TRUE` change what it
writes beside digests, those of `DECOYS` do not. A request of one of the former and some of the latter has one cause.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.diff_run import run_diff
from neuralnav.cli.work import Options
from neuralnav.files.catalogs import data_folder
from neuralnav.files.data import packaged_tables
from neuralnav.files.locks import read_lock
from neuralnav.files.writes import write_together
from neuralnav.model.diff import CauseKind, WorkloadDiff
from neuralnav.model.document import Source

Edit = Callable[[Path], None]
TEMPLATE = "templates/common/poddisruptionbudget.yaml.j2"
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: {name}, labels: {{env: {env}}}}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: 20000}}
  constraints:
    models: {{allow: [qwen3-8b, llama-3.1-8b]}}
    accelerators: {{allow: [H100, A100-80GB]}}
"""
FILES: Mapping[str, str] = {
    "a/workload.yaml": WORKLOAD.format(name="a", env="prod"),
    "b/workload.yaml": WORKLOAD.format(name="b", env="dev"),
    "neuralnav.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec:
  catalogs: [prices.yaml, scores.yaml]
  templates: templates
  benchmarks: [tables/own.parquet, tables/other.parquet]
  margins: {headroom: 1.2}
  environments:
    prod: {}
    dev: {}
  policies:
    - {path: policies/limits.yaml}
    - {path: policies/watched.yaml, enforcement: warn}
    - {path: policies/waived.yaml}
  exemptions:
    - {policy: waived, rule: no-fp8, workloads: [a], owner: me, reason: moving, expires: '2030-01-01'}
    - {policy: waived, rule: no-fp8, workloads: [b], owner: me, reason: moving, expires: '2030-01-01'}
""",
    "policies/limits.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: limits}
spec:
  rules:
    - {id: gpus, deny: candidate.gpus > 400}
    - {id: never, deny: candidate.gpus > 500}
""",
    "policies/watched.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: watched}
spec:
  rules: [{id: no-qwen, deny: model.family == 'qwen3'}]
""",
    "policies/waived.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: waived}
spec:
  rules: [{id: no-fp8, deny: candidate.precision == 'fp8'}]
""",
    "prices.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: PriceCatalog
metadata: {name: ours}
spec:
  sources: {contract: {title: Ours}}
  prices:
    - {accelerator: h100, provider: list, kind: on-demand, usdPerHour: 4.5, recorded: '2026-11-01',
       validUntil: '2027-11-01', source: contract, verified: true}
    - {accelerator: l40s, provider: list, kind: on-demand, usdPerHour: 1.5, recorded: '2026-11-01',
       validUntil: '2027-11-01', source: contract, verified: true}
""",
    "scores.yaml": """\
apiVersion: neuralnav.dev/v1alpha1
kind: QualityCatalog
metadata: {name: ours}
spec:
  sources: {ours: {title: Our own evaluation}}
  scores:
    - {model: llama-3.1-8b, row: Llama, source: ours, verified: true, scores: {intelligence_index: 18, mmlu_pro: 50}}
    - {model: gemma-3-12b, row: Gemma, source: ours, verified: true, scores: {intelligence_index: 20, mmlu_pro: 55}}
""",
}
MORE_POLICY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {{name: more}}
spec:
  match: {{workloads: [{workload}]}}
  rules: [{{id: no-qwen, deny: model.family == 'qwen3'}}]
"""


@dataclass(frozen=True)
class Change:
    """An edit, and as what it is to be named: the kind of cause, and the beginning of its phrase."""

    kind: CauseKind
    said: str
    act: Edit


def edit(name: str, old: str, new: str) -> Edit:
    def act(root: Path) -> None:
        path = root / name
        text = path.read_text()
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    return act


def bind(workload: str) -> Edit:
    def act(root: Path) -> None:
        (root / "policies" / "more.yaml").write_text(MORE_POLICY.format(workload=workload))
        line = "    - {path: policies/limits.yaml}\n"
        edit("neuralnav.yaml", line, f"{line}    - {{path: policies/more.yaml}}\n")(root)

    return act


def slower(name: str) -> Edit:
    """Requests of a table take half as long again to a first token and in all."""

    def act(root: Path) -> None:
        table = pq.read_table(root / name)
        for column in [c for c in table.schema.names if c.startswith(("ttft_", "e2e_")) and c.endswith("_ms")]:
            values = [None if value is None else round(value * 1.5, 1) for value in table[column].to_pylist()]
            table = table.set_column(table.schema.get_field_index(column), column, pa.array(values, pa.float64()))
        pq.write_table(table, root / name)

    return act


EXEMPTION = "    - {policy: waived, rule: no-fp8, workloads: [a], owner: me, reason: moving, expires: '2030-01-01'}\n"
TRUE: Mapping[str, Change] = {
    "users": Change("workload", "traffic.users 20000 -> 60000 ", edit("a/workload.yaml", "20000", "60000")),
    "model": Change(
        "workload", "constraints.models.allow [qwen3-8b, llama-3.1-8b] -> ", edit("a/workload.yaml", "qwen3-8b, ", "")
    ),
    "headroom": Change("settings", "margins.headroom 1.2 -> 3 ", edit("neuralnav.yaml", "m: 1.2", "m: 3")),
    "environment": Change(
        "settings", "environments.prod.redundancy n+1 added ",
        edit("neuralnav.yaml", "prod: {}", "prod: {redundancy: n+1}"),
    ),
    "rule": Change("policies", "rule limits.gpus ", edit("policies/limits.yaml", "gpus > 400", "gpus > 2")),
    "policy": Change("policies", "policy more added", bind("a")),
    "enforcement": Change(
        "policies", "policy watched: enforcement warn -> deny", edit("neuralnav.yaml", ", enforcement: warn", "")
    ),
    "exemption": Change("policies", "exemption from waived.no-fp8 ", edit("neuralnav.yaml", EXEMPTION, "")),
    "rows": Change("benchmarks", "benchmarks tables/own.parquet changed", slower("tables/own.parquet")),
    "scores": Change(
        "catalog", "scores of llama-3.1-8b ", edit("scores.yaml", "index: 18, mmlu_pro: 50", "index: 70, mmlu_pro: 90")
    ),
    "price": Change("prices", "price of H100 list/on-demand 4.5 -> 2.5 USD/h", edit("prices.yaml", ": 4.5", ": 2.5")),
    "template": Change("templates", "template common/poddis", edit(TEMPLATE, "[1, d", "[2, d")),
}  # fmt: skip
DECOYS: Mapping[str, Edit] = {
    "a comment": edit("a/workload.yaml", "spec:", "# said\nspec:"),
    "a default spelt out": edit("a/workload.yaml", "  traffic:", "  deploy: {mode: vllm}\n  traffic:"),
    "another workload": edit("b/workload.yaml", "20000", "90000"),
    "another model name": edit("a/workload.yaml", "[H100,", "[h100,"),
    "another environment": edit("neuralnav.yaml", "dev: {}", "dev: {headroom: 4}"),
    "a rule that never acts": edit("policies/limits.yaml", "gpus > 500", "gpus > 600"),
    "a comment of a policy": edit("policies/watched.yaml", "spec:", "# said\nspec:"),
    "a policy of another workload": bind("b"),
    "another's exemption": edit("neuralnav.yaml", "workloads: [b], owner: me", "workloads: [b], owner: you"),
    "another price": edit("prices.yaml", ": 1.5", ": 0.4"),
    "rows of another model": slower("tables/other.parquet"),
    "another model's scores": edit("scores.yaml", "index: 20, mmlu_pro: 55", "index: 60, mmlu_pro: 80"),
    "a remark in a template": edit(TEMPLATE, "apiVersion", "{# said #}apiVersion"),
}
INTENT = {"another model name"}
APART = {"policy": {"a policy of another workload"}, **dict.fromkeys(("rows", "scores", "price"), INTENT)}
"""Decoys that write what a true edit does, or that let go a choice which would be kept when only data change."""


def git(root: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "test" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    config = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=root, env={**os.environ, **who, **config}, check=True, capture_output=True)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("requests") / "base"
    template = data_folder("templates") / "common" / Path(TEMPLATE).name
    for name, text in {**FILES, TEMPLATE: template.read_text()}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "tables").mkdir()
    packaged = pq.read_table(packaged_tables() / "512x256.parquet")
    for name, model in {"own": "qwen3-8b", "other": "gemma-3-12b"}.items():
        mine = pc.and_(pc.equal(packaged["model"], model), pc.equal(packaged["accelerator"], "h100"))
        pq.write_table(packaged.filter(mine), root / "tables" / f"{name}.parquet")
    git(root.parent, "init", "--quiet", "--initial-branch=main", "base")
    compiled(root)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "base")
    return root


def compiled(root: Path) -> object:
    """Compile a repository; return what is written for `a` beside digests: all of the lock's choice, and manifests."""
    items, problems = compile_all((str(root),), Options())
    assert problems == []
    for item in items:
        write_together(item.place.folder, dict(item.files), ())
    lock = read_lock(Source("plan.lock", (root / "a" / "plan.lock").read_text()))
    chosen = next(item for item in lock.candidates if item.id == lock.choice.candidate)
    texts = {path.name: path.read_text() for path in sorted((root / "a" / "deploy").iterdir())}
    numbers = chosen.model_dump(exclude={"scores", "dominated", "preference", "evidence"})
    return lock.choice.candidate, lock.deployment.replicas, numbers, texts


def copied(base: Path, folder: Path) -> Path:
    return Path(shutil.copytree(base, folder / "head"))


@pytest.mark.parametrize("name", [*TRUE, *DECOYS])
def test_compile_tells_which_edits_matter(base: Path, tmp_path: Path, name: str) -> None:
    root = copied(base, tmp_path.resolve())
    (TRUE[name].act if name in TRUE else DECOYS[name])(root)
    assert (compiled(root) != compiled(base)) is (name in TRUE)


def requested(root: Path, monkeypatch: pytest.MonkeyPatch) -> WorkloadDiff:
    """The diff of `a` between the branch and the working tree, as `neuralnav diff` makes it."""
    with monkeypatch.context() as patched:
        patched.chdir(root)
        return next(item for item in run_diff("main", "", (), manifest_texts=False).workloads if item.workload == "a")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(TRUE)),
    others=st.lists(st.sampled_from(sorted(DECOYS)), max_size=5, unique=True),
    recompiled=st.booleans(),
)
def test_the_one_true_cause_is_named(
    base: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    others: list[str],
    recompiled: bool,  # noqa: FBT001  # drawn
) -> None:
    true = TRUE[name]
    root = copied(base, tmp_path_factory.mktemp("request").resolve())
    for other in others:
        if other not in APART.get(name, ()):
            DECOYS[other](root)
    true.act(root)
    if recompiled:
        compiled(root)
    found = requested(root, monkeypatch)
    event(true.kind)
    assert [(cause.kind, cause.said.startswith(true.said)) for cause in found.causes] == [(true.kind, True)]
    assert " and " not in found.causes[0].said


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        (["users", "headroom"], ["workload: traffic.users", "settings: margins.headroom"]),  # replicas follow from both
        (
            ["rows", "another model name"],
            ["workload: constraints.accelerators.allow", "benchmarks: benchmarks tables/own"],
        ),
        (["model", "policy"], ["workload: constraints.models.allow"]),  # either is enough: the first of the kinds
        (["policy", "enforcement"], ["policies: policy more added"]),  # and of one kind the first by name
        (["scores", "template"], ["catalog: scores of llama-3.1-8b"]),  # the decision before the files
    ],
)
def test_sets_of_edits_are_the_smallest_and_the_first(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: list[str], causes: list[str]
) -> None:
    root = copied(base, tmp_path.resolve())
    for name in changes:
        (TRUE[name].act if name in TRUE else DECOYS[name])(root)
    found = [f"{cause.kind}: {cause.said}" for cause in requested(root, monkeypatch).causes]
    assert [said[: len(cause)] for said, cause in zip(found, causes, strict=True)] == causes
    assert not any(" and " in said for said in found)
