"""Words of token lengths and context in six languages, as the folded text spells them."""

from collections.abc import Mapping

PROMPT, OUTPUT, CONTEXT = "traffic.promptTokens", "traffic.outputTokens", "constraints.contextLength"

TOKEN, WORD, SIGN, GLYPH, PAGE, SENTENCE, PARAGRAPH, LINE = (
    "token", "word", "character", "sign", "page", "sentence", "paragraph", "line of code",
)  # fmt: skip

UNITS: Mapping[str, str] = {
    word: unit
    for unit, words in {
        TOKEN: (
            "token tokens tok toks tkn tkns jeton jetons トークン 词元 令牌 个token 个tokens 个词元 个令牌 個のトークン"
        ),
        WORD: "word words wort worte worter wortern worten mot mots palabra palabras 単語 个单词 单词 个词 語",
        SIGN: "character characters char chars zeichen caractere caracteres",
        GLYPH: "文字 字 个字 個字 汉字 个汉字 字符 个字符",
        PAGE: (
            "page pages pager pagers pg pgs seite seiten seitig seitige seitigen seitiger seitiges pagina paginas "
            "ページ 頁 页 个页面 pag pags"
        ),
        SENTENCE: "sentence sentences satz satze satzen phrase phrases frase frases oracion oraciones 句 句话 文",
        PARAGRAPH: "paragraph paragraphs absatz absatze absatzen paragraphe paragraphes parrafo parrafos 段落 段",
        LINE: "loc lines line",
    }.items()
    for word in words.split()
}
TOKENS_OF: Mapping[str, float] = {
    TOKEN: 1.0, WORD: 4 / 3, SIGN: 0.25, GLYPH: 1.0, PAGE: 2000 / 3, SENTENCE: 80 / 3, PARAGRAPH: 400 / 3, LINE: 10.0,
}  # fmt: skip
"""Tokens in one of each: 4/3 a word of English and a quarter a character, as makers of models tell their users; a page
of 500 words, a sentence of 20, a paragraph of 100. A sign of Japanese or Chinese is near one token."""

RECKONED: Mapping[str, str] = {
    WORD: "4/3 tokens a word", SIGN: "4 characters a token", GLYPH: "a token a sign", PAGE: "about 670 tokens a page",
    SENTENCE: "about 27 tokens a sentence", PARAGRAPH: "about 130 tokens a paragraph", LINE: "10 tokens a line",
}  # fmt: skip

INPUTS: tuple[str, ...] = (
    "input", "inputs", "in", "prompt", "prompts", "prompt length", "prompt tokens", "input tokens", "input length",
    "incoming", "isl", "question",
    "questions", "query", "queries", "document", "documents", "doc", "docs", "article", "articles", "report",
    "reports", "contract", "contracts",
    "paper", "papers", "transcript", "transcripts", "pdf", "pdfs", "file", "files", "filing", "filings", "book",
    "books", "chapter", "chapters", "manuscript",
    "manuscripts", "email", "emails", "mails", "message", "messages", "ticket", "tickets", "source text",
    "source texts", "text", "texts", "passages",
    "passage", "chunks", "retrieved context", "retrieved", "requests", "request", "paste", "pastes", "pasted", "send",
    "sends", "upload", "uploads", "feed", "logs", "ask", "at a time", "chunk", "case file", "case files",
    "user messages", "thesis",
    "theses", "novel",
    "novels", "records", "notes", "code files", "max input", "agreement", "agreements", "policies", "brief", "briefs",
    "judgment", "judgments", "reads",
    "letters", "letter", "conversation history", "system prompt", "of context per", "patents", "patent", "minutes",
    "submissions", "essays",
    "eingabe", "eingaben", "anfrage", "anfragen", "frage", "fragen", "dokument", "dokumente", "dokumenten", "bericht",
    "berichte", "vertrag", "vertrage",
    "vertragen", "artikel", "rein", "mail", "texte", "texten", "buch", "bucher", "eingabetoken", "eingabetokens",
    "entree", "entrees", "en entree", "requete", "requetes", "question", "contrat", "contrats", "rapport", "rapports",
    "document", "livres",
    "entrada", "entradas", "de entrada", "pregunta", "preguntas", "consulta", "consultas", "documento", "documentos",
    "contrato", "contratos",
    "informe", "informes", "articulos", "libros",
    "入力", "プロンプト", "質問", "文書", "ドキュメント", "契約書", "記事", "レポート", "論文", "報告書", "資料",
    "原稿", "输入", "提示词", "提示", "问题", "文档", "合同",
    "文章", "报告", "论文", "文件", "资料", "用户消息", "资料",
)  # fmt: skip
OUTPUTS: tuple[str, ...] = (
    "output", "outputs", "out", "output tokens", "output length", "osl", "answer", "answers", "response", "responses",
    "reply", "replies", "completion",
    "completions", "generate", "generates", "generated", "generation", "generations", "summary", "summaries",
    "summarized to", "max tokens", "max new tokens",
    "max output", "produces", "produce", "returns", "result", "results", "suggestion", "suggestions", "snippets",
    "snippet", "draft", "drafts", "blog posts",
    "blog post", "posts", "copy", "product descriptions", "descriptions", "description", "newsletters", "newsletter",
    "abstract", "abstracts", "writes", "write",
    "writing", "memo", "memos", "digest", "digests", "translation", "translations", "captions", "completion tokens",
    "generated tokens", "stories", "story", "tldr",
    "ad copy", "get back", "gets back", "returned", "explanations", "down to", "into", "condensed", "translated",
    "output of",
    "ausgabe", "ausgaben", "antwort", "antworten", "zusammenfassung", "zusammenfassungen", "raus", "ergebnis",
    "ausgabetoken", "ausgabetokens",
    "sortie", "sorties", "en sortie", "de sortie", "reponse", "reponses", "resume", "resumes", "genere", "generes",
    "synthese", "syntheses",
    "salida", "salidas", "de salida", "respuesta", "respuestas", "resumen", "resumenes", "generan", "genera",
    "出力", "回答", "応答", "返答", "要約", "生成", "返信", "サマリー", "输出", "回复", "摘要", "响应", "总结",
    "答案", "答复", "概要",
)  # fmt: skip
CONTEXTS: tuple[str, ...] = (
    "context window", "context windows", "context length", "context size", "context of", "context", "ctx",
    "max model len", "sequence length",
    "max context", "long context", "kontextfenster", "kontextlange", "kontext", "fenetre de contexte",
    "longueur de contexte", "contexte",
    "ventana de contexto", "longitud de contexto", "contexto", "コンテキスト長", "コンテキストウィンドウ",
    "コンテキスト", "コンテクスト", "文脈長", "上下文长度",
    "上下文窗口", "上下文", "contextlength", "context_length", "window",
)  # fmt: skip

BOTH: tuple[str, ...] = (
    "per request", "per call", "per query", "per conversation", "per session", "per user", "pro anfrage",
    "par requete", "por solicitud", "in total",
    "リクエストあたり", "每个请求", "per turn",
)  # fmt: skip
"""Words behind which lengths may be those of prompt and answer together."""

CUES: Mapping[str, tuple[str, ...]] = {CONTEXT: CONTEXTS, PROMPT: INPUTS, OUTPUT: OUTPUTS, "": BOTH}

BARE_BEFORE: Mapping[str, tuple[str, ...]] = {
    PROMPT: (
        "input tokens", "input length", "input", "prompt tokens", "prompt length", "isl", "prompttokens", "in",
        "max input", "input len", "prompt len",
    ),
    OUTPUT: (
        "output tokens", "output length", "output", "osl", "max tokens", "max new tokens", "completion tokens",
        "outputtokens", "out", "output len",
    ),
    CONTEXT: (
        "context length", "context window", "max model len", "context size", "contextlength", "context", "ctx",
        "context window of", "context length of",
        "context of", "kontextfenster", "kontext", "kontextlange", "fenetre de contexte", "contexte",
        "ventana de contexto", "contexto", "kontextlange", "kontext von",
        "contexte de",
        "上下文长度", "上下文窗口", "上下文长度为", "コンテキスト長",
        "コンテキスト長は", "上下文", "コンテキスト",
        "max context", "sequence length", "sequence length of", "context size of",
    ),
}  # fmt: skip
"""Words right before a bare number that make it tokens: "input 1024", "context length of 16384"."""
BARE_BEHIND: Mapping[str, tuple[str, ...]] = {
    PROMPT: ("in", "input", "input tokens", "prompt", "en entree", "de entrada", "输入"),
    OUTPUT: ("out", "output", "output tokens", "back", "in return", "zuruck", "en retour", "de vuelta",
        "en sortie", "de salida", "输出"),
    CONTEXT: (
        "context", "context window", "context length", "ctx", "of context", "context size", "kontext",
        "kontextfenster", "de contexte", "de contexto",
        "contexto", "contexte", "上下文", "コンテキスト", "のコンテキスト", "的上下文", "上下文窗口", "long context",
    ),
}  # fmt: skip
"""Words right behind a number with k that make it tokens: "4k in", "128k context"."""

CORPUS: tuple[str, ...] = (
    "rag over", "knowledge base", "wiki", "corpus", "archive", "archives", "library", "database", "index", "indexed",
    "handbook", "manuals",
    "documentation of", "collection", "repository", "intranet", "confluence", "sharepoint", "data lake",
    "wissensdatenbank", "archiv", "handbuch",
    "base de connaissances", "base documentaire", "base de conocimiento", "corpus de", "データベース",
    "ナレッジベース", "社内wiki", "知识库", "语料", "库",
    "over our", "across", "total of", "in total", "all our", "worth of",
)  # fmt: skip
"""Words of a stock of documents, which no request holds as a whole."""

RATE_BEHIND: tuple[str, ...] = (
    "a day", "per day", "/day", "daily", "a month", "per month", "/month", "an hour", "per hour", "/hour", "/h",
    "a minute", "per minute", "/min", "a week",
    "per week", "per second", "/s", "a second", "/sec", "/second", "every day", "a year", "per year", "pro tag",
    "am tag", "pro sekunde", "pro monat", "par jour",
    "par seconde", "par mois", "al dia", "por dia", "por segundo", "al mes", "毎秒", "每秒", "每天", "/日", "/天",
    "per sec", "overnight", "each night", "per night",
)  # fmt: skip

LONGEST: tuple[str, ...] = (
    "up to", "at most", "max", "maximum", "longest", "sometimes", "occasionally", "worst case", "as long as",
    "bis zu", "maximal", "jusqu'a", "hasta",
    "最大", "最长", "最多", "at the extreme", "in rare cases", "some", "peaks at",
)  # fmt: skip
USUAL: tuple[str, ...] = (
    "typical", "typically", "usual", "usually", "average", "avg", "on average", "mean", "median", "most", "mostly",
    "normally", "meist", "typisch", "typischerweise",
    "durchschnittlich", "im schnitt", "en moyenne", "habituellement", "normalement", "en promedio", "normalmente",
    "通常", "平均", "一般", "大多",
)  # fmt: skip

HOLDING: tuple[str, ...] = (
    "support", "supports", "handle", "handles", "fit", "fits", "model", "window", "unterstutzt", "supporter",
    "soportar", "対応", "支持",
)  # fmt: skip
"""Words of what a model can take in."""

PLUS = ("plus", "+", "on top of", "in addition to", "zuzuglich", "en plus", "mas", "加上", "プラス")
"""Words between the parts of one prompt."""

SMALL_WORDS = (
    "of", "is", "=", "about", "around", "up to", "at least", "von", "de", "は", "为", "約", "约", "(",
    "至少", "minimum", "must be", "has to be", "have to be", "should be", "needs to be", "need to be", "can be", "are",
    "will be", "roughly", "approx", "approximately", "some", "of about", "muss", "soll", "mindestens", "sind",
    "doit etre",
    "au moins", "debe ser", "al menos", "averages", "average", "averaging", "run to", "runs to", "usually",
    "typically",
    "at",
    "rund", "ca", "etwa", "~", "environ", "unos",
)  # fmt: skip
"""Words that may stand between the name of a length and its number."""

NOT_COUNTED = frozenset((
    "and", "output", "out", "with", "or", "tokens", "token", "max", "for", "but", "is", "to", "should", "per", "und",
    "et", "y", "x", "minimum", "needed", "at", "osl", "isl", "will", "would", "suffices", "does", "are", "was",
    "as", "in", "on", "by",
    "because", "since", "if", "then", "please", "when", "each", "either", "too", "we", "it", "they", "long",
    "roughly",
    "usually", "typically", "reicht", "genugt", "sind", "ist", "suffit", "basta", "on", "may", "can", "so", "while",
))  # fmt: skip
"""Words behind a bare number that do not say that it counts something else."""

INTO = ("into", "down to", "condensed", "summarized to")
"""Words behind the length of what goes in: "60 pages into a page"."""

SINGULAR = frozenset(("page", "word", "sentence", "paragraph", "token", "character"))
NO_NOUNS = frozenset(("in", "out", "back", "into", "down to", "generate", "write", "returns", "get back", "gets back"))

SPELLED: Mapping[str, tuple[float, str]] = {
    "half a page": (0.5, PAGE), "a page": (1, PAGE), "a single page": (1, PAGE), "a page or two": (2, PAGE),
    "a paragraph": (1, PARAGRAPH), "a paragraph or two": (2, PARAGRAPH), "a sentence": (1, SENTENCE),
    "a sentence or two": (2, SENTENCE), "a few sentences": (4, SENTENCE), "a couple of sentences": (2, SENTENCE),
    "eine seite": (1, PAGE), "halbe seite": (0.5, PAGE), "ein absatz": (1, PARAGRAPH), "une page": (1, PAGE),
    "un paragraphe": (1, PARAGRAPH), "una pagina": (1, PAGE), "un parrafo": (1, PARAGRAPH),
}  # fmt: skip
"""Lengths of answers without figures."""
