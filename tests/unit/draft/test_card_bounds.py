"""A card as a bound covers what lies within it: "H100 or better", "nothing bigger than an L40S"."""

import pytest

from neuralnav.draft.rules.accelerators import read_accelerators
from neuralnav.draft.text import read
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Reading

CATALOG = load_catalog()
AMPERE = ("A100-40GB", "A100-80GB", "A100-80GB PCIe")
FROM_H100 = ("B200", "B300", "H100", "H200")
RTX = "RTX PRO 6000 Blackwell Server Edition"


def reading(prose: str) -> Reading:
    return read_accelerators(read(prose), CATALOG)


@pytest.mark.parametrize(
    "prose",
    [
        "H100 or better",
        "H100s or higher for 300 users",
        "H100 and up, please",
        "H100+",
        "minimum H100",
        "at least an H100",
        "an H100 at least",
        "nothing smaller than an H100",
        "nothing less than an H100",
        "anything below an H100 is too slow",
        "H100 or anything from NVIDIA that is faster",
        "mindestens H100",
        "H100 oder besser",
        "H100以上",
        "au moins un H100",
        "H100 o superior",
    ],
)
def test_a_lower_bound_covers_what_is_no_weaker_and_of_the_same_vendor(prose: str) -> None:
    found = reading(prose)
    assert tuple(sorted(found.value("constraints.accelerators.allow") or ())) == FROM_H100  # type: ignore[arg-type]
    assert found.findings[0].origin == "inferred"
    assert found.value("constraints.accelerators.deny") is None


@pytest.mark.parametrize(
    ("prose", "allow"),
    [
        ("nothing bigger than an L40S", ("A10G", "L4", "L40S")),
        ("We don't want anything bigger than L40S", ("A10G", "L4", "L40S")),
        ("no need for anything above an L40S", ("A10G", "L4", "L40S")),
        ("anything above an L40S is overkill", ("A10G", "L4", "L40S")),
        ("max. L40S", ("A10G", "L4", "L40S")),
        ("L40S or smaller", ("A10G", "L4", "L40S")),
        ("An L40S is the biggest we can get", ("A10G", "L4", "L40S")),
        ("Hopper or newer", ("B200", "B300", "H100", "H200", RTX)),
        ("nothing older than Hopper", ("B200", "B300", "H100", "H200", RTX)),
        ("MI300X or newer", ("MI300X", "MI325X", "MI355X")),
        ("A100s or better", (*AMPERE, *FROM_H100, RTX)),
    ],
)
def test_bounds_from_above_and_by_generation(prose: str, allow: tuple[str, ...]) -> None:
    found = reading(prose)
    assert tuple(sorted(found.value("constraints.accelerators.allow") or ())) == tuple(sorted(allow))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prose", "allow"),
    [
        ("H100 or better latency than today", ("H100",)),
        ("2 H100, max 4 GPUs", ("H100",)),
        ("at least 4 H100", ("H100",)),
        ("H100 and higher availability", ("H100",)),
        ("anything above an L40S is fine", ("L40S",)),
    ],
)
def test_words_beside_a_card_that_bound_something_else(prose: str, allow: tuple[str, ...]) -> None:
    assert reading(prose).value("constraints.accelerators.allow") == allow


def test_what_is_refused_of_a_range_is_no_contradiction() -> None:
    found = reading("H100 or better, but no B300")
    assert found.value("constraints.accelerators.allow") == ("B200", "B300", "H100", "H200")
    assert found.value("constraints.accelerators.deny") == ("B300",)
    assert found.questions == ()


def test_a_range_that_is_refused() -> None:
    found = reading("no H100 or better, that is overkill")
    assert found.value("constraints.accelerators.allow") is None
    assert found.value("constraints.accelerators.deny") == ("B200", "B300", "H100", "H200")


def test_a_bound_is_quoted_with_its_words_and_explained() -> None:
    (finding,) = reading("Chat on H100 or better.").findings
    assert [quote.text for quote in finding.quotes] == ["H100 or better"]
    assert finding.why == "no less memory and speed, of the same vendor"
