"""What `neuralnav draft` found, as the one document of `--format json`."""

from collections.abc import Iterable

import click

from neuralnav.draft.proof import Proven
from neuralnav.errors import NeuralnavError
from neuralnav.model.draft import Quote
from neuralnav.model.draft_report import (
    DraftReport,
    ReportedDisagreement,
    ReportedDrop,
    ReportedFinding,
    ReportedQuestion,
    ReportedQuote,
    ReportedUnplaced,
)
from neuralnav.model.lock import LockedAssumption
from neuralnav.model.plain_text import printable_json
from neuralnav.model.report import Report
from neuralnav.report import problem


def print_report(found: Proven, path: str, *, compiling: bool) -> int:
    """Print what was drafted, with the plan of the file at `path` where that is wanted; return the exit code."""
    plan = None
    if compiling:
        from neuralnav.cli.compile_verb import compile_and_write

        plan, _ = compile_and_write((path,))
    report = report_of(found, path, plan)
    click.echo(printable_json(report.model_dump_json(indent=2)))
    return report.exit_code


def print_nothing(found: Proven, error: NeuralnavError) -> int:
    """Print a draft that found nothing to plan, with what it asks; return the exit code."""
    problems = tuple(problem(item) for item in error.diagnostics)
    report = report_of(found, "", None).model_copy(update={"exit_code": int(error.exit_code), "problems": problems})
    click.echo(report.model_dump_json(indent=2))
    return report.exit_code


def print_refusal(error: NeuralnavError) -> int:
    """Print why nothing was drafted; return the exit code."""
    report = DraftReport(
        exit_code=int(error.exit_code), engine=None, voice="", notes=(), findings=(), unplaced=(), questions=(),
        dropped=(), disagreements=(), assumptions=(), path="", yaml="", plan=None,
        problems=tuple(problem(item) for item in error.diagnostics),
    )  # fmt: skip
    click.echo(printable_json(report.model_dump_json(indent=2)))
    return report.exit_code


def report_of(found: Proven, path: str, plan: Report | None) -> DraftReport:
    """Return the document of a draft."""
    draft = found.draft
    return DraftReport(
        exit_code=0 if plan is None else plan.exit_code,
        engine=draft.engine,
        voice=draft.voice,
        notes=draft.notes,
        findings=tuple(
            ReportedFinding(
                field=item.field, value=item.value, origin=item.origin, engine=item.engine,
                quotes=_quotes(item.quotes), why=item.why,
            )
            for item in draft.findings
        ),
        unplaced=tuple(ReportedUnplaced(quote=_quote(item.quote), why=item.why) for item in draft.unplaced),
        questions=tuple(
            ReportedQuestion(
                field=item.field, text=item.text, why=item.why, options=item.options, quotes=_quotes(item.quotes),
                rank=item.rank,
            )
            for item in draft.questions
        ),
        dropped=tuple(
            ReportedDrop(field=item.field, value=item.value, engine=item.engine, why=item.why) for item in draft.dropped
        ),
        disagreements=tuple(
            ReportedDisagreement(field=item.field, rules=item.rules, llm=item.llm, taken=item.taken, why=item.why)
            for item in draft.disagreements
        ),
        assumptions=tuple(
            LockedAssumption(field=item.field, value=item.value, why=item.why)
            for item in (found.spec.assumptions if found.spec else ())
        ),
        path=path,
        yaml=found.text,
        plan=plan,
        problems=(),
    )  # fmt: skip


def _quotes(quotes: Iterable[Quote]) -> tuple[ReportedQuote, ...]:
    return tuple(_quote(item) for item in quotes)


def _quote(item: Quote) -> ReportedQuote:
    return ReportedQuote(text=item.text, start=item.start, end=item.end)
