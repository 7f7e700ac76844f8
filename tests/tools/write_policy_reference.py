"""Write docs/policy-reference.md: `uv run python -m tests.tools.write_policy_reference`."""

from pathlib import Path

from neuralnav.enforce.fleet import FLEET_SCOPE
from neuralnav.enforce.reference import FLEET, reference_text
from neuralnav.enforce.scope import SCOPE
from neuralnav.model.policy import MOST_POINTS
from neuralnav.policy.parse import DEEPEST
from neuralnav.policy.texts import LONGEST_LIST, LONGEST_PATTERN, LONGEST_TEXT
from neuralnav.policy.tokens import MOST_CHARACTERS, MOST_TOKENS
from neuralnav.policy.values import DEEPEST_VALUE, MOST_STEPS
from neuralnav.policy.variables import MOST_VARIABLES

PATH = Path(__file__).resolve().parents[2] / "docs" / "policy-reference.md"

SCOPES = {
    "Fields": (
        "What the rules of a policy may read, beside its own `params` and `variables`.",
        SCOPE,
    ),
    FLEET: ("What the rules of a `FleetPolicy` may read, beside `params`.", FLEET_SCOPE),
}
LIMITS = (
    ("the text of an expression", f"{MOST_CHARACTERS:,} characters, {MOST_TOKENS:,} tokens"),
    (
        "nesting of an expression, its variables in their places",
        f"{DEEPEST} levels; chains of `&&` or `||` hardly count",
    ),
    ("variables of a policy", f"{MOST_VARIABLES}"),
    ("work of one evaluation", f"{MOST_STEPS:,} steps: an operation, an item of a list, or 64 characters"),
    ("nesting of lists and maps", f"{DEEPEST_VALUE} levels"),
    ("a text or a list that an expression makes", f"{LONGEST_TEXT:,} characters, {LONGEST_LIST:,} items"),
    ("a pattern of `matches`", f"{LONGEST_PATTERN:,} characters, RE2: time grows with the text, never faster"),
    ("points of one candidate", f"from -{MOST_POINTS:g} to {MOST_POINTS:g}, for one rule and for all together"),
    ("a policy file", "1 MiB, 40 levels, no anchors"),
)


def page() -> str:
    """Return the text of the page."""
    return reference_text(SCOPES, LIMITS)


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8", newline="\n")
