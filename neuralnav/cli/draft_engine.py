"""Which engine reads a prose: the options that name a language model, and the asking."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import click

from neuralnav.draft import Heard, hear, voice_of
from neuralnav.draft.llm.port import Limits
from neuralnav.model.catalog import Catalog
from neuralnav.model.plain_text import printable

Command = TypeVar("Command", bound=Callable[..., object])

SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The language model that was asked for, and how long it may take."""

    llm: str = "none"
    model: str = ""
    timeout: float = SECONDS


LONG = 100_000
"""So many characters take a second and more to read, which is then said on a terminal."""


def engine_options(command: Command) -> Command:
    """Add the options `--llm`, `--model` and `--timeout`."""
    timeout = click.option(
        "--timeout", type=click.FloatRange(1, 3600), default=SECONDS, show_default=True, metavar="SECONDS",
        help="How long a model may take; the rules then speak alone.",
    )  # fmt: skip
    model = click.option(
        "--model", default="", envvar="NEURALNAV_LLM_MODEL", metavar="NAME", help="Which model of the endpoint to ask."
    )
    llm = click.option(
        "--llm", default="auto", show_default=True, envvar="NEURALNAV_LLM", metavar="WHICH",
        help="none, auto (Ollama where it listens), ollama[:MODEL], or the URL of an OpenAI-compatible endpoint.",
    )  # fmt: skip
    return llm(model(timeout(command)))


def heard(prose: str, catalog: Catalog, asked: Asked, *, history: Sequence[str] = ()) -> Heard:
    """Return what the rules read in a prose, and the model that was asked for, its progress shown.

    Raises `InputError` for a choice that names no model, and where the packages to ask one are missing.
    """
    if len(prose) > LONG and sys.stderr.isatty():
        click.echo(f"reading {len(prose):,} characters", err=True)
    if asked.llm == "none":
        return hear(prose, catalog)
    from neuralnav.draft.llm.find import find_model  # `none` costs nothing

    found = find_model(asked.llm, os.environ, model=asked.model)
    if found.model is None:
        alone = hear(prose, catalog)
        return replace(alone, notes=(found.note,)) if found.note else alone
    from neuralnav.cli.output import progress

    if sys.stderr.isatty():
        click.echo(printable(f"asking {voice_of(found.model)}"), err=True)
    with progress("characters of an answer", 0) as counter:

        def on_text(so_far: int) -> None:
            counter.step(so_far - counter.done)

        limits = Limits(total_s=asked.timeout)
        answer = hear(prose, catalog, model=found.model, limits=limits, history=history, on_text=on_text)
    return replace(answer, notes=(found.note, *answer.notes)) if found.note else answer
