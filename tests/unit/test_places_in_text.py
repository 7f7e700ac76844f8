"""Places inside scalars: a part of what a scalar means, found where the file writes it, in every style of YAML."""

from textwrap import dedent

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.model.document import Mark, Node, Source, parse
from neuralnav.model.places_in_text import mark_in


def scalar(source: Source) -> Node:
    """Return the value of the key `a`."""
    root = parse(source)
    assert isinstance(root.value, dict)
    return root.value["a"][1]


def shown(text: str, part: str) -> tuple[int, int, str]:
    """Return line and column of `part` of the scalar, and what the file holds where it is underlined."""
    source = Source("x.yaml", text)
    node = scalar(source)
    start = str(node.value).index(part)
    mark = mark_in(source, node, start, start + len(part))
    line = text.splitlines()[mark.line - 1]
    return mark.line, mark.column, line[mark.column - 1 : mark.column - 1 + mark.width]


@pytest.mark.parametrize(
    ("text", "part", "line", "column", "underlined"),
    [
        ("a: x.gpuz > 8\n", "gpuz", 1, 6, "gpuz"),
        ("a:   x.gpuz > 8\n", "x", 1, 6, "x"),
        ("a: 'x == ''b'' && gpuz'\n", "gpuz", 1, 19, "gpuz"),
        ("a: 'x == ''b'''\n", "'b'", 1, 10, "''b''"),
        ('a: "x == \\"b\\" && gpuz"\n', "gpuz", 1, 19, "gpuz"),
        ('a: "\\x41\\u00e9\\U0001F600 gpuz"\n', "gpuz", 1, 26, "gpuz"),
        ('a: "\\x41\\u00e9\\U0001F600 gpuz"\n', "é", 1, 9, "\\u00e9"),
        ('a: "é😀 gpuz"\n', "gpuz", 1, 8, "gpuz"),
        ("a: ! 'x gpuz'\n", "gpuz", 1, 9, "gpuz"),
        ("a: [] \n", "", 1, 4, "[]"),
        ("# no\nb: 1\na: x &&\n  gpuz\n", "gpuz", 4, 3, "gpuz"),
        ("a: x &&   \n\n\n  gpuz\n", "gpuz", 4, 3, "gpuz"),
        ("a: 'x &&\n\n  gpuz'\n", "gpuz", 3, 3, "gpuz"),
        ('a: "x \\\n   && gpuz"\n', "&& gpuz", 2, 4, "&& gpuz"),
        ('a: "x\\n\n   gpuz"\n', "gpuz", 2, 4, "gpuz"),
        ("a: |\n  x &&\n  gpuz\n", "gpuz", 3, 3, "gpuz"),
        ("a: | # why\n\n  x &&\n    gpuz\n", "gpuz", 4, 5, "gpuz"),
        ("a: |2-\n    x &&\n  gpuz\n", "gpuz", 3, 3, "gpuz"),
        ("a: >-\n  x &&\n  gpuz\n", "gpuz", 3, 3, "gpuz"),
        ("a: >\n  x &&\n\n\n  gpuz &&\n    y\n  z\n", "gpuz", 5, 3, "gpuz"),
        ("a: >\n  x &&\n    y\n  z\n", "z", 4, 3, "z"),
        ("a: >+\n  x\n\n", "x", 2, 3, "x"),
        ("c: {b: 1}\na: {x: 1}\n", "", 2, 4, "{x: 1}"),
    ],
)  # fmt: skip
def test_a_part_of_a_scalar_is_found_where_the_file_writes_it(
    text: str, part: str, line: int, column: int, underlined: str
) -> None:
    if isinstance(scalar(Source("x.yaml", text)).value, str):
        assert shown(text, part) == (line, column, underlined)
    else:
        node = scalar(Source("x.yaml", text))
        assert mark_in(Source("x.yaml", text), node, 0, 1) == node.mark


def test_a_span_over_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert shown("a: |\n  x &&\n  gpuz\n", "&&\ngpuz") == (2, 5, "&&")
    assert shown("a: x &&\n  gpuz\n", "x && gpuz") == (1, 4, "x &&")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a: |\n  x &&\n\nb: 1\n", 2, 7), ("a: x &&\n", 1, 8), ("a: 'x &&'\n", 1, 9), ("a: >+\n  x &&\n\n\n", 2, 7)],
)
def test_the_end_of_the_text_is_behind_its_last_word(text: str, line: int, column: int) -> None:
    source = Source("x.yaml", text)
    node = scalar(source)
    end = len(str(node.value))
    assert mark_in(source, node, end, end) == Mark(line, column, 1)


def test_a_value_from_elsewhere_keeps_its_place() -> None:
    node = Node(Mark(1, 1, 1, "--set"), "x &&")
    assert mark_in(Source("x.yaml", "a: 1\n"), node, 2, 4) == node.mark


def test_a_quote_of_a_source_is_the_line_of_the_part() -> None:
    text = dedent("""\
        a: |
          x
          && gpuz
        """)
    source = Source("x.yaml", text)
    where = source.where(mark_in(source, scalar(source), 5, 9))
    assert (where.line, where.column, where.quote, where.width) == (3, 6, "  && gpuz", 4)


WORDS = st.text("ab é😀'\"\\:#|>-&\n\t ", min_size=1, max_size=60)


@given(text=WORDS, style=st.sampled_from(["'", '"', "|", ">", None]), width=st.integers(8, 40), escape=st.booleans())
def test_every_character_is_found(*, text: str, style: str | None, width: int, escape: bool) -> None:
    written = yaml.dump([text], default_style=style, width=width, allow_unicode=not escape)
    source = Source("x.yaml", written)
    root = parse(source)
    assert isinstance(root.value, tuple)
    (node,) = root.value
    assert node.value == text
    lines = written.splitlines()
    quote = lines[node.mark.line - 1][node.mark.column - 1]
    for index, character in enumerate(text.rstrip()):
        mark = mark_in(source, node, index, index + 1)
        found = lines[mark.line - 1][mark.column - 1 :]
        if not character.isspace() and not (quote == '"' and found.startswith("\\")):
            assert found.startswith(character)
