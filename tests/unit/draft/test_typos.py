"""Misspelt words are mended where one known word is a slip away; real words are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft.rules import prepare
from neuralnav.draft.rules.real_words import REAL
from neuralnav.draft.rules.typos import repairs


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("chatbto", "chatbot"),
        ("custmer", "customer"),
        ("suport", "support"),
        ("usres", "users"),
        ("latancy", "latency"),
        ("accuarcy", "accuracy"),
        ("criticl", "critical"),
        ("sumarize", "summarize"),
        ("tranlsation", "translation"),
        ("docuemnts", "documents"),
        ("coversational", "conversational"),
        ("knowlege", "knowledge"),
        ("asistant", "assistant"),
        ("imporant", "important"),
        ("budgt", "budget"),
        ("zusamenfassung", "zusammenfassung"),
        ("kundenservce", "kundenservice"),
    ],
)
def test_a_slip_is_mended(misspelt: str, meant: str) -> None:
    assert repairs(f"a {misspelt} b") == {misspelt: meant}


@pytest.mark.parametrize(
    "prose",
    [
        "users uses prose prise places reader server stable prices quite quiet",
        "transaction throughout redundant contest",
        "chatbots summaries translators documents summarising",
        "cat dgo usr bot",
        "chat聊天 h100 l40s",
        "",
    ],
)
def test_real_known_and_short_words_stay(prose: str) -> None:
    assert repairs(prose) == {}


def test_a_mended_word_is_found_and_quoted_as_given() -> None:
    text = prepare("A Chatbto for us")
    assert [text.quote(*span).text for span in text.find("chatbot")] == ["Chatbto"]


@given(st.text(alphabet="abcdeilnorstuy ", max_size=60))
def test_what_is_mended_stands_in_the_prose_and_is_no_real_word(prose: str) -> None:
    mended = repairs(prose)
    assert set(mended) <= set(prose.split())
    assert not set(mended) & REAL
    assert all(repairs(word) == {} for word in mended.values())
