"""Manifests: what they must say, and what cannot get into them."""

import hashlib
from typing import Any

import pytest
import yaml
from builders import compiled, lock, renderer, with_deployment, workload

from neuralnav.errors import InputError
from neuralnav.files.data import load_templates
from neuralnav.model.lock import Lock
from neuralnav.render import HEADER, Manifest, Renderer, with_manifests
from neuralnav.report import diagnostics_text

SERVICE = "InferenceService/inferenceservice.yaml.j2"
STRINGS = ["y", "n", "on", "off", "yes", "no", "true", "null", "1e3", "0o17", "017", "12", "1.5"]
"""What YAML 1.1 reads as something else."""

EVIL = [
    "x\nhostNetwork: true",
    "x\n  hostNetwork: true\n",
    'x"\nhostNetwork: true\n#',
    "x\r\nhostNetwork: true",
    "x\u2028hostNetwork: true",
    "x\u0085hostNetwork: true",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x: {hostNetwork: true}",
    "*alias",
    "!!python/object:os.system",
    "x # comment",
    "'x",
    "]",
]


def manifests(found: Lock) -> dict[str, Any]:
    """The rendered objects as a YAML 1.1 reader sees them, by file name."""
    return {item.name: yaml.safe_load(item.text) for item in renderer().render(found)}


def service(found: Lock) -> dict[str, Any]:
    whole: dict[str, Any] = manifests(found)["inferenceservice.yaml"]
    return whole


def predictor(found: Lock) -> dict[str, Any]:
    part: dict[str, Any] = service(found)["spec"]["predictor"]
    return part


def container(found: Lock) -> dict[str, Any]:
    (one,) = predictor(found)["containers"]
    part: dict[str, Any] = one
    return part


def arguments(found: Lock) -> dict[str, str]:
    pairs = (argument.partition("=") for argument in container(found)["args"])
    return {name: value for name, _, value in pairs}


def render(template: str, found: Lock | None = None) -> str:
    (one,) = Renderer({"InferenceService/x.yaml.j2": template}).render(found or lock())
    return one.text


def refusal(template: str, found: Lock | None = None) -> str:
    with pytest.raises(InputError) as caught:
        render(template, found)
    return diagnostics_text(caught.value.diagnostics)


def valid(value: str) -> str:
    """A small template that passes when `value` is good."""
    return (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"namespace: {value}\nresources:\n  - inferenceservice.yaml\n"
    )


# What the packaged templates say


def test_a_manifest_starts_by_saying_who_wrote_it_and_ends_in_one_line_break() -> None:
    for item in renderer().render(lock()):
        assert item.text.startswith(HEADER)
        assert item.text.endswith("\n")
        assert not item.text.endswith("\n\n")


def test_manifests_come_in_the_order_of_their_names() -> None:
    names = [item.name for item in Renderer(dict(reversed(load_templates().items()))).render(lock())]
    assert names == ["inferenceservice.yaml", "kustomization.yaml"]
    assert manifests(lock())["kustomization.yaml"]["resources"] == ["inferenceservice.yaml"]


def test_replicas_are_those_of_the_lock() -> None:
    found = with_deployment(lock(), replicas=lock().deployment.replicas.model_copy(update={"min": 2, "max": 5}))
    assert (predictor(found)["minReplicas"], predictor(found)["maxReplicas"]) == (2, 5)


@pytest.mark.parametrize("tp", [1, 2, 4, 8])
def test_the_gpus_asked_for_are_those_of_tensor_parallelism(tp: int) -> None:
    found = with_deployment(lock(), tensor_parallel=tp, gpus_per_replica=tp)
    resources = container(found)["resources"]
    assert resources["requests"] == resources["limits"] == {"nvidia.com/gpu": str(tp)}
    assert arguments(found)["--tensor-parallel-size"] == str(tp)


def test_the_gpus_of_a_compiled_plan_equal_its_tensor_parallelism() -> None:
    for name in ("alpha-8b", "beta-70b"):
        found = compiled(workload(constraints={"models": {"allow": [name]}})).lock
        assert container(found)["resources"]["limits"]["nvidia.com/gpu"] == arguments(found)["--tensor-parallel-size"]


def test_pipeline_stages_show_where_there_are_any() -> None:
    assert "--pipeline-parallel-size" not in arguments(lock())
    assert arguments(with_deployment(lock(), pipeline_parallel=2))["--pipeline-parallel-size"] == "2"


def test_the_context_is_that_of_the_workload() -> None:
    traffic = {"requestRate": "1 req/s", "profile": "512x256"}
    found = compiled(workload(traffic=traffic, constraints={"contextLength": 7000})).lock
    assert arguments(found)["--max-model-len"] == "7000"


def test_the_engine_is_the_one_of_the_evidence() -> None:
    assert container(lock())["image"] == "vllm/vllm-openai:v0.19.0"


def test_the_node_selector_is_the_catalogs_label_and_absent_without_one() -> None:
    assert predictor(lock())["nodeSelector"] == {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
    assert "nodeSelector" not in predictor(with_deployment(lock(), node_label_key="", node_label_value=""))


def test_shared_memory_is_mounted_for_tensor_parallelism_only() -> None:
    def mounts(found: Lock) -> list[str]:
        return [mount["mountPath"] for mount in container(found)["volumeMounts"]]

    assert mounts(lock()) == ["/tmp"]  # noqa: S108  # a path in the container
    many = with_deployment(lock(), shared_memory_gib=16)
    assert "/dev/shm" in mounts(many)  # noqa: S108  # a path in the container
    volume = next(item for item in predictor(many)["volumes"] if item["name"] == "shm")
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": "16Gi"}


def test_a_start_up_probe_waits_as_long_as_the_lock_says() -> None:
    probe = container(with_deployment(lock(), startup_seconds=461))["startupProbe"]
    assert probe["failureThreshold"] * probe["periodSeconds"] >= 461


def test_nothing_that_the_earlier_system_invented_is_rendered() -> None:
    text = "".join(item.text for item in renderer().render(lock()))
    for word in ("hostNetwork", "privileged: true", "HorizontalPodAutoscaler", "2026", "nvidia.com/gpu.name"):
        assert word not in text


def test_a_claim_is_mounted_read_only_and_served_from() -> None:
    storage = lock().deployment.storage.model_copy(update={"claim": "weights", "path": "a/b", "token_secret": "hf"})
    found = with_deployment(lock(), storage=storage)
    assert arguments(found)["--model"].startswith("/mnt/models/a/b")
    mount = next(item for item in container(found)["volumeMounts"] if item["name"] == "models")
    assert mount == {"name": "models", "mountPath": "/mnt/models", "readOnly": True}
    (token,) = (item for item in container(found)["env"] if item["name"] == "HF_TOKEN")
    assert token["valueFrom"]["secretKeyRef"] == {"name": "hf", "key": "token"}


def test_the_simulator_asks_for_no_gpu() -> None:
    found = compiled(workload(deploy={"mode": "simulator"})).lock
    text = "".join(item.text for item in renderer().render(found))
    assert "nvidia.com" not in text
    assert "gpu" not in yaml.safe_dump(container(found)["resources"])
    assert not {"nodeSelector", "tolerations", "volumes"} & set(predictor(found))
    assert container(found)["image"].startswith("neuralnav-simulator:")
    assert arguments(found)["--model"] == "alpha-8b"
    assert arguments(found)["--port"] == "8080"


def test_regions_become_an_affinity_of_nodes() -> None:
    found = compiled(workload(constraints={"regions": ["eu-1", "on"]})).lock
    terms = predictor(found)["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = terms["nodeSelectorTerms"]
    (expression,) = term["matchExpressions"]
    assert expression["values"] == ["eu-1", "on"]


# Strings stay strings


@pytest.mark.parametrize("word", STRINGS)
def test_what_yaml_1_1_takes_for_something_else_stays_text(word: str) -> None:
    labelled = with_deployment(lock(), labels={"team": word, word: "x"})
    assert service(labelled)["metadata"]["labels"]["team"] == word
    assert service(labelled)["metadata"]["labels"][word] == "x"
    name = word if word.isalpha() else "a"  # KServe wants a letter first
    named = with_deployment(lock(), name=name, namespace=word, node_label_value=word, regions=(word,))
    if "." not in word:
        metadata = service(named)["metadata"]
        assert (metadata["name"], metadata["namespace"]) == (name, word)
        assert manifests(named)["kustomization.yaml"]["namespace"] == word
        assert predictor(named)["nodeSelector"] == {"nvidia.com/gpu.product": word}


def test_own_labels_do_not_displace_ours() -> None:
    labels = {"app.kubernetes.io/managed-by": "helm", "app.kubernetes.io/name": "x", "team": "search"}
    found = service(with_deployment(lock(), labels=labels))["metadata"]["labels"]
    assert found == {"app.kubernetes.io/name": "chat", "app.kubernetes.io/managed-by": "neuralnav", "team": "search"}


# What cannot get in


@pytest.mark.parametrize("value", EVIL)
@pytest.mark.parametrize(
    "field",
    ["name", "namespace", "model", "repo", "image", "resource_name", "node_label_key", "node_label_value",
     "quantization", "kv_cache_dtype"],
)  # fmt: skip
def test_a_hostile_value_is_refused_or_stays_one_scalar(field: str, value: str) -> None:
    try:
        found = manifests(with_deployment(lock(), **{field: value}))
    except InputError:
        return
    assert "hostNetwork" not in keys(found)
    assert keys(found) == keys(manifests(lock())) - {"nvidia.com/gpu.product", "nvidia.com/gpu"} | (
        keys(found) & {"nvidia.com/gpu.product", "nvidia.com/gpu", value}
    )
    assert "49" not in scalars(found)


def keys(value: object) -> set[str]:
    match value:
        case dict():
            return set(value) | {key for child in value.values() for key in keys(child)}
        case list():
            return {key for child in value for key in keys(child)}
        case _:
            return set()


def scalars(value: object) -> set[object]:
    match value:
        case dict():
            return {scalar for child in value.values() for scalar in scalars(child)}
        case list():
            return {scalar for child in value for scalar in scalars(child)}
        case _:
            return {value}


def test_the_gpu_name_with_line_breaks_that_beat_the_earlier_system_is_refused() -> None:
    found = with_deployment(lock(), node_label_value='H100"\n    hostNetwork: true\n    x: "')
    with pytest.raises(InputError, match="nodeSelector"):
        manifests(found)


@pytest.mark.parametrize("value", EVIL)
def test_hostile_labels_are_refused(value: str) -> None:
    with pytest.raises(InputError):
        manifests(with_deployment(lock(), labels={"team": value}))
    with pytest.raises(InputError):
        manifests(with_deployment(lock(), labels={value: "x"}))


def test_a_value_without_tojson_is_refused() -> None:
    text = refusal(valid("{{ lock.workload }}"))
    assert text.startswith("InferenceService/x.yaml.j2")
    assert "the template failed: a value is emitted without | tojson" in text


@pytest.mark.parametrize(
    "expression",
    ["lock.workload ~ 'x'", "lock.workload | upper", "7", "'text'", "lock.revision", "[lock.workload] | join", "none"],
)
def test_no_kind_of_expression_is_emitted_without_tojson(expression: str) -> None:
    assert "without | tojson" in refusal(valid("{{ " + expression + " }}"))


@pytest.mark.parametrize("name", ["safe", "e"])
def test_a_value_that_is_only_declared_safe_is_refused(name: str) -> None:
    refusal(valid("{{ lock.workload | " + name + " }}"))


def test_a_value_through_tojson_passes() -> None:
    assert 'namespace: "chat"\n' in render(valid("{{ lock.workload | tojson }}"))


@pytest.mark.parametrize("expression", ["lock.nope", "nope", "lock.deployment.nope", "lock['nope']"])
def test_a_name_that_does_not_exist_is_refused(expression: str) -> None:
    assert "the template failed" in refusal(valid("{{ (" + expression + " ~ '') | tojson }}"))


@pytest.mark.parametrize(
    "expression",
    ["lock.__class__.__mro__", "lock.workload.__class__", "''.__class__.__base__.__subclasses__()",
     "lock.model_copy.__globals__", "lipsum.__globals__"],
)  # fmt: skip
def test_the_sandbox_blocks_the_way_out(expression: str) -> None:
    assert "the template failed" in refusal(valid("{{ (" + expression + " ~ '') | tojson }}"))


@pytest.mark.parametrize("expression", ["lock.deployment", "lock.nope", "lock.__class__", "lock.model_copy"])
def test_a_value_that_json_cannot_hold_is_refused(expression: str) -> None:
    refusal(valid("{{ " + expression + " | tojson }}"))


def test_a_template_cannot_read_another_file() -> None:
    refusal("{% include '/etc/passwd' %}")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (valid("default") + "hostNetwork: true\n", 'unknown key "hostNetwork"'),
        (valid("default").replace("kind: Kustomization", "kind: Pod"), "does not emit a kind that neuralnav renders"),
        (valid("default") + "---\nkind: Pod\n", "a second document starts here"),
        (valid("Default"), "has characters that are not allowed there"),
        (valid("default").replace("inferenceservice.yaml", "../x.yaml"), "has characters that are not allowed there"),
        (valid("default") + "namespace: other\n", '"namespace" is given twice'),
        (valid("&a default"), "anchors and aliases are not supported"),
        ("just text", "does not emit a kind"),
        ("{% for %}", "the template failed"),
        ("{{ lock.workload | nofilter }}", "the template failed"),
    ],
)
def test_a_template_that_emits_anything_else_is_refused(template: str, words: str) -> None:
    assert words in refusal(template)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("spec:\n", "spec:\n  hostNetwork: true\n"),
        ("  predictor:\n", "  predictor:\n    hostPID: true\n"),
        ("    containers:\n", "    initContainers: []\n    containers:\n"),
        ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
        ("drop: [ALL]", "drop: [ALL]\n            add: [SYS_ADMIN]"),
        ("emptyDir:", "hostPath:"),
        ("automountServiceAccountToken: false", "automountServiceAccountToken: true"),
    ],
)
def test_a_field_that_we_do_not_render_is_refused_in_the_service_too(old: str, new: str) -> None:
    text = load_templates()[SERVICE]
    assert old in text
    with pytest.raises(InputError):
        Renderer({SERVICE: text.replace(old, new, 1)}).render(lock())


def test_a_failure_names_the_template_and_the_line() -> None:
    with pytest.raises(InputError) as caught:
        render("a: 1\nb: {{ }}\n")
    assert (caught.value.diagnostics[0].where.file, caught.value.diagnostics[0].where.line) == (
        "InferenceService/x.yaml.j2", 2,
    )  # fmt: skip


def test_a_target_without_a_template_is_refused() -> None:
    with pytest.raises(InputError, match="no template for target InferenceService"):
        Renderer({"Other/x.yaml.j2": valid("default")}).render(lock())


# Digests


def test_the_digest_of_templates_is_over_names_and_texts_and_not_their_order() -> None:
    one = {"a/x.j2": "1", "b/y.j2": "2"}
    assert Renderer(one).digest == Renderer(dict(reversed(one.items()))).digest
    assert len({Renderer(t).digest for t in (one, {"a/x.j2": "2", "b/y.j2": "1"}, {"a/x.j2": "1"})}) == 3


def test_the_lock_lists_each_manifest_with_the_digest_of_its_bytes() -> None:
    found = with_manifests(lock(), "deploy", (Manifest("a.yaml", "é\n"),))
    (entry,) = found.manifests
    assert entry.path == "deploy/a.yaml"
    assert entry.digest == "sha256:" + hashlib.sha256("é\n".encode()).hexdigest()
