"""`neuralnav policy eval`."""

import json
from collections.abc import Mapping

import click

from neuralnav.cli.tables import print_table
from neuralnav.enforce.shown import shown
from neuralnav.errors import Diagnostic, InputError, Where, input_error
from neuralnav.model.document import option_node, plain
from neuralnav.model.plain_text import counted, printable
from neuralnav.policy.evaluation import value_of
from neuralnav.policy.faults import EvaluationError, ExpressionError, Fault, diagnose
from neuralnav.policy.interpret import interpret
from neuralnav.policy.parse import parse
from neuralnav.policy.values import kind_of

NAME = "expression"
"""What errors call the text of the command line."""


@click.command(
    name="eval",
    short_help="Try an expression.",
    epilog="\b\nneuralnav policy eval \"'%.1f s'.format([ms('1500ms') / 1000.0])\"\n"
    "neuralnav policy eval 'candidate.gpus <= 4' --workload services/chat",
)
@click.argument("expression")
@click.option("--workload", metavar="PATH", help="Check types, and run over the candidates of this workload.")
@click.option("--candidate", metavar="ID", help="Of that workload, only this one, with all values that are read.")
@click.option("--bind", "bound", multiple=True, metavar="NAME=VALUE", help="A name and its value, in YAML.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(expression: str, *, workload: str | None, candidate: str | None, bound: tuple[str, ...], form: str) -> None:
    """Try an EXPRESSION of the policy language.

    Alone, it is evaluated with the values of --bind. With --workload its types are checked, and it is run over the
    candidates that the workload itself admits: how many it is true of, and which come first. Exit 2 when it has an
    error.
    """
    bindings = dict(_binding(text) for text in bound)
    if workload is None and candidate is not None:
        raise input_error("--candidate", "a candidate is one of a workload", "add --workload PATH")
    try:
        if workload is None:
            found = _alone(expression, bindings)
        else:
            from neuralnav.cli.policy_over import (
                over_candidates,  # with Arrow and the catalogs, which a value needs not
            )

            found = over_candidates(expression, bindings, workload, candidate)
    except ExpressionError as error:
        raise InputError([diagnose(NAME, expression, fault) for fault in error.faults]) from None
    except EvaluationError as error:
        raise InputError([diagnose(NAME, expression, _advised(error.fault))]) from None
    if form == "json":
        click.echo(json.dumps(found, indent=2, default=str))
    else:
        _print(found)


def _binding(text: str) -> tuple[str, object]:
    name, separator, value = text.partition("=")
    if not separator or not all(part.isidentifier() for part in name.strip().split(".")):
        hint = "write it like --bind limit=5000, or --bind candidate='{gpus: 8}'"
        raise InputError([Diagnostic(Where("--bind"), f'"{text}" is not NAME=VALUE', hint)])
    return name.strip(), plain(option_node(value, f"--bind {name.strip()}"))


def _advised(fault: Fault) -> Fault:
    if fault.kind == "undeclared" and not fault.hint:
        hint = "give it with --bind NAME=VALUE, or name a workload with --workload"
        return Fault(fault.kind, fault.span, fault.message, hint)
    return fault


def _alone(expression: str, bindings: Mapping[str, object]) -> dict[str, object]:
    value = value_of(expression, bindings)
    kind = kind_of(interpret(parse(expression), bindings))
    return {"expression": expression, "type": kind, "value": value}


def _print(found: Mapping[str, object]) -> None:
    match found:
        case {"candidate": candidate, "values": dict() as values}:
            error = found.get("error")
            value = f"no value: {error['message']}" if isinstance(error, dict) else shown(found["value"])
            click.echo(f"{printable(value)}  {found['type']}, of {candidate} for {found['workload']}")
            width = max((len(path) for path in values), default=0)
            for path, text in values.items():
                click.echo(f"  {path.ljust(width)}  {printable(text)}")
        case {"workload": workload, "candidates": int() as candidates, "first": dict() as first}:
            click.echo(f"{found['type']}, on the {counted(candidates, 'candidate')} that {workload} admits, best first")
            if "true" in found:
                rows = [(name, f"{found[name]:,}", ", ".join(ids)) for name, ids in first.items()]
                print_table(("", "candidates", "first"), rows, right=(1,))
            else:
                for candidate, value in first.items():
                    click.echo(f"  {candidate}  {printable(value if isinstance(value, str) else shown(value))}")
        case _:
            text = str(found["value"]) if found["type"] == "type" else shown(found["value"])
            click.echo(f"{printable(text)}  {found['type']}")
