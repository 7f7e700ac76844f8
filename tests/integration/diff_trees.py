"""A compiled repository under policies, and what a diff says of an edited copy of it; everything in this process."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from neuralnav.cli.compile_verb import compile_all
from neuralnav.cli.diff_run import run_diff
from neuralnav.cli.work import Options
from neuralnav.files.writes import write_together
from neuralnav.model.diff import PlanDiff

VERSION = "apiVersion: neuralnav.dev/v1alpha1\n"


def workload(name: str, users: int = 20000, use_case: str = "chatbot_conversational", **labels: str) -> str:
    """Return a workload that runs Qwen3 8B on H100 or L40S."""
    return (
        f"{VERSION}kind: Workload\nmetadata:\n  name: {name}\n  labels: {flow(labels)}\nspec:\n"
        f"  useCase: {use_case}\n  traffic: {{users: {users}}}\n  deploy: {{namespace: llm}}\n"
        "  constraints:\n    models: {allow: [qwen3-8b]}\n    accelerators: {allow: [H100, L40S]}\n"
    )


def flow(values: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def project(*bindings: str, exemptions: str = "") -> str:
    """Return a project file that binds policies."""
    lines = "".join(f"    - {item}\n" for item in bindings)
    return f"{VERSION}kind: Project\nspec:\n  policies:\n{lines}{exemptions}"


def policy(name: str, require: str, extra: str = "", kind: str = "Policy") -> str:
    """Return a policy of one rule, `r`."""
    rule = f'  rules:\n    - {{id: r, require: "{require}"}}\n'
    return f"{VERSION}kind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{extra}{rule}"


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder, compile what is there, and return the folder."""
    write(folder, files)
    items, problems = compile_all((str(folder),), Options())
    assert problems == []
    for item in items:
        write_together(item.place.folder, dict(item.files), ())
    return folder


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files below a folder, or remove those without a text."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)


def edited(base: Path, folder: Path, files: Mapping[str, str | None]) -> Path:
    """Return a copy of a repository with other files."""
    head = Path(shutil.copytree(base, folder / "head"))
    write(head, files)
    return head


def told(base: Path, head: Path, *paths: str, bundle: Path | None = None) -> PlanDiff:
    """Return the diff of two folders."""
    return run_diff(str(base), str(head), paths, manifest_texts=False, bundle=bundle)
