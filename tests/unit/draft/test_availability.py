"""Spare replicas, most replicas and certainty, in six languages; what denies them and what only sounds like them."""

import pytest
from limits_read import asked, reading, told, values


@pytest.mark.parametrize(
    "prose",
    [
        "high availability", "HA", "highly-available across zones", "99.9% uptime", "99.9%", "SLA: 99.5%",
        "99.95 percent availability", "three nines", "no downtime", "zero downtime", "downtime is not acceptable",
        "it can't go down", "must survive a node failure", "if a GPU fails users shouldn't notice", "a redundant setup",
        "at least 2 replicas", "two replicas at least", "one replica in reserve", "must be up 24/7",
        "no single point of failure", "hochverfügbar", "Hochverfügbarkeit",
        "ausfallsicher", "darf nicht ausfallen", "haute disponibilité", "tolérant aux pannes", "alta disponibilidad",
        "tolerante a fallos", "高可用", "不能宕机", "冗長構成で", "冗長化が必要", "単一障害点なし",
    ],
)  # fmt: skip
def test_words_that_ask_for_a_spare_replica(prose: str) -> None:
    (finding,) = reading(prose).findings
    assert (finding.field, finding.value, finding.origin) == ("deploy.redundancy", "n+1", "inferred")


def test_n_plus_one_is_stated() -> None:
    (finding,) = reading("run it N+1").findings
    assert (finding.value, finding.origin, finding.quotes[0].text) == ("n+1", "stated", "N+1")


@pytest.mark.parametrize(
    "prose",
    [
        "single replica is fine", "no redundancy", "no need for HA", "HA is not required", "we don't need redundancy",
        "no HA needed", "best effort", "we can tolerate some downtime", "nobody cares if it goes down",
        "keine Hochverfügbarkeit", "pas besoin de haute disponibilité", "sin alta disponibilidad",
        "不需要高可用", "单副本", "高可用性は不要",
    ],
)  # fmt: skip
def test_words_that_ask_for_none(prose: str) -> None:
    assert values(prose) == {"redundancy": "none"}


@pytest.mark.parametrize(
    "prose",
    [
        "El sistema ha caído varias veces",
        "avoid redundant answers",
        "99% accuracy",
        "accuracy above 99.5%",
        "support available in 24/7 chat",
        "冗長な回答",
        "we want to stay up to date",
        "costs can go down",
        "",
    ],
)
def test_words_that_only_sound_like_availability(prose: str) -> None:
    assert values(prose) == {}


def test_contrary_words_are_asked_and_the_safer_is_taken() -> None:
    prose = "redundant setup, but a single replica is fine for now"
    assert values(prose) == {"redundancy": "n+1"}
    assert asked(prose) == [(0, "Must the service stay up when a replica fails?")]


@pytest.mark.parametrize(
    ("prose", "most"),
    [
        ("at most 4 replicas", 4),
        ("scale up to 6 replicas", 6),
        ("maxReplicas: 5", 5),
        ("max replicas = 3", 3),
        ("Replicas <= 8", 8),
        ("autoscale between 2 and 8 replicas", 8),
        ("autoscaling from 1 to 10 pods", 10),
        ("min 2 max 6 replicas", 6),
        ("never more than 2 instances", 2),
        ("up to 3 copies of the model", 3),
        ("höchstens 4 Repliken", 4),
        ("au maximum 3 répliques", 3),
        ("hasta 5 réplicas", 5),
        ("最大4レプリカ", 4),
        ("最多5个副本", 5),
    ],
)
def test_the_most_replicas(prose: str, most: int) -> None:
    assert values(prose) == {"maxReplicas": most}


def test_a_plain_number_of_replicas_is_told() -> None:
    assert values("run 3 replicas") == {}
    assert told("run 3 replicas") == [("3 replicas", "the plan works out how many replicas are needed")]


@pytest.mark.parametrize(
    ("prose", "confidence"),
    [
        ("play it safe", "safe"),
        ("must never miss its SLO", "safe"),
        ("it is mission-critical", "safe"),
        ("be conservative in sizing", "safe"),
        ("auf Nummer sicher", "safe"),
        ("misión crítica", "safe"),
        ("ミッションクリティカル", "safe"),
        ("关键业务", "safe"),
        ("best guess is fine", "likely"),
        ("a rough estimate is fine", "likely"),
    ],
)
def test_certainty(prose: str, confidence: str) -> None:
    assert values(prose) == {"confidence": confidence}


@pytest.mark.parametrize(
    "prose", ["a conservative tone", "it is not mission critical at all, really", "guaranteed returns", "保守性"]
)
def test_no_certainty(prose: str) -> None:
    assert "confidence" not in values(prose)
