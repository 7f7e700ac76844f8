"""A draft on a terminal: who spoke, each field with its words, and what stays open."""

from dataclasses import replace

from drafting import finding, quote

from neuralnav.cli.draft_text import draft_text
from neuralnav.model.draft import Disagreement, Draft, Dropped, Finding, Question, Unplaced

PROSE = "A support bot for 5,000 people, with a logo, on H100"
FINDINGS = (
    Finding("metadata.name", "chatbot", "default", "rules", (), "named for its use case"),
    finding(PROSE, "useCase", "chatbot_conversational", "support bot", why="a bot talks"),
    finding(PROSE, "traffic.users", 5000, "5,000 people"),
    finding(PROSE, "constraints.accelerators.allow", ("H100",), "H100"),
)
BARE = Draft(PROSE, FINDINGS, (), (), (), (), "rules", "rules")

TABLE = """\
  metadata.name                   chatbot                 default   named for its use case
  useCase                         chatbot_conversational  stated    "support bot" (a bot talks)
  traffic.users                   5000                    stated    "5,000 people"
  constraints.accelerators.allow  [H100]                  stated    "H100\""""


def test_a_draft_of_which_all_is_said_is_a_table() -> None:
    assert draft_text(BARE) == f"read by the rules; no language model was asked\n{TABLE}"


def test_the_first_line_says_who_spoke() -> None:
    asked = replace(BARE, engine="llm", voice="qwen2.5:7b at http://127.0.0.1:11434")
    assert draft_text(asked).splitlines()[0] == (
        "read by qwen2.5:7b at http://127.0.0.1:11434, and by the rules as a second opinion"
    )
    silent = replace(BARE, notes=("m at u did not answer: nobody listens there; the rules alone spoke",))
    assert draft_text(silent).splitlines()[:2] == [
        "read by the rules",
        "note  m at u did not answer: nobody listens there; the rules alone spoke",
    ]


def test_what_is_not_in_the_file_is_below() -> None:
    full = replace(
        BARE,
        unplaced=(Unplaced(quote(PROSE, "with a logo"), "no field holds it"), Unplaced(quote(PROSE, "on"), "why")),
        dropped=(Dropped("constraints.budget", "0 USD/month", "llm", "the prose does not hold it"),),
        disagreements=(
            Disagreement("useCase", "translation", "chatbot_conversational", "llm", "it knows"),
            Disagreement("domain", "retail", None, "rules", "w"),
            Disagreement("experience", None, "instant", "llm", "w"),
            Disagreement("slo.ttft", None, "1s", "llm", "w"),
        ),
        questions=(
            Question(
                "useCase", "Which?", "the first was taken", ("one" * 20, "two" * 10, "three"), (quote(PROSE, "bot"),)
            ),
            Question("constraints.budget", "How much?", "no limit was taken"),
        ),
    )
    assert (
        draft_text(full).split(f"{TABLE}\n")[1]
        == f"""\
not placed   "with a logo": no field holds it
             "on": why
dropped      constraints.budget: 0 USD/month (llm): the prose does not hold it
disagree     useCase: rules say translation, the model says chatbot_conversational; taken from the model: it knows
only rules   domain
only model   experience, slo.ttft
question 1   Which?  "bot"
             {"one" * 20} |
             {"two" * 10} | three
             the first was taken
question 2   How much?
             no limit was taken"""
    )


def test_many_words_that_are_not_placed_are_counted() -> None:
    many = replace(BARE, unplaced=tuple(Unplaced(quote(PROSE, PROSE[: n + 1]), "w") for n in range(11)))
    lines = draft_text(many).split(f"{TABLE}\n")[1].splitlines()
    assert len(lines) == 9
    assert lines[-1] == "             and 3 more; --format json lists all"


def test_nothing_of_a_prose_or_a_model_can_command_a_terminal() -> None:
    sly = replace(BARE, voice="m\x1b[2J", engine="llm", notes=("\u202e",), findings=(
        replace(FINDINGS[0], value="a\nb", why="\x07"),))  # fmt: skip
    assert draft_text(sly).splitlines() == [
        "read by m\\x1b[2J, and by the rules as a second opinion",
        "note  \\x202e",
        '  metadata.name  "a\\nb"  default   \\x07',
    ]
