"""How loudly words speak: what is needed, what comes later, what is only compared with."""

import bisect
from collections.abc import Callable

from neuralnav.draft.rules.hostile import in_hostile
from neuralnav.draft.rules.negation import denied_spans
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.phrases import hits, listed
from neuralnav.draft.text import Span, Text

NEEDS = listed("""
    need, needs, needed, want, wants, looking for, would like, we'd like, build, building, builds, launch, launching,
    launches, deploy, deploying,
    host, hosting, roll out, rolling out, set up, setting up, develop, developing, create, creating, run, running,
    plan, planning, planned, introduce, introducing, make, making,
    provide, offer, please size, size, sizing, serve, serving, use case, purpose, goal, project, idea is,
    workload is, workload,
    brauchen, benotigen, mochten, wollen, bauen, planen, betreiben, entwickeln, suchen, aufbauen, einfuhren, brauche,
    mochte, soll, anwendungsfall, zweck,
    besoin, voulons, souhaitons, cherchons, deployer, mettre en place, construire, developper, creons, lancer,
    lancons, objectif, cas d'usage,
    necesitamos, queremos, buscamos, desplegar, construir, desarrollar, montar, lanzar, crear, necesito, quiero,
    objetivo, caso de uso, estamos creando
    """)

MAINS = listed("""
    settled on, decided on, went with, now only, now need, now we need, now want, instead we,
    mainly, primarily, main, mostly, primary, focus, focused on, above all, core, first and foremost, principally,
    chiefly, predominantly, essentially, purely, solely, correction, i mean, actually,
    vor allem, hauptsachlich, in erster linie, primar, hauptzweck, eigentlich, surtout, principalement, avant tout,
    en premier lieu, principal, principalmente, sobre todo, ante todo, 主に, 主な, メイン, 主要, 主要是, 核心
    """)

ASIDES = listed("""
    considered, thought about, first wanted, initially wanted, originally wanted, initially, originally, at first,
    forget the, forget about, looked at, evaluated, tried, instead of using,
    also, later, maybe, perhaps, eventually, in the future, someday, possibly, additionally, in addition,
    nice to have, phase 2, phase two, phase ii, secondary, secondarily, occasionally, sometimes, used to, currently,
    existing, already have, already has, already run,
    besides, down the road, next year, next quarter, last year, integrate with, integrates with, previously,
    at some point, if possible, optionally, optional, as well as, from time to time, once in a while, on the side,
    a bit of, some day, stretch goal, bonus, similar to, like our, worked on, background, came from, plus some,
    aside from, apart from, follow up project, migrating away from, moving away from,
    colleagues run, other team, another team, competitors,
    auch, spater, vielleicht, eventuell, zusatzlich, irgendwann, gelegentlich, manchmal, bisher, bestehend*, bereits,
    nebenbei, ausserdem, kunftig, nachstes jahr, aussi, plus tard, peut etre, eventuellement, parfois, actuellement,
    existant*, deja, en plus, a terme, ponctuellement, egalement, accessoirement,
    tambien, mas adelante, quizas, tal vez, eventualmente, a veces, actualmente, existente*, ademas, en el futuro,
    ocasionalmente, ya tenemos, 将来, 将来的, いずれ, 既存, たまに, 以后, 以後, 未来, 可能还, 偶尔, 现有, 目前, 顺便,
    今後
    """)

CONTRASTS = listed("""
    unlike, instead of, rather than, as opposed to, in contrast to, different from, compared to, compared with,
    not like, other than, no longer, in place of,
    im gegensatz zu, anstatt, anstelle, statt, anders als, im unterschied zu, contrairement a, au lieu de,
    plutot que, plutot qu'*, a la difference de, a diferencia de, en lugar de, en vez de, en contraste con, 不同于,
    而不是, 有别于
    """)
_CONTRAST_BEHIND = listed(
    "ではなく, じゃなく, と違い, と違って, とは異なり, ではありません, ではない, の代わりに, のかわりに, 以外"
)

_NEAR = 45
"""How many characters ahead of words an aside or an emphasis may stand."""

MAIN, HEAD, PLAIN, ASIDE = 1.5, 1.4, 1.0, 0.45


def unread(text: Text) -> Callable[[Span], bool]:
    """Return what tells whether words are denied, compared with, or in a sentence that is not read."""
    behind = sorted(span[0] for phrase in _CONTRAST_BEHIND for span in text.find(phrase))

    def passed(span: Span) -> bool:
        if in_hostile(text, span[0]) or denied(text, span):
            return True
        at = bisect.bisect_left(behind, span[1])
        if at < len(behind) and behind[at] - span[1] <= 2:
            return True
        return _ahead(text, span, CONTRASTS, 30) and not _ANOTHER.search(text.folded, span[0] - 30, span[0])

    return passed


def denied(text: Text, span: Span) -> bool:
    """Tell whether words are denied; a dash between spaces or a bracket ends a denial: "no chat - whole modules"."""
    spans = denied_spans(text)
    at = bisect.bisect_right(spans, span[0], key=lambda item: item[0]) - 1
    if at < 0 or span[0] >= spans[at][1]:
        return False
    ahead, behind = text.folded[spans[at][0] : span[0]], text.folded[span[1] : spans[at][1]]
    if _UNABLE.match(ahead) or _RARELY.match(ahead):
        return False
    return not (" - " in ahead or _ANOTHER.search(ahead) or "(" in behind)


_UNABLE = Pattern(
    r" ?(?:(?:always|really|easily|ever|even|have (?:the )?time to|want to|manage to|know how to|be able to|able to) )*"
    r"(?:find|read|carry|search|remember|cope|keep up|keep track|understand|speak|follow|handle|answer|share|know where"
    r"|dig|wade|trawl|browse|look up|go through|sift|memori[sz]e|locate|reach|catch up|write|translate|summari[sz]e) "
)
"""What nobody can or likes to do is why it is wanted: "we can't find anything in our wiki"."""
_RARELY = Pattern(r" ?(?:longer )?(?:reads?|finds?|remembers?|knows?|answers?|understands?) ")


_ANOTHER = Pattern(
    r"\w\W+(?:for|in|on|fur|bei|pour|para) (?:the|our|a|an|my|die|den|das|unser\w*|le|la|notre|el|nuestr\w) $"
)
"""What a denied thing is for is not denied with it: "L4 instead of H100 for the translation service"."""


def heads(text: Text) -> frozenset[int]:
    """Return the sentences' places of need: where each first word that tells a wish ends."""
    ends: dict[int, int] = {}
    for start, end in hits(text, NEEDS):
        sentence = text.sentence(start)[0]
        ends[sentence] = min(ends.get(sentence, end), end)
    return frozenset(ends.values())


def emphasis(text: Text, span: Span, starts: frozenset[int]) -> float:
    """Return how loudly words speak: what is wanted more than what is told, what is told more than an aside."""
    if _ahead(text, span, ASIDES, _NEAR):
        return ASIDE
    if _ahead(text, span, MAINS, _NEAR):
        return MAIN
    start = max(text.clause(span[0])[0], span[0] - _NEAR)
    return HEAD if any(at in starts for at in range(start, span[0])) else PLAIN


def _ahead(text: Text, span: Span, phrases: tuple[str, ...], reach: int) -> bool:
    """Tell whether one of the phrases stands before words, in their clause and near."""
    first = max(text.clause(span[0])[0], span[0] - reach)
    places = _places(text, phrases)
    at = bisect.bisect_left(places, (first, 0))
    return at < len(places) and places[at][0] < span[0]


def _places(text: Text, phrases: tuple[str, ...]) -> tuple[Span, ...]:
    """Return where the phrases stand, in order; kept with the text."""
    key = "\0" + phrases[0]
    known = text.found.get(key)
    if known is None:
        known = text.found[key] = tuple(sorted(hits(text, phrases)))
    return known
