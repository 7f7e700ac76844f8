"""An edit is exactly what was asked for: no other byte moves, no comment of a person's is lost."""

from collections import Counter
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workload_texts import CHANGES, VALUES, Change, texts

from neuralnav.draft.edits import edit, value_at
from neuralnav.draft.scalars import spelt
from neuralnav.draft.spans import layout
from neuralnav.draft.splices import MARK, path_of
from neuralnav.errors import InputError
from neuralnav.model.document import Source, parse, plain, without_value
from neuralnav.model.draft import Value
from neuralnav.report import diagnostics_text

BLOCK = """\
# why this service is
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: desk
  labels: {env: prod}
spec:
  # what it is for
  useCase: "chatbot_conversational"     # stated: "a bot"
  traffic:
    users: 5000                         # stated: "for 5,000 people"
    # or a rate, once we know it
  # slo: {ttft: 1s}
  constraints:
    accelerators:
      allow:
        - H100  # fast
        - L4    # stated: "L4"
      deny: [ A100-40GB , MI300X ]
    budget: '6000 USD/month'  # finance said so
"""


def differences(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    gone = [f"-{line}" for line in before.split("\n") if old[line] > new[line]]
    return gone + [f"+{line}" for line in after.split("\n") if new[line] > old[line]]


def change(changes: dict[str, Value | None], comments: dict[str, str] | None = None, text: str = BLOCK) -> list[str]:
    return differences(text, edit(Source("workload.yaml", text), changes, comments))


def refused(text: str, changes: dict[str, Value | None]) -> str:
    with pytest.raises(InputError) as caught:
        edit(Source("workload.yaml", text), changes)
    return diagnostics_text(caught.value.diagnostics)


def test_a_value_gives_way_with_the_words_that_a_draft_quoted_behind_it() -> None:
    assert change({"traffic.users": 10000}, {"traffic.users": 'stated: "double"'}) == [
        '-    users: 5000                         # stated: "for 5,000 people"',
        '+    users: 10000                        # stated: "double"',
    ]
    assert change({"useCase": "translation"}) == [
        '-  useCase: "chatbot_conversational"     # stated: "a bot"',
        '+  useCase: "translation"',
    ]


def test_a_comment_of_a_person_stays_beside_a_new_value_and_in_the_place_of_a_removed_one() -> None:
    assert change({"constraints.budget": "12000 USD/month"}, {"constraints.budget": 'stated: "12k"'}) == [
        "-    budget: '6000 USD/month'  # finance said so",
        "+    budget: '12000 USD/month'  # finance said so",
    ]
    assert change({"constraints.budget": None}) == [
        "-    budget: '6000 USD/month'  # finance said so",
        "+    # finance said so",
    ]


def test_what_is_so_already_changes_nothing() -> None:
    assert change({"traffic.users": 5000, "constraints.budget": "6000 USD/month"}, {"traffic.users": "new"}) == []
    assert change({"slo.ttft": None, "constraints.models.allow": None}) == []


def test_one_way_takes_the_place_of_the_other() -> None:
    assert change({"traffic.users": None, "traffic.requestRate": "25 req/s"}) == [
        '-    users: 5000                         # stated: "for 5,000 people"',
        "+    requestRate: 25 req/s",
    ]


def test_items_join_and_leave_lists_in_the_style_of_the_list() -> None:
    assert change({"constraints.accelerators.allow": ("H100", "L40S")}) == [
        '-        - L4    # stated: "L4"',
        "+        - L40S",
    ]
    assert change({"constraints.accelerators.deny": ("A100-40GB", "MI300X", "T4")}) == [
        "-      deny: [ A100-40GB , MI300X ]",
        "+      deny: [ A100-40GB , MI300X, T4 ]",
    ]
    assert change({"constraints.accelerators.deny": ("MI300X",)}) == [
        "-      deny: [ A100-40GB , MI300X ]",
        "+      deny: [ MI300X ]",
    ]
    assert change({"constraints.accelerators.allow": ("B200",)}) == [
        "-        - H100  # fast",
        '-        - L4    # stated: "L4"',
        "+        # fast",
        "+        - B200",
    ]


def test_new_fields_stand_in_order_in_the_style_of_their_parent() -> None:
    new: dict[str, Value | None] = {
        "metadata.labels.team": "red",
        "domain": "law: civil",
        "slo.ttft": "150ms",
        "constraints.models.deny": ("llama-3.3-70b",),
        "deploy.autoscaling.maxReplicas": 3,
        "deploy.namespace": "llm",
    }
    assert change(new, {"domain": 'stated: "civil law"', "slo.ttft": 'stated: "150 ms"'}) == [
        "-  labels: {env: prod}",
        "+  labels: {env: prod, team: red}",
        '+  domain: "law: civil"                  # stated: "civil law"',
        "+  slo:",
        '+    ttft: 150ms                         # stated: "150 ms"',
        "+    models:",
        "+      deny: [llama-3.3-70b]",
        "+  deploy:",
        "+    namespace: llm",
        "+    autoscaling:",
        "+      maxReplicas: 3",
    ]
    after = edit(Source("workload.yaml", BLOCK), new)
    keys = [line.strip().partition(":")[0] for line in after.split("\n") if line.startswith("  ") and line[2] != " "]
    assert keys == ["name", "labels", "# what it is for", "useCase", "domain", "traffic", "slo", "# slo", "constraints",
                    "deploy"]  # fmt: skip


def test_a_mapping_in_braces_stays_in_braces() -> None:
    text = "kind: Workload\nspec:\n  traffic: {peakFactor: 2.0, arrival: poisson}  # mine\n  slo: {ttft: 1s}\n"
    assert change({"traffic.users": 7, "slo.e2e": "9s", "priorities.cost": "high"}, text=text) == [
        "-  traffic: {peakFactor: 2.0, arrival: poisson}  # mine",
        "-  slo: {ttft: 1s}",
        "+  traffic: {users: 7, peakFactor: 2.0, arrival: poisson}  # mine",
        "+  slo: {ttft: 1s, e2e: 9s}",
        "+  priorities: {cost: high}",
    ]
    assert change({"traffic.peakFactor": None, "slo.ttft": None}, text=text) == [
        "-  traffic: {peakFactor: 2.0, arrival: poisson}  # mine",
        "-  slo: {ttft: 1s}",
        "+  traffic: {arrival: poisson}  # mine",
    ]


def test_a_parent_without_a_value_gets_one() -> None:
    text = "spec:\n  constraints:\n    models:   # none yet\n"
    assert change({"constraints.models.allow": ("qwen3-32b",)}, text=text) == [
        "-    models:   # none yet",
        "+    models: {allow: [qwen3-32b]}  # none yet",
    ]


def test_line_ends_and_the_lack_of_a_last_one_are_kept() -> None:
    text = "spec:\r\n  useCase: x\r\n  traffic:\r\n    users: 5"
    source = Source("workload.yaml", text)
    added = edit(source, {"traffic.peakFactor": 2.0, "domain": "law"})
    assert added == "spec:\r\n  useCase: x\r\n  domain: law\r\n  traffic:\r\n    users: 5\r\n    peakFactor: 2.0"
    assert edit(source, {"traffic.users": None}) == "spec:\r\n  useCase: x"
    assert edit(Source("workload.yaml", "\ufeff" + text), {"traffic.users": 6}) == "\ufeff" + text[:-1] + "6"


def test_what_cannot_be_changed_alone_is_told_with_what_to_write() -> None:
    many = "spec:\n  domain: [a,   # mine\n    b]\n"
    assert refused(many, {"domain": "law"}) == dedent("""\
        workload.yaml:2:11  domain cannot be changed without touching what is beside it
          2 |   domain: [a,   # mine
            |           ^ write it by hand: domain: law
        1 problem; nothing was written""")
    spread = "{spec: {useCase: x,\n domain: y # z\n , confidence: safe}}"
    assert "^ remove domain by hand" in refused(spread, {"domain": None})
    assert "^^^^ write it by hand: users: 5" in refused("spec: {traffic: much}", {"traffic.users": 5})


def test_a_text_that_is_no_yaml_is_refused_as_everywhere() -> None:
    assert "not valid YAML" in refused("spec: [", {"traffic.users": 5})


def test_values_are_spelt_as_people_write_them() -> None:
    values = ("6000 USD/month", "1.5s", "25 req/s", "10k", "1e3", "0x1f", "no", ("a, b",))
    assert [spelt(value) for value in values] == [
        "6000 USD/month", "1.5s", "25 req/s", "10k", '"1e3"', '"0x1f"', '"no"', '["a, b"]',
    ]  # fmt: skip


def own_comments(text: str) -> Counter[str]:
    return Counter(item.text for item in layout(text).comments if not MARK.match(item.text))


@settings(deadline=None)
@given(texts(), st.lists(CHANGES, min_size=1, max_size=4, unique_by=lambda item: item.field))
def test_an_edit_means_what_was_asked_for_and_loses_no_comment(text: str, changes: list[Change]) -> None:
    after = edit(Source("w.yaml", text), {item.field: item.value for item in changes})
    root = parse(Source("w.yaml", after))
    for item in changes:
        wanted = list(item.value) if isinstance(item.value, tuple) else item.value
        assert value_at(root, path_of(item.field)) == wanted
    bare_before, bare_after = parse(Source("w.yaml", text)), root
    for item in changes:
        bare_before = without_value(bare_before, path_of(item.field))
        bare_after = without_value(bare_after, path_of(item.field))
    assert plain(bare_after) == plain(bare_before)
    assert own_comments(after) == own_comments(text)
    assert ("\r\n" in after) <= ("\r\n" in text)
    assert after.count("\n") == after.count("\r\n") or "\r\n" not in text
    assert text.endswith("\n") <= after.endswith("\n")


@settings(deadline=None)
@given(texts(), CHANGES)
def test_what_comes_and_goes_leaves_no_trace(text: str, new: Change) -> None:
    root = parse(Source("w.yaml", text))
    if new.value is None or value_at(root, path_of(new.field)) is not None:
        return
    added = edit(Source("w.yaml", text), {new.field: new.value}, {new.field: 'stated: "now"'})
    assert edit(Source("w.yaml", added), {new.field: None}) == text


@settings(deadline=None)
@given(texts(), st.sampled_from(sorted(VALUES)), st.data())
def test_a_new_value_touches_one_line(text: str, field: str, data: st.DataObject) -> None:
    held = value_at(parse(Source("w.yaml", text)), path_of(field))
    if held is None or isinstance(held, list):
        return
    after = edit(Source("w.yaml", text), {field: data.draw(VALUES[field])}, {field: 'stated: "now"'})
    pairs = list(zip(text.split("\n"), after.split("\n"), strict=True))
    assert sum(old != new for old, new in pairs) <= 1
