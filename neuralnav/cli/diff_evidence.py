"""Whether benchmark tables that differ say the same to a workload: at its shape, and of what was measured."""

import functools
from dataclasses import fields
from pathlib import Path

import numpy as np

from neuralnav.cli.work import read_workload
from neuralnav.cli.world import datasets_of, outcome_sets_of, world_of
from neuralnav.files.catalogs import load_project
from neuralnav.files.data import Tables
from neuralnav.files.outcome_sets import OutcomeSets
from neuralnav.files.places import Place
from neuralnav.resolve import resolve


def same_evidence(before: Place, after: Place) -> bool:
    """Tell whether the load curves of a workload's shape, all measured rows and all outcomes are the same on both.

    The workload, the settings and the catalogs must be the same. Raises `InputError` where they, or a table of either
    side, cannot be used.
    """
    world = world_of(before.root)
    spec = resolve(read_workload(before), world.catalog, world.project)
    roots = before.root, after.root
    return (
        _same_outcomes(*roots)
        and _same_measurements(*roots)
        and _same_curves(*roots, spec.prompt_tokens, spec.output_tokens)
    )


@functools.cache
def _same_curves(base: Path, head: Path, prompt_tokens: int, output_tokens: int) -> bool:
    one, other = (world_of(root).curves(prompt_tokens, output_tokens) for root in (base, head))
    return all(_same(getattr(one, item.name), getattr(other, item.name)) for item in fields(one))


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=True)
    return one == other


@functools.cache
def _same_measurements(base: Path, head: Path) -> bool:
    """Tell so of measured rows, which may correct the curves of any shape; their order counts, though no plan asks."""
    tables = [Tables(datasets_of(root, load_project(root))) for root in (base, head)]
    if not any(side.may_be_measured() for side in tables):
        return True  # what else is wrong with them the curves tell
    one, other = (side.measured() for side in tables)
    return one.equals(other) if one is not None and other is not None else one is other


@functools.cache
def _same_outcomes(base: Path, head: Path) -> bool:
    """Tell so of outcomes, in whichever files they lie."""
    one, other = (OutcomeSets(outcome_sets_of(root, load_project(root))) for root in (base, head))
    same_files = one.key() is not None and one.key() == other.key()
    return same_files or one.read() == other.read()
