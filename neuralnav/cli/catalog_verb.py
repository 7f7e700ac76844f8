"""`neuralnav catalog`: what plans choose from, where each figure comes from, and how to add to it."""

import json
from collections.abc import Mapping
from pathlib import Path

import click
from pydantic import BaseModel

from neuralnav.cli.catalog_add import add
from neuralnav.cli.catalog_lint import lint
from neuralnav.cli.output import format_option
from neuralnav.cli.tables import print_table
from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.places import find_root
from neuralnav.model.catalog import Accelerator, Catalog, Price
from neuralnav.model.document import suggestion
from neuralnav.model.quantity import format_ms

WHAT: Mapping[str, str] = {
    "models": "List models, or one ENTRY in full.",
    "accelerators": "List accelerators, or one ENTRY in full.",
    "use-cases": "List use cases, or one ENTRY in full.",
    "profiles": "List traffic profiles, or one ENTRY.",
}


class _Catalog(click.Group):
    """A group that answers a word it does not know with the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            hint = suggestion(args[0], self.commands)
            ctx.fail(f"No such command {args[0]!r}. {hint[:1].upper()}{hint[1:]}".rstrip())
        return super().resolve_command(ctx, args)


@click.group(
    name="catalog",
    cls=_Catalog,
    invoke_without_command=True,
    epilog="One entry with all its figures and sources: neuralnav catalog models qwen3-8b",
)
@format_option
@click.pass_context
def command(ctx: click.Context, *, form: str) -> None:
    """List what plans choose from (without a command: the models), judge it, or add a model to it."""
    if ctx.invoked_subcommand is None:
        _list("models", None, form)


def _listing(what: str, words: str) -> click.Command:
    @click.command(name=what, help=words)
    @click.argument("entry", required=False)
    @format_option
    @click.pass_context
    def listing(ctx: click.Context, entry: str | None, *, form: str) -> None:
        outer = ctx.parent.params["form"] if ctx.parent is not None else "text"
        _list(what, entry, form if form != "text" else str(outer))

    return listing


for _what, _words in WHAT.items():
    command.add_command(_listing(_what, _words))
command.add_command(lint)
command.add_command(add)


def _list(what: str, entry: str | None, form: str) -> None:
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    lists: Mapping[str, Mapping[str, BaseModel]] = {
        "models": catalog.models, "accelerators": catalog.accelerators, "use-cases": catalog.use_cases,
        "profiles": catalog.profiles,
    }  # fmt: skip
    entries = lists[what]
    if entry is not None:
        if entry not in entries:
            raise input_error(what, f'unknown entry "{entry}"', suggestion(entry, entries))
        click.echo(json.dumps(entries[entry].model_dump(mode="json", by_alias=True, exclude_none=True), indent=2))
    elif form == "json":
        dumped = [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in entries.values()]
        click.echo(json.dumps(dumped, indent=2))
    else:
        _print(what, catalog, form)


def _print(what: str, catalog: Catalog, form: str) -> None:
    match what:
        case "models":
            _print_models(catalog, form)
        case "accelerators":
            _print_accelerators(catalog, form)
        case "use-cases":
            cases = [
                (c.id, c.profile, c.arrival, *(format_ms(getattr(c.slo, m)) for m in ("ttft", "itl", "e2e")), c.title)
                for c in catalog.use_cases.values()
            ]
            print_table(("id", "profile", "arrival", "TTFT", "ITL", "E2E", "for"), cases, form=form, right=(3, 4, 5))
        case _:
            profiles = [(p.id, str(p.prompt_tokens), str(p.output_tokens)) for p in catalog.profiles.values()]
            print_table(("id", "prompt tokens", "output tokens"), profiles, form=form, right=(1, 2))


def _print_models(catalog: Catalog, form: str) -> None:
    rows = [
        (
            m.id,
            m.name,
            m.family,
            f"{m.parameters_b.value:g} B",
            "MoE" if m.architecture.experts else "dense",
            f"{m.context_tokens.value:,}",
            m.license.value,
            " ".join(c.precision for c in m.checkpoints),
            "scored" if m.id in catalog.scores else "unknown",
        )
        for m in catalog.models.values()
    ]
    header = ("id", "name", "family", "size", "kind", "context", "licence", "precisions", "quality")
    print_table(header, rows, form=form, right=(3, 5))


def _print_accelerators(catalog: Catalog, form: str) -> None:
    rows = [
        (
            a.id,
            a.name,
            f"{a.memory_gib.value:g} GiB",
            f"{a.bandwidth_gb_s.value:,.0f} GB/s",
            f"{a.bf16_tflops.value:,.0f}",
            " ".join(a.supports.value),
            _on_demand(a),
        )
        for a in catalog.accelerators.values()
    ]
    header = ("id", "name", "memory", "bandwidth", "bf16 TFLOP/s", "precisions", "USD per hour, on demand")
    print_table(header, rows, form=form, right=(2, 3, 4))


def _on_demand(accelerator: Accelerator) -> str:
    """Return the newest on-demand price of each provider, in the order of the file."""
    newest: dict[str, Price] = {}
    for price in accelerator.prices:
        known = newest.get(price.provider)
        if price.kind == "on-demand" and (known is None or price.recorded >= known.recorded):
            newest[price.provider] = price
    other = "unknown" if not accelerator.prices else "not on demand"
    return ", ".join(f"{p.provider} ${p.hourly_usd:.2f}" for p in newest.values()) or other
