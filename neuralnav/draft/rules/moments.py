"""What is said of when a number holds: today, later, or formerly."""

import re
from typing import Literal

from neuralnav.draft.rules.corrections import following, previous
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.text import Text

Moment = Literal["", "now", "later", "before"]

_TOWARDS = re.compile(
    r"\b(?:grow\w*|scal(?:e|es|ing)(?: up| out)? to|ramp\w*|expand\w*|rising|ris(?:e|es)|increas\w*|reach\w*"
    r"|roll\w*[ -]?out|go(?:es"
    r"|ing)? up"
    r"|becom\w+|wachs\w*|steig\w*|ausbau\w*|skalier\w*|croitre|grandir|atteindre|passer|monter|evoluer|crec\w*|llegar"
    r"|aumentar|escalar|then|afterwards|dann|ensuite|puis|luego|despues|projected|forecast|hope to have|plan to have)\b"
    r"|増え|増やす|拡大|増加|增长|扩展到|扩大到|扩到|增加到|然后|再"
)
"""Words that look forward to the number behind them."""

_LATER = re.compile(
    r"\b(?:next (?:year|quarter|month|summer|spring|winter|fall|autumn|phase|\w+day)|by (?:the )?(?:end|year|q[1-4]"
    r"|20[0-9]{2}"
    r"|next|summer|spring|winter|fall|autumn|january|february|march|april|may|june|july|august|september|october"
    r"|november"
    r"|december|christmas)|(?:in|within) (?:a|an|one|two|three|four|five|six|nine|twelve|eighteen|the next|[0-9]+|a few"
    r"|a couple of)\W?\w* ?(?:years?|months?|weeks|quarters?)|eventually|later(?: on)?|in (?:the )?future|long[- ]term"
    r"|down the (?:road|line)|one day|some day|after (?:the )?(?:roll-?out|launch|pilot|go-?live|ga|beta)|at full"
    r"|once (?:fully|it is|we|rolled)|in the end|nachstes jahr|nachsten? (?:jahr|monat|quartal)|kommendes jahr|spater"
    r"|kunftig|zukunftig|langfristig|perspektivisch|bis ende|bis (?:jahresende|sommer|20[0-9]{2})|in (?:einem|zwei|drei"
    r"|sechs|[0-9]+) (?:jahren?|monaten?|wochen)|irgendwann|nach dem (?:rollout|pilot|start)|l'annee prochaine"
    r"|l'an prochain|plus tard|a terme|a l'avenir|d'ici|dans (?:un|deux|trois|six|[0-9]+) (?:ans?|mois)|fin 20[0-9]{2}"
    r"|(?:el )?(?:proximo|ano que viene)\b|mas adelante|a futuro|en el futuro|dentro de|a largo plazo|luego|despues)\b"
    r"|来年|将来|いずれ|今後|年後|[ヶかカ]月後|来期|明年|未来|以后|之后|个月后|年后|年底|后续|远期|来月|下个月"
)
_NOW = re.compile(
    r"\b(?:now|today|currently|at the moment|right now|at present|presently|initial(?:ly)?|at launch|at first"
    r"|start(?:s|ing)?"
    r" (?:with|at|small|out)|to (?:start|begin)|pilot|for now|this year|day one|at go-?live|begin with|derzeit|aktuell"
    r"|momentan|heute|jetzt|zurzeit|anfangs|zunachst|zum start|erstmal|erst mal|dieses jahr|aujourd'hui|actuellement"
    r"|maintenant|pour l'instant|pour le moment|au depart|au debut|cette annee|actualmente|hoy|ahora|por ahora"
    r"|al principio"
    r"|de momento|este ano|inicialmente)\b|現在|今は|当面|まず|今年|最初は|目前|现在|当前|眼下|今年|初期|试点|一开始"
    r"|起步"
)
_FORMERLY = re.compile(
    r"\b(?:last (?:year|quarter|month|week|time)|previously|formerly|used to (?:be|have|serve)|originally|we said"
    r"|i said|was (?:planned|supposed)|years ago|back then|had been|old (?:system|tool|bot) |letztes jahr|fruher"
    r"|ursprunglich|bisher|vorher|damals|l'an dernier|l'annee derniere|auparavant|a l'origine|el ano pasado"
    r"|antes|anteriormente|originalmente)\b|去年|昨年|以前|当初|之前|原来|原本|曾经|过去"
)


_APART = re.compile(r"[,;:(]|\b(?:and|but|und|aber|et|mais|y|pero)\b|、|，")
_SPAN_OF_TIME = re.compile(
    r"[ -]?(?:years?|months?|weeks?|days?|quarters?|jahre?n?|monate?n?|wochen|ans?|mois|anos?|mes(?:es)?)\b|年"
    r"|[ヶかカ个]?月|个月|週|周"
)
_REACH = 60


def moment(text: Text, number: Number) -> Moment:
    """Tell when a number holds, by the nearest word of time that stands with it and with no other number."""
    before, after = _before(text, number), _after(text, number)
    found: list[tuple[int, Moment]] = []
    for pattern, said in _SAID:
        ends = [match.end() for match in pattern.finditer(before)]
        found += [(len(before) - ends[-1], said)] if ends else []
        first = pattern.search(after) if pattern is not _TOWARDS else None
        found += [(first.start(), said)] if first else []
    return min(found)[1] if found else ""


_SAID: tuple[tuple[re.Pattern[str], Moment], ...] = (
    (_TOWARDS, "later"),
    (_LATER, "later"),
    (_NOW, "now"),
    (_FORMERLY, "before"),
)


def _before(text: Text, number: Number) -> str:
    """Return the words before a number that are its own: from the break behind the number before it."""
    start = max(text.sentence(number.start)[0], number.start - _REACH)
    other = previous(text, number)
    while other is not None and other.end > start and _of_time(text, other):
        other = previous(text, other)
    if other is None or other.end <= start:
        return text.folded[start : number.start]
    between = text.folded[other.end : number.start]
    breaks = [found.end() for found in _APART.finditer(between)]
    return between[breaks[-1] :] if breaks else between


def _after(text: Text, number: Number) -> str:
    """Return the words behind a number that are its own: up to a break, growth, or the next number."""
    end = min(text.clause(number.start)[1], number.end + _REACH)
    other = following(text, number)
    while other is not None and other.start < end and _of_time(text, other):
        other = following(text, other)
    counted = other is not None and other.start < text.sentence(number.start)[1]
    after = text.folded[number.end : min(end, other.start) if other is not None else end]
    for pattern in (_APART, _TOWARDS) if counted else ():
        cut = pattern.search(after)
        after = after[: cut.start()] if cut else after
    return after


def _of_time(text: Text, number: Number) -> bool:
    return number.kind in ("date", "name") or _SPAN_OF_TIME.match(text.folded, number.end) is not None
