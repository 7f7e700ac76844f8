"""`neuralnav draft --chat` and `--refine`: a workload changed by what is said, a file written when it is accepted."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from neuralnav.cli.draft_chat_text import question_lines, reply_lines
from neuralnav.cli.draft_engine import Asked, heard
from neuralnav.cli.draft_history import History
from neuralnav.cli.draft_prose import STDIN, prose_of
from neuralnav.cli.draft_run import Target, target_of, write_workload
from neuralnav.cli.draft_text import draft_text
from neuralnav.cli.output import echo_error, styled
from neuralnav.draft import Heard
from neuralnav.draft.chat import Reply, Session, Setting, difference, step
from neuralnav.draft.defaults import Naming
from neuralnav.draft.refine import refine
from neuralnav.errors import ExitCode, InputError, input_error
from neuralnav.files.places import read_optional, read_source, show
from neuralnav.model.decoding import MAX_BYTES
from neuralnav.model.document import Source, load
from neuralnav.model.draft import Question
from neuralnav.model.plain_text import printable
from neuralnav.model.workload import Workload
from neuralnav.resolve import resolve


def chat(prose: str, output: str, *, name: str, asked: Asked, history: str = "") -> int:
    """Talk about a workload until it is accepted or left; return the exit code.

    A file that exists is refined, and prose given along is the first thing said; else a draft is begun. Nothing is
    written before it is accepted. Raises `InputError` for a file, or a history, that cannot be used.
    """
    target = target_of(output)
    setting = _setting(target, name, asked)
    text = text_of(target.path) if target.path.exists() else ""
    if text:
        resolve(load(Workload, Source(setting.name, text)), target.catalog, target.project)
    if history and Path(history).absolute() == target.path:
        raise click.UsageError("--history is a file of its own, not the workload")
    session, kept = Session(text, text), History(Path(history)) if history else None
    session = kept.resume(session) if kept else session
    _greet(session, target.path)
    lines = _Lines(first=prose)
    while True:
        try:
            said = lines.next(session)
        except KeyboardInterrupt:
            _left(session, setting)
            raise
        if said is None:
            return _left(session, setting)
        before = session
        session, reply = step(session, said, setting)
        _print(reply, setting.name)
        if kept and len(session.turns) != len(before.turns):
            kept.add(before, session)
        if "save" in reply.does:
            session = _save(session, target.path)
        if reply.does == "end" or (reply.does == "save and end" and not session.changed):
            return ExitCode.DONE


def refine_file(path: str, said: str, *, asked: Asked, printing: bool = False) -> int:
    """Change a workload by one instruction; print what changed, and return the exit code.

    With `printing` the new text is printed, and nothing is written. Raises `InputError` where nothing was understood,
    and where the change would leave no valid workload.
    """
    target = target_of(path)
    setting = _setting(target, "", asked)
    text = text_of(target.path)
    model = (lambda words: setting.hear(words, ())) if setting.model else None
    found = refine(said, Source(setting.name, text), target.catalog, target.project, model=model)
    if found.problems:
        raise InputError(found.problems)
    if not found.understood:
        raise input_error("PROSE", "nothing in it was understood as a change", 'say it like "use H100s"')
    _print(Reply(refinement=found, diff=difference(text, found.text, setting.name)), setting.name, err=printing)
    if printing:
        click.echo(found.text, nl=False)
    elif found.changes:
        _write(target.path, found.text)
        click.echo(styled(f"wrote {setting.name}; now run: neuralnav compile {setting.name}"))
    if not found.changes and found.unplaced:
        return ExitCode.BAD_INPUT
    return ExitCode.DONE


def text_of(path: Path) -> str:
    """Return the text of a workload with its own line ends and byte order mark, which are kept.

    Raises `InputError` as `read_source` does.
    """
    read_source(path)
    return _decoded(path.read_bytes())


def _setting(target: Target, name: str, asked: Asked) -> Setting:
    def hear(prose: str, history: Sequence[str]) -> Heard:
        return heard(prose, target.catalog, asked, history=history)

    naming = Naming(name, target.path.parent.name)
    return Setting(show(target.path), target.catalog, target.project, naming, hear, model=asked.llm != "none")


class _Lines:
    """What is said, line by line: typed after a prompt on a terminal, else read from standard input."""

    def __init__(self, first: str) -> None:
        self.first = first
        self.terminal = sys.stdin.isatty()
        self.question: Question | None = None
        if self.terminal:
            import readline  # noqa: F401  # gives `input` its line editing

    def next(self, session: Session) -> str | None:
        """Return what is said next, or None where there is no more."""
        if self.first:
            said, self.first = self.first, ""
            return said
        asked = session.asked[0] if session.asked else None
        if asked is not None and (self.terminal or asked != self.question):
            click.echo("\n".join(printable(line) for line in question_lines(asked)))
        elif self.terminal:
            click.echo(session.prompt)
        self.question = asked
        if self.terminal:
            return _typed()
        raw = sys.stdin.buffer.readline(MAX_BYTES)
        return raw.decode("utf-8", "replace") if raw else None


def _typed() -> str | None:
    try:
        return input("> ")
    except EOFError:
        click.echo("")
        return None
    except UnicodeDecodeError:
        return "/help"


def _greet(session: Session, path: Path) -> None:
    what = f"{show(path)}: say what should change" if session.text else f"this drafts {show(path)}"
    click.echo(f"{what}; /help lists the commands, an empty line writes and ends")


def _print(reply: Reply, name: str, *, err: bool = False) -> None:
    """Print a reply, whatever is in it on lines of its own."""
    if reply.draft is not None:
        click.echo(styled(draft_text(replace(reply.draft, questions=()))), err=err)
    lines = [printable(part) for line in reply_lines(reply, name) for part in line.split("\n")]
    if lines:
        click.echo("\n".join(_coloured(line) for line in lines), err=err)


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red"}.get(line[:1])
    return click.style(line, fg=colour) if colour else styled(line)


def _save(session: Session, path: Path) -> Session:
    """Return the session with its text in the file; as it was, and told why, where that cannot be written.

    A file that somebody else has changed since is told first, and written when that is asked for again.
    """
    held = _decoded(read_optional(path) or b"")
    if held not in (session.saved, session.text):
        click.echo(
            f"{show(path)} has changed since it was read and is not written; /diff shows both, /save overwrites it"
        )
        return replace(session, saved=held)
    try:
        _write(path, session.text)
    except InputError as error:
        echo_error(error)
        return session
    click.echo(styled(f"wrote {show(path)}; now run: neuralnav compile {show(path)}"))
    return replace(session, saved=session.text)


def _write(path: Path, text: str) -> None:
    """Write a workload; what a link leads to is written, and the link stays."""
    write_workload(path.resolve() if path.is_symlink() else path, text)


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _left(session: Session, setting: Setting) -> int:
    """Say what an end of the input leaves: what was not accepted is not written."""
    if session.changed:
        click.echo(f"the input ended, and {setting.name} is as it was; an empty line or /save writes it", err=True)
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Words:
    """What the command line gave: the prose as words or a file, and where things are."""

    words: tuple[str, ...]
    file: str
    output: str
    name: str
    history: str
    refine: str


def talk(given: Words, asked: Asked, *, chatting: bool, flags: Mapping[str, bool]) -> int:
    """Chat, or refine a file. Raises `UsageError` for options that do not go with it."""
    mode = "--chat" if chatting else "--refine"
    if chatting and given.refine:
        raise click.UsageError("--chat and --refine exclude each other; --chat -o FILE talks about a file")
    if given.history and not chatting:
        raise click.UsageError("--history keeps a conversation, so it goes with --chat")
    allowed = () if chatting else ("--stdout",)
    if unfit := [flag for flag, set_ in flags.items() if set_ and flag not in allowed]:
        raise click.UsageError(f"{unfit[0]} does not go with {mode}")
    if chatting:
        if STDIN in (given.file, *given.words):
            raise click.UsageError("--chat reads standard input line by line; leave the - out")
        prose = prose_of(given.words, given.file) if given.words or given.file else ""
        return chat(prose, given.output, name=given.name, asked=asked, history=given.history)
    if given.output or given.name:
        raise click.UsageError(f"{'-o' if given.output else '--name'} does not go with --refine, which edits its FILE")
    return refine_file(given.refine, prose_of(given.words, given.file), asked=asked, printing=flags["--stdout"])
