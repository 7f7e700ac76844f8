import ssl
from pathlib import Path

import pytest
import yaml

from neuralnav.cluster.api_server_way import endpoint_through


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])
def test_the_way_is_the_kubeconfig_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name, raising=False)
    config = tmp_path / "config"
    cluster = {"server": "https://10.0.0.1:6443/", "tls-server-name": "api.example", "proxy-url": "http://proxy:3128",
               "insecure-skip-tls-verify": True}  # fmt: skip
    config.write_text(
        yaml.safe_dump(
            {
                "current-context": "one",
                "clusters": [{"name": "c", "cluster": cluster}],
                "users": [{"name": "u", "user": {"token": "secret-token"}}],
                "contexts": [{"name": "one", "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    found = endpoint_through("/api/v1/x/proxy", kubeconfig=str(config), context="")
    assert (found.base, found.proxy, found.server_name, found.key) == (
        "https://10.0.0.1:6443/api/v1/x/proxy", "http://proxy:3128", "api.example", "",
    )  # fmt: skip
    assert found.headers == {"authorization": "Bearer secret-token"}
    assert isinstance(found.verify, ssl.SSLContext)
    assert found.verify.verify_mode == ssl.CERT_NONE
    assert "secret-token" not in repr(found)
