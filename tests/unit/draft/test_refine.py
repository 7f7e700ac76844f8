"""An instruction changes what it speaks of, says from which words, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.draft.refine import Refinement, refine, refined
from neuralnav.draft.refining.held import Held
from neuralnav.draft.refining.lists import relisted
from neuralnav.draft.refining.scaling import Step, stepped
from neuralnav.draft.refining.together import together
from neuralnav.draft.rules import prepare
from neuralnav.draft.rules.money import NO_RATE
from neuralnav.files.catalogs import default_project, load_catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import Finding, Quote, Value
from neuralnav.model.workload import Workload
from neuralnav.resolve import resolve

CATALOG, PROJECT = load_catalog(), default_project()
HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: desk}\nspec:\n"
TEXT = (
    HEAD
    + """\
  useCase: chatbot_conversational
  traffic:
    users: 5000   # stated: "for 5,000 people"
  constraints:
    licenses: [apache-2.0]
    accelerators: {allow: [L4, H100]}   # what ops have
    budget: 6000 USD/month
"""
)
RATE = HEAD + "  useCase: translation\n  traffic: {requestRate: 12 req/s}\n  slo: {ttft: 1.5s}\n"


def refinement(said: str, text: str = TEXT) -> Refinement:
    return refine(said, Source("workload.yaml", text), CATALOG, PROJECT)


def changes(said: str, text: str = TEXT) -> dict[str, Value | None]:
    found = refinement(said, text)
    assert not found.problems
    for item in found.changes:
        for quote in item.finding.quotes:
            assert said[quote.start : quote.end] == quote.text
    return {item.field: item.after for item in found.changes}


def whys(said: str, text: str = TEXT) -> list[str]:
    return [item.finding.why for item in refinement(said, text).changes]


@pytest.mark.parametrize(
    "said",
    [
        "double the traffic", "Twice as many users, please", "2x the load", "traffic x2", "make the traffic 2 times",
        "doppelt so viele Nutzer", "verdopple den Traffic", "le double de trafic", "deux fois plus d'utilisateurs",
        "el doble de usuarios", "duplica el tráfico", "ユーザーを2倍にして", "用户翻倍", "流量加倍", "100 % more users",
        "increase the users by 100%", "add 5,000 users", "another 5k users", "5000 more users",
        "double the number of requests",
    ],
)  # fmt: skip
def test_traffic_doubles_in_the_words_of_six_languages(said: str) -> None:
    assert changes(said) == {"traffic.users": 10000}


@pytest.mark.parametrize(
    "said",
    [
        "half the budget", "halve the budget", "cut the budget in half", "cut the budget by half", "budget down 50%",
        "reduce the budget by 3000", "reduce the budget by $3k", "halbiere das Budget", "la moitié du budget",
        "la mitad del presupuesto", "予算を半分に", "预算减半", "50 % less budget",
    ],
)  # fmt: skip
def test_the_budget_is_halved(said: str) -> None:
    assert changes(said) == {"constraints.budget": "3000 USD/month"}


def test_amounts_keep_the_spelling_of_the_file() -> None:
    assert changes("double the traffic", RATE) == {"traffic.requestRate": "24 req/s"}
    assert changes("halve the latency", RATE) == {"slo.ttft": "0.75s"}
    assert changes("30% more users", TEXT.replace("5000", "10k")) == {"traffic.users": "13k"}
    assert changes("double the budget", TEXT.replace("6000 USD", "$6k")) == {"constraints.budget": "$12k/month"}
    assert changes("cut the traffic by a third") == {"traffic.users": 3333}
    assert changes("1.5x the users") == {"traffic.users": 7500}


def test_how_an_amount_follows_is_told() -> None:
    assert whys("double the traffic") == ["2 x 5000"]
    assert whys("add 500 users") == ["5000 + 500"]
    assert whys("20 % fewer users") == ["0.8 x 5000"]
    assert whys("raise the budget by 500") == ["6000 USD/month + 500 USD/month"]


def test_what_the_file_does_not_state_is_reckoned_from_what_is_in_force() -> None:
    assert changes("halve the time to first token") == {"slo.ttft": "75ms"}
    assert whys("halve the time to first token") == ["0.5 x 150ms, default of chatbot_conversational"]
    assert changes("double the answer length") == {"traffic.promptTokens": 512, "traffic.outputTokens": 512}
    assert changes("double the peak factor") == {"traffic.peakFactor": 4.0}
    (gone,) = refinement("double the budget", RATE).unplaced
    assert gone.why == "the file states no constraints.budget, so there is nothing to reckon from; say a figure"


def test_several_wishes_of_one_sentence_are_all_met() -> None:
    assert changes("triple the users and halve the budget") == {
        "traffic.users": 15000,
        "constraints.budget": "3000 USD/month",
    }
    assert changes("double the traffic and the budget") == {
        "traffic.users": 10000,
        "constraints.budget": "12000 USD/month",
    }
    assert changes("make it cheaper and faster, and rename it to help-desk") == {
        "metadata.name": "help-desk",
        "priorities.cost": "high",
        "priorities.latency": "high",
    }


@pytest.mark.parametrize(
    "said",
    ["use 8x H100", "traffic is 3x the average at lunch", "20% of the users are active", "don't double the traffic",
     "the budget stays as it is"],
)  # fmt: skip
def test_what_is_no_amount_of_a_field_multiplies_nothing(said: str) -> None:
    assert "traffic.users" not in changes(said)
    assert "constraints.budget" not in changes(said)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("bump users to 8000", {"traffic.users": 8000}),
        ("users: 8k", {"traffic.users": 8000}),
        ("peak factor 3", {"traffic.peakFactor": 3.0}),
        ("max 5 replicas", {"deploy.autoscaling.maxReplicas": 5}),
        ("users -10%", {"traffic.users": 4500}),
        ("budget +500", {"constraints.budget": "6500 USD/month"}),
        ("cut costs by 20%", {"constraints.budget": "4800 USD/month"}),
        ("20% cheaper", {"constraints.budget": "4800 USD/month"}),
        ("twice as fast", {"slo.ttft": "75ms", "slo.itl": "12.5ms", "slo.e2e": "3500ms"}),
        ("scale it by a factor of 3", {"traffic.users": 15000}),
        ("twice the traffic next quarter", {"traffic.users": 10000}),
        ("a quarter of the traffic", {"traffic.users": 1250}),
    ],
)
def test_figures_and_shares_are_read_as_they_are_said(said: str, wanted: dict[str, Value]) -> None:
    assert changes(said) == wanted


def test_a_direction_without_a_figure_is_asked_back() -> None:
    (found,) = refinement("shorter answers").unplaced
    assert (found.quote.text, found.why) == ("answers", "by how much, or to what? say a figure")


def test_an_amount_of_nothing_is_told() -> None:
    (found,) = refinement("double it").unplaced
    assert (found.quote.text, found.why) == (
        "double", "of what? say it with the traffic, the users, the budget or another figure of the file"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("remove the budget", "constraints.budget"),
        ("no budget limit", "constraints.budget"),
        ("lift the cost cap", "constraints.budget"),
        ("unlimited budget", "constraints.budget"),
        ("entferne das Budget", "constraints.budget"),
        ("sin límite de presupuesto", "constraints.budget"),
        ("no limit on the budget", "constraints.budget"),
        ("supprime le budget", "constraints.budget"),
        ("予算の上限をなくして", "constraints.budget"),
        ("取消预算限制", "constraints.budget"),
        ("drop the licence limit", "constraints.licenses"),
        ("any licence is fine", "constraints.licenses"),
        ("remove the GPU list", "constraints.accelerators.allow"),
        ("please drop the apache restriction", "constraints.licenses"),
    ],
)
def test_limits_are_taken_out(said: str, field: str) -> None:
    assert changes(said) == {field: None}


def test_what_is_not_there_or_is_needed_is_not_taken_out() -> None:
    assert refinement("remove the regions").notes == (
        "the file states no constraints.regions, so nothing is to be removed",
    )
    (found,) = refinement("remove the users").unplaced
    assert found.why == "a workload needs its users or a request rate; say another in its place"
    assert changes("drop the budget to $4k a month") == {"constraints.budget": "4000 USD/month"}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("make it cheaper", {"priorities.cost": "high"}),
        ("günstiger bitte", {"priorities.cost": "high"}),
        ("hazlo más barato", {"priorities.cost": "high"}),
        ("もっと安くして", {"priorities.cost": "high"}),
        ("it is too slow", {"priorities.latency": "high"}),
        ("schneller", {"priorities.latency": "high"}),
        ("快一点", {"priorities.latency": "high"}),
        ("better answers", {"priorities.accuracy": "high"}),
        ("simpler to run", {"priorities.complexity": "high"}),
        ("slower is fine", {"priorities.latency": "low"}),
    ],
)
def test_wishes_that_compare_set_priorities(said: str, wanted: dict[str, Value]) -> None:
    assert changes(said) == wanted


def test_a_class_of_experience_gives_way_to_the_next() -> None:
    classed = RATE.replace("  slo: {ttft: 1.5s}\n", "  experience: interactive\n")
    assert changes("faster", classed) == {"experience": "conversational"}
    assert changes("it can be slower", classed) == {"experience": "deferred"}
    assert whys("faster", classed) == ["one class faster than interactive"]
    assert changes("faster", classed.replace("interactive", "instant")) == {"priorities.latency": "high"}


def test_a_wish_that_is_met_or_contradicted_says_what_would_help() -> None:
    cheap = RATE + "  priorities: {cost: high}\n"
    assert refinement("make it cheaper", cheap).notes == (
        'priorities.cost is high already; a smaller budget says more: "half the budget"',
    )
    assert refinement("faster", RATE).notes == (
        'slo.ttft of the file hold as before; a figure says more: "half the latency"',
    )
    weighed = RATE + "  weights: {accuracy: 1, cost: 1, latency: 1, complexity: 1}\n"
    (found,) = refinement("make it cheaper", weighed).unplaced
    assert found.why == "the file gives weights, and priorities would contradict them; change the weights by hand"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("rename it to help-desk", "help-desk"), ("call it Help Desk please", "help-desk"),
        ('name it "Help Desk"', "help-desk"), ("nenn es hilfe", "hilfe"), ("改名为 help-desk", "help-desk"),
    ],
)  # fmt: skip
def test_a_service_is_renamed(said: str, name: str) -> None:
    assert changes(said) == {"metadata.name": name}


def test_a_rate_takes_the_place_of_users() -> None:
    assert changes("we get 12 requests per second") == {"traffic.users": None, "traffic.requestRate": "12 req/s"}


@pytest.mark.parametrize("said", ["banana", "what is the weather like?", "", "   ", "\x00\x1b[2J", "🍌" * 50])
def test_what_is_not_understood_changes_nothing(said: str) -> None:
    found = refinement(said)
    assert found.text == TEXT
    assert not found.understood


def test_what_is_so_already_is_told() -> None:
    found = refinement("at most 6000 USD a month")
    assert (found.text, found.changes) == (TEXT, ())
    assert found.notes == ("constraints.budget is 6000 USD/month already",)


def test_a_change_that_leaves_no_valid_workload_is_not_made() -> None:
    tight = RATE + "  constraints: {contextLength: 800}\n"
    found = refinement("halve the context", tight)
    assert (found.text, found.changes) == (tight, ())
    assert [item.message for item in found.problems] == ["a context of 400 tokens cannot hold prompt + output of 768"]


def test_a_drafted_file_gets_the_words_beside_each_new_value_and_keeps_its_comments() -> None:
    found = refinement("double the traffic, and no budget limit")
    assert found.text == TEXT.replace(
        '5000   # stated: "for 5,000 people"', '10000  # stated: "double the traffic" (2 x 5000)'
    ).replace("    budget: 6000 USD/month\n", "")
    assert '"double' not in refinement("double the traffic", RATE).text


def test_what_nothing_was_read_of_is_told_beside_what_was() -> None:
    found = refinement("double the traffic and paint it all blue, thanks")
    assert {item.field: item.after for item in found.changes} == {"traffic.users": 10000}
    assert [(item.quote.text, item.why) for item in found.unplaced] == [
        ("paint it all blue,", "nothing of it was read")
    ]
    assert refinement("double the traffic, make it cheaper and use H100s").unplaced == ()


def test_an_instruction_that_is_too_long_is_refused() -> None:
    found = refinement("double the traffic. " * 6000)
    assert found.text == TEXT
    assert [(item.message, item.hint) for item in found.problems] == [
        ("an instruction of 120,000 characters is too long; the limit is 100,000", "say it in fewer words")
    ]


@pytest.mark.parametrize(
    ("said", "gpus"),
    [
        ("replace L4 with L40S", ("H100", "L40S")),
        ("use H200 instead of H100", ("L4", "H200")),
        ("use H200 instead of T4", ("H200",)),
        ("ersetze L4 durch L40S", ("H100", "L40S")),
        ("L4の代わりにL40S", ("H100", "L40S")),
        ("drop L4, add H200", ("H100", "H200")),
    ],
)
def test_one_name_takes_the_place_of_another(said: str, gpus: tuple[str, ...]) -> None:
    assert changes(said) == {"constraints.accelerators.allow": gpus}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("use H100s", {"constraints.accelerators.allow": ("H100",)}),
        ("also L40S please", {"constraints.accelerators.allow": ("L4", "H100", "L40S")}),
        ("remove H100 from the list", {"constraints.accelerators.allow": ("L4",)}),
        ("use llama-3.3-70b only", {"constraints.models.allow": ("llama-3.3-70b",)}),
        ("at most 3 GPUs", {"constraints.gpus": 3}),
        ("double the traffic and use H100s",
         {"traffic.users": 10000, "constraints.accelerators.allow": ("H100",)}),
    ],
)  # fmt: skip
def test_names_are_read_by_the_rules_of_a_prose(said: str, wanted: dict[str, Value]) -> None:
    assert changes(said) == wanted


# Lists


def listed(said: str, field: str, *names: str, text: str = TEXT, at: str = "") -> dict[str, Value | None]:
    """What an instruction makes of the lists, given the names that the rules read in it."""
    word = at or names[0]
    start = said.index(word)
    finding = Finding(field, names, "stated", "rules", (Quote(word, start, start + len(word)),))
    source = Source("workload.yaml", text)
    parsed = load(Workload, source)
    held = Held(parsed, resolve(parsed, CATALOG, PROJECT), CATALOG)
    found = refined(source, held, PROJECT, together(relisted(prepare(said), [finding], held), held))
    assert not found.problems
    return {item.field: item.after for item in found.changes}


GPUS = "constraints.accelerators"
DENIED = TEXT.replace("{allow: [L4, H100]}", "{deny: [L4, h100]}")


def test_names_join_replace_and_leave_lists() -> None:
    assert listed("use L40S", f"{GPUS}.allow", "L40S") == {f"{GPUS}.allow": ("L40S",)}
    assert listed("add L40S", f"{GPUS}.allow", "L40S") == {f"{GPUS}.allow": ("L4", "H100", "L40S")}
    assert listed("L40S too", f"{GPUS}.allow", "L40S") == {f"{GPUS}.allow": ("L4", "H100", "L40S")}
    assert listed("add only L40S", f"{GPUS}.allow", "L40S") == {f"{GPUS}.allow": ("L40S",)}
    assert listed("remove H100 from the list", f"{GPUS}.allow", "H100") == {f"{GPUS}.allow": ("L4",)}
    assert listed("add H100", f"{GPUS}.allow", "H100") == {}


def test_names_that_are_ruled_out_leave_what_is_allowed() -> None:
    assert listed("no H100", f"{GPUS}.deny", "H100") == {f"{GPUS}.allow": ("L4",), f"{GPUS}.deny": ("H100",)}
    assert listed("no AMD", f"{GPUS}.deny", "MI300X", at="AMD") == {f"{GPUS}.deny": ("MI300X",)}
    assert listed("no H100 nor L4", f"{GPUS}.deny", "H100", "L4") == {
        f"{GPUS}.allow": None,
        f"{GPUS}.deny": ("H100", "L4"),
    }


def test_names_that_are_allowed_again_leave_what_is_ruled_out() -> None:
    assert listed("allow H100 again", f"{GPUS}.allow", "H100", text=DENIED) == {f"{GPUS}.deny": ("L4",)}
    assert listed("remove H100", f"{GPUS}.deny", "H100", text=DENIED) == {f"{GPUS}.deny": ("L4",)}
    assert listed("use H100", f"{GPUS}.allow", "H100", text=DENIED) == {
        f"{GPUS}.allow": ("H100",),
        f"{GPUS}.deny": ("L4",),
    }


def test_a_family_joins_a_list_of_models_by_its_models() -> None:
    models = TEXT.replace("accelerators: {allow: [L4, H100]}", "models: {allow: [llama-3.3-70b]}")
    qwen = tuple(item.id for item in CATALOG.models.values() if item.family == "Qwen")
    family = next(item.family for item in CATALOG.models.values() if item.id.startswith("qwen"))
    added = tuple(item.id for item in CATALOG.models.values() if item.family == family)
    assert qwen in ((), added)
    assert listed("also allow Qwen", "constraints.families.allow", family, text=models, at="Qwen") == {
        "constraints.models.allow": ("llama-3.3-70b", *added)
    }
    assert listed("use Qwen", "constraints.families.allow", family, text=models, at="Qwen") == {
        "constraints.models.allow": None,
        "constraints.families.allow": (family,),
    }


def test_a_model_of_another_family_joins_the_models_of_those_allowed() -> None:
    families = TEXT.replace("accelerators: {allow: [L4, H100]}", "families: {allow: [qwen3]}")
    qwen = tuple(item.id for item in CATALOG.models.values() if item.family == "qwen3")
    assert listed("also allow llama-3.3-70b", "constraints.models.allow", "llama-3.3-70b", text=families) == {
        "constraints.models.allow": (*qwen, "llama-3.3-70b"),
        "constraints.families.allow": None,
    }
    assert listed("also allow qwen3-32b", "constraints.models.allow", "qwen3-32b", text=families) == {}


def test_licences_join_a_list_of_them() -> None:
    assert listed("also allow mit", "constraints.licenses", "mit") == {"constraints.licenses": ("apache-2.0", "mit")}
    assert listed("mit only", "constraints.licenses", "mit") == {"constraints.licenses": ("mit",)}


@given(st.integers(1, 10**6), st.integers(1, 50), st.sampled_from(("", "k", "M")))
def test_a_whole_number_times_a_factor_is_exact_in_any_spelling(number: int, factor: int, scale: str) -> None:
    unit = {"": 1, "k": 1_000, "M": 1_000_000}[scale]
    value = stepped("traffic.users", f"{number}{scale}" if scale else number, Step(factor=factor))
    assert str(value) == (f"{number * factor}{scale}" if scale else str(number * factor))
    assert unit * number * factor > 0


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60))
def test_any_words_leave_a_valid_workload(said: str) -> None:
    found = refinement(said)
    load(Workload, Source("workload.yaml", found.text))
    assert bool(found.changes) or found.text == TEXT


@pytest.mark.parametrize(
    ("said", "allow"),
    [
        ("keep the H100 but drop the L4", ("H100",)),
        ("drop the L4 but keep the H100", ("H100",)),
        ("cheaper, please, but keep the H100", None),
        ("add A100-80GB and remove L4", ("H100", "A100-80GB")),
        ("remove L4 and add A100-80GB", ("H100", "A100-80GB")),
        ("remove L4 and use B200", ("H100", "B200")),
        ("entferne L4 und füge B200 hinzu", ("H100", "B200")),
        ("ajoute B200 et retire L4", ("H100", "B200")),
        ("no L4, add B200", ("H100", "B200")),
        ("also B200, H200 and L40S", ("L4", "H100", "B200", "H200", "L40S")),
        ("use H100 and also B200", ("H100", "B200")),
        ("remove the budget and use H100", ("H100",)),
        ("remove L4, H100", None),
    ],
)
def test_each_name_has_the_verb_of_its_part(said: str, allow: Value | None) -> None:
    assert changes(said).get("constraints.accelerators.allow") == allow
    assert refinement(said).text.count("H100") == (0 if allow is None and "remove" in said else 1)


@pytest.mark.parametrize("said", ["add B200 and remove the budget", "drop the budget and take A100-80GB"])
def test_what_is_removed_beside_a_name_is_removed(said: str) -> None:
    found = changes(said)
    assert found["constraints.budget"] is None
    assert "constraints.accelerators.allow" in found


def test_a_swap_does_not_say_that_nothing_changes() -> None:
    found = refinement("use H100 instead of L4")
    assert [item.after for item in found.changes] == [("H100",)]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("said", "budget"),
    [
        ("$1000 more", "7000 USD/month"),
        ("$2k less", "4000 USD/month"),
        ("increase by $2k", "8000 USD/month"),
        ("$1000 more for our users", "7000 USD/month"),
        ("the budget was cut to 4000", "4000 USD/month"),
    ],
)
def test_more_money_is_of_the_budget(said: str, budget: str) -> None:
    assert changes(said) == {"constraints.budget": budget}


def test_more_of_another_money_is_not_reckoned() -> None:
    for said in ("€500 more", "raise the budget by 500 euros"):
        found = refinement(said)
        assert found.changes == ()
        assert [item.why for item in found.unplaced] == [NO_RATE]


@pytest.mark.parametrize("said", ["it's dev now, not prod", "this is dev", "staging instead of prod"])
def test_an_environment_takes_anothers_place(said: str) -> None:
    env = TEXT.replace("{name: desk}", "{name: desk, labels: {env: prod}}")
    assert changes(said, env) == {"metadata.labels.env": "staging" if "staging" in said else "dev"}


def test_a_figure_of_nothing_is_asked_what_of() -> None:
    found = refinement("make that 10k")
    assert found.changes == ()
    assert [(item.quote.text, item.why.partition(";")[0]) for item in found.unplaced] == [
        ("10k", "of what? say it with the traffic, the users, the budget or another figure of the file")
    ]
