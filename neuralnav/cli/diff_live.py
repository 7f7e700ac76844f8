"""`neuralnav diff --live`: what runs in a cluster against what is committed."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from neuralnav.cli.cluster_options import ClusterOptions, other_namespace
from neuralnav.cli.live_text import live_markdown, live_text
from neuralnav.cli.output import echo_error, progress, styled, write_report
from neuralnav.cluster.api import Api
from neuralnav.cluster.committed import Committed, read_committed
from neuralnav.cluster.comparing import Compared, compare_all
from neuralnav.cluster.connection import connect
from neuralnav.errors import Diagnostic, ExitCode, InputError, worst
from neuralnav.files.places import find_workloads
from neuralnav.model.live_report import LiveObject, LiveReport, LiveWorkload
from neuralnav.model.plain_text import printable_json
from neuralnav.report import problem

STAYS = "an apply leaves the fields that others added: they take them away, or a template says them"


FORMATS: Mapping[str, Callable[[LiveReport, datetime], str]] = {
    "text": live_text,
    "json": lambda found, _: printable_json(found.model_dump_json(indent=2, by_alias=True)),
    "markdown": live_markdown,
}


def tell_live(paths: Sequence[str], options: ClusterOptions, form: str, output: Path | None) -> int:
    """Tell how a cluster differs from what is committed, and return the exit code."""
    found, problems, now = run_live(paths, options)
    text = FORMATS[form](found, now)
    if output is None:
        click.echo(styled(text) if form == "text" else text)
    else:
        write_report(output, text)
    if problems:
        echo_error(InputError(problems), writes=False)
    return found.exit_code


def run_live(paths: Sequence[str], options: ClusterOptions) -> tuple[LiveReport, list[Diagnostic], datetime]:
    """Return how a cluster differs from what is committed of some paths, what cannot be used, and its time.

    Raises `InputError` where none of them can be used, and `ClusterError` where the server cannot be asked.
    """
    items, problems = _read(paths, options.namespace)
    api = connect(
        kubeconfig=options.kubeconfig, context=options.context, patience_seconds=options.patience_seconds,
        say=lambda text: click.echo(text, err=True),
    )  # fmt: skip
    with progress("comparing workloads", len(items)) as counter:
        found = compare_all(api, items, counter.step)
    return _report(api, items, found, problems), problems, api.now()


def _read(paths: Sequence[str], namespace: str) -> tuple[list[Committed], list[Diagnostic]]:
    """Return what is committed, and what is wrong with it: one that cannot be used hides no other."""
    items, problems = list[Committed](), list[Diagnostic]()
    for place in find_workloads(paths):
        try:
            item = read_committed(place)
        except InputError as error:
            problems.extend(error.diagnostics)
            continue
        planned = item.lock.deployment.namespace
        if namespace and planned != namespace:
            problems.append(other_namespace(place.shown, planned, namespace))
        else:
            items.append(item)
    if not items:
        raise InputError(problems)
    return items, problems


def _report(
    api: Api, items: Sequence[Committed], found: Sequence[Compared], problems: Sequence[Diagnostic]
) -> LiveReport:
    workloads = [_workload(item, one) for item, one in zip(items, found, strict=True)]
    codes = [_code_of(item, one) for item, one in zip(workloads, found, strict=True)]
    return LiveReport(
        context=api.context,
        server=api.server,
        exit_code=int(worst([*codes, *[ExitCode.BAD_INPUT] * bool(problems)])),
        workloads=tuple(workloads),
        problems=tuple(problem(item) for item in problems),
    )


def _workload(item: Committed, found: Compared) -> LiveWorkload:
    plan = item.lock.deployment
    drifted = [one for one in found.objects if one.state in ("changed", "missing", "left-over")]
    beside = any(field.change == "beside" for one in drifted for field in one.fields)
    return LiveWorkload(
        workload=plan.name,
        path=item.place.shown,
        namespace=plan.namespace,
        candidate=item.lock.choice.candidate,
        live_candidate=found.live_candidate,
        drift=("live",) if drifted else (),
        objects=tuple(found.objects),
        notes=(*dict.fromkeys(found.notes), *([STAYS] if beside else [])),
        fix=_fix(item.place.shown, drifted),
    )


def _fix(path: str, drifted: Sequence[LiveObject]) -> str:
    """Return the command that brings back what is ours to bring back: GitOps mends what it keeps itself."""
    own = [one for one in drifted if not one.gitops and not (one.state == "changed" and one.why)]
    fields = [field for one in own for field in one.fields if field.change != "beside"]
    left = any(one.state == "left-over" for one in own)
    if not fields and not left and all(one.state != "missing" for one in own):
        return ""
    taken = any(writer.manager != "neuralnav" for field in fields for writer in field.by)
    options = [*(["--force-conflicts"] if taken else []), *(["--prune"] if left else [])]
    return shlex.join(["neuralnav", "deploy", *options, *(["--"] if path.startswith("-") else []), path])


def _code_of(item: LiveWorkload, found: Compared) -> ExitCode:
    if found.cut_off or any(one.state == "unknown" for one in item.objects):
        return ExitCode.BAD_INPUT
    return ExitCode.DRIFT if item.drift else ExitCode.DONE
