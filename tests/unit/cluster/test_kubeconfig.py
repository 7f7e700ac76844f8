"""A kubeconfig is read as kubectl reads it, and what is wrong with it is told with its place."""

import os
from pathlib import Path

import pytest
import yaml

from neuralnav.cluster.api import ClusterError
from neuralnav.cluster.kubeconfig import Access, read_access


def config(*names: str, current: str = "", server: str = "https://api.example") -> str:
    found = {
        "current-context": current,
        "clusters": [{"name": f"c-{name}", "cluster": {"server": f"{server}/{name}/"}} for name in names],
        "users": [{"name": f"u-{name}", "user": {"token": f"t-{name}"}} for name in names],
        "contexts": [
            {"name": name, "context": {"cluster": f"c-{name}", "user": f"u-{name}", "namespace": f"n-{name}"}}
            for name in names
        ],
    }
    return yaml.safe_dump(found)


def written(folder: Path, text: str, name: str = "config") -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def error_of(folder: Path, kubeconfig: str = "", context: str = "", **environment: str) -> tuple[str, str, str]:
    """What is said, with the folder left out."""
    environment.setdefault("HOME", str(folder / "home"))
    with pytest.raises(ClusterError) as raised:
        read_access(kubeconfig=kubeconfig, context=context, environment=environment, pod=folder / "pod")
    error = raised.value
    where, message, hint = (text.replace(str(folder), "DIR") for text in (error.where, error.message, error.hint))
    return where, message, hint


MEND = "mend it, or name another with --kubeconfig"


def test_the_current_context_is_meant(tmp_path: Path) -> None:
    path = written(tmp_path, config("a", "b", current="b"))
    expected = Access("b", path, "u-b", {"server": "https://api.example/b/"}, {"token": "t-b"}, "n-b")
    assert read_access(kubeconfig=path, environment={}) == expected
    assert expected.server == "https://api.example/b"
    assert read_access(kubeconfig=path, context="a", environment={}).user_name == "u-a"


def test_the_file_of_the_home_is_the_last_resort(tmp_path: Path) -> None:
    path = written(tmp_path, config("home", current="home"), ".kube/config")
    assert read_access(environment={"HOME": str(tmp_path)}).file == path
    other = written(tmp_path, config("other", current="other"))
    assert read_access(environment={"HOME": str(tmp_path), "KUBECONFIG": other}).file == other
    assert read_access(kubeconfig=path, environment={"KUBECONFIG": other}).file == path


def test_of_several_files_the_first_that_says_something_counts(tmp_path: Path) -> None:
    first = written(tmp_path, config("a", server="https://first"), "first")
    second = written(tmp_path, config("a", "b", current="b", server="https://second"), "second")
    listed = os.pathsep.join(["", str(tmp_path / "absent"), first, second])
    environment = {"KUBECONFIG": listed}
    assert read_access(environment=environment).server == "https://second/b"
    assert read_access(context="a", environment=environment).server == "https://first/a"


def test_paths_are_beside_the_file_that_says_them(tmp_path: Path) -> None:
    found = yaml.safe_load(config("a", current="a"))
    found["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"
    found["users"][0]["user"] = {"client-certificate": "/abs/me.crt", "exec": {"command": "bin/log-in"}}
    access = read_access(kubeconfig=written(tmp_path, yaml.safe_dump(found)), environment={})
    assert access.cluster["certificate-authority"] == str(tmp_path / "ca.crt")
    assert access.user == {"client-certificate": "/abs/me.crt", "exec": {"command": str(tmp_path / "bin/log-in")}}


def test_a_pod_knows_its_own_cluster(tmp_path: Path) -> None:
    pod = tmp_path / "pod"
    for name, text in (("token", "t\n"), ("namespace", "llm\n"), ("ca.crt", "")):
        written(pod, text, name)
    environment = {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}
    cluster = {"server": "https://[fd00::1]:6443", "certificate-authority": str(pod / "ca.crt")}
    expected = Access("in-cluster", "", "", cluster, {"tokenFile": str(pod / "token")}, "llm")
    assert read_access(environment=environment, pod=pod) == expected
    assert error_of(tmp_path, context="prod", **environment) == (
        "kubeconfig", "there is no context 'prod': without a kubeconfig, a pod knows its own cluster only",
        "leave --context out",
    )  # fmt: skip


LET_WRITE = (
    "name one with --kubeconfig FILE, or let your provider write one "
    "(`aws eks update-kubeconfig`, `gcloud container clusters get-credentials`, `kind export kubeconfig`)"
)


def test_none_is_told_with_the_places_that_were_looked_in(tmp_path: Path) -> None:
    assert error_of(tmp_path) == (
        "kubeconfig",
        ("no cluster is known: there is no kubeconfig at DIR/home/.kube/config ($KUBECONFIG is not set), "
         "and this is no pod of a cluster"), LET_WRITE,
    )  # fmt: skip
    listed = os.pathsep.join([str(tmp_path / "x"), str(tmp_path / "y")])
    assert error_of(tmp_path, KUBECONFIG=listed)[1] == (
        "no cluster is known: there is no kubeconfig at DIR/x, DIR/y ($KUBECONFIG), and this is no pod of a cluster"
    )
    assert error_of(tmp_path, str(tmp_path / "z")) == (
        "DIR/z", "there is no kubeconfig here", "name another file with --kubeconfig",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("a: [", "DIR/config:2:1", "the kubeconfig is no YAML: did not find expected node content"),
        ("a: b: c", "DIR/config:1:5", "the kubeconfig is no YAML: mapping values are not allowed in this context"),
        ("- a", "DIR/config", "this is no kubeconfig: it holds no mapping at its top"),
        ("clusters: 3", "DIR/config", "this is no kubeconfig: clusters: Input should be a valid tuple"),
        ("contexts: [{name: a, context: {user: b}}]", "DIR/config",
         "this is no kubeconfig: contexts.0.context.cluster: Field required"),
        ("a: !!python/object:x.y {}", "DIR/config:1:4",
         ("the kubeconfig is no YAML: could not determine a constructor for the tag "
          "'tag:yaml.org,2002:python/object:x.y'")),
    ],
    ids=["unclosed", "two-colons", "a-list", "no-list", "no-cluster", "python"],
)  # fmt: skip
def test_what_is_broken_is_told_with_its_place(tmp_path: Path, text: str, where: str, message: str) -> None:
    found = error_of(tmp_path, written(tmp_path, text))
    assert found[0].startswith(where)
    assert found[1].startswith(message)
    assert found[2] == MEND


def test_what_is_nested_too_deeply(tmp_path: Path) -> None:
    assert error_of(tmp_path, written(tmp_path, "a: " + "[" * 1_000_000)) == (
        "DIR/config:1:43", "this is no kubeconfig: it is nested more than 40 deep", "mend it",
    )  # fmt: skip


def test_no_text_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x01\x80")
    assert error_of(tmp_path, str(tmp_path / "binary"))[1].startswith("the kubeconfig is no YAML: ")
    written(tmp_path, " " * (8 * 1024 * 1024 + 1))
    assert error_of(tmp_path, str(tmp_path / "config"))[1] == "a kubeconfig is no larger than 8,388,608 bytes"


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, config("prod-eu", "prod-us", current="gone"))
    assert error_of(tmp_path, path, "prod-eu1") == (
        "DIR/config", "there is no context 'prod-eu1'", "did you mean 'prod-eu'? it holds prod-eu, prod-us",
    )  # fmt: skip
    assert error_of(tmp_path, path) == (
        "DIR/config", "the current context 'gone' is not in it", "it holds prod-eu, prod-us",
    )  # fmt: skip
    path = written(tmp_path, config(*(f"c{number:02}" for number in range(15))))
    shown = ", ".join(f"c{number:02}" for number in range(12))
    assert error_of(tmp_path, path) == (
        "DIR/config", "the kubeconfig has no current context", f"choose one with --context: {shown} and 3 more",
    )  # fmt: skip
    assert error_of(tmp_path, written(tmp_path, ""))[1:] == (
        "the kubeconfig holds no context", "name another file with --kubeconfig",
    )  # fmt: skip


def test_a_context_that_leads_nowhere(tmp_path: Path) -> None:
    found = yaml.safe_load(config("a", current="a"))
    users, clusters = found["users"], found["clusters"]
    found["users"] = None
    assert error_of(tmp_path, written(tmp_path, yaml.safe_dump(found)))[1:] == (
        "context 'a' is of user 'u-a', which is not in the kubeconfig",
        "mend it with `kubectl config set-credentials`, or choose another with --context",
    )
    found["users"], found["clusters"] = users, []
    assert error_of(tmp_path, written(tmp_path, yaml.safe_dump(found)))[1:] == (
        "context 'a' is of cluster 'c-a', which is not in the kubeconfig",
        "mend it with `kubectl config set-cluster`, or choose another with --context",
    )
    found["clusters"] = clusters
    clusters[0]["cluster"] = {"server": "api.example:6443"}
    assert error_of(tmp_path, written(tmp_path, yaml.safe_dump(found)))[1:] == (
        "cluster 'c-a' has no address: server is 'api.example:6443'",
        "`kubectl config set-cluster c-a --server=https://...`",
    )
