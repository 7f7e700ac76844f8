"""A plan diff as text, markdown, SARIF and annotations. Strings only: what is said is decided in `diff`."""

from neuralnav.report_diff.decision import Cost, decision_text, is_quiet, total_cost
from neuralnav.report_diff.markdown import LIMIT, MARKER, diff_markdown
from neuralnav.report_diff.text import diff_text
from neuralnav.report_diff.words import Noise

__all__ = [
    "LIMIT",
    "MARKER",
    "Cost",
    "Noise",
    "decision_text",
    "diff_markdown",
    "diff_text",
    "is_quiet",
    "total_cost",
]
