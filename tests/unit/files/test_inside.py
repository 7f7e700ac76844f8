"""What a pull request may have quoted: a text's problems are told with its words, so it must be the repository's."""

import os
from pathlib import Path

import pytest

from neuralnav.cli.work import Options, work
from neuralnav.errors import InputError
from neuralnav.files.catalogs import read_project
from neuralnav.files.data import Tables
from neuralnav.files.datasets import dataset_files
from neuralnav.files.places import find_workloads, read_optional, read_source

HIDDEN = "root: hunter2\n"
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n  {}\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "repository"
    (found / ".git").mkdir(parents=True)
    (found / ".git" / "config").write_text(HIDDEN)
    (tmp_path / "secret.yaml").write_text(HIDDEN)
    monkeypatch.chdir(found)
    return found


def problems(raised: pytest.ExceptionInfo[InputError]) -> list[tuple[str, int, str, str]]:
    return [(d.where.file, d.where.line, d.message, d.hint) for d in raised.value.diagnostics]


@pytest.mark.parametrize("target", ["../secret.yaml", ".git/config", "/etc/hostname", "/proc/self/environ"])
@pytest.mark.parametrize("name", ["workload.yaml", "neuralnav.yaml", "plan.lock"])
def test_a_link_out_of_the_repository_is_not_read(root: Path, name: str, target: str) -> None:
    if not os.path.exists(root / target):  # noqa: PTH110  # absolute targets too
        pytest.skip(f"{target} is not here")
    (root / name).symlink_to(target)
    with pytest.raises(InputError) as raised:
        read_source(root / name)
    assert problems(raised) == [(name, 0, "this links to a place outside the repository", "put a copy in its place")]


def test_a_folder_that_links_out_is_not_entered_by_name(root: Path) -> None:
    (root.parent / "other").mkdir()
    (root.parent / "other" / "workload.yaml").write_text(HIDDEN)
    (root / "sub").symlink_to("../other")
    (place,) = find_workloads(("sub/workload.yaml",))
    (only,) = work((place, Options())).problems
    assert (only.where.file, only.message) == ("sub/workload.yaml", "this links to a place outside the repository")


def test_links_within_a_repository_and_outside_of_any_are_followed(root: Path, tmp_path: Path) -> None:
    (root / "a.yaml").write_text("a: 1\n")
    (root / "b.yaml").symlink_to("a.yaml")
    assert read_source(root / "b.yaml").text == "a: 1\n"
    (tmp_path / "again").symlink_to(root)  # the repository itself may be reached by a link
    assert read_source(tmp_path / "again" / "b.yaml").text == "a: 1\n"
    (tmp_path / "loose.yaml").symlink_to("repository/a.yaml")
    assert read_source(tmp_path / "loose.yaml").text == "a: 1\n"


@pytest.mark.parametrize(
    ("said", "line", "message", "hint"),
    [
        ("catalogs: [/etc]", 4, '"/etc" lies outside the repository', "paths count from the folder of neuralnav.yaml"),
        ("catalogs: [ok, ../secret.yaml]", 4, '"../secret.yaml" lies outside the repository',
         "paths count from the folder of neuralnav.yaml"),
        ("catalogs: [out.yaml]", 4, '"out.yaml" links to a place outside the repository', "put a copy in its place"),
        ("catalogs: [.git/config]", 4, '".git/config" links to a place outside the repository',
         "put a copy in its place"),
        ("templates: ok/../../..", 4, '"ok/../../.." lies outside the repository',
         "paths count from the folder of neuralnav.yaml"),
    ],
)  # fmt: skip
def test_catalogs_and_templates_are_the_repositorys_own(
    root: Path, said: str, line: int, message: str, hint: str
) -> None:
    (root / "out.yaml").symlink_to("../secret.yaml")
    (root / "neuralnav.yaml").write_text(PROJECT.format(said))
    with pytest.raises(InputError) as raised:
        read_project(root)
    assert problems(raised) == [("neuralnav.yaml", line, message, hint)]


def test_what_has_no_end_is_not_read(root: Path) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    for name in ("deployment.yaml", "rows.parquet", "workload.yaml"):
        (root / name).symlink_to("/dev/zero")
    for read in (read_optional, read_source):
        with pytest.raises(InputError, match="this is not a file"):
            read(root / "workload.yaml")
    with pytest.raises(InputError, match="this is not a file"):
        dataset_files(str(root))
    with pytest.raises(InputError, match="this is not a file"):
        Tables((str(root),)).own_key()


def test_an_object_store_without_a_table_is_said(root: Path) -> None:
    with pytest.raises(InputError) as raised:
        dataset_files(root.as_uri())
    assert problems(raised) == [(root.as_uri(), 0, "no Parquet file is here", "check the bucket and the path")]
