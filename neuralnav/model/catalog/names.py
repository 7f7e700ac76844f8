"""The names that reports give to models and accelerators, and what the catalog calls them. Nothing is guessed."""

import re
from collections.abc import Mapping

from neuralnav.model.catalog import Catalog, Checkpoint
from neuralnav.model.document import suggestion

ACCELERATOR_NAMES: Mapping[str, tuple[str, ...]] = {
    "a10g": ("a10g", "nvidia-a10g"),
    "a100-40": ("a100-40", "a100-40gb", "nvidia-a100-sxm4-40gb", "a100-sxm4-40gb", "a100-sxm-40gb"),
    "a100-80": ("a100-80", "a100-80gb", "nvidia-a100-sxm4-80gb", "a100-sxm4-80gb", "a100-sxm", "a100-sxm-80gb"),
    "a100-80-pcie": ("a100-80-pcie", "nvidia-a100-80gb-pcie", "a100-80gb-pcie"),
    "l4": ("l4", "nvidia-l4"),
    "l40s": ("l40s", "nvidia-l40s"),
    "h100": ("h100", "h100-sxm", "h100-sxm5", "h100-80gb", "h100-sxm-80gb", "nvidia-h100", "nvidia-h100-80gb-hbm3"),
    "h200": ("h200", "h200-sxm", "h200-sxm5", "nvidia-h200", "nvidia-h200-141gb-hbm3e"),
    "b200": ("b200", "b200-sxm", "nvidia-b200"),
    "b300": ("b300", "b300-sxm", "nvidia-b300", "nvidia-b300-sxm6-ac"),
    "rtx-pro-6000": (
        "rtx-pro-6000", "rtx-pro-6000-server", "nvidia-rtx-pro-6000-blackwell-server-edition",
    ),
    "mi300x": ("mi300x", "amd-mi300x", "amd-instinct-mi300x", "amd-instinct-mi300x-oam"),
    "mi325x": ("mi325x", "amd-mi325x", "amd-instinct-mi325x", "amd-instinct-mi325-oam"),
    "mi355x": ("mi355x", "amd-mi355x", "amd-instinct-mi355x", "amd-instinct-mi355-oam"),
}  # fmt: skip
"""Device names of nvidia-smi and of GPU feature discovery, and aiconfigurator's systems. What could be two of ours, as
a bare A100, or is none, as H100 PCIe and NVL, is not in here."""

_BY_NAME = {name: key for key, names in ACCELERATOR_NAMES.items() for name in names}


def accelerator_of(name: str, catalog: Catalog) -> str | None:
    """Return the catalog id of an accelerator by its id or one of its known names, or None."""
    plain = re.sub(r"[\s_]+", "-", name.strip().lower())
    found = plain if plain in catalog.accelerators else _BY_NAME.get(plain)
    if found is None:
        by_label = {a.node_label.value.lower(): a.id for a in catalog.accelerators.values() if a.node_label}
        found = by_label.get(name.strip().lower())
    return found if found in catalog.accelerators else None


def checkpoint_of(name: str, catalog: Catalog) -> tuple[str, Checkpoint] | None:
    """Return the model id and the checkpoint that a Hugging Face repository holds, or None.

    Repositories are compared whole; case does not count, as it does not on Hugging Face.
    """
    wanted = name.strip().lower()
    for model in catalog.models.values():
        for checkpoint in model.checkpoints:
            if checkpoint.repo.lower() == wanted:
                return model.id, checkpoint
    return None


def model_hint(name: str, catalog: Catalog) -> str:
    """Return what to do about a model's name that the catalog does not hold."""
    repos = [checkpoint.repo for model in catalog.models.values() for checkpoint in model.checkpoints]
    near = suggestion(name, repos) or suggestion(name.rsplit("/", 1)[-1], catalog.models)
    advice = "pass --model and --precision, or add it to the catalog"
    return f"{near}; {advice}" if near.startswith("did you mean") else advice


def accelerator_hint(name: str, catalog: Catalog) -> str:
    """Return what to do about an accelerator's name that the catalog does not hold."""
    near = suggestion(name, [*catalog.accelerators, *_BY_NAME])
    advice = "pass --accelerator"
    return f"{near}; {advice}" if near.startswith("did you mean") else advice
