"""A lock drifts with what its workload considers, and with nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from neuralnav.cli.drift import find_drift
from neuralnav.cli.work import Options, Work, changes, work
from neuralnav.files.catalogs import data_folder
from neuralnav.files.places import find_workloads
from neuralnav.files.writes import write_together

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: chat}
spec:
  useCase: chatbot_conversational
  traffic: {users: 500}
  constraints:
    families: {allow: [qwen3]}
    accelerators: {allow: [H100, H200]}
    precisions: [fp8]
"""


def packaged(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(
        (data_folder("catalogs") / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return document


def compiled(folder: Path, overlay: Mapping[str, object] | None = None) -> Work:
    """Compile the workload in a repository, with a catalog overlay when one is given."""
    folder.mkdir(exist_ok=True)
    (folder / "workload.yaml").write_text(WORKLOAD)
    catalogs = []
    if overlay is not None:
        path = folder / f"overlay-{len(list(folder.glob('overlay-*')))}.yaml"
        path.write_text(yaml.safe_dump(overlay, sort_keys=False))
        catalogs = [path.name]
    project = {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": {"catalogs": catalogs}}
    (folder / "neuralnav.yaml").write_text(yaml.safe_dump(project))
    (place,) = find_workloads((str(folder),))
    from neuralnav.cli import world

    world.forget_worlds()
    done = work((place, Options()))
    assert done.problems == ()
    return done


def committed(folder: Path) -> None:
    done = compiled(folder)
    write_together(folder, changes(done)[0])


def test_a_model_that_the_constraints_shut_out_does_not_drift(tmp_path: Path) -> None:
    committed(tmp_path / "one")
    overlay = packaged("models/llama.yaml")
    for model in overlay["spec"]["models"]:
        model["id"] = f"{model['id']}-new"
    done = compiled(tmp_path / "one", overlay)
    assert changes(done)[0] == {}
    assert find_drift(done) == ()


def test_a_model_that_could_be_chosen_drifts_as_data(tmp_path: Path) -> None:
    committed(tmp_path / "one")
    overlay = packaged("models/qwen3.yaml")
    overlay["spec"]["models"] = [{**overlay["spec"]["models"][0], "id": "qwen3-new", "name": "Qwen3 New"}]
    assert [item.drift for item in find_drift(compiled(tmp_path / "one", overlay))] == ["data"]


@pytest.mark.parametrize(("accelerator", "expected"), [("l4", []), ("h100", ["data"])])
def test_a_price_drifts_only_where_it_counts(tmp_path: Path, accelerator: str, expected: list[str]) -> None:
    committed(tmp_path / "one")
    overlay = packaged("accelerators/nvidia.yaml")
    chosen = next(item for item in overlay["spec"]["accelerators"] if item["id"] == accelerator)
    for price in chosen["prices"]:
        price["usdPerHour"] = 9.5
    overlay["spec"]["accelerators"] = [chosen]
    drift = find_drift(compiled(tmp_path / "one", overlay))
    assert [item.drift for item in drift] == expected


def test_a_note_or_a_verified_mark_does_not_drift(tmp_path: Path) -> None:
    committed(tmp_path / "one")
    overlay = packaged("models/qwen3.yaml")
    for model in overlay["spec"]["models"]:
        model["license"] = {**model["license"], "verified": not model["license"]["verified"], "note": "read again"}
    assert find_drift(compiled(tmp_path / "one", overlay)) == ()


def test_a_comment_in_the_workload_does_not_drift(tmp_path: Path) -> None:
    committed(tmp_path / "one")
    path = tmp_path / "one" / "workload.yaml"
    (place,) = find_workloads((str(path),))
    path.write_text("# a comment\n" + WORKLOAD.replace("{users: 500}", "{users: 500}   # people"))
    done = work((place, Options()))
    assert done.problems == ()
    assert changes(done)[0] == {}
    assert find_drift(done) == ()
    path.write_text(WORKLOAD.replace("users: 500", "users: 501"))
    assert [item.drift for item in find_drift(work((place, Options())))] == ["workload"]
