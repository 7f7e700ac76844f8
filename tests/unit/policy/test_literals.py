import math

import pytest

from neuralnav.policy.faults import ExpressionError, Fault
from neuralnav.policy.parse import parse
from neuralnav.policy.tree import Constant, Scalar, UInt


def value(text: str) -> Scalar:
    found = parse(text)
    assert isinstance(found, Constant)
    assert (found.span.start, found.span.end) == (0, len(text))
    return found.value


def refused(text: str) -> tuple[str, str, str]:
    """Return the text that the fault points at, its message and its hint."""
    with pytest.raises(ExpressionError) as error:
        parse(text)
    (fault,) = error.value.faults
    assert isinstance(fault, Fault)
    assert fault.kind == "syntax"
    return text[fault.span.start : fault.span.end], fault.message, fault.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0), ("007", 7), ("0x1F", 31), ("-5", -5), ("- 5", -5), ("-0x10", -16), ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)), ("0" * 500 + "1", 1), ("0x7fffffffffffffff", 2**63 - 1),
        ("1u", UInt(1)), ("0xFFu", UInt(255)), ("18446744073709551615U", UInt(2**64 - 1)),
        ("1.5", 1.5), (".5", 0.5), ("2e3", 2000.0), ("-1.5E-1", -0.15), ("1e-400", 0.0), ("1e999", math.inf),
        ("true", True), ("false", False), ("null", None),
    ],
)  # fmt: skip
def test_a_number_or_word_has_its_value_and_type(text: str, expected: Scalar) -> None:
    assert (type(value(text)), value(text)) == (type(expected), expected)


def test_minus_zero_keeps_its_sign() -> None:
    assert repr(value("-0.0")) == "-0.0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a\"b'", 'a"b'), ("\"a'b\"", "a'b"), ("'''x''x'''", "x''x"), ('"""a"b"""', 'a"b'), ("''''a'''", "'a"),
        (r"'\a\b\f\n\r\t\v'", "\a\b\f\n\r\t\v"), (r"""'\\\?\"\'\`'""", "\\?\"'`"),
        (r"'\x41\X4a'", "AJ"), (r"'\101\377'", "A\xff"), (r"'\u00e9\U0001F600'", "\xe9\U0001f600"),
        (r"r'\d\''"[:-1], r"\d" + "\\"), (r'R"\n"', r"\n"), ("'''a\r\nb'''", "a\r\nb"), (r"'''\'''a'''", "'''a"),
        ("''", ""), ("'é'", "é"),
        ("b''", b""), ("b'é'", b"\xc3\xa9"), (r"b'\303\277'", b"\xc3\xbf"), (r"b'ÿ\xff\n'", b"\xc3\xbf\xff\n"),
        (r"br'\x41'", rb"\x41"), (r"B'''\377'''", b"\xff"),
    ],
)  # fmt: skip
def test_a_text_is_what_it_spells(text: str, expected: str | bytes) -> None:
    assert value(text) == expected


INT = "the number is out of range; int goes from -9223372036854775808 to 9223372036854775807"
UINT = "the number is out of range; uint goes from 0 to 18446744073709551615"


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        ("1 + 9223372036854775808", "9223372036854775808", INT, "write 9223372036854775808u for a uint"),
        ("-9223372036854775809", "-9223372036854775809", INT, "write 9223372036854775809.0 for a double"),
        ("99999999999999999999", "99999999999999999999", INT, "write 99999999999999999999.0 for a double"),
        ("0x8000000000000000", "0x8000000000000000", INT, "write 0x8000000000000000u for a uint"),
        ("0x18000000000000000", "0x18000000000000000", INT, ""),
        ("18446744073709551616u", "18446744073709551616u", UINT, "write 18446744073709551616.0 for a double"),
        ("9" * 5000, "9" * 5000, INT, ""),
        (r"'ab\q'", r"\q", r'"\q" is no escape', r"write \\ for a backslash, or a raw text: r'...'"),
        (r"'''a\d+'''", r"\d", r'"\d" is no escape', r"write \\ for a backslash, or a raw text: r'...'"),
        (r"'\x4'", r"\x", r'"\x" is no escape', r"\x takes two hexadecimal digits"),
        (r"'\u00e'", r"\u", r'"\u" is no escape', r"\u takes four hexadecimal digits"),
        (r"'\U0001F60'", r"\U", r'"\U" is no escape', r"\U takes eight hexadecimal digits"),
        (r"'\12'", r"\1", r'"\1" is no escape', r"an octal escape takes three digits, from \000 to \377"),
        (r"'\400'", r"\4", r'"\4" is no escape', r"write \\ for a backslash, or a raw text: r'...'"),
        ("'''\\\n'''", "\\\n", r'"\U+000A" is no escape', r"write \\ for a backslash, or a raw text: r'...'"),
        (r"'a\ud800'", r"\ud800", "U+D800 is half of a character", ""),
        (r"'\U00110000'", r"\U00110000", "U+110000 is no character", ""),
        (r"b'a\u0041'", r"\u0041", "bytes have no characters to name", r"write each byte as \x and two digits"),
        (r"b'\q'", r"\q", r'"\q" is no escape', r"write \\ for a backslash, or a raw text: r'...'"),
    ],
)
def test_a_literal_without_a_value_is_refused_where_it_goes_wrong(text: str, at: str, message: str, hint: str) -> None:
    assert refused(text) == (at, message, hint)
