"""The documents name what there is: links lead somewhere, and no option, input, schema or module is left out."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
import yaml
from conftest import ROOT
from neuralnav_simulator.cli import VERBS as SIMULATOR_VERBS
from neuralnav_simulator.cli import cli as simulator

from neuralnav.cli import cli
from neuralnav.cli.schema_verb import KINDS
from neuralnav.model.manifest import KINDS as MANIFESTS

DOCS = ROOT / "docs"
PAGES = sorted(
    path for folder in (ROOT, *(ROOT / name for name in ("benchmarks", "simulator"))) for path in folder.glob("*.md")
) + sorted(path for name in ("docs", "examples") for path in (ROOT / name).rglob("*.md"))
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)")
TOLD = ("draft", "check", "diff", "observe", "merge", "ci")
"""Verbs whose every option the page of the command line tells in their section."""


def prose(path: Path) -> str:
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(path: Path) -> Iterator[str]:
    for file, anchor in LINK.findall(prose(path)):
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield f"{file}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def section(page: str, title: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.split(r"^#{1,3} ", text.partition(f"\n### {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def options(command: click.Command) -> set[str]:
    """The options of a command, and those of the commands below it."""
    own = {name for item in command.params if isinstance(item, click.Option) for name in item.opts}
    if not isinstance(command, click.Group):
        return own
    context = click.Context(command)
    found = (command.get_command(context, name) for name in command.list_commands(context))
    return own | {option for sub in found if sub is not None for option in options(sub)}


@pytest.mark.parametrize("verb", TOLD)
def test_every_option_is_told(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    said = section("cli.md", verb)
    assert said
    assert {name for name in options(command) if name not in said} == set()


@pytest.mark.parametrize("verb", sorted(SIMULATOR_VERBS))
def test_every_option_of_the_simulator_is_told(verb: str) -> None:
    command = simulator.get_command(click.Context(simulator), verb)
    assert command is not None
    said = (ROOT / "simulator" / "README.md").read_text(encoding="utf-8")
    assert {name for name in options(command) if not re.search(rf"{name}(?![\w-])", said)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_of_the_simulator_have_the_options_that_are_told(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for verb, rest in re.findall(rf"neuralnav-sim ({'|'.join(SIMULATOR_VERBS)})\b([^`]*?)(?:`|$)", text, re.MULTILINE):
        command = simulator.get_command(click.Context(simulator), verb)
        assert command is not None
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options(command) == set(), f"{verb}{rest}"


def test_every_schema_is_named() -> None:
    said = section("cli.md", "schema")
    kinds = {kind for kind in KINDS if not kind.endswith("-catalog")} - {kind.lower() for kind in MANIFESTS}
    assert {kind for kind in kinds if f"`{kind}`" not in said} == set()


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_every_input_and_output_of_the_action_has_a_row(kind: str) -> None:
    action: Mapping[str, Mapping[str, object]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    text = (DOCS / "github.md").read_text(encoding="utf-8")
    table = text.partition(f"## {kind.title()}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall("`([a-z-]+)`", " ".join(rows))) == sorted(action[kind])


def test_the_picture_of_the_floors_is_what_is_enforced() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    picture = text.partition("## The floors")[2].partition("```mermaid")[2].partition("```")[0]
    drawn = [label or plain for label, plain in re.findall(r"--> (?:\w+\[\"(.*?)\"\]|(\w+)$)", picture, re.MULTILINE)]
    assert [names(layer) for layer in ("cli", *drawn)] == [names(layer) for layer in layers if layer != "__main__"]


def test_the_picture_of_the_simulator_is_what_is_enforced() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][1]["layers"]
    text = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## The simulator")[2].partition("\n## ")[0]
    drawn = re.findall(r'\w+\["(.*?)"\]|--> (\w+)$', text.partition("```mermaid")[2].partition("```")[0], re.MULTILINE)
    told = [names(label or plain) for label, plain in drawn]
    assert told[:-1] == [names(layer) for layer in layers if layer != "(__main__)"]
    rows = " ".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    package = ROOT / "simulator" / "neuralnav_simulator"
    rooms = {path.stem for path in package.glob("[a-z]*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert {name.rstrip("/") for name in re.findall(r"`([\w/]+)`", rows)} == rooms


def names(layer: str) -> set[str]:
    return set(re.findall(r"\w+", layer.replace("(not built)", "")))


def test_every_module_of_a_floor_and_of_a_diff_is_in_a_table() -> None:
    rows = [
        line for line in (DOCS / "architecture.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    told = set(re.findall(r"`([\w/.]+)`", " ".join(row.split("|")[1] for row in rows)))
    package = ROOT / "neuralnav"
    rooms = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()}
    rooms |= {path.stem for path in package.glob("[a-z]*.py")}
    diffs = {path.stem for path in (package / "cli").glob("diff_*.py")} - {"diff_verb"}
    assert {name for name in rooms | diffs if name not in told and name.rstrip("/") not in told} == set()
