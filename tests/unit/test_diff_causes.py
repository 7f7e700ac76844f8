"""Inputs taken apart into what can be swapped alone, the phrases that name it, and mixed again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import accelerator, catalog, price, project, workload
from diff_builders import inputs
from governed import governance, policy

from neuralnav.causes import Dataset, Inputs, Pair
from neuralnav.causes.words import edited, moved, short
from neuralnav.diff.search import Swap
from neuralnav.errors import InputError
from neuralnav.model.catalog import Catalog
from neuralnav.model.diff import CauseKind, FieldEdit
from neuralnav.model.document import Source, load
from neuralnav.model.project import Project
from neuralnav.model.report import ReportedWhere

FEW = {"id": "few", "deny": "candidate.gpus > 4"}
SEEN = {"id": "seen", "warn": "candidate.tp > 1"}


def said(base: Inputs, head: Inputs) -> dict[CauseKind, list[str]]:
    return {kind: [part.said for part in parts] for kind, parts in Pair.of(base, head).parts.items()}


def settings(text: str) -> Inputs:
    head = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n"
    return inputs(project=load(Project, Source("neuralnav.yaml", head + text)))


def priced(*prices: object) -> Catalog:
    new = accelerator("h100", memory_gib=1.0, prices=prices).prices
    whole = catalog()
    machine = whole.accelerators["h100"].model_copy(update={"prices": new})
    return replace(whole, accelerators={**whole.accelerators, "h100": machine})


def test_the_same_inputs_have_no_parts() -> None:
    assert Pair.of(inputs(), inputs()).parts == {}


def test_a_field_is_named_with_its_texts_and_its_line() -> None:
    base, head = (
        inputs(workload(slo={"ttft": "150ms", "itl": "25ms"})),
        inputs(workload(slo={"ttft": "100ms", "e2e": "7s"})),
    )
    assert said(base, head) == {
        "workload": ["slo.e2e 7s added (line 11)", "slo.itl 25ms removed (line 9)", "slo.ttft 150ms -> 100ms (line 10)"]
    }


def test_settings_are_named_in_their_file_and_what_is_an_input_of_its_own_is_none() -> None:
    head = settings("  margins: {headroom: 1.5}\n  policies: [{path: a.yaml}]\n  catalogs: [a]\n  benchmarks: [b]\n")
    assert said(inputs(), head) == {"settings": ["margins.headroom 1.5 added (neuralnav.yaml line 4)"]}


def test_prices_are_named_by_accelerator_provider_and_kind() -> None:
    base, head = (
        inputs(catalog=priced(*prices))
        for prices in (
            [price(4.5), price(2.0, "aws", "spot"), price(9.0, "old")],
            [price(4.5, day="2025-01-01"), price(2.9, day="2026-06-01"), price(2.0, "aws", "spot"), price(1.0, "new")],
        )
    )
    assert said(base, head) == {
        "prices": [
            "price of H100 list/on-demand 4.5 -> 2.9 USD/h",
            "price of H100 new/on-demand 1 USD/h added",
            "price of H100 old/on-demand 9 USD/h removed",
        ]
    }


def test_a_price_that_is_recorded_anew_at_the_same_figure_is_no_edit() -> None:
    assert said(inputs(catalog=priced(price(4.5))), inputs(catalog=priced(price(4.5, day="2026-06-01")))) == {}


def test_entries_of_a_catalog_are_named_by_what_differs_and_not_by_who_says_so() -> None:
    whole = catalog()
    beta, l4 = whole.models["beta-70b"], whole.accelerators["l4"]
    context = beta.context_tokens.model_copy(update={"value": 4096})
    other = replace(
        whole,
        models={"beta-70b": beta.model_copy(update={"context_tokens": context})},
        accelerators={
            **whole.accelerators,
            "l4": l4.model_copy(update={"memory_gib": l4.memory_gib.model_copy(update={"verified": True})}),
        },
        scores={},
        serving=whole.serving.model_copy(update={"engine_version": "0.20.0"}),
    )
    assert said(inputs(catalog=whole), inputs(catalog=other)) == {
        "catalog": [
            "model alpha-8b removed",
            "model beta-70b contextTokens 8192 -> 4096",
            "scores of alpha-8b removed",
            "serving model engineVersion 0.19.0 -> 0.20.0",
        ]
    }


def test_a_policy_of_which_only_rules_differ_is_taken_apart_into_these() -> None:
    base, head = (
        inputs(governance=governance(policy(*rules)))
        for rules in (
            (FEW, SEEN),
            ({**FEW, "deny": "candidate.gpus > 2"}, {"id": "more", "require": "candidate.tp < 9"}),
        )
    )
    assert said(base, head) == {
        "policies": [
            "rule guardrails.few deny candidate.gpus > 4 -> deny candidate.gpus > 2",
            "rule guardrails.more added",
            "rule guardrails.seen removed",
        ]
    }


def test_a_parameter_is_named_as_its_document_writes_it() -> None:
    params = {"most": {"type": "double"}}
    few = {"id": "few", "deny": "candidate.cost_monthly_usd > params.most"}
    base, head = (
        inputs(governance=governance(policy(few, params=params), params={"most": usd})) for usd in (12000, 6000.5)
    )
    assert said(base, head) == {"policies": ["policy guardrails: params.most 12000 -> 6000.5"]}


def test_rules_in_another_order_are_no_edit() -> None:
    base, head = (inputs(governance=governance(policy(*rules))) for rules in ((FEW, SEEN), (SEEN, FEW)))
    assert said(base, head) == {}


@pytest.mark.parametrize(
    ("make", "phrase"),
    [
        (lambda: governance(policy(FEW), policy(SEEN, name="other")), "policy other added"),
        (governance, "policy guardrails removed"),
        (lambda: governance(policy(FEW), enforcement="warn"), "policy guardrails: enforcement deny -> warn"),
        (lambda: governance(policy(FEW), environments=["prod"]), "policy guardrails: environments all -> prod"),
    ],
)
def test_a_policy_is_named_by_how_it_is_bound(make: Callable[[], object], phrase: str) -> None:
    head = replace(inputs(), governance=make())  # type: ignore[arg-type]  # a governance
    assert said(inputs(governance=governance(policy(FEW))), head) == {"policies": [phrase]}


def test_an_exemption_is_an_edit_of_the_policies() -> None:
    waived = {
        "policy": "guardrails", "rule": "few", "workloads": ["chat"], "owner": "ann", "reason": "r",
        "expires": "2027-01-01",
    }  # fmt: skip
    base, head = (inputs(governance=governance(policy(FEW), exemptions=items)) for items in ((), (waived,)))
    assert said(base, head) == {"policies": ["exemption from guardrails.few added"]}
    mixed = Pair.of(base, head).mixed(Swap(whole=frozenset({"policies"})))
    assert mixed.governance is head.governance


def test_datasets_and_templates_are_named_by_their_names() -> None:
    base = inputs(templates={"common/a.j2": "x"})
    head = inputs(
        datasets={"own": Dataset("elsewhere", "usual"), "more": Dataset("m", "m")}, templates={"common/a.j2": "y"}
    )
    assert said(base, head) == {"benchmarks": ["benchmarks more added"], "templates": ["template common/a.j2 changed"]}


def test_a_swap_takes_what_it_names_and_leaves_the_rest_the_bases_own() -> None:
    base = inputs(workload(slo={"ttft": "150ms"}), catalog=priced(price(4.5)))
    head = inputs(
        workload(slo={"ttft": "100ms", "e2e": "7s"}), catalog=priced(price(2.9)), governance=governance(policy(FEW))
    )
    pair = Pair.of(base, head)
    assert pair.mixed(Swap()) == base
    assert pair.mixed(Swap(whole=frozenset(pair.parts))) == head
    some = pair.mixed(Swap(frozenset({"prices"}), frozenset({("workload", "spec\nslo\ne2e")})))
    slo = some.workload.document.spec.slo
    assert (slo.ttft, slo.e2e) == (150.0, 7000.0)
    assert some.catalog == head.catalog
    assert some.governance is base.governance
    assert some.project is base.project


def test_the_prices_of_a_catalog_that_is_taken_stay_the_bases() -> None:
    base, head = inputs(catalog=priced(price(4.5))), inputs(catalog=priced(price(2.9)))
    machine = head.catalog.accelerators["h100"]
    memory = machine.memory_gib.model_copy(update={"value": 141.0})
    machines = {**head.catalog.accelerators, "h100": machine.model_copy(update={"memory_gib": memory})}
    pair = Pair.of(base, replace(head, catalog=replace(head.catalog, accelerators=machines)))
    for kind, expected in (("catalog", (141.0, 4.5)), ("prices", (79.6, 2.9))):
        found = pair.mixed(Swap(whole=frozenset({kind}))).catalog.accelerators["h100"]  # type: ignore[arg-type]  # a kind
        assert (found.memory_gib.value, found.prices[0].hourly_usd) == expected


def test_one_rule_of_several_is_taken_with_the_digest_of_its_policy() -> None:
    base, head = (
        inputs(governance=governance(policy(*rules)))
        for rules in ((FEW,), ({**FEW, "deny": "candidate.gpus > 2"}, SEEN))
    )
    mixed = Pair.of(base, head).mixed(Swap(parts=frozenset({("policies", "guardrails.seen")}))).governance.policies[0]
    assert [rule.id for rule in mixed.rules] == ["few", "seen"]
    assert mixed.rules[0].condition is not None
    assert mixed.rules[0].condition.text == "candidate.gpus > 4"
    assert mixed.digest == head.governance.policies[0].digest


def test_edits_that_are_only_valid_together_are_refused_alone() -> None:
    base, head = inputs(workload()), inputs(workload(traffic={"requestRate": "12 req/s"}))
    pair = Pair.of(base, head)
    assert [part.name for part in pair.parts["workload"]] == ["spec\ntraffic\nrequestRate", "spec\ntraffic\nusers"]
    with pytest.raises(InputError, match="give either users or requestRate"):
        pair.mixed(Swap(parts=frozenset({("workload", "spec\ntraffic\nrequestRate")})))


def test_a_phrase_is_cut_to_what_a_line_holds() -> None:
    assert short("x" * 61) == "x" * 57 + "..."
    assert moved("", "y") == "y added"
    where = ReportedWhere(file="a", line=0, column=0)
    assert edited(FieldEdit(field="spec.domain", before="a", after="b", where=where)) == "domain a -> b"


def test_settings_of_the_head_are_taken_field_by_field() -> None:
    base = settings("  margins: {headroom: 1.2, sticky: 1}\n")
    pair = Pair.of(base, settings("  margins: {headroom: 1.5, sticky: 4}\n"))
    found = pair.mixed(Swap(parts=frozenset({("settings", "spec\nmargins\nsticky")}))).project.document
    assert found.spec == project(margins={"headroom": 1.2, "sticky": 4}).spec
