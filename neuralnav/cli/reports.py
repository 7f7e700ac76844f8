"""Reports of benchmark tools named on a command line: the options for what they lack, and every report read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from neuralnav.cli.output import progress
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.places import show
from neuralnav.files.reports import read_bytes, read_sidecar
from neuralnav.imports.report import Imported, read_report, stated_facts
from neuralnav.imports.said import Fault, Said
from neuralnav.model.base import to_camel
from neuralnav.model.bench_report import ImportedFile
from neuralnav.model.catalog import PRECISIONS, Catalog
from neuralnav.model.document import Parsed
from neuralnav.model.sidecar import ARRIVAL_PATTERN, ARRIVALS, FORMATS, BenchmarkSidecar, ReportFormat
from neuralnav.report import problem

TOLD_APART = 5
"""Up to so many load points with the same problem are listed each; more are told at the first. JSON has them all."""

ANNOUNCED_BYTES = 8 << 20
"""A larger report takes seconds before its first load point is read, and as YAML half a minute for each 50 MB."""

COUNT = click.IntRange(1)
RATE = click.FloatRange(0, min_open=True)
SHARE = click.FloatRange(0, 1)


def _arrival(value: str) -> str:
    """Return the name of an arrival process, as in a sidecar. Raises `BadParameter` with those that there are."""
    if not re.fullmatch(ARRIVAL_PATTERN, value):
        raise click.BadParameter(f'"{value}" is none of {", ".join(ARRIVALS)}', param_hint="'--arrival'")
    return value


FACTS: Sequence[tuple[str, Any, str | None, str]] = (
    ("--model", str, "ID", "Catalog id of the model."),
    ("--precision", click.Choice(PRECISIONS), None, "Precision of the weights as served."),
    ("--accelerator", str, "ID", "Catalog id of the accelerator."),
    ("--tp", COUNT, "N", "Tensor parallelism."),
    ("--pp", COUNT, "N", "Pipeline stages. [1]"),
    ("--replicas", COUNT, "N", "Replicas behind the report's totals. [1]"),
    ("--engine", str, "NAME", "The engine. [vllm]"),
    ("--engine-version", str, "X.Y.Z", "Its version."),
    ("--kv-dtype", click.Choice(["auto", "fp8"]), None, "Type of the KV cache."),
    ("--max-num-seqs", COUNT, "N", "The scheduler's limit of sequences."),
    ("--max-num-batched-tokens", COUNT, "N", "Its limit of tokens in a step."),
    ("--memory-utilization", click.FloatRange(0, 1, min_open=True), "X", "Share of memory for the engine."),
    ("--prefix-hit-share", SHARE, "X", "Prompt tokens found in cache. [0]"),
    ("--prompt-tokens", COUNT, "N", "Tokens of a prompt. [measured mean]"),
    ("--output-tokens", COUNT, "N", "Tokens of an answer. [measured mean]"),
    ("--offered-rps", RATE, "X", "Requests offered a second, in all."),
    ("--concurrency", COUNT, "N", "Requests in flight, in all."),
    ("--arrival", _arrival, "NAME", f"One of {', '.join(ARRIVALS)}."),
    ("--date", click.DateTime(["%Y-%m-%d"]), "YYYY-MM-DD", "The day of the run."),
)
"""Option, type, how help names its value, and what it says."""

F = TypeVar("F", bound=Callable[..., Any])
STATED = "neuralnav.cli.reports"
"""Where click's context keeps what these options gave."""


class ReportCommand(click.Command):
    """A command that takes reports; its help tells the facts that they may lack apart from its other options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in two sections."""
        names = {name for name, *_ in FACTS}
        options = [item for item in self.get_params(ctx) if isinstance(item, click.Option)]
        told = [(record, item) for item in options if (record := item.get_help_record(ctx)) is not None]
        with formatter.section("Options"):
            formatter.write_dl([record for record, item in told if names.isdisjoint(item.opts)])
        with formatter.section("What a report does not say of its run"):
            formatter.write_dl([record for record, item in told if not names.isdisjoint(item.opts)])


@dataclass(frozen=True, slots=True)
class Stated:
    """What options say of reports: their format and the facts by column, where given, and whether bad ones pass."""

    read_as: ReportFormat | None
    facts: Mapping[str, Said]
    skip_bad: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was said that only a report can need."""
        return not (self.facts or self.read_as)


def report_options(function: F) -> F:
    """Add `--from`, `--skip-bad` and an option for each fact that a report may lack; `stated` returns them."""
    for name, kind, metavar, text in reversed(FACTS):
        option = click.option(name, type=kind, metavar=metavar, help=text, expose_value=False, callback=_keep_fact)
        function = option(function)
    skip = click.option("--skip-bad", is_flag=True, expose_value=False, callback=_keep,
                        help="Take what can be used, and name what cannot.")  # fmt: skip
    read_as = click.option("--from", "read_as", type=click.Choice(FORMATS), metavar="FORMAT", expose_value=False,
                           callback=_keep, help=f"One of {', '.join(FORMATS)}. [as each looks]")  # fmt: skip
    return read_as(skip(function))


def stated(context: click.Context) -> Stated:
    """Return what the options of `report_options` said."""
    facts = {name: said for name, said in context.meta.get(STATED, {}).items() if isinstance(said, Said)}
    given = context.meta.get(f"{STATED}.plain", {})
    return Stated(given.get("read_as"), facts, given.get("skip_bad", False))


def _keep_fact(context: click.Context, option: click.Parameter, value: Any) -> None:  # click's values
    if value is not None and option.name is not None:
        plain = value.date().isoformat() if isinstance(value, datetime) else value
        context.meta.setdefault(STATED, {})[option.name] = Said(plain, option.opts[0])


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:  # click's values
    context.meta.setdefault(f"{STATED}.plain", {})[option.name] = value


@dataclass(frozen=True, slots=True)
class ReportRead:
    """A report that was read, under the name that messages give it, and what is wrong with it."""

    name: str
    found: Imported
    problems: tuple[Diagnostic, ...] = ()

    def summary(self) -> ImportedFile:
        """Return what is reported of it."""
        found = self.found
        refused = tuple(problem(item) for item in self.problems)
        return ImportedFile(
            file=self.name, format=found.format, points=found.points, rows=len(found.rows), notes=found.notes,
            refused=refused,
        )  # fmt: skip


def read_reports(files: Sequence[Path], stated: Stated, catalog: Catalog) -> list[ReportRead]:
    """Return every report with its rows and its problems; one bad file does not hide the others."""
    with progress("reading load points", 0) as counter:
        return [_read(path, stated, catalog, counter.step) for path in dict.fromkeys(files)]


def _read(path: Path, stated: Stated, catalog: Catalog, step: Callable[[], None]) -> ReportRead:
    name = show(path)
    try:
        raw, sidecar = read_bytes(path), read_sidecar(path)
    except InputError as error:
        return ReportRead(name, Imported("", (), (), 0), error.diagnostics)
    if len(raw) > ANNOUNCED_BYTES:
        click.echo(f"reading {name}, {len(raw) / 1e6:,.0f} MB", err=True)
    facts, wanted = stated.facts, stated.read_as
    if sidecar is not None:
        wanted = wanted or sidecar.document.spec.format
        facts = {**stated_facts(sidecar.document.spec, _places(sidecar)), **facts}
    found = read_report(raw, facts, catalog, wanted, step=step)
    return ReportRead(name, found, tuple(_diagnostic(name, fault) for fault in found.faults))


def _places(sidecar: Parsed[BenchmarkSidecar]) -> Callable[[str], str]:
    def place(name: str) -> str:
        where = sidecar.where("spec", to_camel(name))
        return f"{where.file}:{where.line}"

    return place


def _diagnostic(name: str, fault: Fault) -> Diagnostic:
    message = f"{fault.path}: {fault.message}" if fault.path else fault.message
    return Diagnostic(Where(name), message, fault.hint)


def gathered(problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the problems with those that many load points of a file share told once, at the first of them."""
    shared: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for item in problems:
        shared.setdefault((item.where.file, item.message.partition(": ")[2] or item.message, item.hint), []).append(
            item
        )
    return [
        same if len(group) <= TOLD_APART else replace(same, message=f"{same.message} (and {len(group) - 1} more alike)")
        for group in shared.values()
        for same in (group if len(group) <= TOLD_APART else group[:1])
    ]
