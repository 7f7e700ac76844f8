"""German typed without umlauts reads like German."""

import pytest

from neuralnav.draft.rules import prepare
from neuralnav.draft.rules.umlauts import spelt_out


@pytest.mark.parametrize(
    ("prose", "folded"),
    [
        ("Loesung fuer hoechstens 300 Leute", "losung fur hochstens 300 leute"),
        ("die Uebersetzung ist aktuell teuer", "die ubersetzung ist aktuell teuer"),
        ("neue Queue und quer, das ist genau", "neue queue und quer, das ist genau"),
        ("Buero in Koeln, wir und ihr", "buro in koln, wir und ihr"),
    ],
)
def test_two_letters_for_one(prose: str, folded: str) -> None:
    assert prepare(prose).folded == folded


@pytest.mark.parametrize("prose", ["users request values and queues", "the aerospace shoes does value due fuel", ""])
def test_other_languages_are_left_alone(prose: str) -> None:
    assert spelt_out(prose) == {}


def test_the_words_as_given_are_quoted() -> None:
    text = prepare("hoechstens zwei fuer uns")
    (span,) = text.find("hochstens")
    assert text.quote(*span).text == "hoechstens"
