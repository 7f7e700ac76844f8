"""What the packaged templates say in simulator mode, read off the objects that they emit."""

import pytest
import yaml
from builders import renderer, with_deployment
from rendered import TARGETS, arguments, container, locked, manifests, over_nodes, predictor, spec

from neuralnav.model.lock import Correction


@pytest.mark.parametrize("target", TARGETS)
def test_the_simulator_asks_for_no_gpu_and_no_weights(target: str) -> None:
    found = over_nodes(locked(target, mode="simulator"))
    text = "".join(item.text for item in renderer().render(found))
    assert "nvidia.com" not in text
    assert "gpu" not in yaml.safe_dump(container(found)["resources"])
    assert not {"nodeSelector", "tolerations", "volumes"} & set(predictor(found))
    assert container(found)["image"].startswith("neuralnav-simulator:")
    (port,) = container(found)["ports"]
    assert arguments(found)["--port"] == str(port["containerPort"])
    assert not {"worker", "parallelism"} & set(spec(found))
    egress = manifests(found)["networkpolicy.yaml"]["spec"]["egress"]
    assert [rule["ports"][0]["port"] for rule in egress] == [53]
    if target == TARGETS[1]:
        assert spec(found)["storageInitializer"] == {"enabled": False}


@pytest.mark.parametrize("target", TARGETS)
def test_the_simulator_runs_with_the_parameters_of_the_plan(target: str) -> None:
    found = with_deployment(
        over_nodes(locked(target, mode="simulator", prefixCaching=True)),
        max_num_seqs=77, max_num_batched_tokens=4096, gpu_memory_utilization=0.85, kv_cache_dtype="fp8",
    )  # fmt: skip
    (name,), port = {found.deployment.model, "alpha-8b"}, 8080 if target == TARGETS[0] else 8000
    served = [f"--served-model-name={name}"]
    if target == TARGETS[1]:
        served.append(f"--served-model-name=publishers/default/models/{name}")
    assert container(found)["command"] == ["neuralnav-sim"]
    assert container(found)["args"] == [
        "serve", f"--model={name}", *served, "--precision=fp8", "--accelerator=h100", "--tp=4", "--pp=2",
        "--max-model-len=1536", "--max-num-seqs=77", "--max-num-batched-tokens=4096", "--gpu-memory-utilization=0.85",
        "--kv-cache-dtype=fp8", "--enable-prefix-caching", "--engine-version=0.19.0", "--prompt-tokens=512",
        "--output-tokens=256", "--shutdown-timeout=16", "--host=0.0.0.0", f"--port={port}",
    ]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_the_simulator_is_paced_by_the_runs_that_corrected_the_choice_alone(target: str) -> None:
    plain = locked(target, mode="simulator")
    assert not {"--ttft-factor", "--itl-factor", "--pp"} & set(arguments(plain))
    corrections = {plain.choice.candidate: Correction(measured_runs=2, ttft=1.25, itl=0.9, e2e=0.95)}
    other = Correction(measured_runs=1, ttft=7.0, itl=7.0, e2e=7.0)
    candidates = tuple(
        item.model_copy(update={"correction": corrections.get(item.id, other)}) for item in plain.candidates
    )
    given = arguments(plain.model_copy(update={"candidates": candidates}))
    assert (given["--ttft-factor"], given["--itl-factor"]) == ("1.25", "0.9")


@pytest.mark.parametrize("target", TARGETS)
def test_the_simulator_writes_nothing_and_is_no_ones_root(target: str) -> None:
    context = container(locked(target, mode="simulator"))["securityContext"]
    assert context == {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True,
        "runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert container(locked(target, mode="simulator", runAsUser=2000))["securityContext"]["runAsUser"] == 2000
    assert "readOnlyRootFilesystem" not in container(locked(target))["securityContext"]


def test_a_simulated_pod_stays_in_service_until_it_is_taken_out_as_a_real_one_does() -> None:
    simulated, real = container(locked(mode="simulator")), container(locked())
    assert simulated["lifecycle"] == real["lifecycle"] == {"preStop": {"exec": {"command": ["/bin/sleep", "15"]}}}


@pytest.mark.parametrize("target", TARGETS)
def test_a_simulated_pod_is_ready_as_soon_as_it_is_and_waited_for_as_long(target: str) -> None:
    found = with_deployment(locked(target, mode="simulator"), startup_seconds=461)
    probe = container(found)["startupProbe"]
    assert (probe["periodSeconds"], probe["failureThreshold"]) == (1, 461)
