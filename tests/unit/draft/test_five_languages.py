"""What teams write in German, French, Spanish, Japanese and Chinese, and what only looks like it."""

import pytest

from neuralnav.draft import draft
from neuralnav.files.catalogs import load_catalog
from neuralnav.model.draft import Value


def _read(prose: str, field: str) -> Value | None:
    found = draft(prose, load_catalog()).findings
    return next((item.value for item in found if item.field == field and item.origin != "default"), None)


@pytest.mark.parametrize(
    ("prose", "users"),
    [
        ("Chatbot. Benutzeranzahl: 3200.", 3200),
        ("Chatbot, Anzahl der Anrufer: 90", 90),
        ("Chatbot pour nos clients. Nombre d'utilisateurs : 1 200.", 1200),
        ("Chatbot: somos 8", 8),
        ("Chatbot d'une mairie de 30 000 habitants, pour nos 410 agents.", 410),
        ("Chatbot fuer 250 Prueferinnen und Pruefer", 250),
        ("司法書士8名と補助者22名のためのチャットボット", 30),
        ("面向1万终端用户的客服机器人", 10000),
        ("物业公司聊天机器人，业主6000户", 6000),
    ],
)
def test_users(prose: str, users: int) -> None:
    assert _read(prose, "traffic.users") == users


@pytest.mark.parametrize(
    ("prose", "field", "level"),
    [
        ("Chatbot. Kein Personal für die Pflege des Systems.", "complexity", "high"),
        ("Chatbot, on n'a personne pour administrer tout ça", "complexity", "high"),
        ("Chatbot, no tenemos a nadie que lo mantenga", "complexity", "high"),
        ("チャットボット。運用担当者がいません。", "complexity", "high"),
        ("聊天机器人，没有专职运维", "complexity", "high"),
        ("Chatbot. Latenz, Latenz, Latenz!", "latency", "high"),
        ("Chatbot, Verzögerungen sind nicht akzeptabel", "latency", "high"),
        ("Chatbot, aucun retard acceptable", "latency", "high"),
        ("Un bot de support, faut que ça réponde vite et que ça coûte pas cher", "cost", "high"),
        ("Traducción, la precisión es fundamental y el coste da igual", "accuracy", "high"),
        ("Chatbot; jede Ungenauigkeit kann teuer werden", "accuracy", "high"),
        ("チャットボット、品質をコストより優先", "accuracy", "high"),
        ("聊天机器人，比起速度我们更看重质量", "accuracy", "high"),
    ],
)
def test_priorities(prose: str, field: str, level: str) -> None:
    assert _read(prose, f"priorities.{field}") == level


@pytest.mark.parametrize(
    ("prose", "case"),
    [
        ("E-Mail-Threads auf drei Sätze bringen", "summarization_short"),
        ("営業メールのスレッドを3文に短縮", "summarization_short"),
        ("GitHub Copilotの代わりをオンプレで", "code_completion"),
        ("两张H100能不能跑一个客服机器人？", "chatbot_conversational"),
        ("Wir möchten einen Chatbot implementieren", "chatbot_conversational"),
        ("Un chatbot en français et en anglais pour nos clients", "chatbot_conversational"),
    ],
)
def test_use_case(prose: str, case: str) -> None:
    assert _read(prose, "useCase") == case


def test_a_denial_does_not_reach_what_is_wished_before_it() -> None:
    prose = "論文の要約。Mistral Small希望、DeepSeekは避けたい。"
    assert _read(prose, "constraints.models.deny") is None
    assert _read(prose, "constraints.families.deny") == ("deepseek",)


def test_an_adverb_stands_between_a_topic_and_its_denial() -> None:
    assert _read("チャットボット、AMDは絶対に使いません", "constraints.accelerators.deny") is not None


def test_models_in_other_scripts() -> None:
    assert _read("聊天机器人，通义千问3 32B", "constraints.models.allow") == ("qwen3-32b",)


@pytest.mark.parametrize(
    "prose",
    ["Code generation: fix bugs, write tests", "Chatbot to recap the queue of posts", "Chatbot, in-house guides"],
)
def test_nothing_is_weighed_in_english_words_that_are_foreign_ones(prose: str) -> None:
    found = draft(prose, load_catalog()).findings
    assert [item.field for item in found if item.field.startswith("priorities.")] == []
