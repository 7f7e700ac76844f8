"""Text of others on a terminal, in markdown and in code."""

import json

import cmarkgfm
import pytest

from neuralnav.model.plain_text import clipped, markdown_code, markdown_text, printable, printable_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u202eb\u200bc\ufeff", r"a\x202eb\x200bc\xfeff"),
        ("漢字 é", "漢字 é"),
    ],
)
def test_only_what_can_be_printed_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_json_means_the_same_with_nothing_hidden_in_it() -> None:
    value = {"words": "a\u202eb\x9bc\u2028d\U000e0041 é 漢 \x1b"}
    shown = printable_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(shown) == value
    assert shown == '{\n "words": "a\\u202eb\\u009bc\\u2028d\\udb40\\udc41 é 漢 \\u001b"\n}'


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdefg", 6) == "abc..."


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Qwen3-30B-A3B FP8, 1x NVIDIA H100 (+5 %)", "Qwen3-30B-A3B FP8, 1x NVIDIA H100 (+5 %)"),
        ("chatbot_conversational", "chatbot_conversational"),
        ("_a_ *b* ~~c~~", r"\_a\_ \*b\* \~\~&#8203;c\~\~"),
        ("a|b`c`", "a&#124;b&#96;c&#96;"),
        ("a\\|b", "a&#92;&#124;b"),
        ("<b> & &lt;", "&lt;b> &amp; &amp;lt;"),
        ("@team a@b.co", "&#64;&#8203;team a&#64;&#8203;b.co"),
        ("#12 GH-3 !4", "#&#8203;12 GH-&#8203;3 !&#8203;4"),
        ("[x](https://a.example)", "&#91;x&#93;(https:&#8203;//a.example)"),
        ("www.a.example", "www&#8203;.a.example"),
        ("$x$", "&#36;x&#36;"),
        ("a\n| b |", "a&#92;x0a&#124; b &#124;"),
    ],
)
def test_markdown_shows_a_text_and_reads_nothing_in_it(text: str, markdown: str) -> None:
    assert markdown_text(text) == markdown
    page = cmarkgfm.github_flavored_markdown_to_html(f"x {markdown}")
    assert page.startswith("<p>x ")
    assert page.count("<") == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        (" ", ""),
        ("a/b_c", "`a/b_c`"),
        ("a`b", r"`a\x60b`"),
        ("a|b", r"`a\x7cb`"),
        ("x\\", "`x\\`"),
        ("a < 5", "`a < 5`"),
        ("<!-- x -->", r"`\x3c!-- x -->`"),
        ("</details>", r"`\x3c/details>`"),
        ("$(rm -rf /)", "`$(rm -rf /)`"),
    ],
)
def test_code_cannot_be_left(text: str, code: str) -> None:
    assert markdown_code(text) == code
