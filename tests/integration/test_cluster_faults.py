"""How an API server fails, and what we then say: on a front without custom resources, so nothing real is needed."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster_front import Front, fronted

from neuralnav.cluster.api import KINDS, Api, Cause, ClusterError, Ref
from neuralnav.cluster.connection import connect
from neuralnav.errors import Diagnostic, Where

SPACE = "llm-prod"
MAP, POD, ISVC = KINDS["ConfigMap"], KINDS["Pod"], KINDS["InferenceService"]
ONE = Ref(MAP, SPACE, "one")
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": SPACE}, "data": {"k": "1"}}


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let attempts follow each other faster than at people's clusters."""
    for module in ("transport", "watching"):
        monkeypatch.setattr(f"neuralnav.cluster.{module}.PAUSES", (0.02, 0.05, 0.1))
    monkeypatch.setattr("neuralnav.cluster.transport.UNREADY_SECONDS", 0.1)


@pytest.fixture(scope="module")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with fronted(tmp_path_factory.mktemp("small")) as front:
        yield front


@pytest.fixture
def small(_small: Front) -> Front:
    """Give a front of core kinds alone."""
    _small.clear()
    _small.add_namespace(SPACE)
    return _small


def reached(front: Front, patience: float = 5.0, said: list[str] | None = None) -> Api:
    say = (lambda _: None) if said is None else said.append
    return connect(kubeconfig=str(front.kubeconfig), patience_seconds=patience, say=say)


def error_of(run: Callable[[], object]) -> ClusterError:
    with pytest.raises(ClusterError) as raised:
        run()
    return raised.value


def told(error: ClusterError, front: Front) -> tuple[Cause, str, str, str]:
    """What an error says, without what differs from run to run."""
    texts = (error.where, error.message, error.hint)
    plain = (text.replace(front.url, "SERVER").replace(str(front.folder), "FOLDER") for text in texts)
    where, message, hint = plain
    return error.cause, where, message, hint


@pytest.mark.parametrize("fault", [429, 500, 502, 503, 504, "reset", "cut"])
def test_passing_fault_is_waited_out(small: Front, fault: Any) -> None:
    api = reached(small)
    made = api.apply(BODY)
    small.fail("/configmaps/one", fault, times=2)
    assert api.get(ONE) == made
    small.fail("/configmaps/one", fault, times=2)
    assert api.apply(BODY) == made
    small.fail("/configmaps/one", fault, times=2)
    assert api.delete(ONE, uid=made["metadata"]["uid"]) is True
    assert small.planned[-1].left == 0


def test_delete_whose_answer_was_lost_is_done(small: Front) -> None:
    api = reached(small)
    made = api.apply(BODY)
    small.fail("/configmaps/one", "lost", method="DELETE")
    assert api.delete(ONE, uid=made["metadata"]["uid"]) is True
    assert api.get(ONE) is None


def test_apply_whose_answer_was_lost_says_the_same_again(small: Front) -> None:
    small.fail("/configmaps/one", "lost")
    made = reached(small).apply(BODY)
    assert made == small.take("ConfigMap", SPACE, "one")
    assert [item.verb for item in small.seen] == ["patch", "patch"]


def test_retry_after_is_kept_and_told(small: Front) -> None:
    said: list[str] = []
    small.fail("/configmaps", 429, headers={"Retry-After": "1"})
    assert reached(small, said=said).list(MAP) == []
    assert said == [
        "waiting for the API server (429 too many requests: the front was told to fail with 429, as it asks for 1 s)"
    ]


def test_retry_after_beyond_patience_is_not_waited_for(small: Front) -> None:
    small.fail("/configmaps", 429, times=9, headers={"Retry-After": "60"})
    assert told(error_of(lambda: reached(small).list(MAP)), small) == (
        "busy", "configmaps",
        "SERVER asks to wait 60 s, and we wait 5 s: 429 too many requests: the front was told to fail with 429",
        "run it again later, or wait longer with --patience",
    )  # fmt: skip
    assert len(small.seen) == 1


def test_server_that_is_away_is_told_of(small: Front) -> None:
    said: list[str] = []
    api = reached(small, patience=1.0, said=said)
    small.kill()
    assert told(error_of(lambda: api.get(ONE)), small) == (
        "unreachable", "ConfigMap llm-prod/one", "SERVER cannot be reached in 1 s: connection refused",
        "is SERVER the right cluster, and does it run? (context 'front' of FOLDER/kubeconfig)",
    )  # fmt: skip
    assert said == ["waiting for the API server (connection refused)"]


def test_overtaken_write_is_done_again_and_the_end_of_patience_told(small: Front) -> None:
    small.fail("/configmaps/one", 409, times=2)
    api = reached(small, patience=0.5)
    assert api.apply(BODY)["data"] == {"k": "1"}
    small.fail("/configmaps/one", 409, times=99)
    error = error_of(lambda: api.apply(BODY))
    assert error.cause == "conflict"
    assert error.message == (
        f"{small.url} did not recover in 0.5 s: 409 another writer was first: the front was told to fail with 409"
    )
    assert error.owners == ()


def test_hang_ends_with_the_patience(small: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralnav.cluster.transport.LEAST_SECONDS", 0.2)
    small.fail("/configmaps", "hang", times=9)
    error = error_of(lambda: reached(small, patience=0.0).list(MAP))
    assert error.message == f"{small.url} cannot be reached: no answer in 0 s"
    assert error.cause == "unreachable"


def test_expired_token_is_read_anew(small: Front) -> None:
    api = reached(small)
    small.expire()
    small.write_kubeconfig()
    assert api.list(MAP) == []
    assert [item.user for item in small.seen] == ["", "tester"]


def test_expired_token_that_nobody_renewed(small: Front) -> None:
    api = reached(small)
    small.expire()
    assert told(error_of(lambda: api.list(MAP)), small) == (
        "unauthorized", "configmaps",
        ("user 'tester' is unknown to SERVER: the credentials of context 'front' have expired or are not for this "
         "cluster"),
        "give user 'tester' in FOLDER/kubeconfig a fresh token",
    )  # fmt: skip


def test_forbidden_names_who_what_and_where(small: Front) -> None:
    small.forbid()
    api = reached(small)
    hint = "ask for a role that may (context 'front'); examples/rbac of NeuralNav has the roles that its verbs need"
    assert told(error_of(lambda: api.list(POD, SPACE)), small) == (
        "forbidden", "pods in llm-prod", "tester may not list pods in namespace llm-prod", hint,
    )  # fmt: skip
    assert told(error_of(lambda: api.list(KINDS["Node"])), small) == (
        "forbidden", "nodes", "tester may not list nodes in the whole cluster", hint,
    )  # fmt: skip
    assert told(error_of(lambda: api.apply(BODY)), small)[2] == "tester may not patch configmaps in namespace llm-prod"
    assert told(error_of(lambda: api.get(Ref(ISVC, SPACE, "chat"))), small)[2] == (
        "tester may not get inferenceservices.serving.kserve.io in namespace llm-prod"
    )


def test_absent_kind_and_absent_namespace(small: Front) -> None:
    api = reached(small)
    assert told(error_of(lambda: api.list(ISVC, SPACE)), small) == (
        "no-kind", "inferenceservices in llm-prod",
        "the cluster does not know InferenceService of serving.kserve.io/v1beta1",
        "install KServe (https://kserve.github.io/website; examples/kind shows how)",
    )  # fmt: skip
    error = error_of(lambda: api.list(KINDS["PodMonitor"], SPACE))
    assert error.hint == "install the Prometheus operator, or compile with `deploy: {monitoring: none}`"
    elsewhere = {**BODY, "metadata": {"name": "one", "namespace": "nowhere"}}
    assert told(error_of(lambda: api.apply(elsewhere)), small) == (
        "no-namespace", "ConfigMap nowhere/one", "there is no namespace nowhere", "kubectl create namespace nowhere",
    )  # fmt: skip


STRANGERS: Mapping[str, tuple[int, bytes, dict[str, str], str]] = {
    "page": (200, b"<html><title>Log in</title>", {"Content-Type": "text/html; charset=utf-8"},
             "SERVER answers HTTP 200 with text/html, not as an API server does: Log in"),
    "moved": (302, b"", {"Location": "https://login.example/"},
              "SERVER points to https://login.example/: that is a login page or a proxy, no API server"),
    "list": (200, b"[]", {}, "SERVER answers HTTP 200 with application/json, not as an API server does: []"),
    "healthy": (200, b'{"status": "ok"}', {},
                'SERVER answers HTTP 200 with application/json, not as an API server does: {"status": "ok"}'),
    "deep": (200, b"[" * 100_000, {},
             f"SERVER answers HTTP 200 with application/json, not as an API server does: {'[' * 119}…"),
    "refused": (407, b"<p>Who are you?</p>", {"Content-Type": "text/html"},
                "SERVER answers HTTP 407 with text/html, not as an API server does: Who are you?"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGERS)
def test_answer_that_is_no_api_servers(small: Front, name: str) -> None:
    status, body, headers, message = STRANGERS[name]
    small.fail("/configmaps", status, headers=headers, body=body)
    assert told(error_of(lambda: reached(small).list(MAP)), small) == (
        "other", "configmaps", message, "mend the address of context 'front', or its proxy",
    )  # fmt: skip


def test_huge_answer_is_refused(small: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralnav.cluster.transport.MAX_REPLY_BYTES", 1 << 20)
    small.fail("/configmaps", 200, body=b" " * (2 << 20))
    error = error_of(lambda: reached(small).list(MAP))
    assert error.message == "the answer is larger than 1 MiB"
    assert reached(small).list(MAP) == []


def test_pages_that_expire_are_listed_anew(small: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("neuralnav.cluster.client.PAGE", 2)
    for name in "edcba":
        small.put({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": SPACE}})
    small.fail("continue=4", 410)
    found = reached(small).list(POD, SPACE)
    assert [(item["kind"], item["apiVersion"], item["metadata"]["name"]) for item in found] == [
        ("Pod", "v1", name) for name in "abcde"
    ]
    assert len(small.seen) == 6
    small.fail("continue=4", 410, times=99)
    assert error_of(lambda: reached(small).list(POD, SPACE)).cause == "gone"


def test_selectors_reach_the_server(small: Front) -> None:
    for name, phase in (("a", "Running"), ("b", "Pending")):
        metadata = {"name": name, "namespace": SPACE, "labels": {"app": name}}
        small.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"phase": phase}})
    api = reached(small)
    assert [item["metadata"]["name"] for item in api.list(POD, SPACE, labels="app in (a, c)")] == ["a"]
    assert [item["metadata"]["name"] for item in api.list(POD, SPACE, fields="status.phase!=Running")] == ["b"]
    assert api.list(POD, "elsewhere") == []


def changes(api: Api, steps: Mapping[str, Callable[[], object]], count: int) -> list[tuple[str, bool]]:
    """Watch config maps; after each that is yielded, do the step that is named so."""
    seen = []
    for item in api.watch(MAP, SPACE, seconds=20):
        seen.append((str(item.get("data", {}).get("k")), "deletionTimestamp" in item["metadata"]))
        if len(seen) == count:
            break
        steps.get(seen[-1][0], lambda: None)()
    return seen


@pytest.mark.parametrize("fault", ["reset", "cut", 410, 429, 503])
def test_watch_goes_on_after_a_fault(small: Front, fault: Any) -> None:
    api = reached(small)
    made = api.apply(BODY)

    def broken() -> None:
        small.fail("watch=true", fault)
        small.drop()
        api.apply({**BODY, "data": {"k": "2"}})

    steps = {"1": broken, "2": lambda: api.delete(ONE, uid=made["metadata"]["uid"])}
    assert changes(api, steps, 3) == [("1", False), ("2", False), ("2", True)]


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]\n", b'{"type": "ADDED", "object": {"metadata": 1}}\n', b'{"type": "MO']
)
def test_watch_goes_on_after_what_is_no_event(small: Front, body: bytes) -> None:
    api = reached(small)
    api.apply(BODY)

    def broken() -> None:
        small.fail("watch=true", 200, body=body)
        small.drop()
        api.apply({**BODY, "data": {"k": "2"}})

    assert changes(api, {"1": broken}, 2) == [("1", False), ("2", False)]


def test_escapes_of_a_server_do_not_reach_the_terminal(small: Front) -> None:
    said: list[str] = []
    status = {"kind": "Status", "status": "Failure", "message": "\x1b[2Jbusy \u202e\ud800", "code": 429}
    small.fail("/configmaps", 429, body=json.dumps(status).encode())
    assert reached(small, said=said).list(MAP) == []
    assert said == ["waiting for the API server (429 too many requests: \\x1b[2Jbusy \\x202e\\xd800)"]


def test_watch_survives_a_restart_in_which_an_object_went(small: Front) -> None:
    api = reached(small)
    api.apply(BODY)

    def away() -> None:
        small.kill()
        small.remove("ConfigMap", SPACE, "one")
        small.store.forget()
        small.start()

    assert changes(api, {"1": away}, 2) == [("1", False), ("1", True)]


def test_watch_takes_fresh_credentials(small: Front) -> None:
    api = reached(small)
    api.apply(BODY)

    def renewed() -> None:
        small.expire()
        small.write_kubeconfig()
        small.drop()
        small.store.apply("configmaps", {**BODY, "data": {"k": "2"}}, manager="neuralnav", force=True, dry_run=False)

    assert changes(api, {"1": renewed}, 2) == [("1", False), ("2", False)]


def test_watch_that_stays_broken_is_told_of(small: Front) -> None:
    api = reached(small, patience=0.3)
    api.apply(BODY)
    watched = iter(api.watch(MAP, SPACE, seconds=20))
    next(watched)
    small.kill()
    error = error_of(lambda: next(watched))
    assert error.message == f"{small.url} cannot be reached in 0.3 s: connection refused"


def test_watch_ends_at_its_time(small: Front) -> None:
    assert list(reached(small).watch(MAP, SPACE, seconds=0.3)) == []


def test_many_threads_share_connections_and_words(small: Front) -> None:
    said: list[str] = []
    api = reached(small, said=said)
    small.fail("/configmaps", 503, times=8)
    threads = [threading.Thread(target=api.list, args=(MAP,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["waiting for the API server (503: the front was told to fail with 503)"]
    assert [item.verb for item in small.seen] == ["list"] * 16


def plugin(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "log-in"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "./log-in", "args": ["--for", "me"],
                     "env": [{"name": "WHO", "value": "me"}], "interactiveMode": "Never"}}  # fmt: skip


def credential(token: str = "") -> str:
    status = {"token": token} if token else {}
    return json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status})


def test_login_command_is_asked_and_asked_anew(small: Front) -> None:
    (small.folder / "token").write_text(small.token)
    script = f"""test "$WHO $*" = "me --for me" && echo x >>{small.folder}/runs &&
        echo '{credential("TOKEN")}' | sed "s/TOKEN/$(cat {small.folder}/token)/" """
    small.write_kubeconfig(**plugin(small.folder, script))
    api = reached(small)
    assert api.list(MAP) == []
    small.expire()
    (small.folder / "token").write_text(small.token)
    assert api.list(MAP) == []
    assert (small.folder / "runs").read_text() == "x\nx\n"


COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "fails": ("echo 'session  expired' >&2; exit 3",
              "the login command `FOLDER/log-in --for me` failed (exit 3): session expired",
              "log in anew as your provider says; the login command is `FOLDER/log-in --for me`"),
    "chats": ("echo hello", "the login command `FOLDER/log-in --for me` answers with no ExecCredential",
              "run it by hand"),
    "gives nothing": (f"echo '{credential()}'",
                      "the login command `FOLDER/log-in --for me` gives neither a token nor a certificate",
                      "run it by hand"),
    "speaks another version": (f"echo '{credential('x')}' | sed s/v1/v1beta1/",
                               ("the login command `FOLDER/log-in --for me` answers in "
                                "client.authentication.k8s.io/v1beta1, asked for client.authentication.k8s.io/v1"),
                               "set `apiVersion` under `exec` in the kubeconfig to what it speaks"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_login_command_that(small: Front, name: str) -> None:
    script, message, hint = COMMANDS[name]
    small.write_kubeconfig(**plugin(small.folder, script))
    error = error_of(lambda: reached(small))
    assert told(error, small) == ("unauthorized", "FOLDER/kubeconfig", message, hint)


def test_login_command_that_is_not_installed(small: Front) -> None:
    user: dict[str, Any] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-login"}}
    small.write_kubeconfig(None, **user)
    message = "the login command 'no-such-login' of user 'tester' is not installed"
    assert told(error_of(lambda: reached(small)), small)[2:] == (message, "install it, or choose another context")
    user["exec"]["installHint"] = "get it from\n  your provider"
    small.write_kubeconfig(None, **user)
    assert told(error_of(lambda: reached(small)), small)[2:] == (message, "get it from your provider")


def test_token_file(small: Front) -> None:
    small.write_kubeconfig(tokenFile="token-file")
    error = error_of(lambda: reached(small))
    assert told(error, small) == (
        "unauthorized", "FOLDER/kubeconfig",
        "the token file FOLDER/token-file cannot be read: No such file or directory",
        "give user 'tester' in FOLDER/kubeconfig a fresh token",
    )  # fmt: skip
    (small.folder / "token-file").write_text(f"{small.token}\n")
    assert reached(small).list(MAP) == []


@pytest.mark.parametrize("token", ["a\nb", "€"])
def test_token_that_cannot_be_sent_is_not_told(small: Front, token: str) -> None:
    small.write_kubeconfig(None, token=token)
    error = error_of(lambda: reached(small).list(MAP))
    assert told(error, small) == (
        "unauthorized", "configmaps", "the credentials of context 'front' hold characters that cannot be sent",
        "give user 'tester' in FOLDER/kubeconfig a fresh token",
    )  # fmt: skip
    assert error.__suppress_context__


def test_proxy_and_no_proxy(small: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{taken.getsockname()[1]}")
        error = error_of(lambda: reached(small, patience=0.2).list(MAP))
        assert error.message.endswith("connection refused")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert reached(small).list(MAP) == []


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a certificate for another name, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=api.example",
         "-addext", "subjectAltName=DNS:api.example",
         "-keyout", folder / "serving.key", "-out", folder / "serving.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def test_tls(certificates: Path, tmp_path: Path) -> None:
    with fronted(tmp_path, tls=certificates) as front:

        def asked(**cluster: object) -> list[dict[str, Any]]:
            config = yaml.safe_load(front.kubeconfig.read_text())
            config["clusters"][0]["cluster"] = {"server": front.url, **cluster}
            path = tmp_path / "tls"
            path.write_text(yaml.safe_dump(config))
            return connect(kubeconfig=str(path), patience_seconds=0.2).list(MAP)

        authority = str(certificates / "serving.crt")
        assert asked(**{"insecure-skip-tls-verify": True}) == []
        assert asked(**{"certificate-authority": authority, "tls-server-name": "api.example"}) == []
        assert told(error_of(asked), front) == (
            "unreachable", "configmaps",
            "SERVER shows a certificate that is not signed by the CA of the kubeconfig",
            "get the kubeconfig anew, or set certificate-authority for the cluster of context 'front'",
        )  # fmt: skip
        assert told(error_of(lambda: asked(**{"certificate-authority": authority})), front)[2:] == (
            "SERVER shows a certificate for another address",
            "use the name that it is for, or set tls-server-name for the cluster of context 'front'",
        )
        assert told(error_of(lambda: asked(server=front.url.replace("https", "http"))), front)[0] == "unreachable"


def test_tls_asked_of_a_server_that_speaks_none(small: Front) -> None:
    text = small.kubeconfig.read_text().replace("http:", "https:")
    small.kubeconfig.write_text(text)
    address = small.url.replace("http", "https")
    error = error_of(lambda: reached(small).list(MAP))
    assert (error.message, error.hint) == (f"{address} speaks no TLS", "is it http://, or is a proxy in between?")


def test_name_that_the_dns_does_not_know(small: Front) -> None:
    text = small.kubeconfig.read_text().replace("127.0.0.1", "no-such-host.invalid")
    small.kubeconfig.write_text(text)
    error = error_of(lambda: reached(small, patience=0.2).list(MAP))
    assert error.cause == "unreachable"
    assert error.diagnostics == (Diagnostic(Where("configmaps"), error.message, error.hint),)
