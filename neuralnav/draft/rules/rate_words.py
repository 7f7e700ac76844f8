"""Words of rates: units of time, what counts as a request, and what does not, folded."""

from collections.abc import Mapping

from neuralnav.draft.rules.number_words import words_of

DAY = 86_400.0
UNITS: Mapping[str, tuple[str, float]] = {
    word: (unit, seconds)
    for unit, seconds, words in (
        ("s", 1.0, "s sec secs second seconds sekunde sekunden sek seconde secondes segundo segundos seg 秒 秒間 秒钟"),
        ("min", 60.0, "m min mins minute minutes minuten minuto minutos 分 分間 分钟"),
        ("hour", 3600.0, "h hr hrs hour hours stunde stunden std heure heures hora horas 時間 小时 小時 时 時"),
        ("day", DAY, "d day days tag tage tagen jour jours journee dia dias 日 天 日間 workday workdays weekday night"),
        ("day", DAY, "arbeitstag werktag nacht nuit noche shift schicht"),
        ("week", 7 * DAY, "week weeks wk woche wochen semaine semaines semana semanas 週 週間 周 星期"),
        ("month", 730 * 3600.0, "month months mo monat monate mois mes meses 月 ヶ月 个月 月間"),
        ("year", 365 * DAY, "year years yr jahr jahre an annee ano anos 年 年間"),
    )
    for word in words.split()
}  # fmt: skip
ADVERBS: Mapping[str, str] = {
    "daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "nightly": "day", "overnight": "day",
    "taglich": "day", "stundlich": "hour", "wochentlich": "week", "monatlich": "month", "quotidien": "day",
    "quotidiens": "day", "quotidiennes": "day", "quotidiennement": "day", "diarias": "day", "diarios": "day",
    "diariamente": "day", "mensuales": "month", "mensuels": "month", "yearly": "year", "annually": "year",
    "tagliche": "day", "taglichen": "day",
}  # fmt: skip
SHORT: Mapping[str, str] = {
    "rps": "s", "qps": "s", "rpm": "min", "qpm": "min", "rph": "hour", "qph": "hour", "rpd": "day", "qpd": "day",
    "reqs/s": "s", "cps": "s",
}  # fmt: skip
PER = words_of(
    "per a an each every pro par por al am je p the in within over / cada chaque jeden jede jeder la innert en"
)
PLAIN = words_of(
    "r request requests req reqs query queries call calls rps qps rpm qpm rph qph rpd qpd anfrage anfragen abfragen"
    " aufrufe"
    " requete requetes appel appels peticion peticiones solicitud solicitudes consulta consultas llamada llamadas"
    " inference inferences invocations completions completion prompts prompt hits anrufe api"
)
NOT_REQUESTS = words_of(
    "views pageviews impressions clicks downloads likes followers"
    "token tokens tok toks word words worter mots palabras character characters char chars dollar dollars usd eur euro"
    " euros cents gpu gpus hour hours hrs h stunde stunden heures horas minute minutes minuten minutos min second"
    " seconds"
    " secs ms day days tage jours dias week weeks shift shifts month months gb mb tb kb gib percent nodes replica"
    " replicas"
    " cpu watts kwh k b frames fps gbit mbit bytes bits new-hires incidents deploys deployments releases outages meals"
    " context window contexts cores instances servers languages year years wochen monate"
)
WIDE_UNITS: Mapping[str, str] = {
    "時": "時間", "时": "小时", "s": "s", "sec": "s", "min": "min", "h": "h", "day": "day",
}  # fmt: skip
"""What a unit in Japanese or Chinese stands for in `UNITS`, where it is not there itself."""
WORK = words_of(
    "message messages question questions ticket tickets document documents doc docs email emails mail mails article"
    " articles report reports contract contracts translation translations summary summaries conversation conversations"
    " chat chats inquiry inquiries enquiries case cases claim claims invoice invoices transcript transcripts job jobs"
    " task"
    " tasks review reviews record records nachrichten fragen dokumente anfrage tickets mails messages demandes"
    " documents"
    " courriels mensajes preguntas documentos correos dossiers questions conversaciones"
)
