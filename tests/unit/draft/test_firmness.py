"""Of a hope and a limit the limit counts, whichever is said first; figures go on about the one before them."""

import pytest

from neuralnav.draft.rules.latency import read_latency
from neuralnav.draft.rules.money import read_money
from neuralnav.draft.text import read

TTFT, E2E = "slo.ttft", "slo.e2e"


@pytest.mark.parametrize(
    ("prose", "field", "value"),
    [
        ("First token ideally within 300 ms, but 800 ms is the hard limit.", TTFT, "800ms"),
        ("First token in 250ms would be perfect; 600ms is still acceptable.", TTFT, "600ms"),
        ("Aim for 2 s end to end; 5 s absolute max.", E2E, "5s"),
        ("The answer should start within 400 ms, 1 s is the pain threshold.", TTFT, "1s"),
        ("keep TTFT around 300ms (max 500)", TTFT, "500ms"),
        ("Response time: ideally 1 s, no more than 3 s.", E2E, "3s"),
        ("An answer within 3 seconds would be nice, 6 is the limit.", E2E, "6s"),
        ("Erste Antwort idealerweise nach 300 ms, spatestens nach 1 Sekunde.", TTFT, "1s"),
        ("3 s for 95 % of answers, never longer than 8 s.", E2E, "3s"),
        ("today it takes 8 seconds, we need 2.", E2E, "2s"),
        ("99% of responses under 6 seconds, half of them under 2.", E2E, "6s"),
    ],
)
def test_the_limit_is_the_ceiling(prose: str, field: str, value: str) -> None:
    assert read_latency(read(prose)).value(field) == value


def test_the_hope_is_told_with_the_limit_that_was_taken() -> None:
    (left,) = read_latency(read("First token ideally within 300 ms, but 800 ms is the hard limit.")).unplaced
    assert (left.quote.text, left.why) == ("300 ms", "800ms was taken: it is the limit")


@pytest.mark.parametrize(
    ("prose", "value"),
    [
        ("It would be lovely if it cost under $3k a month, 5k is where the CFO says no.", "5000 USD/month"),
        ("We planned $5k monthly; anything up to $8k can be signed off.", "8000 USD/month"),
        ("about 3,500 dollars a month, absolute ceiling 4,200.", "4200 USD/month"),
        ("we have 50k dollars for the first year.", "50000 USD/year"),
        ("our yearly opex for this is 60,000 dollars.", "60000 USD/year"),
        ("budget: at most $6000 a month, 500 users", "6000 USD/month"),
        ("预算每月不超过6000美元,首字延迟300毫秒以内,500个用户", "6000 USD/month"),
    ],
)
def test_budgets(prose: str, value: str) -> None:
    assert read_money(read(prose)).value("constraints.budget") == value
