"""Findings as SARIF 2.1.0, which code scanning and editors read."""

import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from neuralnav.model.diff import PlanDiff
from neuralnav.model.plain_text import printable
from neuralnav.model.report import Report, ReportedWhere
from neuralnav.model.sarif import (
    SarifArtifact,
    SarifConfiguration,
    SarifDriver,
    SarifLevel,
    SarifLocation,
    SarifLog,
    SarifMessage,
    SarifPhysical,
    SarifRegion,
    SarifResult,
    SarifRule,
    SarifRun,
    SarifTool,
)
from neuralnav.report_diff.findings import RULES, Finding, diff_findings, report_findings

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HELP = "neuralnav diff tells what a change does to plans, neuralnav check what has drifted and what mends it."
"""The same for every rule: code scanning asks for a text, and each result says itself how it is mended."""

WHOLE = "neuralnav.yaml"
"""Where a finding without a file is: code scanning refuses a log with a result that is nowhere."""


def diff_sarif(diff: PlanDiff) -> str:
    """Return the findings of a diff as SARIF, what matters most first; the same bytes for the same diff."""
    return _log(diff_findings(diff))


def check_sarif(report: Report) -> str:
    """Return the findings of a check as SARIF, as those of a diff."""
    return _log(report_findings(report))


def _log(found: Sequence[Finding]) -> str:
    rules = tuple(
        SarifRule(
            id=name,
            short_description=SarifMessage(text=text),
            full_description=SarifMessage(text=text),
            help=SarifMessage(text=HELP),
            default_configuration=SarifConfiguration(level=_usual(name)),
        )
        for name, text in RULES.items()
    )
    driver = SarifDriver(name="NeuralNav", rules=rules)
    run = SarifRun(tool=SarifTool(driver=driver), results=tuple(_result(one) for one in found))
    log = SarifLog(schema_=SCHEMA, runs=(run,))
    return log.model_dump_json(by_alias=True, exclude_none=True, indent=2)


def _usual(rule: str) -> SarifLevel:
    """Return the level of a rule: drift fails a check, a warning does not, a note only tells."""
    if rule in ("weakened-policy", "left-policy", "chosen-otherwise", "policy-warning", "plan-note"):
        return "warning"
    return "note" if rule in ("policy-note", "plan-changed") else "error"


def _result(one: Finding) -> SarifResult:
    text = printable(f"{one.message}; fix: {one.fix}" if one.fix else one.message)
    said = "\0".join((one.rule, one.where.file, one.message))
    return SarifResult(
        rule_id=one.rule,
        rule_index=list(RULES).index(one.rule),
        level=one.level,
        message=SarifMessage(text=_literal(text) or one.rule),
        locations=(_location(one.where),),
        partial_fingerprints={"finding/v1": hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32]},
    )


def _location(where: ReportedWhere) -> SarifLocation:
    region = None
    if where.line > 0:
        region = SarifRegion(start_line=where.line, start_column=where.column if where.column > 0 else None)
    uri = quote((where.file or WHOLE).replace("\\", "/").lstrip("/"), safe="/", errors="replace")
    return SarifLocation(physical_location=SarifPhysical(artifact_location=SarifArtifact(uri=uri), region=region))


def _literal(text: str) -> str:
    """Return a message without links or placeholders: brackets and braces are SARIF's own marks for them."""
    plain = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return plain.replace("{", "{{").replace("}", "}}")
