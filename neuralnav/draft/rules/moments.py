"""What is said of when a number holds: today, later, or formerly."""

from typing import Literal

from neuralnav.draft.rules.corrections import following, previous
from neuralnav.draft.rules.cues import Cues, cues
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Text

Moment = Literal["", "now", "later", "before"]

_TOWARDS = cues(
    "grow*|scale to|scales to|scaling to|scale up to|scaling up to|scale out to|ramp*|expand*|rising|rise to|rises"
    " to|increas*",
    "reach*|rollout|roll-out|roll out|rolled out|rolling out|go up|goes up|going"
    " up|becom*|wachs*|steig*|ausbau*|skalier*",
    "croitre|grandir|atteindre|passer|monter|evoluer|crec*|llegar|aumentar|escalar|then|afterwards|dann|ensuite"
    "|puis|luego",
    "despues|projected|forecast|hope to have|plan to have|増え|増やす|拡大|増加|增长|扩展到|扩大到|扩到|增加到|然后|再",
)
"""Words that look forward to the number behind them."""

_LATER = cues(
    "phase 2|phase two|phase ii|second phase|stage 2|stage two|second stage|step 2|step two|wave 2|wave two"
    "|second wave",
    "year 2|year two|second year|phase 3|phase three|stage 3|year 3|year three|third phase|final phase|full rollout",
    "zweite phase|zweiten phase|deuxieme phase|segunda fase|第二期|第2期|第二阶段",
    "next year|next quarter|next month|next summer|next spring|next winter|next fall|next autumn|next phase|next week",
    "by the end|by end|by year|by next|by summer|by spring|by winter|by fall|by autumn|by christmas|by q1|by q2|by"
    " q3|by q4",
    "by january|by february|by march|by april|by may|by june|by july|by august|by september|by october|by november",
    "by december|by 2025|by 2026|by 2027|by 2028|by 2029|by 2030|in q1|in q2|in q3|in q4|in a year|in a month",
    "within a year|within the year|eventually|later|in future|in the future|long term|long-term|down the road|down"
    " the line",
    "one day|some day|someday|after rollout|after the rollout|after roll-out|after the launch|after launch|after the"
    " pilot",
    "after the beta|after ga|after go-live|once fully|once rolled|in the end",
    "nachstes jahr|nachsten jahr|nachsten monat|nachstes quartal|nachsten quartal|kommendes jahr|kommenden jahr|spater",
    "kunftig|zukunftig|in zukunft|langfristig|perspektivisch|bis ende|bis jahresende|bis sommer|irgendwann|in einem"
    " jahr",
    "nach dem rollout|nach dem pilot|nach dem start|l'annee prochaine|l'an prochain|plus tard|a terme|a l'avenir|d'ici",
    "dans un an|el proximo|proximo ano|proximo mes|ano que viene|mas adelante|a futuro|en el futuro|dentro de|a largo"
    " plazo",
    "luego|despues|来年|将来|いずれ|今後|年後|ヶ月後|か月後|カ月後|来期|明年|未来|以后|之后|个月后|年后|年底|后续|远期|来月|下个月",
)
_IN_TIME = Pattern(
    r"\b(?:in|within|dans|en) (?:an|one|two|three|four|five|six|nine|twelve|eighteen|the next|[0-9]+|a few"
    r"|a couple of|zwei"
    r"|drei|sechs|deux|trois|dos|tres|seis)[ -]\w* ?(?:years?|months?|quarters?|jahren?|monaten?|ans?|mois|anos?"
    r"|meses)\b"
)
_NOW = cues(
    "phase 1|phase one|phase i|first phase|stage 1|stage one|first stage|step 1|step one|wave 1|wave one"
    "|first wave|year 1",
    "year one|first year|mvp|poc|proof of concept|trial phase|beta|soft launch|erste phase|ersten phase|premiere phase",
    "primera fase|第一期|第1期|第一阶段",
    "now|today|currently|at the moment|right now|at present|presently|initial|initially|at launch|at first|start with",
    "starts with|starting with|start at|starting at|start small|starting small|start out|starting out|to start|to"
    " begin",
    "pilot|for now|this year|day one|at go-live|begin"
    " with|derzeit|aktuell|momentan|heute|jetzt|zurzeit|anfangs|zunachst",
    "zum start|erstmal|erst mal|dieses jahr|aujourd'hui|actuellement|maintenant|pour l'instant|pour le moment|au"
    " depart",
    "au debut|cette annee|actualmente|hoy|ahora|por ahora|al principio|de momento|este ano|inicialmente",
    "現在|今は|当面|まず|今年|最初は|目前|现在|当前|眼下|初期|试点|一开始|起步",
)
_FORMERLY = cues(
    "last year|last quarter|last month|last week|last time|previously|formerly|used to be|used to have|used to serve",
    "originally|we said|i said|was planned|was supposed|years ago|back then|had been|old system|old tool|old bot",
    "letztes jahr|fruher|ursprunglich|bisher|vorher|damals|l'an dernier|l'annee derniere|auparavant|a l'origine",
    "el ano pasado|antes|anteriormente|originalmente|去年|昨年|以前|当初|之前|原来|原本|曾经|过去",
)


_APART = Pattern(r"[,;:(→]|[-=]>|\b(?:and|but|und|aber|et|mais|y|pero)\b|、|，")
_SPAN_OF_TIME = Pattern(
    r"[ -]?(?:years?|months?|weeks?|days?|quarters?|jahre?n?|monate?n?|wochen|ans?|mois|anos?|mes(?:es)?)\b|年"
    r"|[ヶかカ个]?月|个月|週|周"
)
_REACH = 60
_PAST_FIRST = 16
"""How much nearer words of the past count: in "last year's pilot had 25 users" both stand before the number."""


def moment(text: Text, number: Number) -> Moment:
    """Tell when a number holds, by the nearest word of time that stands with it and with no other number."""
    before, after = _before(text, number), _after(text, number)
    found: list[tuple[int, Moment]] = []
    for words, said in _SAID:
        found += [(len(before) - end - _PAST_FIRST * (said == "before"), said) for _, end in words.spans(before)]
        found += [(start, said) for start, _ in words.spans(after)] if words is not _TOWARDS else []
    found += [(1, "before")] if f" {before.rstrip()}".endswith(_WAS) else []
    found += [(len(before) - match.end(), "later") for match in _IN_TIME.finditer(before)]
    found += [(match.start(), "later") for match in _IN_TIME.finditer(after)]
    return min(found)[1] if found else ""


_WAS = (" had", " was", " were", " were at", " was at", " war", " waren", " etait", " etaient", " era", " eran")
_SAID: tuple[tuple[Cues, Moment], ...] = ((_TOWARDS, "later"), (_LATER, "later"), (_NOW, "now"), (_FORMERLY, "before"))


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
    if not counted:
        return after
    apart = _APART.search(after)
    cuts = [apart.start()] if apart else []
    return after[: min((*cuts, *(start for start, _ in _TOWARDS.spans(after))), default=len(after))]


def _of_time(text: Text, number: Number) -> bool:
    return number.kind in ("date", "name") or _SPAN_OF_TIME.match(text.folded, number.end) is not None
