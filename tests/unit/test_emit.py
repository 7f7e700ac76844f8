"""What we write is what every YAML reader reads back; PyYAML is the 1.1 reader, our own parser the 1.2 one."""

import time
from typing import Any

import pytest
import yaml

from neuralnav.model.document import Source, parse, plain
from neuralnav.model.emit import emit, scalar


def both(text: str) -> tuple[Any, Any]:
    return yaml.safe_load(text), plain(parse(Source("x.yaml", text)))


@pytest.mark.parametrize(
    "word",
    [
        "y", "Y", "n", "yes", "Yes", "NO", "on", "Off", "true", "TRUE", "False", "null", "Null", "~", "", "1", "-1",
        "+1", "017", "0o17", "0x1F", "0b11", "1_000", "1.5", "1e3", "1E3", ".5", "5.", ".inf", "-.INF", ".nan",
        "1:30", "190:20:30", "2026-11-22", "2026-11-22 10:00:00", "=", "<<", ".", "..", "...", "---", "- a", "-", "?",
        ": ", ":", "a:", "a: b", "a #b", "#b", "a#b", "[", "]", "{", "}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a",
        "'", '"', "a'b", 'a"b', "\\", "a\\nb", " a", "a ", "a  b", "a\tb", "a\nb", "a\r\nb", "\n", "\0", "\x1b[0m",
        "日本語", "é", "😀", "a,b", "a, b", "k=v", "{{ x }}", "${x}", "a|b", "a>b", "--port=8080", "/x", "x" * 401,
        "nvidia.com/gpu", "test/model", "3 replicas", "best balanced score of 4 feasible: 2.1 points ahead of a/b",
    ],
)  # fmt: skip
def test_a_string_is_read_back_as_itself_by_both_yaml_versions(word: str) -> None:
    text = emit({"a": word, "b": [word], "c": {word: 1}})
    assert both(text) == ({"a": word, "b": [word], "c": {word: 1}},) * 2


@pytest.mark.parametrize("word", ["plain", "a/b-c.d", "best of 4: 2.1 ahead", "x86_64", "100%"[1:] + "a", "US$"])
def test_a_harmless_string_is_written_bare(word: str) -> None:
    assert scalar(word).strip('"') == word


@pytest.mark.parametrize("word", ["y", "on", "1e3", "0o17", "null", "2026-11-22", "12", "a: b", "a\nb", "日本"])
def test_a_string_that_some_reader_takes_for_something_else_is_quoted(word: str) -> None:
    assert scalar(word).startswith('"')


@pytest.mark.parametrize(
    "value", [0, -5, 10**17, 0.1, 1.5, -0.25, 1e15, 1e16, 1e22, 123456789.125, 0.0001, 1e-05, True, False, None]
)
def test_a_number_is_read_back_as_itself_by_both_yaml_versions(value: object) -> None:
    found = both(emit({"a": value}))  # type: ignore[dict-item]  # every case is a scalar
    assert found == ({"a": value},) * 2
    assert {type(one["a"]) for one in found} == {type(value)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        emit({"a": value})


@pytest.mark.parametrize("value", [1.23456789e-07, 1e-13, 5e-324])
def test_a_small_number_is_read_back_as_itself(value: float) -> None:
    assert yaml.safe_load(emit({"a": value})) == {"a": value}


@pytest.mark.parametrize("character", ["\x7f", "\x85", "\x9b", "\uffff", "\ufffe"])
def test_a_character_that_yaml_does_not_print_is_escaped(character: str) -> None:
    word = f"a{character}b"
    assert both(emit({"a": word})) == ({"a": word},) * 2


def test_a_long_word_that_must_be_quoted_takes_no_time() -> None:
    started = time.perf_counter()
    scalar("a" * 22 + "~")
    assert time.perf_counter() - started < 0.05


def test_a_tree_keeps_its_order_and_shape() -> None:
    tree = {"b": 1, "a": {"z": [], "w": {}}, "list": [{"k": {"deep": 1}, "l": [1, 2]}, "x", {}, []], "t": ("u",)}
    text = emit(tree)  # type: ignore[arg-type]  # invariance of nested lists
    assert text.splitlines()[:5] == ["b: 1", "a:", "  z: []", "  w: {}", "list:"]
    assert list(yaml.safe_load(text)) == ["b", "a", "list", "t"]
    assert yaml.safe_load(text) == {**tree, "t": ["u"]}


def test_one_scalar_stands_on_each_line_and_the_text_ends_in_a_line_break() -> None:
    text = emit({"a": [1, 2], "b": {"c": "x y", "d": None}})
    assert text == "a:\n  - 1\n  - 2\nb:\n  c: x y\n  d: null\n"


def test_a_list_directly_in_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="list directly inside a list"):
        emit({"a": [[1]]})
