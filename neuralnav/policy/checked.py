"""A checked expression: the tree with a type for every node, and the variables of the policy that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neuralnav.policy.tree import Expression
from neuralnav.policy.types import Scope, Type


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that its scope admits.

    `types` maps every node of `root` to its type, by identity. `variables` holds the checked expression behind each
    `variables.<name>` that is reachable from it, those that these read in turn included. `depth` is the levels of the
    tree, with the tree of each variable below the read of it: what a stage that recurses has to fear.
    """

    text: str
    root: Expression
    type: Type
    types: Mapping[Expression, Type]
    scope: Scope
    variables: "Mapping[str, Checked]" = field(default_factory=dict)
    depth: int = 0
