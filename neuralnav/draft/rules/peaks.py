"""How far the busiest time lies above the mean, and how requests arrive."""

from collections.abc import Iterator, Mapping

from neuralnav.draft.rules.cues import cues
from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.moments import moment
from neuralnav.draft.rules.number_words import words_of
from neuralnav.draft.rules.numbers import Number, figure, numbers
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text
from neuralnav.model.draft import Finding, Question, Quote, Reading, Unplaced

PEAK_QUESTION = Question(
    field="traffic.peakFactor",
    text="How many times the average is the traffic at its peak?",
    why="the plan is sized for the peak; without a figure the use case's usual one is taken",
    options=("2", "3", "5"),
    rank=4,
)

_PEAK = Pattern(
    r"\b(?<!off )(?<!off-)(?<!no )(?<!without )(?:peak(?:s|ing|ed)?(?! (?:performance|latency|memory|flops|tflops"
    r"|bandwidth|quality|rps|qps|condition|season ?ticket))|spik(?:e|es|y|ing)|rush[ -]hours?"
    r"|(?:lunch(?:time)?|noon|midday|morning|evening|dinner|breakfast|after-work|weekend|monday|friday|holiday"
    r"|christmas"
    r"|xmas|easter|summer|winter|season(?:al)?|exam|enrol?ment|registration|checkout|month-end|year-end|tax|sales?"
    r"|first|initial|big|daily|usual|yearly|annual) rush|busiest|surges?"
    r"|spitzen?|spitzenzeit\w*|spitzenlast\w*|lastspitze\w*|stosszeit\w*|hochbetrieb|andrang"
    r"|pics? (?:de|d'|a |en |le |vers |du |pendant |durant |entre |chaque |tous )|(?:un|des|les|aux|au|du|en) pics?"
    r"|heures? de pointe|(?:charge|periode|trafic) de pointe|en pointe|picos?|hora punta|horas punta|horas pico"
    r"|hora pico)\b|\bpics? d'"
    r"|ピーク|繁忙|混雑|高峰|峰值|忙しい時|集中する"
)
_TIMES_OF_DAY = cues(
    "lunch*|noon|midday|morning|mornings|evening|evenings|night|nights|weekend|weekends|monday|mondays|tuesday"
    "|wednesday",
    "thursday|friday|fridays|month-end|month end|end of month|end of the month|end of quarter|quarter-end|quarter end",
    "match day*|matchday*|game day*|market day*|race day*|pay day|payday|launch day|release day*|term time|tax season",
    "sunday|sundays|saturday|saturdays|deadline*|event*|campaign*|announcement*|election*|storm*|outage*|rain*",
    "summer|winter|spring|autumn|black friday|christmas|holiday|holidays|exam*|season*|sale|sales|launch*|mittag*"
    "|morgens|abends|montag|montags",
    "monatsende|weihnachten|midi|matin|soir|lundi|lundis|noel|soldes|fin de mois|mediodia|manana|noche|lunes|navidad",
    "fin de mes|昼|朝|夜|月末|月曜|年末|中午|早上|晚上|周一|月底|双十一|大促|节假日",
)
_TIMES_AFTER = Pattern(
    r" ?-?(?:x\b|×|fold\b|times\b|fach\w*|mal\b|fois\b|veces\b|倍)(?! (?:a|per|each|every|/|h[0-9]|a[0-9]|l[0-9]"
    r"|b[0-9]|pro|par|por|al)\b)"
)
_OVER_MEAN = Pattern(
    r"(?: more| higher)?(?: than| as much as)? ?(?:the |our |than |des |der |la |lo |le |al |el )*(?:average|mean"
    r"|normal\w*|usual|baseline|typical|durchschnitts?|ublichen|moyenne|promedio|habitual)\b"
)
_AS_BUSY = Pattern(
    r" (?:as|more|so) (?:busy|much traffic|many (?:requests|questions|calls|queries|messages|chats|visitors)"
    r"|much load)\b"
    r"|-?(?:fold|x)? (?:busier|the (?:usual |normal )?(?:traffic|load|volume|demand))\b"
)
_TIMES_BEFORE = Pattern(
    r"\b(?:peak ?factor|peak[- ]to[- ](?:average|mean)(?: ratio)?|spitzenfaktor|facteur de pointe"
    r"|factor de pico)(?: of| is| von| de)?[ :=~]*(?:about |around )?$"
)
_FACTOR_WORDS = ("factor", "faktor", "facteur", "peak-to", "peak to")
_WORD_FACTORS: Mapping[str, float] = {
    "double": 2, "doubles": 2, "doubling": 2, "twice": 2, "twofold": 2, "triple": 3, "triples": 3, "tripling": 3,
    "threefold": 3, "quadruple": 4, "quadruples": 4, "fourfold": 4, "fivefold": 5, "quintuple": 5, "tenfold": 10,
    "verdoppelt": 2, "verdoppeln": 2, "doppelt so": 2, "das doppelte": 2, "doppelte last": 2, "verdreifacht": 3,
    "dreifache": 3, "dreifachen": 3, "verdreifachen": 3, "vierfache": 4, "vierfachen": 4, "vervierfacht": 4,
    "funffache": 5, "funffachen": 5, "zehnfache": 10, "zehnfachen": 10, "doublent": 2, "le double": 2, "double le": 2,
    "triplent": 3, "le triple": 3, "quadruplent": 4, "decuple": 10, "se duplica": 2, "se duplican": 2, "el doble": 2,
    "se triplica": 3, "se triplican": 3, "el triple": 3, "se cuadruplica": 4, "倍増": 2, "翻倍": 2, "翻番": 2,
    "翻一番": 2,
    "二倍": 2, "两倍": 2, "三倍": 3, "四倍": 4, "五倍": 5, "十倍": 10,
}  # fmt: skip
_LOAD = cues(
    "traffic|load|usage|volume|request|requests|queries|demand|calls|rate|it|last|verkehr|auslastung|anfragen|nutzung",
    "trafic|charge|demande|requetes|trafico|carga|demanda|peticiones|uso|consultas|average|mean|normal|usual",
    "アクセス|負荷|トラフィック|利用|リクエスト|流量|访问|负载|请求|通常|平时|平常|普段",
)
_GROWTH = cues(
    "every year|every month|every quarter|yearly|each year|year over year|yoy|jedes jahr|chaque annee|cada"
    " ano|毎年|每年",
)
_NONE = (
    "no peaks", "no peak", "without peaks", "no spikes", "no real peaks", "keine spitzen", "keine lastspitzen",
    "ohne spitzen", "pas de pic", "pas de pics", "sans pic", "sin picos", "ピークはない", "ピークなし", "没有高峰",
    "无高峰",
    "无明显高峰", "没有峰值",
)  # fmt: skip
_STEADY = (
    "steady load", "steady traffic", "steady rate", "steady stream", "steady flow", "steady volume", "steady usage",
    "constant load", "constant traffic", "constant rate", "constant volume", "flat traffic", "flat load",
    "load is steady",
    "traffic is steady", "traffic is flat", "load is constant", "load is flat", "usage is steady", "usage is flat",
    "traffic is constant", "pretty steady", "fairly steady", "quite steady", "pretty constant", "fairly constant",
    "very steady", "rather steady", "steady all day", "gleichmassige last", "konstante last", "gleichbleibende last",
    "charge constante", "charge reguliere", "trafic constant", "trafic regulier", "carga constante",
    "trafico constante",
    "carga estable", "負荷は一定", "一定の負荷", "アクセスは一定", "安定したアクセス", "流量平稳", "流量稳定",
    "负载平稳", "负载稳定", "请求平稳",
)  # fmt: skip
_EVEN = (
    "evenly spread", "spread evenly", "evenly distributed", "distributed evenly", "evenly over", "evenly across",
    "evenly throughout", "uniformly", "uniform arrival", "uniform arrivals", "evenly spaced", "at fixed intervals",
    "at regular intervals", "gleichmassig verteilt", "gleichmassig uber", "repartie uniformement",
    "reparties uniformement",
    "repartis uniformement", "uniformement", "repartidas uniformemente", "distribuidas uniformemente", "uniformemente",
    "均等に", "均一に", "均匀", "一定間隔",
)  # fmt: skip
_BURSTY = (
    "bursty", "bursts", "in bursts", "burst of", "burst traffic", "comes in waves", "come in waves", "arrive in waves",
    "arrives in waves", "in waves", "spiky", "schubweise", "stossweise", "in schuben", "in wellen", "burstartig",
    "par vagues", "par a coups", "en rafale", "en rafales", "par rafales", "rafales", "a rafagas", "en rafagas",
    "rafagas", "バースト", "突発的", "突发", "爆发式", "阵发",
)  # fmt: skip
_BURST_SIZE = Pattern(
    r"\b(?:bursts?|batches|waves|groups|clumps|schuben|wellen|rafales?|rafagas?|lotes|lots)(?: of| von| de| d'environ)"
    r"(?: about| around| up to| roughly| etwa| bis zu| ca\.?)? ?$|バースト(?:サイズ)?(?:は|:)? ?$"
)
_BURST_WORDS = ("burst", "batch", "wave", "group", "clump", "schub", "welle", "rafal", "rafag", "lot", "バースト")
_NO_BURST = words_of("no not without never keine ohne pas sans sin")
_BURST_DEFAULT = 3
_WORDS_OF_FACTOR = tuple(_WORD_FACTORS)


def read_peaks(text: Text) -> Reading:
    """Return traffic.peakFactor, arrival and burstSize, and what is said of a peak without a figure."""
    factor = _factor(text) or _flat(text)
    arrival, burst = _arrival(text)
    findings = tuple(item for item in (factor, arrival, burst) if item is not None)
    return Reading(findings, () if factor is not None else tuple(_untold(text)))


def peak_words(text: Text) -> tuple[Span, ...]:
    """Return where a peak is spoken of."""
    return tuple(found.span() for found in _PEAK.finditer(text.folded) if not in_hostile(text, found.start()))


def peak_question(quotes: tuple[Quote, ...]) -> Question:
    """Return the question after the height of a peak that is spoken of."""
    return Question(
        PEAK_QUESTION.field, PEAK_QUESTION.text, PEAK_QUESTION.why, PEAK_QUESTION.options, quotes, PEAK_QUESTION.rank
    )


def _factor(text: Text) -> Finding | None:
    """Return a peak told as a multiple of the mean."""
    named = any(word in text.folded for word in _FACTOR_WORDS)
    for number in numbers(text):
        if not 1 <= number.value <= 100 or number.kind not in ("plain", "name"):
            continue
        labelled = _TIMES_BEFORE.search(text.folded, max(0, number.start - 40), number.start) if named else None
        if labelled:
            return _stated(text, number.value, (labelled.start(), number.end), "")
        times = _TIMES_AFTER.match(text.folded, number.end)
        if times is None or number.kind != "plain":
            continue
        today = _of_peak(text, number.start) and moment(text, number) != "later"
        if today or _OVER_MEAN.match(text.folded, times.end()) or _AS_BUSY.match(text.folded, times.end()):
            return _stated(text, number.value, (number.start, times.end()), number.why)
    return _worded(text)


def _stated(text: Text, value: float, span: Span, why: str) -> Finding:
    spelled: int | float = int(value) if value == int(value) else value
    return Finding("traffic.peakFactor", spelled, "stated", "rules", (text.quote(*span),), why)


def _worded(text: Text) -> Finding | None:
    """Return a peak told by a word: "doubles at lunch"."""
    for word in _WORDS_OF_FACTOR:
        for start, end in text.find(word):
            if in_hostile(text, start) or not _of_peak(text, start):
                continue
            later = moment(text, Number(1, 1, start, end)) == "later"
            if not later and not _GROWTH.within(text.folded[max(0, start - 60) : end + 60]):
                why = f"{text.quote(start, end).text} is {figure(_WORD_FACTORS[word])} times the mean"
                return _stated(text, float(_WORD_FACTORS[word]), (start, end), why)
    return None


def _of_peak(text: Text, position: int) -> bool:
    """Tell whether a sentence speaks of a peak, or of load at a time of day."""
    start, end = text.sentence(position)
    start, end = max(start, position - 120), min(end, position + 120)
    if _PEAK.search(text.folded, start, end):
        return True
    around = text.folded[start:end]
    return _TIMES_OF_DAY.within(around) and _LOAD.within(around)


def _flat(text: Text) -> Finding | None:
    """Return a peak factor of one where the load is said not to vary."""
    for phrase in (*_NONE, *_STEADY, *_EVEN):
        for span in _read(text, phrase):
            why = "a load that does not vary peaks at its mean"
            return Finding("traffic.peakFactor", 1, "inferred", "rules", (text.quote(*span),), why)
    return None


def _read(text: Text, phrase: str) -> Iterator[Span]:
    """Yield where a phrase stands, hostile and denied sentences aside."""
    for start, end in text.find(phrase):
        before = text.spaced[max(0, start - 14) : start].split()
        if not in_hostile(text, start) and not _NO_BURST & set(before[-2:]):
            yield start, end


def _arrival(text: Text) -> tuple[Finding | None, Finding | None]:
    """Return how requests arrive, and how many at a time."""
    grouped = any(word in text.folded for word in _BURST_WORDS)
    for number in numbers(text) if grouped else ():
        sized = _BURST_SIZE.search(text.folded, max(0, number.start - 32), number.start)
        if sized and number.kind == "plain" and 1 < number.value <= 100:
            quote = text.quote(sized.start(), number.end)
            size = int(number.value) if number.value == int(number.value) else number.value
            why = "bursts of one size on the mean are compound arrivals"
            return (
                Finding("traffic.arrival", "compound", "inferred", "rules", (quote,), why),
                Finding("traffic.burstSize", size, "stated", "rules", (quote,), number.why),
            )
    for name in ("poisson", "clustered"):
        for span in _read(text, name if name == "poisson" else "clustered arrivals"):
            return Finding("traffic.arrival", name, "stated", "rules", (text.quote(*span),)), None
    for phrase in _BURSTY:
        for span in _read(text, phrase):
            quote = text.quote(*span)
            why = "requests that come in bursts are compound arrivals"
            size_why = "no size is given: three at a time, as for code completion"
            return (
                Finding("traffic.arrival", "compound", "inferred", "rules", (quote,), why),
                Finding("traffic.burstSize", _BURST_DEFAULT, "inferred", "rules", (quote,), size_why),
            )
    for phrase in _EVEN:
        for span in _read(text, phrase):
            why = "requests spread evenly arrive one by one"
            return Finding("traffic.arrival", "uniform", "inferred", "rules", (text.quote(*span),), why), None
    return None, None


def _untold(text: Text) -> Iterator[Unplaced]:
    """Yield what is said of a peak without a figure, once."""
    for start, end in peak_words(text):
        clause_start, clause_end = text.clause(start)
        first, last = max(clause_start, start - 40), min(clause_end, end + 40)
        first = first if first == clause_start else text.folded.find(" ", first, start) + 1 or start
        last = last if last == clause_end else max(text.folded.rfind(" ", end, last), end)
        why = "no figure says how high the peak is; the use case's usual peak factor is taken"
        while last > end and text.folded[last - 1] in " ,.;:!?、。，":
            last -= 1
        yield Unplaced(text.quote(first, last), why)
        return
