"""Which ideas stand together for which use case; the words of each idea are in `use_case_cues`."""

from dataclasses import dataclass

ANYWHERE = -1
"""The reach of a rule whose ideas may stand in different sentences."""

CHAT = "chatbot_conversational"
COMPLETION = "code_completion"
CODE = "code_generation_detailed"
TRANSLATION = "translation"
CONTENT = "content_generation"
SHORT = "summarization_short"
RAG = "document_analysis_rag"
LONG = "long_document_summarization"
RESEARCH = "research_legal_analysis"


@dataclass(frozen=True, slots=True)
class Rule:
    """Ideas that together speak for a use case.

    `needs` are groups, one idea of each in one sentence, neighbours at most `reach` characters
    apart, in this order where `ordered`. What a rule has
    read is then no cue for the rules below it: of the ideas in `claims` nothing is left in that sentence, of those in
    `takes` nothing in the whole text. A rule that `names` the use case states it; another one infers it and says `why`.
    """

    use_case: str
    needs: tuple[tuple[str, ...], ...]
    weight: float
    why: str = ""
    names: bool = False
    reach: int = 90
    ordered: bool = False
    claims: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    @property
    def ideas(self) -> tuple[str, ...]:
        """Every idea that is needed or wanted."""
        return tuple(idea for group in self.needs for idea in group)


_TALK = ("chat-name", "chat", "asked")
_ANSWERS = "answers that come from documents"

RULES: tuple[Rule, ...] = (
    Rule(COMPLETION, (("complete-name",),), 9, names=True, claims=("code", "code-thing", "suggest", "ide", "copilot")),
    Rule(COMPLETION, (("copilot",), ("code", "developers", "ide", "code-thing")), 6, "a copilot for code",
         claims=("code", "copilot", "ide", "chat")),
    Rule(COMPLETION, (("ide", "editor"), ("suggest",)), 8.1, "suggestions in an editor", reach=60,
         claims=("code", "suggest", "ide", "code-name")),
    Rule(COMPLETION, (("ide", "editor"), ("suggest", "copilot", "code")), 6, "suggestions in an editor",
         claims=("code", "suggest", "ide")),
    Rule(CODE, (("code-name",),), 8, names=True, claims=("code", "code-thing", "write", "ide", "chat")),
    Rule(CODE, (("write",), ("code", "code-thing")), 7, "code that is written from a wish", reach=60,
         claims=("code", "code-thing", "write")),
    Rule(CODE, (("code",), ("developers", "chat", "ide", "chat-name")), 5, "help with code",
         claims=("code", "ide", "chat", "chat-name")),
    Rule(CODE, (("code-thing",), ("developers",)), 4, "help with code"),
    Rule(CODE, (("code",),), 3.5, "help with code"),
    Rule(COMPLETION, (("copilot",),), 3.2, "a copilot", claims=("chat",)),
    Rule(COMPLETION, (("ide",),), 3, "a tool in an editor"),
    Rule(TRANSLATION, (("translate",), ("content-name", "research-name", "code-name", "piece", "docs")), 9,
         names=True, reach=40,
         claims=("content-name", "research-name", "code-name", "piece", "docs", "write", "chat", "law", "translate")),
    Rule(TRANSLATION, (("translate",),), 8, names=True, claims=("write", "chat")),
    Rule(TRANSLATION, (("languages",), ("content-name", "piece", "docs")), 5, "texts in other languages", reach=60),
    Rule(LONG, (("summary",), ("long-thing",)), 12, "summaries of long documents", reach=200, claims=("write", "law")),
    Rule(SHORT, (("summary",), ("short-thing", "content-name")), 10, "summaries of short texts", reach=120,
         claims=("write", "chat", "content-name")),
    Rule(LONG, (("summary",), ("report",)), 9, "summaries of reports or papers", reach=120, claims=("write", "law")),
    Rule(
        LONG,
        (("summary",), ("research-name",)),
        9,
        "summaries of reports or papers",
        reach=30,
        ordered=True,
        claims=("write", "research-name"),
    ),
    Rule(LONG, (("summary",), ("long-thing",)), 10, "summaries of long documents", reach=ANYWHERE),
    Rule(SHORT, (("summary",), ("docs",)), 7.5, "summaries of documents", reach=30, claims=("write", "docs")),
    Rule(SHORT, (("summary",),), 7, names=True, claims=("write",)),
    Rule(RAG, (("rag-name",),), 8, names=True, claims=("ask", "asked", "docs", "chat-name"), takes=_TALK),
    Rule(RAG, (("ask",), ("docs",)), 7, _ANSWERS, claims=("ask", "asked", "docs"), takes=_TALK),
    Rule(RAG, (_TALK, ("cite",)), 7, _ANSWERS, claims=_TALK),
    Rule(RAG, (("ask",), ("cite",)), 5, _ANSWERS, claims=_TALK),
    Rule(RAG, (("chat-name", "chat"), ("docs",)), 6.5, _ANSWERS, claims=("docs", *_TALK)),
    Rule(RAG, (("extract",), ("docs", "fields")), 7, "facts read out of documents", claims=("docs",)),
    Rule(RAG, (("extract",), ("law", "report")), 6, "facts read out of documents", reach=40, claims=("law",)),
    Rule(RESEARCH, (("research-name",),), 8, names=True, claims=("law", "analyse", "chat")),
    Rule(RESEARCH, (("analyse",), ("law",)), 7, "analysis of legal or scientific texts", claims=("law", "docs")),
    Rule(RAG, (("ask",), ("law", "report", "long-thing")), 5, _ANSWERS, reach=60, claims=("asked",)),
    Rule(RAG, (("analyse",), ("docs",)), 5, "analysis of documents", reach=50, claims=("docs",)),
    Rule(RAG, (("ask",), ("docs",)), 3.2, _ANSWERS, reach=ANYWHERE),
    Rule(CONTENT, (("write", "content-name"), ("from-brief",)), 8.5, "texts that are written from a wish",
         claims=("write", "piece", "content-name")),
    Rule(CONTENT, (("content-name",),), 8, names=True, claims=("write", "piece")),
    Rule(CONTENT, (("write",), ("piece",)), 6, "texts that are written from a wish", reach=50, claims=("chat",)),
    Rule(CHAT, (("chat-name",),), 7, names=True, claims=("chat",)),
    Rule(CHAT, (("asked",),), 3.2, "people who are answered in conversation"),
    Rule(TRANSLATION, (("two-languages",),), 3.5, "texts that arrive in one language and leave in another"),
    Rule(LONG, (("long-thing",),), 3.4, "long documents"),
    Rule(CHAT, (("chat",),), 3.5, "people who are answered in conversation"),
    Rule(RESEARCH, (("analyse",), ("law",)), 3.3, "analysis of legal or scientific texts", reach=ANYWHERE),
    Rule(CONTENT, (("piece",), ("authors",)), 3.3, "texts of authors", reach=ANYWHERE),
    Rule(CONTENT, (("write",), ("piece",)), 3.1, "texts that are written from a wish", reach=ANYWHERE),
    Rule(SHORT, (("minutes",),), 3.2, "minutes of meetings"),
    Rule(RAG, (("cite",),), 3.2, _ANSWERS),
    Rule(RAG, (("qa",),), 3.1, _ANSWERS),
    Rule(RAG, (("extract",), ("docs", "fields")), 3.1, "facts read out of documents", reach=ANYWHERE),
    Rule(RAG, (("aid",), ("docs",)), 3.2, _ANSWERS, reach=ANYWHERE, claims=("aid",)),
    Rule(CHAT, (("aid",),), 3.0, "people who are helped"),
    Rule(CONTENT, (("texts",),), 3.0, "texts"),
    Rule(RESEARCH, (("jurists", "scholars"),), 3.0, "the work of lawyers and scholars"),
    Rule(CODE, (("program-language",),), 3.0, "a programming language"),
)  # fmt: skip
"""In order: what a rule claims, those below it do not see."""
