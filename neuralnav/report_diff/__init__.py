"""A plan diff as text, markdown, SARIF and annotations. Strings only: what is said is decided in `diff`."""

from neuralnav.report_diff.decision import Cost, decided, decision_text, is_quiet, total_cost
from neuralnav.report_diff.github import check_annotations, diff_annotations, job_annotations
from neuralnav.report_diff.markdown import LIMIT, MARKER, diff_markdown
from neuralnav.report_diff.sarif import check_sarif, diff_sarif
from neuralnav.report_diff.text import diff_text
from neuralnav.report_diff.words import Noise

__all__ = [
    "LIMIT",
    "MARKER",
    "Cost",
    "Noise",
    "check_annotations",
    "check_sarif",
    "decided",
    "decision_text",
    "diff_annotations",
    "diff_markdown",
    "diff_sarif",
    "diff_text",
    "is_quiet",
    "job_annotations",
    "total_cost",
]
