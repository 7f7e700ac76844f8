"""`neuralnav ci`: what a job of GitHub Actions or GitLab CI does with a diff. A command is loaded when called."""

import click

from neuralnav.cli.lazy import LazyGroup

COMMANDS = {
    "results": "Write the outputs, the summary and the annotations of a job.",
    "comment": "Keep one comment on the pull request up to date.",
    "issue": "Keep one issue open while there is drift.",
    "hook": "Compile before a commit, and stop one that lacks what compile writes.",
}


class _Ci(LazyGroup):
    summaries = COMMANDS
    module = "neuralnav.cli.ci_{}"


@click.group(name="ci", cls=_Ci, epilog="Try: neuralnav diff --format json > diff.json; neuralnav ci comment diff.json")
def command() -> None:
    """Give what `diff` and `check` found to GitHub or GitLab.

    Each but `hook` reads the JSON of those verbs, and plans nothing itself. The token is read from the environment
    alone (GITHUB_TOKEN, or NEURALNAV_GITLAB_TOKEN).
    """
