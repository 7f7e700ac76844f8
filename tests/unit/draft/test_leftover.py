"""Sentences that wish for what was not read are told; those that were read, and small talk, are not."""

import pytest
from drafting import finding, quote, text

from neuralnav.draft.found import Found
from neuralnav.draft.leftover import MOST, unread_wishes
from neuralnav.model.draft import Unplaced

READ = "We need a chatbot for 50 people."


def unread(prose: str, *words: str) -> list[str]:
    """What is told as unread, where these words were read."""
    found = {f"f{index}": finding(prose, f"f{index}", 1, item) for index, item in enumerate(words)}
    return [item.quote.text for item in unread_wishes(text(prose), Found(found))]


@pytest.mark.parametrize(
    "wish",
    [
        "It must have a logo.", "A ponytail would be great!", "Please paint it blue.", "Es muss ein Logo haben.",
        "Il doit avoir un logo.", "Debe tener un logotipo.", "ロゴが必要です。", "必须有标志。",
    ],
)  # fmt: skip
def test_a_wish_of_which_nothing_was_read_is_told(wish: str) -> None:
    assert unread(f"{READ} {wish} We met on Tuesday.", "chatbot") == [wish]
    assert unread(f"{wish}\n\n{READ}", "chatbot") == [wish]


def test_a_wish_of_which_anything_was_read_is_not() -> None:
    assert unread(READ, "50 people") == []
    assert unread(f"{READ} It must be blue and cheap.", "chatbot", "cheap") == []


def test_a_quote_over_several_sentences_covers_them_all() -> None:
    prose = "We need one. We need two. We need three. We need four."
    assert unread(prose, "one. We need two. We need three") == ["We need four."]
    assert unread(prose, "one", "one. We need two. We need three. We need four") == []


def test_words_that_were_not_placed_are_not_told_twice() -> None:
    prose = f"{READ} It must have a logo."
    found = Found({"f": finding(prose, "f", 1, "chatbot")}, (Unplaced(quote(prose, "a logo"), "why"),))
    assert unread_wishes(text(prose), found) == ()


def test_a_long_prose_is_told_in_part() -> None:
    assert len(unread("We need a pony. " * 200)) == MOST
