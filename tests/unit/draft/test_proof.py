"""The proof: what a draft writes is read, validated and resolved as a file written by hand is."""

import pytest
from drafting import finding, reading, text
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft import Heard
from neuralnav.draft.defaults import Naming
from neuralnav.draft.proof import Proven, prove
from neuralnav.errors import InputError
from neuralnav.files.catalogs import default_project, load_catalog
from neuralnav.model.document import Source, load
from neuralnav.model.draft import FIELDS, Dropped, Finding, Value
from neuralnav.model.project import Environment, Project, ProjectSpec
from neuralnav.model.workload import Workload

CATALOG = load_catalog()
PROSE = "a support bot for 5,000 people in prod"
BOT = finding(PROSE, "useCase", "chatbot_conversational", "support bot")


def proven(
    *rules: Finding, llm: tuple[Finding, ...] | None = None, project: Project | None = None, name: str = ""
) -> Proven:
    heard = Heard(text(PROSE), reading(*rules), None if llm is None else reading(*llm))
    return prove(heard, CATALOG, project or default_project(), naming=Naming(name), name="w.yaml")


def test_what_is_written_resolves() -> None:
    found = proven(BOT, finding(PROSE, "traffic.users", 5000, "5,000 people"))
    assert found.spec is not None
    assert (found.spec.name, found.spec.use_case, found.spec.mean_rps) == (
        "chatbot",
        "chatbot_conversational",
        6.6667,
    )
    assert load(Workload, Source("w", found.text)).document.spec.traffic.users == 5000


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("constraints.families.deny", ("nonsense",), 'unknown model family "nonsense"'),
        ("constraints.provider", "nobody", 'no price of provider "nobody" is known'),
        ("traffic.profile", "1x1", 'unknown traffic profile "1x1"'),
        ("traffic.activeShare", 7.5, "spec.traffic.activeShare: must be less than or equal to 1, got 7.5"),
        ("slo.ttft", "soon", '"soon" is not a duration'),
        ("confidence", "utter", 'spec.confidence cannot be "utter"'),
        ("metadata.labels.env", "a b", None),
    ],
)
def test_a_value_that_the_file_may_not_hold_is_dropped_and_told(field: str, value: Value, why: str | None) -> None:
    found = proven(BOT, finding(PROSE, field, value, "prod"))
    (dropped,) = found.draft.dropped
    assert (dropped.field, dropped.value, dropped.engine) == (field, value, "rules")
    assert why is None or dropped.why == why
    assert field not in {item.field for item in found.draft.findings}


def test_an_environment_that_the_project_lacks_is_dropped_and_told() -> None:
    project = default_project().model_copy(
        update={"spec": ProjectSpec(environments={"production": Environment(namespace="llm")})}
    )
    found = proven(BOT, finding(PROSE, "metadata.labels.env", "prod", "prod"), project=project)
    assert found.draft.dropped == (
        Dropped("metadata.labels.env", "prod", "rules", 'environment "prod" is not in neuralnav.yaml'),
    )
    kept = proven(BOT, finding(PROSE, "metadata.labels.env", "production", "prod"), project=project)
    assert kept.spec is not None
    assert kept.spec.deploy.namespace == "llm"


def test_what_a_model_made_up_leaves_room_for_what_the_rules_read() -> None:
    wrong = finding(PROSE, "useCase", "robot_butler", "people", engine="llm")
    found = proven(BOT, llm=(wrong,))
    assert [item.field for item in found.draft.dropped] == ["useCase"]
    assert found.spec is not None
    assert found.spec.use_case == "chatbot_conversational"


def test_a_prose_that_says_nothing_proves_nothing() -> None:
    found = proven()
    assert (found.text, found.spec, found.draft.findings) == ("", None, ())


def test_a_name_of_an_option_that_is_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="a name of 60 characters is too long for an InferenceService"):
        proven(BOT, name="a" * 60)


VALUES: dict[str, st.SearchStrategy[Value]] = {
    "metadata.name": st.text(min_size=1, max_size=70),
    "metadata.labels.env": st.sampled_from(["prod", "dev"]) | st.text(max_size=70),
    "metadata.labels.team": st.text(max_size=70),
    "useCase": st.sampled_from(sorted(CATALOG.use_cases)),
    "experience": st.sampled_from(sorted(CATALOG.experiences)),
    "domain": st.text(min_size=1, max_size=40),
    "traffic.users": st.integers(1, 10**9),
    "traffic.requestRate": st.integers(1, 500).map(lambda rate: f"{rate} req/s"),
    "traffic.activeShare": st.floats(0, 1.5),
    "traffic.peakFactor": st.floats(0, 10),
    "traffic.profile": st.sampled_from(sorted(CATALOG.profiles)),
    "traffic.promptTokens": st.integers(0, 20_000),
    "traffic.outputTokens": st.integers(0, 3000),
    "slo.ttft": st.integers(1, 9000).map(lambda ms: f"{ms}ms"),
    "slo.e2e": st.integers(1, 9000).map(lambda ms: f"{ms}ms"),
    "priorities.cost": st.sampled_from(["low", "high"]),
    "constraints.accelerators.allow": st.sets(st.sampled_from(["H100", "L4", "MI300X"]), min_size=1).map(
        lambda names: tuple(sorted(names))
    ),
    "constraints.accelerators.deny": st.sets(st.sampled_from(["H100", "L4", "MI300X"]), min_size=1).map(
        lambda names: tuple(sorted(names))
    ),
    "constraints.licenses": st.sampled_from([("apache-2.0", "mit"), ("mit",), ()]),
    "constraints.contextLength": st.sampled_from([100, 1000, 8192, 131_072]),
    "constraints.budget": st.integers(0, 90_000).map(lambda usd: f"{usd} USD/month"),
    "deploy.namespace": st.text(min_size=1, max_size=70),
    "deploy.target": st.sampled_from(["InferenceService", "LLMInferenceService"]),
    "deploy.autoscaling.class": st.sampled_from(["none", "hpa", "keda", "wva"]),
    "deploy.storage.tokenSecret": st.text(min_size=1, max_size=70),
}


def finding_of(field: str, engine: str) -> st.SearchStrategy[Finding]:
    origins = st.sampled_from(["stated", "inferred"])
    words = st.sampled_from(["support bot", "5,000 people", "prod"])
    return st.builds(
        lambda value, origin, quoted: finding(PROSE, field, value, quoted, origin=origin, engine=engine),  # type: ignore[arg-type]
        VALUES[field],
        origins,
        words,
    )


def some_findings(engine: str) -> st.SearchStrategy[tuple[Finding, ...]]:
    fields = st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=12)
    return fields.flatmap(lambda names: st.tuples(*(finding_of(name, engine) for name in names)))


@given(some_findings("rules"), st.none() | some_findings("llm"))
def test_whatever_was_read_the_file_is_coherent_and_nothing_is_lost_in_silence(
    rules: tuple[Finding, ...], llm: tuple[Finding, ...] | None
) -> None:
    found = proven(*rules, llm=llm)
    draft = found.draft
    names = [item.field for item in draft.findings]
    assert names == [name for name in FIELDS if name in names]
    assert all(item.quotes or item.origin == "default" for item in draft.findings)
    assert all(PROSE[q.start : q.end] == q.text for item in draft.findings for q in item.quotes)
    if not draft.findings:
        return
    assert found.spec is not None
    asked = {quote for item in draft.questions for quote in item.quotes}
    told = {item.field for item in draft.dropped} | {item.field for item in draft.disagreements} | set(names)
    silent = {item.quote for item in draft.unplaced} | asked | {q for item in draft.findings for q in item.quotes}
    for item in (*rules, *(llm or ())):
        full = len(draft.questions) == 3
        assert item.field in told or set(item.quotes) <= silent or full, item
