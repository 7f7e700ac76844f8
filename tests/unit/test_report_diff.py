from diffs import diff, workload

from neuralnav.report_diff import MARKER, diff_markdown, diff_text


def test_nothing_changed_is_one_quiet_line() -> None:
    same = diff(workload(), workload("b"))
    assert diff_text(same) == "No plan changes: 2 workloads are as they were."
    assert diff_markdown(same) == f"No plan changes: 2 workloads are as they were.\n\n{MARKER}\n"
