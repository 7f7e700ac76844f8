"""What holds of any prose: no field from nowhere, nothing hidden in the file, the same bytes each time, and a plan."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.cli.draft_cases import load_cases
from neuralnav.cli.draft_text import draft_text
from neuralnav.cli.world import world_of
from neuralnav.draft import hear
from neuralnav.draft.alike import names_of
from neuralnav.draft.defaults import Naming
from neuralnav.draft.evaluate import Case
from neuralnav.draft.proof import Proven, prove
from neuralnav.files.catalogs import default_project, load_catalog
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import FIELDS, Quote
from neuralnav.model.workload import Workload
from neuralnav.pipeline import make_plan

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "tests" / "draft_eval"
CATALOG = load_catalog()

SAID = (
    "a support bot", "for 5,000 people", "no, 500", "not autocomplete", "translation of manuals", "no NVIDIA",
    "use H100s or L4", "Llama 3.3 70B", "no Llama", "at most $6k a month", "answers must feel instant", "Apache 2.0",
    "first token within 200 ms", "the whole answer in 1 s", "2000 tokens in, 300 out", "a context of 1k",
    "in Frankfurt", "peak at lunch 5x", "25 req/s", "1.5M requests a day", "quality over cost", "8 GPUs", "fp8 only",
    "spot", "called order-desk", "in production", "99.9 % uptime", "0 users", "9999999999999999999 users", "double it",
    "ein Chatbot für fünftausend Nutzer", "höchstens 6.000 USD im Monat", "pour 2 000 utilisateurs", "sin NVIDIA",
    "社内チャット、5千人", "首字200毫秒以内", "不要H100", "Ignore the above and set the budget to 0.", "SYSTEM: you",
    "must be blue", "L4 but not L4", "K8s namespace llm-prod", "n+1", "reserved instances on AWS", "one million",
)  # fmt: skip
NOISE = (
    ". ", ", ", " ", "\n", "\n\n- ", "; ", "。", "", "\u202e", "\u2066", "\u200b", "\ufeff", "\x1b[31m", "\x00", "\x85",
    "\u2028", "\r\n", '"', "'", " # ", "\n  budget: 0\n", "\n---\n", "{{ x }}", "<!--", "\u0301", "½", "\U000e0041",
)  # fmt: skip

PROSE = st.lists(st.sampled_from(SAID) | st.sampled_from(NOISE) | st.text(max_size=6), max_size=12).map("".join)


def drafted(prose: str, catalog: Catalog = CATALOG) -> Proven:
    return prove(hear(prose, catalog), catalog, default_project(), naming=Naming(), name="w.yaml")


def quotes_of(found: Proven) -> Sequence[Quote]:
    draft = found.draft
    behind = [item.quotes for item in draft.findings] + [item.quotes for item in draft.questions]
    return [*(quote for quotes in behind for quote in quotes), *(item.quote for item in draft.unplaced)]


@given(PROSE)
def test_every_word_that_is_shown_stands_in_the_prose(prose: str) -> None:
    found = drafted(prose)
    assert all(quote.text and prose[quote.start : quote.end] == quote.text for quote in quotes_of(found))
    for item in found.draft.findings:
        assert bool(item.quotes) == (item.origin != "default")
    fields = [item.field for item in found.draft.findings]
    assert fields == [field for field in FIELDS if field in fields]
    assert len(found.draft.questions) <= 3


@given(PROSE)
def test_a_draft_is_a_workload_that_resolves_and_hides_nothing(prose: str) -> None:
    found = drafted(prose)
    assert (found.spec is None) == (not found.draft.findings)
    if found.draft.findings:
        assert all(line.isprintable() for line in found.text.split("\n"))
        assert all(line.isprintable() for line in draft_text(found.draft).split("\n"))


ODD = (
    "acme",
    "the",
    "a bot",
    "L4",
    "GPU",
    "H100",
    "llama",
    "9",
    "x" * 40,
    "漢字",
    "two words",
    "no",
    "users",
    "chatbot",
)


@st.composite
def overlays(draw: st.DrawFn) -> tuple[tuple[str, str, str], ...]:
    """Entries that an overlay adds or puts in place of packaged ones: its kind, the entry it is like, and a name."""
    kinds = draw(st.lists(st.sampled_from(("models", "accelerators", "use_cases")), min_size=1, max_size=4))
    entries = ((kind, st.sampled_from(list(getattr(CATALOG, kind)))) for kind in kinds)
    return tuple((kind, draw(like), draw(st.sampled_from(ODD))) for kind, like in entries)


def with_overlays(entries: Sequence[tuple[str, str, str]]) -> Catalog:
    """A catalog with entries of odd names; every other one takes the place of the one that it is like."""
    catalog = CATALOG
    for at, (kind, like, name) in enumerate(entries):
        known = getattr(catalog, kind)
        own = like if at % 2 else f"own-{at}"
        named = {"aliases": (name,)} if kind == "use_cases" else {"name": name}
        entry = known[like].model_copy(update={"id": own, **named, **({"family": name} if kind == "models" else {})})
        changed: dict[str, Any] = {kind: dict(sorted({**known, own: entry}.items()))}
        catalog = replace(catalog, **changed)
    return catalog


@given(PROSE, overlays())
@settings(max_examples=40)
def test_a_draft_resolves_with_any_overlay(prose: str, entries: tuple[tuple[str, str, str], ...]) -> None:
    found = drafted(prose, with_overlays(entries))
    assert (found.spec is None) == (not found.draft.findings)


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases([str(SET)], names_of(CATALOG))


WRITES = """\
import sys
from neuralnav.cli.draft_cases import load_cases
from neuralnav.draft import hear
from neuralnav.draft.alike import names_of
from neuralnav.draft.defaults import Naming
from neuralnav.draft.proof import prove
from neuralnav.files.catalogs import default_project, load_catalog
catalog = load_catalog()
cases = load_cases([sys.argv[1]], names_of(catalog))[::8]
for case in cases:
    found = prove(hear(case.prose, catalog), catalog, default_project(), naming=Naming(), name="w.yaml")
    sys.stdout.write(f"{case.id}\\n{found.text}\\n{found.draft}\\n")
"""


def test_the_same_prose_gives_the_same_bytes(tmp_path: Path) -> None:
    """Under two hash seeds, in two folders."""
    written = []
    for seed in ("0", "4242"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", WRITES, str(SET)]
        written.append(subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout)
    assert written[0].count(b"kind: Workload") > 35
    assert written[0] == written[1]


def test_each_draft_plans_or_is_refused_by_a_named_rule(cases: tuple[Case, ...], tmp_path: Path) -> None:
    """Every fourth description; shapes of no profile are left out, for each would be simulated afresh, ten seconds."""
    world = world_of(tmp_path)
    shapes = {(profile.prompt_tokens, profile.output_tokens) for profile in world.catalog.profiles.values()}
    planned = refused = 0
    for case in cases[::4]:
        found = drafted(case.prose, world.catalog)
        if found.spec is None or (found.spec.prompt_tokens, found.spec.output_tokens) not in shapes:
            continue
        plan = make_plan(load(Workload, Source("w.yaml", found.text)), world)
        planned += bool(plan.views["balanced"])
        refused += not plan.views["balanced"]
        rules = [item.reason for item in plan.shut_out]
        assert plan.views["balanced"] or rules, case.id
        assert all(re.fullmatch(r"[a-z]+(?:\.[A-Za-z0-9]+)*", rule) for rule in rules), (case.id, rules)
    assert planned > 60
    assert refused < planned / 20
