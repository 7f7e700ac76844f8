"""People told without a word of theirs: "a team of 50", "for 5000", "500 of them", "for 370 aides"."""

from neuralnav.draft.rules.cues import Pattern
from neuralnav.draft.rules.number_words import SMALL
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_named import followed_by_thing, groups
from neuralnav.draft.rules.people_words import (
    GROUPS,
    OTHER_THINGS,
    STOPS,
    is_people,
    is_thing,
)
from neuralnav.draft.text import Text

_OF = Pattern(
    r"(?P<group>[a-z]+) (?:of|with|mit|von|de|d'|avec|con|aus)(?: about| around| roughly| some| over| up to| almost"
    r"| ca\.?"
    r"| etwa| rund| environ| unos| nearly| approximately| approx\.?| circa| only| just| more than| mehr als"
    r"| plus de)? ?$"
)
_FOR = Pattern(
    r"\b(?:for|serv(?:e|es|ing)|used by|fur|pour|para|reach(?:es|ing)?|onboard(?:ing)?|supports?|supporting|scale to"
    r"|start(?:ing)? with|plan for|planning for|size it for|sized for|assum(?:e|ing))"
    r"(?: about| around| roughly| some| up to| over| ca\.?| etwa| rund| environ| unos| approx\.?| approximately| circa"
    r"| only| just| like| maybe| perhaps| at least| more than| bis zu| jusqu'a| hasta)? ?$"
)
_END = Pattern(r"\+?(?:$|[.,;!?\n)]| (?:and|but|in|at|on|with|und|mit|in|im|et|avec|y|con|of us|of them|here|total)\b)")
_ONLY = Pattern(r"\b(?:only|just|nur|seulement|solo|solamente)(?: the| our| about| around| die| les| los)* $")
_THOSE = Pattern(r" (?:in|of|from|who|will|would|are going|actually|really) ")
_NOTED = Pattern(
    r"\b(?P<noun>[a-z]+) ?\((?:approx\.?|ca\.?|about|around|~|roughly|currently|etwa|environ|unos|total| )*$"
)


def _noted(text: Text, number: Number) -> Count | None:
    """Return a count in brackets: "everyone in the company (850)"."""
    found = _NOTED.search(text.folded, max(0, number.start - 48), number.start)
    if found is None or not text.folded.startswith(")", number.end):
        return None
    if not is_people(found["noun"]) and found["noun"] not in GROUPS:
        return None
    return Count(number, "role" if is_people(found["noun"]) else "group", found.start(), number.end + 1)


_IN_ALL = Pattern(
    r" (?:an der zahl|an zahl|koepfe|kopfe stark|mann stark|personas en total|en total|au total|in all)\b"
)
_SIGNED_UP = Pattern(
    r"\+? (?:are |sind |sont )?(?:registered|enrolled|signed[ -]up|sign-?ups|registrierte|inscrits|registrados)\b"
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
_THEREOF = Pattern(r"(?:davon(?: [a-z]+){0,3}|of whom|of which|of these|of them|dont|de los cuales|de ellos|其中"
                      r"|うち)(?:の|约|約|大约|有|only|about|around|etwa|nur|circa| )*$")  # fmt: skip


def unnamed(text: Text, number: Number) -> Count | None:
    """Return people told without a word for them: "a team of 50", "for 5000", "500 of them"."""
    folded, start, end = text.folded, number.start, number.end
    if them := _OF_THEM.match(folded, end):
        return Count(number, "bare", start, them.end(), part=True)
    if thereof := _THEREOF.search(folded, max(0, start - 32), start):
        return None if followed_by_thing(folded, end) else Count(number, "bare", thereof.start(), end, part=True)
    if only := _ONLY.search(folded, max(0, start - 24), start):
        used = _THOSE.match(folded, end) is not None and not followed_by_thing(folded, end)
        return Count(number, "bare", only.start(), end, part=True) if used else _noted(text, number)
    if signed := _SIGNED_UP.match(folded, end) or _IN_ALL.match(folded, end):
        return Count(number, "user", start, signed.end())
    if noted := _noted(text, number):
        return noted
    group = _OF.search(folded, max(0, start - 40), start)
    if group is not None and group["group"] in GROUPS and not followed_by_thing(folded, end):
        return Count(number, "group", group.start("group"), end)
    if sessions := _SESSIONS.match(folded, end):
        return Count(number, "user", start, sessions.end(), at_once=True)
    if at_once := _CONCURRENT.match(folded, end):
        thing = followed_by_thing(folded, at_once.end()) or followed_by_thing(folded, end)
        return None if thing else Count(number, "user", start, end, at_once=True)
    if number.value >= 2 and _meant(folded, start) and _END.match(folded, end):
        return Count(number, "bare", start, end)
    return _unknown(text, number)


_WE_ARE = Pattern(
    r"\b(?:somos|nous sommes|on est|wir sind|sind wir)(?: solo| unos| environ| nur| etwa| ca\.?| rund)? $"
)


def _meant(folded: str, start: int) -> bool:
    """Tell whether the words before a bare number are those before people: "for 5000", "somos 8"."""
    return bool(_FOR.search(folded, max(0, start - 40), start) or _WE_ARE.search(folded, max(0, start - 24), start))


_OURS = Pattern(
    r"\b(?:for|our|fur|unsere|unseren|unserer|pour|nos|para|nuestros|nuestras|we're|we are|wir sind|somos|nous sommes"
    r"|used by|team of)(?: about| around| roughly| some| up to| over| the| our| ca\.?| etwa| rund| environ| unos"
    r"| approx\.?"
    r"| approximately| circa| only| die| unsere| les| nos| los| nuestros)* ?$"
)
_PLURAL = Pattern(r" (?P<noun>[a-z]{4,}(?:s|en|er|e|i|a|folk|people))\b(?= ?(?:$|[.,;!?\n)(]| [a-z]+))")


def _unknown(text: Text, number: Number) -> Count | None:
    """Return a count of what no table knows, where it stands as people do: "for 370 aides"."""
    noun = _PLURAL.match(text.folded, number.end)
    if noun is None or number.value < 2 or not _OURS.search(text.folded, max(0, number.start - 40), number.start):
        return None
    words = (noun["noun"], *text.folded[noun.end() : noun.end() + 30].split()[:1])
    if any(word in OTHER_THINGS or groups(word) or is_thing(word) or word in SMALL for word in words):
        return None
    return None if noun["noun"] in STOPS else Count(number, "bare", number.start, noun.end())
