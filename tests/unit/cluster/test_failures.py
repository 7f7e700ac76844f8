"""What an answer of an API server means: what passes, and the sentence for what does not."""

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cluster.api import KINDS, ClusterError, Owner
from neuralnav.cluster.connection import connect
from neuralnav.cluster.failures import Asked, after_seconds, refusal, stumble
from neuralnav.cluster.kubeconfig import Access

ACCESS = Access("prod", "/home/me/config", "me", {"server": "https://api"}, {"token": "t"})
ASKED = Asked("PATCH", "patch", KINDS["InferenceService"], "llm", "chat")


def status(message: str, **details: Any) -> bytes:
    return json.dumps({"kind": "Status", "message": message, "details": details}).encode()


def told(code: int, content: bytes) -> tuple[str, str, str]:
    error = refusal(ASKED, ACCESS, code, {}, content)
    assert error.where == "InferenceService llm/chat"
    assert error.status == code
    return error.cause, error.message, error.hint


def test_invalid_fields_are_listed() -> None:
    causes = [
        {"reason": "FieldValueInvalid", "field": "spec.minReplicas", "message": 'Invalid value: "x":\n  not a number'},
        {"reason": "FieldValueRequired", "field": "spec.model", "message": "Required value"},
    ]
    assert told(422, status("it is invalid", causes=causes)) == (
        "invalid", 'spec.minReplicas: Invalid value: "x": not a number; spec.model: Required value',
        "the cluster's release knows other fields than the manifests: compare versions (docs/manifests.md)",
    )  # fmt: skip
    typed = status("failed to create typed patch object (a/b): .spec.x: field not declared in schema")
    assert told(500, typed)[:2] == (
        "invalid", "failed to create typed patch object (a/b): .spec.x: field not declared in schema",
    )  # fmt: skip


def test_conflict_names_managers_and_fields() -> None:
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl-edit" using v1', "field": ".spec.a"},
        {"reason": "FieldManagerConflict", "message": 'conflict with "hpa"', "field": ".spec.b"},
    ]
    content = status("Apply failed with 2 conflicts", causes=causes)
    error = refusal(ASKED, ACCESS, 409, {}, content)
    assert error.message == "fields of it belong to hpa, kubectl-edit: .spec.a, .spec.b"
    assert error.owners == (Owner("kubectl-edit", ".spec.a"), Owner("hpa", ".spec.b"))
    assert stumble(409, {}, content) is None


def test_what_is_forbidden_for_another_reason_than_roles() -> None:
    said = 'inferenceservices "chat" is forbidden: exceeded quota: gpus, requested: 4, used: 6, limited: 8'
    assert told(403, status(said)) == ("forbidden", f"refused: {said}", "")
    user = "system:serviceaccount:ci:deployer"
    said = f'x is forbidden: User "{user}" cannot patch resource "inferenceservices" in API group "y"'
    assert told(403, status(said))[1] == f"{user} may not patch inferenceservices.serving.kserve.io in namespace llm"


@pytest.mark.parametrize(("code", "passes"), [(400, 0), (401, 0), (403, 0), (404, 0), (410, 0), (422, 0), (429, 1),
                                              (500, 1), (501, 1), (503, 1), (504, 1), (409, 1)])  # fmt: skip
def test_what_passes(code: int, passes: int) -> None:
    assert (stumble(code, {}, status("said")) is not None) == bool(passes)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), (" 7 ", 7.0), ("", 0.0), ("soon", 0.0), ("-3", 0.0), ("1.5", 0.0), ("9" * 400, 999_999_999.0),
     ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0), ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0)],
)  # fmt: skip
def test_retry_after(text: str, seconds: float) -> None:
    assert after_seconds({"retry-after": text}, now=10.0) == seconds


@given(st.text())
def test_no_retry_after_breaks_us(text: str) -> None:
    assert after_seconds({"retry-after": text}, now=0.0) >= 0


@given(st.integers(300, 599), st.binary())
def test_no_answer_breaks_us(code: int, content: bytes) -> None:
    stumble(code, {}, content)
    assert refusal(ASKED, ACCESS, code, {}, content).message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
STATUS = st.fixed_dictionaries(
    {"kind": st.just("Status")},
    optional={"message": JSON, "reason": JSON, "details": JSON | st.fixed_dictionaries({"causes": JSON, "kind": JSON})},
)


@given(st.sampled_from([400, 403, 404, 409, 410, 422, 500]), STATUS)
def test_no_status_breaks_us(code: int, found: Any) -> None:
    content = json.dumps(found).encode()
    stumble(code, {}, content)
    assert refusal(ASKED, ACCESS, code, {}, content).message


def test_error_crosses_a_process_boundary() -> None:
    error = ClusterError("a", "b", "c", cause="conflict", status=409, owners=[Owner("m", ".f")])
    found = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (found.where, found.message, found.hint, found.cause, found.status, found.owners) == (
        "a", "b", "c", "conflict", 409, (Owner("m", ".f"),),
    )  # fmt: skip


def test_extra_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("client", "login", "transport"):
        monkeypatch.delitem(__import__("sys").modules, f"neuralnav.cluster.{name}", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "urllib3", None)
    monkeypatch.setitem(__import__("sys").modules, "kubernetes", None)
    monkeypatch.delitem(__import__("sys").modules, "neuralnav.cluster.failures", raising=False)
    with pytest.raises(ClusterError) as raised:
        connect()
    assert (raised.value.message, raised.value.hint) == (
        "this needs the Python package urllib3", 'pip install "neuralnav[cluster]"',
    )  # fmt: skip
