"""What is told once of a shape, a layout or a catalog is what would be told each time."""

import dataclasses
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from builders import (
    ALPHA,
    ALPHA_FP8,
    BETA,
    EASY,
    SPEC,
    catalog,
    compiled,
    curves,
    evidence,
    layout,
    previous_of,
    project,
    rows,
    workload,
    world,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.candidates import admitted, weigh
from neuralnav.candidates.beside import SHAPES_KEPT, SLICES_KEPT, Told
from neuralnav.digests import Facts
from neuralnav.model.catalog import Catalog
from neuralnav.model.plan import Candidates, LoadCurves
from neuralnav.model.spec import ResolvedSpec
from neuralnav.pipeline import compile_plan, make_plan


@cache
def catalogs() -> tuple[Catalog, ...]:
    """The small catalog, with wider intervals, with other scores, and with other prices."""
    plain = catalog()
    wider = tuple(item.model_copy(update={"width": item.width + 0.2}) for item in plain.serving.intervals)
    dearer = {
        name: item.model_copy(
            update={"prices": tuple(p.model_copy(update={"hourly_usd": p.hourly_usd * 3}) for p in item.prices)}
        )
        for name, item in plain.accelerators.items()
    }
    return (
        plain,
        replace(plain, serving=plain.serving.model_copy(update={"intervals": wider})),
        replace(plain, scores={}),
        replace(plain, accelerators=dearer),
    )


@cache
def shapes() -> tuple[LoadCurves, ...]:
    """All evidence, less of it, and curves without an interval."""
    return curves(*evidence()), curves(*evidence()[:2]), curves(rows(BETA, EASY, interval=None))


@cache
def layouts() -> tuple[pa.Table, ...]:
    return layout(), layout().slice(0, layout().num_rows - 1)


specs = st.builds(
    lambda peak, confidence, slo, weights: replace(
        SPEC, peak_rps=peak, confidence=confidence, slo_ms={**SPEC.slo_ms, "ttft": slo}, quality_weights=weights
    ),
    st.sampled_from([0.5, 4.0, 40.0]),
    st.sampled_from(["likely", "safe"]),
    st.sampled_from([60.0, 150.0]),
    st.sampled_from([SPEC.quality_weights, {"other": 1.0}]),
)
plans = st.tuples(specs, *(st.sampled_from(range(count)) for count in (4, 3, 2)))


def same(one: Candidates, other: Candidates) -> bool:
    verdicts = one.verdicts.keys() == other.verdicts.keys() and all(
        np.array_equal(one.verdicts[rule], other.verdicts[rule]) for rule in one.verdicts
    )
    told = one.table.schema == other.table.schema and one.table.equals(other.table)
    return verdicts and told and np.array_equal(one.feasible, other.feasible) and np.array_equal(one.scope, other.scope)


@settings(max_examples=30)
@given(st.lists(plans, min_size=2, max_size=12))
def test_what_was_told_of_others_moves_no_candidate(made: list[tuple[ResolvedSpec, int, int, int]]) -> None:
    told = Told()
    for spec, which, shape, table in made:
        inputs = (spec, catalogs()[which], layouts()[table], shapes()[shape])
        admits = admitted(*inputs[:3], told)
        assert same(weigh(*inputs, told, admits=admits), weigh(*inputs))


def test_what_is_kept_is_bounded_and_held_on_to() -> None:
    told = Told()
    for index in range(SLICES_KEPT + SHAPES_KEPT):
        told.once((object(),), index, lambda: None)
        told.of_shape((object(),), index, lambda: None)
    assert (len(told.slices), len(told.shapes)) == (SLICES_KEPT, SHAPES_KEPT)
    assert all(key[0] == id(held[0]) for key, (held, _) in told.shapes.items())  # type: ignore[index]  # as they are


def test_what_was_used_last_stays() -> None:
    told, first = Told(), object()
    for _ in range(3 * SHAPES_KEPT):
        told.of_shape((first,), "", lambda: "first")
        told.of_shape((object(),), "", lambda: "other")
    assert told.of_shape((first,), "", lambda: "again") == "first"


@pytest.mark.parametrize("candidate", [ALPHA, ALPHA_FP8, BETA, "gone/bf16/h100/tp1"])
@pytest.mark.parametrize("margin", [0.0, 2.1, 50.0])
@pytest.mark.parametrize("edited", [False, True])
def test_a_compile_that_is_known_under_no_lock_changes_nothing(candidate: str, margin: float, *, edited: bool) -> None:
    place = world(settings=project(margins={"sticky": margin}))
    plan = make_plan(workload(), place)
    fresh = compile_plan(plan, place, None, "deploy")
    changes = {"workload": "sha256:" + "1" * 64} if edited else {}
    previous = previous_of(compiled(workload(), place).lock, candidate=candidate, **changes)
    assert compile_plan(plan, place, previous, "deploy", fresh=fresh) == compile_plan(plan, place, previous, "deploy")


def test_a_slice_of_the_catalog_is_digested_anew_for_another_catalog_and_for_others_of_it() -> None:
    facts = Facts()
    places = [dataclasses.replace(world(catalog=item), facts=facts) for item in catalogs()]
    asked = [workload(), workload(constraints={"models": {"allow": ["beta-70b"]}})]
    for _ in range(2):
        for place in places:
            alone = dataclasses.replace(place, facts=Facts())
            found, expected = ([make_plan(item, where).inputs for item in asked] for where in (place, alone))
            assert found == expected
            assert found[0]["catalog"] != found[1]["catalog"]
