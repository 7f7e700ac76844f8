"""What a model might answer, as short as a test wants it."""

import json
from collections.abc import Sequence
from functools import cache

from neuralnav.draft.llm.answer import Answer, parse_answer
from neuralnav.draft.llm.checking import check
from neuralnav.draft.rules import prepare
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Finding, Reading

Said = tuple[str, object, str]
"""A field, its value, and the words that a model quotes."""


@cache
def catalog() -> Catalog:
    return load_catalog()


def answered(*said: Said, unplaced: Sequence[str] = (), questions: Sequence[str] = ()) -> Answer:
    findings = [{"field": field, "quote": quote, "value": value} for field, value, quote in said]
    return parse_answer(json.dumps({"findings": findings, "unplaced": unplaced, "questions": questions}))


def checked(prose: str, *said: Said, rules: Reading | None = None) -> Reading:
    return check(answered(*said), prepare(prose), catalog(), rules or Reading())


def only(prose: str, *said: Said) -> Finding:
    reading = checked(prose, *said)
    assert reading.dropped == ()
    (finding,) = reading.findings
    return finding


def why_dropped(prose: str, *said: Said) -> str:
    reading = checked(prose, *said)
    assert reading.findings == ()
    (dropped,) = reading.dropped
    return dropped.why
