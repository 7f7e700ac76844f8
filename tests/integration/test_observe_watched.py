"""The dashboard's queries and the rules in the real Prometheus, which scrapes a simulator that is too slow."""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TIMEOUT_SECONDS
from real_prometheus import Target, prometheus
from test_observe_rules import JOB, RENDERER, base, promtool, rules
from test_simulator_process import serving

pytestmark = pytest.mark.integration


# The dashboard


def test_prometheus_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    (text,) = [item.text for item in RENDERER.render(base()) if item.name == "dashboard.yaml"]
    ((_, board),) = yaml.safe_load(text)["data"].items()
    found = json.loads(board)
    values = {item["name"]: item["query"] for item in found["templating"]["list"]}
    values |= {"__rate_interval": "1m", "__range": "6h"}
    queries = [query["expr"] for panel in found["panels"] for query in panel["targets"]]
    filled = [re.sub(r"\$(\w+)", lambda name: values[name[1]], query) for query in queries]
    recorded = [{"record": f"panel:query{index}", "expr": query} for index, query in enumerate(filled)]
    (tmp_path / "rules.json").write_text(json.dumps({"groups": [{"name": "all", "rules": recorded}]}))
    code, said = promtool("check", "rules", tmp_path / "rules.json")
    assert code == 0, said
    assert f"{len(queries)} rules found" in said
    assert len(queries) > 50
    assert not any("$" in query for query in filled)


# Live


def hurried(found: dict[str, Any]) -> dict[str, Any]:
    """The rules with seconds for minutes, hours and days."""
    text = json.dumps(found)
    for long, short in {"5m": 3, "10m": 4, "15m": 4, "30m": 5, "1h": 6, "6h": 7, "3d": 8}.items():
        text = text.replace(f"[{long}]", f"[{short}s]").replace(f"offset {long}", f"offset {short}s")
    groups = json.loads(text)["groups"]
    for group in groups:
        group["interval"] = "1s"
        for rule in group["rules"]:
            if "alert" in rule:
                patience = "20s" if "absent(" in rule["expr"] else "1s"  # the first scrape takes its time
                rule |= {"for": patience, "keep_firing_for": "30s"}
    return {"groups": groups}


def firing(url: str) -> dict[str, set[str]]:
    """The alerts that fire, with their severities."""
    with urllib.request.urlopen(f"{url}/api/v1/alerts") as answer:  # noqa: S310  # our own server on loopback
        alerts = json.load(answer)["data"]["alerts"]
    found: dict[str, set[str]] = {}
    for item in alerts:
        if item["state"] == "firing":
            found.setdefault(item["labels"]["alertname"], set()).add(item["labels"]["severity"])
    return found


def value(url: str, query: str) -> list[float]:
    asked = f"{url}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(asked) as answer:  # noqa: S310  # our own server on loopback
        return [float(item["value"][1]) for item in json.load(answer)["data"]["result"]]


def test_a_simulator_that_is_too_slow_fires_the_alerts_of_its_latency(tmp_path: Path) -> None:
    """A replica alone, twenty times as slow between tokens as the plan has it."""
    options = ("--itl-factor", "20", "--output-lengths", "fixed")
    with serving(*options) as (_, _, port), prometheus(
        tmp_path, [Target(f"127.0.0.1:{port}", JOB, "a")], rules=hurried(rules(base()))
    ) as server:  # fmt: skip
        command = [sys.executable, "-m", "neuralnav_simulator", "load", f"http://127.0.0.1:{port}", "--rate", "5",
                   "--requests", "60", "--prompt-tokens", "512", "--output-tokens", "16", "--quiet",
                   "--out", str(tmp_path / "load.json")]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as load:
            wanted = {"NeuralNavItlBudgetBurn", "NeuralNavItlMissed", "NeuralNavTooFewReplicas"}
            until = time.monotonic() + TIMEOUT_SECONDS
            while not wanted <= set(found := firing(server.url)) and load.poll() is None and time.monotonic() < until:
                time.sleep(0.2)
            shares = value(server.url, "job:neuralnav_itl_over_50ms:ratio_rate5m")
            load.kill()
            load.communicate()
    assert wanted <= set(found), found
    assert found["NeuralNavItlBudgetBurn"] == {"info"}
    assert found["NeuralNavItlMissed"] == {"critical"}
    assert "NeuralNavNoMetrics" not in found
    assert len(shares) == 1
    assert shares[0] > 0.3
