"""Manifests: what an object may hold, and what the objects of a folder must agree on."""

import copy
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from builders import with_deployment
from pydantic import TypeAdapter, ValidationError
from rendered import TARGETS, locked, manifests, over_nodes

from neuralnav.model.base import LabelKey
from neuralnav.model.lock import Lock
from neuralnav.model.manifest import KINDS, Fault, Rendered, check_objects, manifest_kind
from neuralnav.model.manifest.parts import (
    ImageReference,
    Path,
    PodSpec,
    PortName,
    Quantity,
    ResourceName,
    Variable,
    amount,
)
from neuralnav.model.workload import Url

Object = dict[str, Any]  # a Kubernetes object is an arbitrary JSON document
PROMETHEUS = {"prometheus": "http://prometheus.monitoring:9090"}
DIGEST = "sha256:" + "0a" * 32


def typed(found: Mapping[str, Object]) -> dict[str, Rendered]:
    objects = {}
    for file, body in found.items():
        kind = manifest_kind(body)
        assert kind is not None, file
        objects[file] = kind.model_validate_json(json.dumps(body), strict=True)
    return objects


def several(target: str = TARGETS[0], **deploy: Any) -> Lock:
    """A lock with room to scale, tensor parallelism and a scratch volume."""
    found = locked(target, **deploy)
    replicas = found.deployment.replicas.model_copy(update={"min": 2, "planned": 3, "max": 6})
    return with_deployment(found, replicas=replicas, tensor_parallel=2, gpus_per_replica=2, shared_memory_gib=8)


FOLDERS = {
    "is": lambda: several(),
    "is-hpa": lambda: several(autoscaling={"class": "hpa"}),
    "is-keda": lambda: several(autoscaling=PROMETHEUS),
    "is-simulator": lambda: locked(mode="simulator"),
    "llm": lambda: several(TARGETS[1]),
    "llm-keda": lambda: several(TARGETS[1], autoscaling=PROMETHEUS),
    "llm-wva": lambda: several(TARGETS[1], autoscaling={"class": "wva"}),
    "llm-simulator": lambda: locked(TARGETS[1], mode="simulator"),
    "llm-nodes": lambda: over_nodes(locked(TARGETS[1], network={"from": ["web"]})),
}


def folder(name: str) -> dict[str, Object]:
    return copy.deepcopy(manifests(FOLDERS[name]()))


@pytest.mark.parametrize("name", FOLDERS)
def test_what_we_render_breaks_no_rule(name: str) -> None:
    assert check_objects(typed(folder(name))) == ()


# Rules: the folder, where it is edited (file and path), the value (`...` removes it), and the faults it must give

IS, LLM = "inferenceservice.yaml", "llminferenceservice.yaml"
MONITOR, BUDGET, POLICY = "podmonitor.yaml", "poddisruptionbudget.yaml", "networkpolicy.yaml"
RULES, BOARD = "prometheusrule.yaml", "dashboard.yaml"
CLASS = "serving.kserve.io/autoscalerClass"
POD = "spec.predictor"
BOX = "spec.predictor.containers.0"
NODE = "spec.template.containers.0"
GPU = "nvidia.com/gpu"
BOTH = {GPU: "2", "amd.com/gpu": "2"}
WORKERS = "llminferenceservice-workload-worker"
UNSHARED = "tensor parallelism without shared memory: nothing of medium Memory is mounted at /dev/shm"

Case = tuple[str, str, str, object, list[tuple[str, str]]]

SERVICE_CASES: list[Case] = [
    ("is", IS, f"{POD}.maxReplicas", 9, [(f"{POD}.maxReplicas", "no autoscaler reaches maxReplicas 9 from 3")]),
    ("is-hpa", IS, f"{POD}.minReplicas", 9, [(f"{POD}.minReplicas", "minReplicas 9 is above maxReplicas 6")]),
    ("is-hpa", IS, f"{POD}.scaleTarget", ..., [(POD, "the class hpa needs scaleMetric and scaleTarget")]),
    ("is-keda", IS, f"{POD}.autoScaling", ..., [(POD, "the class keda needs a metric")]),
    ("is-keda", IS, f"{POD}.scaleMetric", "cpu",
     [(f"{POD}.scaleMetric", "the autoscaler class keda does not read scaleMetric")]),
    ("is", IS, f"{POD}.scaleTarget", 80,
     [(f"{POD}.scaleTarget", "the autoscaler class none does not read scaleTarget")]),
    ("is", IS, f"metadata.annotations.{CLASS}", ..., [("metadata.annotations", f"{CLASS} is missing")]),
    ("is", IS, f"metadata.annotations.{CLASS}", "external", [("metadata.annotations", f"{CLASS} is external")]),
    ("is", IS, "metadata.annotations.serving.kserve.io/deploymentMode", "Knative",
     [("metadata.annotations", "the deployment mode is Knative")]),
    ("is", IS, f"{POD}.deploymentStrategy",
     {"type": "Recreate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
     [(f"{POD}.deploymentStrategy.rollingUpdate", "Recreate does not roll")]),
    ("is", IS, f"{POD}.deploymentStrategy",
     {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "0%", "maxUnavailable": 0}},
     [(f"{POD}.deploymentStrategy.rollingUpdate", "no pod may be added and none taken away")]),
    ("is", IS, f"{BOX}.name", "main",
     [(f"{BOX}.name", 'KServe runs the container "kserve-container" of an InferenceService, not "main"')]),
    ("is", IS, f"{BOX}.args", ["serve"],
     [(f"{BOX}.args", "several accelerators, and no --tensor-parallel-size to use them")]),
    ("is", IS, f"{BOX}.args", ["--tensor-parallel-size", "4"],
     [(f"{BOX}.resources.limits", "the pod has 2 accelerators where --tensor-parallel-size needs 4")]),
    ("is", IS, f"{BOX}.args", ["-tp=two"], [(f"{BOX}.args", "the tensor parallel size is not a number: two")]),
    ("llm", LLM, "spec.replicas", ..., [("spec", "one of replicas and scaling says how many replicas there are")]),
    ("llm-keda", LLM, "spec.replicas", 2, [("spec", "one of replicas and scaling says how many replicas there are")]),
    ("llm-keda", LLM, "spec.scaling.minReplicas", 9,
     [("spec.scaling.minReplicas", "minReplicas 9 is above maxReplicas 6")]),
    ("llm-keda", LLM, "spec.scaling.keda", ..., [("spec.scaling", "one of keda and wva scales")]),
    ("llm-keda", LLM, "spec.scaling.wva", {"variantCost": "1", "hpa": {}},
     [("spec.scaling", "one of keda and wva scales")]),
    ("llm-wva", LLM, "spec.scaling.wva.hpa", ..., [("spec.scaling.wva", "one of hpa and keda acts for wva")]),
    ("llm-wva", LLM, "spec.scaling.wva.keda", {}, [("spec.scaling.wva", "one of hpa and keda acts for wva")]),
    ("llm", LLM, "spec.parallelism.tensor", 4,
     [(f"{NODE}.resources.limits", "the pod has 2 accelerators where spec.parallelism (tensor x dataLocal) needs 4")]),
    ("llm", LLM, "spec.parallelism", {"tensor": 1, "data": 2, "dataLocal": 2}, []),
    ("llm", LLM, "spec.parallelism", {"tensor": 2, "dataLocal": 1},
     [("spec.parallelism", "data and dataLocal come together")]),
    ("llm", LLM, "spec.parallelism", {"tensor": 2, "pipeline": 2},
     [("spec.parallelism", "a replica of 2 pods has no worker")]),
    ("llm", LLM, "spec.parallelism", ...,
     [(f"{NODE}.resources.limits", "several accelerators, and no spec.parallelism to use them")]),
    ("llm", LLM, f"{NODE}.args", ["--tensor-parallel-size=4"],
     [(f"{NODE}.args", "the arguments contradict spec.parallelism.tensor")]),
    ("llm-nodes", LLM, "spec.parallelism.pipeline", ...,
     [("spec.worker", "a worker needs data or pipeline parallelism")]),
    ("llm-nodes", LLM, "spec.parallelism.pipeline", 1, [("spec.parallelism", "a replica of one pod has a worker")]),
    ("llm-nodes", LLM, "spec.parallelism", {"tensor": 4, "pipeline": 2, "data": 2, "dataLocal": 1},
     [("spec.parallelism", "pipeline and data parallelism exclude each other")]),
    ("llm-nodes", LLM, "spec.parallelism", {"tensor": 2, "data": 5, "dataLocal": 2},
     [("spec.parallelism.dataLocal", "data 5 is not a multiple of dataLocal 2")]),
]  # fmt: skip

POD_CASES: list[Case] = [
    ("is", IS, f"{BOX}.env.0", {"name": "A"},
     [(f"{BOX}.env.0", "the variable A needs a value or a source, and not both")]),
    ("is", IS, f"{BOX}.resources.limits.cpu", "10m",
     [(f"{BOX}.resources.limits.cpu", "the limit 10m is below the request 3")]),
    ("is", IS, f"{BOX}.resources.requests.{GPU}", "1",
     [(f"{BOX}.resources.limits", "nvidia.com/gpu is requested 1 and limited to 2")]),
    ("is", IS, f"{BOX}.resources.requests.{GPU}", ...,
     [(f"{BOX}.resources.limits", "nvidia.com/gpu is requested not at all and limited to 2")]),
    ("is", IS, f"{BOX}.resources.requests.rdma/ib", "1",
     [(f"{BOX}.resources.limits", "rdma/ib is requested 1 and limited to nothing")]),
    ("is", IS, f"{BOX}.resources", {"requests": BOTH, "limits": BOTH},
     [(f"{BOX}.resources.limits", "accelerators of more than one kind: amd.com/gpu, nvidia.com/gpu"),
      (f"{BOX}.resources.limits", "the pod has 4 accelerators where --tensor-parallel-size needs 2")]),
    ("is", IS, f"{BOX}.resources", {"requests": {GPU: "1.5"}, "limits": {GPU: "1500m"}},
     [(f"{BOX}.resources.limits.{GPU}", "1500m of nvidia.com/gpu is not a whole number"),
      (f"{BOX}.resources.limits", "the pod has 1.500 accelerators where --tensor-parallel-size needs 2")]),
    ("is", IS, f"{POD}.volumes.0", {"name": "scratch"},
     [(f"{POD}.volumes.0", "the volume scratch needs emptyDir or persistentVolumeClaim, and not both")]),
    ("is", IS, f"{BOX}.volumeMounts.0.name", "other",
     [(f"{POD}.volumes.0", "no container mounts the volume scratch"),
      (f"{BOX}.volumeMounts.0.name", "there is no volume other")]),
    ("is", IS, f"{POD}.volumes.1.emptyDir.medium", ...,
     [(f"{BOX}.volumeMounts", UNSHARED)]),
    ("is", IS, f"{POD}.volumes.1.emptyDir.sizeLimit", "1Ti",
     [(f"{BOX}.resources.limits.memory",
       "shared memory of 1Ti does not fit into the container's memory limit of 50Gi")]),
    ("is", IS, f"{BOX}.startupProbe", ..., [(BOX, "there is no startupProbe")]),
    ("is", IS, f"{BOX}.readinessProbe.httpGet.port", "http",
     [(f"{BOX}.readinessProbe.httpGet.port", "the container has no port http")]),
    ("is", IS, f"{BOX}.livenessProbe.periodSeconds", 1,
     [(f"{BOX}.livenessProbe", "the pod is killed after 4 s, before it is unready after 15 s")]),
    ("is-hpa", IS, f"{POD}.topologySpreadConstraints.1.labelSelector.matchLabels.component", "explainer",
     [(f"{POD}.topologySpreadConstraints.1.labelSelector",
       "the selector does not match the labels of the pods that it spreads")]),
]  # fmt: skip

BESIDE_CASES: list[Case] = [
    ("is", MONITOR, "spec.podMetricsEndpoints.0.port", "http",
     [("spec.podMetricsEndpoints.0.port", "the pods have no port http")]),
    ("is", MONITOR, "spec.selector.matchLabels.component", "explainer",
     [("spec.selector", "the selector misses the pods of inferenceservice.yaml that serve")]),
    ("is", MONITOR, "spec.selector.matchLabels.component", ...,
     [("spec.selector", "the selector does not name the service by component")]),
    ("llm-nodes", MONITOR, "spec.selector.matchLabels.app.kubernetes.io/component", WORKERS,
     [("spec.selector", "the selector misses the pods of llminferenceservice.yaml that serve")]),
    ("is", BUDGET, "spec.maxUnavailable", 0, [("spec", "no pod may go, so no node can be drained")]),
    ("is", BUDGET, "spec.maxUnavailable", ..., [("spec", "one of maxUnavailable and minAvailable makes the budget")]),
    ("is", BUDGET, "spec.minAvailable", 1, [("spec", "one of maxUnavailable and minAvailable makes the budget")]),
    ("is", BUDGET, "spec.selector.matchLabels.team", "x",
     [("spec.selector", "the selector misses pods of inferenceservice.yaml")]),
    ("llm-nodes", BUDGET, "spec.selector.matchExpressions.0.values", ["llminferenceservice-workload-leader"],
     [("spec.selector", "the selector misses pods of llminferenceservice.yaml")]),
    ("is", POLICY, "spec.podSelector", {},
     [("spec.podSelector", "the selector does not name the service by serving.kserve.io/inferenceservice"),
      ("spec.podSelector", "the selector does not name the service by component")]),
    ("is", POLICY, "spec.ingress.0.ports.0.port", 8081,
     [("spec.ingress.0.ports.0.port", "the pods that serve have no port 8081"),
      ("spec.ingress", "no request comes in")]),
    ("is", POLICY, "spec.ingress.0.ports.0.port", "http1", []),
    ("is", POLICY, "spec.ingress", ..., [("spec.ingress", "no request comes in")]),
    ("is", POLICY, "spec.ingress.0.from", [{}], [("spec.ingress.0.from.0", "a peer needs a selector")]),
    ("is", POLICY, "spec.egress.0.to", [{}], [("spec.egress.0.to.0", "a peer needs a selector")]),
    ("is", POLICY, "spec.policyTypes", ["Ingress"], [("spec.policyTypes", "the egress rules have no effect")]),
    ("is", POLICY, "spec.policyTypes", ["Ingress", "Egress", "Egress"],
     [("spec.policyTypes", "a direction is named twice")]),
    ("llm-nodes", POLICY, "spec.ingress.0", ..., [("spec.ingress", "no request comes in")]),
    ("is", POLICY, "metadata.namespace", "other",
     [("metadata.namespace", "the namespace is other, and default in " + IS)]),
    ("is", "kustomization.yaml", "namespace", "other", [("namespace", "the namespace is other, and default in " + IS)]),
    ("is", "kustomization.yaml", "resources", [IS, POLICY, BUDGET, MONITOR, RULES, BOARD, "more.yaml", IS],
     [("resources.6", "there is no file more.yaml to list"), ("resources.7", f"{IS} is listed twice")]),
    ("is", "kustomization.yaml", "resources", [IS, MONITOR, RULES],
     [("resources", f"not listed: {BOARD}, {POLICY}, {BUDGET}")]),
    ("is", RULES, "spec.groups.0.rules.0.expr", 'up{job="default/other"}',
     [("spec.groups.0.rules.0.expr", "up is read of every job")]),
    ("is", RULES, "spec.groups.0.rules.0.expr", 'sum(vllm:num_requests_waiting) + up{pod="a",job="default/chat"}',
     [("spec.groups.0.rules.0.expr", "vllm:num_requests_waiting is read of every job")]),
    ("is", RULES, "spec.groups.0.rules.0.expr",
     ('vllm:time_to_first_token_seconds_bucket{job="default/chat",le=~"15([.]0)?"} / '
     'vllm:inter_token_latency_seconds_bucket{job="default/chat",le="0.025"}'),
     [("spec.groups.0.rules.0.expr", "vllm:time_to_first_token_seconds_bucket has no bucket that ends at 15.0")]),
    ("is", RULES, "spec.groups.0.rules.0.expr", 'job:neuralnav_other:rate5m{job="default/chat"}',
     [("spec.groups.0.rules.0.expr", "no rule records job:neuralnav_other:rate5m")]),
    ("is", BUDGET, "metadata.labels.app.kubernetes.io/name", "other",
     [("metadata.labels.app.kubernetes.io/name", "the label app.kubernetes.io/name is other")]),
    ("is", BUDGET, "metadata.labels.app.kubernetes.io/managed-by", ...,
     [("metadata", "the label app.kubernetes.io/managed-by is missing")]),
]  # fmt: skip


def edited(found: dict[str, Object], file: str, path: str, value: object) -> dict[str, Object]:
    """The folder with a value set or removed; a step of the path is the longest run of it that the object has."""
    steps = path.split(".")
    place: Any = found[file]
    while (step := _step(place, steps)) != (last := ".".join(steps)):
        steps = steps[str(step).count(".") + 1 :]
        place = place[step]
    key = int(last) if isinstance(place, list) else last
    if value is ...:
        del place[key]
    else:
        place[key] = value
    return found


def _step(place: object, steps: list[str]) -> str | int:
    """The longest key of a mapping that the steps begin with, or the index in a list, as text when it is the last."""
    if isinstance(place, list):
        return steps[0] if len(steps) == 1 else int(steps[0])
    assert isinstance(place, dict)
    known = [key for end in range(len(steps), 0, -1) if (key := ".".join(steps[:end])) in place]
    return known[0] if known else ".".join(steps)


def dotted(fault: Fault) -> str:
    return ".".join(str(step) for step in fault.path)


@pytest.mark.parametrize(
    "case",
    [*SERVICE_CASES, *POD_CASES, *BESIDE_CASES],
    ids=lambda case: f"{case[0]}:{case[1]}:{case[2]}={case[3]}"[:90],
)
def test_each_rule_is_told_with_its_place(case: Case) -> None:
    name, file, path, value, wanted = case
    faults = check_objects(typed(edited(folder(name), file, path, value)))
    assert [(dotted(fault), fault.message) for fault in faults if fault.file == file] == wanted
    assert all(fault.fix for fault in faults)


def test_faults_come_in_the_order_of_the_files() -> None:
    found = folder("is")
    for file in (MONITOR, BUDGET, IS):
        found[file]["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "x"
    assert [fault.file for fault in check_objects(typed(found))] == [IS, BUDGET, MONITOR]
    assert check_objects(typed(dict(reversed(found.items())))) == check_objects(typed(found))


def test_a_folder_has_one_service() -> None:
    found = folder("is")
    found["another.yaml"] = found[IS]
    assert [(fault.file, fault.message) for fault in check_objects(typed(found))] == [
        ("another.yaml", f"2 services in the folder: another.yaml, {IS}"),
        (IS, f"2 services in the folder: another.yaml, {IS}"),
    ]
    del found["another.yaml"], found[IS]
    (fault,) = check_objects(typed(found))
    assert fault.message == "0 services in the folder: none"
    assert check_objects({}) == ()


def test_an_object_is_in_one_file() -> None:
    found = folder("is")
    found["a.yaml"] = found[BUDGET]
    found["kustomization.yaml"]["resources"] = sorted(set(found) - {"kustomization.yaml"})
    (fault,) = check_objects(typed(found))
    assert (fault.file, fault.path, fault.message) == (BUDGET, (), "a.yaml holds the same object")


@pytest.mark.parametrize(
    ("name", "length", "derived"),
    [("is", 48, "isvc.{}-predictor"), ("llm-nodes", 39, "{}-kserve-mn-99-0123456789")],
)
def test_a_name_leaves_room_for_what_kserve_derives(name: str, length: int, derived: str) -> None:
    def told(count: int) -> list[str]:
        text = (
            json.dumps(folder(name))
            .replace('"chat"', json.dumps("n" * count))
            .replace("default/chat", f"default/{'n' * count}")
        )
        return [fault.message for fault in check_objects(typed(json.loads(text)))]

    label = derived.format("n" * (length + 1))
    assert told(length) == []
    assert told(length + 1) == [f"KServe derives a label value of 64 characters from this name: {label}"]


# Kinds


@pytest.mark.parametrize("kind", ["HorizontalPodAutoscaler", "ScaledObject", "Deployment", "Secret", "", None, [], 1])
def test_no_other_kind_is_known(kind: object) -> None:
    assert manifest_kind({"kind": kind}) is None


@pytest.mark.parametrize("value", [None, [], "text", {}])
def test_what_is_no_object_is_of_no_kind(value: object) -> None:
    assert manifest_kind(value) is None


def test_every_rendered_kind_is_reached() -> None:
    assert {body["kind"] for name in FOLDERS for body in folder(name).values()} == set(KINDS)


# Values


def taken(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


VALUES: list[tuple[Any, list[object], list[object]]] = [
    (ImageReference, ["vllm/vllm-openai:v0.19.0", f"x@{DIGEST}", f"r.example:5000/a/b_c:1@{DIGEST}", "localhost/a"],
     ["a:b:c", "x@sha256:12", "x:", ":x", "x/Upper", "x//y", "x y", "", f"x@{DIGEST}@{DIGEST}", "https://x/y"]),
    (Quantity, ["1", "500m", "1.5", "0.25", "64Gi", "2Ti"],
     ["0", "-1", "0.0", "00", "01", "1e3", "1.", ".5", "5GiB", "ten", "", "1 Gi", "+1", 1, "1" * 16]),
    (ResourceName, ["cpu", "memory", "nvidia.com/gpu", "amd.com/gpu", "rdma/ib"],
     ["gpu", "nvidia.com/", "/gpu", "Nvidia.com/gpu", "a..b/gpu", "nvidia.com/gpu/x", ""]),
    (LabelKey, ["team", "app.kubernetes.io/name", "A_b.c", "a" * 63, "p" * 253 + "/x"],
     ["", "a b", "a" * 64, "-a", "a-", "a..b/x", "/x", "x/", "Upper/x", "a/b/c", "p" * 254 + "/x"]),
    (PortName, ["http", "http1", "a-b", "a" * 15, "1a"], ["", "Http", "a" * 16, "a--b", "-a", "a-", "80", "a_b"]),
    (Variable, ["HF_TOKEN", "_A", "A1"], ["PYTHONPATH", "a", "1A", "A-B", "", "A B"]),
    (Path, ["/a", "/a/b_c", "/root/.cache"], ["", "/", "tmp", "/a/../b", "/a/.", "/a:b", "/a b", "/a/"]),
    (Url, ["http://prometheus:9090", "https://x.example/a/b"],
     ["prometheus", "ftp://x", "http://", "http://a@b", "http://a b"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, good, _ in VALUES for value in good])
def test_values_that_are_taken(kind: Any, value: object) -> None:
    assert taken(kind, value)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, _, bad in VALUES for value in bad])
def test_values_that_are_refused(kind: Any, value: object) -> None:
    assert not taken(kind, value)


@pytest.mark.parametrize(
    ("text", "units"),
    [("2", 2), ("500m", Decimal("0.5")), ("1.5k", 1500), ("1Ki", 1024), ("2Gi", 2 << 30), ("1T", 10**12)],
)
def test_amount_of_a_quantity(text: str, units: int | Decimal) -> None:
    assert amount(text) == units


def test_amount_of_what_is_no_quantity() -> None:
    with pytest.raises(ValueError, match="ten is not a quantity"):
        amount("ten")


@pytest.mark.parametrize("field", ["volumes", "imagePullSecrets", "topologySpreadConstraints"])
def test_entries_of_a_list_have_names_of_their_own(field: str) -> None:
    pod = folder("is")[IS]["spec"]["predictor"]
    pod["imagePullSecrets"] = [{"name": "registry"}]
    spread = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {}}
    pod["topologySpreadConstraints"] = [spread]
    for key in set(pod) - {PodSpec.model_fields[name].alias for name in PodSpec.model_fields}:
        del pod[key]
    PodSpec.model_validate_json(json.dumps(pod))
    pod[field].append(pod[field][0])
    with pytest.raises(ValidationError, match="two entries have the same"):
        PodSpec.model_validate_json(json.dumps(pod))
