"""Whatever an expression says, and however YAML writes it, its faults are placed inside the text that writes it."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from neuralnav.enforce.rules import check_policy
from neuralnav.model.document import Source, load
from neuralnav.model.policy import Policy
from neuralnav.report import diagnostics_text

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: Policy\nmetadata: {name: guard}\nspec:\n  rules:\n"
WORDS = st.sampled_from(
    ["candidate", ".gpus", ".gpuz", " > ", " && ", " || ", "8", "'a'", '"b"', "(", ")", "[", "]", "\n", "\n\n", "  ",
     "//é\n", "!", "has(", "variables.x", "plan.mode", " == ", "😀", "\\", "'", '"', ",", "?", ":", "#"]
)  # fmt: skip
EXPRESSIONS = st.lists(WORDS, min_size=1, max_size=14).map("".join).filter(str.strip)


@settings(max_examples=300)
@given(text=EXPRESSIONS, style=st.sampled_from(["'", '"', "|", ">"]), width=st.integers(10, 80))
def test_a_fault_lies_in_the_lines_of_its_expression(text: str, style: str, width: int) -> None:
    scalar = yaml.dump([text], default_style=style, width=width, allow_unicode=True)[2:].removesuffix("...\n")
    written = HEAD + "    - id: one\n      deny: " + scalar.replace("\n", "\n      ").rstrip(" ")
    lines = written.splitlines()
    found = check_policy(load(Policy, Source("p.yaml", written + "\n# the end\n"))).problems
    for item in found:
        where = item.where
        assert 7 <= where.line <= len(lines)
        assert where.quote == lines[where.line - 1]
        assert 1 <= where.column <= len(where.quote) + 1
    assert diagnostics_text(found)
