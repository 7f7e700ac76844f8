"""Wishes that compare: "make it cheaper", "faster", "better answers", "simpler to run"."""

import re
from collections.abc import Mapping

from neuralnav.draft.refining.held import Held, Told, Wanted, quote_of
from neuralnav.draft.refining.words import WISHES, Wish
from neuralnav.draft.rules.negation import negated
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Quote, Unplaced

_FURTHER: Mapping[Wish, str] = {
    "cost": 'a smaller budget says more: "half the budget"',
    "latency": 'a figure says more: "half the latency"',
    "slower": 'a figure says more: "first token within 3 s"',
    "accuracy": "name the models that are good enough",
    "complexity": 'a limit says more: "at most 2 GPUs"',
}


def read_wishes(text: Text, held: Held) -> Told:
    """Return what wishes ask for: a priority, or a faster or slower class of experience where the file has one."""
    told = Told()
    for wish, phrases in WISHES.items():
        spans = [span for phrase in phrases for span in text.find(phrase) if not _of_another(text, span)]
        if spans:
            span = max(spans, key=lambda item: item[1] - item[0])
            told += _wished(wish, quote_of(text, span), span, held)
            told += Told(spans=tuple(spans))
    return told


def _of_another(text: Text, span: Span) -> bool:
    """Tell whether words are no wish of their own: denied, or weighed against another, which the rules read."""
    return negated(text, span) or _WEIGHED.match(text.spaced, span[1]) is not None


_WEIGHED = re.compile(
    r" ?(?:is|are|than|matters?|ist|als|est|que|es|より|比)(?![a-z])(?! (?:fine|ok|okay|enough|better|good))"
)


def _wished(wish: Wish, quotes: tuple[Quote, ...], span: Span, held: Held) -> Told:
    if wish in ("latency", "slower"):
        other = _other_class(held, faster=wish == "latency")
        if other is not None:
            why = f"one class {'faster' if wish == 'latency' else 'slower'} than {held.value('experience')}"
            return Told((Wanted("experience", other, quotes, "inferred", why),), notes=_bound(held), spans=(span,))
    field = "priorities.latency" if wish == "slower" else f"priorities.{wish}"
    level = "low" if wish == "slower" else "high"
    if held.states("weights"):
        why = "the file gives weights, and priorities would contradict them; change the weights by hand"
        return Told(unplaced=(Unplaced(quotes[0], why),), spans=(span,))
    if held.value(field) == level:
        return Told(notes=(f"{field} is {level} already; {_FURTHER[wish]}",), spans=(span,))
    return Told((Wanted(field, level, quotes, "inferred"),), notes=_bound(held) if wish == "latency" else (),
                spans=(span,))  # fmt: skip


def _bound(held: Held) -> tuple[str, ...]:
    """Return a note where figures of the file bind whatever is wished for."""
    stated = [name for name in ("slo.ttft", "slo.itl", "slo.e2e") if held.value(name) is not None]
    return (f"{', '.join(stated)} of the file hold as before; {_FURTHER['latency']}",) if stated else ()


def _other_class(held: Held, *, faster: bool) -> str | None:
    """Return the class of experience next to the file's own, by time to first token, or None."""
    ordered = sorted(held.catalog.experiences.values(), key=lambda item: item.ttft)
    names: list[str] = [item.id for item in ordered]
    current = held.value("experience")
    if current not in names:
        return None
    index = names.index(str(current)) + (-1 if faster else 1)
    return names[index] if 0 <= index < len(names) else None
