"""Two JSON trees side by side: where they differ, and what values mean the same to Kubernetes. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

QUANTITIES = frozenset({"requests", "limits", "hard", "capacity"})
"""Keys below which every value is a quantity."""

QUANTITY = frozenset({"sizeLimit", "storage", "divisor"})
"""Keys of a value that is a quantity."""

_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([eE][+-]?[0-9]{1,3}|[numkMGTPE]|[KMGTPE]i|)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


@dataclass(frozen=True, slots=True)
class Entry:
    """A step into a list: what names the entry, and the entry, by which managed fields know it."""

    label: str
    value: Any


Step = str | Entry
Path = tuple[Step, ...]

ABSENT = object()
"""What stands for a value that is not there; null is a value."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two trees differ: `committed` or `live` is ABSENT where one of them has nothing there."""

    path: Path
    committed: Any
    live: Any

    @property
    def change(self) -> Literal["changed", "removed", "added"]:
        """What happened to the committed value."""
        return "removed" if self.live is ABSENT else "added" if self.committed is ABSENT else "changed"


def differences(committed: Any, live: Any, *, whole: bool, path: Path = ()) -> Iterator[Difference]:
    """Yield where a live tree is not as a committed one, in the order of the committed one.

    With `whole`, whatever the live one has more is a difference as well; else it may be a default, which no manifest
    says, but for entries of lists: a list is said as a whole. The order of keys, and of entries that have names, means
    nothing; nor does how a quantity is written.
    """
    if isinstance(committed, dict) and isinstance(live, dict):
        keys = [*committed, *(key for key in live if key not in committed)] if whole else list(committed)
        for key in keys:
            sides = committed.get(key, ABSENT), live.get(key, ABSENT)
            yield from differences(*sides, whole=whole, path=(*path, key))
    elif isinstance(committed, list) and isinstance(live, list):
        yield from _of_lists(committed, live, whole=whole, path=path)
    elif not _means_the_same(committed, live, path):
        yield Difference(path, committed, live)


def _of_lists(committed: Sequence[Any], live: Sequence[Any], *, whole: bool, path: Path) -> Iterator[Difference]:
    """Yield what differs between lists: entries by their name where all have one, flags by theirs, else by place."""
    old, new = _by_name(committed), _by_name(live)
    if old is None or new is None:
        if len(committed) != len(live):
            yield Difference(path, list(committed), list(live))
            return
        old, new = dict(_places(committed)), dict(_places(live))
    for label in [*old, *(label for label in new if label not in old)]:
        one, other = old.get(label, ABSENT), new.get(label, ABSENT)
        entry = Entry(label, one if other is ABSENT else other)
        yield from differences(one, other, whole=whole, path=(*path, entry))


def _places(items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for place, item in enumerate(items):
        yield str(place), item


def _by_name(items: Sequence[Any]) -> Mapping[str, Any] | None:
    """Return the entries of a list by what names them; None where something does not, or a name comes twice.

    Of arguments a flag is named by itself, `--flag#2` where it comes again; what follows a flag is its value, and any
    other is named by its place among those.
    """
    if any(isinstance(item, str) and item.startswith("-") for item in items):
        return _arguments(items) if all(isinstance(item, str) for item in items) else None
    found: dict[str, Any] = {}
    for item in items:
        match item:
            case {"name": str(name)} if f'name="{name}"' not in found:
                found[f'name="{name}"'] = item
            case _:
                return None
    return found


def _arguments(items: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    flag = ""  # the one whose value may come next
    for item in items:
        is_flag, (name, given, _) = item.startswith("-"), item.partition("=")
        name = name if is_flag else f"{flag} value" if flag else ""
        flag = name if is_flag and not given else ""
        count = seen[name] = seen.get(name, 0) + 1
        found[(name if count == 1 else f"{name}#{count}") if name else str(count - 1)] = item
    return found


def _means_the_same(one: Any, other: Any, path: Path) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    if type(one) is type(other) and one == other:
        return True
    if not _is_quantity(path):
        return _is_number(one) and _is_number(other) and one == other
    amounts = quantity(one), quantity(other)
    return None not in amounts and amounts[0] == amounts[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_quantity(path: Path) -> bool:
    keys = [step for step in path if isinstance(step, str)]
    return bool(keys) and (keys[-1] in QUANTITY or (len(keys) > 1 and keys[-2] in QUANTITIES))


def quantity(value: Any) -> Fraction | None:
    """Return the amount of a Kubernetes quantity (`1`, "1000m", "2Gi", "1e3"); None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _NUMBER.fullmatch(str(value))
    if found is None:
        return None
    number, suffix = Fraction(found[1]), found[2]
    if suffix in _BINARY:
        return Fraction(number * (1 << (10 * _BINARY[suffix])))
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    return Fraction(number * 10**power) if power >= 0 else Fraction(number / 10**-power)


def path_text(path: Path) -> str:
    """Return a path as people write it: `.spec.predictor.containers[name="main"].image`."""
    return "".join(f"[{step.label}]" if isinstance(step, Entry) else _key_text(step) for step in path)


def _key_text(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'["{key}"]'


def told_path(tree: Any, said: str) -> str:
    """Return a path into a tree as people write it, of one as the server does: `.data["a.json"]` of `.data.a.json`."""
    path, rest = list[Step](), said
    while rest:
        steps: dict[str, tuple[Step, Any]] = {}
        if isinstance(tree, dict):
            steps = {f".{key}": (str(key), value) for key, value in tree.items()}
        elif isinstance(tree, list):
            steps = {f"[{entry.label}]": (entry, entry.value) for entry in entries_of(tree)}
        found = max((head for head in steps if _begins(rest, head)), key=len, default="")
        if not found:
            break
        rest, (step, tree) = rest[len(found) :], steps[found]
        path.append(step)
    return path_text(tuple(path)) + rest


def _begins(text: str, head: str) -> bool:
    return text.startswith(head) and text[len(head) : len(head) + 1] in ("", ".", "[")


def entries_of(items: Sequence[Any]) -> list[Entry]:
    """Return the entries of a list as steps into it."""
    named = _by_name(items)
    return [Entry(label, item) for label, item in (named if named is not None else dict(_places(items))).items()]


def value_at(tree: Any, path: Path) -> Any:
    """Return the value at a path of another tree, or ABSENT."""
    for step in path:
        match tree, step:
            case dict(), str():
                tree = tree.get(step, ABSENT)
            case list(), Entry():
                tree = next((entry.value for entry in entries_of(tree) if entry.label == step.label), ABSENT)
            case _:
                return ABSENT
    return tree
