"""A repository's own templates: what is read, and what is refused where it lies."""

from pathlib import Path

import pytest

from neuralnav.errors import InputError
from neuralnav.files.templates import MOST_FILES, own_templates
from neuralnav.report import diagnostics_text


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('_', '-')}.yaml.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        own_templates(folder)
    return diagnostics_text(caught.value.diagnostics)


def test_templates_are_named_by_their_target_and_file(tmp_path: Path) -> None:
    found = own_templates(write(tmp_path, common__extra="a", LLMInferenceService__x_y="b"))
    assert found == {"LLMInferenceService/x-y.yaml.j2": "b", "common/extra.yaml.j2": "a"}


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (write(tmp_path, common__extra="a") / "README.md").write_text("how to")
    assert list(own_templates(tmp_path)) == ["common/extra.yaml.j2"]


@pytest.mark.parametrize(
    "name", ["Comon/x.yaml.j2", "x.yaml.j2", "common/X.yaml.j2", "common/x.j2", "common/a/x.yaml.j2"]
)
def test_a_name_that_no_target_has_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("a")
    assert f'"{name}" is not the name of a template' in refusal(tmp_path)


def test_every_problem_is_told(tmp_path: Path) -> None:
    write(tmp_path, common__a="x", nowhere__b="x")
    (tmp_path / "common" / "a.yaml.j2").write_bytes(b"\xff\xfe")
    assert refusal(tmp_path).count("\n") >= 1
    assert "UTF-8" in refusal(tmp_path)
    assert "nowhere/b.yaml.j2" in refusal(tmp_path)


@pytest.mark.parametrize("link", ["file", "folder"])
def test_a_link_that_leads_out_is_not_followed(link: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml.j2").write_text("secret")
    inside = tmp_path / "inside"
    write(inside, common__y="a")
    if link == "file":
        (inside / "common" / "x.yaml.j2").symlink_to(outside / "x.yaml.j2")
        assert "this link leads out of the folder of templates" in refusal(inside)
    else:
        (inside / "InferenceService").symlink_to(outside)
        assert list(own_templates(inside)) == ["common/y.yaml.j2"]


def test_a_folder_that_is_missing_or_empty_or_crowded_is_refused(tmp_path: Path) -> None:
    assert "this is not a folder of templates" in refusal(tmp_path / "none")
    assert "0 templates are here" in refusal(tmp_path)
    write(tmp_path, **{f"common__x{index}": "a" for index in range(MOST_FILES + 1)})
    assert f"{MOST_FILES + 1} templates are here" in refusal(tmp_path)
