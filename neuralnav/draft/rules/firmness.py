"""How firm a figure is: hoped for, said, or a limit that must hold: "ideally 300 ms, but 800 ms is the hard limit"."""

from neuralnav.draft.rules.cues import cues
from neuralnav.draft.rules.patterns import Pattern
from neuralnav.draft.text import Span, Text

HOPED, SAID, HARD = 2, 1, 0

_HOPED = cues(
    "ideally|ideal|preferably|target|targets|targeted|aim|aims|aiming|hope|hopes|hoping|would like|we'd like|i'd like"
    "|better|rather|comfortable|comfortably|expected|expect to|nice|lovely|great|perfect|dream|dreaming|wonderful",
    "would love|we'd love|i'd love|sweet spot|wish|wished|desired|desirable|best case|stretch goal|nice to have"
    "|would be good|happy with|happiest|planned|planning on|anticipate|goal|in a perfect world|if possible",
    "idealerweise|am liebsten|lieber|ziel|zielwert|angestrebt|wunsch|gewunscht|schon ware|wenn moglich|angepeilt",
    "idealement|de preference|objectif|souhaite|souhaitable|si possible|dans l'ideal",
    "idealmente|preferiblemente|objetivo|deseable|deseado|si es posible|lo ideal",
    "できれば|理想|目標|希望|最好|目标|期望|希望",
)
_HARD = cues(
    "not more than|not over|not go over|can't go over|at most|max|maximum|maximal|hard|cap|capped|ceiling|absolute"
    "|absolutely|limit|no more than|up to|not exceed|never exceed|never|tops|upper bound|worst case|at worst|no worse",
    "no longer than|not longer than|must not|must be|must stay|has to be|cannot exceed|can't exceed|under no"
    "|says no|say no|draws the line|draw the line|red line|deal breaker|dealbreaker|pain threshold|unacceptable"
    "|not acceptable|unusable|too slow|too much|walk away|at the outside|outer limit|contractual|guaranteed|guarantee"
    "|tolerable|tolerate|acceptable|still ok|still okay|still fine|is ok|is okay|is fine|would be ok|would do",
    "hochstens|nicht mehr als|obergrenze|hochstgrenze|grenze|schmerzgrenze|auf keinen fall|keinesfalls|nie uber|niemals"
    "|zwingend|spatestens|noch akzeptabel|akzeptabel|noch ok|absolutes",
    "au plus|pas plus de|plafond|jamais|limite|acceptable|maxi|no mas de|como maximo|como mucho|maximo|tope|nunca"
    "|aceptable",
    "最大|上限|最多|不超过|不能超过|絶対|必須|以内|絶対に|最悪|最差",
)
_AHEAD, _BEHIND = 48, 34


def firmness(text: Text, span: Span, between: Span) -> int:
    """Return how firm the figure of a span is, by the words beside it; `between` is what no other figure holds.

    Words before it say more than words behind it, which may be those of the next figure.
    """
    clause = text.clause(span[0])
    first = max(clause[0], span[0] - _AHEAD, between[0])
    for words in (text.spaced[first : span[1]], _behind(text, span[1], min(clause[1], between[1]))):
        if _HOPED.within(words):
            return HOPED
        if _HARD.within(words):
            return HARD
    return SAID


def _behind(text: Text, start: int, end: int) -> str:
    """Return the words behind a figure that are its own: they end where the next figure is spoken of."""
    words = text.spaced[start : min(start + _BEHIND, end)]
    if end - start > _BEHIND or end >= text.clause(start)[1]:
        return words
    own = _SAID_OF.match(words)
    return own[0] if own else ""


_SAID_OF = Pattern(
    r"(?: [a-z]+)? (?:is|are|as|would|ist|sind|waren?|est|serait|es|being)(?![a-z])[^,(]*?(?=,|\(| and | but |$)"
)
