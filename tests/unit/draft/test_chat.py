"""A conversation, as values: what is said gives a session and a reply, and every change can be taken back."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.draft import Heard, hear
from neuralnav.draft.answers import Answer, answer, is_skip
from neuralnav.draft.chat import FIRST, HELP, NEXT, Reply, Session, Setting, difference, step
from neuralnav.draft.defaults import Naming
from neuralnav.files.catalogs import default_project, load_catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import Finding, Question, Quote, Reading, Value
from neuralnav.model.workload import Workload

CATALOG, PROJECT = load_catalog(), default_project()
TEXT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: desk}
spec:
  useCase: chatbot_conversational
  traffic:
    users: 5000   # as HR says
  constraints:
    budget: 6000 USD/month
"""
PROSE = "a chatbot for our staff"


def by_rules(prose: str, history: Sequence[str]) -> Heard:
    assert all(isinstance(turn, str) for turn in history)
    return hear(prose, CATALOG)


SETTING = Setting("workload.yaml", CATALOG, PROJECT, Naming("", "desk"), by_rules)
HELD = Session(TEXT, TEXT)


def talk(*said: str, session: Session = HELD, setting: Setting = SETTING) -> tuple[Session, Reply]:
    """The session and the last reply after several things were said."""
    reply = Reply()
    for words in said:
        session, reply = step(session, words, setting)
    return session, reply


def workload(session: Session) -> Workload:
    return load(Workload, Source("workload.yaml", session.text)).document


def test_the_first_words_draft_and_questions_are_asked_one_at_a_time() -> None:
    session, reply = talk(PROSE, session=Session())
    assert reply.draft is not None
    assert 1 <= len(session.asked) <= 3
    assert session.prompt == session.asked[0].text
    assert workload(session).spec.use_case == "chatbot_conversational"
    after, _ = talk("skip", session=session)
    assert after.asked == session.asked[1:]
    assert after.text == session.text


def test_what_is_asked_next() -> None:
    assert [item.prompt for item in (Session(), HELD)] == [FIRST, NEXT]


def test_words_about_nothing_draft_nothing() -> None:
    session, reply = talk("banana", session=Session())
    assert session == Session()
    assert reply.lines == (
        'nothing in it speaks of a service to plan; try "a support bot for 5,000 people, at most $6k a month"',
    )


def test_an_instruction_shows_its_lines_and_is_kept() -> None:
    session, reply = talk("double the traffic")
    assert reply.diff == "-    users: 5000   # as HR says\n+    users: 10000  # as HR says"
    assert session.history == ("double the traffic",)
    assert session.turns[0].told == "traffic.users: 5000 -> 10000"
    assert session.changed


def test_undo_takes_back_one_change_at_a_time() -> None:
    once, _ = talk("double the traffic")
    twice, _ = talk("double the traffic", "what a nice day", "halve the budget")
    back, reply = talk("/undo", session=twice)
    assert reply.lines == ("undone: halve the budget",)
    assert back.text == once.text
    assert talk("/undo", "undo", session=twice)[0].text == TEXT
    assert talk("/undo")[1].lines == ("there is nothing to undo",)


def test_a_draft_can_be_undone_to_nothing() -> None:
    session, _ = talk(PROSE, "/undo", session=Session())
    assert session.text == ""
    assert session.prompt == FIRST


@pytest.mark.parametrize(
    ("said", "users"),
    [("no, 700", 700), ("make that 10k", 10000), ("actually 900 instead", 900), ("700", 700), ("nein, 12", 12),
     ("not 700", 600), ("no, 700 euros", 600), ("no, 7 chairs and 8 tables", 600)],
)  # fmt: skip
def test_a_figure_that_takes_the_one_before_back(said: str, users: int) -> None:
    session, _ = talk("600 users", said)
    assert workload(session).spec.traffic.users == users


def test_a_figure_takes_another_back_beside_an_open_question() -> None:
    session, _ = talk("a chatbot", "600 users", "no, 700", session=Session())
    assert workload(session).spec.traffic.users == 700
    assert [item.field for item in session.asked] == ["experience", "constraints.budget"]
    answered, _ = talk("skip", "700", session=session)
    assert (workload(answered).spec.traffic.users, workload(answered).spec.constraints.budget) == (700, 700)


@pytest.mark.parametrize("said", ["no, 700", "make that 10k"])
def test_a_figure_behind_none_or_two_is_asked_what_of(said: str) -> None:
    both = "600 users and a budget of $8k a month"
    for before in ((), ("use H100s",), (both,), ("first token within 2s",)):
        _, reply = talk(*before, said)
        assert reply.refinement is not None
        assert [item.why.partition("?")[0] for item in reply.refinement.unplaced] == ["of what"]


@pytest.mark.parametrize(
    ("said", "ttft"), [("within 400ms", 400), ("2 seconds", 2000), ("0.5 s", 500), ("immediately", None)]
)
def test_how_soon_an_answer_begins_is_said_in_figures_too(said: str, ttft: float | None) -> None:
    session, _ = talk("a chatbot for 500 users", said, session=Session())
    slo = workload(session).spec.slo
    assert (slo.ttft, slo.e2e) == (ttft, None)
    assert [item.field for item in session.asked] == ["constraints.budget"]


def test_a_rate_answers_how_many_people_there_are() -> None:
    session, _ = talk("a chatbot", "20 requests per second", session=Session())
    assert [item.field for item in session.asked] == ["experience", "constraints.budget"]


def test_words_that_only_name_the_topic_are_asked_what_to_plan() -> None:
    session, reply = talk("we need an LLM", session=Session())
    assert session == Session()
    assert reply.lines == ("What is the service for? How many people will use it? How soon must an answer begin?",)


def test_what_is_not_understood_changes_nothing_and_says_so() -> None:
    session, reply = talk("banana")
    assert session == HELD
    assert reply.lines == ('nothing was understood, and nothing changed; say it like "use H100s", or /help',)


def test_a_change_that_would_leave_no_valid_workload_is_not_made() -> None:
    tight = TEXT + "    contextLength: 800\n"
    session, reply = talk("halve the context", session=Session(tight, tight))
    assert session.text == tight
    assert reply.refinement is not None
    assert [item.message for item in reply.refinement.problems] == [
        "a context of 400 tokens cannot hold prompt + output of 768"
    ]


def test_commands() -> None:
    changed, _ = talk("double the traffic")
    assert talk("/help")[1].lines == HELP
    assert talk("/show")[1].lines == (TEXT.rstrip("\n"),)
    assert talk("/diff")[1].lines == ("workload.yaml holds all of it",)
    assert talk("/diff", session=changed)[1].lines[0].splitlines()[:2] == ["--- workload.yaml", "+++ workload.yaml"]
    assert talk("/save")[1].does == "save"
    assert talk("/show", session=Session())[1].lines == ("there is nothing yet; say what you want to serve",)
    assert talk("/frobnicate")[1].lines == ("there is no /frobnicate; /help lists what there is",)


def test_an_empty_line_accepts_and_quitting_with_changes_asks_once() -> None:
    changed, _ = talk("double the traffic")
    assert talk("")[1].does == "end"
    assert talk("", session=changed)[1].does == "save and end"
    assert talk("", session=Session())[1].does == "end"
    assert talk("/quit")[1].does == "end"
    leaving, reply = talk("/quit", session=changed)
    assert (reply.does, reply.lines) == ("", ("there are changes that are not saved: /save, or /quit once more",))
    assert talk("/quit", session=leaving)[1] == Reply(("workload.yaml is as it was",), does="end")
    assert talk("halve the budget", "/quit", session=leaving)[1].does == ""


# Answers


USERS = Question("traffic.users", "How many people will use it?", "1000 were taken")
CLASS = Question("experience", "How soon must an answer begin?", "", ("instant", "conversational", "batch"))
CASE = Question(
    "useCase", "What is the service for?", "", ("code_completion", "code_generation_detailed", "translation")
)
BUDGET = Question("constraints.budget", "What may it cost in a month?", "no limit was taken")
NAMES = Question(
    "constraints.accelerators.deny", "Is H100 wanted, or ruled out? Both are said.", "", ("wanted", "ruled out")
)


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (CLASS, "2", "conversational"), (CLASS, "the second", "conversational"),
        (CLASS, "The second one.", "conversational"),
        (CLASS, "last", "batch"), (CLASS, "Batch", "batch"), (CLASS, "la segunda", "conversational"),
        (CLASS, "#3", "batch"),
        (CASE, "code completion", "code_completion"), (CASE, "detailed", "code_generation_detailed"),
        (CASE, "3)", "translation"), (USERS, "about 500", 500), (USERS, "5k", 5000), (USERS, "12,000", 12000),
        (USERS, "500 people", 500), (BUDGET, "6000", "6000 USD/month"), (BUDGET, "$8k", "8000 USD/month"),
        (BUDGET, "8k a month", "8000 USD/month"),
    ],
)  # fmt: skip
def test_an_answer_is_a_number_a_place_or_words(question: Question, said: str, value: Value) -> None:
    found = answer(question, said, CATALOG)
    assert found is not None
    assert found.sets == {question.field: value}


@pytest.mark.parametrize(
    ("question", "said"),
    [(CLASS, "7"), (CLASS, "0"), (CLASS, "purple"), (CASE, "code"), (USERS, "many"), (BUDGET, "use H100s")],
)
def test_what_fits_no_option_is_no_answer(question: Question, said: str) -> None:
    assert answer(question, said, CATALOG) is None


@pytest.mark.parametrize("said", ["skip", "Skip.", "no idea", "keine Ahnung", "わからない", "不知道"])
def test_a_question_can_be_left_open(said: str) -> None:
    assert is_skip(said)


def test_an_answer_is_put_into_the_file_with_its_words() -> None:
    asking = replace(HELD, asked=(CLASS, BUDGET))
    session, reply = talk("the first one", session=asking)
    assert session.asked == (BUDGET,)
    assert reply.diff == "+  experience: instant"
    assert reply.refinement is not None
    (change,) = reply.refinement.changes
    assert change.finding.quotes == (Quote("the first one", 0, 13),)
    assert change.finding.why == "instant, in answer to: How soon must an answer begin?"


def test_an_instruction_in_place_of_an_answer_leaves_the_question_open() -> None:
    session, _ = talk("double the traffic", session=replace(HELD, asked=(CLASS,)))
    assert (workload(session).spec.traffic.users, session.asked) == (10000, (CLASS,))


def test_a_question_that_an_instruction_settles_is_not_asked() -> None:
    session, _ = talk("at most $4k a month", session=replace(HELD, asked=(CLASS, BUDGET)))
    assert session.asked == (CLASS,)


def test_what_is_no_answer_says_so() -> None:
    session, reply = talk("purple", session=replace(HELD, asked=(CLASS,)))
    assert session.asked == (CLASS,)
    assert reply.lines == ("nothing was understood, and nothing changed; that is no answer to it; skip leaves it open",)


def test_of_two_that_contradict_the_chosen_one_holds() -> None:
    slo = TEXT + "  slo: {e2e: 1s}\n"
    question = Question("slo.ttft", "Which holds?", "", ("first token within 2 s", "whole answer within 1 s"))
    _, reply = talk("1", session=replace(Session(slo, slo), asked=(question,)))
    assert reply.refinement is not None
    assert {item.field: item.after for item in reply.refinement.changes} == {"slo.ttft": "2s", "slo.e2e": None}
    kept, _ = talk("2", session=replace(Session(slo, slo), asked=(question,)))
    assert (kept.text, kept.asked) == (slo, ())


# A model, and laws


def test_a_model_is_told_what_was_said_before_and_only_adds() -> None:
    heard: list[tuple[str, ...]] = []

    def model(prose: str, history: Sequence[str]) -> Heard:
        heard.append(tuple(history))
        start = prose.index("zebra")
        found = (
            Finding("domain", "zoo", "inferred", "llm", (Quote("zebra", start, start + 5),)),
            Finding("traffic.users", 7, "stated", "llm", (Quote("double the traffic", 0, 18),)),
        )
        return replace(hear(prose, CATALOG), llm=Reading(found), notes=("it took a while",))

    setting = replace(SETTING, hear=model, model=True)
    session, reply = talk("double the traffic", "double the traffic for zebra lovers", setting=setting)
    assert heard == [("double the traffic",)]
    assert workload(session).spec.domain == "zoo"
    assert workload(session).spec.traffic.users == 20000
    assert reply.refinement is not None
    assert reply.refinement.notes == ("it took a while",)


def test_lines_of_a_difference() -> None:
    assert difference("a\nb\nc\n", "a\nx\nc\n", "w") == "-b\n+x"
    assert difference("a\n", "a\n", "w") == ""


SAID = st.one_of(
    st.text(max_size=30),
    st.sampled_from(("double the traffic", "make it faster", "remove the budget", "/undo", "2", "skip", "", "/quit")),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(SAID, max_size=6), st.sampled_from(((), (CLASS, BUDGET), (USERS,))))
def test_whatever_is_said_leaves_a_valid_workload_that_undo_leads_back_from(
    said: list[str], asked: tuple[Question, ...]
) -> None:
    session, _ = talk(*said, session=replace(HELD, asked=asked))
    workload(session)
    for _ in session.turns:
        session, _ = talk("/undo", session=session)
    assert session.text == TEXT


def test_an_answer_keeps_its_words() -> None:
    assert answer(USERS, "  500 ", CATALOG) == Answer(
        {"traffic.users": 500}, Quote("500", 2, 5), "in answer to: How many people will use it?"
    )
