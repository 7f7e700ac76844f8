"""People told without a word of theirs: "a team of 50", "for 5000", "500 of them", "for 370 aides"."""

from neuralnav.draft.rules.corrections import following, previous
from neuralnav.draft.rules.number_words import SMALL, words_of
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_acts import act
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_named import followed_by_thing, groups, named
from neuralnav.draft.rules.people_words import (
    DEPARTMENTS,
    DESCRIBING,
    GROUPS,
    OTHER_THINGS,
    STOPS,
    is_people,
    is_thing,
)
from neuralnav.draft.text import Span, Text

_OF = Pattern(
    r"(?P<group>[a-z]+)\.? (?:of|with|mit|von|de|d'|avec|con|aus)(?: about| around| roughly| some| over| up to| almost"
    r"| ca\.?"
    r"| etwa| rund| environ| unos| nearly| approximately| approx\.?| circa| only| just| more than| mehr als"
    r"| plus de)? ?$"
)
_FOR = Pattern(
    r"\b(?:for|serv(?:e|es|ing)|used by|fur|pour|para|reach(?:es|ing)?|onboard(?:ing)?|supports?|supporting|scale to"
    r"|(?:we|they|i|team|which|business) (?:now |currently |also |will )?(?:plan|expect|anticipate|foresee|project"
    r"|target"
    r"|estimate|count on|aim for|aim at|reckon with|figure on|bank on)|start(?:ing)? with|plan for|planning for"
    r"|size it for|sized for|assum(?:e|ing))"
    r"(?: about| around| roughly| some| up to| over| ca\.?| etwa| rund| environ| unos| approx\.?| approximately| circa"
    r"| only| just| like| maybe| perhaps| at least| more than| bis zu| jusqu'a| hasta)? ?$"
)
_END = Pattern(r"\+?(?:$|[.,;!?\n)]| (?:and|but|in|at|on|with|und|mit|in|im|et|avec|y|con|of us|of them|here|total)\b)")
_ONLY = Pattern(r"\b(?:only|just|nur|seulement|solo|solamente)(?: the| our| about| around| die| les| los)* $")
_THOSE = Pattern(r" (?:in|of|from|who|will|would|are going|actually|really) ")
_NOTE_END = Pattern(
    r"\+?(?: (?:in all|in total|total|altogether|of them|people|overall|users|heads|or so|each|all told|strong|max|now)"
    r"| ?(?:per|a|each|/) ?(?:day|month|week|year|shift|night))?\)"
)
_NOTED = Pattern(
    r"(?:\b(?P<far>[a-z]+) (?:to|of|at|in|from|on|for) (?:the |our |its "
    r"|this )?)?\b(?P<noun>[a-z]+) ?\((?:approx\.?|ca\.?|about|around|~|roughly|currently|etwa|environ|unos|total| )*$"
)


def _noted(text: Text, number: Number) -> Count | None:
    """Return a count in brackets: "everyone in the company (850)"."""
    found = _NOTED.search(text.folded, max(0, number.start - 48), number.start)
    closed = _NOTE_END.match(text.folded, number.end) if found is not None else None
    if found is None or closed is None:
        return None
    far = found["far"] or ""
    noun = far if is_people(far) else found["noun"]
    if not is_people(noun) and noun not in DEPARTMENTS and (noun not in GROUPS or groups(noun)):
        return None
    start = found.start("far") if noun == far else found.start("noun")
    return Count(number, "group" if noun in DEPARTMENTS or noun in GROUPS else "role", start, closed.end())


_BESIDE = Pattern(
    r"\b(?P<noun>[a-z]+)(?:,| -|:| -)? (?:(?:maybe|about|perhaps|roughly|probably|some|around|approximately|approx\.?"
    r"|currently|say|at most|up to|no more than|not more than|i guess|i think|i'd say|there are|there's|we have"
    r"|we've got|we count|there should be|we are|they are"
    r"|all|that's|that is|circa|ca\.?|etwa|rund|ungefahr|vielleicht|environ|a peu pres|unos|unas|quiza|alrededor de"
    r"|somewhere around|in total|call it|over|almost|nearly|only|just|which is|who number|numbering|totall?ing|or so"
    r"|let's say),? |~ ?)*$"
)
_CLOSED = Pattern(
    r"\+?(?: or so| of them| in total| in all| all told| at most| max| tops| altogether| strong| people| give or take"
    r"|-ish|ish| i think| i guess)?(?:$|[,;)\n!?]|\.(?![0-9])| - | (?:will|would|can|could|should|may|who)\b)"
)
_SAME_NOUN = 16
"""How near a number before it may stand to a noun that it counts, so that the number behind counts others."""
_ALOUD = Pattern(r"(?:,| -|:) ")


def _beside(text: Text, number: Number) -> Count | None:
    """Return a count that stands beside people as an aside: "a bunch of interns, maybe 20, will use it"."""
    folded = text.folded
    if not _CLOSED.match(folded, number.end):
        return None
    found = _BESIDE.search(folded, max(0, number.start - 56), number.start)
    if found is None or not (found["noun"].endswith(("s", "en", "er")) or found["noun"] in ("people", "staff", "folk")):
        return None
    other = previous(text, number)
    if other is not None and found.start() - other.end < _SAME_NOUN:
        return None
    between = folded[found.end("noun") : number.start]
    if not _ALOUD.match(between) or not is_people(found["noun"]):
        return None
    return Count(number, "role", found.start(), number.end)


_IN_ALL = Pattern(
    r" (?:an der zahl|an zahl|koepfe|kopfe stark|mann stark|personas en total|en total|au total|in all)\b"
)
_SIGNED_UP = Pattern(
    r"\+? (?:are |sind |sont )?(?:heads(?! of)|registered|enrolled|signed[ -]up|sign-?ups|registrierte|inscrits"
    r"|registrados)\b"
)
_SESSIONS = Pattern(
    r"\+? (?:concurrent|simultaneous|parallel|gleichzeitigen?|parallelen?|simultanees|simultaneas|concurrentes|active)"
    r" (?:[a-z]+ )?(?:sessions?|connections?|chats?|conversations?|logins?|sitzungen|verbindungen|sesiones"
    r"|conexiones)\b"
    r"| (?:sessions|connexions|sesiones|conexiones|conversaciones) (?:simultanees|simultaneas|concurrentes"
    r"|en parallele)\b"
    r"|の?同時(?:接続|セッション)|个?并发(?:会话|连接)"
)
_CONCURRENT = Pattern(
    r"[ -]?(?:concurrent|simultaneous|simultan|gleichzeitig|并发|同時接続|同時)[a-z]*"
    r"| active(?= at| simult| concurr| in parallel)"
)
_OF_THEM = Pattern(
    r" (?:of (?:them|these|those|whom|us|which)|davon|von ihnen|d'entre eux|de ellos|de ellas|de estos)\b"
)
_CARDS = Pattern(
    r"\b(?:gpus?|cards?|laptops?|phones?|kiosks?|tablets?|devices?|machines?|pcs?|screens?|robots?|licen[cs]es?"
    r"|documents?"
    r"|pages?|files?|tickets?|karten|servers?|nodes?|boxes|replicas?|accelerators?|(?:rtx|gtx|mi"
    r"|[abhlvt])-?[0-9]{1,4}[a-z]*s?)"
    r"(?: ?[0-9]+ ?gb| pcie| sxm[0-9]?| nvl)?(?:,|:| -|\)| \()* ?(?:and |but |we (?:have|got|own) |just |only "
    r"|about )*$"
)
_US = Pattern(
    r"\b(?:us|we're|we are|we'll be|we will be|there's|wir sind|wir zu|nous sommes|on est|somos)"
    r"(?: (?:all|just|only|about|around|roughly|some|nur|etwa|ca\.?|environ|unos|solo))* $"
)
_THEREOF = Pattern(r"(?:davon(?: [a-z]+){0,3}|of whom|of which|of these|of them|dont|de los cuales|de ellos|其中"
                      r"|うち)(?:の|约|約|大约|有|only|about|around|etwa|nur|circa| )*$")  # fmt: skip


def unnamed(text: Text, number: Number) -> Count | None:
    """Return people told without a word for them: "a team of 50", "for 5000", "500 of them"."""
    folded, start, end = text.folded, number.start, number.end
    if chosen := _out_of(text, number):
        return chosen
    if them := _OF_THEM.match(folded, end):
        some = not them[0].endswith("us") or _ONLY.search(folded, max(0, start - 24), start) is not None
        some = some or act(folded, them.end())
        return None if _of_cards(folded, start) else Count(number, "bare", start, them.end(), part=some)
    if (us := _US.search(folded, max(0, start - 40), start)) and _alone(folded, end):
        return Count(number, "bare", us.start(), end)
    if thereof := _THEREOF.search(folded, max(0, start - 32), start):
        return None if followed_by_thing(folded, end) else Count(number, "bare", thereof.start(), end, part=True)
    if only := _ONLY.search(folded, max(0, start - 24), start):
        used = _THOSE.match(folded, end) is not None and not followed_by_thing(folded, end)
        return Count(number, "bare", only.start(), end, part=True) if used else _noted(text, number)
    aside = _noted(text, number) or _inside(text, number) or _beside(text, number) or _counts(text, number)
    return aside or _registered(text, number) or _bare(text, number)


def _alone(folded: str, end: int) -> bool:
    """Tell whether no noun stands behind a number."""
    behind = _WORD.match(folded, end)
    return _END.match(folded, end) is not None or (behind is not None and behind[1] in STOPS)


_OUT_OF = Pattern(
    r" (?:[a-z-]+ ){0,3}(?:of|out of|from among|among|from|von|der|de|des|d'entre)(?: (?:our|the|all|its|their"
    r"|these|a total of"
    r"|about|some|roughly|over|unseren|unserer|den|nos|les|nuestros|los))* "
)


def _out_of(text: Text, number: Number) -> Count | None:
    """Return some of a larger number of people: "the 10,000 most active of our 300,000 members"."""
    other = following(text, number)
    if other is None or other.start - number.end > _NEAR_OTHER or not 2 <= number.value < other.value:
        return None
    if _RATIO.search(text.folded, max(0, number.start - 8), number.start):
        return None
    if not _OUT_OF.fullmatch(text.folded, number.end, other.start) or named(text, other) is None:
        return None
    return Count(number, "role", number.start, other.start, part=True)


_RATIO = Pattern(r"\b(?:in|every|each|out of) $")
_NEAR_OTHER = 48


def _of_cards(folded: str, start: int) -> bool:
    """Tell whether the words before a number speak of cards or servers: "L40S, two of them"."""
    return _CARDS.search(folded, max(0, start - 40), start) is not None


_COUNTS = Pattern(
    r"\b(?P<noun>[a-z]+) (?:currently |now |only |just )?(?:counts?|numbers?|totals?|comprises?|consists? of"
    r"|employs?|is|are|(?:has |have )?(?:grown|expanded|risen|gone up|shrunk) to|grew to|is now|stands at"
    r"|sits at|is up to|has reached|amounts to|comes to|is made up of|is down to"
    r"|has|have|includes?|spans|zahlt|umfasst|hat|compte|comprend|cuenta con|tiene)(?: (?:about|around|roughly"
    r"|some|only"
    r"|just|over|nearly|almost|up to|etwa|rund|environ|unos|currently|at))? $"
)


def _counts(text: Text, number: Number) -> Count | None:
    """Return the people that a group is said to have: "the editorial team counts 14"."""
    found = _COUNTS.search(text.folded, max(0, number.start - 48), number.start)
    if found is None or number.value < _LEAST or not _alone(text.folded, number.end):
        return None
    noun = found["noun"]
    held = (noun in GROUPS and not groups(noun)) or noun in _BODIES
    return Count(number, "group", found.start(), number.end) if held else None


_LEAST = 2
_BODIES = words_of(
    "family household committee board council congregation parish choir band panel cabinet jury battalion platoon"
    " regiment community membership circle collective cooperative co-op troupe ensemble party tour faculty familie"
    " haushalt verein gemeinde famille foyer association comite familia hogar asociacion comunidad comunidade"
)


def _holds_people(group: str, folded: str, end: int) -> bool:
    """Tell whether a number behind a word for a group counts its people: "a team of 50", not "tenants of 80 flats"."""
    if group in _BODIES or is_people(group):
        behind = _WORD.match(folded, end)
        return behind is None or behind[1] in STOPS or act(folded, end)
    return group in GROUPS and not followed_by_thing(folded, end)


_INSIDE = Pattern(
    r"\b(?P<noun>[a-z]+) ?\((?:[0-9][0-9.,]*k? [a-z -]{1,24}?(?:,|;| /| and| &| \+| plus) ?){0,6}(?:and |& )?$"
)
_INSIDE_END = Pattern(r" [a-z-]+(?: [a-z-]+)?(?=,|;|\)| /| and | & | \+ | plus )")


def _inside(text: Text, number: Number) -> Count | None:
    """Return a part of people told in brackets: "crew (1,900 cabin, 600 cockpit)"."""
    end = _INSIDE_END.match(text.folded, number.end)
    found = _INSIDE.search(text.folded, max(0, number.start - 96), number.start) if end is not None else None
    if end is None or found is None or not is_people(found["noun"]):
        return None
    if not all(map(describes, end[0].split())) or text.folded.find(")", number.end, number.end + 96) < 0:
        return None
    return Count(number, "role", number.start, end.end())


def _registered(text: Text, number: Number) -> Count | None:
    """Return people told by what they have: "500 registered", "40 parallel sessions"."""
    folded, start, end = text.folded, number.start, number.end
    if signed := _SIGNED_UP.match(folded, end) or _IN_ALL.match(folded, end):
        return Count(number, "user", start, signed.end())
    group = _OF.search(folded, max(0, start - 40), start)
    if group is not None and _holds_people(group["group"], folded, end):
        return Count(number, "group", group.start("group"), end)
    if sessions := _SESSIONS.match(folded, end):
        return Count(number, "user", start, sessions.end(), at_once=True)
    if at_once := _CONCURRENT.match(folded, end):
        thing = followed_by_thing(folded, at_once.end()) or followed_by_thing(folded, end)
        return None if thing else Count(number, "user", start, end, at_once=True)
    return None


_GUESSED = Pattern(
    r"(?:^|[.!?;\n] ?|, ?)(?:i think|i guess|i'd say|i would say|we think|we guess|we reckon|i reckon|maybe|perhaps"
    r"|probably|we expect|we're expecting|we anticipate|i expect|expect|expecting|we estimate|we'd have|let's say"
    r"|more like)(?: it's| about| around| roughly| some| maybe| like| we have| there are| up to)* $"
)


_REMAIN = Pattern(r" (?:remain|remaining|are left|will remain|stay on|are still in|bleiben|restent|quedan)\b")


def _bare(text: Text, number: Number) -> Count | None:
    """Return people for whom no word stands: "for 5000"."""
    folded, start, end = text.folded, number.start, number.end
    if (left := _REMAIN.match(folded, end)) is not None:
        return Count(number, "bare", start, left.end(), part=True)
    ends = number.value >= 2 and _END.match(folded, end) is not None
    if ends and (_meant(folded, start) or _GUESSED.search(folded, max(0, start - 24), start)):
        return Count(number, "bare", start, end)
    return _unknown(text, number)


_WE_ARE = Pattern(
    r"\b(?:somos|nous sommes|on est|wir sind|sind wir)(?: solo| unos| environ| nur| etwa| ca\.?| rund)? $"
)


def _meant(folded: str, start: int) -> bool:
    """Tell whether the words before a bare number are those before people: "for 5000", "somos 8"."""
    return bool(_FOR.search(folded, max(0, start - 40), start) or _WE_ARE.search(folded, max(0, start - 24), start))


_OURS = Pattern(
    r"\b(?:for|our|help(?:s|ing)?|assist(?:s|ing)?|serv(?:e|es|ing)|coach|teach|supervise|employ|(?:available|open"
    r"|offer(?:ed)?|provided?|given|rolled out"
    r"|roll out) to"
    r"|we employ|fur|unsere|unseren|unserer|pour|nos|para"
    r"|nuestros|nuestras|we're|we are|wir sind|somos|nous sommes"
    r"|used by|team of)(?: about| around| roughly| some| up to| over| the| our| ca\.?| etwa| rund| environ| unos"
    r"| approx\.?"
    r"| approximately| circa| only| die| unsere| les| nos| los| nuestros)* ?$"
)


_WORD = Pattern(r" ([a-z]+(?:-[a-z]+)*)(?![0-9])")
_OF_OURS = Pattern(r" of (?:our|the|these|those|its|their|my)\b")
_PLURALS = ("s", "en", "er", "e", "i", "a", "folk", "people", "men", "ren", "n")
_SINGULARS = ("ss", "us", "is", "ics", "ous")


def _plural(text: Text, number: Number) -> Span | None:
    """Return the noun that a number counts, words that describe it before: what they do or a break stands behind."""
    folded = text.folded
    ours = _OF_OURS.match(folded, number.end)
    at = ours.end() if ours else number.end
    for _ in range(4):
        found = _WORD.match(folded, at)
        if found is None or not describes(found[1]):
            return None
        at = found.end()
        last = found[1].rpartition("-")[2]
        behind = _WORD.match(folded, at)
        ends = behind is None or behind[1] in STOPS or act(folded, at)
        if ends:
            plural = len(last) > 2 and last.endswith(_PLURALS) and not last.endswith(_SINGULARS)
            return (found.start(1), at) if plural else None
    return None


def describes(word: str) -> bool:
    """Tell whether a word may describe people of a kind that no table knows, or be their name."""
    if word in STOPS or word in SMALL or is_thing(word) or groups(word):
        return False
    return word in DESCRIBING or (word not in OTHER_THINGS and word.removesuffix("s") not in OTHER_THINGS)


def _unknown(text: Text, number: Number) -> Count | None:
    """Return a count of what no table knows, where it stands as people do: "for 370 aides", "330 GPs would have it"."""
    noun = _plural(text, number)
    if noun is None or number.value < 2 or text.folded[noun[0] : noun[1]] in OTHER_THINGS:
        return None
    asks = act(text.folded, noun[1])
    if asks or _OURS.search(text.folded, max(0, number.start - 40), number.start):
        return Count(number, "bare", number.start, noun[1])
    return None
