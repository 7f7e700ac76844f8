from typing import Any

import pytest

from neuralnav.cluster.probe_target import SERVICES, _port, urls_of


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ({"url": "http://a", "address": {"url": "http://b"}}, ("http://a", "http://b")),
        ({"url": "http://a", "addresses": [{"url": "https://c"}, {"url": "http://a"}]}, ("http://a", "https://c")),
        ({"address": {}, "addresses": ["x", {}]}, ()),
        ({"url": 5, "addresses": 7}, ()),
        (None, ()),
    ],
)
def test_addresses_are_told_from_the_outside_in(status: Any, found: tuple[str, ...]) -> None:
    assert urls_of({"status": status}) == found


@pytest.mark.parametrize(
    ("ports", "port", "tls"),
    [
        ([{"name": "http1", "port": 80}], 80, False),
        ([{"name": "https", "port": 8443}], 8443, True),
        ([{"name": "http", "appProtocol": "https", "port": 8000}], 8000, True),
        ([{"name": "web", "port": 9}, {"port": 10}], 9, False),
        ([{"name": "http1"}], 80, False),
        (None, 80, False),
    ],
)
def test_a_service_tells_its_port(ports: Any, port: int, *, tls: bool) -> None:
    assert _port({"spec": {"ports": ports}}, SERVICES["InferenceService"]) == (port, tls)


def test_without_a_name_the_target_tells_of_tls() -> None:
    assert _port({"spec": {"ports": [{"port": 8000}]}}, SERVICES["LLMInferenceService"]) == (8000, True)
