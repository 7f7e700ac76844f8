"""`neuralnav draft eval`."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from neuralnav.cli.draft_cases import load_cases
from neuralnav.cli.draft_engine import Asked, engine_options
from neuralnav.cli.output import progress
from neuralnav.cli.tables import print_table
from neuralnav.draft import draft
from neuralnav.draft.alike import names_of
from neuralnav.draft.evaluate import GROUPS, OTHERS, Case, Judgement, Score, Tally, group_of, score
from neuralnav.draft.llm.port import LanguageModel, Limits
from neuralnav.errors import ExitCode, input_error
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.catalog import Catalog
from neuralnav.model.draft import FIELDS, Draft
from neuralnav.model.plain_text import counted, printable

WIDEST = 70
"""Characters of a value that a line shows."""


@click.command(
    name="eval",
    short_help="Measure how well descriptions are read.",
    epilog="In CI: neuralnav draft eval --fail-under useCase=0.95 --fail-under traffic.users=0.98",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--show", type=click.Choice(["counts", "wrong", "all"]), default="wrong", show_default=True,
              help="List what was read wrong; all: and what was read where no label is; counts: neither.")  # fmt: skip
@click.option("--fail-under", "bars", multiple=True, metavar="FIELD=SHARE",
              help="Exit 3 when a field or a group, as in 'users=0.98', is read right less often.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@engine_options
def command(
    paths: tuple[str, ...],
    *,
    show: str,
    bars: tuple[str, ...],
    form: str,
    llm: str,
    model: str,
    timeout: float,
) -> int:
    """Draft each labelled description and tell how many fields come out as labelled.

    PATHS are files and folders of cases; without one, tests/draft_eval. A share counts what is right among what is
    labelled and what was invented. This is a measurement: it exits 0 whatever it finds, unless --fail-under is given.
    """
    limits = dict(_bar(text) for text in bars)
    catalog = load_catalog()
    names = names_of(catalog)
    cases = load_cases(paths, names)
    found = score(cases, _drafts(cases, catalog, Asked(llm, model, timeout)), names)
    low = [(key, tally, limits[key]) for key, tally in _tallies(found).items() if key in limits]
    low = [(key, tally, bar) for key, tally, bar in low if tally.share < bar]
    if form == "json":
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=True))
    else:
        _print(found, show)
        for key, tally, bar in low:
            click.echo(f"{key}: {_percent(tally)} is below {bar:.1%}", err=True)
    return ExitCode.DRIFT if low else ExitCode.DONE


def _drafts(cases: Sequence[Case], catalog: Catalog, asked: Asked) -> list[Draft]:
    """Return the draft of each case; the model is looked for once, and the rules speak where it does not answer."""
    chosen = _model(asked)
    if chosen is None:
        return [draft(case.prose, catalog) for case in cases]
    limits = Limits(total_s=asked.timeout)
    drafts = []
    with progress("descriptions", len(cases)) as counter:
        for case in cases:
            drafts.append(draft(case.prose, catalog, model=chosen, limits=limits))
            counter.step()
    return drafts


def _model(asked: Asked) -> LanguageModel | None:
    """Return the model that was asked for, or None; why it is not there is told. As in `draft_engine.heard`."""
    if asked.llm == "none":
        return None
    from neuralnav.draft.llm.find import find_model  # `none` costs nothing

    found = find_model(asked.llm, os.environ, model=asked.model)
    if found.note:
        click.echo(found.note, err=True)
    return found.model


def _bar(text: str) -> tuple[str, float]:
    key, separator, share = text.rpartition("=")
    if not separator or key not in (*FIELDS, *GROUPS, OTHERS):
        hint = f"name a field, as in useCase=0.95, or one of {', '.join((*GROUPS, OTHERS))}"
        raise input_error("--fail-under", f'"{text}" is not FIELD=SHARE', hint)
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise input_error("--fail-under", f'"{share}" is not a share', "write it like 0.95")
    return key, value


def _tallies(found: Score) -> Mapping[str, Tally]:
    return {**found.by_field(), **found.by_group()}


def _percent(tally: Tally) -> str:
    return f"{int(tally.share * 1000) / 10:.1f} %"  # cut, not rounded: 94.96 % has not reached 95


def _print(found: Score, show: str) -> None:
    click.echo(printable(f"{counted(found.cases, 'description')}, read by {_voices(found)}") + "\n")
    for title, tallies in (
        ("field", found.by_field()),
        ("group", found.by_group()),
        ("language", found.by_language()),
        ("file", found.by_file()),
    ):
        header = (title, "labelled", "right", "wrong", "missed", "invented", "share")
        print_table(header, [_row(key, tally) for key, tally in tallies.items()], right=range(1, 7))
        click.echo()
    if found.broken:
        click.echo(f"quotes: {len(found.broken)} are not in the prose, of {counted(found.quotes, 'finding')}")
    else:
        click.echo(f"quotes: every one of {counted(found.quotes, 'finding')} is in the prose")
    for broken in found.broken:
        click.echo(f'  {broken.case.file}/{broken.case.id}  {broken.field}: "{printable(broken.quote)}"')
    click.echo(f"without a label, hence not judged: {counted(len(found.unlabelled), 'finding')}")
    if show != "counts":
        for line in _miss_lines(found.misses()):
            click.echo(line)
    if show == "all":
        click.echo("\nwithout a label")
        for item in found.unlabelled:
            click.echo(f"  {item.case.file}/{item.case.id}  {item.field}: {_short(item.got)}")


def _voices(found: Score) -> str:
    """Return who read the descriptions, and how many each where it was not one alone."""
    if len(found.voices) == 1:
        return next(iter(found.voices))
    return ", ".join(f"{voice} ({count})" for voice, count in found.voices.items()) or "nobody"


def _row(key: str, tally: Tally) -> tuple[str, ...]:
    counts = (tally.labelled, tally.right, tally.wrong, tally.missed, tally.invented)
    return (key, *(str(count) for count in counts), _percent(tally))


def _miss_lines(misses: Iterable[Judgement]) -> Iterator[str]:
    """Yield what is not right: by group, then in the order of the cases."""
    every = tuple(misses)
    for group in (*GROUPS, OTHERS):
        own = [item for item in every if group_of(item.field) == group]
        if own:
            yield f"\n{group}: {counted(len(own), 'miss', 'misses')}"
        for item in own:
            said = f"expected {_short(item.expected)}, got {_short(item.got)}"
            yield f"  {item.case.file}/{item.case.id}  {item.field} {item.outcome}: {said}"


def _short(text: str) -> str:
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= WIDEST else plain[: WIDEST - 3] + "..."


def _as_json(found: Score) -> dict[str, object]:
    return {
        "voices": dict(found.voices),
        "cases": found.cases,
        "fields": {key: _tally_json(tally) for key, tally in found.by_field().items()},
        "groups": {key: _tally_json(tally) for key, tally in found.by_group().items()},
        "languages": {key: _tally_json(tally) for key, tally in found.by_language().items()},
        "files": {key: _tally_json(tally) for key, tally in found.by_file().items()},
        "quotes": {
            "findings": found.quotes,
            "broken": [
                {"file": item.case.file, "case": item.case.id, "field": item.field, "quote": item.quote}
                for item in found.broken
            ],
        },
        "unlabelled": [
            {"file": item.case.file, "case": item.case.id, "field": item.field, "got": item.got}
            for item in found.unlabelled
        ],
        "misses": [
            {"file": item.case.file, "case": item.case.id, "field": item.field, "outcome": item.outcome,
             "expected": item.expected, "got": item.got}
            for item in found.misses()
        ],
    }  # fmt: skip


def _tally_json(tally: Tally) -> dict[str, object]:
    return {
        "labelled": tally.labelled, "right": tally.right, "wrong": tally.wrong, "missed": tally.missed,
        "invented": tally.invented, "share": round(tally.share, 4),
    }  # fmt: skip
