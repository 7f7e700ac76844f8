"""`neuralnav draft`: prose -> workload.yaml. What is no command of it is prose."""

import re
import time
from dataclasses import dataclass
from typing import Any

import click

from neuralnav.cli.draft_engine import Asked, engine_options, heard
from neuralnav.cli.draft_prose import name_of, prose_of
from neuralnav.cli.draft_run import Target, nothing_found, proven, refuse_overwriting, target_of, write_workload
from neuralnav.cli.draft_text import draft_text
from neuralnav.cli.lazy import LazyGroup
from neuralnav.draft.proof import Proven
from neuralnav.errors import ExitCode, InputError, input_error
from neuralnav.files.places import show
from neuralnav.model.base import SERVICE_NAME
from neuralnav.model.plain_text import printable

WROTE = click.style("wrote", fg="green", bold=True)
"""As reports say it; their module would load the types of locks, 15 ms that a draft need not wait for."""


class _Draft(LazyGroup):
    """`draft PROSE`, and the few words that are commands when they come first."""

    summaries = {"eval": "Measure how well descriptions are read."}  # noqa: RUF012  # a ClassVar of the base
    module = "neuralnav.cli.draft_{}"
    allow_interspersed_args = True  # an option may stand behind the prose; a group's own must stand before a command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of a command where its name comes first, else that of drafting."""
        named = self.get_command(click.Context(self), args[0]) if args else None
        if named is not None:
            return named.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do with a draft."""

    name: str
    force: bool
    printing: bool
    compiling: bool
    form: str
    asked: Asked


@click.group(
    name="draft",
    cls=_Draft,
    invoke_without_command=True,
    subcommand_metavar="",
    epilog='Try: neuralnav draft "a support bot for 5,000 people, answers must feel instant, at most $6k a month"',
)
@click.argument("words", nargs=-1, metavar="[PROSE]...")
@click.option(
    "-f", "--file", "file", default="", metavar="FILE", help="Take the prose from a file; - is standard input."
)
@click.option("-o", "--output", default="", metavar="PATH", help="The file to write.  [default: workload.yaml]")
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
@click.option("--stdout", "--dry-run", "printing", is_flag=True, help="Print the file alone; write nothing.")
@click.option("--name", default="", help="The service's name.")
@click.option("--chat", "chatting", is_flag=True, help="Talk: answer questions, change what is there, then accept.")
@click.option("--history", default="", metavar="FILE", help="With --chat: keep the conversation, and go on with it.")
@click.option("--refine", default="", metavar="FILE", help="Change a workload that exists by what PROSE says.")
@engine_options
@click.option("--compile", "compiling", is_flag=True, help="Go on to the plan, as neuralnav compile does.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to report on standard output.")  # fmt: skip
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
def command(
    words: tuple[str, ...], *, file: str, output: str, force: bool, printing: bool, name: str, chatting: bool,
    history: str, refine: str, llm: str, model: str, timeout: float, compiling: bool, form: str,
) -> int:  # fmt: skip
    """Draft a workload.yaml from words.

    PROSE says what the service is for, who uses it and what limits it. Every field of the file is marked as stated,
    inferred or default, and quotes the words behind it. Nothing is overwritten without --force.
    """
    if printing and compiling:
        raise click.UsageError("--stdout writes no file, so --compile has none to compile")
    if chatting or refine or history:
        from neuralnav.cli.draft_chat import Words, talk  # with what reads instructions, which a draft needs none of

        given = Words(words, file, output, name, history, refine)
        flags = {"--force": force, "--compile": compiling, "--format json": form == "json", "--stdout": printing}
        return talk(given, Asked(llm, model, timeout), chatting=chatting, flags=flags)
    started = time.monotonic()
    wanted = Wanted(name, force, printing, compiling, form, Asked(llm, model, timeout))
    try:
        prose = prose_of(words, file)
        target = target_of(output)
        found = _drafted(prose, target, wanted)
    except InputError as error:
        if form != "json":
            raise
        from neuralnav.cli.draft_json import print_refusal

        return print_refusal(error)
    if not found.draft.findings:
        return _tell_nothing(found, name_of(words, file), form)
    return _tell(found, target, wanted, started)


def _drafted(prose: str, target: Target, wanted: Wanted) -> Proven:
    """Return the draft, its file written where one is wanted and there is anything to write."""
    if wanted.name and not re.fullmatch(SERVICE_NAME, wanted.name):
        message = f'"{wanted.name}" is not a Kubernetes name'
        raise input_error("--name", message, "use lower case letters, digits and dashes, a letter first")
    if not (wanted.force or wanted.printing):
        refuse_overwriting(target.path)
    found = proven(heard(prose, target.catalog, wanted.asked), target, name=wanted.name)
    if found.draft.findings and not wanted.printing:
        write_workload(target.path, found.text, new=not wanted.force)
    return found


def _tell_nothing(found: Proven, source: str, form: str) -> int:
    """Tell why there is no draft, as JSON with what it asks; return the exit code, or raise the `InputError`."""
    error = nothing_found(found.draft, source)
    if form == "json":
        from neuralnav.cli.draft_json import print_nothing

        return print_nothing(found, error)
    for note in found.draft.notes:
        click.echo(printable(f"note  {note}"), err=True)
    raise error


def _tell(found: Proven, target: Target, wanted: Wanted, started: float) -> int:
    """Print what was found, and go on to the plan where that is wanted; return the exit code."""
    path = "" if wanted.printing else show(target.path)
    if wanted.form == "json":
        from neuralnav.cli.draft_json import print_report

        return print_report(found, path, compiling=wanted.compiling)
    click.echo(draft_text(found.draft), err=wanted.printing)
    if wanted.printing:
        click.echo(found.text, nl=False)
        return ExitCode.DONE
    if not wanted.compiling:
        click.echo(f"{WROTE} {path}; now run: neuralnav compile {path}")
        return ExitCode.DONE
    click.echo(f"{WROTE} {path}")
    from neuralnav.cli.compile_verb import compile_and_write
    from neuralnav.cli.output import echo_report

    report, problems = compile_and_write((path,))
    echo_report(report, "text", problems=problems, seconds=time.monotonic() - started)
    return report.exit_code
