"""`neuralnav catalog add`."""

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from neuralnav.adopt.overlay import Adopted, Stated, adopt
from neuralnav.cli.catalog_lint import read_documents
from neuralnav.errors import Diagnostic, InputError, input_error
from neuralnav.files.catalogs import load_catalog, load_project
from neuralnav.files.places import PROJECT_NAME, find_root, read_source, show
from neuralnav.files.writes import write_together
from neuralnav.model.document import Source
from neuralnav.serving.memory import WIDE_BYTES, active_parameter_count, kv_bytes_per_token

SCHEMA = Path("schemas", "model-catalog.v1alpha1.json")
FOLDER = "catalogs"


@click.command(
    name="add", short_help="Write an overlay from a model's config.json.", epilog="Then: neuralnav catalog lint"
)
@click.option("--from-config", "config", required=True, type=click.Path(path_type=Path), help="A model's config.json.")
@click.option("--repo", help="Its Hugging Face repository, ORG/NAME.")
@click.option("--license", "licence", help="Its licence, as its page spells it: apache-2.0.")
@click.option("--id", "key", help="Its id in plans. [the repository's name, lower case]")
@click.option("--name", help="Its name in reports. [the repository's]")
@click.option("--family", help="Its family, for constraints. [by its architecture]")
@click.option("--parameters-b", type=float, help="Billions of parameters, as its page states them. [computed]")
@click.option("--tool-use/--no-tool-use", default=None, help="Whether it calls tools. [no, unverified]")
@click.option("--out", type=click.Path(path_type=Path), help=f"The overlay to write. [{FOLDER}/ID.yaml]")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def add(
    config: Path, out: Path | None, *, repo: str | None, licence: str | None, key: str | None, name: str | None,
    family: str | None, parameters_b: float | None, tool_use: bool | None, force: bool,
) -> None:  # fmt: skip
    """Write a catalog overlay from the config.json that a model is published with.

    What the file says is marked verified; what it does not say is asked for, or marked verified: false.
    """
    root = find_root(Path.cwd())
    stated = Stated(
        repo=repo, license=licence, id=key, name=name, family=family, parameters_b=parameters_b, tool_use=tool_use
    )
    found = adopt(_read(config), stated, today=date.today())  # noqa: DTZ011  # the user's day
    path = _target(out or root / FOLDER / f"{found.model.id}.yaml", force=force)
    overlays = [_plain(root / item) for item in load_project(root).spec.catalogs]
    replaced = _replaced(found.model.id, overlays, path)
    schema = os.path.relpath(root / SCHEMA, path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"# yaml-language-server: $schema={schema}\n{found.text}"
    write_together(path.parent, {path.name: text.encode()})
    for line in (*_report(found, path, replaced=replaced), *_wiring(found.model.id, path, root, overlays)):
        click.echo(line)


LONGEST_FILE_NAME = 255


def _plain(path: Path) -> Path:
    """Return a path from the root of the disk, links kept as the user has them."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def _read(path: Path) -> Source:
    """Return the text of a config.json, whose problems are not those of a YAML file."""
    try:
        return read_source(path)
    except InputError as error:
        hint = "--from-config takes the config.json beside a model's weights"
        raise InputError(
            Diagnostic(d.where, d.message.replace("not YAML", "not JSON"), hint) for d in error.diagnostics
        ) from None


def _target(path: Path, *, force: bool) -> Path:
    if path.suffix != ".yaml":
        raise input_error(show(path), "an overlay's name ends in .yaml", f"--out {path.with_suffix('.yaml')}")
    if len(path.name) > LONGEST_FILE_NAME:
        raise input_error(show(path), f"a name of {len(path.name)} characters is too long", "name a shorter --out")
    if path.is_dir():
        raise input_error(show(path), "this is a folder", "name a file with --out")
    if os.path.lexists(path) and not force:
        hint = "name another with --out, or overwrite it with --force"
        raise input_error(show(path), "this file exists and is not overwritten", hint)
    for parent in path.parents:
        if parent.exists():
            if not parent.is_dir():
                raise input_error(show(parent), "this is not a folder", "name another file with --out")
            if not os.access(parent, os.W_OK):
                raise input_error(show(parent), "this folder cannot be written", "name another file with --out")
            break
    return _plain(path)


def _replaced(key: str, overlays: Sequence[Path], path: Path) -> bool:
    """Tell whether the model takes the place of a packaged one. Raises `InputError` when an overlay has it."""
    replaced = key in load_catalog(overlays).models
    for document in read_documents(overlays):
        place = _plain(Path(document.source.name))
        if place == path or not any(place.is_relative_to(item) for item in overlays):
            continue
        for index, model in enumerate(getattr(document.document.spec, "models", ())):
            if model.id == key:
                where = document.where("spec", "models", index, "id")
                hint = "edit it there, or give another --id"
                raise InputError([Diagnostic(where, f'an overlay has a model "{key}" already', hint)])
    return replaced and key in load_catalog().models


def _report(found: Adopted, path: Path, *, replaced: bool) -> Iterator[str]:
    model, a = found.model, found.model.architecture
    kv = kv_bytes_per_token(a, tp=1, kv_bytes=WIDE_BYTES)
    heads = f"latent of {a.kv_lora_rank}" if a.kv_lora_rank else f"{a.kv_heads} KV heads of {a.head_dim}"
    experts = f", {a.experts} experts, {a.experts_per_token} a token" if a.experts else ""
    stated = "" if model.parameters_b.source == "computed" else f"; {model.parameters_b.value:g} B stated"
    window = f", {kv.full:,.0f} of them beyond {a.sliding_window:,} tokens" if a.sliding_window else ""
    stored = found.published.stored
    yield f"{click.style('wrote', fg='green', bold=True)} {show(path)}: {model.id}, {model.name}"
    yield f"  architecture   {found.published.name}: {a.layers} layers of {a.hidden_size}, {heads}{experts}"
    yield f"  parameters     {found.computed_b:g} B computed, {active_parameter_count(a) / 1e9:.3g} B a token{stated}"
    yield f"  KV cache       {kv.full + kv.sliding:,.0f} bytes a token at 16 bits{window}"
    yield f"  context        {model.context_tokens.value:,} tokens"
    yield f"  precision      {stored.precision}, {stored.bits:g} bits a weight ({stored.note})"
    if found.unverified:
        yield f"  unverified     {', '.join(found.unverified)}: not in config.json"
    for remark in found.published.remarks:
        yield f"  not counted    {remark}" if "counted" in remark else f"  note           {remark}"
    if replaced:
        yield f"  replaces       the packaged {model.id}, whole: its other checkpoints are gone from plans"


def _wiring(key: str, path: Path, root: Path, overlays: Sequence[Path]) -> Iterator[str]:
    """Yield how plans come to see the overlay."""
    project = root / PROJECT_NAME
    if any(path.is_relative_to(item) for item in overlays):
        yield f"{PROJECT_NAME} lists it; see it with: neuralnav catalog models {key}"
        return
    listed = ", ".join(os.path.relpath(item, root) for item in (*overlays, path))
    yield f"plans see it when {show(project)} lists it" + (":" if project.exists() else ", which you would add:")
    if not project.exists():
        yield "  apiVersion: neuralnav.dev/v1alpha1"
        yield "  kind: Project"
    yield "  spec:"
    yield f"    catalogs: [{listed}]"
