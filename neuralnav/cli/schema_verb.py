"""`neuralnav schema`."""

import json
from collections.abc import Mapping

import click
from pydantic import BaseModel

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
from neuralnav.model.diff import PlanDiff
from neuralnav.model.fit_report import FitReport
from neuralnav.model.lock import Lock
from neuralnav.model.manifest import KINDS as MANIFESTS
from neuralnav.model.policy import FleetPolicy, Policy, PolicyTest
from neuralnav.model.policy_report import PolicyCheckReport, PolicyExplanation, PolicyTestReport
from neuralnav.model.project import Project
from neuralnav.model.report import Report
from neuralnav.model.sidecar import BenchmarkSidecar
from neuralnav.model.workload import Workload

KINDS: Mapping[str, type[BaseModel]] = {
    "workload": Workload,
    "project": Project,
    "policy": Policy,
    "fleet-policy": FleetPolicy,
    "policy-test": PolicyTest,
    "lock": Lock,
    "report": Report,
    "plan-diff": PlanDiff,
    "lint-report": LintReport,
    "policy-check-report": PolicyCheckReport,
    "policy-test-report": PolicyTestReport,
    "policy-explanation": PolicyExplanation,
    "benchmark-sidecar": BenchmarkSidecar,
    "import-report": ImportReport,
    "calibration-report": CalibrationReport,
    "validation-report": ValidationReport,
    "fit-report": FitReport,
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
    body = KINDS[kind].model_json_schema(by_alias=True)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://neuralnav.dev/schemas/{kind}.{VERSION}.json",
        **body,
    }
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"
