"""A workload that is not planned because it considers the same on both sides has the same plan on both."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.diff_compare import Job, compare
from neuralnav.cli.diff_same import unchanged
from neuralnav.cli.diff_trees import Matched, Tree, find_places, pair_up
from neuralnav.cli.work import Options
from neuralnav.files.catalogs import data_folder
from neuralnav.files.data import packaged_tables
from neuralnav.files.writes import write_together

Edit = Callable[[Path], None]

WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {{name: {name}, labels: {{env: {env}}}}}
spec:
  useCase: chatbot_conversational
  traffic: {{users: 20000}}
  constraints:
    models: {{allow: [qwen3-8b]}}
    accelerators: {{allow: [H100, L40S]}}
"""
PROJECT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Project
spec:
  catalogs: [prices.yaml]
  templates: templates
  margins: {headroom: 1.2}
  environments:
    prod: {headroom: 1.3}
    dev: {confidence: likely}
  benchmarks: [tables]
  policies:
    - {path: policies/all.yaml, enforcement: warn}
    - {path: policies/dev.yaml, environments: [dev]}
  exemptions:
    - {policy: all, rule: small, workloads: [a], owner: one, reason: moving, expires: '2030-01-01'}
    - {policy: all, rule: small, environments: [prod], owner: two, reason: moving, expires: '2030-02-01'}
"""
POLICY = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {{name: {name}}}
spec:
  rules:
    - id: small
      require: candidate.gpus <= {limit}
"""
PRICES = """\
apiVersion: neuralnav.dev/v1alpha1
kind: PriceCatalog
metadata: {name: ours}
spec:
  sources:
    contract: {title: "Ours"}
  prices:
    - {accelerator: h100, provider: list, kind: on-demand, usdPerHour: 3.5, recorded: '2026-11-01',
       validUntil: '2027-11-01', source: contract, verified: true}
"""
SHAPE = "4096x512"
"""One that no workload here has."""

TABLE = "tables/own.parquet"
TEMPLATE = "common/poddisruptionbudget.yaml.j2"


def replacing(name: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        path = root / name
        text = path.read_text()
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1))

    return edit


def removing(name: str) -> Edit:
    return lambda root: (root / name).unlink()


def adding(name: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return edit


def renaming(name: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        (root / name).rename(root / new)

    return edit


def copying(name: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        shutil.copy(root / name, root / new)

    return edit


def linking(name: str) -> Edit:
    """A file or folder gives way to a link out of the repository, to what is the same."""

    def edit(root: Path) -> None:
        outside = root.parent / "outside" / name
        outside.parent.mkdir(parents=True, exist_ok=True)
        (root / name).rename(outside)
        (root / name).symlink_to(outside)

    return edit


def rows(shape: str, **changes: str) -> Edit:
    """Another table, of our model at a shape."""

    def edit(root: Path) -> None:
        found = of_model(shape)
        for column, value in changes.items():
            place = found.schema.get_field_index(column)
            found = found.set_column(place, found.schema.field(place), pa.array([value] * found.num_rows))
        pq.write_table(found, root / "tables" / "other.parquet")

    return edit


def of_model(shape: str) -> pa.Table:
    packaged = pq.read_table(packaged_tables() / f"{shape}.parquet")
    return packaged.filter(pc.and_(pc.equal(packaged["model"], "qwen3-8b"), pc.equal(packaged["accelerator"], "h100")))


def slower(root: Path) -> None:
    """A row of the repository's own table says another time."""
    path = root / TABLE
    table = pq.read_table(path)
    values = [value and value + 0.1 for value in table["ttft_p95_ms"].to_pylist()]
    pq.write_table(table.set_column(table.schema.get_field_index("ttft_p95_ms"), "ttft_p95_ms", pa.array(values)), path)


EDITS: Mapping[str, Edit] = {
    "workload comment": replacing("a/workload.yaml", "spec:", "# said\nspec:"),
    "workload users": replacing("a/workload.yaml", "20000", "60000"),
    "workload other": replacing("b/workload.yaml", "20000", "60000"),
    "workload broken": replacing("b/workload.yaml", "useCase", "useCasee"),
    "lock choice": replacing("a/plan.lock", "  planned: ", "  planned: 1"),
    "lock gone": removing("a/plan.lock"),
    "lock cut short": replacing("b/plan.lock", "requirements:", "requirements"),
    "manifest": replacing("a/deploy/inferenceservice.yaml", "minReplicas", "maxReplicaz"),
    "manifest gone": removing("b/deploy/inferenceservice.yaml"),
    "project comment": replacing("neuralnav.yaml", "spec:", "# said\nspec:"),
    "project prod": replacing("neuralnav.yaml", "headroom: 1.3", "headroom: 2.6"),
    "project dev": replacing("neuralnav.yaml", "confidence: likely", "confidence: safe"),
    "project margins": replacing("neuralnav.yaml", "headroom: 1.2", "headroom: 2.4"),
    "project top": replacing("neuralnav.yaml", "spec:", "spec:\n  output: {top: 1}"),
    "project broken": replacing("neuralnav.yaml", "spec:", "specc:"),
    "policy all": replacing("policies/all.yaml", "<= 64", "<= 1"),
    "policy dev": replacing("policies/dev.yaml", "<= 32", "<= 1"),
    "policy comment": replacing("policies/dev.yaml", "spec:", "# said\nspec:"),
    "policy spacing": replacing("policies/all.yaml", "candidate.gpus <=", "candidate.gpus   <="),
    "policy bound less": replacing("neuralnav.yaml", "    - {path: policies/dev.yaml, environments: [dev]}\n", ""),
    "policy bound more": replacing("neuralnav.yaml", "environments: [dev]", "environments: [dev, prod]"),
    "price": replacing("prices.yaml", "usdPerHour: 3.5", "usdPerHour: 9.5"),
    "price comment": replacing("prices.yaml", "spec:", "# said\nspec:"),
    "template": replacing(f"templates/{TEMPLATE}", "[1, d", "[2, d"),
    "template remark": replacing(f"templates/{TEMPLATE}", "{", "{# said #}{"),
    "template beside": adding("templates/common/README.md", "what these are"),
    "template more": adding("templates/common/extra.yaml.j2", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
    "template linked": linking(f"templates/{TEMPLATE}"),
    "template odd name": adding("templates/common/Extra.j2", "x"),
    "table": slower,
    "table more": copying(TABLE, "tables/more.parquet"),
    "table of another shape": rows(SHAPE),
    "table of another shape broken": rows(SHAPE, source="no such"),
    "table measured": rows(SHAPE, source="measured"),
    "table renamed": renaming(TABLE, "tables/Own.parquet"),
    "table beside": adding("tables/README.md", "what these are"),
    "table broken": adding(TABLE, "no table"),
    "catalog moved": renaming("prices.yaml", "costs.yaml"),
    "policy enforced": replacing("neuralnav.yaml", "enforcement: warn", "enforcement: audit"),
    "policy linked": linking("policies/dev.yaml"),
    "exempt owner": replacing("neuralnav.yaml", "owner: two", "owner: three"),
    "exempt longer": replacing("neuralnav.yaml", "2030-01-01", "2030-03-01"),
    "exempt less": replacing("neuralnav.yaml", "workloads: [a]", "workloads: [b]"),
    "project below": adding("a/neuralnav.yaml", PROJECT.split("spec:", maxsplit=1)[0]),
    "project other prod": replacing("neuralnav.yaml", "    prod: {headroom: 1.3}\n", ""),
    "output moved": replacing("neuralnav.yaml", "spec:", "spec:\n  output: {manifests: k8s}"),
    "output linked": linking("a/deploy"),
    "output beside": adding("a/deploy/ours.yaml", "kind: ConfigMap\n"),
    "workload linked": linking("b/workload.yaml"),
    "workload moved": renaming("b", "c"),
}

ALSO_SAME: Mapping[str, frozenset[str]] = {
    "workload other": frozenset("a"), "workload broken": frozenset("a"), "lock cut short": frozenset("a"),
    "manifest gone": frozenset("a"), "project dev": frozenset("a"), "policy dev": frozenset("a"),
    "policy comment": frozenset("a"), "policy bound less": frozenset("a"), "project comment": frozenset("ab"),
    "project prod": frozenset("b"), "workload comment": frozenset("b"), "workload users": frozenset("b"),
    "lock choice": frozenset("b"), "lock gone": frozenset("b"), "manifest": frozenset("b"),
    "policy bound more": frozenset("b"), "template beside": frozenset("ab"), "table beside": frozenset("ab"),
    "table more": frozenset("ab"), "table renamed": frozenset("ab"), "table of another shape": frozenset("ab"),
    "exempt owner": frozenset("b"), "project below": frozenset("b"),
    "output linked": frozenset("b"), "output beside": frozenset("ab"), "workload linked": frozenset("ab"),
    "workload moved": frozenset("a"),
}  # fmt: skip
"""The workloads that an edit leaves as they were, so that planning them again would be waste."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of two workloads in two environments, compiled."""
    root = tmp_path_factory.mktemp("same") / "base"
    texts = {
        "a/workload.yaml": WORKLOAD.format(name="a", env="prod"),
        "b/workload.yaml": WORKLOAD.format(name="b", env="dev"),
        "neuralnav.yaml": PROJECT,
        "policies/all.yaml": POLICY.format(name="all", limit=64),
        "policies/dev.yaml": POLICY.format(name="dev", limit=32),
        "prices.yaml": PRICES,
        f"templates/{TEMPLATE}": (data_folder("templates") / TEMPLATE).read_text(),
    }
    for name, text in texts.items():
        adding(name, text)(root)
    (root / "tables").mkdir()
    pq.write_table(of_model("512x256"), root / TABLE)
    items, problems = compile_all((str(root),), Options())
    assert problems == []
    for item in items:
        write_together(item.place.folder, dict(item.files), ())
    return root


def sides(base: Path, folder: Path, names: list[str]) -> tuple[Tree, Tree, dict[str, Matched]]:
    head = folder / "head"
    shutil.copytree(base, head)
    for name in names:
        try:
            EDITS[name](head)
        except (AssertionError, FileNotFoundError, pa.ArrowInvalid):
            continue  # another edit took away what this one changes
        except (FileExistsError, NotADirectoryError):
            continue  # or put another thing there
    trees = Tree("base", base), Tree("head", head)
    found = pair_up(*(find_places(tree, (), tree.root) for tree in trees))
    return *trees, {str(item.head and item.head.folder.name): item for item in found}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(EDITS)), max_size=3, unique=True))
def test_what_is_skipped_has_not_changed(base: Path, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after, found = sides(base, Path(folder).resolve(), names)
        for matched in found.values():
            skipped = unchanged(before, after, matched)
            if skipped is None:
                continue
            made = compare(Job(before, after, matched))
            assert (made.status, made.causes, made.drift) == ("unchanged", (), ())
            assert (made.before.problems, made.after.problems, made.before.choice) == ((), (), made.after.choice)
            assert made.after.choice is not None
            assert made.after.committed == skipped.after.committed
            assert (made.workload, made.path) == (skipped.workload, skipped.path)


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_leaves_what_does_not_consider_it(base: Path, tmp_path: Path, name: str) -> None:
    before, after, found = sides(base, tmp_path.resolve(), [name])
    same = {key for key, matched in found.items() if unchanged(before, after, matched) is not None}
    assert same == ALSO_SAME.get(name, frozenset())


def test_without_an_edit_nothing_is_planned(base: Path, tmp_path: Path) -> None:
    before, after, found = sides(base, tmp_path.resolve(), [])
    assert {key for key, matched in found.items() if unchanged(before, after, matched) is not None} == {"a", "b"}


def test_a_first_environment_makes_every_label_one_that_must_be_known(base: Path, tmp_path: Path) -> None:
    roots = [Path(shutil.copytree(base, tmp_path.resolve() / side)) for side in ("one", "other")]
    plain = PROJECT[: PROJECT.index("  environments:")]
    for root, project in zip(roots, (plain, f"{plain}  environments: {{dev: {{}}}}\n"), strict=True):
        (root / "neuralnav.yaml").write_text(project)
    trees = [Tree(root.name, root) for root in roots]
    found = {
        item.head.folder.name: item
        for item in pair_up(*(find_places(tree, (), tree.root) for tree in trees))
        if item.head is not None
    }
    assert [unchanged(trees[0], trees[1], found[name]) for name in ("a", "b")] == [None, None]
    made = compare(Job(trees[0], trees[1], found["a"]))
    assert [item.message for item in made.after.problems] == ['environment "prod" is not in neuralnav.yaml']


@pytest.mark.parametrize("outside", ["/dev/zero", "../../outside"])
def test_what_a_lock_lists_outside_the_repository_is_not_read(base: Path, tmp_path: Path, outside: str) -> None:
    roots = [Path(shutil.copytree(base, tmp_path.resolve() / side)) for side in ("one", "other")]
    for root in roots:
        replacing("a/plan.lock", "- path: ", f"- path: {outside}\n  digest: x\n- path: ")(root)
    trees = [Tree(root.name, root) for root in roots]
    pairs = pair_up(*(find_places(tree, (), tree.root) for tree in trees))
    assert unchanged(trees[0], trees[1], pairs[0]) is None
    assert unchanged(trees[0], trees[1], pairs[1]) is not None
