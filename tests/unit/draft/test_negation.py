"""A denial reaches the words it is about, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuralnav.draft.rules.negation import denied_spans, negated
from neuralnav.draft.text import read


def denied(prose: str, *phrases: str) -> list[str]:
    text = read(prose)
    return [
        phrase for phrase in phrases if all(negated(text, span) for span in text.find(phrase)) and text.find(phrase)
    ]


@pytest.mark.parametrize(
    ("prose", "no", "yes"),
    [
        ("not autocomplete, a chatbot", "autocomplete", "chatbot"),
        ("no H100s, A100s or B200s, but L40S is fine", "h100s a100s b200s", "l40s"),
        ("no H100s, A100s, or B200s. We have L4s", "h100s a100s b200s", "l4s"),
        ("not only H100 but also L4", "", "h100 l4"),
        ("nothing but H100", "", "h100"),
        ("anything but H100", "h100", ""),
        ("anything except H100", "h100", ""),
        ("no GPUs except L4", "gpus", "l4"),
        ("no GPUs other than L4", "gpus", "l4"),
        ("use L4 rather than H100", "h100", "l4"),
        ("use L4 instead of H100", "h100", "l4"),
        ("instead of H100 use L4", "h100", "l4"),
        ("instead of H100, use L4", "h100", "l4"),
        ("not without streaming", "", "streaming"),
        ("can't do without reasoning", "", "reasoning"),
        ("we don't want DeepSeek", "deepseek", ""),
        ("DeepSeek is not allowed", "deepseek", ""),
        ("H100s are out of the question, L40S works", "h100s", "l40s"),
        ("H100s are not allowed by legal", "h100s", ""),
        ("we want L4 but H100 is banned", "h100", "l4"),
        ("L4 and H100 is banned", "h100", "l4"),
        ("L4 and H100 are banned", "h100 l4", ""),
        ("legal has banned DeepSeek", "deepseek", ""),
        ("we are not allowed to use DeepSeek", "deepseek", ""),
        ("Not a chatbot: code completion", "chatbot", "completion"),
        ("not allowed: DeepSeek, Kimi\nusers: 500", "deepseek kimi", "500"),
        ("excluded GPUs: A10G, L4", "a10g l4", ""),
        ("we cannot use more than 4 GPUs", "", "gpus"),
        ("excluded: H100, A100. Use L4", "h100 a100", "l4"),
        ("reasoning: no\nstreaming: yes", "reasoning", "streaming"),
        ("non-reasoning models for chat", "reasoning", "chat"),
        ("neither H100 nor A100", "h100 a100", ""),
        ("never use H100", "h100", ""),
        ("dont use H100", "h100", ""),
        ("this isn't a chatbot, it's a summarizer", "chatbot", "summarizer"),
        ("this isn't a chatbot but a summarizer", "chatbot", "summarizer"),
        ("no more than 4 H100", "", "h100"),
        ("not slower than chatgpt", "", "chatgpt"),
        ("must not exceed 500", "", "500"),
        ("no, 500 users", "", "500"),
        ("no H100 for 500 users", "h100", "500"),
        ("no-code platform with a chatbot", "", "chatbot code"),
        ("not sure which GPU, maybe H100", "", "h100 gpu"),
        ("avoid NVIDIA", "nvidia", ""),
        ("H100s we don't want, L4 is fine", "h100s", "l4"),
        ("unlike H100, L4 is cheap", "h100", "l4"),
        ("we do not have a preference and need H100", "preference", "h100"),
        ("use H100, not A100", "a100", "h100"),
        ("no NVIDIA", "nvidia", ""),
    ],
)
def test_english(prose: str, no: str, yes: str) -> None:
    assert denied(prose, *no.split(), *yes.split()) == no.split()


@pytest.mark.parametrize(
    ("prose", "no", "yes"),
    [
        ("keine H100, A100 oder B200", "h100 a100 b200", ""),
        ("H100 wollen wir nicht", "h100", ""),
        ("H100 wollen wir nicht, L4 schon", "h100", "l4"),
        ("wir wollen nicht H100, sondern L4", "h100", "l4"),
        ("kein chatbot, sondern zusammenfassung", "chatbot", "zusammenfassung"),
        ("DeepSeek darf nicht verwendet werden", "deepseek", ""),
        ("DeepSeek kommt nicht in Frage", "deepseek", ""),
        ("ohne NVIDIA", "nvidia", ""),
        ("alles außer H100", "h100", ""),
        ("nicht nur H100", "", "h100"),
        ("nicht mehr als 4 GPUs", "", "gpus"),
        ("weder H100 noch A100", "h100 a100", ""),
        ("NVIDIA vermeiden", "nvidia", ""),
        ("statt H100 lieber L4", "h100", "l4"),
        ("pas de H100", "h100", ""),
        ("nous ne voulons pas de DeepSeek, mais Mistral", "deepseek", "mistral"),
        ("les H100 ne sont pas autorisés", "h100", ""),
        ("sans NVIDIA", "nvidia", ""),
        ("tout sauf H100", "h100", ""),
        ("aucun H100", "h100", ""),
        ("pas seulement H100", "", "h100"),
        ("ni H100 ni A100", "h100 a100", ""),
        ("nous n'utilisons que L4", "", "l4"),
        ("sin H100", "h100", ""),
        ("nada de NVIDIA", "nvidia", ""),
        ("no queremos DeepSeek, sino Mistral", "deepseek", "mistral"),
        ("cualquiera excepto H100", "h100", ""),
        ("H100 no se puede usar", "h100", ""),
        ("no solo H100", "", "h100"),
        ("en lugar de H100 usar L4", "h100", ""),
    ],
)
def test_german_french_and_spanish(prose: str, no: str, yes: str) -> None:
    assert denied(prose, *no.split(), *yes.split()) == no.split()


@pytest.mark.parametrize(
    ("prose", "no", "yes"),
    [
        ("H100は使わない", "h100", ""),
        ("H100とA100は使わない、L4を使う", "h100 a100", "l4"),
        ("H100、A100は使わない", "h100 a100", ""),
        ("L4を使いH100は使わない", "h100", "l4"),
        ("NVIDIAは不可", "nvidia", ""),
        ("H100以外", "h100", ""),
        ("H100以外は使わない", "", "h100"),
        ("不能用英伟达以外的显卡", "", "英伟达"),
        ("コード補完ではなくチャットボット", "コード補完", "チャットボット"),
        ("GPUなしで", "gpu", ""),
        ("H100だけでなくA100も", "", "h100 a100"),
        ("不要H100", "h100", ""),
        ("不用NVIDIA的卡，用AMD", "nvidia", "amd"),
        ("除了H100都可以", "h100", ""),
        ("不是聊天机器人，而是翻译", "聊天机器人", "翻译"),
        ("不能使用DeepSeek", "deepseek", ""),
        ("DeepSeek不行", "deepseek", ""),
        ("用L4而不是H100", "h100", "l4"),
        ("不仅H100", "", "h100"),
        ("不超过4张H100", "", "h100"),
        ("特别需要H100", "", "h100"),
    ],
)
def test_japanese_and_chinese(prose: str, no: str, yes: str) -> None:
    assert denied(prose, *no.split(), *yes.split()) == no.split()


@given(st.text(alphabet="no noth H1,.:、不要除了ない but except\n", max_size=60))
def test_denied_spans_are_ordered_and_apart(prose: str) -> None:
    text = read(prose)
    ends = [0]
    for start, end in denied_spans(text):
        assert ends[-1] <= start < end <= len(text.folded)
        ends.append(end)
