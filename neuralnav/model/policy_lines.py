"""What refusals and locks call policies: plain text, so that plans without policies load none of their machinery."""

from collections.abc import Sequence

ACTS, IDLE = "acts", "idle"
"""Whether a policy refuses something that the workload admits, or moves a score."""

PREFIX = "policy."
"""What the reasons of refusals by policies begin with."""


def policy_line(name: str, digest: str, enforcement: str, *, acts: bool) -> str:
    """Return what a lock says of a policy that is bound where its workload runs.

    It acts when it refuses a candidate that the workload admits, or moves a score.
    """
    return f"{name} {digest} {enforcement} {ACTS if acts else IDLE}"


def policies_intend(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether a policy was added, changed or taken away that acts, or did.

    One that changed and does nothing either way is no reason to choose anew; nor is one that data made act.
    """
    changed = {line.rpartition(" ")[0] for line in before} ^ {line.rpartition(" ")[0] for line in after}
    acting = {what for what, _, does in (line.rpartition(" ") for line in (*before, *after)) if does == ACTS}
    names = {what.partition(" ")[0] for what in changed}
    return any(what.partition(" ")[0] in names for what in acting)
