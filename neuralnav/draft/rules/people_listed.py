"""People counted side by side: in a list, in several places, and what they come to together."""

from neuralnav.draft.rules.corrections import previous
from neuralnav.draft.rules.numbers import Number
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.rules.people_count import Count
from neuralnav.draft.rules.people_named import measures
from neuralnav.draft.rules.people_unnamed import describes
from neuralnav.draft.text import Text

_AND = Pattern(
    r"[,+]? ?(?:and |plus |& |\+ |und |et |y |sowie |as well as )?(?:about |around |some |our |the |a further |~)?"
)
_ITEM = Pattern(
    r" (?:[a-z]+(?:-[a-z]+)* ){0,2}?(?P<noun>[a-z]{2,}s|[a-z]+folk|[a-z]+men|[a-z]{3,}(?:er|ern|en|innen))(?=$"
    r"|[.,;)\n]| (?:and|plus|&|und|et|y)\b)"
)


def listed(text: Text, number: Number, counts: list[Count]) -> Count | None:
    """Return what stands in a list behind people, of a word that no table knows: "4 editors, 35 stringers"."""
    if not counts or counts[-1].kind not in ("role", "user") or counts[-1].number is not previous(text, number):
        return None
    end = _item(text, number)
    if end is None or not _AND.fullmatch(text.folded, counts[-1].end, number.start):
        return None
    last = _LAST.match(text.folded, counts[-1].end) is not None
    if len(counts) < _KNOWN and not last and not _opened(text.folded, counts[-1].start):
        return None
    return Count(number, "role", number.start, end)


def listed_before(text: Text, count: Count) -> list[Count]:
    """Return what stands in a list before people: "35 stringers, 4 editors", "40, 25 and 12 reporters"."""
    before = previous(text, count.number)
    if before is None or count.kind not in ("role", "user") or before.kind != "plain" or before.value < 1:
        return []
    end = _item(text, before)
    if end is not None and _AND.fullmatch(text.folded, end, count.start) and _opened(text.folded, before.start):
        return [Count(before, "role", before.start, end)]
    like = _LIKE.fullmatch(text.folded, before.end, count.start)
    if like is not None and not measures(text, before) and describes(like["word"]):
        return [Count(before, count.kind, before.start, like.end("word"))]
    return _row(text, count)


_LIKE = Pattern(
    r" (?P<word>[a-z]+-[a-z]+|[a-z]{2,}(?:ing|ed|ish|an|al|ent|ant|or|ive|ic|ous|ary|ese|time|site|term|house|level))"
    r" (?:and|plus|&|und|et|y) (?:about |some |around )?"
)
_IN_ROW = Pattern(r",? ?(?:and |& |plus |und |et |y )?")
_ROW = Pattern(r"(?:\(|: ?|\bwith |\bof |\bmit |\bavec |\bcon )$")
_LONGEST_ROW = 12


def _row(text: Text, count: Count) -> list[Count]:
    """Return the bare numbers of a row that ends with people: "3 newsrooms (40, 25 and 12 reporters)"."""
    found: list[Count] = []
    after, before = count.number, previous(text, count.number)
    while before is not None and before.kind == "plain" and len(found) < _LONGEST_ROW:
        if before.end == after.start or not _IN_ROW.fullmatch(text.folded, before.end, after.start):
            break
        found.insert(0, Count(before, count.kind, before.start, before.end))
        after, before = before, previous(text, before)
    opened = _ROW.search(text.folded, max(0, after.start - 6), after.start)
    return found if opened and text.folded[after.end : after.end + 1] == "," else []


_KNOWN = 2
_LAST = Pattern(r",? (?:and|plus|&|und|et|y) ")
_OPENED = Pattern(r"[(:][ \n]?(?:about |around |some |we have |our )?$")


def _opened(folded: str, start: int) -> bool:
    """Tell whether a list begins at a place: "(35 stringers, 4 editors)"."""
    return _OPENED.search(folded, max(0, start - 12), start) is not None


def _item(text: Text, number: Number) -> int | None:
    """Return where the plural that a number counts ends, where it may be people."""
    found = _ITEM.match(text.folded, number.end)
    if found is None or measures(text, number) or not all(map(_may_be, found[0].split())):
        return None
    if not found["noun"].endswith(("s", "folk", "men")) and not _GERMAN.search(
        text.folded[: number.start], number.start - 12
    ):
        return None
    return found.end()


def _may_be(word: str) -> bool:
    """Tell whether a word may be people beside others: "35 avocats et 12 assistants" are no software."""
    return word == "assistants" or describes(word)


_GERMAN = Pattern(r"\b(?:und|sowie) (?:[a-z]+ )?$")
_ELSEWHERE = Pattern(
    r" (?:in|im|en|au|aux|from|at|a|on|during|by) [^0-9.;]{2,24}?(?:,|,? (?:and|plus|und|et|y))(?: another| about)? "
)
_IN = Pattern(r" (?:more )?(?:in|im|en|au|aux|from|at|a|on|during|by) (?!a\b|the (?:next|first|second))[a-z]")


def elsewhere(text: Text, end: int, start: int, behind: int) -> bool:
    """Tell whether a number from `start` to `behind` stands in another place: "200 agents in Leeds and 90 in York"."""
    between = text.folded[end:start]
    return _ELSEWHERE.fullmatch(between) is not None and _IN.match(text.folded, behind) is not None


_IN_ALL = Pattern(
    r" (?:people |users |of us |heads? )?(?:altogether|in total|all told|all in all|in all|overall|combined|insgesamt"
    r"|zusammen|en tout|au total|en total|total)\b"
)
_COMES_TO = Pattern(
    r"(?:\b(?:total(?:l?ing)?|sum|altogether|makes|making|that's|so|thus|i\.e\.|adds? up to|comes? to|all told"
    r"|insgesamt"
    r"|zusammen|macht|also|soit|en total|total de|gesamt)|=)(?: (?:of|is|a total of|about|around|roughly|some|to)"
    r"|:)* ?$"
)


def comes_to(text: Text, count: Count, counts: list[Count]) -> bool:
    """Tell whether a count is what those before it come to: "12 judges, 30 clerks, 42 altogether"."""
    if not counts or text.sentence(counts[-1].start) != text.sentence(count.number.start):
        return False
    if count.value <= max(item.value for item in counts[-3:]):
        return False
    ends = (count.end, count.number.end)
    if any(_IN_ALL.match(text.folded, end) for end in ends):
        return True
    return _COMES_TO.search(text.folded, max(counts[-1].end, count.start - 30), count.start) is not None
