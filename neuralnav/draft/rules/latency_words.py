"""Words of latency in six languages, as the folded text spells them."""

from collections.abc import Mapping

MILLISECONDS: Mapping[str, float] = {"ms": 1.0, "s": 1000.0, "min": 60_000.0}

TIME_UNITS: Mapping[str, str] = {
    word: unit
    for unit, words in {
        "ms": (
            "ms msec msecs msek millis millisec milli millisecond milliseconds millisekunde millisekunden milliseconde "
            "millisecondes milisegundo milisegundos ミリ秒 毫秒"
        ),
        "s": "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos seg segs 秒 秒钟 秒間",
        "min": "min mins minute minutes minuten minuto minutos 分 分钟 分鐘 分間",
    }.items()
    for word in words.split()
}

LONGEST_FIRST = 1000
"""Milliseconds. A time of which nothing says what it is of is one of the first words up to here, else of the last."""

PHRASES: Mapping[str, float] = {
    "half a second": 500.0, "half second": 500.0, "a half second": 500.0, "quarter of a second": 250.0,
    "quarter second": 250.0, "sub second": 1000.0, "subsecond": 1000.0, "under a second": 1000.0,
    "within a second": 1000.0, "below a second": 1000.0, "less than a second": 1000.0, "in a second": 1000.0,
    "over a second": 1000.0, "exceed a second": 1000.0, "a second or two": 2000.0, "within a second or two": 2000.0,
    "in a second or two": 2000.0,
    "one or two seconds": 2000.0, "up to a minute": 60_000.0, "up to a second": 1000.0, "under a minute": 60_000.0,
    "within a minute": 60_000.0,
    "less than a minute": 60_000.0, "a second or less": 1000.0, "a second at most": 1000.0,
    "halbe sekunde": 500.0, "halben sekunde": 500.0, "unter einer sekunde": 1000.0, "innerhalb einer sekunde": 1000.0,
    "weniger als einer sekunde": 1000.0, "weniger als eine sekunde": 1000.0, "in einer sekunde": 1000.0,
    "unter einer minute": 60_000.0, "innerhalb einer minute": 60_000.0,
    "demi seconde": 500.0, "moins d'une seconde": 1000.0, "en une seconde": 1000.0, "moins d'une minute": 60_000.0,
    "medio segundo": 500.0, "menos de un segundo": 1000.0, "en un segundo": 1000.0, "menos de un minuto": 60_000.0,
    "半秒": 500.0, "亚秒": 1000.0, "サブセカンド": 1000.0,
}  # fmt: skip
"""Durations without digits, in milliseconds."""

TTFT, ITL, E2E, ANY = "slo.ttft", "slo.itl", "slo.e2e", "any"

CUES: Mapping[str, tuple[str, ...]] = {
    TTFT: (
        "ttft", "time to first token", "time to the first token", "time to first", "first token latency",
        "first token",
        "1st token", "first tokens", "first word", "first words", "first character", "first characters", "first byte",
        "first output", "first chunk", "first letter", "initial token", "initial response", "first response",
        "starts responding", "start responding", "starts answering", "start answering", "starts replying",
        "start replying", "starts streaming", "start streaming", "starts to stream", "starts to answer",
        "start to answer", "starts to respond", "start to respond", "begins responding", "begin responding",
        "begins to answer", "begin to answer", "begins to respond", "begins streaming", "begin streaming",
        "starts typing", "start typing", "starts writing", "start writing", "starts generating", "start generating",
        "answer starts", "answers start", "response starts", "responses start", "reply starts", "replies start",
        "should start", "starts to", "begins to", "before it starts", "before it begins", "until it starts",
        "start to write", "must start", "to start", "starts within", "start within", "something on screen",
        "text appears", "appears on screen", "prefill latency", "start appearing", "starts appearing",
        "text on screen",
        "erstes token", "ersten tokens", "erste tokens", "1. token", "ersten token", "erste token", "erster token",
        "erstes wort", "erste wort", "ersten wort",
        "ersten worte", "erste worte", "ersten worten", "erste zeichen", "ersten zeichen", "antwort beginnt",
        "beginnt die antwort", "antwort muss beginnen",
        "erste reaktion", "ersten reaktion", "erste antwort", "anfangslatenz",
        "premier token", "premiers tokens", "premier jeton", "premier mot", "premiers mots", "premiere reponse",
        "commence a repondre", "debut de la reponse", "reponse commence", "primer token", "primeros tokens",
        "primera palabra", "primeras palabras", "primera respuesta", "empieza a responder", "empezar a responder",
        "comienza a responder", "最初のトークン", "初回トークン", "先頭トークン", "最初の文字", "最初の1文字",
        "最初の応答",
        "最初の一文字", "応答開始", "回答開始", "表示開始", "出始め", "最初のtoken", "首token", "首个token",
        "第一个token",
        "首字", "首个字", "第一个字", "首包", "首次响应", "首词", "开始响应", "开始回复", "开始输出", "首令牌",
        "首个词元", "首词元",
    ),
    ITL: (
        "itl", "tpot", "inter token latency", "inter token", "intertoken", "between tokens", "between two tokens",
        "between each token", "time per output token", "per output token", "per token", "each token", "every token",
        "token to token", "tokens apart", "subsequent token", "subsequent tokens", "each subsequent token",
        "following token", "following tokens",
        "next token", "thereafter", "each additional token", "each following token", "for the rest of the tokens",
        "time between tokens", "token gap", "gap between tokens", "tbt",
        "pro token", "je token", "zwischen tokens", "zwischen den tokens", "zwischen zwei tokens", "token abstand",
        "par token", "par jeton", "entre tokens", "entre les tokens", "entre deux tokens", "entre jetons",
        "por token",
        "entre los tokens", "トークン間", "トークンあたり", "1トークン", "トークンごと", "每个token", "token间",
        "每token", "tokens间",
        "令牌间", "词元间", "每个词元",
    ),
    E2E: (
        "e2e", "end to end", "end2end", "full answer", "full answers", "full response", "full responses",
        "full reply",
        "full replies", "full completion", "full generation", "full output", "full result", "full summary",
        "complete answer", "complete answers", "complete response", "complete responses", "complete reply",
        "complete output", "completed response", "whole answer", "whole answers", "whole response", "whole reply",
        "whole thing", "whole request", "entire answer", "entire response", "entire reply", "entire request",
        "total response time", "total response", "total latency", "total time", "overall response time",
        "overall latency", "in total", "total", "all in", "all done", "done in", "done within", "done by",
        "finished in",
        "finished within", "finished", "finish in", "finish within", "finishes in", "finishes within", "finish",
        "completes in", "completes within", "complete in", "complete within", "completed in", "completed within",
        "last token", "generation time", "request latency", "round trip", "request timeout", "requests time out",
        "time out after", "times out after", "timeout of", "timeout is", "turnaround", "turnaround time",
        "turn around",
        "processed in", "processed within", "per document", "per summary", "per request", "per report",
        "per contract",
        "end to end latency", "fully generated", "fully answered", "long answers",
        "vollstandige antwort", "vollstandigen antwort", "vollstandige antworten", "komplette antwort",
        "kompletten antwort", "komplette antworten", "gesamte antwort", "gesamten antwort", "ganze antwort",
        "ganzen antwort", "insgesamt", "gesamtlatenz", "gesamtdauer", "gesamtzeit", "fertig", "ende zu ende",
        "fertige antwort", "pro anfrage", "pro dokument", "bearbeitungszeit", "abgeschlossen", "gesamtantwort",
        "reponse complete", "reponses completes", "reponse entiere", "reponse integrale", "bout en bout", "au total",
        "temps total", "latence totale", "par document", "par requete", "terminee", "respuesta completa",
        "respuestas completas", "respuesta entera", "extremo a extremo", "punta a punta", "en total", "tiempo total",
        "latencia total", "por documento", "por solicitud", "回答全体", "応答全体", "全体の応答", "全体で", "全文",
        "完了",
        "エンドツーエンド", "エンドツゥエンド", "全回答", "回答完了", "合計", "端到端", "完整回答", "完整回复",
        "完整响应", "完整的回答",
        "完整的回复", "完整的响应", "整个回答", "整个回复", "总延迟", "总时间", "总响应时间", "全部完成", "生成完",
        "端对端",
    ),
    ANY: (
        "response time", "response times", "latency", "latencies", "answer", "answers", "answered", "answering",
        "respond", "responds", "response", "responses", "responding", "reply", "replies", "react", "reacts", "result",
        "results", "wait", "waiting", "suggestion", "suggestions", "completion", "completions", "autocomplete",
        "come back", "comes back", "returned", "returns", "return", "summary", "summaries", "translation",
        "translations", "slo", "lag", "delay", "speed", "draft", "drafts", "output", "feedback", "appear",
        "appears", "shows up", "deliver", "delivered", "generate", "generated", "takes", "take", "ready", "sla",
        "antwort", "antworten", "antwortet", "antwortzeit", "antwortzeiten", "latenz", "latenzen", "reaktionszeit",
        "reagiert", "reagieren", "ergebnis", "ergebnisse", "zusammenfassung", "zusammenfassungen", "ubersetzung",
        "ubersetzungen", "vorschlag", "vorschlage", "warten", "verzogerung", "dauern", "dauert", "reponse",
        "reponses",
        "repondre", "repond", "repondent", "latence", "temps de reponse", "delai", "delais", "resultat", "resultats",
        "suggestions", "attendre", "resume", "resumes", "traduction", "respuesta", "respuestas", "responder",
        "responde", "respondan", "responda", "latencia", "tiempo de respuesta", "resultado", "resultados",
        "sugerencias", "esperar", "resumen", "resumenes", "traduccion", "応答", "回答", "返答", "レスポンス",
        "レイテンシ",
        "遅延", "返信", "返す", "返して", "返って", "待ち", "要約", "翻訳", "結果", "補完", "提案", "响应", "回复",
        "延迟", "应答",
        "返回", "等待", "结果", "补全", "摘要", "翻译", "时延", "答复", "出结果",
    ),
}  # fmt: skip
"""What a duration beside such words is a ceiling of. `any` leaves open whether the first words or the last."""

BOUNDS = (
    "under", "within", "below", "less than", "at most", "max", "maximum", "no more than", "not more than", "up to",
    "faster than", "no slower than", "no longer than", "not longer than", "in under", "<", "<=", "≤", "sub",
    "or less",
    "or faster", "or better", "tops", "is fine", "is ok", "is okay", "are fine", "are ok", "are okay",
    "is acceptable",
    "are acceptable", "is good enough", "ist ok", "sind ok", "ceiling", "cap", "limit", "exceed", "in", "want",
    "need",
    "target", "goal", "aim for", "aiming for", "aim", "should be", "must be", "be", "to", "target of", "goal of",
    "unter", "innerhalb", "binnen",
    "hochstens", "maximal", "weniger als", "nicht langer als", "moins de", "en moins de", "au plus", "maximum de",
    "sous", "inferieur a", "menos de", "en menos de", "como maximo", "maximo", "inferior a", "dentro de", "以内",
    "以下",
    "未満", "之内", "内", "不超过", "小于", "少于", "低于",
)  # fmt: skip
"""Words that make a duration without any other cue a wish for speed."""

PERCENTILES: Mapping[str, tuple[str, ...]] = {
    "p50": (
        "p50", "median", "average", "avg", "on average", "mean", "typically", "typical", "usually", "50th percentile",
        "im schnitt", "durchschnittlich", "im mittel", "en moyenne", "mediane", "moyenne", "de media", "en promedio",
        "promedio", "mediana", "half of them", "half of these", "half of the", "half the", "50%", "50 %", "平均",
        "中央値", "平均的", "中位数",
    ),
    "p90": ("p90", "nine out of ten", "nine in ten", "9 out of 10", "9 in 10", "90th percentile", "90 %", "90%",
    "90 percent", "90パーセンタイル", "90分位"),
    "p95": ("p95", "19 out of 20", "19 in 20", "95th percentile", "95 %", "95%", "95 percent", "95パーセンタイル",
    "95分位"),
    "p99": ("p99", "99th percentile", "99 %", "99%", "99 percent", "p99.9", "p999", "99パーセンタイル", "99分位"),
}  # fmt: skip

NOT_LATENCY_BEHIND = (
    "audio", "video", "videos", "clip", "clips", "recording", "recordings", "call", "calls", "interval", "intervals",
    "window", "windows", "cold start", "old", "ago", "walk", "of audio", "of video", "of speech", "long call",
    "session", "sessions", "meeting", "meetings", "of downtime", "downtime", "a day", "per day", "per user", "outage",
    "episodes", "read", "of silence", "of recording", "の音声", "的音频", "の動画", "的视频", "会议", "の会議",
)  # fmt: skip
NOT_LATENCY_BEFORE = (
    "every", "each", "alle", "chaque", "cada", "every other", "last", "past", "for the last", "毎", "每",
    "每隔",
    "each of", "about every", "once every", "one every", "toutes les", "alle paar",
)  # fmt: skip
NOT_LATENCY_NEAR = (
    "cold start", "cold starts", "startup", "start up time", "boot", "boots", "failover", "fail over", "recover",
    "recovery", "poll", "polling", "polls", "refresh", "retention", "scale up in", "scale up within", "scrape",
    "model loading", "load time", "rto", "rpo", "kaltstart", "コールドスタート", "冷启动", "think time",
    "scales up within",
    "health check", "healthcheck", "heartbeat", "keep alive", "ttl", "rollback", "roll back",
)  # fmt: skip

NOT_NEEDED = (
    "need not", "needn't", "doesn't need", "don't need", "does not need", "do not need", "no need", "not required",
    "isn't required", "doesn't have to", "don't have to", "does not have to", "do not have to", "instead of",
    "rather than",
    "muss nicht", "mussen nicht", "statt", "nicht notig", "pas besoin", "au lieu de", "no hace falta", "no necesita",
    "en lugar de", "en vez de", "必要はない", "必要ない", "なくてもいい", "不需要", "不必", "无需", "而不是",
)  # fmt: skip

AS_IS = (
    "currently", "right now", "at the moment", "today", "these days", "as of today",
    "used to", "old system", "existing system", "current system", "our current", "the current", "derzeit", "aktuell",
    "momentan", "bisher", "heute dauert", "actuellement", "en ce moment", "aujourd'hui", "actualmente",
    "ahora mismo", "hoy en dia", "現在", "今は", "現状", "目前", "现在", "当前", "is now at", "have been",
)  # fmt: skip
"""Words of how it is now, not of how it shall be."""

GOING_ON = (
    "max", "max.", "maximum", "at most", "no more than", "not more than", "up to", "never more than",
    "never above", "we need", "need",
    "want", "we want", "must be", "should be", "has to be", "needs to be", "down to", "hard limit", "limit",
    "ceiling",
    "under", "below", "within", "less than", "brauchen", "brauchen wir", "hochstens", "maximal", "soll", "muss",
    "il faut",
    "au plus", "maximum de", "necesitamos", "como maximo",
)  # fmt: skip
"""Words before a figure whose unit is that of the duration before it: "today it takes 8 seconds, we need 2"."""

SHARED = (
    "total throughput", "aggregate", "aggregated", "overall throughput", "across all", "cluster wide", "combined",
    "system throughput", "in total", "gesamtdurchsatz", "insgesamt", "debit total", "rendimiento total", "合計",
    "总吞吐",
    "全体で", "per gpu", "per replica", "per instance", "per server", "total of",
)  # fmt: skip
"""Words that make tokens per second those of all requests together."""

TOKENS = (
    "token", "tokens", "tok", "toks", "jeton", "jetons", "トークン", "词元", "令牌", "个token", "个tokens", "个词元",
    "个令牌", "output tokens", "generated tokens",
)  # fmt: skip
PER_SECOND = (
    "/s", "/ s", "/sec", "/ sec", "/second", "per second", "per sec", "a second", "each second", "every second",
    "pro sekunde",
    "je sekunde", "par seconde", "por segundo", "/sek", "/秒", "毎秒", "每秒", "/seconde", "/segundo", "/sekunde",
    "p/s",
)  # fmt: skip
BEFORE_SECOND = (
    "每秒输出",
    "每秒生成",
    "每秒钟输出",
    "毎秒約",
    "毎秒",
    "每秒",
    "1秒あたり",
    "每秒钟",
    "秒間",
    "per second",
    "每秒至少",
    "每秒约",
)
TOKENS_PER_SECOND = ("tps", "tok/s", "t/s", "tokens/s", "tokens/sec", "tkn/s", "toks/s")

UNITLESS: tuple[str, ...] = (
    "ttft", "itl", "tpot", "e2e", "ttft p95", "itl p95", "tpot p95", "e2e p95", "p95 ttft", "p95 itl", "p95 e2e",
)  # fmt: skip
"""Names behind which a bare number is a time: "ttft 200, itl 30"."""
SMALL_WORDS: tuple[str, ...] = ("sub", "less than", "at most", "~",
    ":", "=", "<", "<=", "of", "is", "under", "below", "at", "within", "max", "≤", "target", "around", "about", "p95",
    "to", "should be", "must be",
)  # fmt: skip
