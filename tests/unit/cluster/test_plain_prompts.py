from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cluster.plain_prompts import WORDS, Counted, counted, plain_prompt


def test_words_are_plain_and_none_comes_twice() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)
    assert len(set(WORDS)) == len(WORDS)


@given(st.integers(0, 2**31), st.integers(0, 2**41), st.integers(1, 700))
def test_a_prompt_has_its_words_and_is_the_same_each_time(seed: int, index: int, words: int) -> None:
    found = plain_prompt(seed, index, words)
    assert len(found.split(" ")) == words
    assert found == plain_prompt(seed, index, words)
    assert sorted(found.split()) == sorted(plain_prompt(seed, index + 1, words).split())


def test_no_two_begin_alike() -> None:
    begins = {" ".join(plain_prompt(7, index, 400).split()[:6]) for index in range(500)}
    assert len(begins) == 500


@given(st.floats(0, 40), st.floats(0.5, 3), st.integers(50, 5000))
def test_a_prompt_is_as_long_as_it_is_to_be(around: float, per_word: float, tokens: int) -> None:
    few, many = ((words, round(around + per_word * words)) for words in (16, 400))
    found = counted(few, many)
    made = around + per_word * found.words(tokens)
    assert abs(made - tokens) <= 2 * per_word + 3 + tokens / 200


def test_what_tells_nothing_is_taken_for_a_token_a_word() -> None:
    assert counted((16, 20), (16, 20)) == counted((16, 20), (400, 20)) == Counted(0.0, 1.0)
    assert Counted().words(0) == 1
