"""Read files of labelled descriptions."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from neuralnav.draft.alike import Names, sense_of
from neuralnav.draft.evaluate import Between, Case, Expected, OneOf
from neuralnav.errors import Diagnostic, InputError, input_error
from neuralnav.files.places import read_source
from neuralnav.model.document import Parsed, load, suggestion
from neuralnav.model.draft import FIELDS, Value
from neuralnav.model.draft_cases import DraftCase, DraftCases

PROSE_HINT = "a prose whose first word is eval goes behind two dashes: neuralnav draft -- eval ..."
SET = Path("tests") / "draft_eval"
"""Where a checkout keeps its cases."""


def load_cases(paths: Sequence[str], names: Names) -> tuple[Case, ...]:
    """Return the cases of files and folders, in order; without paths, those of the checkout.

    Raises `InputError` with every problem of every file: also for a label that no draft could meet.
    """
    cases: list[Case] = []
    problems: list[Diagnostic] = []
    seen: dict[str, str] = {}
    for path in _files(paths):
        try:
            parsed = load(DraftCases, read_source(path))
        except InputError as error:
            problems += error.diagnostics
            continue
        for index, item in enumerate(parsed.document.spec.cases):
            wrong = list(_problems(parsed, index, item, names, seen))
            problems += wrong
            cases += [] if wrong else [_case(parsed.document, item)]
    if problems:
        raise InputError(problems)
    return tuple(cases)


def _files(paths: Sequence[str]) -> list[Path]:
    if not paths and not SET.is_dir():
        raise input_error(str(SET), "no such folder here", "give files of cases: neuralnav draft eval PATH...")
    found: list[Path] = []
    for path in [Path(name) for name in paths] or [SET]:
        if not path.exists():
            raise input_error(str(path), "no such file or folder of cases", PROSE_HINT)
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise input_error(str(path), "no *.yaml in this folder", "give files of cases")
        found += inside
    return list(dict.fromkeys(found))


def _case(document: DraftCases, item: DraftCase) -> Case:
    expect = {field: _expected(value) for field, value in item.expect.items()}
    return Case(
        document.metadata.name, document.spec.language, item.id, item.prose, expect, item.absent, item.unplaced,
        item.question,
    )  # fmt: skip


def _expected(value: object) -> Expected:
    match value:
        case {"oneOf": [*values]}:
            return OneOf(tuple(_value(item) for item in values))
        case {"between": [low, high]}:
            return Between(float(low), float(high))
        case _:
            return OneOf((_value(value),))


def _value(value: object) -> Value:
    match value:
        case bool() | int() | float() | str():
            return value
        case [*items]:
            return tuple(str(item) for item in items)
        case _:
            raise ValueError(f"{value!r} is not a value of a field")


def _problems(
    parsed: Parsed[DraftCases], index: int, item: DraftCase, names: Names, seen: dict[str, str]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with a case beyond its form; `seen` has the ids so far and the files they are in."""
    place = ("spec", "cases", index)
    name = parsed.document.metadata.name
    if item.id in seen:
        where = parsed.where(*place, "id")
        yield Diagnostic(where, f'the id "{item.id}" is given twice; the first is in {seen[item.id]}', "change one")
    seen.setdefault(item.id, name)
    if item.question is None and not [*item.expect, *item.absent, *item.unplaced]:
        yield Diagnostic(parsed.where(*place), f"{item.id} has no label", "add expect, absent, unplaced or question")
    for field, value in item.expect.items():
        message, hint = _wrong_label(field, value, names)
        if message:
            yield Diagnostic(parsed.where(*place, "expect", field), f"{item.id}: {message}", hint)
    for key, field in _named_fields(item):
        if field not in FIELDS:
            where = parsed.where(*place, key)
            yield Diagnostic(where, f'{item.id}: no draft sets "{field}"', suggestion(field, FIELDS))
    for field in sorted(set(item.absent) & set(item.expect)):
        yield Diagnostic(parsed.where(*place, "absent"), f"{item.id}: {field} is both expected and absent", "")
    for words in item.unplaced:
        if words.casefold() not in item.prose.casefold():
            yield Diagnostic(parsed.where(*place, "unplaced"), f'{item.id}: the prose does not hold "{words}"', "")


def _named_fields(item: DraftCase) -> Iterator[tuple[str, str]]:
    """Yield the fields that a case names beside those it expects, each with the key that it stands under."""
    yield from (("absent", field) for field in item.absent)
    if isinstance(item.question, str):
        yield "question", item.question


def _wrong_label(field: str, value: object, names: Names) -> tuple[str, str]:
    """Return what is wrong with an expected value and what to do, or two empty texts."""
    if field not in FIELDS:
        return f'no draft sets "{field}"', suggestion(field, FIELDS)
    match value:
        case {"between": [int() | float() as low, int() | float() as high], **rest} if not rest and low <= high:
            return "", ""
        case {"oneOf": [_, _, *_] as values, **rest} if not rest:
            options: Sequence[object] = values
        case {**unknown}:
            return f"{field}: {unknown} is no value", "write oneOf: [A, B] or between: [LOW, HIGH]"
        case _:
            options = [value]
    for option in options:
        try:
            sense_of(field, option, names)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            return f"{field}: {message}", hint
    return "", ""
