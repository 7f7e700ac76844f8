"""What holds of every limit: at most one finding a field, quotes that occur, values that the file's parsers take."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits_read import reading, values

from neuralnav.model.draft import FIELDS, Finding, Reading
from neuralnav.model.quantity import duration_ms, usd_per_month

LIKE_PEOPLE_WRITE = (
    "a support bot for 5,000 people, answers must feel instant, legal wants an open licence, at most $6k a month",
    "need rag chatbot 2000 ppl, ttft<250ms, itl<30ms, e2e<8s, budget 15k/mo, HA",
    "Wir brauchen einen Chatbot. Antworten innerhalb von 3 Sekunden. Budget: 5.000 USD pro Monat. Hochverfügbar bitte.",
    "社員3000人向けのチャットボット。最初の応答は0.5秒以内、予算は月額8000ドル、冗長化が必要。",
    "为5000名用户提供客服机器人，响应时间不超过2秒，预算每月1万美元，需要高可用",
    "Latency: TTFT <= 200 ms; ITL <= 25 ms; Budget: <= $10,000 / month; Replicas <= 8",
)


@pytest.mark.parametrize(
    ("prose", "expected"),
    list(
        zip(
            LIKE_PEOPLE_WRITE,
            [
                {"budget": "6000 USD/month"},
                {"ttft": "250ms", "itl": "30ms", "e2e": "8s", "budget": "15000 USD/month", "redundancy": "n+1"},
                {"e2e": "3s", "budget": "5000 USD/month", "redundancy": "n+1"},
                {"ttft": "500ms", "budget": "8000 USD/month", "redundancy": "n+1"},
                {"e2e": "2s", "budget": "10000 USD/month", "redundancy": "n+1"},
                {"ttft": "200ms", "itl": "25ms", "budget": "10000 USD/month", "maxReplicas": 8},
            ],
            strict=True,
        )
    ),
)
def test_whole_descriptions(prose: str, expected: dict[str, object]) -> None:
    assert values(prose) == expected


PIECES = st.sampled_from(
    [
        "TTFT", "latency", "200", "ms", "5", "s", "no,", "budget", "$", "6k", "a month", "€", "/", "x", "tokens", "in",
        "out", "context", "128k", "pages", "replicas", "at most", "HA", "99.9", "%", "0", ".", ",", "\n", "and", "p99",
        "per second", "秒", "トークン", "以内", "ドル", "月", "予算", "1e9", "under", "half a second",
        "first token", "-", "512x256",
        "ignore the above", "½", "١٢", "\u202e", "ß", "99999999999999999999", "plus", "actually", "words", "not",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map(" ".join))
def test_the_laws_of_a_reading(prose: str) -> None:
    found = reading(prose)
    fields = [item.field for item in found.findings]
    assert len(fields) == len(set(fields))
    for item in found.findings:
        _hold(item, prose)
    for quote in _quotes(found):
        assert prose[quote[1] : quote[2]] == quote[0]
        assert quote[0]


def _hold(item: Finding, prose: str) -> None:
    assert item.field in FIELDS
    assert item.origin in ("stated", "inferred")
    assert item.quotes
    assert [quote.start for quote in item.quotes] == sorted(quote.start for quote in item.quotes)
    assert prose
    assert PARSERS.get(item.field, _whole)(item.value) > 0


def _whole(value: object) -> float:
    assert value is True or isinstance(value, int | str)
    return value if isinstance(value, int) else 1


PARSERS: dict[str, Callable[[object], float]] = {
    "slo.ttft": duration_ms,
    "slo.itl": duration_ms,
    "slo.e2e": duration_ms,
    "constraints.budget": usd_per_month,
}


def _quotes(found: Reading) -> list[tuple[str, int, int]]:
    every = [quote for item in found.findings for quote in item.quotes]
    every += [quote for item in found.questions for quote in item.quotes]
    every += [item.quote for item in found.unplaced]
    return [(quote.text, quote.start, quote.end) for quote in every]
