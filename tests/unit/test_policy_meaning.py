"""What a rule does, in words and with the keys of its file."""

import pytest

from neuralnav.cli.policy_meaning import rule_text
from neuralnav.enforce.rules import check_policy
from neuralnav.model.document import Source, load
from neuralnav.model.policy import Policy

TEXT = """\
apiVersion: neuralnav.dev/v1alpha1
kind: Policy
metadata: {name: kinds}
spec:
  rules:
    - {id: hopper, prefer: accelerator.generation == 'hopper', points: -5}
    - {id: price-first, weights: {accuracy: 0.3, cost: 0.5, latency: 0.1, complexity: 0.1}}
    - {id: size, limit: {gpus: 8, costMonthlyUsd: usd('20k')}}
    - {id: cheapest, limit: {top: 50, by: cost}}
    - {id: large, deny: candidate.gpus > 8}
"""
RULES = {rule.id: rule for rule in check_policy(load(Policy, Source("kinds.yaml", TEXT))).rules}


@pytest.mark.parametrize(
    ("rule", "does", "expression"),
    [
        ("hopper", "-5 points where", "accelerator.generation == 'hopper'"),
        ("price-first", "sets the weights of the scores", "accuracy 30%, cost 50%, latency 10%, complexity 10%"),
        ("size", "refuses a candidate beyond", "gpus: 8, costMonthlyUsd: usd('20k')"),
        ("cheapest", "refuses a candidate beyond", "top: 50 by cost"),
        ("large", "refuses a candidate where", "candidate.gpus > 8"),
    ],
)
def test_a_rule_is_told_with_the_keys_of_its_file(rule: str, does: str, expression: str) -> None:
    assert rule_text(RULES[rule]) == (does, expression)
