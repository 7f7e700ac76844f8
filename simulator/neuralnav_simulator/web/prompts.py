"""From what is sent to tokens: prompts, conversations, and the room that they leave in the context."""

import json
from collections.abc import Iterable, Sequence
from typing import Literal
from zlib import crc32

from neuralnav.serving.prefixes import Block
from neuralnav_simulator.tokens import Tokenizer
from neuralnav_simulator.web.bodies import Message, Tool
from neuralnav_simulator.web.problems import bad_request, context_overflow, context_overflow_chars

Tokens = Sequence[int]
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
End = Literal["opened", "goes on", "closed"]
"""Whether the assistant speaks next, or goes on where the last message ends, or neither."""

LONG_TEXT = 16_384
"""Characters from which on a text is encoded in a thread, for the sake of those who are being answered."""


class Template:
    """How a conversation becomes a prompt: that of the packaged tokenizer, which other clients load.

    Each message is encoded by itself, so that a conversation begins with the very tokens of its earlier turns and
    their answers, and a prefix cache finds them.
    """

    __slots__ = ("_closing", "_opening", "tokenizer")

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._opening = {role: tokenizer.encode(f"<|im_start|>{role}\n") for role in ROLES}
        self._closing = tokenizer.encode("<|im_end|>\n")

    def most_messages(self, longest: int) -> int:
        """Return how many messages a conversation of `longest` tokens may have."""
        return longest // (min(map(len, self._opening.values())) + len(self._closing))

    def conversation(self, messages: Sequence[Message], tools: str, *, end: End, most: int | None) -> list[int]:
        """Return the tokens of a conversation, before which the text of its `tools` stands where there are any.

        Of one that has more than `most` tokens, the first of them, more than `most` too.
        """
        tokens: list[int] = []
        if tools:
            tokens += [*self._opening["system"], *self.tokenizer.encode(tools, most=most), *self._closing]
        for message in messages:
            tokens += self._opening[message.role]
            for text in _texts(message):
                tokens += self.tokenizer.encode(text, most=None if most is None else most - len(tokens))
            if most is not None and len(tokens) > most:
                return tokens
            tokens += self._closing
        match end:
            case "opened":
                tokens += self._opening["assistant"]
            case "goes on":
                del tokens[-len(self._closing) :]
            case "closed":
                pass
        return tokens


def tools_text(tools: Sequence[Tool] | None) -> str:
    """Return how a model is told what it may call."""
    return json.dumps([tool.function.model_dump() for tool in tools], ensure_ascii=False) if tools else ""


def check_parts(messages: Sequence[Message]) -> None:
    """Raise ProblemError for a message that is no text."""
    for index, message in enumerate(messages):
        if message.content is None and message.role != "assistant":
            raise bad_request(f"a message of the {message.role} needs a content", f"messages[{index}].content")
        if isinstance(message.content, list):
            for at, part in enumerate(message.content):
                if (part.refusal if part.type == "refusal" else part.text if part.type == "text" else None) is None:
                    place = f"messages[{index}].content[{at}]"
                    raise bad_request(f"{place} is {part.type!r} without a text: this model reads text only", place)


def characters(messages: Sequence[Message]) -> int:
    """Return how many characters a conversation has, whatever the template adds."""
    return sum(len(text) for message in messages for text in _texts(message))


def check_characters(count: int, tokenizer: Tokenizer, longest: int) -> None:
    """Raise ProblemError for a text that cannot fit, before anyone takes the time to encode it."""
    at_most = longest * tokenizer.longest
    if count > at_most:
        raise context_overflow_chars(longest, count, at_most)


def check_known(tokens: Tokens, tokenizer: Tokenizer) -> None:
    """Raise ProblemError for a token that the vocabulary lacks."""
    top = max(tokens)
    if top >= tokenizer.size:
        raise bad_request(f"token {top} is not in the vocabulary, which has {tokenizer.size}", "prompt")


def room(prompt: Tokens, max_tokens: int | None, longest: int, *, field: str = "max_tokens") -> int:
    """Return how many tokens an answer may have. Raises ProblemError where the context is too small for what is asked.

    As in vLLM a prompt that leaves no token is refused, and so is a demand for more than is left.
    """
    if not prompt:
        raise bad_request("the prompt is empty", "prompt")
    left = longest - len(prompt)
    asked = max_tokens if max_tokens is not None else max(1, left)
    if left < 1:
        raise context_overflow(longest, len(prompt), asked, "input_tokens")
    if asked > left:
        raise context_overflow(longest, len(prompt), asked, field)
    return asked


def block_names(tokens: Tokens, size: int, salt: str | None) -> list[Block]:
    """Return a name for each whole block of tokens, which stands for all that is before it too."""
    name = crc32(salt.encode()) if salt else 0
    names: list[Block] = []
    for end in range(size, len(tokens) + 1, size):
        name = hash((name, *tokens[end - size : end]))
        names.append(name)
    return names


def _texts(message: Message) -> Iterable[str]:
    """Yield what a message says: first what an assistant called, as it said it, then the text."""
    for call in message.tool_calls or ():
        yield call.function.arguments
    if isinstance(message.content, str):
        yield message.content
    else:
        for part in message.content or ():
            yield part.text or part.refusal or ""
