"""Which of `diff`'s options go together: those of two sides, or those of a cluster."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from neuralnav.cli.cluster_options import ClusterOptions

LIVE_FORMATS = ("text", "json", "markdown")

OF_SIDES: Mapping[str, str] = {
    "manifests": "--manifests", "as_of": "--as-of", "policies": "--policies", "exit_code": "--exit-code",
    "min_cost_usd": "--min-cost-usd", "min_cost_percent": "--min-cost-percent",
    "min_latency_percent": "--min-latency-percent",
}  # fmt: skip
"""Options of a diff of two sides, by their parameter."""

OF_LIVE: Mapping[str, str] = {
    "context": "--context", "namespace": "--namespace", "kubeconfig": "--kubeconfig", "patience": "--patience",
}  # fmt: skip
"""Options of a diff with a cluster, by their parameter."""

WHY: Mapping[str, str] = {
    "exit_code": "it exits with 3 on drift anyway",
    "manifests": "it compares manifests field by field anyway",
}
"""Why an option is not needed with --live, where there is more to say."""


def check_options(*, live: bool, form: str) -> None:
    """Refuse options that say nothing beside what was asked for."""
    context = click.get_current_context()
    given = [name for name in (*OF_SIDES, *OF_LIVE) if _is_given(context, name)]
    wrong = [name for name in given if name in (OF_SIDES if live else OF_LIVE)]
    if wrong and live:
        name = wrong[0]
        raise click.UsageError(f"{OF_SIDES[name]} does not go with --live: {WHY.get(name, 'no plan is made')}")
    if wrong:
        raise click.UsageError(f"{OF_LIVE[wrong[0]]} goes with --live alone")
    if live and form not in LIVE_FORMATS:
        raise click.UsageError(f"--live writes {', '.join(LIVE_FORMATS)}, not {form}")


def two_sides(sides: Sequence[str]) -> tuple[str, str]:
    """Return base and head, each empty where it is left out."""
    if len(sides) > 2:
        raise click.UsageError(f"Got unexpected extra argument ({sides[2]})")
    base, head, *_ = (*sides, "", "")
    return base, head


def diff_live(paths: Sequence[str], options: ClusterOptions, form: str, output: Path | None) -> int:
    """Tell how a cluster differs from what is committed; return the exit code."""
    from neuralnav.cli.diff_live import tell_live  # the client of a cluster, which a diff of two sides does not need

    return tell_live(paths, options, form, output)


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) not in (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
