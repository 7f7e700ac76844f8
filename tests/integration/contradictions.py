"""Contradictions: rules of CEL, of KServe's webhooks, of Kubernetes and of ours, each broken in a good object."""

from mutations import CORE, NEVER, SCHEMA, TOGETHER, WEBHOOK, Edit, Made, Object, Path, at, drop, put


def cel(_body: Object) -> Made:
    """Break each rule that the schema of LLMInferenceService states in CEL, and some of its lists' rules."""
    spec, scaling = ("spec",), ("spec", "scaling")
    keda = (*scaling, "keda")
    wva: Object = {"variantCost": "1.5", "hpa": {}}
    advanced = {"horizontalPodAutoscalerConfig": {"name": "mine"}}
    yield spec, put((*spec, "replicas"), 2), SCHEMA
    yield scaling, put((*scaling, "minReplicas"), 99), SCHEMA
    yield scaling, put((*scaling, "wva"), wva), SCHEMA
    yield scaling, drop(keda), SCHEMA
    yield keda, put((*keda, "triggers"), []), SCHEMA
    yield keda, put((*keda, "advanced"), advanced), SCHEMA
    yield keda, put((*keda, "idleReplicaCount"), 99), SCHEMA
    for other in ({"variantCost": "1"}, {**wva, "keda": {}}, {**wva, "variantCost": "cheap"}, {"hpa": {}, "x": 1}):
        yield scaling, put(scaling, {"minReplicas": 1, "maxReplicas": 2, "wva": other}), SCHEMA
    modifiers = {"advanced": {"scalingModifiers": {"formula": "a"}}}
    for keda_of_wva in (modifiers, {"advanced": advanced}, {"idleReplicaCount": 9}, {"pollingInterval": 0}):
        changed = {"minReplicas": 1, "maxReplicas": 2, "wva": {"variantCost": "1", "keda": keda_of_wva}}
        yield scaling, put(scaling, changed), SCHEMA


def llm_relations(_body: Object) -> Made:
    """Contradict the webhook of LLMInferenceService and ourselves, in an object whose replicas span nodes."""
    parallelism, worker = ("spec", "parallelism"), ("spec", "worker")
    for value, why in (
        ({"tensor": 2}, WEBHOOK), ({"tensor": 2, "pipeline": 2, "data": 2, "dataLocal": 1}, WEBHOOK),
        ({"tensor": 2, "data": 2}, WEBHOOK), ({"tensor": 2, "dataLocal": 2}, WEBHOOK),
        ({"tensor": 2, "data": 3, "dataLocal": 2}, TOGETHER), ({"tensor": 2, "pipeline": 1}, TOGETHER),
        ({"tensor": 4, "pipeline": 2}, TOGETHER), ({"pipeline": 2}, TOGETHER),
    ):  # fmt: skip
        yield parallelism, put(parallelism, value), why
    yield parallelism, drop(parallelism), WEBHOOK
    yield worker, drop(worker), TOGETHER
    yield ("spec", "replicas"), drop(("spec", "scaling")), TOGETHER
    name = ("spec", "template", "containers", 0, "name")
    yield name, put(name, "kserve-container"), TOGETHER
    yield from pod_relations(("spec", "template"))
    yield from served_relations(("spec", "template"))
    yield from pod_relations(worker)


def predictor_relations(_body: Object) -> Made:
    """Contradict the webhook of InferenceService and ourselves, in an object that KEDA scales."""
    predictor, annotations = ("spec", "predictor"), ("metadata", "annotations")
    for key, value in (("autoscalerClass", "none"), ("autoscalerClass", "hpa"), ("autoscalerClass", "external"),
                       ("deploymentMode", "Knative")):  # fmt: skip
        place = (*annotations, f"serving.kserve.io/{key}")
        yield place, put(place, value), TOGETHER
        yield place, drop(place), TOGETHER
    place = (*annotations, "serving.kserve.io/autoscalerClass")
    yield place, put(place, "mine"), WEBHOOK
    for part, added in (("minReplicas", 99), ("scaleMetric", "cpu"), ("scaleTarget", 80)):
        yield (*predictor, part), put((*predictor, part), added), WEBHOOK if part != "scaleTarget" else TOGETHER
    yield predictor, drop((*predictor, "autoScaling")), TOGETHER
    metric = (*predictor, "autoScaling", "metrics", 0)
    yield metric, drop((*metric, "external", "target", "value")), WEBHOOK
    yield metric, put((*metric, "external", "metric", "query"), ""), WEBHOOK
    yield metric, put(metric, {"type": "PodMetric"}), WEBHOOK
    for strategy in ({"type": "Recreate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                     {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "0%", "maxUnavailable": 0}}):  # fmt: skip
        yield predictor, put((*predictor, "deploymentStrategy"), strategy), CORE
    name = ("metadata", "name")
    yield name, put(name, "n" * 60), TOGETHER
    yield from pod_relations(predictor)
    yield from served_relations(predictor)


def pod_relations(pod: Path) -> Made:
    """Contradict ourselves, Kubernetes and KServe inside a pod."""
    container = (*pod, "containers", 0)
    gpu = "nvidia.com/gpu"

    def limits(*names: str, value: str) -> Edit:
        def edit(body: Object) -> None:
            for part in ("requests", "limits"):
                at(body, (*container, "resources", part)).update(dict.fromkeys(names, value))

        return edit

    yield container, limits(gpu, value="3"), TOGETHER
    yield container, limits(gpu, value="0.5"), CORE
    yield container, limits("amd.com/gpu", value="2"), TOGETHER
    yield container, put((*container, "resources", "requests", gpu), "1"), CORE
    yield container, drop((*container, "resources", "limits", gpu)), CORE
    yield container, put((*container, "resources", "limits", "cpu"), "100m"), CORE
    yield container, put((*container, "resources", "limits", "memory"), "1Mi"), TOGETHER
    yield container, put((*container, "env", 0), {"name": "PYTHONPATH", "value": "/x"}), WEBHOOK
    yield container, put((*container, "env", 0), {"name": "A"}), NEVER
    secret = {"name": "A", "value": "x", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    yield container, put((*container, "env", 0), secret), CORE
    yield container, put((*container, "volumeMounts", 0, "name"), "nothing"), CORE
    yield pod, drop((*pod, "volumes")), CORE
    for part in ({"name": "a", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "dshm"},
                 {"name": "dshm", "emptyDir": {"sizeLimit": "1Gi"}},
                 {"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Ti"}}):  # fmt: skip
        yield pod, put((*pod, "volumes", -1), part), TOGETHER
    for key, value in UNRENDERED.items():
        yield (*pod, key), put((*pod, key), value), NEVER
    for key, value in UNRENDERED_IN_CONTAINERS.items():
        yield (*container, key), put((*container, key), value), NEVER


def served_relations(pod: Path) -> Made:
    """Contradict what asks the pods that serve: their probes, their monitor and their policy."""
    container = (*pod, "containers", 0)
    yield container, put((*container, "ports", 0, "name"), "other"), TOGETHER
    yield container, put((*container, "ports", 0, "containerPort"), 9999), TOGETHER
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        yield container, put((*container, probe, "httpGet", "port"), "other"), TOGETHER
        yield container, drop((*container, probe)), NEVER
    yield container, put((*container, "livenessProbe", "periodSeconds"), 1), TOGETHER
    yield container, put((*container, "readinessProbe", "periodSeconds"), 999), TOGETHER


UNRENDERED: dict[str, object] = {
    "hostNetwork": True, "hostPID": True, "hostIPC": True, "serviceAccountName": "admin", "nodeName": "node-1",
    "schedulerName": "mine", "runtimeClassName": "nvidia", "restartPolicy": "Never", "initContainers": [{"name": "i"}],
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["x"]}], "dnsPolicy": "None", "shareProcessNamespace": True,
    "automountServiceAccountToken": True, "volumes": [{"name": "h", "hostPath": {"path": "/"}}],
    "securityContext": {"sysctls": [{"name": "kernel.shm", "value": "1"}]},
    "tolerations": [{"operator": "Exists"}],
}  # fmt: skip
UNRENDERED_IN_CONTAINERS: dict[str, object] = {
    "lifecycle": {"preStop": {"sleep": {"seconds": 5}}}, "envFrom": [{"secretRef": {"name": "s"}}], "tty": True,
    "imagePullPolicy": "Always", "workingDir": "/", "volumeDevices": [{"name": "d", "devicePath": "/dev/x"}],
    "securityContext": {"privileged": True}, "startupProbe": {"exec": {"command": ["true"]}},
    "readinessProbe": {"tcpSocket": {"port": 8080}}, "stdin": True,
}  # fmt: skip
"""What Kubernetes takes in a pod and in a container, and we never write: much of it gives a pod more rights."""


def monitor_relations(_body: Object) -> Made:
    """Contradict the service in its monitor."""
    selector, endpoint = ("spec", "selector"), ("spec", "podMetricsEndpoints", 0)
    yield endpoint, put((*endpoint, "port"), "metrics"), TOGETHER
    yield selector, put(selector, {}), TOGETHER
    yield selector, put((*selector, "matchLabels", "component"), "transformer"), TOGETHER
    yield selector, put((*selector, "matchLabels", "team"), "other"), TOGETHER
    for key, value in (("honorLabels", True), ("basicAuth", {}), ("relabelings", []), ("interval", "5 minutes")):
        yield endpoint, put((*endpoint, key), value), NEVER
    yield ("spec", "namespaceSelector"), put(("spec", "namespaceSelector"), {"any": True}), NEVER
