"""The file that is written: its lines, its marks, and prose that tries to get out of a comment."""

import pytest
from drafting import finding, quote
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft.scalars import spelt
from neuralnav.draft.writing import comment_of, quoted, workload_text, written
from neuralnav.model.document import Source, load, parse, plain
from neuralnav.model.draft import Draft, Finding, Quote, Value
from neuralnav.model.workload import Workload

PROSE = "A support bot for 5,000 people on H100 or L4 in prod"


def draft_of(*findings: Finding, prose: str = PROSE, voice: str = "rules") -> Draft:
    return Draft(prose, findings, (), (), (), (), "rules", voice)


FINDINGS = (
    Finding("metadata.name", "chatbot", "default", "rules", (), "named for its use case"),
    finding(PROSE, "metadata.labels.env", "prod", "in prod"),
    finding(PROSE, "useCase", "chatbot_conversational", "support bot"),
    finding(PROSE, "traffic.users", 5000, "5,000 people"),
    finding(PROSE, "slo.ttft", "150ms", "bot", origin="inferred", why="bots are quick"),
    finding(PROSE, "constraints.accelerators.allow", ("H100", "L4"), "H100", "L4"),
    finding(PROSE, "constraints.accelerators.deny", ("A10",), "on"),
    finding(PROSE, "constraints.budget", "6000 USD/month", "on"),
)

TEXT = """\
# yaml-language-server: $schema=https://neuralnav.dev/schemas/workload.v1alpha1.json
# Drafted by neuralnav (rules) from: A support bot for 5,000 people on H100 or L4 in prod
# Behind each field: stated = the words say it; inferred = it follows from them; default = nothing was said.
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: chatbot                    # default: named for its use case
  labels:
    env: prod                      # stated: "in prod"
spec:
  useCase: chatbot_conversational  # stated: "support bot"
  traffic:
    users: 5000                    # stated: "5,000 people"
  slo:
    ttft: 150ms                    # inferred: "bot" (bots are quick)
  constraints:
    accelerators:
      allow: [H100, L4]            # stated: "H100", "L4"
      deny: [A10]                  # stated: "on"
    budget: 6000 USD/month         # stated: "on"
"""


def test_the_file_reads_like_one_written_by_hand() -> None:
    assert workload_text(draft_of(*FINDINGS)) == TEXT
    document = load(Workload, Source("w", TEXT)).document
    assert document.metadata.labels == {"env": "prod"}
    assert document.spec.constraints.budget == 6000


def test_each_line_knows_its_field() -> None:
    page = written(draft_of(*FINDINGS))
    lines = page.text.splitlines()
    assert {field: lines[number - 1].split("#")[0].strip() for number, field in page.lines.items()} == {
        "metadata.name": "name: chatbot",
        "metadata.labels.env": "env: prod",
        "useCase": "useCase: chatbot_conversational",
        "traffic.users": "users: 5000",
        "slo.ttft": "ttft: 150ms",
        "constraints.accelerators.allow": "allow: [H100, L4]",
        "constraints.accelerators.deny": "deny: [A10]",
        "constraints.budget": "budget: 6000 USD/month",
    }


def test_a_long_value_pushes_its_own_comment_out_and_no_other() -> None:
    names = tuple(f"model-{number}" for number in range(9))
    many = finding(PROSE, "constraints.models.allow", names, "on")
    lines = workload_text(draft_of(*FINDINGS[:4], many)).splitlines()
    assert lines[6] == "  name: chatbot                    # default: named for its use case"
    assert lines[-1] == f'      allow: [{", ".join(names)}]  # stated: "on"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5000, "5000"), (0.5, "0.5"), (True, "true"), ("150ms", "150ms"), ("1.5s", "1.5s"), ("12 req/s", "12 req/s"),
        ("6000 USD/month", "6000 USD/month"), ("yes", '"yes"'), ("5000", '"5000"'), ("1e3", '"1e3"'),
        ("12:30", '"12:30"'), (("H100", "A100-80GB"), "[H100, A100-80GB]"), (("a, b", "[x]", "no", "8"),
        '["a, b", "[x]", "no", "8"]'), (("meta-llama/Llama-3.3",), "[meta-llama/Llama-3.3]"),
    ],
)  # fmt: skip
def test_values_are_spelt_as_yaml_reads_them_back(value: Value, text: str) -> None:
    assert spelt(value) == text
    expected = list(value) if isinstance(value, tuple) else value
    assert plain(parse(Source("v", f"v: {text}  # x\n"))) == {"v": expected}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("for 5,000 people", '"for 5,000 people"'),
        ("two\nlines\tand # more", '"two lines and # more"'),
        ("a\u2028b\u0085c\u202ed\u200be", '"a b c\\x202ed\\x200be"'),
        ("x" * 61 + "y" * 61, '"' + "x" * 56 + " [...] " + "y" * 56 + '"'),
        ("x" * 120, '"' + "x" * 120 + '"'),
    ],
)
def test_words_are_quoted_on_one_line(words: str, text: str) -> None:
    assert quoted(words) == text


def test_a_default_without_a_reason_is_just_that() -> None:
    assert comment_of(Finding("useCase", "translation", "default", "rules")) == "default"
    assert comment_of(Finding("useCase", "t", "inferred", "rules", (quote(PROSE, "bot"),))) == 'inferred: "bot"'


@given(st.text(max_size=200), st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_no_prose_gets_out_of_its_comment(prose: str, voice: str, words: str) -> None:
    shown = Finding("traffic.users", 5000, "stated", "rules", (Quote(words, 0, len(words)),), words)
    text = workload_text(draft_of(FINDINGS[0], FINDINGS[2], shown, prose=prose, voice=voice))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert plain(parse(Source("w", text))) == {
        "apiVersion": "neuralnav.dev/v1alpha1",
        "kind": "Workload",
        "metadata": {"name": "chatbot"},
        "spec": {"useCase": "chatbot_conversational", "traffic": {"users": 5000}},
    }


@given(
    st.one_of(
        st.text(max_size=40), st.integers(0, 10**12), st.booleans(), st.floats(0, 1e9),
        st.lists(st.text(max_size=20), min_size=1, max_size=4).map(tuple),
    )
)  # fmt: skip
def test_every_value_reads_back_as_itself(value: Value) -> None:
    read = plain(parse(Source("v", f"v: {spelt(value)}  # x\n")))["v"]
    assert read == (list(value) if isinstance(value, tuple) else value)
