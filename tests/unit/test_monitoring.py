"""Alerts and dashboard as rendered: the lock's numbers at their places, vLLM's edges, JSON that Grafana can read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from builders import lock, renderer, with_deployment
from pydantic import ValidationError
from rendered import TARGETS, locked, manifests

from neuralnav.errors import InputError
from neuralnav.files.catalogs import load_templates
from neuralnav.model.engine_metrics import FIRST_TOKEN_S, PER_TOKEN_S, REQUEST_S
from neuralnav.model.lock import Lock
from neuralnav.model.manifest.dashboard import Dashboard
from neuralnav.model.manifest.monitoring import ConfigMap, Rule
from neuralnav.render import Renderer
from neuralnav.render.sandbox import Sandbox

RULES, BOARD = "common/prometheusrule.yaml.j2", "common/dashboard.yaml.j2"
EDGES = {"first_token": FIRST_TOKEN_S, "per_token": PER_TOKEN_S, "request": REQUEST_S}


def board_of(found: Lock) -> dict[str, Any]:
    (text,) = manifests(found)["dashboard.yaml"]["data"].values()
    whole: dict[str, Any] = json.loads(text)
    return whole


def alerts_of(found: Lock) -> dict[tuple[str, str], dict[str, Any]]:
    groups = manifests(found)["prometheusrule.yaml"]["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return {(rule["alert"].removeprefix("NeuralNav"), rule["labels"].get("burn", "")): rule for rule in rules}


@pytest.mark.parametrize("template", [RULES, BOARD])
@pytest.mark.parametrize("name", EDGES)
def test_the_edges_in_a_template_are_those_of_the_engine(template: str, name: str) -> None:
    found = re.search(rf"set {name} = \[([0-9,\s]+)\]", load_templates()[template])
    assert found is not None
    assert tuple(int(edge) / 1000 for edge in found[1].split(",")) == EDGES[name]


@pytest.mark.parametrize("mode", ["vllm", "simulator"])
@pytest.mark.parametrize("target", TARGETS)
def test_alerts_and_dashboard_are_of_every_target_and_mode(target: str, mode: str) -> None:
    found = locked(target, mode=mode, namespace="llm-prod")
    for rule in alerts_of(found).values():
        assert 'job="llm-prod/chat"' in rule["expr"]
        assert (rule["labels"]["namespace"], rule["labels"]["workload"]) == ("llm-prod", "chat")
    constants = {item["name"]: item["query"] for item in board_of(found)["templating"]["list"]}
    assert constants["job"] == "llm-prod/chat"


def test_alerts_are_at_the_numbers_of_the_lock() -> None:
    found = lock()
    wanted, replicas = found.requirements, found.deployment.replicas
    alerts = alerts_of(found)
    assert alerts["TooFewReplicas", ""]["expr"] == f'count by (job) (up{{job="default/chat"}} == 1) < {replicas.min}'
    assert alerts["TooFewReplicas", ""]["for"] == f"{found.deployment.startup_seconds + 300}s"
    assert alerts["TrafficAbovePlan", ""]["expr"].endswith(f"> {wanted.peak_rps} * {wanted.headroom}")
    assert f"> 1.25 * {wanted.prompt_tokens} and" in alerts["LongerPrompts", ""]["expr"]
    assert f"> 1.25 * {wanted.output_tokens} and" in alerts["LongerAnswers", ""]["expr"]


def test_the_dashboard_holds_the_numbers_of_the_lock_as_they_stand_there() -> None:
    found = lock()
    (plan,) = [item for item in found.candidates if item.id == found.choice.candidate]
    wanted, planned = found.requirements, found.deployment
    constants = {item["name"]: item["query"] for item in board_of(found)["templating"]["list"]}
    for name in ("ttft", "itl", "e2e"):
        metric = getattr(plan, f"{name}_p95_ms")
        shown = [constants[f"{name}_{part}_ms"] for part in ("planned", "low", "high", "slo")]
        target = getattr(wanted, f"{name}_p95_ms")
        assert shown == [str(metric.value), str(metric.low), str(metric.high), str(target)]
    assert {key: value for key, value in constants.items() if not re.search("^(ttft|itl|e2e)_", key)} == {
        "datasource": "prometheus", "job": "default/chat", "mean_rps": str(wanted.mean_rps),
        "peak_rps": str(wanted.peak_rps), "headroom": str(wanted.headroom),
        "prompt_tokens": str(wanted.prompt_tokens), "output_tokens": str(wanted.output_tokens),
        "concurrency": str(planned.scaling.target_concurrency), "min_replicas": str(planned.replicas.min),
        "planned_replicas": str(planned.replicas.planned), "max_replicas": str(planned.replicas.max),
        "kv_use": str(plan.kv_cache_use), "usd_per_replica_hour": str(planned.scaling.replica_usd_per_hour),
    }  # fmt: skip


def test_times_are_shown_in_seconds_and_every_panel_says_its_unit() -> None:
    for panel in board_of(lock())["panels"]:
        unit = panel["fieldConfig"]["defaults"]["unit"]
        in_seconds = [query["expr"] for query in panel["targets"] if re.search(r"_ms\b", query["expr"])]
        assert all(expr.endswith("_ms / 1000)") for expr in in_seconds)
        assert (unit == "s") == bool(in_seconds)


def test_every_variable_that_a_panel_reads_is_there_and_every_constant_is_read() -> None:
    board = board_of(lock())
    names = {item["name"] for item in board["templating"]["list"]}
    read = set(re.findall(r"\$\{?(\w+)", json.dumps(board["panels"]))) - {"__rate_interval", "__range"}
    assert read == names


def test_a_dashboards_uid_is_short_stable_and_its_own() -> None:
    def uid(namespace: str, name: str) -> str:
        return str(board_of(with_deployment(lock(), namespace=namespace, name=name))["uid"])

    assert uid("llm-prod", "chat") == uid("llm-prod", "chat") == "neuralnav-a24f45328ff5160a"
    names = [("a-b", "c"), ("a", "b-c"), ("n" * 63, "n" * 48)]
    assert len({uid(*pair) for pair in names}) == len(names)
    files = [manifests(with_deployment(lock(), namespace=a, name=b))["dashboard.yaml"]["data"] for a, b in names]
    keys = {key for data in files for key in data}
    assert len(keys) == len(names)


def test_labels_that_prometheus_takes_too_are_passed_on() -> None:
    labels = {"team": "search", "cost-center": "x", "example.com/a": "b", "1e3": "y", "severity": "none", "empty": ""}
    found = alerts_of(with_deployment(lock(), labels=labels))["NoMetrics", ""]["labels"]
    assert found == {"severity": "critical", "namespace": "default", "workload": "chat", "team": "search"}


def test_a_lock_with_many_candidates_is_rendered_within_the_budget() -> None:
    found = lock()
    many = tuple(found.candidates[0].model_copy(update={"id": f"other/{index}"}) for index in range(400))
    more = found.model_copy(update={"candidates": (*many, *found.candidates)})
    assert renderer().render(more) == renderer().render(found)


# What is refused


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"schemaVersion": 39', '"schemaVersion": 39,', "not a dashboard that neuralnav emits: JSON: Invalid JSON"),
        ('"editable": false', '"editable": false, "iteration": 1', "iteration: Extra inputs are not permitted"),
        ('{"id": 2, "type"', '{"id": 1, "type"', "panels: Value error, two entries have the same id"),
        ('"gridPos": {"x": 4, "y": 0', '"gridPos": {"x": 3, "y": 0', "the panels 1 and 2 lie over each other"),
        ('"gridPos": {"x": 20, "y": 0', '"gridPos": {"x": 21, "y": 0', "x + w is above 24"),
        ('{"unit": "s", ', "{", "unit: Field required"),
        ('"query": {{ job | tojson }}', '"query": "default/other"', "the constant job is default/other"),
        ('job=\\"$job\\"', 'job=\\"x\\"', "vllm:time_to_first_token_seconds_bucket is read of every job"),
    ],
)
def test_a_broken_dashboard_is_refused_in_the_template(old: str, new: str, words: str) -> None:
    text = load_templates()[BOARD]
    assert old in text
    with pytest.raises(InputError) as caught:
        Renderer({**load_templates(), BOARD: text.replace(old, new, 1)}).render(lock())
    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].where.file == BOARD


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alert": None}, "give either record or alert"),
        ({"record": "a"}, "give either record or alert"),
        ({"for": None}, "an alert needs for, keep_firing_for and annotations"),
        ({"labels": {"severity": "page"}}, "an alert needs the label severity"),
        ({"alert": None, "record": "a"}, "are of alerts"),
        ({"expr": "a\nb"}, "String should match pattern"),
        ({"for": "5"}, "String should match pattern"),
    ],
)
def test_a_rule_without_what_it_needs_is_refused(change: dict[str, Any], words: str) -> None:
    rule = {**alerts_of(lock())["NoMetrics", ""]}
    Rule.model_validate_json(json.dumps(rule))
    changed = {key: value for key, value in {**rule, **change}.items() if value is not None}
    with pytest.raises(ValidationError, match=words):
        Rule.model_validate_json(json.dumps(changed))


def test_a_config_map_holds_one_dashboard() -> None:
    body = manifests(lock())["dashboard.yaml"]
    found = ConfigMap.model_validate_json(json.dumps(body))
    assert isinstance(found.dashboard, Dashboard)
    assert len(json.dumps(body)) < 60_000
    body["data"]["more.json"] = next(iter(body["data"].values()))
    with pytest.raises(ValidationError, match="at most 1 item"):
        ConfigMap.model_validate_json(json.dumps(body))


# The filters that they need


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("[1, 5, 10] | at_most(7.5)", "[1, 5]"),
        ("[1, 5] | at_most(0)", "[]"),
        ('lock.candidates | where("id", lock.choice.candidate) | length', "1"),
        ('lock.candidates | where("id", "none")', "[]"),
        ('"llm-prod/chat" | digest', '"a24f45328ff5160a"'),
    ],
)
def test_a_filter_gives(expression: str, text: str) -> None:
    found = Sandbox().fill("x", "{{ (" + expression + ") | tojson }}", {"lock": lock()})
    assert found.text == text


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('["a"] | at_most(1)', "at_most compares numbers"),
        ('lock.candidates | where("ids", 1)', "where finds no field ids"),
        ('lock.candidates | where("model_fields", 1)', "where finds no field model_fields"),
        ("[1] | where('id', 1)", "where finds no field id"),
        ("lock.candidates | where('id', lock)", "where compares with a text or a number"),
        ("lock | digest", "Lock is not a text or a number"),
    ],
)
def test_a_filter_refuses(expression: str, words: str) -> None:
    template = "{%- set x = " + expression + " -%}"
    with pytest.raises(InputError) as caught:
        Renderer({**load_templates(), "common/x.yaml.j2": template}).render(lock())
    assert words in caught.value.diagnostics[0].message


def test_every_runbook_link_leads_to_a_place_in_the_docs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "manifests.md").read_text()
    titles = [line.lower() for line in page.splitlines() if line.startswith("#")]
    headings = {re.sub(r"[^a-z0-9 -]", "", title).strip().replace(" ", "-") for title in titles}
    places = headings | set(re.findall(r'<a id="([a-z]+)">', page))
    links = {rule["annotations"]["runbook_url"] for rule in alerts_of(lock()).values()}
    assert {link.partition("#")[0] for link in links} == {"https://neuralnav.dev/docs/manifests.md"}
    assert {link.partition("#")[2] for link in links} <= places
