"""What stands beside a wish or a weight: whether it is denied, softened, borne or ruled out."""

import re

from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.priority_marks import Mark
from neuralnav.draft.text import Span, Text

_NOT = Pattern(
    r"(?:\bnot|n't|\bnever|\bhardly|\bbarely|\bwithout|\brefus\w* to|\bunwilling to|\breluctant to|\bavoid\w*|"
    r"\bnobody|\bno one|\bless|\bnicht|\bkein\w*|\bweniger|"
    r"\bpas|\bmoins|\bno (?:es|son|sea|hay|tan)|"
    r"\bmenos|\bpoco|\bno|\bohne|\bsans|\bsin|\bnie|不是?|没有?)\s*"
    r"(?:(?:a|an|the|that|as|so|our|really|very|too|all that|particularly|be|considered|terribly|overly|exactly|"
    r"super|of|my|any|high|much of a|much|big|main|real|remotely|particularly|even|at|to|for|much of an|"
    r"such a|what we|eine?|die|der|das|unsere|besonders|sehr|ganz|une?|tres|si|vraiment|la|le|muy|tan|una?|es|son|"
    r"很|那么|特别|太)\s*){0,4}$"
)

_DENIES = Pattern(
    r"\b(?:no|not|none|nobody|never|less|least|low|lower|lowest|hardly|nicht|kein\w*|pas|sans|peu|moins|sin|"
    r"nadie|poco|"
    r"menos|da)\b|n't\b|[不没無ない]"
)
"""What makes a light weight of a heavy word: denied once more, it stays light."""

_BEARABLE = ("accept", "akzept", "acept", "good enough", "toler")
"""How medium weights begin that are a demand where they are denied: "not acceptable"."""

_NEITHER = Pattern(r"\b(?:neither|nor|weder|noch|ni)\s+(?:perfectly |very |the |die |der |la |le |el )?$")

_NEEDLESS = Pattern(
    r"(?:(?:\bnot|n't|\bnicht|\bpas|\bno)\s+(?:\w+\s+){0,2}?(?:need\w*|have|has|require\w*|necessar\w*|has|besoin|"
    r"forcement|necessairement|oblig\w*|"
    r"tien\w*|necesit\w*|hace falta|unbedingt|notwendig\w*|zwingend|sein)|\bneed not|\bneedn't|\bno need|"
    r"\bno need for|\bmuss nicht|\bmussen nicht|"
    r"\bsans besoin|\bnicht|不需要|不必|无需|不用|不要求|没必要|不追求)\W*(?:\w+\W+){0,3}$"
)
_WISH_DENIED_BEHIND = Pattern(
    r"(?:\s+(?:answers?|responses?|replies|speed|results?|antworten|reponses?|respuestas?))?\s+"
    r"(?:(?:is|are|was|would be|ist|sind|est|sont|es|son)\s+)?(?:not|isn't|aren't|nicht|kein\w*|n'est pas|pas|no|"
    r"of no|of little|hardly)\s+(?:\w+\s+){0,3}?(?:requirement|required|necess\w+|"
    r"need\w*|priorit\w*|importan\w*|goals?|must|"
    r"essential|critical|crucial|vital|concern|consequence|the point|wichtig|notig|notwendig|erforderlich|pflicht|"
    r"requis\w*|"
    r"indispensable|esencial\w*|necesari\w*|objetivo|obligatori\w*|imprescindible)\b"
)
_WISH_DENIED_AHEAD = Pattern(
    r"(?:\bnot|n't|\bno|\bnever|\bhardly|\bnicht|\bpas)\s+(?:\w+\s+){0,2}?(?:important|essential|"
    r"critical|crucial|vital|"
    r"necessary|required|need|needed|priority|goal|reason|point|wichtig|notig|necessaire|importante?|necesario|besoin)\s+(?!as\b|than\b)"
    r"(?:to |for |in |of |that |de |d'|que |dass |zu )?(?:\w+\s+){0,3}$"
)

_PLAIN_NOT = Pattern(
    r"(?:\bnot|n't be|\bpas|\bno es)\s+(?!only|just|merely|simply|nur|seulement|solo)"
    r"(?:(?!necess|need|unbedingt|forcement)\w+\s+)?$"
)
_NEEDLESS_BEHIND = Pattern(
    r"\W{0,2}(?:である|な|の|さ|に|で)?(?:回答|応答|処理|性)?(?:である)?(?:必要はな|必要がな|必要はあり|なくて|"
    r"なくても|でなくて|じゃなくて|は不要|は求めな|は求めま|を求めな|不是必|不是必须|没有必要|没必要)"
)
_ASKED = Pattern(
    r"[^?:\n]{0,30}[?:]\s*(?:(?P<little>not|no|don't|doesn't|whatever|any|never mind|irrelevant|low)|very|"
    r"extremely|highly|super|as |critical|high)\b"
)
"""An answer to "how fast?"."""

_SOFT = Pattern(
    r"(?:\breasonabl\w*|\bfairly|\brelatively|\bsomewhat|\bmoderately|\bdecently|\bhalbwegs|\beinigermassen|"
    r"\brelativ|\braisonnablement|\bassez|"
    r"\brelativement|\brazonablemente|\brelativamente|比较|相对|较为|ある程度|そこそこ|それなりに|まあまあ)\s*$"
)
_ENOUGH = Pattern(r"\s*(?:-?ish\b|enough\b)")

_BORNE = Pattern(
    r"(?:\bok(?:ay)?\b|\bfine\b|\baccept\w*|\btolera\w*|\beven if\b|\beven when\b|\bmay\b|\bcan(?! ?not|'t)\b|"
    r"\bcould\b|\bmight\b|\ballowed\b|\bwilling\b|\blive with\b|"
    r"\bdarf\b|\bdurfen\b|\bauch wenn\b|\bkann\b|\bkonnen\b|\bpeut\b|\bpeuvent\b|\bmeme si\b|"
    r"\btolere\w*|\bpuede\w*|\baunque\b|\bacepta\w*|"
    r"\bhappy\b|\brather\b|\bpatient\b|不介意|可以|即使|哪怕|就算|宁可|宁愿|允许)\W*(?:\w+\W+){0,5}$"
)
_BORNE_BEHIND = Pattern(
    r"\W{0,2}(?:(?!not\b|isn't|nicht|pas|no\b)\w+\W+){0,3}?(?:(?:is|are|would be|be|ist|sind|est|sont|es|son|"
    r"are all|is totally|is perfectly|ware|waren|waere)\W+)?"
    r"(?:\w+ly\W+)?(?:ok(?:ay)?\b|fine\b|acceptable\b|tolerable\b|all ?right\b|alright\b|allowed\b|no problem|"
    r"not a problem|"
    r"no issue|not an issue|no big deal|doesn't matter|does not matter|"
    r"don't matter|in ordnung|akzeptabel|kein problem|egal|pas grave|pas un probleme|convient|acceptables?\b|"
    r"aceptables?\b|esta bien|no hay problema|no importa|no es problema|vollig ok)"
    r"|[^\s,。、]{0,4}?(?:構わない|構いません|かまわない|かまいません|大丈夫|よい|良い|いい|問題ない|でも可|も可|ok|"
    r"問題ありません|没关系|也行|可以接受|无妨|也可以|没问题|无所谓|都行)"
)
_REFUSED = Pattern(
    r"(?:\bnot\b|n't\b|\bcannot\b|\bnever\b|\bno\b|\bavoid\w*|\bwithout\b|\bzero\b|\bprevent\w*|\breduce\w*|"
    r"\bminimi\w*|\bfewer\b|\bfew\b|\bhate\w*|\btoo\b|\bfree of\b|"
    r"\bnicht\b|\bkein\w*|\bohne\b|\bnie\b|\bzu\b|\bpas\b|\bsans\b|\baucune?\b|\beviter\b|\btrop\b|\bne\b|\bsin\b|"
    r"\bnunca\b|\bevitar\b|\bdemasiad\w*|\bningun\w*|"
    r"避免|不能|不要|没有|无|不可|减少|太|不想|不得|不允许)\W*(?:(?!matter|mind)\w+\W+){0,3}$"
)
_REFUSED_BEHIND = Pattern(
    r"\W{0,2}(?:(?!is\b|are\b|may|can|would|will|could|not|no\b|be\b)[a-z]+\W+)?(?:(?:is|are|would be|be|ist|sind|"
    r"est|sont|es|son|can|must)\W+)?(?:unacceptable|not acceptable|not fine|not okay|not ok|"
    r"not allowed|not tolerated|not an option|intolerable|"
    r"inakzeptabel|nicht akzeptabel|nicht hinnehmbar|inacceptables?|pas acceptables?|inaceptables?|no (?:es|"
    r"son) aceptables?|must be avoided|(?:could |would |will )?cost |are a no go|get us|gets us|kill|hurt us|"
    r"と[^\s,。]{0,8}(?:困|使わ|使って|離|怒|意味|クレーム|使え)|"
    r"(?:would|will|could) be (?:a\b|worse|useless|unusable|too)|(?:is|are) (?:already |just |simply |"
    r"far )?too\b|could be a|are a disaster|are dangerous|are fatal|is a no go|"
    r"[^\s,。]{0,2}(?:困|許され|許容でき|できない|避け|なくし|防|致命|大問題|クレーム|使わな|使って(?:もら|"
    r"くれ)|離れ|離脱|意味がな|怒|论外|論外|就没人|就会走|会流失|受不了|没法用|不可接受|不行|不能接受))"
)
_SOUGHT = Pattern(
    r"\b(?:detect|find|spot|flag|identif|catch|look|search|measur|count|classif|correct|fix|report|explain|analy|"
    r"erkenn|find|such|korrig|detect|corrig|trouv|repera|detecta|busca)\w*\W+(?:\w+\W+){0,2}$|検出|检测|查找|发现$"
)
"""What an application looks for in texts, it does not fear of itself: "spots errors in invoices"."""

_NONE = Pattern(r"\b(?:aucune?|kein\w*|ningun\w*)\s+$")
_REFUSED_ABROAD = Pattern(
    r"\b(?:nichts|null|niemals|keinesfalls|vermeid\w*|verhinder\w*|jamais|rien|eviter|interdi\w*|nada|jamas|cero|"
    r"evit\w*|prohibi\w*|impedir)\b\W*(?:\w+\W+){0,3}$|(?:绝不|决不|别|杜绝|防止|禁止|不许|不准|不容|零)[^，。]{0,4}$"
)
_REFUSED_BEHIND_ABROAD = Pattern(
    r"\W{0,2}(?:waren|ware|waeren|waere|sind|ist)\W+(?:\w+\W+){0,2}?(?:fatal|tabu|katastroph\w*|verboten|"
    r"ausgeschlossen|schlimm|teuer|ein no go|undenkbar|nicht (?:drin|tolerierbar|verzeihlich|zulassig|erlaubt|"
    r"vertretbar|akzeptierbar))|\W{0,2}(?:konnen|durfen|darf|kann) (?:\w+ ){0,3}?(?:nicht|keine\w*|nie)\b"
    r"|\W{0,2}(?:ne |n')?(?:seraient|serait|sont|est) (?:\w+ ){0,2}?(?:fata\w+|catastrophi\w*|grave\w*|interdit\w*|"
    r"exclu\w*|inadmissible\w*|intolerable\w*|proscrire|permis\w*|toler\w*|impossible\w*)"
    r"|\W{0,2}(?:interdit\w*|proscrit\w*)|\W{0,2}(?:serian?|son|es) (?:\w+ ){0,2}?(?:fatal\w*|grave\w*|"
    r"catastrofic\w*|inadmisible\w*|intolerable\w*|prohibid\w*)|\W{0,2}no (?:se (?:permit|toler|acept|admit)\w*|"
    r"son (?:admisibles|tolerables|una opcion)|pueden|puede|deben|debe)"
    r"|[^\s,。、]{0,3}?(?:致命|厳禁|禁物|はng|だめ|ダメ|禁止|怖|まず|不可|ゼロ|なし|なく|要避免|零容忍|绝对不|大忌|很严重)"
)
_FEARED = "hallu", "aluci", "ハルシ", "幻觉"
"""Fears that rule themselves out."""

_WIDTH = 50


def bearing(text: Text, weight: Mark, subject: Span) -> str:
    """Return the level that a weight gives: `no` and its kin turn a high one into a low one."""
    words = text.spaced[weight.start : weight.end]
    start = weight.start
    if 0 <= weight.start - subject[1] <= 1:  # "not cost-sensitive"
        start = subject[0]
    between = text.spaced[subject[1] : weight.start] if subject[1] <= weight.start else ""
    denied = (
        _NOT.search(_before(text, start))
        or _NEITHER.search(text.spaced, max(subject[0] - 20, 0), subject[0])
        or _NOT.search(between[-_WIDTH:])
        or (weight.level == "high" and _NOT.search(text.spaced[weight.end : subject[0]][-_WIDTH:]))
    )
    if not denied:
        return weight.level
    match weight.level:
        case "high":
            return "low"
        case "low":
            return "low" if _DENIES.search(words) else "high"
        case _:
            return "high" if words.startswith(_BEARABLE) else ""


def weakened(text: Text, mark: Mark) -> str:
    """Return what a wish says: high, medium where it is softened, low where it is not needed; "" says nothing."""
    before, behind = _before(text, mark.start), _behind(text, mark.end)
    asked = _ASKED.match(text.folded, mark.end) if before.endswith("how ") else None
    if before.endswith("how "):
        return "" if asked is None else "low" if asked["little"] else "high"
    if needless(text, mark.span):
        return "low" if mark.dimension == "latency" or not _PLAIN_NOT.search(before) else ""
    return "medium" if _SOFT.search(before) or _ENOUGH.match(behind) else "high"


def unwished(text: Text, span: Span) -> bool:
    """Tell whether a wish is one that nobody has: "low cost is not a priority", "not important to keep costs down"."""
    return bool(_WISH_DENIED_BEHIND.match(_behind(text, span[1])) or _WISH_DENIED_AHEAD.search(_before(text, span[0])))


def needless(text: Text, span: Span) -> bool:
    """Tell whether words are not asked for: "need not be instant"."""
    before, behind = _before(text, span[0]), _behind(text, span[1])
    return bool(
        _NEITHER.search(before)
        or _NEEDLESS.search(before)
        or _NEEDLESS_BEHIND.match(behind)
        or _PLAIN_NOT.search(before)
    )


def borne(text: Text, mark: Mark) -> bool:
    """Tell whether something unwelcome is accepted: "may be slower", "a few seconds are fine"."""
    before, behind = _before(text, mark.start), _behind(text, mark.end)
    if _REFUSED_BEHIND.match(behind) or _REFUSED_BEHIND_ABROAD.match(behind) or _NONE.search(before):
        return False
    if re.search(
        r"(?:not|n't|nicht|no|pas|nobody|no one|never|hardly)\s+(?:really |would |will |much |even )?"
        r"(?:mind\w*|matter|care|worry|stor\w*|gene|importa)\b",
        before,
    ):
        return True
    return bool(_BORNE_BEHIND.match(behind)) or bool(_BORNE.search(before) and not _REFUSED.search(before))


def ruled_out(text: Text, mark: Mark) -> bool:
    """Tell whether something unwelcome must not be: "must not hallucinate", "too expensive"."""
    before, behind = _before(text, mark.start), _behind(text, mark.end)
    if _SOUGHT.search(before):
        return False
    feared = text.spaced.startswith(_FEARED, mark.start)
    return feared or any(
        (
            _REFUSED.search(before),
            _REFUSED_BEHIND.match(behind),
            _REFUSED_ABROAD.search(before),
            _REFUSED_BEHIND_ABROAD.match(behind),
        )
    )


def _before(text: Text, at: int) -> str:
    return text.spaced[max(text.clause(at)[0], at - _WIDTH) : at]


def _behind(text: Text, at: int) -> str:
    return text.spaced[at : min(max(text.clause(max(at - 1, 0))[1], at), at + _WIDTH)]
