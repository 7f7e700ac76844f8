"""Where `neuralnav probe` asks: at the address that the cluster tells, or through the API server's proxy."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from cluster_front import Front
from hostile_openai import hostile

from neuralnav.cli import cli
from neuralnav.errors import NeuralnavError

PLACE = Path(__file__).resolve().parents[2] / "examples" / "support-chat"
SPACE, NAME, MODEL = "llm-prod", "support-chat", "gpt-oss-20b"
SERVICE = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"namespace": SPACE, "name": f"{NAME}-predictor"},
    "spec": {"ports": [{"name": "http1", "port": 80, "targetPort": 8080}]},
}  # fmt: skip

pytestmark = pytest.mark.integration


@pytest.fixture
def deployed(front: Front, monkeypatch: pytest.MonkeyPatch) -> Front:
    """The plan as it is committed, applied to the cluster."""
    for name in ("NEURALNAV_API_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(PLACE.parents[1])
    front.add_namespace(SPACE)
    front.put(yaml.safe_load((PLACE / "deploy" / "inferenceservice.yaml").read_text()))
    return front


def probe(front: Front, *options: str) -> Result:
    arguments = [
        "probe",
        "examples/support-chat",
        "--kubeconfig",
        str(front.kubeconfig),
        "--requests",
        "6",
        "--seed",
        "7",
    ]
    return CliRunner().invoke(cli, [*arguments, *options], standalone_mode=False)


def told(result: Result) -> dict[str, Any]:
    assert result.exception is None, (result.exception, result.output)
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def refused(front: Front, *options: str) -> tuple[str, str, str]:
    error = probe(front, *options).exception
    assert isinstance(error, NeuralnavError), error
    (only,) = error.diagnostics
    return only.where.file, only.message, only.hint


def test_the_address_is_what_the_live_object_tells(deployed: Front) -> None:
    with hostile(models={MODEL: 1536}) as server:
        deployed.ready("InferenceService", SPACE, NAME, url=server.url)
        report = told(probe(deployed, "--format", "json"))
        assert set(server.keys) == {""}  # what signs in to the cluster is not for the model
    assert (report["server"]["via"], report["server"]["url"]) == ("status", server.url)
    assert (report["load"]["answered"], report["load"]["replicas"]) == (6, 1)


def test_through_the_api_server_with_the_credentials_of_the_kubeconfig(deployed: Front) -> None:
    deployed.put(SERVICE)
    with hostile(models={MODEL: 1536}) as server:
        deployed.backends[SPACE, f"{NAME}-predictor"] = server.url
        result = probe(deployed, "--via-api-server", "--api-key", "secret-key", "--format", "json")
        assert not any("secret-key" in key for key in server.keys)
    report = told(result)
    assert report["errors"] == []
    assert report["server"]["via"] == "api-server"
    path = f"/api/v1/namespaces/{SPACE}/services/{NAME}-predictor:80/proxy"
    assert report["server"]["url"] == f"{deployed.url}{path}"
    assert (report["load"]["answered"], report["load"]["replicas"]) == (6, 2)
    assert result.stderr == "note: the API's key does not go through the API server: its proxy takes kubeconfig's\n"


def test_a_service_that_kserve_has_not_made(deployed: Front) -> None:
    assert refused(deployed, "--via-api-server") == (
        f"Service {SPACE}/{NAME}-predictor", "KServe has not made it", "no service is there"
    )  # fmt: skip
    deployed.put({**SERVICE, "metadata": {"namespace": SPACE, "name": "other"}})
    assert refused(deployed, "--via-api-server")[2] == "the services there: other"


def test_who_is_not_let_through_is_told_by_whom(deployed: Front) -> None:
    deployed.put(SERVICE)
    with hostile(models={MODEL: 1536}, key="secret") as server:
        deployed.backends[SPACE, f"{NAME}-predictor"] = server.url
        _, message, hint = refused(deployed, "--via-api-server")
        assert message == "/v1/models was answered 401: the model wants a key, which does not go through the API server"
        assert "--url and --api-key" in hint
        deployed.fail("/proxy/v1/models", 401)
        _, message, hint = refused(deployed, "--via-api-server")
        assert "the API server does not take the credentials: Unauthorized" in message
        assert hint == "get fresh ones for context front"
        deployed.fail("/proxy/v1/models", 403)
        assert refused(deployed, "--via-api-server")[1:] == (
            "the API server refuses: the front was told to fail with 403",
            "ask for a role with get and create on services/proxy (context front)",
        )
        deployed.fail("/proxy/v1/models", 429)
        assert refused(deployed, "--via-api-server")[2].startswith("try again later")


def test_what_is_not_deployed_or_has_no_address_yet(deployed: Front) -> None:
    where = f"InferenceService {SPACE}/{NAME}"
    assert refused(deployed) == (
        where,
        "tells no address yet: its controller has not been at it",
        "`neuralnav status examples/support-chat/workload.yaml` tells what it waits for",
    )
    deployed.ready("InferenceService", SPACE, NAME, reason="FailedScheduling")
    assert refused(deployed)[1] == "tells no address yet: it is not ready (FailedScheduling: support-chat)"
    deployed.remove("InferenceService", SPACE, NAME)
    assert refused(deployed)[:2] == (where, "is not deployed in context front")


def test_an_address_inside_of_the_cluster_names_the_ways_in(deployed: Front) -> None:
    deployed.ready("InferenceService", SPACE, NAME, url=f"http://{NAME}-predictor.{SPACE}.svc.invalid")
    _, message, hint = refused(deployed)
    assert message == f"this machine does not know {NAME}-predictor.{SPACE}.svc.invalid"
    assert f"`kubectl -n {SPACE} port-forward service/{NAME}-predictor 8000:80`" in hint
    assert hint.endswith("or try --via-api-server")


def test_an_address_that_leads_nowhere_names_the_ways_in_too(deployed: Front) -> None:
    with hostile() as server:
        url = server.url
    deployed.ready("InferenceService", SPACE, NAME, url=url)
    file, message, hint = refused(deployed)
    assert (file, message) == (url, "cannot be reached: the connection was refused")
    assert hint.startswith(f"forward a port, `kubectl -n {SPACE} port-forward service/{NAME}-predictor 8000:80`, and ")


def test_another_namespace_is_refused(deployed: Front) -> None:
    assert refused(deployed, "--namespace", "other")[1] == "the plan is for namespace llm-prod, not other"
