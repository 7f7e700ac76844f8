"""An instruction on a workload that exists -> an edit of its text: "use H100s", "double the traffic", "no budget".

What is said in full is read by the rules that read a prose; what is said of what the file has (amounts, lists, wishes,
removals) is read in `refining`. Each part uses up its words, so that no other reads them again. The edited text is
loaded and resolved: an edit that makes no valid workload is not made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from neuralnav.draft import Heard
from neuralnav.draft.edits import edit
from neuralnav.draft.meaning import same
from neuralnav.draft.refining.amounts import read_amounts
from neuralnav.draft.refining.figures import by_how_much, read_figures
from neuralnav.draft.refining.held import Held, Told, Wanted
from neuralnav.draft.refining.lists import LISTS, relisted
from neuralnav.draft.refining.removals import read_name, read_removals
from neuralnav.draft.refining.swaps import read_swaps
from neuralnav.draft.refining.together import together
from neuralnav.draft.refining.unread import unread
from neuralnav.draft.refining.wishes import read_wishes
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.spans import layout
from neuralnav.draft.splices import MARK
from neuralnav.draft.writing import comment_of
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import FIELDS, Finding, Question, Quote, Unplaced, Value
from neuralnav.model.project import Project
from neuralnav.model.workload import Workload
from neuralnav.resolve import resolve


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, as the file spells it; None where it is not in the file. `why` as in a finding."""

    field: str
    before: Value | None
    after: Value | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Refinement:
    """What an instruction makes of a workload.

    `text` is the file's text, as it was where nothing changes. `notes` tell what is so already. `problems` say why
    changes that were understood are not made: they would leave no valid workload.
    """

    text: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    questions: tuple[Question, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def understood(self) -> bool:
        """Tell whether anything was made of the words."""
        return bool(self.changes or self.notes or self.unplaced or self.questions or self.problems)


Hear = Callable[[str], Heard]
"""Ask a language model what it reads in an instruction."""


LONGEST = 100_000
"""Characters of an instruction; what is longer is a description, and `neuralnav draft` reads those."""


def refine(said: str, source: Source, catalog: Catalog, project: Project, *, model: Hear | None = None) -> Refinement:
    """Return what an instruction makes of a workload. Raises `InputError` for a workload that is not valid itself."""
    parsed = load(Workload, source)
    if len(said) > LONGEST:
        message = f"an instruction of {len(said):,} characters is too long; the limit is {LONGEST:,}"
        return Refinement(source.text, problems=(Diagnostic(Where("PROSE"), message, "say it in fewer words"),))
    held = Held(parsed, resolve(parsed, catalog, project), catalog)
    told, questions = _told(said, held, model)
    return refined(source, held, project, together(told, held), questions)


def refined(
    source: Source, held: Held, project: Project, told: Told, questions: tuple[Question, ...] = ()
) -> Refinement:
    """Return what wanted values make of a workload; those that it has already are told as notes."""
    wanted = {item.field: item for item in told.wanted}
    changes = tuple(_change(wanted[field], held) for field in FIELDS if field in wanted)
    so_already = tuple(
        f"{item.field} is {_plain(item.after)} already" for item in changes if _is_so(item) and item.after is not None
    )
    changes = tuple(item for item in changes if not _is_so(item))
    notes = tuple(dict.fromkeys((*told.notes, *so_already)))
    unplaced = tuple(dict.fromkeys(told.unplaced))
    if not changes:
        return Refinement(source.text, (), notes, unplaced, questions)
    try:
        text = edit(source, {item.field: item.after for item in changes}, _comments(source.text, changes))
        resolve(load(Workload, Source(source.name, text)), held.catalog, project)
    except InputError as error:
        return Refinement(source.text, (), notes, unplaced, questions, error.diagnostics)
    return Refinement(text, changes, notes, unplaced, questions)


def _told(said: str, held: Held, model: Hear | None) -> tuple[Told, tuple[Question, ...]]:
    """Return what every part reads in an instruction, each in the words that those before have left."""
    whole = prepare(said)
    named = tuple(
        quote for item in by_rules(whole, held.catalog).findings if item.field in LISTS for quote in item.quotes
    )
    told, left = Told(), said
    for part in (read_name, read_swaps, read_amounts, read_wishes):
        told, left = _used(told, left, part(prepare(left), held))
    text = prepare(left)
    told, left = _used(told, left, read_removals(text, held, named))
    rest = by_rules(prepare(left), held.catalog)
    told, left = _used(told, left, read_figures(prepare(left), held, {item.field for item in rest.findings}))
    heard = model(said) if model and left.strip() else None
    findings = [_as_given(item, said) for item in (*rest.findings, *_second(heard, left, rest.findings))]
    told += Told(notes=heard.notes if heard else ())
    told += _set([item for item in findings if item.field not in LISTS], held)
    told += relisted(whole, [item for item in findings if item.field in LISTS], held)
    told += Told(unplaced=tuple(replace(item, quote=_quoted(item.quote, said)) for item in rest.unplaced))
    if not (told.wanted or told.unplaced or told.notes or rest.questions):
        told += by_how_much(whole)
    if told.wanted or told.notes:
        quotes = [quote for item in findings for quote in item.quotes] + [item.quote for item in told.unplaced]
        told += Told(unplaced=unread(whole, left, quotes + [quote for item in told.wanted for quote in item.quotes]))
    return told, tuple(item for item in rest.questions if held.value(item.field) is None)


def _used(told: Told, left: str, more: Told) -> tuple[Told, str]:
    """Return what is told so far, and the words that are left: those used up are blanks, so that places stay."""
    text = prepare(left)
    for start, end in more.spans:
        first, last = text.starts[start], text.ends[end - 1]
        left = left[:first] + " " * (last - first) + left[last:]
    return told + more, left


def _second(heard: Heard | None, left: str, known: Iterable[Finding]) -> Iterator[Finding]:
    """Return what a model reads in words that nothing else was made of, in fields that the rules did not find."""
    fields = {item.field for item in known}
    for item in heard.llm.findings if heard and heard.llm else ():
        fresh = all(left[quote.start : quote.end] == quote.text for quote in item.quotes)
        if item.field not in fields and item.quotes and fresh:
            yield item


def _as_given(item: Finding, said: str) -> Finding:
    return replace(item, quotes=tuple(_quoted(quote, said) for quote in item.quotes))


def _quoted(quote: Quote, said: str) -> Quote:
    return Quote(said[quote.start : quote.end], quote.start, quote.end)


def _set(findings: Iterable[Finding], held: Held) -> Told:
    """Return the values that findings set. What a service is for is not changed by a word that only hints at it."""
    told = Told()
    for item in findings:
        hint = item.field == "useCase" and item.origin == "inferred" and not same("useCase", item.value, _case(held))
        if hint:
            note = (
                f'{item.quotes[0].text} may mean useCase {item.value}; say "the use case is {item.value}" to change it'
            )
            told += Told(notes=(note,))
        else:
            told += Told(wanted=(Wanted(item.field, item.value, item.quotes, item.origin, item.why, item.engine),))
    return told


def _case(held: Held) -> str:
    return held.spec.use_case


def _change(item: Wanted, held: Held) -> Change:
    value = "" if item.value is None else item.value
    finding = Finding(item.field, value, item.origin, item.engine, item.quotes, item.why)
    return Change(item.field, held.value(item.field), item.value, finding)


def _is_so(item: Change) -> bool:
    if item.before is None or item.after is None:
        return item.before is item.after
    return isinstance(item.before, tuple) == isinstance(item.after, tuple) and same(item.field, item.before, item.after)


def _plain(value: Value | None) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _comments(text: str, changes: Iterable[Change]) -> Mapping[str, str]:
    """Return a comment for each new value, in a file that has such comments: what people write by hand has none."""
    if not any(MARK.match(item.text) for item in layout(text).comments):
        return {}
    return {item.field: comment_of(item.finding) for item in changes if item.after is not None}
