"""The question to a model: the versioned prompt, and the prose as data that cannot pass for part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from string import Template
from typing import Any

from neuralnav.draft.llm.answer import PROMPTS, VERSION, Answer, parse_answer, schema
from neuralnav.draft.llm.port import LanguageModel, Limits, Message, OnText
from neuralnav.draft.text import Text, read
from neuralnav.model.catalog import Catalog

CHARACTERS_PER_TOKEN = 4
"""Of plain Latin text; a character of any other script counts as a token of its own."""

HISTORY_SHARE = 0.25
"""The part of the room for prose that earlier turns may take."""

_ROOM_FOR_WRAPPING = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """A model's answer, and what to tell of the question: what of the prose it was not shown."""

    answer: Answer
    notes: tuple[str, ...] = ()


def ask(
    model: LanguageModel,
    prose: str,
    catalog: Catalog,
    *,
    history: Sequence[str] = (),
    limits: Limits,
    on_text: OnText | None = None,
) -> Asked:
    """Return what a model says of prose; raises `NoAnswer`."""
    messages, notes = question(prose, catalog, history=history, limits=limits)
    told = model.answer(messages, schema(), limits=limits, on_text=on_text or _unheard)
    return Asked(parse_answer(told), notes)


def question(
    prose: str, catalog: Catalog, *, history: Sequence[str] = (), limits: Limits
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """Return the messages to a model, and notes on what was left out of them to keep within the token budget.

    The instructions come first, what was said before follows, and the prose stands last, between two lines that it
    does not hold itself: they are made of its digest, so the same prose makes the same question.
    """
    nonce = _nonce([prose, *history])
    instructions = Template((PROMPTS / f"{VERSION}.md").read_text(encoding="utf-8")).substitute(
        nonce=nonce, **_names(catalog)
    )
    room = max(limits.prompt_tokens - tokens(instructions) - _ROOM_FOR_WRAPPING, 1)
    turns = _latest(history, int(room * HISTORY_SHARE))
    whole = read(prose)
    shown_prose, sentences = _start(whole, room - sum(tokens(turn) for turn in turns))
    before = f"{_between('before', nonce, chr(10).join(turns))}\n\n" if turns else ""
    # One message: templates of some models allow none of the user's after another.
    messages = (Message("system", instructions), Message("user", before + _between("text", nonce, shown_prose)))
    notes = []
    if len(turns) < len(history):
        notes.append(f"the model was shown the last {len(turns)} of {len(history)} earlier turns")
    if len(shown_prose) < len(prose):
        notes.append(
            f"the model was shown the first {sentences} of {len(whole.sentences)} sentences; the rules read all of them"
        )
    return messages, tuple(notes)


def tokens(text: str) -> int:
    """Return about how many tokens a text is, rather too many than too few."""
    plain = sum(character < "\u0250" for character in text)
    return -(-plain // CHARACTERS_PER_TOKEN) + len(text) - plain


def _unheard(_: int) -> None:
    """Take a count that nobody waits for."""


def _names(catalog: Catalog) -> Mapping[str, Any]:
    """Return the names that the catalogs know, for the prompt."""
    models = catalog.models.values()
    return {
        "models": ", ".join(catalog.models),
        "profiles": ", ".join(catalog.profiles),
        "families": ", ".join(sorted({model.family for model in models})),
        "licenses": ", ".join(sorted({model.license.value for model in models})),
        "accelerators": ", ".join(accelerator.short_name for accelerator in catalog.accelerators.values()),
    }


def _nonce(texts: Sequence[str]) -> str:
    """Return a word that stands in none of the texts."""
    made = sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()
    while any(made[:16] in text for text in texts):
        made = sha256(made.encode()).hexdigest()
    return made[:16]


def _between(what: str, nonce: str, text: str) -> str:
    return f"{what} {nonce}\n{text}\n{what} {nonce}"


def _latest(history: Sequence[str], room: int) -> tuple[str, ...]:
    """Return the last turns that fit, oldest first."""
    kept: list[str] = []
    for turn in reversed(history):
        room -= tokens(turn)
        if room < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))


def _start(text: Text, room: int) -> tuple[str, int]:
    """Return the prose up to the end of the last sentence that fits, and how many sentences those are.

    A first sentence that does not fit is cut at a character.
    """
    if tokens(text.prose) <= room:
        return text.prose, len(text.sentences)
    end = 0
    for count, (_, last) in enumerate(text.sentences):
        to = text.ends[last - 1]
        room -= tokens(text.prose[end:to])
        if room < 0:
            return (text.prose[:end], count) if end else (_cut(text.prose, room + tokens(text.prose[:to])), 1)
        end = to
    return text.prose, len(text.sentences)


def _cut(prose: str, room: int) -> str:
    """Return as much of the start of a text as fits."""
    quarters = 0
    for at, character in enumerate(prose):
        quarters += 1 if character < "\u0250" else CHARACTERS_PER_TOKEN
        if quarters > CHARACTERS_PER_TOKEN * room:
            return prose[:at]
    return prose
