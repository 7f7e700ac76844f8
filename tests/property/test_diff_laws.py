"""A change is put down to the edit that made it, whatever else was edited with it; a diff reads both ways."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import unit_builders  # noqa: F401  # lets the next line find the builders
import yaml
from builders import ALPHA, ALPHA_FP8, EASY, Point, accelerator, catalog, evidence, price, rows, workload_text
from diff_builders import causes_of, deciding, inputs, planned
from governed import governance, policy
from hypothesis import event, given, settings
from hypothesis import strategies as st

from neuralnav.causes import Dataset, Inputs, Pair
from neuralnav.diff import diff
from neuralnav.diff.search import Attribution, Swap
from neuralnav.diff.sides import outcome_of
from neuralnav.files.catalogs import load_templates
from neuralnav.model.catalog import Catalog
from neuralnav.model.diff import CauseKind
from neuralnav.model.document import Source, load
from neuralnav.model.lock import Previous
from neuralnav.model.project import Project
from neuralnav.model.workload import Workload

SLOW = settings(deadline=None, max_examples=60)
SLOWEST = settings(deadline=None, max_examples=30)

SLOWER: list[Point] = [(offered, ttft * 1.2, itl * 1.2, e2e * 1.2) for offered, ttft, itl, e2e in EASY]
DATASETS = {
    "usual": evidence(),
    "slower": [rows(ALPHA_FP8, SLOWER), *evidence()[:1], *evidence()[2:]],
    "fewer": evidence()[:1],
    "other shape": [rows(ALPHA, EASY, prompt_tokens=4000, output_tokens=2000)],
}
SERVICE = "InferenceService/inferenceservice.yaml.j2"


@dataclass(frozen=True)
class State:
    """What generated edits act on: plain documents, as a file holds them, and the rest of the inputs."""

    workload: dict[str, Any]
    project: dict[str, Any]
    policies: Mapping[str, Mapping[str, Any]]
    catalog: Catalog
    datasets: Mapping[str, Dataset]
    templates: Mapping[str, str]


START = State(
    yaml.safe_load(workload_text(slo={"ttft": "150ms", "e2e": "7s"}, deploy={"namespace": "llm"})),
    {"apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project", "spec": {"margins": {"headroom": 1.2}}},
    {"guardrails": policy({"id": "few-gpus", "deny": "candidate.gpus > 400"}, {"id": "seen", "warn": "false"})},
    catalog(),
    {"own": Dataset("own", "usual")},
    {},
)


@dataclass(frozen=True)
class Change:
    """An edit of one input, and the parts that it should be found as."""

    kind: CauseKind
    names: frozenset[str]
    act: Callable[[State], State]

    def __repr__(self) -> str:
        return f"{self.kind}: {', '.join(sorted(self.names))}"


def field(document: str, kind: CauseKind, path: str, value: object) -> Change:
    def act(state: State) -> State:
        root = copy.deepcopy(getattr(state, document))
        *parents, last = path.split(".")
        node = root
        for step in parents:
            node = node.setdefault(step, {})
        if value is None:
            node.pop(last)
        else:
            node[last] = value
        return replace(state, **{document: root})

    return Change(kind, frozenset({path.replace(".", "\n")}), act)


def spec(path: str, value: object) -> Change:
    return field("workload", "workload", f"spec.{path}", value)


def setting(path: str, value: object) -> Change:
    return field("project", "settings", f"spec.{path}", value)


def rule(name: str, **body: Any) -> Change:
    """A rule of the policy that is bound on both sides, added or replaced."""

    def act(state: State) -> State:
        bound = copy.deepcopy(state.policies["guardrails"])
        kept = [item for item in bound["spec"]["rules"] if item["id"] != name]
        bound["spec"]["rules"] = [*kept, {"id": name, **body}]
        return replace(state, policies={**state.policies, "guardrails": bound})

    return Change("policies", frozenset({f"guardrails.{name}"}), act)


def bound(name: str, *rules: Any, **body: Any) -> Change:
    """A policy more."""
    document = policy(*rules, name=name, **body)
    return Change("policies", frozenset({name}), lambda s: replace(s, policies={**s.policies, name: document}))


def priced(machine: str, provider: str, kind: str, usd_per_hour: float) -> Change:
    def act(state: State) -> State:
        if machine not in state.catalog.accelerators:
            return state
        old = state.catalog.accelerators[machine]
        others = [item for item in old.prices if (item.provider, item.kind) != (provider, kind)]
        new = accelerator("h100", memory_gib=1.0, prices=[price(usd_per_hour, provider, kind, "2026-06-01")]).prices
        item = old.model_copy(update={"prices": (*others, *new)})
        return replace(
            state, catalog=replace(state.catalog, accelerators={**state.catalog.accelerators, machine: item})
        )

    return Change("prices", frozenset({f"{machine} {provider}/{kind}"}), act)


def entry(section: str, name: str, act: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Change:
    return Change(
        "catalog",
        frozenset({f"{section}/{name}"}),
        lambda s: replace(s, catalog=_with_section(s.catalog, section, act)),
    )


def _with_section(whole: Catalog, section: str, act: Callable[[Any], Any]) -> Catalog:
    changes: dict[str, Any] = {section: act(getattr(whole, section))}
    return replace(whole, **changes)


def without(section: str, name: str) -> Change:
    return entry(section, name, lambda items: {key: item for key, item in items.items() if key != name})


def updated(section: str, name: str, **changes: Any) -> Change:
    return entry(section, name, lambda items: {**items, name: items[name].model_copy(update=changes)})


def dataset(name: str, key: str) -> Change:
    return Change(
        "benchmarks", frozenset({name}), lambda s: replace(s, datasets={**s.datasets, name: Dataset(name, key)})
    )


def template(name: str, text: Callable[[str], str]) -> Change:
    texts = load_templates()
    return Change(
        "templates", frozenset({name}), lambda s: replace(s, templates={**s.templates, name: text(texts[name])})
    )


def scored(points: float) -> Change:
    scores = catalog().scores["alpha-8b"]
    return updated("scores", "alpha-8b", scores=dict.fromkeys(scores.scores, points))


def rated(users: int) -> Change:
    """Two fields that are only valid together: users give way to the rate that they would make."""
    away, here = spec("traffic.users", None), spec("traffic.requestRate", f"{users} req/min")
    return Change("workload", away.names | here.names, lambda state: here.act(away.act(state)))


true_changes: st.SearchStrategy[Change] = st.one_of(
    st.integers(55, 400).filter(lambda ms: ms != 150).map(lambda ms: spec("slo.ttft", f"{ms}ms")),
    st.integers(12, 80).map(lambda ms: spec("slo.itl", f"{ms}ms")),
    st.integers(100, 60_000).filter(lambda users: users != 5000).map(lambda users: spec("traffic.users", users)),
    st.sampled_from([["bf16"], ["fp8"]]).map(lambda names: spec("constraints.precisions", names)),
    st.sampled_from(["alpha-8b", "beta-70b"]).map(lambda name: spec("constraints.models.deny", [name])),
    st.integers(2000, 9000).map(lambda usd: spec("constraints.budget", f"{usd} USD/month")),
    st.sampled_from(["low", "high"]).map(lambda level: spec("priorities.cost", level)),
    st.just(spec("deploy.namespace", "other")),
    st.just(spec("slo.e2e", None)),
    st.integers(10, 9000).map(rated),
    st.integers(13, 60).map(lambda tenths: setting("margins.headroom", tenths / 10)),
    st.just(setting("output.manifests", "k8s")),
    st.sampled_from(["accelerator.id == 'h100'", "candidate.precision == 'fp8'", "candidate.gpus > 1"]).map(
        lambda text: rule("no-such", deny=text)
    ),
    st.integers(0, 6).map(lambda count: rule("few-gpus", deny=f"candidate.gpus > {count}")),
    st.sampled_from(["alpha-8b", "beta-70b"]).map(
        lambda name: bound("liked", {"id": "this", "prefer": f"model.id == '{name}'", "points": 20})
    ),
    st.floats(0.1, 30).map(lambda usd: priced("h100", "list", "on-demand", round(usd, 2))),
    st.floats(0.1, 30).map(lambda usd: priced("l4", "list", "on-demand", round(usd, 2))),
    st.sampled_from(["slower", "fewer"]).map(lambda key: dataset("own", key)),
    st.sampled_from([without("models", "alpha-8b"), without("models", "beta-70b"), without("accelerators", "h100")]),
    st.integers(0, 100).map(scored),
    st.just(template(SERVICE, lambda text: text.replace("timeoutSeconds: 10", "timeoutSeconds: 11"))),
)

TITLE = "A title that nobody plans by"
NEUTRAL = (
    spec("slo.e2e", "7000ms"),
    spec("constraints.precisions", ["bf16", "fp8"]),
    spec("deploy.monitoring", "PodMonitor"),
    setting("environments.elsewhere.confidence", "safe"),
    setting("output.top", 3),
    rule("seen", warn="1 > 2"),
    bound("elsewhere", {"id": "all", "deny": "true"}, match={"workloads": ["another"]}),
    priced("h100", "aws", "on-demand", 9.9),
    priced("l4", "own", "owned", 0.1),
    updated("use_cases", "code_completion", title=TITLE),
    updated("models", "alpha-8b", publisher=TITLE),
    dataset("more", "other shape"),
    template(SERVICE, lambda text: "{# A remark. #}" + text),
)
"""Edits that no outcome depends on, though they are seen as edits."""


def inputs_of(state: State) -> Inputs:
    def read(kind: type[Any], name: str, document: object) -> Any:
        return load(kind, Source(name, yaml.safe_dump(document, sort_keys=False)))

    return inputs(
        read(Workload, "workload.yaml", state.workload),
        project=read(Project, "neuralnav.yaml", state.project),
        governance=governance(*state.policies.values()),
        catalog=state.catalog,
        datasets=state.datasets,
        templates=state.templates,
    )


BASE = inputs_of(START)


def locked() -> Previous:
    """What the base's lock binds."""
    lock = planned(BASE, DATASETS).lock
    assert lock is not None
    return Previous(lock.choice.candidate, lock.inputs.workload, lock.inputs.settings, lock.inputs.policies)


def apply(*changes: Change) -> Inputs:
    state = START
    for change in changes:
        state = change.act(state)
    return inputs_of(state)


@SLOW
@given(
    true_changes,
    st.lists(st.sampled_from(NEUTRAL), max_size=6, unique_by=repr),
    st.sampled_from(["free", "locked"]),
    st.randoms(),
)
def test_the_one_true_cause_is_named_among_edits_that_change_nothing(
    true: Change, others: list[Change], lock: str, order: Any
) -> None:
    previous = locked() if lock == "locked" and true.kind not in ("workload", "settings", "policies") else None
    others = [item for item in others if not item.names & true.names]
    if previous is not None:
        others = [item for item in others if item.kind != "workload"]  # an edit of the workload is intent
    alone = outcome_of(planned(apply(true), DATASETS, previous))
    changed = alone != outcome_of(planned(BASE, DATASETS, previous))
    every = [true, *others]
    order.shuffle(every)
    pair = Pair.of(BASE, apply(*every))
    found = causes_of(pair, deciding(pair, DATASETS, previous))
    event(f"{true.kind if changed else 'nothing'} changed")
    assert [cause.kind for cause in found.causes] == [true.kind] * changed
    assert found.notes == ()
    assert changed == bool(found.causes)
    if changed:
        assert names_of(pair, found) == {(true.kind, name) for name in true.names}


def names_of(pair: Pair, found: Attribution) -> frozenset[tuple[CauseKind, str]]:
    """The names of the parts whose edits the causes hold."""
    edits = {(cause.kind, edit.field) for cause in found.causes for edit in cause.edits}
    return frozenset(
        (kind, part.name)
        for kind, parts in pair.parts.items()
        for part in parts
        if any((kind, edit.field) in edits for edit in part.edits)
    )


def test_an_edit_of_each_input_is_told_from_those_that_change_nothing() -> None:
    retimed = template(SERVICE, lambda text: text.replace("timeoutSeconds: 10", "timeoutSeconds: 11"))
    dearer, elsewhere = priced("h100", "list", "on-demand", 9.0), spec("deploy.namespace", "other")
    for true in (retimed, dearer, elsewhere, dataset("own", "slower"), without("models", "alpha-8b")):
        pair = Pair.of(BASE, apply(true, *(item for item in NEUTRAL if not item.names & true.names)))
        found = causes_of(pair, deciding(pair, DATASETS))
        assert names_of(pair, found) == {(true.kind, name) for name in true.names}


@SLOW
@given(true_changes, true_changes)
def test_a_diff_read_backwards_says_the_opposite(one: Change, other: Change) -> None:
    sides = [planned(apply(change), DATASETS) for change in (one, other)]
    there, back = diff(*sides), diff(*reversed(sides))
    assert (there.gained, there.lost, there.decision) == (back.lost, back.gained, back.decision)
    assert there.cost_delta_usd_per_month in (None, -(back.cost_delta_usd_per_month or 0.0))
    assert {(m.candidate, m.before, m.after) for view in there.views for m in view.moves} == {
        (m.candidate, m.after, m.before) for view in back.views for m in view.moves
    }
    assert [(e.field, e.before, e.after) for e in there.edits] == [(e.field, e.after, e.before) for e in back.edits]
    assert [(r.rule, r.before, r.after) for r in there.rules] == [(r.rule, r.after, r.before) for r in back.rules]
    assert (there.status == "unchanged") == (back.status == "unchanged")
    assert diff(sides[0], sides[0]).status == "unchanged"
    assert there.model_dump_json() == diff(*sides).model_dump_json()


def _about(change: Change) -> str:
    """What one change sets that another must not set too; a catalog keeps most of its models, traffic one rate."""
    return change.kind if change.kind == "catalog" else "users" if change.names & RATES else min(change.names)


RATES = spec("traffic.users", 1).names


@SLOWEST
@given(st.lists(true_changes, min_size=2, max_size=5, unique_by=_about))
def test_what_is_named_gives_the_heads_outcome_and_no_smaller_set_of_inputs_does(changes: list[Change]) -> None:
    pair = Pair.of(BASE, apply(*changes))
    decide = deciding(pair, DATASETS)
    whole = frozenset(pair.parts)
    before, after = decide(Swap()).steps(), decide(Swap(whole=whole)).steps()
    found = causes_of(pair, decide)
    if before == after:
        assert found.causes == ()
        return
    step = next(i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new) + 1
    kinds = [cause.kind for cause in found.causes]
    event(f"{len(kinds)} causes at step {step}")
    assert decide(Swap(parts=names_of(pair, found))).steps()[:step] == after[:step]
    for size in range(len(kinds)):
        for fewer in combinations(sorted(whole), size):
            assert decide(Swap(whole=frozenset(fewer))).steps()[:step] != after[:step]
