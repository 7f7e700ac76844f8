"""What people do with a service, by the words behind a number of them: "1,500 will log in", "9 midwives ask it"."""

from neuralnav.draft.rules.number_words import words_of

_BEFORE = words_of(
    "that which also all then actually really often regularly daily currently each still now to be able get"
    " going will would can could should shall may might must 'll 'd like love try want need have wish are"
)
"""Words that may stand between people and what they do."""

_WHO = frozenset((("who",), ("and", "they"), ("and", "each"), ("and", "all")))
_ACTS = words_of(
    "ask asks asking chat chats chatting talk talks talking use uses using query queries querying type consult consults"
    " consulting read reads write writes writing rely relies relying search searches searching want wants need needs"
    " needing given served helped supported onboarded access accessing draft drafts drafting message messaging text"
    " texting interact interacting play plays get gets receive receives try tries trying depend depends benefit"
    " benefits"
    " involved phone phones ring code codes coding translate translates translating summarise summarize paste upload"
    " altogether"
    " nutzen nutzt fragen brauchen benutzen verwenden sollen wollen arbeiten utilisent utiliseront vont doivent peuvent"
    " pourront interrogent usan usaran preguntan consultan necesitan podran utilizan hablan"
)
_PAIRS = frozenset(
    tuple(pair.split())
    for pair in (
        "log in", "logging in", "log on", "have access", "having access", "has access", "with access", "work with",
        "working with", "sign in", "sign up", "have it", "have this", "call on", "lean on", "turn to", "look up",
        "looking up", "on it", "on board", "in total", "waiting for", "van a",
    )
)  # fmt: skip
_WILL = words_of("who will would can could should are want need use actually really regularly may might")
_REACH = 64
_ENDS = ".;!?\n()"


def act(folded: str, end: int) -> bool:
    """Tell whether words behind people say that they do something with a service."""
    words = _behind(folded, end)
    if tuple(words[:1]) in _WHO or tuple(words[:2]) in _WHO:
        return True
    for at, word in enumerate(words):
        if word in _ACTS or tuple(words[at : at + 2]) in _PAIRS:
            return True
        if word not in _BEFORE:
            return False
    return False


def will_act(folded: str, end: int) -> bool:
    """Tell whether a bare number is followed by what people will do."""
    words = _behind(folded, end)
    return bool(words) and words[0] in _WILL and act(folded, end)


def _behind(folded: str, end: int) -> list[str]:
    """Return the words behind a position, up to the end of their clause."""
    behind = folded[end : end + _REACH].removeprefix(",")
    if not behind.startswith(" "):
        return []
    for sign in _ENDS:
        behind = behind.partition(sign)[0]
    return behind.partition(",")[0].split()[:7]
