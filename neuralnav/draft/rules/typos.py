"""Misspelt words, and what they are taken for."""

from collections.abc import Mapping


def repairs(folded: str) -> Mapping[str, str]:  # noqa: ARG001  # a stub
    """Return nothing yet."""
    return {}
