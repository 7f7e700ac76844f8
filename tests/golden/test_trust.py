"""Facts, locks and settings that somebody else wrote: what a plan may take from them, and what it must not."""

import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.work import Options, Work, render_frozen, work
from neuralnav.cli.world import forget_worlds
from neuralnav.files.catalogs import data_folder
from neuralnav.files.data import packaged_tables
from neuralnav.files.places import find_workloads
from neuralnav.files.writes import write_together

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 20000}
  constraints:
    models: {allow: [qwen3-8b]}
    accelerators: {allow: [H100]}
    precisions: [fp8]
"""


def repository(folder: Path, **project: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "workload.yaml").write_text(WORKLOAD)
    document = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": project}
    (folder / "neuralnav.yaml").write_text(yaml.safe_dump(document))
    return folder


def compiled(folder: Path, **options: Any) -> Work:
    forget_worlds()
    (place,) = find_workloads((str(folder),))
    return work((place, Options(**options)))


def locked(folder: Path) -> Work:
    done = compiled(folder)
    assert done.problems == ()
    write_together(folder, done.files)
    return done


def cost(done: Work) -> float:
    assert done.report.choice is not None, done.problems
    return done.report.choice.cost_usd_per_month


def overlay(folder: Path, kind: str, entry: str, **changes: object) -> None:
    """Write o.yaml: one entry of a packaged catalog with changed facts."""
    name = {"accelerators": "accelerators/nvidia.yaml", "models": "models/qwen3.yaml"}[kind]
    document: dict[str, Any] = yaml.load(
        (data_folder("catalogs") / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    chosen = next(item for item in document["spec"][kind] if item["id"] == entry)
    for field, value in changes.items():
        chosen[field] = {**chosen[field], "value": value} if isinstance(value, float) else value
    document["spec"][kind] = [chosen]
    (folder / "o.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def test_slower_hardware_in_an_overlay_is_simulated_anew(tmp_path: Path) -> None:
    plain = cost(compiled(repository(tmp_path / "one")))
    folder = repository(tmp_path / "two", catalogs=["o.yaml"])
    overlay(folder, "accelerators", "h100", bandwidthGbS=1000.0, bf16Tflops=300.0, fp8Tflops=600.0)
    assert cost(compiled(folder)) > plain


def test_a_new_price_in_an_overlay_keeps_the_packaged_curves(tmp_path: Path) -> None:
    plain = compiled(repository(tmp_path / "one"))
    folder = repository(tmp_path / "two", catalogs=["o.yaml"])
    overlay(
        folder, "accelerators", "h100", resourceName={"value": "nvidia.com/gpu", "source": "k8s", "verified": False}
    )
    document = yaml.load((folder / "o.yaml").read_text(), Loader=yaml.CSafeLoader)
    accelerator = document["spec"]["accelerators"][0]
    accelerator["resourceName"]["source"] = accelerator["memoryGib"]["source"]
    for price in accelerator["prices"]:
        price["usdPerHour"] = price["usdPerHour"] * 2
    (folder / "o.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = compiled(folder)
    assert cost(done) == 2 * cost(plain)
    assert done.report.choice is not None
    assert plain.report.choice is not None
    assert done.report.choice.ttft == plain.report.choice.ttft


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("engine", "sglang", "another engine"),
        ("kv_dtype", "fp8", "engine settings other than those deployed"),
        ("max_num_seqs", 32, "engine settings other than those deployed"),
        ("prefix_hit_share", 0.9, "engine settings other than those deployed"),
    ],
)
def test_a_measurement_of_another_deployment_is_counted_and_not_used(
    tmp_path: Path, column: str, value: object, reason: str
) -> None:
    rows = pq.read_table(packaged_tables() / "512x256.parquet")
    mine = pc.and_(pc.equal(rows["model"], "qwen3-8b"), pc.equal(rows["accelerator"], "h100"))
    rows = rows.filter(pc.and_(mine, pc.equal(rows["precision"], "fp8")))
    for name, cell in (("source", "measured"), (column, value)):
        field = rows.schema.field(name)
        rows = rows.set_column(rows.schema.get_field_index(name), field, pa.array([cell] * rows.num_rows, field.type))
    folder = repository(tmp_path / "one", benchmarks=["data.parquet"])
    pq.write_table(rows, folder / "data.parquet")
    done = compiled(folder)
    assert done.report.choice is not None
    assert done.report.choice.source == "simulated"
    assert done.report.choice.correction is None
    (note,) = done.report.notes
    assert note.startswith(f"{rows.num_rows} measured runs not used: {reason} ({rows.num_rows}, such as qwen3-8b/fp8/")


@pytest.mark.parametrize("listed", ["absolute", "../victim/kustomization.yaml"])
def test_a_lock_cannot_have_files_of_others_removed(tmp_path: Path, listed: str) -> None:
    folder = repository(tmp_path / "one")
    done = locked(folder)
    lock = folder / "plan.lock"
    name = next(name for name in done.files if name.endswith("kustomization.yaml"))
    victim = tmp_path / "victim" / "kustomization.yaml"
    victim.parent.mkdir()
    victim.write_bytes(done.files[name])
    path = str(victim) if listed == "absolute" else listed
    text = lock.read_text()
    digest = text.split(name)[1].split("digest: ")[1].split("\n")[0]
    lock.write_text(text.replace("manifests:\n", f"manifests:\n  - path: {path}\n    digest: {digest}\n"))
    again = compiled(folder)
    assert again.remove == ()


def test_frozen_does_not_render_a_lock_that_was_edited_by_hand(tmp_path: Path) -> None:
    folder = repository(tmp_path / "one")
    locked(folder)
    (place,) = find_workloads((str(folder),))
    assert render_frozen((place, Options())).problems == ()
    lock = folder / "plan.lock"
    lock.write_text(lock.read_text().replace("image: vllm/vllm-openai", "image: evil/vllm-openai"))
    found = render_frozen((place, Options()))
    assert found.files == {}
    assert found.report.exit_code == 3


@pytest.mark.parametrize("pattern", [".git/hooks", ".github", "out/{x}", "../../out"])
def test_output_stays_in_plain_folders_of_the_repository(tmp_path: Path, pattern: str) -> None:
    folder = repository(tmp_path / "one", output={"manifests": pattern})
    _, problems = compile_all((str(folder),), Options())
    assert [problem.message for problem in problems] == [
        f'output.manifests "{pattern}" is not a folder of its own inside the repository'
    ]


@pytest.mark.parametrize("content", [b"", b"\0\0", b"\xe9", b"<<<<<<< x\n"])
def test_upgrade_replaces_a_lock_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    folder = repository(tmp_path / "one")
    (folder / "plan.lock").write_bytes(content)
    assert "compile --upgrade" in compiled(folder).problems[0].hint
    assert compiled(folder, upgrade=True).problems == ()


@pytest.mark.parametrize("schema", ["schema:  2", 'schema: "2"', "schema: 99999999999999999999"])
def test_a_newer_lock_is_left_alone_however_it_is_spelled(tmp_path: Path, schema: str) -> None:
    folder = repository(tmp_path / "one")
    locked(folder)
    lock = folder / "plan.lock"
    lock.write_text(lock.read_text().replace("schema: 1", schema))
    for upgrade in (False, True):
        assert "upgrade neuralnav" in compiled(folder, upgrade=upgrade).problems[0].hint


def test_sides_of_a_merge_are_read_from_git_and_not_from_the_merged_text(tmp_path: Path) -> None:
    folder = repository(tmp_path / "one")
    (folder / "workload.yaml").write_text(WORKLOAD.replace("[qwen3-8b]", "[qwen3-8b, qwen3-14b, qwen3-32b]"))

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=False, capture_output=True)

    def plan(branch: str, users: int, choice: str) -> None:
        git("checkout", "-q", "-B", branch, "main")
        text = (folder / "workload.yaml").read_text()
        (folder / "workload.yaml").write_text(text.replace("users: 20000", f"users: {users}"))
        done = locked(folder)
        assert done.report.choice is not None
        lock = (folder / "plan.lock").read_text()
        (folder / "plan.lock").write_text(lock.replace(done.report.choice.candidate, choice, 1))
        git("commit", "-qam", branch)

    git("init", "-q", "-b", "main")
    locked(folder)
    git("add", ".")
    git("commit", "-qm", "base")
    plan("ours", 24000, "qwen3-14b/fp8/h100/tp1")
    plan("theirs", 31000, "qwen3-32b/fp8/h100/tp2")
    git("merge", "ours")
    git("checkout", "-q", "--ours", "workload.yaml", "deploy")
    assert "<<<<<<<" in (folder / "plan.lock").read_text()
    done = compiled(folder)
    assert done.problems == ()
    assert any("the sides disagree" in note for note in done.report.notes), done.report.notes
