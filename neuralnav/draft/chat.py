"""A conversation about one workload, as values: a session and what is said give another session and a reply.

Nothing here reads or writes: the command line prints a reply, and does what it asks for (`save`, `end`).
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from neuralnav.draft import Heard
from neuralnav.draft.answers import FIGURES, Answer, answer, corrected, is_correction, is_skip
from neuralnav.draft.defaults import Naming
from neuralnav.draft.edits import value_at
from neuralnav.draft.proof import Proven, prove
from neuralnav.draft.refine import Refinement, refine, refined
from neuralnav.draft.refining.held import Held, Told, Wanted
from neuralnav.draft.refining.lists import LISTS
from neuralnav.draft.refining.together import together
from neuralnav.draft.splices import path_of
from neuralnav.errors import InputError
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load, parse
from neuralnav.model.draft import Draft, Question
from neuralnav.model.project import Project
from neuralnav.model.workload import Workload
from neuralnav.resolve import resolve

Does = Literal["", "save", "end", "save and end"]

MOST_QUESTIONS = 3

FIRST = "What do you want to serve?"
NEXT = "What should change?"
HELP = (
    'Say what should change ("use H100s", "double the traffic", "at most $6k a month"), or answer the question.',
    "A question is answered by a number, by words, or by skip; an empty line skips it too.",
    "/show prints the file, /diff what would be written, /undo takes the last change back.",
    "/save writes the file. An empty line writes it and ends; /quit ends without.",
)
COMMANDS: Mapping[str, str] = {
    "/show": "show", "/diff": "diff", "/undo": "undo", "/save": "save", "/quit": "quit", "/exit": "quit", "/q": "quit",
    "/help": "help", "/?": "help", "/h": "help", "show": "show", "diff": "diff", "undo": "undo", "save": "save",
    "quit": "quit", "exit": "quit", "help": "help", "?": "help", "done": "done", "/done": "done",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for a whole conversation. `name` is the file as messages call it; `ask` asks a language model."""

    name: str
    catalog: Catalog
    project: Project
    naming: Naming
    hear: Callable[[str, Sequence[str]], Heard]
    model: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, what came of it in a few words, and the text and open questions before it."""

    said: str
    told: str
    before: str
    asked: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation so far. `text` is empty until something was drafted; `saved` is what the file holds.

    `asked` are the questions still open, the first one being asked. `leaving`: a change would be lost, and was told so.
    """

    text: str = ""
    saved: str = ""
    turns: tuple[Turn, ...] = ()
    asked: tuple[Question, ...] = ()
    leaving: bool = False

    @property
    def prompt(self) -> str:
        """What is asked next: an open question, what to serve, or what to change."""
        return self.asked[0].text if self.asked else NEXT if self.text else FIRST

    @property
    def changed(self) -> bool:
        """Tell whether the file holds something else."""
        return self.text != self.saved

    @property
    def history(self) -> tuple[str, ...]:
        """What was said, oldest first."""
        return tuple(turn.said for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to print, and what to do. `draft` and `refinement` are what was found; `lines` are said as they stand."""

    lines: tuple[str, ...] = ()
    draft: Draft | None = None
    refinement: Refinement | None = None
    diff: str = ""
    does: Does = ""


def step(session: Session, said: str, setting: Setting) -> tuple[Session, Reply]:
    """Return the session after something was said, and the reply to it."""
    words = said.strip()
    command = COMMANDS.get(words.lower())
    if command == "quit":
        return _quit(session, setting)
    session = replace(session, leaving=False)
    if command is not None:
        return _commanded(session, command, setting)
    if words.startswith("/") and " " not in words:
        return session, Reply((f"there is no {words}; /help lists what there is",))
    if not words:
        return _empty(session)
    if not session.text:
        return _drafted(session, said, setting)
    if session.asked and is_skip(words):
        return replace(session, asked=session.asked[1:]), Reply()
    return _changed(session, said, setting)


def difference(before: str, after: str, name: str, *, around: int = 0) -> str:
    """Return what differs between two texts, as unified lines; empty where nothing does."""
    old, new = before.splitlines(), after.splitlines()
    lines = list(difflib.unified_diff(old, new, name, name, n=around, lineterm=""))
    return "\n".join(lines if around else [line for line in lines[2:] if not line.startswith("@@")])


# Commands


def _quit(session: Session, setting: Setting) -> tuple[Session, Reply]:
    if not session.changed or session.leaving:
        lost = (f"{setting.name} is as it was",) if session.changed else ()
        return session, Reply(lost, does="end")
    return replace(session, leaving=True), Reply(("there are changes that are not saved: /save, or /quit once more",))


def _empty(session: Session) -> tuple[Session, Reply]:
    """Return what an empty line does: it skips a question; where none is open it accepts what there is."""
    if session.asked:
        return replace(session, asked=session.asked[1:]), Reply()
    if not session.text:
        return session, Reply(does="end")
    return session, Reply(does="save and end" if session.changed else "end")


def _commanded(session: Session, command: str, setting: Setting) -> tuple[Session, Reply]:
    match command:
        case "help":
            return session, Reply(HELP)
        case "undo":
            return _undone(session, setting)
        case "done":
            return session, Reply(does="save and end" if session.text and session.changed else "end")
        case _ if not session.text:
            return session, Reply(("there is nothing yet; say what you want to serve",))
        case "show":
            return session, Reply((session.text.rstrip("\n"),))
        case "diff":
            shown = difference(session.saved, session.text, setting.name, around=3)
            return session, Reply((shown or f"{setting.name} holds all of it",))
        case _:
            return session, Reply(does="save")


def _undone(session: Session, setting: Setting) -> tuple[Session, Reply]:
    changing = next((turn for turn in reversed(session.turns) if turn.before != session.text), None)
    if changing is None:
        return session, Reply(("there is nothing to undo",))
    index = len(session.turns) - 1 - session.turns[::-1].index(changing)
    before = replace(session, text=changing.before, asked=changing.asked, turns=session.turns[:index])
    return before, Reply(
        (f"undone: {changing.said.strip()}",), diff=difference(session.text, before.text, setting.name)
    )


# What is said


def _drafted(session: Session, said: str, setting: Setting) -> tuple[Session, Reply]:
    heard = setting.hear(said, session.history)
    try:
        found = prove(heard, setting.catalog, setting.project, naming=setting.naming, name=setting.name)
    except InputError as error:
        return session, Reply(tuple(item.message for item in error.diagnostics))
    if not found.draft.findings:
        notes = tuple(f"note: {note}" for note in found.draft.notes)
        hint = 'nothing in it speaks of a service to plan; try "a support bot for 5,000 people, at most $6k a month"'
        asked = " ".join(item.text for item in found.draft.questions)
        return session, Reply((*notes, asked or hint))
    open_ones = found.draft.questions[:MOST_QUESTIONS]
    turn = Turn(said, _summary(found), session.text, session.asked)
    return replace(session, text=found.text, asked=open_ones, turns=(*session.turns, turn)), Reply(draft=found.draft)


def _summary(found: Proven) -> str:
    return ", ".join(f"{item.field}: {item.value}" for item in found.draft.findings)


def _changed(session: Session, said: str, setting: Setting) -> tuple[Session, Reply]:
    """Return what an answer, or else an instruction, makes of the workload."""
    source = Source(setting.name, session.text)
    question, left = session.asked[0] if session.asked else None, session.asked
    given = _corrected(session, said, setting.catalog)
    if given is None and question is not None:
        given, left = answer(question, said, setting.catalog), session.asked[1:]
    if given is not None:
        found = _answered(source, given, setting)
    else:
        hear = (lambda words: setting.hear(words, session.history)) if setting.model else None
        found, left = refine(said, source, setting.catalog, setting.project, model=hear), session.asked
    if found.problems:
        left = session.asked
    left = _still_open(left, found)
    if given is None and not found.understood:
        hint = "that is no answer to it; skip leaves it open" if question else 'say it like "use H100s", or /help'
        return session, Reply((f"nothing was understood, and nothing changed; {hint}",))
    told = ", ".join(f"{item.field}: {item.before} -> {item.after}" for item in found.changes)
    turn = Turn(said, told, session.text, session.asked)
    after = replace(session, text=found.text, asked=left, turns=(*session.turns, turn))
    return after, Reply(refinement=found, diff=difference(session.text, found.text, setting.name))


def _corrected(session: Session, said: str, catalog: Catalog) -> Answer | None:
    """Return what "no, 700" means behind a change of one figure, or None where it is no such thing."""
    last = next((turn for turn in reversed(session.turns) if turn.before and turn.before != session.text), None)
    if last is None or not is_correction(said, alone=not session.asked):
        return None
    old, new = (parse(Source("", text)) for text in (last.before, session.text))
    changed = [field for field in FIGURES if value_at(old, path_of(field)) != value_at(new, path_of(field))]
    return corrected(changed[0], said, catalog) if len(changed) == 1 else None


def _answered(source: Source, given: Answer, setting: Setting) -> Refinement:
    """Return what an answer makes of the workload. Names that are ruled out leave the list of what is wanted."""
    parsed = load(Workload, source)
    held = Held(parsed, resolve(parsed, setting.catalog, setting.project), setting.catalog)
    wanted = [Wanted(field, value, (given.quote,), why=given.why) for field, value in given.sets.items()]
    for item in list(wanted):
        group, _, side = item.field.rpartition(".")
        other = f"{group}.{'deny' if side == 'allow' else 'allow'}"
        if item.field in LISTS and side in ("allow", "deny") and isinstance(item.value, tuple):
            left = tuple(name for name in held.names(other) if name not in item.value)
            if left != held.names(other):
                wanted.append(Wanted(other, left or None, item.quotes, "inferred", f"{item.field} takes their place"))
    return refined(source, held, setting.project, together(Told(tuple(wanted)), held))


def _still_open(asked: tuple[Question, ...], found: Refinement) -> tuple[Question, ...]:
    """Return the questions that are still open after a change: those on what it sets are not."""
    answered = {item.field for item in found.changes}
    return tuple(item for item in asked if not answered & {item.field, *SAME_ANSWER.get(item.field, ())})


SAME_ANSWER: Mapping[str, tuple[str, ...]] = {
    "experience": ("slo.ttft", "slo.itl", "slo.e2e", "priorities.latency"),
    "traffic.users": ("traffic.requestRate",),
}
"""What else settles a question: a draft that has it does not ask."""
