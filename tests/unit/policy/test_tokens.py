import pytest

from neuralnav.policy.faults import ExpressionError, Fault, Span
from neuralnav.policy.tokens import MOST_CHARACTERS, MOST_TOKENS, tokenize


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokenize(text)]


def refused(text: str) -> Fault:
    with pytest.raises(ExpressionError) as error:
        tokenize(text)
    (fault,) = error.value.faults
    return fault


def test_a_token_knows_its_place_in_characters() -> None:
    assert tokenize("'é' <= x") == [
        ("text", "'é'", 0, 3),
        ("<=", "<=", 4, 6),
        ("name", "x", 7, 8),
        ("end", "", 8, 8),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 0x1F 1u 0x1fU 007", ["int", "int", "uint", "uint", "int"]),
        ("1.5 .5 1e3 1.5E-3 2e+1", ["double"] * 5),
        ("1.5.a", ["double", ".", "name"]),
        ("1.a", ["int", ".", "name"]),
        ("true false null in nulls", ["true", "false", "null", "in", "name"]),
        ("a<=b==c!=d", ["name", "<=", "name", "==", "name", "!=", "name"]),
        ("!a&&b||-c", ["!", "name", "&&", "name", "||", "-", "name"]),
        ("f(a, [b], {c: d}) ? . : %", ["name", "(", "name", ",", "[", "name", "]", ",", "{", "name", ":", "name", "}",
                                       ")", "?", ".", ":", "%"]),
        ("a.`b-c/d e.f`", ["name", ".", "quoted"]),
        ("= & | ; $ `", ["odd"] * 6),
    ],
)  # fmt: skip
def test_tokens_are_told_apart(text: str, expected: list[str]) -> None:
    assert kinds(text) == [*expected, "end"]


@pytest.mark.parametrize(
    "text",
    [
        "''", '""', "'a'", '"a"', "''''''", "'''a'''", '"""a"b""c"""', "'''x''x'''", r"'\''", r"'\\'", r"'''\'''a'''",
        "r''", r"r'\'", r'R"\"', "r'''a\n'b'''", "b'a'", "B\"a\"", "br'a'", "bR'''a'''", "'''a\nb'''", "'a\tb'",
    ],
)  # fmt: skip
def test_a_text_is_one_token(text: str) -> None:
    assert tokenize(text) == [("text", text, 0, len(text)), ("end", "", len(text), len(text))]


@pytest.mark.parametrize(
    ("text", "quote"),
    [("'abc", "'"), ('"abc\'', '"'), ("'''abc'", "'''"), ('"""abc""', '"""'), ("'a\nb'", "'"), ("r'a", "r'"),
     ("b'''a''", "b'''"), (r"'\'", "'"), (r"'''\'''", "'''"), ("'a\\\nb'", "'"), ("br\"\"\"a", 'br"""')],
)  # fmt: skip
def test_a_text_without_an_end_is_its_opening_quote(text: str, quote: str) -> None:
    assert tokenize(text)[0] == ("unclosed", quote, 0, len(quote))


def test_nothing_is_read_behind_a_text_without_an_end() -> None:
    assert kinds("a " + "'''\\" * 4000) == ["name", "unclosed", "end"]


def test_white_space_and_comments_are_no_tokens() -> None:
    assert kinds(" \t\n\f\ra // b + 'c\n // d") == ["name", "end"]


def test_a_comment_ends_with_its_line_and_a_carriage_return_is_no_end() -> None:
    assert kinds("a // b\r c\n+ d") == ["name", "+", "name", "end"]


def test_other_white_space_is_no_white_space() -> None:
    assert kinds("a\u00a0\v") == ["name", "odd", "odd", "end"]


def test_a_long_text_is_refused_before_anything_in_it() -> None:
    fault = refused("'" * 1_000_000)
    assert fault == Fault(
        "limit",
        Span(0, 0),
        "the expression has 1,000,000 characters; at most 16,384 are allowed",
        "split it into variables or rules",
    )


def test_a_text_as_long_as_allowed_is_read() -> None:
    assert kinds("a" * MOST_CHARACTERS) == ["name", "end"]
    assert refused("a" * (MOST_CHARACTERS + 1)).kind == "limit"


def test_too_many_tokens_are_refused_at_the_first_too_many() -> None:
    assert len(tokenize("-" * MOST_TOKENS)) == MOST_TOKENS + 1
    assert refused("-" * (MOST_TOKENS + 2)) == Fault(
        "limit",
        Span(5000, 5001),
        "the expression has 5,002 tokens; at most 5,000 are allowed",
        "split it into variables or rules",
    )


def test_half_of_a_surrogate_pair_is_refused() -> None:
    assert refused("'a\ud800'") == Fault("syntax", Span(2, 3), "U+D800 is half of a character")
