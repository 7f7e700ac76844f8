"""Compare measured rows with the serving model: each client is repeated once, and kept."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from neuralnav.cli.output import progress
from neuralnav.cli.pool import run_all
from neuralnav.files.measured import ResidualCache
from neuralnav.model.catalog import Catalog, ServingList
from neuralnav.model.outcome import Outcome
from neuralnav.model.spec import UnusedRuns
from neuralnav.serving.configurations import Configuration, possible
from neuralnav.serving.identity import evidence_id
from neuralnav.serving.local import Measured, Residual, plausible
from neuralnav.serving.outcomes import OUTCOME_REASONS, name_of_outcome, outcome_id, repeatable, seen_runs
from neuralnav.serving.runs import (
    CROWDED,
    OTHER_SETTINGS,
    TOO_FAR,
    UNKNOWN,
    MeasuredRun,
    crowded,
    id_of,
    is_deployed,
    name_of,
    read_run,
    residual_of,
)
from neuralnav.serving.windows import OLDER, pooled

INLINE_JOBS = 50
"""Up to this many clients are repeated in this process: one takes up to 0.2 s, starting workers a second."""

Job = tuple[MeasuredRun, Configuration, ServingList]


def compare(
    catalog: Catalog, rows: Sequence[Mapping[str, Any]], ids: Collection[str], outcomes: Sequence[Outcome] = ()
) -> Measured:
    """Return how measured rows and outcomes of the candidates `ids` lie from predictions, of what would be deployed.

    Those of candidates that exist but are not asked for are left out; those that say nothing are told by reason.
    """
    known = {item.id: item for item in possible(catalog)}
    wanted = frozenset(ids)
    every = [(name_of(row), _deployed(row, known, wanted, catalog.serving)) for row in rows]
    windows = [
        _achieved(seen, run, known, wanted)
        for seen, run in zip(outcomes, repeatable(outcomes, catalog.serving), strict=True)
    ]
    every += [(name_of_outcome(seen), run) for seen, run in zip(outcomes, windows, strict=True)]
    left = [(run, name) for name, run in every if isinstance(run, str) and run]
    runs = [run for _, run in every if isinstance(run, MeasuredRun) and run.window is None]
    of_places, older = pooled(seen_runs(outcomes, windows))
    runs += of_places
    left += [(OLDER, name) for name in older]
    beyond = crowded(runs)
    left += [(CROWDED, runs[position].name) for position in sorted(beyond)]
    runs = [run for position, run in enumerate(runs) if position not in beyond]
    found: dict[str, list[Residual]] = {}
    for run, outcome in zip(runs, residuals(runs, known, catalog.serving), strict=True):
        if isinstance(outcome, Residual):
            found.setdefault(run.id, []).append(outcome)
        else:
            left.append((outcome, run.name))
    kept = {}
    for name in sorted(found):
        kept[name], far = plausible(found[name])
        left += [(TOO_FAR, item.name) for item in far]
    return Measured({name: near for name, near in kept.items() if near}, _unused(left))


def _deployed(
    row: Mapping[str, Any], known: Collection[str], wanted: Collection[str], serving: ServingList
) -> MeasuredRun | str:
    """Return the run of a row, the reason why it says nothing, or nothing where its candidate is not asked for."""
    name = id_of(row)
    if name not in wanted:
        return "" if name in known else UNKNOWN
    run = read_run(row, serving)
    return run if isinstance(run, str) or is_deployed(run) else OTHER_SETTINGS


def _achieved(
    outcome: Outcome, run: MeasuredRun | str, known: Collection[str], wanted: Collection[str]
) -> MeasuredRun | str:
    """Return the same of an outcome, whose run is at hand."""
    name = outcome_id(outcome)
    if name not in wanted:
        return "" if name in known else UNKNOWN
    return run if isinstance(run, str) or is_deployed(run) else OTHER_SETTINGS


def _unused(left: Sequence[tuple[str, str]]) -> tuple[UnusedRuns, ...]:
    named = {reason: sorted(name for why, name in left if why == reason) for reason in OUTCOME_REASONS}
    return tuple(UnusedRuns(reason, len(names), names[0]) for reason, names in named.items() if names)


def residuals(
    runs: Sequence[MeasuredRun], known: Mapping[str, Configuration], serving: ServingList
) -> list[Residual | str]:
    """Return how each run lies from its prediction, or the reason why it cannot be predicted, in the order of runs."""
    cache = ResidualCache()
    jobs: list[Job] = [(run, known[run.id], serving) for run in runs]
    keys = [_key(job) for job in jobs]
    found = {key: cache.get(key) for key in dict.fromkeys(keys)}
    fresh = {key: job for key, job in zip(keys, jobs, strict=True) if found[key] is None}
    with progress("repeating the clients of measured runs", len(fresh)) as counter:
        answers = run_all(_compare, list(fresh.values()), counter.step, processes=None, inline=INLINE_JOBS)
        for key, outcome in zip(fresh, answers, strict=True):
            cache.put(key, outcome)
            found[key] = outcome
    return [_named(run, found[key]) for run, key in zip(runs, keys, strict=True)]


def _key(job: Job) -> str:
    """Return the digest of what a comparison follows from: everything but the name of the run."""
    run, configuration, serving = job
    curve = evidence_id(configuration, run.prompt_tokens, run.output_tokens, serving, run.settings)
    facts = [curve, type(run.client).__name__, asdict(run.client), run.ms]
    facts += [asdict(run.window)] if run.window else []
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _compare(job: Job) -> Residual | str:
    return residual_of(*job)


def _named(run: MeasuredRun, outcome: Residual | str | None) -> Residual | str:
    match outcome:
        case Residual():
            return replace(outcome, name=run.name)
        case str():
            return outcome
        case None:
            raise AssertionError(run.name)
