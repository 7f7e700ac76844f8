"""Ask a language model about prose, and take what the prose bears out."""

from collections.abc import Sequence

from neuralnav.draft.llm.asking import ask
from neuralnav.draft.llm.checking import check
from neuralnav.draft.llm.port import LanguageModel, Limits, OnText
from neuralnav.draft.text import Text
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import Reading


def consult(
    model: LanguageModel,
    text: Text,
    catalog: Catalog,
    rules: Reading,
    *,
    history: Sequence[str] = (),
    limits: Limits | None = None,
    on_text: OnText | None = None,
) -> tuple[Reading, tuple[str, ...]]:
    """Return what a model finds in a text, as far as the text bears it out, and notes on what it was not shown.

    `history` is what was said before, oldest first. Raises `NoAnswer` where there is nothing to check.
    """
    asked = ask(model, text.prose, catalog, history=history, limits=limits or Limits(), on_text=on_text)
    return check(asked.answer, text, catalog, rules), asked.notes
