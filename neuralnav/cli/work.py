"""Compile one workload to bytes and a report; what `compile`, `check`, `show` and `explain` share."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from neuralnav.cli.world import renderer_of, world_of
from neuralnav.errors import Diagnostic, DriftError, ExitCode, InputError, NeuralnavError, Where, input_error
from neuralnav.files.locks import Found, find_lock
from neuralnav.files.places import Place, output_folder, read_optional, read_source, show
from neuralnav.locking import Decision, locked_refusals
from neuralnav.model.conflict_text import conflict_text
from neuralnav.model.document import Parsed, option_node, parse, validate, with_value
from neuralnav.model.lock import REVISION, Lock, dump, has_conflict
from neuralnav.model.plan import RankedPlan
from neuralnav.model.report import (
    Report,
    ReportedChoice,
    ReportedMetric,
    ReportedPolicies,
    Status,
    WorkloadReport,
)
from neuralnav.model.spec import ResolvedSpec, parts_of
from neuralnav.model.tables import METRICS
from neuralnav.model.workload import Workload
from neuralnav.pipeline import Compiled, compile_plan, make_plan
from neuralnav.render.text import HEADER
from neuralnav.report import problem, unused_text

UNTRUE = "the lock does not give the manifests that it lists: it was edited by hand, or the templates changed"


@dataclass(frozen=True, slots=True)
class Options:
    """How to compile: choose afresh, what to override, and the folder of templates in place of the project's."""

    upgrade: bool = False
    overrides: tuple[str, ...] = ()
    templates: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """The outcome of one workload: its report, and the files that it should have with the ones to remove.

    `spec`: what was planned, where the workload could be resolved.
    """

    place: Place
    report: WorkloadReport
    files: Mapping[str, bytes]
    remove: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    spec: ResolvedSpec | None = None


def read_workload(place: Place, overrides: tuple[str, ...] = ()) -> Parsed[Workload]:
    """Return a workload with `FIELD=VALUE` overrides applied. Raises `InputError` with every problem."""
    source = read_source(place.workload, place.shown)
    root = parse(source)
    for override in overrides:
        field, separator, text = override.partition("=")
        path = field.strip().split(".")
        if not separator or not all(path):
            message = f'"{override}" is not FIELD=VALUE'
            raise InputError([Diagnostic(Where("--set"), message, "write it like --set slo.ttft=200ms")])
        if path[0] not in ("spec", "metadata"):
            path = ["spec", *path]
        try:
            root = with_value(root, path, option_node(text, f"--set {override}"))
        except ValueError as error:
            message = f'"{field}": {error} lies inside a value that is not a mapping'
            raise InputError([Diagnostic(Where("--set"), message)]) from None
    return validate(Workload, root, source)


def work(item: tuple[Place, Options]) -> Work:
    """Return what compiling a workload gives. Expected failures are in its problems, never raised."""
    place, options = item
    try:
        workload = read_workload(place, options.overrides)
        world = world_of(place.root, options.templates)
        folder = output_folder(place, world.project.spec.output.manifests, workload.document.metadata.name)
        plan = make_plan(workload, world)
        if not plan.views["balanced"]:
            return Work(place, _without_choice(place, plan), {}, spec=plan.spec)
        fresh = compile_plan(plan, world, None, folder)
        text = dump(fresh.lock)
        if read_optional(place.lock) == text.encode():
            return _result(place, fresh, Found(text, fresh.lock))
        found = find_lock(place, upgrade=options.upgrade)
        if options.upgrade or found.previous is None:
            return _result(place, _replacing(fresh, found), found)
        return _result(place, compile_plan(plan, world, found.previous, folder, fresh=fresh), found)
    except NeuralnavError as error:
        return failed(place, place.shown, error.exit_code, error.diagnostics)


def render_frozen(item: tuple[Place, Options]) -> Work:
    """Return the manifests of a committed lock: no table is read and nothing is chosen."""
    place, options = item
    try:
        found = find_lock(place)
        if found.lock is None:
            raise input_error(show(place.lock), "there is no lock to render", "run neuralnav compile")
        if found.lock.revision < REVISION:
            message = f"the lock has revision {found.lock.revision}; this neuralnav renders {REVISION}"
            raise input_error(show(place.lock), message, "run neuralnav compile")
        if has_conflict(found.text):
            raise input_error(show(place.lock), "the lock has conflict markers", "settle them with neuralnav compile")
        manifests = renderer_of(place.root, options.templates).render(found.lock)
        folder = str(Path(found.lock.manifests[0].path).parent)
        files = {f"{folder}/{item.name}": item.text.encode() for item in manifests}
        _inside(place, files)
        listed = {item.path: item.digest for item in found.lock.manifests}
        if listed != {name: digest_of(content) for name, content in files.items()}:
            raise DriftError([Diagnostic(Where(show(place.lock)), UNTRUE, "run neuralnav compile, or git checkout")])
        report = WorkloadReport(workload=found.lock.workload, path=place.shown, status="unchanged", exit_code=0)
        return Work(place, report, files)
    except NeuralnavError as error:
        return failed(place, place.shown, error.exit_code, error.diagnostics)


def changes(item: Work) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the files of a workload that differ from the disk, and those to remove that are there."""
    folder = item.place.folder
    differ = {name: content for name, content in item.files.items() if read_optional(folder / name) != content}
    return differ, tuple(name for name in item.remove if (folder / name).exists())


def report_of(command: str, items: Sequence[WorkloadReport], problems: Sequence[Diagnostic], code: ExitCode) -> Report:
    """Return the report of one call."""
    found = tuple(problem(diagnostic) for diagnostic in problems)
    return Report(command=command, exit_code=int(code), workloads=tuple(items), problems=found)


def choice_of(plan: RankedPlan, decision: Decision, lock: Lock) -> ReportedChoice:
    """Return the chosen candidate as a report shows it."""
    names = (str(plan.candidates.table[of][decision.row].as_py()) for of in ("model_name", "accelerator_name"))
    model, accelerator = names
    chosen = locked_choice(lock, model=model, accelerator=accelerator)
    if chosen is None:
        raise AssertionError("a lock that compile made holds its own choice")
    rest = [row for row in plan.views["balanced"] if row != decision.row]
    scores = plan.scores["balanced"]
    runner_up = {
        "runner_up": plan.name_of(rest[0]),
        "runner_up_behind": round(float(scores[decision.row] - scores[rest[0]]), 1),
    } if rest else {}  # fmt: skip
    came = {"instead_of": decision.instead_of, "refused_by": decision.refused_by, **runner_up}
    return chosen.model_copy(update=came)


def locked_choice(lock: Lock, *, model: str, accelerator: str) -> ReportedChoice | None:
    """Return the choice of a lock as a report shows it, by the lock's own numbers, without what it was chosen over.

    `model` and `accelerator` are the names that people know. None where the lock was edited by hand and does not hold
    the candidate that it names.
    """
    found = next((item for item in lock.candidates if item.id == lock.choice.candidate), None)
    if found is None:
        return None
    slos, p95s = ([getattr(side, f"{metric}_p95_ms") for metric in METRICS] for side in (lock.requirements, found))
    metrics = {
        metric: ReportedMetric(p95_ms=p95, slo_ms=slo) for metric, p95, slo in zip(METRICS, p95s, slos, strict=True)
    }
    return ReportedChoice(
        candidate=found.id,
        model=model,
        precision=parts_of(found.id)[1],
        accelerator=accelerator,
        gpus_per_replica=lock.deployment.gpus_per_replica,
        nodes_per_replica=lock.deployment.pipeline_parallel,
        replicas=lock.deployment.replicas,
        gpus=found.gpus,
        cost_usd_per_month=found.cost_usd_per_month,
        **metrics,
        binding=found.binding,
        capacity_rps=found.capacity_rps,
        capacity_at_least=found.capacity_at_least,
        kv_cache_use=found.kv_cache_use,
        quality=found.quality,
        scores=found.scores,
        source=found.source,
        correction=found.correction,
        conflict=found.conflict,
        mode=lock.deployment.mode,
        kept=lock.choice.kept,
        why=lock.choice.why,
        instead_of="",
        refused_by="",
        runner_up="",
        runner_up_behind=0.0,
    )


def _replacing(fresh: Compiled, found: Found) -> Compiled:
    """Return a fresh compile that says which locked choice it replaces."""
    old = found.lock.choice.candidate if found.lock else ""
    if old in ("", fresh.lock.choice.candidate):
        return fresh
    decision = replace(fresh.decision, instead_of=old, refused_by=fresh.plan.refused_by(old))
    return replace(fresh, decision=decision)


def _result(place: Place, compiled: Compiled, found: Found) -> Work:
    lock, plan = compiled.lock, compiled.plan
    folder = str(Path(lock.manifests[0].path).parent)
    files = {f"{folder}/{item.name}": item.text.encode() for item in compiled.manifests}
    files[place.lock.name] = dump(lock).encode()
    old = {entry.path: entry.digest for entry in found.lock.manifests} if found.lock else {}
    foreign = _foreign(place, files, old)
    if foreign:
        return failed(place, lock.workload, ExitCode.BAD_INPUT, foreign)
    own = [path for path in sorted(set(old) - set(files)) if _is_own(path, folder)]
    gone = [path for path in own if _is_ours(place.folder / path, old[path])]
    unused = unused_text(plan.unused_measurements)
    report = WorkloadReport(
        workload=lock.workload,
        path=place.shown,
        status="unchanged",
        exit_code=0,
        feasible=lock.ranking.feasible,
        considered=lock.ranking.considered,
        choice=choice_of(plan, compiled.decision, lock),
        assumptions=lock.assumptions,
        refused=lock.refused,
        policies=_policies(plan, lock),
        notes=(
            *found.notes,
            *_conflicts(plan, compiled.decision.row),
            *([unused] if unused else ()),
        ),
    )
    return Work(place, report, files, tuple(gone), spec=plan.spec)


def _conflicts(plan: RankedPlan, chosen: int) -> list[str]:
    """Return how outcomes contradict what was measured of others than the choice, which tells of itself."""
    others = sorted(name for name in plan.conflicts if name != plan.name_of(chosen))
    found = {name: plan.conflicts[name] for name in others}
    return [f"{name}: {conflict_text(it.outcomes, it.runs, it.factors)}" for name, it in found.items()]


def failed(place: Place, name: str, code: ExitCode, problems: tuple[Diagnostic, ...]) -> Work:
    """Return the outcome of a workload that cannot be compiled."""
    report = WorkloadReport(workload=name, path=place.shown, status="failed", exit_code=int(code))
    return Work(place, report, {}, problems=problems)


def _is_own(path: str, folder: str) -> bool:
    """Tell whether a path of a lock lies in this workload's output, or in its own folder, where that may have been."""
    inside = not Path(path).is_absolute() and ".." not in Path(path).parts
    return inside or Path(path).parent == Path(folder)


def _is_ours(path: Path, digest: str) -> bool:
    """Tell whether a file that is no longer rendered is just as an earlier compile left it, and may go."""
    content = read_optional(path)
    return content is not None and content.startswith(HEADER.encode()) and digest_of(content) == digest


def _foreign(place: Place, files: Mapping[str, bytes], listed: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Return a problem for each file in the way that no compile wrote: it is not overwritten."""
    names = [name for name in sorted(files) if name != place.lock.name and name not in listed]
    contents = {name: read_optional(place.folder / name) for name in names}
    hint = "move it, or set output.manifests in neuralnav.yaml to another folder"
    return tuple(
        Diagnostic(Where(show(place.folder / name)), "this file is in the way and was not written by neuralnav", hint)
        for name, content in contents.items()
        if content is not None and not content.startswith(HEADER.encode())
    )


def code_of(plan: RankedPlan) -> ExitCode:
    """Return what a plan means for the exit code: done, nothing feasible, or all that is feasible refused by policy."""
    if plan.views["balanced"]:
        return ExitCode.DONE
    return ExitCode.REFUSED if plan.refused_by_policy else ExitCode.INFEASIBLE


def _without_choice(place: Place, plan: RankedPlan) -> WorkloadReport:
    code = code_of(plan)
    status: Status = "refused" if code is ExitCode.REFUSED else "infeasible"
    return WorkloadReport(
        workload=plan.spec.name,
        path=place.shown,
        status=status,
        exit_code=int(code),
        considered=plan.candidates.table.num_rows,
        refused=locked_refusals(plan.shut_out),
        policies=_policies(plan, None),
    )


def _policies(plan: RankedPlan, lock: Lock | None) -> ReportedPolicies | None:
    """Return what policies did to a plan and say of its choice; None where none is bound in its environment."""
    if plan.judged is None or not plan.judged.lines:
        return None
    said = lock.choice.verdicts if lock else ()
    return ReportedPolicies(applied=len(plan.judged.applied), refused=plan.refused_by_policy, verdicts=said)


def _inside(place: Place, files: Mapping[str, bytes]) -> None:
    for name in files:
        target = (place.folder / name).resolve()
        inside = target.is_relative_to(place.root.resolve())
        if not inside or any(part.startswith(".") for part in target.relative_to(place.root.resolve()).parts):
            message = f'the lock names a manifest outside the repository: "{name}"'
            raise InputError([Diagnostic(Where(show(place.lock)), message, "run neuralnav compile")])


def digest_of(content: bytes | None) -> str:
    """Return the digest of a file as a lock lists it; empty where there is none."""
    return "" if content is None else "sha256:" + hashlib.sha256(content).hexdigest()
