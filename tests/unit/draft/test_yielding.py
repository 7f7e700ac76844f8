"""Of several names one may give way: to what was chosen in its place, or because others hold it."""

import pytest

from neuralnav.draft.rules.accelerators import read_accelerators
from neuralnav.draft.rules.models import read_models
from neuralnav.draft.text import read
from neuralnav.files.catalogs import load_catalog

CATALOG = load_catalog()


def gpus(prose: str) -> tuple[object, object]:
    found = read_accelerators(read(prose), CATALOG)
    return found.value("constraints.accelerators.allow"), found.value("constraints.accelerators.deny")


def models(prose: str) -> object:
    return read_models(read(prose), CATALOG).value("constraints.models.allow")


@pytest.mark.parametrize(
    ("prose", "allow"),
    [
        ("The vendor said H100, I think L4 would do.", ("L4",)),
        ("My boss wants B200s; I think two L40S will do.", ("L40S",)),
        ("They suggested A100s or H100s; we would rather have L40S", ("L40S",)),
        ("We were quoted H200s, but finance only approved L40S cards.", ("L40S",)),
        ("H200s would be nice, but in practice we only get H100s.", ("H100",)),
        ("We looked at B200s and settled on H200s.", ("H200",)),
        ("swap the H100s for H200s", ("H200",)),
        ("The vendor recommended H100s, and we agree.", ("H100",)),
        ("H100 preferred, but L40S would do too", ("H100", "L40S")),
        ("We have H100s but would love H200s", ("H100", "H200")),
    ],
)
def test_what_is_overruled_is_no_wish(prose: str, allow: tuple[str, ...]) -> None:
    assert gpus(prose) == (allow, None)


@pytest.mark.parametrize(
    ("prose", "allow", "deny"),
    [
        ("The H100s are reserved for training, don't use them.", None, ("H100",)),
        ("Our H100 nodes belong to the vision team.", None, ("H100",)),
        ("All H100s are booked until March.", None, ("H100",)),
        ("There are H200s, leave those alone.", None, ("H200",)),
        ("We may have two of their L40S, the H100s are off limits.", ("L40S",), ("H100",)),
        ("Die H100 sind belegt, also L4.", ("L4",), ("H100",)),
        ("The H100 is reserved for the chatbot.", ("H100",), None),
        ("H100s are allocated to us until June.", ("H100",), None),
    ],
)
def test_what_is_in_other_hands_is_refused(
    prose: str, allow: tuple[str, ...] | None, deny: tuple[str, ...] | None
) -> None:
    assert gpus(prose) == (allow, deny)


@pytest.mark.parametrize(
    ("prose", "allow"),
    [
        ("We evaluated Phi-4 and Gemma 3 12B and finally chose Qwen3 8B.", ("qwen3-8b",)),
        ("We looked at Gemma 3 27B but settled on Mistral Nemo.", ("mistral-nemo-12b",)),
        ("kimi k2 would be awesome but realistically glm-4.5-air", ("glm-4.5-air",)),
        ("Replace our fine-tuned GPT-3.5 with Mistral Small 3.1.", ("mistral-small-3.1-24b",)),
        ("DeepSeek R1 is too slow for us, R1 Distill Llama 70B then.", ("deepseek-r1-distill-llama-70b",)),
        ("Llama (3.1 or 3.3) 70B", ("llama-3.1-70b", "llama-3.3-70b")),
        ("llama 3.1/3.3 70b", ("llama-3.1-70b", "llama-3.3-70b")),
        ("Mistral's Small 3.2 24B please", ("mistral-small-3.2-24b",)),
    ],
)
def test_models_give_way_like_cards(prose: str, allow: tuple[str, ...]) -> None:
    assert models(prose) == allow


@pytest.mark.parametrize(
    ("prose", "field", "families"),
    [
        ("with lama models", "allow", ("llama",)),
        ("No Meta, no Google, no Alibaba models.", "deny", ("llama", "gemma2", "gemma3", "qwen2.5", "qwen3")),
        ("Llama's licence is a problem", "allow", None),
    ],
)
def test_families(prose: str, field: str, families: tuple[str, ...] | None) -> None:
    assert read_models(read(prose), CATALOG).value(f"constraints.families.{field}") == families


@pytest.mark.parametrize(
    ("prose", "count"),
    [
        ("Two of the eight H100s in rack 4 are ours", 2),
        ("We need half of our sixteen H200s, so eight.", 8),
        ("16 of the 32 H100s can be ours", 16),
        ("die Halfte der 8 H100", 4),
        ("two of our servers with 8 H100 each", 16),
    ],
)
def test_a_part_of_what_there_is(prose: str, count: int) -> None:
    assert read_accelerators(read(prose), CATALOG).value("constraints.gpus") == count
