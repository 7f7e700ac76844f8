"""What a judgement would change in a workload: its text edited, comments kept, and what a compile makes of it."""

import difflib
from collections.abc import Mapping, Sequence

from neuralnav.cli.draft_run import write_workload
from neuralnav.cli.work import code_of
from neuralnav.cli.world import world_of
from neuralnav.draft.edits import edit
from neuralnav.errors import ExitCode, InputError, NeuralnavError
from neuralnav.files.places import Place, output_folder, read_source, show
from neuralnav.model.document import Source, load
from neuralnav.model.lock import Lock
from neuralnav.model.observe_report import FieldEdit
from neuralnav.model.quantity import format_usd
from neuralnav.model.workload import Workload
from neuralnav.outcomes.sentences import replicas_text
from neuralnav.pipeline import compile_plan, make_plan
from neuralnav.serving.deployed import chosen_of


def patched(place: Place, lock: Lock, edits: Sequence[FieldEdit], *, apply: bool) -> Mapping[str, str]:
    """Return what a report says of edits: a `diff` of the workload's file, and in `what_if` what they would choose.

    With `apply` the file is written, whole or not at all. What only a person can edit is said in `what_if`. Raises
    `InputError` where the file cannot be read or written.
    """
    source = read_source(place.workload, place.shown)
    try:
        text = edit(source, {one.field: one.after for one in edits})
    except InputError as error:
        told = "; ".join(f"{one.message}: {one.hint}" for one in error.diagnostics)
        return {"what_if": f"the file is left to you: {told}"}
    name = show(place.workload)
    before, after = (each.splitlines(keepends=True) for each in (source.text, text))
    diff = "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))
    what_if = _what_if(place, lock, text)
    if apply:
        write_workload(place.workload, text)
    return {"diff": diff, "what_if": what_if}


def _what_if(place: Place, lock: Lock, text: str) -> str:
    """Return in a sentence what a compile of a workload's text chooses; failures of it are told, not raised."""
    try:
        world = world_of(place.root)
        parsed = load(Workload, Source(place.shown, text))
        plan = make_plan(parsed, world)
        if not plan.views["balanced"]:
            refused = code_of(plan) is ExitCode.REFUSED
            return (
                "no plan would be left: policies refuse every feasible one" if refused else "no plan would be feasible"
            )
        folder = output_folder(place, world.project.spec.output.manifests, parsed.document.metadata.name)
        return _chosen_text(lock, compile_plan(plan, world, None, folder).lock)
    except NeuralnavError as error:
        return f"it could not be compiled: {error.diagnostics[0].message}"


def _chosen_text(now: Lock, then: Lock) -> str:
    """Return the next choice beside the present one."""
    replicas = replicas_text(then.deployment.replicas.planned)
    told = f"compile would choose {then.choice.candidate} with {replicas}, {_cost(then)}/month"
    if now.choice.candidate == then.choice.candidate:
        told = f"compile would keep {then.choice.candidate}, with {replicas}, {_cost(then)}/month"
    return f"{told} (now {replicas_text(now.deployment.replicas.planned)}, {_cost(now)})"


def _cost(lock: Lock) -> str:
    chosen = chosen_of(lock)
    return "unknown" if chosen is None else format_usd(chosen.cost_usd_per_month)
