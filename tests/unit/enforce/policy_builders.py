"""Small policies and small samples for the tools of policy authors."""

from collections.abc import Mapping, Sequence
from textwrap import dedent, indent

import pyarrow as pa

from neuralnav.enforce.applies import Subject
from neuralnav.enforce.cases import PlacedCase, Suite
from neuralnav.enforce.rules import CheckedPolicy, check_policy
from neuralnav.enforce.trial import Sample
from neuralnav.model.document import Source, load
from neuralnav.model.policy import FleetPolicy, Policy
from neuralnav.policy.lower import Columns

HEAD = "apiVersion: neuralnav.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
NAME = "policy.yaml"


def checked(spec: str, *, kind: str = "Policy", name: str = "demo") -> CheckedPolicy:
    """A policy with this `spec`, which must be sound. Its first line is line 5 of the file."""
    text = HEAD.format(kind=kind, name=name) + indent(dedent(spec).strip("\n"), "  ") + "\n"
    source = Source(NAME, text)
    found = check_policy(load(Policy, source) if kind == "Policy" else load(FleetPolicy, source))
    assert found.problems == ()
    return found


def suite(spec: str, *, kind: str = "Policy") -> Suite:
    policy = checked(spec, kind=kind)
    cases = policy.parsed.document.spec.tests
    placed = (PlacedCase(case, policy.parsed, ("spec", "tests", i)) for i, case in enumerate(cases))
    return Suite(policy, tuple(placed))


def sample(
    columns: Mapping[str, Sequence[object]],
    constants: Mapping[str, Mapping[str, object]] | None = None,
    *,
    name: str = "chat",
    labels: Mapping[str, str] | None = None,
) -> Sample:
    """Candidates with these columns, `candidate.id` first; ids are letters unless given."""
    rows = len(next(iter(columns.values())))
    whole = {"candidate.id": list("abcdefgh"[:rows]), **columns}
    arrays = {key: pa.array(values) for key, values in whole.items()}
    own = {"workload": {"name": name, "labels": dict(labels or {})}, "slo": {}, "plan": {}, **(constants or {})}
    return Sample(Subject(name, "custom", labels or {}), f"{name}.yaml", rows, arrays, Columns(arrays, rows), own)
