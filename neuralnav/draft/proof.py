"""The proof that a draft is coherent: its text is parsed, validated and resolved like a file written by hand."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from neuralnav.draft import Heard, settled
from neuralnav.draft.defaults import Naming
from neuralnav.draft.writing import Written, written
from neuralnav.errors import Diagnostic, InputError
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import Draft, Dropped, Reading
from neuralnav.model.project import Project
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.workload import Workload
from neuralnav.resolve import resolve


@dataclass(frozen=True, slots=True)
class Proven:
    """A draft, the text of its workload, and what that resolves to; None for a draft that found nothing."""

    draft: Draft
    text: str
    spec: ResolvedSpec | None


def prove(heard: Heard, catalog: Catalog, project: Project, *, naming: Naming, name: str) -> Proven:
    """Return the draft whose workload is valid in a project; messages call its file `name`.

    A value that the project's own reading of the file refuses is dropped, and told with the reason. Raises
    `InputError` where what is refused is none of the prose's, such as a name given by an option.
    """
    dropped: tuple[Dropped, ...] = ()
    while True:
        draft = settled(_without(heard, dropped), catalog, naming=naming)
        draft = replace(draft, dropped=(*draft.dropped, *dropped))
        if not draft.findings:
            return Proven(draft, "", None)
        page = written(draft)
        try:
            parsed = load(Workload, Source(name, page.text))
            return Proven(draft, page.text, resolve(parsed, catalog, project))
        except InputError as error:
            refused = _refused(draft, page, error.diagnostics)
            if not refused:
                raise
            dropped = (*dropped, *refused)


def _refused(draft: Draft, page: Written, problems: Collection[Diagnostic]) -> tuple[Dropped, ...]:
    """Return the findings that problems are about; of a group as a whole, the first that is no default."""
    by_field = {item.field: item for item in draft.findings if item.origin != "default"}
    gone: dict[str, Dropped] = {}
    for problem in problems:
        field = next((name for name in page.fields_from(problem.where.line) if name in by_field), None)
        if field is not None and field not in gone:
            found = by_field[field]
            gone[field] = Dropped(field, found.value, found.engine, problem.message)
    return tuple(gone.values())


def _without(heard: Heard, dropped: Collection[Dropped]) -> Heard:
    """Return what was heard without what was dropped. What the other engine found of the same field may do."""
    gone = {(item.engine, item.field) for item in dropped}
    llm = None if heard.llm is None else _less(heard.llm, gone)
    return replace(heard, rules=_less(heard.rules, gone), llm=llm)


def _less(reading: Reading, gone: Collection[tuple[str, str]]) -> Reading:
    return replace(reading, findings=tuple(item for item in reading.findings if (item.engine, item.field) not in gone))
