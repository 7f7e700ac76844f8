"""`neuralnav schema`."""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise

import click
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from neuralnav.lint.findings import LintReport
from neuralnav.model.bench_report import CalibrationReport, ImportReport, ValidationReport
from neuralnav.model.catalog import (
    AcceleratorCatalog,
    ModelCatalog,
    PriceCatalog,
    QualityCatalog,
    ServingCatalog,
    UseCaseCatalog,
)
from neuralnav.model.deploy_report import DeployReport
from neuralnav.model.diff import PlanDiff
from neuralnav.model.draft_report import DraftReport
from neuralnav.model.fit_report import FitReport
from neuralnav.model.live_report import LiveReport
from neuralnav.model.lock import Lock
from neuralnav.model.manifest import KINDS as MANIFESTS
from neuralnav.model.observe_report import ObserveReport
from neuralnav.model.policy import FleetPolicy, Policy, PolicyTest
from neuralnav.model.policy_report import PolicyCheckReport, PolicyExplanation, PolicyTestReport
from neuralnav.model.probe_report import ProbeReport
from neuralnav.model.project import Project
from neuralnav.model.report import Report
from neuralnav.model.sidecar import BenchmarkSidecar
from neuralnav.model.status_report import StatusReport
from neuralnav.model.workload import Workload

KINDS: Mapping[str, type[BaseModel]] = {
    "workload": Workload,
    "project": Project,
    "policy": Policy,
    "fleet-policy": FleetPolicy,
    "policy-test": PolicyTest,
    "lock": Lock,
    "report": Report,
    "draft-report": DraftReport,
    "plan-diff": PlanDiff,
    "deploy-report": DeployReport,
    "status-report": StatusReport,
    "live-report": LiveReport,
    "lint-report": LintReport,
    "policy-check-report": PolicyCheckReport,
    "policy-test-report": PolicyTestReport,
    "policy-explanation": PolicyExplanation,
    "benchmark-sidecar": BenchmarkSidecar,
    "import-report": ImportReport,
    "calibration-report": CalibrationReport,
    "validation-report": ValidationReport,
    "fit-report": FitReport,
    "observe-report": ObserveReport,
    "probe-report": ProbeReport,
    "model-catalog": ModelCatalog,
    "accelerator-catalog": AcceleratorCatalog,
    "price-catalog": PriceCatalog,
    "use-case-catalog": UseCaseCatalog,
    "quality-catalog": QualityCatalog,
    "serving-catalog": ServingCatalog,
    **{kind.lower(): model for kind, model in MANIFESTS.items()},
}
VERSION = "v1alpha1"


@click.command(name="schema", epilog="Editors take it from a file's first line: # yaml-language-server: $schema=...")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
def command(kind: str) -> None:
    """Print the JSON Schema of KIND, as committed in schemas/."""
    click.echo(schema_text(kind), nl=False)


def schema_text(kind: str) -> str:
    """Return the text of a schema file."""
    body = KINDS[kind].model_json_schema(by_alias=True, schema_generator=_Described)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://neuralnav.dev/schemas/{kind}.{VERSION}.json",
        **body,
    }
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


class _Described(GenerateJsonSchema):
    """Schemas in which a field that has a docstring of its own is described by it."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        body = super().model_schema(schema)
        fields = schema["cls"].model_fields
        for name, said in _docstrings(schema["cls"]):
            body["properties"][fields[name].alias or name]["description"] = said
        return body


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a class that have a docstring below them, read from its source: at run time it is gone."""
    (written,) = ast.parse(inspect.getsource(model)).body
    for field, below in pairwise(ast.iter_child_nodes(written)):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                yield name, " ".join(said.split())
