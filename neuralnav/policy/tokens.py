"""Text -> tokens, each with its place. What is no token of the language is one too, for the parser to tell of."""

import re
from typing import Final, NamedTuple

from neuralnav.policy.faults import ExpressionError, Fault, FaultKind, Span

MOST_CHARACTERS: Final = 16_384
MOST_TOKENS: Final = 5_000
"""What bounds the work of every later stage: a tree has no more nodes than its text has tokens."""

KEYWORDS: Final = frozenset({"true", "false", "null", "in"})
RESERVED: Final = frozenset(
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
"""Words that name nothing; after a dot they are fields all the same. Keywords are not even that."""


class Token(NamedTuple):
    """A piece of the text. `kind` is the operator, bracket or keyword itself, or one of the names below.

    `name`, `quoted` (a field between backquotes), `int`, `uint`, `double`, `text` (a string or bytes literal),
    `unclosed` (the quote that opens a literal without an end), `odd` (a character of no token) and `end`.
    """

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""
      (?P<space>(?:[ \t\n\f\r]+|//[^\n]*)+)
    | (?P<text>[bB]?(?:
          [rR](?:\"{3}[\s\S]*?\"{3} | '{3}[\s\S]*?'{3} | \"(?!\"\")[^\"\n\r]*\" | '(?!'')[^'\n\r]*')
        | \"{3}(?:[^\\]|\\[\s\S])*?\"{3}
        | '{3}(?:[^\\]|\\[\s\S])*?'{3}
        | \"(?!\"\")[^\"\\\n\r]*(?:\\[^\n\r][^\"\\\n\r]*)*\"
        | '(?!'')[^'\\\n\r]*(?:\\[^\n\r][^'\\\n\r]*)*'
      ))
    | (?P<unclosed>[bB]?[rR]?(?:\"{3}|'{3}|\"|'))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+[eE][+-]?[0-9]+)
    | (?P<uint>(?:0x[0-9A-Fa-f]+|[0-9]+)[uU])
    | (?P<int>0x[0-9A-Fa-f]+|[0-9]+)
    | (?P<operator>&&|\|\||[=!<>]=|[-<>!?:+*/%.,()\[\]{}])
    | (?P<quoted>`[A-Za-z0-9_.\-/\ ]+`)
    | (?P<odd>[\s\S])
    """,
    re.VERBOSE,
)
SURROGATE = re.compile("[\ud800-\udfff]")


def tokenize(text: str) -> list[Token]:
    """Return the tokens of an expression in the order of the text; the last is of the kind `end`.

    Raises ExpressionError for a text that is longer than MOST_CHARACTERS (without a look at what it says), has more
    than MOST_TOKENS tokens, or holds half a surrogate pair.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"the expression has {len(text):,} characters; at most {MOST_CHARACTERS:,} are allowed"
        raise refusal("limit", 0, 0, message, "split it into variables or rules")
    if not text.isascii() and (half := SURROGATE.search(text)):
        raise refusal("syntax", half.start(), half.end(), f"U+{ord(half[0]):04X} is half of a character")
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        kind, value = found.lastgroup, found[0]
        if kind == "space" or kind is None:
            continue
        if kind == "operator" or value in KEYWORDS:
            kind = value
        tokens.append(Token(kind, value, found.start(), found.end()))
        if kind == "unclosed":
            break  # no rule goes past it, and each further quote would be looked for up to the end of the text again
    if len(tokens) > MOST_TOKENS:
        beyond = tokens[MOST_TOKENS]
        message = f"the expression has {len(tokens):,} tokens; at most {MOST_TOKENS:,} are allowed"
        raise refusal("limit", beyond.start, beyond.end, message, "split it into variables or rules")
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def refusal(kind: FaultKind, start: int, end: int, message: str, hint: str = "") -> ExpressionError:
    """Return the error of one fault."""
    return ExpressionError((Fault(kind, Span(start, end), message, hint),))
