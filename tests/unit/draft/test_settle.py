"""Two readings to one draft: which finding is taken, what must hold between fields, and what is asked."""

import pytest
from drafting import finding, quote, reading, text

from neuralnav.draft.defaults import Naming
from neuralnav.draft.settle import settle
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Disagreement, Draft, Dropped, Finding, Question, Reading, Unplaced, Value

CATALOG = load_catalog()
PROSE = (
    "A support bot for 5,000 people, no, 500. Answers feel instant: first token in 2 s, whole answer in 1 s. "
    "Peak of 50 rps. H100 only, never H100. 4k context, prompts of 9,000 tokens. Call it Support Bot!"
)


def found(field: str, value: Value, *words: str, **more: str) -> Finding:
    return finding(PROSE, field, value, *words, **more)  # type: ignore[arg-type]  # origin and engine are literals


BOT = found("useCase", "chatbot_conversational", "support bot")
USERS = found("traffic.users", 500, "500.")


def settled(*findings: Finding, llm: Reading | None = None, naming: Naming | None = None, **rest: object) -> Draft:
    rules = Reading(findings=findings, **rest)  # type: ignore[arg-type]  # as the fields are typed
    return settle(text(PROSE), rules, llm, CATALOG, naming=naming, voice="rules" if llm is None else "m at u")


def values(draft: Draft) -> dict[str, Value]:
    return {item.field: item.value for item in draft.findings}


def test_fields_come_in_the_order_of_the_file_whatever_the_order_found() -> None:
    draft = settled(USERS, BOT, found("metadata.labels.env", "prod", "people"))
    assert [item.field for item in draft.findings] == [
        "metadata.name",
        "metadata.labels.env",
        "useCase",
        "traffic.users",
    ]


def test_what_cannot_be_done_without_is_a_default_and_asked() -> None:
    draft = settled(found("slo.ttft", "2s", "2 s"), naming=Naming(folder="My Service 2"))
    assert [(item.field, item.value, item.why) for item in draft.findings if item.origin == "default"] == [
        ("metadata.name", "my-service-2", "named for its folder"),
        ("useCase", "chatbot_conversational", "what it is for was not said"),
        ("traffic.users", 1000, "how many use it was not said"),
    ]
    assert [(item.field, item.text, item.rank) for item in draft.questions] == [
        ("useCase", "What is the service for?", 1),
        ("traffic.users", "How many people will use it?", 2),
        ("constraints.budget", "What may it cost in a month?", 8),
    ]
    assert draft.questions[0].options == tuple(CATALOG.use_cases)


@pytest.mark.parametrize(
    ("findings", "naming", "name"),
    [
        ((BOT,), Naming(folder="x"), "chatbot"),
        ((BOT, found("domain", "real estate", "people")), Naming(), "real-estate-chatbot"),
        ((BOT, found("domain", "a domain of very many words", "people")), Naming(), "chatbot"),
        ((BOT, found("metadata.name", "Support Bot!", "Support Bot!")), Naming(), "support-bot"),
        ((BOT, found("metadata.name", "support", "Support Bot!")), Naming(name="mine"), "mine"),
        ((found("slo.ttft", "2s", "2 s"),), Naming(folder="123"), "chatbot"),
    ],
)
def test_a_name_is_the_one_asked_for_else_said_else_of_the_use_case(
    findings: tuple[Finding, ...], naming: Naming, name: str
) -> None:
    assert values(settled(*findings, naming=naming))["metadata.name"] == name


def test_a_name_of_which_nothing_is_left_is_told() -> None:
    draft = settled(BOT, found("metadata.name", "!!", "Support Bot!"))
    assert draft.unplaced == (Unplaced(quote(PROSE, "Support Bot!"), "Kubernetes has no such name"),)
    assert values(draft)["metadata.name"] == "chatbot"


@pytest.mark.parametrize(
    ("rules", "llm", "taken", "why"),
    [
        (
            BOT,
            found("useCase", "translation", "people", engine="llm"),
            "llm",
            "what words mean is taken from the model",
        ),
        (
            BOT,
            found("useCase", "translation", "support bot", engine="llm", origin="inferred"),
            "rules",
            "the rules read it off the same words",
        ),
        (USERS, found("traffic.users", 5000, "500.", engine="llm"), "rules", "the rules read it off the same words"),
        (USERS, found("traffic.users", 5000, "5,000", engine="llm"), "llm", "the model read other words"),
        (
            USERS,
            found("traffic.users", 9, "people", engine="llm", origin="inferred"),
            "rules",
            "the rules found it stated",
        ),
    ],
)
def test_where_engines_differ_one_is_taken_and_it_is_told(rules: Finding, llm: Finding, taken: str, why: str) -> None:
    draft = settled(rules, llm=reading(llm))
    (told,) = draft.disagreements
    assert told == Disagreement(rules.field, rules.value, llm.value, taken, why)  # type: ignore[arg-type]
    assert values(draft)[rules.field] == (llm if taken == "llm" else rules).value
    assert (draft.engine, draft.voice) == ("llm", "m at u")


def test_what_one_engine_alone_found_is_taken_and_told() -> None:
    draft = settled(BOT, llm=reading(found("domain", "retail", "people", engine="llm", origin="inferred")))
    why = "the other says nothing of it"
    assert draft.disagreements == (
        Disagreement("useCase", "chatbot_conversational", None, "rules", why),
        Disagreement("domain", None, "retail", "llm", why),
    )
    assert values(draft)["domain"] == "retail"


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("slo.e2e", "1s", "1000ms"),
        ("constraints.budget", "12000 USD/year", "1000 USD/month"),
        ("constraints.accelerators.allow", ("H100", "L4"), ("l4", "h100")),
        ("traffic.requestRate", "60 req/min", "1 req/s"),
        ("traffic.peakFactor", 2, 2.0),
    ],
)
def test_two_spellings_of_a_value_are_no_disagreement(field: str, one: Value, other: Value) -> None:
    draft = settled(found(field, one, "50 rps"), llm=reading(found(field, other, "50 rps", engine="llm")))
    assert draft.disagreements == ()
    assert values(draft)[field] == one


def test_of_the_same_value_the_clearer_finding_is_taken() -> None:
    guessed = found("traffic.users", 500, "people", origin="inferred")
    draft = settled(guessed, llm=reading(found("traffic.users", 500, "500.", engine="llm")))
    assert [item for item in draft.findings if item.field == "traffic.users"] == [
        found("traffic.users", 500, "500.", engine="llm")
    ]


def test_of_two_findings_of_the_rules_the_clearer_one_is_taken() -> None:
    draft = settled(found("traffic.users", 9, "people", origin="inferred"), USERS, found("traffic.users", 7, "50"))
    assert values(draft)["traffic.users"] == 500


def test_traffic_is_users_or_a_rate_never_both() -> None:
    rate = found("traffic.requestRate", "50 req/s", "50 rps")
    share = found("traffic.activeShare", 0.5, "Peak")
    both = settled(BOT, USERS, rate, share)
    assert values(both) == {
        "metadata.name": "chatbot", "useCase": "chatbot_conversational", "traffic.users": 500,
        "traffic.activeShare": 0.5,
    }  # fmt: skip
    assert both.unplaced == (Unplaced(quote(PROSE, "50 rps"), "traffic is given as 500 users"),)
    guessed = settled(BOT, found("traffic.users", 500, "500.", origin="inferred"), rate, share)
    assert "traffic.users" not in values(guessed)
    assert {item.why for item in guessed.unplaced} == {"traffic is given as a request rate"}
    alone = settled(BOT, rate, share)
    assert values(alone)["traffic.requestRate"] == "50 req/s"
    assert alone.unplaced == (
        Unplaced(quote(PROSE, "Peak"), "a request rate is given, so nothing is reckoned from users"),
    )


def test_figures_of_tokens_win_over_a_profile_and_take_its_other_length() -> None:
    profile = found("traffic.profile", "4096x512", "4k context")
    draft = settled(BOT, USERS, profile, found("traffic.promptTokens", 9000, "9,000 tokens"))
    assert "traffic.profile" not in values(draft)
    assert draft.findings[-1] == found("traffic.outputTokens", 512, "4k context", origin="inferred", why="of 4096x512")


def test_the_other_length_comes_from_the_use_case() -> None:
    draft = settled(BOT, USERS, found("traffic.promptTokens", 9000, "9,000 tokens"))
    why = "as in the profile 512x256 of chatbot_conversational"
    assert draft.findings[-1] == Finding("traffic.outputTokens", 256, "default", "rules", (), why)


def test_an_end_before_the_first_token_is_a_question_and_the_later_word_stands() -> None:
    draft = settled(BOT, USERS, found("slo.ttft", "2s", "2 s"), found("slo.e2e", "1s", "1 s"))
    assert draft.questions[0] == Question(
        "slo.ttft",
        "Which holds: the first token within 2.0 s, or the whole answer within 1.0 s?",
        "the whole answer cannot come before its first token; slo.e2e was taken",
        ("first token 2.0 s", "whole answer 1.0 s"),
        (quote(PROSE, "2 s"), quote(PROSE, "1 s")),
        0,
    )
    assert "slo.ttft" not in values(draft)
    assert values(draft)["slo.e2e"] == "1s"


CUSTOM = found("useCase", "custom", "support bot", engine="llm")


def test_a_model_that_knows_no_use_case_gives_way_to_the_rules() -> None:
    draft = settled(BOT, llm=reading(CUSTOM))
    assert values(draft)["useCase"] == "chatbot_conversational"
    assert draft.disagreements[0].why == "the model knows no use case for it"


def test_a_custom_use_case_stands_only_where_all_is_said_that_it_needs() -> None:
    enough = (
        found("traffic.requestRate", "50 req/s", "50 rps"), found("experience", "instant", "feel instant"),
        found("traffic.promptTokens", 9000, "9,000 tokens"), found("traffic.outputTokens", 90, "9,000 tokens"),
    )  # fmt: skip
    assert values(settled(*enough, llm=reading(CUSTOM)))["useCase"] == "custom"
    draft = settled(*enough[:3], llm=reading(CUSTOM))
    assert values(draft)["useCase"] == "chatbot_conversational"
    assert draft.unplaced[0].why == "no use case of the catalogs, and not enough is said for one of its own"
    assert draft.questions[0].field == "useCase"


def test_a_whole_answer_before_the_usual_first_token_brings_that_down() -> None:
    draft = settled(BOT, USERS, found("slo.e2e", "100ms", "1 s"))
    assert values(draft)["slo.ttft"] == "100ms"


def test_what_is_wanted_and_ruled_out_is_a_question() -> None:
    allow = found("constraints.accelerators.allow", ("H100",), "H100 only")
    deny = found("constraints.accelerators.deny", ("H100",), "never H100")
    draft = settled(BOT, USERS, allow, deny)
    assert draft.questions[0] == Question(
        "constraints.accelerators.allow",
        "Is H100 wanted, or ruled out? Both are said.",
        "it was taken as ruled out",
        ("wanted", "ruled out"),
        (quote(PROSE, "H100 only"), quote(PROSE, "never H100")),
        0,
    )
    assert values(draft)["constraints.accelerators.deny"] == ("H100",)


def test_a_refusal_of_everything_is_a_question() -> None:
    every = tuple(item.name for item in CATALOG.accelerators.values())
    draft = settled(BOT, USERS, found("constraints.accelerators.deny", every, "never H100"))
    assert draft.questions[0].text == "Which GPUs may be used? What is ruled out leaves none."
    assert "constraints.accelerators.deny" not in values(draft)


def test_a_model_whose_licence_is_not_allowed_is_a_question_and_both_stay() -> None:
    model = found("constraints.models.allow", ("llama-3.3-70b",), "H100")
    draft = settled(BOT, USERS, model, found("constraints.licenses", ("apache-2.0",), "4k"))
    assert draft.questions[0].field == "constraints.licenses"
    assert draft.questions[0].why == "the models that are wanted are licensed as llama3.3"
    assert draft.questions[0].rank == 0
    assert {"constraints.models.allow", "constraints.licenses"} <= set(values(draft))


def test_a_context_that_the_usual_shape_does_not_fit_brings_another() -> None:
    case = found("useCase", "research_legal_analysis", "support bot")
    draft = settled(case, USERS, found("constraints.contextLength", 8192, "4k context"))
    profile = next(item for item in draft.findings if item.field == "traffic.profile")
    assert (profile.value, profile.origin) == ("4096x512", "default")
    assert profile.why == "the usual 10240x1536 tokens do not fit in a context of 8192"


def test_a_context_that_the_stated_tokens_do_not_fit_is_a_question() -> None:
    draft = settled(
        BOT, USERS, found("constraints.contextLength", 4096, "4k context"),
        found("traffic.promptTokens", 9000, "9,000 tokens"),
    )  # fmt: skip
    assert draft.questions[0].text == (
        "How long may a context be? 4096 tokens are said; a request and its answer have 9256."
    )
    assert "constraints.contextLength" not in values(draft)


def test_a_budget_below_the_cheapest_gpu_is_a_question() -> None:
    draft = settled(BOT, USERS, found("constraints.budget", "50 USD/month", "50"))
    assert draft.questions[0].text == "Can it cost more than 50 USD/month?"
    assert draft.questions[0].why.startswith("the cheapest GPU that is allowed costs $")
    assert settled(BOT, USERS, found("constraints.budget", "6000 USD/month", "50")).questions[0].field == "experience"


def test_gpus_without_a_price_are_a_question() -> None:
    draft = settled(BOT, USERS, found("constraints.accelerators.allow", ("MI325X",), "50"))
    asked = draft.questions[0]
    assert (asked.field, asked.options) == ("constraints.provider", ("tensorwave",))
    assert asked.text == "Whose prices should the plan take for MI325X?"
    assert asked.why == (
        'no price of kind "on-demand" is known for it from provider "list"; without one there is no plan'
    )
    named = settled(
        BOT,
        USERS,
        found("constraints.accelerators.allow", ("MI325X",), "50"),
        found("constraints.provider", "tensorwave", "50"),
    )
    assert "constraints.provider" not in {item.field for item in named.questions}


@pytest.mark.parametrize(
    ("scaler", "target", "left"),
    [
        ("keda", None, None),
        ("hpa", "LLMInferenceService", None),
        ("wva", "InferenceService", None),
        ("hpa", None, "hpa"),
    ],
)
def test_an_autoscaler_that_cannot_work_is_told(scaler: str, target: str | None, left: str | None) -> None:
    findings = [BOT, USERS, found("deploy.autoscaling.class", scaler, "Peak")]
    findings += [found("deploy.target", target, "only")] if target else []
    draft = settled(*findings)
    assert values(draft).get("deploy.autoscaling.class") == left
    assert len(draft.unplaced) == (left is None)


def test_wva_brings_its_target() -> None:
    draft = settled(BOT, USERS, found("deploy.autoscaling.class", "wva", "Peak"))
    assert values(draft)["deploy.target"] == "LLMInferenceService"


def test_three_questions_at_most_the_first_ones_first_one_a_field() -> None:
    many = tuple(Question(f"f{rank}", str(rank), "", rank=rank) for rank in (4, 3, 9, 3))
    draft = settled(BOT, USERS, questions=(*many, Question("f3", "again", "", rank=5)))
    assert [item.text for item in draft.questions] == ["3", "4", "How soon must an answer begin?"]


def test_what_is_asked_of_the_same_words_twice_is_asked_once() -> None:
    slos = found("slo.ttft", "2s", "2 s"), found("slo.e2e", "1s", "1 s")
    first = Question("slo.e2e", "Which is meant?", "", (), (quote(PROSE, "2 s"), quote(PROSE, "1 s")), 0)
    asked = settled(BOT, USERS, *slos, questions=(first,)).questions
    assert [item.text for item in asked] == [
        "Which holds: the first token within 2.0 s, or the whole answer within 1.0 s?",
        "What may it cost in a month?",
    ]


def test_what_both_engines_could_not_place_is_told_once_in_the_order_of_the_prose() -> None:
    late, early = Unplaced(quote(PROSE, "Call"), "w"), Unplaced(quote(PROSE, "Peak"), "w")
    dropped = Dropped("slo.itl", "1ms", "llm", "not there")
    llm = Reading(findings=(BOT,), unplaced=(late,), dropped=(dropped,))
    draft = settled(BOT, unplaced=(late, early), llm=llm)
    assert draft.unplaced == (early, late)
    assert draft.dropped == (dropped,)


@pytest.mark.parametrize(
    ("prose", "fields", "speaks"),
    [
        ("A cake for 12 people", {"traffic.users": 12}, False),
        ("5000 people, cheap", {"traffic.users": 5000, "priorities.cost": "high"}, True),
        ("Our users: 5000", {"traffic.users": 5000}, True),
        ("Bake a cake for 12 people and do not spend more than 20 dollars in a month on butter", {
            "traffic.users": 12, "constraints.budget": "20 USD/month"}, False),
        ("TTFT 200ms", {"slo.ttft": "200ms"}, True),
        ("5000人のユーザー", {"traffic.users": 5000}, True),
        ("anything", {}, False),
    ],
)  # fmt: skip
def test_prose_of_another_topic_gives_no_draft(prose: str, fields: dict[str, Value], speaks: bool) -> None:  # noqa: FBT001  # a parameter of the test
    findings = [finding(prose, field, value, prose[:4]) for field, value in fields.items()]
    draft = settle(text(prose), reading(*findings), None, CATALOG)
    assert bool(draft.findings) == speaks
    assert speaks or draft.questions == ()


def test_a_wish_for_a_model_and_no_more_gives_questions_alone() -> None:
    draft = settle(text("Can we get an LLM, please?"), Reading(), None, CATALOG)
    assert draft.findings == ()
    assert [item.field for item in draft.questions] == ["useCase", "traffic.users", "experience"]


NO_USE_CASE = {"traffic.users": 300, "priorities.accuracy": "high"}


@pytest.mark.parametrize(
    ("prose", "fields"),
    [
        ("We're a hospital with 300 nurses. Accuracy is paramount; it must be something they trust.", NO_USE_CASE),
        ("Need something for claims handling: 300 adjusters, quality first.", NO_USE_CASE),
        ("300名护士使用，准确性第一", NO_USE_CASE),
    ],
)  # fmt: skip
def test_what_was_read_is_kept_where_no_use_case_is_told(prose: str, fields: dict[str, Value]) -> None:
    draft = settle(text(prose), reading(*(finding(prose, *item, prose[:4]) for item in fields.items())), None, CATALOG)
    found = {item.field: (item.value, item.origin) for item in draft.findings}
    assert found["useCase"] == ("chatbot_conversational", "default")
    assert {name: found[name] for name in fields} == {name: (value, "stated") for name, value in fields.items()}
    assert draft.questions[0].field == "useCase"


@pytest.mark.parametrize("prose", [
    "Our wedding has 120 guests and the budget is $15,000; we need a caterer.",
    "Chocolate cake: 200 g flour, 3 eggs. Serves 120 people, 15000 calories.",
    "The hospital hired 40 nurses last year.",
])  # fmt: skip
def test_figures_of_another_topic_are_no_draft(prose: str) -> None:
    fields: dict[str, Value] = {"traffic.users": 120, "domain": "healthcare"}
    if "wedding" in prose:
        fields["constraints.budget"] = "15000 USD/month"
    draft = settle(text(prose), reading(*(finding(prose, *item, prose[:4]) for item in fields.items())), None, CATALOG)
    assert (draft.findings, draft.questions) == ((), ())


@pytest.mark.parametrize(
    ("prose", "fields", "asked"),
    [
        ("A bot. Budget is unlimited.", {}, ["experience"]),
        ("A bot. There is no budget cap.", {}, ["experience"]),
        ("A bot. Budget TBD, no latency requirements.", {}, []),
        ("A bot, cost is no issue", {"priorities.cost": "low"}, ["experience"]),
        ("A bot, latency does not matter", {"priorities.latency": "low"}, ["constraints.budget"]),
        ("A bot, first token in 1s", {"slo.ttft": "1s"}, ["constraints.budget"]),
        ("Ein Bot, Budget unbegrenzt", {}, ["experience"]),
        ("Un bot, sans limite de budget", {}, ["experience"]),
        ("Un bot, presupuesto ilimitado", {}, ["experience"]),
        ("ボット、予算は無制限、レイテンシ要件なし", {}, []),
        ("机器人，预算不限，没有延迟要求", {}, []),
        ("A bot. The budget cap is not known to me.", {}, ["experience", "constraints.budget"]),
    ],
)
def test_nothing_is_asked_that_the_prose_answers(prose: str, fields: dict[str, Value], asked: list[str]) -> None:
    given = {"useCase": "chatbot_conversational", "traffic.users": 50, **fields}
    draft = settle(text(prose), reading(*(finding(prose, *item, prose[:2]) for item in given.items())), None, CATALOG)
    assert [item.field for item in draft.questions] == asked


def test_the_best_for_the_least_is_asked_which_of_both() -> None:
    best, cheap = found("priorities.accuracy", "high", "people"), found("priorities.cost", "high", "H100")
    question = settled(BOT, USERS, best, cheap).questions[0]
    assert (question.field, question.options, question.rank) == ("priorities.cost", ("quality", "cost"), 3)
    assert [quote.text for quote in question.quotes] == ["people", "H100"]
    assert settled(BOT, USERS, best).questions[0].field == "experience"
