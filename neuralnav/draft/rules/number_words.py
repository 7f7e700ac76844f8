"""Words for numbers, folded, in English, German, French and Spanish, and the numerals of Japanese and Chinese."""

from collections.abc import Mapping


def words_of(text: str) -> frozenset[str]:
    """Return words apart by spaces, as a set."""
    return frozenset(text.split())


SMALL: Mapping[str, float] = {
    # English
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
    # German, with and without umlauts
    "ein": 1, "eine": 1, "einer": 1, "einem": 1, "einen": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "funf": 5,
    "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwolf": 12, "zwoelf": 12,
    "dreizehn": 13, "vierzehn": 14, "funfzehn": 15, "fuenfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18,
    "neunzehn": 19, "zwanzig": 20, "dreissig": 30, "vierzig": 40, "funfzig": 50, "fuenfzig": 50, "sechzig": 60,
    "siebzig": 70, "achtzig": 80, "neunzig": 90, "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5,
    # French
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "nonante": 90,
    # Spanish
    "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
    "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiuno": 21, "veintidos": 22, "veintitres": 23,
    "veinticuatro": 24, "veinticinco": 25, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60,
    "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200,
    "trescientos": 300, "trescientas": 300, "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500,
    "quinientas": 500, "seiscientos": 600, "seiscientas": 600, "setecientos": 700, "setecientas": 700,
    "ochocientos": 800, "ochocientas": 800, "novecientos": 900, "novecientas": 900,
}  # fmt: skip
"""Words that add up."""

NEVER_ALONE = words_of("ein eine einer einem einen un une uno una neuf once seize sept cents cent")
"""Articles, and words that mean something else in another of the languages, unless a larger word follows."""

HUNDREDS: Mapping[str, float] = {"hundred": 100, "hundert": 100, "cent": 100, "cents": 100}

SCALES: Mapping[str, float] = {
    "k": 1e3, "thousand": 1e3, "thou": 1e3, "thsd": 1e3, "tausend": 1e3, "tsd": 1e3, "mille": 1e3, "mil": 1e3,
    "m": 1e6, "mn": 1e6, "mln": 1e6, "mm": 1e6, "mio": 1e6, "million": 1e6, "millionen": 1e6, "millions": 1e6,
    "millon": 1e6, "millones": 1e6, "bn": 1e9, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "milliarde": 1e9,
    "milliarden": 1e9, "milliard": 1e9, "milliards": 1e9, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5,
    "crore": 1e7, "crores": 1e7, "dozen": 12, "dutzend": 12, "douzaine": 12, "docena": 12, "millier": 1e3,
    "millar": 1e3, "centaine": 100, "centenar": 100, "dizaine": 10, "decena": 10, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "quinzaine": 15,
}  # fmt: skip
"""Words that multiply what stands before them, or stand for themselves."""

GLUED_ONLY = frozenset(("m", "mm", "k"))
"""Scales that a bare word is not: only right behind digits."""

MANY: Mapping[str, float] = {
    "tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "lakhs": 1e5,
    "crores": 1e7, "dutzende": 12, "dutzenden": 12, "hunderte": 100, "hunderten": 100, "tausende": 1e3,
    "tausenden": 1e3, "zehntausende": 1e4, "zehntausenden": 1e4, "hunderttausende": 1e5, "hunderttausenden": 1e5,
    "millionen": 1e6, "dizaines": 10, "douzaines": 12, "centaines": 100, "milliers": 1e3, "decenas": 10,
    "docenas": 12, "cientos": 100, "centenares": 100, "miles": 1e3, "millares": 1e3, "millones": 1e6,
}  # fmt: skip
"""Plurals. After a word that says how many they multiply as scales do; alone they are vague."""

FEW: Mapping[tuple[str, ...], float] = {
    ("few",): 3, ("a", "few"): 3, ("couple",): 2, ("couple", "of"): 2, ("handful", "of"): 5, ("several",): 5,
    ("multiple",): 5, ("some",): 3, ("many",): 5, ("quarter",): 0.25, ("quarter", "of", "a"): 0.25,
    ("quarter", "of"): 0.25, ("half",): 0.5, ("half", "a"): 0.5, ("half", "of", "a"): 0.5, ("paar",): 3,
    ("einige",): 3, ("einigen",): 3, ("wenige",): 3, ("mehrere",): 5, ("mehreren",): 5, ("halbe",): 0.5,
    ("halben",): 0.5, ("halbes",): 0.5, ("quelques",): 3, ("plusieurs",): 5, ("demi",): 0.5, ("varios",): 5,
    ("varias",): 5, ("unos", "cuantos"): 3, ("unas", "cuantas"): 3, ("algunos",): 3, ("algunas",): 3,
    ("unos", "pocos"): 3, ("pocos",): 3, ("unos",): 3, ("par", "de"): 2, ("medio",): 0.5, ("media",): 0.5,
}  # fmt: skip
"""Words before a scale, and how many of it they are taken for. Below one they are exact."""

FEW_STARTS = frozenset(words[0] for words in FEW)
FEW_ALONE: Mapping[tuple[str, ...], float] = {
    ("a", "few"): 3, ("a", "couple", "of"): 2, ("couple", "of"): 2, ("a", "handful", "of"): 5, ("handful", "of"): 5,
    ("ein", "paar"): 3, ("un", "par", "de"): 2, ("unos", "pocos"): 3, ("une", "poignee", "de"): 5,
    ("un", "punado", "de"): 5,
}  # fmt: skip
"""Words that are a number without a scale."""

FEW_ALONE_STARTS = frozenset(words[0] for words in FEW_ALONE)
ARTICLES = frozenset(("a", "an", "ein", "eine", "einem", "einen", "un", "une", "una", "quite"))
OF = frozenset(("of", "de", "d", "von"))
AND = frozenset(("and", "et", "y", "und"))
HALVES = (("and", "a", "half"), ("et", "demi"), ("et", "demie"), ("y", "medio"), ("y", "media"))
PER_CENT = frozenset(("per", "pour", "por", "pro"))

SIGNS: Mapping[str, int] = {
    "〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "数": 3, "几": 3, "幾": 3,
}  # fmt: skip
STEPS: Mapping[str, float] = {"十": 10, "百": 100, "千": 1e3, "仟": 1e3}
MYRIADS: Mapping[str, float] = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "兆": 1e12}
FEW_SIGNS = frozenset("数几幾")
COUNTERS = frozenset("人名个個位件次倍秒时時天日月年台块塊枚张張卡页頁社国種种条條回家级級通本点割成万千百十")
"""What must follow a numeral that stands alone: 千 of 千问 (Qwen) and 百 of 百度 are no numbers."""

_GERMAN_PARTS = (("tausend", 1000.0), ("hundert", 100.0))
_TENS = frozenset(("zwanzig", "dreissig", "vierzig", "funfzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig"))


_LONGEST = 80
"""Letters of a German number; a word of a megabyte would be taken apart too deep."""


def german(word: str) -> float | None:
    """Return the value of a German compound: "funftausend", "zweihundertfunfzig", "funfundzwanzig"."""
    if not 7 <= len(word) <= _LONGEST:
        return None
    for part, factor in _GERMAN_PARTS:
        before, found, after = word.partition(part)
        if found:
            head, rest = _german_piece(before, 1), _german_piece(after.removeprefix("und"), 0)
            return None if head is None or rest is None else head * factor + rest
    unit, und, tens = word.partition("und")
    if und and tens in _TENS and 0 < SMALL.get(unit, 0) < 10:
        return SMALL[unit] + SMALL[tens]
    return None


def _german_piece(word: str, empty: float) -> float | None:
    if not word:
        return empty
    return SMALL[word] if word in SMALL else german(word)


def numeral(pieces: list[str | float]) -> float:
    """Return the value of numerals and digit strings in a row: ["三", "千", "五", "百"], [1.5, "万"]."""
    total = section = 0.0
    pending: float | None = None
    last = 1.0
    for piece in pieces:
        if isinstance(piece, str) and piece in STEPS:
            last = STEPS[piece]
            section += (1.0 if pending is None else pending) * last
            pending = None
        elif isinstance(piece, str) and piece in MYRIADS:
            last = MYRIADS[piece]
            total += (section + (pending or 0.0) or 1.0) * last
            section, pending = 0.0, None
        else:
            digit = piece if isinstance(piece, float) else float(SIGNS[piece])
            joined = pending is not None and isinstance(piece, str)
            pending = (pending or 0.0) * 10 + digit if joined else digit
    if pending is not None and last >= 100 and _short(pieces):
        pending *= last / 10
    return total + section + (pending or 0.0)


def _short(pieces: list[str | float]) -> bool:
    """Tell whether the last sign is short for tenths of the step before it: 一万五 is 15000."""
    end = pieces[-1]
    return isinstance(end, str) and SIGNS.get(end, 0) > 0 and isinstance(pieces[-2], str) and pieces[-2] not in SIGNS
