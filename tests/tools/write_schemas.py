"""Write schemas/<kind>.<version>.json for every kind: `uv run python -m tests.tools.write_schemas`."""

from pathlib import Path

from neuralnav.cli.schema_verb import KINDS, VERSION, schema_text

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def main() -> None:
    """Write every schema and remove those of kinds that are gone."""
    SCHEMAS.mkdir(exist_ok=True)
    wanted = {f"{kind}.{VERSION}.json": schema_text(kind) for kind in KINDS}
    for path in SCHEMAS.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (SCHEMAS / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
