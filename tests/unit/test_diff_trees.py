"""Which workload of a base is which of a head, and how a head weakens the policies of its base."""

from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

from neuralnav.cli.diff_compare import Job, compare
from neuralnav.cli.diff_policies import held
from neuralnav.cli.diff_trees import Tree, find_places, pair_up
from neuralnav.cli.diff_worlds import inputs_of, world_from
from neuralnav.cli.work import read_workload
from neuralnav.cli.world import world_of
from neuralnav.errors import Diagnostic, Where
from neuralnav.model.lock import dump
from neuralnav.pipeline import compile_plan, make_plan

PROJECT = "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec:\n"
BOUND = f"{PROJECT}  policies: [{{path: p.yaml}}]\n"
EXEMPT = (
    f"{BOUND}  exemptions:\n"
    "    - {policy: guard, rule: small, workloads: [chat], owner: me, reason: none, expires: '2030-01-01'}\n"
)
SCORES = """\
apiVersion: neuralnav.dev/v1alpha1
kind: QualityCatalog
metadata: {name: ours}
spec:
  sources: {ours: {title: Our own evaluation}}
  scores:
    - {model: llama-3.1-8b, row: Llama, source: ours, verified: true, scores: {mmlu_pro: 41}}
"""


def text(name: str, users: int = 100) -> str:
    return (
        f"apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {{name: {name}}}\nspec:\n"
        f"  useCase: chatbot_conversational\n  traffic: {{users: {users}}}\n"
    )


def policy(*, limit: int = 8, about: str = "", rule: str = "small") -> str:
    return (
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Policy\nmetadata: {name: guard}\nspec:\n  rules:\n"
        f"    - {{id: {rule}, about: 'Few{about}.', require: candidate.gpus <= {limit}, message: too many}}\n"
    )


def folder(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def paired(tmp_path: Path, base: dict[str, str], head: dict[str, str]) -> list[tuple[str, str]]:
    roots = [folder(tmp_path / side, {".git/x": "", **files}) for side, files in (("base", base), ("head", head))]
    found = pair_up(*(find_places(Tree("", root), (), root) for root in roots))
    return [(item.base.shown if item.base else "", item.head.shown if item.head else "") for item in found]


def test_workloads_are_matched_by_path_then_by_name_then_by_what_they_say(tmp_path: Path) -> None:
    base = {"a/workload.yaml": text("a"), "b/workload.yaml": text("b"), "c/workload.yaml": text("c", 12345)}
    head = {"a/workload.yaml": text("x"), "d/workload.yaml": text("b", 999), "e/workload.yaml": text("cc", 12345)}
    assert paired(tmp_path, base, head) == [
        ("a/workload.yaml", "a/workload.yaml"), ("b/workload.yaml", "d/workload.yaml"),
        ("c/workload.yaml", "e/workload.yaml"),
    ]  # fmt: skip


def test_what_is_not_alike_is_gone_and_new(tmp_path: Path) -> None:
    other = "apiVersion: neuralnav.dev/v1alpha1\nkind: Workload\nmetadata: {name: z}\nspec: {}\n"
    assert paired(tmp_path, {"a/workload.yaml": text("a")}, {"b/workload.yaml": other}) == [
        ("a/workload.yaml", ""), ("", "b/workload.yaml"),
    ]  # fmt: skip


def test_a_name_that_two_have_matches_neither_by_name(tmp_path: Path) -> None:
    base = {"a/workload.yaml": text("same"), "b/workload.yaml": text("same", 7)}
    found = paired(tmp_path, base, {"c/workload.yaml": text("same", 7)})
    assert found == [("a/workload.yaml", ""), ("b/workload.yaml", "c/workload.yaml")]


def test_workloads_of_a_repository_below_are_not_of_this_one(tmp_path: Path) -> None:
    head = {"a/workload.yaml": text("a"), "module/.git/x": "", "module/b/workload.yaml": text("b")}
    assert paired(tmp_path, {"a/workload.yaml": text("a")}, head) == [("a/workload.yaml", "a/workload.yaml")]


def test_a_problem_is_told_from_the_root_of_its_side(tmp_path: Path) -> None:
    tree = Tree("main", tmp_path / "copy", is_copy=True)
    found = tree.told(Diagnostic(Where(str(tmp_path / "copy" / "a.yaml"), 3), f"{tmp_path}/copy/b.yaml is bad"))
    assert (found.where.file, found.where.line, found.message) == ("a.yaml", 3, "b.yaml is bad")


@pytest.mark.parametrize(
    ("project", "after", "weakened"),
    [
        (BOUND, policy(), ()),
        (BOUND, policy(about=" GPUs"), ()),
        (BOUND, policy(limit=16), ("guard (changed)",)),
        (BOUND, policy(rule="other"), ("guard (changed)",)),
        (PROJECT + "  output: {top: 3}\n", policy(), ("guard (taken away)",)),
        (
            f"{PROJECT}  policies: [{{path: p.yaml, enforcement: warn}}]\n", policy(),
            ("guard (enforced as warn, not deny)",),
        ),
        (
            f"{PROJECT}  policies: [{{path: p.yaml, environments: [dev]}}]\n", policy(),
            ("guard (no longer binds every environment)",),
        ),
        (
            EXEMPT, policy(), ("guard (a new exemption from small)",),
        ),
    ],
)  # fmt: skip
def test_how_a_head_weakens_a_policy(tmp_path: Path, project: str, after: str, weakened: tuple[str, ...]) -> None:
    base = folder(tmp_path / "base", {"neuralnav.yaml": BOUND, "p.yaml": policy()})
    head = folder(tmp_path / "head", {"neuralnav.yaml": project, "p.yaml": after})
    assert held(base, head).weakened == weakened
    assert bool(held(base, head).governance.policies) is bool(weakened)


def test_a_policy_that_is_enforced_harder_is_not_weakened(tmp_path: Path) -> None:
    warned = f"{PROJECT}  policies: [{{path: p.yaml, enforcement: warn}}]\n"
    base = folder(tmp_path / "base", {"neuralnav.yaml": warned, "p.yaml": policy()})
    head = folder(tmp_path / "head", {"neuralnav.yaml": BOUND, "p.yaml": policy()})
    assert held(base, head).weakened == ()


def test_a_world_put_together_of_one_side_is_that_of_compile(tmp_path: Path) -> None:
    files = {"neuralnav.yaml": BOUND, "p.yaml": policy(), "workload.yaml": text("chat", 5000)}
    root = folder(tmp_path / "root", files)
    (place,) = find_places(Tree("", root), (), root).values()
    workload = read_workload(place)
    worlds = world_of(root), world_from(inputs_of(root, workload))
    locks = [dump(compile_plan(make_plan(workload, world), world, None, "deploy").lock) for world in worlds]
    assert locks[0] == locks[1]


def test_sides_that_lay_out_the_same_share_one_layout(tmp_path: Path) -> None:
    files = {"neuralnav.yaml": f"{PROJECT}  output: {{top: 3}}\n", "workload.yaml": text("chat"), "scores.yaml": SCORES}
    overlay = {**files, "neuralnav.yaml": f"{PROJECT}  catalogs: [scores.yaml]\n"}
    layouts = []
    for root in (folder(tmp_path / "head", overlay), folder(tmp_path / "base", files)):
        (place,) = find_places(Tree("", root), (), root).values()
        layouts.append(world_from(inputs_of(root, read_workload(place))).layout)
    assert layouts[0] is layouts[1]


def test_a_catalog_mixed_of_two_is_laid_out_anew_only_where_models_or_accelerators_differ(tmp_path: Path) -> None:
    root = folder(
        tmp_path / "root", {"neuralnav.yaml": PROJECT + "  output: {top: 3}\n", "workload.yaml": text("chat")}
    )
    (place,) = find_places(Tree("", root), (), root).values()
    own = inputs_of(root, read_workload(place))
    scored = replace(own, catalog=replace(own.catalog, scores={}))
    fewer = {name: item for name, item in own.catalog.models.items() if name != "qwen3-8b"}
    without = replace(own, catalog=replace(own.catalog, models=fewer))
    usual = world_from(own)
    assert world_from(scored).layout is usual.layout
    assert not pc.any(pc.equal(world_from(without).layout["model"], "qwen3-8b")).as_py()
    locks = [
        compile_plan(make_plan(own.workload, world), world, None, "d").lock for world in map(world_from, (own, scored))
    ]
    assert locks[0].inputs.layout == locks[1].inputs.layout
    assert locks[0].inputs.catalog != locks[1].inputs.catalog


def test_a_workload_against_itself_has_not_changed(tmp_path: Path) -> None:
    root = folder(tmp_path / "root", {".git/x": "", "workload.yaml": text("chat", 5000)})
    tree = Tree("", root)
    places = find_places(tree, (), root)
    (matched,) = pair_up(places, places)
    found = compare(Job(tree, tree, matched))
    assert (found.status, found.causes, found.drift, found.edits) == ("unchanged", (), (), ())
