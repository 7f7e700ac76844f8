"""Prose -> Draft -> workload.yaml. The flow: prepare, read by rules, ask a model where there is one, settle.

Nothing here reads or writes a file. A model is asked only where one is given; what it answers is checked against the
prose before it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from neuralnav.draft.defaults import Naming
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.settle import VOICE, settle
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Draft, Reading


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model made of a prose, checked against it; `reading` is None where it did not answer.

    `voice` names the model for people: "qwen2.5:7b at http://127.0.0.1:11434".
    """

    voice: str
    reading: Reading | None
    notes: tuple[str, ...] = ()


Asked = Callable[[Text, Catalog, Reading], Opinion]
"""Ask a model about a prose; the rules' reading of it comes along, for the check."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A prose, and what each engine read in it."""

    text: Text
    rules: Reading
    llm: Reading | None = None
    voice: str = VOICE
    notes: tuple[str, ...] = ()


def hear(prose: str, catalog: Catalog, *, model: Asked | None = None) -> Heard:
    """Return what the rules read in a prose, and what a model does where one is given."""
    text = prepare(prose)
    rules = by_rules(text, catalog)
    if model is None:
        return Heard(text, rules)
    opinion = model(text, catalog, rules)
    voice = VOICE if opinion.reading is None else opinion.voice
    return Heard(text, rules, opinion.reading, voice, opinion.notes)


def draft(prose: str, catalog: Catalog, *, model: Asked | None = None, naming: Naming | None = None) -> Draft:
    """Return the draft of a prose; one without findings where the prose speaks of no workload."""
    return settled(hear(prose, catalog, model=model), catalog, naming=naming)


def settled(heard: Heard, catalog: Catalog, *, naming: Naming | None = None) -> Draft:
    """Return the draft of what was heard."""
    return settle(
        heard.text, heard.rules, heard.llm, catalog, naming=naming, voice=heard.voice, notes=heard.notes
    )  # fmt: skip
