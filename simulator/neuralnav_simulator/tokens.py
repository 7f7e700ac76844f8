"""Text and tokens: a small byte-level BPE of our own, the same as the files in `tokenizer/` give other clients."""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

PIECES_KEPT = 50_000
"""Pieces whose tokens are remembered, some 10 MB; then forgotten all at once, for a prose has far fewer."""

AT_ONCE = 100_000
"""Characters that are split in one go; of a longer text no more pieces than asked for."""

HALVED = "\ufffd"
"""How a piece shows what is no whole character."""

FOLDER = Path(__file__).with_name("tokenizer")
"""What other clients load as a Hugging Face tokenizer."""

_utf8 = getincrementaldecoder("utf-8")

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A vocabulary and its merges.

    `words` are the tokens of which answers are made: each a space and small letters; `openers` are pairs of a word with
    a capital, without and with a space before it, that may begin a text and a sentence. A text of these, and of `stop`
    and `comma` after a word, is encoded to just these tokens again. `spelled` is the piece of each token. No token but
    the `special` ones stands for more than `longest` characters: a text of n characters has n / `longest` tokens or
    more. The tokens are 0 up to `size`.
    """

    words: tuple[int, ...]
    longest: int
    spelled: tuple[str, ...]
    openers: tuple[Pair, ...]
    stop: int
    comma: int
    special: dict[str, int]
    _split: re.Pattern[str]
    _specials: re.Pattern[str]
    _bytes: tuple[bytes, ...]
    _singles: tuple[int, ...]
    _merges: dict[Pair, Pair]
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many tokens there are."""
        return len(self._bytes)

    def encode(self, text: str, *, most: int | None = None) -> list[int]:
        """Return the tokens of a text; of one that has more than `most`, the first of them, more than `most` too.

        Half a surrogate pair, which is no character, becomes three tokens that no text is decoded from.
        """
        if "<|" not in text:
            return self._encode_plain(text, most)
        tokens: list[int] = []
        for part in self._specials.split(text):
            special = self.special.get(part)
            if special is None:
                tokens += self._encode_plain(part, None if most is None else most - len(tokens))
            else:
                tokens.append(special)
            if most is not None and len(tokens) > most:
                break
        return tokens

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens: `decode(encode(text))` is the text. Raises IndexError for what is no token."""
        return b"".join([self._bytes[token] for token in tokens]).decode("utf-8", "replace")

    def piece(self, token: int) -> str:
        """Return the text of one token; what is no whole character shows as the replacement character."""
        return self.spelled[token]

    def pieces(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Return what each token adds to the text: a character comes with the last of its bytes."""
        pieces = tuple([self.spelled[token] for token in tokens])
        if HALVED not in "".join(pieces):
            return pieces
        decoder = _utf8("replace")
        return tuple([decoder.decode(self._bytes[token]) for token in tokens])

    def _encode_plain(self, text: str, most: int | None) -> list[int]:
        known = self._known
        tokens: list[int] = []
        for piece in self._cut(text):
            found = known.get(piece)
            tokens += self._learn(piece) if found is None else found
            if most is not None and len(tokens) > most:
                break
        return tokens

    def _cut(self, text: str) -> Iterable[str]:
        if len(text) <= AT_ONCE:
            return self._split.findall(text)
        return _lazily(self._split, text)

    def _learn(self, piece: str) -> tuple[int, ...]:
        if len(self._known) >= PIECES_KEPT:
            self._known.clear()
        tokens = [self._singles[byte] for byte in piece.encode("utf-8", "surrogatepass")]
        merges = self._merges
        while len(tokens) > 1:
            ranked = [merges[pair] for pair in pairwise(tokens) if pair in merges]
            if not ranked:
                break
            tokens = _merged(tokens, min(ranked), merges)
        self._known[piece] = found = tuple(tokens)
        return found


@lru_cache(maxsize=1)
def load_tokenizer() -> Tokenizer:
    """Return the packaged tokenizer, read once a process."""
    return read_tokenizer(FOLDER)


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read a folder that `tests/tools/write_tokenizer.py` wrote."""
    told = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = told["model"]["vocab"]
    special = {str(added["content"]): int(added["id"]) for added in told["added_tokens"]}
    letters = _letters()
    spelled = [b""] * len(vocabulary)
    for token, number in vocabulary.items():
        spelled[number] = token.encode() if token in special else bytes([letters[letter] for letter in token])
    words = (folder / "words.txt").read_text(encoding="utf-8").split()
    return Tokenizer(
        words=tuple(vocabulary[f"\u0120{word}"] for word in words if word.islower()),
        longest=max(map(len, spelled[len(special) :])),
        spelled=tuple([token.decode("utf-8", "replace") for token in spelled]),
        openers=tuple((vocabulary[word], vocabulary[f"\u0120{word}"]) for word in words if not word.islower()),
        stop=vocabulary["."],
        comma=vocabulary[","],
        special=special,
        _split=re.compile(_pattern(told)),
        _specials=re.compile(f"({'|'.join(map(re.escape, special))})"),
        _bytes=tuple(spelled),
        _singles=tuple(vocabulary[letter] for letter, _ in sorted(letters.items(), key=lambda known: known[1])),
        _merges={
            (vocabulary[left], vocabulary[right]): (rank, vocabulary[left + right])
            for rank, (left, right) in enumerate(told["model"]["merges"])
        },
    )


def _pattern(told: dict[str, Any]) -> str:
    return str(told["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"])


def _letters() -> dict[str, int]:
    """Return the byte of each letter in which byte-level vocabularies are spelled.

    A byte that is a visible Latin-1 sign is that sign; the others, in order, are the signs from U+0100 on.
    """
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = sorted(set(range(0x100)) - set(visible))
    return {chr(byte): byte for byte in visible} | {chr(0x100 + place): byte for place, byte in enumerate(hidden)}


def _lazily(split: re.Pattern[str], text: str) -> Iterator[str]:
    for found in split.finditer(text):
        yield found.group()


def _merged(tokens: list[int], best: Pair, merges: dict[Pair, Pair]) -> list[int]:
    """Return the tokens with one kind of pair, from the left on, made one."""
    merged: list[int] = []
    place, last = 0, len(tokens) - 1
    while place <= last:
        if place < last and merges.get((tokens[place], tokens[place + 1])) == best:
            merged.append(best[1])
            place += 2
        else:
            merged.append(tokens[place])
            place += 1
    return merged
