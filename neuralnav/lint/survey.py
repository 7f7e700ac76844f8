"""Lint: catalogs and a day to a report of what they hold that is unverified, stale, inconsistent or missing."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from neuralnav.errors import ExitCode
from neuralnav.lint.entries import Entries, Figure
from neuralnav.lint.findings import FileFigures, Finding, LintReport, finding, order
from neuralnav.lint.hardware import check_accelerators
from neuralnav.lint.models import check_models, check_quality, check_use_cases
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Parsed

OLD = timedelta(days=365)
"""A source that was read longer ago is stale."""


def lint(catalog: Catalog, documents: Sequence[Parsed[Any]], *, as_of: date, strict: bool = False) -> LintReport:
    """Return what the catalogs hold that is unverified, stale, inconsistent or missing on the day `as_of`.

    `catalog` is the whole that a compile sees, `documents` the files it was read from, in that order. Findings are
    ordered: the worst first, then by class, code and entry. Errors give exit code 2, warnings too with `strict`.
    """
    entries = Entries(catalog, documents)
    figures = list(entries.figures())
    findings = sorted(
        (
            *_unverified(figures),
            *_sources(documents, as_of),
            *check_models(entries),
            *check_accelerators(entries, as_of),
            *check_use_cases(entries),
            *check_quality(entries),
        ),
        key=order,
    )
    unfit = {"error", "warning"} if strict else {"error"}
    return LintReport(
        exit_code=ExitCode.BAD_INPUT if any(f.severity in unfit for f in findings) else ExitCode.DONE,
        as_of=as_of.isoformat(),
        models=len(catalog.models),
        checkpoints=sum(len(model.checkpoints) for model in catalog.models.values()),
        accelerators=len(catalog.accelerators),
        use_cases=len(catalog.use_cases),
        figures=len(figures),
        unverified=sum(1 for figure in figures if not figure.fact.verified),
        files=_by_file(figures),
        findings=tuple(findings),
    )


def _unverified(figures: Sequence[Figure]) -> Iterator[Finding]:
    for figure in figures:
        if not figure.fact.verified:
            serving = figure.entry.startswith(("coefficients/", "intervals/"))
            note = f": {figure.fact.note}" if figure.fact.note else ""
            yield finding(
                "coefficient-unverified" if serving else "figure-unverified", figure.entry,
                f"source {figure.fact.source}{note}", figure.where(), figure=figure.name,
            )  # fmt: skip


def _sources(documents: Sequence[Parsed[Any]], as_of: date) -> Iterator[Finding]:
    """Yield the sources that were read long ago, in the future, or on a day that nobody knows."""
    for document in documents:
        for name, source in document.document.spec.sources.items():
            where, entry = document.where("spec", "sources", name), f"sources/{name}"
            if source.retrieved is None:
                if source.url is not None:
                    yield finding("source-undated", entry, f"{source.url} was read on an unknown day", where)
            elif source.retrieved > as_of:
                yield finding("source-in-the-future", entry, f"read on {source.retrieved}, which is yet to come", where)
            elif source.retrieved < as_of - OLD:
                yield finding("source-old", entry, f"read on {source.retrieved}, over a year ago", where)
        dated = getattr(document.document.spec, "dated", None)
        if dated is not None and dated < as_of - OLD:
            message = f"the coefficients are of {dated}, over a year ago"
            yield finding("engine-old", "serving", message, document.where("spec", "dated"))


def _by_file(figures: Sequence[Figure]) -> tuple[FileFigures, ...]:
    names = sorted({figure.document.source.name for figure in figures})
    by_name = {name: [f for f in figures if f.document.source.name == name] for name in names}
    return tuple(
        FileFigures(file=name, figures=len(own), unverified=sum(1 for f in own if not f.fact.verified))
        for name, own in by_name.items()
    )
