"""Write docs/policy-reference.md: `uv run python -m tests.tools.write_policy_reference`."""

from pathlib import Path

from neuralnav.enforce.reference import reference_text

PATH = Path(__file__).resolve().parents[2] / "docs" / "policy-reference.md"

if __name__ == "__main__":
    PATH.write_text(reference_text(), encoding="utf-8", newline="\n")
