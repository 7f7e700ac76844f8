"""Patterns match as plain regular expressions do, and none of them is broken."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from neuralnav.draft import rules
from neuralnav.draft.rules.patterns import Pattern


def every_pattern() -> Iterator[tuple[str, Pattern]]:
    for found in pkgutil.iter_modules(rules.__path__):
        module = importlib.import_module(f"{rules.__name__}.{found.name}")
        for name, value in vars(module).items():
            many = value.values() if isinstance(value, dict) else (value,)
            yield from ((f"{found.name}.{name}", item) for item in many if isinstance(item, Pattern))


@pytest.mark.parametrize(("name", "pattern"), list(every_pattern()))
def test_every_pattern_compiles(name: str, pattern: Pattern) -> None:
    assert re.compile(pattern.source, re.ASCII).groups >= 0, name
    assert "" not in pattern.hints


def test_a_pattern_is_looked_for_only_beside_its_hints() -> None:
    pattern = Pattern(r"\bspot (?:vms?|instances?)\b", ("spot",))
    assert [found[0] for found in pattern.finditer("spot vms and spot instances")] == ["spot vms", "spot instances"]
    assert list(Pattern("[a-z]+", ("spot",)).finditer("on demand")) == []
    assert pattern.search("a spot vm", 2) is not None
    assert pattern.search("a spot vm", 3) is None
    assert pattern.match("a spot vm", 2) is not None
    assert pattern.fullmatch("a spot vm", 2, 6) is None


def test_words_end_beside_scripts_without_spaces() -> None:
    found = Pattern(r"\bapache 2\.0\b").search("只能用apache 2.0许可证")
    assert found is not None
    assert found.span() == (3, 13)
