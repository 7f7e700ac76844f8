"""Small policies, bound, and worlds under them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import yaml
from builders import world

from neuralnav.enforce.bind import PolicyDocument, bind
from neuralnav.enforce.bound import Governance
from neuralnav.enforce.judge import govern
from neuralnav.model.document import Source, load
from neuralnav.model.policy import Policy
from neuralnav.model.project import Project
from neuralnav.pipeline import World

Entry = Mapping[str, Any]


def policy(*rules: Entry, name: str = "guardrails", **spec: Any) -> Entry:
    """A policy as its file holds it."""
    return {
        "apiVersion": "neuralnav.dev/v1alpha1", "kind": "Policy", "metadata": {"name": name},
        "spec": {**spec, "rules": [dict(rule) for rule in rules]},
    }  # fmt: skip


def governance(*policies: Entry, exemptions: Sequence[Entry] = (), **binding: Any) -> Governance:
    """These policies, all bound alike."""
    bindings = [{"path": f"policies/{index}.yaml", **binding} for index in range(len(policies))]
    entry = {
        "apiVersion": "neuralnav.dev/v1alpha1", "kind": "Project",
        "spec": {"policies": bindings, "exemptions": [dict(item) for item in exemptions]},
    }  # fmt: skip
    project = load(Project, Source("neuralnav.yaml", yaml.safe_dump(entry)))
    documents = [
        PolicyDocument(index, load(Policy, Source(f"policies/{index}.yaml", yaml.safe_dump(dict(item), width=1000))))
        for index, item in enumerate(policies)
    ]
    return bind(project, documents)


def under(*policies: Entry, where: World | None = None, exemptions: Sequence[Entry] = (), **binding: Any) -> World:
    """A world under these policies, all bound alike."""
    place = where or world()
    bound = governance(*policies, exemptions=exemptions, **binding)
    return replace(place, govern=partial(govern, bound, place.catalog))
