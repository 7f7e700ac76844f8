"""What manifests in simulator mode start is what `serve --lock` starts from the lock that they were rendered from."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from builders import with_deployment
from neuralnav_simulator.cli import cli
from neuralnav_simulator.cli.asked import asked
from neuralnav_simulator.cli.serve_verb import command
from neuralnav_simulator.served import Served
from neuralnav_simulator.served.locked import served_from_lock
from rendered import TARGETS, container

from neuralnav.files.locks import read_lock
from neuralnav.model.document import Source
from neuralnav.model.lock import Correction, Lock, dump

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
LOCKS = sorted(path for path in EXAMPLES.rglob("plan.lock") if "mode: simulator" in path.read_text())


def of_file(path: Path) -> Lock:
    return read_lock(Source(path.name, path.read_text()))


def from_arguments(lock: Lock) -> tuple[Served, dict[str, Any]]:
    """The server that the rendered arguments stand for, and what else the verb is given."""
    verb, *arguments = container(lock)["args"]
    assert verb == "serve"
    ctx = command.make_context("serve", arguments)
    return asked(ctx).settled.served, ctx.params


def from_lock(lock: Lock, folder: Path) -> Served:
    path = folder / "plan.lock"
    path.write_text(dump(lock))
    return served_from_lock(path).settled.served


@pytest.fixture(autouse=True)
def _beside_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_arguments_of_an_example_are_options_and_mean_its_lock(path: Path, tmp_path: Path) -> None:
    lock = of_file(path)
    served, others = from_arguments(lock)
    first, *aliases = served.names
    llm = lock.deployment.target == TARGETS[1]
    namespace = lock.deployment.namespace
    assert aliases == ([f"publishers/{namespace}/models/{first}"] if llm else [])
    assert replace(served, names=(first,)) == from_lock(lock, tmp_path)
    (port,) = container(lock)["ports"]
    assert (others["host"], others["port"]) == ("0.0.0.0", port["containerPort"])  # noqa: S104  # of the pod
    assert others["shutdown_timeout"] == 2 * int(lock.requirements.e2e_p95_ms / 1000 + 1)


def test_there_are_examples_of_both_targets() -> None:
    assert {of_file(path).deployment.target for path in LOCKS} == set(TARGETS)


CHANGED: dict[str, dict[str, Any]] = {
    "pipeline": {"tensor_parallel": 2, "pipeline_parallel": 2, "gpus_per_replica": 4},
    "engine": {"max_num_seqs": 64, "max_num_batched_tokens": 2048, "max_model_len": 2000, "engine_version": "0.11.2"},
    "memory": {"gpu_memory_utilization": 0.8, "kv_cache_dtype": "fp8", "prefix_caching": True},
}


@pytest.mark.parametrize("name", CHANGED)
def test_every_parameter_goes_through_the_arguments(name: str, tmp_path: Path) -> None:
    plain = of_file(EXAMPLES / "translation-simulated" / "plan.lock")
    lock = with_deployment(plain, **CHANGED[name])
    assert from_arguments(lock)[0] == from_lock(lock, tmp_path)
    assert from_arguments(lock)[0] != from_arguments(plain)[0]


def test_the_pace_of_measured_runs_goes_through_the_arguments(tmp_path: Path) -> None:
    plain = of_file(EXAMPLES / "translation-simulated" / "plan.lock")
    found = Correction(measured_runs=3, ttft=1.31, itl=0.87, e2e=0.9)
    candidates = tuple(
        item.model_copy(update={"correction": found}) if item.id == plain.choice.candidate else item
        for item in plain.candidates
    )
    lock = plain.model_copy(update={"candidates": candidates})
    assert from_arguments(lock)[0] == from_lock(lock, tmp_path)
    assert from_arguments(lock)[0].cost != from_arguments(plain)[0].cost


def test_the_example_for_a_desk_starts_what_there_is() -> None:
    folder = EXAMPLES / "simulator"
    services = yaml.safe_load((folder / "compose.yaml").read_text())["services"]
    for verb, *arguments in (services["simulator"]["command"], services["load"]["command"]):
        found = cli.get_command(click.Context(cli), verb)
        assert found is not None
        found.make_context(verb, [item.replace("/plan/", f"{EXAMPLES}/translation-simulated/") for item in arguments])
    lock = of_file(EXAMPLES / "translation-simulated" / "plan.lock").deployment
    (scraped,) = yaml.safe_load((folder / "prometheus.yaml").read_text())["scrape_configs"]
    assert scraped["job_name"] == f"{lock.namespace}/{lock.name}"
    assert scraped["static_configs"] == [{"targets": ["simulator:8000"]}]
    assert {item["image"] for item in services.values() if "neuralnav" in item["image"]} == {lock.image}
