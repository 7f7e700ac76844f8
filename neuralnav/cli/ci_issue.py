"""`neuralnav ci issue`."""

import os
from pathlib import Path

import click

from neuralnav.cli.ci_files import read_check, say_failure
from neuralnav.forge.github import GitHub, Issue, github_of
from neuralnav.forge.http import ForgeError
from neuralnav.forge.results import troubles_of
from neuralnav.forge.told import check_markdown
from neuralnav.model.report import Report

MARKER = "<!-- neuralnav:drift -->"
TITLE = "Committed plans are not what their inputs say"


@click.command(name="issue", epilog="\b\nneuralnav check --format json > check.json\nneuralnav ci issue check.json")
@click.argument("report", type=click.Path(path_type=Path))
def command(report: Path) -> int:
    """Keep one issue open while committed plans have drifted, cannot be planned, or are refused; close it after.

    REPORT is what `neuralnav check --format json` wrote. The issue is found by its hidden marker and its author. One
    that cannot be written is a warning, never a failure.
    """
    check = read_check(report)
    try:
        github = github_of(os.environ, os.environ.get("GITHUB_TOKEN", ""))
        click.echo(_keep(github, check))
    except ForgeError as error:
        say_failure("no drift issue", error)
    return 0


def _keep(github: GitHub, check: Report) -> str:
    author = github.author()
    ours = [item for item in github.open_issues(author) if _is_ours(item, author)]
    if not troubles_of(None, check):
        for item in ours:
            github.edit_issue(item.number, {"state": "closed", "state_reason": "completed"})
        return f"no drift; closed {', '.join(f'#{item.number}' for item in ours)}" if ours else "no drift"
    body = f"{check_markdown(check)}\n\n{MARKER}\n"
    if not ours:
        return f"issue created {github.create_issue(TITLE, body).html_url}".rstrip()
    for item in ours[1:]:
        github.edit_issue(item.number, {"state": "closed", "state_reason": "not_planned"})
    if (ours[0].body or "").rstrip() == body.rstrip():
        return f"issue unchanged {ours[0].html_url}".rstrip()
    return f"issue updated {github.edit_issue(ours[0].number, {'body': body}).html_url}".rstrip()


def _is_ours(issue: Issue, author: str) -> bool:
    return issue.user is not None and issue.user.login == author and MARKER in (issue.body or "")
