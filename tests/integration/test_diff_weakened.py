"""Each way in which a head may ease a policy of the base: it is held all the same, or told, or no matter."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from diff_trees import VERSION, edited, policy, project, repository, told, workload

SMALL = policy("small", "candidate.gpus <= params.most", "  params: {most: {type: int, default: 8}}\n")


def ruled(name: str, *rules: str) -> str:
    lines = "".join(f"    - {rule}\n" for rule in rules)
    return f"{VERSION}kind: Policy\nmetadata: {{name: {name}}}\nspec:\n  rules:\n{lines}"


VARIABLE = policy("counted", "variables.few", '  variables: {few: "candidate.gpus <= 8"}\n')
TWO = ruled("two", "{id: gpus, require: candidate.gpus <= 8}", "{id: replicas, require: candidate.replicas <= 8}")
BOUND = "{path: policies/small.yaml}"
EXEMPTION = (
    "  exemptions:\n    - {policy: small, rule: r, workloads: [pilot, other], environments: [prod, dev], owner: ana,\n"
    "       reason: a pilot, expires: 2027-01-31}\n"
)
BARE = project().replace("policies:", "policies: []")
FILES = {
    "a/workload.yaml": workload("a", env="prod"),
    "b/workload.yaml": workload("b", env="dev"),
    "nested/c/workload.yaml": workload("c", env="prod"),
    "nested/neuralnav.yaml": project("{path: small.yaml}"),
    "nested/small.yaml": SMALL.replace("name: small", "name: inner"),
    "policies/small.yaml": SMALL,
    "neuralnav.yaml": project(BOUND, exemptions=EXEMPTION),
}
MORE = workload("a", 120000, env="prod")
Edits = Mapping[str, str | None]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("weakened") / "base", FILES)


def bound(binding: str) -> Edits:
    return {"neuralnav.yaml": project(binding, exemptions=EXEMPTION)}


def exempting(old: str, new: str) -> Edits:
    assert old in EXEMPTION
    return {"neuralnav.yaml": project(BOUND, exemptions=EXEMPTION.replace(old, new))}


HELD: Mapping[str, tuple[Edits, str]] = {
    "the limit raised": ({"policies/small.yaml": SMALL.replace("default: 8", "default: 99")}, "small (most 8 -> 99)"),
    "a parameter set": (bound("{path: policies/small.yaml, params: {most: 99}}"), "small (most 8 -> 99)"),
    "another match": ({"policies/small.yaml": SMALL.replace("  params", "  match: {workloads: [b]}\n  params")},
                      "small (changed)"),
    "only for dev": (bound("{path: policies/small.yaml, environments: [dev]}"),
                     "small (no longer binds every environment)"),
    "only a warning": (bound("{path: policies/small.yaml, enforcement: warn}"), "small (enforced as warn, not deny)"),
    "only recorded": (bound("{path: policies/small.yaml, enforcement: audit}"), "small (enforced as audit, not deny)"),
    "a warning in prod": (
        {"neuralnav.yaml": project("{path: policies/small.yaml, environments: [dev]}",
                                   "{path: policies/small.yaml, environments: [prod], enforcement: warn}")},
        "small (enforced as warn, not deny)"),
    "another name": ({"policies/small.yaml": SMALL.replace("name: small", "name: large").replace("8}", "99}"),
                      "neuralnav.yaml": project(BOUND)}, "small (taken away)"),
    "the project file gone": ({"neuralnav.yaml": None}, "small (taken away)"),
    "no policies": ({"neuralnav.yaml": BARE}, "small (taken away)"),
    "a project file below": ({"a/neuralnav.yaml": BARE}, "small (taken away)"),
    "moved to a root without it": ({"a/workload.yaml": None, "a/plan.lock": None, "lax/neuralnav.yaml": BARE,
                                    "lax/a/workload.yaml": MORE}, "small (taken away)"),
    "an exemption for it": (exempting("[pilot, other]", "[pilot, other, a]"), "small (a new exemption from r)"),
    "an exemption for all": (exempting("workloads: [pilot, other], environments: [prod, dev]", "environments: [prod]"),
                             "small (a new exemption from r)"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HELD))
def test_a_policy_that_the_head_eases_is_held_and_told(base: Path, tmp_path: Path, name: str) -> None:
    edits, weakened = HELD[name]
    found = told(base, edited(base, tmp_path, {"a/workload.yaml": MORE, **edits}))
    (item,) = (item for item in found.workloads if item.workload == "a")
    assert (item.after.state, found.exit_code) == ("refused", 4)
    assert item.after.problems[0].message.startswith("the base's policy small.r refuses qwen3-8b/")
    assert weakened in found.weakened
    assert {item.after.state for item in found.workloads if item.workload != "a"} == {"planned"}


@pytest.mark.parametrize("name", [name for name in sorted(HELD) if "exemption" not in name])
def test_a_new_workload_is_held_to_what_the_head_eases(base: Path, tmp_path: Path, name: str) -> None:
    edits = {path.replace("a/neuralnav", "new/neuralnav"): text for path, text in HELD[name][0].items()}
    fresh = {"new/workload.yaml": workload("new", 120000, env="prod")}
    found = told(base, edited(base, tmp_path, {**fresh, **edits}))
    (item,) = (item for item in found.workloads if item.workload == "new")
    assert (item.status, item.after.state, found.exit_code) == ("added", "refused", 4)


@pytest.mark.parametrize(
    ("folder", "project_files", "policy_name"),
    [
        ("a/new", {"a/neuralnav.yaml": BARE}, "small"), ("a/new", {"a/new/neuralnav.yaml": BARE}, "small"),
        ("nested/new", {"nested/neuralnav.yaml": None, "neuralnav.yaml": BARE}, "inner"),
        ("nested/new", {"nested/new/neuralnav.yaml": BARE}, "inner"),
    ],
)  # fmt: skip
def test_no_project_file_leads_a_new_workload_out_of_the_base_s_policies(
    base: Path, tmp_path: Path, folder: str, project_files: Edits, policy_name: str
) -> None:
    fresh = {f"{folder}/workload.yaml": workload("new", 120000, env="prod")}
    found = told(base, edited(base, tmp_path, {**fresh, **project_files}))
    (item,) = (item for item in found.workloads if item.workload == "new")
    assert item.after.state == "refused"
    assert [problem.message.split(" ")[3] for problem in item.after.problems] == [f"{policy_name}.r"]
    assert f"{policy_name} (taken away)" in found.weakened


TOLD: Mapping[str, tuple[Edits, tuple[str, ...]]] = {
    "an exemption for longer": (exempting("2027-01-31", "2028-01-31"),
                                ("small (an exemption from r until 2028-01-31, not 2027-01-31)",)),
    "an exemption for fewer": (exempting("[pilot, other]", "[pilot]"), ()),
    "an exemption in fewer environments": (exempting("[prod, dev]", "[dev]"), ()),
    "an exemption for a shorter time": (exempting("2027-01-31", "2026-12-31"), ()),
    "another owner": (exempting("ana", "bob"), ()),
    "no exemption": ({"neuralnav.yaml": project(BOUND)}, ()),
    "the file moved": ({"policies/small.yaml": None, "rules/small.yaml": SMALL,
                        **bound("{path: rules/small.yaml}")}, ()),
    "a comment": ({"policies/small.yaml": f"# said\n{SMALL}"}, ()),
    "bound twice": ({"neuralnav.yaml": project("{path: policies/small.yaml, environments: [dev]}",
                                               "{path: policies/small.yaml, environments: [prod]}")},
                    ("small (no longer binds every environment)",)),
    "bound by its folder": (bound("{bundle: policies}"), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TOLD))
def test_what_eases_no_plan_is_told_or_no_matter(base: Path, tmp_path: Path, name: str) -> None:
    edits, weakened = TOLD[name]
    found = told(base, edited(base, tmp_path, edits))
    assert (found.weakened, found.exit_code) == (weakened, 0)


LEFT: Mapping[str, tuple[str, str, str]] = {
    "another environment": (
        "{path: policies/small.yaml, environments: [prod]}", workload("a", 120000, env="dev"),
        "small (env prod -> dev), whose r would refuse its choice"),
    "no environment": (
        "{path: policies/small.yaml, environments: [prod]}", workload("a", 120000),
        "small (env prod -> none), whose r would refuse its choice"),
    "a choice that it permits": (
        "{path: policies/small.yaml, environments: [prod]}", workload("a", env="dev"), "small (env prod -> dev)"),
    "a name that is exempt": (BOUND, workload("pilot", 120000, env="prod"),
                              "small.r, by an exemption that was for others (name a -> pilot)"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LEFT))
def test_a_workload_that_leaves_a_policy_is_told_and_not_held(tmp_path: Path, name: str) -> None:
    binding, text, left = LEFT[name]
    exemptions = EXEMPTION.replace(", environments: [prod, dev]", "")
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "policies/small.yaml": SMALL,
             "neuralnav.yaml": project(binding, exemptions=exemptions)}  # fmt: skip
    base = repository(tmp_path / "base", files)
    found = told(base, edited(base, tmp_path, {"a/workload.yaml": text}))
    (item,) = found.workloads
    assert (item.left, item.after.state, found.exit_code, found.weakened) == ((left,), "planned", 0, ())


@pytest.mark.parametrize(
    ("match", "text", "left"),
    [
        ("{labels: {tier: [gold]}}", workload("a", env="prod", tier="iron"), "small (tier gold -> iron)"),
        ("{labels: {tier: ['*']}}", workload("a", env="prod"), "small (tier gold -> none)"),
        ("{labels: {tier: ['*']}}", workload("a", env="prod", tier="iron"), ""),
        ("{workloads: [a]}", workload("z", env="prod", tier="gold"), "small (name a -> z)"),
        ("{useCases: [chatbot_conversational]}",
         workload("a", use_case="translation", env="prod", tier="gold"),
         "small (useCase chatbot_conversational -> translation)"),
    ],
)  # fmt: skip
def test_whom_a_policy_is_for_is_what_a_workload_leaves(tmp_path: Path, match: str, text: str, left: str) -> None:
    files = {"a/workload.yaml": workload("a", env="prod", tier="gold"), "neuralnav.yaml": project(BOUND),
             "policies/small.yaml": SMALL.replace("  params", f"  match: {match}\n  params")}  # fmt: skip
    base = repository(tmp_path / "base", files)
    (item,) = told(base, edited(base, tmp_path, {"a/workload.yaml": text})).workloads
    assert item.left == ((left,) if left else ())


def test_an_environment_that_is_renamed_everywhere_leaves_nothing(tmp_path: Path) -> None:
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "policies/small.yaml": SMALL,
             "neuralnav.yaml": project("{path: policies/small.yaml, environments: [prod]}")}  # fmt: skip
    base = repository(tmp_path / "base", files)
    renamed: dict[str, str | None] = {
        "a/workload.yaml": workload("a", env="live"),
        "neuralnav.yaml": project("{path: policies/small.yaml, environments: [live]}"),
    }
    found = told(base, edited(base, tmp_path, renamed))
    assert found.workloads[0].left == ()
    assert found.weakened == ("small (no longer binds environment prod)",)
    renamed["policies/small.yaml"] = SMALL.replace("default: 8", "default: 99")
    found = told(base, edited(base, tmp_path / "2", renamed))
    assert found.workloads[0].left == ("small (env prod -> live)",)


@pytest.mark.parametrize(
    ("text", "old", "new", "weakened"),
    [
        (VARIABLE, "gpus <= 8", "gpus <= 99", ("counted (changed)",)),
        (VARIABLE, "gpus <= 8", "gpus   <= 8", ()),
        (TWO, "\n    - {id: replicas, require: candidate.replicas <= 8}", "", ("two (changed)",)),
        (TWO, "{id: gpus,", "{id: gpus, onUnknown: skip,", ("two (changed)",)),
        (TWO, "    - {id: gpus, require: candidate.gpus <= 8}\n    - {id: replicas, require: candidate.replicas <= 8}",
         "    - {id: replicas, require: candidate.replicas <= 8}\n    - {id: gpus, require: candidate.gpus <= 8}", ()),
    ],
)  # fmt: skip
def test_what_a_policy_means_is_what_is_compared(
    tmp_path: Path, text: str, old: str, new: str, weakened: tuple[str, ...]
) -> None:
    assert old in text
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "p.yaml": text, "neuralnav.yaml": project("{path: p.yaml}")}
    base = repository(tmp_path / "base", files)
    assert told(base, edited(base, tmp_path, {"p.yaml": text.replace(old, new)})).weakened == weakened


def test_parameters_are_named_where_nothing_else_is_changed(tmp_path: Path) -> None:
    text = ruled("p", "{id: r, require: model.family in params.families && candidate.cost_monthly_usd <= params.most}")
    params = "  params:\n    families: {type: list<string>, default: [llama, qwen3]}\n    most: {type: double}\n"
    text = text.replace("spec:\n", f"spec:\n{params}")
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "p.yaml": text,
             "neuralnav.yaml": project("{path: p.yaml, params: {most: 30000}}")}  # fmt: skip
    base = repository(tmp_path / "base", files)
    edits = {"neuralnav.yaml": project("{path: p.yaml, params: {most: 40000.5, families: [qwen3]}}")}
    assert told(base, edited(base, tmp_path, edits)).weakened == (
        'p (families ["llama", "qwen3"] -> ["qwen3"], most 30000 -> 40000.5)',
    )
    more = {**edits, "p.yaml": text.replace(" && ", " || ")}
    assert told(base, edited(base, tmp_path / "2", more)).weakened == ("p (changed)",)
    one = {"p.yaml": text.replace("default: [llama, qwen3]}", "default: [qwen3]}")}
    assert told(base, edited(base, tmp_path / "3", one)).weakened == ('p (families ["llama", "qwen3"] -> ["qwen3"])',)


def test_whole_numbers_within_a_parameter_are_named_as_people_write_them(tmp_path: Path) -> None:
    text = ruled("p", "{id: r, require: model.family in params.most}").replace(
        "spec:\n", "spec:\n  params:\n    most: {type: 'map<string, double>', default: {qwen3: 9, llama: 2.5}}\n"
    )
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "p.yaml": text, "neuralnav.yaml": project("{path: p.yaml}")}
    base = repository(tmp_path / "base", files)
    found = told(base, edited(base, tmp_path, {"p.yaml": text.replace("qwen3: 9", "qwen3: 8")}))
    assert found.weakened == ("p (most {qwen3: 9, llama: 2.5} -> {qwen3: 8, llama: 2.5})",)


def test_a_base_policy_ranks_by_the_weights_of_the_base(tmp_path: Path) -> None:
    weights = ruled("weights", "{id: w, weights: {accuracy: 0, cost: 1, latency: 0, complexity: 0}}")
    top = ruled("top", "{id: best, limit: {top: 1, by: balanced}}")
    files = {"a/workload.yaml": FILES["a/workload.yaml"], "p/weights.yaml": weights, "p/top.yaml": top,
             "neuralnav.yaml": project("{bundle: p}")}  # fmt: skip
    base = repository(tmp_path / "base", files)
    head = edited(base, tmp_path, {"neuralnav.yaml": BARE, "a/workload.yaml": FILES["a/workload.yaml"].replace(
        "  deploy:", "  priorities: {latency: high}\n  deploy:")})  # fmt: skip
    found = told(base, head)
    (item,) = found.workloads
    assert item.before.choice is not None
    assert item.after.choice is not None
    assert item.before.choice.candidate != item.after.choice.candidate
    assert found.weakened == ("top (taken away)", "weights (taken away)")
    assert item.after.state == "refused"
