"""What no field of a workload holds is told once, with the reason; what is denied or told already is not."""

import pytest
from drafting import text

from neuralnav.draft.outside import OUTSIDE, outside
from neuralnav.draft.text import folded
from neuralnav.model.draft import Quote, Unplaced

COMPLIANCE, SIGN_IN, TEXT_ONLY = (
    "no field holds compliance; a policy can",
    "no field holds who may sign in; what stands before the service does",
    "the models of the catalogs read and write text",
)


def told(prose: str, *known: str) -> list[tuple[str, str]]:
    before = [Unplaced(Quote(item, prose.index(item), prose.index(item) + len(item)), "x") for item in known]
    return [(item.quote.text, item.why) for item in outside(text(prose), before)]


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("A bot for 50 nurses, HIPAA and SSO via Okta",
         [("HIPAA", COMPLIANCE), ("SSO", SIGN_IN), ("Okta", SIGN_IN)]),
        ("GDPR applies. Again: GDPR.", [("GDPR", COMPLIANCE)]),
        ("Ein Chatbot, DSGVO ist Pflicht", [("DSGVO", COMPLIANCE)]),
        ("a voice assistant, fine-tuned on our calls",
         [("voice assistant", TEXT_ONLY), ("fine-tuned", "training and tuning are not planned")]),
        ("a chatbot for 50 people", []),
        ("no SSO needed, and not a voice bot", []),
    ],
)  # fmt: skip
def test_what_no_field_holds_is_told(prose: str, expected: list[tuple[str, str]]) -> None:
    assert told(prose) == expected


def test_what_is_told_already_is_not_told_twice() -> None:
    assert told("GDPR applies, with SSO", "GDPR applies") == [("SSO", SIGN_IN)]


def test_words_are_written_as_the_folded_text_spells_them() -> None:
    assert [word for words in OUTSIDE.values() for word in words if folded(word) != word] == []
