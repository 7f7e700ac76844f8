"""What the packaged templates say, read off the objects that they emit."""

import math
from typing import Any

import pytest
import yaml
from builders import compiled, lock, renderer, with_deployment, workload
from rendered import (
    TARGETS,
    arguments,
    container,
    locked,
    manifests,
    over_nodes,
    predictor,
    selector,
    service,
    spec,
    variables,
)

from neuralnav.files.catalogs import load_templates
from neuralnav.model.lock import Lock
from neuralnav.render import Renderer
from neuralnav.render.text import HEADER

PROMETHEUS = "http://prometheus.monitoring:9090"


# Whatever the target


@pytest.mark.parametrize("target", TARGETS)
def test_a_folder_holds_the_service_and_what_production_needs_beside_it(target: str) -> None:
    found = {item.name: item for item in renderer().render(locked(target))}
    others = [
        "dashboard.yaml", "networkpolicy.yaml", "poddisruptionbudget.yaml", "podmonitor.yaml", "prometheusrule.yaml",
    ]  # fmt: skip
    assert list(found) == sorted([f"{target.lower()}.yaml", *others, "kustomization.yaml"])
    assert yaml.safe_load(found["kustomization.yaml"].text)["resources"] == sorted(set(found) - {"kustomization.yaml"})
    for item in found.values():
        assert item.text.startswith(HEADER)
        assert item.text.endswith("\n")
        assert not item.text.endswith("\n\n")


def test_manifests_do_not_depend_on_the_order_of_the_templates() -> None:
    assert Renderer(dict(reversed(load_templates().items()))).render(lock()) == renderer().render(lock())


@pytest.mark.parametrize("target", TARGETS)
def test_every_object_carries_the_name_the_namespace_and_the_labels(target: str) -> None:
    found = compiled(workload(labels={"team": "search"}, deploy={"target": target, "namespace": "llm-prod"})).lock
    for name, item in manifests(found).items():
        if name == "kustomization.yaml":
            assert item["namespace"] == "llm-prod"
            continue
        metadata = item["metadata"]
        assert (metadata["name"], metadata["namespace"]) == ("chat", "llm-prod")
        assert metadata["labels"] == {
            "app.kubernetes.io/name": "chat", "app.kubernetes.io/managed-by": "neuralnav", "team": "search",
            **({"grafana_dashboard": "1"} if name == "dashboard.yaml" else {}),
        }  # fmt: skip


def test_own_labels_do_not_displace_ours() -> None:
    labels = {"app.kubernetes.io/managed-by": "helm", "app.kubernetes.io/name": "x", "team": "search"}
    found = manifests(with_deployment(lock(), labels={**labels, "grafana_dashboard": "0"}))
    assert found["dashboard.yaml"]["metadata"]["labels"]["grafana_dashboard"] == "1"
    for item in manifests(with_deployment(lock(), labels=labels)).values():
        found = {
            key: value for key, value in item.get("metadata", {}).get("labels", {}).items() if "grafana" not in key
        }
        assert found in (
            {}, {"app.kubernetes.io/name": "chat", "app.kubernetes.io/managed-by": "neuralnav", "team": "search"},
        )  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("tp", [1, 2, 4, 8])
def test_the_gpus_asked_for_are_those_of_one_pod(target: str, tp: int) -> None:
    found = with_deployment(locked(target), tensor_parallel=tp, gpus_per_replica=tp, shared_memory_gib=16)
    resources = container(found)["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == str(tp)
    if target == TARGETS[0]:
        assert arguments(found)["--tensor-parallel-size"] == str(tp)
    else:
        assert spec(found)["parallelism"] == {"tensor": tp}


def test_the_gpus_are_those_of_the_vendor() -> None:
    found = container(with_deployment(lock(), resource_name="amd.com/gpu"))["resources"]["limits"]
    assert set(found) == {"cpu", "memory", "amd.com/gpu"}


@pytest.mark.parametrize("target", TARGETS)
def test_cpu_and_memory_follow_the_written_rule(target: str) -> None:
    found = compiled(workload(deploy={"target": target}, constraints={"models": {"allow": ["beta-70b"]}})).lock
    deployment, resources = found.deployment, container(found)["resources"]
    weights = next(item for item in compiled_cells("beta-70b") if item["id"] == found.choice.candidate)["weight_gib"]
    cpu, memory = 2 + deployment.tensor_parallel, 16 + math.ceil(weights * deployment.tensor_parallel)
    assert (resources["requests"]["cpu"], resources["requests"]["memory"]) == (str(cpu), f"{memory}Gi")
    assert (resources["limits"]["cpu"], resources["limits"]["memory"]) == (str(2 * cpu), f"{2 * memory}Gi")


def compiled_cells(model: str) -> list[dict[str, Any]]:
    plan = compiled(workload(constraints={"models": {"allow": [model]}})).plan
    return plan.candidates.table.to_pylist()  # type: ignore[no-any-return]  # pyarrow has no stubs


@pytest.mark.parametrize("target", TARGETS)
def test_the_engine_gets_the_limits_and_types_of_the_plan(target: str) -> None:
    traffic = {"requestRate": "1 req/s", "profile": "512x256"}
    constraints = {"contextLength": 7000, "precisions": ["bf16"]}
    found = compiled(workload(traffic=traffic, constraints=constraints, deploy={"target": target})).lock
    given = arguments(found)
    assert given["--max-model-len"] == "7000"
    assert given["--max-num-seqs"] == str(found.deployment.max_num_seqs)
    assert given["--max-num-batched-tokens"] == str(found.deployment.max_num_batched_tokens)
    assert given["--gpu-memory-utilization"] == "0.9"
    assert (given["--dtype"], given["--kv-cache-dtype"]) == ("bfloat16", "auto")
    assert container(found)["image"] == "vllm/vllm-openai:v0.19.0"


def test_a_quantised_checkpoint_names_its_own_type() -> None:
    given = arguments(compiled(workload(constraints={"precisions": ["fp8"]})).lock)
    assert (given["--dtype"], given["--quantization"]) == ("auto", "fp8")


@pytest.mark.parametrize("target", TARGETS)
def test_prefix_caching_is_off_as_planned_unless_it_is_asked_for(target: str) -> None:
    usual = arguments(locked(target))
    assert ("--no-enable-prefix-caching" in usual, "--enable-prefix-caching" in usual) == (True, False)
    assert "--enable-prefix-caching" in arguments(locked(target, prefixCaching=True))


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_is_pinned_by_its_digest_where_one_is_given(target: str) -> None:
    digest = "sha256:" + "0a" * 32
    assert container(locked(target, imageDigest=digest))["image"] == f"vllm/vllm-openai:v0.19.0@{digest}"
    assert locked(target).deployment.image_digest is None


@pytest.mark.parametrize("target", TARGETS)
def test_the_node_selector_is_the_catalogs_label_and_absent_without_one(target: str) -> None:
    assert predictor(locked(target))["nodeSelector"] == {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
    assert "nodeSelector" not in predictor(with_deployment(locked(target), node_label_key="", node_label_value=""))
    assert predictor(locked(target))["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


@pytest.mark.parametrize("target", TARGETS)
def test_shared_memory_is_mounted_for_tensor_parallelism_only(target: str) -> None:
    def mounts(found: Lock) -> list[str]:
        return [mount["mountPath"] for mount in container(found).get("volumeMounts", [])]

    assert "/dev/shm" not in mounts(locked(target))  # noqa: S108  # a path in the container
    many = with_deployment(locked(target), shared_memory_gib=16)
    assert "/dev/shm" in mounts(many)  # noqa: S108  # a path in the container
    volume = next(item for item in predictor(many)["volumes"] if item["name"] == "dshm")
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": "16Gi"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_start_up_probe_waits_as_long_as_the_lock_says(target: str) -> None:
    found = container(with_deployment(locked(target), startup_seconds=461))
    assert found["startupProbe"]["failureThreshold"] * found["startupProbe"]["periodSeconds"] >= 461
    (port,) = found["ports"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert found[probe]["httpGet"] == {"path": "/health", "port": port["name"]}


@pytest.mark.parametrize("target", TARGETS)
def test_pods_may_do_no_more_than_the_image_needs(target: str) -> None:
    found = container(locked(target))["securityContext"]
    strict = {
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert found == {**strict, "runAsNonRoot": False}
    named = container(locked(target, runAsUser=2000))["securityContext"]
    assert named == {**strict, "runAsNonRoot": True, "runAsUser": 2000}
    assert predictor(locked(target))["automountServiceAccountToken"] is False


@pytest.mark.parametrize("target", TARGETS)
def test_a_priority_class_is_passed_on(target: str) -> None:
    assert predictor(locked(target, priorityClass="llm.prod"))["priorityClassName"] == "llm.prod"


@pytest.mark.parametrize("target", TARGETS)
def test_replicas_spread_over_zones_and_nodes_where_there_can_be_several(target: str) -> None:
    def replicas(planned: int) -> Lock:
        base = locked(target)
        few = base.deployment.replicas.model_copy(update={"min": planned, "planned": planned, "max": planned})
        return with_deployment(base, replicas=few)

    spread = predictor(replicas(3))["topologySpreadConstraints"]
    assert [item["topologyKey"] for item in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert {item["whenUnsatisfiable"] for item in spread} == {"ScheduleAnyway"}
    assert all(item["labelSelector"]["matchLabels"] == selector(target) for item in spread)
    assert "topologySpreadConstraints" not in predictor(replicas(1))


def test_regions_become_an_affinity_of_nodes() -> None:
    found = compiled(workload(constraints={"regions": ["eu-1", "on"]})).lock
    terms = predictor(found)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = terms["nodeSelectorTerms"]
    (expression,) = term["matchExpressions"]
    assert expression["values"] == ["eu-1", "on"]


def test_nothing_that_the_earlier_system_invented_is_rendered() -> None:
    text = "".join(item.text for item in renderer().render(lock()))
    assert not [word for word in ("hostNetwork", "HorizontalPodAutoscaler", "2026", "gpu.name") if word in text]


# Weights


def test_an_inferenceservice_lets_the_engine_fetch_the_weights() -> None:
    found = locked(storage={"tokenSecret": "hf"})
    assert container(found)["command"] == ["vllm", "serve"]
    assert container(found)["args"][0] == found.deployment.repo
    assert variables(found)["HF_TOKEN"] == {"secretKeyRef": {"name": "hf", "key": "HF_TOKEN"}}
    assert "HF_TOKEN" not in variables(locked())
    scratch = next(item for item in predictor(found)["volumes"] if item["name"] == "scratch")
    assert scratch["emptyDir"]["sizeLimit"] == f"{found.deployment.scratch_gib}Gi"


def test_a_claim_is_mounted_read_only_and_served_from() -> None:
    found = locked(storage={"claim": "weights", "path": "a/b", "tokenSecret": "hf"})
    assert container(found)["args"][0] == f"/mnt/models/a/b/{found.deployment.repo}"
    mount = next(item for item in container(found)["volumeMounts"] if item["name"] == "models")
    assert mount == {"name": "models", "mountPath": "/mnt/models", "readOnly": True}
    assert variables(found)["HF_HUB_OFFLINE"] == "1"
    assert "HF_TOKEN" not in variables(found)


def test_an_llminferenceservice_lets_kserve_bring_the_weights() -> None:
    hub = locked(TARGETS[1], storage={"tokenSecret": "hf"})
    assert spec(hub)["model"] == {"name": hub.deployment.model, "uri": f"hf://{hub.deployment.repo}"}
    annotations = service(hub)["metadata"]["annotations"]
    assert annotations["serving.kserve.io/secretName"] == annotations["serving.kserve.io/storageSecretName"] == "hf"
    assert set(service(locked(TARGETS[1]))["metadata"]["annotations"]) == {"neuralnav.dev/candidate"}
    claim = locked(TARGETS[1], storage={"claim": "weights", "path": "a/b"})
    assert spec(claim)["model"]["uri"] == f"pvc://weights/a/b/{claim.deployment.repo}"
    assert not {"command", "volumeMounts"} & set(container(claim))


# Autoscaling


def scaled(target: str, **autoscaling: Any) -> Lock:
    return locked(target, autoscaling=autoscaling)


@pytest.mark.parametrize("autoscaling", [{}, {"class": "none", "maxReplicas": 9}])
def test_without_an_autoscaler_the_planned_replicas_run(autoscaling: dict[str, Any]) -> None:
    one = scaled(TARGETS[0], **autoscaling)
    planned = one.deployment.replicas.planned
    assert (predictor(one)["minReplicas"], predictor(one)["maxReplicas"]) == (planned, planned)
    assert service(one)["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "none"
    other = spec(scaled(TARGETS[1], **autoscaling))
    assert (other["replicas"], "scaling" in other) == (planned, False)


def test_keda_scales_an_inferenceservice_by_requests_in_flight() -> None:
    found = scaled(TARGETS[0], prometheus=PROMETHEUS, maxReplicas=9)
    (metric,) = predictor(found)["autoScaling"]["metrics"]
    job = 'job="default/chat"'
    assert metric["external"]["metric"] == {
        "backend": "prometheus", "serverAddress": PROMETHEUS,
        "query": f"sum(vllm:num_requests_running{{{job}}}) + sum(vllm:num_requests_waiting{{{job}}})",
    }  # fmt: skip
    assert metric["external"]["target"] == {"type": "Value", "value": str(found.deployment.scaling.target_concurrency)}
    replicas = found.deployment.replicas
    assert (predictor(found)["minReplicas"], predictor(found)["maxReplicas"]) == (replicas.min, 9)
    assert service(found)["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "keda"


def test_keda_scales_an_llminferenceservice_by_the_same_query() -> None:
    found = spec(scaled(TARGETS[1], prometheus=PROMETHEUS, maxReplicas=9))
    (trigger,) = found["scaling"]["keda"]["triggers"]
    (metric,) = predictor(scaled(TARGETS[0], prometheus=PROMETHEUS))["autoScaling"]["metrics"]
    assert trigger["metadata"]["query"] == metric["external"]["metric"]["query"]
    assert trigger["metadata"]["threshold"] == metric["external"]["target"]["value"]
    assert (found["scaling"]["maxReplicas"], "replicas" in found) == (9, False)


def test_the_target_is_what_is_in_flight_at_the_capacity_less_the_headroom() -> None:
    found = compiled(workload(deploy={"autoscaling": {"prometheus": PROMETHEUS}}))
    cell = found.plan.row(found.decision.row)
    rate = float(str(cell["capacity_rps"])) / found.plan.spec.headroom
    target = found.lock.deployment.scaling.target_concurrency
    fastest, slowest = 2.6, float(str(cell["e2e_p95_ms"])) / 1000 * 1.5  # the small curves' mean E2E in seconds
    assert rate * fastest <= target <= rate * slowest
    assert target <= found.lock.deployment.max_num_seqs


def test_an_autoscaler_by_cpu_is_there_for_those_who_ask() -> None:
    found = predictor(scaled(TARGETS[0], **{"class": "hpa"}))
    assert (found["scaleMetric"], found["scaleTarget"]) == ("cpu", 80)


def test_the_variant_autoscaler_learns_what_a_replica_costs() -> None:
    found = scaled(TARGETS[1], **{"class": "wva"})
    scaling = spec(found)["scaling"]
    assert scaling["wva"] == {"variantCost": str(found.deployment.scaling.replica_usd_per_hour), "hpa": {}}
    assert float(scaling["wva"]["variantCost"]) == 4.5


# What stands beside the service


@pytest.mark.parametrize("target", TARGETS)
def test_prometheus_reads_the_port_that_serves(target: str) -> None:
    found = locked(target)
    monitor = manifests(found)["podmonitor.yaml"]["spec"]
    assert monitor["selector"] == {"matchLabels": selector(target)}
    (port,) = container(found)["ports"]
    assert monitor["podMetricsEndpoints"] == [{"port": port["name"], "path": "/metrics"}]


@pytest.mark.parametrize("target", TARGETS)
def test_no_monitor_is_rendered_where_none_is_wanted(target: str) -> None:
    found = manifests(locked(target, monitoring="none"))
    watching = {"podmonitor.yaml", "prometheusrule.yaml", "dashboard.yaml"}
    assert not watching & set(found)
    assert not watching & set(found["kustomization.yaml"]["resources"])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("least", "planned", "away"), [(1, 1, 1), (2, 2, 1), (2, 3, 1), (2, 6, 4)])
def test_as_many_pods_may_be_away_as_the_plan_has_beyond_what_it_needs(
    target: str, least: int, planned: int, away: int
) -> None:
    base = locked(target)
    replicas = base.deployment.replicas.model_copy(update={"min": least, "planned": planned, "max": planned})
    found = manifests(with_deployment(base, replicas=replicas))["poddisruptionbudget.yaml"]["spec"]
    assert found == {"maxUnavailable": away, "selector": {"matchLabels": selector(target)}}


@pytest.mark.parametrize(("target", "port"), [(TARGETS[0], 8080), (TARGETS[1], 8000)])
def test_only_the_serving_port_is_open_and_only_names_and_weights_go_out(target: str, port: int) -> None:
    found = manifests(locked(target))["networkpolicy.yaml"]["spec"]
    assert found["policyTypes"] == ["Ingress", "Egress"]
    assert found["ingress"] == [{"ports": [{"protocol": "TCP", "port": port}]}]
    dns = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
    assert found["egress"] == [{"ports": dns}, {"ports": [{"protocol": "TCP", "port": 443}]}]
    claimed = manifests(locked(target, storage={"claim": "w"}))["networkpolicy.yaml"]["spec"]
    assert claimed["egress"] == [{"ports": dns}]


def test_namespaces_that_may_call_are_named() -> None:
    (rule,) = manifests(locked(network={"from": ["web", "on"]}))["networkpolicy.yaml"]["spec"]["ingress"]
    names = [item["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for item in rule["from"]]
    assert names == ["web", "on"]


# Several nodes


def test_a_replica_over_nodes_has_a_leader_and_workers_alike() -> None:
    found = spec(over_nodes(locked(TARGETS[1])))
    assert found["parallelism"] == {"tensor": 4, "pipeline": 2}
    (leader,), (worker,) = found["template"]["containers"], found["worker"]["containers"]
    assert leader["resources"]["limits"]["nvidia.com/gpu"] == "4"
    probes = {"startupProbe", "readinessProbe", "livenessProbe"}
    assert {key: value for key, value in leader.items() if key not in probes} == worker
    assert "topologySpreadConstraints" not in found["template"]


def test_pods_of_a_replica_may_talk_to_each_other_and_only_the_leader_has_metrics() -> None:
    found = manifests(over_nodes(locked(TARGETS[1])))
    both = ["llminferenceservice-workload-leader", "llminferenceservice-workload-worker"]
    policy = found["networkpolicy.yaml"]["spec"]
    pods = policy["podSelector"]
    assert pods["matchExpressions"] == [{"key": "app.kubernetes.io/component", "operator": "In", "values": both}]
    assert policy["ingress"][1] == {"from": [{"podSelector": pods}]}
    assert policy["egress"][-1] == {"to": [{"podSelector": pods}]}
    assert found["poddisruptionbudget.yaml"]["spec"]["selector"] == pods
    leader = selector(TARGETS[1], "llminferenceservice-workload-leader")
    assert found["podmonitor.yaml"]["spec"]["selector"]["matchLabels"] == leader
