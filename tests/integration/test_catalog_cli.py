"""`neuralnav catalog`: lists, lint over what ships and what a repository adds, and add from a config.json."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import ROOT, Installed, snapshot

from neuralnav.cli import cli
from neuralnav.cli.output import echo_error
from neuralnav.errors import NeuralnavError
from neuralnav.files.catalogs import data_folder
from neuralnav.lint.findings import CODES

LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip
PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n  catalogs: [catalogs]\n"
STATED = ("--repo", "acme/Acme-8B", "--license", "apache-2.0")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(LLAMA, indent=2))
    (tmp_path / ".git").mkdir()
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["catalog", *arguments], prog_name="neuralnav", standalone_mode=False)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exception is None, result.output
    assert result.return_value in (None, 0), result.output
    return result.output


def add(*arguments: str) -> Result:
    return run("add", "--from-config", "config.json", *arguments)


def refusal(result: Result, capsys: pytest.CaptureFixture[str]) -> str:
    """The text of an expected failure, as the command prints it."""
    assert isinstance(result.exception, NeuralnavError), result.output
    assert result.exception.exit_code == 2
    echo_error(result.exception)
    return capsys.readouterr().err


@pytest.mark.usefixtures("repository")
class TestLists:
    @pytest.mark.parametrize("what", ["models", "accelerators", "use-cases", "profiles"])
    def test_each_list_and_one_entry_of_it_are_printed(self, what: str) -> None:
        rows = json.loads(done(what, "--format", "json"))
        first = rows[0]["id"]
        assert first in done(what)
        assert f"| {first} |" in done(what, "--format", "markdown")
        assert json.loads(done(what, first)) == rows[0]

    def test_without_a_word_the_models_are_listed(self) -> None:
        assert done() == done("models")
        assert done("--format", "json") == done("models", "--format", "json") == done("--format", "json", "models")

    def test_an_unknown_word_or_entry_is_answered_with_the_nearest(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "No such command 'modles'. Did you mean models?" in str(run("modles").exception.__dict__)
        assert 'unknown entry "h10O"' in refusal(run("accelerators", "h10O"), capsys)

    def test_the_price_column_is_the_newest_on_demand_price_of_each_provider(self, repository: Path) -> None:
        entry = {"accelerator": "h100", "provider": "acme", "source": "own", "verified": True}
        prices = [
            {**entry, "kind": "on-demand", "usdPerHour": 1.11, "recorded": "2026-01-01", "validUntil": "2027-01-01"},
            {**entry, "kind": "on-demand", "usdPerHour": 2.22, "recorded": "2026-02-01", "validUntil": "2027-01-01"},
            {**entry, "kind": "spot", "usdPerHour": 0.33, "recorded": "2026-03-01", "validUntil": "2027-01-01"},
        ]
        write_overlay(repository / "catalogs" / "p.yaml", "PriceCatalog", prices=prices)
        (row,) = [line for line in done("accelerators").splitlines() if line.startswith("h100 ")]
        assert "acme $2.22" in row
        assert "1.11" not in row
        assert "0.33" not in row


def write_overlay(path: Path, kind: str, **spec: object) -> None:
    path.parent.mkdir(exist_ok=True)
    body = {
        "apiVersion": "neuralnav.dev/v1alpha1", "kind": kind, "metadata": {"name": "own"},
        "spec": {"sources": {"own": {"title": "our own"}}, **spec},
    }  # fmt: skip
    path.write_text(json.dumps(body, indent=1))
    (path.parent.parent / "neuralnav.yaml").write_text(PROJECT)


@pytest.mark.usefixtures("repository")
class TestLint:
    def test_what_ships_has_no_errors(self) -> None:
        report = json.loads(done("lint", "--format", "json"))
        assert [f for f in report["findings"] if f["severity"] == "error"] == []
        assert report["models"] >= 15
        assert {f["code"] for f in report["findings"]} <= set(CODES)

    def test_json_agrees_with_its_schema(self) -> None:
        schema = json.loads((ROOT / "schemas" / "lint-report.v1alpha1.json").read_text())
        jsonschema.validate(json.loads(done("lint", "--format", "json")), schema)

    def test_every_figure_that_ships_unverified_is_counted(self) -> None:
        report = json.loads(done("lint", "--format", "json"))
        marks = [
            m
            for path in data_folder("catalogs").rglob("*.yaml")
            for m in _marks(yaml.load(path.read_text(), Loader=yaml.CSafeLoader))
        ]
        assert (report["figures"], report["unverified"]) == (len(marks), marks.count(False))

    def test_text_fits_a_screen_and_says_how_to_see_more(self) -> None:
        short, long = done("lint"), done("lint", "--verbose")
        assert len(short.splitlines()) <= 60
        assert "--verbose lists them" in short
        assert len(long.splitlines()) > len(short.splitlines())
        assert long.count("\ninfo ") >= 1

    def test_a_day_long_after_expires_every_price_and_strict_tells_by_the_code(self) -> None:
        report = json.loads(done("lint", "--format", "json", "--as-of", "2036-01-01"))
        expired = [f for f in report["findings"] if f["code"] == "price-expired"]
        priced = [p for a in json.loads(done("accelerators", "--format", "json")) for p in a.get("prices", ())]
        assert len(expired) == len(priced)
        assert run("lint", "--as-of", "2036-01-01", "--strict").return_value == 2

    def test_a_bad_day_is_refused(self) -> None:
        assert "does not match the format" in str(run("lint", "--as-of", "soon").exception)

    def test_a_fault_of_an_overlay_exits_2_and_names_the_place(self, repository: Path) -> None:
        done("add", "--from-config", "config.json", *STATED)
        path = repository / "catalogs" / "acme-8b.yaml"
        path.write_text(path.read_text().replace("value: 8.03", "value: 80.3"))
        (repository / "neuralnav.yaml").write_text(PROJECT)
        result = run("lint")
        line = 1 + path.read_text().splitlines().index("      parametersB:")
        assert result.return_value == 2
        assert "error parameters-differ (1)" in result.output
        assert f"catalogs/acme-8b.yaml:{line + 1}  models/acme-8b.parametersB: 8.03 B computed" in result.output

    def test_a_broken_overlay_is_refused_before_it_is_judged(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_overlay(repository / "catalogs" / "bad.yaml", "ModelCatalog", models=[{"id": "x"}])
        assert "catalogs/bad.yaml:" in refusal(run("lint"), capsys)


def _marks(value: object) -> list[bool]:
    """Every verified mark of a catalog file."""
    if isinstance(value, dict):
        own = [bool(value["verified"])] if "verified" in value else []
        return [*own, *(mark for child in value.values() for mark in _marks(child))]
    return [mark for child in value for mark in _marks(child)] if isinstance(value, list) else []


@pytest.mark.usefixtures("repository")
class TestAdd:
    def test_the_overlay_is_written_wired_and_planned_with(self, repository: Path, neuralnav: Installed) -> None:
        text = neuralnav.done("catalog", "add", "--from-config", "config.json", *STATED, folder=repository)
        assert text.startswith("wrote catalogs/acme-8b.yaml: acme-8b, Acme 8B\n")
        assert "131,072 bytes a token" in text
        assert "8.03 B computed" in text
        wiring = text[text.index("  apiVersion:") :]
        (repository / "neuralnav.yaml").write_text("\n".join(line[2:] for line in wiring.splitlines()) + "\n")
        entry = json.loads(neuralnav.done("catalog", "models", "acme-8b", folder=repository))
        assert entry["architecture"]["layers"] == 32
        assert entry["architecture"]["verified"] is True
        (repository / "workload.yaml").write_text(
            "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: chat}\nspec:\n"
            "  useCase: chatbot_conversational\n  traffic: {users: 1000}\n"
            "  constraints: {models: {allow: [acme-8b]}, accelerators: {allow: [h100]}}\n"
        )
        shown = neuralnav.run("show", "--format", "json", folder=repository)
        assert "acme-8b/bf16/h100/tp1" in shown.stdout, shown.stderr

    def test_the_first_line_names_the_schema_from_where_the_file_is(self, repository: Path) -> None:
        for out, schema in (("a.yaml", "schemas/"), ("x/y/a.yaml", "../../schemas/")):
            assert add(*STATED, "--out", out, "--force").exception is None
            first = (repository / out).read_text().splitlines()[0]
            assert first == f"# yaml-language-server: $schema={schema}model-catalog.v1alpha1.json"

    def test_a_file_is_not_overwritten_unless_forced(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = repository / "catalogs" / "acme-8b.yaml"
        path.parent.mkdir()
        path.write_text("mine")
        assert "this file exists and is not overwritten" in refusal(add(*STATED), capsys)
        assert path.read_text() == "mine"
        assert add(*STATED, "--force").exception is None
        assert "kind: ModelCatalog" in path.read_text()

    def test_writing_leaves_nothing_else_behind(self, repository: Path) -> None:
        before = set(snapshot(repository))
        assert add(*STATED).exception is None
        assert set(snapshot(repository)) - before == {"catalogs/acme-8b.yaml"}
        assert [path.name for path in (repository / "catalogs").iterdir()] == ["acme-8b.yaml"]

    def test_a_repository_that_lists_the_folder_is_told_so(self, repository: Path) -> None:
        (repository / "catalogs").mkdir()
        (repository / "neuralnav.yaml").write_text(PROJECT)
        assert add(*STATED).output.endswith("lists it; see it with: neuralnav catalog models acme-8b\n")
        assert "acme-8b" in done("models")

    def test_other_overlays_stay_in_the_list_that_is_proposed(self, repository: Path) -> None:
        (repository / "more").mkdir()
        (repository / "neuralnav.yaml").write_text(PROJECT.replace("[catalogs]", "[more]"))
        assert add(*STATED).output.endswith("  spec:\n    catalogs: [more, catalogs/acme-8b.yaml]\n")

    def test_a_model_that_an_overlay_has_already_is_refused_at_its_place(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert add(*STATED).exception is None
        (repository / "neuralnav.yaml").write_text(PROJECT)
        text = refusal(add(*STATED, "--out", "catalogs/other.yaml"), capsys)
        assert 'an overlay has a model "acme-8b" already' in text
        assert "catalogs/acme-8b.yaml:" in text
        assert not (repository / "catalogs" / "other.yaml").exists()
        assert add(*STATED, "--force").exception is None

    def test_taking_the_place_of_a_packaged_model_is_said(self) -> None:
        packaged = json.loads(done("models", "--format", "json"))[0]["id"]
        assert f"the packaged {packaged}, whole" in add(*STATED, "--id", packaged).output
        assert "replaces" not in add(*STATED).output

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "cannot be read: no such file or directory"),
            (b"", "the file is empty"),
            (b"\x7fELF\x00\x00", "this is a binary file, not JSON"),
            (b"{" + b" " * (10 << 20) + b"}", "is too large; the limit is 1,048,576"),
            (b'{"a": "\xff"}', "byte 0xff is not UTF-8"),
            (b'{"architectures": ["LlamaForCausalLM"],,}', "not valid JSON"),
            (b'{"architectures": ["MambaForCausalLM"]}', "state-space (Mamba) layers"),
            (b'{"architectures": ["LamaForCausalLM"]}', "did you mean LlamaForCausalLM?"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_named_and_nothing_is_written(
        self, repository: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, message: str
    ) -> None:
        path = repository / "config.json"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        before = snapshot(repository)
        text = refusal(add(*STATED), capsys)
        assert "config.json" in text
        assert message in text
        assert snapshot(repository) == before

    def test_a_folder_is_no_config(self, capsys: pytest.CaptureFixture[str]) -> None:
        result = run("add", "--from-config", ".", *STATED)
        assert "this is not a file" in refusal(result, capsys)

    @pytest.mark.parametrize(
        ("out", "message"),
        [
            ("overlay.yml", "an overlay's name ends in .yaml"),
            ("config.json/a.yaml", "this is not a folder"),
            ("folder.yaml", "this is a folder"),
        ],
    )
    def test_a_place_that_cannot_be_written_is_refused(
        self, repository: Path, capsys: pytest.CaptureFixture[str], out: str, message: str
    ) -> None:
        (repository / "folder.yaml").mkdir()
        assert message in refusal(add(*STATED, "--out", out), capsys)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_without_write_permission_is_refused(
        self, repository: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (repository / "sealed").mkdir(mode=0o500)
        assert "this folder cannot be written" in refusal(add(*STATED, "--out", "sealed/a.yaml"), capsys)

    def test_the_command_line_exits_2_with_every_problem(self, repository: Path, neuralnav: Installed) -> None:
        (repository / "config.json").write_text(json.dumps({**LLAMA, "vocab_size": 0, "hidden_size": "x"}, indent=2))
        result = neuralnav.run("catalog", "add", "--from-config", "config.json", folder=repository)
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr.endswith("4 problems; nothing was written\n")
