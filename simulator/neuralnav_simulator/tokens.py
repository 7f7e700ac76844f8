"""Text and tokens: a small byte-level BPE of our own, the same as the files in `tokenizer/` give other clients."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """A vocabulary and its merges.

    `words` are the tokens of which answers are made: each a space and letters, so that a text of them is encoded to
    just these tokens again. No token stands for more than `longest` characters.
    """

    words: tuple[int, ...]
    longest: int

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        raise NotImplementedError

    def piece(self, token: int) -> str:
        """Return the text of one token; what is no whole character shows as the replacement character."""
        raise NotImplementedError


def load_tokenizer() -> Tokenizer:
    """Return the packaged tokenizer, read once a process."""
    raise NotImplementedError
