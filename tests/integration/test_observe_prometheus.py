"""What we ask of a real Prometheus, and what it answers."""

import json
import urllib.request
from pathlib import Path

import pytest
from real_prometheus import prometheus

pytestmark = pytest.mark.integration


def test_a_past_is_remembered(tmp_path: Path) -> None:
    past = '# TYPE a counter\na_total{pod="x"} 1 1700000000\na_total{pod="x"} 5 1700000060\n# EOF\n'
    with prometheus(tmp_path, past=past) as server:
        asked = f"{server.url}/api/v1/query?query=a_total&time=1700000061"
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  # our own server on loopback
            found = json.load(answer)["data"]["result"]
    assert [(item["metric"]["pod"], item["value"][1]) for item in found] == [("x", "5")]
