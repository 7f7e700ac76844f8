"""Rendering: strings stay strings, only known objects of the lock's namespace come out, and digests are of bytes."""

import hashlib

import pytest
from builders import lock, with_deployment
from rendered import TARGETS, locked, manifests, predictor, service

from neuralnav.errors import InputError
from neuralnav.files.catalogs import load_templates
from neuralnav.render import Renderer, with_manifests
from neuralnav.render.text import Manifest
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


def refusal(template: str) -> str:
    """What is said of a template of a manifest `x.yaml` that is refused."""
    with pytest.raises(InputError) as caught:
        Renderer({"InferenceService/x.yaml.j2": template}).render(lock())
    return diagnostics_text(caught.value.diagnostics)


def valid(value: str) -> str:
    """A small template that passes when `value` is good."""
    return (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"namespace: {value}\nresources:\n  - inferenceservice.yaml\n"
    )


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
        for kind in ("podmonitor.yaml", "poddisruptionbudget.yaml", "networkpolicy.yaml"):
            assert manifests(named)[kind]["metadata"]["namespace"] == word


# What cannot get in


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("value", EVIL)
@pytest.mark.parametrize(
    "field",
    ["name", "namespace", "model", "repo", "image", "image_digest", "resource_name", "node_label_key",
     "node_label_value", "quantization", "dtype", "kv_cache_dtype", "priority_class"],
)  # fmt: skip
def test_a_hostile_value_is_refused_or_stays_one_scalar(field: str, value: str, target: str) -> None:
    try:
        found = manifests(with_deployment(locked(target), **{field: value}))
    except InputError:
        return
    assert "hostNetwork" not in keys(found)
    volatile = {"nvidia.com/gpu.product", "nvidia.com/gpu", value, "priorityClassName"}
    assert keys(found) - volatile == keys(manifests(locked(target))) - volatile
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
        (valid("elsewhere"), 'an object of namespace "elsewhere", not "default"'),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors and aliases are not supported"),
        ("a: [\n", "not valid YAML"),
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
        ("type: RuntimeDefault", "type: Unconfined"),
    ],
)
def test_a_field_that_we_do_not_render_is_refused_in_the_service_too(old: str, new: str) -> None:
    text = load_templates()[SERVICE]
    assert old in text
    with pytest.raises(InputError):
        Renderer({**load_templates(), SERVICE: text.replace(old, new, 1)}).render(lock())


@pytest.mark.parametrize("line", ["x: on", "on: a", "x: 1_000", "1: a", "x: 2001-01-01"])
def test_what_kubernetes_would_read_otherwise_is_refused(line: str) -> None:
    name = "common/poddisruptionbudget.yaml.j2"
    text = load_templates()[name].replace("  labels:\n", f"  labels:\n    {line}\n", 1)
    with pytest.raises(InputError) as caught:
        Renderer({**load_templates(), name: text}).render(lock())
    assert caught.value.diagnostics[0].where.file == name


def test_an_octal_number_is_refused() -> None:
    name = "common/poddisruptionbudget.yaml.j2"
    text = load_templates()[name].replace("maxUnavailable: {{", "maxUnavailable: 0{{", 1)
    with pytest.raises(InputError, match=r"YAML 1\.1"):
        Renderer({**load_templates(), name: text.replace("- d.replicas.min", "+ 7", 1)}).render(lock())


def test_a_fault_in_what_is_emitted_is_placed_in_the_template() -> None:
    with pytest.raises(InputError) as caught:
        Renderer(
            {"common/x.yaml.j2": "{# one #}\n\n{% if true %}\n" + valid("Default") + "{% endif %}", SERVICE: ""}
        ).render(lock())
    (item,) = caught.value.diagnostics
    assert (item.where.file, item.where.line, item.where.quote) == ("common/x.yaml.j2", 6, "namespace: Default")


def test_objects_that_contradict_each_other_are_refused_in_the_template() -> None:
    name = "common/poddisruptionbudget.yaml.j2"
    text = load_templates()[name].replace("component: predictor", "component: explainer")
    with pytest.raises(InputError) as caught:
        Renderer({**load_templates(), name: text}).render(lock())
    (item,) = caught.value.diagnostics
    assert item.where.file == name
    assert item.message == "the selector misses pods of inferenceservice.yaml"
    assert text.split("\n")[item.where.line - 1] == item.where.quote == "    matchLabels:"


def test_a_target_without_a_template_is_refused() -> None:
    with pytest.raises(InputError, match="no template for target InferenceService"):
        Renderer({"Other/x.yaml.j2": valid("default")}).render(lock())


def test_a_template_of_a_target_comes_in_place_of_the_common_one_of_that_name() -> None:
    own = {"InferenceService/podmonitor.yaml.j2": "", "common/extra.yaml.j2": "{# nothing to emit #}"}
    found = {item.name for item in Renderer({**load_templates(), **own}).render(lock())}
    assert not {"podmonitor.yaml", "extra.yaml"} & found
    assert "podmonitor.yaml" in {item.name for item in Renderer({**load_templates(), **own}).render(locked(TARGETS[1]))}


def test_a_template_whose_name_gives_no_manifest_is_refused() -> None:
    with pytest.raises(InputError, match="gives no name of a manifest"):
        Renderer({**load_templates(), "common/..x.yaml.j2": valid("default")}).render(lock())


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
