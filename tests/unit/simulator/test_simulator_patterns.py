import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neuralnav_simulator.answers.dice import Dice
from neuralnav_simulator.answers.patterns import PatternError, parsed, searched
from neuralnav_simulator.answers.strings import matching

PLACES = ("^", "$", r"\b", r"\B", r"\Z")
CLASSES = (r"\d", r"\w", r"\s", r"\S", r"\D", r"\W", "[a-c]", "[^b]", "[^\\d_]", "[ab1-3_]")
SIGNS = ("a", "b", ".", r"\.", "\u00e9", *PLACES, *CLASSES)
TAILS = ("*", "+", "?", "{2}", "{1,3}", "{0,2}?", "{2,}", "*?")


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map("".join),
        pair.map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(TAILS)).map(lambda two: f"(?:{two[0]}){two[1]}"),
        st.tuples(st.sampled_from("=!"), inner).map(lambda two: f"(?{two[0]}{two[1]})"),
    )


PATTERNS = st.recursive(st.sampled_from(SIGNS), grown, max_leaves=10)


@given(PATTERNS, st.text("ab1 x_.\n\u00e9", max_size=8))
@settings(max_examples=250)
def test_what_is_found_is_what_python_finds(pattern: str, text: str) -> None:
    assert searched(pattern, text) == (re.search(pattern, text) is not None)


def test_what_keeps_python_busy_for_ever_is_matched() -> None:
    assert not searched("^(a+)+$", "a" * 300 + "!")
    assert searched("^(a|a)*$", "a" * 300)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "missing ), unterminated subpattern at position 0"),
        (r"(a)\1", "groupref is not followed"),
        ("(?<=a)b", "lookbehind is not followed"),
        ("(?i)a", "flags are not followed"),
        ("(?i:a)", "flags are not followed"),
        ("a++", "possessive_repeat is not followed"),
        ("(" * 101, "it has more than 100 groups"),
        ("a" * 2001, "it has 2001 characters: at most 2000 are read"),
    ],
)
def test_what_is_not_read_is_said(pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as refused:
        parsed(pattern)
    assert str(refused.value) == message


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "(?:){1000000000}", "(?:(?=(?:a{999}))){999}"])
def test_what_repeats_too_much_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError) as refused:
        searched(pattern, "a")
    assert str(refused.value) == "it repeats too much: more than 20000 parts"


def test_a_long_match_is_given_up() -> None:
    with pytest.raises(PatternError) as refused:
        searched("a{500}b", "a" * 5000)
    assert str(refused.value) == "it takes too long to match"


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [("^[a-z]+$", 20, 20), ("^(?:[a-z0-9]+-)*[a-z0-9]+$", 7, 9), ("^(ab|c{5}){2,4}$", 0, 99), (r"^\s\S$", 0, 2)],
)
def test_texts_are_made_that_match(pattern: str, least: int, most: int) -> None:
    made = [matching(pattern, Dice(attempt), least=least, most=most, attempt=attempt) for attempt in range(12)]
    good = [text for text in made if least <= len(text) <= most and re.search(pattern, text)]
    assert len(good) >= 3
