"""What is said not to be."""

from neuralnav.draft.text import Span, Text


def negated(text: Text, span: Span) -> bool:  # noqa: ARG001  # a stub
    """Tell whether words of the text are denied: "not autocomplete", "kein H100", "H100は使わない"."""
    return False
