"""Laws of live drift: what is applied and read back has not drifted, and every edit of one field is found."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

import pytest
import yaml
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.cluster.live import drift_of
from neuralnav.cluster.trees import differences, path_text

MANIFESTS = [
    item
    for path in sorted((ROOT / "examples").glob("*/deploy/*.yaml"))
    if (item := yaml.safe_load(path.read_text()))["kind"] != "Kustomization"
]
SPELLINGS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "cpu": ("[0-9]+", lambda text: f"{int(text) * 1000}m"),
    "memory": ("[0-9]+Gi", lambda text: f"{int(text[:-2]) * 1024}Mi"),
}
"""Another spelling of a quantity, by its key and form."""

Place = tuple[Any, ...]


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # it mixes test data


objects = st.sampled_from(MANIFESTS)
seeds = st.integers(0, 2**32)


def read_back(item: Any, chance: Random, key: str = "") -> Any:
    """An object as a server may give it back: keys in another order, defaults beside them, quantities respelled."""
    if isinstance(item, dict):
        found = [(name, read_back(value, chance, name)) for name, value in item.items()]
        defaults = [(f"default{number}", chance.choice([1, "x", {"a": []}])) for number in range(chance.randrange(3))]
        mixed = [*found, *defaults]
        chance.shuffle(mixed)
        return dict(mixed)
    if isinstance(item, list):
        entries = [read_back(value, chance) for value in item]
        if entries and all(isinstance(value, dict) and isinstance(value.get("name"), str) for value in item):
            chance.shuffle(entries)
        return entries
    form, spelled = SPELLINGS.get(key, ("", str))
    otherwise = chance.random() < 0.5  # drawn for every value: an edit leaves the rest as it is
    return spelled(item) if form and otherwise and isinstance(item, str) and re.fullmatch(form, item) else item


def leaves(item: Any, place: Place = ()) -> Iterator[Place]:
    """Every place of a scalar, or of an empty container, below the names of an object."""
    inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    if not inner:
        yield place
    for key, value in inner:
        yield from leaves(value, (*place, key))


def at(item: Any, place: Place) -> Any:
    for key in place:
        item = item[key]
    return item


def edited(item: Any, place: Place) -> Any:
    """The object with another value at a place."""
    found = deepcopy(item)
    value = at(found, place)
    at(found, place[:-1])[place[-1]] = (
        not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else
        f"{value}0" if isinstance(value, str) and value[:1].isdigit() and value.isdigit() else
        f"{value}x" if isinstance(value, str) else "x"
    )  # fmt: skip
    return found


@given(item=objects, seed=seeds)
def test_what_is_read_back_has_not_drifted(item: dict[str, Any], seed: int) -> None:
    live = read_back(item, _chance(seed))
    assert drift_of(item, live, None) == ()
    assert drift_of(item, live, read_back_alike(live, seed)) == ()


def read_back_alike(live: Any, seed: int) -> Any:
    """What a dry run gives of a live object that is as committed: the same, in another order."""
    chance = _chance(seed + 1)
    if isinstance(live, dict):
        mixed = [(key, read_back_alike(value, seed)) for key, value in live.items()]
        chance.shuffle(mixed)
        return dict(mixed)
    return [read_back_alike(value, seed) for value in live] if isinstance(live, list) else live


@given(item=objects, seed=seeds, data=st.data())
@pytest.mark.parametrize("asked", [True, False], ids=["dry run", "own fields"])
def test_every_edit_of_one_field_is_found(item: dict[str, Any], seed: int, data: st.DataObject, *, asked: bool) -> None:
    named = ("apiVersion", "kind")
    place = data.draw(st.sampled_from([place for place in leaves(item) if place[0] not in named]))
    live = edited(item, place)
    found = drift_of(item, read_back(live, _chance(seed)), read_back(item, _chance(seed)) if asked else None)
    assert 1 <= len(found) <= 2, place  # a name, or a flag without a value, is one that went and one that came
    assert {re.sub(r"\[.*?\]", "", one.field) for one in found} <= set(above(place))


def above(place: Place) -> Iterator[str]:
    """The path of a place without the names of entries, and those above it."""
    keys = tuple(key for key in place if isinstance(key, str))
    for count in range(len(keys)):
        yield re.sub(r"\[.*?\]", "", path_text(keys[: count + 1]))


@given(item=objects, seed=seeds)
def test_nothing_differs_from_itself(item: dict[str, Any], seed: int) -> None:
    live = read_back(item, _chance(seed))
    assert list(differences(live, deepcopy(live), whole=True)) == []
