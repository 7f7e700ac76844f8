"""`neuralnav init`."""

import os
from pathlib import Path

import click

from neuralnav.errors import input_error
from neuralnav.files.catalogs import load_catalog
from neuralnav.files.places import show
from neuralnav.files.writes import write_together
from neuralnav.model.base import SERVICE_NAME
from neuralnav.model.document import suggestion
from neuralnav.model.quantity import format_ms

TEXT = """\
# {title}. Fields and units: docs/formats.md, or `neuralnav schema workload`.
apiVersion: neuralnav.dev/v1alpha1
kind: Workload
metadata:
  name: {name}
spec:
  useCase: {use_case}
  traffic:
    users: {users}          # or requestRate: 12 req/s
  # slo: {{ttft: {ttft}, itl: {itl}, e2e: {e2e}}}   # p95; these are the use case's own
  # priorities: {{accuracy: medium, cost: high, latency: medium, complexity: medium}}
  # constraints:
  #   budget: 6000 USD/month
  #   accelerators: {{allow: [H100, L4]}}
  #   licenses: [apache-2.0, mit]
  deploy:
    namespace: default
"""


@click.command(name="init", epilog="Then: neuralnav compile")
@click.argument("folder", required=False, default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--use-case", default="chatbot_conversational", show_default=True, help="See `neuralnav catalog use-cases`."
)
@click.option("--users", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--name", help="The service's name (default: the folder's).")
def command(folder: Path, *, use_case: str, users: int, name: str | None) -> None:
    """Write a workload.yaml to start from into FOLDER (default: this one). Never overwrites."""
    import re

    cases = {alias: case for case in load_catalog().use_cases.values() for alias in (case.id, *case.aliases)}
    if use_case not in cases:
        raise input_error("--use-case", f'unknown use case "{use_case}"', suggestion(use_case, cases))
    case = cases[use_case]
    chosen = name or re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-0123456789")[:63] or "service"
    if not re.fullmatch(SERVICE_NAME, chosen):
        raise input_error(
            "--name",
            f'"{chosen}" is not a Kubernetes name',
            "use lower case letters, digits and dashes, a letter first",
        )
    path = folder / "workload.yaml"
    if os.path.lexists(path):
        raise input_error(show(path), "this file exists and is not overwritten", "name another folder, or edit it")
    slo = {
        metric: format_ms(getattr(case.slo, metric)).replace(" ", "").replace(".0", "")
        for metric in ("ttft", "itl", "e2e")
    }
    text = TEXT.format(title=case.title, name=chosen, use_case=case.id, users=users, **slo)
    folder.mkdir(parents=True, exist_ok=True)
    write_together(folder, {path.name: text.encode()})
    click.echo(f"wrote {show(path)}; now run: neuralnav compile {show(path)}")
