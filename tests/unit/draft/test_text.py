"""Folding keeps every character tied to the prose, and phrases are found whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft.text import folded, read


def words(prose: str, phrase: str) -> list[str]:
    text = read(prose)
    return [text.quote(*span).text for span in text.find(phrase)]


@pytest.mark.parametrize(
    ("prose", "plain"),
    [
        ("Für 5.000 Leute", "fur 5.000 leute"),
        ("１０００人", "1000人"),
        ("٥٠٠ users", "500 users"),
        ("か\u3099", "が"),
        ("ｶﾞ", "ガ"),
        ("e\u0301té", "ete"),
        ("chat‑bot — now", "chat-bot - now"),
        ("a\x00b\u200bc\u202ed", "abcd"),
        ("a \t b\r\nc\n\n\n d", "a b\nc\n\nd"),
        ("Größe STRASSE ß", "grosse strasse ss"),
    ],
)
def test_prose_is_folded(prose: str, plain: str) -> None:
    assert folded(prose) == plain


def test_a_phrase_matches_whole_words_over_dashes_and_line_breaks() -> None:
    assert words("A chat-bot, a Chat\nBot, chatbots", "chat bot") == ["chat-bot", "Chat\nBot"]


def test_a_star_opens_an_end_of_a_phrase() -> None:
    assert words("Kundenservice, Zusammenfassungen", "zusammenfass*") == ["Zusammenfassungen"]
    assert words("Textübersetzung und Übersetzung", "*ubersetzung") == ["Textübersetzung", "Übersetzung"]


def test_scripts_without_spaces_have_no_word_boundaries() -> None:
    assert words("社内チャットボットを作る", "チャットボット") == ["チャットボット"]
    assert words("用H100的机器", "h100") == ["H100"]


def test_repairs_keep_the_words_as_given() -> None:
    text = read("a chatbto for us", {"chatbto": "chatbot"})
    assert text.folded == "a chatbot for us"
    assert [text.quote(*span).text for span in text.find("chatbot")] == ["chatbto"]


@given(st.text(max_size=80))
def test_every_quote_is_in_the_prose(prose: str) -> None:
    text = read(prose)
    assert len(text.folded) == len(text.spaced) == len(text.starts) == len(text.ends)
    assert list(text.starts) == sorted(text.starts)
    for at in range(len(text.folded)):
        if not text.folded[at].isspace():
            quote = text.quote(at, at + 1)
            assert prose[quote.start : quote.end] == quote.text
            assert quote.text


@given(st.text(alphabet="a1.,;:!。、 \n-", max_size=60))
def test_clauses_and_sentences_tile_the_text(prose: str) -> None:
    text = read(prose)
    for spans in (text.clauses, text.sentences):
        assert "".join(text.folded[start:end] for start, end in spans) == text.folded
    for at in range(len(text.folded) + 1):
        start, end = text.clause(at)
        assert start <= at <= end
