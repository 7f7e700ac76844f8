"""Drafts are scored by what their values mean, beside labels that say what is right and what must not be there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from neuralnav.cli.draft_cases import load_cases
from neuralnav.cli.draft_eval import command
from neuralnav.draft.alike import Names, names_of
from neuralnav.draft.evaluate import QUESTION, UNPLACED, Between, Case, Expected, OneOf, Score, Tally, score
from neuralnav.errors import ExitCode, InputError
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Draft, Finding, Origin, Question, Quote, Unplaced, Value

PROSE = "A chatbot for 5000 people, 4 H100, no Llama"
NOTHING = Draft(PROSE, (), (), (), (), (), "rules", "rules")
HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: DraftCases\nmetadata: {name: some}\nspec:\n  language: en\n  cases:\n"


@pytest.fixture(scope="module")
def names() -> Names:
    return names_of(load_catalog())


def drafted(*values: tuple[str, Value], origin: Origin = "stated") -> Draft:
    quotes = () if origin == "default" else (Quote("A chatbot", 0, 9),)
    return replace(NOTHING, findings=tuple(Finding(field, value, origin, "rules", quotes) for field, value in values))


def expecting(expect: dict[str, Expected], *absent: str) -> Case:
    return Case("some", "en", "one", PROSE, expect, absent)


def outcomes(case: Case, draft: Draft, names: Names) -> list[tuple[str, str]]:
    return [(item.field, item.outcome) for item in score([case], [draft], names).judgements]


@pytest.mark.parametrize(
    ("field", "label", "value", "outcome"),
    [
        ("traffic.users", 5000, 5000, "right"),
        ("traffic.users", "5k", 5000, "right"),
        ("traffic.users", 5000, 5001, "wrong"),
        ("slo.ttft", "200ms", "0.2s", "right"),
        ("slo.itl", "33.3ms", "33ms", "right"),
        ("slo.ttft", "200ms", "250ms", "wrong"),
        ("traffic.requestRate", "1.5M req/day", "17.4 req/s", "right"),
        ("constraints.budget", "60 USD/day", "1825 USD/month", "right"),
        ("constraints.budget", "6000 USD/month", "6000", "wrong"),
        ("constraints.accelerators.allow", ("H100", "L4"), ("NVIDIA L4", "h100"), "right"),
        ("constraints.accelerators.allow", ("H100",), ("H100", "L4"), "wrong"),
        ("constraints.models.allow", ("llama-3.1-8b",), ("meta-llama/Llama-3.1-8B-Instruct",), "right"),
        ("constraints.models.allow", ("llama-3.1-8b",), ("gpt-4o",), "wrong"),
        ("constraints.licenses", ("mit", "apache-2.0"), ("apache-2.0", "MIT"), "right"),
        ("metadata.labels.env", "prod", "production", "right"),
        ("constraints.reasoning", False, False, "right"),
        ("constraints.reasoning", False, True, "wrong"),
        ("useCase", "translation", "content_generation", "wrong"),
    ],
)
def test_values_are_compared_by_what_they_mean(
    names: Names, field: str, label: Value, value: Value, outcome: str
) -> None:
    assert outcomes(expecting({field: OneOf((label,))}), drafted((field, value)), names) == [(field, outcome)]


@pytest.mark.parametrize(("users", "outcome"), [(199, "wrong"), (200, "right"), (500, "right"), (501, "wrong")])
def test_a_span_admits_its_ends(names: Names, users: int, outcome: str) -> None:
    case = expecting({"traffic.users": Between(200, 500)})
    assert outcomes(case, drafted(("traffic.users", users)), names) == [("traffic.users", outcome)]


def test_any_of_several_answers_is_right(names: Names) -> None:
    case = expecting({"constraints.contextLength": OneOf((32768, 32000))})
    found = [outcomes(case, drafted(("constraints.contextLength", size)), names)[0][1] for size in (32768, 32000, 4096)]
    assert found == ["right", "right", "wrong"]


def test_what_is_left_says_the_same_as_what_is_not_wanted(names: Names) -> None:
    no_nvidia = expecting({"constraints.accelerators.deny": OneOf((("NVIDIA",),))})
    amd = drafted(("constraints.accelerators.allow", ("MI300X", "MI325X", "MI355X")))
    assert outcomes(no_nvidia, amd, names) == [("constraints.accelerators.deny", "right")]
    some = drafted(("constraints.accelerators.allow", ("MI300X", "MI325X")))
    assert outcomes(no_nvidia, some, names) == [("constraints.accelerators.deny", "missed")]
    family = expecting({"constraints.families.allow": OneOf((("gpt-oss",),))})
    models = drafted(("constraints.models.allow", ("gpt-oss-20b", "gpt-oss-120b")))
    assert outcomes(family, models, names) == [("constraints.families.allow", "right")]


def test_a_default_is_nothing_found(names: Names) -> None:
    case = expecting({"useCase": OneOf(("translation",))}, "traffic.users")
    draft = drafted(("useCase", "translation"), ("traffic.users", 100), origin="default")
    assert outcomes(case, draft, names) == [("useCase", "missed"), ("traffic.users", "right")]


def test_a_trap_counts_only_when_fallen_into(names: Names) -> None:
    case = expecting({"constraints.gpus": OneOf((4,))}, "traffic.users")
    wary = score([case], [drafted(("constraints.gpus", 4))], names)
    assert wary.by_group() == {"users": Tally(), "others": Tally(right=1)}
    assert wary.by_group()["users"].share == 1.0
    fallen = score([case], [drafted(("constraints.gpus", 4), ("traffic.users", 4))], names)
    assert fallen.by_field() == {"traffic.users": Tally(invented=1), "constraints.gpus": Tally(right=1)}
    assert (fallen.tally(lambda _: True).labelled, fallen.tally(lambda _: True).share) == (1, 0.5)


def test_questions_and_words_without_a_place_are_judged(names: Names) -> None:
    case = replace(expecting({}), unplaced=("no Llama",), question="traffic.users")
    told = replace(
        NOTHING,
        unplaced=(Unplaced(Quote("no  LLAMA", 0, 9), "no such field"),),
        questions=(Question("traffic.users", "How many?", "nothing says it"),),
    )
    assert outcomes(case, told, names) == [(UNPLACED, "right"), (QUESTION, "right")]
    assert outcomes(case, NOTHING, names) == [(UNPLACED, "missed"), (QUESTION, "missed")]
    any_question, none = replace(expecting({}), question=True), replace(expecting({}), question=False)
    assert outcomes(any_question, told, names) == [(QUESTION, "right")]
    assert outcomes(none, told, names) == [(QUESTION, "invented")]


@pytest.mark.parametrize(
    ("quotes", "broken"),
    [
        ((Quote("5000", 14, 18),), []),
        ((Quote("5000", 13, 17),), ["5000"]),
        ((Quote("6000", 14, 18),), ["6000"]),
        ((Quote("", 3, 3),), [""]),
        ((), [""]),
    ],
)
def test_a_quote_must_stand_where_it_says(names: Names, quotes: tuple[Quote, ...], broken: list[str]) -> None:
    draft = replace(NOTHING, findings=(Finding("traffic.users", 5000, "stated", "rules", quotes),))
    found = score([expecting({})], [draft], names)
    assert (found.quotes, [item.quote for item in found.broken]) == (1, broken)


def test_findings_without_a_label_are_listed_and_count_nowhere(names: Names) -> None:
    found = score([expecting({})], [drafted(("domain", "banking"))], names)
    assert [(item.field, item.got) for item in found.unlabelled] == [("domain", "banking")]
    assert found.by_field() == {}


def problems(tmp_path: Path, cases: str, names: Names) -> str:
    (tmp_path / "some.yaml").write_text(HEAD + cases)
    with pytest.raises(InputError) as caught:
        load_cases([str(tmp_path / "some.yaml")], names)
    return "\n".join(f"{d.message} | {d.hint}" for d in caught.value.diagnostics)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("{id: a, prose: b}", "a has no label | add expect, absent, unplaced or question"),
        ("{id: a, prose: b, expect: {useCas: c}}", 'a: no draft sets "useCas" | did you mean useCase?'),
        ("{id: a, prose: b, absent: [slo.tft]}", 'a: no draft sets "slo.tft" | did you mean slo.ttft?'),
        ("{id: a, prose: b, question: user}", 'a: no draft sets "user" | '),
        (
            "{id: a, prose: b, expect: {slo.ttft: 5}}",
            'a: slo.ttft: "5" is not a duration | write it like 150ms, 1.5s or 2min',
        ),
        ("{id: a, prose: b, expect: {traffic.users: many}}", "a: traffic.users: 'many' is not a number | "),
        (
            "{id: a, prose: b, expect: {constraints.accelerators.allow: [H101]}}",
            'a: constraints.accelerators.allow: the catalogs have no "H101" among accelerators | ',
        ),
        (
            "{id: a, prose: b, expect: {traffic.users: {oneof: [1, 2]}}}",
            "a: traffic.users: {'oneof': [1, 2]} is no value | write oneOf: [A, B] or between: [LOW, HIGH]",
        ),
        (
            "{id: a, prose: b, expect: {useCase: translation}, absent: [useCase]}",
            "a: useCase is both expected and absent | ",
        ),
        ("{id: a, prose: b, unplaced: [c]}", 'a: the prose does not hold "c" | '),
        (
            "{id: a, prose: b, question: true}\n    - {id: a, prose: c, question: true}",
            'the id "a" is given twice; the first is in some | change one',
        ),
    ],
)
def test_a_label_that_no_draft_can_meet_is_refused(tmp_path: Path, names: Names, case: str, message: str) -> None:
    assert problems(tmp_path, f"    - {case}\n", names) == message


def test_every_problem_is_told_at_its_line(tmp_path: Path, names: Names) -> None:
    (tmp_path / "b.yaml").write_text(HEAD + "    - {id: a, prose: b}\n")
    (tmp_path / "a.yaml").write_text(HEAD + "    - {id: a, prose: b, expect: {useCas: c}}\n    - {id: B}\n")
    with pytest.raises(InputError) as caught:
        load_cases([str(tmp_path)], names)
    places = [(Path(d.where.file).name, d.where.line) for d in caught.value.diagnostics]
    assert places == [("a.yaml", 8), ("a.yaml", 8), ("b.yaml", 7)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["--llm", "none", *arguments], standalone_mode=False)


def test_without_a_checkout_the_files_must_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failure = run().exception
    assert isinstance(failure, InputError)
    found = [(d.where.file, d.message, d.hint) for d in failure.diagnostics]
    hint = "give files of cases: neuralnav draft eval PATH..."
    assert found == [("tests/draft_eval", "no such folder here", hint)]


@pytest.mark.parametrize(
    ("bar", "message"),
    [
        ("users", '--fail-under: "users" is not FIELD=SHARE'),
        ("user=0.9", '--fail-under: "user=0.9" is not FIELD=SHARE'),
        ("users=98", '--fail-under: "98" is not a share'),
        ("users=most", '--fail-under: "most" is not a share'),
    ],
)
def test_a_bar_must_name_a_field_and_a_share(bar: str, message: str) -> None:
    failure = run("--fail-under", bar).exception
    assert isinstance(failure, InputError)
    assert [f"{d.where.file}: {d.message}" for d in failure.diagnostics] == [message]


def test_a_measurement_fails_only_below_a_bar(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(HEAD + "    - {id: a, prose: '-', expect: {traffic.users: 7}}\n")
    free = run(str(tmp_path))
    assert (free.return_value, free.stderr) == (ExitCode.DONE, "")
    assert "1 description, read by rules\n" in free.stdout
    assert "traffic.users         1      0      0       1         0  0.0 %\n" in free.stdout
    assert "users: 1 miss\n  some/a  traffic.users missed: expected 7, got -\n" in free.stdout
    barred = run(str(tmp_path), "--fail-under", "users=0.5", "--show", "counts")
    assert (barred.return_value, barred.stderr) == (ExitCode.DRIFT, "users: 0.0 % is below 50.0%\n")
    assert "expected 7" not in barred.stdout


def test_the_table_says_who_spoke_how_often(names: Names) -> None:
    cases = [expecting({}), expecting({}), expecting({})]
    model = replace(NOTHING, engine="llm", voice="small at http://127.0.0.1:8000")
    assert score(cases, [model, NOTHING, model], names).voices == {"small at http://127.0.0.1:8000": 2, "rules": 1}


def test_json_holds_the_same_counts(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(HEAD + "    - {id: a, prose: '-', expect: {traffic.users: 7}}\n")
    found = json.loads(run(str(tmp_path), "--format", "json").stdout)
    assert found["voices"] == {"rules": 1}
    missed = {"labelled": 1, "right": 0, "wrong": 0, "missed": 1, "invented": 0, "share": 0.0}
    assert (found["fields"], found["groups"]) == ({"traffic.users": missed}, {"users": missed})
    assert found["misses"] == [
        {"file": "some", "case": "a", "field": "traffic.users", "outcome": "missed", "expected": "7", "got": "-"}
    ]


def total(found: Score) -> Tally:
    return found.tally(lambda _: True)


def test_the_tables_count_every_label_once(names: Names) -> None:
    case = expecting({"useCase": OneOf(("translation",)), "traffic.users": OneOf((7,))}, "slo.ttft")
    found = score([case], [drafted(("useCase", "translation"), ("slo.ttft", "1s"))], names)
    assert total(found) == Tally(right=1, missed=1, invented=1)
    for tallies in (found.by_field(), found.by_group(), found.by_file(), found.by_language()):
        assert sum(tally.right for tally in tallies.values()) == 1
        assert sum(tally.missed for tally in tallies.values()) == 1
        assert sum(tally.invented for tally in tallies.values()) == 1
