"""Shapes that no table holds: what is swept is what counts, and the plan is that of sweeping everything."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from neuralnav.candidates import admitted, lay_out, weigh
from neuralnav.cli.on_demand import contenders, settings_of, simulate_missing, simulated
from neuralnav.evidence import correct, select
from neuralnav.files.cache import CACHE_VARIABLE
from neuralnav.files.catalogs import default_project, load_catalog
from neuralnav.files.parquet import CurveCache
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import Source, load
from neuralnav.model.plan import VIEWS, RankedPlan
from neuralnav.model.spec import ResolvedSpec
from neuralnav.model.tables import PLAN_COLUMNS
from neuralnav.model.workload import Workload
from neuralnav.rank import rank
from neuralnav.resolve import resolve
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.local import NOTHING_MEASURED, Measured, Place, Residual
from neuralnav.serving.settings import SweepSettings
from neuralnav.serving.sweep import sweep

FAMILIES = ("qwen3", "mistral")
ACCELERATORS = ("h100", "l40s")
WORKLOAD = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata: {name: test}
spec:
  useCase: custom
  traffic: {requestRate: 40 req/s, promptTokens: 700, outputTokens: 150%s}
  slo: {ttft: %s, itl: 30ms}
  constraints: {families: {allow: [qwen3, mistral]}, accelerators: {allow: [H100, L40S]}%s}
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """A catalog of few models and two accelerators, so that everything can be swept."""
    whole = load_catalog()
    models = {name: item for name, item in whole.models.items() if item.family in FAMILIES}
    return replace(
        whole,
        models=dict(sorted(models.items())[::4]),
        accelerators={name: whole.accelerators[name] for name in ACCELERATORS},
    )


@pytest.fixture(scope="module")
def layout(catalog: Catalog) -> pa.Table:
    return lay_out(catalog)


def spec_of(catalog: Catalog, *, ttft: str = "400ms", traffic: str = "", more: str = "") -> ResolvedSpec:
    text = WORKLOAD % (traffic, ttft, more)
    return resolve(load(Workload, Source("workload.yaml", text)), catalog, default_project())


def chosen(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table) -> dict[str, Configuration]:
    verdicts = admitted(spec, catalog, layout)
    held = {name for index, name in enumerate(layout["id"].to_pylist()) if all(v[index] for v in verdicts.values())}
    return {item.id: item for item in possible(catalog) if item.id in held}


def plan_of(
    spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, rows: pa.Table, measured: Measured = NOTHING_MEASURED
) -> RankedPlan:
    shape = (spec.prompt_tokens, spec.output_tokens)
    curves = correct(select((rows,), *shape, arrival=spec.curve_arrival), measured, *shape)
    return rank(spec, weigh(spec, catalog, layout, curves))


Sweeps = dict[tuple[str, SweepSettings], pa.Table]
"""What was swept of the one catalog and shape of these tests: several ask for the same."""


@pytest.fixture(scope="module")
def sweeps() -> Sweeps:
    return {}


def everything(spec: ResolvedSpec, catalog: Catalog, layout: pa.Table, sweeps: Sweeps) -> pa.Table:
    """Return the curves of all candidates, each swept."""
    shape, settings = (spec.prompt_tokens, spec.output_tokens), settings_of(spec)
    assert shape == (700, 150)
    every = chosen(spec, catalog, layout)
    for item in every.values():
        if (item.id, settings) not in sweeps:
            swept = sweep(item, *shape, catalog.serving, settings)
            sweeps[item.id, settings] = swept.select(PLAN_COLUMNS)
    return pa.concat_tables([sweeps[name, settings] for name in every])


def shown(plan: RankedPlan) -> dict[str, list[tuple[object, ...]]]:
    """Return what a lock shows of each view: ids, sources, costs and scores."""
    names = ("id", "source", "cost_usd_per_month", "replicas_planned", "ttft_p95_ms")
    return {
        view: [
            (*(row[name] for name in names), plan.scores[view][index])
            for index, row in zip(rows[: plan.spec.top], plan.rows(rows[: plan.spec.top]), strict=True)
        ]
        for view, rows in plan.views.items()
    }


@pytest.mark.parametrize(
    ("ttft", "traffic", "more"),
    [
        ("400ms", "", ""),
        ("60ms", "", ""),
        ("400ms", "", ", budget: 20000 USD/month"),
        ("400ms", ", arrival: compound, burstSize: 3", ""),
    ],
    ids=["usual", "tight", "budget", "bursts"],
)
def test_the_plan_is_that_of_sweeping_everything(
    ttft: str, traffic: str, more: str, catalog: Catalog, layout: pa.Table, sweeps: Sweeps
) -> None:
    spec = spec_of(catalog, ttft=ttft, traffic=traffic, more=more)
    rows = simulate_missing(catalog, layout, spec, chosen(spec, catalog, layout), CurveCache())
    whole = plan_of(spec, catalog, layout, everything(spec, catalog, layout, sweeps))
    assert shown(plan_of(spec, catalog, layout, rows)) == shown(whole)
    assert whole.views["balanced"], "a world in which nothing is feasible proves nothing"


def test_measured_runs_are_swept_and_move_what_else_counts(catalog: Catalog, layout: pa.Table, sweeps: Sweeps) -> None:
    spec = spec_of(catalog)
    candidates = chosen(spec, catalog, layout)
    whole = everything(spec, catalog, layout, sweeps)
    best = shown(plan_of(spec, catalog, layout, whole))["balanced"][0][0]
    slow = Residual("run", Place(700, 150, 8.0, is_tail=False), {"ttft": 1.0, "itl": 1.0, "e2e": 1.0})
    runs = Measured({str(best): (slow,) * 3}, ())
    rows = simulate_missing(catalog, layout, spec, candidates, CurveCache(), runs)
    after = shown(plan_of(spec, catalog, layout, rows, runs))
    assert after["balanced"][0][0] != best
    assert {row[1] for view in after.values() for row in view} == {"simulated"}
    model, _, accelerator, width = str(best).split("/")
    sources = {
        row["source"] for row in rows.to_pylist()
        if (row["model"], row["accelerator"], f"tp{row['tp']}") == (model, accelerator, width)
    }  # fmt: skip
    assert "simulated" in sources


def test_not_everything_is_swept(catalog: Catalog, layout: pa.Table) -> None:
    spec = spec_of(catalog)
    rows = simulate_missing(catalog, layout, spec, chosen(spec, catalog, layout), CurveCache())
    sources = dict(zip(rows["evidence_id"].to_pylist(), rows["source"].to_pylist(), strict=True))
    assert set(sources.values()) == {"simulated", "predicted"}


def test_the_same_rows_come_whatever_is_kept(catalog: Catalog, layout: pa.Table) -> None:
    spec = spec_of(catalog)
    ids = sorted(chosen(spec, catalog, layout))
    cold = simulated(catalog, layout, spec, ids)
    assert simulated(catalog, layout, spec, ids).equals(cold)
    other = spec_of(catalog, ttft="500ms")
    again = simulated(catalog, layout, other, ids)
    assert again.equals(simulate_missing(catalog, layout, other, chosen(other, catalog, layout), CurveCache()))


def test_what_the_name_says_decides_nothing_and_prices_do(catalog: Catalog, layout: pa.Table) -> None:
    spec, dearer = spec_of(catalog), dict(catalog.accelerators)
    prices = tuple(price.model_copy(update={"usd_per_hour": 1000.0}) for price in dearer["h100"].prices)
    dearer["h100"] = dearer["h100"].model_copy(update={"prices": prices})
    ids = sorted(chosen(spec, catalog, layout))
    plain = simulated(catalog, layout, spec, ids)
    assert simulated(catalog, layout, replace(spec, labels=(("a", "b"),)), ids).equals(plain)
    assert not simulated(replace(catalog, accelerators=dearer), layout, spec, ids).equals(plain)


def test_contenders_are_what_counts_and_none_when_all_of_it_is_swept(
    catalog: Catalog, layout: pa.Table, sweeps: Sweeps
) -> None:
    spec = spec_of(catalog)
    every = frozenset(chosen(spec, catalog, layout))
    plan = plan_of(spec, catalog, layout, everything(spec, catalog, layout, sweeps))
    ids = plan.candidates.table["id"].to_pylist()
    counts = {ids[row] for view in VIEWS for row in plan.views[view][: spec.top]}
    assert counts <= set(contenders(plan, every, reach=1))
    assert contenders(plan, every - frozenset(contenders(plan, every, reach=1)), reach=100) == []


def test_bursts_are_in_curves_made_for_the_workload_and_an_assumption_elsewhere(catalog: Catalog) -> None:
    own = spec_of(catalog, traffic=", arrival: compound, burstSize: 3")
    assert (own.curve_arrival, settings_of(own).arrival, settings_of(own).burst_size) == ("compound", "compound", 3.0)
    assert "traffic.arrival" not in {item.field for item in own.assumptions}
    text = (WORKLOAD % (", arrival: compound, burstSize: 3", "400ms", "")).replace(
        "promptTokens: 700, outputTokens: 150", "promptTokens: 512, outputTokens: 256"
    )
    tabled = resolve(load(Workload, Source("workload.yaml", text)), catalog, default_project())
    assert (tabled.curve_arrival, settings_of(tabled).arrival, settings_of(tabled).burst_size) == (
        "poisson",
        "poisson",
        1.0,
    )
    assert "traffic.arrival" in {item.field for item in tabled.assumptions}
