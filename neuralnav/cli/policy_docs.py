"""`neuralnav policy docs`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from neuralnav.cli.policy_files import Loaded, load_policies
from neuralnav.cli.policy_meaning import match_text, rule_text
from neuralnav.cli.policy_text import write_text
from neuralnav.enforce.shown import one_line, shown
from neuralnav.errors import InputError
from neuralnav.files.catalogs import load_project
from neuralnav.files.places import find_root
from neuralnav.model.policy import FleetPolicy
from neuralnav.model.project import Exemption, Project

ELSEWHERE = "elsewhere"
"""The column of workloads without one of the environments that the project names."""


@click.command(
    name="docs",
    short_help="Write what is enforced where, as markdown.",
    epilog="neuralnav policy docs --output docs/policies.md",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file, in place of standard output.")
def command(*, output: Path | None) -> None:
    """Write what is enforced where, as markdown: for each environment the policies that bind there and how hard.

    Each policy with its rules, parameters as they are bound, and exemptions with owner and expiry. Exit 2 when a policy
    has an error.
    """
    found = load_policies(())
    if found.problems:
        raise InputError(found.problems)
    project = load_project(find_root(Path.cwd()))
    text = policies_markdown(found.policies, project)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_text(output, text)
        click.echo(f"wrote {output}")


def policies_markdown(policies: Sequence[Loaded], project: Project) -> str:
    """Return the page: which policy binds where, and each of them by name. The same bytes for the same project."""
    by_name: dict[str, list[Loaded]] = {}
    for item in sorted(policies, key=lambda item: item.name):
        by_name.setdefault(item.name, []).append(item)
    exemptions = project.spec.exemptions
    lines = [
        "# Policies",
        "",
        "Written by `neuralnav policy docs` from `neuralnav.yaml` and the policies that it binds.",
        "",
        *_matrix(by_name, _environments(policies, project)),
    ]
    for name, bound in by_name.items():
        lines += ["", *_policy(bound, [item for item in exemptions if item.policy == name])]
    return "\n".join(lines) + "\n"


def _environments(policies: Sequence[Loaded], project: Project) -> list[str]:
    """Return the environments that the project names: its own first, then those of bindings, sorted."""
    bound = {name for item in policies if item.binding for name in item.binding.environments or ()}
    own = list(project.spec.environments)
    return [*own, *sorted(bound - set(own))]


def _matrix(by_name: dict[str, list[Loaded]], environments: Sequence[str]) -> Iterator[str]:
    yield from _table(
        ("policy", *environments, ELSEWHERE if environments else "everywhere"),
        (
            (f"[{name}](#{name})", *(_enforced(bound, item) for item in (*environments, "")))
            for name, bound in by_name.items()
        ),
    )
    yield ""
    yield "`deny` refuses a candidate, `warn` points it out, `audit` records it. Empty: the policy does not bind there."


def _enforced(bound: Sequence[Loaded], environment: str) -> str:
    for item in bound:
        if item.binding is not None and (not item.binding.environments or environment in item.binding.environments):
            return item.binding.enforcement
    return ""


def _policy(bound: Sequence[Loaded], exemptions: Sequence[Exemption]) -> Iterator[str]:
    first = bound[0]
    document = first.policy.parsed.document
    yield f"## {first.name}"
    yield ""
    if document.spec.description:
        yield one_line(document.spec.description)
        yield ""
    group = document.spec.group_by if isinstance(document, FleetPolicy) else None
    together = f", each value of the label {group} together" if group else ""
    yield f"For {match_text(document.spec.match)}{together}. From `{first.policy.parsed.source.name}`."
    yield ""
    yield from _table(
        ("rule", "does", "expression", "why", "what it says"),
        (
            (rule.id, rule_text(rule)[0], _code(rule_text(rule)[1]), rule.about, _says(first, index))
            for index, rule in enumerate(first.policy.rules)
        ),
    )
    if first.policy.variables:
        yield ""
        yield from _table(("variable", "expression"), _variables(first))
    if document.spec.params:
        yield ""
        yield from _table(("parameter", "type", *(_where(item) for item in bound), "meaning"), _params(bound))
    if exemptions:
        yield ""
        yield from _table(("exempt from", "for", "until", "owner", "reason"), map(_exemption, exemptions))


def _says(item: Loaded, index: int) -> str:
    rule = item.policy.rules[index]
    if rule.message_expression is not None:
        return _code(one_line(rule.message_expression.text))
    return rule.message


def _where(item: Loaded) -> str:
    environments = item.binding.environments if item.binding else None
    return f"value in {', '.join(environments)}" if environments else "value"


def _variables(item: Loaded) -> Iterator[tuple[str, ...]]:
    for name, checked in item.policy.variables.items():
        yield name, _code(one_line(checked.text))


def _params(bound: Sequence[Loaded]) -> Iterator[tuple[str, ...]]:
    values = [item.params() for item in bound]
    for name, declared in bound[0].policy.parsed.document.spec.params.items():
        cells = (_code(shown(found[name])) if name in found else "" for found in values)
        yield (name, _code(declared.type), *cells, declared.about or "")


def _exemption(item: Exemption) -> tuple[str, ...]:
    workloads = ", ".join(item.workloads) if item.workloads else "all workloads"
    environments = f" in {', '.join(item.environments)}" if item.environments else ""
    return item.rule, workloads + environments, item.expires.isoformat(), item.owner, item.reason


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else ""


def _table(header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(_escaped(cell) for cell in row) + " |"


def _escaped(cell: str) -> str:
    text = one_line("".join(c if c.isprintable() else " " for c in cell)).replace("|", "\\|")
    return text if text.startswith("`") else text.replace("<", "&lt;")
