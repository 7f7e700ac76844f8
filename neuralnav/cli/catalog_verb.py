"""`neuralnav catalog`: what plans choose from, and where each figure comes from."""

import json
from pathlib import Path

import click

from neuralnav.cli.output import format_option
from neuralnav.cli.tables import print_table
from neuralnav.errors import input_error
from neuralnav.files.data import load_catalog, load_project
from neuralnav.files.places import find_root
from neuralnav.model.catalog import Catalog
from neuralnav.model.document import suggestion
from neuralnav.model.quantity import format_ms

WHAT = ("models", "accelerators", "use-cases", "profiles")


@click.command(name="catalog", epilog="One entry with all its figures and sources: neuralnav catalog models qwen3-8b")
@click.argument("what", type=click.Choice(WHAT), default="models")
@click.argument("entry", required=False)
@format_option
def command(what: str, entry: str | None, *, form: str) -> None:
    """List what plans choose from: models, accelerators, use cases or traffic profiles, or one ENTRY in full."""
    root = find_root(Path.cwd())
    catalog = load_catalog([root / path for path in load_project(root).spec.catalogs])
    entries = {
        "models": catalog.models, "accelerators": catalog.accelerators, "use-cases": catalog.use_cases,
        "profiles": catalog.profiles,
    }[what]  # fmt: skip
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
            ", ".join(f"{p.provider} ${p.hourly_usd:.2f}" for p in a.prices) or "price unknown",
        )
        for a in catalog.accelerators.values()
    ]
    header = ("id", "name", "memory", "bandwidth", "bf16 TFLOP/s", "precisions", "USD per hour, on demand")
    print_table(header, rows, form=form, right=(2, 3, 4))
