"""Words of money in six languages, as the folded text spells them."""

from collections.abc import Mapping

DOLLARS_BEFORE = ("$", "us$", "usd", "usd$", "us $", "u$s", "$us")
DOLLARS_BEHIND = (
    "$", "us$", "usd", "us dollars", "us dollar", "u.s. dollars", "dollar", "dollars", "bucks", "buck", "dolares",
    "dolar",
    "dolares estadounidenses", "us dollar", "ドル", "米ドル", "美元", "美金", "美刀", "刀", "$us", "grand",
)  # fmt: skip
OTHERS_BEFORE: Mapping[str, str] = {
    "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "JPY or CNY", "jpy": "JPY", "cny": "CNY", "rmb": "CNY",
    "chf": "CHF", "₹": "INR", "inr": "INR", "rs": "INR", "rs.": "INR", "aud": "AUD", "cad": "CAD", "a$": "AUD",
    "c$": "CAD", "s$": "SGD", "sgd": "SGD", "krw": "KRW", "₩": "KRW", "nok": "NOK", "dkk": "DKK",
    "pln": "PLN", "r$": "BRL", "brl": "BRL", "mxn": "MXN", "mx$": "MXN", "nt$": "TWD", "hk$": "HKD", "ca$": "CAD",
    "au$": "AUD", "人民币": "CNY", "日元": "JPY", "fr.": "CHF",
}  # fmt: skip
OTHERS_BEHIND: Mapping[str, str] = {
    "a$": "AUD", "au$": "AUD", "ca$": "CAD", "c$": "CAD", "s$": "SGD", "hk$": "HKD", "nt$": "TWD", "r$": "BRL",
    "mx$": "MXN", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "pounds": "GBP",
    "pound": "GBP",
    "pounds sterling": "GBP", "quid": "GBP", "libras": "GBP", "livres": "GBP", "pfund": "GBP", "¥": "JPY or CNY",
    "jpy": "JPY", "yen": "JPY", "円": "JPY", "日元": "JPY", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "元": "CNY",
    "人民币": "CNY", "元人民币": "CNY", "块": "CNY", "块钱": "CNY", "chf": "CHF", "franken": "CHF", "francs": "CHF",
    "swiss francs": "CHF",
    "₹": "INR", "inr": "INR", "rupees": "INR", "rupien": "INR", "aud": "AUD", "cad": "CAD", "sgd": "SGD",
    "krw": "KRW",
    "won": "KRW", "kronor": "SEK", "kronen": "NOK or DKK", "kr": "SEK, NOK or DKK", "pln": "PLN",
    "zloty": "PLN", "brl": "BRL", "reais": "BRL", "mxn": "MXN", "pesos": "pesos", "欧元": "EUR", "ユーロ": "EUR",
    "ポンド": "GBP", "英镑": "GBP", "canadian dollars": "CAD", "australian dollars": "AUD", "日圆": "JPY",
    "港元": "HKD",
}  # fmt: skip

CURRENCIES_BEFORE = (*DOLLARS_BEFORE, *OTHERS_BEFORE)
CURRENCIES_BEHIND = (*DOLLARS_BEHIND, *OTHERS_BEHIND)
FILLERS = ("total", "max", "maximum", "usd", "or so", "all in", "tops")
"""Words that may stand between money and its period."""

HOUR, DAY, WEEK, MONTH, QUARTER, YEAR = "hour", "day", "week", "month", "quarter", "year"

PERIODS: Mapping[str, str] = {
    phrase: period
    for period, phrases in {
        HOUR: (
            "/hour", "/ hour", "/hr", "/ hr", "/h", "/ h", "per hour", "an hour", "each hour", "every hour", "hourly",
            "per hr", "an hr",
            "pro stunde", "die stunde", "/stunde", "/std", "in der stunde", "par heure", "de l'heure", "/heure",
            "l'heure", "por hora", "/hora", "la hora", "a la hora", "毎時", "每小时", "/小时", "一小时", "時間あたり",
            "/時間",
            "1時間", "per 1 hour",
        ),
        DAY: (
            "/day", "/ day", "/d", "per day", "a day", "daily", "each day", "every day", "pro tag", "am tag",
            "taglich",
            "/tag", "par jour", "/jour", "al dia", "por dia", "/dia", "diarios", "毎日", "1日", "一日", "/日", "每天",
            "/天", "一天",
        ),
        WEEK: (
            "/week", "/ week", "/wk", "per week", "a week", "weekly", "each week", "every week", "pro woche",
            "die woche", "in der woche",
            "wochentlich", "/woche", "par semaine", "/semaine", "a la semana", "por semana", "/semana", "毎週", "週",
            "/週",
            "每周", "一周", "/周",
        ),
        MONTH: (
            "/month", "/ month", "/mo", "/ mo", "/mo.", "/mth", "/m", "per month", "a month", "monthly", "each month",
            "every month",
            "per mo", "per mth", "p/m", "pm", "p.m.", "a mo", "mo", "per calendar month", "pcm", "/mon", "month",
            "im monat", "pro monat", "monatlich", "monatliche", "monatliches", "monatlichen", "monatlicher", "/monat",
            "mtl",
            "mtl.", "je monat", "den monat", "par mois", "/mois", "mensuel", "mensuels", "mensuelle", "mensuellement",
            "le mois", "al mes",
            "por mes", "/mes", "mensual", "mensuales", "mensualmente", "cada mes", "月", "毎月", "月額", "月に", "月々",
            "/月", "ヶ月", "1か月",
            "一ヶ月", "1ヶ月", "月間", "每月", "每个月", "一个月", "月度", "月預算", "月予算", "月预算", "個月",
            "个月",
        ),
        QUARTER: (
            "/quarter", "/ quarter", "/qtr", "per quarter", "a quarter", "quarterly", "each quarter", "every quarter",
            "pro quartal", "im quartal", "par trimestre",
            "por trimestre", "al trimestre", "四半期", "每季度", "季度",
        ),
        YEAR: (
            "/year", "/ year", "/yr", "/ yr", "/y", "per year", "a year", "annually", "annual", "yearly", "each year",
            "every year", "per annum", "p.a.", "pa",
            "per yr", "a yr", "pro jahr", "im jahr", "jahrlich", "jahrliches", "jahrliche", "jahrlichen", "/jahr",
            "par an", "/an", "annuel",
            "annuelle", "annuels", "l'an", "al ano", "por ano", "/ano", "anual", "anuales", "anualmente", "年",
            "毎年", "年間", "年額",
            "/年", "每年", "一年", "年度", "年予算", "年预算",
        ),
    }.items()
    for phrase in phrases
}  # fmt: skip

PERIOD_WORDS = tuple(PERIODS)

PERIODS_NEAR: Mapping[str, str] = {
    "monatsbudget": MONTH, "jahresbudget": YEAR, "for the month": MONTH, "for the year": YEAR, "for a year": YEAR,
    "for the first year": YEAR, "in the first year": YEAR, "first year": YEAR, "for year one": YEAR,
    "in year one": YEAR, "for the fiscal year": YEAR, "fiscal year": YEAR, "for 12 months": YEAR,
    "for twelve months": YEAR, "im ersten jahr": YEAR, "la premiere annee": YEAR, "el primer ano": YEAR,
    "for this year": YEAR, "this year": YEAR, "next year": YEAR, **{phrase: PERIODS[phrase] for phrase in (
        "monthly", "annual", "annually", "yearly", "hourly", "weekly", "quarterly", "daily", "monatlich",
        "monatliches",
        "mensuel", "mensuelle", "annuel", "mensual", "anual", "per month", "a month", "per year", "a year",
        "im monat",
        "pro monat", "par mois", "al mes", "por mes", "im jahr", "pro jahr", "par an", "al ano", "毎月",
        "月額", "月予算",
        "每月", "每个月", "年間", "每年", "年予算", "月预算", "年预算",
    )},
}  # fmt: skip
"""Periods that may stand apart from their money: "a monthly budget of $6k"."""

PER_MONTH: Mapping[str, float] = {WEEK: 365 / 12 / 7, QUARTER: 1 / 3}
"""How many of a period are in a month, for those that the file does not spell."""

PER_THING = (
    "per gpu", "/gpu", "per gpu hour", "a gpu", "per million tokens", "per million", "per 1m tokens", "per 1m",
    "per m tokens", "/1m tokens",
    "/m tokens", "/mtok", "/m tok", "per mtok", "per token", "per 1k tokens", "/1k tokens", "per 1k",
    "per 1000 tokens",
    "per 1,000 tokens", "per thousand tokens", "per thousand", "per request", "/request", "/req", "a request",
    "per req", "per query",
    "/query", "a query", "per call", "/call", "per user", "/user", "a user", "per seat", "/seat", "a seat",
    "per message", "per conversation",
    "a conversation", "per chat", "per answer", "per document", "per page", "per ticket", "per employee",
    "per customer", "per head",
    "each", "apiece", "per summary", "per translation", "per card", "per device", "per server", "per node",
    "per replica", "pro anfrage",
    "pro nutzer", "pro benutzer", "pro gpu", "pro million", "pro mio", "pro token", "pro kopf", "pro dokument",
    "par requete", "par utilisateur",
    "par million", "par gpu", "par document", "por solicitud", "por usuario", "por peticion", "por millon",
    "por consulta", "por gpu",
    "リクエストあたり", "ユーザーあたり", "トークンあたり", "百万トークン", "100万トークン", "每次请求", "每个用户",
    "每百万", "每个请求",
    "/用户", "/次", "per 1m token", "/million tokens", "per license", "per licence", "/gpu hour", "per inference",
    "per image",
)  # fmt: skip

WISHES: tuple[str, ...] = (
    "budget", "budgets", "budgeted", "budgetary", "budget cap", "spend", "spending", "cost", "costs", "costing",
    "expense", "expenses", "pay",
    "afford", "cap", "capped", "ceiling", "at most", "max", "maximum", "max.", "under", "below", "less than",
    "no more than",
    "not more than", "up to", "limit", "limited to", "within", "exceed", "exceeding", "stay", "keep it",
    "cheaper than", "tops", "or less",
    "funding for this", "not go over", "go over", "no higher than", "money", "price", "bill", "allowance", "<", "<=",
    "≤", "we have",
    "we've got", "i have", "i've got", "allocated", "approved", "available", "for hosting", "for the infrastructure",
    "for infra", "infra",
    "infrastructure", "hosting", "per month on gpus", "gpu spend", "all in", "ballpark", "finance",
    "budget von", "kosten", "kostet", "ausgeben", "hochstens", "maximal", "unter", "bis zu", "nicht mehr als",
    "obergrenze", "kostenrahmen",
    "kostenobergrenze", "weniger als", "zahlen", "ausgaben", "grenze", "stehen zur verfugung", "uberschreiten",
    "deckel", "limit von",
    "*budget", "depenser", "cout", "couts", "coute", "coutent", "au plus", "moins de", "jusqu'a", "pas plus de",
    "plafond", "depasser",
    "depense", "depenses", "enveloppe", "payer", "presupuesto", "gastar", "gasto", "gastos", "coste", "costes",
    "costo", "costos",
    "cueste", "cuesta", "como maximo", "maximo", "hasta", "menos de", "no mas de", "limite", "tope", "superar",
    "pagar", "exceder",
    "予算", "コスト", "費用", "以内", "以下", "まで", "上限", "最大", "未満", "抑え", "かけられ", "预算", "成本",
    "费用", "花费", "不超过",
    "以内", "最多", "不能超过", "低于", "控制在", "开销", "支出", "花", "预算上限", "預算",
)  # fmt: skip
"""Words in whose clause an amount is a limit."""

TIMED_ONLY: tuple[str, ...] = (
    "keep it", "stay under", "stay below", "stay within", "keep under", "keep below", "not go over", "go over",
    "not exceed", "at most", "no more than",
)  # fmt: skip
"""Words behind which a bare number is money only where a period follows: "stay under 4k/month"."""

ASKED: tuple[str, ...] = (
    "pay", "afford", "costing", "keep costs", "keep the cost", "keep the bill", "payer", "pagar", "zahlen",
    "budget", "budgets", "budget cap", "budget limit", "spend", "spending", "spending cap", "spending limit",
    "cost cap", "cost limit",
    "cost ceiling", "price cap", "monthly cap", "monthly limit", "cost", "costs", "*budget", "ausgeben", "kosten",
    "kostenrahmen",
    "budget mensuel", "depenser", "cout", "couts", "presupuesto", "gastar", "gasto", "coste", "costo", "予算",
    "コスト", "费用", "费用上限",
    "费用不超过", "预算", "成本", "花费", "費用",
)  # fmt: skip
"""Words behind which a number is money even where no currency is said."""
ASKED_TIMED = (*ASKED, *TIMED_ONLY)

BETWEEN = (
    "more", "than", "more than", "over", "above", "it", "beyond", "mehr", "als", "nicht", "plus", "mas", "que", "ne",
    "pas", "is", "of", "about", "around", "max", "maximum", "max.", "up to", "at most", "under", "below", "roughly",
    "approx", "approximately",
    "limit", "cap", "ceiling", "monthly", "yearly", "annual", "per month", "a month", "=", ":", "~", "<", "<=", "≤",
    "to", "at", "not", "exceed",
    "no more than", "less than", "should", "must", "be", "stay", "total", "was", "set", "the", "we", "have", "has",
    "been", "capped", "limited", "within",
    "ca", "ca.", "circa", "von", "liegt", "bei", "betragt", "ist", "maximal", "hochstens", "unter", "etwa", "rund",
    "im", "monat", "pro", "bis", "zu",
    "de", "est", "d'environ", "environ", "maximum", "maximal", "mensuel", "annuel", "par", "mois", "es", "mensual",
    "unos", "aproximadamente",
    "del", "maximo", "hasta", "per", "month", "year", "(", "-", "が", "は", "を", "の", "は約", "約", "为", "是",
    "约", "在", "控制在", "不超过", "每月", "月",
    "上限", "毎月", "最多", "大概", "大约", "，", ",", "still", "probably", "something", "like", "my", "our", "maybe",
    "hard", "i", "you", "can", "could",
)  # fmt: skip
"""Words that may stand between such a word and its number."""

OTHER_MONEY: tuple[str, ...] = (
    "revenue", "contract value", "contract values", "values", "deal size", "order value", "amounts", "revenues",
    "raised", "funding round", "worth", "valued", "valuation", "turnover", "sales", "profit",
    "profits", "invoice",
    "invoices", "transaction", "transactions", "salary", "salaries", "savings", "save us", "saves us", "saved",
    "fine", "fines", "penalty",
    "refund", "refunds", "loan", "loans", "claims", "order", "orders", "purchases", "purchase", "product price",
    "assets", "deal", "deals", "in aum",
    "market cap", "arr", "grants", "series a", "series b", "customers pay", "users pay", "we charge", "charge",
    "subscription", "subscriptions",
    "umsatz", "chiffre d'affaires", "facturacion", "ingresos", "売上", "营收", "收入", "売り上げ", "interest",
    "mortgage", "portfolio", "portfolios",
)  # fmt: skip

PAID_NOW: tuple[str, ...] = (
    "currently", "right now", "at the moment", "today we pay", "we pay", "we are paying", "we're paying",
    "now paying", "paying",
    "today", "so far", "these days", "last month", "last year", "we spent", "costs us", "vendor charges",
    "provider charges", "current vendor", "current provider", "charges us", "cost us", "spent", "derzeit",
    "aktuell", "momentan", "bisher", "zahlen wir",
    "actuellement", "nous payons", "aujourd'hui", "actualmente", "pagamos", "現在", "今は", "目前", "现在",
)  # fmt: skip

COPULAS = (
    "is", "are", "would be", "being", "and that is", "and that's", "ist", "sind", "ware", "est", "serait", "es",
    "seria",
)  # fmt: skip
"""Words behind a figure that something is said of: "5k is where it ends"."""

ZERO = (
    "zero budget", "budget zero", "budget is zero", "no money", "free of charge", "must be free", "has to be free",
    "for free", "kostenlos",
    "gratuitement", "gratis", "presupuesto cero", "予算ゼロ", "無料で", "免费", "零预算", "cost nothing",
)  # fmt: skip

AMOUNT_ENDS = frozenset((
    "a", "all", "altogether", "and", "at", "but", "budget", "by", "cap", "tops", "total", "totals", "max", "maximum",
    "or", "per", "so", "mensual", "mensuel", "monthly", "monatlich", "annually", "yearly", "hourly", "daily", "for",
    "each", "pm", "in", "im", "al", "par", "pro", "por", "und", "et", "y", "on", "pa", "limit", "range", "ish",
    "roughly", "with", "if", "because", "which", "that", "while", "as", "since", "total", "we", "i", "our", "this",
    "is", "should", "usd", "insgesamt", "gesamt", "maximal", "hochstens", "more",
))  # fmt: skip
"""Words that may follow a number of money without its currency; any other says that it counts something."""

SINGLE: tuple[str, ...] = tuple(
    phrase for phrase in PER_THING if phrase.startswith(("per ", "pro ", "par ", "por ")) or not phrase.isascii()
)
"""Words of a price of one of many that are clear wherever they stand: "cost per request under $0.01"."""

ABOVE: tuple[str, ...] = (
    "over", "above", "more than", "exceeding", "at least", "greater than", ">", "uber", "mehr als", "mindestens",
    "plus de", "au dessus de", "mas de", "superior a",
)  # fmt: skip
NOT_ABOVE: tuple[str, ...] = (
    "not", "no", "never", "can't", "cannot", "don't", "won't", "mustn't", "shouldn't", "without", "nicht", "nie",
    "keinesfalls", "pas", "ne", "jamais", "nunca", "sin",
    "budget", "doesn't", "isn't", "avoid", "nothing", "too much", "too expensive",
)  # fmt: skip
"""Words that make "over $5k" a ceiling: "can't go over"."""

LIMITS: tuple[str, ...] = (
    "more than", "at most", "max", "maximum", "up to", "over", "exceed", "beyond", "mehr als", "hochstens", "maximal",
    "bis zu",
    "plus de", "au plus", "mas de", "como maximo", "最大", "最多", "ideally", "preferably", "stretch to", "no",
    "make it", "actually",
)  # fmt: skip
"""Words between an amount and a bare number that is one too: "$12k a month, not more than 15k"."""

INSTEAD: tuple[str, ...] = (
    "instead of", "rather than", "not", "statt", "anstatt", "nicht", "au lieu de", "plutot que", "en vez de",
    "en lugar de", "而不是", "不是",
)  # fmt: skip
"""Words right before an amount that is not meant: "$8k instead of $6k"."""
