"""A published config.json to the text of a catalog overlay: what it says verified, the rest marked or refused."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neuralnav.adopt.config import read_config
from neuralnav.adopt.reading import Published, published
from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.model.base import SERVICE_NAME, Line, Token
from neuralnav.model.catalog import Id, Model, ModelCatalog
from neuralnav.model.document import Source
from neuralnav.model.emit import emit
from neuralnav.serving.memory import AGREES, parameter_count

UNSAID = "config.json does not say"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the user says of a model, as options give it."""

    repo: str | None = None
    license: str | None = None
    id: str | None = None
    name: str | None = None
    family: str | None = None
    parameters_b: float | None = None
    tool_use: bool | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """The overlay and what to say about it. `unverified` names the figures that config.json did not give.

    `text` has no schema line: its path depends on where the overlay goes.
    """

    model: Model
    published: Published
    text: str
    computed_b: float
    unverified: tuple[str, ...]


def adopt(source: Source, stated: Stated, *, today: date) -> Adopted:
    """Return the overlay of the model that a config.json describes.

    Raises `InputError` with every problem of the file and of the options.
    """
    problems = list(_option_problems(stated))
    found: Published | None = None
    try:
        found = published(read_config(source))
    except InputError as error:
        problems = [*error.diagnostics, *problems]
    if found is not None:
        problems += _disagreement(found, stated)
    if problems or found is None:
        raise InputError(problems)
    document = _document(source, found, stated, today)
    model = document.spec.models[0]
    body = document.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    facts = {
        "license": model.license, "parametersB": model.parameters_b, "contextTokens": model.context_tokens,
        "toolUse": model.tool_use, "modalities": model.modalities,
    }  # fmt: skip
    return Adopted(
        model=model,
        published=found,
        text=_HEADER + emit(body),
        computed_b=_computed_b(found),
        unverified=tuple(name for name, fact in facts.items() if not fact.verified),
    )


_HEADER = """\
# Written by `neuralnav catalog add` from a published config.json, and yours to edit.
# `verified: false`: the figure was not in it. Read it off a source, name that, and set it to true.
"""


def model_id(repo: str) -> str:
    """Return the id that a repository's name suggests: lower case, what ids cannot hold as dashes."""
    return re.sub(r"[^a-z0-9._-]+", "-", repo.rpartition("/")[2].lower()).strip("-._")[:63]


def _option_problems(stated: Stated) -> Iterator[Diagnostic]:
    kinds: tuple[tuple[str, str | None, Any, str], ...] = (
        ("--id", stated.id, Id, "lower-case letters, digits, dots, dashes and underscores"),
        ("--family", stated.family, Id, "lower-case letters, digits, dots, dashes and underscores"),
        ("--license", stated.license, Id, "as a model's page spells it, such as apache-2.0"),
        ("--name", stated.name, Line, "one line of at most 400 characters"),
        ("--repo", stated.repo, Token, "as Hugging Face spells it: ORG/NAME"),
    )
    for option, value, kind, hint in kinds:
        if value is not None and not _fits(kind, value):
            yield Diagnostic(Where(option), f"{json.dumps(value)} cannot be used", hint)
    if stated.repo is None:
        yield Diagnostic(Where("--repo"), f"{UNSAID} which repository holds it", "give it: --repo ORG/NAME")
    elif "/" not in stated.repo:
        yield Diagnostic(Where("--repo"), f'"{stated.repo}" has no publisher', "give it whole: --repo ORG/NAME")
    if stated.license is None:
        hint = "give it as the model's page spells it, such as --license apache-2.0"
        yield Diagnostic(Where("--license"), f"{UNSAID} under which licence the model is", hint)
    if stated.parameters_b is not None and not 0 < stated.parameters_b < 1e5:
        yield Diagnostic(Where("--parameters-b"), f"{stated.parameters_b:g} is no number of billions of parameters")


def _fits(kind: Any, value: str) -> bool:  # an annotated type
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return value != ""


def _disagreement(found: Published, stated: Stated) -> Iterator[Diagnostic]:
    computed, said = _computed_b(found), stated.parameters_b
    if said is not None and said > 0 and abs(computed - said) > AGREES * said:
        message = f"{said:g} B stated, {computed:g} B computed from the architecture: {computed / said - 1:+.1%}"
        hint = "give those of the language model alone, without further-token layers; or leave the option out"
        yield Diagnostic(Where("--parameters-b"), message, hint)


LEAST_B = 0.001
"""What is smaller counts as a million parameters; such models only test code."""


def _computed_b(found: Published) -> float:
    return max(LEAST_B, round(parameter_count(found.architecture) / 1e9, 3))


def _document(source: Source, found: Published, stated: Stated, today: date) -> ModelCatalog:
    repo = stated.repo or ""
    organisation, _, name = repo.partition("/")
    key = stated.id or model_id(repo)
    model = {
        "id": key,
        "name": stated.name or name.replace("-", " "),
        "family": stated.family or found.family,
        "publisher": organisation,
        "license": _said(stated.license),
        "architecture": _with_note(found),
        "parametersB": _said(stated.parameters_b) if stated.parameters_b is not None else _computed(found),
        "contextTokens": _read(found.context_tokens),
        "toolUse": _said(stated.tool_use) if stated.tool_use is not None else _unsaid_tool_use(),
        "modalities": _read(list(found.modalities)),
        "checkpoints": [_checkpoint(found, repo)],
    }
    tree = {
        "apiVersion": "neuralnav.dev/v1alpha1",
        "kind": "ModelCatalog",
        "metadata": {"name": _document_name(key)},
        "spec": {"sources": _sources(source, model, repo, today), "models": [model]},
    }
    return ModelCatalog.model_validate_json(json.dumps(tree), strict=True)


def _document_name(key: str) -> str:
    name = re.sub(r"[^a-z0-9-]+", "-", key)[:63].strip("-")
    return name if re.fullmatch(SERVICE_NAME, name) else f"model-{name}"[:63].strip("-")


def _sources(source: Source, model: dict[str, Any], repo: str, today: date) -> dict[str, Any]:
    """Return the sources that the model names."""
    digest = hashlib.sha256(source.text.encode()).hexdigest()[:16]
    known = {
        "config": {
            "title": f"config.json of {repo} as `neuralnav catalog add` read it, sha256 {digest}",
            "url": f"https://huggingface.co/{repo}/blob/main/config.json",
            "retrieved": today.isoformat(),
        },
        "computed": {"title": "Computed by NeuralNav from the architecture"},
        "stated": {"title": "Given to `neuralnav catalog add` by hand", "retrieved": today.isoformat()},
    }
    named = {part["source"] for part in [*model.values(), *model["checkpoints"]] if isinstance(part, dict)}
    return {name: entry for name, entry in known.items() if name in named}


def _read(value: object) -> dict[str, Any]:
    return {"value": value, "source": "config", "verified": True}


def _said(value: object) -> dict[str, Any]:
    return {"value": value, "source": "stated", "verified": False, "note": UNSAID}


def _computed(found: Published) -> dict[str, Any]:
    note = f"{UNSAID}; computed from the architecture"
    return {"value": _computed_b(found), "source": "computed", "verified": False, "note": note}


def _unsaid_tool_use() -> dict[str, Any]:
    return {"value": False, "source": "config", "verified": False, "note": f"{UNSAID}; no until somebody states it"}


def _checkpoint(found: Published, repo: str) -> dict[str, Any]:
    stored = found.stored
    return {
        "precision": stored.precision,
        "repo": repo,
        "quantized": stored.quantized,
        "bitsPerWeight": stored.bits,
        "compute": stored.compute,
        **({"engineQuantization": stored.engine} if stored.engine else {}),
        "source": "config",
        "verified": True,
        "note": f"{stored.note}; the repository is the one that was given"[:400],
    }


def _with_note(found: Published) -> dict[str, Any]:
    tree: dict[str, Any] = found.architecture.model_dump(mode="json", by_alias=True, exclude_none=True)
    defaults = f"; defaults of its class: {', '.join(found.taken)}" if found.taken else ""
    return {**tree, "note": (found.name + defaults)[:400]}
