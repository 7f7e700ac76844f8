"""Token lengths: said in tokens, words, pages or signs; context; what is a stock or a rate of documents."""

import pytest
from limits_read import asked, reading, told, values, words


@pytest.mark.parametrize(
    ("prose", "prompt", "output"),
    [
        ("prompts of about 2,000 tokens", 2000, None),
        ("answers are short (about 150 tokens)", None, 150),
        ("500 tokens in, 200 out", 500, 200),
        ("4k input / 512 output", 4000, 512),
        ("input 1024 output 256", 1024, 256),
        ("1k in / 1k out", 1000, 1000),
        ("1024x256 tokens", 1024, 256),
        ("prompt: 2000 tokens\noutput: 400 tokens", 2000, 400),
        ("ISL 2048, OSL 256", 2048, 256),
        ("max_tokens=512", None, 512),
        ("max input 8192 tokens, max output 1024 tokens", 8192, 1024),
        ("around 4000 input tokens and 500 output tokens per request", 4000, 500),
        ("average prompt length is 1500 tokens and average response 300 tokens", 1500, 300),
        ("users paste 10k tokens of logs and get back 1k tokens", 10000, 1000),
        ("Long contracts (30k-60k tokens), summaries of 1k tokens", 60000, 1000),
        ("the open file, about 1500 tokens, completions are around 60 tokens", 1500, 60),
        ("a 10,000-token prompt", 10000, None),
        ("system prompt of 1,200 tokens plus user messages of 200 tokens", 1400, None),
        ("prompts up to 8k tokens, typically 2k tokens", 2000, None),
        ("prompt 200 tokens, no, 300 tokens", 300, None),
        ("Prompts von etwa 3000 Tokens und Antworten mit 500 Tokens", 3000, 500),
        ("des prompts de 2000 tokens et des réponses de 300 tokens", 2000, 300),
        ("prompts de 1500 tokens, respuestas de 400 tokens", 1500, 400),
        ("入力2000トークン、出力500トークン", 2000, 500),
        ("输入约2000个token，输出500个token", 2000, 500),
    ],
)
def test_lengths_in_tokens_are_stated(prose: str, prompt: int | None, output: int | None) -> None:
    found = values(prose)
    assert (found.get("promptTokens"), found.get("outputTokens")) == (prompt, output)
    assert {item.origin for item in reading(prose).findings} == {"stated"}


@pytest.mark.parametrize(
    ("prose", "field", "tokens", "why"),
    [
        ("500-word answers", "outputTokens", 670, "4/3 tokens a word"),
        ("blog posts of 1,200 words", "outputTokens", 1600, "4/3 tokens a word"),
        ("emails of up to 500 words", "promptTokens", 670, "4/3 tokens a word"),
        ("translate 500 word documents into 6 languages", "promptTokens", 670, "4/3 tokens a word"),
        (
            "documents of 3-5 pages",
            "promptTokens",
            3330,
            "the upper end of the range; about 670 tokens a page",
        ),
        ("100-page contracts", "promptTokens", 66670, "about 670 tokens a page"),
        ("100-seitige Verträge", "promptTokens", 66670, "about 670 tokens a page"),
        ("contrats de 50 pages", "promptTokens", 33330, "about 670 tokens a page"),
        ("contratos de 100 páginas", "promptTokens", 66670, "about 670 tokens a page"),
        ("10ページの契約書", "promptTokens", 6670, "about 670 tokens a page"),
        ("20页的合同", "promptTokens", 13330, "about 670 tokens a page"),
        ("3-page memo", "outputTokens", 2000, "about 670 tokens a page"),
        ("one-paragraph summaries", "outputTokens", 130, "about 130 tokens a paragraph"),
        (
            "answers of 2-3 sentences",
            "outputTokens",
            80,
            "the upper end of the range; about 27 tokens a sentence",
        ),
        ("20 lines of code per suggestion", "outputTokens", 200, "10 tokens a line"),
        ("800文字の要約", "outputTokens", 800, "a token a sign"),
        ("300字的摘要", "outputTokens", 300, "a token a sign"),
    ],
)
def test_lengths_in_other_units_are_inferred(prose: str, field: str, tokens: int, why: str) -> None:
    (finding,) = reading(prose).findings
    assert (finding.field, finding.value, finding.origin, finding.why) == (f"traffic.{field}", tokens, "inferred", why)


def test_both_ends_of_a_summary() -> None:
    assert values("summarize 20-page reports into 200 words") == {"promptTokens": 13330, "outputTokens": 270}
    assert values("1000 words in, 300 words out") == {"promptTokens": 1330, "outputTokens": 400}


@pytest.mark.parametrize(
    ("prose", "tokens"),
    [
        ("128k context", 131072),
        ("32k context window", 32768),
        ("64K context", 65536),
        ("8k-token context", 8192),
        ("We need a context window of at least 64k", 65536),
        ("context length of 16384", 16384),
        ("context: 32768", 32768),
        ("needs at least 100k tokens of context", 100000),
        ("200k context", 200000),
        ("model should support 32k tokens", 32768),
        ("Kontextfenster von 32k", 32768),
        ("fenêtre de contexte de 32k", 32768),
        ("contexto de 16k", 16384),
        ("コンテキスト長は32kトークン", 32768),
        ("上下文128k", 131072),
    ],
)
def test_context(prose: str, tokens: int) -> None:
    assert values(prose) == {"contextLength": tokens}


def test_thousands_of_context_are_explained() -> None:
    (finding,) = reading("128k context").findings
    assert finding.why == "128k of context are 131072 tokens, in steps of 1024"


@pytest.mark.parametrize(
    "prose",
    [
        "RAG over 10,000 pages",
        "our wiki of 300 pages",
        "RAG search over 1.2 million pages of documentation",
        "we process 2 million tokens a day",
        "images of 1920x1080",
        "8x H100 and 2x A100",
        "300 words in German are in the glossary of 5000 words a day",
        "we have 8 H100s in 3 regions",
        "in 200 cities",
        "",
    ],
)
def test_no_length(prose: str) -> None:
    assert values(prose) == {}


def test_a_profile_by_name() -> None:
    assert values("profile 512x256") == {"profile": "512x256"}
    assert words("traffic like 512x256 please", "traffic.profile") == ["512x256"]


def test_a_length_of_nothing_is_told() -> None:
    why = "neither of prompts nor of answers nor of the context is said"
    assert values("2k tokens per request") == {}
    assert told("2k tokens per request") == [("2k tokens", why)]


def test_two_lengths_are_asked_and_the_larger_is_taken() -> None:
    prose = "answers of 300 tokens. For managers, answers of 500 tokens."
    assert values(prose) == {"outputTokens": 500}
    assert asked(prose) == [(3, "How many tokens have answers: 300 or 500?")]


def test_quotes_are_the_words_behind_a_length() -> None:
    assert words("chat, prompts of about 2,000 tokens", "traffic.promptTokens") == ["prompts of about 2,000 tokens"]
    assert words("500 tokens in, 200 out", "traffic.promptTokens") == ["500 tokens in"]


def test_documents_too_long_for_one_prompt_are_told() -> None:
    why = "about 333330 tokens: more than most models take in at once; such documents are read in parts"
    assert values("500-page tender documents") == {}
    assert told("500-page tender documents") == [("500-page", why)]
    assert told("reports of several hundred pages") == [
        ("several hundred pages", "loose words, which no length can be made of")
    ]


def test_the_noun_behind_a_length_says_whose_it_is() -> None:
    assert values("two-page digests of 60-page agreements") == {"outputTokens": 1330, "promptTokens": 40000}
    assert values("condense reports (60-120 pages) into a memo") == {"promptTokens": 80000}


def test_lengths_of_answers_without_figures() -> None:
    assert values("Summaries should be a page at most.") == {"outputTokens": 670}
    assert values("answers of a sentence or two") == {"outputTokens": 53}
    assert values("a page of our site shows a chat") == {}
