from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neuralnav_simulator.answers import Answer, Asked, answer, likeliest, logprob
from neuralnav_simulator.answers.stops import Stopped, stopped
from neuralnav_simulator.tokens import load_tokenizer

from neuralnav.serving.lengths import Lengths, fixed, lognormal

TOKENIZER = load_tokenizer()
TEN = fixed(10)


def answered(asked: Asked, lengths: Lengths = TEN) -> Answer:
    return answer(asked, lengths, TOKENIZER)


def test_an_answer_is_sentences() -> None:
    said = answered(Asked(seed=3, room=100), fixed(14))
    assert "".join(said.pieces) == ("It call changes prod at pages does. By computed lie together context.")
    assert said == Answer(said.tokens, said.pieces, "stop")


@given(st.integers(-(2**63), 2**63), st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=50)
def test_the_text_of_an_answer_is_encoded_to_its_tokens(seed: int, length: int, room: int) -> None:
    said = answered(Asked(seed=seed, room=room), fixed(length))
    assert len(said.tokens) == len(said.pieces) == min(length, room)
    assert said.finish == ("length" if length > room else "stop")
    assert tuple(TOKENIZER.encode("".join(said.pieces))) == said.tokens
    assert "".join(said.pieces)[0].isupper()


def test_seeds_differ_and_repeat() -> None:
    texts = ["".join(answered(Asked(seed=seed, room=100)).pieces) for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]


def test_a_shorter_room_shows_the_beginning() -> None:
    long, short = (answered(Asked(seed=7, room=room, ignore_eos=True)) for room in (500, 40))
    assert long.tokens[:40] == short.tokens
    assert (len(long.tokens), long.finish) == (500, "length")


def test_lengths_are_those_of_the_distribution() -> None:
    lengths = lognormal(120.0, variation=0.5)
    drawn = [len(answered(Asked(seed=seed, room=10_000), lengths).tokens) for seed in range(200)]
    assert drawn == [int(lengths.draw(1, seed=seed)[0]) for seed in range(200)]
    assert float(np.mean(drawn)) == pytest.approx(120, rel=0.15)


def test_min_tokens_lengthens_up_to_the_room() -> None:
    assert len(answered(Asked(seed=1, room=100, min_tokens=30)).tokens) == 30
    assert answered(Asked(seed=1, room=20, min_tokens=30)).finish == "length"
    assert len(answered(Asked(seed=1, room=20, min_tokens=30)).tokens) == 20


def test_no_room_is_an_empty_answer() -> None:
    assert answered(Asked(seed=1, room=0)) == Answer((), (), "length")


def test_a_stop_string_ends_an_answer_across_tokens() -> None:
    whole = answered(Asked(seed=3, room=100), fixed(14))
    said = answered(Asked(seed=3, room=100, stop=("zzz", "nges pro")), fixed(14))
    assert said == Answer(whole.tokens[:4], ("It", " call", " cha", ""), "stop", stop_reason="nges pro")


def test_the_stop_string_of_the_earliest_token_wins_and_then_the_first() -> None:
    pieces = ("ab", "cd", "ef")
    assert stopped(pieces, ("ef", "bc"), min_tokens=0) == Stopped(("a", ""), "bc")
    assert stopped(pieces, ("d", "c"), min_tokens=0) == Stopped(("ab", "c"), "d")
    assert stopped(pieces, ("x", ""), min_tokens=0) is None
    assert stopped((), ("x",), min_tokens=0) is None
    assert stopped((), ("x",), min_tokens=3) is None
    assert stopped(("a",), ("a",), min_tokens=3) is None


def test_a_stop_string_within_the_least_tokens_is_passed_over() -> None:
    pieces = ("a.", "b", ".c", ".")
    assert stopped(pieces, (".",), min_tokens=1) == Stopped(("a.", "b", ""), ".")
    assert stopped(pieces, (".",), min_tokens=3) == Stopped(("a.", "b", ".c", ""), ".")
    assert stopped(pieces, (".b",), min_tokens=1) == Stopped(("a", ""), ".b")


@given(st.lists(st.text("ab", max_size=3), max_size=8), st.lists(st.text("ab", min_size=1, max_size=3), max_size=3))
def test_what_is_shown_holds_no_stop_string(pieces: list[str], stop: list[str]) -> None:
    found = stopped(pieces, stop, min_tokens=0)
    text = "".join(pieces)
    if found is None:
        assert not any(string in text for string in stop)
        return
    shown = "".join(found.pieces)
    assert text.startswith(shown + found.reason)
    assert not any(string in "".join(pieces[: len(found.pieces) - 1]) for string in stop)


@given(st.integers(0, 4095), st.integers(-(2**63), 2**63), st.integers(0, 10**6), st.integers(1, 20))
def test_the_likeliest_tokens_hold_the_chosen_one(token: int, seed: int, place: int, count: int) -> None:
    ranked = likeliest(token, seed, place, count, TOKENIZER)
    assert ranked[0] == (token, logprob(token, seed, place))
    assert len({other for other, _ in ranked}) == count
    likelihoods = [exp(value) for _, value in ranked]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert sum(likelihoods) <= 1.0 + 1e-9
    assert logprob(token, seed, place) <= 0.0
