"""Tables for people: aligned text, or markdown."""

from collections.abc import Container, Sequence

import click


def print_table(
    header: Sequence[str], body: Sequence[Sequence[str]], *, form: str = "text", right: Container[int] = ()
) -> None:
    """Print a table; the columns in `right` are aligned to the right."""
    if form == "markdown":
        click.echo("| " + " | ".join(header) + " |")
        click.echo("|" + "|".join("---:" if i in right else "---" for i in range(len(header))) + "|")
        for row in body:
            click.echo("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
        return
    widths = [max(len(row[i]) for row in (header, *body)) for i in range(len(header))]
    for index, row in enumerate((header, *body)):
        cells = [
            cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if index == 0 else line)
