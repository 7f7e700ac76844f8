"""Write the JSON Schema of a model's answer beside its prompt: `uv run python -m tests.tools.write_draft_schema`."""

from neuralnav.draft.llm.answer import PROMPTS, VERSION, schema_text


def main() -> None:
    """Write the schema of the version in force."""
    (PROMPTS / f"{VERSION}.schema.json").write_text(schema_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
