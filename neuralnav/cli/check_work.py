"""Judge one workload for `check`: what compile makes of it, how the committed files differ, what git knows of that."""

import os
from collections.abc import Sequence
from dataclasses import replace

from neuralnav.cli.drift import NOT_THERE, find_drift
from neuralnav.cli.work import Options, Work, failed, read_workload, work
from neuralnav.errors import ExitCode, InputError
from neuralnav.files.checkouts import bringing, earlier_texts, left_out
from neuralnav.files.locks import find_lock
from neuralnav.files.places import Place, show
from neuralnav.model.diff import FieldEdit
from neuralnav.model.document import Source, digest, load
from neuralnav.model.plain_text import clipped
from neuralnav.model.report import ReportedDrift
from neuralnav.model.workload import Workload

MOST_EDITS = 3
"""Edits of a workload that a drift names; `neuralnav diff` shows all."""

VALUE_CHARACTERS = 40


def checked(item: tuple[Place, Options]) -> Work:
    """Return what compiling a workload gives, its drift in the report. Nothing is written, and nothing is raised."""
    made = work(item)
    if not made.files:
        return made
    try:
        drift = tuple(_told(made, found) for found in find_drift(made, templates=item[1].templates))
    except InputError as error:
        broken = failed(made.place, made.report.workload, error.exit_code, error.diagnostics)
        return replace(broken, spec=made.spec)
    if not drift:
        return made
    changed = {"status": "drift", "exit_code": int(ExitCode.DRIFT), "drift": drift}
    return replace(made, report=made.report.model_copy(update=changed))


def _told(item: Work, drift: ReportedDrift) -> ReportedDrift:
    """Return a drift with what git knows of it: which fields of a workload were edited, which file it leaves out."""
    if drift.drift == "workload":
        return _with_edits(drift, item.place)
    if drift.drift == "manifest" and drift.message == NOT_THERE:
        return _if_left_out(drift, item.place)
    return drift


def _with_edits(drift: ReportedDrift, place: Place) -> ReportedDrift:
    edits = _edits_since_lock(place)
    if not edits:
        return drift
    texts = [f"{edit.field.removeprefix('spec.')} {_value(edit.before)} -> {_value(edit.after)}" for edit in edits]
    more = [f"and {len(texts) - MOST_EDITS} more"] if len(texts) > MOST_EDITS else []
    what, mark, effect = drift.message.partition("; ")
    message = f"{what}: {', '.join(texts[:MOST_EDITS] + more)}{mark}{effect}"
    told = next((edit for edit in edits if edit.after), edits[0])  # what was taken away has no line of its own
    place_of = {"file": show(place.workload), "line": told.where.line}
    return drift.model_copy(update={"message": message, **place_of})


def _value(text: str) -> str:
    return clipped(text, VALUE_CHARACTERS) or "none"


def _edits_since_lock(place: Place) -> Sequence[FieldEdit]:
    """Return what was edited since a workload was as its lock says, if git holds it as it was then."""
    from neuralnav.diff.edits import workload_edits  # with pyarrow's tables, which no other step needs

    locked = find_lock(place, upgrade=True).lock
    now = read_workload(place)
    for text in earlier_texts(place.workload) if locked else ():
        try:
            then = load(Workload, Source(place.shown, text))
        except InputError:
            continue
        if locked and digest(then.document.model_dump(mode="json", exclude_defaults=True)) == locked.inputs.workload:
            return [edit.shown for edit in workload_edits(then, now)]
    return ()


def _if_left_out(drift: ReportedDrift, place: Place) -> ReportedDrift:
    path = os.path.relpath(drift.file, show(place.folder))
    if not left_out(place.folder, f":(literal){path}"):
        return drift
    fix = bringing(place.folder / path)
    return drift.model_copy(update={"message": "git's sparse checkout leaves the file out", "fix": fix})
