"""Read what an earlier lock says: whole, in conflict, cut short, or from a newer tool."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.files.checkouts import BASE, OURS, THEIRS, deepening, is_shallow, merge_base_text, staged_text
from neuralnav.files.lfs import refuse_pointer
from neuralnav.files.places import Place, read_optional, read_source, show
from neuralnav.model.document import (
    Node,
    Source,
    option_node,
    parse,
    plain,
    validate,
    with_value,
)
from neuralnav.model.lock import DEPLOYMENT_SINCE, END, REVISION, SCHEMA, Lock, Previous, has_conflict, is_whole
from neuralnav.model.lock_sides import sides

UPGRADE = "`neuralnav compile --upgrade` chooses afresh"
RESTORE = f"restore it from git, or {UPGRADE}"


@dataclass(frozen=True, slots=True)
class Found:
    """A lock on disk: its text (empty when there is none), the lock (None when it cannot bind), and what was noted."""

    text: str
    lock: Lock | None
    notes: tuple[str, ...] = ()
    settled: bool = False

    @property
    def previous(self) -> Previous | None:
        """What binds the next lock."""
        if self.lock is None:
            return None
        inputs = self.lock.inputs
        return Previous(self.lock.choice.candidate, inputs.workload, inputs.settings, inputs.policies, self.settled)


def find_lock(place: Place, *, upgrade: bool = False) -> Found:
    """Return the lock beside a workload.

    With `upgrade`, a damaged lock or one in conflict binds nothing. Raises `InputError` for a damaged one otherwise,
    for a conflict in which the sides disagree and no merge base decides, and always for a lock of a newer schema.
    """
    if not place.lock.exists() and not place.lock.is_symlink():
        return Found("", None)
    try:
        source = _read(place)
        if has_conflict(source.text):
            return _settle(place, source)
        return Found(source.text, read_lock(source))
    except _DamagedError as error:
        if upgrade:
            return Found("", None, ("the damaged lock was set aside, as --upgrade asks",))
        raise InputError(error.diagnostics) from None


class _DamagedError(InputError):
    """A lock that cannot be used as it stands, but may be replaced."""


@contextmanager
def _damage(*, own_hints: bool) -> Iterator[None]:
    """Turn what is wrong with a text into damage of a lock; with `own_hints` a problem keeps the hint it has."""
    try:
        yield
    except InputError as error:
        found = [
            Diagnostic(d.where, f"damaged lock: {d.message}", d.hint if own_hints and d.hint else RESTORE)
            for d in error.diagnostics
        ]
        raise _DamagedError(found) from None


def _read(place: Place) -> Source:
    refuse_pointer(read_optional(place.lock) or b"", show(place.lock))  # whole, elsewhere: nothing to set aside
    with _damage(own_hints=False):
        return read_source(place.lock)


def read_lock(source: Source) -> Lock:
    """Return the lock in a text. Raises `InputError` when it is newer, cut short or damaged."""
    newer = re.search(r"^schema:[ \t]*[\"']?([0-9]+)[\"']?[ \t]*$", source.text, re.MULTILINE)
    if newer is not None and int(newer[1][:18]) > SCHEMA:
        raise _newer(source, f"the lock has schema {newer[1]}; this neuralnav reads {SCHEMA}")
    if not is_whole(source.text):
        last = source.text.count("\n") + 1
        message = f'the lock is cut short: it does not end with "{END.strip()}"'
        raise _DamagedError([Diagnostic(Where(source.name, last), message, RESTORE)])
    with _damage(own_hints=True):
        root = parse(source)
    found = plain(root)
    revision = found.get("revision") if isinstance(found, dict) else None
    if isinstance(revision, int) and revision > REVISION:
        raise _newer(source, f"the lock has revision {revision}; this neuralnav writes {REVISION}")
    if isinstance(revision, int) and revision < REVISION and isinstance(found.get("deployment"), dict):
        root = _completed(root, revision, found["deployment"])
    with _damage(own_hints=True):
        return validate(Lock, root, source).document


def _completed(root: Node, revision: int, deployment: Mapping[str, object]) -> Node:
    """Return an older lock with what later revisions added: it still binds the choice, and drifts by its revision."""
    for since in range(revision + 1, REVISION + 1):
        for name, text in DEPLOYMENT_SINCE.get(since, {}).items():
            if name not in deployment:
                root = with_value(root, ("deployment", name), option_node(text, f"revision {since}"))
    return root


def _newer(source: Source, message: str) -> InputError:
    return input_error(source.name, message, "upgrade neuralnav: a newer version wrote it")


def _settle(place: Place, source: Source) -> Found:
    """Take the choice on which both sides of a conflict agree, else the merge base's."""
    ours, base, theirs = sides(source.text)
    staged = [staged_text(place.lock, stage) for stage in (OURS, THEIRS)]
    if all(staged):  # git merges what does not conflict, so the sides in the file are not what either branch held
        ours, theirs = staged
    locks = [_try(source.name, text) for text in (ours, theirs)]
    if locks[0] is not None and locks[1] is not None and locks[0].choice.candidate == locks[1].choice.candidate:
        agreed = locks[0]
        return Found(
            source.text, agreed, (f"merge conflict: both sides chose {agreed.choice.candidate}",), settled=True
        )
    settled = _try(source.name, staged_text(place.lock, BASE) or base or merge_base_text(place.lock))
    if settled is not None:
        note = f"merge conflict: the sides disagree, so the merge base's {settled.choice.candidate} is taken"
        return Found(source.text, settled, (note,), settled=True)
    marks = (number for number, text in enumerate(source.text.splitlines(), 1) if has_conflict(text))
    line = next(marks, 1)
    message = "merge conflict: the two sides chose differently and no merge base is at hand"
    more = f"this clone is shallow: `{deepening(place.folder)}` may bring the merge base; else "
    hint = more + UPGRADE if is_shallow(place.folder) else UPGRADE
    raise _DamagedError([Diagnostic(Where(source.name, line), message, hint)])


def _try(name: str, text: str) -> Lock | None:
    """Return the lock in a text, or None when it is damaged. Raises `InputError` when it is newer."""
    try:
        return read_lock(Source(name, text))
    except _DamagedError:
        return None
