"""The committed JSON Schemas are what the models say, and the YAML that we ship is valid against them."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from neuralnav.cli.schema_verb import KINDS, VERSION, schema_text
from neuralnav.model.document import Source, parse, plain

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
REGENERATE = "run `uv run python -m tests.tools.write_schemas` and commit schemas/"
DOCUMENTS = [
    *sorted((ROOT / "catalogs").rglob("*.yaml")),
    *sorted((ROOT / "examples").rglob("*workload.yaml")),
    *sorted((ROOT / "examples").rglob("neuralnav.yaml")),
]
NAMED = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def _named_schema(document: Path) -> Path:
    first = document.read_text(encoding="utf-8").split("\n", 1)[0]
    found = NAMED.fullmatch(first)
    assert found is not None, f"{document.relative_to(ROOT)} does not name its schema in its first line"
    return document.parent / found[1]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_committed_schema_is_what_the_model_says(kind: str) -> None:
    path = SCHEMAS / f"{kind}.{VERSION}.json"
    is_current = path.is_file() and path.read_bytes() == schema_text(kind).encode()
    assert is_current, f"{path.relative_to(ROOT)} is missing or stale: {REGENERATE}"


def test_no_schema_is_committed_for_a_kind_that_is_gone() -> None:
    wanted = {f"{kind}.{VERSION}.json" for kind in KINDS}
    assert {path.name for path in SCHEMAS.iterdir()} == wanted, REGENERATE


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_schema_is_valid_json_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(kind)))


def test_a_field_is_described_by_the_docstring_below_it() -> None:
    shown = json.loads(schema_text("plan-diff"))
    assert shown["properties"]["weakened"]["description"] == (
        "Policies of the base that the head takes away, changes or enforces less; it is held to them all the same."
    )
    assert "description" not in shown["$defs"]["ReportedProblem"]["properties"]["hint"]


@pytest.mark.parametrize(("kind", "types"), [("plan-diff", ["WorkloadDiff"]), ("report", [])])
def test_a_field_of_what_programs_read_says_what_it_is(kind: str, types: list[str]) -> None:
    shown = json.loads(schema_text(kind))
    found = {**shown["properties"], **{k: v for name in types for k, v in shown["$defs"][name]["properties"].items()}}
    untold = {name for name, field in found.items() if "description" not in field}
    assert untold <= {"version", "before", "after"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_document_names_an_existing_schema_of_ours(document: Path) -> None:
    schema = _named_schema(document)
    assert schema.is_file()
    assert schema.resolve().parent == SCHEMAS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_document_is_valid_against_the_schema_it_names(document: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(_named_schema(document).read_text(encoding="utf-8")))
    value = plain(parse(Source(document.name, document.read_text(encoding="utf-8"))))
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert problems == []
