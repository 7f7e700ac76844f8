"""Prose -> Draft -> workload.yaml. The flow: prepare, read by rules, ask a model where there is one, settle.

Nothing here reads or writes a file. A model is asked only where one is given, and what it answers is checked against
the prose before it counts (`llm`). `writing` makes the file of a draft, `proof` shows that it is a coherent one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from neuralnav.draft.defaults import Naming
from neuralnav.draft.llm.port import LanguageModel, Limits, NoAnswer, OnText
from neuralnav.draft.rules import by_rules, prepare
from neuralnav.draft.settle import VOICE, settle
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Draft, Reading


@dataclass(frozen=True, slots=True)
class Heard:
    """A prose, and what each engine read in it. `llm` is None where no model was asked, or none answered."""

    text: Text
    rules: Reading
    llm: Reading | None = None
    voice: str = VOICE
    notes: tuple[str, ...] = ()


def draft(
    prose: str,
    catalog: Catalog,
    *,
    model: LanguageModel | None = None,
    limits: Limits | None = None,
    naming: Naming | None = None,
) -> Draft:
    """Return the draft of a prose; one without findings where the prose speaks of no workload."""
    return settled(hear(prose, catalog, model=model, limits=limits), catalog, naming=naming)


def hear(
    prose: str,
    catalog: Catalog,
    *,
    model: LanguageModel | None = None,
    limits: Limits | None = None,
    history: Sequence[str] = (),
    on_text: OnText | None = None,
) -> Heard:
    """Return what the rules read in a prose and, where one is given, a model. A note says that it did not answer."""
    text = prepare(prose)
    rules = by_rules(text, catalog)
    if model is None:
        return Heard(text, rules)
    from neuralnav.draft.llm.consult import consult  # imported only when a model is asked

    try:
        reading, notes = consult(model, text, catalog, rules, history=history, limits=limits, on_text=on_text)
    except NoAnswer as failure:
        return Heard(text, rules, notes=(f"{voice_of(model)} did not answer: {failure}; the rules alone spoke",))
    return Heard(text, rules, reading, voice_of(model), notes)


def settled(heard: Heard, catalog: Catalog, *, naming: Naming | None = None) -> Draft:
    """Return the draft of what was heard."""
    return settle(heard.text, heard.rules, heard.llm, catalog, naming=naming, voice=heard.voice, notes=heard.notes)


def voice_of(model: LanguageModel) -> str:
    """Return a model's name for people: "qwen2.5:7b at http://127.0.0.1:11434"."""
    return f"{model.name or 'a model'} at {model.endpoint}"
