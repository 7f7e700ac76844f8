"""Prompts of a wanted number of tokens: words of our own tokenizer, or texts of a file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from neuralnav.errors import Diagnostic, InputError, Where


class Prompts(Protocol):
    """Where the prompts come from."""

    def text(self, index: int, tokens: int) -> str:
        """Return the prompt of a request, the same each time."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How a server counts our words: so many tokens around a prompt, and so many for each word."""

    around: float = 0.0
    per_word: float = 1.0

    def words(self, tokens: int) -> int:
        """Return how many words make a prompt of so many tokens, or as near as they can."""
        return max(1, round((tokens - self.around) / self.per_word))


@dataclass(frozen=True, slots=True)
class Words:
    """Prompts of random words, each one token of our tokenizer. The first `shared` are the same in all of them."""

    words: Sequence[str]
    seed: int
    counted: Counted = Counted()
    shared: int = 0

    def text(self, index: int, tokens: int) -> str:
        """Return the prompt of a request."""
        count = self.counted.words(tokens)
        first = self._drawn([self.seed], min(self.shared, count))
        return first + self._drawn([self.seed, index], count - min(self.shared, count))

    def _drawn(self, seed: list[int], count: int) -> str:
        if count < 1:
            return ""
        chosen = np.random.Generator(np.random.PCG64(seed)).integers(0, len(self.words), count)
        words = self.words
        return "".join([words[at] for at in chosen.tolist()])


@dataclass(frozen=True, slots=True)
class Texts:
    """The prompts of a file, one after another and then again. Their tokens are what they are."""

    texts: Sequence[str]

    def text(self, index: int, tokens: int) -> str:  # noqa: ARG002  # a file says what it says
        """Return the prompt of a request."""
        return self.texts[index % len(self.texts)]


def read_texts(path: Path) -> Texts:
    """Return the prompts of a file: a text a line, or JSON lines with a `prompt`. Raises InputError by line."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # Unicode has other ends of lines, which are text in JSON
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError([Diagnostic(Where(str(path)), f"cannot be read: {why}")]) from None
    texts: list[str] = []
    problems: list[Diagnostic] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            prompt = _prompt_of(line)
            if prompt is None:
                problems.append(Diagnostic(Where(str(path), number), 'no JSON object with a text under "prompt"'))
            else:
                texts.append(prompt)
        elif line.strip():
            texts.append(line)
    if not texts and not problems:
        problems.append(Diagnostic(Where(str(path)), "holds no prompt", "a text a line, or JSON lines"))
    if problems:
        raise InputError(problems)
    return Texts(texts)


def _prompt_of(line: str) -> str | None:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    prompt = value.get("prompt") if isinstance(value, dict) else None
    return prompt if isinstance(prompt, str) and prompt else None
